//! How evenly the packets of many calls come.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark looks at the clock"
)]

use std::collections::BTreeMap;
use std::fmt;
use std::time::{Duration, Instant};

use crate::figure;

/// Above this, one packet in a hundred is too late for a small buffer.
const LATENESS_P99_MS_MAX: f64 = 10.0;
/// One packet in so many may be missing.
const MISSING_IN: u64 = 10_000;
/// Microseconds of one RTP time unit, and of one packet.
const UNIT_US: i64 = 125;
const PACKET_US: i64 = 20_000;

/// The packets of a while.
pub(crate) struct Log {
    begun: Instant,
    longest_turn: Duration,
    arrivals: BTreeMap<usize, Vec<Arrival>>,
}

#[derive(Debug, Clone, Copy)]
struct Arrival {
    timestamp: u32,
    micros: i64,
}

/// What a log says.
#[derive(Clone, Copy)]
pub(crate) struct Pacing {
    /// How much later than the most punctual one of its call a packet comes; all but a hundredth
    /// are less late.
    pub(crate) p99_ms: f64,
    /// Packets that came.
    heard: u64,
    /// Packets that did not.
    missing: u64,
    /// Calls of which nothing was heard.
    silent: usize,
    /// How long the listener itself was away at most: what is later than this, it may have made so.
    away_ms: f64,
}

impl Pacing {
    /// Whether callers would not complain.
    pub(crate) fn is_clean(&self) -> bool {
        let few_missing = self.missing * MISSING_IN <= self.heard;
        self.silent == 0 && few_missing && self.p99_ms < LATENESS_P99_MS_MAX
    }
}

impl fmt::Display for Pacing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { p99_ms, heard, missing, silent, away_ms } = self;
        write!(f, "99 % of {heard} packets at most {p99_ms:.2} ms late, {missing} missing, ")?;
        write!(f, "{silent} calls silent, the listener busy for {away_ms:.1} ms at a time")
    }
}

impl Log {
    /// An empty log of those calls.
    pub(crate) fn new(calls: impl Iterator<Item = usize>, span: Duration) -> Self {
        let packets = usize::try_from(span.as_millis() / 20).unwrap_or(0) + 8;
        let arrivals = calls.map(|call| (call, Vec::with_capacity(packets))).collect();
        Self { begun: Instant::now(), longest_turn: Duration::ZERO, arrivals }
    }

    /// Notes how long the listener took for what was ready.
    pub(crate) fn turned(&mut self, taken: Duration) {
        self.longest_turn = self.longest_turn.max(taken);
    }

    /// Notes a packet.
    pub(crate) fn note(&mut self, call: usize, timestamp: u32, now: Instant) {
        let micros = now.saturating_duration_since(self.begun).as_micros();
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        if let Some(arrivals) = self.arrivals.get_mut(&call) {
            arrivals.push(Arrival { timestamp, micros });
        }
    }

    /// What it says of `span`, over which it was kept.
    pub(crate) fn pacing(&self, span: Duration) -> Pacing {
        let expected = i64::try_from(span.as_micros()).unwrap_or(0) / PACKET_US - 2;
        let (mut lateness, mut missing, mut silent) = (Vec::new(), 0, 0);
        for arrivals in self.arrivals.values() {
            let Some(first) = arrivals.first() else {
                silent += 1;
                continue;
            };
            let lag = |arrival: &Arrival| {
                let since = arrival.timestamp.wrapping_sub(first.timestamp).cast_signed();
                arrival.micros - i64::from(since) * UNIT_US
            };
            let best = arrivals.iter().map(lag).min().unwrap_or(0);
            lateness.extend(arrivals.iter().map(|arrival| lag(arrival) - best));
            let came = i64::try_from(arrivals.len()).unwrap_or(0);
            missing += u64::try_from(expected - came).unwrap_or(0);
        }
        lateness.sort_unstable();
        let p99 = lateness.get(lateness.len() * 99 / 100).copied().unwrap_or(0);
        let p99_us = figure::count(u64::try_from(p99).unwrap_or(0));
        let (p99_ms, heard) = (p99_us / 1_000.0, lateness.len() as u64);
        let away_ms = self.longest_turn.as_secs_f64() * 1_000.0;
        Pacing { p99_ms, heard, missing, silent, away_ms }
    }
}
