//! A day as it is planned: who calls when and for what, and who is there to answer.

use std::time::Duration;

use crate::base::id::{AgentId, EntityId, QueueId};
use crate::routing::need::Need;
use crate::routing::skill::Profile;
use crate::routing::ticket::Class;

/// A day that can be played. Times are since its beginning.
#[derive(Debug, Clone)]
pub struct Day {
    /// Who calls.
    pub inflows: Vec<Inflow>,
    /// Who is there.
    pub agents: Vec<Presence>,
    /// How long one interval of the report is.
    pub interval: Duration,
}

/// The callers of one entity.
#[derive(Debug, Clone)]
pub struct Inflow {
    /// The entity.
    pub entity: EntityId,
    /// Its queue.
    pub queue: QueueId,
    /// How pressing its calls are.
    pub class: Class,
    /// Whom they accept.
    pub need: Need,
    /// The wait that the queue promises, for the ranking.
    pub target_wait: Duration,
    /// The wait after which a call overflows.
    pub max_wait: Duration,
    /// Answered within this is answered in time.
    pub within: Duration,
    /// The share of callers who should be, 0 to 1.
    pub share: f64,
    /// How long a talk lasts, in the mean; each is drawn from the exponential distribution.
    pub talk: Duration,
    /// The after-call work, which is always as long.
    pub wrap_up: Duration,
    /// How long callers wait before they hang up, in the mean, drawn likewise; `None` for ever.
    pub patience: Option<Duration>,
    /// How many come when.
    pub arrivals: Vec<Arrivals>,
}

/// Callers who come at random over a span.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrivals {
    /// From when on.
    pub from: Duration,
    /// Until when.
    pub to: Duration,
    /// How many, in the mean.
    pub calls: f64,
}

/// An agent and when she is there.
#[derive(Debug, Clone)]
pub struct Presence {
    /// The agent.
    pub agent: AgentId,
    /// What she can do.
    pub profile: Profile,
    /// From when until when, in order.
    pub shifts: Vec<(Duration, Duration)>,
    /// How long she lets it ring.
    pub pickup: Duration,
}

impl Day {
    /// When the last caller comes and the last agent goes, whichever is later.
    #[must_use]
    pub fn ends(&self) -> Duration {
        let calls = self.inflows.iter().flat_map(|inflow| &inflow.arrivals);
        let shifts = self.agents.iter().flat_map(|agent| &agent.shifts);
        let ends = calls.map(|arrivals| arrivals.to).chain(shifts.map(|(_, to)| *to));
        ends.max().unwrap_or_default()
    }
}
