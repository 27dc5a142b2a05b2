//! `hatif test --sip`: the shipped bundle's tests as real calls.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use serde_json::Value;

use crate::engine::{Engine, Setup, copy, folder, hatif, json, root};

/// Calls that take seconds: one that passes, one that fails, and one that asks for the queue.
const SHORT: &str = r#"
apiVersion: ivr/v1
kind: Tests
flow: main
clock: "2026-09-22T10:00:00+04:00"
tests:
  - name: good
    steps: [{hears: pick_language, press: "2"}, {hears: recording_notice, says: "This call may be recorded"}, {hears: pick_sector, hangs_up: true}]
  - name: another prompt
    steps: [{hears: pick_language, press: "2"}, {hears: goodbye}]
  - name: other words
    steps: [{hears: pick_language, press: "2"}, {hears: recording_notice, says: "Good morning"}]
  - name: the queue
    steps: [{hears: pick_language, press: "2"}, {hears: recording_notice, press: "0"}, {queued: {queue: citizen_care}}]
"#;

/// Plays tests, and hands back how it ended and what it said.
fn rehearse(bundle: &str, options: &[&str]) -> (Output, Value) {
    let mut command = hatif(&root());
    let output = command.args(["test", bundle, "--format", "json"]).args(options).output();
    let output = output.expect("the binary was built");
    let report = json(&String::from_utf8_lossy(&output.stdout));
    (output, report)
}

/// The names of the tests of which something is told, with what is.
fn of<'r>(report: &'r Value, what: &str) -> Vec<(&'r str, &'r Value)> {
    let tests = report["tests"].as_array().expect("a list").iter();
    let told = tests.filter(|test| !test[what].is_null());
    told.map(|test| (test["name"].as_str().expect("a name"), &test[what])).collect()
}

/// The shipped bundle with the short tests alone.
fn short() -> PathBuf {
    let folder = folder();
    copy(&root().join("ivr-flows"), &folder);
    fs::remove_dir_all(folder.join("tests")).expect("the folder is writable");
    fs::create_dir(folder.join("tests")).expect("the folder is writable");
    fs::write(folder.join("tests/short.test.yaml"), SHORT).expect("the folder is writable");
    folder
}

#[test]
fn tests_of_the_shipped_bundle_pass_over_real_lines() {
    // All of them at the pace of the wall clock take ten minutes: the longest wait is that long.
    let is_soak = std::env::var_os("SOAK").is_some();
    let part: &[&str] = if is_soak { &[] } else { &["--pace", "4", "--only", "courts"] };
    let (output, report) = rehearse("ivr-flows", &[&["--sip", "self"], part].concat());
    assert_eq!(of(&report, "failure"), []);
    assert_eq!(of(&report, "skipped"), []);
    assert!(output.status.success());
}

#[test]
fn what_is_not_heard_fails() {
    let bundle = short();
    let (output, report) = rehearse(&bundle.to_string_lossy(), &["--sip", "self", "--pace", "4"]);
    let failures: Vec<(&str, &str)> = of(&report, "failure")
        .into_iter()
        .map(|(name, failure)| (name, failure["found"].as_str().expect("a text")))
        .collect();
    let notice = "This call may be recorded. In an emergency, hang up and dial nine, nine, nine.";
    let prompt = format!("the prompt `recording_notice`: {notice}");
    let words = format!("`{notice}`");
    assert_eq!(failures, [("another prompt", &*prompt), ("other words", &*words)]);
    assert_eq!(of(&report, "skipped"), []);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_strange_engine_is_judged_by_what_is_heard_and_the_rest_is_left_out_by_name() {
    let engine = Engine::start(&Setup::default());
    let (bundle, uri) = (short(), format!("sip:{}", engine.sip));
    let (output, report) = rehearse(&bundle.to_string_lossy(), &["--sip", &uri]);
    let names: Vec<&str> = of(&report, "failure").into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["another prompt", "other words"]);
    let left = Value::from("a caller does not see the queue");
    assert_eq!(of(&report, "skipped"), [("the queue", &left)]);
    assert_eq!(output.status.code(), Some(1));
    engine.stop();
}

#[test]
fn nobody_to_call_is_said() {
    for uri in ["tel:800", "sips:127.0.0.1", "nobody"] {
        let run = ["test", "ivr-flows", "--sip", uri];
        let output = hatif(&root()).args(run).output().expect("the binary was built");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(2), "{uri}: {text}");
        assert!(text.contains("wanted `self` or an address"), "{text}");
    }
}
