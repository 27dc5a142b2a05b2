//! The figures of quarters of an hour: added to in batches, each once, and read by time.

use std::fmt::Write as _;

use sqlx::sqlite::{SqlitePool, SqliteRow};
use sqlx::{AssertSqlSafe, Row, Sqlite, Transaction};

use crate::base::limit::FIGURES_READ_MAX;
use crate::base::time::Wall;
use crate::record::figures::{AgentTally, Batch, By, LineTally, Quarter, Totals};
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

/// One quarter of one queue, entity or agent.
pub type FigureRow = (Quarter, Option<String>, Totals);

impl Store {
    /// The figures of the quarters that begin within a time, by time and then by key.
    ///
    /// At most [`FIGURES_READ_MAX`] rows are read; `None` when there are more.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn figures(
        &self,
        by: By,
        time: std::ops::Range<Wall>,
    ) -> Result<Option<Vec<FigureRow>>, StoreFault> {
        let (table, key, sums, greatest) = match by {
            By::Queue => ("figures_of_lines", "queue", LineTally::SUMS, LineTally::GREATEST),
            By::Entity => ("figures_of_lines", "entity", LineTally::SUMS, LineTally::GREATEST),
            By::Agent => ("figures_of_agents", "agent", AgentTally::SUMS, AgentTally::GREATEST),
        };
        let sums = sums.iter().map(|part| format!(", SUM({part})"));
        let columns: String =
            sums.chain(greatest.iter().map(|part| format!(", MAX({part})"))).collect();
        let sql = format!(
            "SELECT quarter_ms, {key}{columns} FROM {table}
            WHERE quarter_ms >= ? AND quarter_ms < ? GROUP BY 1, 2 ORDER BY 1, 2 LIMIT ?"
        );
        let most = i64::from(FIGURES_READ_MAX);
        // The names in it are those of tables and columns, and none comes from outside.
        let rows = sqlx::query(AssertSqlSafe(sql))
            .bind(time.start.0)
            .bind(time.end.0)
            .bind(most + 1)
            .fetch_all(&self.pool)
            .await?;
        if most < i64::try_from(rows.len()).unwrap_or(i64::MAX) {
            return Ok(None);
        }
        let rows: Result<Vec<FigureRow>, sqlx::Error> =
            rows.iter().map(|row| read(by, row)).collect();
        Ok(Some(rows?))
    }
}

fn read(by: By, row: &SqliteRow) -> Result<FigureRow, sqlx::Error> {
    let quarter = Quarter::of(Wall(row.try_get(0)?));
    let key: String = row.try_get(1)?;
    let parts: Result<Vec<u64>, sqlx::Error> = (2..row.len())
        .map(|column| Ok(u64::try_from(row.try_get::<i64, _>(column)?).unwrap_or(0)))
        .collect();
    let parts = parts?;
    let totals = match by {
        By::Queue | By::Entity => Totals::Line(LineTally::of(&parts)),
        By::Agent => Totals::Agent(AgentTally::of(&parts)),
    };
    Ok((quarter, (!key.is_empty()).then_some(key), totals))
}

/// A run of the engine: its batches are numbered.
#[derive(Debug)]
pub(super) struct Run {
    name: String,
    last: i64,
}

impl Run {
    /// A new one.
    pub(super) async fn begin(pool: &SqlitePool) -> Result<Self, sqlx::Error> {
        let name = sqlx::query_scalar("SELECT lower(hex(randomblob(16)))").fetch_one(pool).await?;
        Ok(Self { name, last: 0 })
    }

    /// The next batch.
    pub(super) const fn next(&mut self) {
        self.last = self.last.saturating_add(1);
    }

    /// Adds the present batch, unless it was added before: a commit may be done and yet fail.
    pub(super) async fn add(&self, pool: &SqlitePool, batch: &Batch) -> Result<(), sqlx::Error> {
        let mut transaction = pool.begin().await?;
        let new = sqlx::query(
            "INSERT INTO figures_batches (run, last) VALUES (?, ?)
            ON CONFLICT (run) DO UPDATE SET last = excluded.last WHERE last < excluded.last",
        )
        .bind(&self.name)
        .bind(self.last)
        .execute(&mut *transaction)
        .await?;
        if 0 < new.rows_affected() {
            add(&mut transaction, batch).await?;
        }
        transaction.commit().await
    }
}

