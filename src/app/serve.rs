//! `hatif serve`: the engine, kept running until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use arc_swap::ArcSwap;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::command::Serve;
use crate::app::config::Config;
use crate::app::engine::Engine;
use crate::app::reload::{self, Reload};
use crate::app::{system, welcome};
use crate::shell::book::Shelf;
use crate::shell::store::Store;
use crate::shell::tasks;
use crate::telemetry::{Meter, log};

pub(super) fn main(line: &Serve) -> ExitCode {
    let done = crate::app::configured(line.config.as_deref()).and_then(|config| {
        log::start(&config.log.level, config.log.format)?;
        system::raise_descriptors();
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

async fn serve(config: Arc<Config>, line: &Serve) -> Result<()> {
    let meter = Arc::new(Meter::new());
    meter.build(env!("CARGO_PKG_VERSION"), option_env!("HATIF_COMMIT").unwrap_or("unknown"));
    let book = reload::open(&config)?;
    meter.bundle_loaded(None, &book.bundle().hash, system::unix_seconds());
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
    let mut engine = Engine::start(&config, meter, shelf, store, writer).await?;
    if config.bundle.watch {
        engine.look_after(tasks::spawn("bundle watch", reload.clone().watch()));
    }
    tracing::info!(sip = ?engine.sip, web = %engine.web_address, "ready");
    if line.demo {
        welcome::say(engine.web_address, &engine.sip, reload.shelf.load().bundle(), &made);
    }
    until_told(&reload, &engine).await?;
    engine.drain().await
}

/// Waits for the order to stop; does what else it is told meanwhile.
async fn until_told(reload: &Reload, engine: &Engine) -> Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = hangup.recv() => {
                reload.now("SIGHUP").await;
                engine.read_staff().await;
            }
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}
