//! Versions of the bundle that come and go while calls are in flight.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::chromium::{Browser, Microphone, with};
use crate::engine::{Engine, Setup, copy, edit};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(60);
const FLOW: &str = "flows/key.flow.yaml";

/// The bundle whose number 3000 waits for a key and then passes the milestone `v0`.
fn setup() -> Setup {
    let mut setup = Setup::tiny().with_phones("", &[]);
    setup.edits = vec![
        (FLOW, "wait: 30s", "wait: 120s"),
        (
            FLOW,
            "second: {type: play",
            "second: {type: tag, tag: v0, next: last}\n  last: {type: play",
        ),
    ];
    setup
}

/// Calls that press a key after so many milliseconds.
fn call(engine: &Engine, rtp: &Rtp, calls: &str, span: &str) -> Sipp {
    let port = rtp.port().to_string();
    let more =
        ["-s", "3000", "-m", calls, "-r", "50", "-l", calls, "-d", span, "-key", "rtp_port", &port];
    Sipp::call(engine, "lingers", Over::Udp, &more)
}

fn order(engine: &Engine, token: &str, act: &str, body: Value) -> Value {
    let (status, told) = engine.post(token, &format!("/api/v1/bundles/{act}"), body);
    assert_eq!(status, 200, "{act}: {told:#}");
    told
}

/// The version with a field of that value.
fn version<'a>(told: &'a Value, field: &str, value: &Value) -> &'a Value {
    let versions = told["versions"].as_array().expect("a list");
    versions.iter().find(|of| of[field] == *value).unwrap_or_else(|| panic!("{told:#}"))
}

#[test]
fn twenty_reloads_move_none_of_two_hundred_calls() {
    let mut engine = Engine::start(&setup());
    let (token, rtp) = (engine.log_in("root"), Rtp::open());
    let flow = engine.folder.join("bundle").join(FLOW);
    let first = engine.ask(&token, "/api/v1/bundles")["active"].clone();
    let mut callers = vec![call(&engine, &rtp, "200", "40000")];
    let ivr = "ivr_calls_active{stage=\"ivr\"}";
    engine.wait_until("all are in the flow", PATIENCE, |engine| engine.metric(ivr) == 200.0);
    let mut hashes = vec![first.clone()];
    for number in 1..=20 {
        edit(&flow, &format!("tag: v{}", number - 1), &format!("tag: v{number}"));
        let hash = order(&engine, &token, "reload", json!({}))["active"].clone();
        callers.push(call(&engine, &rtp, "2", "3000"));
        engine.wait_until("two calls are on it", PATIENCE, |engine| {
            let told = engine.ask(&token, "/api/v1/bundles");
            version(&told, "hash", &hash)["calls_total"] == 2
        });
        hashes.push(hash);
    }
    let told = engine.ask(&token, "/api/v1/bundles");
    assert_eq!(version(&told, "hash", &first)["calls_now"], 200, "none was cut: {told:#}");
    assert_eq!(version(&told, "hash", &first)["state"], "retired");
    assert_eq!(told["active"], hashes[20]);
    for caller in callers {
        caller.succeed(PATIENCE + Duration::from_secs(30));
    }
    engine.settle(240);
    let mut tags: BTreeMap<String, (Value, usize)> = BTreeMap::new();
    for record in engine.records() {
        assert_eq!(record["ending"], json!({"by": "flow", "cause": "completed"}), "{record:#}");
        let tag = record["tags"][0].as_str().expect("a milestone").to_owned();
        let seen = tags.entry(tag).or_insert_with(|| (record["bundle"].clone(), 0));
        assert_eq!(seen.0, record["bundle"], "one milestone, one version");
        seen.1 += 1;
    }
    for (number, hash) in hashes.iter().enumerate() {
        let wanted = if number == 0 { 200 } else { 2 };
        assert_eq!(tags[&format!("v{number}")], (hash.clone(), wanted), "v{number}");
    }
    check_memory(&engine, &token, &hashes);
    engine.stop();
}

