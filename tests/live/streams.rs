//! Callers talk with programs over media streams, in the tree and of a framework that others use.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use hatif::audio::g711;
use hatif::audio::tone::{Tone, share};
use hatif::base::codec::Codec;
use serde_json::{Value, json};

use crate::bot::{Bots, HERTZ};
use crate::elsewhere::Certificate;
use crate::engine::{Engine, Setup, folder, free_port, pause, root};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(30);
const CALLER: f64 = 440.0;
const FRAME: Duration = Duration::from_millis(20);
const TOKEN: &str = "a-secret-that-nobody-sees";

/// Programs, and an engine that may reach them.
fn start() -> (Bots, Engine) {
    let (place, certificate) = (folder(), Certificate::generate());
    let bots = Bots::start(&certificate);
    let (plain, secure, silent) = (bots.plain, bots.secure.port(), bots.silent);
    let more = format!(
        "[http]\nallow = [\"http://{plain}\", \"https://localhost:{secure}\", \"http://{silent}\", \
         \"http://127.0.0.1:9\"]\n[env]\nbot = \"ws://{plain}\"\nsecure = \"wss://localhost:{secure}\"\n\
         silent = \"ws://{silent}\"\ndead = \"ws://127.0.0.1:9\"\nstranger = \"ws://127.0.0.2:9\"\n\
         token = \"{TOKEN}\"\n",
    );
    let mut setup = setup(more);
    let roots = place.join("roots.pem");
    fs::write(&roots, &certificate.pem).expect("the folder is writable");
    setup.environment = vec![("SSL_CERT_FILE".to_owned(), roots.display().to_string())];
    (bots, Engine::start(&setup))
}

fn setup(more: String) -> Setup {
    let bundle = root().join("tests/live/talks");
    Setup { bundle, more, ..Setup::tiny().with_phones("", &[]) }
}

/// A caller who stays until the engine hangs up.
fn call(engine: &Engine, number: &str) -> (Sipp, Rtp) {
    let rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-s", number, "-key", "rtp_port", port.as_str()];
    (Sipp::call(engine, "ends", Over::Udp, &more), rtp)
}

/// Says a tone in step with the clock, and listens.
fn speak(rtp: &mut Rtp, span: Duration) {
    let mut tone = Tone::new(CALLER, 8_000);
    let (start, mut said) = (Instant::now(), Duration::ZERO);
    while said < span {
        said += FRAME;
        let mut frame = [0; 160];
        for (byte, sample) in frame.iter_mut().zip(&mut tone) {
            *byte = g711::encode(Codec::Pcma, sample);
        }
        rtp.say(&frame);
        rtp.take();
        pause(said.saturating_sub(start.elapsed()));
    }
}

/// When a caller heard a tone, in frames of 20 ms.
fn heard(rtp: &Rtp, hertz: f64) -> Vec<Instant> {
    let is_tone = |packet: &[u8]| {
        let codec = if packet[1] & 0x7f == 0 { Codec::Pcmu } else { Codec::Pcma };
        let samples: Vec<i16> =
            packet[12..].iter().map(|&byte| g711::decode(codec, byte)).collect();
        samples.iter().any(|sample| sample.abs() > 4_000) && share(&samples, hertz) > 0.8
    };
    rtp.heard.iter().filter(|(_, packet)| is_tone(packet)).map(|(at, _)| *at).collect()
}

/// Seconds of frames.
fn seconds(frames: &[Instant]) -> f64 {
    frames.len() as f64 * FRAME.as_secs_f64()
}

/// How the only call ended.
fn tag(engine: &mut Engine) -> Value {
    engine.settle(1);
    engine.record()["tags"].clone()
}

fn ended(engine: &Engine, target: &str, result: &str) -> f64 {
    engine.metric(&format!("ivr_flow_stream_total{{target=\"{target}\",result=\"{result}\"}}"))
}

