//! Musters: who could have taken a ticket that waits on, and what kept them, at one moment.

use serde::{Deserialize, Serialize};

use crate::base::id::AgentId;
use crate::routing::need::{Demand, Need};
use crate::routing::roster::Duty;
use crate::routing::ticket::{Entry, Place, Prefer};

/// What a ticket brought into the line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asks {
    /// Whom it accepts.
    pub need: Need,
    /// Where it stands in line.
    pub place: Place,
    /// Who should have it, for a while.
    pub prefer: Option<Prefer>,
    /// The wait that its queue promises.
    pub target_ms: u64,
    /// The routing wait after which it overflows.
    pub max_wait_ms: u64,
    /// How many may wait in its queue.
    pub cap: Option<usize>,
    /// How many may wait in its queue for each agent on duty who could take it.
    pub waiting_per_agent: Option<u32>,
}

/// Why a muster was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The ticket is new in line.
    Entered,
    /// Its next step holds.
    Widened,
    /// An offer came to nothing.
    Returned,
    /// It waits for its preferred agent alone no longer.
    Unreserved,
    /// It was not let in.
    TurnedAway,
    /// Its longest wait was over.
    TimedOut,
}

/// Who stands before a ticket, among those who compete for the same agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ahead {
    /// Of a more pressing class.
    pub pressing: u32,
    /// Of its own class.
    pub alike: u32,
}

impl Ahead {
    /// Its position: 1 is next.
    #[must_use]
    pub const fn position(self) -> u32 {
        self.pressing.saturating_add(self.alike).saturating_add(1)
    }
}

/// Some agents: how many, and the names of the first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Crowd {
    /// How many.
    pub count: u32,
    /// At most [`ROUTING_MUSTER_NAMES_MAX`] of them.
    ///
    /// [`ROUTING_MUSTER_NAMES_MAX`]: crate::base::limit::ROUTING_MUSTER_NAMES_MAX
    pub names: Vec<AgentId>,
}

/// What keeps an agent from a ticket whose step she meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// What she is doing; `Available` is no hindrance.
    Duty(Duty),
    /// She did not take an offer a moment ago, and is left alone for a while.
    CoolingDown,
    /// She did not take this very ticket at this step.
    Refused,
    /// The ticket waits for its preferred agent.
    KeptForAnother,
}

/// Agents who meet the step, by what keeps them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Able {
    /// What keeps them.
    pub by: Hindrance,
    /// Who they are.
    pub who: Crowd,
}

/// Agents on duty who do not meet one demand of the step, or none of its `any` list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lacking {
    /// The demand, or the list.
    pub demands: Vec<Demand>,
    /// Who they are.
    pub who: Crowd,
    /// How many of them have a skill of it, but at a lower level.
    pub lower: u32,
}

/// Who could have taken a ticket, and what kept them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Muster {
    /// Why it was made.
    pub occasion: Occasion,
    /// The index of the step that it is about.
    pub step: usize,
    /// How many wait in the ticket's queue, itself included.
    pub waiting: u32,
    /// Who stands before it; `None` when it is not in line.
    pub ahead: Option<Ahead>,
    /// All agents on duty.
    pub on_duty: u32,
    /// Those who meet the step, on duty or not.
    pub able: Vec<Able>,
    /// How many more meet the step; they were not looked at one by one.
    pub able_more: u32,
    /// Those on duty who do not meet it; who lacks two things is in two places.
    pub lacking: Vec<Lacking>,
}

impl Asks {
    pub(super) fn of(entry: &Entry) -> Self {
        let millis =
            |span: std::time::Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Self {
            need: entry.need.clone(),
            place: entry.place,
            prefer: entry.prefer.clone(),
            target_ms: millis(entry.target_wait),
            max_wait_ms: millis(entry.max_wait),
            cap: entry.cap,
            waiting_per_agent: entry.waiting_per_agent,
        }
    }
}
