//! The table says what the reader of files reads: no field more, none less.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::{Kind, Shape};
use super::write::{fields, shape, shapes};
use super::{Document, schema};
use crate::base::stack;
use crate::flow::diagnostic::Ledger;
use crate::flow::load;
use crate::flow::parse::node::TYPES;
use crate::flow::parse::witness::{self, Asked};
use crate::flow::trial;
use crate::flow::yaml::{self, Form, Yaml};

macro_rules! example {
    ($($path:literal = $file:literal,)+) => {
        &[$(($path, include_str!(concat!("example/", $file)))),+]
    };
}

/// A bundle that has every field of the language.
const EXAMPLE: &[(&str, &str)] = example! {
    "bundle.yaml" = "bundle.yaml",
    "flows/all.flow.yaml" = "all.flow.yaml",
    "flows/rate.flow.yaml" = "rate.flow.yaml",
    "flows/sub.flow.yaml" = "sub.flow.yaml",
    "flows/wait.flow.yaml" = "wait.flow.yaml",
    "prompts/all.prompts.yaml" = "all.prompts.yaml",
    "entities/power.entity.yaml" = "power.entity.yaml",
    "sectors.yaml" = "sectors.yaml",
    "skills.yaml" = "skills.yaml",
    "queues/care.queue.yaml" = "care.queue.yaml",
    "calendars/base.calendar.yaml" = "base.calendar.yaml",
    "calendars/office.calendar.yaml" = "office.calendar.yaml",
    "tests/all.test.yaml" = "all.test.yaml",
};

/// Shapes that are only parts of others.
const PARTS: [&str; 9] =
    ["file", "head", "any_node", "going_on", "patience", "manner", "consent", "opening", "days"];

#[test]
fn the_example_is_a_good_bundle() {
    let files = files();
    let bundle = load(&files, None).unwrap_or_else(|faults| panic!("{faults}"));
    let faults = trial::faults(&files, &bundle);
    assert!(faults.is_empty(), "{}", faults.to_text());
}

#[test]
fn the_table_has_every_field_that_is_read_and_no_other() {
    let files = files();
    let asked = stack::deep(|| {
        let bundle = load(&files, None).expect("the example is good");
        let _ = trial::faults(&files, &bundle);
        witness::take()
    });
    let asked = asked.expect("it is read to its end");
    let ledger = Ledger::default();
    let mut seen = Seen { asked: &asked, read: BTreeMap::new(), file: "" };
    for document in Document::ALL {
        for (path, text) in EXAMPLE.iter().filter(|(path, _)| is_of(document, path)) {
            let yaml = yaml::read(path, text, &ledger).expect("the example is YAML");
            seen.file = path;
            seen.shape(shape(document.shape()), &yaml);
        }
    }
    for shape in shapes().filter(|shape| !PARTS.contains(&shape.name)) {
        let read = seen.read.get(shape.name);
        let read = read.unwrap_or_else(|| panic!("the example has no `{}`", shape.name));
        let told: BTreeSet<&str> = fields(shape).iter().map(|field| field.name).collect();
        assert_eq!(told, *read, "`{}`: left the table, right the reader", shape.name);
    }
}

#[test]
fn no_field_is_told_twice_and_every_field_has_a_sentence() {
    for shape in shapes() {
        let names: Vec<&str> = fields(shape).iter().map(|field| field.name).collect();
        let distinct: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(names.len(), distinct.len(), "{}", shape.name);
        assert!(shape.one_of.iter().all(|name| distinct.contains(name)), "{}", shape.name);
        for field in shape.fields {
            assert!(field.about.ends_with('.'), "{}.{}", shape.name, field.name);
        }
    }
    assert!(TYPES.iter().all(|node| shapes().any(|shape| shape.name == *node)));
    for document in Document::ALL {
        assert!(schema(document)["properties"]["kind"]["const"].is_string());
    }
}

/// A walk through files beside the table.
struct Seen<'a> {
    asked: &'a Asked,
    read: BTreeMap<&'static str, BTreeSet<&'a str>>,
    file: &'a str,
}

impl<'a> Seen<'a> {
    fn shape(&mut self, shape: &'static Shape, yaml: &Yaml) {
        let Form::Map(entries) = &yaml.form else { panic!("{}: no map", shape.name) };
        if let Some(first) = entries.first() {
            let place = first.key.place;
            let asked = self.asked.get(&(self.file.to_owned(), place));
            let asked = asked.unwrap_or_else(|| panic!("{}: nobody read {place:?}", self.file));
            self.read.entry(shape.name).or_default().extend(asked.iter().copied());
        }
        for entry in entries {
            let field = fields(shape).into_iter().find(|field| *field.name == *entry.key.text);
            let field = field.unwrap_or_else(|| panic!("{}.{}", shape.name, entry.key.text));
            self.value(&field.holds, &entry.value);
        }
    }

    fn value(&mut self, kind: &Kind, yaml: &Yaml) {
        match (kind, &yaml.form) {
            (Kind::Shape(name), Form::Map(_)) => self.shape(shape(name), yaml),
            (Kind::Node, Form::Map(_)) => {
                let node = yaml.get("type").and_then(Yaml::as_text).expect("a node has a type");
                self.shape(shape(node), yaml);
            }
            (Kind::List(item), Form::List(items)) => {
                items.iter().for_each(|yaml| self.value(item, yaml));
            }
            (Kind::Map(item) | Kind::MapLike(_, item), Form::Map(entries)) => {
                entries.iter().for_each(|entry| self.value(item, &entry.value));
            }
            (Kind::Either(kinds), _) => kinds.iter().for_each(|kind| self.value(kind, yaml)),
            (Kind::Said, Form::Map(entries)) => {
                let pieces = entries.iter().flat_map(|entry| match &entry.value.form {
                    Form::List(items) => items.iter().collect(),
                    Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::Map(_) => {
                        vec![&entry.value]
                    }
                });
                pieces
                    .filter(|piece| matches!(piece.form, Form::Map(_)))
                    .for_each(|piece| self.shape(shape("slot"), piece));
            }
            // What is no map of fields has nothing to compare.
            (_, _) => {}
        }
    }
}

fn files() -> BTreeMap<String, String> {
    EXAMPLE.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn is_of(document: Document, path: &str) -> bool {
    match document.files().split_once('*') {
        Some((before, after)) => path.starts_with(before) && path.ends_with(after),
        None => path == document.files(),
    }
}
