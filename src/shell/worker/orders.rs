//! What a call asks for, done.

use std::sync::Arc;

use crate::base::id::{AgentId, CallId, OfferId};
use crate::base::time::Moment;
use crate::call::ending::Ending;
use crate::call::exchange::{DeskNews, Input, Mute, Output, Phone, Playout, Routed};
use crate::flow::{Errand, ErrandId};
use crate::media::{self, Command, Mode, PlayId};
use crate::routing;
use crate::shell::errand::Sender;
use crate::shell::post::{Seat, ToPool};
use crate::shell::worker::trunk::CODECS;
use crate::shell::worker::visit::{Answer, CallerLine, Moving};
use crate::shell::worker::{Wake, Worker};
use crate::sip::sdp;
use crate::sip::session::Order;

impl Worker {
    /// Does what a call asks for, until it asks for nothing.
    pub(super) fn drain_call(&mut self, now: Moment, id: CallId) {
        while let Some(output) = self.visits.get_mut(&id).and_then(|visit| visit.call.poll_output())
        {
            self.carry_out(now, id, output);
        }
        let wake = self.visits.get(&id).and_then(|visit| visit.call.poll_timeout());
        self.agenda.set(Wake::Call(id), wake.map(|(at, _)| at));
    }

    fn carry_out(&mut self, now: Moment, id: CallId, output: Output) {
        match output {
            Output::Ring => self.ring(now, id),
            Output::Answer => self.answer(now, id),
            Output::HangUp(ending) => self.hang_up(now, id, ending),
            Output::Play { play, what } => self.play(id, play, what),
            Output::Stop => self.order_caller_leg(id, |leg| Command::Stop { leg }),
            Output::Enter { entry, card } => {
                self.parts.post.pool(ToPool::Enter { worker: self.index, entry, card });
            }
            Output::Route(input) => self.route(input),
            Output::Dial { offer, address, card } => self.dial(now, id, offer, &address, &card),
            Output::DialOut { line, to, trunk } => {
                self.dial_out(now, id, line, (&to, trunk.as_deref()));
            }
            Output::Refer { line, to, trunk } => {
                self.refer(now, id, line, (&to, trunk.as_deref()));
            }
            Output::CallBack(errand, booking) => self.call_back(now, id, errand, *booking),
            Output::Call { to, offer, phone } => {
                self.call_citizen(now, id, &to, (offer, &phone));
            }
            Output::CalledBack(result) => self.called_back(id, result),
            Output::JoinOutside(line) => self.join_outside(id, line),
            Output::DropPhone(offer) => self.drop_phone(now, id, offer),
            Output::Bridge { offer, agent, phone } => self.bridge(now, id, offer, &agent, &phone),
            Output::Unbridge => self.order_caller_leg(id, |leg| Command::Unbridge { leg }),
            Output::MuteAgent(mute) => self.mute(id, mute),
            Output::Desk(agent, news) => self.parts.post.pool(ToPool::Desk(agent, news)),
            Output::Event(fact) => {
                self.browser_hears(id, &fact);
                self.event(now, id, fact);
            }
            Output::Complain(fault) => tracing::warn!(call = %id, fault, "the flow went astray"),
            Output::Errand(errand, what) => self.errand(now, id, errand, *what),
            Output::Recall(errand) => self.recall(now, id, errand),
            Output::Record(order) => self.record(now, id, order),
            Output::Lapsed => self.forget(now, id),
            Output::Over => {
                self.forget(now, id);
                self.parts.post.pool(ToPool::Gone(id));
            }
        }
    }

    /// Sends out for the flow: what needs the caller's leg is done here, the rest by the clerk.
    fn errand(&mut self, now: Moment, id: CallId, errand: ErrandId, what: Errand) {
        match what {
            Errand::Voicemail(order) => self.take_message(now, id, errand, order),
            Errand::Stream(order) => self.begin_stream(now, id, errand, order),
            other @ (Errand::Http(_)
            | Errand::Case(_)
            | Errand::Message(_)
            | Errand::Callback(_)
            | Errand::Transfer(_)) => {
                let sender = self.sender(id, errand);
                self.parts.clerk.take(sender, other);
            }
        }
    }

