//! The workers' side: what `shell/worker/{orders,phones}.rs` do with a call's orders.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::agenda::Agenda;
use hatif::base::chance::Rng;
use hatif::base::id::{CallId, OfferId};
use hatif::base::time::Moment;
use hatif::call::Call;
use hatif::call::event::{AudioFigures, Fact, Line};
use hatif::call::exchange::{
    AgentOrder, DeskNews, Input, Mute, Output, Phone, PhoneNews, Playout, Routed,
};
use hatif::call::machine::Arrival;
use hatif::flow::{ErrandId, Mode};
use hatif::routing;

use crate::simulator::floor::Muted;
use crate::simulator::mail::{Deed, Happening, Seat, ToPool, ToWorker, Wire};
use crate::simulator::shift::Shift;

/// A call and what its worker holds for it.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) call: Call,
    pub(crate) is_confirmed: bool,
    pub(crate) caller: Caller,
    pub(crate) desk: Option<Seat>,
    phone: Option<AgentPhone>,
    /// The message that is being recorded.
    pub(crate) message: Option<ErrandId>,
    pub(crate) tape: Tape,
    /// Whom the caller's own line was asked to call.
    pub(crate) referring: Option<OfferId>,
}

/// Whether the call is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tape {
    Off,
    Running,
}

/// Who is at the caller's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Somebody who dialled.
    OnTheLine,
    /// Somebody who is called back, by the number of the session, once it was dialled.
    Citizen(Option<u64>),
}

impl Visit {
    pub(crate) const fn new(call: Call, caller: Caller) -> Self {
        Self {
            call,
            is_confirmed: false,
            caller,
            desk: None,
            phone: None,
            message: None,
            tape: Tape::Off,
            referring: None,
        }
    }

    /// The seat of the phone that rings or talks for an offer.
    pub(crate) fn phone_seat(&self, offer: OfferId) -> Option<Seat> {
        let phone = self.phone.as_ref().filter(|phone| phone.offer == offer);
        phone.map(|phone| Seat::Phone(phone.session))
    }
}

#[derive(Debug)]
struct AgentPhone {
    offer: OfferId,
    session: u64,
}

/// One task with its calls.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    pub(crate) visits: BTreeMap<CallId, Visit>,
    pub(crate) agenda: Agenda<CallId>,
    by_session: BTreeMap<u64, CallId>,
}

impl Shift {
    /// A caller dials.
    pub(crate) fn dials(&mut self) {
        let worker = self.chance_index(self.workers.len());
        let ring = match self.chance.below(3) {
            0 => Duration::ZERO,
            _ => Duration::from_millis(self.chance.below(4_000)),
        };
        let id = CallId::new(self.epoch.wall(self.now), &mut self.chance);
        let arrival = Arrival {
            id,
            // Some call twice.
            from: format!("+97150{:07}", self.chance.below(400)),
            to: "900".to_owned(),
            trunk: "carrier".to_owned(),
            line: Line::Sip,
            ring,
        };
        let flow = self.world.bundle().answers("900").expect("the number is in the bundle");
        let (world, rng) = (Arc::clone(&self.world), Rng::seeded(self.chance.bits()));
        let call = Call::new(self.now, self.epoch, world, flow, arrival, rng);
        let visit = Visit::new(call, Caller::OnTheLine);
        self.floor.open(id);
        self.workers[worker].visits.insert(id, visit);
        self.comes(worker, id);
        self.drain_call(worker, id);
    }

    /// A worker takes one message out of its box.
    pub(crate) fn worker_reads(&mut self, worker: usize) {
        let message = self.mail.take_for_worker(worker).expect("a message that was announced");
        self.trace(|| format!("worker {worker} reads {message:?}"));
        match message {
            ToWorker::Caller(call, input) => {
                if let (Input::Confirmed, Some(visit)) =
                    (&input, self.workers[worker].visits.get_mut(&call))
                {
                    visit.is_confirmed = true;
                }
                self.call(worker, call, input);
            }
            ToWorker::Phone { call, offer, session, news } => {
                // News of a session that was let go is not heard.
                if self.workers[worker].by_session.contains_key(&session) {
                    self.call(worker, call, Input::Phone(offer, news));
                }
            }
            ToWorker::Call { call, input, desk } => self.told_by_pool(worker, call, input, desk),
            ToWorker::Errand(call, errand, reply) => {
                self.call(worker, call, Input::Errand(errand, reply));
            }
            ToWorker::Citizen(call, news) => self.call(worker, call, Input::Citizen(news)),
            ToWorker::Referred(call, news) => self.referred(worker, call, news),
            ToWorker::CallBack { entry, card } => self.opens_call_back(worker, *entry, *card),
            ToWorker::Stop => self.stops(worker),
        }
        self.wake_worker(worker);
    }

