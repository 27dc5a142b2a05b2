//! Every metric there is: name, kind, labels, meaning. Nothing can be counted that is not here.

use crate::telemetry::buckets;

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only grows.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It sorts what is measured into these buckets, in seconds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// The kind's name, as Prometheus spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// One metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// Its full name.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// The names of its labels, in order.
    pub labels: &'static [&'static str],
    /// What it says.
    pub meaning: &'static str,
}

macro_rules! catalogue {
    ($($metric:ident = $name:literal, $kind:expr, [$($label:literal),*], $meaning:literal;)*) => {
        /// A metric, by its name in the program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Metric { $($metric),* }

        impl Metric {
            /// Its entry in the catalogue.
            pub(super) const fn entry(self) -> Entry {
                match self {
                    $(Self::$metric => Entry {
                        name: $name,
                        kind: $kind,
                        labels: &[$($label),*],
                        meaning: $meaning,
                    }),*
                }
            }
        }

        /// Every metric, in the order of the operators' page.
        pub const CATALOGUE: &[Entry] = &[$(Metric::$metric.entry()),*];
    };
}

use Kind::{Counter, Gauge};

const WAIT: Kind = Kind::Histogram(buckets::WAIT);
const TALK: Kind = Kind::Histogram(buckets::TALK);
const REACTION: Kind = Kind::Histogram(buckets::REACTION);
const SETUP: Kind = Kind::Histogram(buckets::SETUP);
const JITTER: Kind = Kind::Histogram(buckets::JITTER);
const ANSWER: Kind = Kind::Histogram(buckets::ANSWER);
const DECIDE: Kind = Kind::Histogram(buckets::DECIDE);

