//! The pool's owner: one task with the routing group and every agent's desk.
//!
//! Workers and desks write to it; it writes to workers and to the browsers. Nobody else holds
//! the group, so each decision is made once.

mod callbacks;
mod desks;
mod offers;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::base::agenda::Agenda;
use crate::base::chance::Rng;
use crate::base::id::{AgentId, CallId, OfferId, QueueId};
use crate::base::limit::{FIGURES_DUTY_EVERY, FIGURES_WRITE_EVERY, HELLO_PATIENCE, METER_EVERY};
use crate::base::time::{Moment, Wall};
use crate::call::card::Card;
use crate::call::exchange::Phone;
use crate::call::owed::{self, CallBack, CallBacks, Try};
use crate::desk::{Desk, SocketId};
use crate::record::figures::Figures;
use crate::record::why::TicketLogs;
use crate::routing::{Entry, Group, Input, Roster, Settings};
use crate::shell::clock::Clock;
use crate::shell::http::Sessions;
use crate::shell::library::Shelf;
use crate::shell::media::MediaHandle;
use crate::shell::post::{Legs, Post, Seat, ToPool};
use crate::shell::store::{Agent, Store};
use crate::telemetry::{Meter, PoolMeter};

/// What the pool is made of.
pub struct Parts {
    /// The engine's clock.
    pub clock: Clock,
    /// To the workers.
    pub post: Post,
    /// What everybody may read.
    pub roster: Arc<Roster>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// The media worker with the WebRTC hub, and its number.
    pub hub: (usize, MediaHandle),
    /// The metrics.
    pub meter: Arc<Meter>,
    /// The agents at the start.
    pub staff: Vec<Agent>,
    /// The call-backs that were owed at the last stop.
    pub owed: Vec<CallBack>,
    /// Where call-backs are written.
    pub store: Store,
    /// The bundle, for the queues' hours.
    pub shelf: Shelf,
    /// Chance.
    pub rng: Rng,
}

/// The routing group with its agents.
pub struct Pool {
    clock: Clock,
    post: Post,
    sessions: Sessions,
    hub: (usize, MediaHandle),
    meter: Arc<Meter>,
    fold: PoolMeter,
    group: Group,
    callbacks: CallBacks,
    store: Store,
    turn: usize,
    members: BTreeMap<AgentId, Member>,
    sockets: BTreeMap<SocketId, desks::Line>,
    last_socket: u64,
    waiting: BTreeMap<CallId, Waiting>,
    offers: BTreeMap<OfferId, offers::Rung>,
    logs: TicketLogs,
    figures: Figures,
    /// When the agents' time was counted last.
    counted_at: Moment,
    legs: Legs,
    agenda: Agenda<Wake>,
}

/// One agent.
struct Member {
    phone: Phone,
    desk: Desk,
    seat: Option<Seat>,
}

/// A caller who waits, or did.
struct Waiting {
    worker: usize,
    card: Box<Card>,
    since: Moment,
    /// For a call-back: what the worker needs to hold its call.
    calls_back: Option<Box<Entry>>,
}

/// Who wants to be woken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Wake {
    Group,
    CallBacks,
    Measure,
    Figures,
    Desk(AgentId),
    Hello(SocketId),
}

