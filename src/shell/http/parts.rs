//! What the web side is made of.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::id::EntityId;
use crate::shell::clock::Clock;
use crate::shell::http::numbers::DialledNumber;
use crate::shell::http::sessions::Sessions;
use crate::shell::http::socket::Socket;
use crate::shell::store::Store;
use crate::telemetry::Meter;

/// Takes a WebSocket that has just opened.
pub type OnSocket = Arc<dyn Fn(Socket) + Send + Sync>;

/// Gives an entity's names by language.
pub type EntityNames = Arc<dyn Fn(&EntityId) -> BTreeMap<String, String> + Send + Sync>;

/// What the web side asks and tells the rest of the engine by.
#[derive(Clone)]
pub struct HttpParts {
    /// The engine's clock.
    pub clock: Clock,
    /// Calls and agents.
    pub store: Store,
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
    /// How browsers reach this engine, when that is not the `Host` that they send.
    pub public_url: Option<String>,
    /// Takes an agent's desk.
    pub on_desk: OnSocket,
    /// Takes a test caller; without it there is no test caller.
    pub on_caller: Option<OnSocket>,
}

impl std::fmt::Debug for HttpParts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpParts").finish_non_exhaustive()
    }
}
