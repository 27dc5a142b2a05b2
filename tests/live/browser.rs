//! Agents at real desks in a real Chromium, with baresip or another browser as the caller.
//!
//! Every side speaks a tone of its own; who hears whom is said by frequency.

use std::time::Duration;

use serde_json::{Value, json};

use crate::baresip::Phone;
use crate::chromium::{Browser, Microphone, Page, id, with};
use crate::engine::{Engine, Setup, Staff, pause, root};

/// What callers speak, and what agents speak.
const CALLER: f64 = 600.0;
const AGENT: f64 = 1_000.0;
const SECOND_AGENT: f64 = 1_400.0;

const NUMBER: &str = "+971501234512";

/// An engine with one key to an agent, and two agents.
fn engine() -> Engine {
    let staff = ["root", "maryam", "omar"].map(|id| Staff {
        id: id.to_owned(),
        skills: "lang.ar=5,lang.en=5,entity.power=5".to_owned(),
        sip: None,
    });
    let bundle = root().join("tests/live/bundle");
    Engine::start(&Setup { bundle, staff: staff.into(), ..Setup::default() })
}

/// The same with the shipped bundle.
fn shipped() -> Engine {
    let staff = ["root", "maryam"].map(|id| Staff {
        id: id.to_owned(),
        skills: "lang.ar=5,lang.en=5,entity.power=5".to_owned(),
        sip: None,
    });
    Engine::start(&Setup { staff: staff.into(), ..Setup::default() })
}

/// Calls, and walks the menu to the queue.
fn call(engine: &Engine, number: &str, voice: f64) -> Phone {
    let mut phone = Phone::start(engine, number, voice);
    dial(&mut phone);
    phone
}

fn dial(phone: &mut Phone) {
    phone.dial("900");
    phone.press('2');
}

/// A caller rings at a desk, and the agent answers.
fn connect(engine: &Engine, desk: Page<'_>) -> Phone {
    let mut phone = call(engine, NUMBER, CALLER);
    accept(desk);
    phone.hears(AGENT);
    desk.hears(CALLER);
    phone
}

fn accept(desk: Page<'_>) {
    desk.see(&id("ring"));
    desk.click("accept");
    desk.see_duty("talking");
}

/// The one record of the one call, once nothing is left of it.
fn only_record(engine: &mut Engine) -> Value {
    engine.settle(1);
    engine.record()
}

/// Who talked with the caller, in order.
fn talked(record: &Value) -> Vec<&str> {
    let talks = record["conversations"].as_array().expect("a list of talks").iter();
    talks.map(|talk| talk["agent"].as_str().expect("an agent")).collect()
}

#[test]
fn a_phone_and_a_desk_hear_each_other_and_hold_and_mute_are_heard() {
    let mut engine = engine();
    let browser = Browser::start(Microphone::Granted, AGENT);
    let desk = browser.desk("desk", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);

    desk.click("mute");
    desk.see(&with("talk", "muted", "true"));
    phone.hears_nothing();
    desk.hears(CALLER);
    desk.click("mute");
    desk.see(&with("talk", "muted", "false"));
    phone.hears(AGENT);

    desk.click("hold");
    desk.see_duty("held");
    phone.hears_music(AGENT);
    desk.hears_nothing();
    desk.click("hold");
    desk.see_duty("talking");
    phone.hears(AGENT);
    desk.hears(CALLER);

    phone.hang_up();
    desk.see_duty("wrap_up");
    desk.see_duty("available");
    desk.has_no_problems();
    let record = only_record(&mut engine);
    assert_eq!(record["from"], json!(NUMBER));
    assert_eq!(talked(&record), ["maryam"]);
    assert_eq!(record["ending"], json!({"by": "caller", "cause": "hung_up"}));
    drop(browser);
    engine.stop();
}

