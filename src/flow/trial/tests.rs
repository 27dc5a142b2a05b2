//! What a test file can want, and how its failures read.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::diagnostic::Faults;
use crate::flow::expression::World;
use crate::flow::load;
use crate::flow::trial::{Report, test};

const BUNDLE: [(&str, &str); 7] = [
    (
        "bundle.yaml",
        "apiVersion: ivr/v1\nkind: Bundle\nid: small\nlanguages: [en]\nnumbers: {\"1\": main}\nevents: {error: main}\n",
    ),
    (
        "flows/main.flow.yaml",
        r##"
apiVersion: ivr/v1
kind: Flow
id: main
title: Main
languages: [en]
start: pick
vars: {pin: {type: string, default: "", max: 4, sensitive: true}, count: {type: int, default: 2}}
events: {input.gave_up: bye, error: bye, queue: bye}
nodes:
  pick: {type: menu, prompt: pick, choices: [{press: "1", next: pin}, {press: "2", next: agent}]}
  pin: {type: collect, prompt: pin, digits: {min: 4, max: 4}, save: pin, next: agent}
  agent:
    type: queue
    queue: care
    class: 1
    need: [{after: 0s, all: ["lang.en >= 3"]}, {after: 20s, all: ["lang.en >= 1"]}]
    wait_flow: comfort
    max_wait: 60s
    next: tagged
  tagged: {type: tag, tag: helped, next: bye}
  bye: {type: play, prompt: bye, next: done, events: {error: done}}
  done: {type: hangup, reason: busy, events: {error: done}}
"##,
    ),
    (
        "flows/comfort.flow.yaml",
        r#"
apiVersion: ivr/v1
kind: Flow
id: comfort
title: While waiting
languages: [en]
start: stay
events: {error: music}
nodes:
  stay: {type: play, prompt: stay, next: music}
  music: {type: play, music: calm, for: 10s, next: stay}
"#,
    ),
    (
        "prompts/all.prompts.yaml",
        "apiVersion: ivr/v1\nkind: Prompts\nprompts:\n  pick: {en: Choose.}\n  pin: {en: Your number.}\n  stay: {en: Please stay.}\n  bye: {en: Goodbye.}\n",
    ),
    (
        "queues/care.queue.yaml",
        "apiVersion: ivr/v1\nkind: Queue\nid: care\nname: {en: Care}\nmusic: calm\n",
    ),
    ("skills.yaml", "apiVersion: ivr/v1\nkind: Skills\nskills: {}\n"),
    ("sectors.yaml", "apiVersion: ivr/v1\nkind: Sectors\nsectors: {}\n"),
];

const HEAD: &str =
    "apiVersion: ivr/v1\nkind: Tests\nflow: main\nclock: \"2026-09-21T09:00:00+04:00\"\ntests:\n";

#[test]
fn a_call_that_does_what_its_test_wants_is_good() {
    passes(
        "[{hears: pick, says: Choose, press: \"2\"}, {queued: {queue: care, class: 1, need: [\"lang.en >= 3\"]}}, {wait: 21s, need: [\"lang.en >= 1\"]}, {answered_for: 30s}, {hears: bye, tag: helped, ends: busy}]",
    );
    passes(
        "[{hears: pick}, {hears: pick}, {silence: 20s}, {hears: pick}, {hears: bye, ends: hangup}]",
    );
    passes("[{keys: \"11234\"}, {queued: {queue: care}}, {wait: 60s}, {hears: bye}]");
    passes("[{press: \"2\"}, {queued: {queue: care}}, {overflow: no_agents}, {hears: bye}]");
    passes(
        "[{press: \"2\"}, {queued: {queue: care}}, {hears: stay}, {hears: stay}, {answered_for: 5s}, {hears: bye}]",
    );
    passes("[{hears: pick, vars: {count: 2}, hangs_up: true}]");
}

