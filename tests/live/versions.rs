//! `hatif bundle`, as an operator gives orders to an engine that runs.

use std::io::Write;
use std::process::Stdio;

use serde_json::Value;

use crate::engine::{Engine, PASSWORD, Setup, copy, edit, free_port, hatif};

const FLOW: &str = "flows/key.flow.yaml";

fn setup() -> Setup {
    let mut setup = Setup::tiny().with_phones("", &[]);
    // It changes nothing but whose copy it is.
    setup.edits = vec![("bundle.yaml", "id: ", "id: ")];
    setup
}

/// What the command says and how it ends: standard output, standard error, exit status.
fn bundle(engine: &Engine, words: &[&str], password: &str) -> (String, String, i32) {
    let mut command = hatif(&engine.folder);
    command.args(["bundle", "--config", "hatif.toml"]).args(words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary was built");
    let mut input = child.stdin.take().expect("a pipe");
    // Where no password is wanted, nobody reads.
    drop(writeln!(input, "{password}"));
    drop(input);
    let output = child.wait_with_output().expect("our own child");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let code = output.status.code().expect("it ends by itself");
    (text(&output.stdout), text(&output.stderr), code)
}

/// An order of the supervisor that is carried out: what it says.
fn good(engine: &Engine, words: &[&str]) -> String {
    let (said, fault, code) = bundle(engine, &[&["--user", "root"], words].concat(), PASSWORD);
    assert_eq!((code, fault.as_str()), (0, ""), "{words:?}: {said}");
    said
}

/// An order that is not: why.
fn bad(engine: &Engine, words: &[&str], expected: i32) -> String {
    let (said, fault, code) = bundle(engine, &[&["--user", "root"], words].concat(), PASSWORD);
    assert_eq!((code, said.as_str()), (expected, ""), "{words:?}: {fault}");
    assert!(fault.starts_with("hatif: "), "{fault}");
    fault
}

fn active(engine: &Engine) -> String {
    let told = good(engine, &["list", "--format", "json"]);
    let told: Value = serde_json::from_str(&told).expect("the API's answer");
    told["active"].as_str().expect("a hash").to_owned()
}

#[test]
fn an_operator_lists_activates_tries_and_rolls_back_versions() {
    let engine = Engine::start(&setup());
    let first = active(&engine);
    let list = good(&engine, &["list"]);
    assert!(list.starts_with(&format!("{}  active ", &first[..12])), "{list}");
    assert!(list.contains("0 calls now, 0 in all") && list.contains("by start"), "{list}");
    assert!(bad(&engine, &["rollback"], 1).contains("no version served before"));

    edit(&engine.folder.join("bundle").join(FLOW), "wait: 30s", "wait: 40s");
    let said = good(&engine, &["activate"]);
    assert!(said.contains("40s") && said.contains("by root (api)"), "{said}");
    let second = active(&engine);
    assert_ne!(first, second);
    let show = good(&engine, &["show"]);
    for word in [&*format!("hash {second}"), "flows ", "what callers hear differently:", "40s"] {
        assert!(show.contains(word), "{word:?} is not in {show}");
    }
    assert!(bad(&engine, &["show", "nowhere"], 1).contains("nothing here of that name"));
    assert!(good(&engine, &["rollback"]).starts_with(&first[..12]));
    assert!(good(&engine, &["activate", &second[..8]]).starts_with(&second[..12]));

    copy(&engine.folder.join("bundle"), &engine.folder.join("next"));
    edit(&engine.folder.join("next").join(FLOW), "wait: 40s", "wait: 50s");
    let tried = ["candidate", "--folder", "next", "--share", "10", "--caller", "+971501234567"];
    assert!(good(&engine, &tried).contains("candidate"));
    let list = good(&engine, &["list"]);
    assert!(list.contains("gets 10 % of the calls, and those of 1 test callers"), "{list}");
    good(&engine, &["drop"]);
    assert!(bad(&engine, &["activate", "candidate"], 1).contains("there is no candidate"));
    good(&engine, &["candidate", "--folder", "next"]);
    let third = good(&engine, &["activate", "candidate"]);
    assert!(active(&engine).starts_with(&third[..12]));
    assert!(bad(&engine, &["candidate", "--folder", "/etc"], 1).contains("beside the bundle's"));
    let history = good(&engine, &["history", "--limit", "2"]);
    assert!(history.contains("promoted") && history.contains("by root (api)"), "{history}");
    engine.stop();
}

#[test]
fn a_refused_bundle_is_told_with_its_places_and_a_wrong_call_is_told_apart() {
    let engine = Engine::start(&setup());
    edit(&engine.folder.join("bundle").join(FLOW), "start: ", "start: no_");
    let said = bad(&engine, &["activate"], 1);
    assert!(said.contains(&format!("{FLOW}:")) && said.contains("wanted"), "{said}");
    assert!(good(&engine, &["list"]).contains("refused "));

    let token = engine.folder.join("token");
    std::fs::write(&token, engine.log_in("root")).expect("the folder is writable");
    let (_, fault, code) = bundle(&engine, &["--token", "token", "list"], "");
    assert_eq!((code, fault.as_str()), (0, ""));
    let (_, fault, code) = bundle(&engine, &["--user", "root", "list"], "wrong");
    assert_eq!(code, 1, "{fault}");
    assert!(fault.contains("wrong name or password"), "{fault}");
    let (_, fault, code) = bundle(&engine, &["list"], "");
    assert_eq!(code, 2, "{fault}");
    assert!(fault.contains("wanted `--user` or `--token`"), "{fault}");
    let nobody = format!("http://{}", free_port());
    for (address, word) in [(&*nobody, "refused"), ("ftp://here", "wanted the address")] {
        assert!(bad(&engine, &["--engine", address, "list"], 2).contains(word));
    }
    let log = engine.end("TERM");
    assert!(log.contains("the new bundle is refused") && !log.contains("panicked"), "{log}");
}
