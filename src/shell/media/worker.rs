//! The worker's thread: waits for packets, orders and the wheel, and serves them.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::event::epoll;
use rustix::thread::{CpuSet, sched_setaffinity};
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec};
use rustix::time::{timerfd_create, timerfd_settime};

use crate::base::id::LegId;
use crate::base::limit;
use crate::base::time::Moment;
use crate::media::bridge::Utterance;
use crate::media::{Command, Event};
use crate::shell::clock::Clock;
use crate::shell::media::floor::Floor;
use crate::shell::media::line::{BrowserLine, said_by_browser};
use crate::shell::media::ring::{MediaHandle, Order, Rings, Waker};
use crate::shell::webrtc::{Hub, Incoming};

/// How often every leg is looked after.
const SWEEP_EVERY: Duration = Duration::from_millis(100);
/// How often the worker tells how punctual it is.
const TELL_EVERY: Duration = Duration::from_secs(1);
/// How long to wait before the control side is told again what it had no room for.
const RETRY_AFTER: Duration = Duration::from_millis(5);
/// Orders taken in one turn; the rest wait until the wheel has been served.
const ORDERS_MAX: usize = 256;
/// Sockets served in one turn.
const READY_MAX: usize = 256;

/// What the bell's readiness is reported under. Legs have smaller tokens.
const BELL: u64 = u64::MAX;
/// What the timer's readiness is reported under.
const TIMER: u64 = u64::MAX - 1;
/// What the hub's readiness is reported under.
const HUB: u64 = u64::MAX - 2;

/// One worker to be started.
pub struct Station {
    /// The core that its thread is to stay on, if any.
    pub core: Option<usize>,
    /// The browsers' port, at the worker that serves them.
    pub hub: Option<Hub>,
    /// Wakes the control side when there is news.
    pub waker: Waker,
}

impl std::fmt::Debug for Station {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Station")
            .field("core", &self.core)
            .field("hub", &self.hub)
            .finish_non_exhaustive()
    }
}

/// The media workers of one process.
#[derive(Debug)]
pub struct MediaWorkers {
    handles: Vec<MediaHandle>,
    threads: Vec<JoinHandle<()>>,
}

impl MediaWorkers {
    /// Starts a thread for each station. The worker's index is the station's place.
    ///
    /// # Errors
    ///
    /// When the system refuses a thread or a descriptor; workers that run already are stopped.
    pub fn start(clock: Clock, stations: Vec<Station>) -> io::Result<Self> {
        let rings = stations.iter().map(|station| Rings::new(Arc::clone(&station.waker)));
        let rings = rings.map(|rings| rings.map(Arc::new)).collect::<io::Result<Vec<_>>>()?;
        let handles: Vec<_> = rings.into_iter().map(|rings| MediaHandle { rings }).collect();
        let mut workers = Self { handles, threads: Vec::new() };
        for (index, station) in stations.into_iter().enumerate() {
            if let Err(fault) = workers.start_one(index, clock, station) {
                workers.stop();
                return Err(fault);
            }
        }
        Ok(workers)
    }

    fn start_one(&mut self, index: usize, clock: Clock, station: Station) -> io::Result<()> {
        let core = station.core;
        let worker = Worker::new(index, clock, station.hub, self.handles.clone())?;
        let thread = std::thread::Builder::new().name(format!("media-{index}"));
        self.threads.push(thread.spawn(move || {
            pin(core);
            worker.run();
        })?);
        Ok(())
    }

    /// The workers, by index.
    #[must_use]
    pub fn handles(&self) -> &[MediaHandle] {
        &self.handles
    }

    /// Stops the threads and waits for them. What still plays ends in the middle.
    pub fn stop(self) {
        for handle in &self.handles {
            while handle.rings.order(Order::Stop).is_err() {
                std::thread::yield_now();
            }
        }
        for thread in self.threads {
            if thread.join().is_err() {
                tracing::error!("a media worker ended by a panic");
            }
        }
    }
}

