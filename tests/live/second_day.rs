//! The second day: a bad configuration, a changed bundle, an orderly end.

use std::fs;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::engine::{Engine, Setup, configure, copy, edit, folder, free_port, hatif, pause, root};
use crate::sipp::{Over, Rtp, Sipp, Way};

const PATIENCE: Duration = Duration::from_secs(20);
const LOADED: &str = "ivr_bundle_load_total{result=\"loaded\"}";
const REFUSED: &str = "ivr_bundle_load_total{result=\"refused\"}";

/// Starts an engine that must not come up, and hands back what it says.
fn check_refusal(folder: &Path, more: &[&str], words: &[&str]) {
    let start = Instant::now();
    let sip = format!("udp:{}", free_port());
    let mut command = hatif(folder);
    command.arg("serve").args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    if more.is_empty() {
        command.env("HATIF_SIP_BIND", sip).env("HATIF_WEB_BIND", free_port().to_string());
    }
    let child = command.spawn().expect("the binary was built");
    let output = child.wait_with_output().expect("our own child");
    let took = start.elapsed();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "it must not come up: {said}");
    assert!(took < Duration::from_secs(5), "it took {took:?}: {said}");
    // The place in a file may be shown below the line that says it all.
    let mut lines = said.lines();
    let first = lines.next().unwrap_or_default();
    assert!(lines.all(|line| line.trim().is_empty() || line.starts_with("  ")), "{said}");
    assert!(first.starts_with("hatif: "), "{said}");
    for word in words {
        assert!(first.contains(word), "{word:?} is not in {said}");
    }
    assert!(output.stdout.is_empty());
}

/// The same for an engine with a configuration, after `break_it`.
fn check_configured(words: &[&str], break_it: impl Fn(&mut Broken)) {
    let (folder, setup) = (folder(), Setup::tiny());
    let mut broken = Broken { folder, setup, sip: free_port(), web: free_port() };
    break_it(&mut broken);
    configure(&broken.folder, &broken.setup, broken.sip, broken.web);
    check_refusal(&broken.folder, &["--config", "hatif.toml"], words);
    drop(fs::remove_dir_all(broken.folder));
}

/// What a test may break before the engine starts.
struct Broken {
    folder: PathBuf,
    setup: Setup,
    sip: SocketAddr,
    web: SocketAddr,
}

#[test]
fn without_a_configuration_it_needs_a_bundle_and_sounds_beside_it() {
    let folder = folder();
    check_refusal(&folder, &[], &["ivr-flows"]);
    symlink(root().join("ivr-flows"), folder.join("ivr-flows")).expect("the folder is writable");
    check_refusal(&folder, &[], &["sounds"]);
    symlink(root().join("sounds"), folder.join("sounds")).expect("the folder is writable");
    let (sip, web) = (free_port(), free_port());
    let mut child = hatif(&folder)
        .arg("serve")
        .env("HATIF_SIP_BIND", format!("udp:{sip}"))
        .env("HATIF_WEB_BIND", web.to_string())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the binary was built");
    let start = Instant::now();
    while std::net::TcpStream::connect(web).is_err() {
        assert!(start.elapsed() < PATIENCE, "it does not come up");
        pause(Duration::from_millis(20));
    }
    assert!(folder.join("data/hatif.db").exists());
    child.kill().expect("our own child");
    child.wait().expect("our own child");
    drop(fs::remove_dir_all(folder));
}

#[test]
fn a_port_in_use_is_said_in_one_line() {
    let taken = free_port();
    let _udp = UdpSocket::bind(taken).expect("the port is free");
    let _tcp = TcpListener::bind(taken).expect("the port is free");
    let (port, of) = (taken.port().to_string(), "in use");
    check_configured(&[&port, of], |broken| broken.sip = taken);
    check_configured(&[&port, of], |broken| broken.web = taken);
}

#[test]
fn a_data_folder_that_cannot_be_made_is_said_in_one_line() {
    check_configured(&["file/below"], |broken| {
        fs::write(broken.folder.join("file"), "").expect("the folder is writable");
        broken.setup.store = "sqlite:file/below/hatif.db".to_owned();
    });
}

#[test]
fn a_missing_sound_is_said_with_the_place_that_wants_it() {
    check_configured(&["tones.prompts.yaml:4:", "missing-sound", "`second`"], |broken| {
        let sounds = broken.folder.join("sounds");
        copy(&broken.setup.sounds, &sounds);
        fs::remove_file(sounds.join("second.wav")).expect("it was there");
        broken.setup.sounds = sounds;
    });
}

#[test]
fn a_bad_bundle_is_said_with_its_place() {
    check_configured(&["flows/endless.flow.yaml:", "`nowhere`"], |broken| {
        copy(&broken.setup.bundle, &broken.folder.join("bundle"));
        broken.setup.bundle = broken.folder.join("bundle");
        let flow = broken.setup.bundle.join("flows/endless.flow.yaml");
        edit(&flow, "next: done", "next: nowhere");
    });
}

