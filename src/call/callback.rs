//! Call-backs: a caller asks for one, and later an agent and the citizen are brought together.

use std::sync::Arc;
use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::limit::CALLBACK_RING;
use crate::base::time::{Epoch, Moment};
use crate::call::card::Card;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{Departure, Direction, Fact, OfferResult};
use crate::call::exchange::{AgentOrder, BookedPlace, Booking, DeskNews, Output, Phone, PhoneNews};
use crate::call::machine::{Call, State, Timer};
use crate::call::owed::Try;
use crate::call::queueing::{RingLine, Wait, entry_of, millis};
use crate::call::talk::Talk;
use crate::flow::run::{CallbackFault, CallbackWish};
use crate::flow::{self, ErrandId, FlowIndex, Reply, World};
use crate::routing;

impl Call {
    /// Does the flow's `callback`, or its `leave_queue` with one.
    pub(super) fn call_back(&mut self, now: Moment, errand: ErrandId, wish: CallbackWish) {
        let CallbackWish { number, enqueue } = wish;
        let booked = match (enqueue, &mut self.state) {
            (None, State::Waiting(wait)) => {
                wait.booking = Some(errand);
                let entry = wait.entry.clone();
                Some((BookedPlace::Kept(entry.ticket), entry))
            }
            (Some(enqueue), State::Walking | State::Closing(_)) => {
                let carried = self.waited_before;
                let ticket = self.ticket(now);
                self.wants(&enqueue);
                let entry = entry_of(enqueue, ticket, self.id()).ok();
                entry.map(|entry| (BookedPlace::Carried(carried), entry))
            }
            // The place is lost already: an agent, or the end, was first.
            (
                None,
                State::Ringing
                | State::Answered
                | State::Walking
                | State::Talking(_)
                | State::Away(_)
                | State::Calling(_)
                | State::Closing(_)
                | State::Over,
            )
            | (
                Some(_),
                State::Ringing
                | State::Answered
                | State::Waiting(_)
                | State::Talking(_)
                | State::Away(_)
                | State::Calling(_)
                | State::Over,
            ) => None,
        };
        match booked {
            Some((place, entry)) => {
                let card = Card { direction: Direction::Outbound, ..self.card.clone() };
                let booking = Booking { number, entry, card, place };
                self.ask(Output::CallBack(errand, Box::new(booking)));
            }
            None => {
                let closed = Reply::Callback(Err(CallbackFault::Closed));
                self.run.handle(now, flow::Input::Errand(errand, closed));
            }
        }
    }

    /// The caller's place is kept for a call-back: the wait is over without an abandon.
    pub(super) fn booked(&mut self, now: Moment, errand: ErrandId, reply: &Reply) {
        let is_kept = matches!(reply, Reply::Callback(Ok(())))
            && matches!(&self.state, State::Waiting(wait) if wait.booking == Some(errand));
        if !is_kept {
            return;
        }
        if let State::Waiting(wait) = std::mem::replace(&mut self.state, State::Walking) {
            if let Some(ring) = wait.ring {
                self.end_ring(ring, OfferResult::CallerLeft);
            }
            self.left(now, wait.entry.ticket, wait.since, Departure::Callback);
            // The word came so late that the caller was listening to music again.
            if !self.run.awaits(errand) {
                let ended = flow::QueueNews::Ended(flow::Overflow::Callback);
                self.run.handle(now, flow::Input::Queue(ended));
            }
        }
    }

    /// A call-back that is offered to an agent; nobody outside hears of it before she takes it.
    #[must_use]
    pub fn calling_back(
        now: Moment,
        epoch: Epoch,
        world: Arc<World>,
        flow: FlowIndex,
        (entry, card): (routing::Entry, Card),
        rng: Rng,
    ) -> Self {
        let caller = flow::Caller {
            id: card.call,
            from: card.from.as_str().into(),
            to: card.to.as_str().into(),
            trunk: "".into(),
        };
        let wait = State::Waiting(Wait::new(now, entry));
        Self::blank(epoch, world, (flow, &caller), card, wait, rng)
    }

    pub(super) fn is_call_back(&self) -> bool {
        self.card.direction == Direction::Outbound
    }

    /// Nobody took the offer: this visit is over, and the next offer begins another one.
    pub(super) fn offer_lapsed(&mut self) {
        self.state = State::Over;
        self.ask(Output::Lapsed);
    }

