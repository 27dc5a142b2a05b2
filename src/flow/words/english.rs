//! English: a part for each number below a hundred, for each hundred, and for each power of 1,000.

use crate::flow::model::{Gender, Plural};
use crate::flow::words::word::pick;
use crate::flow::words::{And, Followed, Grammar, Names, Word};

/// The rules of English.
#[derive(Debug)]
pub(super) struct English;

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

const SMALL_ORDINALS: [&str; 20] = [
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];

const TEN_ORDINALS: [&str; 10] = [
    "",
    "",
    "twentieth",
    "thirtieth",
    "fortieth",
    "fiftieth",
    "sixtieth",
    "seventieth",
    "eightieth",
    "ninetieth",
];

/// The powers of a thousand, the greatest first.
const SCALES: [(u64, &str); 3] =
    [(1_000_000_000, "billion"), (1_000_000, "million"), (1_000, "thousand")];

static NAMES: Names = Names {
    keys: [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "star",
        "hash", "A", "B", "C", "D",
    ],
    minus: "minus",
    and: And::Word("and"),
    weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    months: [
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
    ],
    hijri_months: [
        "Muharram",
        "Safar",
        "Rabi al-Awwal",
        "Rabi al-Thani",
        "Jumada al-Ula",
        "Jumada al-Akhirah",
        "Rajab",
        "Shaaban",
        "Ramadan",
        "Shawwal",
        "Dhu al-Qadah",
        "Dhu al-Hijjah",
    ],
    hijri_era: "Hijri",
    units: &[
        ("aed", &[(Plural::One, "{n} dirham"), (Plural::Other, "{n} dirhams")]),
        ("aed_minor", &[(Plural::One, "{n} fils"), (Plural::Other, "{n} fils")]),
        ("sar", &[(Plural::One, "{n} riyal"), (Plural::Other, "{n} riyals")]),
        ("sar_minor", &[(Plural::One, "{n} halala"), (Plural::Other, "{n} halalas")]),
        ("usd", &[(Plural::One, "{n} dollar"), (Plural::Other, "{n} dollars")]),
        ("usd_minor", &[(Plural::One, "{n} cent"), (Plural::Other, "{n} cents")]),
        ("day", &[(Plural::One, "{n} day"), (Plural::Other, "{n} days")]),
        ("hour", &[(Plural::One, "{n} hour"), (Plural::Other, "{n} hours")]),
        ("minute", &[(Plural::One, "{n} minute"), (Plural::Other, "{n} minutes")]),
        ("second", &[(Plural::One, "{n} second"), (Plural::Other, "{n} seconds")]),
    ],
};

impl Grammar for English {
    fn names(&self) -> &'static Names {
        &NAMES
    }

    fn number(&self, value: u64, _gender: Gender, _followed: Followed) -> Vec<Word> {
        number(value)
    }

    fn ordinal(&self, value: u64, _gender: Gender) -> Vec<Word> {
        if value == 0 {
            return vec![small_ordinal(0)];
        }
        // Only the last word tells the order.
        let mut words = number(value);
        words.pop();
        let scale = SCALES.iter().find(|(scale, _)| value.is_multiple_of(*scale));
        words.push(match (value / 100 % 10, value % 100) {
            (0, 0) => scale.map_or_else(|| small_ordinal(0), |(_, name)| scale_ordinal(name)),
            (hundreds, 0) => hundred_ordinal(hundreds),
            (_, small) => small_ordinal(small),
        });
        words
    }

    fn day(&self, day: u64) -> Word {
        Word::new(format!("day/{day}"), format!("the {} of", small_ordinal(day).text))
    }

    /// A year is read as two numbers, but for those around a whole thousand.
    fn year(&self, year: u64) -> Vec<Word> {
        let (century, small) = (year / 100, year % 100);
        match (century, small) {
            (0..10 | 100.., _) => number(year),
            (_, 0) if century % 10 == 0 => number(year),
            (_, 0) => vec![small_number(century), Word::new("year/hundred", "hundred")],
            (_, 1..10) if century % 10 == 0 => number(year),
            (_, 1..10) => vec![small_number(century), oh(small)],
            (_, _) => vec![small_number(century), small_number(small)],
        }
    }

    fn time(&self, hour: u64, minute: u64) -> Vec<Word> {
        match (hour, minute) {
            (0, 0) => return vec![Word::new("time/midnight", "twelve midnight")],
            (12, 0) => return vec![Word::new("time/noon", "twelve noon")],
            (_, _) => {}
        }
        let struck = (hour + 11) % 12 + 1;
        let mut words = match minute {
            0 => vec![o_clock(struck)],
            1..10 => vec![small_number(struck), oh(minute)],
            _ => vec![small_number(struck), small_number(minute)],
        };
        words.push(period(hour));
        words
    }

    fn plural(&self, count: u64) -> Plural {
        if count == 1 { Plural::One } else { Plural::Other }
    }

    fn number_words(&self) -> Vec<Word> {
        let small = (0..100).map(small_number).chain((1..10).map(oh));
        small.chain((1..10).map(hundred)).chain(SCALES.map(|(_, name)| scale_word(name))).collect()
    }

    fn ordinal_words(&self) -> Vec<Word> {
        let small = (0..100).map(small_ordinal).chain((1..10).map(hundred_ordinal));
        small.chain(SCALES.map(|(_, name)| scale_ordinal(name))).collect()
    }

    fn year_words(&self) -> Vec<Word> {
        vec![Word::new("year/hundred", "hundred")]
    }

    fn time_words(&self) -> Vec<Word> {
        let hours = (1..12).map(o_clock).chain([0, 1, 12, 18].map(period));
        let named = [("time/midnight", "twelve midnight"), ("time/noon", "twelve noon")];
        hours.chain(named.map(|(suffix, text)| Word::new(suffix, text))).collect()
    }
}

