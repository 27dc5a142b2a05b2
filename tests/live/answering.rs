//! A call comes in: how it is answered, what it hears, which way its keys lead.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use crate::engine::{Engine, Setup, free_port, pause};
use crate::sipp::{Over, Rtp, Sipp, Stalls, Way};

const PATIENCE: Duration = Duration::from_secs(20);

fn check_answer(over: Over) {
    let mut engine = Engine::start(&Setup::tiny().with_phones("", &[]));
    let stalls = Stalls::watch();
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-s", "2000", "-d", "3000", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(&engine, "visit", over, &more);
    let first = rtp.first(Duration::from_secs(5));
    let first = SystemTime::now() - first.elapsed();
    rtp.listen(Duration::from_millis(300));
    let before = rtp.heard.len();
    let stalled_before = stalls.lost();
    rtp.listen(Duration::from_secs(2));
    let heard = rtp.heard.len() - before;
    let stall = stalls.lost();
    let stalled = usize::try_from(stall.as_millis() / 20).expect("few");
    let wanted = 97_usize.saturating_sub(stalled)..=103 + stalled;
    assert!(wanted.contains(&heard), "{heard} packets in 2 s, the machine lost {stall:?}");
    let after = first.duration_since(caller.sent_at("ACK")).unwrap_or_default();
    assert!(
        after < Duration::from_millis(40) + stalled_before,
        "the prompt begins {after:?} after the ACK"
    );
    check_stream(&rtp);
    caller.succeed(PATIENCE);
    engine.settle(1);
    assert_eq!(engine.record()["ending"], json!({"by": "caller", "cause": "hung_up"}));
    engine.stop();
}

/// One stream: one source, A-law, each number and each 20 ms once, the first packet marked.
fn check_stream(rtp: &Rtp) {
    let of = |packet: &[u8]| {
        let number = u16::from_be_bytes([packet[2], packet[3]]);
        let stamp = u32::from_be_bytes([packet[4], packet[5], packet[6], packet[7]]);
        (number, stamp, packet[8..12].to_vec())
    };
    let packets = rtp.heard.iter().map(|(_, packet)| packet.as_slice());
    assert!(packets.clone().all(|packet| packet.len() == 172 && packet[1] & 0x7f == 8));
    assert_eq!(rtp.heard[0].1[1], 0x88, "the first packet begins a talk spurt");
    let packets: Vec<_> = packets.map(of).collect();
    for pair in packets.windows(2) {
        let ((number, stamp, source), (next, later, same)) = (&pair[0], &pair[1]);
        assert_eq!(
            (number.wrapping_add(1), stamp.wrapping_add(160), source),
            (*next, *later, same)
        );
    }
}

#[test]
fn a_call_over_udp_is_answered_and_hears_its_prompt_at_once() {
    check_answer(Over::Udp);
}

#[test]
fn a_call_over_tcp_is_answered_and_hears_its_prompt_at_once() {
    check_answer(Over::Tcp);
}

#[test]
fn keys_of_rfc_4733_lead_to_the_queue_and_the_record_tells_the_way() {
    let record = visit_to_the_police('2');
    let steps = record["path"]["steps"].as_array().expect("a path");
    let step = |of: &Value| (of["node"].as_str().expect("a node").to_owned(), of["keys"].clone());
    let main = steps.iter().filter(|of| of["flow"] == "main").map(step).collect::<Vec<_>>();
    let wanted = [
        ("language", json!("2")),
        ("notice", Value::Null),
        ("sector", json!("2")),
        ("entity", json!("1")),
        ("chosen", Value::Null),
        ("needs_more", Value::Null),
        ("police", Value::Null),
        ("onward", Value::Null),
        ("to_agent", Value::Null),
    ];
    let wanted = wanted.map(|(node, keys)| (node.to_owned(), keys));
    let main: Vec<_> = main.into_iter().take(wanted.len()).collect();
    assert_eq!(main, wanted, "{record:#}");
    assert_eq!(record["language"], "en");
    assert_eq!((&record["entity"], &record["queue"]), (&json!("police"), &json!("citizen_care")));
    assert_eq!((&record["from"], &record["to"]), (&json!("+971501234567"), &json!("800")));
    assert_eq!(record["left_queue"], "caller_left");
}

