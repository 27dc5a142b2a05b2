//! Calls out: callers who are taken to somebody outside, through a trunk that SIPp plays.

use std::net::SocketAddr;
use std::time::Duration;

use hatif::audio::{g711, tone};
use hatif::base::codec::Codec;
use serde_json::json;

use crate::agents::check_talk;
use crate::engine::{Engine, Setup, free_port, root};
use crate::sipp::{Over, Rtp, Sipp, Way};

const PATIENCE: Duration = Duration::from_secs(30);

/// The choices of `tests/live/bundle`, with one that is taken outside.
const CHOICES: &str = "      - {press: \"2\", next: to_agent}\n";
const BYE: &str = "  bye: {type: play,";

/// An engine of one key, `3`, that leads to `to`.
fn engine(trunk: SocketAddr, to: &str) -> Engine {
    let choices = format!("{CHOICES}      - {{press: \"3\", next: out}}\n");
    let out = format!(
        "  out:\n    type: transfer\n    to: \"{to}\"\n    ring: 3s\n    next: talked\n    events: {{\
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
