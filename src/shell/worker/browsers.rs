//! Callers in a browser: the test telephone of `/call`.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc;

use crate::base::id::CallId;
use crate::base::key::Key;
use crate::base::time::Moment;
use crate::call::Call;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{Fact, Line};
use crate::call::exchange::{Input, Playout};
use crate::call::machine::{Arrival, refused};
use crate::desk::SocketId;
use crate::media::Command;
use crate::shell::http::{Incoming, Outgoing, Socket};
use crate::shell::post::{Post, Seat, ToWorker};
use crate::shell::tasks;
use crate::shell::worker::Worker;
use crate::shell::worker::visit::{CallerLine, Visit};

/// What the page may send.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Order {
    Call { number: String, sdp: String },
    Key { key: char },
    Hangup,
    Ping { t: u64 },
    Pong {},
}

impl Worker {
    /// A page opened its socket; it may call.
    pub(super) fn browser(&mut self, socket: Socket) {
        self.sockets += 1;
        let id = SocketId(self.sockets);
        self.pages.insert(id, socket.outgoing);
        let post = self.parts.post.clone();
        tasks::spawn("caller's page", listen(post, self.index, id, socket.incoming));
    }

    pub(super) fn browser_said(&mut self, now: Moment, socket: SocketId, text: Option<String>) {
        let call = self.by_socket.get(&socket).copied();
        let Some(text) = text else {
            self.pages.remove(&socket);
            if let Some(call) = call {
                self.call(now, call, Input::CallerLeft(Cause::HungUp));
            }
            return;
        };
        match (serde_json::from_str(&text), call) {
            (Ok(Order::Call { number, sdp }), None) => self.page_calls(now, socket, number, sdp),
            (Ok(Order::Key { key }), Some(call)) => {
                if let Ok(key) = Key::try_from(key) {
                    self.pressed(now, call, key);
                }
            }
            (Ok(Order::Hangup), Some(call)) => {
                self.call(now, call, Input::CallerLeft(Cause::HungUp));
            }
            (Ok(Order::Ping { t }), _) => self.page(socket, &json!({"type": "pong", "t": t})),
            // A key after the end, a second call: the page hears the state in other messages.
            (Ok(Order::Call { .. } | Order::Key { .. } | Order::Hangup | Order::Pong {}), _) => {}
            (Err(fault), _) => {
                let detail = fault.to_string();
                self.page(
                    socket,
                    &json!({"type": "error", "code": "bad_message", "detail": detail}),
                );
            }
        }
    }

    fn page_calls(&mut self, now: Moment, socket: SocketId, number: String, sdp: String) {
        let wall = self.parts.clock.epoch().wall(now);
        let arrival = Arrival {
            id: CallId::new(wall, &mut self.rng),
            from: "browser".to_owned(),
            to: number,
            trunk: "web".to_owned(),
            line: Line::Webrtc,
            ring: std::time::Duration::ZERO,
        };
        let book = self.parts.shelf.lend(&arrival.from, &arrival.to, arrival.id);
        let flow = match book.bundle().answers(&arrival.to) {
            Some(_) if !self.is_open() => Err(Cause::Draining),
            Some(flow) => Ok(flow),
            None => Err(Cause::UnknownNumber),
        };
        let flow = match flow {
            Ok(flow) => flow,
            Err(cause) => return self.refuse_page(now, socket, arrival, cause),
        };
        let Some(outgoing) = self.pages.get(&socket).cloned() else { return };
        let seat = Seat { leg: self.legs.next(), media: self.parts.hub };
        self.order_leg(seat, Command::Webrtc { leg: seat.leg, offer: sdp });
        let id = arrival.id;
        let (epoch, rng) = (self.parts.clock.epoch(), self.fork());
        let call = Call::new(now, epoch, Arc::clone(&book.world), flow, arrival, rng);
        self.by_leg.insert(seat.leg, id);
        self.by_socket.insert(socket, id);
        let line = CallerLine::Browser { socket, outgoing };
        let visit = Visit::new(call, book, line, seat);
        self.visits.insert(id, visit);
        self.drain_call(now, id);
    }

