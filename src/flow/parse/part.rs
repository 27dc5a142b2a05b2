//! The pieces of one prompt in one language.

use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::model::{Language, Part, Prompt};
use crate::flow::parse::{Catalogue, Fields, Names, Page, said};
use crate::flow::yaml::{Form, Yaml};

/// The kinds of slots, for the faults.
const SLOTS: [&str; 13] = [
    "digits", "number", "ordinal", "money", "date", "time", "duration", "count", "term", "entity",
    "choices", "choice", "file",
];

/// Where a piece stands.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    /// The file.
    pub(crate) page: Page<'a>,
    /// What the bundle has.
    pub(crate) names: &'a Names,
    /// The units that can be counted.
    pub(crate) catalogue: &'a Catalogue,
    /// The prompt.
    pub(crate) prompt: &'a str,
    /// The language.
    pub(crate) language: Language,
}

impl Site<'_> {
    /// A text, one slot, or a list of texts and slots.
    pub(crate) fn parts(&self, yaml: &Yaml) -> Option<Vec<Part>> {
        let items = match &yaml.form {
            Form::List(items) => items.as_slice(),
            Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::Map(_) => {
                std::slice::from_ref(yaml)
            }
        };
        if items.is_empty() {
            self.page.wrong(Code::WrongValue, yaml, "at least one piece");
            return None;
        }
        let mut texts = 0;
        let mut parts = Vec::new();
        for item in items {
            let part = match &item.form {
                Form::Map(_) => self.slot(item),
                Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::List(_) => {
                    texts += 1;
                    let numbered = items.len() > 1;
                    self.page.words(item).map(|text| Part::Text {
                        text: Arc::clone(text),
                        sound: self.sound(numbered.then_some(texts)),
                    })
                }
            };
            parts.push(part);
        }
        parts.into_iter().collect()
    }

    fn sound(&self, number: Option<u32>) -> Arc<str> {
        let Self { language, prompt, .. } = self;
        match number {
            Some(number) => format!("{language}/{prompt}.{number}").into(),
            None => format!("{language}/{prompt}").into(),
        }
    }

    fn slot(&self, yaml: &Yaml) -> Option<Part> {
        let page = self.page;
        let Form::Map(entries) = &yaml.form else { return None };
        let kind = entries.iter().find(|entry| SLOTS.contains(&&*entry.key.text));
        let Some(kind) = kind else {
            let wanted = "a kind of slot";
            page.add(match entries.first() {
                Some(first) => page
                    .fault(Code::UnknownField, first.key.place, wanted)
                    .found(&*first.key.text)
                    .near(SLOTS),
                None => page.fault(Code::MissingField, yaml.place, wanted),
            });
            return None;
        };
        let fields = Fields::of(page, yaml, "a slot")?;
        let part = match &*kind.key.text {
            "file" => fields.required("file").and_then(|yaml| self.file(yaml)),
            "term" => self.argument(&fields, "term").map(Part::Term),
            "entity" => self.argument(&fields, "entity").map(Part::Entity),
            "choices" => self.choices(&fields),
            "choice" => self.choice(&fields),
            _ => self.value(&fields),
        };
        fields.finish();
        part
    }

    fn argument(&self, fields: &Fields<'_>, name: &'static str) -> Option<Arc<str>> {
        let yaml = fields.required(name)?;
        self.page.id(self.page.text(yaml)?, yaml.place)
    }

    fn value(&self, fields: &Fields<'_>) -> Option<Part> {
        let (kind, yaml) = said::kind(self.page, &self.catalogue.units, fields)?;
        let slot = self.page.id(self.page.text(yaml)?, yaml.place)?;
        Some(Part::Value { slot, kind })
    }

    fn file(&self, yaml: &Yaml) -> Option<Part> {
        let name = self.page.words(yaml)?;
        let name = name.strip_suffix(".wav").unwrap_or(name);
        let plain = name.split('/').all(|step| {
            !step.is_empty()
                && !step.starts_with('.')
                && step.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
        });
        if !plain {
            self.page.wrong(
                Code::WrongValue,
                yaml,
                "the path of a sound, such as `ar/old/greeting`",
            );
            return None;
        }
        self.names.want_sound(self.page, yaml, name);
        Some(Part::File(name.into()))
    }

    fn choices(&self, fields: &Fields<'_>) -> Option<Part> {
        let yaml = fields.required("choices")?;
        self.page.word(yaml, &[("all", ())])?;
        if self.prompt == Prompt::CHOICE {
            self.page.wrong(Code::WrongPlace, yaml, "`choice` in the prompt of one choice");
            return None;
        }
        Some(Part::Choices)
    }

    fn choice(&self, fields: &Fields<'_>) -> Option<Part> {
        let yaml = fields.required("choice")?;
        let words = [("label", Part::ChoiceLabel), ("key", Part::ChoiceKey)];
        let text = self.page.text(yaml)?;
        if self.prompt != Prompt::CHOICE {
            let wanted = format!("`choice` only in the prompt `{}`", Prompt::CHOICE);
            self.page.wrong(Code::WrongPlace, yaml, wanted);
            return None;
        }
        let found = words.iter().find(|(word, _)| *word == &**text);
        if found.is_none() {
            self.page.wrong(Code::WrongValue, yaml, "`label` or `key`");
        }
        found.map(|(_, part)| part.clone())
    }
}
