//! What becomes of a request (RFC 3261 §8.2, §12.2.2).
//!
//! Only what opens or belongs to a session is remembered. All else is answered from the request
//! alone, the same way each time, so that a flood of it costs no memory (§8.2.7).

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::limit;
use crate::base::time::Moment;
use crate::sip::endpoint::tables::Serving;
use crate::sip::endpoint::{Endpoint, Note, Side};
use crate::sip::message::{Draft, Message, Method, Name};
use crate::sip::route::Route;
use crate::sip::session::machine::{Input as SessionInput, Pending, Session};
use crate::sip::transaction::{server, server_invite};
use crate::sip::wire::Fault;

/// When a caller may try again after a limit has been met.
const RETRY_AFTER_SECONDS: u64 = 10;

impl Endpoint {
    pub(super) fn request(&mut self, now: Moment, route: Route, request: Message) {
        match request.method {
            Method::Ack => self.acknowledged(now, request),
            Method::Cancel => self.cancelled(now, route, &request),
            Method::Invite
            | Method::Bye
            | Method::Options
            | Method::Info
            | Method::Update
            | Method::Refer
            | Method::Notify
            | Method::Unserved
            | Method::Unknown => match self.servers.find(&request) {
                Some(id) => self.repeated(now, id),
                None => {
                    self.note(Note::RequestReceived { method: request.method });
                    self.new_request(now, route, request);
                }
            },
        }
    }

    pub(super) fn faulty(&mut self, route: Route, fault: &Fault) {
        match fault {
            Fault::Drop(_) => self.note(Note::ParseError { code: None }),
            Fault::Refuse(refusal) => {
                self.note(Note::ParseError { code: Some(refusal.code) });
                self.note(Note::ResponseSent { method: refusal.method, code: refusal.code });
                let tag = self.tag_for(&refusal.fingerprint());
                let draft = refusal.draft(route.remote, &tag);
                let draft = draft.with(Name::Server, &self.settings.user_agent);
                self.send(route, draft.bytes());
            }
        }
    }

    fn repeated(&mut self, now: Moment, id: u64) {
        self.note(Note::Retransmission { side: Side::Theirs });
        if let Some(entry) = self.servers.get_mut(id) {
            match &mut entry.machine {
                Serving::Invite(machine) => machine.handle(now, server_invite::Input::Repeated),
                Serving::Other(machine) => machine.handle(now, server::Input::Repeated),
            }
        }
        self.drain_server(id);
    }

    /// The peer may re-use the INVITE's branch for the ACK to a 2xx, so both are told.
    fn acknowledged(&mut self, now: Moment, ack: Message) {
        let server = self.servers.find(&ack);
        if let Some(id) = server {
            self.servers.acknowledge(now, id);
            self.drain_server(id);
        }
        self.note(Note::RequestReceived { method: Method::Ack });
        match self.sessions.find(&ack) {
            Some(session) => self.feed(now, session, SessionInput::Acked(ack)),
            None if server.is_none() => self.note(Note::Stray { method: Method::Ack }),
            None => {}
        }
    }

    fn cancelled(&mut self, now: Moment, route: Route, cancel: &Message) {
        self.note(Note::RequestReceived { method: Method::Cancel });
        let found = self.servers.find(cancel);
        let Some((id, entry)) = found.and_then(|id| Some((id, self.servers.get_mut(id)?))) else {
            return self.answer_at_once(route, cancel, 481, |draft| draft);
        };
        let session = entry.session;
        // The answer carries the tag of the INVITE's own answers (§9.2).
        let tag = self.sessions.get_mut(session).map(|session| session.local_tag().to_owned());
        let tag = tag.unwrap_or_else(|| self.tag_for(&fingerprint(cancel)));
        let draft = Draft::answer(&cancel.headers, route.remote, 200, &tag);
        self.send(route, draft.with(Name::Server, &self.settings.user_agent).bytes());
        self.note(Note::ResponseSent { method: Method::Cancel, code: 200 });
        self.feed(now, session, SessionInput::Cancelled { transaction: id });
    }

