//! Call-backs at a worker: asked for by a caller, and made when an agent has taken one.

use crate::base::id::{CallBackId, CallId, OfferId};
use crate::base::time::Moment;
use crate::call::Call;
use crate::call::card::Card;
use crate::call::dial::{Denial, Dialling};
use crate::call::exchange::{BookedPlace, Booking, Input, Phone, PhoneNews};
use crate::call::owed::{CallBack, Try};
use crate::flow::run::CallbackFault;
use crate::flow::{ErrandId, Reply};
use crate::media::{Audience, Command, Mode, Piece, PlayId};
use crate::routing;
use crate::shell::post::{Seat, ToPool};
use crate::shell::worker::Worker;
use crate::shell::worker::exits::Leave;
use crate::shell::worker::trunk::CODECS;
use crate::shell::worker::visit::{Answer, CallerLine, Party, Visit};
use crate::sip::endpoint;
use crate::sip::sdp;
use crate::sip::session::{Connect, SessionId};

/// What the agent hears while the citizen is rung.
const RINGING: PlayId = PlayId(0);

impl Worker {
    /// A caller wants to be called back.
    pub(super) fn call_back(
        &mut self,
        now: Moment,
        call: CallId,
        errand: ErrandId,
        booking: Booking,
    ) {
        let Booking { number, entry, mut card, place } = booking;
        let plan = self.parts.exits.plan();
        let number = match plan.allow(&number, None) {
            Ok(Dialling::Number { number, .. }) => number,
            Ok(Dialling::Address(uri)) => uri.as_str().to_owned(),
            Err(why) => return self.reject_booking(now, call, errand, why),
        };
        let wall = self.parts.clock.epoch().wall(now);
        card.from.clone_from(&number);
        card.line = crate::call::event::Line::Sip;
        let (waited, keeps) = match place {
            BookedPlace::Kept(ticket) => (std::time::Duration::ZERO, Some(ticket)),
            BookedPlace::Carried(waited) => (waited, None),
        };
        let what = CallBack {
            id: CallBackId::new(wall, &mut self.rng),
            number,
            asked_at: wall,
            waits_since: wall.before(waited),
            tries: 0,
            due_at: wall,
            entry,
            card,
        };
        let (worker, what) = (self.index, Box::new(what));
        self.parts.post.pool(ToPool::CallBack { worker, call, errand, what, keeps });
    }

    fn reject_booking(&mut self, now: Moment, call: CallId, errand: ErrandId, why: Denial) {
        self.parts.meter.dial_denied(why.word());
        self.parts.meter.callback("rejected");
        let fault = match why {
            Denial::Trunk => CallbackFault::Closed,
            Denial::Unreadable
            | Denial::Prefix
            | Denial::Host
            | Denial::CallsMax
            | Denial::PerHourMax => CallbackFault::RejectedNumber,
        };
        self.call(now, call, Input::Errand(errand, Reply::Callback(Err(fault))));
    }

    /// The pool is about to offer a call-back to an agent.
    pub(super) fn open_call_back(&mut self, now: Moment, entry: routing::Entry, card: Card) {
        let id = card.call;
        let book = self.parts.shelf.lend(&card.from, &card.to, id);
        // A bundle without a number would not have had the caller either.
        let Some(flow) = book.bundle().numbers.values().next().copied() else { return };
        if self.visits.contains_key(&id) {
            return;
        }
        let (epoch, rng) = (self.parts.clock.epoch(), self.fork());
        let world = std::sync::Arc::clone(&book.world);
        let call = Call::calling_back(now, epoch, world, flow, (entry, card), rng);
        let seat = Seat { leg: self.legs.next(), media: self.next_media() };
        let line = CallerLine::Outside { session: None, port: 0 };
        let visit = Visit::new(call, book, line, seat);
        self.visits.insert(id, visit);
        self.drain_call(now, id);
    }

    /// Rings the citizen, while the agent hears it ring.
    pub(super) fn call_citizen(
        &mut self,
        now: Moment,
        id: CallId,
        to: &str,
        (offer, phone): (OfferId, &Phone),
    ) {
        let agent = self.agent_seat(id, offer, phone);
        let news = match (agent, self.take_line(now, to, None)) {
            (None, _) => {
                let gone = Input::Agent(crate::call::exchange::AgentOrder::Gone);
                return self.call(now, id, gone);
            }
            (Some(_), Err(why)) => PhoneNews::Denied(why),
            (Some(seat), Ok(leave)) => match self.ring_citizen(now, id, seat, leave) {
                Some(()) => return,
                None => PhoneNews::Refused(503),
            },
        };
        self.call(now, id, Input::Citizen(news));
    }

    fn ring_citizen(&mut self, now: Moment, id: CallId, agent: Seat, leave: Leave) -> Option<()> {
        let route = self.way_to(&leave.target)?;
        let card = self.visits.get(&id)?.call.card();
        let from = self.parts.names.address_of(leave.caller_id.as_ref().unwrap_or(&card.to))?;
        let pair = self.parts.ports.take().ok()?;
        let port = pair.port();
        let seat = Seat { leg: self.visits.get(&id)?.seat.leg, media: agent.media };
        let opening = self.opening(seat.leg, pair, None, Audience::Caller);
        self.media_of(seat).send(Command::Open(Box::new(opening))).ok()?;
        let session = self.endpoint.reserve();
        let visit = self.visits.get_mut(&id)?;
        visit.seat = seat;
        visit.fare = leave.fare;
        visit.line = CallerLine::Outside { session: Some(session), port };
        self.by_leg.insert(seat.leg, id);
        self.by_session.insert(session, Party::Caller(id));
        let connect = Connect {
            target: leave.target,
            from_display: String::new(),
            from,
            route,
            sdp: sdp::offer(&self.local(port), &CODECS),
            headers: Vec::new(),
        };
        tracing::info!(call = %id, trunk = leave.trunk, "calling back");
        let pieces = vec![Piece::Clip(std::sync::Arc::clone(&self.ringback))];
        let (leg, play, mode) = (agent.leg, RINGING, Mode::Loop);
        self.order_leg(agent, Command::Play { leg, play, pieces, mode });
        self.sip(now, endpoint::Input::Connect { session, connect: Box::new(connect) });
        Some(())
    }

    /// The citizen picked up.
    pub(super) fn citizen_answered(
        &mut self,
        now: Moment,
        id: CallId,
        session: SessionId,
        answer: &[u8],
    ) {
        let Ok(remote) = sdp::accept(answer) else {
            return self.call(now, id, Input::Citizen(PhoneNews::Refused(488)));
        };
        let Some(visit) = self.visits.get_mut(&id) else { return };
        let CallerLine::Outside { port, .. } = visit.line else { return };
        visit.line = CallerLine::Sip { session, answer: Answer::Given, port };
        let remote = Self::remote(&remote, None);
        self.order_caller_leg(id, |leg| Command::Remote { leg, remote });
        self.hush_agent(id);
        self.call(now, id, Input::Citizen(PhoneNews::Answered));
    }

    /// The agent hears no ringing any more.
    pub(super) fn hush_agent(&self, id: CallId) {
        let Some(visit) = self.visits.get(&id) else { return };
        let seat = visit.phone.as_ref().map(|phone| phone.seat).or(visit.desk);
        if let Some(seat) = seat {
            self.order_leg(seat, Command::Stop { leg: seat.leg });
        }
    }

    /// What became of a try.
    pub(super) fn called_back(&self, id: CallId, result: Try) {
        self.hush_agent(id);
        self.parts.post.pool(ToPool::CalledBack(id, result));
    }
}