#[test]
fn a_program_hears_the_caller_and_is_heard() {
    let (bots, mut engine) = start();
    let (caller, mut rtp) = call(&engine, "echo");
    rtp.first(PATIENCE);
    rtp.listen(Duration::from_millis(600));
    let begun = Instant::now();
    speak(&mut rtp, Duration::from_secs(2));
    rtp.listen(Duration::from_millis(400));
    rtp.press('#');
    caller.succeed(PATIENCE);
    assert_eq!(tag(&mut engine), json!(["done.echoed"]));
    let talk = bots.talk("echo");
    assert_eq!(talk.authorization, format!("Bearer {TOKEN}"));
    assert_eq!(talk.heard[0].1["event"], "connected");
    let start = &talk.heard[1].1["start"];
    assert_eq!(
        start["customParameters"],
        json!({"caller": "+971501234567", "about": "a \"bill\""})
    );
    assert_eq!(start["callSid"], engine.record()["call"], "{start:#}");
    assert_eq!(talk.of("dtmf")[0]["dtmf"]["digit"], "#");
    assert_eq!(talk.heard.last().expect("messages").1["event"], "stop");
    for (turn, media) in (0..).zip(talk.of("media")) {
        assert_eq!(media["media"]["chunk"], (turn + 1).to_string());
        assert_eq!(media["media"]["timestamp"], (turn * 20).to_string());
    }
    let said = talk.sound();
    let tone =
        |piece: &&[i16]| piece.iter().any(|of| of.abs() > 4_000) && share(piece, CALLER) > 0.8;
    let tones = said.chunks_exact(160).filter(tone).count() as f64 * 0.02;
    assert!((tones - 2.0).abs() < 0.2, "the program heard {tones} s of 2");
    let echo = heard(&rtp, CALLER);
    let (length, delay) = (seconds(&echo), echo[0] - begun);
    assert!((length - 2.0).abs() < 0.2, "the caller heard {length} s of 2");
    assert!(delay < Duration::from_millis(500), "{delay:?} there and back");
    assert_eq!(ended(&engine, &format!("http://{}", bots.plain), "done"), 1.0);
    assert_eq!(engine.metric("ivr_flow_streams_active"), 0.0);
    assert!(!engine.log().contains(TOKEN), "the token is logged");
    engine.stop();
}

#[test]
fn marks_come_back_when_the_caller_has_heard_what_was_before_them() {
    for number in ["counts", "secure"] {
        let (bots, mut engine) = start();
        let (caller, mut rtp) = call(&engine, number);
        rtp.first(PATIENCE);
        rtp.listen(Duration::from_millis(3_000));
        caller.succeed(PATIENCE);
        assert_eq!(tag(&mut engine), json!(["closed.none"]));
        let frames = heard(&rtp, HERTZ);
        assert!((seconds(&frames) - 2.0).abs() < 0.1, "{} s", seconds(&frames));
        let talk = bots.talk("counts");
        let after = |part| talk.when(part).saturating_duration_since(frames[0]).as_secs_f64();
        let (none, one, two) = (after("\"none\""), after("\"one\""), after("\"two\""));
        assert!(none < 0.1 && (one - 1.0).abs() < 0.2 && (two - 2.0).abs() < 0.2, "{one} {two}");
        engine.stop();
    }
}

#[test]
fn clear_is_heard_at_once_and_the_program_can_ask_for_an_agent() {
    let (bots, mut engine) = start();
    let (caller, mut rtp) = call(&engine, "clears");
    rtp.first(PATIENCE);
    rtp.listen(Duration::from_millis(1_500));
    let pressed = Instant::now();
    rtp.press('5');
    rtp.listen(Duration::from_millis(1_000));
    caller.succeed(PATIENCE);
    assert_eq!(tag(&mut engine), json!(["agent.bill"]));
    let frames = heard(&rtp, HERTZ);
    assert!(seconds(&frames) > 1.0, "{} s", seconds(&frames));
    let on = frames[frames.len() - 1].saturating_duration_since(pressed);
    assert!(on < Duration::from_millis(250), "it went on for {on:?}");
    let talk = bots.talk("clears");
    let back = talk.when("\"never\"").saturating_duration_since(talk.when("dtmf"));
    assert!(back < Duration::from_millis(100), "the mark came back after {back:?}");
    engine.stop();
}

#[test]
fn a_caller_who_hangs_up_stops_the_program() {
    let (bots, mut engine) = start();
    // The second one leaves while the program is still being dialled.
    for number in ["listens", "silent"] {
        let mut rtp = Rtp::open();
        let port = rtp.port().to_string();
        let more = ["-s", number, "-d", "1500", "-key", "rtp_port", port.as_str()];
        let caller = Sipp::call(&engine, "visit", Over::Udp, &more);
        rtp.first(PATIENCE);
        caller.succeed(PATIENCE);
    }
    engine.settle(2);
    engine.wait_until("the program has closed", PATIENCE, |_| bots.talk("listens").is_closed);
    assert_eq!(bots.talk("listens").heard.last().expect("messages").1["event"], "stop");
    for at in [bots.plain, bots.silent] {
        assert_eq!(ended(&engine, &format!("http://{at}"), "left"), 1.0);
    }
    assert_eq!(engine.metric("ivr_flow_streams_active"), 0.0);
    engine.stop();
}

