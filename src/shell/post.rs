//! The post between the tasks: who can be written to, and what may be written.

use std::sync::Arc;

use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::base::id::{AgentId, CallId, LegId, TicketId};
use crate::call::card::Card;
use crate::call::event::CallEvent;
use crate::call::exchange::DeskNews;
use crate::call::owed::{CallBack, Try};
use crate::desk::SocketId;
use crate::flow::ErrandId;
use crate::flow::model::Sensitivity;
use crate::media;
use crate::record::why::TicketLog;
use crate::routing;
use crate::shell::http::Socket;
use crate::shell::transport;
use crate::telemetry::Meter;

/// Where a leg's audio lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// The leg.
    pub leg: LegId,
    /// The media worker.
    pub media: usize,
}

/// What a worker is told.
#[derive(Debug)]
pub enum ToWorker {
    /// From a SIP socket.
    Sip(transport::Received),
    /// From a media worker.
    Media(media::Event),
    /// From the pool, for one call; with the desk's audio when a desk takes the call.
    Call {
        /// Which call.
        call: CallId,
        /// What it is told.
        input: Box<crate::call::exchange::Input>,
        /// The desk's audio.
        desk: Option<Seat>,
    },
    /// A call-back is about to be offered: hold its call.
    CallBack {
        /// The wait.
        entry: Box<routing::Entry>,
        /// What the agent sees.
        card: Box<Card>,
    },
    /// A browser wants to call.
    Browser(Socket),
    /// A browser that calls said something, or is gone.
    Said(SocketId, Option<String>),
    /// Somebody looks at a variable of a call's flow.
    Look {
        /// Which call.
        call: CallId,
        /// The variable.
        name: String,
        /// What it holds, and whether it may be shown; nothing when there is none.
        told: oneshot::Sender<Option<(String, Sensitivity)>>,
    },
    /// Refuse new calls, and tell when the last one has ended.
    Drain(oneshot::Sender<()>),
    /// End the calls that are left, and then yourself.
    Stop,
}

/// What the pool is told.
#[derive(Debug)]
pub enum ToPool {
    /// A caller waits.
    Enter {
        /// Which worker owns the call.
        worker: usize,
        /// The wait.
        entry: Box<routing::Entry>,
        /// What the agent will see.
        card: Box<Card>,
    },
    /// For routing.
    Route(routing::Input),
    /// For an agent's desk.
    Desk(AgentId, DeskNews),
    /// A caller asks for a call-back.
    CallBack {
        /// Which worker owns the call.
        worker: usize,
        /// The caller's call.
        call: CallId,
        /// What it waits for.
        errand: ErrandId,
        /// The call-back.
        what: Box<CallBack>,
        /// The ticket whose place it takes.
        keeps: Option<TicketId>,
    },
    /// What became of a call-back's try.
    CalledBack(CallId, Try),
    /// Nobody is called back any more, until the next start.
    NoCallBacks,
    /// A call that waited once is over.
    Gone(CallId),
    /// A desk opened a socket.
    Socket(Socket),
    /// A desk said something, or is gone: with a close frame or without.
    Said(SocketId, Spoken),
    /// From a media worker.
    Media(media::Event),
    /// Somebody asks why the callers of a call wait.
    Why(CallId, oneshot::Sender<Vec<TicketLog>>),
    /// Somebody asks for figures: hand over what was counted.
    Count(oneshot::Sender<()>),
    /// Agents were added, changed or removed.
    Staff(Vec<crate::shell::store::Agent>),
    /// Everything is over.
    Stop,
}

/// What came out of a desk's socket.
#[derive(Debug)]
pub enum Spoken {
    /// A message.
    Text(String),
    /// The end, with a close frame.
    Bye,
    /// The end, without a word.
    Broken,
}

