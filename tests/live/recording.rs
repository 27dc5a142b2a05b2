//! Calls are recorded, and callers leave messages: what was said is in the files, and nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use hatif::audio::g711;
use hatif::audio::tone::{Tone, share};
use hatif::base::codec::Codec;
use serde_json::{Value, json};

use crate::engine::{Engine, Setup, free_port, pause, root};
use crate::sipp::{Over, Rtp, Sipp};

const PATIENCE: Duration = Duration::from_secs(20);
const CALLER: f64 = 440.0;
const AGENT: f64 = 1_300.0;
const FRAME: Duration = Duration::from_millis(20);

fn setup() -> Setup {
    Setup { bundle: root().join("tests/live/tapes"), ..Setup::tiny() }
}

/// Somebody who speaks a tone.
struct Speaker {
    rtp: Rtp,
    tone: Tone,
}

impl Speaker {
    fn new(hertz: f64) -> Self {
        Self { rtp: Rtp::open(), tone: Tone::new(hertz, 8_000) }
    }

    fn port(&self) -> String {
        self.rtp.port().to_string()
    }

    fn say_frame(&mut self) {
        let mut frame = [0; 160];
        for (byte, sample) in frame.iter_mut().zip(&mut self.tone) {
            *byte = g711::encode(Codec::Pcma, sample);
        }
        self.rtp.say(&frame);
    }
}

/// Lets them all speak, in step with the clock, for a while.
fn speak(speakers: &mut [&mut Speaker], span: Duration) {
    let (start, mut said) = (Instant::now(), Duration::ZERO);
    while said < span {
        said += FRAME;
        for speaker in speakers.iter_mut() {
            speaker.say_frame();
            speaker.rtp.take();
        }
        pause(said.saturating_sub(start.elapsed()));
    }
}

fn call(engine: &Engine, number: &str, speaker: &Speaker, stays: &str) -> Sipp {
    let port = speaker.port();
    let more = ["-s", number, "-d", stays, "-key", "rtp_port", port.as_str()];
    Sipp::call(engine, "visit", Over::Udp, &more)
}

fn ends(engine: &Engine, number: &str, speaker: &Speaker) -> Sipp {
    let port = speaker.port();
    let more = ["-s", number, "-key", "rtp_port", port.as_str()];
    Sipp::call(engine, "ends", Over::Udp, &more)
}

/// The recordings, or the messages, as a supervisor sees them.
fn list(engine: &Engine, door: &str) -> Vec<Value> {
    let token = engine.log_in("root");
    let list = engine.ask(&token, &format!("/api/v1/{door}"));
    list.as_array().expect("a list").clone()
}

/// Waits until that many are whole.
fn whole(engine: &mut Engine, door: &str, count: usize) -> Vec<Value> {
    engine.wait_until("the recordings are whole", PATIENCE, |engine| {
        let written = "ivr_records_written_total{kind=\"recording\",result=\"written\"}";
        engine.metric(written) >= count as f64
    });
    let list = list(engine, door);
    assert_eq!(list.len(), count, "{list:#?}");
    assert!(list.iter().all(|of| of["sha256"].as_str().is_some_and(|hash| hash.len() == 64)));
    list
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("our own folder").path());
    let below = |path: PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    paths.flat_map(below).collect()
}

/// The only file, as its channels.
fn sound(engine: &Engine) -> Vec<Vec<i16>> {
    let files = files(&engine.folder.join("data/recordings"));
    assert_eq!(files.len(), 1, "{files:?}");
    let bytes = fs::read(&files[0]).expect("it can be read");
    let channels = usize::from(bytes[22]);
    let promised = u32::from_le_bytes([bytes[40], bytes[41], bytes[42], bytes[43]]);
    assert_eq!(bytes.len(), 44 + promised as usize, "the head says how long the file is");
    let samples = bytes[44..].as_chunks::<2>().0.iter().map(|pair| i16::from_le_bytes(*pair));
    let samples: Vec<i16> = samples.collect();
    let one = |channel| samples.iter().skip(channel).step_by(channels).copied().collect();
    (0..channels).map(one).collect()
}

fn is_tone(samples: &[i16], hertz: f64) -> bool {
    samples.iter().any(|sample| sample.abs() > 4_000) && share(samples, hertz) > 0.9
}

fn seconds(of: &[i16]) -> f64 {
    of.len() as f64 / 8_000.0
}

