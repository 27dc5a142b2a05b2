//! The rows of recordings: where each file lies, and who listened to it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::base::id::{AgentId, CallId, RecordingId};
use crate::base::limit::STORE_LIST_MAX;
use crate::base::time::Wall;
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

/// A recording that begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// Its name.
    pub id: RecordingId,
    /// The call.
    pub call: CallId,
    /// What it is.
    pub kind: RecordingKind,
    /// Its file, below the folder of recordings.
    pub file: String,
    /// When it began.
    pub started: Wall,
}

/// What a recording is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingKind {
    /// Of a call.
    Call {
        /// How the caller knew.
        consent: String,
    },
    /// Of a caller's message.
    Message {
        /// The number of the case it belongs to; empty for none.
        case: String,
    },
}

impl RecordingKind {
    /// The word in the table.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Call { .. } => "call",
            Self::Message { .. } => "message",
        }
    }
}

/// A stretch of silence by order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silence {
    /// From its beginning.
    pub from_ms: u64,
    /// To its end.
    pub to_ms: u64,
    /// `paused` by the flow, or `hidden` for a secret.
    pub why: String,
}

/// How a recording ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingEnd {
    /// Which.
    pub id: RecordingId,
    /// When.
    pub ended: Wall,
    /// How long it is.
    pub length: Duration,
    /// Where it is silent by order.
    pub silences: Vec<Silence>,
    /// The hash of its file; `None` when the file cannot be read.
    pub sha256: Option<String>,
}

/// A recording as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// Its name.
    pub id: RecordingId,
    /// The call.
    pub call: CallId,
    /// What it is.
    pub kind: RecordingKind,
    /// Its file, below the folder of recordings.
    pub file: String,
    /// When it began.
    pub started: Wall,
    /// How it ended; `None` while it goes on.
    pub end: Option<RecordingEnd>,
}

/// Which recordings are wanted. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingFilter {
    /// `call` or `message`.
    pub kind: &'static str,
    /// Only those of this call.
    pub call: Option<CallId>,
    /// Only those before this one: the cursor of the next page.
    pub before: Option<RecordingId>,
    /// How many; at most [`STORE_LIST_MAX`].
    pub limit: u32,
}

