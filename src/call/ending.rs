//! How a call ends: once, by someone, for a reason.

use serde::{Deserialize, Serialize};

/// Who ended the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The citizen hung up.
    Caller,
    /// The agent hung up.
    Agent,
    /// The flow came to a `hangup`.
    Flow,
    /// The engine could not go on, or was told to stop.
    System,
}

/// Why the call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A party hung up after the answer.
    HungUp,
    /// The caller gave up before the answer (CANCEL).
    Cancelled,
    /// The flow's own end.
    Completed,
    /// The number is not in the bundle (404).
    UnknownNumber,
    /// No codec in common (488).
    NoCommonCodec,
    /// The offer cannot be read (400).
    BadOffer,
    /// No capacity: sessions, ports or workers (503).
    Full,
    /// The engine drains (503).
    Draining,
    /// The caller's phone never acknowledged the answer.
    NoAck,
    /// Nothing was heard from the caller's side for too long.
    Silent,
    /// The caller's connection broke.
    Unreachable,
    /// The flow could not go on: its `hangup` says `failed`.
    FlowFailed,
    /// A broken promise of the engine.
    Fault,
}

/// The only way out of a call; the SIP code, the record and the metric derive from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Who ended it.
    pub by: Side,
    /// For what reason.
    pub cause: Cause,
}

impl Ending {
    /// The final response to an INVITE that was never answered.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self.cause {
            Cause::Cancelled => 487,
            Cause::UnknownNumber => 404,
            Cause::NoCommonCodec => 488,
            Cause::BadOffer => 400,
            Cause::Full | Cause::Draining => 503,
            Cause::Silent | Cause::NoAck | Cause::Unreachable => 480,
            Cause::HungUp | Cause::Completed => 603,
            Cause::FlowFailed | Cause::Fault => 500,
        }
    }
}