fn number(value: u64) -> Vec<Word> {
    if value == 0 {
        return vec![small_number(0)];
    }
    let mut words = Vec::new();
    let mut rest = value;
    for (scale, name) in SCALES {
        if rest >= scale {
            words.extend(below_thousand(rest / scale));
            words.push(scale_word(name));
            rest %= scale;
        }
    }
    words.extend(below_thousand(rest));
    words
}

/// Nothing for zero.
fn below_thousand(value: u64) -> impl Iterator<Item = Word> {
    let (hundreds, small) = (value / 100, value % 100);
    let hundreds = (hundreds > 0).then(|| hundred(hundreds));
    hundreds.into_iter().chain((small > 0).then(|| small_number(small)))
}

fn below_hundred(value: u64, small: &[&str], tens: &[&str]) -> String {
    match (value / 10, value % 10) {
        (0 | 1, _) => pick(small, value).to_owned(),
        (ten, 0) => pick(tens, ten).to_owned(),
        (ten, one) => format!("{}-{}", pick(&TENS, ten), pick(small, one)),
    }
}

fn small_number(value: u64) -> Word {
    Word::new(format!("number/{value}"), below_hundred(value, &SMALL, &TENS))
}

fn small_ordinal(value: u64) -> Word {
    Word::new(format!("ordinal/{value}"), below_hundred(value, &SMALL_ORDINALS, &TEN_ORDINALS))
}

fn hundred(hundreds: u64) -> Word {
    Word::new(format!("number/{hundreds}00"), format!("{} hundred", pick(&SMALL, hundreds)))
}

fn hundred_ordinal(hundreds: u64) -> Word {
    Word::new(format!("ordinal/{hundreds}00"), format!("{} hundredth", pick(&SMALL, hundreds)))
}

fn scale_word(name: &'static str) -> Word {
    Word::new(format!("number/{name}"), name)
}

fn scale_ordinal(name: &'static str) -> Word {
    Word::new(format!("ordinal/{name}"), format!("{name}th"))
}

/// Five past: `oh five`, of an hour and of a century.
fn oh(minute: u64) -> Word {
    Word::new(format!("number/oh-{minute}"), format!("oh {}", pick(&SMALL, minute)))
}

fn o_clock(hour: u64) -> Word {
    Word::new(format!("time/hour-{hour}"), format!("{} o'clock", pick(&SMALL, hour)))
}

fn period(hour: u64) -> Word {
    match hour {
        0 | 21.. => Word::new("time/night", "at night"),
        1..12 => Word::new("time/morning", "in the morning"),
        12..18 => Word::new("time/afternoon", "in the afternoon"),
        18..21 => Word::new("time/evening", "in the evening"),
    }
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
        check(2_000_000_007, "two billion seven");
    }

    #[test]
    fn only_the_last_word_of_an_ordinal_tells_the_order() {
        let check = |value, expected: &str| {
            assert_eq!(text(&English.ordinal(value, Gender::Masculine)), expected);
        };
        check(1, "first");
        check(21, "twenty-first");
        check(100, "one hundredth");
        check(112, "one hundred twelfth");
        check(3_000, "three thousandth");
        check(3_040, "three thousand fortieth");
    }

    #[test]
    fn years_are_read_in_pairs() {
        let check = |year, expected: &str| assert_eq!(text(&English.year(year)), expected);
        check(1447, "fourteen forty-seven");
        check(1900, "nineteen hundred");
        check(1905, "nineteen oh five");
        check(2000, "two thousand");
        check(2008, "two thousand eight");
        check(2026, "twenty twenty-six");
    }

    #[test]
    fn times_name_the_part_of_the_day() {
        let check =
            |hour, minute, expected: &str| assert_eq!(text(&English.time(hour, minute)), expected);
        check(14, 30, "two thirty in the afternoon");
        check(0, 5, "twelve oh five at night");
        check(12, 0, "twelve noon");
        check(8, 0, "eight o'clock in the morning");
        check(18, 45, "six forty-five in the evening");
    }
}
