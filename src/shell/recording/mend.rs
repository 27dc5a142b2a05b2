//! After a crash: the files that were being written are made whole, and their rows too.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::audio::{SAMPLE_RATE, wav};
use crate::base::id::RecordingId;
use crate::base::time::Wall;
use crate::shell::recording::archive::sha256;
use crate::shell::store::{RecordingEnd, Store, StoreFault};

/// What was found in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mended {
    /// Recordings that are whole again.
    pub whole: usize,
    /// Recordings whose files hold nothing or are gone; their rows are gone too.
    pub gone: usize,
}

/// Makes whole what the last run of the engine did not end.
///
/// # Errors
///
/// When the store does not answer.
pub async fn mend(folder: &Path, store: &Store) -> Result<Mended, StoreFault> {
    let mut mended = Mended::default();
    for (id, name) in store.recordings_open().await? {
        match mend_one(folder, store, id, name).await? {
            true => mended.whole += 1,
            false => mended.gone += 1,
        }
    }
    Ok(mended)
}

/// Makes one recording whole; whether there was anything to it.
pub(super) async fn mend_one(
    folder: &Path,
    store: &Store,
    id: RecordingId,
    name: String,
) -> Result<bool, StoreFault> {
    let path = folder.join(name);
    let file = path.clone();
    let mended = tokio::task::spawn_blocking(move || mend_file(file)).await;
    match mended.unwrap_or_else(|why| Err(io::Error::other(why))) {
        Ok((length, sha256)) if length > Duration::ZERO => {
            let started = store.recording(id).await?.map_or(Wall(0), |recording| recording.started);
            let millis = i64::try_from(length.as_millis()).unwrap_or(i64::MAX);
            let ended = Wall(started.0.saturating_add(millis));
            let (silences, sha256) = (Vec::new(), Some(sha256));
            store.recording_ended(&RecordingEnd { id, ended, length, silences, sha256 }).await?;
            Ok(true)
        }
        Ok(_) => {
            tracing::warn!(recording = %id, path = %path.display(), "a recording holds nothing");
            store.recording_dropped(id).await?;
            Ok(false)
        }
        Err(fault) => {
            tracing::warn!(recording = %id, path = %path.display(), %fault, "a recording is lost");
            store.recording_dropped(id).await?;
            Ok(false)
        }
    }
}

fn mend_file(path: PathBuf) -> io::Result<(Duration, String)> {
    let mut file = OpenOptions::new().read(true).write(true).open(&path)?;
    let samples = wav::mend(&mut file)?;
    let length = Duration::from_millis(samples.saturating_mul(1_000) / u64::from(SAMPLE_RATE));
    Ok((length, sha256(&path)?))
}
