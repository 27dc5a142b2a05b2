//! From a prompt and its arguments to the sounds that are played.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::model::{Bundle, Language, Name, Part, Prompt};
use crate::flow::prompt::{Argument, SaidChoice, Speech};
use crate::flow::words::{self, Word};

/// One prompt being said.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// Where names, terms and units are looked up.
    pub bundle: &'a Bundle,
    /// The language that is spoken.
    pub language: Language,
}

impl Speaker<'_> {
    /// Says a prompt; `choices` are those of the menu it belongs to.
    #[must_use]
    pub fn say(
        &self,
        prompt: &Prompt,
        arguments: &BTreeMap<Arc<str>, Argument>,
        choices: &[SaidChoice],
    ) -> Speech {
        let mut speech = Speech::default();
        for part in prompt.parts(self.language) {
            match part {
                Part::Text { text, sound } => speech.sound(sound, text),
                Part::File(sound) => speech.sound(sound, &self.recorded(sound)),
                Part::Choices => choices.iter().for_each(|choice| self.choice(&mut speech, choice)),
                // These two have a meaning in the prompt of one choice only.
                Part::ChoiceLabel | Part::ChoiceKey => {}
                Part::Value { slot, kind } => {
                    let said = arguments.get(slot).map(|given| self.value(kind, given));
                    speech.extend(said.unwrap_or_default());
                }
                Part::Term(slot) => {
                    let name = |id: &str| self.bundle.terms.get(id);
                    speech.extend(self.name_of(arguments.get(slot), name));
                }
                Part::Entity(slot) => {
                    let name = |id: &str| Some(&self.bundle.entities.get(&id.into())?.name);
                    speech.extend(self.name_of(arguments.get(slot), name));
                }
            }
        }
        speech
    }

    fn choice(&self, speech: &mut Speech, choice: &SaidChoice) {
        let Some(prompt) = self.bundle.choice_prompt() else { return };
        for part in prompt.parts(self.language) {
            match part {
                Part::Text { text, sound } => speech.sound(sound, text),
                Part::File(sound) => speech.sound(sound, &self.recorded(sound)),
                Part::ChoiceLabel => {
                    let text = choice.label.texts.get(&self.language);
                    let sound = format!("{}/{}", self.language, choice.label.suffix);
                    speech.sound(&sound, text.map_or("", AsRef::as_ref));
                }
                Part::ChoiceKey => self.words(speech, &[words::key(self.language, choice.key)]),
                Part::Choices | Part::Value { .. } | Part::Term(_) | Part::Entity(_) => {}
            }
        }
    }

    /// Says the name that an argument picks.
    fn name_of<'n>(
        &self,
        argument: Option<&Argument>,
        find: impl FnOnce(&str) -> Option<&'n Name>,
    ) -> Speech {
        let mut said = Speech::default();
        let Some(argument) = argument else { return said };
        let id = argument.value.to_text();
        self.name(&mut said, id.and_then(|id| find(&id)));
        said.masked(argument.sensitive)
    }

    /// The text of a recording that another prompt has words for; else its name in brackets.
    fn recorded(&self, wanted: &str) -> String {
        let of = |part: &Part| {
            let Part::Text { text, sound } = part else { return None };
            (**sound == *wanted).then(|| text.to_string())
        };
        let prompts = self.bundle.prompts.values();
        let mut parts = prompts.flat_map(|prompt| prompt.variants.values().flatten());
        parts.find_map(of).unwrap_or_else(|| format!("[{wanted}]"))
    }

    fn name(&self, speech: &mut Speech, name: Option<&Name>) {
        if let Some(name) = name {
            speech.sound(&name.sound(self.language), name.text(self.language));
        }
    }

    pub(super) fn words(&self, speech: &mut Speech, words: &[Word]) {
        speech.sounds.extend(words.iter().map(|word| self.sound_of(word)));
        speech.say_text(&words::text(words));
    }

    pub(super) fn sound_of(&self, word: &Word) -> Arc<str> {
        format!("{}/{}", self.language, word.suffix).into()
    }
}
