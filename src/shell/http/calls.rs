//! The calls of before, as far as the visitor may see them.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::base::id::{AgentId, CallId, EntityId};
use crate::base::mask;
use crate::call::event::{Direction, Line};
use crate::record::CallRecord;
use crate::shell::http::login::visitor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::http::sessions::Visitor;
use crate::shell::store::{CallFilter, Role};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    agent: Option<String>,
    entity: Option<String>,
    before: Option<String>,
    limit: Option<u32>,
}

/// Lists calls, newest first. An agent sees those that she talked in.
pub(super) async fn list(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<Value>>, Problem> {
    let visitor = visitor(&parts, &headers)?;
    let Query(wanted) = wanted.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let filter = filter(&visitor, wanted)?;
    let records = parts.store.calls(&filter).await?;
    Ok(Json(records.iter().map(|record| summary(&parts, &visitor, record)).collect()))
}

/// Shows one call in full.
pub(super) async fn one(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    call: Result<Path<String>, PathRejection>,
) -> Result<Json<CallRecord>, Problem> {
    let visitor = visitor(&parts, &headers)?;
    let Path(call) = call.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let call = CallId::parse(&call).ok_or_else(Problem::not_found)?;
    let mut record = parts.store.call(call).await?.ok_or_else(Problem::not_found)?;
    if visitor.role == Role::Agent && !record.has_talked(&visitor.agent) {
        return Err(Problem::not_found());
    }
    (record.from, record.to) = ends(&visitor, &record);
    for transfer in &mut record.transfers {
        transfer.to = shown(&visitor, Line::Sip, &transfer.to);
    }
    Ok(Json(record))
}

fn filter(visitor: &Visitor, wanted: Wanted) -> Result<CallFilter, Problem> {
    let Wanted { agent, entity, before, limit } = wanted;
    let before = match before.as_deref().map(CallId::parse) {
        Some(None) => {
            let detail = "wanted the id of a call as `before`";
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        }
        Some(before) => before,
        None => None,
    };
    let agent = match (visitor.role, agent.as_deref()) {
        (Role::Agent, None) | (_, Some("me")) => Some(visitor.agent.clone()),
        (Role::Agent, Some(other)) if other == visitor.agent.as_str() => {
            Some(visitor.agent.clone())
        }
        (Role::Agent, Some(_)) => {
            let detail = "the calls of others are for supervisors";
            return Err(Problem::new(StatusCode::FORBIDDEN, detail));
        }
        (Role::Supervisor, other) => other.map(AgentId::from),
    };
    let entity = entity.as_deref().map(EntityId::from);
    let limit = limit.unwrap_or_else(|| CallFilter::default().limit);
    Ok(CallFilter { agent, entity, before, limit })
}

fn summary(parts: &HttpParts, visitor: &Visitor, record: &CallRecord) -> Value {
    let entity = record.entity.as_ref().map(|entity| {
        let names = (parts.entity_names)(entity);
        json!({"id": entity, "name": names})
    });
    let (from, to) = ends(visitor, record);
    json!({
        "id": record.call,
        "started_ms": record.arrived_at.0,
        "direction": record.direction,
        "from": from,
        "to": to,
        "entity": entity,
        "queue": record.queue,
        "language": record.language,
        "agent": record.agent(),
        "queue_wait_s": record.queue_wait_ms.map(|wait| wait / 1_000),
        "talk_s": record.talk_ms.map(|talk| talk / 1_000),
        "ending": record.ending,
    })
}

/// Both ends of a call, the citizen's as the visitor may see it.
fn ends(visitor: &Visitor, record: &CallRecord) -> (String, String) {
    let shown = |number: &str| shown(visitor, record.line, number);
    match record.direction {
        Direction::Inbound => (shown(&record.from), record.to.clone()),
        Direction::Outbound => (record.from.clone(), shown(&record.to)),
    }
}

/// A caller's number as the visitor may see it.
fn shown(visitor: &Visitor, line: Line, number: &str) -> String {
    match (visitor.role, line) {
        (Role::Agent, Line::Sip) => mask::number(number),
        // A browser has no number to hide.
        (Role::Agent, Line::Webrtc) | (Role::Supervisor, _) => number.to_owned(),
    }
}