/// Adds a batch to what was counted before.
pub(super) async fn add(
    transaction: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
) -> Result<(), sqlx::Error> {
    let sql = addition(
        "figures_of_lines",
        &["quarter_ms", "queue", "entity"],
        (LineTally::SUMS, LineTally::GREATEST),
    );
    for ((quarter, (queue, entity)), tally) in &batch.lines {
        let query = sqlx::query(AssertSqlSafe(sql.clone()))
            .bind(quarter.begin().0)
            .bind(queue.as_str())
            .bind(entity.as_ref().map_or("", |entity| entity.as_str()));
        let parts = tally.parts();
        let query = parts.iter().fold(query, |query, (_, part)| query.bind(column(*part)));
        query.execute(&mut **transaction).await?;
    }
    let sql = addition(
        "figures_of_agents",
        &["quarter_ms", "agent"],
        (AgentTally::SUMS, AgentTally::GREATEST),
    );
    for ((quarter, agent), tally) in &batch.agents {
        let query =
            sqlx::query(AssertSqlSafe(sql.clone())).bind(quarter.begin().0).bind(agent.as_str());
        let parts = tally.parts();
        let query = parts.iter().fold(query, |query, (_, part)| query.bind(column(*part)));
        query.execute(&mut **transaction).await?;
    }
    Ok(())
}

/// The statement that adds one row's parts to those that are there.
fn addition(table: &str, key: &[&str], (sums, greatest): (&[&str], &[&str])) -> String {
    let columns: Vec<&str> = [key, sums, greatest].concat();
    let places = vec!["?"; columns.len()].join(", ");
    let (key, columns) = (key.join(", "), columns.join(", "));
    let mut sql = format!(
        "INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT ({key}) DO UPDATE SET "
    );
    let sums = sums.iter().map(|part| format!("{part} = {part} + excluded.{part}"));
    let greatest = greatest.iter().map(|part| format!("{part} = max({part}, excluded.{part})"));
    let changes: Vec<String> = sums.chain(greatest).collect();
    let _ = write!(sql, "{}", changes.join(", "));
    sql
}

/// A count as SQL keeps it.
fn column(part: u64) -> i64 {
    i64::try_from(part).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::store::trial::{Place, within};

    fn batch(quarter: i64, offered: u64, longest_wait_ms: u64) -> Batch {
        let mut batch = Batch::default();
        let quarter = Quarter::of(Wall(quarter * 900_000));
        for entity in [None, Some("power".into())] {
            let line = LineTally { offered, longest_wait_ms, ..LineTally::default() };
            batch.lines.insert((quarter, ("care".into(), entity)), line);
        }
        let agent = AgentTally { talk_ms: offered, ..AgentTally::default() };
        batch.agents.insert((quarter, "maryam".into()), agent);
        batch
    }

    /// Adds batches as one run does, each of them twice.
    async fn add_twice(store: &Store, batches: &[Batch]) {
        let mut run = Run::begin(&store.pool).await.expect("a good disk");
        for batch in batches {
            run.next();
            run.add(&store.pool, batch).await.expect("a good disk");
            run.add(&store.pool, batch).await.expect("a good disk");
        }
    }

    async fn read(store: &Store, by: By) -> Vec<(i64, Option<String>, u64, u64)> {
        let rows = store.figures(by, Wall(0)..Wall(1_800_000)).await.expect("a good disk");
        let told = |(quarter, key, totals): FigureRow| match totals {
            Totals::Line(of) => (quarter.begin().0, key, of.offered, of.longest_wait_ms),
            Totals::Agent(of) => (quarter.begin().0, key, of.talk_ms, 0),
        };
        rows.expect("few rows").into_iter().map(told).collect()
    }

    #[test]
    fn batches_add_up_over_restarts_and_none_counts_twice() {
        within(async {
            let place = Place::new("figures");
            for _ in 0..2 {
                let (store, _writer) = place.open().await;
                add_twice(
                    &store,
                    &[batch(0, 1, 5), batch(0, 2, 3), batch(1, 10, 1), batch(2, 100, 1)],
                )
                .await;
                store.pool.close().await;
            }
            let (store, _writer) = place.open().await;
            let key = |key: &str| Some(key.to_owned());
            let care = [(0, key("care"), 12, 5), (900_000, key("care"), 40, 1)];
            assert_eq!(read(&store, By::Queue).await, care);
            let entities = [
                (0, None, 6, 5),
                (0, key("power"), 6, 5),
                (900_000, None, 20, 1),
                (900_000, key("power"), 20, 1),
            ];
            assert_eq!(read(&store, By::Entity).await, entities);
            let agents = [(0, key("maryam"), 6, 0), (900_000, key("maryam"), 20, 0)];
            assert_eq!(read(&store, By::Agent).await, agents);
        });
    }
}