#[test]
fn a_key_that_is_not_there_is_said_with_its_place_and_the_nearest() {
    check_configured(&["hatif.toml:15:1", "`prots`", "did you mean `ports`"], |broken| {
        broken.setup.more = "[rtp]\nprots = 1".to_owned();
    });
}

#[test]
fn a_configuration_that_is_not_there_is_said_in_one_line() {
    let folder = folder();
    check_refusal(&folder, &["--config", "nowhere.toml"], &["nowhere.toml"]);
    drop(fs::remove_dir_all(folder));
}

#[test]
fn a_bad_bundle_is_refused_while_the_old_one_serves_and_a_good_one_serves_new_calls() {
    let mut setup = Setup::tiny().with_phones("", &[]);
    setup.edits = vec![("flows/endless.flow.yaml", "for: 24h", "for: 23h")];
    let mut engine = Engine::start(&setup);
    let flow = engine.folder.join("bundle/flows/endless.flow.yaml");
    let call = |engine: &Engine, number, span| {
        let more = ["-s", number, "-d", span, "-key", "rtp_port", "40000"];
        Sipp::call(engine, "visit", Over::Udp, &more)
    };
    edit(&flow, "next: done", "next: nowhere");
    engine.signal("HUP");
    engine.wait_until("it is refused", PATIENCE, |engine| engine.metric(REFUSED) == 1.0);
    call(&engine, "2000", "300").succeed(PATIENCE);
    let in_flight = call(&engine, "2000", "4000");
    engine.wait_until("it is in the flow", PATIENCE, |engine| {
        engine.metric("ivr_calls_active{stage=\"ivr\"}") == 1.0
    });
    edit(&flow, "next: nowhere", "next: done");
    edit(&engine.folder.join("bundle/bundle.yaml"), "\"2000\"", "\"2222\"");
    engine.signal("HUP");
    engine.wait_until("it is loaded", PATIENCE, |engine| engine.metric(LOADED) == 2.0);
    call(&engine, "2222", "300").succeed(PATIENCE);
    let gone = ["-s", "2000", "-key", "payload", "8", "-key", "code", "404"];
    Sipp::call(&engine, "refused", Over::Udp, &gone).succeed(PATIENCE);
    in_flight.succeed(PATIENCE);
    engine.settle(4);
    let bundles: Vec<String> = engine.records().iter().map(|of| of["bundle"].to_string()).collect();
    let [gone, changed, in_flight, old] = bundles.as_slice() else { panic!("four records") };
    assert_eq!((gone, in_flight), (changed, old), "a call keeps the bundle it began with");
    assert_ne!(changed, old);
    let log = engine.end("TERM");
    assert!(log.contains("the new bundle is refused"), "{log}");
}

#[test]
fn told_to_end_it_refuses_new_calls_and_lets_the_others_end() {
    let engine = Engine::start(&Setup::tiny());
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-s", "2000", "-d", "6000", "-key", "rtp_port", port.as_str()];
    let running = Sipp::call(&engine, "visit", Over::Udp, &more);
    rtp.first(Duration::from_secs(5));
    engine.signal("TERM");
    pause(Duration::from_millis(200));
    // Eight of them, so that every worker is asked, those without calls too.
    let more = ["-s", "2000", "-m", "8", "-key", "payload", "8", "-key", "code", "503"];
    let refused = Sipp::call(&engine, "refused", Over::Udp, &more);
    pause(Duration::from_millis(500));
    let refusal = refused.message(Way::Received, "SIP/2.0 503").expect("it was refused");
    assert!(refusal.contains("Retry-After: "), "{refusal}");
    refused.succeed(PATIENCE);
    let ready = engine.get("/readyz").expect("it still answers");
    assert_eq!(ready.0, 503, "{}", ready.1);
    rtp.heard.clear();
    rtp.listen(Duration::from_secs(1));
    assert!(rtp.heard.len() > 40, "the running call goes on: {} packets", rtp.heard.len());
    running.succeed(PATIENCE);
    check_end(engine);
}

#[test]
fn told_twice_it_ends_at_once() {
    let engine = Engine::start(&Setup::tiny());
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-s", "2000", "-key", "rtp_port", port.as_str()];
    let running = Sipp::call(&engine, "ends", Over::Udp, &more);
    rtp.first(Duration::from_secs(5));
    engine.signal("TERM");
    pause(Duration::from_millis(300));
    engine.signal("TERM");
    running.succeed(Duration::from_secs(5));
    check_end(engine);
}

/// The engine, which was told before, ends soon and in order.
fn check_end(mut engine: Engine) {
    let start = Instant::now();
    let status = loop {
        if let Some(status) = engine.has_ended() {
            break status;
        }
        assert!(start.elapsed() < Duration::from_secs(5), "no end:\n{}", engine.log());
        pause(Duration::from_millis(10));
    };
    let log = engine.log();
    assert!(status.success(), "{status}\n{log}");
    assert!(log.contains("stopped") && !log.contains("ERROR"), "{log}");
}
