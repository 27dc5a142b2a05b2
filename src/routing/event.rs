//! What happened in a routing group, as plain values for records, desks and figures.

use serde::{Deserialize, Serialize};

use crate::base::id::{AgentId, CallId, EntityId, OfferId, QueueId, TicketId};
use crate::base::time::Wall;
use crate::routing::expected_wait::Expected;
use crate::routing::muster::{Asks, Muster};
use crate::routing::offer::Settlement;
use crate::routing::roster::Duty;
use crate::routing::skill::Band;
use crate::routing::ticket::{Class, Departure, Overflow};

/// One fact and when it came true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The version of the event's form.
    pub version: u16,
    /// When.
    pub at: Wall,
    /// What.
    pub fact: Fact,
}

impl Event {
    /// The version that this program writes.
    pub const VERSION: u16 = 1;
}

/// What happened. Spans are in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Fact {
    /// A caller entered a queue, be it to overflow at once.
    Entered {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// The entity that is wanted.
        entity: Option<EntityId>,
        /// How pressing it is.
        class: Class,
        /// The routing wait brought along.
        carried_ms: u64,
        /// Who waits.
        #[serde(default)]
        who: Waits,
    },
    /// What a caller who entered brought along.
    Asked {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// Whom it asks for, and on which terms.
        asks: Box<Asks>,
    },
    /// A ticket waits on after something happened to it, or goes unserved: who was there to take it.
    Mustered {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// Who was there.
        muster: Box<Muster>,
    },
    /// A ticket's next step holds.
    Widened {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The index of the step that holds.
        step: usize,
        /// Why it holds.
        why: Widening,
    },
    /// An agent was leased for a ticket.
    Offered {
        /// The offer.
        offer: OfferId,
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The agent.
        agent: AgentId,
        /// The index of the step that held.
        step: usize,
        /// Her bands, summed.
        band: Band,
        /// Her occupancy, in millionths.
        occupancy_ppm: u32,
        /// Out of how many the choice was made.
        candidates: Candidates,
        /// The ticket's routing wait.
        routing_wait_ms: u64,
    },
    /// An offer ended.
    OfferSettled {
        /// The offer.
        offer: OfferId,
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The agent.
        agent: AgentId,
        /// How it ended.
        result: Settlement,
        /// How long it was open.
        after_ms: u64,
    },
    /// Caller and agent have each other.
    Connected {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// The entity that was wanted.
        entity: Option<EntityId>,
        /// The agent.
        agent: AgentId,
        /// From entering to connecting, ring included.
        waited_ms: u64,
        /// The wait that the queue promises.
        target_ms: u64,
        /// The expected wait that was first told.
        promised: Option<Expected>,
    },
    /// A caller left the line by his own will.
    Left {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// The entity that was wanted.
        entity: Option<EntityId>,
        /// Why.
        why: Departure,
        /// From entering to leaving.
        waited_ms: u64,
    },
    /// A ticket was not served by the pool.
    Overflowed {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The queue.
        queue: QueueId,
        /// The entity that was wanted.
        entity: Option<EntityId>,
        /// Why.
        outcome: Overflow,
        /// From entering to overflowing.
        waited_ms: u64,
    },
    /// An agent's duty changed.
    DutyChanged {
        /// The agent.
        agent: AgentId,
        /// The duty that ended.
        from: Duty,
        /// The duty that began.
        to: Duty,
        /// Why she is away, if she said so.
        reason: Option<String>,
        /// How long the duty that ended had lasted.
        spent_ms: u64,
    },
    /// A promise of this engine was broken and mended. Operators are told.
    Breached {
        /// Which promise.
        breach: Breach,
        /// The agent, if one was in it.
        agent: Option<AgentId>,
        /// The ticket, if one was in it.
        ticket: Option<TicketId>,
    },
}

/// Who waits in line.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Somebody on the line.
    #[default]
    Caller,
    /// Nobody: a call-back that is owed.
    CallBack,
}

/// Out of whom an offer was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Candidates {
    /// The call was new to the agents who were ready: so many of them could take it.
    Agents(u32),
    /// An agent had become ready: so many calls at the heads of their lines she could take.
    Calls(u32),
}

/// Why a step holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Widening {
    /// The routing wait reached it.
    Clock,
    /// Nobody on duty could meet the step before it.
    NobodyOnDuty,
}

/// A broken promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breach {
    /// An offer outlived its lease.
    LeaseOverrun,
    /// After-call work outlived its deadline.
    WrapUpOverrun,
    /// A ticket outlived its longest wait.
    WaitOverrun,
    /// An agent's word said what her group did not know.
    AgentAdrift,
    /// A ticket's word said what its group did not know.
    TicketAdrift,
    /// A ticket entered that was there already, waiting or in talk.
    EnteredTwice,
}
