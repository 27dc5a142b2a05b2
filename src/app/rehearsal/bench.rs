//! An engine for tests: the real workers, sockets and media, with doubles for everything outside.
//!
//! Each test has a worker of its own, and so its own wall clock, its own settings and its own
//! answers from outside. SIP, the flow, the call and its audio are those of `hatif serve`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use crate::app::{pumps, wiring};
use crate::base::chance::Rng;
use crate::base::limit::{EVENTS_BOX_MAX, POOL_BOX_MAX, STOP_PATIENCE, WORKER_BOX_MAX};
use crate::call::dial::{DialPlan, Exit};
use crate::flow::run::TransferEnd;
use crate::flow::trial::Trial;
use crate::routing::{Capacity, Roster};
use crate::shell::book::Book;
use crate::shell::clock::Clock;
use crate::shell::errand::Clerk;
use crate::shell::library::Shelf;
use crate::shell::media::{MediaHandle, MediaWorkers, Ports, Station};
use crate::shell::post::{Post, ToWorker, call_id_suffix};
use crate::shell::recording;
use crate::shell::rehearsal::{Behind, Cues, Target};
use crate::shell::tasks;
use crate::shell::transport::Transports;
use crate::shell::worker::{self, ExitLine, Exits, Names, Trunks, Worker};
use crate::sip::endpoint::{Endpoint, Settings};
use crate::sip::route::Transport;
use crate::telemetry::Meter;

/// Calls out of one test.
const CALLS_OUT: usize = 20;
const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// An engine for tests.
pub(super) struct Bench {
    clock: Clock,
    book: Book,
    meter: Arc<Meter>,
    transports: Arc<Transports>,
    media: MediaWorkers,
    ports: Arc<Ports>,
    to_workers: Arc<[mpsc::Sender<ToWorker>]>,
    /// A worker takes its own when its test begins.
    inboxes: Vec<Option<mpsc::Receiver<ToWorker>>>,
    workers: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    readers: JoinHandle<()>,
    pumps: Vec<JoinHandle<()>>,
}

impl Bench {
    /// An engine with a worker for each of `tests` tests, on a free port of the loopback.
    pub(super) async fn open(
        clock: Clock,
        book: Book,
        tests: usize,
        rng: &mut Rng,
    ) -> Result<Self> {
        let meter = Arc::new(Meter::new());
        let (to_workers, inboxes): (Vec<_>, Vec<_>) =
            (0..tests).map(|_| mpsc::channel(WORKER_BOX_MAX)).unzip();
        let to_workers: Arc<[_]> = to_workers.into();
        let post = bare_post(&to_workers, &meter);
        let binds = [(Transport::Udp, SocketAddr::new(LOCAL, 0))];
        let (transports, readers) = Transports::open(&binds, wiring::deliver(&post)).await?;
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let bells: Vec<Arc<Notify>> = (0..cores).map(|_| Arc::default()).collect();
        let media = MediaWorkers::start(clock, bells.iter().map(station).collect())
            .context("cannot start the media workers")?;
        let pumps = media.handles().iter().zip(bells).map(|(handle, bell)| {
            tasks::spawn("media pump", pumps::pump(handle.clone(), bell, post.clone()))
        });
        let pumps = pumps.collect();
        let (stop, stopped) = watch::channel(false);
        Ok(Self {
            clock,
            book,
            meter,
            transports: Arc::new(transports),
            media,
            ports: Arc::new(Ports::new(LOCAL, &Ports::RANGE, rng)),
            to_workers,
            inboxes: inboxes.into_iter().map(Some).collect(),
            workers: Vec::new(),
            stop,
            readers: tasks::spawn("sip readers", readers.run(stopped)),
            pumps,
        })
    }

    /// Where it hears SIP.
    pub(super) fn target(&self) -> Target {
        let address = self.address();
        Target { address, user: None, host: address.to_string() }
    }

    fn address(&self) -> SocketAddr {
        let bound = self.transports.addresses().first();
        bound.map_or_else(|| SocketAddr::new(LOCAL, 0), |(_, address)| *address)
    }

