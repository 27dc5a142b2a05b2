//! How numbers and keys are shown to those who may not read them in full.

/// What stands for a digit or a letter that is not shown.
const DOT: char = '•';
/// Digits that are hidden of a full number, and digits that stay at its end.
const HIDDEN: usize = 6;
const TAIL: usize = 2;
/// Digits that stay at its front, at most.
const HEAD_MAX: usize = 4;

/// A telephone number with its middle hidden: `+971501234567` becomes `+971 5• ••• ••67`.
///
/// Six digits are hidden and the last two stay; of a number of two digits or fewer, all are hidden.
/// Of a SIP user that is no number only the first letter stays.
#[must_use]
pub fn number(text: &str) -> String {
    let is_number = |text: &str| {
        text.chars().any(|character| character.is_ascii_digit())
            && text.chars().all(|character| "0123456789+-. ()".contains(character))
    };
    if !is_number(text) {
        return name(text);
    }
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let count = digits.len();
    let head = count.saturating_sub(HIDDEN + TAIL).min(HEAD_MAX);
    let tail = if count > TAIL { count - TAIL } else { count };
    let mut masked = String::from(if text.starts_with('+') { "+" } else { "" });
    for (at, digit) in digits.into_iter().enumerate() {
        if at > 0 && is_group_start(count - at) {
            masked.push(' ');
        }
        masked.push(if at < head || at >= tail { digit } else { DOT });
    }
    masked
}

/// Keys with every one of them hidden.
#[must_use]
pub fn keys(text: &str) -> String {
    text.chars().map(|_| DOT).collect()
}

fn name(text: &str) -> String {
    text.chars().take(1).chain(text.chars().skip(1).take(3).map(|_| DOT)).collect()
}

/// Whether a gap stands before the digit that has `left` digits from itself to the end.
const fn is_group_start(left: usize) -> bool {
    matches!(left, 4 | 7 | 9 | 12)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_is_hidden() {
        let cases = [
            ("+971501234567", "+971 5• ••• ••67"),
            ("0501234567", "0 5• ••• ••67"),
            ("+44 20 7946 0958", "+442 0• ••• ••58"),
            ("4567", "••67"),
            ("12", "••"),
            ("anonymous", "a•••"),
            ("", ""),
        ];
        for (full, masked) in cases {
            assert_eq!(number(full), masked);
        }
    }

    #[test]
    fn every_key_is_hidden() {
        assert_eq!(keys("12#"), "•••");
    }
}
