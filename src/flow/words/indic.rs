//! The rules that Hindi and Urdu share: a word of its own for each number below a hundred, then
//! hundreds, thousands, and the lakh, crore, arab and kharab, each a hundred times the last.

use crate::flow::model::{Gender, Plural};
use crate::flow::words::word::pick;
use crate::flow::words::{Followed, Grammar, Names, Word};

/// One of these languages: all that it is, is data.
#[derive(Debug)]
pub(super) struct Indic {
    pub(super) names: &'static Names,
    /// 0 to 99.
    pub(super) small: [&'static str; 100],
    pub(super) hundred: &'static str,
    /// The thousand, and each word for a hundred times the one before.
    pub(super) scales: [&'static str; 5],
    /// The places with words of their own, masculine and feminine.
    pub(super) places: [(u64, &'static str, &'static str); 5],
    /// What makes a place of a number, masculine and feminine.
    pub(super) place_endings: (&'static str, &'static str),
    /// After the hour, when it has struck.
    pub(super) struck: &'static str,
    /// After the hour, when minutes follow.
    pub(super) past: &'static str,
    /// After the minutes.
    pub(super) minutes: &'static str,
    /// The morning, the afternoon, the evening and the night, before the hour.
    pub(super) periods: [&'static str; 4],
    /// The category of none of a thing.
    pub(super) none: Plural,
}

/// What the scales are called in the names of sounds.
const SCALES: [&str; 5] = ["thousand", "lakh", "crore", "arab", "kharab"];

const GENDERS: [Gender; 2] = [Gender::Masculine, Gender::Feminine];

const PERIODS: [&str; 4] = ["morning", "afternoon", "evening", "night"];

impl Grammar for Indic {
    fn names(&self) -> &'static Names {
        self.names
    }

    fn number(&self, value: u64, _gender: Gender, _followed: Followed) -> Vec<Word> {
        let mut words = self.scaled(value / 1_000);
        let (hundreds, small) = (value / 100 % 10, value % 100);
        words.extend((hundreds > 0).then(|| self.hundred(hundreds)));
        words.extend((small > 0 || value == 0).then(|| self.small(small)));
        words
    }

    fn ordinal(&self, value: u64, gender: Gender) -> Vec<Word> {
        if value < 100 {
            return vec![self.place(value, gender)];
        }
        let mut words = self.number(value, gender, Followed::Alone);
        let last = words.pop().expect("a number has a word");
        let name = last.suffix.strip_prefix("number/").unwrap_or_default();
        words.push(match value % 100 {
            0 => self.ended(name, &last.text, gender),
            small => self.last_place(small, gender),
        });
        words
    }

    fn day(&self, day: u64) -> Word {
        self.small(day)
    }

    /// From 1100 to 1999 hundreds are counted.
    fn year(&self, year: u64) -> Vec<Word> {
        if !(1_100..2_000).contains(&year) {
            return self.number(year, Gender::Masculine, Followed::Alone);
        }
        let mut words = vec![self.small(year / 100), self.hundred_of_year()];
        words.extend((!year.is_multiple_of(100)).then(|| self.small(year % 100)));
        words
    }

    fn time(&self, hour: u64, minute: u64) -> Vec<Word> {
        let struck = (hour + 11) % 12 + 1;
        let mut words = vec![self.period(hour)];
        if minute == 0 {
            words.push(self.hour(struck));
        } else {
            words.extend([self.past(struck), self.small(minute), self.minutes()]);
        }
        words
    }

    fn plural(&self, count: u64) -> Plural {
        match count {
            0 => self.none,
            1 => Plural::One,
            _ => Plural::Other,
        }
    }

    fn number_words(&self) -> Vec<Word> {
        let small = (0..100).map(|value| self.small(value));
        let hundreds = (1..10).map(|value| self.hundred(value));
        small.chain(hundreds).chain((0..5).map(|power| self.scale(power))).collect()
    }

    fn ordinal_words(&self) -> Vec<Word> {
        let mut words = Vec::new();
        for gender in GENDERS {
            words.extend((0..100).map(|value| self.place(value, gender)));
            let own = self.places.iter().map(|(value, ..)| self.last_place(*value, gender));
            words.extend(own);
            let round = (1..10).map(|value| self.hundred(value));
            for word in round.chain((0..5).map(|power| self.scale(power))) {
                let name = word.suffix.strip_prefix("number/").unwrap_or_default();
                words.push(self.ended(name, &word.text, gender));
            }
        }
        words
    }

    fn year_words(&self) -> Vec<Word> {
        vec![self.hundred_of_year()]
    }

    fn time_words(&self) -> Vec<Word> {
        let hours = (1..=12).flat_map(|hour| [self.hour(hour), self.past(hour)]);
        let periods = [4, 12, 16, 20].map(|hour| self.period(hour));
        hours.chain(periods).chain([self.minutes()]).collect()
    }
}

impl Indic {
    /// The thousands of a number, and what is above them.
    fn scaled(&self, thousands: u64) -> Vec<Word> {
        let mut words = Vec::new();
        for power in (0..5_u32).rev() {
            let count = thousands / 100_u64.pow(power) % 100;
            if count > 0 {
                words.extend([self.small(count), self.scale(u64::from(power))]);
            }
        }
        words
    }

    fn small(&self, value: u64) -> Word {
        Word::new(format!("number/{value}"), pick(&self.small, value))
    }

    fn hundred(&self, count: u64) -> Word {
        let text = format!("{} {}", pick(&self.small, count), self.hundred);
        Word::new(format!("number/{count}00"), text)
    }

    fn scale(&self, power: u64) -> Word {
        Word::new(format!("number/{}", pick(&SCALES, power)), pick(&self.scales, power))
    }

    fn hundred_of_year(&self) -> Word {
        Word::new("year/hundred", self.hundred)
    }

    /// A place below the hundredth, by itself.
    fn place(&self, value: u64, gender: Gender) -> Word {
        let own = self.places.iter().find(|(place, ..)| *place == value);
        match (own, gender) {
            (Some((_, text, _)), Gender::Masculine) => {
                Word::new(format!("ordinal/{value}-m"), *text)
            }
            (Some((_, _, text)), Gender::Feminine) => {
                Word::new(format!("ordinal/{value}-f"), *text)
            }
            (None, _) => self.ended(&value.to_string(), pick(&self.small, value), gender),
        }
    }

    /// The same at the end of a longer number, where none has a word of its own.
    fn last_place(&self, value: u64, gender: Gender) -> Word {
        let is_own = self.places.iter().any(|(place, ..)| *place == value);
        let name = if is_own { format!("last-{value}") } else { value.to_string() };
        self.ended(&name, pick(&self.small, value), gender)
    }

    fn ended(&self, name: &str, text: &str, gender: Gender) -> Word {
        let (masculine, feminine) = self.place_endings;
        let (letter, ending) = match gender {
            Gender::Masculine => ('m', masculine),
            Gender::Feminine => ('f', feminine),
        };
        Word::new(format!("ordinal/{name}-{letter}"), format!("{text}{ending}"))
    }

    fn hour(&self, struck: u64) -> Word {
        let text = format!("{} {}", pick(&self.small, struck), self.struck);
        Word::new(format!("time/hour-{struck}"), text)
    }

    fn past(&self, struck: u64) -> Word {
        let text = format!("{} {}", pick(&self.small, struck), self.past);
        Word::new(format!("time/past-{struck}"), text)
    }

    fn minutes(&self) -> Word {
        Word::new("time/minutes", self.minutes)
    }

    fn period(&self, hour: u64) -> Word {
        let part = match hour {
            4..12 => 0,
            12..16 => 1,
            16..20 => 2,
            0..4 | 20.. => 3,
        };
        Word::new(format!("time/{}", pick(&PERIODS, part)), pick(&self.periods, part))
    }
}
