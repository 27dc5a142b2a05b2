//! Reading the calls of before.

use sqlx::{QueryBuilder, Sqlite};

use crate::base::id::{AgentId, CallId, EntityId};
use crate::base::limit::STORE_LIST_MAX;
use crate::record::CallRecord;
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

/// Which calls are wanted. The newest come first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFilter {
    /// Only those that she talked in.
    pub agent: Option<AgentId>,
    /// Only those for this entity.
    pub entity: Option<EntityId>,
    /// Only those that came before this one: the cursor of the next page.
    pub before: Option<CallId>,
    /// How many; at most [`STORE_LIST_MAX`].
    pub limit: u32,
}

impl Default for CallFilter {
    fn default() -> Self {
        Self { agent: None, entity: None, before: None, limit: 50 }
    }
}

impl Store {
    /// The calls that `filter` wants.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn calls(&self, filter: &CallFilter) -> Result<Vec<CallRecord>, StoreFault> {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT calls.record FROM calls");
        if let Some(agent) = &filter.agent {
            query.push(" JOIN call_agents ON call_agents.call_id = calls.call_id");
            query.push(" AND call_agents.agent = ").push_bind(agent.as_str().to_owned());
        }
        query.push(" WHERE TRUE");
        if let Some(entity) = &filter.entity {
            query.push(" AND calls.entity = ").push_bind(entity.as_str().to_owned());
        }
        if let Some(before) = &filter.before {
            query.push(" AND calls.call_id < ").push_bind(before.to_string());
        }
        query.push(" ORDER BY calls.call_id DESC LIMIT ");
        query.push_bind(filter.limit.min(STORE_LIST_MAX));
        let rows: Vec<String> = query.build_query_scalar().fetch_all(&self.pool).await?;
        rows.iter().map(|text| read(text)).collect()
    }

    /// One call.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn call(&self, call: CallId) -> Result<Option<CallRecord>, StoreFault> {
        let row: Option<String> = sqlx::query_scalar("SELECT record FROM calls WHERE call_id = ?")
            .bind(call.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_deref().map(read).transpose()
    }
}

fn read(text: &str) -> Result<CallRecord, StoreFault> {
    serde_json::from_str(text).map_err(|why| StoreFault::Unreadable {
        place: "the table of calls".into(),
        why: why.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::shell::store::trial::{Place, call, record, within};
    use crate::telemetry::Meter;

    #[test]
    fn calls_are_listed_newest_first_by_page_agent_and_entity() {
        within(async {
            let place = Place::new("list");
            let (store, writer) = place.open().await;
            for number in [0, 2, 4] {
                store.record(record(number, "maryam"));
                store.record(record(number + 1, "salem"));
            }
            let (read, ()) = tokio::join!(read_pages(store), writer.run());
            read.expect("a good disk");
        });
    }

    async fn read_pages(store: Store) -> Result<(), StoreFault> {
        store.flush().await;
        let page = CallFilter { limit: 2, ..CallFilter::default() };
        let next = CallFilter { before: Some(call(4)), ..page.clone() };
        let hers = CallFilter { agent: Some("maryam".into()), ..next.clone() };
        let power = CallFilter { entity: Some("power".into()), ..hers.clone() };
        let water = CallFilter { entity: Some("water".into()), ..hers.clone() };
        let cases = [
            (page, vec![call(5), call(4)]),
            (next, vec![call(3), call(2)]),
            (hers, vec![call(2), call(0)]),
            (power, vec![call(2), call(0)]),
            (water, vec![]),
        ];
        for (filter, expected) in cases {
            let found = store.calls(&filter).await?;
            let found: Vec<CallId> = found.iter().map(|record| record.call).collect();
            assert_eq!(found, expected, "{filter:?}");
        }
        assert_eq!(store.call(call(3)).await?, Some(record(3, "salem")));
        assert_eq!(store.call(call(99)).await?, None);
        store.close().await
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        within(async {
            let place = Place::new("unwritable");
            std::fs::create_dir_all(place.folder()).expect("a folder for tests");
            std::fs::write(place.folder().join("data"), "a file").expect("a file for tests");
            let url = format!("sqlite:{}/data/hatif.db", place.folder().display());
            let url = url.parse().expect("a store");
            let fault = Store::open(&url, Arc::new(Meter::new())).await.expect_err("no folder");
            let text = fault.to_string();
            assert!(text.contains("data/hatif.db` cannot be opened for writing"), "{text}");
        });
    }
}
