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
    /// Whoever outside the caller was taken to, or was called, hung up.
    Outside,
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
    /// Whoever was called did not answer.
    NoAnswer,
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
            Cause::Silent | Cause::NoAck | Cause::Unreachable | Cause::NoAnswer => 480,
            Cause::HungUp | Cause::Completed => 603,
            Cause::FlowFailed | Cause::Fault => 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ending_has_a_final_code() {
        let check = |cause, code| assert_eq!(Ending { by: Side::System, cause }.code(), code);
        check(Cause::Cancelled, 487);
        check(Cause::UnknownNumber, 404);
        check(Cause::NoCommonCodec, 488);
        check(Cause::BadOffer, 400);
        check(Cause::Full, 503);
        check(Cause::Draining, 503);
        check(Cause::HungUp, 603);
        check(Cause::Completed, 603);
        check(Cause::NoAck, 480);
        check(Cause::Silent, 480);
        check(Cause::Unreachable, 480);
        check(Cause::NoAnswer, 480);
        check(Cause::FlowFailed, 500);
        check(Cause::Fault, 500);
    }
}
