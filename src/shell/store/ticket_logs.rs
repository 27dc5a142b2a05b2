//! The logs of tickets: why callers waited.

use sqlx::sqlite::SqlitePool;

use crate::base::id::CallId;
use crate::base::limit::STORE_LIST_MAX;
use crate::record::why::TicketLog;
use crate::shell::store::fault::StoreFault;
use crate::shell::store::open::Store;

impl Store {
    /// The logs of a call's tickets that are settled, oldest first, at most [`STORE_LIST_MAX`].
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn ticket_logs(&self, call: CallId) -> Result<Vec<TicketLog>, StoreFault> {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT log FROM ticket_logs WHERE call_id = ? ORDER BY ticket_id LIMIT ?",
        )
        .bind(call.to_string())
        .bind(STORE_LIST_MAX)
        .fetch_all(&self.pool)
        .await?;
        let read = |text: &String| {
            serde_json::from_str(text).map_err(|why| StoreFault::Unreadable {
                place: "the logs of tickets".into(),
                why: why.to_string(),
            })
        };
        rows.iter().map(read).collect()
    }
}

/// Writes logs; one that is there already stays as it is.
pub(super) async fn write(pool: &SqlitePool, logs: &[TicketLog]) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    for log in logs {
        let text = serde_json::to_string(log).map_err(|why| sqlx::Error::Encode(why.into()))?;
        sqlx::query(
            "INSERT INTO ticket_logs (ticket_id, call_id, version, entered_ms, log)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT (ticket_id) DO NOTHING",
        )
        .bind(log.ticket.to_string())
        .bind(log.call.to_string())
        .bind(log.version)
        .bind(log.entered_at.0)
        .bind(text)
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::id::TicketId;
    use crate::base::time::Wall;
    use crate::record::why::TicketLogs;
    use crate::routing::{Class, Departure, Event, Fact, Waits};
    use crate::shell::store::trial::{Place, call, within};

    fn log(number: u64) -> TicketLog {
        let mut logs = TicketLogs::default();
        let ticket = TicketId::new(Wall(1), &mut Rng::seeded(number));
        let event = |fact| Event { version: Event::VERSION, at: Wall(7), fact };
        let entered = Fact::Entered {
            ticket,
            call: call(1),
            queue: "care".into(),
            entity: Some("power".into()),
            class: Class::EMERGENCY,
            carried_ms: 0,
            who: Waits::Caller,
        };
        let left = Fact::Left {
            ticket,
            call: call(1),
            queue: "care".into(),
            entity: Some("power".into()),
            why: Departure::CallerLeft,
            waited_ms: 9,
        };
        assert_eq!(logs.handle(&event(entered)), None);
        logs.handle(&event(left)).expect("the last one")
    }

    #[test]
    fn logs_come_back_as_they_were_each_once() {
        within(async {
            let place = Place::new("logs");
            let (store, writer) = place.open().await;
            let read = async {
                [1, 2, 1].into_iter().for_each(|number| store.log(log(number)));
                store.flush().await;
                let found = store.ticket_logs(call(1)).await.expect("a good disk");
                assert_eq!(found.len(), 2);
                assert!([1, 2].map(log).iter().all(|log| found.contains(log)), "{found:?}");
                assert_eq!(store.ticket_logs(call(2)).await.expect("a good disk"), []);
                store.clone().close().await
            };
            let (closed, ()) = tokio::join!(read, writer.run());
            closed.expect("a good disk");
        });
    }
}
