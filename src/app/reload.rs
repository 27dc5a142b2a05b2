//! A new bundle when a file of the bundle's folder changes.

use std::path::PathBuf;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::base::limit::RELOAD_REST;
use crate::shell::library::{Act, By, Library, Means};

/// Has the bundle read again a moment after the last change in its folder, for as long as it runs.
pub(super) async fn watch(folder: PathBuf, library: Library) {
    let (changed, mut changes) = mpsc::channel(1);
    let Some(_watcher) = watcher(folder, changed) else { return };
    while changes.recv().await.is_some() {
        // An editor writes several files, and some of them twice.
        while let Ok(Some(())) = rest(changes.recv()).await {}
        // What is refused is told by the librarian.
        drop(library.order(Act::Reload, By::itself(Means::Watch)).await);
    }
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
