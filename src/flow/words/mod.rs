//! Values as words: lists of recorded parts in each language, with as few joins as can be.
//!
//! A language is a [`Grammar`]: its names as data, and the rules by which its numbers, dates and
//! times are put together. A further one is a file here and a line in [`grammar()`].

mod grammar;
mod group;
mod unit;
mod vocabulary;
mod word;

mod arabic;
mod english;
mod hindi;
mod indic;
mod urdu;

pub use grammar::{
    Grammar, NUMBERS_END, Names, date, grammar, key, minus, number, ordinal, plural, text, time,
};
pub use group::{PAUSE, groups};
pub use unit::{built_in, currencies};
pub use vocabulary::{Topic, and, topics, vocabulary};
pub use word::{And, Followed, Word, join};
