//! The one task that writes records, a batch at a time.

use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};
use tokio::sync::{mpsc, oneshot, watch};

use crate::base::limit::{STORE_BATCH_MAX, STORE_CLOSE_TRIES, STORE_RETRY};
use crate::call::owed::{CallBack, Standing};
use crate::record::CallRecord;
use crate::record::figures::{Batch, transfers};
use crate::record::why::TicketLog;
use crate::shell::store::figures::Run;
use crate::shell::store::{callbacks, figures, ticket_logs};
use crate::telemetry::Meter;

/// What the writer is told.
#[derive(Debug)]
pub(super) enum Order {
    /// Write this.
    Write(Box<CallRecord>),
    /// Write how a call-back stands.
    Keep(Box<CallBack>, Standing),
    /// Write why a caller waited.
    Log(Box<TicketLog>),
    /// Add to the figures.
    Count(Box<Batch>),
    /// Say when everything before is written.
    Flush(oneshot::Sender<()>),
    /// Write what is left and end; say how many could not be written.
    Close(oneshot::Sender<usize>),
}

/// The writer of the store.
#[derive(Debug)]
pub struct Writer {
    pool: SqlitePool,
    run: Run,
    inbox: mpsc::Receiver<Order>,
    is_closing: watch::Receiver<bool>,
    meter: Arc<Meter>,
    rest: Duration,
    lost: usize,
}

impl Writer {
    pub(super) fn new(
        pool: SqlitePool,
        run: Run,
        (inbox, is_closing): (mpsc::Receiver<Order>, watch::Receiver<bool>),
        meter: Arc<Meter>,
    ) -> Self {
        Self { pool, run, inbox, is_closing, meter, rest: STORE_RETRY, lost: 0 }
    }

    /// Writes until the store is closed, or every handle of it is gone.
    pub async fn run(mut self) {
        let mut orders = Vec::with_capacity(STORE_BATCH_MAX);
        let mut closers = Vec::new();
        while self.inbox.recv_many(&mut orders, STORE_BATCH_MAX).await > 0 {
            let (mut records, mut kept) = (Vec::new(), Vec::new());
            let (mut logs, mut counted, mut flushers) = (Vec::new(), Vec::new(), Vec::new());
            for order in orders.drain(..) {
                match order {
                    Order::Write(record) => records.push(*record),
                    Order::Keep(what, standing) => kept.push((what, standing)),
                    Order::Log(log) => logs.push(*log),
                    Order::Count(batch) => counted.push(*batch),
                    Order::Flush(done) => flushers.push(done),
                    Order::Close(done) => closers.push(done),
                }
            }
            if !closers.is_empty() {
                // What is in the box is still read; nothing more comes in.
                self.inbox.close();
            }
            self.write(&records).await;
            self.keep(&kept).await;
            self.log(&logs).await;
            self.count(&counted).await;
            self.meter.records_backlog(self.inbox.len());
            for done in flushers {
                // Who asked may have stopped waiting.
                let _ = done.send(());
            }
        }
        for done in closers {
            let _ = done.send(self.lost);
        }
    }

    /// Writes a batch, however often it takes; while the store closes, a few times only.
    async fn write(&mut self, records: &[CallRecord]) {
        if records.is_empty() {
            return;
        }
        let mut tries_closing = 0;
        while let Err(why) = self.try_write(records).await {
            tracing::warn!(records = records.len(), %why, "records not written, trying again");
            self.meter.records_retried(records.len());
            tries_closing += u32::from(*self.is_closing.borrow());
            // After the first batch that was given up, one try for each is enough.
            let is_hopeless = self.lost > 0 && tries_closing > 0;
            if tries_closing >= STORE_CLOSE_TRIES || is_hopeless {
                return self.give_up(records);
            }
            self.pause().await;
        }
        self.meter.records_written(records.len());
    }

    /// Writes how call-backs stand, however often it takes; while the store closes, a few times.
    async fn keep(&self, kept: &[(Box<CallBack>, Standing)]) {
        let mut tries_closing = 0;
        for (what, standing) in kept {
            self.keep_one(what, *standing, &mut tries_closing).await;
        }
    }

    async fn keep_one(&self, what: &CallBack, standing: Standing, tries_closing: &mut u32) {
        while let Err(why) = callbacks::keep(&self.pool, what, standing).await {
            tracing::warn!(callback = %what.id, %why, "a call-back is not written, trying again");
            *tries_closing += u32::from(*self.is_closing.borrow());
            if STORE_CLOSE_TRIES <= *tries_closing {
                tracing::error!(callback = %what.id, ?standing, "lost at the stop");
                return;
            }
            self.pause().await;
        }
    }

    /// Writes the logs of tickets, however often it takes; while the store closes, a few times.
    async fn log(&self, logs: &[TicketLog]) {
        let mut tries_closing = 0;
        while !logs.is_empty()
            && let Err(why) = ticket_logs::write(&self.pool, logs).await
        {
            tracing::warn!(logs = logs.len(), %why, "logs of tickets not written, trying again");
            tries_closing += u32::from(*self.is_closing.borrow());
            if STORE_CLOSE_TRIES <= tries_closing {
                tracing::error!(logs = logs.len(), "logs of tickets lost at the stop");
                return;
            }
            self.pause().await;
        }
    }

    /// Adds to the figures, however often it takes; while the store closes, a few times.
    async fn count(&mut self, batches: &[Batch]) {
        let mut tries_closing = 0;
        for batch in batches {
            self.run.next();
            self.count_one(batch, &mut tries_closing).await;
        }
    }

