//! `skills.yaml`: the skills that exist.

use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::model::Language;
use crate::flow::model::Texts;
use crate::flow::parse::page::is_id;
use crate::flow::parse::{Known, Page, bundle};
use crate::flow::yaml::Yaml;

/// Reads the skills, each with its names.
pub(crate) fn read(page: Page<'_>, yaml: &Yaml, languages: &[Language], skills: &mut Known<Texts>) {
    let Some(fields) = bundle::open(page, yaml, "Skills") else { return };
    let listed = fields.required("skills");
    fields.finish();
    let entries = listed.and_then(|yaml| page.entries(yaml, "a map of skills with their names"));
    for entry in entries.unwrap_or_default() {
        if !is_skill(&entry.key.text) {
            page.add(
                page.fault(Code::WrongId, entry.key.place, "a skill such as `topic.complaint`")
                    .found(&*entry.key.text),
            );
        }
        let names = page.texts(&entry.value, languages).unwrap_or_default();
        skills.insert(Arc::clone(&entry.key.text), names);
    }
}

fn is_skill(text: &str) -> bool {
    text.split('.').all(is_id)
}
