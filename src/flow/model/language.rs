//! The languages that the exchange speaks, and their grammar's categories.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// A language that the exchange can speak, with its own number words and plural forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// `ar`
    Arabic,
    /// `en`
    English,
    /// `ur`
    Urdu,
    /// `hi`
    Hindi,
}

impl Language {
    /// Every language of this build.
    pub const ALL: [Self; 4] = [Self::Arabic, Self::English, Self::Urdu, Self::Hindi];

    /// The tag that files, sounds and records use.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Arabic => "ar",
            Self::English => "en",
            Self::Urdu => "ur",
            Self::Hindi => "hi",
        }
    }

    /// The language of a tag, if this build speaks it.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// What the language is called in another.
    #[must_use]
    pub const fn name_in(self, other: Self) -> &'static str {
        let [arabic, english, urdu, hindi] = match other {
            Self::Arabic => ["العربية", "الإنجليزية", "الأردية", "الهندية"],
            Self::English => ["Arabic", "English", "Urdu", "Hindi"],
            Self::Urdu => ["عربی", "انگریزی", "اردو", "ہندی"],
            Self::Hindi => ["अरबी", "अंग्रेज़ी", "उर्दू", "हिन्दी"],
        };
        match self {
            Self::Arabic => arabic,
            Self::English => english,
            Self::Urdu => urdu,
            Self::Hindi => hindi,
        }
    }

    /// The plural categories that a unit needs in this language (CLDR).
    #[must_use]
    pub const fn plurals(self) -> &'static [Plural] {
        match self {
            Self::Arabic => {
                &[Plural::Zero, Plural::One, Plural::Two, Plural::Few, Plural::Many, Plural::Other]
            }
            Self::English | Self::Urdu | Self::Hindi => &[Plural::One, Plural::Other],
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

/// A plural category of CLDR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plural {
    /// `zero`
    Zero,
    /// `one`
    One,
    /// `two`
    Two,
    /// `few`
    Few,
    /// `many`
    Many,
    /// `other`
    Other,
}

impl Plural {
    /// Every category.
    pub const ALL: [Self; 6] =
        [Self::Zero, Self::One, Self::Two, Self::Few, Self::Many, Self::Other];

    /// The word that files use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

/// A grammatical gender, which numbers of Arabic and places of Urdu and Hindi agree with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Gender {
    /// `masculine`
    #[default]
    Masculine,
    /// `feminine`
    Feminine,
}

/// One text per language of the bundle.
pub type Texts = BTreeMap<Language, Arc<str>>;

/// A name that can be said and shown: of an entity, a sector, a department, a term, a choice.
///
/// To expressions a name is a map: one entry per language tag, and `sound`, its suffix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// How it is written.
    pub texts: Texts,
    /// The sound's name after the language, such as `entity/power`.
    pub suffix: Arc<str>,
}

impl Name {
    /// How it is written in a language of the bundle.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        self.texts.get(&language).expect("a name has a text in every language of its bundle")
    }

    /// The sound that says it, such as `ar/entity/power`.
    #[must_use]
    pub fn sound(&self, language: Language) -> String {
        format!("{language}/{}", self.suffix)
    }
}
