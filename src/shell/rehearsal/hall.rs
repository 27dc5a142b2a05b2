//! What every caller of a rehearsal knows: the sounds of the bundle, and what they say.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::base::codec::Codec;
use crate::flow::model::{Language, Part, Prompt, Role};
use crate::flow::trial::{Heard, Phrase};
use crate::media::{Ending, FRAME_SAMPLES, Frame, Tunes};
use crate::shell::book::Book;
use crate::shell::rehearsal::line::{CODEC, noise};

/// The seed of the voice of whoever answers.
const VOICE: u64 = 0x6861_7469;

/// What every caller of a rehearsal knows.
#[derive(Debug)]
pub struct Hall {
    tunes: Arc<Tunes>,
    /// What each tune says; `None` for the voice of whoever answers.
    says: Vec<Option<Heard>>,
    /// The prompts that only wait flows say.
    waiting: BTreeSet<Arc<str>>,
    voice: Arc<[Frame]>,
}

impl Hall {
    /// A hall where these phrases are known whole, and the rest of the bundle's prompts by how they
    /// begin.
    #[must_use]
    pub fn new(book: &Book, phrases: &[Phrase]) -> Self {
        let of_wait = |phrase: &&Phrase| phrase.heard.role == Role::Wait;
        let waiting: BTreeSet<Arc<str>> =
            phrases.iter().filter(of_wait).map(|phrase| Arc::clone(&phrase.heard.prompt)).collect();
        let voice = noise(VOICE);
        let mut hall =
            Self { tunes: Arc::default(), says: Vec::new(), waiting, voice: Arc::clone(&voice) };
        let mut tunes = Tunes::default();
        for Phrase { heard, sounds } in phrases {
            let bytes = sounds.iter().filter_map(|name| book.clip(name));
            let bytes: Vec<u8> = bytes.flat_map(|clip| clip.bytes(CODEC).iter().copied()).collect();
            hall.add(&mut tunes, &bytes, (Ending::Silence, Some(heard.clone())));
        }
        let prompts = book.bundle().prompts.values();
        for (prompt, language) in prompts.flat_map(|of| of.variants.keys().map(move |to| (of, *to)))
        {
            if let Some((bytes, text)) = beginning(book, prompt, language) {
                let (role, prompt) = (hall.role(&prompt.id), Arc::clone(&prompt.id));
                let heard = Heard { prompt, text, role };
                hall.add(&mut tunes, bytes, (Ending::Unknown, Some(heard)));
            }
        }
        hall.add(&mut tunes, voice.as_flattened(), (Ending::Unknown, None));
        hall.tunes = Arc::new(tunes);
        hall
    }

    fn add(&mut self, tunes: &mut Tunes, bytes: &[u8], (ending, says): (Ending, Option<Heard>)) {
        const { assert!(matches!(CODEC, Codec::Pcma), "tunes are known in A-law") };
        // What is shorter than a few packets cannot be told from something else.
        if bytes.len() >= 3 * FRAME_SAMPLES {
            tunes.add(bytes, ending);
            self.says.push(says);
        }
    }

    pub(super) const fn tunes(&self) -> &Arc<Tunes> {
        &self.tunes
    }

    /// What a tune says; `None` when it is the voice of whoever answers.
    pub(super) fn says(&self, tune: usize) -> Option<&Heard> {
        self.says.get(tune)?.as_ref()
    }

    pub(super) fn role(&self, prompt: &str) -> Role {
        if self.waiting.contains(prompt) { Role::Wait } else { Role::Main }
    }

    /// The voice of whoever answers.
    pub(super) const fn voice(&self) -> &Arc<[Frame]> {
        &self.voice
    }
}

/// How a prompt begins, where that is always the same.
fn beginning<'b>(
    book: &'b Book,
    prompt: &Prompt,
    language: Language,
) -> Option<(&'b [u8], String)> {
    match prompt.parts(language).first()? {
        Part::Text { .. } | Part::File(_) => {
            let (name, text) = prompt.sounds(language).next()?;
            Some((book.clip(&name)?.bytes(CODEC), text.unwrap_or_default()))
        }
        Part::Value { .. }
        | Part::Term(_)
        | Part::Entity(_)
        | Part::Choices
        | Part::ChoiceLabel
        | Part::ChoiceKey => None,
    }
}