impl Store {
    /// Writes that a recording began.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recording_began(&self, new: &NewRecording) -> Result<(), StoreFault> {
        let (consent, case) = match &new.kind {
            RecordingKind::Call { consent } => (Some(consent), None),
            RecordingKind::Message { case } => (None, Some(case)),
        };
        sqlx::query(
            "INSERT INTO recordings (id, call_id, kind, file, consent, case_number, started_ms)
            VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(new.id.to_string())
        .bind(new.call.to_string())
        .bind(new.kind.word())
        .bind(&new.file)
        .bind(consent)
        .bind(case)
        .bind(new.started.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Writes how a recording ended.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recording_ended(&self, end: &RecordingEnd) -> Result<(), StoreFault> {
        let silences =
            serde_json::to_string(&end.silences).map_err(|why| sqlx::Error::Encode(why.into()))?;
        sqlx::query(
            "UPDATE recordings SET ended_ms = ?, length_ms = ?, sha256 = ?, silences = ?
            WHERE id = ?",
        )
        .bind(end.ended.0)
        .bind(i64::try_from(end.length.as_millis()).unwrap_or(i64::MAX))
        .bind(&end.sha256)
        .bind(silences)
        .bind(end.id.to_string())
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes a recording's row away: nothing of it was kept.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recording_dropped(&self, id: RecordingId) -> Result<(), StoreFault> {
        let query = sqlx::query("DELETE FROM recordings WHERE id = ?");
        query.bind(id.to_string()).execute(&self.pool).await?;
        Ok(())
    }

    /// The recordings without an end, with their files.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recordings_open(&self) -> Result<Vec<(RecordingId, String)>, StoreFault> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT id, file FROM recordings WHERE ended_ms IS NULL ORDER BY id")
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(|(id, file)| Ok((recording_id(&id)?, file))).collect()
    }

    /// One recording.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recording(&self, id: RecordingId) -> Result<Option<Recording>, StoreFault> {
        let row = sqlx::query("SELECT * FROM recordings WHERE id = ?").bind(id.to_string());
        let row = row.fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The recordings that `filter` wants.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recordings(&self, filter: &RecordingFilter) -> Result<Vec<Recording>, StoreFault> {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("SELECT * FROM recordings WHERE kind = ");
        query.push_bind(filter.kind);
        if let Some(call) = &filter.call {
            query.push(" AND call_id = ").push_bind(call.to_string());
        }
        if let Some(before) = &filter.before {
            query.push(" AND id < ").push_bind(before.to_string());
        }
        query.push(" ORDER BY id DESC LIMIT ").push_bind(filter.limit.min(STORE_LIST_MAX));
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    /// Writes that somebody listens to a part of a recording.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn recording_heard(
        &self,
        id: RecordingId,
        agent: &AgentId,
        at: Wall,
        part: &str,
    ) -> Result<(), StoreFault> {
        let words = "INSERT INTO recording_hearings (recording, agent, at_ms, part)
            VALUES (?, ?, ?, ?)";
        let query = sqlx::query(words).bind(id.to_string()).bind(agent.as_str());
        query.bind(at.0).bind(part).execute(&self.pool).await?;
        Ok(())
    }
}

fn read(row: &SqliteRow) -> Result<Recording, StoreFault> {
    let id = recording_id(&row.try_get::<String, _>("id")?)?;
    let call: String = row.try_get("call_id")?;
    let call = CallId::parse(&call).ok_or_else(|| unreadable("a call's id"))?;
    let kind = match row.try_get::<String, _>("kind")?.as_str() {
        "call" => RecordingKind::Call {
            consent: row.try_get::<Option<String>, _>("consent")?.unwrap_or_default(),
        },
        _ => RecordingKind::Message {
            case: row.try_get::<Option<String>, _>("case_number")?.unwrap_or_default(),
        },
    };
    let ended: Option<i64> = row.try_get("ended_ms")?;
    let end = match ended {
        None => None,
        Some(ended) => {
            let length: Option<i64> = row.try_get("length_ms")?;
            let length = u64::try_from(length.unwrap_or(0)).unwrap_or(0);
            let silences: String = row.try_get("silences")?;
            let silences = serde_json::from_str(&silences).map_err(|_| unreadable("silences"))?;
            let (ended, length) = (Wall(ended), Duration::from_millis(length));
            Some(RecordingEnd { id, ended, length, silences, sha256: row.try_get("sha256")? })
        }
    };
    let (file, started) = (row.try_get("file")?, Wall(row.try_get("started_ms")?));
    Ok(Recording { id, call, kind, file, started, end })
}

fn recording_id(text: &str) -> Result<RecordingId, StoreFault> {
    RecordingId::parse(text).ok_or_else(|| unreadable("a recording's id"))
}

fn unreadable(what: &str) -> StoreFault {
    let place = "the table of recordings".to_owned();
    StoreFault::Unreadable { place, why: format!("wanted {what}, found something else") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::shell::store::trial::{Place, call, within};

    fn new(number: u64, kind: RecordingKind) -> NewRecording {
        let started = Wall(i64::try_from(number).expect("small"));
        let id = RecordingId::new(started, &mut Rng::seeded(number));
        NewRecording { id, call: call(number), kind, file: format!("{number}.wav"), started }
    }

    fn of_call(number: u64) -> NewRecording {
        new(number, RecordingKind::Call { consent: "given".into() })
    }

    #[test]
    fn a_recording_is_open_until_its_end_is_written_and_gone_when_it_is_dropped() {
        within(async {
            let place = Place::new("recordings");
            let (store, _writer) = place.open().await;
            for number in 1..=3 {
                store.recording_began(&of_call(number)).await.expect("a good disk");
            }
            let id = of_call(2).id;
            let silence = Silence { from_ms: 5, to_ms: 9, why: "paused".into() };
            let (length, sha256) = (Duration::from_secs(3), Some("00".to_owned()));
            let end =
                RecordingEnd { id, ended: Wall(3_002), length, silences: vec![silence], sha256 };
            store.recording_ended(&end).await.expect("a good disk");
            store.recording_dropped(of_call(3).id).await.expect("a good disk");
            let open = store.recordings_open().await.expect("a good disk");
            assert_eq!(open, [(of_call(1).id, "1.wav".to_owned())]);
            let found = store.recording(id).await.expect("a good disk").expect("it is there");
            assert_eq!((found.call, found.end), (call(2), Some(end)));
            assert_eq!(store.recording(of_call(3).id).await.expect("a good disk"), None);
        });
    }

    #[test]
    fn messages_and_recordings_are_listed_apart_newest_first() {
        within(async {
            let place = Place::new("recordings-list");
            let (store, _writer) = place.open().await;
            for number in 1..=4 {
                let message = new(3, RecordingKind::Message { case: "7".into() });
                let one = [of_call(number), message][usize::from(number == 3)].clone();
                store.recording_began(&one).await.expect("a good disk");
            }
            let all = RecordingFilter { kind: "call", call: None, before: None, limit: 50 };
            let older = RecordingFilter { before: Some(of_call(4).id), ..all.clone() };
            let of_one = RecordingFilter { call: Some(call(1)), ..all.clone() };
            let messages = RecordingFilter { kind: "message", ..all.clone() };
            let cases = [
                (all, vec!["4.wav", "2.wav", "1.wav"]),
                (older, vec!["2.wav", "1.wav"]),
                (of_one, vec!["1.wav"]),
                (messages, vec!["3.wav"]),
            ];
            for (filter, expected) in cases {
                let found = store.recordings(&filter).await.expect("a good disk");
                let found: Vec<&str> = found.iter().map(|of| of.file.as_str()).collect();
                assert_eq!(found, expected, "{filter:?}");
            }
            let heard = store.recording_heard(of_call(1).id, &"root".into(), Wall(9), "all").await;
            heard.expect("a good disk");
        });
    }
}