/// Only the version that serves is in memory, and the last ones are listed.
fn check_memory(engine: &Engine, token: &str, hashes: &[Value]) {
    let told = engine.ask(token, "/api/v1/bundles");
    let versions = told["versions"].as_array().expect("a list");
    for version in versions {
        let is_active = version["state"] == "active";
        assert_eq!(version["in_memory"], is_active, "{told:#}");
        assert_eq!(version["calls_now"], 0);
    }
    let history = engine.ask(token, "/api/v1/bundles/history?limit=100");
    let history = history.as_array().expect("a list");
    assert_eq!(history.len(), hashes.len(), "each activation is written down");
    assert!(history.iter().take(20).all(|of| of["deed"] == "reloaded" && of["who"] == "root"));
    let last = "in `key/second`, what it does was v19, now v20";
    assert_eq!(history[0]["changes"], json!([last]));
    assert!(history.iter().take(20).all(|of| of["changes"].as_array().map(Vec::len) == Some(1)));
}

#[test]
fn a_candidate_gets_its_share_of_calls_and_test_callers_and_a_rollback_outlives_a_restart() {
    let mut engine = Engine::start(&setup());
    let (token, rtp) = (engine.log_in("root"), Rtp::open());
    copy(&engine.folder.join("bundle"), &engine.folder.join("next"));
    edit(&engine.folder.join("next").join(FLOW), "tag: v0", "tag: v1");
    let active = engine.ask(&token, "/api/v1/bundles")["active"].clone();
    let half = json!({"path": "next", "share": 50});
    let tried = order(&engine, &token, "candidate", half)["hash"].clone();
    assert_ne!(tried, active);
    call(&engine, &rtp, "60", "300").succeed(PATIENCE);
    engine.settle(60);
    let count = |engine: &Engine, hash: &Value| {
        engine.records().iter().filter(|of| of["bundle"] == *hash).count()
    };
    let shared = count(&engine, &tried);
    assert!((12..=48).contains(&shared), "{shared} of 60 calls");
    assert_eq!(count(&engine, &active), 60 - shared);
    let named = json!({"hash": tried, "share": 0, "callers": ["00971501234567"]});
    order(&engine, &token, "candidate", named);
    call(&engine, &rtp, "5", "300").succeed(PATIENCE);
    engine.settle(65);
    assert_eq!(count(&engine, &tried), shared + 5, "the test caller's calls");
    assert_eq!(order(&engine, &token, "promote", json!({}))["active"], tried);
    call(&engine, &rtp, "1", "300").succeed(PATIENCE);
    assert_eq!(order(&engine, &token, "rollback", json!({}))["active"], active);
    call(&engine, &rtp, "1", "300").succeed(PATIENCE);
    engine.settle(67);
    let last: Vec<Value> =
        engine.records().iter().take(2).map(|of| of["tags"][0].clone()).collect();
    assert_eq!(last, ["v0", "v1"]);
    let mut engine = engine.restart();
    let token = engine.log_in("root");
    assert_eq!(order(&engine, &token, "rollback", json!({"hash": tried}))["active"], tried);
    call(&engine, &rtp, "1", "300").succeed(PATIENCE);
    engine.wait_until("it is recorded", PATIENCE, |engine| engine.records().len() == 68);
    assert_eq!(engine.records()[0]["tags"][0], "v1");
    engine.stop();
}

