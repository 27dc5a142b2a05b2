//! The desks' sockets and audio, on the pool's side.

use tokio::sync::mpsc;

use crate::base::id::AgentId;
use crate::base::time::Moment;
use crate::call::exchange::{self, Phone};
use crate::desk::protocol::{Identity, News, Order, VERSION};
use crate::desk::{AudioNews, Desk, Farewell, SocketId};
use crate::desk::{Input, Output};
use crate::media::{Command, Event};
use crate::routing::{self, DutyOrder, Profile};
use crate::shell::http::{Incoming, Outgoing, Socket};
use crate::shell::pool::{Member, Pool, Wake};
use crate::shell::post::{Post, Seat, Spoken, ToPool};
use crate::shell::store::Agent;
use crate::shell::tasks;

/// One open WebSocket.
pub(super) struct Line {
    outgoing: mpsc::Sender<Outgoing>,
    agent: Option<AgentId>,
}

impl Pool {
    /// Takes in who works here. Who is on duty stays so; who is missing from the list leaves, in
    /// talk when the talk is over.
    pub(super) fn staff(&mut self, now: Moment, staff: Vec<Agent>) {
        let stays = |agent: &AgentId| staff.iter().any(|other| other.id == *agent);
        let leaving = self.members.keys().filter(|agent| !stays(agent)).cloned();
        for agent in leaving.collect::<Vec<_>>() {
            self.sessions.end_all_of(&agent);
            self.route(now, routing::Input::Dismiss { agent });
        }
        for agent in staff {
            let profile = Profile { skills: agent.skills.clone(), home: String::new() };
            self.route(now, routing::Input::Employ { agent: agent.id.clone(), profile });
            if self.members.contains_key(&agent.id) {
                continue;
            }
            let phone = match agent.leg.strip_prefix("sip:") {
                Some(_) => Phone::Sip(agent.leg.clone()),
                None => Phone::Desk,
            };
            let identity = Identity {
                id: agent.id.to_string(),
                name: agent.name.clone(),
                skills: agent.skills.iter().map(|(id, of)| (id.to_string(), of.get())).collect(),
            };
            // Refused by the group, which has said why.
            let Some(standing) = self.group.standing(&agent.id) else { continue };
            let desk = Desk::new(self.clock.epoch(), agent.id.clone(), identity, standing, &phone);
            self.members.insert(agent.id.clone(), Member { phone, desk, seat: None });
            // At a desk she is on duty once she is there.
            if agent.is_on_duty && agent.leg.starts_with("sip:") {
                self.go_on_duty(now, &agent.id);
            }
        }
    }

    fn go_on_duty(&mut self, now: Moment, agent: &AgentId) {
        for order in [DutyOrder::SignIn, DutyOrder::GoAvailable] {
            self.route(now, routing::Input::Order { agent: agent.clone(), order });
        }
    }

    /// Takes a new socket; it has to say who it is.
    pub(super) fn open(&mut self, now: Moment, socket: Socket) {
        self.last_socket += 1;
        let id = SocketId(self.last_socket);
        self.sockets.insert(id, Line { outgoing: socket.outgoing, agent: None });
        tasks::spawn("desk socket", listen(self.post.clone(), id, socket.incoming));
        self.expect_hello(now, id);
    }

    /// The socket did not say who it is in time.
    pub(super) fn no_hello(&mut self, socket: SocketId) {
        if self.sockets.get(&socket).is_some_and(|line| line.agent.is_none()) {
            self.refuse(socket, "token");
        }
    }

    /// Hears a socket.
    pub(super) fn said(&mut self, now: Moment, socket: SocketId, spoken: Spoken) {
        match spoken {
            Spoken::Text(text) => match serde_json::from_str::<Order>(&text) {
                Ok(order) => self.ordered(now, socket, order),
                Err(fault) => self.send(socket, &bad_message(&fault)),
            },
            Spoken::Bye => self.lost(now, socket, Farewell::Said),
            Spoken::Broken => self.lost(now, socket, Farewell::Unsaid),
        }
    }

    fn ordered(&mut self, now: Moment, socket: SocketId, order: Order) {
        let Some(line) = self.sockets.get(&socket) else { return };
        match (&line.agent, order) {
            (Some(agent), order) => {
                let agent = agent.clone();
                self.desk(now, &agent, Input::Said(socket, order));
            }
            (None, Order::Hello { version, token }) => self.hello(now, socket, version, &token),
            (None, _) => self.refuse(socket, "token"),
        }
    }

    fn hello(&mut self, now: Moment, socket: SocketId, version: u32, token: &str) {
        if version != VERSION {
            return self.refuse(socket, "version");
        }
        let agent = self.sessions.agent_of(token);
        let Some(agent) = agent.filter(|agent| self.members.contains_key(agent)) else {
            return self.refuse(socket, "token");
        };
        self.agenda.set(Wake::Hello(socket), None);
        if let Some(line) = self.sockets.get_mut(&socket) {
            line.agent = Some(agent.clone());
        }
        self.desk(now, &agent, Input::Attached(socket));
    }