#[test]
fn a_failure_names_the_step_what_was_wanted_and_what_was_found() {
    fails(
        "[{hears: pick}, {hears: bye}]",
        "7:28: wanted the prompt `bye`, found the prompt `pick`: Choose.",
    );
    fails("[{hears: pick, says: Hello}]", "7:13: wanted the words `Hello`, found `Choose.`");
    fails(
        "[{press: \"2\"}, {queued: {queue: care, need: [\"lang.en >= 2\"]}}]",
        "7:27: wanted a need of [lang.en >= 2] after 0 s, found [lang.en >= 3]",
    );
    fails(
        "[{answered_for: 5s}]",
        "7:13: wanted a caller who waits for an agent, found a caller who hears nothing more",
    );
    fails(
        "[{press: \"2\", ends: hangup}]",
        "7:13: wanted the end of the call, found the prompt `bye` before it",
    );
    fails("[{vars: {count: 3}}]", "7:13: wanted `3` in `count`, found `2`");
    fails(
        "[{hangs_up: true}, {press: \"1\"}]",
        "7:31: wanted a call that takes the key 1, found a call that has ended",
    );
    fails(
        "[{hangs_up: true, ends: hangup}]",
        "7:13: wanted a call that we end, found the caller left",
    );
    fails("[{tag: helped}]", "7:13: wanted the tag `helped`, found none");
}

#[test]
fn a_sensitive_value_is_not_in_the_report() {
    let report =
        play("[{press: \"1\"}, {keys: \"1357\"}, {vars: {pin: \"0000\"}}]").expect("it is read");
    assert!(!report.is_good());
    assert!(!report.to_text().contains("1357") && !report.to_json().to_string().contains("1357"));
}

#[test]
fn a_test_file_is_checked_before_it_is_played() {
    told(
        "[{hears: pik}]",
        "7:21: unknown-prompt: wanted a prompt of this bundle, found `pik`; nearest is `pick`",
    );
    told("[{heard: pick}]", "unknown-field");
    told("[{queued: {queue: car}}]", "unknown-queue");
    told("[{press: x}]", "wrong-value");
    told("[{vars: {nobody: x}}]", "unknown-variable");
    told("[{ends: hangupp}]", "wrong-value");
    told("[{http: {}}]", "wrong-type");
    told("[{case: opne}]", "wrong-value");
}

#[test]
fn coverage_names_the_nodes_that_no_test_came_by() {
    let report = play("[{hears: pick}, {hears: pick}, {hears: pick}, {hears: bye, ends: hangup}]");
    let report = report.expect("it is read");
    let coverage = &report.coverage[0];
    assert_eq!((coverage.nodes.all, coverage.nodes.percent()), (8, 37));
    assert_eq!(
        coverage.nodes.missed,
        ["comfort.stay", "comfort.music", "main.pin", "main.agent", "main.tagged"]
    );
    assert!(report.is_good());
    let wanted = format!("{HEAD}  - {{name: a, steps: []}}\ncoverage: {{nodes: 90}}\n");
    assert!(!run(&wanted).expect("it is read").is_good());
}

fn passes(steps: &str) {
    let report = play(steps).unwrap_or_else(|faults| panic!("{}", faults.to_text()));
    assert!(report.is_good(), "{steps}\n{}", report.to_text());
}

fn fails(steps: &str, expected: &str) {
    let report = play(steps).unwrap_or_else(|faults| panic!("{}", faults.to_text()));
    let text = report.to_text();
    assert!(text.contains(expected), "{steps}\nwanted {expected}\nin {text}");
}

fn told(steps: &str, expected: &str) {
    let text = play(steps).expect_err("a faulty file").to_text();
    assert!(text.contains(expected), "wanted {expected}\nin {text}");
}

fn play(steps: &str) -> Result<Report, Faults> {
    run(&format!("{HEAD}  - name: a call\n    steps: {steps}\n"))
}

fn run(script: &str) -> Result<Report, Faults> {
    let script = ("tests/main.test.yaml", script);
    let files: BTreeMap<String, String> = BUNDLE
        .into_iter()
        .chain([script])
        .map(|(path, text)| (path.to_owned(), text.to_owned()))
        .collect();
    let bundle = load(&files, None)?;
    test(&files, &Arc::new(World::new(bundle, &BTreeMap::new())))
}

