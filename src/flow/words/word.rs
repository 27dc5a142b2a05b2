//! A recorded part, and how two of them are joined.

use std::borrow::Cow;

/// A recorded part: its sound after the language, such as `number/20`, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The sound's name after `<language>/`.
    pub suffix: Cow<'static, str>,
    /// What it says, with the vowels that tell a speaker its form.
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

/// How a language joins two amounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum And {
    /// By a word of its own, before the last one.
    Word(&'static str),
    /// By letters that are spoken as one with what follows, before each one.
    Prefix(&'static str),
}

impl Word {
    pub(super) fn new(
        suffix: impl Into<Cow<'static, str>>,
        text: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { suffix: suffix.into(), text: text.into() }
    }

    /// The same word, spoken as one with the prefix that joins it to what comes before.
    #[must_use]
    pub fn joined(&self, prefix: &str) -> Self {
        Self::new(join(&self.suffix), format!("{prefix}{}", self.text))
    }
}

/// The sound of a word that is spoken as one with what joins it: `number/20` to `number/and-20`.
#[must_use]
pub fn join(sound: &str) -> String {
    match sound.rsplit_once('/') {
        Some((folder, name)) => format!("{folder}/and-{name}"),
        None => format!("and-{sound}"),
    }
}

/// The name at `index` of a list.
pub(super) fn pick<'n>(names: &[&'n str], index: u64) -> &'n str {
    usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("")
}
