//! What the web side is made of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::base::id::{CallId, EntityId};
use crate::base::time::Wall;
use crate::record::why::TicketLog;
use crate::shell::clock::Clock;
use crate::shell::http::numbers::DialledNumber;
use crate::shell::http::sessions::Sessions;
use crate::shell::http::socket::Socket;
use crate::shell::library::{Library, Shelf, Vault};
use crate::shell::store::Store;
use crate::telemetry::{Meter, NodeTraffic};

/// Takes a WebSocket that has just opened.
pub type OnSocket = Arc<dyn Fn(Socket) + Send + Sync>;

/// Gives an entity's names by language.
pub type EntityNames = Arc<dyn Fn(&EntityId) -> BTreeMap<String, String> + Send + Sync>;

/// Asks the pool for the logs of a call's tickets that are not settled.
pub type AskWhy = Arc<dyn Fn(CallId, oneshot::Sender<Vec<TicketLog>>) + Send + Sync>;

/// Asks the pool to hand over to the store all that it has counted.
pub type AskCount = Arc<dyn Fn(oneshot::Sender<()>) + Send + Sync>;

/// What the web side asks and tells the rest of the engine by.
#[derive(Clone)]
pub struct HttpParts {
    /// The engine's clock.
    pub clock: Clock,
    /// Calls and agents.
    pub store: Store,
    /// The folder of recordings.
    pub recordings: Arc<Path>,
    /// The metrics.
    pub meter: Arc<Meter>,
    /// Who is logged in.
    pub sessions: Sessions,
    /// Whether calls are taken, and if not, why not.
    pub ready: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
    /// What may be dialled.
    pub numbers: Arc<dyn Fn() -> Vec<DialledNumber> + Send + Sync>,
    /// An entity's names by language; empty for one that the bundle does not have.
    pub entity_names: EntityNames,
    /// Asks why a caller waits.
    pub ask_why: AskWhy,
    /// Asks for all that was counted.
    pub count: AskCount,
    /// The versions of the bundle.
    pub bundles: BundleParts,
    /// How browsers reach this engine, when that is not the `Host` that they send.
    pub public_url: Option<String>,
    /// Takes an agent's desk.
    pub on_desk: OnSocket,
    /// Takes a test caller; without it there is no test caller.
    pub on_caller: Option<OnSocket>,
}

/// What the web side reads and changes of the bundle's versions.
#[derive(Debug, Clone)]
pub struct BundleParts {
    /// What serves.
    pub shelf: Shelf,
    /// Where orders are given.
    pub library: Library,
    /// Where earlier versions are kept.
    pub vault: Vault,
    /// The folder of the sounds.
    pub sounds: PathBuf,
    /// To the one who counts callers.
    pub questions: mpsc::Sender<TrafficQuestion>,
}

/// A question to the one who counts callers.
#[derive(Debug)]
pub enum TrafficQuestion {
    /// How many calls each version took since the engine started, by hash.
    Calls(oneshot::Sender<BTreeMap<String, u64>>),
    /// Where the callers of a version are.
    Nodes {
        /// The version.
        hash: String,
        /// The time at which the last hour ends.
        now: Wall,
        /// Takes the answer.
        reply: oneshot::Sender<Vec<NodeTraffic>>,
    },
}

impl std::fmt::Debug for HttpParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpParts").finish_non_exhaustive()
    }
}
