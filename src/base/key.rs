//! The sixteen keys of a telephone.

use std::fmt;
use std::sync::Arc;

/// One key of a telephone: `0`-`9`, `*`, `#`, `A`-`D`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u8);

impl Key {
    /// The key's character.
    #[must_use]
    pub const fn as_char(self) -> char {
        self.0 as char
    }

    /// The key of an RFC 4733 event code, 0 to 15.
    #[must_use]
    pub fn from_event(code: u8) -> Option<Self> {
        b"0123456789*#ABCD".get(usize::from(code)).copied().map(Self)
    }

    /// The RFC 4733 event code.
    #[must_use]
    pub const fn event(self) -> u8 {
        match self.0 {
            b'*' => 10,
            b'#' => 11,
            letter @ b'A'..=b'D' => letter - b'A' + 12,
            digit => digit - b'0',
        }
    }
}

impl TryFrom<char> for Key {
    type Error = NotAKey;

    fn try_from(character: char) -> Result<Self, NotAKey> {
        match character {
            '0'..='9' | '*' | '#' | 'A'..='D' => {
                u8::try_from(character).map(Self).map_err(|_| NotAKey(character))
            }
            _ => Err(NotAKey(character)),
        }
    }
}

impl From<Key> for Arc<str> {
    fn from(key: Key) -> Self {
        (&*key.as_char().encode_utf8(&mut [0; 4])).into()
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_char())
    }
}

/// Some of the keys, each at most once.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Keys(u16);

impl Keys {
    /// Whether the key is one of them.
    #[must_use]
    pub const fn contains(self, key: Key) -> bool {
        self.0 >> key.event() & 1 == 1
    }

    /// Adds a key; says whether it is new.
    pub const fn insert(&mut self, key: Key) -> bool {
        let is_new = !self.contains(key);
        self.0 |= 1 << key.event();
        is_new
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The keys, in the order of their event codes.
    pub fn iter(self) -> impl Iterator<Item = Key> {
        (0..16).filter_map(Key::from_event).filter(move |&key| self.contains(key))
    }
}

impl FromIterator<Key> for Keys {
    fn from_iter<I: IntoIterator<Item = Key>>(keys: I) -> Self {
        let mut all = Self::default();
        for key in keys {
            all.insert(key);
        }
        all
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// The character is on no telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key is one of 0-9 * # A-D, not `{0}`")]
pub struct NotAKey(pub char);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_code_names_its_key_and_back() {
        for code in 0..16 {
            let key = Key::from_event(code).expect("sixteen keys");
            assert_eq!(key.event(), code);
            assert_eq!(Key::try_from(key.as_char()), Ok(key));
        }
        assert_eq!(Key::from_event(16), None);
        assert_eq!(Key::try_from('x'), Err(NotAKey('x')));
    }

    #[test]
    fn a_set_of_keys_has_each_of_them_once() {
        let key = |letter| Key::try_from(letter).expect("a key");
        let mut keys: Keys = [key('#'), key('1'), key('1')].into_iter().collect();
        assert!(!keys.insert(key('#')) && keys.insert(key('D')));
        assert_eq!(keys.iter().map(Key::as_char).collect::<String>(), "1#D");
        assert!(keys.contains(key('1')) && !keys.contains(key('2')) && !keys.is_empty());
        assert!(Keys::default().is_empty());
    }
}
