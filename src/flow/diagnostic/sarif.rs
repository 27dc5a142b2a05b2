//! Faults in the form that code hosts and editors read: SARIF 2.1.0.

use serde_json::{Value, json};

use crate::flow::diagnostic::{Code, Fault, Faults};

/// The published structure that the log follows.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A log of one run over the bundle in `folder`.
///
/// The log names each file by its way from where the program was started, as code hosts want it.
#[must_use]
pub fn to_sarif(faults: &Faults, folder: &str) -> Value {
    let rules: Vec<Value> = Code::ALL.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = faults.faults.iter().map(|fault| result(fault, folder)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "hatif",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn rule(code: Code) -> Value {
    json!({
        "id": code.word(),
        "shortDescription": {"text": code.meaning()},
        "help": {"text": code.help(), "markdown": code.help()},
        "defaultConfiguration": {"level": code.severity().word()},
    })
}

fn result(fault: &Fault, folder: &str) -> Value {
    let place = fault.place;
    let mut message = fault.message();
    if let Some(note) = &fault.note {
        message = format!("{message} ({note})");
    }
    json!({
        "ruleId": fault.code.word(),
        "ruleIndex": Code::ALL.iter().position(|code| *code == fault.code),
        "level": fault.severity.word(),
        "message": {"text": message},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(folder, &fault.file)},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endColumn": place.column.saturating_add(place.width.max(1)),
            },
        }}],
    })
}

/// The way to a file as RFC 3986 §2 spells it: what is no plain letter is a percent sign and two
/// digits.
fn uri(folder: &str, file: &str) -> String {
    let whole = match folder.trim_end_matches('/') {
        "" | "." => file.to_owned(),
        folder => format!("{folder}/{file}"),
    };
    let mut uri = String::new();
    for byte in whole.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::flow::diagnostic::Place;

    #[test]
    fn a_log_has_a_rule_for_each_code_and_a_result_for_each_fault() {
        let place = Place { line: 2, column: 9, width: 8 };
        let fault = Fault::new(Code::UnknownTarget, "flows/a b.flow.yaml", place, "a node")
            .found("langauge")
            .note("look again");
        let warning = Fault::new(Code::UnusedTerm, "z.yaml", Place::START, "a use");
        let log = to_sarif(&Faults::new(vec![fault, warning], &BTreeMap::new()), "ivr-flows/");
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().expect("a list of rules");
        assert_eq!(rules.len(), Code::ALL.len());
        assert!(rules.iter().all(|rule| !rule["help"]["text"].as_str().unwrap_or("").is_empty()));
        let first = &run["results"][0];
        assert_eq!(first["ruleId"], "unknown-target");
        let index = first["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
        assert_eq!(index.map(|index| &rules[index]["id"]), Some(&json!("unknown-target")));
        assert_eq!(first["level"], "error");
        assert_eq!(first["message"]["text"], "wanted a node, found `langauge` (look again)");
        let location = &first["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "ivr-flows/flows/a%20b.flow.yaml");
        let region = json!({"startLine": 2, "startColumn": 9, "endColumn": 17});
        assert_eq!(location["region"], region);
        assert_eq!(run["results"][1]["level"], "warning");
    }
}
