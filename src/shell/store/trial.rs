//! What tests of the store and of the web side have in common.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::id::{CallId, TicketId};
use crate::base::time::Wall;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{CallEvent, Direction, Fact, Line};
use crate::record::{CallRecord, Ledger};
use crate::routing::Level;
use crate::shell::store::{Agent, Role, Store, Writer};
use crate::telemetry::Meter;

/// Where one test keeps its store; gone with the test.
pub(in crate::shell) struct Place {
    folder: PathBuf,
}

impl Place {
    pub(in crate::shell) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(in crate::shell) fn new(test: &str) -> Self {
        let name = format!("hatif-store-{test}-{}", std::process::id());
        Self { folder: std::env::temp_dir().join(name) }
    }

    pub(in crate::shell) async fn open(&self) -> (Store, Writer) {
        let url = format!("sqlite:{}/data/hatif.db", self.folder.display());
        let url = url.parse().expect("a store");
        Store::open(&url, Arc::new(Meter::new())).await.expect("a writable folder")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Runs a test that needs tasks and sockets.
pub(in crate::shell) fn within(test: impl Future<Output = ()>) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.worker_threads(2).enable_all().build().expect("a runtime").block_on(test);
}

/// The id of the call of that number; ids rise with the number.
pub(in crate::shell) fn call(number: u64) -> CallId {
    let at = Wall(i64::try_from(number).expect("small"));
    CallId::new(at, &mut Rng::seeded(number))
}

/// The record of a served call.
pub(in crate::shell) fn record(number: u64, agent: &str) -> CallRecord {
    let mut ledger = Ledger::default();
    let ticket = TicketId::new(Wall(1), &mut Rng::seeded(7));
    let mut tell =
        |at, fact| ledger.handle(CallEvent { version: 1, call: call(number), at: Wall(at), fact });
    let arrived = Fact::Arrived {
        direction: Direction::Inbound,
        from: "+971501234567".into(),
        to: "800".into(),
        trunk: "carrier".into(),
        line: Line::Sip,
        bundle: "abc".into(),
        flow: "main".into(),
    };
    let entity = Some("power".into());
    tell(1_000, arrived);
    tell(1_000, Fact::Queued { ticket, queue: "care".into(), entity, class: 2 });
    let line = Line::Webrtc;
    tell(9_000, Fact::Connected { ticket, agent: agent.into(), line, waited_ms: 8_000 });
    let by = Side::Agent;
    tell(69_000, Fact::Released { agent: agent.into(), by, talk_ms: 60_000, held_ms: 0 });
    tell(69_000, Fact::Ended { ending: Ending { by, cause: Cause::HungUp } }).expect("the end")
}

/// An agent with a browser.
pub(in crate::shell) fn maryam() -> Agent {
    Agent {
        id: "maryam".into(),
        name: "مريم".into(),
        skills: BTreeMap::from([("lang.ar".into(), Level::BEST)]),
        leg: "webrtc".into(),
        role: Role::Agent,
        is_on_duty: false,
    }
}
