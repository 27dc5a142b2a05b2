//! Agents at SIP phones: who takes a call, who does not, and who hangs up first.

use std::net::UdpSocket;
use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::{Engine, SHORT_NOTICE, Setup, free_port};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(30);

#[test]
fn the_agent_hangs_up_first_and_the_caller_goes_on_to_the_survey() {
    let phone = free_port();
    let mut setup = Setup::default().with_phones("lang.en=5,entity.police=5", &[phone]);
    setup.edits =
        vec![SHORT_NOTICE, ("flows/agent.flow.yaml", "queue.talk_s >= 20", "queue.talk_s >= 1")];
    let mut engine = Engine::start(&setup);
    let (mut rtp, mut agent_rtp) = (Rtp::open(), Rtp::open());
    let (port, agent_port) = (rtp.port().to_string(), agent_rtp.port().to_string());
    let keys = ["-m", "1", "-key", "talk_ms", "2000", "-key", "rtp_port", agent_port.as_str()];
    let agent = Sipp::answer(&engine, "agent-leaves", phone, &keys);
    let caller = Sipp::call(&engine, "ends", Over::Udp, &["-key", "rtp_port", port.as_str()]);
    rtp.first(Duration::from_secs(5));
    for key in ['2', '2', '1', '1'] {
        rtp.listen(Duration::from_millis(300));
        rtp.press(key);
    }
    engine.wait_until("they talk", PATIENCE, |engine| engine.agents("talking") == 1.0);
    check_talk(&mut rtp, &mut agent_rtp);
    agent.succeed(PATIENCE);
    engine.wait_until("the survey asks", PATIENCE, |engine| {
        engine.metric("ivr_flow_node_entries_total{flow=\"csat\",node=\"question\"}") == 1.0
    });
    rtp.listen(Duration::from_millis(500));
    rtp.press('5');
    caller.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["ending"], json!({"by": "flow", "cause": "completed"}));
    assert_eq!(record["tags"], json!(["noticed", "entity.police", "csat.5", "csat.5.police"]));
    let talk = &record["conversations"][0];
    assert_eq!(
        (&talk["agent"], &talk["by"], &talk["line"]),
        (&json!("agent1"), &json!("agent"), &json!("sip"))
    );
    assert_eq!(engine.agents("wrap_up"), 1.0);
    engine.stop();
}

/// What one side says, the other hears.
pub(crate) fn check_talk(caller: &mut Rtp, agent: &mut Rtp) {
    for _ in 0..5 {
        caller.say(&[0x2a; 160]);
        caller.listen(Duration::from_millis(20));
    }
    agent.first(Duration::from_secs(1));
    for _ in 0..25 {
        caller.say(&[0x2a; 160]);
        agent.say(&[0x35; 160]);
        caller.listen(Duration::from_millis(10));
        agent.listen(Duration::from_millis(10));
    }
    let heard = |of: &Rtp, sound| {
        of.heard.iter().filter(|(_, packet)| packet[12..] == [sound; 160]).count()
    };
    let (at_agent, at_caller) = (heard(agent, 0x2a), heard(caller, 0x35));
    assert!(at_agent > 15 && at_caller > 15, "{at_agent} and {at_caller} packets were heard");
}

#[test]
fn the_caller_hangs_up_first_and_the_agents_phone_is_told() {
    let phone = free_port();
    let mut engine = Engine::start(&Setup::tiny().with_phones("support=5", &[phone]));
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let keys = ["-m", "1", "-key", "ring_ms", "300", "-key", "rtp_port", port.as_str()];
    let agent = Sipp::answer(&engine, "agent-answers", phone, &keys);
    let more = ["-s", "4000", "-d", "1500", "-key", "rtp_port", port.as_str()];
    Sipp::call(&engine, "visit", Over::Tcp, &more).succeed(PATIENCE);
    agent.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["ending"], json!({"by": "caller", "cause": "hung_up"}));
    assert_eq!(record["conversations"][0]["by"], "caller");
    assert_eq!(engine.agents("available"), 1.0);
    engine.stop();
}

#[test]
fn who_is_refused_keeps_the_place_and_goes_to_the_next_agent() {
    // The better an agent knows the subject, the sooner she is rung; the last one answers.
    let phones: Vec<_> = (0..6).map(|_| free_port()).collect();
    let silent = UdpSocket::bind(phones[4]).expect("the port is free");
    let mut setup = Setup::tiny().with_phones("support=5", &phones);
    setup.edits = vec![("queues/support.queue.yaml", "ring: 15s", "ring: 2s")];
    setup.staff.last_mut().expect("six agents").skills = "support=1".to_owned();
    setup.staff[4].sip = Some(format!("sip:agent4@{};transport=tcp", phones[3]));
    let mut engine = Engine::start(&setup);
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let refuses = |engine: &Engine, index: usize, code| {
        Sipp::answer(engine, "agent-refuses", phones[index], &["-m", "1", "-key", "code", code])
    };
    let refusing: Vec<Sipp> = (0..)
        .zip(["486", "603", "503"])
        .map(|(index, code)| refuses(&engine, index, code))
        .collect();
    let keys = ["-key", "ring_ms", "300", "-key", "rtp_port", port.as_str()];
    let answers =
        Sipp::answer(&engine, "agent-answers", phones[5], &[&["-m", "1"][..], &keys[..]].concat());
    let more = ["-s", "4000", "-d", "12000", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(&engine, "visit", Over::Udp, &more);
    for sipp in refusing {
        sipp.succeed(PATIENCE);
    }
    engine.wait_until("they talk", PATIENCE, |engine| engine.agents("talking") == 1.0);
    caller.succeed(PATIENCE);
    answers.succeed(PATIENCE);
    drop(silent);
    engine.settle(1);
    let record = engine.record();
    let offers = record["offers"].as_array().expect("a list").iter();
    let mut results: Vec<(String, String)> =
        offers.map(|of| (of["agent"].to_string(), of["result"].to_string())).collect();
    results.sort();
    let wanted = [
        ("agent1", "declined"),
        ("agent2", "declined"),
        ("agent3", "unreachable"),
        ("agent4", "unreachable"),
        ("agent5", "missed"),
        ("agent6", "accepted"),
    ];
    let wanted =
        wanted.map(|(agent, result)| (json!(agent).to_string(), json!(result).to_string()));
    assert_eq!(results, wanted, "{record:#}");
    assert_eq!(record["conversations"].as_array().map(Vec::len), Some(1));
    engine.stop();
}

#[test]
fn who_was_refused_is_served_before_those_who_came_later() {
    let phones = [free_port(), free_port()];
    let mut setup = Setup::tiny().with_phones("support=5", &phones);
    setup.staff.last_mut().expect("two agents").skills = "support=1".to_owned();
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
    let first = call(&engine, "6000");
    engine.wait_until("the first one is refused", PATIENCE, |engine| {
        engine.metric("ivr_agent_offers_total{result=\"rejected\"}") == 1.0
    });
    let second = call(&engine, "4500");
    for sipp in [busy, first, second, answers] {
        sipp.succeed(PATIENCE);
    }
    engine.settle(3);
    let is_served = |of: &Value| of["conversations"] != json!([]);
    let served: Vec<bool> = engine.records().iter().map(is_served).collect();
    assert_eq!(served, [false, true, true], "newest first: {:#?}", engine.records());
    engine.stop();
}
