//! Places in an order: `الثالث`, `الخامس والعشرون بعد المئة`.

use crate::flow::model::Gender;
use crate::flow::words::arabic::{GENDERS, number};
use crate::flow::words::word::pick;
use crate::flow::words::{Followed, Word};

/// The first that is said as a number: there is no short way to say it.
const NUMBERED: u64 = 1_000;

/// 1 to 10 for a masculine noun.
const MASCULINE: [&str; 10] = [
    "الأول",
    "الثاني",
    "الثالث",
    "الرابع",
    "الخامس",
    "السادس",
    "السابع",
    "الثامن",
    "التاسع",
    "العاشر",
];

/// 1 to 10 for a feminine noun.
const FEMININE: [&str; 10] = [
    "الأولى",
    "الثانية",
    "الثالثة",
    "الرابعة",
    "الخامسة",
    "السادسة",
    "السابعة",
    "الثامنة",
    "التاسعة",
    "العاشرة",
];

/// 20, 30 … 90.
const TENS: [&str; 8] =
    ["العشرون", "الثلاثون", "الأربعون", "الخمسون", "الستون", "السبعون", "الثمانون", "التسعون"];

/// 100, 200 … 900.
const HUNDREDS: [&str; 9] = [
    "المئة",
    "المئتان",
    "الثلاثمئة",
    "الأربعمئة",
    "الخمسمئة",
    "الستمئة",
    "السبعمئة",
    "الثمانمئة",
    "التسعمئة",
];

pub(super) fn ordinal(value: u64, gender: Gender) -> Vec<Word> {
    match (value / 100, value % 100) {
        (0, small @ 1..) => vec![below_hundred(small, gender)],
        (hundreds @ 1..10, 0) => vec![hundred(hundreds)],
        (hundreds @ 1..10, small) => vec![below_hundred(small, gender), after(hundreds)],
        (0 | 10.., _) => {
            let mut words = vec![numbered()];
            words.extend(number::number(value, Gender::Masculine, Followed::Alone));
            words
        }
    }
}

/// A day of a month, such as `العشرون من`.
pub(super) fn day(day: u64) -> Word {
    let text = format!("{} من", below_hundred(day, Gender::Masculine).text);
    Word::new(format!("day/{day}"), text)
}

pub(super) fn words() -> Vec<Word> {
    let mut words = vec![numbered()];
    for gender in GENDERS {
        let small = (1..100).filter(|value| gender == Gender::Masculine || !is_ten(*value));
        words.extend(small.map(|value| below_hundred(value, gender)));
    }
    words.extend((1..NUMBERED / 100).flat_map(|hundreds| [hundred(hundreds), after(hundreds)]));
    words
}

const fn is_ten(value: u64) -> bool {
    value >= 20 && value.is_multiple_of(10)
}

fn numbered() -> Word {
    Word::new("ordinal/numbered", "رقم")
}

fn hundred(hundreds: u64) -> Word {
    Word::new(format!("ordinal/{hundreds}00"), pick(&HUNDREDS, hundreds - 1))
}

/// What follows a place above a hundred.
fn after(hundreds: u64) -> Word {
    let text = match hundreds {
        2 => "المئتين",
        _ => pick(&HUNDREDS, hundreds - 1),
    };
    Word::new(format!("ordinal/after-{hundreds}00"), format!("بعد {text}"))
}

/// 1 to 99.
fn below_hundred(value: u64, gender: Gender) -> Word {
    let (small, first, ten, letter) = match gender {
        Gender::Masculine => (&MASCULINE, "الحادي", "عشر", 'm'),
        Gender::Feminine => (&FEMININE, "الحادية", "عشرة", 'f'),
    };
    let one = |ones| if ones == 1 { first } else { pick(small, ones - 1) };
    let name = format!("ordinal/{value}-{letter}");
    match (value / 10, value % 10) {
        (0, _) | (1, 0) => Word::new(name, pick(small, value - 1)),
        (1, ones) => Word::new(name, format!("{} {ten}", one(ones))),
        (tens, 0) => Word::new(format!("ordinal/{value}"), pick(&TENS, tens - 2)),
        (tens, ones) => Word::new(name, format!("{} و{}", one(ones), pick(&TENS, tens - 2))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::words::text;

    #[test]
    fn places_agree_with_what_is_placed() {
        check(1, "الأول", "الأولى");
        check(10, "العاشر", "العاشرة");
        check(11, "الحادي عشر", "الحادية عشرة");
        check(20, "العشرون", "العشرون");
        check(21, "الحادي والعشرون", "الحادية والعشرون");
        check(100, "المئة", "المئة");
        check(103, "الثالث بعد المئة", "الثالثة بعد المئة");
        check(225, "الخامس والعشرون بعد المئتين", "الخامسة والعشرون بعد المئتين");
        check(1_001, "رقم ألف وواحد", "رقم ألف وواحد");
    }

    fn check(value: u64, masculine: &str, feminine: &str) {
        assert_eq!(text(&ordinal(value, Gender::Masculine)), masculine);
        assert_eq!(text(&ordinal(value, Gender::Feminine)), feminine);
    }
}
