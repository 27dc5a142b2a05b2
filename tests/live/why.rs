//! `hatif why`: asked of an engine that runs, while a caller waits and afterwards, and of its store.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::{Engine, PASSWORD, Setup, Staff, free_port, hatif, pause};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(30);

/// What the command says and how it ends: standard output, standard error, exit status.
fn why(engine: &Engine, words: &[&str]) -> (String, String, i32) {
    let mut command = hatif(&engine.folder);
    command.args(["why", "--config", "hatif.toml"]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary was built");
    let mut input = child.stdin.take().expect("a pipe");
    // Where no password is wanted, nobody reads.
    drop(writeln!(input, "{PASSWORD}"));
    drop(input);
    let output = child.wait_with_output().expect("our own child");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code().expect("it ends by itself"))
}

#[test]
fn a_caller_who_was_refused_and_then_served_is_explained() {
    let phones = [free_port(), free_port()];
    let mut setup = Setup::tiny().with_phones("support=5", &phones);
    setup.staff.last_mut().expect("two agents").skills = "support=1".to_owned();
    let desk = Staff { id: "desk".to_owned(), skills: "other=3".to_owned(), sip: None };
    setup.staff.push(desk);
    let mut engine = Engine::start(&setup);
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let keys = ["-m", "2", "-key", "ring_ms", "100", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-answers", phones[0], &keys);
    let _refuses = Sipp::answer(&engine, "agent-refuses", phones[1], &["-key", "code", "486"]);
    let call = |engine: &Engine, span| {
        let more = ["-s", "4000", "-d", span, "-key", "rtp_port", port.as_str()];
        Sipp::call(engine, "visit", Over::Udp, &more)
    };
    let busy = call(&engine, "4000");
    engine.wait_until("she talks", PATIENCE, |engine| engine.agents("talking") == 1.0);
    let refused = call(&engine, "6000");
    engine.wait_until("the other one declines", PATIENCE, |engine| {
        engine.metric("ivr_agent_offers_total{result=\"rejected\"}") == 1.0
    });
    for sipp in [busy, refused, answers] {
        sipp.succeed(PATIENCE);
    }
    engine.settle(2);
    let records = engine.records();
    let call = records[0]["call"].as_str().expect("an id").to_owned();

    let (said, fault, code) = why(&engine, &[&call, "--user", "root"]);
    assert_eq!((code, fault.as_str()), (0, ""), "{said}");
    let wanted = [
        "wait 1 of 1",
        "Entered the queue `support`",
        "It asks for `support`.",
        "Offered to agent2",
        "agent2 declined",
        "It kept its place; nobody else could take it at once. 2 agents were on duty.",
        "1 in a talk (agent1)",
        "Offered to agent1",
        "Connected with agent1",
    ];
    let mut rest = said.as_str();
    for words in wanted {
        let (_, after) = rest.split_once(words).unwrap_or_else(|| panic!("{words:?}: {said}"));
        rest = after;
    }
    let (arabic, _, code) = why(&engine, &[&call, "--user", "root", "--language", "ar"]);
    assert!(code == 0 && arabic.contains("رفض agent2"), "{arabic}");
    check_doors(&engine, &call);

    let (sums, _, _) = why(&engine, &[&call]);
    assert_eq!(sums, said, "the store says what the engine says");
    let folder = engine.folder.clone();
    engine.signal("TERM");
    while engine.has_ended().is_none() {
        pause(Duration::from_millis(20));
    }
    let (later, fault, code) = why(&engine, &[&call, "--user", "root"]);
    assert_eq!((code, later.as_str()), (0, said.as_str()));
    assert!(fault.contains("reading the store"), "{fault}");
    drop(std::fs::remove_dir_all(folder));
}

fn check_doors(engine: &Engine, call: &str) {
    let path = format!("/api/v1/calls/{call}/why");
    let answer = engine.ask(&engine.log_in("root"), &path);
    let events = answer["tickets"][0]["events"].as_array().expect("a list");
    let kinds: Vec<&Value> = events.iter().map(|event| &event["fact"]["kind"]).collect();
    assert_eq!(kinds.first(), Some(&&json!("entered")));
    assert_eq!(kinds.last(), Some(&&json!("connected")));
    let status = |token: &str, path: &str| engine.status(token, path);
    assert_eq!(status(&engine.log_in("desk"), &path), 403);
    let root = engine.log_in("root");
    assert_eq!(status(&root, &format!("{path}?language=xx")), 400);
    assert_eq!(status(&root, "/api/v1/calls/01ARZ3NDEKTSV4RRFFQ69G5FAV/why"), 404);
    let (_, fault, code) = why(engine, &["01ARZ3NDEKTSV4RRFFQ69G5FAV"]);
    assert_eq!(code, 1, "{fault}");
    let (_, fault, code) = why(engine, &["nonsense"]);
    assert!(code == 2 && fault.contains("wanted the id of a call"), "{fault}");
}

#[test]
fn a_caller_who_still_waits_is_explained() {
    let phone = free_port();
    let mut engine = Engine::start(&Setup::tiny().with_phones("support=5", &[phone]));
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let keys = ["-m", "1", "-key", "ring_ms", "100", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-answers", phone, &keys);
    let more = ["-s", "4000", "-d", "5000", "-key", "rtp_port", port.as_str()];
    let talks = Sipp::call(&engine, "visit", Over::Udp, &more);
    engine.wait_until("she talks", PATIENCE, |engine| engine.agents("talking") == 1.0);
    let waits = Sipp::call(&engine, "visit", Over::Udp, &more);
    engine.wait_until("another one waits", PATIENCE, |engine| {
        engine.metric_sum("ivr_queue_waiting") == 1.0
    });
    let logged = engine.log();
    let mut queued = logged.lines().filter(|line| line.contains("queued"));
    let queued = queued.next_back().and_then(call_in).expect("the log names calls");
    let (said, fault, code) = why(&engine, &[&queued, "--user", "root"]);
    assert_eq!((code, fault.as_str()), (0, ""), "{said}");
    assert!(said.contains("still waiting") && said.contains("1 in a talk (agent1)"), "{said}");
    for sipp in [talks, waits, answers] {
        sipp.succeed(PATIENCE);
    }
    engine.settle(2);
    engine.stop();
}

/// The call that a line of the log is about.
fn call_in(line: &str) -> Option<String> {
    // Without the colours of a terminal.
    let uncoloured = |part| str::strip_prefix(part, '[')?.split_once('m').map(|(_, rest)| rest);
    let plain: String = line.split('\u{1b}').map(|part| uncoloured(part).unwrap_or(part)).collect();
    let (_, after) = plain.split_once("call=")?;
    after.split([' ', ',', '}', '"']).next().map(str::to_owned)
}
