//! What happened to a call: plain values that records, desks and metrics are folded from.

use serde::{Deserialize, Serialize};

use crate::base::id::{AgentId, CallId, EntityId, OfferId, QueueId, TicketId};
use crate::base::time::Wall;
use crate::call::ending::{Ending, Side};
use crate::flow::model::Consent;

/// The version of [`CallEvent`]'s written form.
pub const VERSION: u16 = 1;

/// One fact of one call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallEvent {
    /// [`VERSION`] when it was written.
    pub version: u16,
    /// The call.
    pub call: CallId,
    /// When, on the wall clock.
    pub at: Wall,
    /// What.
    pub fact: Fact,
}

/// What kind of line a leg is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Line {
    /// A SIP phone or trunk.
    Sip,
    /// A browser.
    Webrtc,
}

/// Which way a call goes.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// To us.
    #[default]
    Inbound,
    /// From us: a call-back.
    Outbound,
}

/// How an offer to an agent ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferResult {
    /// The agent took the call.
    Accepted,
    /// The agent let it ring.
    Missed,
    /// The agent declined.
    Declined,
    /// The agent's phone or browser could not be reached.
    Unreachable,
    /// The caller left first.
    CallerLeft,
}

/// How a wait ended without an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// The caller hung up: an abandon.
    CallerLeft,
    /// The queue was at its cap.
    Full,
    /// The queue was closed.
    Closed,
    /// Nobody on duty could serve the call.
    NoAgents,
    /// `max_wait` was over.
    Timeout,
    /// The flow took the caller out of the queue.
    Exit,
    /// The caller's place is kept for a call-back: no abandon.
    Callback,
}

/// How a transfer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferResult {
    /// They talked.
    Talked,
    /// The caller's own line took her there, away from us.
    Referred,
    /// The other side was busy.
    Busy,
    /// Nobody answered in time.
    NoAnswer,
    /// It could not be reached.
    Failed,
    /// The dial plan did not allow it.
    Denied,
    /// The caller, or the call, was over before anybody answered.
    LeftFirst,
}

/// What became of a call's recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RecordingChange {
    /// It will begin with the talk.
    Wanted {
        /// How the caller knows.
        consent: Consent,
    },
    /// It began.
    Started {
        /// How the caller knows.
        consent: Consent,
    },
    /// The flow wants silence.
    Paused,
    /// A secret is told: silence.
    Hidden,
    /// Sound again.
    Resumed,
    /// It ended.
    Ended,
}

/// The audio of one leg over the call's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AudioFigures {
    /// Packets accepted from the leg.
    pub received: u64,
    /// Packets sent to the leg.
    pub sent: u64,
    /// Packets that never came, by sequence number.
    pub lost: u64,
    /// Packets from strangers that were dropped.
    pub foreign: u64,
    /// Interarrival jitter, microseconds (RFC 3550 §6.4.1).
    pub jitter_us: u64,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// A call came in, or one of ours begins.
    Arrived {
        /// Which way it goes.
        #[serde(default)]
        direction: Direction,
        /// The caller's number or SIP user, unmasked: readers mask.
        from: String,
        /// The dialled number; unmasked where it is a citizen's.
        to: String,
        /// The trunk it came by.
        trunk: String,
        /// The kind of the caller's leg.
        line: Line,
        /// The hash of the bundle that the call keeps.
        bundle: String,
        /// The flow that the number picks; empty when the number is unknown.
        flow: String,
    },
    /// The engine answered.
    Answered,
    /// The flow entered a node.
    Entered {
        /// The flow's id.
        flow: String,
        /// The node's id.
        node: String,
    },
    /// A node ended with an outcome.
    Outcome {
        /// The flow's id.
        flow: String,
        /// The node's id.
        node: String,
        /// The outcome, dotted.
        outcome: String,
    },
    /// The caller pressed keys that a node took.
    Pressed {
        /// The flow's id.
        flow: String,
        /// The node's id.
        node: String,
        /// The keys; `•` for each where they are sensitive.
        keys: String,
    },
    /// The flow reached a named milestone.
    Tagged {
        /// The milestone.
        name: String,
    },
    /// The language that the caller is served in, when it changed.
    Language {
        /// The language's tag.
        language: String,
    },
    /// The caller waits for an agent.
    Queued {
        /// The wait.
        ticket: TicketId,
        /// The queue.
        queue: QueueId,
        /// The entity that the caller wants.
        entity: Option<EntityId>,
        /// 0 emergency … 3 deferred.
        class: u8,
    },
    /// An agent is rung.
    Offered {
        /// The wait.
        ticket: TicketId,
        /// The lease.
        offer: OfferId,
        /// Whom.
        agent: AgentId,
    },
    /// A ring ended.
    OfferEnded {
        /// The lease.
        offer: OfferId,
        /// Whom.
        agent: AgentId,
        /// How.
        result: OfferResult,
    },
    /// Caller and agent talk.
    Connected {
        /// The wait that is over.
        ticket: TicketId,
        /// With whom.
        agent: AgentId,
        /// The kind of the agent's leg.
        line: Line,
        /// From entering the queue to talking, ring included.
        waited_ms: u64,
    },
    /// The agent put the caller on hold.
    Held,
    /// The agent took the caller back.
    Unheld,
    /// Caller and agent talk no more.
    Released {
        /// Who it was.
        agent: AgentId,
        /// Who ended it.
        by: Side,
        /// Talking, hold included.
        talk_ms: u64,
        /// On hold.
        held_ms: u64,
    },
    /// The agent's leg was lost; the caller waits again, at the head.
    AgentLost {
        /// Who it was.
        agent: AgentId,
    },
    /// The wait ended without an agent.
    LeftQueue {
        /// The wait.
        ticket: TicketId,
        /// How it ended.
        why: Departure,
        /// How long it was.
        waited_ms: u64,
    },
    /// Caller and somebody outside talk.
    Transferred {
        /// The number or the address, unmasked.
        to: String,
        /// How long it rang.
        rang_ms: u64,
    },
    /// The way to somebody outside has ended; the only fact of one that nobody answered.
    TransferEnded {
        /// The number or the address, unmasked.
        to: String,
        /// How.
        result: TransferResult,
        /// Who ended it.
        by: Side,
        /// Talking.
        talk_ms: u64,
    },
    /// The recording of the call began, ended, or changed.
    Recording {
        /// What became of it.
        change: RecordingChange,
    },
    /// What was measured on a leg, when it closed.
    Measured {
        /// Whose leg.
        side: Side,
        /// The figures.
        figures: AudioFigures,
    },
    /// The call is over. The last fact of a call.
    Ended {
        /// Who, and why.
        ending: Ending,
    },
}
