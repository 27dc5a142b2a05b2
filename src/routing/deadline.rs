//! The deadlines of a group: each has a name, and a name has at most one.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::Moment;
use crate::routing::roster::{AgentSlot, TicketSlot};

/// What a group waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The agent's offer has rung for as long as it may.
    RingEnds(AgentSlot),
    /// The agent may be offered calls again.
    CoolDownEnds(AgentSlot),
    /// The agent's after-call work is over.
    WrapUpEnds(AgentSlot),
    /// The ticket's next step begins.
    StepBegins(TicketSlot),
    /// The ticket no longer waits for its preferred agent alone.
    PreferEnds(TicketSlot),
    /// The ticket has waited as long as it may.
    WaitEnds(TicketSlot),
    /// The caller may be told his place again.
    PlaceTold(TicketSlot),
    /// The sweeper looks for what is past its deadline.
    Sweep,
}

/// All deadlines of one group.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    by_name: BTreeMap<Timer, Moment>,
    by_time: BTreeSet<(Moment, Timer)>,
}

impl Deadlines {
    /// Sets `timer` to go off at `at` and at no other time.
    pub(super) fn set(&mut self, timer: Timer, at: Moment) {
        if let Some(before) = self.by_name.insert(timer, at) {
            self.by_time.remove(&(before, timer));
        }
        self.by_time.insert((at, timer));
    }

    /// Forgets `timer`.
    pub(super) fn clear(&mut self, timer: Timer) {
        if let Some(before) = self.by_name.remove(&timer) {
            self.by_time.remove(&(before, timer));
        }
    }

    /// The next deadline and its name.
    pub(super) fn next(&self) -> Option<(Moment, Timer)> {
        self.by_time.first().copied()
    }

    /// Takes one deadline that has passed, oldest first.
    pub(super) fn pop_due(&mut self, now: Moment) -> Option<Timer> {
        let (at, timer) = self.next()?;
        if now < at {
            return None;
        }
        self.clear(timer);
        Some(timer)
    }

    /// Whether `timer` is set.
    pub(super) fn has(&self, timer: Timer) -> bool {
        self.by_name.contains_key(&timer)
    }
}
