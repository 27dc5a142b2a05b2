//! A worker: one task that owns its calls, from the first INVITE to the last figure.
//!
//! It holds one SIP endpoint and one [`Call`](crate::call::Call) for each visit, hears sockets,
//! media and the pool through one box, and needs no lock.

mod audio;
mod browsers;
mod callbacks;
mod exits;
mod listing;
mod notes;
mod orders;
mod outside;
mod phones;
mod streams;
mod tapes;
mod trunk;
mod visit;

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::audio::ringback::ringback;
use crate::base::agenda::Agenda;
use crate::base::chance::Rng;
use crate::base::id::{CallId, LegId};
use crate::base::limit::{MEASURE_EVERY, WORKER_BATCH_MAX};
use crate::base::time::Moment;
use crate::call::ending::Cause;
use crate::call::exchange::Input;
use crate::desk::SocketId;
use crate::media::Clip;
use crate::routing::Roster;
use crate::shell::clock::Clock;
use crate::shell::errand::Clerk;
use crate::shell::http::Outgoing;
use crate::shell::library::Shelf;
use crate::shell::media::{MediaHandle, Ports};
use crate::shell::post::{Legs, Post, ToWorker};
use crate::shell::recording::Scribe;
use crate::shell::transport::Transports;
use crate::sip::endpoint::Endpoint;
use crate::sip::session::SessionId;
use crate::sip::uri::Uri;
use crate::telemetry::Meter;

pub use exits::{ExitLine, Exits};
pub use listing::{IsFrom, Trunks};

/// What a worker is made of.
#[derive(Clone)]
pub struct Parts {
    /// The engine's clock.
    pub clock: Clock,
    /// To the other tasks.
    pub post: Post,
    /// The SIP sockets.
    pub transports: Arc<Transports>,
    /// What workers share.
    pub roster: Arc<Roster>,
    /// The media workers.
    pub media: Arc<[MediaHandle]>,
    /// Which of them has the WebRTC hub.
    pub hub: usize,
    /// The RTP ports.
    pub ports: Arc<Ports>,
    /// The bundles and their sounds.
    pub shelf: Shelf,
    /// Whoever runs errands of flows.
    pub clerk: Clerk,
    /// Whoever writes recordings.
    pub scribe: Scribe,
    /// The metrics.
    pub meter: Arc<Meter>,
    /// Whom the engine may call, and by which trunk.
    pub exits: Arc<Exits>,
    /// What the engine is called by others.
    pub names: Arc<Names>,
}

/// How others see the engine.
#[derive(Debug)]
pub struct Names {
    /// The address in SDP.
    pub media_address: IpAddr,
    /// The host of our own SIP addresses.
    pub host: IpAddr,
    /// How long a call rings before the answer.
    pub ring: Duration,
    /// Whether calls are recorded when a flow wants it.
    pub records_calls: bool,
    /// Which peers are which trunk.
    pub trunks: Trunks,
}

impl Names {
    /// A caller's address as we write it to an agent's phone.
    pub(super) fn address_of(&self, user: &str) -> Option<Uri> {
        let plain = |letter: &char| letter.is_ascii_alphanumeric() || "+-._*".contains(*letter);
        let user: String = user.chars().filter(plain).collect();
        let at = if user.is_empty() { "anonymous" } else { &user };
        Uri::parse(&format!("sip:{at}@{}", SocketAddr::new(self.host, 5060)))
    }
}

/// A worker.
pub struct Worker {
    parts: Parts,
    index: usize,
    endpoint: Endpoint,
    visits: BTreeMap<CallId, visit::Visit>,
    by_session: HashMap<SessionId, visit::Party>,
    by_leg: HashMap<LegId, CallId>,
    by_socket: HashMap<SocketId, CallId>,
    pages: HashMap<SocketId, mpsc::Sender<Outgoing>>,
    legs: Legs,
    sockets: u64,
    next_media: usize,
    spent: exits::Spent,
    ringback: Arc<Clip>,
    agenda: Agenda<Wake>,
    rng: Rng,
    stage: Stage,
    measured: (Moment, Holding),
}

/// What a worker holds, for the metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Holding {
    transactions: usize,
    sessions: usize,
    ports: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Wake {
    Endpoint,
    Measure,
    Spent,
    Call(CallId),
}

#[derive(Debug)]
enum Stage {
    /// New calls are taken.
    Open,
    /// They are refused; somebody may want to know when the last one of before has ended.
    Draining(Option<oneshot::Sender<()>>),
    /// They are refused until the worker ends.
    Stopping,
}

