//! A call in the pool: its ticket, the agents that are rung for it, and how the wait ends.

use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{AgentId, CallId, OfferId, SkillId, TicketId};
use crate::base::time::Moment;
use crate::call::event::{Departure, Fact, Line, OfferResult};
use crate::call::exchange::{DeskNews, Output, Phone, PhoneNews, Routed};
use crate::call::machine::{Call, State, names};
use crate::call::talk::Talk;
use crate::flow::{self, ErrandId};
use crate::routing;

/// One wait of the caller.
#[derive(Debug)]
pub(super) struct Wait {
    pub(super) entry: routing::Entry,
    pub(super) since: Moment,
    pub(super) ring: Option<Ring>,
    /// The errand that asks for a call-back in this place.
    pub(super) booking: Option<ErrandId>,
}

impl Wait {
    pub(super) const fn new(now: Moment, entry: routing::Entry) -> Self {
        Self { entry, since: now, ring: None, booking: None }
    }
}

/// The agent who is rung for the caller.
#[derive(Debug)]
pub(super) struct Ring {
    offer: OfferId,
    agent: AgentId,
    phone: Phone,
    line: RingLine,
}

/// Whether there is still a phone to be talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RingLine {
    /// It rings, or was picked up.
    Open,
    /// It ended while routing was being told that it was picked up.
    Over,
}

