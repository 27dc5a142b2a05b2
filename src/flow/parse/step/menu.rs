//! `menu`: `{prompt, choices, choices_from}` and what [`super::patience`] reads.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::key::Key;
use crate::flow::diagnostic::Code;
use crate::flow::expression::{Kind, Scope};
use crate::flow::model::{Assignment, Choice, ChoicesFrom, Events, Menu, Name};
use crate::flow::parse::node::Site;
use crate::flow::parse::step::patience;
use crate::flow::parse::value::{self, Hears};
use crate::flow::parse::{Fields, Known};
use crate::flow::yaml::{Form, Yaml};

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>, events: &Events) -> Option<Menu> {
    let args = fields.optional("args");
    let prompt = fields.required("prompt").and_then(|yaml| site.spoken(yaml, args, Hears::Menu));
    let patience = patience::read(site, fields, events);
    patience::idle_args(site, fields, prompt.as_ref(), patience.as_ref());
    let choices_yaml = fields.optional("choices");
    let from_yaml = fields.optional("choices_from");
    if choices_yaml.is_none() && from_yaml.is_none() {
        fields.required("choices");
    }
    let choices = choices_yaml.map_or(Some(Vec::new()), |yaml| choices(site, yaml));
    let choices_from = match from_yaml {
        Some(yaml) => choices_from(site, yaml, choices_yaml).map(Some),
        None => Some(None),
    };
    Some(Menu {
        prompt: prompt?,
        choices: choices?,
        choices_from: choices_from?,
        patience: patience?,
    })
}

