//! A new bundle for new calls: on SIGHUP, and when a file of the bundle changes.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::app::config::Config;
use crate::base::limit::RELOAD_REST;
use crate::shell::book::{Book, Shelf};
use crate::telemetry::Meter;

/// Everything that a reload touches.
#[derive(Clone)]
pub(super) struct Reload {
    pub(super) config: Arc<Config>,
    pub(super) shelf: Shelf,
    pub(super) meter: Arc<Meter>,
}

impl Reload {
    /// Puts a new book on the shelf, or says why the old one stays.
    pub(super) async fn now(&self, why: &'static str) {
        let config = Arc::clone(&self.config);
        let opened = tokio::task::spawn_blocking(move || open(&config)).await;
        let before = self.shelf.load().bundle().hash.to_string();
        match opened {
            Ok(Ok(book)) => {
                let after = book.bundle().hash.to_string();
                self.shelf.store(Arc::new(book));
                self.meter.bundle_loaded(Some(&before), &after, super::system::unix_seconds());
                tracing::info!(why, before, after, "the bundle was reloaded; calls keep theirs");
            }
            Ok(Err(fault)) => {
                self.meter.bundle_refused();
                tracing::error!(why, keeps = before, "the new bundle is refused:\n{fault:#}");
            }
            Err(fault) => {
                self.meter.bundle_refused();
                tracing::error!(why, %fault, "the new bundle could not be read");
            }
        }
    }

    /// Reloads a moment after the last change in the bundle's folder, for as long as it runs.
    pub(super) async fn watch(self) {
        let (changed, mut changes) = mpsc::channel(1);
        let folder = self.config.bundle.path.clone();
        let Some(_watcher) = watcher(folder, changed) else { return };
        while changes.recv().await.is_some() {
            // An editor writes several files, and some of them twice.
            while let Ok(Some(())) = rest(changes.recv()).await {}
            self.now("a file changed").await;
        }
    }
}

/// The book that the configuration names.
pub(super) fn open(config: &Config) -> anyhow::Result<Book> {
    let book =
        Book::open(&config.bundle.path, &config.sounds.path, &std::collections::BTreeMap::new())?;
    Ok(book)
}

async fn rest<T>(next: impl Future<Output = T>) -> Result<T, tokio::time::error::Elapsed> {
    tokio::time::timeout(RELOAD_REST.max(Duration::from_millis(1)), next).await
}

fn watcher(folder: PathBuf, changed: mpsc::Sender<()>) -> Option<RecommendedWatcher> {
    let told = move |event: notify::Result<notify::Event>| {
        let is_change = event.is_ok_and(|event| !event.kind.is_access());
        if is_change {
            // One change waiting is as good as many.
            let _ = changed.try_send(());
        }
    };
    let watched = notify::recommended_watcher(told).and_then(|mut watcher| {
        watcher.watch(&folder, RecursiveMode::Recursive)?;
        Ok(watcher)
    });
    match watched {
        Ok(watcher) => Some(watcher),
        Err(fault) => {
            let folder = folder.display();
            tracing::warn!(%folder, %fault, "the bundle is not watched; SIGHUP reloads it");
            None
        }
    }
}
