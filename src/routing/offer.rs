//! An offer: a lease of one agent for one ticket, with a deadline and exactly one settlement.

use serde::{Deserialize, Serialize};

use crate::base::id::OfferId;
use crate::base::time::Moment;
use crate::routing::roster::TicketSlot;

/// How an offer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// The agent took it, and the caller was still there.
    Accepted,
    /// It rang out.
    Missed,
    /// The agent said no.
    Rejected,
    /// The agent's desk or telephone could not be had.
    Unreachable,
    /// The caller left while it rang.
    CallerGone,
    /// The ticket reached its longest wait while it rang.
    TimedOut,
    /// The agent was dismissed while it rang.
    AgentGone,
    /// It outlived its lease and was swept.
    Swept,
}

/// Why a ringing offer is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Withdrawal {
    /// The caller left.
    CallerLeft,
    /// It rang out.
    Missed,
    /// The agent is gone.
    AgentLeft,
    /// The caller waited as long as he may, or the lease was over.
    TimedOut,
}

/// An open offer, as the agent's post keeps it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lease {
    pub(super) offer: OfferId,
    pub(super) ticket: TicketSlot,
    pub(super) since: Moment,
    /// When the lease is over: an accept on its way at the end of the ring may win before this.
    pub(super) ends: Moment,
}
