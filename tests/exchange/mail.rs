//! What is on its way: one box per task, and the network's wires, each in its own order.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, OfferId, TicketId};
use hatif::base::time::Moment;
use hatif::call::card::Card;
use hatif::call::exchange::{self, DeskNews, PhoneNews};
use hatif::call::owed::{CallBack, Try};
use hatif::desk::protocol::Order;
use hatif::desk::{AudioNews, Farewell, SocketId};
use hatif::flow::{ErrandId, Reply};
use hatif::routing;

/// Where a leg's audio lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seat {
    /// A desk's connection, by the number of its leg.
    Desk(u64),
    /// An agent's phone, by its session.
    Phone(u64),
}

/// What a worker is told.
#[derive(Debug)]
pub(crate) enum ToWorker {
    /// By the caller's line or leg.
    Caller(CallId, exchange::Input),
    /// By a session that was dialled.
    Phone { call: CallId, offer: OfferId, session: u64, news: PhoneNews },
    /// By the pool.
    Call { call: CallId, input: exchange::Input, desk: Option<Seat> },
    /// By whoever did an errand.
    Errand(CallId, ErrandId, Reply),
    /// By the line of the citizen who is called back.
    Citizen(CallId, PhoneNews),
    /// By the caller's line, which was asked to call somebody.
    Referred(CallId, PhoneNews),
    /// Hold the call of a call-back that is about to be offered.
    CallBack { entry: Box<routing::Entry>, card: Box<Card> },
    /// End the calls that are left.
    Stop,
}

/// What the pool is told.
#[derive(Debug)]
pub(crate) enum ToPool {
    Enter {
        worker: usize,
        entry: Box<routing::Entry>,
        card: Box<Card>,
    },
    Route(routing::Input),
    Desk(AgentId, DeskNews),
    Gone(CallId),
    CallBack {
        worker: usize,
        call: CallId,
        errand: ErrandId,
        what: Box<CallBack>,
        keeps: Option<TicketId>,
    },
    CalledBack(CallId, Try),
    NoCallBacks,
    Hello(SocketId, AgentId),
    Said(SocketId, Order),
    Lost(SocketId, Farewell),
    Media(u64, AudioNews),
}

/// What happens at its time.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A worker reads one message.
    Worker(usize),
    /// The pool reads one message.
    Pool,
    /// A message leaves the network and lies in a box.
    ArrivesAtWorker(usize, ToWorker),
    ArrivesAtPool(ToPool),
    /// Something ends that nobody can hurry, and its word lies in a worker's box.
    Comes(usize, ToWorker),
    /// A new caller.
    Dials,
    /// Something that a caller does.
    Caller(CallId, Deed),
    /// An agent looks at her desk, or her supervisor at her phone.
    Looks(AgentId),
    /// What a browser's connection does by itself, if it is still that connection.
    Hub {
        leg: u64,
        generation: u64,
        news: AudioNews,
    },
    /// A playout ends by itself.
    PlaysOut(CallId, u64),
    /// Nobody comes in any more; later everybody has gone home.
    Closes,
}

/// What a caller does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    Acknowledges,
    Presses,
    HangsUp,
    GivesUpOnAck,
}

/// A way through the network that keeps its order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wire {
    Caller(CallId),
    Media(usize),
    HubMedia,
    Phone(u64),
    Page(SocketId),
    Office,
}

/// Everything on its way, by time.
#[derive(Debug)]
pub(crate) struct Mail {
    agenda: BTreeMap<(Moment, u64), Happening>,
    numbers: u64,
    workers: Vec<VecDeque<ToWorker>>,
    pool: VecDeque<ToPool>,
    /// Until when each box is being read: the last moment given to a message in it.
    reading: BTreeMap<Option<usize>, Moment>,
    wires: BTreeMap<Wire, Moment>,
    /// Messages in boxes and on wires.
    moving: usize,
    /// How slow a task may be with one message.
    slowness: Duration,
}

impl Mail {
    pub(crate) fn new(workers: usize, slowness: Duration) -> Self {
        Self {
            agenda: BTreeMap::new(),
            numbers: 0,
            workers: (0..workers).map(|_| VecDeque::new()).collect(),
            pool: VecDeque::new(),
            reading: BTreeMap::new(),
            wires: BTreeMap::new(),
            moving: 0,
            slowness,
        }
    }

    /// Whether no message is on its way.
    pub(crate) const fn is_quiet(&self) -> bool {
        self.moving == 0
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.agenda.first_key_value().map(|((at, _), _)| *at)
    }

    pub(crate) fn pop(&mut self) -> Option<(Moment, Happening)> {
        let ((at, _), happening) = self.agenda.pop_first()?;
        let arrives =
            matches!(happening, Happening::ArrivesAtWorker(..) | Happening::ArrivesAtPool(_));
        self.moving -= usize::from(arrives);
        Some((at, happening))
    }

    pub(crate) fn at(&mut self, at: Moment, happening: Happening) {
        self.numbers += 1;
        let arrives =
            matches!(happening, Happening::ArrivesAtWorker(..) | Happening::ArrivesAtPool(_));
        self.moving += usize::from(arrives);
        self.agenda.insert((at, self.numbers), happening);
    }

    /// Sends by a wire: not before what was sent by it already.
    pub(crate) fn send(&mut self, wire: Wire, at: Moment, happening: Happening) {
        let after = self.wires.entry(wire).or_insert(Moment::START);
        *after = at.max(*after);
        let at = *after;
        self.at(at, happening);
    }

    /// Puts a message into a worker's box.
    pub(crate) fn to_worker(&mut self, now: Moment, chance: &mut Rng, to: usize, what: ToWorker) {
        let at = self.read_at(now, chance, Some(to));
        self.workers[to].push_back(what);
        self.moving += 1;
        self.at(at, Happening::Worker(to));
    }

    /// Puts a message into the pool's box.
    pub(crate) fn to_pool(&mut self, now: Moment, chance: &mut Rng, what: ToPool) {
        let at = self.read_at(now, chance, None);
        self.pool.push_back(what);
        self.moving += 1;
        self.at(at, Happening::Pool);
    }

    pub(crate) fn take_for_worker(&mut self, worker: usize) -> Option<ToWorker> {
        self.moving -= 1;
        self.workers[worker].pop_front()
    }

    pub(crate) fn take_for_pool(&mut self) -> Option<ToPool> {
        self.moving -= 1;
        self.pool.pop_front()
    }

    /// When a task comes to read what is written now: mostly at once, sometimes late.
    fn read_at(&mut self, now: Moment, chance: &mut Rng, owner: Option<usize>) -> Moment {
        let slowest = u64::try_from(self.slowness.as_micros()).unwrap_or(0);
        let delay = match chance.below(20) {
            0 => chance.below(slowest),
            1..=4 => chance.below(slowest / 10 + 1),
            _ => chance.below(100),
        };
        let reading = self.reading.entry(owner).or_insert(Moment::START);
        *reading = (now + Duration::from_micros(delay)).max(*reading);
        *reading
    }
}