fn pin(core: Option<usize>) {
    let Some(core) = core.filter(|core| *core < CpuSet::MAX_CPU) else { return };
    let mut cores = CpuSet::new();
    cores.set(core);
    if let Err(fault) = sched_setaffinity(None, &cores) {
        tracing::warn!(core, %fault, "a media worker cannot be tied to its core");
    }
}

/// Whether the loop goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Next,
    Last,
}

struct Worker {
    index: usize,
    clock: Clock,
    floor: Floor,
    timer: OwnedFd,
    /// What the timer is set to.
    armed: Option<Moment>,
    hub: Option<Hub>,
    rings: Arc<Rings>,
    others: Vec<MediaHandle>,
    /// Legs that are to be handed over as soon as there is room.
    moving: Vec<(LegId, usize)>,
    next_sweep: Moment,
    next_telling: Moment,
}

impl Worker {
    fn new(
        index: usize,
        clock: Clock,
        hub: Option<Hub>,
        others: Vec<MediaHandle>,
    ) -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Monotonic, flags)?;
        let own = others.get(index).ok_or_else(|| io::Error::other("a worker has rings"))?;
        let rings = Arc::clone(&own.rings);
        let level = epoll::EventFlags::IN;
        watch(&epoll, rings.bell(), BELL, level)?;
        // By edge: setting the timer anew makes it unready, so it need not be read.
        watch(&epoll, &timer, TIMER, level | epoll::EventFlags::ET)?;
        if let Some(hub) = &hub {
            watch(&epoll, hub.socket(), HUB, level)?;
        }
        let floor = Floor::new(clock.epoch(), epoll);
        let (next_sweep, next_telling) = (Moment::START, Moment::START);
        let (armed, moving) = (None, Vec::new());
        Ok(Self {
            index,
            clock,
            floor,
            timer,
            armed,
            hub,
            rings,
            others,
            moving,
            next_sweep,
            next_telling,
        })
    }

    fn run(mut self) {
        let mut ready = [MaybeUninit::uninit(); READY_MAX];
        loop {
            self.arm();
            match epoll::wait(self.floor.epoll(), &mut ready, None) {
                Ok((events, _)) => self.receive_all(events),
                Err(rustix::io::Errno::INTR) => {}
                Err(fault) => {
                    tracing::error!(worker = self.index, %fault, "a media worker cannot wait");
                    return;
                }
            }
            if self.take_orders() == Turn::Last {
                return;
            }
            let clock = self.clock;
            self.floor.tick(|| clock.now());
            self.look_after();
            self.cross();
            self.hand_over();
            self.tell();
        }
    }

    /// Sets the timer to what is due next.
    fn arm(&mut self) {
        let now = self.clock.now();
        let mut due = self.floor.next_tick();
        let mut sooner = |at: Moment| due = Some(due.map_or(at, |due| due.min(at)));
        if self.floor.legs() > 0 {
            sooner(self.next_sweep);
        }
        if let Some(at) = self.hub.as_ref().and_then(Hub::poll_timeout) {
            sooner(self.clock.moment(at));
        }
        if !self.floor.news.is_empty() || !self.moving.is_empty() {
            sooner(now + RETRY_AFTER);
        }
        if due == self.armed && due.is_none_or(|due| now < due) {
            return;
        }
        self.armed = due;
        // Zero would switch the timer off.
        let wait = due.map(|due| self.clock.real(due.since(now)).max(Duration::from_micros(1)));
        let wait = wait.unwrap_or_default();
        let it_value = Timespec {
            tv_sec: i64::try_from(wait.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(wait.subsec_nanos()),
        };
        let it_interval = Timespec { tv_sec: 0, tv_nsec: 0 };
        let setting = Itimerspec { it_interval, it_value };
        if let Err(fault) = timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &setting) {
            tracing::error!(worker = self.index, %fault, "a media worker's timer cannot be set");
        }
    }

    fn receive_all(&mut self, events: &[epoll::Event]) {
        for event in events {
            self.receive(event.data.u64());
        }
    }

    fn receive(&mut self, token: u64) {
        match token {
            BELL => self.rings.silence_bell(),
            // What is due is done in every turn.
            TIMER => {}
            HUB => self.receive_from_browsers(),
            leg => self.floor.receive(self.clock.now(), leg),
        }
    }

    fn receive_from_browsers(&mut self) {
        let Some(hub) = &mut self.hub else { return };
        let (now, floor) = (self.clock.now(), &mut self.floor);
        hub.receive(self.clock.instant(now), &mut |leg, incoming| {
            from_browser(floor, now, leg, incoming);
        });
    }

    fn take_orders(&mut self) -> Turn {
        for _ in 0..ORDERS_MAX {
            // The control side that does not listen is not listened to.
            if limit::MEDIA_EVENTS_KEPT_MAX <= self.floor.news.len() {
                break;
            }
            match self.rings.next_order() {
                Some(Order::Control(command)) => self.obey(command),
                Some(Order::Adopt(line)) => self.floor.adopt(self.clock.now(), line),
                Some(Order::Stop) => return Turn::Last,
                None => return Turn::Next,
            }
        }
        // The bell was silenced, and more may lie in the ring.
        self.rings.ring();
        Turn::Next
    }

    fn obey(&mut self, command: Command) {
        let now = self.clock.now();
        match command {
            Command::Open(opening) => self.floor.open(now, *opening),
            Command::Remote { leg, remote } => self.floor.agree(now, leg, remote),
            Command::Play { leg, play, pieces, mode } => {
                self.floor.play(now, leg, (play, mode), pieces);
            }
            Command::Stop { leg } => self.floor.stop(leg),
            Command::Bridge { a, b } => self.floor.bridge(a, b),
            Command::Unbridge { leg } => self.floor.unbridge(leg),
            Command::Mute { leg, mute } => self.floor.mute(leg, mute),
            Command::Tap { leg, tap } => self.floor.tap(leg, tap),
            Command::Close { leg } => {
                self.moving.retain(|(moving, _)| *moving != leg);
                self.floor.close(leg);
                if let Some(hub) = &mut self.hub {
                    hub.close(leg);
                }
            }
            Command::Webrtc { leg, offer } => self.accept(now, leg, &offer),
            Command::Candidate { leg, candidate } => self.add_candidate(now, leg, &candidate),
            Command::Move { leg, to } => self.start_move(leg, to),
        }
    }

    fn accept(&mut self, now: Moment, leg: LegId, offer: &str) {
        let news = match &mut self.hub {
            Some(hub) => match hub.accept(self.clock.instant(now), leg, offer) {
                Ok(sdp) => {
                    if let Some(codec) = hub.codec(leg) {
                        self.floor.open_browser(now, BrowserLine::new(leg, codec));
                    }
                    Event::Answer { leg, sdp }
                }
                Err(fault) => Event::Failed { leg, why: fault.to_string() },
            },
            None => Event::Failed { leg, why: "this worker serves no browsers".to_owned() },
        };
        self.floor.news.push_back(news);
    }

    fn add_candidate(&mut self, now: Moment, leg: LegId, candidate: &str) {
        let Some(hub) = &mut self.hub else { return };
        // Without the candidate the browser's own checks teach its address.
        if let Err(fault) = hub.candidate(self.clock.instant(now), leg, candidate) {
            tracing::debug!(%leg, %fault, "a candidate is of no use");
        }
    }

    fn start_move(&mut self, leg: LegId, to: usize) {
        if to == self.index && self.floor.has(leg) {
            self.floor.news.push_back(Event::Moved { leg });
        } else if self.others.get(to).is_none() {
            let why = format!("there is no media worker {to}");
            self.floor.news.push_back(Event::Failed { leg, why });
        } else {
            self.moving.push((leg, to));
        }
    }

    /// Hands over what is to move. A ring that is full is tried again.
    fn hand_over(&mut self) {
        let mut waiting = std::mem::take(&mut self.moving);
        waiting.retain(|(leg, to)| {
            let Some(other) = self.others.get(*to).filter(|_| self.floor.has(*leg)) else {
                return false;
            };
            let Some(line) = self.floor.take_rtp(*leg) else {
                let why = "a browser's leg stays at its hub".to_owned();
                self.floor.news.push_back(Event::Failed { leg: *leg, why });
                return false;
            };
            match other.rings.order(Order::Adopt(line)) {
                Err(Order::Adopt(line)) => {
                    self.floor.take_back(self.clock.now(), line);
                    true
                }
                Ok(()) | Err(Order::Control(_) | Order::Stop) => false,
            }
        });
        self.moving = waiting;
    }

    fn look_after(&mut self) {
        let now = self.clock.now();
        if self.next_sweep <= now {
            self.next_sweep = now + SWEEP_EVERY;
            self.floor.sweep(now);
        }
        if let Some(hub) = &mut self.hub {
            let floor = &mut self.floor;
            hub.handle_timeout(self.clock.instant(now), &mut |leg, incoming| {
                from_browser(floor, now, leg, incoming);
            });
        }
        if self.next_telling <= now {
            self.next_telling = now + TELL_EVERY;
            self.rings.publish(self.floor.pacing());
        }
    }

    /// Gives the hub what browsers are to hear.
    fn cross(&mut self) {
        let Some(hub) = &mut self.hub else { return };
        if self.floor.crossings.is_empty() {
            return;
        }
        let now = self.clock.instant(self.clock.now());
        for crossing in &self.floor.crossings {
            if crossing.skip > 0 {
                hub.skip(crossing.leg, crossing.skip);
            }
            hub.send(now, crossing.leg, &crossing.frame);
        }
        self.floor.crossings.clear();
    }

    fn tell(&mut self) {
        let mut told = false;
        while let Some(news) = self.floor.news.pop_front() {
            match self.rings.tell(news) {
                Ok(()) => told = true,
                Err(news) => {
                    self.floor.news.push_front(news);
                    break;
                }
            }
        }
        if told {
            self.rings.wake();
        }
    }
}