    pub(super) fn sender(&mut self, id: CallId, errand: ErrandId) -> Sender {
        let citizen = self.visits.get(&id).map(|visit| visit.call.card().from.clone());
        let (worker, rng, citizen) = (self.index, self.fork(), citizen.unwrap_or_default());
        Sender { worker, call: id, errand, citizen, rng }
    }

    /// It is enough of an errand.
    fn recall(&mut self, now: Moment, id: CallId, errand: ErrandId) {
        self.complete_message(now, id, errand);
        self.end_stream(id, errand);
    }

    /// Tells the pool. A caller who leaves is marked at once, so that an answer on its way loses.
    fn route(&self, input: routing::Input) {
        if let routing::Input::Leave { ticket, why } = &input {
            // An agent who was faster is freed when the pool says that she is connected.
            let _ = self.parts.roster.leave(ticket, *why);
        }
        self.parts.post.pool(ToPool::Route(input));
    }

    fn ring(&mut self, now: Moment, id: CallId) {
        match self.visits.get(&id).map(|visit| &visit.line) {
            Some(&CallerLine::Sip { session, .. }) => self.order_session(now, session, Order::Ring),
            Some(CallerLine::Browser { .. }) => self.browser_rings(id),
            Some(CallerLine::Outside { .. }) | None => {}
        }
    }

    fn answer(&mut self, now: Moment, id: CallId) {
        let (session, sdp) = match self.visits.get_mut(&id).map(|visit| &mut visit.line) {
            Some(CallerLine::Sip { session, answer, port }) => {
                let (session, port) = (*session, *port);
                match std::mem::replace(answer, Answer::Given) {
                    Answer::Ready(sdp) => (session, sdp),
                    Answer::Given => return,
                    Answer::Offering => (session, sdp::offer(&self.local(port), &CODECS)),
                }
            }
            // The hub's answer to the page's offer is on its way by itself.
            Some(CallerLine::Browser { .. } | CallerLine::Outside { .. }) | None => return,
        };
        self.order_session(now, session, Order::Answer { sdp });
    }

    fn hang_up(&mut self, now: Moment, id: CallId, ending: Ending) {
        let Some(visit) = self.visits.get(&id) else { return };
        match visit.line {
            CallerLine::Sip { session, answer: Answer::Given, .. } => {
                self.order_session(now, session, Order::Bye);
            }
            CallerLine::Sip { session, .. } => self.reject(now, session, ending.code(), None),
            CallerLine::Browser { .. } => self.browser_ended(id, ending),
            CallerLine::Outside { session: Some(session), .. } => {
                self.order_session(now, session, Order::Cancel);
            }
            // It was never dialled, and has no leg.
            CallerLine::Outside { session: None, .. } => return,
        }
        self.order_caller_leg(id, |leg| Command::Close { leg });
    }

    fn play(&mut self, id: CallId, play: u64, what: Playout) {
        let Some(visit) = self.visits.get(&id) else { return };
        let (pieces, mode) = match &what {
            Playout::Flow(wish) => {
                let clips = wish.sounds.iter().filter_map(|sound| visit.book.clip(sound));
                let pieces = clips.map(|clip| media::Piece::Clip(Arc::clone(clip)));
                let mode = match wish.mode {
                    crate::flow::Mode::Once => Mode::Once,
                    crate::flow::Mode::Loop => Mode::Loop,
                };
                (pieces.collect(), mode)
            }
            Playout::Ringback => (vec![media::Piece::Clip(Arc::clone(&self.ringback))], Mode::Loop),
            Playout::Music(name) => {
                let clip = visit.book.clip(name).map(|clip| media::Piece::Clip(Arc::clone(clip)));
                (clip.into_iter().collect(), Mode::Loop)
            }
        };
        self.browser_captions(id, &what);
        let play = PlayId(play);
        self.order_caller_leg(id, |leg| Command::Play { leg, play, pieces, mode });
    }

