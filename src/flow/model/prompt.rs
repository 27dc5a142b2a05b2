//! What is said: prompts, their parts, and what can be counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::flow::model::{Gender, Language, Plural};
use crate::flow::words::{self, And};

/// Where the number stands in a unit's form.
const NUMBER: &str = "{n}";

/// Something that can be said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// Its name.
    pub id: Arc<str>,
    /// The arguments that its parts ask for, the same in every language.
    pub slots: BTreeSet<Arc<str>>,
    /// What is said, in every language of the bundle.
    pub variants: BTreeMap<Language, Vec<Part>>,
}

impl Prompt {
    /// The prompt that `{choices: all}` says once for each choice.
    pub const CHOICE: &'static str = "menu_choice";

    /// What is said in a language of the bundle.
    #[must_use]
    pub fn parts(&self, language: Language) -> &[Part] {
        self.variants
            .get(&language)
            .expect("a prompt has a variant in every language of its bundle")
    }

    /// Whether it says the choices of its menu.
    #[must_use]
    pub fn has_choices(&self) -> bool {
        self.variants.values().flatten().any(|part| *part == Part::Choices)
    }

    /// The sounds of its own, recorded or spoken from text, in the order they are heard.
    #[must_use]
    pub fn sound_names(&self, language: Language) -> Vec<Arc<str>> {
        self.sounds(language).map(|(name, _)| name.into()).collect()
    }

    /// What it says, with each slot in braces.
    #[must_use]
    pub fn shown(&self, language: Language) -> String {
        self.parts(language).iter().map(Part::shown).collect::<Vec<_>>().join(" ")
    }

    /// Its own sounds, each with the text to speak; a file has none.
    pub fn sounds(&self, language: Language) -> impl Iterator<Item = (String, Option<String>)> {
        self.parts(language).iter().filter_map(|part| match part {
            Part::Text { text, sound } => Some((sound.to_string(), Some(text.to_string()))),
            Part::File(sound) => Some((sound.to_string(), None)),
            Part::Value { .. }
            | Part::Term(_)
            | Part::Entity(_)
            | Part::Choices
            | Part::ChoiceLabel
            | Part::ChoiceKey => None,
        })
    }
}

/// A piece of a prompt. A slot names an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Words: the sound `<language>/<prompt>`, or `<language>/<prompt>.<n>`, from 1, where slots
    /// divide the prompt.
    Text {
        /// What is said.
        text: Arc<str>,
        /// The sound that says it.
        sound: Arc<str>,
    },
    /// A sound by name.
    File(Arc<str>),
    /// A value in words.
    Value {
        /// The argument.
        slot: Arc<str>,
        /// How it is said.
        kind: SayKind,
    },
    /// The term whose id the argument holds; nothing when there is no such term.
    Term(Arc<str>),
    /// The name of the entity whose id the argument holds; nothing when there is none.
    Entity(Arc<str>),
    /// Every choice of the menu, each by the prompt [`Prompt::CHOICE`].
    Choices,
    /// The choice's label. Only in [`Prompt::CHOICE`].
    ChoiceLabel,
    /// The choice's key. Only in [`Prompt::CHOICE`].
    ChoiceKey,
}

impl Part {
    /// The words, or what stands for them.
    fn shown(&self) -> String {
        match self {
            Self::Text { text, .. } => text.to_string(),
            Self::File(sound) => format!("[{sound}]"),
            Self::Choices => "{choices}".to_owned(),
            Self::ChoiceLabel => "{label}".to_owned(),
            Self::ChoiceKey => "{key}".to_owned(),
            Self::Value { slot, .. } | Self::Term(slot) | Self::Entity(slot) => {
                format!("{{{slot}}}")
            }
        }
    }

    /// The argument that it asks for.
    #[must_use]
    pub const fn slot(&self) -> Option<&Arc<str>> {
        match self {
            Self::Value { slot, .. } | Self::Term(slot) | Self::Entity(slot) => Some(slot),
            Self::Text { .. }
            | Self::File(_)
            | Self::Choices
            | Self::ChoiceLabel
            | Self::ChoiceKey => None,
        }
    }
}