impl Pool {
    /// A pool with its agents, those of them on duty who stand at a phone of their own.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let Parts { clock, post, roster, sessions, hub, meter, staff, owed, store, shelf, mut rng } =
            parts;
        let chance = Rng::seeded(rng.bits());
        let callbacks = CallBacks::new(clock.epoch(), Box::new(opening(shelf)), chance);
        let group = Group::new(roster, clock.epoch(), Settings::default(), rng);
        let mut pool = Self {
            clock,
            post,
            sessions,
            hub,
            fold: PoolMeter::new(Arc::clone(&meter)),
            meter,
            group,
            callbacks,
            store,
            turn: 0,
            members: BTreeMap::new(),
            sockets: BTreeMap::new(),
            last_socket: 0,
            waiting: BTreeMap::new(),
            offers: BTreeMap::new(),
            logs: TicketLogs::default(),
            figures: Figures::default(),
            counted_at: Moment::START,
            legs: Legs::of_pool(),
            agenda: Agenda::default(),
        };
        pool.staff(clock.now(), staff);
        pool.measure(clock.now());
        pool.write_figures(clock.now());
        for what in owed {
            pool.callbacks(clock.now(), owed::Input::Owe(Box::new(what)));
        }
        pool
    }

    /// Works until it is told to stop.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<ToPool>) {
        loop {
            let wake = self.agenda.next().map(|at| self.clock.instant(at));
            let message = match wake {
                Some(at) => tokio::time::timeout_at(at.into(), inbox.recv()).await.ok(),
                None => Some(inbox.recv().await),
            };
            let now = self.clock.now();
            match message {
                Some(None | Some(ToPool::Stop)) => return self.stop(self.clock.now()),
                Some(Some(message)) => self.read(now, message),
                None => {}
            }
            self.wake(now);
        }
    }

    /// Says good-bye, and leaves nothing untold.
    fn stop(&mut self, now: Moment) {
        self.count(now);
        for log in self.logs.close_all() {
            self.store.log(log);
        }
        self.close_all();
    }

    fn read(&mut self, now: Moment, message: ToPool) {
        match message {
            ToPool::Enter { worker, entry, card } => {
                self.waiting
                    .insert(entry.call, Waiting { worker, card, since: now, calls_back: None });
                self.route(now, Input::Enter(entry));
            }
            ToPool::Route(input) => self.route(now, input),
            ToPool::Desk(agent, news) => {
                self.desk(now, &agent, crate::desk::Input::Talk(news));
            }
            ToPool::CallBack { worker, call, errand, what, keeps } => {
                self.book(now, (worker, call, errand), what, keeps);
            }
            ToPool::CalledBack(call, result) => {
                self.count_try(result);
                self.callbacks(now, owed::Input::Tried(call, result));
            }
            ToPool::NoCallBacks => self.callbacks(now, owed::Input::Rest),
            ToPool::Gone(call) => {
                self.waiting.remove(&call);
                if self.callbacks.has(call) {
                    self.callbacks(now, owed::Input::Tried(call, Try::AgentLeft));
                }
            }
            ToPool::Socket(socket) => self.open(now, socket),
            ToPool::Said(socket, spoken) => self.said(now, socket, spoken),
            ToPool::Media(event) => self.media(now, event),
            // Who asked may have left.
            ToPool::Why(call, reply) => drop(reply.send(self.logs.of(call))),
            ToPool::Count(reply) => {
                self.count(now);
                // Who asked may have left.
                let _ = reply.send(());
            }
            ToPool::Staff(staff) => self.staff(now, staff),
            ToPool::Stop => self.stop(now),
        }
    }

    fn wake(&mut self, now: Moment) {
        while let Some(wake) = self.agenda.pop_due(now) {
            match wake {
                Wake::Group => {
                    self.group.handle_timeout(now);
                    self.decided(now);
                }
                Wake::CallBacks => {
                    self.callbacks.handle_timeout(now);
                    self.drain_callbacks(now);
                }
                Wake::Measure => self.measure(now),
                Wake::Figures => self.write_figures(now),
                Wake::Desk(agent) => self.wake_desk(now, &agent),
                Wake::Hello(socket) => self.no_hello(socket),
            }
        }
    }

    fn wake_desk(&mut self, now: Moment, agent: &AgentId) {
        if let Some(member) = self.members.get_mut(agent) {
            member.desk.handle_timeout(now);
        }
        self.drain_desk(now, agent);
    }

    /// Tells the metrics how long the oldest have waited.
    fn measure(&mut self, now: Moment) {
        for line in self.group.waiting() {
            let waited = line.oldest.map(|entered| now.since(entered)).unwrap_or_default();
            self.meter.oldest_wait(line.queue, waited);
        }
        self.agenda.set(Wake::Measure, Some(now + METER_EVERY));
    }

    /// Hands over what was counted, and now and then the time of agents who go on as they are.
    fn write_figures(&mut self, now: Moment) {
        self.agenda.set(Wake::Figures, Some(now + FIGURES_WRITE_EVERY));
        if FIGURES_DUTY_EVERY <= now.since(self.counted_at) {
            self.count(now);
        } else {
            self.hand_over();
        }
    }

    /// Counts everything until now, and hands it over.
    fn count(&mut self, now: Moment) {
        self.counted_at = now;
        self.figures.handle_timeout(self.clock.epoch().wall(now));
        self.hand_over();
    }

    fn hand_over(&mut self) {
        let batch = self.figures.take();
        if !batch.is_empty() {
            self.store.count(batch);
        }
    }

    /// Tells routing, and does what it decides.
    fn route(&mut self, now: Moment, input: Input) {
        let before = self.clock.now();
        self.group.handle(now, input);
        self.meter.decided(self.clock.now().since(before));
        self.decided(now);
    }

    fn expect_hello(&mut self, now: Moment, socket: SocketId) {
        self.agenda.set(Wake::Hello(socket), Some(now + HELLO_PATIENCE));
    }
}

/// Whether a queue is open, by the bundle that new calls get.
fn opening(shelf: Shelf) -> impl Fn(&QueueId, Wall) -> bool {
    move |queue, wall| {
        let book = shelf.active();
        let bundle = book.bundle();
        let calendar = bundle.queues.get(queue).and_then(|queue| queue.calendar.as_ref());
        let calendar = calendar.and_then(|id| bundle.calendars.get(id));
        calendar.is_none_or(|calendar| calendar.at(wall).is_open())
    }
}
