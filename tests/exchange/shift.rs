//! One whole shift: everybody, everything on its way, and the time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, TicketId};
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::call::ending::Ending;
use hatif::call::exchange::{Phone, PhoneNews};
use hatif::flow::World;

use crate::simulator::books::Books;
use crate::simulator::callbacks::Promises;
use crate::simulator::floor::Floor;
use crate::simulator::mail::{Happening, Mail, ToPool, ToWorker};
use crate::simulator::people::{Callers, Connection, Page};
use crate::simulator::pool::Pool;
use crate::simulator::worker::Worker;

/// How many of the last happenings a broken promise prints.
const TRACE_MAX: usize = 120;
/// How long callers come in.
const OPEN: Duration = Duration::from_secs(180);
/// After that, when nobody can be calling any more.
const LAST_CALLER: Duration = Duration::from_secs(210);
/// After that, when every deadline has passed.
const SETTLED: Duration = Duration::from_secs(120);

/// What happened in shifts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figures {
    pub(crate) shifts: u64,
    pub(crate) calls: u64,
    pub(crate) offers: u64,
    pub(crate) talks: u64,
    /// Talks whose agent was lost.
    pub(crate) lost: u64,
    pub(crate) errands: u64,
    /// Ways to somebody outside.
    pub(crate) outside: u64,
    /// Citizens who answered a call-back.
    pub(crate) called_back: u64,
    /// Agents who answered a call that was forgotten.
    pub(crate) too_late: u64,
    /// Agents who answered without a seat.
    pub(crate) without_audio: u64,
    /// Moments at which no message was on its way.
    pub(crate) quiet: u64,
    pub(crate) happenings: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, more: &Self) {
        self.shifts += more.shifts;
        self.calls += more.calls;
        self.offers += more.offers;
        self.talks += more.talks;
        self.lost += more.lost;
        self.errands += more.errands;
        self.outside += more.outside;
        self.called_back += more.called_back;
        self.too_late += more.too_late;
        self.without_audio += more.without_audio;
        self.quiet += more.quiet;
        self.happenings += more.happenings;
    }
}

/// One shift.
pub(crate) struct Shift {
    seed: u64,
    pub(crate) world: Arc<World>,
    pub(crate) epoch: Epoch,
    pub(crate) now: Moment,
    pub(crate) chance: Rng,
    pub(crate) mail: Mail,
    pub(crate) workers: Vec<Worker>,
    pub(crate) pool: Pool,
    pub(crate) floor: Floor,
    pub(crate) books: Books,
    pub(crate) callers: Callers,
    pub(crate) promises: Promises,
    /// When each caller last asked for a call-back.
    pub(crate) asked: BTreeMap<CallId, Moment>,
    /// The places in line that call-backs have taken over.
    pub(crate) kept: BTreeSet<TicketId>,
    /// How each caller's leg was ended.
    pub(crate) endings: BTreeMap<CallId, Ending>,
    pub(crate) pages: BTreeMap<AgentId, Page>,
    pub(crate) hub: BTreeMap<u64, Connection>,
    /// Phones that told their end, and when a worker heard it.
    pub(crate) phones_over: BTreeMap<u64, Moment>,
    pub(crate) sessions: u64,
    pub(crate) sockets: u64,
    pub(crate) generations: u64,
    pub(crate) is_closed: bool,
    pub(crate) late: Duration,
    pub(crate) figures: Figures,
    trace: VecDeque<String>,
}

impl Shift {
    pub(crate) fn new(seed: u64, world: Arc<World>) -> Self {
        let mut chance = Rng::seeded(seed);
        let epoch = Epoch(Wall(1_790_000_000_000));
        let workers = 1 + chance.below(3);
        let slowness = Duration::from_millis([2, 50, 400, 3_000][at(chance.below(4))]);
        let late = Duration::from_micros(chance.below(20_000));
        let mut shift = Self {
            seed,
            world,
            epoch,
            now: Moment::START,
            mail: Mail::new(at(workers), slowness),
            workers: (0..workers).map(|_| Worker::default()).collect(),
            pool: Pool::new(epoch, chance.bits()),
            floor: Floor::default(),
            books: Books::default(),
            callers: Callers::new(),
            promises: Promises::new(),
            asked: BTreeMap::new(),
            kept: BTreeSet::new(),
            endings: BTreeMap::new(),
            pages: BTreeMap::new(),
            hub: BTreeMap::new(),
            phones_over: BTreeMap::new(),
            sessions: 0,
            sockets: 0,
            generations: 0,
            is_closed: false,
            late,
            figures: Figures { shifts: 1, ..Figures::default() },
            trace: VecDeque::new(),
            chance,
        };
        shift.opens();
        shift
    }