    fn bridge(&mut self, now: Moment, id: CallId, offer: OfferId, agent: &AgentId, phone: &Phone) {
        let Some(seat) = self.agent_seat(id, offer, phone) else {
            tracing::error!(call = %id, %agent, "an agent without audio answered");
            return self.call(now, id, Input::Agent(crate::call::exchange::AgentOrder::Gone));
        };
        if let Some(visit) = self.visits.get_mut(&id) {
            visit.desk = Some(seat);
        }
        self.bridge_to(id, seat);
    }

    /// Where the audio is of the agent who accepted.
    pub(super) fn agent_seat(&self, id: CallId, offer: OfferId, phone: &Phone) -> Option<Seat> {
        let visit = self.visits.get(&id)?;
        match phone {
            Phone::Desk => visit.desk,
            Phone::Sip(_) => {
                visit.phone.as_ref().filter(|of| of.offer == offer).map(|phone| phone.seat)
            }
        }
    }

    fn join_outside(&mut self, id: CallId, line: OfferId) {
        let phone = self.visits.get(&id).and_then(|visit| visit.phone.as_ref());
        if let Some(seat) = phone.filter(|phone| phone.offer == line).map(|phone| phone.seat) {
            self.bridge_to(id, seat);
        }
    }

    /// Joins the caller's leg with another one, at its media worker.
    fn bridge_to(&mut self, id: CallId, seat: Seat) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        let caller = visit.seat;
        if caller.media != seat.media && visit.moving.is_none() {
            visit.moving = Some(Moving { to: seat.media, then: Vec::new() });
            self.order_leg(caller, Command::Move { leg: caller.leg, to: seat.media });
        }
        self.order_caller_leg(id, |leg| Command::Bridge { a: leg, b: seat.leg });
    }

    fn mute(&mut self, id: CallId, mute: Mute) {
        let Some(seat) = self.visits.get(&id).and_then(|visit| visit.desk) else { return };
        let mute = match mute {
            Mute::On => media::Mute::On,
            Mute::Off => media::Mute::Off,
        };
        self.order_leg(seat, Command::Mute { leg: seat.leg, mute });
    }

    fn forget(&mut self, now: Moment, id: CallId) {
        self.drop_phone_now(now, id);
        let Some(visit) = self.visits.remove(&id) else { return };
        self.agenda.set(Wake::Call(id), None);
        self.by_leg.remove(&visit.seat.leg);
        match visit.line {
            CallerLine::Sip { session, .. } => drop(self.by_session.remove(&session)),
            CallerLine::Browser { socket, .. } => drop(self.by_socket.remove(&socket)),
            CallerLine::Outside { session, .. } => {
                if let Some(session) = session {
                    self.by_session.remove(&session);
                }
            }
        }
    }

    /// The desk that took the call, once the pool has told its seat.
    pub(super) fn told_by_pool(
        &mut self,
        now: Moment,
        id: CallId,
        input: Input,
        desk: Option<Seat>,
    ) {
        match self.visits.get_mut(&id) {
            Some(visit) => {
                if desk.is_some() {
                    visit.desk = desk;
                }
                if let Input::Routed(Routed::Place { position, .. }) = input {
                    self.browser_waits(id, position);
                }
                if let Input::Errand(errand, _) = &input {
                    self.end_stream(id, *errand);
                }
                self.call(now, id, input);
            }
            None => self.connected_too_late(id, input),
        }
    }

    /// An agent answered a call that has been forgotten: she is freed at once.
    fn connected_too_late(&self, id: CallId, input: Input) {
        if let Input::Routed(Routed::Connect { agent, .. }) = input {
            self.parts.post.pool(ToPool::Gone(id));
            let news = DeskNews::missed_the_caller();
            self.parts.post.pool(ToPool::Desk(agent.clone(), news));
            self.parts.post.pool(ToPool::Route(routing::Input::Release { agent }));
        }
    }
}