    fn new_request(&mut self, now: Moment, route: Route, request: Message) {
        if request.to.tag().is_some() {
            return match self.sessions.find(&request) {
                None => self.answer_at_once(route, &request, 481, |draft| draft),
                Some(_) if self.servers.count() >= limit::SIP_TRANSACTIONS_MAX => {
                    self.full(route, &request);
                }
                Some(session) => {
                    let transaction = self.servers.insert(&request, route, session);
                    let pending = Pending { transaction, request, route };
                    self.feed(now, session, SessionInput::Asked(pending));
                }
            };
        }
        match request.method {
            Method::Invite => self.invited(now, route, request),
            Method::Options => {
                let settings = Arc::clone(&self.settings);
                self.answer_at_once(route, &request, 200, |draft| settings.capable(draft));
            }
            Method::Bye | Method::Info | Method::Update | Method::Notify => {
                self.answer_at_once(route, &request, 481, |draft| draft);
            }
            Method::Ack | Method::Cancel | Method::Refer | Method::Unserved | Method::Unknown => {
                debug_assert!(
                    false,
                    "answered before: by the wire, or as a companion of an INVITE"
                );
            }
        }
    }

    fn invited(&mut self, now: Moment, route: Route, request: Message) {
        if self.servers.is_merged(&request) {
            return self.answer_at_once(route, &request, 482, |draft| draft);
        }
        if self.sessions.live() >= limit::SIP_SESSIONS_MAX
            || self.servers.count() >= limit::SIP_TRANSACTIONS_MAX
        {
            return self.full(route, &request);
        }
        let Ok(offer) = request.sdp() else {
            let accept = |draft: Draft| draft.with(Name::Accept, "application/sdp");
            return self.answer_at_once(route, &request, 415, accept);
        };
        let id = self.sessions.next_id();
        let transaction = self.servers.insert(&request, route, id);
        let trying = Draft::answer(&request.headers, route.remote, 100, "").bytes();
        let rng = Rng::seeded(self.rng.bits());
        let pending = Pending { transaction, request: request.clone(), route };
        match Session::listen(pending, offer, Arc::clone(&self.settings), rng) {
            Some(session) => {
                self.sessions.insert(id, session);
                self.answer(now, transaction, 100, trying);
                self.drain(now, id);
            }
            None => {
                self.servers.remove(transaction);
                let words = |draft: Draft| draft.worded("Broken Contact");
                self.answer_at_once(route, &request, 400, words);
            }
        }
    }

    fn full(&mut self, route: Route, request: &Message) {
        self.note(Note::Full);
        let later = RETRY_AFTER_SECONDS.to_string();
        self.answer_at_once(route, request, 503, |draft| draft.with(Name::RetryAfter, &later));
    }

    /// Answers and remembers nothing.
    fn answer_at_once(
        &mut self,
        route: Route,
        request: &Message,
        code: u16,
        finish: impl FnOnce(Draft) -> Draft,
    ) {
        let tag = self.tag_for(&fingerprint(request));
        let draft = Draft::answer(&request.headers, route.remote, code, &tag);
        let mut draft = finish(draft);
        if draft.headers.first(&Name::Server).is_none() {
            draft = draft.with(Name::Server, &self.settings.user_agent);
        }
        self.note(Note::ResponseSent { method: request.method, code });
        self.send(route, draft.bytes());
    }

    fn tag_for(&self, fingerprint: &str) -> String {
        let mut hasher = DefaultHasher::new();
        (self.salt, fingerprint).hash(&mut hasher);
        format!("{:016x}", hasher.finish())
    }
}

fn fingerprint(request: &Message) -> String {
    let via = request.headers.first(&Name::Via).unwrap_or_default();
    format!("{via} {}", request.call_id())
}
