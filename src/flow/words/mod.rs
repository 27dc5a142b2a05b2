//! Numbers, digits, dates and times as words: lists of recorded parts in each language.

mod arabic;
mod english;

use std::borrow::Cow;

use jiff::civil::{Date, Time};

use crate::base::key::Key;
use crate::flow::model::{Gender, Language, Plural};

/// The first number that is read digit by digit.
const NUMBERS_END: u64 = 1_000_000;

/// A recorded part: its sound after the language, such as `number/20`, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The sound's name after `<language>/`.
    pub suffix: Cow<'static, str>,
    /// What it says.
    pub text: Cow<'static, str>,
}

/// Whether a noun follows a number, which changes some Arabic words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Followed {
    /// It stands alone.
    Alone,
    /// What is counted comes right after it.
    ByNoun,
}

impl Word {
    pub(super) fn new(
        suffix: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { suffix: suffix.into(), text: text.into() }
    }
}

/// A number in words, for a noun of that gender. From a million on it is read digit by digit.
#[must_use]
pub fn number(language: Language, value: i64, gender: Gender, followed: Followed) -> Vec<Word> {
    let size = value.unsigned_abs();
    let mut words = Vec::new();
    if value < 0 {
        words.push(minus(language));
    }
    let Some(small) = u32::try_from(size).ok().filter(|_| size < NUMBERS_END) else {
        words.extend(digits(language, &size.to_string()));
        return words;
    };
    words.extend(match language {
        Language::Arabic => arabic::number(small, gender, followed),
        Language::English => english::number(small),
    });
    words
}

/// The keys of a text one by one; what is on no telephone is passed over.
#[must_use]
pub fn digits(language: Language, text: &str) -> Vec<Word> {
    text.chars()
        .filter_map(|digit| Key::try_from(digit).ok())
        .map(|key| of_key(language, key))
        .collect()
}

/// What a key is called.
#[must_use]
pub fn of_key(language: Language, key: Key) -> Word {
    let text = match language {
        Language::Arabic => arabic::key(key),
        Language::English => english::key(key),
    };
    let suffix = match key.as_char() {
        '*' => Cow::Borrowed("digits/star"),
        '#' => Cow::Borrowed("digits/hash"),
        other => Cow::Owned(format!("digits/{other}")),
    };
    Word { suffix, text: text.into() }
}

/// A date: day, month and year.
#[must_use]
pub fn date(language: Language, date: Date) -> Vec<Word> {
    let day = usize::from(date.day().unsigned_abs());
    let month = usize::from(date.month().unsigned_abs());
    let (days, months) = match language {
        Language::Arabic => (&arabic::DAYS, &arabic::MONTHS),
        Language::English => (&english::DAYS, &english::MONTHS),
    };
    let named = |kind: &str, at: usize, names: &[&'static str]| {
        let text = names.get(at.saturating_sub(1)).copied().unwrap_or("");
        Word::new(format!("{kind}/{at}"), text)
    };
    let mut words = vec![named("day", day, days), named("month", month, months)];
    let year = i64::from(date.year());
    words.extend(number(language, year, Gender::Masculine, Followed::Alone));
    words
}

/// A time of day.
#[must_use]
pub fn time(language: Language, time: Time) -> Vec<Word> {
    let hour = u32::from(time.hour().unsigned_abs());
    let minute = u32::from(time.minute().unsigned_abs());
    match language {
        Language::Arabic => arabic::time(hour, minute),
        Language::English => english::time(hour, minute),
    }
}

/// The plural category of a number of things (CLDR).
#[must_use]
pub fn plural(language: Language, count: i64) -> Plural {
    match (language, count, count.unsigned_abs() % 100) {
        (Language::Arabic, 0, _) => Plural::Zero,
        (_, 1, _) => Plural::One,
        (Language::Arabic, 2, _) => Plural::Two,
        (Language::Arabic, _, 3..=10) => Plural::Few,
        (Language::Arabic, _, 11..=99) => Plural::Many,
        (_, _, _) => Plural::Other,
    }
}

/// `and`, between an amount and its hundredths.
#[must_use]
pub fn and(language: Language) -> Word {
    match language {
        Language::Arabic => Word::new("number/and", "و"),
        Language::English => Word::new("number/and", "and"),
    }
}

/// The text of some words.
#[must_use]
pub fn text(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>().join(" ")
}

