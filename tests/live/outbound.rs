//! Calls out: callers who are taken to somebody outside, through a trunk that SIPp plays.

use std::net::SocketAddr;
use std::time::Duration;

use hatif::audio::{g711, tone};
use hatif::base::codec::Codec;
use serde_json::json;

use crate::agents::check_talk;
use crate::baresip::Phone;
use crate::engine::{Engine, Setup, free_port, pause, root};
use crate::sipp::{Over, Rtp, Sipp, Way};

const PATIENCE: Duration = Duration::from_secs(30);

/// The choices of `tests/live/bundle`, with one that is taken outside.
const CHOICES: &str = "      - {press: \"2\", next: to_agent}\n";
const BYE: &str = "  bye: {type: play,";

/// An engine of one key, `3`, that leads to `to`.
fn engine(trunk: SocketAddr, to: &str) -> Engine {
    engine_by("bridge", trunk, to)
}

fn engine_by(way: &str, trunk: SocketAddr, to: &str) -> Engine {
    let choices = format!("{CHOICES}      - {{press: \"3\", next: out}}\n");
    let out = format!(
        "  out:\n    type: transfer\n    to: \"{to}\"\n    by: {way}\n    ring: 3s\n    next: talked\n    events: {{\
         transfer.busy: busy, transfer.no_answer: late, transfer.denied: denied, transfer: failed}}\n\
         \n  talked: {{type: tag, tag: talked, next: bye}}\n\n  busy: {{type: tag, tag: busy, next: bye}}\
         \n\n  late: {{type: tag, tag: late, next: bye}}\n\n  denied: {{type: tag, tag: denied, next: \
         bye}}\n\n  failed: {{type: tag, tag: failed, next: bye}}\n\n{BYE}"
    );
    let mut setup = Setup::default().with_phones("lang.en=5", &[]);
    setup.bundle = root().join("tests/live/bundle");
    setup.edits = vec![
        ("flows/main.flow.yaml", CHOICES, choices.leak()),
        ("flows/main.flow.yaml", BYE, out.leak()),
    ];
    setup.sip = format!(
        "trunks = [{{ name = \"city\", to = \"udp:{trunk}\", caller_id = \"+97148000000\", \
         prefixes = [\"+9714\", \"05\"], calls_max = 5, per_hour_max = 50 }}]"
    );
    setup.more = "[dial]\ncountry = \"971\"\n".to_owned();
    Engine::start(&setup)
}