    fn opens(&mut self) {
        for (number, name) in ["maryam", "huda", "salem", "noura"].into_iter().enumerate() {
            let level = if number % 2 == 0 { 4 } else { 2 };
            self.employ(name, level, Phone::Desk);
            self.pages.insert(name.into(), Page::default());
        }
        for (name, level) in [("front.desk", 3), ("night.desk", 1)] {
            self.employ(name, level, Phone::Sip(format!("sip:{name}@10.0.0.5")));
        }
        let agents: Vec<_> = self.pool.members.keys().cloned().collect();
        for agent in agents {
            let at = self.soon(5_000);
            self.mail.at(at, Happening::Looks(agent));
        }
        self.mail.at(Moment::START, Happening::Dials);
        self.mail.at(Moment::START + OPEN + LAST_CALLER, Happening::Closes);
    }

    /// Plays the shift to its end.
    pub(crate) fn run(mut self) -> Figures {
        let end = Moment::START + OPEN + LAST_CALLER + SETTLED;
        while self.step(end) {
            self.figures.happenings += 1;
            self.check_step();
            if self.mail.is_quiet() {
                self.figures.quiet += 1;
                self.check_quiet();
            }
        }
        self.check_end();
        self.figures
    }

    /// The next thing happens, unless it lies behind the end.
    fn step(&mut self, end: Moment) -> bool {
        let late = self.lateness();
        let wakes = self.workers.iter().map(|worker| worker.agenda.next());
        let worker = (0..).zip(wakes).filter_map(|(index, at)| Some((at? + late, index))).min();
        let pool = self.pool.next().map(|at| at + late);
        let mail = self.mail.next();
        let next = [worker.map(|(at, _)| at), pool, mail].into_iter().flatten().min();
        let Some(next) = next.filter(|at| *at <= end) else { return false };
        self.now = self.now.max(next);
        if mail == Some(next) {
            let (_, happening) = self.mail.pop().expect("the mail that is due");
            self.happens(happening);
        } else if pool == Some(next) {
            self.wake_pool();
        } else if let Some((_, index)) = worker {
            self.wake_worker(index);
        }
        true
    }

    fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Worker(worker) => self.worker_reads(worker),
            Happening::Pool => self.pool_reads(),
            Happening::ArrivesAtWorker(worker, message) => {
                if let ToWorker::Phone { session, news: PhoneNews::Ended, .. } = message {
                    self.phones_over.insert(session, self.now);
                }
                self.post_worker(worker, message);
            }
            Happening::ArrivesAtPool(message) => self.post_pool(message),
            Happening::Comes(worker, message) => self.post_worker(worker, message),
            Happening::Dials => {
                if self.now < Moment::START + OPEN {
                    let rush = [4_000, 9_000, 20_000][at(self.seed % 3)];
                    let next = self.soon(rush);
                    self.mail.at(next, Happening::Dials);
                    self.dials();
                } else if self.seed.is_multiple_of(4) {
                    self.post_pool(ToPool::NoCallBacks);
                    for worker in 0..self.workers.len() {
                        self.post_worker(worker, ToWorker::Stop);
                    }
                }
            }
            Happening::Caller(call, deed) => self.caller(call, deed),
            Happening::Looks(agent) => self.looks(&agent),
            Happening::Hub { leg, generation, news } => self.hub(leg, generation, news),
            Happening::PlaysOut(call, play) => self.plays_out(call, play),
            Happening::Closes => self.goes_home(),
        }
    }

    pub(crate) fn post_worker(&mut self, worker: usize, message: ToWorker) {
        self.mail.to_worker(self.now, &mut self.chance, worker, message);
    }

    pub(crate) fn post_pool(&mut self, message: ToPool) {
        self.mail.to_pool(self.now, &mut self.chance, message);
    }

    /// A moment within so many milliseconds.
    pub(crate) fn soon(&mut self, millis: u64) -> Moment {
        self.now + Duration::from_micros(self.chance.below(millis * 1_000))
    }

    pub(crate) fn chance_index(&mut self, end: usize) -> usize {
        at(self.chance.below(u64::try_from(end).expect("a small number")))
    }

    pub(crate) fn trace(&mut self, line: impl FnOnce() -> String) {
        if self.trace.len() == TRACE_MAX {
            self.trace.pop_front();
        }
        let line = format!("{} {}", self.now, line());
        self.trace.push_back(line);
    }
}

impl Drop for Shift {
    #[expect(clippy::print_stderr, reason = "a broken promise says how it came about")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            let seed = self.seed;
            for line in &self.trace {
                eprintln!("{line}");
            }
            eprintln!(
                "seed {seed} at {}: SEED={seed} cargo test --test exchange replays it",
                self.now
            );
        }
    }
}

fn at(number: u64) -> usize {
    usize::try_from(number).expect("a small number")
}
