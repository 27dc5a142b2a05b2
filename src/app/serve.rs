//! `hatif serve`: the engine put together, kept running, and drained.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::NonZero;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use arc_swap::ArcSwap;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinHandle;

use crate::app::command::Serve;
use crate::app::config::{self, Config, SipBind};
use crate::app::reload::{self, Reload};
use crate::app::{recorder, welcome};
use crate::base::chance::Rng;
use crate::base::limit::{
    DRAIN_PATIENCE, EVENTS_BOX_MAX, METER_EVERY, POOL_BOX_MAX, STOP_PATIENCE, WORKER_BOX_MAX,
};
use crate::routing::{Capacity, Roster};
use crate::shell::book::Shelf;
use crate::shell::clock::Clock;
use crate::shell::http::{self, DialledNumber, HttpParts, Sessions};
use crate::shell::media::{MediaHandle, MediaWorkers, Ports, Station};
use crate::shell::pool::{self, Pool};
use crate::shell::post::{Post, ToPool, ToWorker, call_id_suffix};
use crate::shell::store::Store;
use crate::shell::tasks;
use crate::shell::transport::{Deliver, Readers, Received, Transports};
use crate::shell::webrtc::{Hub, Identity};
use crate::shell::worker::{self, IsFrom, Names, Trunks, Worker};
use crate::sip::endpoint::{Endpoint, Settings};
use crate::sip::route::Transport;
use crate::telemetry::{Meter, PoolMeter, log};

pub(super) fn main(line: &Serve) -> ExitCode {
    let done = crate::app::configured(line.config.as_deref()).and_then(|config| {
        log::start(&config.log.level, config.log.format)?;
        raise_descriptors();
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(serve(Arc::new(config), line))
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            crate::app::say_fault(&fault);
            ExitCode::FAILURE
        }
    }
}

/// What runs, and what ends it.
struct Engine {
    post: Post,
    draining: Arc<AtomicBool>,
    stop: watch::Sender<bool>,
    meter: Arc<Meter>,
    store: Store,
    media: MediaWorkers,
    workers: Vec<JoinHandle<()>>,
    pool: JoinHandle<()>,
    recorder: JoinHandle<()>,
    writer: JoinHandle<()>,
    readers: JoinHandle<()>,
    web: JoinHandle<()>,
    others: Vec<JoinHandle<()>>,
}

async fn serve(config: Arc<Config>, line: &Serve) -> Result<()> {
    let meter = Arc::new(Meter::new());
    meter.build(env!("CARGO_PKG_VERSION"), option_env!("HATIF_COMMIT").unwrap_or("unknown"));
    let book = reload::open(&config)?;
    meter.bundle_loaded(None, &book.bundle().hash, unix_seconds());
    let shelf: Shelf = Arc::new(ArcSwap::from_pointee(book));
    let (store, writer) = Store::open(&config.store.url, Arc::clone(&meter)).await?;
    let writer = tasks::spawn("store", writer.run());
    let made = match line.demo {
        true => welcome::employ(&store, shelf.load().bundle()).await?,
        false => Vec::new(),
    };
    let reload = Reload {
        config: Arc::clone(&config),
        shelf: Arc::clone(&shelf),
        meter: Arc::clone(&meter),
    };
    let (mut engine, sip, web) = start(&config, meter, shelf, store, writer).await?;
    if config.bundle.watch {
        engine.others.push(tasks::spawn("bundle watch", reload.clone().watch()));
    }
    tracing::info!(?sip, %web, "ready");
    if line.demo {
        welcome::say(web, &sip, reload.shelf.load().bundle(), &made);
    }
    until_told(&reload).await?;
    engine.drain().await
}

