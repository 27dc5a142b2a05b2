//! What is said: sounds in order, and the text that they say.

use std::sync::Arc;

use crate::base::key::Key;
use crate::flow::expression::Value;
use crate::flow::model::Sensitivity;
use crate::flow::prompt::Label;
use crate::flow::words;

/// What stands in a text for a value that nobody may read.
pub const MASK: &str = "•••";

/// The value of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Argument {
    /// What is said.
    pub value: Value,
    /// Whether the text may show it.
    pub sensitive: Sensitivity,
}

/// A choice as the menu says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidChoice {
    /// Its key.
    pub key: Key,
    /// What is behind it.
    pub label: Arc<Label>,
}

/// What a prompt came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Speech {
    /// The sounds, in order.
    pub sounds: Vec<Arc<str>>,
    /// What they say; a sensitive value is masked.
    pub text: String,
}

impl Speech {
    /// Adds what is said after it.
    pub fn extend(&mut self, other: Self) {
        self.sounds.extend(other.sounds);
        self.say_text(&other.text);
    }

    /// The same, where the text may show no more than that something was said.
    pub(super) fn masked(mut self, sensitive: Sensitivity) -> Self {
        if sensitive == Sensitivity::Sensitive && !self.text.is_empty() {
            MASK.clone_into(&mut self.text);
        }
        self
    }

    /// The same, spoken as one with the prefix that joins it to what comes before.
    pub(super) fn joined(mut self, prefix: &str) -> Self {
        if let Some(first) = self.sounds.first_mut() {
            *first = words::join(first).into();
            self.text.insert_str(0, prefix);
        }
        self
    }

    /// Adds a sound with what it says.
    pub(super) fn sound(&mut self, sound: impl Into<Arc<str>>, text: &str) {
        self.sounds.push(sound.into());
        self.say_text(text);
    }

    /// Adds to what is said.
    pub(super) fn say_text(&mut self, text: &str) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }
}
