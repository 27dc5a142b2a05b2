//! An independent judge finds the bundles good by the printed schemas, and broken ones bad.

use std::collections::BTreeMap;
use std::path::Path;

use hatif::flow::diagnostic::Ledger;
use hatif::flow::schema::{Document, schema};
use hatif::flow::yaml::{self, Form, Yaml};
use hatif::shell::files;
use jsonschema::Validator;
use serde_json::Value as Json;

#[test]
fn the_schemas_are_schemas() {
    for document in Document::ALL {
        let schema = schema(document);
        assert!(jsonschema::meta::is_valid(&schema), "{document:?}");
    }
}

#[test]
fn every_file_of_the_bundles_is_good() {
    let judges = judges();
    for folder in ["ivr-flows", "tests/faults/bundle"] {
        for (path, text) in read(folder) {
            let judge = judge(&judges, &path);
            let value = value(&path, &text);
            let errors: Vec<String> = judge
                .iter_errors(&value)
                .map(|error| format!("{path}: {}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{}", errors.join("\n"));
        }
    }
}

#[test]
fn what_the_reader_refuses_by_its_shape_the_schema_refuses_too() {
    const MAIN: &str = "flows/main.flow.yaml";
    const CALENDAR: &str = "calendars/office.calendar.yaml";
    let judges = judges();
    let files = read("tests/faults/bundle");
    for (path, from, to) in [
        (MAIN, "max_wait: 600s", "max_wiat: 600s"),
        (MAIN, "    max_wait: 600s\n", ""),
        (MAIN, "max_wait: 600s", "max_wait: 600"),
        (MAIN, "closed: {type: play", "closed: {type: paly"),
        (MAIN, "press: \"1\", set: {lang: ar}", "press: 1, set: {lang: ar}"),
        (MAIN, "apiVersion: ivr/v1", "apiVersion: ivr/v2"),
        (MAIN, "kind: Flow", "kind: Flows"),
        (MAIN, "id: main", "id: Main"),
        (MAIN, "topic.complaint >= 1", "topic.complaint >= 7"),
        (MAIN, "limit: {visits: 2", "limit: {visits: 0"),
        (MAIN, "sensitive: true", "sensitive: \"yes\""),
        (CALENDAR, "07:30-15:30", "7:30-15:30"),
        (CALENDAR, "mon-thu", "mon-thur"),
        (CALENDAR, "{date: \"2026-12-01\"", "{dat: \"2026-12-01\""),
        (CALENDAR, "{date: \"2026-12-01\"", "{hijri: \"10-01\", date: \"2026-12-01\""),
        ("queues/care.queue.yaml", "cap: 200", "cap: many"),
        ("entities/water.entity.yaml", "sector: utilities\n", ""),
        ("prompts/main.prompts.yaml", "en: \"Goodbye\"", "fr: \"Adieu\""),
        ("bundle.yaml", "languages:", "tongues:"),
    ] {
        let text = files.get(path).expect("the file is in the bundle");
        assert!(text.contains(from), "{path} has no `{from}`");
        let broken = value(path, &text.replacen(from, to, 1));
        assert!(!judge(&judges, path).is_valid(&broken), "{path}: `{to}` is taken for good");
    }
}

fn judges() -> Vec<(Document, Validator)> {
    Document::ALL
        .into_iter()
        .map(|document| {
            let judge = jsonschema::draft202012::new(&schema(document));
            (document, judge.expect("the schema is a schema"))
        })
        .collect()
}

fn judge<'a>(judges: &'a [(Document, Validator)], path: &str) -> &'a Validator {
    let is_of = |document: &Document| match document.files().split_once('*') {
        Some((before, after)) => path.starts_with(before) && path.ends_with(after),
        None => path == document.files(),
    };
    let found = judges.iter().find(|(document, _)| is_of(document));
    found.map(|(_, judge)| judge).expect("every file is of a kind")
}

fn value(path: &str, text: &str) -> Json {
    let ledger = Ledger::default();
    json(&yaml::read(path, text, &ledger).expect("the file is YAML"))
}

fn json(yaml: &Yaml) -> Json {
    match &yaml.form {
        Form::Null => Json::Null,
        Form::Bool(flag) => Json::Bool(*flag),
        Form::Int(number) => Json::from(*number),
        Form::Text(text) => Json::String(text.to_string()),
        Form::List(items) => items.iter().map(json).collect(),
        Form::Map(entries) => Json::Object(
            entries.iter().map(|entry| (entry.key.text.to_string(), json(&entry.value))).collect(),
        ),
    }
}

fn read(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files::bundle_in(&folder).expect("the bundle is there")
}
