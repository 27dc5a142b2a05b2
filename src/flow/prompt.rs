//! From a prompt and its arguments to the sounds that are played and the text that they say.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::{Date, Time};

use crate::base::key::Key;
use crate::flow::expression::Value;
use crate::flow::model::{
    Bundle, Gender, Language, Name, NumberPlace, Part, Prompt, SayKind, Sensitivity, Texts,
};
use crate::flow::words::{self, Followed, Word};

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
    pub label: Label,
}

/// The name of a choice, from the file or from data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// How it is written.
    pub texts: Texts,
    /// The sound's name after the language.
    pub suffix: Arc<str>,
}

/// What a prompt came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Speech {
    /// The sounds, in order.
    pub sounds: Vec<Arc<str>>,
    /// What they say; a sensitive value is masked.
    pub text: String,
}

impl From<&Name> for Label {
    fn from(name: &Name) -> Self {
        Self { texts: name.texts.clone(), suffix: Arc::clone(&name.suffix) }
    }
}

impl Label {
    /// The label in a value that an expression gave: a name, as entities and sectors have them.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let Value::Map(fields) = value else { return None };
        let suffix = fields.get("sound")?.as_text()?.into();
        let text =
            |language: Language| Some((language, fields.get(language.tag())?.as_text()?.into()));
        Some(Self { texts: Language::ALL.into_iter().filter_map(text).collect(), suffix })
    }
}

impl Speech {
    /// Adds what is said after it.
    pub fn extend(&mut self, other: Self) {
        self.sounds.extend(other.sounds);
        self.say_text(&other.text);
    }

    fn masked(mut self, sensitive: Sensitivity) -> Self {
        if sensitive == Sensitivity::Sensitive && !self.text.is_empty() {
            MASK.clone_into(&mut self.text);
        }
        self
    }

    fn sound(&mut self, sound: &str, text: &str) {
        self.sounds.push(sound.into());
        self.say_text(text);
    }

    fn say_text(&mut self, text: &str) {
        if !self.text.is_empty() && !text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(text);
    }
}

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
                Part::ChoiceKey => self.words(speech, &[words::of_key(self.language, choice.key)]),
                Part::Choices | Part::Value { .. } | Part::Term(_) | Part::Entity(_) => {}
            }
        }
    }

    /// Says a value. One that is empty or has another shape says what can be said.
    #[must_use]
    pub fn value(&self, kind: &SayKind, argument: &Argument) -> Speech {
        let mut said = Speech::default();
        let value = &argument.value;
        let written = value.to_text().unwrap_or_default();
        match kind {
            SayKind::Digits => self.digits(&mut said, &written),
            SayKind::Number { gender } => match value.as_int() {
                Some(number) => self.number(&mut said, number, *gender, Followed::Alone),
                None => self.digits(&mut said, &written),
            },
            SayKind::Money { unit, minor } => self.money(&mut said, &written, unit, minor),
            SayKind::Date => match written.parse::<Date>() {
                Ok(date) => self.words(&mut said, &words::date(self.language, date)),
                Err(_) => self.digits(&mut said, &written),
            },
            SayKind::Time => match written.parse::<Time>() {
                Ok(time) => self.words(&mut said, &words::time(self.language, time)),
                Err(_) => self.digits(&mut said, &written),
            },
            SayKind::Count { unit } => {
                if let Some(count) = value.as_int() {
                    self.count(&mut said, count, unit);
                }
            }
        }
        said.masked(argument.sensitive)
    }

    /// Says the name that an argument picks.
    fn name_of<'n>(
        &self,
        argument: Option<&Argument>,
        find: impl FnOnce(&str) -> Option<&'n Name>,
    ) -> Speech {
        let mut said = Speech::default();
        let Some(argument) = argument else { return said };
        self.name(&mut said, argument.value.as_text().and_then(find));
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

    fn digits(&self, speech: &mut Speech, text: &str) {
        let words = words::digits(self.language, text);
        speech.sounds.extend(words.iter().map(|word| self.sound_of(word)));
        let written: String = text.chars().filter(|&c| Key::try_from(c).is_ok()).collect();
        speech.say_text(&written);
    }

    fn number(&self, speech: &mut Speech, number: i64, gender: Gender, followed: Followed) {
        let words = words::number(self.language, number, gender, followed);
        speech.sounds.extend(words.iter().map(|word| self.sound_of(word)));
        speech.say_text(&number.to_string());
    }

    fn count(&self, speech: &mut Speech, count: i64, unit: &str) {
        let Some(unit) = self.bundle.units.get(unit) else {
            self.number(speech, count, Gender::Masculine, Followed::Alone);
            return;
        };
        let form = unit.form(self.language, words::plural(self.language, count));
        match form.number {
            NumberPlace::Before => {
                self.number(speech, count, unit.gender, Followed::ByNoun);
                speech.sound(&form.sound, &form.text);
            }
            NumberPlace::After => {
                speech.sound(&form.sound, &form.text);
                self.number(speech, count, unit.gender, Followed::Alone);
            }
            NumberPlace::Unsaid => speech.sound(&form.sound, &form.text),
        }
    }

    /// Whole units and hundredths; a part that is zero is not said, unless both are.
    fn money(&self, speech: &mut Speech, written: &str, unit: &str, minor: &str) {
        let (whole, hundredths) = written.split_once('.').unwrap_or((written, ""));
        let (Ok(whole), Some(hundredths)) = (whole.parse::<i64>(), cents(hundredths)) else {
            self.digits(speech, written);
            return;
        };
        if whole != 0 || hundredths == 0 {
            self.count(speech, whole, unit);
        }
        if whole != 0 && hundredths != 0 {
            self.words(speech, &[words::and(self.language)]);
        }
        if hundredths != 0 {
            self.count(speech, hundredths, minor);
        }
    }

    fn words(&self, speech: &mut Speech, words: &[Word]) {
        speech.sounds.extend(words.iter().map(|word| self.sound_of(word)));
        speech.say_text(&words::text(words));
    }

    fn sound_of(&self, word: &Word) -> Arc<str> {
        format!("{}/{}", self.language, word.suffix).into()
    }
}

/// The hundredths after the point: `5` is fifty of them.
fn cents(text: &str) -> Option<i64> {
    match text.len() {
        0 => Some(0),
        1 => text.parse::<i64>().ok().map(|tenths| tenths * 10),
        2 => text.parse().ok(),
        _ => None,
    }
    .filter(|cents| (0..100).contains(cents))
}
