//! The answer to `why`: every ticket of a call, moment by moment, in sentences.

use serde::{Deserialize, Serialize};

use crate::base::id::{CallId, TicketId};
use crate::base::time::Wall;
use crate::record::why::log::TicketLog;
use crate::record::why::say::{Told, Tongue, told};
use crate::routing::{Event, Fact};

/// Why a caller waited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The call.
    pub call: CallId,
    /// Each of its waits, in order.
    pub tickets: Vec<Explained>,
}

/// One wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explained {
    /// The ticket.
    pub ticket: TicketId,
    /// Whether it is settled.
    pub is_over: bool,
    /// What happened, in order.
    pub lines: Vec<Line>,
    /// The same as routing told it.
    pub events: Vec<Event>,
    /// How many events are not listed.
    pub unlisted: u32,
}

/// One moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// When, as the clocks of a zone showed it.
    pub at: String,
    /// The same on the wall clock.
    pub at_ms: Wall,
    /// Milliseconds after entering.
    pub after_ms: u64,
    /// What happened, for people.
    pub text: String,
}

impl Answer {
    /// The answer from the logs of a call's tickets, with times as `clock` shows them.
    #[must_use]
    pub fn new(
        call: CallId,
        mut logs: Vec<TicketLog>,
        tongue: Tongue,
        clock: impl Fn(Wall) -> String,
    ) -> Self {
        logs.sort_by_key(|log| (log.entered_at, log.ticket));
        let explained = |log| Explained::new(log, tongue, &clock);
        Self { call, tickets: logs.into_iter().map(explained).collect() }
    }
}

impl Explained {
    fn new(log: TicketLog, tongue: Tongue, clock: &impl Fn(Wall) -> String) -> Self {
        let line = |Told { at, after_ms, text }| Line { at: clock(at), at_ms: at, after_ms, text };
        let lines = told(&log, tongue).into_iter().map(line).collect();
        let is_over = log.events.last().is_some_and(|event| is_end(&event.fact));
        Self { ticket: log.ticket, is_over, lines, events: log.events, unlisted: log.unlisted }
    }
}

fn is_end(fact: &Fact) -> bool {
    match fact {
        Fact::Connected { .. } | Fact::Left { .. } | Fact::Overflowed { .. } => true,
        Fact::Entered { .. }
        | Fact::Asked { .. }
        | Fact::Mustered { .. }
        | Fact::Widened { .. }
        | Fact::Offered { .. }
        | Fact::OfferSettled { .. }
        | Fact::DutyChanged { .. }
        | Fact::Breached { .. } => false,
    }
}