/// A caller who presses 3 and stays until the engine hangs up.
fn caller(engine: &Engine, rtp: &mut Rtp) -> Sipp {
    let port = rtp.port().to_string();
    let more = ["-s", "900", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(engine, "ends", Over::Udp, &more);
    rtp.first(Duration::from_secs(5));
    rtp.listen(Duration::from_millis(300));
    rtp.press('3');
    caller
}

#[test]
fn a_caller_talks_outside_and_goes_on_in_the_flow() {
    let trunk = free_port();
    let mut engine = engine(trunk, "050 123 4567");
    let (mut rtp, mut outside) = (Rtp::open(), Rtp::open());
    let port = outside.port().to_string();
    let keys = ["-m", "1", "-key", "talk_ms", "3000", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-leaves", trunk, &keys);
    let caller = caller(&engine, &mut rtp);
    rtp.listen(Duration::from_millis(600));
    check_talk(&mut rtp, &mut outside);
    let invite = answers.message(Way::Received, "INVITE").expect("it was called");
    assert!(invite.contains(&invite_line(trunk)), "{invite}");
    assert!(invite.contains("<sip:+97148000000@"), "{invite}");
    answers.succeed(PATIENCE);
    rtp.listen(Duration::from_millis(500));
    caller.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["ending"], json!({"by": "flow", "cause": "completed"}));
    assert_eq!(record["tags"], json!(["talked"]));
    let transfer = &record["transfers"][0];
    assert_eq!(
        (&transfer["to"], &transfer["result"], &transfer["by"]),
        (&json!("050 123 4567"), &json!("talked"), &json!("outside"))
    );
    assert!(2_000 < transfer["talk_ms"].as_u64().expect("a number"), "{record:#}");
    assert_eq!(engine.metric("ivr_transfers_total{result=\"talked\"}"), 1.0);
    engine.stop();
}

fn invite_line(trunk: SocketAddr) -> String {
    format!("INVITE sip:+971501234567@{trunk} SIP/2.0")
}

#[test]
fn a_caller_who_hangs_up_ends_the_talk_outside() {
    let trunk = free_port();
    let mut engine = engine(trunk, "+97145551234");
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let keys = ["-m", "1", "-key", "ring_ms", "300", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-answers", trunk, &keys);
    let more = ["-s", "900", "-d", "2500", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(&engine, "visit", Over::Tcp, &more);
    rtp.first(Duration::from_secs(5));
    rtp.listen(Duration::from_millis(300));
    rtp.press('3');
    caller.succeed(PATIENCE);
    answers.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["ending"], json!({"by": "caller", "cause": "hung_up"}));
    assert_eq!(record["transfers"][0]["by"], "caller");
    engine.stop();
}

#[test]
fn a_caller_hears_it_ring_until_nobody_has_answered() {
    let trunk = free_port();
    let mut engine = engine(trunk, "04 555 1234");
    let mut rtp = Rtp::open();
    let rings = Sipp::answer(&engine, "agent-rings", trunk, &["-m", "1"]);
    let caller = caller(&engine, &mut rtp);
    rtp.heard.clear();
    rtp.listen(Duration::from_millis(2_500));
    let sounds: Vec<i16> = rtp
        .heard
        .iter()
        .flat_map(|(_, packet)| packet[12..].iter().map(|&byte| g711::decode(Codec::Pcma, byte)))
        .collect();
    let shares = [400.0, 450.0]
        .map(|hertz| sounds.chunks(1_600).map(|some| tone::share(some, hertz)).fold(0.0, f64::max));
    assert!(shares.iter().all(|share| 0.3 < *share), "{shares:?}");
    rings.succeed(PATIENCE);
    rtp.listen(Duration::from_millis(500));
    caller.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["tags"], json!(["late"]));
    assert_eq!(record["transfers"][0]["result"], "no_answer");
    engine.stop();
}

#[test]
fn somebody_outside_is_busy() {
    let trunk = free_port();
    let mut engine = engine(trunk, "+97145551234");
    let mut rtp = Rtp::open();
    let refuses =
        Sipp::answer(&engine, "agent-refuses", trunk, &["-m", "1", "-key", "code", "486"]);
    let caller = caller(&engine, &mut rtp);
    refuses.succeed(PATIENCE);
    rtp.listen(Duration::from_millis(500));
    caller.succeed(PATIENCE);
    engine.settle(1);
    assert_eq!(engine.record()["tags"], json!(["busy"]));
    engine.stop();
}

#[test]
fn the_callers_own_line_takes_her_outside() {
    for (became, tags, transfer) in [
        ("200 OK", json!([]), "referred"),
        ("486 Busy Here", json!(["busy"]), "busy"),
        ("500 No", json!(["failed"]), "failed"),
    ] {
        let trunk = free_port();
        let mut engine = engine_by("refer", trunk, "050 123 4567");
        let mut rtp = Rtp::open();
        let port = rtp.port().to_string();
        let keys = ["-s", "900", "-key", "rtp_port", port.as_str(), "-key", "became", became];
        let caller = Sipp::call(&engine, "referred", Over::Udp, &keys);
        rtp.first(Duration::from_secs(5));
        rtp.listen(Duration::from_millis(300));
        rtp.press('3');
        rtp.listen(Duration::from_millis(500));
        caller.succeed(PATIENCE);
        engine.settle(1);
        let record = engine.record();
        assert_eq!(record["ending"], json!({"by": "flow", "cause": "completed"}));
        assert_eq!(record["tags"], tags, "{record:#}");
        assert_eq!(record["transfers"][0]["result"], transfer);
        engine.stop();
    }
}

#[test]
fn a_line_that_takes_no_refer_leaves_the_caller_in_the_flow() {
    let trunk = free_port();
    let mut engine = engine_by("refer", trunk, "+97145551234");
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let keys = ["-s", "900", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(&engine, "refuses-refer", Over::Tcp, &keys);
    rtp.first(Duration::from_secs(5));
    rtp.listen(Duration::from_millis(300));
    rtp.press('3');
    rtp.listen(Duration::from_millis(500));
    let refer = caller.message(Way::Received, "REFER").expect("it was referred");
    assert!(refer.contains(&format!("Refer-To: <sip:+97145551234@{trunk}>")), "{refer}");
    caller.succeed(PATIENCE);
    engine.settle(1);
    assert_eq!(engine.record()["tags"], json!(["failed"]));
    engine.stop();
}

#[test]
fn a_telephone_of_another_make_calls_whom_it_is_referred_to() {
    let trunk = free_port();
    let mut engine = engine_by("refer", trunk, "+97145551234");
    let outside = Rtp::open();
    let port = outside.port().to_string();
    let keys = ["-m", "1", "-key", "talk_ms", "2000", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-leaves", trunk, &keys);
    let mut phone = Phone::start(&engine, "+971501234567", 700.0);
    phone.dial("900");
    pause(Duration::from_millis(500));
    phone.press('3');
    answers.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["transfers"][0]["result"], "referred", "{record:#}");
    assert_eq!(record["ending"], json!({"by": "flow", "cause": "completed"}));
    engine.stop();
}

#[test]
fn premium_and_foreign_numbers_and_unnamed_hosts_are_denied() {
    for (to, reason) in [
        ("0900 12345", "prefix"),
        ("+882160000000", "prefix"),
        ("sip:front@127.0.0.1:5099", "host"),
    ] {
        let trunk = free_port();
        let mut engine = engine(trunk, to);
        let mut rtp = Rtp::open();
        let caller = caller(&engine, &mut rtp);
        rtp.listen(Duration::from_millis(500));
        caller.succeed(PATIENCE);
        engine.settle(1);
        assert_eq!(engine.record()["tags"], json!(["denied"]), "{to}");
        let metric = format!("ivr_dial_denied_total{{reason=\"{reason}\"}}");
        assert_eq!(engine.metric(&metric), 1.0, "{to}");
        engine.stop();
    }
}

/// The wait flow of `tests/live/bundle`, with a key that takes a call-back.
const CALM: &str = "  calm: {type: play, music: calm, for: 60s, next: calm}";

/// An engine whose callers may press 9 while they wait, with agents at these phones.
fn callback_setup(trunk: SocketAddr, agents: &[SocketAddr], number: &str) -> Setup {
    let calm = format!(
        "  calm: {{type: play, music: calm, for: 60s, keys: \"9\", next: calm, events: {{input.key: \
         ask}}}}\n\n  ask: {{type: leave_queue, take: callback, number: \"{number}\", events: \
         {{callback.rejected_number: rejected, callback: calm}}}}\n\n  rejected: {{type: tag, tag: \
         rejected, next: calm}}"
    );
    let mut setup = Setup::default().with_phones("lang.en=5", agents);
    setup.bundle = root().join("tests/live/bundle");
    setup.edits = vec![("flows/music.flow.yaml", CALM, calm.leak())];
    setup.sip = format!(
        "trunks = [{{ name = \"city\", to = \"udp:{trunk}\", caller_id = \"+97148000000\", \
         prefixes = [\"05\"] }}]"
    );
    setup.more = "[dial]\ncountry = \"971\"\n".to_owned();
    setup
}

/// A caller who chooses the agent, asks for a call-back, and hears the flow out.
fn asks(engine: &mut Engine, more: Duration) -> (Sipp, Rtp) {
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let caller =
        Sipp::call(engine, "ends", Over::Udp, &["-s", "900", "-key", "rtp_port", port.as_str()]);
    rtp.first(Duration::from_secs(5));
    rtp.listen(Duration::from_millis(300));
    rtp.press('2');
    engine.wait_until("the caller waits", PATIENCE, |engine| {
        engine.metric_sum("ivr_queue_waiting") == 1.0
    });
    rtp.listen(more);
    rtp.press('9');
    (caller, rtp)
}

const ASKED: &str = "ivr_callbacks_total{result=\"asked\"}";
const ANSWERED: &str = "ivr_callbacks_total{result=\"answered\"}";

/// The records, those of call-backs last.
fn records(engine: &Engine) -> Vec<serde_json::Value> {
    let mut records = engine.records();
    records.sort_by_key(|record| record["direction"] == "outbound");
    records
}

/// The queue has had one caller, whom no agent answered; the call-back has figures of its own.
fn check_figures(engine: &Engine, result: &str) {
    assert_eq!(engine.metric(&format!("ivr_callbacks_total{{result=\"{result}\"}}")), 1.0);
    assert_eq!(engine.metric_sum("ivr_queue_entered_total"), 1.0);
    assert_eq!(engine.metric_sum("ivr_queue_left_total"), 1.0);
    assert_eq!(engine.metric_sum("ivr_queue_answered_total"), 0.0);
    assert_eq!(engine.metric_sum("ivr_call_answered_total"), 1.0, "the caller's own call");
}

#[test]
fn a_caller_who_keeps_the_place_is_called_back() {
    let (trunk, desk) = (free_port(), free_port());
    let mut engine = Engine::start(&callback_setup(trunk, &[desk], "${call.from}"));
    let (mut citizen, mut agent) = (Rtp::open(), Rtp::open());
    let (port, agent_port) = (citizen.port().to_string(), agent.port().to_string());
    // Her phone is busy while the caller waits, and rings again for the call-back.
    let busy = Sipp::answer(&engine, "agent-refuses", desk, &["-m", "1", "-key", "code", "486"]);
    let (caller, mut rtp) = asks(&mut engine, Duration::from_millis(600));
    rtp.listen(Duration::from_millis(500));
    busy.succeed(PATIENCE);
    engine.wait_until("it is asked for", PATIENCE, |engine| engine.metric(ASKED) == 1.0);
    let keys = ["-m", "1", "-key", "ring_ms", "300", "-key", "rtp_port", agent_port.as_str()];
    let agent_phone = Sipp::answer(&engine, "agent-answers", desk, &keys);
    let keys = ["-m", "1", "-key", "talk_ms", "4000", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-leaves", trunk, &keys);
    caller.succeed(PATIENCE);
    engine.wait_until("the citizen answers", PATIENCE, |engine| engine.metric(ANSWERED) == 1.0);
    // It rang for her while the citizen was called.
    agent.first(Duration::from_secs(2));
    check_talk(&mut agent, &mut citizen);
    let invite = answers.message(Way::Received, "INVITE").expect("the citizen was called");
    assert!(invite.contains(&invite_line(trunk)), "{invite}");
    assert!(invite.contains("<sip:+97148000000@"), "{invite}");
    let invite = agent_phone.message(Way::Received, "INVITE").expect("she was rung");
    assert!(invite.contains("Call-back: "), "{invite}");
    answers.succeed(PATIENCE);
    agent_phone.succeed(PATIENCE);
    engine.settle(2);
    let records = records(&engine);
    assert_eq!(records[0]["left_queue"], "callback", "{records:#?}");
    let back = &records[1];
    assert_eq!((&back["to"], &back["direction"]), (&json!("+971501234567"), &json!("outbound")));
    assert_eq!(back["ending"], json!({"by": "caller", "cause": "hung_up"}));
    assert_eq!(back["conversations"][0]["agent"], "agent1");
    assert_eq!(engine.metric_sum("ivr_queue_abandoned_total"), 0.0);
    check_figures(&engine, "answered");
    let token = engine.log_in("root");
    let owed = engine.ask(&token, "/api/v1/callbacks");
    assert_eq!((&owed[0]["state"], &owed[0]["tries"]), (&json!("done"), &json!(1)), "{owed:#}");
    assert_eq!(owed[0]["number"], "+971501234567");
    engine.stop();
}

#[test]
fn a_citizen_who_does_not_answer_costs_the_agent_nothing_and_is_tried_again_later() {
    let (trunk, desk) = (free_port(), free_port());
    let mut engine = Engine::start(&callback_setup(trunk, &[desk], "0501234567"));
    let agent = Rtp::open();
    let port = agent.port().to_string();
    let busy = Sipp::answer(&engine, "agent-refuses", desk, &["-m", "1", "-key", "code", "486"]);
    let (caller, mut rtp) = asks(&mut engine, Duration::from_millis(600));
    rtp.listen(Duration::from_millis(500));
    busy.succeed(PATIENCE);
    let keys = ["-m", "1", "-key", "ring_ms", "300", "-key", "rtp_port", port.as_str()];
    let agent_phone = Sipp::answer(&engine, "agent-answers", desk, &keys);
    let refuses =
        Sipp::answer(&engine, "agent-refuses", trunk, &["-m", "1", "-key", "code", "486"]);
    caller.succeed(PATIENCE);
    refuses.succeed(PATIENCE);
    agent_phone.succeed(PATIENCE);
    engine.settle(2);
    engine.wait_until("she is free", PATIENCE, |engine| engine.agents("available") == 1.0);
    assert_eq!(records(&engine)[1]["ending"], json!({"by": "outside", "cause": "no_answer"}));
    check_figures(&engine, "not_answered");
    assert_eq!(engine.metric("ivr_queue_callbacks{state=\"resting\"}"), 1.0);
    let token = engine.log_in("root");
    let owed = engine.ask(&token, "/api/v1/callbacks");
    assert_eq!((&owed[0]["state"], &owed[0]["tries"]), (&json!("waiting"), &json!(1)), "{owed:#}");
    let due = owed[0]["due_ms"].as_i64().zip(owed[0]["asked_ms"].as_i64()).expect("numbers");
    assert!(600_000 <= due.0 - due.1, "{owed:#}");
    engine.stop();
}

#[test]
fn a_call_back_outlives_the_engine() {
    let (trunk, desk) = (free_port(), free_port());
    let mut engine = Engine::start(&callback_setup(trunk, &[desk], "0501234567"));
    let busy = Sipp::answer(&engine, "agent-refuses", desk, &["-m", "1", "-key", "code", "486"]);
    let (caller, mut rtp) = asks(&mut engine, Duration::from_millis(600));
    rtp.listen(Duration::from_millis(500));
    busy.succeed(PATIENCE);
    caller.succeed(PATIENCE);
    engine.wait_until("it stands in line", PATIENCE, |engine| {
        engine.metric("ivr_queue_callbacks{state=\"in_line\"}") == 1.0
    });
    let (citizen, agent) = (Rtp::open(), Rtp::open());
    let (port, agent_port) = (citizen.port().to_string(), agent.port().to_string());
    let keys = ["-m", "1", "-key", "ring_ms", "300", "-key", "rtp_port", agent_port.as_str()];
    let agent_phone = Sipp::answer(&engine, "agent-answers", desk, &keys);
    let keys = ["-m", "1", "-key", "talk_ms", "500", "-key", "rtp_port", port.as_str()];
    let answers = Sipp::answer(&engine, "agent-leaves", trunk, &keys);
    engine.kill_and_start();
    answers.succeed(Duration::from_secs(60));
    agent_phone.succeed(PATIENCE);
    engine.wait_until("it is done", PATIENCE, |engine| engine.metric(ANSWERED) == 1.0);
    let token = engine.log_in("root");
    let owed = engine.ask(&token, "/api/v1/callbacks");
    assert_eq!(owed.as_array().map(Vec::len), Some(1), "{owed:#}");
    assert_eq!(owed[0]["state"], "done", "{owed:#}");
    engine.stop();
}

#[test]
fn a_number_outside_the_dial_plan_is_not_called_back() {
    let (trunk, desk) = (free_port(), free_port());
    let mut engine = Engine::start(&callback_setup(trunk, &[desk], "+97190012345"));
    let busy = Sipp::answer(&engine, "agent-refuses", desk, &["-m", "1", "-key", "code", "486"]);
    let (caller, mut rtp) = asks(&mut engine, Duration::from_millis(600));
    rtp.listen(Duration::from_millis(1_500));
    busy.succeed(PATIENCE);
    assert_eq!(engine.metric("ivr_callbacks_total{result=\"rejected\"}"), 1.0);
    assert_eq!(engine.metric("ivr_dial_denied_total{reason=\"prefix\"}"), 1.0);
    assert_eq!(engine.metric_sum("ivr_queue_waiting"), 1.0, "the caller waits on");
    drop(caller);
    drop(engine);
}
