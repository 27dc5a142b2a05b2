//! Which versions there are, what became of them, and how all this came about.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::shell::http::bundles::{Told, fault};
use crate::shell::http::login::supervisor;
use crate::shell::http::parts::{BundleParts, HttpParts, TrafficQuestion};
use crate::shell::http::problem::Problem;
use crate::shell::library::{Served, Standing, Trial, Version};
use crate::shell::store::Activation;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    limit: Option<u32>,
}

/// Lists the versions, the one that served last first.
pub(super) async fn all(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
) -> Result<Json<Map<String, Value>>, Problem> {
    supervisor(&parts, &headers)?;
    Ok(Json(shown(&parts.bundles).await))
}

/// Lists what was done, newest first.
pub(super) async fn history(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Vec<Activation>>, Problem> {
    supervisor(&parts, &headers)?;
    let Query(wanted) = wanted.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    Ok(Json(parts.store.activations(wanted.limit.unwrap_or(50)).await?))
}

/// What is known of all versions.
pub(super) async fn shown(parts: &BundleParts) -> Map<String, Value> {
    let (reply, answer) = oneshot::channel();
    let asked = parts.questions.try_send(TrafficQuestion::Calls(reply)).is_ok();
    let totals = if asked { answer.await.unwrap_or_default() } else { BTreeMap::new() };
    let standing = parts.shelf.standing();
    let total = |hash: &str| totals.get(hash).copied().unwrap_or(0);
    let versions = standing.versions.iter();
    let versions: Vec<Value> = versions.map(|of| version(&standing, of, total(&of.hash))).collect();
    let candidate = standing.candidate.as_ref().map(|candidate| {
        json!({
            "hash": &*candidate.book.bundle().hash,
            "share": candidate.share.hundredths(),
            "callers": candidate.callers().collect::<Vec<_>>(),
        })
    });
    let refusal = standing.refusal.as_ref().map(|refusal| {
        let Told { detail, faults, total } = fault(&refusal.fault);
        let (at, means, who) = (refusal.at, refusal.by.means.word(), &refusal.by.who);
        json!({"at": at, "means": means, "who": who, "detail": detail, "faults": faults, "total": total})
    });
    let bundle = standing.active.bundle();
    Map::from_iter([
        ("id".to_owned(), json!(&*bundle.id)),
        ("active".to_owned(), json!(&*bundle.hash)),
        ("candidate".to_owned(), json!(candidate)),
        ("versions".to_owned(), json!(versions)),
        ("refusal".to_owned(), json!(refusal)),
    ])
}

fn version(standing: &Standing, version: &Version, total: u64) -> Value {
    json!({
        "hash": &*version.hash,
        "state": standing.state_of(&version.hash).word(),
        "at": version.at,
        "means": version.by.means.word(),
        "who": version.by.who,
        "changes": &*version.changes,
        "calls_now": version.calls(),
        "calls_total": total,
        "in_memory": version.is_in_memory(),
        "has_served_all": version.served == Served::Everybody,
        "tests": tests(&version.trial),
    })
}

fn tests(trial: &Trial) -> Value {
    match trial {
        Trial::Unplayed => json!({"state": "unplayed"}),
        Trial::Playing => json!({"state": "playing"}),
        Trial::Unreadable(faults) => json!({"state": "unreadable", "faults": faults.total}),
        Trial::Played(report) => {
            let failed = report.verdicts.iter().filter(|of| of.failure.is_some()).count();
            json!({
                "state": if report.is_good() { "passed" } else { "failed" },
                "tests": report.verdicts.len(),
                "failed": failed,
            })
        }
    }
}
