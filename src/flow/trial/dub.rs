//! What is said in the call, in the languages that its caller did not choose.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::model::Language;
use crate::flow::run::{Output, Play, PlayId, Run};

/// Says what a call says in other languages too.
#[derive(Debug, Default)]
pub(super) struct Dub {
    languages: Vec<Language>,
    ahead: BTreeMap<PlayId, Vec<(Language, String)>>,
}

/// Something that was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The prompt, if it is one.
    pub prompt: Option<Arc<str>>,
    /// The language that the caller heard.
    pub language: Language,
    /// The words in each language.
    pub texts: Vec<(Language, String)>,
}

impl Dub {
    /// A dub into these languages.
    pub(super) fn into(languages: &[Language]) -> Self {
        Self { languages: languages.to_vec(), ahead: BTreeMap::new() }
    }

    /// Does `act` to the same call in each language, before the call does it itself.
    pub(super) fn ahead(&mut self, run: &Run, act: impl Fn(&mut Run)) {
        for &language in &self.languages {
            let mut other = run.dubbed(language);
            act(&mut other);
            let plays =
                std::iter::from_fn(|| other.poll_output()).filter_map(|output| match output {
                    Output::Play(play) => Some(play),
                    Output::Stop
                    | Output::Enqueue(_)
                    | Output::LeaveQueue
                    | Output::Errand(..)
                    | Output::Recall(_)
                    | Output::Record(_)
                    | Output::Hangup(_)
                    | Output::News(_)
                    | Output::Done => None,
                });
            for play in plays {
                let texts = self.ahead.entry(play.id).or_default();
                // What the call was about to say already is in its own language.
                let is_new = texts.iter().all(|(known, _)| *known != language);
                texts.extend(is_new.then_some((language, play.text)));
            }
        }
    }

    /// What the call says now, in each language; `None` when nothing is dubbed.
    pub(super) fn said(&mut self, play: &Play, language: Language) -> Option<Said> {
        let texts = self.ahead.remove(&play.id)?;
        Some(Said { prompt: play.prompt.clone(), language, texts })
    }
}
