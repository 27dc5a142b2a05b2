//! Calls a second, by SIPp: faster and faster until something goes wrong, then in between.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads what its peer wrote"
)]

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::Stdio;

use crate::cores;
use crate::engine::{Engine, free_port};

/// Calls a second, tried in this order as long as nothing goes wrong.
const RATES: [u32; 7] = [250, 500, 1_000, 1_500, 2_000, 3_000, 4_000];
/// Rates that are tried, at most: they take three seconds each.
const TRIES: usize = 7;
/// Two rates that lie nearer than this are one.
const NEAR: u32 = 100;
/// How long calls are started for.
const SECONDS: u32 = 2;
/// SIPp's clock ticks every 4 ms, so a time of its may be longer by one tick.
const TICK_MS: f64 = 4.0;
/// A rate at which one call in a hundred is set up later than this is too fast.
const SETUP_P99_MS_MAX: f64 = 300.0;
/// The rate at which calls are to be set up soon; the clean one, when that is lower.
const SOON_AT: u32 = 2_000;

/// A rate without failure and without a message sent twice.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Clean {
    /// Calls a second.
    pub(crate) rate: f64,
    /// From the INVITE to the 200 at 2,000 calls a second, or at the highest clean rate below; all
    /// but a hundredth are faster.
    pub(crate) setup_p99_ms: f64,
}

/// What became of the calls of one rate.
#[derive(Debug)]
struct Outcome {
    failed: u64,
    sent_twice: u64,
    setup_p99_ms: f64,
}

/// The highest rate that is clean.
pub(crate) fn highest_clean(engine: &Engine) -> Clean {
    let (mut low, mut high, mut clean) = (0, None, Clean::default());
    let mut rates = RATES.into_iter();
    for _ in 0..TRIES {
        let next = match high {
            None => rates.next(),
            Some(high) if high - low <= NEAR => None,
            Some(high) => Some(u32::midpoint(low, high)),
        };
        let Some(rate) = next else { break };
        let outcome = run(engine, rate);
        let is_clean = outcome.failed == 0
            && outcome.sent_twice == 0
            && outcome.setup_p99_ms < SETUP_P99_MS_MAX;
        cores::remark(&format!("at {rate} calls a second: {outcome:?}"));
        if !is_clean {
            high = Some(rate);
            continue;
        }
        low = rate;
        clean.rate = f64::from(rate);
        if rate <= SOON_AT {
            clean.setup_p99_ms = outcome.setup_p99_ms;
        }
    }
    clean
}

fn run(engine: &Engine, rate: u32) -> Outcome {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/live/prompt.xml");
    // The calls' sound goes where nobody listens, but somebody could: no ICMP comes back.
    let deaf = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let rtp_port = deaf.local_addr().expect("a bound socket has an address").port();
    let (here, folder) = (free_port(), engine.folder().join(format!("sipp-{rate}")));
    fs::create_dir_all(&folder).expect("the folder is writable");
    let status = cores::on_load_core("sipp")
        .arg("-sf")
        .arg(scenario)
        .args(["-s", "1000", "-i", "127.0.0.1", "-p", &here.port().to_string()])
        .args(["-key", "rtp_port", &rtp_port.to_string()])
        .args(["-r", &rate.to_string(), "-m", &(rate * SECONDS).to_string()])
        .args(["-l", "20000", "-buff_size", "4000000", "-timeout", "8", "-nostdin"])
        .args(["-trace_stat", "-stf", "stat.csv", "-fd", "1"])
        .args(["-trace_rtt", "-rtt_freq", &(rate * SECONDS).to_string()])
        .arg(engine.sip.to_string())
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("taskset is there");
    assert!(status.code() != Some(127), "sipp is not installed (Debian: sip-tester)");
    let stat = fs::read_to_string(folder.join("stat.csv")).unwrap_or_default();
    let done = column(&stat, "SuccessfulCall(C)");
    Outcome {
        failed: u64::from(rate * SECONDS).saturating_sub(done),
        sent_twice: column(&stat, "Retransmissions(C)"),
        setup_p99_ms: setup_p99(&folder),
    }
}

/// The last value of one column of SIPp's statistics.
fn column(stat: &str, name: &str) -> u64 {
    let mut lines = stat.lines();
    let header = lines.next().unwrap_or_default();
    let at = header.split(';').position(|title| title == name);
    let last = lines.next_back().unwrap_or_default();
    let value = at.and_then(|at| last.split(';').nth(at));
    value.and_then(|value| value.parse().ok()).unwrap_or(0)
}

/// Out of the file of all set-up times.
fn setup_p99(folder: &Path) -> f64 {
    let entries = fs::read_dir(folder).expect("the folder is there").filter_map(Result::ok);
    let mut files = entries.map(|entry| entry.path());
    let file = files.find(|path| path.to_string_lossy().ends_with("_rtt.csv"));
    let text = file.and_then(|file| fs::read_to_string(file).ok()).unwrap_or_default();
    let times = text.lines().skip(1).filter_map(|line| line.split(';').nth(1)?.parse().ok());
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    let p99 = times.get(times.len() * 99 / 100);
    p99.map_or(f64::INFINITY, |p99| p99 + TICK_MS)
}