#[test]
fn a_mute_ends_with_its_call() {
    let mut engine = engine();
    let browser = Browser::start(Microphone::Granted, AGENT);
    let desk = browser.desk("desk", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);
    desk.click("mute");
    phone.hears_nothing();
    phone.hang_up();
    desk.see_duty("available");

    dial(&mut phone);
    accept(desk);
    desk.see(&with("talk", "muted", "false"));
    phone.hears(AGENT);
    desk.click("hangup");
    engine.settle(2);
    drop(browser);
    engine.stop();
}

#[test]
fn a_citizen_in_a_browser_reads_captions_presses_keys_and_talks_to_a_desk() {
    let mut engine = shipped();
    let agents = Browser::start(Microphone::Granted, AGENT);
    let desk = agents.desk("desk", &engine).sign_in("maryam").go_available();
    let mut earlier = Phone::start(&engine, NUMBER, CALLER);
    earlier.dial("800");
    // Arabic, services, electricity and water, a power cut: an agent at any hour.
    for _ in 0..4 {
        earlier.press('1');
        pause(Duration::from_millis(300));
    }
    accept(desk);

    let callers = Browser::start(Microphone::Granted, CALLER);
    let caller = callers.open("caller", &format!("http://{}/call", engine.web));
    caller.fill("number", "800");
    caller.click("call");
    for prompt in ["pick_language", "pick_sector", "pick_entity", "pick_outage"] {
        caller.see(&with("caption", "prompt", prompt));
        caller.click("key-1");
    }
    caller.see_state("queued");
    assert!(caller.text("captions").contains("For English, press two."));
    earlier.hang_up();
    desk.click("wrapup-end");
    accept(desk);
    caller.see_state("talking");
    caller.hears(AGENT);
    desk.hears(CALLER);
    assert!(desk.text("caller-entity").contains("هيئة الكهرباء والمياه"));
    assert_eq!(caller.text("pressed").matches('1').count(), 4);

    desk.click("hold");
    caller.see_state("held");
    desk.hears_nothing();
    desk.click("hold");
    caller.see_state("talking");
    caller.hears(AGENT);

    desk.click("hangup");
    caller.see_state("ended");
    desk.see_duty("wrap_up");
    desk.has_no_problems();
    caller.has_no_problems();
    engine.settle(2);
    let records = engine.records();
    let record = records.iter().find(|record| record["line"] == json!("webrtc"));
    let record = record.expect("the browser's record");
    assert_eq!(talked(record), ["maryam"]);
    assert_eq!(record["entity"], json!("power"));
    assert_eq!(record["language"], json!("ar"));
    assert_eq!(record["queue"], json!("citizen_care"));
    drop((agents, callers));
    engine.stop();
}

#[test]
fn a_reloaded_desk_goes_on_with_its_call() {
    let mut engine = engine();
    let browser = Browser::start(Microphone::Granted, AGENT);
    let desk = browser.desk("desk", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);

    desk.reload();
    desk.see_duty("talking");
    desk.touch();
    phone.hears(AGENT);
    desk.hears(CALLER);

    desk.click("hangup");
    desk.see_duty("wrap_up");
    let record = only_record(&mut engine);
    assert_eq!(talked(&record), ["maryam"]);
    drop(browser);
    engine.stop();
}

#[test]
fn a_mute_outlives_a_reload() {
    let mut engine = engine();
    let browser = Browser::start(Microphone::Granted, AGENT);
    let desk = browser.desk("desk", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);
    desk.click("mute");
    phone.hears_nothing();

    desk.reload();
    desk.see(&with("talk", "muted", "true"));
    desk.see_duty("talking");
    desk.touch();
    desk.hears(CALLER);
    phone.hears_nothing();
    desk.click("mute");
    phone.hears(AGENT);
    phone.hang_up();
    engine.settle(1);
    drop(browser);
    engine.stop();
}

