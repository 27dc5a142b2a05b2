//! Call-backs: what `shell/pool/callbacks.rs` and `shell/worker/callbacks.rs` do with them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{CallBackId, CallId, OfferId, QueueId, TicketId};
use hatif::base::limit::CALLBACK_TRIES_MAX;
use hatif::base::time::Wall;
use hatif::call::Call;
use hatif::call::card::Card;
use hatif::call::dial::Denial;
use hatif::call::event::Line;
use hatif::call::exchange::{AgentOrder, BookedPlace, Booking, Input, Phone, PhoneNews};
use hatif::call::owed::{self, CallBack, Standing, Try};
use hatif::flow::run::CallbackFault;
use hatif::flow::{ErrandId, Reply};
use hatif::routing::{self, Departure, Entry};

use crate::simulator::mail::{Deed, Happening, ToPool, ToWorker, Wire};
use crate::simulator::pool::{Waiting, Wake};
use crate::simulator::shift::Shift;
use crate::simulator::worker::{Caller, Visit};

/// Every call-back that somebody was promised, as it was written down last.
pub(crate) type Promises = BTreeMap<CallBackId, Standing>;

/// Queues of these shifts close for forty seconds now and then.
pub(crate) fn is_open(_: &QueueId, wall: Wall) -> bool {
    (wall.0 / 1_000 / 40) % 4 != 3
}

pub(crate) const fn closed() -> CallbackFault {
    CallbackFault::Closed
}

impl Shift {
    /// A caller wants to be called back.
    pub(crate) fn wants_call_back(
        &mut self,
        worker: usize,
        call: CallId,
        errand: ErrandId,
        booking: Booking,
    ) {
        self.asked.insert(call, self.now);
        if self.chance.below(10) == 0 {
            let reply = Reply::Callback(Err(CallbackFault::RejectedNumber));
            return self.call(worker, call, Input::Errand(errand, reply));
        }
        let Booking { number, entry, mut card, place } = booking;
        let wall = self.epoch.wall(self.now);
        card.from.clone_from(&number);
        card.line = Line::Sip;
        let (waited, keeps) = match place {
            BookedPlace::Kept(ticket) => (Duration::ZERO, Some(ticket)),
            BookedPlace::Carried(waited) => (waited, None),
        };
        let what = CallBack {
            id: CallBackId::new(wall, &mut self.chance),
            number,
            asked_at: wall,
            waits_since: wall.before(waited),
            tries: 0,
            due_at: wall,
            entry,
            card,
        };
        let what = Box::new(what);
        self.post_pool(ToPool::CallBack { worker, call, errand, what, keeps });
    }

    /// The pool writes a call-back down; the caller is told when that is done, or never.
    pub(crate) fn book(
        &mut self,
        (worker, call, errand): (usize, CallId, ErrandId),
        mut what: Box<CallBack>,
        keeps: Option<TicketId>,
    ) {
        let waited = keeps.map(|ticket| (ticket, self.pool.group.routing_wait(&ticket, self.now)));
        let booked = match waited {
            _ if !self.pool.callbacks.has_room() => Err(CallbackFault::Closed),
            Some((_, None)) => Err(CallbackFault::Closed),
            Some((ticket, Some(waited))) => {
                what.waits_since = self.epoch.wall(self.now).before(waited);
                self.route(routing::Input::Leave { ticket, why: Departure::Callback });
                self.kept.insert(ticket);
                Ok(())
            }
            None => Ok(()),
        };
        if booked.is_ok() {
            self.callbacks(owed::Input::Owe(what));
        }
        let at = match self.chance.below(15) {
            0 => return,
            1 => self.now + Duration::from_secs(10 + self.chance.below(60)),
            _ => self.soon(400),
        };
        self.replies(at, worker, call, errand, Reply::Callback(booked));
    }

    /// Tells the book, and does what it asks for.
    pub(crate) fn callbacks(&mut self, input: owed::Input) {
        self.pool.callbacks.handle(self.now, input);
        self.drain_callbacks();
    }

    pub(crate) fn drain_callbacks(&mut self) {
        while let Some(output) = self.pool.callbacks.poll_output() {
            match output {
                owed::Output::Enter { entry, card, .. } => {
                    let worker = self.chance_index(self.workers.len());
                    let calls_back = Some(entry.clone());
                    let waiting = Waiting { worker, card, calls_back };
                    self.pool.waiting.insert(entry.call, waiting);
                    self.route(routing::Input::Enter(entry));
                }
                owed::Output::Leave { call, ticket } => {
                    self.route(routing::Input::Leave { ticket, why: Departure::Exit });
                    self.pool.waiting.remove(&call);
                }
                owed::Output::Keep(what, standing) => self.keep(&what, standing),
            }
        }
        let wake = self.pool.callbacks.poll_timeout().map(|(at, _)| at);
        self.pool.agenda.set(Wake::CallBacks, wake);
    }

