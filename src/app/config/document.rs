//! The values of the file and the environment, each with its place, of the right kind.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::app::config::fault::{Fault, Place};
use crate::app::config::keys::{KEYS, KeySpec, Kind};
use crate::app::config::trunk;
use crate::base::nearest::nearest;

/// What every variable of ours begins with.
const PREFIX: &str = "HATIF_";

/// What every variable of a setting of the bundle begins with.
const ENV_PREFIX: &str = "HATIF_ENV_";
/// The section of these settings.
const ENV: &str = "env";
/// Says that the next text is a file.
pub(super) const IN_FILE: &str = "file";

/// One text of a value: its only one, or one of a list. A trunk is written `name=from from`; a
/// secret in a file has two, [`IN_FILE`] and the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    pub(super) place: Place,
}

/// Every value that was set, and everything that was wrong so far.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) values: BTreeMap<(&'static str, &'static str), Vec<Item>>,
    /// The settings of the bundle, by name: [`Kind::Secret`] each.
    pub(super) env: BTreeMap<String, Vec<Item>>,
    pub(super) faults: Vec<Fault>,
}

/// A file with its name, for finding lines.
struct Source<'a> {
    name: &'a str,
    text: &'a str,
}

impl Document {
    /// Reads the file's values.
    pub(super) fn read_file(&mut self, name: &str, text: &str) {
        let source = Source { name, text };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            let found = error.message().trim().replace('\n', ", ");
            self.fault(source.place(&span), "TOML", found, None);
        }
        for (section, value) in table.get_ref() {
            self.section(&source, section.get_ref(), &section.span(), value);
        }
    }

    /// Reads the environment's values, over those of the file.
    pub(super) fn read_environment(&mut self, variables: impl Iterator<Item = (String, String)>) {
        let names: Vec<(String, &KeySpec)> =
            KEYS.iter().map(|spec| (spec.variable(), spec)).collect();
        for (name, value) in variables.filter(|(name, _)| name.starts_with(PREFIX)) {
            let place = Place::Variable(name.clone());
            if let Some(setting) = name.strip_prefix(ENV_PREFIX) {
                self.set_by_variable(setting, written(Kind::Secret, &value, &place));
                continue;
            }
            let Some((_, spec)) = names.iter().find(|(known, _)| *known == name) else {
                let near = nearest(&name, names.iter().map(|(known, _)| known.as_str()));
                let wanted = "a variable such as HATIF_WEB_BIND";
                self.fault(place, wanted, format!("`{name}`"), near);
                continue;
            };
            self.values.insert((spec.section, spec.key), written(spec.kind, &value, &place));
        }
    }

    /// A variable has no small letters and no `-`: it stands for the setting that is set already,
    /// or for one with `_`.
    fn set_by_variable(&mut self, variable: &str, items: Vec<Item>) {
        let is_same = |name: &&String| name.replace('-', "_").to_uppercase() == variable;
        let known = self.env.keys().find(is_same).cloned();
        self.env.insert(known.unwrap_or_else(|| variable.to_lowercase()), items);
    }

    pub(super) fn fault(
        &mut self,
        place: Place,
        wanted: impl Into<String>,
        found: impl Into<String>,
        nearest: Option<&str>,
    ) {
        let (wanted, found) = (wanted.into(), found.into());
        let nearest = nearest.map(str::to_owned);
        self.faults.push(Fault { place, wanted, found, nearest });
    }

    fn section(
        &mut self,
        source: &Source<'_>,
        name: &str,
        span: &Range<usize>,
        value: &Spanned<DeValue<'_>>,
    ) {
        let specs: Vec<&KeySpec> = KEYS.iter().filter(|spec| spec.section == name).collect();
        if specs.is_empty() && name != ENV {
            let near = nearest(name, KEYS.iter().map(|spec| spec.section).chain([ENV]));
            return self.fault(source.place(span), "a section", format!("`[{name}]`"), near);
        }
        let Some(table) = value.get_ref().as_table() else {
            let found = told(value.get_ref());
            return self.fault(
                source.place(&value.span()),
                format!("the section `[{name}]`"),
                found,
                None,
            );
        };
        for (key, value) in table {
            if name == ENV {
                let items = self.items(source, Kind::Secret, value);
                self.env.extend(items.map(|items| (key.get_ref().to_string(), items)));
                continue;
            }
            let Some(spec) = specs.iter().find(|spec| spec.key == key.get_ref().as_ref()) else {
                let near = nearest(key.get_ref(), specs.iter().map(|spec| spec.key));
                let (wanted, found) =
                    (format!("a key of `[{name}]`"), format!("`{}`", key.get_ref()));
                self.fault(source.place(&key.span()), wanted, found, near);
                continue;
            };
            if let Some(items) = self.items(source, spec.kind, value) {
                self.values.insert((spec.section, spec.key), items);
            }
        }
    }

    /// A value's texts, when it is of its kind.
    fn items(
        &mut self,
        source: &Source<'_>,
        kind: Kind,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Vec<Item>> {
        let place = source.place(&value.span());
        let one = |text: &str| Some(vec![Item { text: text.to_owned(), place: place.clone() }]);
        match (kind, value.get_ref()) {
            (Kind::Text | Kind::Secret, DeValue::String(text)) => one(text),
            (Kind::Secret, DeValue::Table(table)) if table.len() == 1 => {
                let file = table.get(IN_FILE).and_then(|file| self.listed(source, file));
                match file {
                    Some(file) => Some(vec![Item { text: IN_FILE.to_owned(), place }, file]),
                    None => {
                        self.fault(place, kind.name(), "another table", None);
                        None
                    }
                }
            }
            (Kind::Number, DeValue::Integer(number)) => one(&number.to_string()),
            (Kind::Flag, DeValue::Boolean(flag)) => one(&flag.to_string()),
            (Kind::List, DeValue::Array(list)) => {
                Some(list.iter().filter_map(|item| self.listed(source, item)).collect())
            }
            (Kind::Trunks, DeValue::Array(list)) => {
                Some(list.iter().filter_map(|item| self.trunk(source, item)).collect())
            }
            (Kind::Secret, other) => {
                // Whatever it is, it was meant to be secret.
                let found = told_kind(other);
                self.fault(place, kind.name(), found, None);
                None
            }
            (Kind::Text | Kind::Number | Kind::Flag | Kind::List | Kind::Trunks, other) => {
                self.fault(place, kind.name(), told(other), None);
                None
            }
        }
    }

    fn listed(&mut self, source: &Source<'_>, item: &Spanned<DeValue<'_>>) -> Option<Item> {
        let place = source.place(&item.span());
        let Some(text) = item.get_ref().as_str() else {
            self.fault(place, "a text", told(item.get_ref()), None);
            return None;
        };
        Some(Item { text: text.to_owned(), place })
    }

    fn trunk(&mut self, source: &Source<'_>, item: &Spanned<DeValue<'_>>) -> Option<Item> {
        let place = source.place(&item.span());
        let Some(table) = item.get_ref().as_table() else {
            self.fault(
                place,
                "a trunk such as { name = …, from = […] }",
                told(item.get_ref()),
                None,
            );
            return None;
        };
        let (mut name, mut words, mut is_right) = (None, Vec::new(), true);
        for (key, value) in table {
            let key_place = source.place(&key.span());
            let key = key.get_ref().as_ref();
            let kind = match key {
                "name" | "to" | "caller_id" => Kind::Text,
                "from" | "prefixes" => Kind::List,
                "calls_max" | "per_hour_max" => Kind::Number,
                other => {
                    let near = nearest(other, trunk::KEYS);
                    self.fault(key_place, "a key of a trunk", format!("`{other}`"), near);
                    continue;
                }
            };
            let Some(texts) = self.trunk_texts(source, kind, key, value) else {
                is_right = false;
                continue;
            };
            match key {
                "name" => name = texts.into_iter().next(),
                "from" => words.extend(texts),
                key => words.push(format!("{key}={}", texts.join(","))),
            }
        }
        let Some(name) = name else {
            self.fault(place, "a trunk with a `name`", "none", None);
            return None;
        };
        is_right.then(|| Item { text: format!("{name}={}", words.join(" ")), place })
    }

    /// The texts of one key of a trunk, each as it has to be.
    fn trunk_texts(
        &mut self,
        source: &Source<'_>,
        kind: Kind,
        key: &str,
        value: &Spanned<DeValue<'_>>,
    ) -> Option<Vec<String>> {
        let items = self.items(source, kind, value)?;
        let mut is_right = true;
        for item in &items {
            if let Some(wanted) = trunk::fault(key, &item.text) {
                is_right = false;
                self.fault(item.place.clone(), wanted, format!("`{}`", item.text), None);
            }
        }
        is_right.then(|| items.into_iter().map(|item| item.text).collect())
    }
}

impl Source<'_> {
    fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Place::File { name: self.name.to_owned(), line, column }
    }
}

/// The texts of a value that was written as one: a list has `,` between them, trunks have `;`.
pub(super) fn written(kind: Kind, value: &str, place: &Place) -> Vec<Item> {
    let item = |text: &str| Item { text: text.trim().to_owned(), place: place.clone() };
    let all = |separator: char| {
        let texts = value.split(separator).map(item);
        texts.filter(|item| !item.text.is_empty()).collect()
    };
    match kind {
        Kind::Text | Kind::Number | Kind::Flag | Kind::Secret => vec![item(value)],
        Kind::List => all(','),
        Kind::Trunks => all(';'),
    }
}

/// A value of the wrong kind, as a fault tells it.
fn told(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("the text `{text}`"),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {number}"),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(date) => format!("the date {date}"),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// What kind of value it is, and nothing of it.
const fn told_kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "another table",
    }
}