/// Every part that a language needs: the sound's name after the language, and its text.
#[must_use]
pub fn vocabulary(language: Language) -> Vec<(String, String)> {
    let mut words = vec![minus(language), and(language)];
    words.extend(digits(language, "0123456789*#ABCD"));
    let (days, months) = match language {
        Language::Arabic => {
            words.extend(arabic::vocabulary());
            (&arabic::DAYS, &arabic::MONTHS)
        }
        Language::English => {
            words.extend(english::vocabulary());
            (&english::DAYS, &english::MONTHS)
        }
    };
    let numbered = |kind: &'static str, names: &'static [&'static str]| {
        names.iter().zip(1..).map(move |(&name, at)| Word::new(format!("{kind}/{at}"), name))
    };
    words.extend(numbered("day", days));
    words.extend(numbered("month", months));
    words.into_iter().map(|word| (word.suffix.into_owned(), word.text.into_owned())).collect()
}

fn minus(language: Language) -> Word {
    match language {
        Language::Arabic => Word::new("number/minus", "ناقص"),
        Language::English => Word::new("number/minus", "minus"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn whatever_is_said_is_in_the_vocabulary_with_the_same_text() {
        for language in Language::ALL {
            let vocabulary: BTreeMap<_, _> = vocabulary(language).into_iter().collect();
            let mut said = Vec::new();
            for value in (0..3_000).chain((3_000..1_000_000).step_by(617)).chain([-1, 2_000_000]) {
                said.extend(number(language, value, Gender::Masculine, Followed::Alone));
                said.extend(number(language, value, Gender::Masculine, Followed::ByNoun));
                said.extend(number(language, value, Gender::Feminine, Followed::Alone));
                said.extend(number(language, value, Gender::Feminine, Followed::ByNoun));
            }
            for minute in 0..24 * 60 {
                let at =
                    Time::constant(0, 0, 0, 0).saturating_add(jiff::Span::new().minutes(minute));
                said.extend(time(language, at));
            }
            for day in 1..=31 {
                said.extend(date(language, Date::constant(2026, 1 + day % 7 / 6, day)));
            }
            said.extend(digits(language, "0123456789*#ABCD"));
            for word in said {
                assert_eq!(vocabulary.get(&*word.suffix).map(String::as_str), Some(&*word.text));
            }
        }
    }

    #[test]
    fn the_parts_of_a_vocabulary_have_names_of_their_own() {
        for language in Language::ALL {
            let words = vocabulary(language);
            let names: BTreeMap<_, _> = words.iter().cloned().collect();
            assert_eq!(names.len(), words.len());
            assert!(words.iter().all(|(suffix, text)| !text.is_empty() && suffix.is_ascii()));
        }
    }

    #[test]
    fn plural_categories_follow_cldr() {
        let arabic = |count| plural(Language::Arabic, count);
        assert_eq!([0, 1, 2].map(arabic), [Plural::Zero, Plural::One, Plural::Two]);
        assert_eq!([3, 10, 103, 110].map(arabic), [Plural::Few; 4]);
        assert_eq!([11, 26, 99, 111].map(arabic), [Plural::Many; 4]);
        assert_eq!([100, 101, 102, 200, 1_000].map(arabic), [Plural::Other; 5]);
        let english = |count| plural(Language::English, count);
        assert_eq!(
            [0, 1, 2, 11].map(english),
            [Plural::Other, Plural::One, Plural::Other, Plural::Other]
        );
    }

    #[test]
    fn dates_and_times_are_said_as_people_say_them() {
        let day = Date::constant(2026, 9, 20);
        let said = text(&date(Language::English, day));
        assert_eq!(said, "the twentieth of September two thousand twenty-six");
        let said = text(&date(Language::Arabic, day));
        assert_eq!(said, "العشرون من سبتمبر ألفان وستة وعشرون");
        let at = |hour, minute| Time::constant(hour, minute, 0, 0);
        let english = |hour, minute| text(&time(Language::English, at(hour, minute)));
        assert_eq!(english(14, 30), "two thirty p m");
        assert_eq!(english(0, 5), "twelve oh five a m");
        assert_eq!(english(12, 0), "twelve p m");
        let arabic = |hour, minute| text(&time(Language::Arabic, at(hour, minute)));
        assert_eq!(arabic(14, 30), "الساعة الثانية والنصف مساءً");
        assert_eq!(arabic(8, 5), "الساعة الثامنة وخمس دقائق صباحًا");
        assert_eq!(arabic(23, 11), "الساعة الحادية عشرة وإحدى عشرة دقيقة مساءً");
    }
}
