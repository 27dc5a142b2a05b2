//! Every word that a language needs to be recorded in.

use std::collections::BTreeSet;

use crate::base::key::Key;
use crate::flow::model::{Language, SayKind};
use crate::flow::words::grammar::{hijri_era, hijri_month, minus, month, weekday_word};
use crate::flow::words::{And, Word, grammar, key};

/// Words that are recorded together, because one kind of value needs them all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// The keys of a telephone.
    Digits,
    /// Numbers, and what joins amounts.
    Number,
    /// Places in an order.
    Ordinal,
    /// Days, months and years.
    Date,
    /// Times of day.
    Time,
}

impl Topic {
    /// Every topic.
    pub const ALL: [Self; 5] = [Self::Digits, Self::Number, Self::Ordinal, Self::Date, Self::Time];
}

/// The topics that a kind of value needs. Whatever its shape, a value can be read in digits.
#[must_use]
pub fn topics(kind: &SayKind) -> BTreeSet<Topic> {
    use Topic::{Date, Digits, Number, Ordinal, Time};
    match kind {
        SayKind::Digits { .. } => [Digits].into(),
        SayKind::Number { .. }
        | SayKind::Money { .. }
        | SayKind::Duration
        | SayKind::Count { .. } => [Digits, Number].into(),
        SayKind::Ordinal { .. } => [Digits, Number, Ordinal].into(),
        SayKind::Date { .. } => [Digits, Number, Date].into(),
        SayKind::Time => [Digits, Number, Time].into(),
    }
}

/// The words of a topic, each once.
#[must_use]
pub fn vocabulary(language: Language, topic: Topic) -> Vec<Word> {
    let rules = grammar(language);
    match topic {
        Topic::Digits => "0123456789*#ABCD"
            .chars()
            .filter_map(|letter| Key::try_from(letter).ok())
            .map(|of| key(language, of))
            .collect(),
        Topic::Number => {
            let mut words = vec![minus(language)];
            words.extend(and(language));
            words.extend(rules.number_words());
            words
        }
        Topic::Ordinal => rules.ordinal_words(),
        Topic::Date => {
            let mut words: Vec<Word> = (1..=7).map(|day| weekday_word(language, day)).collect();
            // Where a day is said as a number, the word is one of numbers.
            let days = (1..=31).map(|day| rules.day(day));
            words.extend(days.filter(|word| word.suffix.starts_with("day/")));
            words.extend((1..=12).map(|of| month(language, of)));
            words.extend((1..=12).map(|of| hijri_month(language, of)));
            words.push(hijri_era(language));
            words.extend(rules.year_words());
            words
        }
        Topic::Time => rules.time_words(),
    }
}

/// The word that joins two amounts, where it is one.
#[must_use]
pub fn and(language: Language) -> Option<Word> {
    match grammar(language).names().and {
        And::Word(text) => Some(Word::new("number/and", text)),
        And::Prefix(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use jiff::civil::{Date, Time};

    use super::*;
    use crate::flow::model::{Gender, Reckoning, WeekdaySaid};
    use crate::flow::words::{Followed, date, number, ordinal, time};

    #[test]
    fn whatever_is_said_is_in_the_vocabulary_with_the_same_text() {
        for (language, topic) in every_topic() {
            let words = known(language, topic);
            for word in said(language, topic) {
                let text = words.get(&*word.suffix).map(String::as_str);
                assert_eq!(text, Some(&*word.text), "{language} {}", word.suffix);
            }
        }
    }

    #[test]
    fn every_word_is_there_because_something_is_said_with_it() {
        for language in Language::ALL {
            let topics = Topic::ALL.into_iter().flat_map(|topic| said(language, topic));
            let mut said: BTreeSet<String> = topics.map(|word| word.suffix.into_owned()).collect();
            let prefix = match grammar(language).names().and {
                And::Prefix(prefix) => Some(prefix),
                And::Word(_) => None,
            };
            // Amounts are joined to one another: dirhams and fils.
            let joined = numbers().filter(|_| prefix.is_some()).flat_map(|(value, gender, of)| {
                number(language, value, gender, of).into_iter().next()
            });
            said.extend(joined.map(|word| crate::flow::words::join(&word.suffix)));
            said.insert("number/and".to_owned());
            let idle: Vec<String> = Topic::ALL
                .into_iter()
                .flat_map(|topic| vocabulary(language, topic))
                .map(|word| word.suffix.into_owned())
                .filter(|suffix| !said.contains(suffix))
                .collect();
            assert!(idle.is_empty(), "{language} {idle:?}");
        }
    }

    #[test]
    fn the_parts_of_a_vocabulary_have_names_of_their_own() {
        for language in Language::ALL {
            let words: Vec<Word> =
                Topic::ALL.into_iter().flat_map(|topic| vocabulary(language, topic)).collect();
            let names: BTreeSet<&str> = words.iter().map(|word| &*word.suffix).collect();
            assert_eq!(names.len(), words.len(), "{language}");
            assert!(words.iter().all(|word| !word.text.is_empty() && word.suffix.is_ascii()));
        }
    }

    fn every_topic() -> impl Iterator<Item = (Language, Topic)> {
        Language::ALL
            .into_iter()
            .flat_map(|language| Topic::ALL.into_iter().map(move |topic| (language, topic)))
    }

    fn known(language: Language, topic: Topic) -> BTreeMap<String, String> {
        let topics: BTreeSet<Topic> = match topic {
            Topic::Digits => [topic].into(),
            Topic::Number | Topic::Ordinal | Topic::Date | Topic::Time => {
                [Topic::Digits, Topic::Number, topic].into()
            }
        };
        let words = topics.into_iter().flat_map(|topic| vocabulary(language, topic));
        words.map(|word| (word.suffix.into_owned(), word.text.into_owned())).collect()
    }

    fn numbers() -> impl Iterator<Item = (i64, Gender, Followed)> {
        let round = (0..12).flat_map(|zeros| {
            [1, 2, 3, 8, 10, 11, 20, 99, 100, 101, 102, 111, 200, 202, 800]
                .map(|value: i64| value * 10_i64.pow(zeros))
        });
        let values = (-1..2_000).chain((2_000..1_000_000).step_by(617)).chain(round);
        values.flat_map(|value| {
            [Gender::Masculine, Gender::Feminine].into_iter().flat_map(move |gender| {
                [Followed::Alone, Followed::ByNoun].map(|followed| (value, gender, followed))
            })
        })
    }

    fn said(language: Language, topic: Topic) -> Vec<Word> {
        match topic {
            Topic::Digits => vocabulary(language, topic),
            Topic::Number => numbers()
                .flat_map(|(value, gender, followed)| number(language, value, gender, followed))
                .collect(),
            Topic::Ordinal => {
                numbers().flat_map(|(value, gender, _)| ordinal(language, value, gender)).collect()
            }
            Topic::Date => (0..400_i32 * 366)
                .step_by(11)
                .flat_map(|days| {
                    let day = Date::constant(1800, 1, 1);
                    let day = day.saturating_add(jiff::Span::new().days(days));
                    [Reckoning::Gregorian, Reckoning::Hijri]
                        .into_iter()
                        .flat_map(move |of| date(language, day, of, WeekdaySaid::Yes))
                })
                .collect(),
            Topic::Time => (0..24 * 60_i32)
                .flat_map(|minute| {
                    let midnight = Time::constant(0, 0, 0, 0);
                    time(language, midnight.saturating_add(jiff::Span::new().minutes(minute)))
                })
                .collect(),
        }
    }
}