impl Call {
    /// Puts the caller in the pool, as the flow's `queue` node wishes.
    pub(super) fn enqueue(&mut self, now: Moment, wish: flow::Enqueue) {
        match self.state {
            State::Walking => {}
            // The flow asks after the end: there is nobody to wait.
            State::Ringing
            | State::Answered
            | State::Waiting(_)
            | State::Talking(_)
            | State::Away(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over => return,
        }
        self.wants(&wish);
        let ticket = self.ticket(now);
        match entry_of(wish, ticket, self.id()) {
            Ok(entry) => self.wait(now, entry),
            Err(fault) => {
                // The loader has proven every need, so this is a fault of ours; the flow goes on.
                self.ask(Output::Complain(fault.to_string()));
                let ended = flow::QueueNews::Ended(flow::Overflow::NoAgents);
                self.run.handle(now, flow::Input::Queue(ended));
            }
        }
    }

    /// Writes on the card what the caller waits for.
    pub(super) fn wants(&mut self, wish: &flow::Enqueue) {
        self.card.queue = Some(wish.queue.clone());
        self.card.queue_names = names(&wish.policy.name);
        if let Some(entity) = &wish.entity {
            let entity = self.bundle.entities.get(entity);
            self.card.entity_names = entity.map(|of| names(&of.name.texts)).unwrap_or_default();
        }
        self.card.entity.clone_from(&wish.entity);
    }

    /// Puts the caller back at the head of the pool.
    pub(super) fn wait_again(&mut self, now: Moment, mut entry: routing::Entry) {
        entry.ticket = self.ticket(now);
        entry.place = routing::Place::Head;
        entry.prefer = None;
        self.wait(now, entry);
    }

    pub(super) fn ticket(&mut self, now: Moment) -> TicketId {
        TicketId::new(self.epoch.wall(now), &mut self.rng)
    }

    fn wait(&mut self, now: Moment, entry: routing::Entry) {
        self.tell(Fact::Queued {
            ticket: entry.ticket,
            queue: entry.queue.clone(),
            entity: entry.entity.clone(),
            class: entry.class.get(),
        });
        let card = Box::new(self.card.clone());
        self.ask(Output::Enter { entry: Box::new(entry.clone()), card });
        self.state = State::Waiting(Wait::new(now, entry));
    }

    /// The flow takes the caller out of the queue.
    pub(super) fn leave_queue(&mut self, now: Moment) {
        match std::mem::replace(&mut self.state, State::Walking) {
            State::Waiting(wait) => {
                self.end_wait(now, wait, Departure::Exit);
                self.run
                    .handle(now, flow::Input::Queue(flow::QueueNews::Ended(flow::Overflow::Exit)));
            }
            // The wait is over already: an agent or the end was first.
            other @ (State::Ringing
            | State::Answered
            | State::Walking
            | State::Talking(_)
            | State::Away(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over) => self.state = other,
        }
    }

    /// The caller hangs up while waiting.
    pub(super) fn abandon(&mut self, now: Moment, wait: Wait) {
        self.end_wait(now, wait, Departure::CallerLeft);
    }

    fn end_wait(&mut self, now: Moment, wait: Wait, why: Departure) {
        let leaving = match why {
            Departure::CallerLeft => routing::Departure::CallerLeft,
            Departure::Exit
            | Departure::Full
            | Departure::Closed
            | Departure::NoAgents
            | Departure::Timeout => routing::Departure::Exit,
            Departure::Callback => routing::Departure::Callback,
        };
        self.ask(Output::Route(routing::Input::Leave { ticket: wait.entry.ticket, why: leaving }));
        if let Some(ring) = wait.ring {
            self.end_ring(ring, OfferResult::CallerLeft);
        }
        self.left(now, wait.entry.ticket, wait.since, why);
    }

    pub(super) fn left(&mut self, now: Moment, ticket: TicketId, since: Moment, why: Departure) {
        self.waited_before = now.since(since);
        let waited_ms = millis(self.waited_before);
        self.tell(Fact::LeftQueue { ticket, why, waited_ms });
    }

    pub(super) fn end_ring(&mut self, ring: Ring, result: OfferResult) {
        if let Phone::Sip(_) = ring.phone {
            self.ask(Output::DropPhone(ring.offer));
        }
        if !self.is_call_back() {
            self.tell(Fact::OfferEnded { offer: ring.offer, agent: ring.agent, result });
        }
    }

    /// A call-back that nobody took: there was no call yet.
    pub(super) fn quit_offer(&mut self, wait: Wait) {
        if let Some(ring) = wait.ring {
            self.end_ring(ring, OfferResult::CallerLeft);
        }
        self.offer_lapsed();
    }

    /// Hears what routing decided.
    pub(super) fn routed(&mut self, now: Moment, news: Routed) {
        match news {
            Routed::Place { ticket, position, expected } => {
                if self.waits_with(ticket) {
                    let expected = expected.map(|(p50, p80)| flow::Expected { p50, p80 });
                    let place = flow::QueueNews::Place { position, expected };
                    self.run.handle(now, flow::Input::Queue(place));
                }
            }
            Routed::Offered { ticket, offer, agent, phone } => {
                if self.waits_with(ticket) {
                    self.offered(now, ticket, Ring { offer, agent, phone, line: RingLine::Open });
                }
            }
            Routed::Withdrawn { offer, result } => self.withdrawn(offer, result),
            Routed::Connect { offer, agent, waited } => self.connect(now, offer, agent, waited),
            Routed::Overflow { ticket, outcome } => self.overflow(now, ticket, outcome),
        }
    }

    fn waits_with(&self, ticket: TicketId) -> bool {
        matches!(&self.state, State::Waiting(wait) if wait.entry.ticket == ticket)
    }

    fn offered(&mut self, now: Moment, ticket: TicketId, ring: Ring) {
        if !self.is_call_back() {
            self.tell(Fact::Offered { ticket, offer: ring.offer, agent: ring.agent.clone() });
        }
        if let State::Waiting(wait) = &mut self.state {
            let waited_ms = millis(now.since(wait.since));
            self.card.waited_ms = self.card.waited_ms.max(waited_ms);
            if let Phone::Sip(address) = &ring.phone {
                self.outbox.push_back(Output::Dial {
                    offer: ring.offer,
                    address: address.clone(),
                    card: Box::new(self.card.clone()),
                });
            }
            wait.ring = Some(ring);
        }
    }

    fn withdrawn(&mut self, offer: OfferId, result: OfferResult) {
        if let State::Waiting(wait) = &mut self.state
            && let Some(ring) = wait.ring.take_if(|ring| ring.offer == offer)
        {
            self.end_ring(ring, result);
            if self.is_call_back() {
                self.offer_lapsed();
            }
        }
    }

    fn connect(&mut self, now: Moment, offer: OfferId, agent: AgentId, waited: Duration) {
        let state = std::mem::replace(&mut self.state, State::Walking);
        let (entry, ring) = match state {
            State::Waiting(Wait { entry, ring: Some(ring), .. }) if ring.offer == offer => {
                (entry, ring)
            }
            // The caller left as the agent answered: routing frees the agent, her phone is ended.
            other @ (State::Ringing
            | State::Answered
            | State::Walking
            | State::Waiting(_)
            | State::Talking(_)
            | State::Away(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over) => {
                self.state = other;
                self.ask(Output::DropPhone(offer));
                self.free(agent, DeskNews::missed_the_caller());
                return;
            }
        };
        if self.is_call_back() {
            self.note_wait(waited);
            return self.call_citizen(
                now,
                Talk::new(now, entry, offer, agent, ring.phone),
                ring.line,
            );
        }
        self.tell(Fact::OfferEnded { offer, agent: agent.clone(), result: OfferResult::Accepted });
        self.tell(Fact::Connected {
            ticket: entry.ticket,
            agent: agent.clone(),
            line: match ring.phone {
                Phone::Desk => Line::Webrtc,
                Phone::Sip(_) => Line::Sip,
            },
            waited_ms: millis(waited),
        });
        self.card.waited_ms = millis(waited);
        self.ask(Output::Bridge { offer, agent: agent.clone(), phone: ring.phone.clone() });
        self.ask(Output::Desk(agent.clone(), DeskNews::Talking(Box::new(self.card.clone()))));
        self.state = State::Talking(Talk::new(now, entry, offer, agent.clone(), ring.phone));
        self.begin_tape();
        let answered = flow::QueueNews::Answered { agent };
        self.run.handle(now, flow::Input::Queue(answered));
        if ring.line == RingLine::Over {
            self.agent_gone(now);
        }
    }

    fn overflow(&mut self, now: Moment, ticket: TicketId, outcome: routing::Overflow) {
        if !self.waits_with(ticket) {
            return;
        }
        if let State::Waiting(wait) = std::mem::replace(&mut self.state, State::Walking) {
            let (why, outcome) = match outcome {
                routing::Overflow::Full => (Departure::Full, flow::Overflow::Full),
                routing::Overflow::NoAgents => (Departure::NoAgents, flow::Overflow::NoAgents),
                routing::Overflow::Timeout => (Departure::Timeout, flow::Overflow::Timeout),
            };
            if let Some(ring) = wait.ring {
                self.end_ring(ring, OfferResult::CallerLeft);
            }
            self.left(now, ticket, wait.since, why);
            self.run.handle(now, flow::Input::Queue(flow::QueueNews::Ended(outcome)));
        }
    }

    /// The SIP phone of an agent who is rung has news.
    pub(super) fn ring_news(&mut self, offer: OfferId, news: PhoneNews) {
        let State::Waiting(wait) = &mut self.state else { return };
        let Some(ring) = wait.ring.as_mut().filter(|ring| ring.offer == offer) else { return };
        ring.line = match news {
            PhoneNews::Answered => ring.line,
            PhoneNews::Refused(_) | PhoneNews::Denied(_) | PhoneNews::Ended => RingLine::Over,
        };
        self.ask(Output::Route(match news {
            PhoneNews::Answered => routing::Input::Accept { offer },
            // Busy Here, Busy Everywhere and Decline are a person's or a phone's own no.
            PhoneNews::Refused(486 | 600 | 603) => routing::Input::Decline { offer },
            PhoneNews::Refused(_) | PhoneNews::Denied(_) | PhoneNews::Ended => {
                routing::Input::Unreachable { offer }
            }
        }));
    }
}

pub(super) fn entry_of(
    wish: flow::Enqueue,
    ticket: TicketId,
    call: CallId,
) -> Result<routing::Entry, routing::NeedError> {
    let steps = wish.need.into_iter().map(|step| routing::Step {
        after: step.after,
        terms: Arc::new(routing::Terms { all: demands(step.all), any: demands(step.any) }),
    });
    let prefer = wish.prefer.map(|of| routing::Prefer { agent: of.agent, window: of.window });
    Ok(routing::Entry {
        ticket,
        call,
        queue: wish.queue,
        entity: wish.entity,
        class: routing::Class::new(wish.class).unwrap_or_default(),
        need: routing::Need::new(steps.collect())?,
        target_wait: wish.policy.target_wait,
        max_wait: wish.max_wait,
        cap: wish.policy.cap,
        waiting_per_agent: wish.policy.ratio.map(per_agent),
        ring: wish.policy.ring,
        wrap_up: wish.policy.wrap_up,
        place: routing::Place::Joining,
        prefer,
    })
}

fn demands(items: Vec<(SkillId, u8)>) -> Vec<routing::Demand> {
    let of = |(skill, level)| routing::Demand {
        skill,
        level: routing::Level::new(level).unwrap_or(routing::Level::LEAST),
    };
    items.into_iter().map(of).collect()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded and clamped")]
fn per_agent(ratio: f64) -> u32 {
    ratio.ceil().clamp(1.0, f64::from(u32::MAX)) as u32
}

pub(super) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
