//! `hatif test --sip`: the shipped bundle's tests as real calls.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::engine::{Engine, Setup, hatif, json, root};

/// Plays tests of the shipped bundle, and hands back how it ended and what it said.
fn rehearse(options: &[&str]) -> (Output, Value) {
    let mut command = hatif(&root());
    let output = command.args(["test", "ivr-flows", "--format", "json"]).args(options).output();
    let output = output.expect("the binary was built");
    let report = json(&String::from_utf8_lossy(&output.stdout));
    (output, report)
}

fn of(report: &Value, what: &str) -> Vec<Value> {
    let tests = report["tests"].as_array().expect("a list").iter();
    tests.filter(|test| !test[what].is_null()).cloned().collect()
}

#[test]
fn tests_of_the_shipped_bundle_pass_over_real_lines() {
    // All of them at the pace of the wall clock take ten minutes: the longest wait is that long.
    let is_soak = std::env::var_os("SOAK").is_some();
    let runs: &[&[&str]] = if is_soak {
        &[&["--sip", "self"]]
    } else {
        &[
            &["--sip", "self", "--pace", "4", "--only", "courts"],
            &["--sip", "self", "--pace", "4", "--only", "instead"],
        ]
    };
    for run in runs {
        let (output, report) = rehearse(run);
        assert!(of(&report, "failure").is_empty(), "{run:?}: {:#?}", of(&report, "failure"));
        assert!(of(&report, "skipped").is_empty(), "{run:?}: {:#?}", of(&report, "skipped"));
        assert!(output.status.success());
    }
}

#[test]
fn a_strange_engine_is_judged_by_what_is_heard_and_the_rest_is_left_out_by_name() {
    let bundle = root().join("ivr-flows");
    let engine = Engine::start(&Setup { bundle, ..Setup::default() });
    let uri = format!("sip:{}", engine.sip);
    let (output, report) = rehearse(&["--sip", &uri, "--only", "main"]);
    assert!(of(&report, "failure").is_empty(), "{:#?}", of(&report, "failure"));
    let played = of(&report, "name").len() - of(&report, "skipped").len();
    assert!(played >= 3, "{report:#}");
    assert!(!of(&report, "skipped").is_empty());
    assert!(output.status.success());
    engine.stop();
}

#[test]
fn what_is_not_heard_fails_and_nobody_to_call_is_said() {
    let folder = crate::engine::folder();
    crate::engine::copy(Path::new(&root().join("ivr-flows")), &folder);
    let file = folder.join("tests/courts.test.yaml");
    crate::engine::edit(&file, "{hears: next_hearing, says: Monday}", "{hears: goodbye}");
    let folder = folder.to_string_lossy();
    let mut command = hatif(&root());
    let run = ["test", &folder, "--sip", "self", "--pace", "4", "--only", "courts"];
    let output = command.args(run).output().expect("the binary was built");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("wanted the prompt `goodbye`, found the prompt `next_hearing`"),
        "{text}"
    );
    assert!(text.contains("17 tests, 1 failed"), "{text}");
    let mut command = hatif(&root());
    let nobody = ["test", "ivr-flows", "--sip", "tel:800"];
    let output = command.args(nobody).output().expect("the binary was built");
    assert_eq!(output.status.code(), Some(2));
}
