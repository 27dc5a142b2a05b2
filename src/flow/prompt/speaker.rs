//! From a prompt and its arguments to the sounds that are played.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::model::{Bundle, Language, Name, Part, Prompt};
use crate::flow::prompt::{Argument, SaidChoice, Speech, Voice};
use crate::flow::words::{self, Word};

/// One prompt being said.
#[derive(Debug, Clone, Copy)]
pub struct Speaker<'a> {
    /// Where names, terms and units are looked up.
    pub bundle: &'a Bundle,
    /// What can be said at any time.
    pub voice: &'a Voice,
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
                Part::Text { text, sound } => speech.sound(Arc::clone(sound), text),
                Part::File(sound) => self.recorded(&mut speech, sound),
                Part::Choices => self.choices(&mut speech, choices),
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
                    let name = |id: &str| Some(&self.bundle.entities.get(id)?.name);
                    speech.extend(self.name_of(arguments.get(slot), name));
                }
            }
        }
        speech
    }

    fn choices(&self, speech: &mut Speech, choices: &[SaidChoice]) {
        let Some(prompt) = self.bundle.choice_prompt() else { return };
        let parts = prompt.parts(self.language);
        speech.sounds.reserve(choices.len() * parts.len());
        for choice in choices {
            for part in parts {
                self.part_of_choice(speech, part, choice);
            }
        }
    }

    fn part_of_choice(&self, speech: &mut Speech, part: &Part, choice: &SaidChoice) {
        let said = match part {
            Part::Text { text, sound } => return speech.sound(Arc::clone(sound), text),
            Part::File(sound) => return self.recorded(speech, sound),
            Part::ChoiceLabel => choice.label.said.get(&self.language),
            Part::ChoiceKey => self.voice.key(self.language, choice.key),
            Part::Choices | Part::Value { .. } | Part::Term(_) | Part::Entity(_) => None,
        };
        if let Some(said) = said {
            speech.sound(Arc::clone(&said.sound), &said.text);
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

    /// A recording; another prompt may have words for it, else its name stands in brackets.
    fn recorded(&self, speech: &mut Speech, sound: &Arc<str>) {
        match self.voice.text(sound) {
            Some(text) => speech.sound(Arc::clone(sound), text),
            None => speech.sound(Arc::clone(sound), &format!("[{sound}]")),
        }
    }

    fn name(&self, speech: &mut Speech, name: Option<&Name>) {
        if let Some(name) = name {
            speech.sound(name.sound(self.language), name.text(self.language));
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
