//! The sixteen keys of a telephone.

use std::fmt;

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

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.as_char())
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
}
