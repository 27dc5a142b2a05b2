//! `texts:` of `prompts/*.prompts.yaml`: what is written to citizens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::model::{Piece, Worded, Written};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Fields, Names, Page};
use crate::flow::yaml::{Entry, Yaml};

/// Reads one text, which has the same slots in every language.
pub(crate) fn read(page: Page<'_>, entry: &Entry, names: &Names) -> Option<Written> {
    let variants = page.variants(&entry.value, &names.languages)?;
    let mut read = BTreeMap::new();
    let mut slots: Option<BTreeSet<Arc<str>>> = None;
    for (language, yaml) in &variants {
        let pieces = pieces(page, yaml)?;
        let found: BTreeSet<Arc<str>> = pieces.iter().filter_map(slot).collect();
        match &slots {
            Some(first) if *first != found => {
                let names: Vec<String> = first.iter().map(|slot| format!("`{{{slot}}}`")).collect();
                let wanted = format!("the same slots in every language: {}", names.join(", "));
                page.wrong(Code::WrongSlot, yaml, wanted);
                return None;
            }
            Some(_) => {}
            None => slots = Some(found),
        }
        read.insert(*language, pieces);
    }
    (read.len() == names.languages.len()).then(|| Written {
        id: Arc::clone(&entry.key.text),
        slots: slots.unwrap_or_default(),
        variants: read,
    })
}

fn pieces(page: Page<'_>, yaml: &Yaml) -> Option<Vec<Piece>> {
    let text = page.words(yaml)?;
    let pieces = Written::pieces(text);
    if pieces.is_none() {
        page.wrong(Code::WrongSlot, yaml, "slots such as `{number}`, each brace closed");
    }
    pieces
}

fn slot(piece: &Piece) -> Option<Arc<str>> {
    match piece {
        Piece::Words(_) => None,
        Piece::Slot(slot) => Some(Arc::clone(slot)),
    }
}

impl Site<'_> {
    /// A text with values for its slots; anybody may read them.
    pub(crate) fn worded(&self, yaml: &Yaml, args: Option<&Yaml>) -> Option<Worded> {
        let known = &self.catalogue.texts;
        let text = known.find(self.page, yaml, Code::UnknownPrompt, "a text under `texts:`")?;
        let entries = match args {
            Some(yaml) => self.page.entries(yaml, "a map of slots to values")?,
            None => &[],
        };
        let mut values = BTreeMap::new();
        for slot in &text.slots {
            let Some(entry) = entries.iter().find(|entry| entry.key.text == *slot) else {
                let wanted = format!("`args` with a value for the slot `{slot}` of `{}`", text.id);
                self.page.add(self.page.fault(Code::WrongSlot, yaml.place, wanted));
                continue;
            };
            let Some((source, _, reads)) = self.source(&entry.value) else { continue };
            self.keep_unseen(&entry.value, &reads);
            values.insert(Arc::clone(slot), source);
        }
        (values.len() == text.slots.len()).then(|| Worded { text: Arc::clone(text), args: values })
    }

    /// Slots that none of the texts has.
    pub(crate) fn idle_words(&self, fields: &Fields<'_>, texts: &[Option<&Worded>]) {
        let Some(entries) = fields
            .optional("args")
            .and_then(|yaml| self.page.entries(yaml, "a map of slots to values"))
        else {
            return;
        };
        let known: Option<Vec<&Worded>> = texts.iter().copied().collect();
        let Some(known) = known else { return };
        let slots: BTreeSet<&str> =
            known.iter().flat_map(|worded| &worded.text.slots).map(|slot| &**slot).collect();
        for entry in entries.iter().filter(|entry| !slots.contains(&*entry.key.text)) {
            self.page.add(
                self.page
                    .fault(Code::WrongSlot, entry.key.place, "a slot of the text")
                    .found(&*entry.key.text)
                    .near(slots.iter().copied()),
            );
        }
    }
}