/// The boxes of every task.
#[derive(Debug, Clone)]
pub struct Post {
    workers: Arc<[mpsc::Sender<ToWorker>]>,
    pool: mpsc::Sender<ToPool>,
    events: mpsc::Sender<CallEvent>,
    meter: Arc<Meter>,
}

/// Legs of the pool have this owner; those of worker `n` have `n + 1`.
const POOL_OWNER: u64 = 0;
const OWNER_SHIFT: u32 = 48;

impl Post {
    /// The post to these boxes.
    #[must_use]
    pub const fn new(
        workers: Arc<[mpsc::Sender<ToWorker>]>,
        pool: mpsc::Sender<ToPool>,
        events: mpsc::Sender<CallEvent>,
        meter: Arc<Meter>,
    ) -> Self {
        Self { workers, pool, events, meter }
    }

    /// How many workers there are.
    #[must_use]
    pub fn workers(&self) -> usize {
        self.workers.len()
    }

    /// Writes to one worker. One that has ended was idle, and misses nothing.
    pub fn worker(&self, index: usize, message: ToWorker) {
        let Some(worker) = self.workers.get(index) else { return };
        match worker.try_send(message) {
            Ok(()) | Err(TrySendError::Closed(_)) => {}
            // The peer sends a lost SIP message again.
            Err(TrySendError::Full(ToWorker::Sip(_))) => {
                tracing::warn!(worker = index, "a worker's box is full: SIP dropped");
            }
            Err(TrySendError::Full(message)) => {
                tracing::error!(worker = index, ?message, "a worker's box is full");
            }
        }
    }

    /// Writes to the pool.
    pub fn pool(&self, message: ToPool) {
        if let Err(TrySendError::Full(message)) = self.pool.try_send(message) {
            tracing::error!(?message, "the pool's box is full");
        }
    }

    /// Writes down a fact.
    pub fn event(&self, event: CallEvent) {
        if let Err(lost) = self.events.try_send(event) {
            self.meter.event_lost();
            tracing::error!(event = ?lost.into_inner(), "a fact of a call is lost");
        }
    }

    /// Hands a media worker's news to the owner of the leg.
    pub fn media(&self, event: media::Event) {
        match owner(event.leg()) {
            POOL_OWNER => self.pool(ToPool::Media(event)),
            worker => {
                self.worker(
                    usize::try_from(worker - 1).unwrap_or(usize::MAX),
                    ToWorker::Media(event),
                );
            }
        }
    }

    /// Which worker owns the calls of a Call-ID: the one that made it, or by its hash.
    #[must_use]
    pub fn worker_of(&self, call_id: &[u8]) -> usize {
        let count = self.workers.len().max(1);
        if let Some(index) = made_by(call_id)
            && index < count
        {
            return index;
        }
        // FNV-1a: the same Call-ID must find the same worker, so the hash has no key.
        let hash = call_id.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        usize::try_from(hash % count as u64).unwrap_or(0)
    }
}

/// What a worker's own Call-IDs end in, so that the answers come back to it.
#[must_use]
pub fn call_id_suffix(worker: usize) -> String {
    format!("-w{worker}@hatif")
}

fn made_by(call_id: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(call_id).ok()?;
    text.strip_suffix("@hatif")?.rsplit_once("-w")?.1.parse().ok()
}

/// The names of a task's legs.
#[derive(Debug)]
pub struct Legs {
    owner: u64,
    last: u64,
}

impl Legs {
    /// Of the pool.
    #[must_use]
    pub const fn of_pool() -> Self {
        Self { owner: POOL_OWNER, last: 0 }
    }

    /// Of a worker.
    #[must_use]
    pub const fn of_worker(index: usize) -> Self {
        Self { owner: index as u64 + 1, last: 0 }
    }

    /// A new name.
    pub const fn next(&mut self) -> LegId {
        self.last += 1;
        LegId(self.owner << OWNER_SHIFT | self.last)
    }
}

const fn owner(leg: LegId) -> u64 {
    leg.0 >> OWNER_SHIFT
}
