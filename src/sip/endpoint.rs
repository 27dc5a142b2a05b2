//! The endpoint of one worker: every transaction and session of the calls that are its own.

mod note;
mod request;
mod response;
mod tables;

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::base::agenda::Agenda;
use crate::base::chance::Rng;
use crate::base::time::Moment;
use crate::sip::endpoint::tables::{Asking, Clients, Servers, Serving, Sessions};
use crate::sip::message::{Draft, Message, Method};
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::session::machine::{Ask, Input as SessionInput, Output as SessionOutput, Session};
use crate::sip::session::{Connect, Event, Order, SessionId};
use crate::sip::transaction::{client, client_invite, server, server_invite};
use crate::sip::wire::Fault;

pub use crate::sip::settings::Settings;
pub use note::{Note, Side};

/// What can happen to an endpoint.
#[derive(Debug)]
pub enum Input {
    /// A message came in.
    Received {
        /// The way it came.
        route: Route,
        /// The message.
        message: Box<Message>,
    },
    /// Something came in that is no message.
    Faulty {
        /// The way it came.
        route: Route,
        /// What is wrong with it.
        fault: Fault,
    },
    /// A connection broke, could not be opened, or the network said that nobody is there.
    Unreachable {
        /// What would have carried the bytes.
        transport: Transport,
        /// The line that broke, or [`LineId::ANY`].
        line: LineId,
        /// Who cannot be reached.
        remote: SocketAddr,
    },
    /// The owner of a session asks for something.
    Order {
        /// Which session.
        session: SessionId,
        /// What it asks.
        order: Order,
    },
    /// Call someone.
    Connect {
        /// The session's id, from [`Endpoint::reserve`].
        session: SessionId,
        /// Whom and how.
        connect: Box<Connect>,
    },
}

/// What an endpoint asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Send these bytes.
    Send {
        /// The way they go.
        route: Route,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Tell the owner of a session.
    Event {
        /// Which session.
        session: SessionId,
        /// What happened.
        event: Event,
    },
    /// A fact to be counted.
    Note(Note),
}

/// How much an endpoint holds. All are 0 once everything has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Requests, theirs and ours, that copies or answers may still come for.
    pub transactions: usize,
    /// Sessions that have not ended.
    pub sessions: usize,
    /// Sessions that have ended and still wait for the answers to their last requests.
    pub lingering: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wake {
    Server(u64),
    Client(u64),
    Session(SessionId),
}

/// Every transaction and session of one worker.
#[derive(Debug)]
pub struct Endpoint {
    settings: Arc<Settings>,
    rng: Rng,
    /// Makes the tags of answers that are not remembered.
    salt: u64,
    servers: Servers,
    clients: Clients,
    sessions: Sessions,
    agenda: Agenda<Wake>,
    outbox: VecDeque<Output>,
}

impl Endpoint {
    /// An endpoint without calls.
    #[must_use]
    pub fn new(settings: Settings, mut rng: Rng) -> Self {
        Self {
            settings: Arc::new(settings),
            salt: rng.bits(),
            rng,
            servers: Servers::default(),
            clients: Clients::default(),
            sessions: Sessions::default(),
            agenda: Agenda::default(),
            outbox: VecDeque::new(),
        }
    }

    /// An id for a session that [`Input::Connect`] will begin.
    pub fn reserve(&mut self) -> SessionId {
        self.sessions.next_id()
    }

