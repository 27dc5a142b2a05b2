//! Two bundles differ in what a caller hears, and are told so in sentences.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hatif::flow::compare::{Changes, compare};
use hatif::flow::{self, Bundle};
use hatif::shell::files;

const MAIN: &str = "flows/main.flow.yaml";

#[test]
fn a_bundle_does_not_differ_from_itself() {
    for folder in ["ivr-flows", "tests/faults/bundle"] {
        let bundle = load(&read(folder));
        assert!(compare(&bundle, &bundle).is_same());
    }
}

#[test]
fn a_comment_is_heard_by_nobody() {
    check(&[(MAIN, "nodes:\n", "# Here they are.\nnodes:\n")], &[]);
}

#[test]
fn a_key_that_leads_elsewhere_is_told() {
    check(
        &[(MAIN, "set: {lang: en}, next: sector", "set: {lang: en}, next: ask_case")],
        &["in `main/language`, key 2 led to `sector`, now to `ask_case`"],
    );
    check(
        &[(MAIN, "{press: \"*\", next: sector}", "{press: \"#\", next: sector}")],
        &[
            "in `main/entity`, key # is new and leads to `sector`",
            "in `main/entity`, key * led to `sector` and is gone",
        ],
    );
}

#[test]
fn other_words_are_told_with_their_language_and_where_they_are_heard() {
    check(
        &[("prompts/main.prompts.yaml", "en: \"Goodbye\"", "en: \"Farewell\"")],
        &["prompt `goodbye` (heard in `main/bye`) said in en “Goodbye”, now “Farewell”"],
    );
}

#[test]
fn a_node_that_is_new_or_gone_is_one_line() {
    check(
        &[
            (MAIN, "next: bye}\n  bye:", "next: bye}\n  bye:"),
            (MAIN, "prompt: goodbye, next: done}", "prompt: goodbye, next: last}"),
            (MAIN, "  done:", "  last: {type: tag, tag: end, next: done}\n  done:"),
        ],
        &["in `main/bye`, going on led to `done`, now to `last`", "`main/last` is new, a `tag`"],
    );
}

#[test]
fn needs_hours_and_policies_are_told() {
    check(
        &[
            (
                MAIN,
                "{after: 40s, all: [\"lang.${vars.lang} >= 2\"]",
                "{after: 50s, all: [\"lang.${vars.lang} >= 2\"]",
            ),
            ("calendars/office.calendar.yaml", "fri: [\"07:30-12:00\"]", "fri: [\"07:30-11:30\"]"),
            ("queues/care.queue.yaml", "cap: 200", "cap: 300"),
            ("entities/water.entity.yaml", "key: \"2\"", "key: \"3\""),
        ],
        &[
            "in `main/to_agent`, the need was at once lang.${vars.lang} >= 3, entity.${vars.entity} >= 3, one of (topic.complaint >= 1); after 40s lang.${vars.lang} >= 2, one of (topic.complaint >= 1), now at once lang.${vars.lang} >= 3, entity.${vars.entity} >= 3, one of (topic.complaint >= 1); after 50s lang.${vars.lang} >= 2, one of (topic.complaint >= 1)",
            "in queue `care`, the cap was 200, now 300",
            "in calendar `office`, the time of fri was 07:30-12:00, now 07:30-11:30",
            "in entity `water`, the key was 2, now 3",
        ],
    );
}

fn check(swaps: &[(&str, &str, &str)], expected: &[&str]) {
    let old = read("tests/faults/bundle");
    let mut new = old.clone();
    for (file, from, to) in swaps {
        let text = new.get_mut(*file).expect("the file is in the bundle");
        assert!(text.contains(from), "{file} has no `{from}`");
        *text = text.replacen(from, to, 1);
    }
    let Changes { changes, .. } = compare(&load(&old), &load(&new));
    let told: Vec<&str> = changes.iter().map(|change| change.text.as_str()).collect();
    assert_eq!(told, expected);
}

fn read(folder: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files::bundle_in(&folder).expect("the bundle is there")
}

fn load(files: &BTreeMap<String, String>) -> Arc<Bundle> {
    flow::load(files, None).unwrap_or_else(|faults| panic!("{faults}"))
}