    async fn count_one(&self, batch: &Batch, tries_closing: &mut u32) {
        while let Err(why) = self.run.add(&self.pool, batch).await {
            tracing::warn!(%why, "figures not written, trying again");
            *tries_closing += u32::from(*self.is_closing.borrow());
            if STORE_CLOSE_TRIES <= *tries_closing {
                tracing::error!("figures lost at the stop");
                return;
            }
            self.pause().await;
        }
    }

    fn give_up(&mut self, records: &[CallRecord]) {
        for record in records {
            tracing::error!(call = %record.call, ending = ?record.ending, "record lost at the stop");
        }
        self.meter.records_lost(records.len());
        self.lost = self.lost.saturating_add(records.len());
    }

    /// Rests, but not longer than until the store is told to close.
    async fn pause(&self) {
        let rest = self.rest;
        let closing = self.is_closing.clone();
        let mut closing_soon = closing.clone();
        if *closing.borrow() {
            drop(tokio::time::timeout(rest, std::future::pending::<()>()).await);
        } else {
            drop(tokio::time::timeout(rest, closing_soon.wait_for(|closing| *closing)).await);
        }
    }

    async fn try_write(&self, records: &[CallRecord]) -> Result<(), sqlx::Error> {
        let mut transaction = self.pool.begin().await?;
        for record in records {
            insert(&mut transaction, record).await?;
        }
        transaction.commit().await
    }
}

async fn insert(
    transaction: &mut Transaction<'_, Sqlite>,
    record: &CallRecord,
) -> Result<(), sqlx::Error> {
    let text = serde_json::to_string(record).map_err(|why| sqlx::Error::Encode(why.into()))?;
    let call = record.call.to_string();
    let new = sqlx::query(
        "INSERT INTO calls (call_id, version, arrived_ms, answered_ms, ended_ms, from_number,
            to_number, trunk, line, bundle, flow, language, entity, queue, class, queue_wait_ms,
            agent, talk_ms, held_ms, ended_by, ended_cause, record)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (call_id) DO NOTHING",
    )
    .bind(&call)
    .bind(record.version)
    .bind(record.arrived_at.0)
    .bind(record.answered_at.map(|at| at.0))
    .bind(record.ended_at.0)
    .bind(&record.from)
    .bind(&record.to)
    .bind(&record.trunk)
    .bind(word(&record.line))
    .bind(&record.bundle)
    .bind(&record.flow)
    .bind(&record.language)
    .bind(record.entity.as_ref().map(|entity| entity.as_str()))
    .bind(record.queue.as_ref().map(|queue| queue.as_str()))
    .bind(record.class)
    .bind(record.queue_wait_ms.map(column))
    .bind(record.agent().map(|agent| agent.as_str()))
    .bind(record.talk_ms.map(column))
    .bind(column(record.held_ms))
    .bind(word(&record.ending.by))
    .bind(word(&record.ending.cause))
    .bind(&text)
    .execute(&mut **transaction)
    .await?;
    if new.rows_affected() == 0 {
        return Ok(());
    }
    for talk in &record.conversations {
        sqlx::query(
            "INSERT INTO call_agents (agent, call_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(talk.agent.as_str())
        .bind(&call)
        .execute(&mut **transaction)
        .await?;
    }
    // With the record or not at all, so that none counts twice.
    figures::add(transaction, &transfers(record)).await
}

/// An enum's written name.
fn word(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// A span as SQL keeps it.
fn column(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::id::CallId;
    use crate::shell::store::calls::CallFilter;
    use crate::shell::store::fault::StoreFault;
    use crate::shell::store::trial::{Place, call, record, within};

    fn ids(records: &[CallRecord]) -> Vec<CallId> {
        records.iter().map(|record| record.call).collect()
    }

    #[test]
    fn everything_handed_over_is_there_after_the_close() {
        within(async {
            let place = Place::new("close");
            let (store, writer) = place.open().await;
            for number in 0..1_000 {
                store.record(record(number, "maryam"));
            }
            let (closed, ()) = tokio::join!(store.close(), writer.run());
            closed.expect("a good disk");
            let (store, _writer) = place.open().await;
            let filter = CallFilter { limit: 200, ..CallFilter::default() };
            let found = store.calls(&filter).await.expect("a good disk");
            let newest: Vec<CallId> = (800..1_000).rev().map(call).collect();
            assert_eq!(ids(&found), newest);
        });
    }

    #[test]
    fn a_call_that_is_handed_over_twice_is_there_once() {
        within(async {
            let place = Place::new("twice");
            let (store, writer) = place.open().await;
            let read = async {
                store.record(record(1, "maryam"));
                store.record(record(1, "salem"));
                store.flush().await;
                let found = store.calls(&CallFilter::default()).await.expect("a good disk");
                assert_eq!(found, [record(1, "maryam")]);
                store.clone().close().await
            };
            let (closed, ()) = tokio::join!(read, writer.run());
            closed.expect("a good disk");
        });
    }

    #[test]
    fn records_that_meet_a_broken_store_are_counted_at_the_close() {
        within(async {
            let place = Place::new("broken");
            let (store, mut writer) = place.open().await;
            writer.rest = Duration::from_millis(1);
            sqlx::query("DROP TABLE calls").execute(&store.pool).await.expect("to break it");
            store.record(record(1, "maryam"));
            let meter = Arc::clone(&writer.meter);
            let (closed, ()) = tokio::join!(store.close(), writer.run());
            assert!(matches!(closed, Err(StoreFault::Unwritten(1))));
            let page = meter.render();
            let lost = r#"ivr_records_written_total{kind="call",result="lost"} 1"#;
            assert!(page.contains(lost), "{page}");
        });
    }
}