    /// A promise is kept, or given up after enough tries; not both, and not again.
    fn keep(&mut self, what: &CallBack, standing: Standing) {
        assert!(what.tries <= CALLBACK_TRIES_MAX, "{what:?} is tried too often");
        let before = self.promises.insert(what.id, standing);
        let is_open = matches!(before, None | Some(Standing::Waiting));
        assert!(is_open, "{what:?} was settled: {before:?}");
        self.figures.called_back += u64::from(standing == Standing::Done);
    }

    /// A visit is over, or an agent had taken a call-back for which there was none.
    pub(crate) fn gone(&mut self, call: CallId) {
        self.pool.waiting.remove(&call);
        if self.pool.callbacks.has(call) {
            self.callbacks(owed::Input::Tried(call, Try::AgentLeft));
        }
    }

    /// An agent took a call-back: the citizen is about to be called.
    pub(crate) fn take_call_back(&mut self, call: CallId) {
        if self.pool.callbacks.has(call) {
            self.callbacks(owed::Input::Taken(call));
        }
    }

    /// Before a call-back is offered, a worker holds its call.
    pub(crate) fn offers_call_back(&mut self, call: CallId) {
        let Some(waiting) = self.pool.waiting.get(&call) else { return };
        let Some(entry) = waiting.calls_back.clone() else { return };
        let (worker, card) = (waiting.worker, waiting.card.clone());
        self.post_worker(worker, ToWorker::CallBack { entry, card });
    }

    /// The pool is about to offer a call-back to an agent.
    pub(crate) fn opens_call_back(&mut self, worker: usize, entry: Entry, card: Card) {
        let id = card.call;
        if self.workers[worker].visits.contains_key(&id) {
            return;
        }
        let flow = self.world.bundle().answers("900").expect("the number is in the bundle");
        let (world, rng) = (Arc::clone(&self.world), Rng::seeded(self.chance.bits()));
        let call = Call::calling_back(self.now, self.epoch, world, flow, (entry, card), rng);
        let visit = Visit::new(call, Caller::Citizen(None));
        self.workers[worker].visits.insert(id, visit);
        self.drain_call(worker, id);
    }

    /// Rings the citizen, while the agent hears it ring.
    pub(crate) fn call_citizen(
        &mut self,
        worker: usize,
        id: CallId,
        (offer, phone): (OfferId, &Phone),
    ) {
        assert!(self.pool.callbacks.has(id), "{id} calls somebody who is owed nothing");
        let visit = self.workers[worker].visits.get(&id).expect("who asks is there");
        let seat = match phone {
            Phone::Desk => visit.desk,
            Phone::Sip(_) => visit.phone_seat(offer),
        };
        let news = match (seat, self.chance.below(20)) {
            (None, _) => return self.call(worker, id, Input::Agent(AgentOrder::Gone)),
            (Some(_), 0) => PhoneNews::Denied(Denial::CallsMax),
            (Some(_), 1) => PhoneNews::Refused(503),
            (Some(_), _) => return self.ring_citizen(worker, id),
        };
        self.call(worker, id, Input::Citizen(news));
    }

    fn ring_citizen(&mut self, worker: usize, id: CallId) {
        self.sessions += 1;
        let session = self.sessions;
        let visit = self.workers[worker].visits.get_mut(&id).expect("who asks is there");
        visit.caller = Caller::Citizen(Some(session));
        self.floor.open(id);
        self.callers.insert(id, worker);
        let at = self.soon(12_000);
        let news = match self.chance.below(8) {
            // It rings for ever.
            0 => return,
            1 => PhoneNews::Refused(486),
            2 => PhoneNews::Refused(480),
            _ => PhoneNews::Answered,
        };
        let arrives = Happening::ArrivesAtWorker(worker, ToWorker::Citizen(id, news));
        self.mail.send(Wire::Caller(id), at, arrives);
        if news == PhoneNews::Answered {
            let talks = Duration::from_millis(1 + self.chance.below(50_000));
            self.mail.at(at + talks, Happening::Caller(id, Deed::HangsUp));
        }
    }
}
