//! The archive: the task that keeps a row for each recording.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use crate::base::id::RecordingId;
use crate::base::limit::ARCHIVE_BOX_MAX;
use crate::shell::recording::mend::mend_one;
use crate::shell::store::{NewRecording, RecordingEnd, Store, StoreFault};
use crate::telemetry::Meter;

/// The scribe's way to the archive.
#[derive(Debug, Clone)]
pub struct Archive {
    notes: mpsc::Sender<Note>,
    meter: Arc<Meter>,
}

/// What the archive is told.
#[derive(Debug)]
enum Note {
    Began(NewRecording),
    Ended(String, RecordingEnd),
    /// It broke off in the middle.
    Broke(RecordingId, String),
    /// It was no message.
    Dropped(RecordingId),
}

impl Archive {
    /// An archive of files below `folder`, and the task that keeps it: it ends with the last
    /// handle.
    pub fn new(
        folder: PathBuf,
        store: Store,
        meter: Arc<Meter>,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (notes, inbox) = mpsc::channel(ARCHIVE_BOX_MAX);
        let archive = Self { notes, meter: Arc::clone(&meter) };
        (archive, run(folder, store, meter, inbox))
    }

    pub(super) fn began(&self, recording: NewRecording) {
        self.note(Note::Began(recording));
    }

    pub(super) fn ended(&self, name: String, end: RecordingEnd) {
        self.note(Note::Ended(name, end));
    }

    pub(super) fn broke(&self, id: RecordingId, name: String) {
        self.note(Note::Broke(id, name));
    }

    pub(super) fn dropped(&self, id: RecordingId) {
        self.note(Note::Dropped(id));
    }

    /// A note that finds the box full is mended at the next start, as one of a crash is.
    fn note(&self, note: Note) {
        if let Err(lost) = self.notes.try_send(note) {
            tracing::warn!(note = ?lost.into_inner(), "the archive's box is full");
            self.meter.recording_failed("archive");
        }
    }
}

async fn run(folder: PathBuf, store: Store, meter: Arc<Meter>, mut inbox: mpsc::Receiver<Note>) {
    while let Some(note) = inbox.recv().await {
        match keep(&folder, &store, note).await {
            Ok(Kept::Whole) => meter.recording_written(),
            Ok(Kept::Otherwise) => {}
            Err(fault) => {
                tracing::warn!(%fault, "a recording's row is not written");
                meter.recording_failed("archive");
            }
        }
    }
}

/// What was kept.
enum Kept {
    Whole,
    /// Only a part, or nothing yet, or nothing any more.
    Otherwise,
}

async fn keep(folder: &Path, store: &Store, note: Note) -> Result<Kept, StoreFault> {
    match note {
        Note::Began(recording) => store.recording_began(&recording).await?,
        Note::Ended(name, mut end) => {
            let path = folder.join(name);
            let hash = tokio::task::spawn_blocking(move || sha256(&path)).await;
            end.sha256 = hash.ok().and_then(Result::ok);
            store.recording_ended(&end).await?;
            return Ok(Kept::Whole);
        }
        Note::Broke(id, name) => {
            mend_one(folder, store, id, name).await?;
        }
        Note::Dropped(id) => store.recording_dropped(id).await?,
    }
    Ok(Kept::Otherwise)
}

/// The hash of a file, in hexadecimal digits.
pub(super) fn sha256(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        let length = file.read(&mut buffer)?;
        if length == 0 {
            return Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect());
        }
        hash.update(buffer.get(..length).unwrap_or_default());
    }
}
