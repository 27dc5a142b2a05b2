//! The number of a case: ten digits, the last of which finds a wrong or swapped one.

use std::fmt;

use crate::base::chance::Rng;

/// Damm's quasigroup of order 10: one wrong digit, and two neighbours swapped, are always found.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// The number of a case. Numbers are drawn, not counted: nobody can guess the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CaseNumber(u64);

impl CaseNumber {
    /// Draws one.
    pub fn draw(rng: &mut Rng) -> Self {
        let body = 100_000_000 + rng.below(900_000_000);
        Self(body * 10 + u64::from(check(body)))
    }

    /// Reads one as a caller keys it in; `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_number = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: u64 = is_number.then(|| text.parse().ok()).flatten()?;
        let is_whole = number >= 1_000_000_000 && check(number) == 0;
        is_whole.then_some(Self(number))
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:010}", self.0)
    }
}

/// The digit that makes a number whole; 0 when it is.
fn check(number: u64) -> u8 {
    number.to_string().bytes().fold(0, |interim, byte| {
        let row = DAMM.get(usize::from(interim)).expect("an entry is a digit");
        *row.get(usize::from(byte - b'0')).expect("a number is written in digits")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_number_is_read_again_and_a_slip_is_not() {
        let mut rng = Rng::seeded(1);
        for _ in 0..1_000 {
            let text = CaseNumber::draw(&mut rng).to_string();
            assert_eq!(
                CaseNumber::parse(&text).map(|number| number.to_string()),
                Some(text.clone())
            );
            let mut wrong = text.clone().into_bytes();
            wrong[4] = b'0' + (wrong[4] - b'0' + 1) % 10;
            let wrong = String::from_utf8(wrong).expect("digits");
            assert_eq!(CaseNumber::parse(&wrong), None);
            let mut swapped: Vec<char> = text.chars().collect();
            swapped.swap(2, 3);
            let swapped: String = swapped.into_iter().collect();
            assert!(swapped == text || CaseNumber::parse(&swapped).is_none());
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", "1", "0000000000", "12345678901", "123456789a", "+123456789"] {
            assert_eq!(CaseNumber::parse(text), None, "{text}");
        }
        // Damm, 2004, page 111.
        assert_eq!(check(572), 4);
    }
}
