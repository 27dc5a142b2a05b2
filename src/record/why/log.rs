//! The log of one ticket, and the fold from a group's events to logs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::{CallId, TicketId};
use crate::base::limit::{TICKET_EVENTS_MAX, TICKET_LOGS_MAX};
use crate::base::time::Wall;
use crate::routing::{Event, Fact};

/// The version of [`TicketLog`]'s written form.
const VERSION: u16 = 1;

/// All that routing told of one ticket, in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketLog {
    /// The version of the log's form.
    pub version: u16,
    /// The ticket.
    pub ticket: TicketId,
    /// The caller's visit.
    pub call: CallId,
    /// When it entered the line.
    pub entered_at: Wall,
    /// The first [`TICKET_EVENTS_MAX`] events, and the last one.
    pub events: Vec<Event>,
    /// How many in between are not listed.
    pub unlisted: u32,
    /// The position that the caller could be told last: 1 is next.
    pub position: Option<u32>,
}

/// The logs of tickets that are not settled.
#[derive(Debug, Default)]
pub struct TicketLogs {
    open: BTreeMap<TicketId, TicketLog>,
}

/// What an event is to its ticket.
enum Part {
    First,
    Middle,
    Last,
}

impl TicketLogs {
    /// Takes one event, and gives the log when it was the ticket's last.
    ///
    /// With [`TICKET_LOGS_MAX`] open logs the oldest is closed to make room, and is what this gives.
    pub fn handle(&mut self, event: &Event) -> Option<TicketLog> {
        let (ticket, call, part) = place_of(&event.fact)?;
        match part {
            Part::First => {
                let full = TICKET_LOGS_MAX <= self.open.len();
                let oldest = full.then(|| self.open.pop_first()).flatten();
                let log = TicketLog {
                    version: VERSION,
                    ticket,
                    call,
                    entered_at: event.at,
                    events: vec![event.clone()],
                    unlisted: 0,
                    position: None,
                };
                self.open.insert(ticket, log);
                oldest.map(|(_, log)| log)
            }
            Part::Middle => {
                self.open.get_mut(&ticket)?.note(event);
                None
            }
            Part::Last => {
                let mut log = self.open.remove(&ticket)?;
                log.events.push(event.clone());
                Some(log)
            }
        }
    }

    /// Notes the position that a caller could be told.
    pub fn placed(&mut self, ticket: TicketId, position: u32) {
        if let Some(log) = self.open.get_mut(&ticket) {
            log.position = Some(position);
        }
    }

    /// The logs of a call's tickets that are not settled, as far as they go.
    #[must_use]
    pub fn of(&self, call: CallId) -> Vec<TicketLog> {
        self.open.values().filter(|log| log.call == call).cloned().collect()
    }

    /// Every open log as it stands: the engine stops and will hear no more of them.
    pub fn close_all(&mut self) -> Vec<TicketLog> {
        std::mem::take(&mut self.open).into_values().collect()
    }
}

impl TicketLog {
    fn note(&mut self, event: &Event) {
        if self.events.len() < TICKET_EVENTS_MAX {
            self.events.push(event.clone());
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }
}

/// Whose event it is, and which.
fn place_of(fact: &Fact) -> Option<(TicketId, CallId, Part)> {
    match fact {
        Fact::Entered { ticket, call, .. } => Some((*ticket, *call, Part::First)),
        Fact::Asked { ticket, call, .. }
        | Fact::Mustered { ticket, call, .. }
        | Fact::Widened { ticket, call, .. }
        | Fact::Offered { ticket, call, .. }
        | Fact::OfferSettled { ticket, call, .. } => Some((*ticket, *call, Part::Middle)),
        Fact::Connected { ticket, call, .. }
        | Fact::Left { ticket, call, .. }
        | Fact::Overflowed { ticket, call, .. } => Some((*ticket, *call, Part::Last)),
        // Operators are told apart.
        Fact::DutyChanged { .. } | Fact::Breached { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::routing::{Class, Departure, Waits, Widening};

    fn ticket(number: u64) -> TicketId {
        TicketId::new(Wall(i64::try_from(number).expect("small")), &mut Rng::seeded(number))
    }

    fn call() -> CallId {
        CallId::new(Wall(1), &mut Rng::seeded(1))
    }

    fn event(fact: Fact) -> Event {
        Event { version: Event::VERSION, at: Wall(5), fact }
    }

    fn entered(number: u64) -> Event {
        event(Fact::Entered {
            ticket: ticket(number),
            call: call(),
            queue: "care".into(),
            entity: None,
            class: Class::default(),
            carried_ms: 0,
            who: Waits::Caller,
        })
    }

    fn widened(number: u64, step: usize) -> Event {
        let (ticket, call) = (ticket(number), call());
        event(Fact::Widened { ticket, call, step, why: Widening::Clock })
    }

    fn left(number: u64) -> Event {
        event(Fact::Left {
            ticket: ticket(number),
            call: call(),
            queue: "care".into(),
            entity: None,
            why: Departure::CallerLeft,
            waited_ms: 9,
        })
    }

    #[test]
    fn a_log_is_given_once_with_all_its_events_and_the_last_position() {
        let mut logs = TicketLogs::default();
        assert_eq!(logs.handle(&widened(1, 1)), None, "of a ticket that never entered");
        assert_eq!(logs.handle(&entered(1)), None);
        logs.placed(ticket(1), 3);
        assert_eq!(logs.handle(&widened(1, 1)), None);
        assert_eq!(logs.of(call()).len(), 1);
        let log = logs.handle(&left(1)).expect("the last one");
        assert_eq!(log.events, [entered(1), widened(1, 1), left(1)]);
        assert_eq!((log.position, log.unlisted), (Some(3), 0));
        assert_eq!(logs.handle(&left(1)), None);
        assert!(logs.of(call()).is_empty());
    }

    #[test]
    fn a_long_log_keeps_its_beginning_and_its_end() {
        let mut logs = TicketLogs::default();
        logs.handle(&entered(1));
        for step in 0..TICKET_EVENTS_MAX + 4 {
            logs.handle(&widened(1, step));
        }
        let log = logs.handle(&left(1)).expect("the last one");
        assert_eq!((log.events.len(), log.unlisted), (TICKET_EVENTS_MAX + 1, 5));
        assert_eq!(log.events.last(), Some(&left(1)));
    }

    #[test]
    fn one_log_too_many_closes_the_oldest() {
        let mut logs = TicketLogs::default();
        let count = u64::try_from(TICKET_LOGS_MAX).expect("small");
        for number in 0..count {
            assert_eq!(logs.handle(&entered(number)), None);
        }
        let oldest = logs.handle(&entered(count)).expect("no room");
        assert_eq!(oldest.ticket, ticket(0));
        assert_eq!(logs.close_all().len(), TICKET_LOGS_MAX);
    }
}
