//! An answered caller: the 200 is repeated until its ACK comes (RFC 3261 §13.3.1.4).

use std::time::Duration;

use crate::base::time::Moment;
use crate::sip::message::Name;
use crate::sip::route::Route;
use crate::sip::session::event::{EndedBy, Event};
use crate::sip::session::listen::is_reliable;
use crate::sip::session::machine::{After, Modify, Output, Pending, Session, State, Timer, Turn};
use crate::sip::session::order::Order;
use crate::sip::transaction::span::{PATIENCE, T1, next_pause};

/// Who made the offer that a 200 carries or answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offerer {
    Us,
    Peer,
}

/// A 200 to an INVITE that waits for its ACK.
#[derive(Debug)]
pub(crate) struct Awaiting {
    pub(super) cseq: u32,
    pub(super) offerer: Offerer,
    bytes: Vec<u8>,
    route: Route,
    pause: Duration,
}

impl Session {
    /// Sends 200 with `sdp` to an INVITE, in the dialog or before it.
    pub(super) fn accept(&mut self, now: Moment, invite: &Pending, sdp: Vec<u8>) -> Awaiting {
        let answer = self.opening(invite, 200).carrying("application/sdp", sdp);
        let bytes = self.reply(invite, 200, &answer);
        // Behind a proxy the way may go on without a stream, whatever it is here.
        if !is_reliable(invite) {
            self.timers.set(Timer::Repeat, now + T1);
        }
        self.timers.set(Timer::Unacked, now + PATIENCE);
        let offerer = if invite.request.body.is_empty() { Offerer::Us } else { Offerer::Peer };
        Awaiting { cseq: invite.request.cseq, offerer, bytes, route: invite.route, pause: T1 }
    }

    /// Sends the 200 once more.
    pub(super) fn repeat(&mut self, now: Moment, awaiting: &mut Awaiting) {
        awaiting.pause = next_pause(awaiting.pause);
        self.timers.set(Timer::Repeat, now + awaiting.pause);
        let (route, bytes) = (awaiting.route, awaiting.bytes.clone());
        self.outbox.push_back(Output::SendAgain { route, bytes });
    }

    pub(super) fn acknowledged(&mut self) {
        self.timers.clear(Timer::Repeat);
        self.timers.clear(Timer::Unacked);
    }

    pub(super) fn accepting(&mut self, awaiting: Box<Awaiting>, after: After, turn: Turn) -> State {
        match turn {
            Turn::Ack(ack) if ack.cseq == awaiting.cseq => {
                self.acknowledged();
                let answer = match awaiting.offerer {
                    Offerer::Us => ack.sdp().ok().flatten(),
                    Offerer::Peer => None,
                };
                self.tell(Event::Confirmed { answer });
                match after {
                    After::Talk => State::Talking(Modify::Still),
                    After::HangUp => self.hang_up(EndedBy::Us),
                }
            }
            Turn::Bye(bye) => {
                self.grant(&bye);
                self.end(EndedBy::Peer)
            }
            Turn::Offer(early) => {
                self.postpone(&early);
                State::Accepting { awaiting, after }
            }
            // A BYE before the ACK is forbidden to the one who was called (§15).
            Turn::Order(Order::Bye) => State::Accepting { awaiting, after: After::HangUp },
            Turn::Order(Order::Offer { .. }) => {
                self.tell(Event::OfferRefused { code: 491 });
                State::Accepting { awaiting, after }
            }
            // A CANCEL loses to the 200 that is already sent.
            Turn::Order(
                Order::Ring
                | Order::Answer { .. }
                | Order::Reject { .. }
                | Order::Cancel
                | Order::AcceptOffer { .. }
                | Order::Refer { .. }
                | Order::RefuseOffer { .. },
            )
            | Turn::Ack(_)
            | Turn::Cancelled { .. }
            | Turn::Answered { .. }
            | Turn::Unanswered { .. } => State::Accepting { awaiting, after },
        }
    }

    /// Asks for another try in a few seconds (§14.2).
    pub(super) fn postpone(&mut self, request: &Pending) {
        let seconds = self.rng.below(10).to_string();
        let refusal = self.plain(request, 500).with(Name::RetryAfter, seconds);
        self.reply(request, 500, &refusal);
    }
}
