//! A ticket: one caller, or one call-back, waiting in the pool.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::id::{AgentId, CallId, EntityId, QueueId, TicketId};
use crate::base::time::Moment;
use crate::routing::decide::Precedence;
use crate::routing::expected_wait::Expected;
use crate::routing::line::ShapeIndex;
use crate::routing::need::Need;
use crate::routing::roster::AgentSlot;

/// How pressing a call is: 0 emergency or vulnerable, to 3 deferred. Strict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Class(u8);

impl Class {
    /// Emergencies and vulnerable callers.
    pub const EMERGENCY: Self = Self(0);
    /// What nobody is waiting on the line for.
    pub const DEFERRED: Self = Self(3);

    /// The class of that number, if it is one of 0 to 3.
    #[must_use]
    pub const fn new(class: u8) -> Option<Self> {
        if class <= 3 { Some(Self(class)) } else { None }
    }

    /// The number, 0 to 3.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Class {
    /// Class 2, an ordinary call.
    fn default() -> Self {
        Self(2)
    }
}

impl TryFrom<u8> for Class {
    type Error = NotAClass;

    fn try_from(class: u8) -> Result<Self, NotAClass> {
        Self::new(class).ok_or(NotAClass(class))
    }
}

impl From<Class> for u8 {
    fn from(class: Class) -> Self {
        class.0
    }
}

/// The number is no class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a class is one of 0 to 3, not {0}")]
pub struct NotAClass(pub u8);

/// Where a ticket stands among those of its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Its routing wait begins at zero.
    #[default]
    Joining,
    /// It brings a routing wait along: from a transfer, or a call-back that kept its place. What
    /// the caller asked to wait is already taken off.
    Carried(Duration),
    /// It is a call-back with the routing wait that it brings along. Nobody is on the line, so it is
    /// let in past a full queue and an empty house.
    CallBack(Duration),
    /// It comes before all others of its class.
    Head,
}

/// The agent who should have this caller, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prefer {
    /// That agent.
    pub agent: AgentId,
    /// For how long after entering nobody else is considered while she is on duty.
    pub window: Duration,
}

/// All that is asked when a caller enters a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The ticket's name.
    pub ticket: TicketId,
    /// The caller's visit.
    pub call: CallId,
    /// The queue, for policy and reports.
    pub queue: QueueId,
    /// The entity that the caller wants, if that is known.
    pub entity: Option<EntityId>,
    /// How pressing it is.
    pub class: Class,
    /// Whom it accepts.
    pub need: Need,
    /// The wait that its queue promises. Less than a millisecond counts as a millisecond.
    pub target_wait: Duration,
    /// The routing wait after which it overflows as [`Overflow::Timeout`].
    pub max_wait: Duration,
    /// How many may wait in the queue; one more overflows as [`Overflow::Full`].
    pub cap: Option<usize>,
    /// How many may wait in the queue for each agent on duty who meets the last step; one more
    /// overflows as [`Overflow::Full`].
    pub waiting_per_agent: Option<u32>,
    /// How long an offer rings.
    pub ring: Duration,
    /// The after-call work that follows the talk, at most.
    pub wrap_up: Duration,
    /// Where it stands in line.
    pub place: Place,
    /// Who should have it, for a while.
    pub prefer: Option<Prefer>,
}

/// Why a caller leaves the line unserved by his own will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Departure {
    /// He hung up.
    CallerLeft,
    /// He left the queue by the flow.
    Exit,
    /// He took a call-back.
    Callback,
}

/// Why a ticket was not served by the pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// Too many wait already.
    Full,
    /// Nobody on duty could meet the last step.
    NoAgents,
    /// It waited as long as it may.
    Timeout,
}

/// When a ticket's routing wait began, in microseconds; it may lie before the start of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(i64);

impl Origin {
    /// The origin of a ticket that has waited for `carried` already.
    #[must_use]
    pub fn of(now: Moment, carried: Duration) -> Self {
        let now = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        let carried = i64::try_from(carried.as_micros()).unwrap_or(i64::MAX);
        Self(now.saturating_sub(carried))
    }

    /// The routing wait at `now`.
    #[must_use]
    pub fn wait(self, now: Moment) -> Duration {
        let now = i64::try_from(now.as_micros()).unwrap_or(i64::MAX);
        Duration::from_micros(u64::try_from(now.saturating_sub(self.0)).unwrap_or(0))
    }

    /// The moment at which the routing wait reaches `span`, or the start of the engine.
    #[must_use]
    pub fn after(self, span: Duration) -> Moment {
        let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
        Moment::from_micros(u64::try_from(self.0.saturating_add(span)).unwrap_or(0))
    }
}

/// A ticket that is not settled, as its group keeps it.
#[derive(Debug)]
pub(super) struct Waiter {
    pub(super) entry: Box<Entry>,
    pub(super) sequence: u64,
    pub(super) entered: Moment,
    pub(super) origin: Origin,
    pub(super) hash: u64,
    /// The active step; it never goes back.
    pub(super) step: usize,
    pub(super) stage: Stage,
    /// Agents who did not take it at this step.
    pub(super) refusals: BTreeSet<AgentSlot>,
    /// The place last told.
    pub(super) told: Option<(u32, Option<Expected>)>,
    /// The expected wait first told, to be held against what came.
    pub(super) promised: Option<Expected>,
}

/// Where a waiter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Not in a line yet.
    Arriving,
    /// In the line of its shape.
    InLine(ShapeIndex),
    /// Leased to an agent.
    Offered(AgentSlot),
}

impl Waiter {
    pub(super) fn precedence(&self) -> Precedence {
        match self.entry.place {
            Place::Head => Precedence::Head,
            Place::Joining | Place::Carried(_) | Place::CallBack(_) => Precedence::Joined,
        }
    }

    pub(super) fn give_up_at(&self) -> Moment {
        self.origin.after(self.entry.max_wait)
    }

    /// Who should have it, while that still counts.
    pub(super) fn preferred(&self, now: Moment) -> Option<&AgentId> {
        let prefer = self.entry.prefer.as_ref()?;
        (now < self.entered + prefer.window).then_some(&prefer.agent)
    }
}