fn watch(epoll: &OwnedFd, fd: impl AsFd, token: u64, flags: epoll::EventFlags) -> io::Result<()> {
    Ok(epoll::add(epoll, fd, epoll::EventData::new_u64(token), flags)?)
}

/// What the hub brings, for the floor and the control side.
fn from_browser(floor: &mut Floor, now: Moment, leg: LegId, incoming: Incoming<'_>) {
    match incoming {
        Incoming::Connected => floor.news.push_back(Event::Connected { leg }),
        Incoming::Audio { codec, sequence, timestamp, marker, payload } => {
            let place = (sequence, timestamp, marker);
            let said = said_by_browser(Utterance::Sound(codec), place, payload);
            floor.hear_browser(now, leg, &said);
        }
        Incoming::TelephoneEvent { sequence, timestamp, marker, payload } => {
            let said = said_by_browser(Utterance::Key, (sequence, timestamp, marker), payload);
            floor.hear_browser(now, leg, &said);
        }
        Incoming::Silent => floor.news.push_back(Event::Silent { leg }),
        Incoming::HeardAgain => floor.news.push_back(Event::HeardAgain { leg }),
        Incoming::Failed(failure) => {
            floor.news.push_back(Event::Failed { leg, why: failure.to_string() });
        }
        Incoming::Closed => {
            let why = "the browser closed the connection".to_owned();
            floor.news.push_back(Event::Failed { leg, why });
        }
    }
}
