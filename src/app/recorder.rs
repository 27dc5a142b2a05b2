//! The recorder: one task that folds the facts of calls into records, metrics and log lines.

use std::sync::Arc;

use tokio::sync::mpsc;

use crate::call::event::CallEvent;
use crate::record::Ledger;
use crate::shell::http::TrafficQuestion;
use crate::shell::store::Store;
use crate::telemetry::{CallMeter, Meter, Traffic, journal};

/// Folds until every sender of facts is gone.
pub(super) async fn run(
    mut facts: mpsc::Receiver<CallEvent>,
    mut questions: mpsc::Receiver<TrafficQuestion>,
    meter: Arc<Meter>,
    store: Store,
) {
    let mut calls = CallMeter::new(meter);
    let mut ledger = Ledger::default();
    let mut traffic = Traffic::default();
    loop {
        let event = tokio::select! {
            event = facts.recv() => event,
            Some(question) = questions.recv() => {
                answer(&traffic, question);
                continue;
            }
        };
        let Some(event) = event else { return };
        journal::write(&event);
        calls.handle(&event);
        traffic.handle(&event);
        if let Some(record) = ledger.handle(event) {
            store.record(record);
        }
    }
}

/// Who asked may have left.
fn answer(traffic: &Traffic, question: TrafficQuestion) {
    match question {
        TrafficQuestion::Calls(reply) => drop(reply.send(traffic.calls())),
        TrafficQuestion::Nodes { hash, now, reply } => drop(reply.send(traffic.nodes(&hash, now))),
    }
}
