//! What every language has: its names, and rules that put words together.

use jiff::civil::{Date, Time};

use crate::base::key::Key;
use crate::flow::hijri::HijriDate;
use crate::flow::model::{Gender, Language, Plural, Reckoning, WeekdaySaid};
use crate::flow::words::word::pick;
use crate::flow::words::{And, Followed, Word, arabic, english, hindi, urdu};

/// The first number that is read digit by digit.
pub const NUMBERS_END: u64 = 1_000_000_000_000;

/// What a language calls things.
#[derive(Debug)]
pub struct Names {
    /// The keys `0123456789*#ABCD`.
    pub keys: [&'static str; 16],
    /// Before a number below zero.
    pub minus: &'static str,
    /// Between two amounts.
    pub and: And,
    /// Monday to Sunday.
    pub weekdays: [&'static str; 7],
    /// January to December, as they stand in a date.
    pub months: [&'static str; 12],
    /// Muharram to Dhu al-Hijjah, as they stand in a date.
    pub hijri_months: [&'static str; 12],
    /// After the year of a Hijri date.
    pub hijri_era: &'static str,
    /// The plural forms of each unit that needs no catalogue, by its id.
    pub units: &'static [(&'static str, &'static [(Plural, &'static str)])],
}

/// The rules of a language. Its words are those of [`crate::flow::words::vocabulary()`].
pub trait Grammar: Sync {
    /// What it calls things.
    fn names(&self) -> &'static Names;

    /// A number below [`NUMBERS_END`].
    fn number(&self, value: u64, gender: Gender, followed: Followed) -> Vec<Word>;

    /// A place in an order, below [`NUMBERS_END`].
    fn ordinal(&self, value: u64, gender: Gender) -> Vec<Word>;

    /// The day of a month, before the month's name.
    fn day(&self, day: u64) -> Word;

    /// The year of a date.
    fn year(&self, year: u64) -> Vec<Word>;

    /// A time of day.
    fn time(&self, hour: u64, minute: u64) -> Vec<Word>;

    /// The plural category of a number of things (CLDR).
    fn plural(&self, count: u64) -> Plural;

    /// A count that is said as two: 101 dirhams are a hundred dirhams and a dirham.
    fn apart(&self, _count: u64) -> Option<(u64, u64)> {
        None
    }

    /// Every word of its numbers.
    fn number_words(&self) -> Vec<Word>;

    /// Every word of its ordinals, but for those of its numbers.
    fn ordinal_words(&self) -> Vec<Word>;

    /// Every word for years, but for those of its numbers.
    fn year_words(&self) -> Vec<Word>;

    /// Every word of its times, but for those of its numbers.
    fn time_words(&self) -> Vec<Word>;
}

/// The rules of a language.
#[must_use]
pub const fn grammar(language: Language) -> &'static dyn Grammar {
    match language {
        Language::Arabic => &arabic::Arabic,
        Language::English => &english::English,
        Language::Hindi => &hindi::HINDI,
        Language::Urdu => &urdu::URDU,
    }
}

/// A number in words, for a noun of that gender. From [`NUMBERS_END`] on it is read digit by
/// digit.
#[must_use]
pub fn number(language: Language, value: i64, gender: Gender, followed: Followed) -> Vec<Word> {
    let size = value.unsigned_abs();
    let said = signed(language, value);
    said.chain(match size < NUMBERS_END {
        true => grammar(language).number(size, gender, followed),
        false => digits(language, size),
    })
    .collect()
}

/// A place in an order: the third.
#[must_use]
pub fn ordinal(language: Language, value: i64, gender: Gender) -> Vec<Word> {
    let size = value.unsigned_abs();
    let said = signed(language, value);
    said.chain(match size < NUMBERS_END {
        true => grammar(language).ordinal(size, gender),
        false => digits(language, size),
    })
    .collect()
}

fn signed(language: Language, value: i64) -> impl Iterator<Item = Word> {
    (value < 0).then(|| minus(language)).into_iter()
}

fn digits(language: Language, value: u64) -> Vec<Word> {
    let keys = value.to_string();
    keys.chars().filter_map(|digit| Key::try_from(digit).ok()).map(|of| key(language, of)).collect()
}

/// What a key is called.
#[must_use]
pub fn key(language: Language, key: Key) -> Word {
    const KEYS: &str = "0123456789*#ABCD";
    let letter = key.as_char();
    let text = KEYS.find(letter).and_then(|at| grammar(language).names().keys.get(at));
    let suffix = match letter {
        '*' => "digits/star".into(),
        '#' => "digits/hash".into(),
        other => format!("digits/{other}"),
    };
    Word::new(suffix, *text.expect("every key of a telephone has a name"))
}

/// A date: day, month and year, after the day of the week if that is asked for.
#[must_use]
pub fn date(
    language: Language,
    date: Date,
    reckoning: Reckoning,
    weekday: WeekdaySaid,
) -> Vec<Word> {
    let rules = grammar(language);
    let named = u64::from(date.weekday().to_monday_one_offset().unsigned_abs());
    let mut words = match weekday {
        WeekdaySaid::Yes => vec![weekday_word(language, named)],
        WeekdaySaid::No => Vec::new(),
    };
    match reckoning {
        Reckoning::Gregorian => {
            words.push(rules.day(u64::from(date.day().unsigned_abs())));
            words.push(month(language, u64::from(date.month().unsigned_abs())));
            words.extend(rules.year(u64::from(date.year().unsigned_abs())));
        }
        Reckoning::Hijri => {
            let hijri = HijriDate::of(date);
            words.push(rules.day(u64::from(hijri.day)));
            words.push(hijri_month(language, u64::from(hijri.month)));
            words.extend(rules.year(u64::from(hijri.year.unsigned_abs())));
            words.push(hijri_era(language));
        }
    }
    words
}

/// A time of day.
#[must_use]
pub fn time(language: Language, time: Time) -> Vec<Word> {
    let (hour, minute) = (time.hour().unsigned_abs(), time.minute().unsigned_abs());
    grammar(language).time(u64::from(hour), u64::from(minute))
}

/// The plural category of a number of things (CLDR).
#[must_use]
pub fn plural(language: Language, count: i64) -> Plural {
    grammar(language).plural(count.unsigned_abs())
}

/// The text of some words.
#[must_use]
pub fn text(words: &[Word]) -> String {
    words.iter().map(|word| word.text.as_ref()).collect::<Vec<_>>().join(" ")
}

/// What is said before a number below zero.
#[must_use]
pub fn minus(language: Language) -> Word {
    Word::new("number/minus", grammar(language).names().minus)
}

/// Monday is 1.
pub(super) fn weekday_word(language: Language, day: u64) -> Word {
    let names = &grammar(language).names().weekdays;
    Word::new(format!("weekday/{day}"), pick(names, day.saturating_sub(1)))
}

pub(super) fn month(language: Language, month: u64) -> Word {
    let names = &grammar(language).names().months;
    Word::new(format!("month/{month}"), pick(names, month.saturating_sub(1)))
}

pub(super) fn hijri_month(language: Language, month: u64) -> Word {
    let names = &grammar(language).names().hijri_months;
    Word::new(format!("hijri/{month}"), pick(names, month.saturating_sub(1)))
}

pub(super) fn hijri_era(language: Language) -> Word {
    Word::new("hijri/era", grammar(language).names().hijri_era)
}
