//! The ears of a rehearsed caller: which prompts were heard, and which of them were asked for.

use std::sync::Arc;

use crate::flow::model::Role;
use crate::flow::trial::Heard;
use crate::media::{Hearing, Listening};
use crate::shell::rehearsal::hall::Hall;

/// The ears of one caller.
#[derive(Debug)]
pub(super) struct Ears {
    hall: Arc<Hall>,
    listening: Listening,
    /// How many of the sounds heard were asked for, and how many are in the transcript.
    asked: usize,
    told: usize,
    /// The one that was asked for last.
    last: Option<usize>,
}

impl Ears {
    /// Ears that have heard nothing.
    pub(super) fn new(hall: Arc<Hall>) -> Self {
        let listening = Listening::new(Arc::clone(hall.tunes()));
        Self { hall, listening, asked: 0, told: 0, last: None }
    }

    pub(super) fn hear(&mut self, frame: &[u8]) {
        self.listening.hear(frame);
    }

    pub(super) fn silence(&mut self) {
        self.listening.silence();
    }

    /// How many sounds were heard by now.
    pub(super) fn count(&self) -> usize {
        self.listening.heard().len()
    }

    /// Passes over what was heard and not asked for.
    pub(super) fn forget(&mut self) {
        self.asked = self.count();
    }

    /// The next prompt that was not asked for, if it is sure by now which it is.
    pub(super) fn next_heard(&mut self, wanted: &str) -> Option<Heard> {
        loop {
            let hearing = self.listening.heard().get(self.asked)?;
            if !hearing.is_sure() && !hearing.is_settled() {
                return None;
            }
            match self.prompt_of(hearing, wanted) {
                Known::Yet => return None,
                Known::Never => self.asked += 1,
                Known::Is(heard) => {
                    self.last = Some(self.asked);
                    self.asked += 1;
                    return Some(heard);
                }
            }
        }
    }

    /// Whether the prompt that was asked for last has been heard out, or broke off.
    pub(super) fn is_said(&self) -> bool {
        self.hearing().is_none_or(Hearing::is_settled)
    }

    /// Whether the prompt that was asked for last says `text`.
    pub(super) fn says(&self, text: &str) -> Result<(), String> {
        let Some(hearing) = self.hearing() else { return Err(String::new()) };
        let whole = hearing.whole();
        let mut whole = whole.iter().filter_map(|&tune| self.hall.says(tune)).peekable();
        let found = whole.peek().map(|heard| heard.text.clone());
        if whole.any(|heard| heard.text.contains(text)) {
            return Ok(());
        }
        Err(found.unwrap_or_else(|| "what broke off before its end".to_owned()))
    }

    /// A prompt of no wait flow that was not asked for.
    pub(super) fn unasked(&self) -> Option<Arc<str>> {
        let rest = self.listening.heard().iter().skip(self.asked);
        rest.filter(|hearing| hearing.is_sure()).find_map(|hearing| {
            let says = self.says_of(hearing);
            let first = says.first()?;
            let is_one = says.iter().all(|heard| heard.prompt == first.prompt);
            let is_main = self.hall.role(&first.prompt) == Role::Main;
            (is_one && is_main).then(|| Arc::clone(&first.prompt))
        })
    }

    /// Whether the voice of whoever answers was heard among the sounds after the first `from`.
    pub(super) fn have_heard_a_voice(&self, from: usize) -> bool {
        let since = self.listening.heard().iter().skip(from);
        since.filter(|hearing| hearing.is_sure()).any(|hearing| self.says_of(hearing).is_empty())
    }

    /// What has been heard since the last time, for the transcript.
    pub(super) fn tell(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        while let Some(hearing) = self.listening.heard().get(self.told)
            && hearing.is_settled()
        {
            self.told += 1;
            if hearing.is_sure() {
                lines.push(match self.says_of(hearing).first() {
                    Some(heard) => format!("has heard {}: {}", heard.prompt, heard.text),
                    None => "has heard whoever answered".to_owned(),
                });
            }
        }
        lines
    }

    fn hearing(&self) -> Option<&Hearing> {
        self.listening.heard().get(self.last?)
    }

    /// What it can be that was heard; nothing for a voice.
    fn says_of(&self, hearing: &Hearing) -> Vec<&Heard> {
        hearing.candidates().into_iter().filter_map(|tune| self.hall.says(tune)).collect()
    }

    fn prompt_of(&self, hearing: &Hearing, wanted: &str) -> Known {
        let says = self.says_of(hearing);
        let Some(first) = says.first().filter(|_| hearing.is_sure()) else { return Known::Never };
        if says.iter().all(|heard| heard.prompt == first.prompt) {
            return Known::Is((*first).clone());
        }
        if !hearing.is_settled() {
            return Known::Yet;
        }
        // Of several that sound alike it is the wanted one; what broke off before they differ is
        // none of the others.
        match says.iter().find(|heard| &*heard.prompt == wanted) {
            Some(heard) => Known::Is((*heard).clone()),
            None if hearing.whole().is_empty() => Known::Never,
            None => Known::Is((*first).clone()),
        }
    }
}

/// Whether it is known which prompt was heard.
enum Known {
    /// It will be.
    Yet,
    /// It was none, or nobody can tell.
    Never,
    Is(Heard),
}
