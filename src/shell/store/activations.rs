//! What became of the bundle: each time that another version began to serve, or was refused.

use serde::Serialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::base::limit::STORE_LIST_MAX;
use crate::base::time::Wall;
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// The engine started with it.
    Started,
    /// The folder was read again.
    Reloaded,
    /// An earlier version serves again.
    RolledBack,
    /// It serves some calls as a candidate.
    Tried,
    /// The candidate serves all.
    Promoted,
    /// The candidate serves no more.
    Withdrawn,
    /// The folder could not serve.
    Refused,
}

/// One such time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Activation {
    /// When.
    pub at: Wall,
    /// What was done.
    pub deed: Deed,
    /// Which version; `None` for one that could not be read.
    pub hash: Option<String>,
    /// What served before.
    pub before: Option<String>,
    /// By what: start, watch, sighup, api.
    pub means: String,
    /// Who, where somebody was logged in.
    pub who: Option<String>,
    /// What changed.
    pub changes: Vec<String>,
    /// A candidate's share, or why it was refused.
    pub detail: String,
}

impl Deed {
    const ALL: [Self; 7] = [
        Self::Started,
        Self::Reloaded,
        Self::RolledBack,
        Self::Tried,
        Self::Promoted,
        Self::Withdrawn,
        Self::Refused,
    ];

    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Reloaded => "reloaded",
            Self::RolledBack => "rolled_back",
            Self::Tried => "tried",
            Self::Promoted => "promoted",
            Self::Withdrawn => "withdrawn",
            Self::Refused => "refused",
        }
    }
}

impl Store {
    /// Writes one down.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn add_activation(&self, activation: &Activation) -> Result<(), StoreFault> {
        let changes = serde_json::to_string(&activation.changes).expect("texts can be written");
        sqlx::query(
            "INSERT INTO bundle_activations (at_ms, deed, hash, before, means, who, changes, detail)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(activation.at.0)
        .bind(activation.deed.word())
        .bind(&activation.hash)
        .bind(&activation.before)
        .bind(&activation.means)
        .bind(&activation.who)
        .bind(changes)
        .bind(&activation.detail)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// All of them, newest first, at most [`STORE_LIST_MAX`].
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn activations(&self, limit: u32) -> Result<Vec<Activation>, StoreFault> {
        let rows = sqlx::query("SELECT * FROM bundle_activations ORDER BY id DESC LIMIT ?")
            .bind(limit.min(STORE_LIST_MAX))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    /// The last activation of each of the versions that served last, newest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn last_activations(&self, versions: usize) -> Result<Vec<Activation>, StoreFault> {
        let rows = sqlx::query(
            "SELECT * FROM bundle_activations WHERE id IN (
                SELECT max(id) FROM bundle_activations
                WHERE hash IS NOT NULL AND deed NOT IN ('refused', 'withdrawn') GROUP BY hash
            ) ORDER BY id DESC LIMIT ?",
        )
        .bind(i64::try_from(versions).unwrap_or(i64::MAX))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }
}

fn read(row: &SqliteRow) -> Result<Activation, StoreFault> {
    let unreadable =
        |why: String| StoreFault::Unreadable { place: "the table of activations".into(), why };
    let word: String = row.try_get("deed")?;
    let deed = Deed::ALL.into_iter().find(|deed| deed.word() == word);
    let changes: String = row.try_get("changes")?;
    Ok(Activation {
        at: Wall(row.try_get("at_ms")?),
        deed: deed.ok_or_else(|| unreadable(format!("a deed `{word}`")))?,
        hash: row.try_get("hash")?,
        before: row.try_get("before")?,
        means: row.try_get("means")?,
        who: row.try_get("who")?,
        changes: serde_json::from_str(&changes).map_err(|why| unreadable(why.to_string()))?,
        detail: row.try_get("detail")?,
    })
}
