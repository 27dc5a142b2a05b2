//! Callers on SIP: how a call comes in, what its phone tells, how it ends.

use std::time::Duration;

use crate::base::codec::Codec;
use crate::base::id::CallId;
use crate::base::limit::RETRY_AFTER;
use crate::base::time::Moment;
use crate::call::Call;
use crate::call::ending::Cause;
use crate::call::event::{CallEvent, Fact, Line, VERSION};
use crate::call::exchange::{Input, PhoneNews};
use crate::call::machine::{Arrival, refused};
use crate::media::{Audience, Command};
use crate::shell::post::Seat;
use crate::shell::transport::Received;
use crate::shell::worker::visit::{Answer, CallerLine, Party, Visit};
use crate::shell::worker::{Wake, Worker};
use crate::sip::endpoint::{self, Output};
use crate::sip::sdp::{self, Direction, SdpFault};
use crate::sip::session::{Event, Invitation, Order, SessionId};
use crate::telemetry::{Rejection, SipFact};

/// The codecs that are offered and answered, best first.
pub(super) const CODECS: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

impl Worker {
    /// Hears a SIP socket.
    pub(super) fn received(&mut self, now: Moment, received: Received) {
        let input = match received {
            Received::Message { route, message } => endpoint::Input::Received { route, message },
            Received::Faulty { route, fault } => endpoint::Input::Faulty { route, fault },
            Received::Unreachable { transport, line, remote } => {
                endpoint::Input::Unreachable { transport, line, remote }
            }
        };
        self.sip(now, input);
    }

    pub(super) fn sip(&mut self, now: Moment, input: endpoint::Input) {
        self.endpoint.handle(now, input);
        self.drain_endpoint(now);
    }

    pub(super) fn order_session(&mut self, now: Moment, session: SessionId, order: Order) {
        self.sip(now, endpoint::Input::Order { session, order });
    }

    pub(super) fn drain_endpoint(&mut self, now: Moment) {
        while let Some(output) = self.endpoint.poll_output() {
            match output {
                Output::Send { route, bytes } => self.parts.transports.send(&route, bytes),
                Output::Event { session, event } => self.session(now, session, event),
                Output::Note(note) => self.note(&note),
            }
        }
        self.agenda.set(Wake::Endpoint, self.endpoint.poll_timeout());
    }

    fn session(&mut self, now: Moment, session: SessionId, event: Event) {
        if let Event::Invited(invitation) = event {
            return self.invited(now, session, *invitation);
        }
        match self.by_session.get(&session).copied() {
            Some(Party::Caller(call)) => self.caller_news(now, call, session, event),
            Some(Party::Phone(call, offer)) => self.phone_news(now, call, offer, event),
            // A session that was refused before it became a call.
            None => {}
        }
    }

    fn invited(&mut self, now: Moment, session: SessionId, invitation: Invitation) {
        let peer = invitation.source.remote.ip();
        let Some(trunk) = self.parts.names.trunks.of(peer).map(str::to_owned) else {
            tracing::warn!(%peer, "a stranger's call is refused");
            self.parts.meter.sip(SipFact::Rejected(Rejection::Acl));
            return self.reject(now, session, 403, None);
        };
        let wall = self.parts.clock.epoch().wall(now);
        let arrival = Arrival {
            id: CallId::new(wall, &mut self.rng),
            from: invitation.from.user.clone(),
            to: invitation.dialled.clone(),
            trunk,
            line: Line::Sip,
            ring: self.parts.names.ring,
        };
        if let Err(cause) = self.take(now, session, &invitation, arrival.clone()) {
            self.refuse(now, session, arrival, cause);
        }
    }

    fn take(
        &mut self,
        now: Moment,
        session: SessionId,
        invitation: &Invitation,
        arrival: Arrival,
    ) -> Result<(), Cause> {
        if !self.is_open() {
            return Err(Cause::Draining);
        }
        let book = self.parts.shelf.lend(&arrival.from, &arrival.to, arrival.id);
        let flow = book.bundle().answers(&arrival.to).ok_or(Cause::UnknownNumber)?;
        let pair = self.parts.ports.take().map_err(|_| Cause::Full)?;
        let port = pair.port();
        let (answer, remote) = match &invitation.offer {
            None => (Answer::Offering, None),
            Some(offer) => {
                let (answer, remote) = sdp::answer(offer, &self.local(port), &CODECS)
                    .map_err(|fault| cause_of(&fault))?;
                (Answer::Ready(answer), Some(remote))
            }
        };
        let seat = Seat { leg: self.legs.next(), media: self.next_media() };
        let remote = remote.map(|remote| Self::remote(&remote, Some(invitation.source.remote)));
        let opening = self.opening(seat.leg, pair, remote, Audience::Caller);
        if self.media_of(seat).send(Command::Open(Box::new(opening))).is_err() {
            return Err(Cause::Full);
        }
        let id = arrival.id;
        let (epoch, rng) = (self.parts.clock.epoch(), self.fork());
        let world = std::sync::Arc::clone(&book.world);
        let call = Call::new(now, epoch, world, flow, arrival, rng);
        let line = CallerLine::Sip { session, answer, port };
        self.by_session.insert(session, Party::Caller(id));
        self.by_leg.insert(seat.leg, id);
        let visit = Visit::new(call, book, line, seat);
        self.visits.insert(id, visit);
        self.drain_call(now, id);
        Ok(())
    }

