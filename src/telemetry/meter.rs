//! The instruments: what counts, measures and shows. Nothing here decides.

use std::time::Duration;

use metrics::{Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{
    Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder,
};

use crate::base::id::{EntityId, QueueId};
use crate::call::owed::Counts;
use crate::telemetry::catalogue::{CATALOGUE, Kind, Metric};
use crate::telemetry::sip_fact::{SipFact, method_label};

const ABOUT: Metadata<'static> = Metadata::new("hatif", Level::INFO, None);

/// All metrics of one engine; many tasks share one by reference.
///
/// Labels come from enums, from the bundle and from the configuration, so that their number is
/// bounded; a caller or a call is never one.
pub struct Meter {
    recorder: PrometheusRecorder,
    handle: PrometheusHandle,
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter").finish_non_exhaustive()
    }
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter {
    /// Fresh instruments, all described, nothing measured.
    #[must_use]
    pub fn new() -> Self {
        let mut builder = PrometheusBuilder::new();
        for entry in CATALOGUE {
            if let Kind::Histogram(buckets) = entry.kind {
                builder = builder
                    .set_buckets_for_metric(Matcher::Full(entry.name.into()), buckets)
                    .expect("every set of buckets in the catalogue has some");
            }
        }
        let recorder = builder.build_recorder();
        for entry in CATALOGUE {
            let (name, meaning) = (entry.name.into(), entry.meaning.into());
            match entry.kind {
                Kind::Counter => recorder.describe_counter(name, None, meaning),
                Kind::Gauge => recorder.describe_gauge(name, None, meaning),
                Kind::Histogram(_) => recorder.describe_histogram(name, None, meaning),
            }
        }
        let handle = recorder.handle();
        let meter = Self { recorder, handle };
        // A counter whose right value is 0 has to be seen at 0.
        meter.count_by(Metric::EventsLost, &[], 0);
        meter.set(Metric::Draining, &[], 0.0);
        meter
    }

    /// The page that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        self.handle.render()
    }

    /// Folds away what the histograms have buffered; to be called every few seconds.
    pub fn upkeep(&self) {
        self.handle.run_upkeep();
    }

    /// Names the program that runs.
    pub fn build(&self, version: &str, commit: &str) {
        self.set(Metric::BuildInfo, &[version, commit], 1.0);
    }

    /// A bundle was loaded, in place of `before`, at that many seconds since 1970.
    pub fn bundle_loaded(&self, before: Option<&str>, hash: &str, at_s: u64) {
        if let Some(before) = before {
            self.set(Metric::BundleInfo, &[before], 0.0);
        }
        self.set(Metric::BundleInfo, &[hash], 1.0);
        self.count(Metric::BundleLoad, &["loaded"]);
        self.set(Metric::BundleLastSuccess, &[], Duration::from_secs(at_s).as_secs_f64());
    }

    /// A bundle began to serve all new calls.
    pub fn bundle_activated(&self, deed: &'static str) {
        self.count(Metric::BundleActivations, &[deed]);
    }

    /// How many of a hundred new calls the candidate gets.
    pub fn bundle_candidate(&self, hundredths: u8) {
        self.set(Metric::BundleCandidateShare, &[], f64::from(hundredths) / 100.0);
    }

    /// A bundle was refused; the one before it goes on serving.
    pub fn bundle_refused(&self) {
        self.count(Metric::BundleLoad, &["refused"]);
    }

    /// Counts a fact of the SIP floor.
    pub fn sip(&self, fact: SipFact<'_>) {
        match fact {
            SipFact::Request { method, way, trunk } => {
                self.count(Metric::SipRequests, &[method_label(method), way.label(), trunk]);
            }
            SipFact::Response { method, code, trunk } => {
                let code = code.to_string();
                self.count(Metric::SipResponses, &[method_label(method), &code, trunk]);
            }
            SipFact::Retransmission(rerun) => {
                self.count(Metric::SipRetransmissions, &[rerun.label()]);
            }
            SipFact::ParseError => self.count(Metric::SipParseErrors, &[]),
            SipFact::Rejected(reason) => self.count(Metric::SipRejected, &[reason.label()]),
            SipFact::SessionTimerExpired => self.count(Metric::SipSessionTimerExpired, &[]),
        }
    }

    /// What a worker holds at the moment.
    pub fn worker(&self, index: usize, transactions: usize, dialogs: usize) {
        let worker = index.to_string();
        self.set(Metric::SipTransactions, &[&worker], number(transactions));
        self.set(Metric::SipDialogs, &[&worker], number(dialogs));
    }

    /// Nothing was heard from a leg for too long; `side` is `caller` or `agent`.
    pub fn no_audio(&self, side: &'static str) {
        self.count(Metric::RtpNoAudio, &[side]);
    }

    /// That many frames were sent at most so many microseconds late.
    pub fn media_lateness(&self, at_most_us: u64, frames: u64) {
        let late = Duration::from_micros(at_most_us).as_secs_f64();
        let frames = usize::try_from(frames).unwrap_or(usize::MAX);
        let lateness = key(Metric::RtpSendLateness, &[]);
        self.recorder.register_histogram(&lateness, &ABOUT).record_many(late, frames);
    }

    /// How many RTP ports a media worker has taken.
    pub fn rtp_ports(&self, worker: usize, ports: usize) {
        self.set(Metric::RtpPortsInUse, &[&worker.to_string()], number(ports));
    }

    /// The longest wait of those who wait in a queue; zero when nobody waits.
    pub fn oldest_wait(&self, queue: &QueueId, wait: Duration) {
        self.set(Metric::QueueOldestWait, &[queue.as_str()], wait.as_secs_f64());
    }

    /// How long one decision of the pool took.
    pub fn decided(&self, span: Duration) {
        self.measure(Metric::RoutingDecide, &[], span);
    }

    /// Records that were written.
    pub fn records_written(&self, records: usize) {
        self.count_by(Metric::RecordsWritten, &["call", "written"], whole(records));
    }

    /// Records that could not be written and will be tried again.
    pub fn records_retried(&self, records: usize) {
        self.count_by(Metric::RecordsWritten, &["call", "retried"], whole(records));
    }

    /// Records that will never be written.
    pub fn records_lost(&self, records: usize) {
        self.count_by(Metric::RecordsWritten, &["call", "lost"], whole(records));
    }

    /// How many recordings are being written.
    pub fn recordings(&self, tapes: usize) {
        self.set(Metric::RecordingActive, &[], number(tapes));
    }

    /// A recording was not written, or not whole, for want of `disk` or `archive`, or because the
    /// scribe was `crowded`.
    pub fn recording_failed(&self, reason: &'static str) {
        self.count(Metric::RecordingFailed, &[reason]);
    }

    /// Pieces that a recording lost on their way.
    pub fn recording_lost(&self, slices: u64) {
        self.count_by(Metric::RecordingLost, &[], slices);
    }

    /// The free bytes of the disk that recordings are written to.
    #[expect(clippy::cast_precision_loss, reason = "a gauge is as exact as it is read")]
    pub fn recording_space(&self, bytes: u64) {
        self.set(Metric::RecordingSpace, &[], bytes as f64);
    }

    /// A recording is whole, and its row written.
    pub fn recording_written(&self) {
        self.count(Metric::RecordsWritten, &["recording", "written"]);
    }

    /// Records that wait to be written.
    pub fn records_backlog(&self, records: usize) {
        self.set(Metric::RecordsBacklog, &[], number(records));
    }

    /// A login ended as `accepted`, `wrong` or `slowed`.
    pub fn login(&self, result: &'static str) {
        self.count(Metric::Logins, &[result]);
    }

    /// How many WebSockets a page has open.
    pub fn web_sockets(&self, page: &'static str, open: usize) {
        self.set(Metric::WebSockets, &[page], number(open));
    }

    /// A call out was denied, for a [`crate::call::dial::Denial`]'s word.
    pub fn dial_denied(&self, reason: &'static str) {
        self.count(Metric::DialDenied, &[reason]);
    }

    /// A call-back was `asked` for, `rejected`, `answered` or `given_up`.
    pub fn callback(&self, result: &'static str) {
        self.count(Metric::Callbacks, &[result]);
    }

    /// How many call-backs are owed.
    pub fn callbacks_owed(&self, counts: Counts) {
        let Counts { resting, in_line, calling } = counts;
        for (state, count) in [("resting", resting), ("in_line", in_line), ("calling", calling)] {
            self.set(Metric::QueueCallbacks, &[state], number(count));
        }
    }

    /// The engine drains; `ivr_calls_active` says what it waits for.
    pub fn draining(&self) {
        self.set(Metric::Draining, &[], 1.0);
    }

    /// An event found its readers' box full.
    pub fn event_lost(&self) {
        self.count(Metric::EventsLost, &[]);
    }

    /// How many callers wait in a queue for an entity.
    pub(super) fn waiting(&self, queue: &QueueId, entity: Option<&EntityId>, callers: usize) {
        let entity = entity.map_or("", EntityId::as_str);
        self.set(Metric::QueueWaiting, &[queue.as_str(), entity], number(callers));
    }

    pub(super) fn count(&self, metric: Metric, values: &[&str]) {
        self.count_by(metric, values, 1);
    }

    pub(super) fn count_by(&self, metric: Metric, values: &[&str], more: u64) {
        self.recorder.register_counter(&key(metric, values), &ABOUT).increment(more);
    }

    pub(super) fn set(&self, metric: Metric, values: &[&str], value: f64) {
        self.recorder.register_gauge(&key(metric, values), &ABOUT).set(value);
    }

    pub(super) fn measure(&self, metric: Metric, values: &[&str], span: Duration) {
        self.recorder.register_histogram(&key(metric, values), &ABOUT).record(span.as_secs_f64());
    }
}

