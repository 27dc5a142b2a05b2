//! `/api/v1/calls/{call}/why`: why a caller waited, for supervisors.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use tokio::sync::oneshot;

use crate::base::id::CallId;
use crate::flow::hours::clock;
use crate::record::why::{Answer, Tongue};
use crate::shell::http::login::supervisor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    language: Option<String>,
}

/// Says why a caller waited, or still does.
pub(super) async fn one(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    call: Result<Path<String>, PathRejection>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Answer>, Problem> {
    supervisor(&parts, &headers)?;
    let Path(call) = call.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let Query(wanted) = wanted.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let call = CallId::parse(&call).ok_or_else(Problem::not_found)?;
    let tongue = match wanted.language.as_deref() {
        None => Tongue::default(),
        Some(tag) => Tongue::of(tag).ok_or_else(|| {
            Problem::new(StatusCode::BAD_REQUEST, "wanted `en` or `ar` as `language`")
        })?,
    };
    let (reply, open) = oneshot::channel();
    (parts.ask_why)(call, reply);
    // A pool that has stopped has handed all its logs to the store.
    let open = open.await.unwrap_or_default();
    // What was settled in between is written by then.
    parts.store.flush().await;
    let written = parts.store.ticket_logs(call).await?;
    // Of a ticket that was open a moment ago, what is written is the whole.
    let logs: BTreeMap<_, _> =
        open.into_iter().chain(written).map(|log| (log.ticket, log)).collect();
    if logs.is_empty() && parts.store.call(call).await?.is_none() {
        return Err(Problem::not_found());
    }
    let zone = parts.bundles.shelf.active().bundle().zone();
    let logs = logs.into_values().collect();
    Ok(Json(Answer::new(call, logs, tongue, |wall| clock(wall, Some(&zone)))))
}
