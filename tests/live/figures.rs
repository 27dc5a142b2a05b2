//! The figures that supervisors read: the sums of what callers did, through a crash.

use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::{Engine, Setup, Staff, free_port};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(30);

/// One count, summed over the rows of today.
fn sum(rows: &Value, name: &str) -> u64 {
    let rows = rows["rows"].as_array().expect("a list");
    rows.iter().map(|row| row[name].as_u64().expect("a count")).sum()
}

fn ask(engine: &Engine, wanted: &str) -> Value {
    engine.ask(&engine.log_in("root"), &format!("/api/v1/figures?{wanted}"))
}

/// So many callers are answered and talk for a moment.
fn serve(engine: &mut Engine, phone: std::net::SocketAddr, count: usize) {
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let calls = count.to_string();
    let keys = ["-m", &*calls, "-key", "ring_ms", "100", "-key", "rtp_port", port.as_str()];
    let agent = Sipp::answer(engine, "agent-answers", phone, &keys);
    for _ in 0..count {
        let more = ["-s", "4000", "-d", "1500", "-key", "rtp_port", port.as_str()];
        Sipp::call(engine, "visit", Over::Udp, &more).succeed(PATIENCE);
    }
    agent.succeed(PATIENCE);
}

#[test]
fn figures_agree_with_the_records_and_outlive_a_crash() {
    let phone = free_port();
    let mut setup = Setup::tiny().with_phones("support=5", &[phone]);
    setup.staff.push(Staff { id: "desk".to_owned(), skills: String::new(), sip: None });
    let mut engine = Engine::start(&setup);
    serve(&mut engine, phone, 2);
    engine.settle(2);
    let before = ask(&engine, "by=queue&interval=1d");
    assert_eq!(before["rows"][0]["queue"], "support", "{before:#}");
    assert_eq!((sum(&before, "offered"), sum(&before, "answered")), (2, 2));
    assert_eq!(before["rows"][0]["service_level"], json!(1.0));
    let talks: u64 = engine.records().iter().filter_map(|of| of["talk_ms"].as_u64()).sum();
    let counted = sum(&before, "talk_ms") + sum(&before, "hold_ms");
    // Routing hears of a talk's end a moment after the call.
    assert!(counted.abs_diff(talks) < 500, "{counted} ms counted, {talks} ms recorded");
    let agents = ask(&engine, "by=agent");
    assert_eq!((sum(&agents, "offers"), sum(&agents, "answered")), (2, 2));
    assert_eq!(sum(&agents, "talk_ms"), sum(&before, "talk_ms"));
    assert!(sum(&agents, "available_ms") > 0);
    assert_eq!(ask(&engine, "by=entity&interval=1h")["rows"][0]["entity"], Value::Null);

    engine.crash();
    assert_eq!(ask(&engine, "by=queue&interval=1d"), before);
    serve(&mut engine, phone, 1);
    engine.wait_until("the third is recorded", PATIENCE, |engine| engine.records().len() == 3);
    let after = ask(&engine, "by=queue&interval=1d");
    assert_eq!((sum(&after, "offered"), sum(&after, "answered")), (3, 3), "{after:#}");
    check_forms(&engine);
    engine.stop();
}

fn check_forms(engine: &Engine) {
    let root = engine.log_in("root");
    let page = engine.page(&root, "/api/v1/figures.csv?by=queue&interval=1d");
    let mut lines = page.lines();
    assert!(lines.next().is_some_and(|head| head.starts_with("from,to,queue,offered,carried,")));
    assert!(lines.next().is_some_and(|row| row.contains(",support,3,0,3,")), "{page}");
    let desk = engine.log_in("desk");
    assert_eq!(engine.status(&desk, "/api/v1/figures"), 403);
    for wrong in ["by=trunk", "interval=2h", "from=yesterday", "from=2026-01-02&to=2026-01-01"] {
        assert_eq!(engine.status(&root, &format!("/api/v1/figures?{wrong}")), 400, "{wrong}");
    }
    assert_eq!(engine.status(&root, "/api/v1/figures?from=2020-01-01&to=2026-01-01"), 400);
    let none = ask(engine, "from=2026-01-01&to=2026-01-02");
    assert_eq!(none["rows"], json!([]));
}