    /// A worker does what is due.
    pub(crate) fn wake_worker(&mut self, worker: usize) {
        while let Some(call) = self.workers[worker].agenda.pop_due(self.now) {
            if let Some(visit) = self.workers[worker].visits.get_mut(&call) {
                visit.call.handle_timeout(self.now);
            }
            self.drain_call(worker, call);
        }
    }

    fn told_by_pool(&mut self, worker: usize, id: CallId, input: Input, desk: Option<Seat>) {
        match self.workers[worker].visits.get_mut(&id) {
            Some(visit) => {
                visit.desk = desk.or(visit.desk);
                self.call(worker, id, input);
            }
            None => {
                if let Input::Routed(Routed::Connect { agent, .. }) = input {
                    self.figures.too_late += 1;
                    self.post_pool(ToPool::Gone(id));
                    let news = DeskNews::missed_the_caller();
                    self.post_pool(ToPool::Desk(agent.clone(), news));
                    self.post_pool(ToPool::Route(routing::Input::Release { agent }));
                }
            }
        }
    }

    pub(crate) fn call(&mut self, worker: usize, id: CallId, input: Input) {
        if let Some(visit) = self.workers[worker].visits.get_mut(&id) {
            visit.call.handle(self.now, input);
            self.drain_call(worker, id);
        }
    }

    pub(crate) fn drain_call(&mut self, worker: usize, id: CallId) {
        while let Some(output) =
            self.workers[worker].visits.get_mut(&id).and_then(|visit| visit.call.poll_output())
        {
            self.trace(|| format!("  {id} asks {output:?}"));
            self.carry_out(worker, id, output);
        }
        let visit = self.workers[worker].visits.get(&id);
        let wake = visit.and_then(|visit| visit.call.poll_timeout());
        self.workers[worker].agenda.set(id, wake.map(|(at, _)| at));
    }

    fn carry_out(&mut self, worker: usize, id: CallId, output: Output) {
        match output {
            Output::Ring => {}
            Output::Answer => self.is_answered(id),
            Output::HangUp(ending) => {
                let before = self.endings.insert(id, ending);
                assert_eq!(before, None, "{id} is ended twice");
                self.hang_up(worker, id);
            }
            Output::Play { play, what } => self.play(id, play, &what),
            Output::Stop => self.floor.stop(id),
            Output::Enter { entry, card } => self.post_pool(ToPool::Enter { worker, entry, card }),
            Output::Route(input) => self.post_pool(ToPool::Route(input)),
            Output::Dial { offer, .. } => self.dial(worker, id, offer),
            Output::DropPhone(offer) => self.drop_phone(worker, id, offer),
            Output::Bridge { offer, phone, .. } => self.bridge(worker, id, offer, &phone),
            Output::Unbridge => self.floor.unbridge(id),
            Output::MuteAgent(mute) => {
                let muted = match mute {
                    Mute::On => Muted::Yes,
                    Mute::Off => Muted::No,
                };
                let visit = self.workers[worker].visits.get(&id);
                if let Some(seat) = visit.and_then(|visit| visit.desk) {
                    self.floor.mute(seat, muted);
                }
            }
            Output::Desk(agent, news) => self.post_pool(ToPool::Desk(agent, news)),
            Output::Event(fact) => {
                self.figures.talks += u64::from(matches!(fact, Fact::Connected { .. }));
                self.figures.lost += u64::from(matches!(fact, Fact::AgentLost { .. }));
                self.figures.calls += u64::from(matches!(fact, Fact::Arrived { .. }));
                self.books.note(self.now, self.epoch, id, &fact);
            }
            // What another system answers, or a dial plan denies, is no fault of the flow's.
            Output::Complain(_) => {}
            Output::DialOut { line, .. } => self.dial_out(worker, id, line),
            Output::Refer { line, .. } => self.refer(worker, id, line),
            Output::JoinOutside(line) => self.join_outside(worker, id, line),
            Output::CallBack(errand, booking) => {
                self.wants_call_back(worker, id, errand, *booking);
            }
            Output::Call { offer, phone, .. } => self.call_citizen(worker, id, (offer, &phone)),
            Output::CalledBack(result) => self.post_pool(ToPool::CalledBack(id, result)),
            Output::Errand(errand, what) => self.errand(worker, id, errand, &what),
            Output::Recall(errand) => self.recall(worker, id, errand),
            Output::Record(order) => self.tape(worker, id, order),
            Output::Lapsed => self.forget(worker, id),
            Output::Over => {
                self.forget(worker, id);
                self.post_pool(ToPool::Gone(id));
            }
        }
    }