    /// Refuses a call that no flow takes; it is recorded all the same.
    fn refuse(&mut self, now: Moment, session: SessionId, arrival: Arrival, cause: Cause) {
        let ending = crate::call::ending::Ending { by: crate::call::ending::Side::System, cause };
        let retry_after = match cause {
            Cause::Full | Cause::Draining => Some(RETRY_AFTER),
            Cause::HungUp
            | Cause::Cancelled
            | Cause::Completed
            | Cause::UnknownNumber
            | Cause::NoCommonCodec
            | Cause::BadOffer
            | Cause::NoAck
            | Cause::NoAnswer
            | Cause::Silent
            | Cause::Unreachable
            | Cause::FlowFailed
            | Cause::Fault => None,
        };
        self.reject(now, session, ending.code(), retry_after);
        let hash = self.parts.shelf.active().bundle().hash.to_string();
        let id = arrival.id;
        for fact in refused(arrival, hash, cause) {
            self.event(now, id, fact);
        }
    }

    pub(super) fn reject(
        &mut self,
        now: Moment,
        session: SessionId,
        code: u16,
        retry_after: Option<Duration>,
    ) {
        let reason = words(code);
        self.order_session(now, session, Order::Reject { code, reason, retry_after });
    }

    fn caller_news(&mut self, now: Moment, call: CallId, session: SessionId, event: Event) {
        match event {
            Event::Confirmed { answer } => {
                if let Some(answer) = answer {
                    self.late_answer(now, call, session, &answer);
                }
                self.call(now, call, Input::Confirmed);
            }
            Event::Key(key) => self.pressed(now, call, key),
            Event::Cancelled => self.call(now, call, Input::CallerLeft(Cause::Cancelled)),
            Event::Ended(ended) => {
                self.call(now, call, Input::CallerLeft(crate::shell::worker::phones::cause(ended)));
            }
            Event::Offered { sdp } => self.reoffered(now, call, session, sdp.as_deref()),
            // A re-INVITE without an offer got ours, and its ACK brings the answer.
            Event::OfferAnswered { sdp } => self.changed(call, &sdp),
            // Only a citizen who is called back answers or refuses.
            Event::Answered { sdp } => self.citizen_answered(now, call, session, &sdp),
            Event::Refused { code, .. } => {
                self.call(now, call, Input::Citizen(PhoneNews::Refused(code)));
            }
            Event::Referred { code } => self.referred(now, call, code),
            Event::ReferRefused { code } => self.refer_refused(now, call, code),
            Event::Invited(_) | Event::Ringing { .. } => {}
            // Nothing was changed.
            Event::OfferRefused { .. } | Event::OfferWithdrawn => {}
        }
    }

    /// The ACK brings the answer to the offer in our 200.
    fn late_answer(&mut self, now: Moment, call: CallId, session: SessionId, answer: &[u8]) {
        match sdp::accept(answer) {
            Ok(remote) => {
                let remote = Self::remote(&remote, None);
                self.order_caller_leg(call, |leg| Command::Remote { leg, remote });
            }
            Err(_) => {
                self.order_session(now, session, Order::Bye);
                self.call(now, call, Input::End(Cause::NoCommonCodec));
            }
        }
    }

    /// The caller's phone answered the offer in our 200 to its re-INVITE. What cannot be read
    /// changes nothing.
    fn changed(&mut self, call: CallId, answer: &[u8]) {
        if let Ok(remote) = sdp::accept(answer) {
            let remote = Self::remote(&remote, None);
            self.order_caller_leg(call, |leg| Command::Remote { leg, remote });
        }
    }

    /// The caller's phone changes the session: hold, another address, or only a refresh.
    fn reoffered(&mut self, now: Moment, call: CallId, session: SessionId, offer: Option<&[u8]>) {
        let Some(visit) = self.visits.get(&call) else { return };
        let CallerLine::Sip { port, .. } = visit.line else { return };
        let local = self.local(port);
        let order = match offer {
            None => Order::AcceptOffer { sdp: sdp::offer(&local, &CODECS) },
            Some(offer) => match sdp::answer(offer, &local, &CODECS) {
                Ok((answer, remote)) => {
                    let remote = Self::remote(&remote, None);
                    self.order_caller_leg(call, |leg| Command::Remote { leg, remote });
                    Order::AcceptOffer { sdp: answer }
                }
                Err(fault) => Order::RefuseOffer { code: fault.code() },
            },
        };
        self.order_session(now, session, order);
    }

    pub(super) fn event(&self, now: Moment, call: CallId, fact: Fact) {
        let at = self.parts.clock.epoch().wall(now);
        self.parts.post.event(CallEvent { version: VERSION, call, at, fact });
    }

    /// Our side of an RTP port, as SDP describes it.
    pub(super) fn local(&self, port: u16) -> sdp::Local {
        sdp::Local {
            address: self.parts.names.media_address,
            port,
            direction: Direction::SendRecv,
            id: u64::from(port),
            version: self.parts.clock.now().as_micros(),
        }
    }

    pub(super) fn fork(&mut self) -> crate::base::chance::Rng {
        crate::base::chance::Rng::seeded(self.rng.bits())
    }
}

const fn cause_of(fault: &SdpFault) -> Cause {
    match fault.code() {
        488 => Cause::NoCommonCodec,
        _ => Cause::BadOffer,
    }
}

/// The words of a refusal (RFC 3261 §21).
const fn words(code: u16) -> &'static str {
    match code {
        400 => "Bad Session Description",
        403 => "Forbidden",
        404 => "Not Found",
        480 => "Temporarily Unavailable",
        488 => "Not Acceptable Here",
        503 => "Service Unavailable",
        _ => "Server Internal Error",
    }
}