/// A count as Prometheus keeps it. What is counted here stays far below 2^32.
pub(super) fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

fn key(metric: Metric, values: &[&str]) -> Key {
    let entry = metric.entry();
    debug_assert_eq!(entry.labels.len(), values.len(), "{} has other labels", entry.name);
    let labels: Vec<Label> = entry
        .labels
        .iter()
        .zip(values)
        .map(|(name, value)| Label::new(*name, (*value).to_owned()))
        .collect();
    Key::from_parts(entry.name, labels)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telemetry::sip_fact::{Rejection, Rerun, Way};

    /// Whether the page has that line.
    fn has(meter: &Meter, line: &str) -> bool {
        meter.render().lines().any(|there| there == line)
    }

    #[test]
    fn a_strangers_method_makes_no_series_of_its_own() {
        let meter = Meter::new();
        for method in ["INVITE", "XYZZY", "PLUGH"] {
            meter.sip(SipFact::Request { method, way: Way::In, trunk: "carrier" });
        }
        let other = r#"ivr_sip_requests_total{method="other",direction="in",trunk="carrier"} 2"#;
        assert!(has(&meter, other), "{}", meter.render());
    }

    #[test]
    fn a_span_falls_into_its_own_kind_of_bucket() {
        let meter = Meter::new();
        meter.media_lateness(30_000, 1);
        let page = meter.render();
        assert!(page.contains(r#"ivr_rtp_send_lateness_seconds_bucket{le="0.04"} 1"#), "{page}");
        assert!(page.contains(r#"ivr_rtp_send_lateness_seconds_bucket{le="0.02"} 0"#), "{page}");
    }

    #[test]
    fn what_must_stay_at_zero_is_shown_at_zero() {
        assert!(has(&Meter::new(), "ivr_events_lost_total 0"));
    }

    #[test]
    fn every_order_counts_under_the_kind_of_the_catalogue() {
        let meter = Meter::new();
        let queue = QueueId::from("care");
        let second = Duration::from_secs(1);
        meter.build("0.1.0", "abc");
        meter.bundle_loaded(Some("old"), "new", 1_700_000_000);
        meter.bundle_refused();
        meter.sip(SipFact::Response { method: "INVITE", code: 200, trunk: "" });
        meter.sip(SipFact::Retransmission(Rerun::Ours));
        meter.sip(SipFact::Retransmission(Rerun::Theirs));
        meter.sip(SipFact::ParseError);
        meter.sip(SipFact::Rejected(Rejection::Rate));
        meter.sip(SipFact::SessionTimerExpired);
        meter.worker(0, 5, 2);
        meter.no_audio("caller");
        meter.media_lateness(1_000_000, 1);
        meter.rtp_ports(0, 4);
        meter.oldest_wait(&queue, second);
        meter.decided(second);
        meter.records_written(2);
        meter.records_retried(1);
        meter.records_lost(1);
        meter.records_backlog(0);
        meter.login("accepted");
        meter.web_sockets("desk", 1);
        meter.draining();
        meter.waiting(&queue, None, 1);
        meter.upkeep();
        let page = meter.render();
        for line in page.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            let entry =
                CATALOGUE.iter().find(|entry| line.starts_with(&format!("{} ", entry.name)));
            let entry = entry.unwrap_or_else(|| panic!("`{line}` is in the catalogue"));
            assert_eq!(line, format!("{} {}", entry.name, entry.kind.name()));
            assert!(page.contains(&format!("# HELP {} {}", entry.name, entry.meaning)), "{line}");
        }
    }
}