    fn is_answered(&mut self, id: CallId) {
        let deed = match self.chance.below(20) {
            0 => (Deed::GivesUpOnAck, Duration::from_secs(32)),
            _ => (Deed::Acknowledges, Duration::from_millis(20 + self.chance.below(800))),
        };
        self.mail.at(self.now + deed.1, Happening::Caller(id, deed.0));
    }

    fn hang_up(&mut self, worker: usize, id: CallId) {
        let visit = self.workers[worker].visits.get(&id).expect("who asks is there");
        if visit.caller == Caller::Citizen(None) {
            return;
        }
        self.floor.close(id);
        if self.chance.below(20) != 0 {
            let at = self.soon(50);
            let closed = ToWorker::Caller(id, Input::Closed(AudioFigures::default()));
            let arrives = Happening::ArrivesAtWorker(worker, closed);
            self.mail.send(Wire::Media(worker), at, arrives);
        }
    }

    fn play(&mut self, id: CallId, play: u64, what: &Playout) {
        self.floor.play(id, play);
        if matches!(what, Playout::Flow(wish) if wish.mode == Mode::Once) {
            let at = self.now + Duration::from_millis(500 + self.chance.below(3_500));
            self.mail.at(at, Happening::PlaysOut(id, play));
        }
    }

    pub(crate) fn dial(&mut self, worker: usize, id: CallId, offer: OfferId) {
        self.drop_phone_now(worker, id);
        self.sessions += 1;
        let session = self.sessions;
        if self.chance.below(30) == 0 {
            return self.call(worker, id, Input::Phone(offer, PhoneNews::Refused(503)));
        }
        let visits = &mut self.workers[worker].visits;
        let visit = visits.get_mut(&id).expect("a call that asks is there");
        visit.phone = Some(AgentPhone { offer, session });
        self.workers[worker].by_session.insert(session, id);
        self.floor.open_agent(Seat::Phone(session));
        self.rings(worker, id, offer, session);
    }

    fn drop_phone(&mut self, worker: usize, id: CallId, offer: OfferId) {
        let visit = self.workers[worker].visits.get(&id);
        let phone = visit.and_then(|visit| visit.phone.as_ref());
        if phone.is_some_and(|phone| phone.offer == offer) {
            self.drop_phone_now(worker, id);
        }
    }

    fn drop_phone_now(&mut self, worker: usize, id: CallId) {
        let visit = self.workers[worker].visits.get_mut(&id);
        if let Some(phone) = visit.and_then(|visit| visit.phone.take()) {
            self.workers[worker].by_session.remove(&phone.session);
            self.floor.close_agent(Seat::Phone(phone.session));
            self.phones_over.remove(&phone.session);
        }
    }

    fn bridge(&mut self, worker: usize, id: CallId, offer: OfferId, phone: &Phone) {
        let Some(visit) = self.workers[worker].visits.get_mut(&id) else { return };
        let seat = match phone {
            Phone::Desk => visit.desk,
            Phone::Sip(_) => visit.phone_seat(offer),
        };
        let Some(seat) = seat else {
            self.figures.without_audio += 1;
            return self.call(worker, id, Input::Agent(AgentOrder::Gone));
        };
        visit.desk = Some(seat);
        self.floor.bridge(id, seat);
    }

    fn forget(&mut self, worker: usize, id: CallId) {
        self.drop_phone_now(worker, id);
        let visit = self.workers[worker].visits.remove(&id).expect("a call is forgotten once");
        assert_eq!(visit.tape, Tape::Off, "{id} is over, and recorded");
        self.workers[worker].agenda.set(id, None);
        self.goes(id);
    }

    /// Every agent's phone that rings or talks.
    pub(crate) fn phones(&self) -> impl Iterator<Item = (CallId, OfferId)> {
        let visits = self.workers.iter().flat_map(|worker| &worker.visits);
        visits.filter_map(|(call, visit)| Some((*call, visit.phone.as_ref()?.offer)))
    }

    /// The seat that a call's agent has, and since when her phone is over.
    pub(crate) fn seat_of(&self, id: CallId) -> (Option<Seat>, Option<Moment>) {
        let visit = self.workers.iter().find_map(|worker| worker.visits.get(&id));
        let seat = visit.and_then(|visit| visit.desk);
        let over = match seat {
            Some(Seat::Phone(session)) => self.phones_over.get(&session).copied(),
            Some(Seat::Desk(_)) | None => None,
        };
        (seat, over)
    }
}