    /// Moves the endpoint on.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Received { route, message } => match message.code() {
                None => self.request(now, route, *message),
                Some(_) => self.response(now, *message),
            },
            Input::Faulty { route, fault } => self.faulty(route, &fault),
            Input::Unreachable { transport, line, remote } => {
                self.unreachable(now, transport, line, remote);
            }
            Input::Order { session, order } => {
                self.feed(now, session, SessionInput::Order(order));
            }
            Input::Connect { session, connect } => {
                let rng = Rng::seeded(self.rng.bits());
                let machine = Session::connect(*connect, Arc::clone(&self.settings), rng);
                self.sessions.insert(session, machine);
                self.drain(now, session);
            }
        }
    }

    /// Tells the endpoint that time has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(wake) = self.agenda.pop_due(now) {
            match wake {
                Wake::Server(id) => {
                    self.servers.handle_timeout(now, id);
                    self.drain_server(id);
                }
                Wake::Client(id) => {
                    self.clients.handle_timeout(now, id);
                    self.drain_client(now, id, None);
                }
                Wake::Session(id) => {
                    self.sessions.handle_timeout(now, id);
                    self.drain(now, id);
                }
            }
        }
    }

    /// The next thing to do, or `None` when there is nothing left.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    /// When to call [`Endpoint::handle_timeout`] next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Moment> {
        self.agenda.next()
    }

    /// How much the endpoint holds.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            transactions: self.servers.count() + self.clients.count(),
            sessions: self.sessions.live(),
            lingering: self.sessions.count() - self.sessions.live(),
        }
    }

    /// Whether every session has ended and every request of ours has its answer. For another 32 s
    /// copies of answers may come; nobody misses what an endpoint would do with them.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.sessions.live() == 0 && self.clients.are_answered()
    }

    fn note(&mut self, note: Note) {
        self.outbox.push_back(Output::Note(note));
    }

    fn send(&mut self, route: Route, bytes: Vec<u8>) {
        self.outbox.push_back(Output::Send { route, bytes });
    }

    fn send_again(&mut self, side: Side, route: Route, bytes: Vec<u8>) {
        self.note(Note::Retransmission { side });
        self.send(route, bytes);
    }

    /// Hands an input to a session and does what it asks for.
    fn feed(&mut self, now: Moment, id: SessionId, input: SessionInput) {
        // An order or an answer may come after the session has gone.
        let Some(session) = self.sessions.get_mut(id) else { return };
        session.handle(now, input);
        self.drain(now, id);
    }

    fn drain(&mut self, now: Moment, id: SessionId) {
        while let Some(output) = self.sessions.get_mut(id).and_then(Session::poll_output) {
            match output {
                SessionOutput::Answer { transaction, code, bytes } => {
                    self.answer(now, transaction, code, bytes);
                }
                SessionOutput::Ask { ask, method, branch, route, draft } => {
                    self.note(Note::RequestSent { method });
                    self.ask(now, id, ask, (method, branch), route, draft);
                }
                SessionOutput::Send { route, bytes } => {
                    self.note(Note::RequestSent { method: Method::Ack });
                    self.send(route, bytes);
                }
                SessionOutput::SendAgain { route, bytes } => {
                    self.send_again(Side::Ours, route, bytes);
                }
                SessionOutput::Abandon => self.abandon(now, id),
                SessionOutput::Event(event) => {
                    self.outbox.push_back(Output::Event { session: id, event });
                }
            }
        }
        self.settle(id);
    }

    /// Notes a session's next deadline, or forgets it when nothing of it can arrive any more.
    fn settle(&mut self, id: SessionId) {
        let deadline = self.sessions.get_mut(id).and_then(|session| session.poll_timeout());
        self.agenda.set(Wake::Session(id), deadline.map(|(at, _)| at));
        self.sessions.sweep(id);
    }

    fn answer(&mut self, now: Moment, id: u64, code: u16, bytes: Vec<u8>) {
        let Some(entry) = self.servers.get_mut(id) else { return };
        let method = entry.method;
        match &mut entry.machine {
            Serving::Invite(machine) => machine.handle(
                now,
                match code {
                    0..200 => server_invite::Input::Progress(bytes),
                    200..300 => server_invite::Input::Accept(bytes),
                    _ => server_invite::Input::Refuse(bytes),
                },
            ),
            Serving::Other(machine) => machine.handle(now, server::Input::Answer(bytes)),
        }
        self.note(Note::ResponseSent { method, code });
        self.drain_server(id);
    }

    fn ask(
        &mut self,
        now: Moment,
        session: SessionId,
        ask: Ask,
        (method, branch): (Method, String),
        route: Route,
        draft: Draft,
    ) {
        let bytes = draft.bytes();
        let machine = match method {
            Method::Invite => {
                let machine = client_invite::ClientInvite::new(now, route.transport, bytes);
                Asking::Invite(Box::new(machine))
            }
            Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Options
            | Method::Info
            | Method::Update
            | Method::Refer
            | Method::Notify
            | Method::Unserved
            | Method::Unknown => {
                Asking::Other(Box::new(client::Client::new(now, route.transport, bytes)))
            }
        };
        let id = self.clients.insert((branch, method), route, session, ask, draft, machine);
        self.sessions.asked(session);
        self.drain_client(now, id, None);
    }

    fn abandon(&mut self, now: Moment, session: SessionId) {
        let Some(id) = self.clients.find_ask(session, Ask::Invite) else { return };
        if let Some(entry) = self.clients.get_mut(id) {
            match &mut entry.machine {
                Asking::Invite(machine) => machine.handle(now, client_invite::Input::Abandon),
                Asking::Other(_) => {}
            }
        }
        self.drain_client(now, id, None);
    }

    fn drain_server(&mut self, id: u64) {
        while let Some(entry) = self.servers.get_mut(id) {
            let route = entry.route;
            let Some(output) = entry.poll_output() else { break };
            match output {
                server_invite::Output::Send(bytes) => self.send(route, bytes),
                server_invite::Output::SendAgain(bytes) => {
                    self.send_again(Side::Ours, route, bytes);
                }
                server_invite::Output::End => self.servers.remove(id),
            }
        }
        let deadline = self.servers.get_mut(id).and_then(|entry| entry.poll_timeout());
        self.agenda.set(Wake::Server(id), deadline);
    }
}

#[cfg(test)]
mod tests;
