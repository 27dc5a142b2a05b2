//! The facts that calls tell, held against a plain model of a visit, and the records they make.

use std::collections::{BTreeMap, BTreeSet};

use hatif::base::id::{AgentId, CallId, OfferId, QueueId, TicketId};
use hatif::base::time::{Epoch, Moment};
use hatif::call::event::{CallEvent, Direction, Fact, OfferResult, VERSION};
use hatif::record::{CallRecord, Ledger};

/// Where a caller is, by what was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Flow,
    Line {
        ticket: TicketId,
        queue: QueueId,
        since: Moment,
        ring: Ring,
    },
    Talk {
        agent: AgentId,
        held: Held,
    },
    /// Somebody outside talks with the caller.
    Outside,
    /// A call-back that an agent has taken: the citizen is rung.
    Calling {
        ticket: TicketId,
        agent: AgentId,
    },
    Ended,
}

/// Whether an agent is rung for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ring {
    None,
    On(OfferId),
    Accepted,
}

/// Whether the caller is on hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held {
    Yes,
    No,
}

/// What was told of all calls.
#[derive(Debug, Default)]
pub(crate) struct Books {
    places: BTreeMap<CallId, Place>,
    call_backs: BTreeSet<CallId>,
    /// Who talks with whom, by what was told.
    talks: BTreeMap<AgentId, CallId>,
    ledger: Ledger,
    records: BTreeMap<CallId, CallRecord>,
}

impl Books {
    pub(crate) fn places(&self) -> impl Iterator<Item = (CallId, &Place)> {
        self.places.iter().map(|(call, place)| (*call, place))
    }

    pub(crate) fn place(&self, call: CallId) -> Option<&Place> {
        self.places.get(&call)
    }

    pub(crate) fn talk_of(&self, agent: &AgentId) -> Option<CallId> {
        self.talks.get(agent).copied()
    }

    pub(crate) fn records(&self) -> &BTreeMap<CallId, CallRecord> {
        &self.records
    }

    pub(crate) fn open_calls(&self) -> usize {
        self.ledger.open_calls()
    }

    /// Takes one fact; it must be one that can follow.
    pub(crate) fn note(&mut self, now: Moment, epoch: Epoch, call: CallId, fact: &Fact) {
        if let Fact::Arrived { direction, .. } = fact {
            if *direction == Direction::Outbound {
                self.call_backs.insert(call);
            }
            let before = self.places.insert(call, Place::Flow);
            assert_eq!(before, None, "{call} arrived twice");
        } else {
            let place = self.places.remove(&call).expect("who is told of has arrived");
            let next = self.follow(now, call, place, fact);
            self.places.insert(call, next);
        }
        let event = CallEvent { version: VERSION, call, at: epoch.wall(now), fact: fact.clone() };
        if let Some(record) = self.ledger.handle(event) {
            assert_eq!(record.call, call);
            let before = self.records.insert(call, record);
            assert!(before.is_none(), "{call} has two records");
        }
    }

    fn follow(&mut self, now: Moment, call: CallId, place: Place, fact: &Fact) -> Place {
        let wrong = || panic!("{call}: {fact:?} cannot follow {place:?}");
        match (fact, place.clone()) {
            (
                Fact::Answered
                | Fact::Entered { .. }
                | Fact::Outcome { .. }
                | Fact::Pressed { .. }
                | Fact::Tagged { .. }
                | Fact::Language { .. }
                | Fact::Recording { .. }
                | Fact::Measured { .. },
                Place::Flow
                | Place::Line { .. }
                | Place::Talk { .. }
                | Place::Outside
                | Place::Calling { .. },
            ) => place,
            (Fact::Queued { ticket, queue, .. }, Place::Flow) => {
                let (ticket, queue) = (*ticket, queue.clone());
                Place::Line { ticket, queue, since: now, ring: Ring::None }
            }
            (Fact::Offered { .. } | Fact::OfferEnded { .. }, Place::Line { .. }) => {
                self.rings(call, place, fact)
            }
            (
                Fact::Connected { ticket: of, agent, .. },
                Place::Line { ticket, ring: Ring::Accepted, .. } | Place::Calling { ticket, .. },
            ) if *of == ticket => {
                let before = self.talks.insert(agent.clone(), call);
                assert_eq!(before, None, "{agent} talks with two");
                Place::Talk { agent: agent.clone(), held: Held::No }
            }
            (Fact::LeftQueue { .. }, Place::Line { ring: Ring::None, .. }) => Place::Flow,
            (Fact::Held, Place::Talk { agent, held: Held::No }) => {
                Place::Talk { agent, held: Held::Yes }
            }
            (Fact::Unheld, Place::Talk { agent, held: Held::Yes }) => {
                Place::Talk { agent, held: Held::No }
            }
            (Fact::AgentLost { agent: lost }, Place::Talk { agent, .. }) if *lost == agent => place,
            (Fact::Released { agent: freed, .. }, Place::Talk { agent, .. }) if *freed == agent => {
                self.talks.remove(&agent);
                Place::Flow
            }
            (Fact::Transferred { .. }, Place::Flow) => Place::Outside,
            (Fact::TransferEnded { .. }, Place::Flow | Place::Outside) => Place::Flow,
            (Fact::Ended { .. }, Place::Flow | Place::Calling { .. }) => Place::Ended,
            _ => wrong(),
        }
    }

    /// An agent is rung for who waits in line, or no more.
    fn rings(&self, call: CallId, place: Place, fact: &Fact) -> Place {
        let wrong = || panic!("{call}: {fact:?} cannot follow {place:?}");
        match (fact, place.clone()) {
            (
                Fact::Offered { ticket: rung, offer, .. },
                Place::Line { ticket, queue, since, ring: Ring::None },
            ) if *rung == ticket => Place::Line { ticket, queue, since, ring: Ring::On(*offer) },
            (
                Fact::OfferEnded { offer, agent, result: OfferResult::Accepted },
                Place::Line { ticket, ring: Ring::On(rung), .. },
            ) if *offer == rung && self.call_backs.contains(&call) => {
                Place::Calling { ticket, agent: agent.clone() }
            }
            (
                Fact::OfferEnded { offer, result, .. },
                Place::Line { ticket, queue, since, ring: Ring::On(rung) },
            ) if *offer == rung => {
                let ring = match result {
                    OfferResult::Accepted => Ring::Accepted,
                    OfferResult::Missed
                    | OfferResult::Declined
                    | OfferResult::Unreachable
                    | OfferResult::CallerLeft => Ring::None,
                };
                Place::Line { ticket, queue, since, ring }
            }
            _ => wrong(),
        }
    }
}
