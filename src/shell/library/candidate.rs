//! A version that is tried out on some of the calls.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::id::CallId;
use crate::base::limit::TEST_CALLERS_MAX;
use crate::shell::book::Book;

/// A share of all calls, in hundredths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Share(u8);

/// A version that takes a share of the new calls, and those of test callers.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What they are served from.
    pub book: Arc<Book>,
    /// How many of the calls.
    pub share: Share,
    callers: Arc<BTreeSet<String>>,
}

/// There are more test callers than [`TEST_CALLERS_MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("wanted at most {TEST_CALLERS_MAX} test callers, found more")]
pub struct TooMany;

impl Share {
    /// That many of a hundred calls; `None` for more than all.
    #[must_use]
    pub const fn of_hundred(calls: u8) -> Option<Self> {
        if calls <= 100 { Some(Self(calls)) } else { None }
    }

    /// How many of a hundred calls.
    #[must_use]
    pub const fn hundredths(self) -> u8 {
        self.0
    }

    const fn takes(self, call: u8) -> bool {
        call < self.0
    }
}

impl Candidate {
    /// A candidate for these callers, and for that share of the others.
    ///
    /// # Errors
    ///
    /// With more than [`TEST_CALLERS_MAX`] callers.
    pub fn new(book: Arc<Book>, share: Share, callers: &[String]) -> Result<Self, TooMany> {
        if callers.len() > TEST_CALLERS_MAX {
            return Err(TooMany);
        }
        let callers =
            callers.iter().map(|caller| plain(caller)).filter(|caller| !caller.is_empty());
        Ok(Self { book, share, callers: Arc::new(callers.collect()) })
    }

    /// Whether it is for this call: its number is answered, and the lot or the caller says so.
    #[must_use]
    pub fn is_for(&self, from: &str, to: &str, call: CallId) -> bool {
        // A number that the candidate does not know is better answered by what serves the others.
        self.book.bundle().answers(to).is_some()
            && (self.share.takes(call.hundredth()) || self.callers.contains(&plain(from)))
    }

    /// The test callers' numbers, without `+` or `00`.
    pub fn callers(&self) -> impl Iterator<Item = &str> {
        self.callers.iter().map(String::as_str)
    }
}

/// A number as it is compared: `+971501234567` and `00971501234567` are one.
fn plain(number: &str) -> String {
    let written = |letter: &char| !" -().".contains(*letter);
    let text: String = number.chars().filter(written).collect();
    let national = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
    national.map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_takes_that_many_of_a_hundred_calls() {
        for share in [0, 1, 10, 50, 100] {
            let share = Share::of_hundred(share).expect("at most all");
            let taken = (0..100).filter(|call| share.takes(*call)).count();
            assert_eq!(taken, usize::from(share.hundredths()));
        }
        assert_eq!(Share::of_hundred(101), None);
    }

    #[test]
    fn one_number_is_written_in_several_ways() {
        for number in ["+971501234567", "00971501234567", "971501234567", "+971 50 123-4567"] {
            assert_eq!(plain(number), "971501234567");
        }
        assert_ne!(plain("0501234567"), plain("971501234567"));
    }
}
