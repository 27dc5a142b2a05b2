//! The names of a bundle and where they stand, read from its files as they are, faults and all.

use std::collections::BTreeMap;

use crate::flow::diagnostic::{Ledger, Place};
use crate::flow::yaml::{self, Entry, Form, Yaml};

/// What a name is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Node,
    Variable,
    Flow,
    Prompt,
    Text,
    Term,
    Unit,
    Queue,
    Calendar,
    Entity,
    Sector,
    Skill,
}

/// Where a name is defined, and what an editor shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Defined {
    pub(super) kind: Kind,
    pub(super) name: String,
    pub(super) file: String,
    pub(super) place: Place,
    pub(super) about: String,
}

impl Kind {
    /// How an editor is told of it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Node => "node",
            Self::Variable => "variable",
            Self::Flow => "flow",
            Self::Prompt => "prompt",
            Self::Text => "text",
            Self::Term => "term",
            Self::Unit => "unit",
            Self::Queue => "queue",
            Self::Calendar => "calendar",
            Self::Entity => "entity",
            Self::Sector => "sector",
            Self::Skill => "skill",
        }
    }
}

/// Every name that the files define.
pub(super) fn all(files: &BTreeMap<String, String>) -> Vec<Defined> {
    let mut names = Vec::new();
    let ledger = Ledger::default();
    for (file, text) in files {
        if let Some(yaml) = yaml::read(file, text, &ledger) {
            read(file, &yaml, &mut names);
        }
    }
    names
}

fn read(file: &str, yaml: &Yaml, names: &mut Vec<Defined>) {
    let whole = [
        (".flow.yaml", Kind::Flow),
        (".queue.yaml", Kind::Queue),
        (".calendar.yaml", Kind::Calendar),
        (".entity.yaml", Kind::Entity),
    ];
    if let Some((_, kind)) = whole.into_iter().find(|(ending, _)| file.ends_with(ending))
        && let Some(id) = yaml.get("id")
        && let Some(name) = id.as_text()
    {
        let about = ["title", "name"].iter().find_map(|field| yaml.get(field)).map(shown);
        add(names, kind, name, file, id.place, about.unwrap_or_default());
    }
    let groups = [
        ("nodes", Kind::Node),
        ("vars", Kind::Variable),
        ("inputs", Kind::Variable),
        ("prompts", Kind::Prompt),
        ("texts", Kind::Text),
        ("terms", Kind::Term),
        ("units", Kind::Unit),
        ("sectors", Kind::Sector),
        ("skills", Kind::Skill),
    ];
    for (group, kind) in groups {
        for entry in entries(yaml.get(group)) {
            let about = entry.value.get("type").filter(|_| kind == Kind::Node);
            let about = about.map_or_else(|| shown(&entry.value), shown);
            add(names, kind, &entry.key.text, file, entry.key.place, about);
        }
    }
}

fn add(names: &mut Vec<Defined>, kind: Kind, name: &str, file: &str, place: Place, about: String) {
    let (name, file) = (name.to_owned(), file.to_owned());
    names.push(Defined { kind, name, file, place, about });
}

fn entries(yaml: Option<&Yaml>) -> &[Entry] {
    match yaml.map(|yaml| &yaml.form) {
        Some(Form::Map(entries)) => entries,
        Some(Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::List(_)) | None => {
            &[]
        }
    }
}

/// A value in one line, as it is written.
fn shown(yaml: &Yaml) -> String {
    match &yaml.form {
        Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) => yaml.describe(),
        Form::List(items) => items.iter().map(shown).collect::<Vec<_>>().join(" "),
        Form::Map(entries) => {
            let each = entries.iter().map(|of| format!("{}: {}", of.key.text, shown(&of.value)));
            each.collect::<Vec<_>>().join("\n\n")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_with_their_places_even_beside_faults() {
        let flow = "id: main\ntitle: Main\nnodes:\n  hello: {type: play, prompt: nothing}\n";
        let prompts = "prompts:\n  hi: {ar: مرحبا, en: Hello.}\n";
        let files = BTreeMap::from([
            ("flows/main.flow.yaml".to_owned(), flow.to_owned()),
            ("prompts/all.prompts.yaml".to_owned(), prompts.to_owned()),
            ("flows/broken.flow.yaml".to_owned(), "nodes: [".to_owned()),
        ]);
        let found: Vec<_> =
            all(&files).into_iter().map(|of| (of.kind, of.name, of.place.line, of.about)).collect();
        assert_eq!(
            found,
            [
                (Kind::Flow, "main".to_owned(), 1, "Main".to_owned()),
                (Kind::Node, "hello".to_owned(), 4, "play".to_owned()),
                (Kind::Prompt, "hi".to_owned(), 2, "ar: مرحبا\n\nen: Hello.".to_owned()),
            ]
        );
    }
}
