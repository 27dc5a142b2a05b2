//! Phones that we ring, agents' and others': what they are told, and what they tell.

use crate::base::id::{CallId, OfferId};
use crate::base::time::Moment;
use crate::call::card::Card;
use crate::call::ending::Cause;
use crate::call::event::Direction;
use crate::call::exchange::{Input, PhoneNews};
use crate::media::{Audience, Command};
use crate::shell::post::Seat;
use crate::shell::worker::Worker;
use crate::shell::worker::exits::Fare;
use crate::shell::worker::trunk::CODECS;
use crate::shell::worker::visit::{AgentPhone, Party};
use crate::sip::endpoint;
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::sdp;
use crate::sip::session::{Connect, EndedBy, Event, Order};
use crate::sip::uri::Uri;

/// Who is rung, and what is shown there.
pub(super) struct Callee {
    pub(super) target: Uri,
    pub(super) from_display: String,
    pub(super) from: Uri,
    pub(super) headers: Vec<(String, String)>,
    pub(super) fare: Option<Fare>,
}

impl Worker {
    /// Rings an agent's phone.
    pub(super) fn dial(
        &mut self,
        now: Moment,
        call: CallId,
        offer: OfferId,
        to: &str,
        card: &Card,
    ) {
        if self.try_dial(now, call, offer, to, card).is_none() {
            self.call(now, call, Input::Phone(offer, PhoneNews::Refused(503)));
        }
    }

    fn try_dial(
        &mut self,
        now: Moment,
        call: CallId,
        offer: OfferId,
        to: &str,
        card: &Card,
    ) -> Option<()> {
        let callee = Callee {
            target: Uri::parse(to)?,
            from: self.parts.names.address_of(&card.from)?,
            from_display: shown(card),
            headers: vec![
                ("X-Hatif-Call".to_owned(), call.to_string()),
                ("X-Hatif-Language".to_owned(), card.language.clone()),
            ],
            fare: None,
        };
        self.ring_phone(now, call, offer, callee)
    }

    /// Rings any phone for a call; at most one at a time.
    pub(super) fn ring_phone(
        &mut self,
        now: Moment,
        call: CallId,
        offer: OfferId,
        callee: Callee,
    ) -> Option<()> {
        let Callee { target, from_display, from, headers, fare } = callee;
        let route = self.way_to(&target)?;
        let pair = self.parts.ports.take().ok()?;
        let port = pair.port();
        let media = self.visits.get(&call)?.media();
        let seat = Seat { leg: self.legs.next(), media };
        let opening = self.opening(seat.leg, pair, None, Audience::Agent);
        self.media_of(seat).send(Command::Open(Box::new(opening))).ok()?;
        self.by_leg.insert(seat.leg, call);
        let session = self.endpoint.reserve();
        self.by_session.insert(session, Party::Phone(call, offer));
        let phone = AgentPhone { offer, session, seat, port, is_answered: false, fare };
        self.drop_phone_now(now, call);
        self.visits.get_mut(&call)?.phone = Some(phone);
        let connect = Connect {
            target,
            from_display,
            from,
            route,
            sdp: sdp::offer(&self.local(port), &CODECS),
            headers,
        };
        self.sip(now, endpoint::Input::Connect { session, connect: Box::new(connect) });
        Some(())
    }

    /// The way to an agent's phone: by a socket of the address's own transport.
    pub(super) fn way_to(&self, target: &Uri) -> Option<Route> {
        let remote = target.socket_address()?;
        let transport = if target.is_tcp() { Transport::Tcp } else { Transport::Udp };
        let fits = |(kind, local): &&(Transport, std::net::SocketAddr)| {
            *kind == transport && local.is_ipv4() == remote.is_ipv4()
        };
        let (_, local) = *self.parts.transports.addresses().iter().find(fits)?;
        Some(Route { transport, line: LineId::ANY, local, remote })
    }

    /// Stops ringing, or ends, the phone of this offer.
    pub(super) fn drop_phone(&mut self, now: Moment, call: CallId, offer: OfferId) {
        let Some(visit) = self.visits.get(&call) else { return };
        if visit.phone.as_ref().is_some_and(|phone| phone.offer == offer) {
            self.drop_phone_now(now, call);
        }
    }

