//! What can be said of a bundle at any time: made once, shared by all its calls.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::key::Key;
use crate::flow::model::{Bundle, Language, Name, Part, Texts};
use crate::flow::words;

/// The sounds of names and keys, by language, and the words behind sounds.
#[derive(Debug, Default)]
pub struct Voice {
    /// By the suffix of their sounds.
    labels: BTreeMap<Arc<str>, Arc<Label>>,
    /// By event code.
    keys: BTreeMap<Language, Vec<Said>>,
    /// What the sounds of prompts say.
    texts: BTreeMap<Arc<str>, Arc<str>>,
}

/// A sound with what it says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The sound.
    pub sound: Arc<str>,
    /// What it says.
    pub text: Arc<str>,
}

/// The name of a choice, from the file or from data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// How it is written.
    pub texts: Texts,
    /// How it is said.
    pub said: BTreeMap<Language, Said>,
}

impl Voice {
    /// The voice of a bundle.
    #[must_use]
    pub fn new(bundle: &Bundle) -> Self {
        let label = |name: &Name| (Arc::clone(&name.suffix), Arc::new(Label::from(name)));
        let keys = bundle.languages.iter().map(|&language| (language, keys(language)));
        let parts = bundle.prompts.values().flat_map(|prompt| prompt.variants.values().flatten());
        let mut texts = BTreeMap::new();
        for part in parts {
            if let Part::Text { text, sound } = part {
                texts.entry(Arc::clone(sound)).or_insert_with(|| Arc::clone(text));
            }
        }
        Self { labels: bundle.names().map(label).collect(), keys: keys.collect(), texts }
    }

    /// The label whose sound has this suffix.
    #[must_use]
    pub fn label(&self, suffix: &str) -> Option<&Arc<Label>> {
        self.labels.get(suffix)
    }

    /// What a key is called.
    #[must_use]
    pub fn key(&self, language: Language, key: Key) -> Option<&Said> {
        self.keys.get(&language)?.get(usize::from(key.event()))
    }

    /// What a sound says, where a prompt has words for it.
    #[must_use]
    pub fn text(&self, sound: &str) -> Option<&Arc<str>> {
        self.texts.get(sound)
    }
}

impl From<&Name> for Label {
    fn from(name: &Name) -> Self {
        let said = |(&language, text): (&Language, &Arc<str>)| {
            (language, Said { sound: name.sound(language).into(), text: Arc::clone(text) })
        };
        Self { texts: name.texts.clone(), said: name.texts.iter().map(said).collect() }
    }
}

fn keys(language: Language) -> Vec<Said> {
    let word = |key| {
        let word = words::key(language, key);
        Said { sound: format!("{language}/{}", word.suffix).into(), text: word.text.into() }
    };
    (0..16).filter_map(Key::from_event).map(word).collect()
}