#[test]
fn the_caller_of_a_killed_browser_hears_music_and_is_the_next_whom_another_agent_gets() {
    let mut engine = engine();
    let killed = Browser::start(Microphone::Granted, AGENT);
    let desk = killed.desk("desk", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);
    let others = Browser::start(Microphone::Granted, SECOND_AGENT);
    let other = others.desk("other", &engine).sign_in("omar").go_available();
    let mut before = call(&engine, "+971501234513", 800.0);
    accept(other);
    let mut behind = call(&engine, "+971501234514", 800.0);
    behind.hears_music(SECOND_AGENT);

    killed.kill();
    engine.wait_until("the caller waits again", Duration::from_secs(10), |engine| {
        engine.metric_sum("ivr_queue_waiting") == 2.0
    });
    phone.hears_music(AGENT);
    phone.is_never_left_in_silence(Duration::from_secs(3));
    assert_eq!(engine.metric_sum("ivr_agent_lost_total"), 1.0);

    before.hang_up();
    accept(other);
    phone.hears(SECOND_AGENT);
    other.hears(CALLER);
    behind.hears_music(SECOND_AGENT);
    behind.hang_up();
    other.click("hangup");
    engine.settle(3);
    let record = engine.records().into_iter().find(|record| record["from"] == json!(NUMBER));
    assert_eq!(talked(&record.expect("her record")), ["maryam", "omar"]);
    drop((killed, others));
    engine.stop();
}

#[test]
fn the_caller_of_the_only_agent_waits_until_her_browser_is_back() {
    let mut engine = engine();
    let killed = Browser::start(Microphone::Granted, AGENT);
    let desk = killed.desk("desk", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);
    killed.kill_all();
    engine.wait_until("the caller waits again", Duration::from_secs(10), |engine| {
        engine.metric_sum("ivr_queue_waiting") == 1.0
    });
    phone.hears_music(AGENT);

    let fresh = Browser::start(Microphone::Granted, AGENT);
    let desk = fresh.desk("desk", &engine).sign_in("maryam");
    desk.go_on_duty();
    accept(desk);
    phone.hears(AGENT);
    desk.hears(CALLER);
    phone.hang_up();
    assert_eq!(talked(&only_record(&mut engine)), ["maryam", "maryam"]);
    drop((killed, fresh));
    engine.stop();
}

#[test]
fn a_second_tab_takes_the_desk_over_with_its_call() {
    let mut engine = engine();
    let browser = Browser::start(Microphone::Granted, AGENT);
    let first = browser.desk("first", &engine).sign_in("maryam").go_available();
    let mut phone = connect(&engine, first);

    let second = browser.desk("second", &engine).sign_in("maryam");
    first.see(&id("replaced"));
    second.see_duty("talking");
    phone.hears(AGENT);
    second.hears(CALLER);

    first.click("take-back");
    second.see(&id("replaced"));
    first.see_duty("talking");
    phone.hears(AGENT);
    first.hears(CALLER);
    phone.hang_up();
    first.see_duty("available");
    assert_eq!(talked(&only_record(&mut engine)), ["maryam"]);
    drop(browser);
    engine.stop();
}

#[test]
fn a_desk_without_a_microphone_says_so_and_cannot_go_on_duty() {
    let engine = engine();
    let browser = Browser::start(Microphone::Refused, AGENT);
    let desk = browser.desk("desk", &engine).sign_in("maryam");
    desk.see(&with("sound", "why", "refused"));
    assert!(desk.is_disabled("duty-available"));
    drop(browser);
    engine.stop();
}

#[test]
fn a_talk_outlives_a_broken_network_of_its_desk() {
    let mut engine = engine();
    let browser = Browser::start(Microphone::Granted, AGENT);
    let near = browser.relay(&engine);
    let desk = browser.open("desk", &format!("{near}/desk")).sign_in("maryam").go_available();
    let mut phone = connect(&engine, desk);

    browser.cut();
    desk.see(&id("line-banner"));
    // Longer than a killed browser would be given.
    pause(Duration::from_secs(9));
    phone.hears(AGENT);
    browser.mend();
    desk.miss(&id("line-banner"));
    desk.see_duty("talking");
    phone.hears(AGENT);
    desk.hears(CALLER);
    desk.click("hangup");
    desk.see_duty("available");
    assert_eq!(talked(&only_record(&mut engine)), ["maryam"]);
    drop(browser);
    engine.stop();
}