/// The spans of 100 ms that are a tone, as joined spans in seconds.
fn spans(samples: &[i16], hertz: f64) -> Vec<(f64, f64)> {
    let mut spans: Vec<(f64, f64)> = Vec::new();
    for (turn, piece) in samples.chunks_exact(800).enumerate() {
        let at = turn as f64 / 10.0;
        if !is_tone(piece, hertz) {
            continue;
        }
        match spans.last_mut() {
            Some((_, end)) if at - *end < 0.05 => *end = at + 0.1,
            Some(_) | None => spans.push((at, at + 0.1)),
        }
    }
    spans
}

#[test]
fn a_talk_has_the_caller_left_and_the_agent_right() {
    let phone = free_port();
    let setup = Setup { ..setup() }.with_phones("support=5", &[phone]);
    let mut engine = Engine::start(&setup);
    let (mut caller, mut agent) = (Speaker::new(CALLER), Speaker::new(AGENT));
    let port = agent.port();
    let keys = ["-m", "1", "-key", "ring_ms", "200", "-key", "rtp_port", port.as_str()];
    let desk = Sipp::answer(&engine, "agent-answers", phone, &keys);
    let visit = call(&engine, "100", &caller, "6500");
    caller.rtp.first(PATIENCE);
    let start = Instant::now();
    // The engine knows the agent's address from the first word that it passes on to her.
    while agent.rtp.heard.is_empty() {
        speak(&mut [&mut caller], FRAME);
        agent.rtp.take();
        assert!(start.elapsed() < PATIENCE, "they do not talk");
    }
    speak(&mut [&mut caller, &mut agent], Duration::from_secs(3));
    visit.succeed(PATIENCE);
    desk.succeed(PATIENCE);
    engine.settle(1);
    let listed = whole(&mut engine, "recordings", 1);
    assert_eq!(listed[0]["consent"], "announced", "{listed:#?}");
    let channels = sound(&engine);
    let [left, right] = channels.as_slice() else { panic!("two channels") };
    assert_eq!(left.len(), right.len());
    let length = listed[0]["length_ms"].as_f64().expect("a length") / 1_000.0;
    assert!((length - seconds(left)).abs() < 0.001, "{length} {}", seconds(left));
    let (left, right) = (spans(left, CALLER), spans(right, AGENT));
    let heard = format!("{left:?} {right:?}");
    let (left, right) = (left.first().expect("a tone"), right.first().expect("a tone"));
    assert!((right.1 - right.0 - 3.0).abs() < 0.35, "the agent spoke for 3 s: {heard}");
    assert!((left.1 - right.1).abs() < 0.25, "they stop together: {left:?} {right:?}");
    assert!(left.0 < 0.3, "the caller is heard from the answer on: {left:?}");
    let record = engine.record();
    assert_eq!(record["recordings"][0]["consent"], "announced", "{record:#}");
    let talk = record["conversations"][0]["talk_ms"].as_f64().expect("a talk") / 1_000.0;
    assert!((length - talk).abs() < 0.1, "{length} of a talk of {talk}");
    engine.stop();
}

#[test]
fn a_pause_and_a_secret_are_silence() {
    let mut engine = Engine::start(&setup().with_phones("", &[]));
    let mut caller = Speaker::new(CALLER);
    let visit = ends(&engine, "200", &caller);
    caller.rtp.first(PATIENCE);
    speak(&mut [&mut caller], Duration::from_millis(4_500));
    caller.rtp.press('7');
    speak(&mut [&mut caller], Duration::from_millis(2_400));
    visit.succeed(PATIENCE);
    engine.settle(1);
    let listed = whole(&mut engine, "recordings", 1);
    let silences = &listed[0]["silences"];
    let why = silences.as_array().expect("a list").iter().map(|of| of["why"].clone());
    assert_eq!(why.collect::<Vec<_>>(), [json!("paused"), json!("hidden")], "{listed:#?}");
    let channels = sound(&engine);
    assert!(channels[1].iter().all(|sample| *sample == 0), "prompts are not recorded");
    let heard = spans(&channels[0], CALLER);
    let [first, third, fourth] = heard.as_slice() else { panic!("three spans: {heard:?}") };
    assert!(first.0 < 0.4 && (first.1 - 1.0).abs() < 0.25, "{heard:?}");
    assert!((third.0 - 2.0).abs() < 0.25 && (third.1 - 3.0).abs() < 0.25, "{heard:?}");
    assert!(fourth.0 > 4.5 && (fourth.1 - fourth.0 - 0.7).abs() < 0.3, "{heard:?}");
    assert!(channels[0][27_200..35_200].iter().all(|sample| *sample == 0), "the secret is silent");
    engine.stop();
}