/// How a value is said, in a prompt or by a `say` node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SayKind {
    /// One digit after the other.
    Digits {
        /// How many are read without a pause; by the length of the whole if nothing is said.
        group: Option<usize>,
    },
    /// A number in words.
    Number {
        /// The gender of what is counted.
        gender: Gender,
    },
    /// A place in an order: the third.
    Ordinal {
        /// The gender of what is placed.
        gender: Gender,
    },
    /// An amount: whole units, or `12.50`.
    Money {
        /// The unit of whole amounts, such as `aed`.
        unit: Arc<str>,
        /// The unit of hundredths, such as `aed_minor`.
        minor: Arc<str>,
    },
    /// A date such as `2026-09-20`, always written so.
    Date {
        /// In which calendar it is said.
        reckoning: Reckoning,
        /// Whether the day of the week is said before it.
        weekday: WeekdaySaid,
    },
    /// A time of day such as `14:30`.
    Time,
    /// A number of seconds, as days, hours, minutes and seconds.
    Duration,
    /// A number of things.
    Count {
        /// The unit.
        unit: Arc<str>,
    },
}

impl SayKind {
    /// The units of a duration, the longest first, with their seconds.
    pub const SPANS: [(&'static str, u64); 4] =
        [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)];

    /// The units that it counts with.
    #[must_use]
    pub fn units(&self) -> Vec<&str> {
        match self {
            Self::Money { unit, minor } => vec![unit, minor],
            Self::Duration => Self::SPANS.map(|(unit, _)| unit).to_vec(),
            Self::Count { unit } => vec![unit],
            Self::Digits { .. }
            | Self::Number { .. }
            | Self::Ordinal { .. }
            | Self::Date { .. }
            | Self::Time => Vec::new(),
        }
    }
}

/// How the days of a date are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Reckoning {
    /// The civil calendar.
    #[default]
    Gregorian,
    /// The Hijri calendar of Umm al-Qura.
    Hijri,
}

/// Whether a date tells the day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum WeekdaySaid {
    /// It does, before the day.
    Yes,
    /// It does not.
    #[default]
    No,
}

/// What can be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// Its id.
    pub id: Arc<str>,
    /// The gender that Arabic numbers before it agree with.
    pub gender: Gender,
    /// A form for each plural category of each language of the bundle.
    pub forms: BTreeMap<(Language, Plural), UnitForm>,
}

impl Unit {
    /// The form of a category, in a language of the bundle.
    #[must_use]
    pub fn form(&self, language: Language, plural: Plural) -> &UnitForm {
        self.forms.get(&(language, plural)).expect("a unit has every plural form of its languages")
    }

    /// A plural form as it is written, with `{n}` where the number is said.
    #[must_use]
    pub fn form_of(id: &str, language: Language, plural: Plural, written: &str) -> UnitForm {
        let sound = format!("{language}/unit/{id}.{}", plural.word()).into();
        let written = written.trim();
        let (text, number) = if let Some(rest) = written.strip_prefix(NUMBER) {
            (rest, NumberPlace::Before)
        } else if let Some(rest) = written.strip_suffix(NUMBER) {
            (rest, NumberPlace::After)
        } else {
            (written, NumberPlace::Unsaid)
        };
        UnitForm { text: text.trim().into(), sound, number }
    }

    /// Its sounds, each with the text to speak. A form that holds its number is recorded a second
    /// time where a prefix joins it to what comes before.
    #[must_use]
    pub fn sounds(&self, language: Language) -> Vec<(String, Option<String>)> {
        let mut sounds = Vec::new();
        for ((of, plural), form) in &self.forms {
            if *of != language {
                continue;
            }
            sounds.push((form.sound.to_string(), Some(form.text.to_string())));
            if let And::Prefix(prefix) = words::grammar(language).names().and
                && form.number != NumberPlace::Before
                && *plural != Plural::Zero
            {
                let text = format!("{prefix}{}", form.text);
                sounds.push((words::join(&form.sound), Some(text)));
            }
        }
        sounds
    }
}

/// One plural form: `{n} دقائق`, or `دقيقتان` which holds its number itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitForm {
    /// The words without the number.
    pub text: Arc<str>,
    /// The sound that says them: `<language>/unit/<id>.<category>`.
    pub sound: Arc<str>,
    /// Where the number is said.
    pub number: NumberPlace,
}

/// Where a unit's number is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NumberPlace {
    /// `{n} minutes`
    Before,
    /// `دقيقة {n}`
    After,
    /// The words hold it.
    Unsaid,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_units_form_says_where_its_number_stands() {
        let check = |written, text: &str, number| {
            let form = Unit::form_of("minute", Language::English, Plural::One, written);
            assert_eq!((&*form.text, form.number), (text, number));
        };
        check("{n} minutes", "minutes", NumberPlace::Before);
        check("minute {n}", "minute", NumberPlace::After);
        check("دقيقتان", "دقيقتان", NumberPlace::Unsaid);
    }
}