#[test]
fn browser_flows_show_where_callers_are_and_which_version_serves_them() {
    let mut setup = Setup::default().with_phones("", &[]);
    let unsent = "texts:\n  unsent: {ar: لا شيء, en: Nothing, ur: کچھ نہیں, hi: कुछ नहीं}\nprompts:\n";
    setup.edits = vec![("prompts/main.prompts.yaml", "prompts:\n", unsent)];
    let mut engine = Engine::start(&setup);
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-m", "7", "-l", "7", "-r", "7", "-d", "30000", "-key", "rtp_port", port.as_str()];
    let callers = Sipp::call(&engine, "visit", Over::Udp, &more);
    let ivr = "ivr_calls_active{stage=\"ivr\"}";
    engine.wait_until("all are in the flow", PATIENCE, |engine| engine.metric(ivr) == 7.0);
    let browser = Browser::start(Microphone::Refused, 440.0);
    let page = browser.open("flows", &format!("http://{}/flows", engine.web)).sign_in("root");
    page.see(&with("tests", "state", "passed"));
    let place = "prompts/main.prompts.yaml:4:3 unused-prompt";
    assert!(page.text("warnings").contains(place), "{}", page.text("warnings"));
    page.see("[data-testid=node][data-hour='7']");
    page.see("[data-testid=version][data-state=active][data-calls='7']");
    page.click_at("[data-testid=node][data-hour='7']");
    page.see("[data-testid=node-panel]");
    page.click_at("[data-testid=play]");
    page.see("[data-testid=play][aria-pressed=true]");
    if let Ok(folder) = std::env::var("SHOTS") {
        page.shoot(&format!("{folder}/flows-ar.png"));
        page.click("language-switch");
        page.shoot(&format!("{folder}/flows.png"));
        page.click("language-switch");
    }
    let flow = engine.folder.join("bundle/flows/main.flow.yaml");
    edit(&flow, "prompt: pick_language", "prompt: pick_langauge");
    page.click("reload");
    page.see("[data-testid=order-problem] [data-testid=fault]");
    page.see("[data-testid=refused] [data-testid=fault]");
    assert!(page.text("refused").contains("flows/main.flow.yaml:"), "{}", page.text("refused"));
    if let Ok(folder) = std::env::var("SHOTS") {
        page.shoot(&format!("{folder}/flows-refused-ar.png"));
    }
    edit(&flow, "prompt: pick_langauge", "prompt: pick_language");
    edit(
        &flow,
        "{press: \"9\", next: emergency}\n    events: {input.no_input",
        "{press: \"7\", next: emergency}\n    events: {input.no_input",
    );
    page.click("reload");
    page.see("[data-testid=version][data-state=retired][data-calls='7']");
    page.click_at("[data-testid=version][data-state=active] [data-testid=changes] summary");
    let change = "in `main/language`, key 7 is new and leads to `emergency`";
    assert!(page.text("changes").contains(change), "{}", page.text("changes"));
    page.see("[data-testid=version][data-state=active][data-calls='0']");
    page.click("rollback");
    page.see("[data-testid=version][data-state=active][data-calls='7']");
    callers.succeed(PATIENCE);
    page.see("[data-testid=version][data-state=active][data-calls='0']");
    engine.settle(7);
    let log = engine.end("TERM");
    assert!(log.contains("the new bundle is refused") && !log.contains("panicked"), "{log}");
}

#[test]
fn browser_a_version_is_tried_on_some_calls_and_dropped_from_the_page() {
    let mut engine = Engine::start(&setup());
    copy(&engine.folder.join("bundle"), &engine.folder.join("next"));
    edit(&engine.folder.join("next").join(FLOW), "tag: v0", "tag: v1");
    let browser = Browser::start(Microphone::Refused, 440.0);
    let page = browser.open("flows", &format!("http://{}/flows", engine.web)).sign_in("root");
    page.see("[data-testid=version][data-state=active]");
    page.click_at(".try-out summary");
    page.fill("candidate-path", "next");
    page.fill("candidate-share", "0");
    page.fill("candidate-callers", "+971501234567");
    page.click("candidate-submit");
    page.see("[data-testid=version][data-state=candidate][data-calls='0']");
    let rtp = Rtp::open();
    let callers = call(&engine, &rtp, "3", "6000");
    page.see("[data-testid=version][data-state=candidate][data-calls='3']");
    page.see("[data-testid=version][data-state=active][data-calls='0']");
    if let Ok(folder) = std::env::var("SHOTS") {
        page.click("language-switch");
        page.shoot(&format!("{folder}/flows-candidate.png"));
    }
    callers.succeed(PATIENCE);
    engine.settle(3);
    assert!(engine.records().iter().all(|of| of["tags"][0] == "v1"));
    page.click("promote");
    page.see("[data-testid=version][data-state=retired]");
    page.click("rollback");
    page.miss("[data-testid=version][data-state=candidate]");
    page.click_at(".try-out summary");
    page.see("[data-testid=candidate-from]");
    page.has_no_problems();
    engine.stop();
}