/// A flow that asks others, in the place of the small bundle's.
const ASKING: &str = r##"
apiVersion: ivr/v1
kind: Flow
id: main
title: Main
languages: [en]
start: ask
vars: {state: {type: string, default: ""}, number: {type: string, default: ""}}
events: {error: bye, voicemail: bye, callback: bye}
nodes:
  ask:
    type: http
    request: {method: GET, url: "${env.cases}/cases/7"}
    save: {state: body.state}
    next: open
    events: {error.http.404: mail}
  open: {type: case, do: open, kind: complaint, text: "is ${vars.state}", save: {number: number}, next: write}
  write: {type: message, by: sms, to: "${call.from}", text: opened, args: {n: "${vars.number}"}, next: bye}
  mail: {type: voicemail, prompt: stay, end: "#", next: bye}
  bye: {type: play, prompt: bye, next: done}
  done: {type: hangup}
"##;

fn asks(tail: &str) -> Report {
    let script = format!(
        "apiVersion: ivr/v1\nkind: Tests\nflow: main\nclock: \"2026-09-20T09:00:00+04:00\"\n\
         env: {{cases: \"http://cases\"}}\n{tail}\n"
    );
    let mut files: BTreeMap<String, String> =
        BUNDLE.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
    files.remove("flows/comfort.flow.yaml");
    files.insert("flows/main.flow.yaml".to_owned(), ASKING.to_owned());
    files.insert("tests/main.test.yaml".to_owned(), script);
    for (path, more) in [
        ("bundle.yaml", "env: {cases: null}\n"),
        ("prompts/all.prompts.yaml", "texts: {opened: {en: \"Your case is {n}.\"}}\n"),
    ] {
        files.get_mut(path).expect("it is there").push_str(more);
    }
    let bundle = load(&files, None).unwrap_or_else(|faults| panic!("{}", faults.to_text()));
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    test(&files, &world).unwrap_or_else(|faults| panic!("{}", faults.to_text()))
}

#[test]
fn others_answer_as_the_mocks_say_and_what_is_sent_can_be_asked_for() {
    let report = asks(
        r##"
mocks:
  http: [{get: "*/cases/7", body: {state: open}}]
  case: [{do: open, answers: "4711000000"}]
tests:
  - name: a case is opened
    steps:
      - {http: "GET http://cases/*"}
      - {case: {do: open, kind: complaint, text: "is open"}, message: {by: sms, says: "4711000000"}}
      - {hears: bye, ends: hangup}
  - name: there is none
    mocks: {http: [{any: "*", status: 404}], voicemail: too_short}
    steps: [{hears: stay}, {voicemail: ""}, {hears: bye, ends: hangup}]
  - name: it is slow
    mocks: {http: [{any: "*", fails: timeout}]}
    steps: [{hears: bye, ends: hangup}]
coverage: {nodes: 100, outcomes: 10}"##,
    );
    assert!(report.is_good(), "{}", report.to_text());
    let missed = &report.coverage[0].outcomes.missed;
    assert!(missed.contains(&"main.mail: voicemail.empty".to_owned()), "{missed:?}");
    assert!(!missed.contains(&"main.ask: error.http.404".to_owned()), "{missed:?}");
}

#[test]
fn what_was_not_sent_is_missed_and_told_to_machines_too() {
    let report = asks(
        "mocks: {http: [{any: \"*\", status: 404}]}\n\
         tests: [{name: a <case>, steps: [{case: open}]}]\ncoverage: {outcomes: 90}",
    );
    let text = report.to_text();
    assert!(text.contains("wanted a case: open, found leaves a message"), "{text}");
    let junit = report.to_junit();
    assert!(
        junit.contains("failures=\"2\"") && junit.contains("name=\"a &lt;case&gt;\""),
        "{junit}"
    );
}
