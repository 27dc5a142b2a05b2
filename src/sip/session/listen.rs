//! A caller at the door: from the INVITE to our final answer (RFC 3261 §13.3).

use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::time::Moment;
use crate::sip::message::{Method, Name, Start};
use crate::sip::route::Transport;
use crate::sip::session::dialog::Dialog;
use crate::sip::session::event::{EndedBy, Event, Invitation, Party};
use crate::sip::session::machine::{After, Pending, Session, State, Turn};
use crate::sip::session::order::Order;
use crate::sip::settings::Settings;
use crate::sip::uri::Address;
use crate::sip::wire::text;

impl Session {
    /// A session for `invite`, whose offer is `offer`; `None` when no dialog can come of it.
    pub(crate) fn listen(
        invite: Pending,
        offer: Option<Vec<u8>>,
        settings: Arc<Settings>,
        mut rng: Rng,
    ) -> Option<Self> {
        let dialog = Dialog::listen(&invite.request, invite.route, rng.token())?;
        let invitation = invitation(&invite, offer)?;
        let mut session = Self::new(dialog, State::Listening(Box::new(invite)), settings, rng);
        session.tell(Event::Invited(Box::new(invitation)));
        Some(session)
    }

    pub(super) fn listening(&mut self, now: Moment, invite: Box<Pending>, turn: Turn) -> State {
        match turn {
            Turn::Order(order) => self.listening_order(now, invite, order),
            // The caller may leave by BYE too (§15).
            Turn::Bye(bye) => {
                self.grant(&bye);
                self.refuse(&invite, 487);
                self.end(EndedBy::Peer)
            }
            Turn::Offer(early) => {
                self.postpone(&early);
                State::Listening(invite)
            }
            Turn::Cancelled { transaction } if transaction == invite.transaction => {
                self.refuse(&invite, 487);
                self.tell(Event::Cancelled);
                self.end(EndedBy::Cancel)
            }
            Turn::Cancelled { .. }
            | Turn::Ack(_)
            | Turn::Answered { .. }
            | Turn::Unanswered { .. } => State::Listening(invite),
        }
    }

    fn listening_order(&mut self, now: Moment, invite: Box<Pending>, order: Order) -> State {
        match order {
            Order::Ring => {
                let ringing = self.opening(&invite, 180);
                self.reply(&invite, 180, &ringing);
                State::Listening(invite)
            }
            Order::Answer { sdp } => {
                let awaiting = self.accept(now, &invite, sdp);
                State::Accepting { awaiting: Box::new(awaiting), after: After::Talk }
            }
            Order::Reject { code, reason, retry_after } => {
                let code = if (300..700).contains(&code) { code } else { 500 };
                let mut refusal = self.plain(&invite, code);
                if !reason.is_empty() {
                    refusal = refusal.worded(reason);
                }
                if let Some(span) = retry_after {
                    refusal = refusal.with(Name::RetryAfter, span.as_secs().to_string());
                }
                self.reply(&invite, code, &refusal);
                self.end(EndedBy::Rejected)
            }
            Order::Bye => {
                self.refuse(&invite, 480);
                self.end(EndedBy::Rejected)
            }
            // There is no call of ours to take back, and no media to change.
            Order::Cancel
            | Order::Offer { .. }
            | Order::AcceptOffer { .. }
            | Order::Refer { .. }
            | Order::RefuseOffer { .. } => State::Listening(invite),
        }
    }
}

fn invitation(invite: &Pending, offer: Option<Vec<u8>>) -> Option<Invitation> {
    let request = &invite.request;
    let Start::Request { method: Method::Invite, uri } = &request.start else { return None };
    let header = |name: Name| request.headers.first(&name).map(text::show);
    Some(Invitation {
        dialled: uri.user.clone().unwrap_or_default(),
        request_uri: uri.as_str().to_owned(),
        from: party(&request.from),
        to: party(&request.to),
        asserted: request
            .headers
            .list(&Name::PAssertedIdentity)
            .into_iter()
            .map(text::show)
            .collect(),
        identity: header(Name::Identity),
        privacy: header(Name::Privacy),
        call_id: request.call_id().to_owned(),
        source: invite.route,
        offer,
        user_agent: header(Name::UserAgent),
    })
}

fn party(address: &Address) -> Party {
    Party {
        user: text::show(address.uri.user.as_deref().unwrap_or_default()),
        display: text::show(&address.display),
        uri: text::show(address.uri.as_str()),
    }
}

/// Whether the request came straight to us over a stream, where nothing is lost.
pub(super) fn is_reliable(invite: &Pending) -> bool {
    match invite.route.transport {
        Transport::Udp => false,
        Transport::Tcp => invite.request.headers.list(&Name::Via).len() == 1,
    }
}
