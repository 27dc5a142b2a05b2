//! The engine: every task and thread, how they start and in which order they stop.

use std::net::SocketAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Notify, mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::app::config::Config;
use crate::app::recording::Recording;
use crate::app::wiring::{self, HUB};
use crate::app::{pumps, recorder, system};
use crate::base::chance::Rng;
use crate::base::limit::{
    DRAIN_PATIENCE, EVENTS_BOX_MAX, POOL_BOX_MAX, STOP_PATIENCE, TRAFFIC_BOX_MAX, WORKER_BOX_MAX,
};
use crate::call::event::CallEvent;
use crate::routing::{Capacity, Roster};
use crate::shell::clock::Clock;
use crate::shell::http::{self, Sessions, TrafficQuestion};
use crate::shell::library::{Library, Shelf};
use crate::shell::media::{MediaHandle, MediaWorkers, Ports};
use crate::shell::pool::{self, Pool};
use crate::shell::post::{Post, ToPool, ToWorker, call_id_suffix};
use crate::shell::store::Store;
use crate::shell::tasks;
use crate::shell::transport::Transports;
use crate::shell::worker::{self, Exits, Worker};
use crate::sip::endpoint::{Endpoint, Settings};
use crate::telemetry::Meter;

/// What runs.
pub(super) struct Engine {
    /// Where SIP is heard.
    pub(super) sip: Vec<SocketAddr>,
    /// Where pages are served.
    pub(super) web_address: SocketAddr,
    post: Post,
    draining: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    meter: Arc<Meter>,
    store: Store,
    media: MediaWorkers,
    recording: Recording,
    workers: Vec<JoinHandle<()>>,
    pool: JoinHandle<()>,
    recorder: JoinHandle<()>,
    writer: JoinHandle<()>,
    /// They end when they are told that everything stops.
    sockets: Vec<JoinHandle<()>>,
    /// They have no end of their own.
    others: Vec<JoinHandle<()>>,
}

/// What every part of the engine is made with.
pub(super) struct Common<'a> {
    pub(super) config: &'a Config,
    pub(super) clock: Clock,
    pub(super) meter: Arc<Meter>,
    pub(super) shelf: Shelf,
    pub(super) library: Library,
    pub(super) store: Store,
    pub(super) questions: mpsc::Sender<TrafficQuestion>,
    pub(super) post: Post,
    pub(super) sessions: Sessions,
    pub(super) roster: Arc<Roster>,
    pub(super) draining: watch::Sender<bool>,
}

/// What is there before the engine starts.
pub(super) struct Parts {
    pub(super) clock: Clock,
    pub(super) meter: Arc<Meter>,
    pub(super) shelf: Shelf,
    pub(super) library: Library,
    pub(super) store: Store,
}

/// The boxes' other ends.
struct Inboxes {
    workers: Vec<mpsc::Receiver<ToWorker>>,
    pool: mpsc::Receiver<ToPool>,
    facts: mpsc::Receiver<CallEvent>,
}

impl Engine {
    /// Starts everything. Nothing is heard before all of it is there.
    pub(super) async fn start(
        config: &Config,
        parts: Parts,
        writer: JoinHandle<()>,
    ) -> Result<Self> {
        let Parts { clock, meter, shelf, library, store } = parts;
        let exits = Arc::new(wiring::exits(config)?);
        let mut rng = system::chance()?;
        let (post, inboxes) = boxes(config.engine.workers.unwrap_or_else(cores), &meter);
        let (sessions, draining) = (Sessions::new(clock), watch::Sender::new(false));
        let (questions, asked) = mpsc::channel(TRAFFIC_BOX_MAX);
        let common = Common {
            config,
            clock,
            meter,
            shelf,
            library,
            store,
            questions,
            post,
            sessions,
            roster: Arc::new(Roster::new(Capacity::default())),
            draining,
        };
        let deliver = wiring::deliver(&common.post);
        let (transports, readers) = Transports::open(&wiring::binds(config), deliver).await?;
        let bells = bells(config.engine.media_workers.unwrap_or_else(cores));
        let media = MediaWorkers::start(clock, wiring::stations(config, &bells, &mut rng)?)
            .context("cannot start the media workers")?;
        let handles: Arc<[MediaHandle]> = media.handles().into();
        let recording = Recording::start(&common).await?;
        let (web_address, server) = http::serve(config.web.bind, wiring::web(&common))
            .await
            .with_context(|| format!("cannot listen on {}", config.web.bind))?;
        let (stop, stopped) = watch::channel(false);
        let others = pumps::start(&common, &handles, bells);
        let sip: Vec<_> = transports.addresses().iter().map(|(_, address)| *address).collect();
        let pool = pool(&common, &handles, &mut rng).await?;
        let (lines, sound) = ((transports, exits), (&handles, &recording));
        let workers = workers(&common, inboxes.workers, lines, sound, &mut rng)?;
        let recorded =
            recorder::run(inboxes.facts, asked, Arc::clone(&common.meter), common.store.clone());
        Ok(Self {
            sip,
            web_address,
            stop,
            media,
            recording,
            workers,
            pool: tasks::spawn("pool", pool.run(inboxes.pool)),
            recorder: tasks::spawn("recorder", recorded),
            writer,
            sockets: vec![
                tasks::spawn("sip readers", readers.run(stopped.clone())),
                tasks::spawn("web", server.run(wiring::until(stopped))),
            ],
            others,
            post: common.post,
            draining: common.draining,
            meter: common.meter,
            store: common.store,
        })
    }

    /// Ends this task too when the engine stops.
    pub(super) fn look_after(&mut self, task: JoinHandle<()>) {
        self.others.push(task);
    }

