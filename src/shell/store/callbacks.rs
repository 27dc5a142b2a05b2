//! The call-backs that were promised: those that wait outlive the engine.

use serde_json::Value;
use sqlx::Row;
use sqlx::sqlite::{SqlitePool, SqliteRow};

use crate::base::limit::{CALLBACKS_MAX, STORE_LIST_MAX};
use crate::call::owed::{CallBack, Standing};
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

/// A call-back and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallBackRow {
    /// The call-back.
    pub what: CallBack,
    /// How it stands.
    pub standing: Standing,
}

impl Store {
    /// The call-backs that wait, oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails. One that cannot be read is told in the log and passed over: it must
    /// not keep the engine from starting.
    pub async fn owed(&self) -> Result<Vec<CallBack>, StoreFault> {
        let rows = sqlx::query(
            "SELECT state, body FROM callbacks WHERE state = 'waiting' ORDER BY id LIMIT ?",
        )
        .bind(i64::try_from(CALLBACKS_MAX).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        let readable = |row: &SqliteRow| match read(row) {
            Ok(row) => Some(row.what),
            Err(fault) => {
                tracing::error!(%fault, "a call-back is lost");
                None
            }
        };
        Ok(rows.iter().filter_map(readable).collect())
    }

    /// The latest call-backs, newest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn callbacks(&self, limit: u32) -> Result<Vec<CallBackRow>, StoreFault> {
        let rows = sqlx::query("SELECT state, body FROM callbacks ORDER BY id DESC LIMIT ?")
            .bind(limit.min(STORE_LIST_MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }
}

/// Writes how a call-back stands.
pub(super) async fn keep(
    pool: &SqlitePool,
    what: &CallBack,
    standing: Standing,
) -> Result<(), sqlx::Error> {
    let body = serde_json::to_string(what).map_err(|why| sqlx::Error::Encode(why.into()))?;
    sqlx::query(
        "INSERT INTO callbacks (id, state, number, queue, entity, asked_ms, due_ms, tries, body)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET state = excluded.state, due_ms = excluded.due_ms,
            tries = excluded.tries, body = excluded.body",
    )
    .bind(what.id.to_string())
    .bind(word(standing))
    .bind(&what.number)
    .bind(what.entry.queue.as_str())
    .bind(what.entry.entity.as_ref().map(|entity| entity.as_str()))
    .bind(what.asked_at.0)
    .bind(what.due_at.0)
    .bind(what.tries)
    .bind(body)
    .execute(pool)
    .await?;
    Ok(())
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        Standing::Done => "done",
        Standing::GivenUp => "given_up",
    }
}

fn read(row: &SqliteRow) -> Result<CallBackRow, StoreFault> {
    let unreadable = |why: String| StoreFault::Unreadable { place: "callbacks".into(), why };
    let (state, body): (String, String) = (row.try_get("state")?, row.try_get("body")?);
    let standing = serde_json::from_value(Value::String(state));
    Ok(CallBackRow {
        what: serde_json::from_str(&body).map_err(|why| unreadable(why.to_string()))?,
        standing: standing.map_err(|why| unreadable(why.to_string()))?,
    })
}