    fn refuse_page(&mut self, now: Moment, socket: SocketId, arrival: Arrival, cause: Cause) {
        let id = arrival.id;
        self.page(socket, &ended(id, Ending { by: Side::System, cause }));
        let hash = self.parts.shelf.active().bundle().hash.to_string();
        for fact in refused(arrival, hash, cause) {
            self.event(now, id, fact);
        }
    }

    pub(super) fn browser_rings(&self, id: CallId) {
        self.to_page(id, &json!({"type": "ringing"}));
    }

    /// The answer travels when the hub has made it: see [`Worker::browser_answer`].
    pub(super) fn browser_answer(&self, id: CallId, sdp: &str) {
        self.to_page(id, &json!({"type": "answered", "call": id.to_string(), "sdp": sdp}));
    }

    pub(super) fn browser_ended(&self, id: CallId, ending: Ending) {
        self.to_page(id, &ended(id, ending));
        if let Some(Visit { line: CallerLine::Browser { outgoing, .. }, .. }) = self.visits.get(&id)
        {
            drop(outgoing.try_send(Outgoing::Close(1000)));
        }
    }

    pub(super) fn browser_captions(&self, id: CallId, what: &Playout) {
        // Music has no words.
        if let Playout::Flow(play) = what
            && play.prompt.is_some()
        {
            let language = self.visits.get(&id).map(|visit| visit.call.card().language.clone());
            let keys: Vec<String> = play.keys.iter().map(|key| key.to_string()).collect();
            let (prompt, text) = (play.prompt.as_deref(), &play.text);
            self.to_page(
                id,
                &json!({"type": "caption", "prompt": prompt, "text": text, "language": language, "keys": keys}),
            );
        }
    }

    /// Tells the page what a phone would let its caller hear.
    pub(super) fn browser_hears(&self, id: CallId, fact: &Fact) {
        match fact {
            Fact::Connected { agent, .. } => {
                self.to_page(id, &json!({"type": "talking", "agent": agent.to_string()}));
            }
            Fact::Held => self.to_page(id, &json!({"type": "held"})),
            Fact::Unheld => self.to_page(id, &json!({"type": "talking", "agent": null})),
            Fact::Released { .. } => self.to_page(id, &json!({"type": "released"})),
            // The page hears these as captions, or not at all.
            Fact::Arrived { .. }
            | Fact::Answered
            | Fact::Entered { .. }
            | Fact::Outcome { .. }
            | Fact::Pressed { .. }
            | Fact::Tagged { .. }
            | Fact::Language { .. }
            | Fact::Queued { .. }
            | Fact::Offered { .. }
            | Fact::OfferEnded { .. }
            | Fact::AgentLost { .. }
            | Fact::LeftQueue { .. }
            | Fact::Transferred { .. }
            | Fact::TransferEnded { .. }
            | Fact::Recording { .. }
            | Fact::Measured { .. }
            | Fact::Ended { .. } => {}
        }
    }

    /// Tells the page its caller's place in the queue.
    pub(super) fn browser_waits(&self, id: CallId, position: u32) {
        self.to_page(id, &json!({"type": "queued", "position": position}));
    }

    fn to_page(&self, id: CallId, message: &serde_json::Value) {
        if let Some(Visit { line: CallerLine::Browser { outgoing, .. }, .. }) = self.visits.get(&id)
        {
            drop(outgoing.try_send(Outgoing::Text(message.to_string())));
        }
    }

    fn page(&self, socket: SocketId, message: &serde_json::Value) {
        if let Some(outgoing) = self.pages.get(&socket) {
            drop(outgoing.try_send(Outgoing::Text(message.to_string())));
        }
    }
}

fn ended(id: CallId, ending: Ending) -> serde_json::Value {
    json!({"type": "ended", "call": id.to_string(), "by": ending.by, "cause": ending.cause})
}

async fn listen(post: Post, worker: usize, id: SocketId, mut incoming: mpsc::Receiver<Incoming>) {
    while let Some(Incoming::Text(text)) = incoming.recv().await {
        post.worker(worker, ToWorker::Said(id, Some(text)));
    }
    post.worker(worker, ToWorker::Said(id, None));
}
