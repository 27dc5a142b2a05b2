//! A caller hangs up, in every stage of a call: nothing is left of it but its record.

use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::{Engine, Setup, free_port};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(20);

/// Calls through a stage twice: after the second time, no more sockets are open than after the
/// first.
fn check(setup: &Setup, calls: usize, visit: impl Fn(&mut Engine)) -> Vec<Value> {
    let mut engine = Engine::start(setup);
    visit(&mut engine);
    engine.settle(calls);
    let before = engine.sockets();
    visit(&mut engine);
    engine.settle(2 * calls);
    engine.wait_until("its sockets are closed", PATIENCE, |engine| engine.sockets() <= before);
    for duty in ["reserved", "ringing", "talking", "held"] {
        assert_eq!(engine.agents(duty), 0.0, "an agent is left {duty}");
    }
    assert_eq!(engine.metric_sum("ivr_routing_invariant_breaches_total"), 0.0);
    let records = engine.records();
    engine.stop();
    records
}

fn endings(records: &[Value]) -> Vec<(&str, &str)> {
    records
        .iter()
        .map(|record| &record["ending"])
        .map(|ending| {
            (ending["by"].as_str().expect("a side"), ending["cause"].as_str().expect("a cause"))
        })
        .collect()
}

#[test]
fn while_it_rings() {
    let mut setup = Setup::tiny().with_phones("", &[]);
    setup.sip = "ring_ms = 2000".to_owned();
    for over in [Over::Udp, Over::Tcp] {
        let records = check(&setup, 1, |engine| {
            let more = ["-s", "2000", "-d", "300", "-key", "rtp_port", "40000"];
            Sipp::call(engine, "gives-up", over, &more).succeed(PATIENCE);
        });
        assert_eq!(endings(&records), [("caller", "cancelled"); 2]);
        assert_eq!(records[0]["answered_at"], Value::Null);
    }
}

#[test]
fn in_a_prompt() {
    for over in [Over::Udp, Over::Tcp] {
        let records = check(&Setup::tiny().with_phones("", &[]), 1, |engine| {
            let rtp = Rtp::open();
            let port = rtp.port().to_string();
            let more = ["-s", "2000", "-d", "500", "-key", "rtp_port", port.as_str()];
            Sipp::call(engine, "visit", over, &more).succeed(PATIENCE);
        });
        assert_eq!(endings(&records), [("caller", "hung_up"); 2]);
        assert!(records[0]["caller_audio"]["sent"].as_u64() > Some(15), "{:#}", records[0]);
    }
}

#[test]
fn while_the_agent_rings() {
    let phone = free_port();
    let records = check(&Setup::tiny().with_phones("support=5", &[phone]), 1, |engine| {
        let rtp = Rtp::open();
        let port = rtp.port().to_string();
        let agent = Sipp::answer(engine, "agent-rings", phone, &["-m", "1"]);
        let more = ["-s", "4000", "-d", "1000", "-key", "rtp_port", port.as_str()];
        Sipp::call(engine, "visit", Over::Udp, &more).succeed(PATIENCE);
        agent.succeed(PATIENCE);
    });
    assert_eq!(endings(&records), [("caller", "hung_up"); 2]);
    assert_eq!(records[0]["left_queue"], "caller_left");
    assert_eq!(records[0]["offers"][0]["result"], "caller_left");
}

#[test]
fn in_talk_while_another_waits() {
    let phone = free_port();
    let records = check(&Setup::tiny().with_phones("support=5", &[phone]), 2, |engine| {
        let rtp = Rtp::open();
        let port = rtp.port().to_string();
        let keys = ["-s", "4000", "-key", "rtp_port", port.as_str()];
        let call = |engine: &Engine, span| {
            Sipp::call(engine, "visit", Over::Udp, &[&keys[..], &["-d", span]].concat())
        };
        let phone_keys = ["-m", "1", "-key", "ring_ms", "200", "-key", "rtp_port", port.as_str()];
        let agent = Sipp::answer(engine, "agent-answers", phone, &phone_keys);
        let first = call(engine, "3000");
        engine.wait_until("they talk", PATIENCE, |engine| engine.agents("talking") == 1.0);
        let second = call(engine, "1000");
        engine.wait_until("the second one waits", PATIENCE, |engine| {
            engine.metric_sum("ivr_queue_waiting") == 1.0
        });
        second.succeed(PATIENCE);
        first.succeed(PATIENCE);
        agent.succeed(PATIENCE);
    });
    assert_eq!(endings(&records), [("caller", "hung_up"); 4]);
    let talks = records.iter().filter(|record| record["agent_audio"] != json!(0));
    let talks = talks.filter(|of| of["conversations"][0]["by"] == "caller").count();
    let waits = records.iter().filter(|of| of["left_queue"] == "caller_left").count();
    assert_eq!((talks, waits), (2, 2), "{records:#?}");
}