impl Worker {
    /// A worker with no calls.
    #[must_use]
    pub fn new(index: usize, parts: Parts, endpoint: Endpoint, rng: Rng) -> Self {
        Self {
            index,
            parts,
            endpoint,
            visits: BTreeMap::new(),
            by_session: HashMap::new(),
            by_leg: HashMap::new(),
            by_socket: HashMap::new(),
            legs: Legs::of_worker(index),
            pages: HashMap::new(),
            sockets: 0,
            next_media: index,
            spent: exits::Spent::default(),
            ringback: Arc::new(Clip::new(&ringback())),
            agenda: Agenda::default(),
            rng,
            stage: Stage::Open,
            measured: (Moment::START, Holding::default()),
        }
    }

    /// Works until it is told to stop and its last call has ended.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<ToWorker>) {
        while !self.is_over() {
            let wake = self.agenda.next().map(|at| self.parts.clock.instant(at));
            let first = match wake {
                Some(at) => tokio::time::timeout_at(at.into(), inbox.recv()).await.ok(),
                None => Some(inbox.recv().await),
            };
            let now = self.parts.clock.now();
            match first {
                Some(None) => return,
                Some(Some(message)) => self.read_all(now, message, &mut inbox),
                None => {}
            }
            self.wake(now);
            self.measure(now);
            self.tell_drained();
        }
    }

    /// Whether new calls are taken.
    const fn is_open(&self) -> bool {
        match self.stage {
            Stage::Open => true,
            Stage::Draining(_) | Stage::Stopping => false,
        }
    }

    fn is_over(&self) -> bool {
        match self.stage {
            Stage::Open | Stage::Draining(_) => false,
            Stage::Stopping => self.is_idle(),
        }
    }

    fn tell_drained(&mut self) {
        if !self.is_open()
            && self.is_idle()
            && let Stage::Draining(asked) = &mut self.stage
            && let Some(drained) = asked.take()
        {
            // Whoever asked may have lost patience.
            let _ = drained.send(());
        }
    }

    fn is_idle(&self) -> bool {
        self.visits.is_empty() && self.endpoint.is_idle()
    }

    fn read_all(&mut self, now: Moment, first: ToWorker, inbox: &mut mpsc::Receiver<ToWorker>) {
        self.read(now, first);
        for _ in 0..WORKER_BATCH_MAX {
            let Ok(message) = inbox.try_recv() else { return };
            self.read(now, message);
        }
    }

    fn read(&mut self, now: Moment, message: ToWorker) {
        match message {
            ToWorker::Sip(received) => self.received(now, received),
            ToWorker::Media(event) => self.media(now, event),
            ToWorker::Call { call, input, desk } => self.told_by_pool(now, call, *input, desk),
            ToWorker::CallBack { entry, card } => self.open_call_back(now, *entry, *card),
            ToWorker::Browser(socket) => self.browser(socket),
            ToWorker::Said(socket, text) => self.browser_said(now, socket, text),
            ToWorker::Look { call, name, told } => {
                let value = self.visits.get(&call).and_then(|visit| visit.call.variable(&name));
                // Whoever looked may have turned away.
                let _ = told.send(value);
            }
            ToWorker::Drain(drained) => self.stage = Stage::Draining(Some(drained)),
            ToWorker::Stop => {
                self.stage = Stage::Stopping;
                let calls: Vec<CallId> = self.visits.keys().copied().collect();
                for call in calls {
                    self.call(now, call, Input::End(Cause::Draining));
                }
            }
        }
    }

    fn wake(&mut self, now: Moment) {
        while let Some(wake) = self.agenda.pop_due(now) {
            match wake {
                Wake::Endpoint => {
                    self.endpoint.handle_timeout(now);
                    self.drain_endpoint(now);
                }
                // The turn itself measures.
                Wake::Measure => {}
                Wake::Spent => {
                    self.spent.forget(now);
                    self.agenda.set(Wake::Spent, self.spent.next());
                }
                Wake::Call(id) => self.wake_call(now, id),
            }
        }
    }

    fn wake_call(&mut self, now: Moment, id: CallId) {
        if let Some(visit) = self.visits.get_mut(&id) {
            visit.call.handle_timeout(now);
        }
        self.drain_call(now, id);
    }

    /// Tells the metrics what is held, at most each [`MEASURE_EVERY`].
    fn measure(&mut self, now: Moment) {
        let (at, before) = self.measured;
        let counts = self.endpoint.counts();
        let holding = Holding {
            transactions: counts.transactions,
            sessions: counts.sessions,
            ports: 2 * self.by_session.len(),
        };
        if holding == before {
            return;
        }
        if now.since(at) < MEASURE_EVERY {
            return self.agenda.set(Wake::Measure, Some(at + MEASURE_EVERY));
        }
        self.measured = (now, holding);
        self.parts.meter.worker(self.index, holding.transactions, holding.sessions);
        self.parts.meter.rtp_ports(self.index, holding.ports);
    }

    /// Tells a call, and does what it asks for.
    fn call(&mut self, now: Moment, id: CallId, input: Input) {
        if let Some(visit) = self.visits.get_mut(&id) {
            visit.call.handle(now, input);
            self.drain_call(now, id);
        }
    }
}
