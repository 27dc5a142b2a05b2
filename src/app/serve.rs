//! `hatif serve`: the engine, kept running until it is told to stop.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::command::Serve;
use crate::app::config::Config;
use crate::app::engine::{self, Engine};
use crate::app::reload;
use crate::app::{system, welcome, wiring};
use crate::shell::book::Book;
use crate::shell::clock::Clock;
use crate::shell::files;
use crate::shell::library::{Act, By, Librarian, Library, Means, Shelf};
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
    let source = wiring::source(&config);
    let book = Book::open(&files::bundle_in(&source.bundle)?, &source, None)?;
    let shelf = Shelf::new(book);
    let (store, writer) = Store::open(&config.store.url, Arc::clone(&meter)).await?;
    let writer = tasks::spawn("store", writer.run());
    let made = match line.demo {
        true => welcome::employ(&store, shelf.active().bundle()).await?,
        false => Vec::new(),
    };
    let clock = Clock::start();
    let parts = wiring::library(&config, clock, &shelf, &store, &meter);
    let (librarian, library) = Librarian::new(parts);
    let parts =
        engine::Parts { clock, meter, shelf: shelf.clone(), library: library.clone(), store };
    let mut engine = Engine::start(&config, parts, writer).await?;
    engine.look_after(tasks::spawn("librarian", librarian.run()));
    if config.bundle.watch {
        let watch = reload::watch(config.bundle.path.clone(), library.clone());
        engine.look_after(tasks::spawn("bundle watch", watch));
    }
    tracing::info!(sip = ?engine.sip, web = %engine.web_address, "ready");
    if line.demo {
        welcome::say(engine.web_address, &engine.sip, shelf.active().bundle(), &made);
    }
    until_told(&library, &engine).await?;
    engine.drain().await
}

/// Waits for the order to stop; does what else it is told meanwhile.
async fn until_told(library: &Library, engine: &Engine) -> Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    loop {
        tokio::select! {
            _ = hangup.recv() => {
                // What is refused is told by the librarian.
                drop(library.order(Act::Reload, By::itself(Means::Signal)).await);
                engine.read_staff().await;
            }
            _ = terminate.recv() => return Ok(()),
            _ = interrupt.recv() => return Ok(()),
        }
    }
}