    /// An agent took the call-back: the citizen is called.
    pub(super) fn call_citizen(&mut self, now: Moment, talk: Talk, line: RingLine) {
        let entry = talk.entry().clone();
        let (offer, agent, phone) = (talk.offer(), talk.agent().clone(), talk.phone().clone());
        self.tell(Fact::Arrived {
            direction: Direction::Outbound,
            from: self.card.to.clone(),
            to: self.card.from.clone(),
            trunk: String::new(),
            line: self.card.line,
            bundle: self.bundle.hash.to_string(),
            flow: String::new(),
        });
        self.tell(Fact::Language { language: self.card.language.clone() });
        self.tell(Fact::Queued {
            ticket: entry.ticket,
            queue: entry.queue,
            entity: entry.entity,
            class: entry.class.get(),
        });
        self.tell(Fact::Offered { ticket: entry.ticket, offer, agent: agent.clone() });
        self.tell(Fact::OfferEnded { offer, agent: agent.clone(), result: OfferResult::Accepted });
        self.timers.set(Timer::Outside, now + CALLBACK_RING);
        self.ask(Output::Call { to: self.card.from.clone(), offer, phone });
        self.ask(Output::Desk(agent, DeskNews::Talking(Box::new(self.card.clone()))));
        self.state = State::Calling(talk);
        if line == RingLine::Over {
            self.give_up_calling(now, Ending { by: Side::Agent, cause: Cause::HungUp });
        }
    }

    /// Hears the line to the citizen.
    pub(super) fn citizen(&mut self, now: Moment, news: PhoneNews) {
        let State::Calling(_) = &self.state else { return };
        match news {
            PhoneNews::Answered => self.citizen_answered(now),
            PhoneNews::Refused(_) | PhoneNews::Ended | PhoneNews::Denied(_) => {
                self.give_up_calling(now, Ending { by: Side::Outside, cause: Cause::NoAnswer });
            }
        }
    }

    fn citizen_answered(&mut self, now: Moment) {
        if let State::Calling(talk) = std::mem::replace(&mut self.state, State::Walking) {
            self.timers.clear(Timer::Outside);
            self.tell(Fact::Answered);
            self.tell(Fact::Connected {
                ticket: talk.entry().ticket,
                agent: talk.agent().clone(),
                line: talk.line(),
                waited_ms: self.card.waited_ms,
            });
            self.ask(Output::CalledBack(Try::Answered));
            self.begin_call_back(talk.since(now));
        }
    }

    /// The agent does something while the citizen is rung.
    pub(super) fn agent_while_calling(&mut self, now: Moment, order: AgentOrder) {
        match order {
            AgentOrder::HangUp => {
                self.give_up_calling(now, Ending { by: Side::Agent, cause: Cause::HungUp });
            }
            AgentOrder::Gone => {
                let ending = Ending { by: Side::System, cause: Cause::Unreachable };
                self.give_up_calling(now, ending);
            }
            AgentOrder::AudioLost | AgentOrder::AudioBack => {
                if let State::Calling(talk) = &mut self.state {
                    talk.note_audio(order);
                }
            }
            // There is nobody yet to be put on hold, or to be kept from hearing her.
            AgentOrder::Hold | AgentOrder::Unhold | AgentOrder::Mute | AgentOrder::Unmute => {}
        }
    }

    /// The citizen does not answer, or there is nobody any more to talk with.
    pub(super) fn give_up_calling(&mut self, now: Moment, ending: Ending) {
        if let State::Calling(_) = self.state {
            self.close(now, ending);
        }
    }

    /// Frees the agent who waited for the citizen: there is no after-call work.
    pub(super) fn free_from_calling(&mut self, talk: Talk, ending: Ending) {
        self.timers.clear(Timer::Outside);
        self.ask(Output::CalledBack(match ending.by {
            Side::Caller | Side::Outside | Side::Agent => Try::NotAnswered,
            Side::Flow | Side::System => Try::AgentLeft,
        }));
        if let Phone::Sip(_) = talk.phone() {
            self.ask(Output::DropPhone(talk.offer()));
        }
        let agent = talk.agent().clone();
        let Ending { by, cause } = ending;
        self.free(agent.clone(), DeskNews::Ended { by, cause, talk: Duration::ZERO });
        let order = routing::DutyOrder::EndWrapUp;
        self.ask(Output::Route(routing::Input::Order { agent, order }));
    }

    /// How long the agent let the citizen wait, for her card.
    pub(super) fn note_wait(&mut self, waited: Duration) {
        self.card.waited_ms = self.card.waited_ms.max(millis(waited));
    }
}
