//! Arabic: a number agrees with the gender of what is counted, what is counted takes the form
//! that its number asks for, and parts are joined by `و`.
//!
//! The words are in the nominative, as they are said by themselves. A part that can follow
//! another one is recorded a second time together with its `و`: `number/and-…`. One that ends
//! otherwise before what it counts is recorded with that ending: `…-of`.

mod name;
mod number;
mod ordinal;
mod time;

use crate::flow::model::{Gender, Plural};
use crate::flow::words::{Followed, Grammar, Names, Word};

/// The rules of Arabic.
#[derive(Debug)]
pub(super) struct Arabic;

const GENDERS: [Gender; 2] = [Gender::Masculine, Gender::Feminine];

impl Grammar for Arabic {
    fn names(&self) -> &'static Names {
        &name::NAMES
    }

    fn number(&self, value: u64, gender: Gender, followed: Followed) -> Vec<Word> {
        number::number(value, gender, followed)
    }

    fn ordinal(&self, value: u64, gender: Gender) -> Vec<Word> {
        ordinal::ordinal(value, gender)
    }

    fn day(&self, day: u64) -> Word {
        ordinal::day(day)
    }

    fn year(&self, year: u64) -> Vec<Word> {
        time::year(year)
    }

    fn time(&self, hour: u64, minute: u64) -> Vec<Word> {
        time::time(hour, minute)
    }

    fn plural(&self, count: u64) -> Plural {
        match (count, count % 100) {
            (0, _) => Plural::Zero,
            (1, _) => Plural::One,
            (2, _) => Plural::Two,
            (_, 3..=10) => Plural::Few,
            (_, 11..) => Plural::Many,
            (_, 0..=2) => Plural::Other,
        }
    }

    /// One and two are never said before a noun: what is counted has forms that hold them.
    fn apart(&self, count: u64) -> Option<(u64, u64)> {
        let last = count % 100;
        (count > 100 && matches!(last, 1 | 2)).then_some((count - last, last))
    }

    fn number_words(&self) -> Vec<Word> {
        number::words()
    }

    fn ordinal_words(&self) -> Vec<Word> {
        ordinal::words()
    }

    fn year_words(&self) -> Vec<Word> {
        time::year_words()
    }

    fn time_words(&self) -> Vec<Word> {
        time::time_words()
    }
}
