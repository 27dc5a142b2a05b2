//! What an endpoint holds, and the keys that find it.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;

use crate::base::time::Moment;
use crate::sip::message::{Draft, Message, Method, Name, Start};
use crate::sip::route::{LineId, Route, Transport};
use crate::sip::session::SessionId;
use crate::sip::session::machine::{Ask, Session, Silence};
use crate::sip::transaction::client::{self, Client};
use crate::sip::transaction::client_invite::{self, ClientInvite};
use crate::sip::transaction::server::{self, Server};
use crate::sip::transaction::server_invite::{self, ServerInvite};

/// The machine that answers a request.
#[derive(Debug)]
pub(super) enum Serving {
    Invite(Box<ServerInvite>),
    Other(Box<Server>),
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct ServerEntry {
    pub(super) machine: Serving,
    pub(super) route: Route,
    pub(super) method: Method,
    pub(super) session: SessionId,
    key: String,
    merge: Option<String>,
}

impl ServerEntry {
    pub(super) fn poll_output(&mut self) -> Option<server_invite::Output> {
        match &mut self.machine {
            Serving::Invite(machine) => machine.poll_output(),
            Serving::Other(machine) => Some(match machine.poll_output()? {
                server::Output::Send(bytes) => server_invite::Output::Send(bytes),
                server::Output::SendAgain(bytes) => server_invite::Output::SendAgain(bytes),
                server::Output::End => server_invite::Output::End,
            }),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Moment> {
        match &self.machine {
            Serving::Invite(machine) => machine.poll_timeout().map(|(at, _)| at),
            Serving::Other(machine) => machine.poll_timeout().map(|(at, _)| at),
        }
    }
}

/// The requests that are being answered.
#[derive(Debug, Default)]
pub(super) struct Servers {
    by_id: BTreeMap<u64, ServerEntry>,
    by_key: HashMap<String, u64>,
    by_merge: HashMap<String, u64>,
    last: u64,
}

impl Servers {
    pub(super) fn insert(&mut self, request: &Message, route: Route, session: SessionId) -> u64 {
        self.last += 1;
        let (id, key, merge) = (self.last, server_key(request), merge_key(request));
        let machine = match request.method {
            Method::Invite => Serving::Invite(Box::new(ServerInvite::new(route.transport))),
            Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Options
            | Method::Info
            | Method::Update
            | Method::Refer
            | Method::Notify
            | Method::Unserved
            | Method::Unknown => Serving::Other(Box::new(Server::new(route.transport))),
        };
        self.by_key.insert(key.clone(), id);
        if let Some(merge) = &merge {
            self.by_merge.insert(merge.clone(), id);
        }
        let method = request.method;
        self.by_id.insert(id, ServerEntry { machine, route, method, session, key, merge });
        id
    }

    pub(super) fn find(&self, request: &Message) -> Option<u64> {
        self.by_key.get(&server_key(request)).copied()
    }

    /// Whether the same INVITE has come by another way (RFC 3261 §8.2.2.2).
    pub(super) fn is_merged(&self, request: &Message) -> bool {
        merge_key(request).is_some_and(|key| self.by_merge.contains_key(&key))
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut ServerEntry> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn handle_timeout(&mut self, now: Moment, id: u64) {
        match self.get_mut(id).map(|entry| &mut entry.machine) {
            Some(Serving::Invite(machine)) => machine.handle_timeout(now),
            Some(Serving::Other(machine)) => machine.handle_timeout(now),
            None => {}
        }
    }

    /// Tells the INVITE's machine of an ACK that carries its branch.
    pub(super) fn acknowledge(&mut self, now: Moment, id: u64) {
        match self.get_mut(id).map(|entry| &mut entry.machine) {
            Some(Serving::Invite(machine)) => machine.handle(now, server_invite::Input::Acked),
            Some(Serving::Other(_)) | None => {}
        }
    }

    pub(super) fn remove(&mut self, id: u64) {
        let Some(entry) = self.by_id.remove(&id) else { return };
        self.by_key.remove(&entry.key);
        if let Some(merge) = entry.merge {
            self.by_merge.remove(&merge);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.by_id.len()
    }
}

/// What tells one transaction from another (RFC 3261 §17.2.3).
///
/// An ACK and a CANCEL carry the branch of their INVITE, and are looked up under its method.
fn server_key(request: &Message) -> String {
    let method = match request.method {
        Method::Ack | Method::Cancel => Method::Invite,
        Method::Invite
        | Method::Bye
        | Method::Options
        | Method::Info
        | Method::Update
        | Method::Refer
        | Method::Notify
        | Method::Unserved
        | Method::Unknown => request.method,
    };
    let (via, method) = (&request.via, method.name());
    let port = via.port.unwrap_or_default();
    if via.has_cookie() {
        let branch = via.branch.as_deref().unwrap_or_default();
        return format!("{branch} {}:{port} {method}", via.host);
    }
    // A sender older than RFC 3261: all that its copies have in common.
    let uri = match &request.start {
        Start::Request { uri, .. } => uri.as_str(),
        Start::Response { .. } => "",
    };
    let (from, call_id) = (request.from.tag().unwrap_or_default(), request.call_id());
    let top = request.headers.first(&Name::Via).unwrap_or_default();
    format!("{top} {uri} {from} {call_id} {} {method}", request.cseq)
}

fn merge_key(request: &Message) -> Option<String> {
    let fresh = request.method == Method::Invite && request.to.tag().is_none();
    let tag = request.from.tag().unwrap_or_default();
    fresh.then(|| format!("{tag} {} {}", request.call_id(), request.cseq))
}

/// The machine that waits for an answer.
#[derive(Debug)]
pub(super) enum Asking {
    Invite(Box<ClientInvite>),
    Other(Box<Client>),
}

/// A request of ours.
#[derive(Debug)]
pub(super) struct ClientEntry {
    pub(super) machine: Asking,
    pub(super) route: Route,
    pub(super) session: SessionId,
    pub(super) ask: Ask,
    /// What the ACK to a refusal is made from.
    pub(super) draft: Draft,
    /// What to say when no answer comes.
    pub(super) silence: Silence,
    key: (String, Method),
}

impl ClientEntry {
    pub(super) fn poll_output(&mut self) -> Option<client_invite::Output> {
        match &mut self.machine {
            Asking::Invite(machine) => machine.poll_output(),
            Asking::Other(machine) => Some(match machine.poll_output()? {
                client::Output::Send(bytes) => client_invite::Output::Send(bytes),
                client::Output::SendAgain(bytes) => client_invite::Output::SendAgain(bytes),
                client::Output::Deliver => client_invite::Output::Deliver,
                client::Output::GiveUp => client_invite::Output::GiveUp,
                client::Output::End => client_invite::Output::End,
            }),
        }
    }

    fn is_answered(&self) -> bool {
        match &self.machine {
            Asking::Invite(machine) => machine.is_answered(),
            Asking::Other(machine) => machine.is_answered(),
        }
    }

    pub(super) fn poll_timeout(&self) -> Option<Moment> {
        match &self.machine {
            Asking::Invite(machine) => machine.poll_timeout().map(|(at, _)| at),
            Asking::Other(machine) => machine.poll_timeout().map(|(at, _)| at),
        }
    }
}

/// The requests of ours that wait for answers.
#[derive(Debug, Default)]
pub(super) struct Clients {
    by_id: BTreeMap<u64, ClientEntry>,
    by_key: HashMap<(String, Method), u64>,
    last: u64,
}

impl Clients {
    pub(super) fn insert(
        &mut self,
        key: (String, Method),
        route: Route,
        session: SessionId,
        ask: Ask,
        draft: Draft,
        machine: Asking,
    ) -> u64 {
        self.last += 1;
        self.by_key.insert(key.clone(), self.last);
        let silence = Silence::Timeout;
        let entry = ClientEntry { machine, route, session, ask, draft, silence, key };
        self.by_id.insert(self.last, entry);
        self.last
    }

    pub(super) fn find(&self, response: &Message) -> Option<u64> {
        let branch = response.via.branch.clone()?;
        self.by_key.get(&(branch, response.method)).copied()
    }

    pub(super) fn find_ask(&self, session: SessionId, ask: Ask) -> Option<u64> {
        let mut asks = self.by_id.iter();
        asks.find(|(_, entry)| entry.session == session && entry.ask == ask).map(|(id, _)| *id)
    }

    /// The requests that went to `remote` over `line`.
    pub(super) fn on_line(
        &self,
        transport: Transport,
        line: LineId,
        remote: SocketAddr,
    ) -> Vec<u64> {
        let hit = |route: &Route| {
            let same_peer = route.remote == remote;
            route.transport == transport
                && match transport {
                    Transport::Udp => same_peer,
                    // Behind a broken connection there is nobody, whatever address was meant.
                    Transport::Tcp => {
                        (line != LineId::ANY && route.line == line)
                            || ((line == LineId::ANY || route.line == LineId::ANY) && same_peer)
                    }
                }
        };
        self.by_id.iter().filter(|(_, entry)| hit(&entry.route)).map(|(id, _)| *id).collect()
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut ClientEntry> {
        self.by_id.get_mut(&id)
    }

    pub(super) fn handle_timeout(&mut self, now: Moment, id: u64) {
        match self.get_mut(id).map(|entry| &mut entry.machine) {
            Some(Asking::Invite(machine)) => machine.handle_timeout(now),
            Some(Asking::Other(machine)) => machine.handle_timeout(now),
            None => {}
        }
    }

    pub(super) fn remove(&mut self, id: u64) {
        if let Some(entry) = self.by_id.remove(&id) {
            self.by_key.remove(&entry.key);
        }
    }

    pub(super) fn count(&self) -> usize {
        self.by_id.len()
    }

    pub(super) fn are_answered(&self) -> bool {
        self.by_id.values().all(ClientEntry::is_answered)
    }
}

#[derive(Debug)]
struct SessionEntry {
    machine: Session,
    /// Requests of this session that may still bring answers.
    asking: usize,
}

/// The sessions, by id and by our tag.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    by_id: BTreeMap<SessionId, SessionEntry>,
    by_tag: HashMap<String, SessionId>,
    last: u64,
}

impl Sessions {
    pub(super) fn next_id(&mut self) -> SessionId {
        self.last += 1;
        SessionId(self.last)
    }

    pub(super) fn insert(&mut self, id: SessionId, machine: Session) {
        self.by_tag.insert(machine.local_tag().to_owned(), id);
        self.by_id.insert(id, SessionEntry { machine, asking: 0 });
    }

    pub(super) fn get_mut(&mut self, id: SessionId) -> Option<&mut Session> {
        self.by_id.get_mut(&id).map(|entry| &mut entry.machine)
    }

    pub(super) fn handle_timeout(&mut self, now: Moment, id: SessionId) {
        if let Some(session) = self.get_mut(id) {
            session.handle_timeout(now);
        }
    }

    /// The session that an in-dialog request belongs to.
    pub(super) fn find(&self, request: &Message) -> Option<SessionId> {
        let id = self.by_tag.get(request.to.tag()?)?;
        let entry = self.by_id.get(id)?;
        entry.machine.owns(request).then_some(*id)
    }

    pub(super) fn asked(&mut self, id: SessionId) {
        if let Some(entry) = self.by_id.get_mut(&id) {
            entry.asking += 1;
        }
    }

    pub(super) fn answered(&mut self, id: SessionId) {
        if let Some(entry) = self.by_id.get_mut(&id) {
            entry.asking = entry.asking.saturating_sub(1);
        }
    }

    /// Stops finding a session that is over, and forgets it when no answer can come any more.
    pub(super) fn sweep(&mut self, id: SessionId) {
        let Some(entry) = self.by_id.get(&id).filter(|entry| entry.machine.is_spent()) else {
            return;
        };
        self.by_tag.remove(entry.machine.local_tag());
        if entry.asking == 0 {
            self.by_id.remove(&id);
        }
    }

    pub(super) fn live(&self) -> usize {
        self.by_tag.len()
    }

    pub(super) fn count(&self) -> usize {
        self.by_id.len()
    }
}
