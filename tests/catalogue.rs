//! The pages that list every metric and every key say what the program says.
//!
//! `UPDATE=1 cargo test --test catalogue` rewrites the tables.
#![expect(clippy::disallowed_methods, reason = "this test reads pages of the project")]

use hatif::app::config::KEYS;
use hatif::telemetry::CATALOGUE;

/// Holds the table between `<!-- mark -->` and `<!-- end -->` of a page against `expected`.
fn check(page: &str, mark: &str, expected: &str) {
    let path = format!("{}/{page}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the page is there");
    let begin = format!("<!-- {mark} -->\n");
    let (before, rest) = text.split_once(&begin).expect("the page has the mark");
    let (found, after) = rest.split_once("<!-- end -->").expect("the table has an end");
    if found == expected {
        return;
    }
    if std::env::var("UPDATE").is_ok() {
        let updated = format!("{before}{begin}{expected}<!-- end -->{after}");
        std::fs::write(&path, updated).expect("the page can be written");
        return;
    }
    let differ = found.lines().zip(expected.lines()).find(|(found, expected)| found != expected);
    panic!("{page} differs from the program, first in {differ:#?}; UPDATE=1 rewrites it");
}

#[test]
fn the_operators_page_lists_every_metric() {
    let mut table = String::from("| metric | type | labels | meaning |\n|---|---|---|---|\n");
    for entry in CATALOGUE {
        let labels: Vec<String> = entry.labels.iter().map(|label| format!("`{label}`")).collect();
        let (name, kind) = (entry.name, entry.kind.name());
        let (labels, meaning) = (labels.join(" "), entry.meaning);
        table.push_str(&format!("| `{name}` | {kind} | {labels} | {meaning} |\n"));
    }
    check("docs/operations.md", "metrics", &table);
}

#[test]
fn the_configuration_page_lists_every_key() {
    let mut table = String::from(
        "| section | key | value | default | variable | meaning |\n|---|---|---|---|---|---|\n",
    );
    for spec in KEYS {
        let default = match spec.default {
            "" => String::from("none"),
            default => format!("`{default}`"),
        };
        table.push_str(&format!(
            "| `[{}]` | `{}` | {} | {default} | `{}` | {} |\n",
            spec.section,
            spec.key,
            spec.kind.name(),
            spec.variable(),
            spec.meaning
        ));
    }
    check("docs/configuration.md", "keys", &table);
}
