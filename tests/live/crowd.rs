//! Two hundred callers at once, twenty agents, and everybody hangs up when it pleases them.

use std::time::Duration;

use crate::engine::{Engine, SHORT_NOTICE, Setup, free_port};
use crate::sipp::{Over, Rtp, Sipp};

const CALLS: usize = 200;
const AGENTS: usize = 20;
/// How long callers are patient, in milliseconds; as many of each kind.
const PATIENCES: [&str; 10] =
    ["150", "700", "1900", "3100", "5300", "8900", "12000", "15000", "19000", "24000"];

#[test]
fn two_hundred_calls_at_once_leave_two_hundred_records_and_nothing_else() {
    let phone = free_port();
    let mut setup =
        Setup::default().with_phones("lang.en=5,lang.ar=5,entity.police=5", &[phone; AGENTS]);
    setup.edits =
        vec![SHORT_NOTICE, ("queues/citizen_care.queue.yaml", "wrap_up: 30s", "wrap_up: 1s")];
    let mut engine = Engine::start(&setup);
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let agent =
        ["-key", "ring_ms", "400", "-key", "talk_ms", "1700", "-key", "rtp_port", port.as_str()];
    let _agents = Sipp::answer(&engine, "agent-crowd", phone, &agent);
    let many = (CALLS / PATIENCES.len()).to_string();
    let keys =
        ["-m", many.as_str(), "-r", "20", "-l", many.as_str(), "-key", "rtp_port", port.as_str()];
    let callers: Vec<Sipp> = (0..)
        .zip(PATIENCES)
        .map(|(index, patience)| {
            let over = if index % 3 == 2 { Over::Tcp } else { Over::Udp };
            let more = [&keys[..], &["-key", "patience_ms", patience]].concat();
            Sipp::call(&engine, "crowd", over, &more)
        })
        .collect();
    for caller in callers {
        caller.succeed(Duration::from_secs(60));
    }
    engine.settle(CALLS);
    check_sums(&mut engine);
    engine.stop();
}

fn check_sums(engine: &mut Engine) {
    let all_free = |engine: &Engine| engine.agents("available") == AGENTS as f64;
    engine.wait_until("every agent is free", Duration::from_secs(10), all_free);
    let sum = |name: &str| {
        let sum = engine.metric_sum(name).to_string();
        sum.parse::<usize>().expect("a whole number")
    };
    assert_eq!(sum("ivr_call_attempts_total"), CALLS);
    assert_eq!(sum("ivr_call_answered_total"), CALLS);
    assert_eq!(sum("ivr_call_ended_total"), CALLS);
    let (entered, answered) = (sum("ivr_queue_entered_total"), sum("ivr_queue_answered_total"));
    let (abandoned, left) = (sum("ivr_queue_abandoned_total"), sum("ivr_queue_left_total"));
    assert_eq!(entered, answered + abandoned + left, "{answered} {abandoned} {left}");
    assert!(answered > 40 && abandoned > 20, "{answered} answered, {abandoned} abandoned");
    assert_eq!(sum("ivr_routing_invariant_breaches_total"), 0);
    assert_eq!(sum("ivr_events_lost_total"), 0);
    let records = engine.records();
    let talks =
        records.iter().filter(|of| of["conversations"].as_array().is_some_and(|of| of.len() == 1));
    assert_eq!(talks.count(), answered);
    let gone = records.iter().filter(|of| of["left_queue"] == "caller_left").count();
    assert_eq!(gone, abandoned);
    assert_eq!(records.iter().filter(|of| !of["queue"].is_null()).count(), entered);
}