async fn start(
    config: &Config,
    meter: Arc<Meter>,
    shelf: Shelf,
    store: Store,
    writer: JoinHandle<()>,
) -> Result<(Engine, Vec<SocketAddr>, SocketAddr)> {
    let clock = Clock::start();
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut rng = seeded()?;
    let (boxes, inboxes): (Vec<_>, Vec<_>) =
        (0..config.engine.workers.unwrap_or(cores)).map(|_| mpsc::channel(WORKER_BOX_MAX)).unzip();
    let (to_pool, pool_box) = mpsc::channel(POOL_BOX_MAX);
    let (facts, fact_box) = mpsc::channel(EVENTS_BOX_MAX);
    let post = Post::new(boxes.into(), to_pool, facts);
    let (transports, readers) = Transports::open(&binds(config), deliver(&post)).await?;
    let (stop, stopped) = watch::channel(false);
    let bells: Vec<Arc<Notify>> =
        (0..config.engine.media_workers.unwrap_or(cores)).map(|_| Arc::new(Notify::new())).collect();
    let media = MediaWorkers::start(clock, stations(config, &bells, &mut rng)?)
        .context("cannot start the media workers")?;
    let handles: Arc<[MediaHandle]> = media.handles().into();
    let mut others: Vec<JoinHandle<()>> = handles
        .iter()
        .zip(bells)
        .map(|(handle, bell)| tasks::spawn("media pump", pump(handle.clone(), bell, post.clone())))
        .collect();
    let sessions = Sessions::new(clock);
    let pool = Pool::new(pool::Parts {
        clock,
        post: post.clone(),
        roster: Arc::new(Roster::new(Capacity::default())),
        sessions: sessions.clone(),
        hub: (HUB, handles.get(HUB).cloned().context("there is a media worker")?),
        meter: PoolMeter::new(Arc::clone(&meter)),
        staff: store.agents().await?,
        rng: Rng::seeded(rng.bits()),
    });
    let draining = Arc::new(AtomicBool::new(false));
    let (web, server) = http::serve(
        config.web.bind,
        web_parts(config, clock, &store, &meter, sessions, &shelf, &post, &draining),
    )
    .await
    .with_context(|| format!("cannot listen on {}", config.web.bind))?;
    let sip: Vec<SocketAddr> = transports.addresses().iter().map(|(_, at)| *at).collect();
    let parts = worker::Parts {
        clock,
        post: post.clone(),
        transports: Arc::new(transports),
        media: Arc::clone(&handles),
        hub: HUB,
        ports: Arc::new(Ports::new(config.rtp.bind, &(config.rtp.ports.first..=config.rtp.ports.last), &mut rng)),
        shelf,
        meter: Arc::clone(&meter),
        names: Arc::new(names(config, &sip)),
    };
    let workers = inboxes.into_iter().enumerate().map(|(index, inbox)| {
        let settings = Settings {
            call_id_suffix: call_id_suffix(index),
            public_address: config.sip.public_address,
            ..Settings::default()
        };
        let endpoint = Endpoint::new(settings, Rng::seeded(rng.bits()));
        let worker = Worker::new(index, parts.clone(), endpoint, Rng::seeded(rng.bits()));
        tasks::spawn("worker", worker.run(inbox))
    });
    let workers = workers.collect();
    others.push(tasks::spawn("meter", keep_meter(Arc::clone(&meter), handles)));
    let engine = Engine {
        workers,
        pool: tasks::spawn("pool", pool.run(pool_box)),
        recorder: tasks::spawn(
            "recorder",
            recorder::run(fact_box, Arc::clone(&meter), store.clone()),
        ),
        readers: tasks::spawn("sip readers", read(readers, stopped.clone())),
        web: tasks::spawn("web", server.run(until(stopped))),
        post,
        draining,
        stop,
        meter,
        store,
        media,
        writer,
        others,
    };
    Ok((engine, sip, web))
}

/// The media worker with the WebRTC hub.
const HUB: usize = 0;