catalogue! {
    BuildInfo = "ivr_build_info", Gauge, ["version", "commit"], "1, for the program that runs";
    BundleInfo = "ivr_bundle_info", Gauge, ["hash"], "1 for the bundle that new calls get, 0 for earlier ones";
    BundleActiveCalls = "ivr_bundle_active_calls", Gauge, ["hash"], "calls that a bundle serves";
    BundleLoad = "ivr_bundle_load_total", Counter, ["result"], "bundles read: loaded or refused";
    BundleActivations = "ivr_bundle_activations_total", Counter, ["deed"], "bundles that began to serve all new calls: started, reloaded, rolled_back, promoted";
    BundleCandidateShare = "ivr_bundle_candidate_share_ratio", Gauge, [], "the share of new calls that the candidate gets, 0 to 1; test callers come on top";
    BundleLastSuccess = "ivr_bundle_last_success_timestamp_seconds", Gauge, [], "when a bundle was last loaded";

    SipRequests = "ivr_sip_requests_total", Counter, ["method", "direction", "trunk"], "SIP requests received (in) and sent (out), without retransmissions";
    SipResponses = "ivr_sip_responses_total", Counter, ["method", "code", "trunk"], "SIP responses sent and received";
    SipTransactions = "ivr_sip_transactions", Gauge, ["worker"], "SIP transactions of a worker";
    SipDialogs = "ivr_sip_dialogs", Gauge, ["worker"], "SIP dialogs of a worker";
    SipRetransmissions = "ivr_sip_retransmissions_total", Counter, ["side"], "messages sent again by us, or heard again from the peer";
    SipParseErrors = "ivr_sip_parse_errors_total", Counter, [], "messages that could not be read";
    SipRejected = "ivr_sip_rejected_total", Counter, ["reason"], "requests refused before a call began";
    SipSessionTimerExpired = "ivr_sip_session_timer_expired_total", Counter, [], "dialogs whose peer did not refresh them (RFC 4028)";

    CallAttempts = "ivr_call_attempts_total", Counter, ["direction", "trunk"], "calls that came in (in), and call-backs (out)";
    CallAnswered = "ivr_call_answered_total", Counter, [], "calls that came in and were answered";
    CallEnded = "ivr_call_ended_total", Counter, ["cause", "by"], "calls that ended, each once";
    CallSetup = "ivr_call_setup_seconds", SETUP, [], "from the call's arrival to the engine's answer";
    CallsActive = "ivr_calls_active", Gauge, ["stage"], "calls in the flow (ivr), waiting (queue), in talk (agent)";
    CallTalk = "ivr_call_talk_seconds", TALK, [], "talk of a call, all agents together, hold included";
    CallsBlocked = "ivr_calls_blocked_total", Counter, ["reason"], "calls refused for want of capacity";

    Transfers = "ivr_transfers_total", Counter, ["result"], "callers who were to be taken to somebody outside, by how it ended";
    DialDenied = "ivr_dial_denied_total", Counter, ["reason"], "calls out that the dial plan or a trunk's limit denied; a burst of them is a pattern of toll fraud";

    RtpPackets = "ivr_rtp_packets_total", Counter, ["direction"], "RTP packets of ended legs";
    RtpLost = "ivr_rtp_lost_total", Counter, [], "RTP packets of ended legs that never came";
    RtpForeignDropped = "ivr_rtp_foreign_dropped_total", Counter, [], "RTP packets from strangers";
    RtpJitter = "ivr_rtp_jitter_seconds", JITTER, [], "interarrival jitter of ended legs (RFC 3550)";
    RtpNoAudio = "ivr_rtp_no_audio_total", Counter, ["side"], "legs from which nothing was heard for 3 s";
    RtpSendLateness = "ivr_rtp_send_lateness_seconds", REACTION, [], "how late a media worker's turn was";
    RtpPortsInUse = "ivr_rtp_ports_in_use", Gauge, ["worker"], "RTP ports taken by a media worker";


    FlowNodeEntries = "ivr_flow_node_entries_total", Counter, ["flow", "node"], "entries into a node";
    FlowOutcome = "ivr_flow_outcome_total", Counter, ["flow", "node", "outcome"], "how a node ended";
    FlowInput = "ivr_flow_input_total", Counter, ["flow", "node", "kind"], "inputs that a node took";
    FlowAbandon = "ivr_flow_abandon_total", Counter, ["flow", "node"], "callers who hung up in a node, before any queue";
    FlowContained = "ivr_flow_contained_total", Counter, ["flow"], "answered calls that the flow completed without a queue";

    FlowHttp = "ivr_flow_http_total", Counter, ["target", "result"], "questions of flows to other systems, by the first digit of the last status or by what was there in place of an answer";
    FlowHttpSeconds = "ivr_flow_http_seconds", ANSWER, ["target"], "from a question to another system to its end, all attempts together";
    FlowStream = "ivr_flow_stream_total", Counter, ["target", "result"], "callers who were to talk with a program, by how it ended: closed, done, agent, left, time_over, refused, connect, broken";
    FlowStreams = "ivr_flow_streams_active", Gauge, [], "callers who talk with a program, or are about to";
    FlowStreamLost = "ivr_flow_stream_lost_frames_total", Counter, ["from"], "frames of 20 ms that a stream had no room for, from the caller or the program";
    MessageSent = "ivr_message_sent_total", Counter, ["channel", "result"], "messages to citizens that a gateway took, or not";

    Callbacks = "ivr_callbacks_total", Counter, ["result"], "call-backs that were asked for or rejected, tries that the citizen answered or not_answered, and call-backs given_up; no figure of a queue counts them";
    QueueCallbacks = "ivr_queue_callbacks", Gauge, ["state"], "call-backs that are owed: resting until their time, in line, calling";
    QueueWaiting = "ivr_queue_waiting", Gauge, ["queue", "entity"], "callers who wait";
    QueueOldestWait = "ivr_queue_oldest_wait_seconds", Gauge, ["queue"], "the longest wait of those who wait";
    QueueEntered = "ivr_queue_entered_total", Counter, ["queue", "class"], "callers who entered a queue, be it to overflow at once";
    QueueAnswered = "ivr_queue_answered_total", Counter, ["queue"], "waits that ended with an agent";
    QueueAnsweredInTarget = "ivr_queue_answered_in_target_total", Counter, ["queue"], "waits that ended with an agent within the queue's target";
    QueueAbandoned = "ivr_queue_abandoned_total", Counter, ["queue", "short"], "callers who hung up while they waited; short is under 5 s";
    QueueLeft = "ivr_queue_left_total", Counter, ["queue", "reason"], "waits that ended without an agent and without hanging up";
    QueueWait = "ivr_queue_wait_seconds", WAIT, ["queue", "outcome"], "waits, ring included: answered, abandoned, left";
    QueueExpectedWaitError = "ivr_queue_ewt_error_seconds", WAIT, ["queue"], "how far the median that was told lay from the wait";

    Agents = "ivr_agents", Gauge, ["duty", "reason"], "agents who are signed in";
    AgentOffers = "ivr_agent_offers_total", Counter, ["result"], "offers by how they ended";
    AgentOfferToAnswer = "ivr_agent_offer_to_answer_seconds", SETUP, [], "from an offer to its acceptance";
    AgentTalk = "ivr_agent_talk_seconds", TALK, [], "one agent's talk with one caller, hold included";
    AgentHold = "ivr_agent_hold_seconds", TALK, [], "hold within such a talk, where there was one";
    AgentWrap = "ivr_agent_wrap_seconds", TALK, [], "after-call work";
    AgentLost = "ivr_agent_lost_total", Counter, [], "talks whose agent's line broke";
    RoutingDecide = "ivr_routing_decide_seconds", DECIDE, [], "one decision of the pool";
    RoutingBreaches = "ivr_routing_invariant_breaches_total", Counter, ["promise"], "promises of the pool that were broken and mended; 0 is right";

    RecordsWritten = "ivr_records_written_total", Counter, ["kind", "result"], "records written, tried again, or lost";
    RecordingActive = "ivr_recording_active", Gauge, [], "recordings and messages that are being written";
    RecordingFailed = "ivr_recording_failed_total", Counter, ["reason"], "recordings that were not written, or not whole: disk, archive, crowded";
    RecordingLost = "ivr_recording_lost_slices_total", Counter, [], "pieces of 20 ms that found a tap's ring full and are silence in a recording";
    RecordingSpace = "ivr_recording_disk_free_bytes", Gauge, [], "what is free where recordings are written";
    RecordsBacklog = "ivr_records_backlog", Gauge, [], "records that wait to be written";
    Logins = "ivr_login_total", Counter, ["result"], "logins by how they ended";
    WebSockets = "ivr_web_sockets", Gauge, ["page"], "open WebSockets";

    Draining = "ivr_draining", Gauge, [], "1 while the engine takes no new calls";
    EventsLost = "ivr_events_lost_total", Counter, [], "events that found their readers' box full; 0 is right";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_that_prometheus_likes() {
        for entry in CATALOGUE {
            let Entry { name, kind, .. } = entry;
            assert!(name.starts_with("ivr_"), "{name}");
            assert_eq!(name.ends_with("_total"), *kind == Counter, "{name}");
            if matches!(kind, Kind::Histogram(_)) {
                assert!(name.ends_with("_seconds"), "{name}");
            }
            assert!(!entry.meaning.is_empty() && !entry.meaning.contains('|'), "{name}");
        }
    }

    #[test]
    fn no_name_is_there_twice() {
        let mut names: Vec<&str> = CATALOGUE.iter().map(|entry| entry.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CATALOGUE.len());
    }

    #[test]
    fn buckets_rise() {
        for entry in CATALOGUE {
            if let Kind::Histogram(buckets) = entry.kind {
                assert!(buckets.is_sorted(), "{}", entry.name);
            }
        }
    }
}