#[test]
fn whatever_a_program_does_the_call_goes_on() {
    let (bots, mut engine) = start();
    let wanted = [
        ("closes", "done.none"),
        ("brief", "closed.none"),
        ("breaks", "failed"),
        ("deaf", "failed"),
        ("huge", "failed"),
        ("gives_up", "failed"),
        ("nonsense", "failed"),
        ("silent", "failed"),
        ("dead", "failed"),
        ("stranger", "failed"),
    ];
    let calls: Vec<(Sipp, Rtp)> = wanted.iter().map(|(number, _)| call(&engine, number)).collect();
    for (caller, _) in calls {
        caller.succeed(PATIENCE);
    }
    engine.settle(wanted.len());
    let records = engine.records();
    for (number, tag) in wanted {
        let of = |record: &&Value| record["to"] == number;
        let record = records.iter().find(of).unwrap_or_else(|| panic!("{number}: {records:#?}"));
        assert_eq!(record["tags"], json!([tag]), "{number}");
    }
    let target = format!("http://{}", bots.plain);
    let of_bot = ["done", "time_over", "broken"].map(|result| ended(&engine, &target, result));
    assert_eq!(of_bot, [1.0, 1.0, 5.0]);
    assert_eq!(ended(&engine, &format!("http://{}", bots.silent), "connect"), 1.0);
    assert_eq!(ended(&engine, "http://127.0.0.1:9", "connect"), 1.0);
    assert_eq!(ended(&engine, "other", "refused"), 1.0);
    engine.stop();
}

/// A bot made with a framework, in a Python of its own.
struct Framework {
    child: Child,
    port: u16,
}

impl Framework {
    fn start(place: &Path) -> Self {
        let python = root().join("target/bots/bin/python");
        let port = free_port().port();
        let log = fs::File::create(place.join("bot.log")).expect("the folder is writable");
        let child = Command::new(python)
            .arg(root().join("tests/live/talks/framework.py"))
            .arg(port.to_string())
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("`make bots` has made it");
        Self { child, port }
    }
}

impl Drop for Framework {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_bot_of_a_framework_that_others_use_talks_with_a_caller() {
    // Its packages are many: `make soak` fetches them.
    if env::var("SOAK").is_err() {
        return;
    }
    let place = folder();
    let bot = Framework::start(&place);
    let port = bot.port;
    let address = |scheme: &str| format!("{scheme}://127.0.0.1:{port}");
    let (ws, http) = (address("ws"), address("http"));
    let more = format!(
        "[http]\nallow = [\"{http}\"]\n[env]\nbot = \"{ws}\"\nsecure = \"\"\nsilent = \"\"\n\
         dead = \"\"\nstranger = \"\"\ntoken = \"{TOKEN}\"\n"
    );
    let mut engine = Engine::start(&setup(more));
    engine.wait_until("the bot listens", PATIENCE, |_| {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
    });
    let (caller, mut rtp) = call(&engine, "framework");
    rtp.first(PATIENCE);
    rtp.listen(Duration::from_millis(1_500));
    let begun = Instant::now();
    speak(&mut rtp, Duration::from_secs(2));
    rtp.listen(Duration::from_millis(800));
    rtp.press('#');
    rtp.listen(Duration::from_millis(500));
    caller.succeed(PATIENCE);
    let log = fs::read_to_string(place.join("bot.log")).expect("its log");
    assert_eq!(tag(&mut engine), json!(["closed.none"]), "{log}");
    assert_eq!(ended(&engine, &http, "closed"), 1.0, "{log}");
    assert!(log.contains("caller +971501234567"), "{log}");
    let echo = heard(&rtp, CALLER);
    let (length, delay) = (seconds(&echo), echo[0] - begun);
    assert!((length - 2.0).abs() < 0.3, "the caller heard {length} s of 2\n{log}");
    assert!(delay < Duration::from_millis(600), "{delay:?} there and back\n{log}");
    engine.stop();
}