impl Engine {
    /// Takes no new calls, lets the others end, and leaves when they have.
    async fn drain(self) -> Result<()> {
        tracing::info!("draining: new calls are refused, the others may end");
        // Relaxed: a call that comes in at this very moment may still be taken.
        self.draining.store(true, Ordering::Relaxed);
        self.meter.draining(0);
        tell_workers(&self.post, || ToWorker::Drain);
        let workers = futures_util::future::join_all(self.workers);
        let mut workers = std::pin::pin!(workers);
        let mut again = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut is_over = false;
        tokio::select! {
            _ = &mut workers => is_over = true,
            () = tokio::time::sleep(DRAIN_PATIENCE) => tracing::warn!("the calls left are ended"),
            _ = again.recv() => tracing::warn!("told twice: the calls left are ended"),
            _ = interrupt.recv() => tracing::warn!("told twice: the calls left are ended"),
        }
        if !is_over {
            tell_workers(&self.post, || ToWorker::Stop);
        }
        if !is_over && tokio::time::timeout(STOP_PATIENCE, &mut workers).await.is_err() {
            tracing::error!("calls were left when the engine stopped");
        }
        self.post.pool(ToPool::Stop);
        drop(self.pool.await);
        drop(self.stop.send(true));
        drop(self.web.await);
        drop(self.readers.await);
        for task in &self.others {
            task.abort();
        }
        drop(futures_util::future::join_all(self.others).await);
        drop(self.post);
        let media = self.media;
        drop(tokio::task::spawn_blocking(move || media.stop()).await);
        // The recorder ends when the last one who could tell a fact is gone.
        drop(tokio::time::timeout(STOP_PATIENCE, self.recorder).await);
        self.store.close().await?;
        drop(self.writer.await);
        tracing::info!("stopped");
        Ok(())
    }

}

fn tell_workers(post: &Post, message: impl Fn() -> ToWorker) {
    for index in 0..post.workers() {
        post.worker(index, message());
    }
}

/// Waits for the order to stop; does what else it is told meanwhile.
async fn until_told(reload: &Reload) -> Result<()> {
    let mut hangup: Signal = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = hangup.recv() => reload.now("SIGHUP").await,
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}

fn binds(config: &Config) -> Vec<(Transport, SocketAddr)> {
    let of = |bind: &SipBind| match bind.transport {
        config::Transport::Udp => (Transport::Udp, bind.address),
        config::Transport::Tcp => (Transport::Tcp, bind.address),
    };
    config.sip.bind.iter().map(of).collect()
}

fn trunks(config: &Config) -> Trunks {
    let of = |trunk: &config::Trunk| {
        let networks = trunk.from.clone();
        let is_from = move |peer| networks.iter().any(|network| network.contains(peer));
        (trunk.name.clone(), Box::new(is_from) as IsFrom)
    };
    Trunks::new(config.sip.trunks.iter().map(of).collect())
}

/// Gives what the network brings to the worker that owns it.
fn deliver(post: &Post) -> Deliver {
    let post = post.clone();
    Arc::new(move |received| match &received {
        Received::Message { message, .. } => {
            post.worker(post.worker_of(message.call_id().as_bytes()), ToWorker::Sip(received));
        }
        Received::Faulty { fault, .. } => {
            post.worker(post.worker_of(fault.call_id().as_bytes()), ToWorker::Sip(received));
        }
        Received::Unreachable { transport, line, remote } => {
            for index in 0..post.workers() {
                let (transport, line, remote) = (*transport, *line, *remote);
                let lost = Received::Unreachable { transport, line, remote };
                post.worker(index, ToWorker::Sip(lost));
            }
        }
    })
}

fn stations(config: &Config, bells: &[Arc<Notify>], rng: &mut Rng) -> Result<Vec<Station>> {
    let identity = Arc::new(Identity::generate()?);
    let pin = std::thread::available_parallelism().is_ok_and(|cores| bells.len() == cores.get());
    let mut stations = Vec::new();
    for (index, bell) in bells.iter().enumerate() {
        let hub = if index == HUB {
            let rng = Rng::seeded(rng.bits());
            let (bind, public) = (config.webrtc.bind, config.webrtc.public_address);
            let hub = Hub::bind(bind, public, Arc::clone(&identity), rng);
            Some(hub.with_context(|| format!("cannot listen on {bind} for WebRTC"))?)
        } else {
            None
        };
        let bell = Arc::clone(bell);
        let waker = Arc::new(move || bell.notify_one());
        stations.push(Station { core: pin.then_some(index), hub, waker });
    }
    Ok(stations)
}

