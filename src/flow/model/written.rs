//! What is written to a citizen: the texts of messages.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::flow::model::{Language, Source};

/// A text of the catalogue, with `{slots}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its name.
    pub id: Arc<str>,
    /// The arguments that it asks for, the same in every language.
    pub slots: BTreeSet<Arc<str>>,
    /// Its pieces, in every language of the bundle.
    pub variants: BTreeMap<Language, Vec<Piece>>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words.
    Words(Arc<str>),
    /// The value of a slot.
    Slot(Arc<str>),
}

impl Written {
    /// The pieces of a text; `None` when a brace is left open or a slot has no name.
    #[must_use]
    pub fn pieces(text: &str) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (slot, further) = after.split_once('}')?;
            if slot.is_empty()
                || !slot.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            {
                return None;
            }
            pieces.push(Piece::Words(words.into()));
            pieces.push(Piece::Slot(slot.into()));
            rest = further;
        }
        if rest.contains('}') {
            return None;
        }
        pieces.push(Piece::Words(rest.into()));
        pieces.retain(|piece| *piece != Piece::Words("".into()));
        Some(pieces)
    }

    /// The text in a language of the bundle, with these values.
    #[must_use]
    pub fn text(&self, language: Language, values: &BTreeMap<Arc<str>, String>) -> String {
        let pieces = self.variants.get(&language).into_iter().flatten();
        let mut text = String::new();
        for piece in pieces {
            let words = match piece {
                Piece::Words(words) => words,
                Piece::Slot(slot) => values.get(slot).map_or("", String::as_str),
            };
            text.push_str(words);
        }
        text
    }
}

/// A text with the values for its slots.
#[derive(Debug)]
pub struct Worded {
    /// Which.
    pub text: Arc<Written>,
    /// A value for each of its slots.
    pub args: BTreeMap<Arc<str>, Source>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_divide_a_text() {
        let slot = |name: &str| Piece::Slot(name.into());
        let words = |words: &str| Piece::Words(words.into());
        assert_eq!(Written::pieces("a {b}c"), Some(vec![words("a "), slot("b"), words("c")]));
        assert_eq!(Written::pieces("{b}"), Some(vec![slot("b")]));
        for text in ["a {b", "a }", "{}", "{b c}"] {
            assert_eq!(Written::pieces(text), None, "{text}");
        }
    }
}