fn choices(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<Choice>> {
    let mut taken: BTreeMap<Key, u32> = BTreeMap::new();
    let mut choices = Vec::new();
    let items = site.page.list(yaml, "a list of choices")?;
    if items.is_empty() {
        site.page.wrong(Code::WrongValue, yaml, "at least one choice");
    }
    for item in items {
        let choice = choice(site, item);
        if let Some(choice) = &choice
            && let Some(line) = taken.insert(choice.press, item.place.line)
        {
            let place = item.get("press").map_or(item.place, |press| press.place);
            site.page.add(
                site.page
                    .fault(Code::DuplicateKey, place, "a key of its own for each choice")
                    .found(choice.press.to_string())
                    .note(format!("it is taken on line {line}")),
            );
        }
        choices.push(choice);
    }
    choices.into_iter().collect()
}

fn choice(site: &Site<'_>, yaml: &Yaml) -> Option<Choice> {
    let fields = Fields::of(site.page, yaml, "a choice such as {press: \"1\", next: sales}")?;
    let press = fields.required("press").and_then(|yaml| site.page.key(yaml));
    let label = fields.optional("label").map(|yaml| label(site, yaml, press));
    let set = match fields.optional("set") {
        Some(yaml) => site.assignments(yaml, &site.flow.variables, "variable"),
        None => Some(Vec::new()),
    };
    let next = site.required_target(&fields, "next");
    fields.finish();
    let label = match label {
        Some(label) => Some(label?),
        None => None,
    };
    Some(Choice { press: press?, label, set: set?, next: next? })
}

/// A term by its id, or a text in every language.
fn label(site: &Site<'_>, yaml: &Yaml, press: Option<Key>) -> Option<Name> {
    if let Form::Text(_) = yaml.form {
        let wanted = "a term under `terms:`";
        return site.catalogue.terms.find(site.page, yaml, Code::UnknownTerm, wanted).cloned();
    }
    let texts = site.page.texts(yaml, &site.names.languages)?;
    let key = match press?.as_char() {
        '*' => "star".to_owned(),
        '#' => "hash".to_owned(),
        digit => digit.to_lowercase().to_string(),
    };
    let suffix = format!("choice/{}.{}.{key}", site.flow_id, site.node_id).into();
    Some(Name { texts, suffix })
}

fn choices_from(site: &Site<'_>, yaml: &Yaml, written: Option<&Yaml>) -> Option<ChoicesFrom> {
    let fields = Fields::of(site.page, yaml, "a map with list, press, label and next")?;
    let list_yaml = fields.required("list");
    let list = list_yaml.and_then(|yaml| site.expression(yaml, &Kind::list(Kind::Any)));
    let item = list.as_ref().map_or(Kind::Any, |list| match list.kind() {
        Kind::List(item) => (**item).clone(),
        Kind::Any
        | Kind::Nothing
        | Kind::Null
        | Kind::Bool
        | Kind::Int
        | Kind::Text
        | Kind::Record(_) => Kind::Any,
    });
    let scope = Scope { item: Some(item), ..site.flow.scope.clone() };
    let press_yaml = fields.required("press");
    let press = press_yaml.and_then(|yaml| site.expression_in(yaml, &Kind::Text, &scope));
    let label =
        fields.required("label").and_then(|yaml| site.expression_in(yaml, &Scope::name(), &scope));
    let set = match fields.optional("set") {
        Some(yaml) => computed(site, yaml, &scope),
        None => Some(Vec::new()),
    };
    let next = site.required_target(&fields, "next");
    fields.finish();
    let from = ChoicesFrom { list: list?, press: press?, label: label?, set: set?, next: next? };
    for shown in [&from.list, &from.press, &from.label] {
        site.keep_unseen(yaml, &value::reads_of(shown));
    }
    clashes(site, &from, written);
    if let Some(list) = list_yaml.filter(|_| from.press.text() == "item.key") {
        shared_keys(site, list, &from);
    }
    Some(from)
}

/// The values of `set` are expressions here: `{sector: item.id}`.
fn computed(site: &Site<'_>, yaml: &Yaml, scope: &Scope) -> Option<Vec<Assignment>> {
    let mut assignments = Vec::new();
    let entries = site.page.entries(yaml, "a map of variables to expressions")?;
    for entry in entries {
        let (name, place) = (&entry.key.text, entry.key.place);
        let Some(variable) = site.declared(name, place, &site.flow.variables, "variable") else {
            continue;
        };
        let value = site.computed_for(&entry.value, variable, scope);
        if let Some(value) = value {
            assignments.push(Assignment { name: Arc::clone(&variable.name), value });
        }
    }
    (assignments.len() == entries.len()).then_some(assignments)
}

/// In a list of all entities, those of different sectors may have one key.
fn shared_keys(site: &Site<'_>, yaml: &Yaml, from: &ChoicesFrom) {
    if from.list.text().trim() != "entities" {
        return;
    }
    let mut taken: BTreeMap<Key, &str> = BTreeMap::new();
    for (id, key) in site.names.entities.iter() {
        let Some(key) = *key else { continue };
        if let Some(other) = taken.insert(key, id) {
            site.page.add(
                site.page
                    .fault(Code::DuplicateKey, yaml.place, "a list in which each has its own key")
                    .found(&*from.list.text().to_owned())
                    .note(format!("`{other}` and `{id}` have the key {key}; filter by sector")),
            );
            return;
        }
    }
}

/// A written choice would never be taken when the data has its key.
fn clashes(site: &Site<'_>, from: &ChoicesFrom, written: Option<&Yaml>) {
    let known: &Known<Option<Key>> = match from.list.text() {
        text if from.press.text() != "item.key" || text.contains("departments") => return,
        text if text.starts_with("sectors") => &site.names.sectors,
        text if text.starts_with("entities") => &site.names.entities,
        _ => return,
    };
    let Some(Yaml { form: Form::List(items), .. }) = written else { return };
    for press in items.iter().filter_map(|item| item.get("press")) {
        let Some(text) = press.as_text() else { continue };
        let owner =
            known.iter().find(|(_, key)| key.is_some_and(|key| text.chars().eq([key.as_char()])));
        if let Some((id, _)) = owner {
            site.page.add(
                site.page
                    .fault(Code::DuplicateKey, press.place, "a key that the data leaves free")
                    .found(&**text)
                    .note(format!("it is the key of `{id}`")),
            );
        }
    }
}