/// Carries a media worker's news to those whom it concerns.
async fn pump(media: MediaHandle, bell: Arc<Notify>, post: Post) {
    loop {
        bell.notified().await;
        while let Some(event) = media.poll() {
            post.media(event);
        }
    }
}

/// Keeps the figures that nobody tells: how punctual the media workers are.
async fn keep_meter(meter: Arc<Meter>, media: Arc<[MediaHandle]>) {
    let mut every = tokio::time::interval(METER_EVERY);
    loop {
        every.tick().await;
        meter.upkeep();
        for (index, handle) in media.iter().enumerate() {
            if let Some(pacing) = handle.take_pacing() {
                drop((index, pacing));
            }
        }
    }
}

async fn read(readers: Readers, stop: watch::Receiver<bool>) {
    readers.run(stop).await;
}

async fn until(mut stop: watch::Receiver<bool>) {
    // An error means that the engine is gone: that is an end too.
    drop(stop.wait_for(|stop| *stop).await);
}

fn names(config: &Config, sip: &[SocketAddr]) -> Names {
    Names {
        media_address: config.rtp.public_address.unwrap_or(config.rtp.bind),
        host: config
            .sip
            .public_address
            .or_else(|| sip.first().map(SocketAddr::ip))
            .unwrap_or(config.rtp.bind),
        ring: config.sip.ring,
        trunks: trunks(config),
    }
}

#[expect(clippy::too_many_arguments, reason = "the web side touches everything")]
fn web_parts(
    config: &Config,
    clock: Clock,
    store: &Store,
    meter: &Arc<Meter>,
    sessions: Sessions,
    shelf: &Shelf,
    post: &Post,
    draining: &Arc<AtomicBool>,
) -> HttpParts {
    let draining = Arc::clone(draining);
    let (titles, entities) = (Arc::clone(shelf), Arc::clone(shelf));
    let (desks, callers) = (post.clone(), post.clone());
    HttpParts {
        clock,
        store: store.clone(),
        meter: Arc::clone(meter),
        sessions,
        ready: Arc::new(move || match draining.load(Ordering::Relaxed) {
            true => Err("draining".to_owned()),
            false => Ok(()),
        }),
        numbers: Arc::new(move || numbers(&titles)),
        entity_names: Arc::new(move |id| {
            let book = entities.load();
            let entity = book.bundle().entities.get(id);
            entity.map_or_else(BTreeMap::new, |entity| crate::call::call::names(&entity.name.texts))
        }),
        public_url: config.web.public_url.clone(),
        on_desk: Arc::new(move |socket| desks.pool(ToPool::Socket(socket))),
        on_caller: config.web.test_caller.then_some(Arc::new(move |socket| {
            callers.worker(0, ToWorker::Browser(socket));
        })),
    }
}

fn numbers(shelf: &Shelf) -> Vec<DialledNumber> {
    let book = shelf.load();
    let bundle = book.bundle();
    let number = |(number, flow): (&String, &crate::flow::FlowIndex)| DialledNumber {
        number: number.clone(),
        title: Some(bundle.flow(*flow).title.to_string()),
    };
    bundle.numbers.iter().map(number).collect()
}

/// Each call takes two descriptors, and the default limit is a thousand.
fn raise_descriptors() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(fault) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%fault, limit = ?limit.current, "the limit of open files stays as it is");
    }
}

/// Seconds since 1970.
#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "app reads the wall clock")]
pub(super) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Fills `bytes` from the system's own source.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    use rand::TryRng;
    rand::rngs::SysRng.try_fill_bytes(bytes).context("the system has no randomness")
}

fn seeded() -> Result<Rng> {
    let mut seed = [0; 8];
    random(&mut seed)?;
    Ok(Rng::seeded(u64::from_le_bytes(seed)))
}