    /// Starts the worker of a test, whose calls out all go to `outside`, and hands over what stands
    /// behind it.
    pub(super) fn enter(
        &mut self,
        index: usize,
        trial: &Trial,
        outside: SocketAddr,
        rng: &mut Rng,
    ) -> Result<Behind> {
        let inbox = self.inboxes.get_mut(index).and_then(Option::take);
        let inbox = inbox.context("each test is played once")?;
        let clock = self.clock.showing(trial.clock());
        let (to_pool, pool) = mpsc::channel(POOL_BOX_MAX);
        let (to_readers, facts) = mpsc::channel(EVENTS_BOX_MAX);
        let (told, errands) = std::sync::mpsc::channel();
        let (scribe, paper) = recording::blank();
        let post =
            Post::new(Arc::clone(&self.to_workers), to_pool, to_readers, Arc::clone(&self.meter));
        let handles: Arc<[MediaHandle]> = self.media.handles().into();
        let parts = worker::Parts {
            clock,
            post: post.clone(),
            transports: Arc::clone(&self.transports),
            roster: Arc::new(Roster::new(Capacity::default())),
            media: handles,
            hub: wiring::HUB,
            ports: Arc::clone(&self.ports),
            shelf: Shelf::new(self.book.within(Arc::clone(trial.world()))),
            scribe,
            clerk: Clerk::double(post.clone(), Behind::answers(trial.clone(), told)),
            meter: Arc::clone(&self.meter),
            exits: Arc::new(exits(trial, outside)),
            names: Arc::new(Names {
                media_address: LOCAL,
                host: LOCAL,
                ring: Duration::ZERO,
                records_calls: true,
                trunks: Trunks::new(Vec::new()),
            }),
        };
        let settings = Settings { call_id_suffix: call_id_suffix(index), ..Settings::default() };
        let endpoint = Endpoint::new(settings, Rng::seeded(rng.bits()));
        let worker = Worker::new(index, parts, endpoint, Rng::seeded(rng.bits()));
        self.workers.push(tasks::spawn("worker", worker.run(inbox)));
        let cues = Cues { post, worker: index, pool, facts, errands, paper };
        Ok(Behind::new(clock, cues, Rng::seeded(rng.bits())))
    }

    /// Stops everything, workers first.
    pub(super) async fn close(self) {
        let workers = futures_util::future::join_all(self.workers);
        // A worker whose call does not end shows in its test's verdict.
        let _ = tokio::time::timeout(STOP_PATIENCE, workers).await;
        let _ = self.stop.send(true);
        drop(self.readers.await);
        for pump in &self.pumps {
            pump.abort();
        }
        let media = self.media;
        drop(tokio::task::spawn_blocking(move || media.stop()).await);
    }
}

/// A post by which only workers are reached.
fn bare_post(to_workers: &Arc<[mpsc::Sender<ToWorker>]>, meter: &Arc<Meter>) -> Post {
    let (to_pool, _) = mpsc::channel(1);
    let (to_readers, _) = mpsc::channel(1);
    Post::new(Arc::clone(to_workers), to_pool, to_readers, Arc::clone(meter))
}

fn station(bell: &Arc<Notify>) -> Station {
    let bell = Arc::clone(bell);
    Station { core: None, hub: None, waker: Arc::new(move || bell.notify_one()) }
}

/// Every number can be dialled, and is answered by the test's own phone; or none, if the test wants
/// that.
fn exits(trial: &Trial, remote: SocketAddr) -> Exits {
    let is_denied = trial.transfer() == TransferEnd::Denied;
    let exit = Exit {
        trunk: "trial".to_owned(),
        caller_id: "trial".to_owned(),
        prefixes: vec![String::new()],
    };
    let line = ExitLine {
        transport: Transport::Udp,
        remote,
        calls_max: CALLS_OUT,
        per_hour_max: CALLS_OUT,
    };
    let exits = if is_denied { Vec::new() } else { vec![exit] };
    let plan = DialPlan { country: None, exits, sip_hosts: Vec::new() };
    Exits::new(plan, vec![line])
}
