//! English: a part for each number below a hundred, `hundred` and `thousand`.

use crate::base::key::Key;
use crate::flow::words::Word;

const SMALL: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const DAYS: [&str; 31] = [
    "the first of",
    "the second of",
    "the third of",
    "the fourth of",
    "the fifth of",
    "the sixth of",
    "the seventh of",
    "the eighth of",
    "the ninth of",
    "the tenth of",
    "the eleventh of",
    "the twelfth of",
    "the thirteenth of",
    "the fourteenth of",
    "the fifteenth of",
    "the sixteenth of",
    "the seventeenth of",
    "the eighteenth of",
    "the nineteenth of",
    "the twentieth of",
    "the twenty-first of",
    "the twenty-second of",
    "the twenty-third of",
    "the twenty-fourth of",
    "the twenty-fifth of",
    "the twenty-sixth of",
    "the twenty-seventh of",
    "the twenty-eighth of",
    "the twenty-ninth of",
    "the thirtieth of",
    "the thirty-first of",
];

/// A number below a million.
pub(super) fn number(value: u32) -> Vec<Word> {
    let (thousands, rest) = (value / 1_000, value % 1_000);
    let mut words = Vec::new();
    if thousands > 0 {
        words.extend(below_thousand(thousands));
        words.push(thousand());
    }
    if rest > 0 || thousands == 0 {
        words.extend(below_thousand(rest));
    }
    words
}

/// A time of day on the twelve-hour clock.
pub(super) fn time(hour: u32, minute: u32) -> Vec<Word> {
    let mut words = vec![below_hundred((hour + 11) % 12 + 1)];
    if (1..10).contains(&minute) {
        words.push(oh());
    }
    if minute > 0 {
        words.push(below_hundred(minute));
    }
    words.push(half(hour));
    words
}

/// What a key is called.
pub(super) fn key(key: Key) -> &'static str {
    match key.as_char() {
        '*' => "star",
        '#' => "hash",
        'A' => "A",
        'B' => "B",
        'C' => "C",
        'D' => "D",
        digit => digit
            .to_digit(10)
            .and_then(|digit| SMALL.get(usize::try_from(digit).ok()?))
            .copied()
            .unwrap_or(""),
    }
}

pub(super) fn vocabulary() -> Vec<Word> {
    let mut words: Vec<Word> = (0..100).map(below_hundred).collect();
    words.extend([hundred(), thousand(), oh(), half(0), half(12)]);
    words
}

fn below_thousand(value: u32) -> Vec<Word> {
    let (hundreds, rest) = (value / 100, value % 100);
    let mut words = Vec::new();
    if hundreds > 0 {
        words.extend([below_hundred(hundreds), hundred()]);
    }
    if rest > 0 || hundreds == 0 {
        words.push(below_hundred(rest));
    }
    words
}

fn below_hundred(value: u32) -> Word {
    let at = |names: &[&'static str], index: u32| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("")
    };
    let text = match (value / 10, value % 10) {
        (0 | 1, _) => at(&SMALL, value).to_owned(),
        (tens, 0) => at(&TENS, tens).to_owned(),
        (tens, ones) => format!("{}-{}", at(&TENS, tens), at(&SMALL, ones)),
    };
    Word::new(format!("number/{value}"), text)
}

fn hundred() -> Word {
    Word::new("number/hundred", "hundred")
}

fn thousand() -> Word {
    Word::new("number/thousand", "thousand")
}

fn oh() -> Word {
    Word::new("time/oh", "oh")
}

fn half(hour: u32) -> Word {
    if hour < 12 { Word::new("time/am", "a m") } else { Word::new("time/pm", "p m") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::words::text;

    #[test]
    fn numbers_read_as_people_say_them() {
        let check = |value, expected: &str| assert_eq!(text(&number(value)), expected);
        check(0, "zero");
        check(13, "thirteen");
        check(21, "twenty-one");
        check(100, "one hundred");
        check(342, "three hundred forty-two");
        check(1_000, "one thousand");
        check(1_001, "one thousand one");
        check(20_615, "twenty thousand six hundred fifteen");
        check(999_999, "nine hundred ninety-nine thousand nine hundred ninety-nine");
    }
}