    fn refuse(&mut self, socket: SocketId, why: &'static str) {
        self.send(socket, &News::Refused { why });
        self.close(socket);
    }

    fn lost(&mut self, now: Moment, socket: SocketId, farewell: Farewell) {
        self.agenda.set(Wake::Hello(socket), None);
        let line = self.sockets.remove(&socket);
        if let Some(agent) = line.and_then(|line| line.agent) {
            self.desk(now, &agent, Input::Detached(socket, farewell));
        }
    }

    /// Hears the audio of a desk.
    pub(super) fn media(&mut self, now: Moment, event: Event) {
        let leg = event.leg();
        let owner =
            self.members.iter().find(|(_, member)| member.seat.is_some_and(|seat| seat.leg == leg));
        let Some(agent) = owner.map(|(agent, _)| agent.clone()) else { return };
        let news = match event {
            Event::Answer { sdp, .. } => AudioNews::Answer(sdp),
            Event::Connected { .. } | Event::HeardAgain { .. } => AudioNews::Up,
            Event::Silent { .. } => AudioNews::Lost,
            Event::Failed { why, .. } => {
                self.desk(now, &agent, Input::Audio(AudioNews::Failed(why)));
                AudioNews::Lost
            }
            // A desk's keys mean nothing, its playouts tell nobody, and it never moves.
            Event::Heard { .. }
            | Event::Key { .. }
            | Event::Played { .. }
            | Event::Moved { .. }
            | Event::Closed { .. } => return,
        };
        self.desk(now, &agent, Input::Audio(news));
    }

    /// Tells a desk, and does what it asks for.
    pub(super) fn desk(&mut self, now: Moment, agent: &AgentId, input: Input) {
        if let Some(member) = self.members.get_mut(agent) {
            member.desk.handle(now, input);
            self.drain_desk(now, agent);
        }
    }

    pub(super) fn drain_desk(&mut self, now: Moment, agent: &AgentId) {
        while let Some(output) = self.members.get_mut(agent).and_then(|of| of.desk.poll_output()) {
            match output {
                Output::Send(socket, news) => self.send(socket, &news),
                Output::Close(socket) => self.close(socket),
                Output::Route(input) => self.route(now, input),
                Output::Order(call, order) => {
                    self.order(call, exchange::Input::Agent(order), None);
                }
                Output::OpenAudio(offer) => {
                    let seat = self.seat(agent);
                    self.order_hub(Command::Webrtc { leg: seat.leg, offer });
                }
                Output::Candidate(candidate) => {
                    let leg = self.seat(agent).leg;
                    self.order_hub(Command::Candidate { leg, candidate });
                }
                Output::CloseAudio => self.close_audio(agent),
            }
        }
        let wake = self.members.get(agent).and_then(|member| member.desk.poll_timeout());
        self.agenda.set(Wake::Desk(agent.clone()), wake.map(|(at, _)| at));
    }

    fn order_hub(&self, command: Command) {
        if self.hub.1.send(command).is_err() {
            tracing::error!("the hub's ring is full");
        }
    }

    fn close_audio(&mut self, agent: &AgentId) {
        if let Some(seat) = self.members.get_mut(agent).and_then(|member| member.seat.take()) {
            self.order_hub(Command::Close { leg: seat.leg });
        }
    }

    fn seat(&mut self, agent: &AgentId) -> Seat {
        let fresh = Seat { leg: self.legs.next(), media: self.hub.0 };
        match self.members.get_mut(agent) {
            Some(member) => *member.seat.get_or_insert(fresh),
            None => fresh,
        }
    }

    fn send(&mut self, socket: SocketId, news: &News) {
        let Some(line) = self.sockets.get(&socket) else { return };
        let text = serde_json::to_string(news).expect("our own messages are JSON");
        // A browser that does not read is cut off: it finds the whole state when it comes back.
        if line.outgoing.try_send(Outgoing::Text(text)).is_err() {
            self.close(socket);
        }
    }

    fn close(&mut self, socket: SocketId) {
        if let Some(line) = self.sockets.get(&socket) {
            drop(line.outgoing.try_send(Outgoing::Close(1000)));
        }
    }

    /// Says good-bye to every browser.
    pub(super) fn close_all(&mut self) {
        for line in self.sockets.values() {
            drop(line.outgoing.try_send(Outgoing::Close(1001)));
        }
    }
}

fn bad_message(fault: &serde_json::Error) -> News {
    News::Error { code: "bad_message", detail: fault.to_string(), about: "" }
}

async fn listen(post: Post, id: SocketId, mut incoming: mpsc::Receiver<Incoming>) {
    while let Some(message) = incoming.recv().await {
        match message {
            Incoming::Text(text) => post.pool(ToPool::Said(id, Spoken::Text(text))),
            Incoming::Closed { said: true } => return post.pool(ToPool::Said(id, Spoken::Bye)),
            Incoming::Closed { said: false } => break,
        }
    }
    post.pool(ToPool::Said(id, Spoken::Broken));
}
