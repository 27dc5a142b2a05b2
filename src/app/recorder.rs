//! The recorder: one task that folds the facts of calls into records, metrics and log lines.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::call::event::CallEvent;
use crate::record::Ledger;
use crate::shell::store::Store;
use crate::telemetry::{CallMeter, Meter, journal};

/// Folds until every sender of facts is gone.
pub(super) async fn run(mut facts: mpsc::Receiver<CallEvent>, meter: Arc<Meter>, store: Store) {
    let mut calls = CallMeter::new(meter);
    let mut ledger = Ledger::default();
    while let Some(event) = facts.recv().await {
        journal::write(&event);
        calls.handle(&event);
        if let Some(record) = ledger.handle(event) {
            store.record(record);
        }
    }
}
