//! The citizens' matters, for supervisors.

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::base::case_number::CaseNumber;
use crate::base::id::EntityId;
use crate::shell::http::login::visitor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::store::{CaseFilter, CaseRow, Role};

/// How many cases a page has when nobody says.
const PAGE: u32 = 50;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    entity: Option<String>,
    state: Option<String>,
    before_ms: Option<i64>,
    limit: Option<u32>,
}

/// Lists cases, newest first.
pub(super) async fn list(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<CaseRow>>, Problem> {
    supervisors_only(&parts, &headers)?;
    let Query(wanted) = wanted.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let filter = CaseFilter {
        entity: wanted.entity.as_deref().map(EntityId::from),
        state: wanted.state,
        before_ms: wanted.before_ms,
        limit: wanted.limit.unwrap_or(PAGE),
    };
    Ok(Json(parts.store.cases(&filter).await?))
}

/// Shows one case with its history.
pub(super) async fn one(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    number: Result<Path<String>, PathRejection>,
) -> Result<Json<Value>, Problem> {
    supervisors_only(&parts, &headers)?;
    let Path(number) = number.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let number = CaseNumber::parse(&number).ok_or_else(Problem::not_found)?;
    let case = parts.store.case(number).await?.ok_or_else(Problem::not_found)?;
    let history = parts.store.case_history(number).await?;
    Ok(Json(json!({"case": case, "history": history})))
}

fn supervisors_only(parts: &HttpParts, headers: &HeaderMap) -> Result<(), Problem> {
    match visitor(parts, headers)?.role {
        Role::Supervisor => Ok(()),
        Role::Agent => {
            Err(Problem::new(StatusCode::FORBIDDEN, "the list of cases is for supervisors"))
        }
    }
}