/// A caller hears the tone, does what the test says, and the call ends by itself.
fn leave(tag: &str, act: impl Fn(&mut Speaker)) -> (Engine, Value) {
    let mut engine = Engine::start(&setup().with_phones("", &[]));
    let mut caller = Speaker::new(CALLER);
    let visit = ends(&engine, "300", &caller);
    caller.rtp.first(PATIENCE);
    caller.rtp.listen(Duration::from_millis(1_700));
    act(&mut caller);
    visit.succeed(PATIENCE);
    engine.settle(1);
    let record = engine.record();
    assert_eq!(record["tags"], json!([tag]), "{record:#}");
    (engine, record)
}

#[test]
fn a_message_ends_with_silence_and_is_kept() {
    let (mut engine, record) = leave("kept", |caller| speak(&mut [caller], Duration::from_secs(3)));
    let listed = whole(&mut engine, "voicemails", 1);
    assert_eq!((&listed[0]["case"], &listed[0]["call"]), (&json!("77"), &record["call"]));
    let channels = sound(&engine);
    assert_eq!(channels.len(), 1);
    let length = seconds(&channels[0]);
    assert!((length - 3.4).abs() < 0.35, "{length}");
    let heard = spans(&channels[0], CALLER);
    assert!((heard[0].1 - heard[0].0 - 3.0).abs() < 0.35, "{heard:?}");
    engine.stop();
}

#[test]
fn the_key_ends_a_message_at_once() {
    let start = Instant::now();
    let (mut engine, _) = leave("kept", |caller| {
        speak(&mut [caller], Duration::from_secs(2));
        caller.rtp.press('#');
    });
    assert!(start.elapsed() < PATIENCE);
    whole(&mut engine, "voicemails", 1);
    let length = seconds(&sound(&engine)[0]);
    assert!((length - 2.2).abs() < 0.4, "{length}");
    engine.stop();
}

#[test]
fn nothing_said_is_no_message_and_a_word_is_too_short() {
    for (tag, span) in [("empty", 0), ("short", 500)] {
        let (engine, _) = leave(tag, |caller| speak(&mut [caller], Duration::from_millis(span)));
        assert_eq!(files(&engine.folder.join("data/recordings")), Vec::<PathBuf>::new());
        assert_eq!(list(&engine, "voicemails"), Vec::<Value>::new());
        engine.stop();
    }
}

#[test]
fn a_message_is_kept_when_the_caller_hangs_up_in_the_middle() {
    let mut engine = Engine::start(&setup().with_phones("", &[]));
    let mut caller = Speaker::new(CALLER);
    let visit = call(&engine, "300", &caller, "4000");
    caller.rtp.first(PATIENCE);
    caller.rtp.listen(Duration::from_millis(1_700));
    speak(&mut [&mut caller], Duration::from_millis(3_000));
    visit.succeed(PATIENCE);
    engine.settle(1);
    whole(&mut engine, "voicemails", 1);
    let length = seconds(&sound(&engine)[0]);
    assert!((1.6..3.0).contains(&length), "{length}");
    engine.stop();
}

#[test]
fn a_crash_costs_a_second_and_the_next_start_mends_the_file() {
    let mut engine = Engine::start(&setup().with_phones("", &[]));
    let mut caller = Speaker::new(CALLER);
    let visit = call(&engine, "200", &caller, "20000");
    caller.rtp.first(PATIENCE);
    speak(&mut [&mut caller], Duration::from_millis(4_800));
    engine.crash();
    drop(visit);
    let listed = list(&engine, "recordings");
    let length = listed[0]["length_ms"].as_f64().expect("it has been mended") / 1_000.0;
    assert!(length > 3.4, "{length} of 4.8 s");
    let left = &sound(&engine)[0];
    assert!((seconds(left) - length).abs() < 0.01);
    assert!(spans(left, CALLER).first().is_some_and(|span| span.1 > 0.8));
    engine.stop();
}

#[test]
fn a_folder_that_cannot_be_written_costs_the_recording_and_not_the_call() {
    let mut setup = setup().with_phones("", &[]);
    setup.more = "[recording]\npath = \"hatif.toml/recordings\"\n".to_owned();
    let mut engine = Engine::start(&setup);
    let mut caller = Speaker::new(CALLER);
    let visit = ends(&engine, "200", &caller);
    caller.rtp.first(PATIENCE);
    speak(&mut [&mut caller], Duration::from_millis(4_500));
    caller.rtp.press('7');
    visit.succeed(PATIENCE);
    engine.settle(1);
    assert_eq!(engine.metric("ivr_recording_failed_total{reason=\"disk\"}"), 1.0);
    assert_eq!(list(&engine, "recordings"), Vec::<Value>::new());
    engine.stop();
}
