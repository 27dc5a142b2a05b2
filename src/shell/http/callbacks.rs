//! `/api/v1/callbacks`: the call-backs that were promised.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde_json::{Value, json};

use crate::base::limit::STORE_LIST_MAX;
use crate::base::mask;
use crate::shell::http::login::visitor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::store::Role;

/// Lists call-backs, newest first. Numbers are in full for supervisors only.
pub(super) async fn list(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
) -> Result<Json<Vec<Value>>, Problem> {
    let visitor = visitor(&parts, &headers)?;
    let rows = parts.store.callbacks(STORE_LIST_MAX).await?;
    let shown = rows.iter().map(|row| {
        let what = &row.what;
        let number = match visitor.role {
            Role::Agent => mask::number(&what.number),
            Role::Supervisor => what.number.clone(),
        };
        json!({
            "id": what.id,
            "state": row.standing,
            "number": number,
            "queue": what.entry.queue,
            "entity": what.entry.entity,
            "language": what.card.language,
            "asked_ms": what.asked_at.0,
            "waits_since_ms": what.waits_since.0,
            "due_ms": what.due_at.0,
            "tries": what.tries,
        })
    });
    Ok(Json(shown.collect()))
}
