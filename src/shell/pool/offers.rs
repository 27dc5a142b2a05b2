//! What routing decided, carried to the call's worker and to the agent's desk.

use crate::base::id::{AgentId, CallId, OfferId, TicketId};
use crate::base::time::Moment;
use crate::call::card::Card;
use crate::call::event::OfferResult;
use crate::call::exchange::{self, Phone, Routed};
use crate::call::owed;
use crate::desk;
use crate::routing::{Event, Fact, Output, Settlement};
use crate::shell::pool::{Pool, Wake};
use crate::shell::post::{Seat, ToWorker};

/// A call that rings somewhere.
pub(super) struct Rung {
    pub(super) call: CallId,
    agent: AgentId,
}

impl Pool {
    /// Carries out the group's decisions until there are none.
    pub(super) fn decided(&mut self, now: Moment) {
        while let Some(output) = self.group.poll_output() {
            match output {
                Output::Offer { offer, ticket, call, agent, until } => {
                    self.offers.insert(offer, Rung { call, agent: agent.clone() });
                    self.ring(now, (offer, ticket, call), agent, until);
                }
                // The settlement's own event follows, for declined and unreachable offers too.
                Output::Withdraw { .. } => {}
                Output::Connect { offer, call, agent, waited, ticket: _ } => {
                    self.offers.remove(&offer);
                    self.take_call_back(now, call);
                    let seat = self.members.get(&agent).and_then(|member| member.seat);
                    self.tell(call, Routed::Connect { offer, agent, waited }, seat);
                }
                Output::TooLate { offer, agent } => {
                    self.desk(now, &agent, desk::Input::Withdrawn(offer, "caller_left"));
                    self.settled(now, offer, Settlement::CallerGone);
                }
                Output::Overflow { call, .. } if self.callbacks.has(call) => {
                    self.call_back_overflowed(now, call);
                }
                Output::Overflow { ticket, call, outcome } => {
                    self.tell(call, Routed::Overflow { ticket, outcome }, None);
                }
                Output::Place { ticket, call, position, expected } => {
                    self.logs.placed(ticket, position);
                    let expected = expected.map(|expected| (expected.p50, expected.p80));
                    self.tell(call, Routed::Place { ticket, position, expected }, None);
                }
                Output::Duty { agent, standing } => {
                    self.desk(now, &agent, desk::Input::Standing(standing));
                }
                Output::Refused { agent, why } => {
                    tracing::error!(%agent, %why, "an agent cannot be employed");
                }
                Output::Event(event) => self.happened(now, &event),
            }
        }
        self.agenda.set(Wake::Group, self.group.poll_timeout().map(|(at, _)| at));
    }

    /// An agent took a call-back: the citizen is about to be called.
    fn take_call_back(&mut self, now: Moment, call: CallId) {
        if self.callbacks.has(call) {
            self.callbacks(now, owed::Input::Taken(call));
        }
    }

    fn ring(
        &mut self,
        now: Moment,
        (offer, ticket, call): (OfferId, TicketId, CallId),
        agent: AgentId,
        until: Moment,
    ) {
        let Some(member) = self.members.get(&agent) else { return };
        let phone = member.phone.clone();
        self.open_call_back(call);
        if phone == Phone::Desk {
            self.ring_desk(now, &agent, call, offer, until);
        }
        self.tell(call, Routed::Offered { ticket, offer, agent, phone }, None);
    }

    fn ring_desk(
        &mut self,
        now: Moment,
        agent: &AgentId,
        call: CallId,
        offer: OfferId,
        until: Moment,
    ) {
        let Some(waiting) = self.waiting.get(&call) else { return };
        let waited_ms = u64::try_from(now.since(waiting.since).as_millis()).unwrap_or(u64::MAX);
        let waited_ms = waiting.card.waited_ms.saturating_add(waited_ms);
        let card = Box::new(Card { waited_ms, ..(*waiting.card).clone() });
        self.desk(now, agent, desk::Input::Offered { offer, until, card });
    }

    fn happened(&mut self, now: Moment, event: &Event) {
        if let Fact::OfferSettled { offer, result, .. } = event.fact {
            self.settled(now, offer, result);
        }
        self.fold.handle(event);
        self.figures.handle(event);
        if let Some(log) = self.logs.handle(event) {
            self.store.log(log);
        }
    }

    fn settled(&mut self, now: Moment, offer: OfferId, settlement: Settlement) {
        let (result, word) = match settlement {
            // The talk's own news follows.
            Settlement::Accepted => return,
            Settlement::CallerGone | Settlement::TimedOut => {
                (OfferResult::CallerLeft, "caller_left")
            }
            Settlement::Missed | Settlement::Swept => (OfferResult::Missed, "missed"),
            Settlement::Rejected => (OfferResult::Declined, "declined"),
            Settlement::Unreachable | Settlement::AgentGone => {
                (OfferResult::Unreachable, "left_duty")
            }
        };
        if let Some(Rung { call, agent }) = self.offers.remove(&offer) {
            self.tell(call, Routed::Withdrawn { offer, result }, None);
            self.desk(now, &agent, desk::Input::Withdrawn(offer, word));
        }
    }

    /// Writes to the worker that owns the call.
    pub(super) fn tell(&self, call: CallId, news: Routed, desk: Option<Seat>) {
        self.order(call, exchange::Input::Routed(news), desk);
    }

    /// Writes to the worker that owns the call.
    pub(super) fn order(&self, call: CallId, input: exchange::Input, desk: Option<Seat>) {
        if let Some(waiting) = self.waiting.get(&call) {
            let input = Box::new(input);
            self.post.worker(waiting.worker, ToWorker::Call { call, input, desk });
        }
    }
}
