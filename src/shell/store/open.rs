//! Opening the store, and handing it records.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use crate::base::limit::{PASSWORD_CHECKS_MAX, STORE_BACKLOG_MAX};
use crate::call::owed::{CallBack, Standing};
use crate::record::CallRecord;
use crate::record::figures::Batch;
use crate::record::why::TicketLog;
use crate::shell::store::fault::StoreFault;
use crate::shell::store::figures::Run;
use crate::shell::store::url::StoreUrl;
use crate::shell::store::writer::{Order, Writer};
use crate::telemetry::Meter;

/// How long a statement waits for another one's lock.
const BUSY: Duration = Duration::from_secs(5);

/// The store, for any number of tasks.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) pool: SqlitePool,
    pub(super) checks: Arc<Semaphore>,
    orders: mpsc::Sender<Order>,
    closing: watch::Sender<bool>,
    meter: Arc<Meter>,
}

impl Store {
    /// Opens the store, making its folder, file and tables where they are missing.
    ///
    /// The writer is a task of its own: the caller starts [`Writer::run`] and keeps it until
    /// [`Store::close`] has returned.
    ///
    /// # Errors
    ///
    /// When the folder or the file cannot be made, or is no store.
    pub async fn open(url: &StoreUrl, meter: Arc<Meter>) -> Result<(Self, Writer), StoreFault> {
        let StoreUrl::Sqlite(path) = url;
        let fault = |why: &dyn std::fmt::Display| StoreFault::Open {
            path: path.display().to_string(),
            why: why.to_string(),
        };
        make_folder(path).map_err(|why| fault(&why))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new()
            .max_connections(4)
            .connect_with(options)
            .await
            .map_err(|why| fault(&why))?;
        sqlx::migrate!("src/shell/store/migrations").run(&pool).await.map_err(|why| fault(&why))?;
        let (orders, inbox) = mpsc::channel(STORE_BACKLOG_MAX);
        let (closing, is_closing) = watch::channel(false);
        let run = Run::begin(&pool).await.map_err(|why| fault(&why))?;
        let writer = Writer::new(pool.clone(), run, (inbox, is_closing), Arc::clone(&meter));
        let checks = Arc::new(Semaphore::new(PASSWORD_CHECKS_MAX));
        Ok((Self { pool, checks, orders, closing, meter }, writer))
    }

    /// Hands over a record to be written soon; never waits.
    ///
    /// At most [`STORE_BACKLOG_MAX`] records wait. The one too many is lost, logged and counted.
    pub fn record(&self, record: CallRecord) {
        let (call, ending) = (record.call, record.ending);
        if self.orders.try_send(Order::Write(Box::new(record))).is_err() {
            tracing::error!(%call, ?ending, "record lost: the store takes no more");
            self.meter.records_lost(1);
        }
        let backlog = self.orders.max_capacity().saturating_sub(self.orders.capacity());
        self.meter.records_backlog(backlog);
    }

    /// Hands over how a call-back stands, to be written soon; never waits.
    pub fn keep(&self, what: Box<CallBack>, standing: Standing) {
        let id = what.id;
        if self.orders.try_send(Order::Keep(what, standing)).is_err() {
            tracing::error!(callback = %id, ?standing, "the store takes no more call-backs");
        }
    }

    /// Hands over the log of a ticket, to be written soon; never waits.
    pub fn log(&self, log: TicketLog) {
        let (ticket, call) = (log.ticket, log.call);
        if self.orders.try_send(Order::Log(Box::new(log))).is_err() {
            tracing::error!(%ticket, %call, "the store takes no more logs of tickets");
        }
    }

    /// Hands over what was counted, to be added soon; never waits.
    pub fn count(&self, batch: Batch) {
        if self.orders.try_send(Order::Count(Box::new(batch))).is_err() {
            tracing::error!("figures lost: the store takes no more");
        }
    }

    /// Waits until everything handed over before is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.orders.send(Order::Flush(done)).await.is_ok() {
            drop(written.await);
        }
    }

    /// Writes what is left, and takes no more.
    ///
    /// # Errors
    ///
    /// When some of it could not be written after several tries.
    pub async fn close(self) -> Result<(), StoreFault> {
        self.closing.send_replace(true);
        let (done, closed) = oneshot::channel();
        let lost = match self.orders.send(Order::Close(done)).await {
            Ok(()) => closed.await.unwrap_or(0),
            // It was closed before.
            Err(_) => 0,
        };
        self.pool.close().await;
        if lost == 0 { Ok(()) } else { Err(StoreFault::Unwritten(lost)) }
    }
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder),
        Some(_) | None => Ok(()),
    }
}
