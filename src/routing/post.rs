//! An agent's post: what her group alone knows of her.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::id::{AgentId, CallId, OfferId, QueueId, TicketId};
use crate::base::time::{Moment, Wall};
use crate::routing::occupancy::Occupancy;
use crate::routing::offer::Lease;
use crate::routing::roster::{Duty, Pending, TicketSlot};
use crate::routing::skill::Profile;

/// How an agent stands, for her desk and for supervisors.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What she is doing.
    pub duty: Duty,
    /// Why she is away, if she said so.
    pub reason: Option<String>,
    /// What takes hold at the next release.
    pub pending: Option<Pending>,
    /// Since when she has had this duty.
    pub since: Wall,
    /// Until when no call is offered after one that she did not take.
    pub cooling_until: Option<Wall>,
    /// The offer that rings.
    pub offer: Option<OfferId>,
    /// The ticket that rings or talks.
    pub ticket: Option<TicketId>,
    /// The caller's visit that rings or talks.
    pub call: Option<CallId>,
    /// When the after-call work ends by itself.
    pub wrap_up_until: Option<Wall>,
}

/// What her group alone knows of an agent.
#[derive(Debug)]
pub(super) struct Post {
    pub(super) id: AgentId,
    pub(super) profile: Profile,
    /// Her levels by skill index, 0 for none.
    pub(super) levels: Vec<u8>,
    pub(super) hash: u64,
    pub(super) reason: Option<String>,
    pub(super) pending_reason: Option<String>,
    pub(super) since: Moment,
    pub(super) idle_since: Moment,
    pub(super) cooling: Option<Moment>,
    /// Offers missed in a row.
    pub(super) misses: u32,
    pub(super) occupancy: Occupancy,
    pub(super) business: Business,
    pub(super) employment: Employment,
}

/// Whether she stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Employment {
    /// She stays.
    Staying,
    /// She was dismissed in talk and goes when it is over.
    Leaving,
}

/// What occupies her.
#[derive(Debug)]
pub(super) enum Business {
    /// Nothing.
    Free,
    /// An offer.
    Offered(Lease),
    /// A talk.
    Talk(Talk),
    /// After-call work.
    WrapUp(WrapUp),
}

/// A talk that runs.
#[derive(Debug, Clone)]
pub(super) struct Talk {
    pub(super) slot: TicketSlot,
    pub(super) ticket: TicketId,
    pub(super) call: CallId,
    pub(super) queue: QueueId,
    pub(super) wrap_up: Duration,
    pub(super) since: Moment,
}

/// After-call work that runs.
#[derive(Debug, Clone)]
pub(super) struct WrapUp {
    pub(super) queue: QueueId,
    pub(super) talk_since: Moment,
    pub(super) until: Moment,
}