    pub(super) fn drop_phone_now(&mut self, now: Moment, call: CallId) {
        let Some(phone) = self.visits.get_mut(&call).and_then(|visit| visit.phone.take()) else {
            return;
        };
        self.by_session.remove(&phone.session);
        self.by_leg.remove(&phone.seat.leg);
        self.order_leg(phone.seat, Command::Close { leg: phone.seat.leg });
        let order = if phone.is_answered { Order::Bye } else { Order::Cancel };
        self.order_session(now, phone.session, order);
    }

    pub(super) fn phone_news(&mut self, now: Moment, call: CallId, offer: OfferId, event: Event) {
        let news = match event {
            Event::Answered { sdp } => match self.phone_answered(call, &sdp) {
                Some(()) => PhoneNews::Answered,
                None => PhoneNews::Refused(488),
            },
            Event::Refused { code, .. } => PhoneNews::Refused(code),
            Event::Ended(_) => PhoneNews::Ended,
            Event::Offered { sdp } => return self.phone_reoffered(now, call, sdp.as_deref()),
            Event::OfferAnswered { sdp } => return self.phone_changed(call, &sdp),
            // Ringing is what an offer is; keys of an agent mean nothing; the rest is a caller's.
            Event::Ringing { .. }
            | Event::Key(_)
            | Event::Invited(_)
            | Event::Cancelled
            | Event::Confirmed { .. }
            | Event::Referred { .. }
            | Event::ReferRefused { .. }
            | Event::OfferRefused { .. }
            | Event::OfferWithdrawn => return,
        };
        self.call(now, call, Input::Phone(offer, news));
    }

    fn phone_answered(&mut self, call: CallId, answer: &[u8]) -> Option<()> {
        let remote = Self::remote(&sdp::accept(answer).ok()?, None);
        let phone = self.visits.get_mut(&call)?.phone.as_mut()?;
        phone.is_answered = true;
        let seat = phone.seat;
        self.order_leg(seat, Command::Remote { leg: seat.leg, remote });
        Some(())
    }

    /// The phone answered the offer in our 200 to its re-INVITE. What cannot be read changes
    /// nothing.
    fn phone_changed(&self, call: CallId, answer: &[u8]) {
        let phone = self.visits.get(&call).and_then(|visit| visit.phone.as_ref());
        if let (Some(phone), Ok(remote)) = (phone, sdp::accept(answer)) {
            let (seat, remote) = (phone.seat, Self::remote(&remote, None));
            self.order_leg(seat, Command::Remote { leg: seat.leg, remote });
        }
    }

    fn phone_reoffered(&mut self, now: Moment, call: CallId, offer: Option<&[u8]>) {
        let phone = self.visits.get(&call).and_then(|visit| visit.phone.as_ref());
        let Some((seat, session, port)) = phone.map(|of| (of.seat, of.session, of.port)) else {
            return;
        };
        let local = self.local(port);
        let order = match offer.map(|offer| sdp::answer(offer, &local, &CODECS)) {
            None => Order::AcceptOffer { sdp: sdp::offer(&local, &CODECS) },
            Some(Ok((answer, remote))) => {
                let remote = Self::remote(&remote, None);
                self.order_leg(seat, Command::Remote { leg: seat.leg, remote });
                Order::AcceptOffer { sdp: answer }
            }
            Some(Err(_)) => Order::RefuseOffer { code: 488 },
        };
        self.order_session(now, session, order);
    }
}

/// What a desk phone shows: the entity, or the number that was dialled.
fn shown(card: &Card) -> String {
    let named = card.entity_names.get(&card.language).or_else(|| card.entity_names.values().next());
    let named = named.unwrap_or(&card.to);
    match card.direction {
        Direction::Inbound => named.clone(),
        Direction::Outbound => format!("Call-back: {named}"),
    }
}

/// Why a session that the peer ended is over.
pub(super) const fn cause(ended: EndedBy) -> Cause {
    match ended {
        EndedBy::Peer | EndedBy::Us | EndedBy::Rejected | EndedBy::Refused => Cause::HungUp,
        EndedBy::Cancel => Cause::Cancelled,
        EndedBy::AckTimeout => Cause::NoAck,
        EndedBy::Timeout | EndedBy::Transport => Cause::Unreachable,
    }
}
