//! The citizens' matters, and what they answered to surveys.

use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, Transaction};

use crate::base::case_number::CaseNumber;
use crate::base::chance::Rng;
use crate::base::id::{CallId, EntityId};
use crate::base::limit::{CASE_DRAWS_MAX, STORE_LIST_MAX};
use crate::base::time::Wall;
use crate::flow::run::NewCase;
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

/// Whose doing something is, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doing {
    /// The call that it happened in.
    pub call: CallId,
    /// The caller's number.
    pub citizen: String,
    /// When.
    pub at: Wall,
}

/// One matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseRow {
    /// Its number.
    pub number: String,
    /// The call that opened it.
    pub call: String,
    /// The caller's number, unmasked: readers mask.
    pub citizen: String,
    /// Its entity.
    pub entity: Option<String>,
    /// Its department.
    pub department: Option<String>,
    /// `enquiry`, `complaint`, `suggestion` or `consultation`.
    pub kind: String,
    /// What others call it.
    pub reference: String,
    /// The citizen's language.
    pub language: String,
    /// `open`, `waiting` or `done`.
    pub state: String,
    /// When it was opened, milliseconds since 1970.
    pub opened_ms: i64,
    /// When it was last changed, milliseconds since 1970.
    pub changed_ms: i64,
}

/// One line of a matter's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseLine {
    /// When, milliseconds since 1970.
    pub at_ms: i64,
    /// The call that it happened in.
    pub call: String,
    /// `open`, `add`, `close` or `self_served`.
    pub act: String,
    /// What was said of it.
    pub text: String,
}

/// Which matters are wanted. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseFilter {
    /// Only those of this entity.
    pub entity: Option<EntityId>,
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those opened before, milliseconds since 1970: the cursor of the next page.
    pub before_ms: Option<i64>,
    /// How many; at most [`STORE_LIST_MAX`].
    pub limit: u32,
}

