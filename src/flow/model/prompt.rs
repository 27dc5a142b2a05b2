//! What is said: prompts, their parts, and what can be counted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::flow::model::{Gender, Language, Plural};

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
    Digits,
    /// A number in words.
    Number {
        /// The gender of what is counted.
        gender: Gender,
    },
    /// An amount: whole units, or `12.50`.
    Money {
        /// The unit of whole amounts, such as `aed`.
        unit: Arc<str>,
        /// The unit of hundredths, such as `aed_minor`.
        minor: Arc<str>,
    },
    /// A date such as `2026-09-20`.
    Date,
    /// A time of day such as `14:30`.
    Time,
    /// A number of things.
    Count {
        /// The unit.
        unit: Arc<str>,
    },
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

    /// Its sounds, each with the text to speak.
    pub fn sounds(&self, language: Language) -> impl Iterator<Item = (String, Option<String>)> {
        self.forms
            .iter()
            .filter(move |((of, _), _)| *of == language)
            .map(|(_, form)| (form.sound.to_string(), Some(form.text.to_string())))
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