    /// Takes in who works here by now.
    pub(super) async fn read_staff(&self) {
        match self.store.agents().await {
            Ok(staff) => self.post.pool(ToPool::Staff(staff)),
            Err(fault) => tracing::error!(%fault, "the staff cannot be read and stays as it is"),
        }
    }

    /// Takes no new calls, lets the others end, and leaves when they have.
    pub(super) async fn drain(mut self) -> Result<()> {
        tracing::info!("draining: new calls are refused, the others may end");
        self.draining.send_replace(true);
        self.meter.draining();
        self.post.pool(ToPool::NoCallBacks);
        let (told, drained): (Vec<_>, Vec<_>) =
            self.workers.iter().map(|_| oneshot::channel()).unzip();
        for (index, told) in told.into_iter().enumerate() {
            self.post.worker(index, ToWorker::Drain(told));
        }
        // A worker without calls goes on refusing those that come, until all are without.
        tokio::select! {
            _ = futures_util::future::join_all(drained) => {}
            why = patience() => tracing::warn!("{}: the calls left are ended", why?),
        }
        for index in 0..self.workers.len() {
            self.post.worker(index, ToWorker::Stop);
        }
        let workers = futures_util::future::join_all(std::mem::take(&mut self.workers));
        if tokio::time::timeout(STOP_PATIENCE, workers).await.is_err() {
            tracing::error!("calls were left when the engine stopped");
        }
        self.stop().await
    }

    /// Stops what is left, readers last, so that every fact is written.
    async fn stop(self) -> Result<()> {
        self.post.pool(ToPool::Stop);
        drop(self.pool.await);
        // Nobody listening any more is what is wanted.
        let _ = self.stop.send(true);
        drop(futures_util::future::join_all(self.sockets).await);
        for task in &self.others {
            task.abort();
        }
        drop(futures_util::future::join_all(self.others).await);
        drop(self.post);
        let media = self.media;
        drop(tokio::task::spawn_blocking(move || media.stop()).await);
        self.recording.stop().await;
        // The recorder ends when the last one who could tell a fact is gone.
        if tokio::time::timeout(STOP_PATIENCE, self.recorder).await.is_err() {
            tracing::error!("the recorder did not end");
        }
        self.store.close().await?;
        drop(self.writer.await);
        tracing::info!("stopped");
        Ok(())
    }
}

/// How long calls may go on after the order to stop: until a second order, or the deadline.
async fn patience() -> Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let told = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    let told = tokio::time::timeout(DRAIN_PATIENCE.max(Duration::from_secs(1)), told).await;
    Ok(if told.is_ok() { "told twice" } else { "the deadline is over" })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get)
}

/// What wakes the pump of each media worker.
fn bells(workers: usize) -> Vec<Arc<Notify>> {
    (0..workers).map(|_| Arc::new(Notify::new())).collect()
}

fn boxes(workers: usize, meter: &Arc<Meter>) -> (Post, Inboxes) {
    let (to_workers, workers): (Vec<_>, Vec<_>) =
        (0..workers).map(|_| mpsc::channel(WORKER_BOX_MAX)).unzip();
    let (to_pool, pool) = mpsc::channel(POOL_BOX_MAX);
    let (to_readers, facts) = mpsc::channel(EVENTS_BOX_MAX);
    let post = Post::new(to_workers.into(), to_pool, to_readers, Arc::clone(meter));
    (post, Inboxes { workers, pool, facts })
}

async fn pool(common: &Common<'_>, media: &[MediaHandle], rng: &mut Rng) -> Result<Pool> {
    Ok(Pool::new(pool::Parts {
        clock: common.clock,
        post: common.post.clone(),
        roster: Arc::clone(&common.roster),
        sessions: common.sessions.clone(),
        hub: (HUB, media.get(HUB).cloned().context("there is a media worker")?),
        meter: Arc::clone(&common.meter),
        staff: common.store.agents().await?,
        owed: common.store.owed().await?,
        store: common.store.clone(),
        shelf: common.shelf.clone(),
        rng: Rng::seeded(rng.bits()),
    }))
}

fn workers(
    common: &Common<'_>,
    inboxes: Vec<mpsc::Receiver<ToWorker>>,
    (transports, exits): (Transports, Arc<Exits>),
    (media, recording): (&Arc<[MediaHandle]>, &Recording),
    rng: &mut Rng,
) -> Result<Vec<JoinHandle<()>>> {
    let config = common.config;
    let ports = config.rtp.ports.first..=config.rtp.ports.last;
    let parts = worker::Parts {
        clock: common.clock,
        post: common.post.clone(),
        roster: Arc::clone(&common.roster),
        names: Arc::new(wiring::names(config, transports.addresses())),
        transports: Arc::new(transports),
        media: Arc::clone(media),
        hub: HUB,
        exits,
        ports: Arc::new(Ports::new(config.rtp.bind, &ports, rng)),
        shelf: common.shelf.clone(),
        clerk: wiring::clerk(common)?,
        scribe: recording.scribe(),
        meter: Arc::clone(&common.meter),
    };
    let start = |(index, inbox)| {
        let settings = Settings {
            call_id_suffix: call_id_suffix(index),
            public_address: config.sip.public_address,
            ..Settings::default()
        };
        let endpoint = Endpoint::new(settings, Rng::seeded(rng.bits()));
        let worker = Worker::new(index, parts.clone(), endpoint, Rng::seeded(rng.bits()));
        tasks::spawn("worker", worker.run(inbox))
    };
    Ok(inboxes.into_iter().enumerate().map(start).collect())
}