#[test]
fn a_caller_whose_language_nobody_on_duty_speaks_reaches_who_is_there_at_once() {
    for (key, language) in [('3', "ur"), ('4', "hi")] {
        let record = visit_to_the_police(key);
        assert_eq!(record["language"], language);
        assert_eq!(
            (&record["entity"], &record["left_queue"]),
            (&json!("police"), &json!("caller_left"))
        );
    }
}

#[test]
fn a_call_is_held_taken_back_and_refreshed() {
    let mut engine = Engine::start(&Setup::tiny().with_phones("", &[]));
    let (mut rtp, mut second) = (Rtp::open(), Rtp::open());
    let (port, second_port) = (rtp.port().to_string(), second.port().to_string());
    let keys = ["-key", "rtp_port", port.as_str(), "-key", "second_port", second_port.as_str()];
    let caller = Sipp::call(&engine, "hold", Over::Udp, &[&["-s", "2000"][..], &keys[..]].concat());
    rtp.first(Duration::from_secs(5));
    rtp.listen(Duration::from_millis(3_100));
    second.first(Duration::from_secs(5));
    second.listen(Duration::from_millis(500));
    assert!(second.heard.iter().all(|(_, packet)| packet[1] & 0x7f == 0), "the other codec");
    caller.succeed(PATIENCE);
    engine.settle(1);
    engine.stop();
}

#[test]
fn an_offer_in_our_own_answer_brings_audio() {
    let mut engine = Engine::start(&Setup::tiny().with_phones("", &[]));
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-s", "2000", "-d", "1000", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(&engine, "late-offer", Over::Udp, &more);
    rtp.first(Duration::from_secs(5));
    rtp.listen(Duration::from_millis(500));
    assert!(rtp.heard.len() > 15, "{} packets", rtp.heard.len());
    assert!(rtp.heard.iter().all(|(_, packet)| packet[1] & 0x7f == 0), "the codec of the answer");
    caller.succeed(PATIENCE);
    engine.settle(1);
    engine.stop();
}

#[test]
fn what_cannot_be_served_is_refused_and_recorded() {
    let mut engine = Engine::start(&Setup::tiny().with_phones("", &[]));
    let refused = |engine: &Engine, number, payload, code, over| {
        let keys = ["-s", number, "-key", "payload", payload, "-key", "code", code];
        Sipp::call(engine, "refused", over, &keys).succeed(PATIENCE);
    };
    for over in [Over::Udp, Over::Tcp] {
        refused(&engine, "5555", "8", "404", over);
        refused(&engine, "2000", "9", "488", over);
        Sipp::call(&engine, "options", over, &[]).succeed(PATIENCE);
    }
    engine.settle(4);
    let causes: Vec<Value> = engine.records().iter().map(|of| of["ending"].clone()).collect();
    let wanted = ["no_common_codec", "unknown_number", "no_common_codec", "unknown_number"];
    assert_eq!(causes, wanted.map(|cause| json!({"by": "system", "cause": cause})));
    engine.stop();
}

#[test]
fn a_call_from_no_trunk_of_ours_is_forbidden() {
    let mut setup = Setup::tiny().with_phones("", &[]);
    let trunks = "trunks = [{ name = \"carrier\", from = [\"192.0.2.0/24\"] }]";
    setup.sip = trunks.to_owned();
    let engine = Engine::start(&setup);
    let keys = ["-s", "2000", "-key", "payload", "8", "-key", "code", "403"];
    let caller = Sipp::call(&engine, "refused", Over::Udp, &keys);
    pause(Duration::from_millis(500));
    assert!(caller.message(Way::Received, "SIP/2.0 403").is_some());
    caller.succeed(PATIENCE);
    assert!(engine.is_empty());
    engine.stop();
}

/// The record of a caller who chooses a language by its key, then the police and a general matter.
/// The telephone of the one agent on duty, who speaks English, rings until the caller leaves.
fn visit_to_the_police(language: char) -> Value {
    let phone = free_port();
    let setup = Setup::default().with_phones("lang.en=5,entity.police=5", &[phone]);
    let mut engine = Engine::start(&setup);
    let agent = Sipp::answer(&engine, "agent-rings", phone, &["-m", "1"]);
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let caller = Sipp::call(
        &engine,
        "visit",
        Over::Udp,
        &["-d", "10000", "-key", "rtp_port", port.as_str()],
    );
    rtp.first(Duration::from_secs(5));
    for key in [language, '2', '1', '1'] {
        rtp.listen(Duration::from_millis(400));
        rtp.press(key);
    }
    caller.succeed(PATIENCE);
    agent.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    engine.stop();
    record
}
