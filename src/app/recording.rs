//! The rooms that record, started and stopped together.

use std::sync::Arc;

use anyhow::{Context, Result};
use tokio::task::JoinHandle;

use crate::app::engine::Common;
use crate::shell::recording::{self, Archive, Mended, Scribe, ScribeThread};
use crate::shell::tasks;

/// The scribe and the archive.
pub(super) struct Recording {
    scribe: Scribe,
    thread: ScribeThread,
    archive: JoinHandle<()>,
}

impl Recording {
    /// Mends what the last run did not end, and starts both.
    pub(super) async fn start(common: &Common<'_>) -> Result<Self> {
        let folder = &common.config.recording.path;
        let mended = recording::mend(folder, &common.store).await?;
        if mended != Mended::default() {
            tracing::warn!(?mended, "recordings that were broken off are mended");
        }
        let meter = || Arc::clone(&common.meter);
        let (archive, keep) = Archive::new(folder.clone(), common.store.clone(), meter());
        let (clock, post) = (common.clock, common.post.clone());
        let (scribe, thread) = recording::start(folder.clone(), clock, post, archive, meter())
            .context("cannot start the scribe")?;
        Ok(Self { scribe, thread, archive: tasks::spawn("archive", keep) })
    }

    /// The workers' way to the scribe.
    pub(super) fn scribe(&self) -> Scribe {
        self.scribe.clone()
    }

    /// Ends every recording, and waits until all is kept.
    pub(super) async fn stop(self) {
        let thread = self.thread;
        drop(tokio::task::spawn_blocking(move || thread.stop()).await);
        drop(self.archive.await);
    }
}