/// A line of history: what was done, and the state that it leads to.
#[derive(Debug, Clone, Copy)]
pub enum CaseStep<'a> {
    /// A text onto it.
    Add(&'a str),
    /// It is done.
    Close(&'a str),
    /// It is done, and nobody was needed.
    SelfServed,
}

const COLUMNS: &str = "number, call_id, citizen, entity, department, kind, reference, language, \
                       state, opened_ms, changed_ms";

impl Store {
    /// Opens a matter under a number of its own.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn open_case(
        &self,
        doing: &Doing,
        case: &NewCase,
        rng: &mut Rng,
    ) -> Result<CaseNumber, StoreFault> {
        let mut work = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let number = free_number(&mut work, rng).await?;
        sqlx::query(
            "INSERT INTO cases (number, call_id, citizen, entity, department, kind, reference,
            language, state, opened_ms, changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?, ?)",
        )
        .bind(number.to_string())
        .bind(doing.call.to_string())
        .bind(&doing.citizen)
        .bind(case.entity.as_ref().map(EntityId::as_str))
        .bind(case.department.as_deref())
        .bind(case.kind.word())
        .bind(&case.reference)
        .bind(case.language.tag())
        .bind(doing.at.0)
        .bind(doing.at.0)
        .execute(&mut *work)
        .await?;
        note(&mut work, doing, number, "open", &case.text).await?;
        work.commit().await?;
        Ok(number)
    }

    /// Does something to a matter; `None` when there is none of that number.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn change_case(
        &self,
        doing: &Doing,
        number: CaseNumber,
        step: CaseStep<'_>,
    ) -> Result<Option<CaseRow>, StoreFault> {
        let (act, text, state) = match step {
            CaseStep::Add(text) => ("add", text, None),
            CaseStep::Close(text) => ("close", text, Some("done")),
            CaseStep::SelfServed => ("self_served", "", Some("done")),
        };
        let mut work = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        let changed = sqlx::query(
            "UPDATE cases SET state = coalesce(?, state), changed_ms = ? WHERE number = ?",
        )
        .bind(state)
        .bind(doing.at.0)
        .bind(number.to_string())
        .execute(&mut *work)
        .await?;
        if changed.rows_affected() == 0 {
            return Ok(None);
        }
        note(&mut work, doing, number, act, text).await?;
        work.commit().await?;
        self.case(number).await
    }

    /// One matter.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn case(&self, number: CaseNumber) -> Result<Option<CaseRow>, StoreFault> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT ");
        query.push(COLUMNS).push(" FROM cases WHERE number = ").push_bind(number.to_string());
        let row = query.build().fetch_optional(&self.pool).await?;
        row.as_ref().map(read).transpose()
    }

    /// The history of a matter, oldest first.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn case_history(&self, number: CaseNumber) -> Result<Vec<CaseLine>, StoreFault> {
        let rows = sqlx::query(
            "SELECT at_ms, call_id, act, text FROM case_history WHERE number = ? ORDER BY id LIMIT ?",
        )
        .bind(number.to_string())
        .bind(STORE_LIST_MAX)
        .fetch_all(&self.pool)
        .await?;
        let line = |row: &SqliteRow| {
            Ok(CaseLine {
                at_ms: row.try_get("at_ms")?,
                call: row.try_get("call_id")?,
                act: row.try_get("act")?,
                text: row.try_get("text")?,
            })
        };
        rows.iter().map(line).collect()
    }

    /// The matters that `filter` wants.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn cases(&self, filter: &CaseFilter) -> Result<Vec<CaseRow>, StoreFault> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT ");
        query.push(COLUMNS).push(" FROM cases WHERE TRUE");
        if let Some(entity) = &filter.entity {
            query.push(" AND entity = ").push_bind(entity.as_str().to_owned());
        }
        if let Some(state) = &filter.state {
            query.push(" AND state = ").push_bind(state.clone());
        }
        if let Some(before) = filter.before_ms {
            query.push(" AND opened_ms < ").push_bind(before);
        }
        query.push(" ORDER BY opened_ms DESC, number LIMIT ");
        query.push_bind(filter.limit.min(STORE_LIST_MAX));
        let rows = query.build().fetch_all(&self.pool).await?;
        rows.iter().map(read).collect()
    }

    /// Keeps an answer to a survey.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn keep_answer(
        &self,
        doing: &Doing,
        number: Option<CaseNumber>,
        entity: Option<&EntityId>,
        question: &str,
        answer: &str,
    ) -> Result<(), StoreFault> {
        sqlx::query(
            "INSERT INTO survey_answers (call_id, number, entity, question, answer, at_ms)
            VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(doing.call.to_string())
        .bind(number.map(|number| number.to_string()))
        .bind(entity.map(EntityId::as_str))
        .bind(question)
        .bind(answer)
        .bind(doing.at.0)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// A number that no matter has. Drawing one twice is one chance in hundreds.
async fn free_number(
    work: &mut Transaction<'_, Sqlite>,
    rng: &mut Rng,
) -> Result<CaseNumber, StoreFault> {
    for _ in 0..CASE_DRAWS_MAX {
        let number = CaseNumber::draw(rng);
        let taken: Option<i64> = sqlx::query_scalar("SELECT 1 FROM cases WHERE number = ?")
            .bind(number.to_string())
            .fetch_optional(&mut **work)
            .await?;
        if taken.is_none() {
            return Ok(number);
        }
    }
    let (place, why) = ("the table of cases".to_owned(), "no number is free".to_owned());
    Err(StoreFault::Unreadable { place, why })
}

async fn note(
    work: &mut Transaction<'_, Sqlite>,
    doing: &Doing,
    number: CaseNumber,
    act: &str,
    text: &str,
) -> Result<(), StoreFault> {
    sqlx::query(
        "INSERT INTO case_history (number, at_ms, call_id, act, text) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(number.to_string())
    .bind(doing.at.0)
    .bind(doing.call.to_string())
    .bind(act)
    .bind(text)
    .execute(&mut **work)
    .await?;
    Ok(())
}

fn read(row: &SqliteRow) -> Result<CaseRow, StoreFault> {
    Ok(CaseRow {
        number: row.try_get("number")?,
        call: row.try_get("call_id")?,
        citizen: row.try_get("citizen")?,
        entity: row.try_get("entity")?,
        department: row.try_get("department")?,
        kind: row.try_get("kind")?,
        reference: row.try_get("reference")?,
        language: row.try_get("language")?,
        state: row.try_get("state")?,
        opened_ms: row.try_get("opened_ms")?,
        changed_ms: row.try_get("changed_ms")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::model::{CaseKind, Language};
    use crate::shell::store::trial::{Place, call, within};

    fn doing(at: i64) -> Doing {
        Doing { call: call(1), citizen: "+971501234567".into(), at: Wall(at) }
    }

    fn complaint() -> NewCase {
        NewCase {
            entity: Some("power".into()),
            department: None,
            kind: CaseKind::Complaint,
            reference: "7".into(),
            text: "no light".into(),
            language: Language::Arabic,
        }
    }

    #[test]
    fn a_case_is_opened_added_to_found_and_closed() {
        within(async {
            let place = Place::new("cases");
            let (store, _writer) = place.open().await;
            let mut rng = Rng::seeded(1);
            let number =
                store.open_case(&doing(1), &complaint(), &mut rng).await.expect("a number");
            let other = store.open_case(&doing(2), &complaint(), &mut rng).await.expect("a number");
            store.change_case(&doing(3), number, CaseStep::Add("still dark")).await.expect("good");
            let done = store.change_case(&doing(4), number, CaseStep::Close("a fuse")).await;
            assert_eq!(done.expect("a good disk").map(|case| case.state), Some("done".into()));
            let history = store.case_history(number).await.expect("a good disk");
            let acts: Vec<_> = history.iter().map(|line| (&*line.act, &*line.text)).collect();
            assert_eq!(acts, [("open", "no light"), ("add", "still dark"), ("close", "a fuse")]);
            let open = CaseFilter { state: Some("open".into()), limit: 9, ..CaseFilter::default() };
            let open = store.cases(&open).await.expect("a good disk");
            let numbers: Vec<_> = open.iter().map(|case| case.number.clone()).collect();
            assert_eq!(numbers, [other.to_string()]);
            let none = CaseNumber::draw(&mut rng);
            assert_eq!(store.case(none).await.expect("a good disk"), None);
            let none = store.change_case(&doing(5), none, CaseStep::SelfServed).await;
            assert_eq!(none.expect("a good disk"), None);
        });
    }

    #[test]
    fn the_history_of_a_case_cannot_be_rewritten() {
        within(async {
            let place = Place::new("case-history");
            let (store, _writer) = place.open().await;
            store.open_case(&doing(1), &complaint(), &mut Rng::seeded(2)).await.expect("a number");
            for forgery in ["UPDATE case_history SET text = 'x'", "DELETE FROM case_history"] {
                assert!(sqlx::query(forgery).execute(&store.pool).await.is_err(), "{forgery}");
            }
        });
    }
}
