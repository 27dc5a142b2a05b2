//! Years and times of day.

use crate::flow::model::Gender;
use crate::flow::words::arabic::number::{self, MASCULINE, TEENS_MASCULINE};
use crate::flow::words::word::pick;
use crate::flow::words::{Followed, Word};

/// The years that are said in two parts, by their century.
const CENTURIES: [(u64, &str); 7] = [
    (13, "عام ألف وثلاثمئة"),
    (14, "عام ألف وأربعمئة"),
    (15, "عام ألف وخمسمئة"),
    (18, "عام ألف وثمانمئة"),
    (19, "عام ألف وتسعمئة"),
    (20, "عام ألفين"),
    (21, "عام ألفين ومئة"),
];

/// 20, 30 … 90 after `عام`.
const TENS: [&str; 8] = ["عشرين", "ثلاثين", "أربعين", "خمسين", "ستين", "سبعين", "ثمانين", "تسعين"];

/// The hour that has struck, on the twelve-hour clock.
const HOURS: [&str; 12] = [
    "الساعة الواحدة",
    "الساعة الثانية",
    "الساعة الثالثة",
    "الساعة الرابعة",
    "الساعة الخامسة",
    "الساعة السادسة",
    "الساعة السابعة",
    "الساعة الثامنة",
    "الساعة التاسعة",
    "الساعة العاشرة",
    "الساعة الحادية عشرة",
    "الساعة الثانية عشرة",
];

const TIMES: [(&str, &str); 16] = [
    ("and-minute", "ودقيقة"),
    ("and-two-minutes", "ودقيقتان"),
    ("and-quarter", "والربع"),
    ("and-third", "والثلث"),
    ("and-half", "والنصف"),
    ("but-quarter", "إلا ربعًا"),
    ("minutes", "دقائق"),
    ("minute", "دقيقة"),
    ("midnight", "منتصف الليل"),
    ("after-midnight", "بعد منتصف الليل"),
    ("dawn", "فجرًا"),
    ("morning", "صباحًا"),
    ("noon", "ظهرًا"),
    ("afternoon", "بعد الظهر"),
    ("evening", "مساءً"),
    ("night", "ليلًا"),
];

/// A year, such as `عام ألفين وستة وعشرين`.
pub(super) fn year(year: u64) -> Vec<Word> {
    let known = CENTURIES.iter().find(|(century, _)| *century == year / 100);
    let Some(&(century, text)) = known else {
        return number::number(year, Gender::Masculine, Followed::Alone);
    };
    let mut words = vec![Word::new(format!("year/{century}00"), text)];
    words.extend((!year.is_multiple_of(100)).then(|| and_years(year % 100)));
    words
}

pub(super) fn year_words() -> Vec<Word> {
    let centuries = CENTURIES.iter().map(|(of, text)| Word::new(format!("year/{of}00"), *text));
    centuries.chain((1..100).map(and_years)).collect()
}

/// A time of day, such as `الساعة الثانية والنصف بعد الظهر`.
pub(super) fn time(hour: u64, minute: u64) -> Vec<Word> {
    if minute == 45 {
        let next = (hour + 1) % 24;
        // A quarter to midnight is still the night.
        let part = if next == 0 { word("night") } else { period(next, minute) };
        return vec![hour_word(next), word("but-quarter"), part];
    }
    let mut words = vec![hour_word(hour)];
    match minute {
        0 => {}
        1 => words.push(word("and-minute")),
        2 => words.push(word("and-two-minutes")),
        15 => words.push(word("and-quarter")),
        20 => words.push(word("and-third")),
        30 => words.push(word("and-half")),
        _ => {
            let count = number::number(minute, Gender::Feminine, Followed::ByNoun);
            words.extend(count.iter().map(|word| word.joined("و")));
            words.push(word(if minute <= 10 { "minutes" } else { "minute" }));
        }
    }
    words.push(period(hour, minute));
    words
}

pub(super) fn time_words() -> Vec<Word> {
    (0..12).map(hour_word).chain(TIMES.iter().map(|(name, _)| word(name))).collect()
}

/// The years of a century, after its name.
fn and_years(years: u64) -> Word {
    let small = |value: u64| match value {
        2 => "اثنين",
        _ => pick(&MASCULINE, value - 1),
    };
    let text = match (years / 10, years % 10) {
        (0, _) | (1, 0) => small(years).to_owned(),
        (1, 2) => "اثني عشر".to_owned(),
        (1, ones) => pick(&TEENS_MASCULINE, ones - 1).to_owned(),
        (tens, 0) => pick(&TENS, tens - 2).to_owned(),
        (tens, ones) => format!("{} و{}", small(ones), pick(&TENS, tens - 2)),
    };
    Word::new(format!("year/{years}"), text).joined("و")
}

fn word(name: &str) -> Word {
    let text = TIMES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
    Word::new(format!("time/{name}"), text)
}

fn hour_word(hour: u64) -> Word {
    let struck = (hour + 11) % 12;
    Word::new(format!("time/hour-{}", struck + 1), pick(&HOURS, struck))
}

/// The part of the day (CLDR).
fn period(hour: u64, minute: u64) -> Word {
    word(match (hour, minute) {
        (0, 0) => "midnight",
        (0..3, _) => "after-midnight",
        (3..6, _) => "dawn",
        (6..12, _) => "morning",
        (12, _) => "noon",
        (13..18, _) => "afternoon",
        (18.., _) => "evening",
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::words::text;

    #[test]
    fn times_name_the_part_of_the_day() {
        check(14, 30, "الساعة الثانية والنصف بعد الظهر");
        check(8, 5, "الساعة الثامنة وخمس دقائق صباحًا");
        check(23, 11, "الساعة الحادية عشرة وإحدى عشرة دقيقة مساءً");
        check(0, 0, "الساعة الثانية عشرة منتصف الليل");
        check(4, 20, "الساعة الرابعة والثلث فجرًا");
        check(11, 45, "الساعة الثانية عشرة إلا ربعًا ظهرًا");
        check(23, 45, "الساعة الثانية عشرة إلا ربعًا ليلًا");
        check(16, 8, "الساعة الرابعة وثماني دقائق بعد الظهر");
    }

    #[test]
    fn years_stand_in_the_genitive() {
        let check = |value, expected: &str| assert_eq!(text(&year(value)), expected);
        check(2026, "عام ألفين وستة وعشرين");
        check(2000, "عام ألفين");
        check(1448, "عام ألف وأربعمئة وثمانية وأربعين");
        check(1912, "عام ألف وتسعمئة واثني عشر");
    }

    fn check(hour: u64, minute: u64, expected: &str) {
        assert_eq!(text(&time(hour, minute)), expected);
    }
}
