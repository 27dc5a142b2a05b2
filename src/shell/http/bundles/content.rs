//! What is in a version: its prompts, its tests, where its callers are, and its sounds.

use std::path::Path as FilePath;

use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::flow::Bundle;
use crate::flow::graph::{self, Graph};
use crate::flow::model::{Flow, Prompt};
use crate::shell::http::bundles::{bundle_of, proof_of, version};
use crate::shell::http::login::supervisor;
use crate::shell::http::parts::{HttpParts, TrafficQuestion};
use crate::shell::http::problem::Problem;
use crate::shell::library::Trial;

type Name = Result<Path<String>, PathRejection>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct View {
    flow: Option<String>,
    language: Option<String>,
}

/// Lists the languages and the flows.
pub(super) async fn contents(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Json<Value>, Problem> {
    supervisor(&parts, &headers)?;
    let version = version(&parts.bundles, &named(name)?)?;
    let bundle = bundle_of(&parts.bundles, &version).await?;
    let languages: Vec<&str> = bundle.languages.iter().map(|of| of.tag()).collect();
    let flow = |of: &Flow| json!({"id": &*of.id, "title": &*of.title, "nodes": of.nodes.len()});
    let flows: Vec<Value> = bundle.flows.iter().map(flow).collect();
    Ok(Json(json!({"id": &*bundle.id, "languages": languages, "flows": flows})))
}

/// Draws the whole bundle, or one of its flows, with texts in one of its languages.
pub(super) async fn graph(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
    view: Result<Query<View>, QueryRejection>,
) -> Result<Json<Graph>, Problem> {
    supervisor(&parts, &headers)?;
    let version = version(&parts.bundles, &named(name)?)?;
    let Query(View { flow, language }) =
        view.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let bundle = bundle_of(&parts.bundles, &version).await?;
    let spoken = bundle.languages.iter().copied();
    let wanted = spoken.clone().find(|of| Some(of.tag()) == language.as_deref());
    // A page in a language that the bundle does not speak sees the bundle's first.
    let language = wanted.or_else(|| spoken.clone().next()).ok_or_else(Problem::not_found)?;
    Ok(Json(match flow {
        None => graph::of(&bundle, language),
        Some(flow) => {
            let flow = bundle.flow_named(&flow).ok_or_else(Problem::not_found)?;
            graph::of_flow(&bundle, flow, language)
        }
    }))
}

/// Lists what is said, in every language, with the sounds that say it.
pub(super) async fn prompts(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Json<Vec<Value>>, Problem> {
    supervisor(&parts, &headers)?;
    let version = version(&parts.bundles, &named(name)?)?;
    let bundle = bundle_of(&parts.bundles, &version).await?;
    Ok(Json(bundle.prompts.values().map(|of| prompt(&bundle, of)).collect()))
}

/// Lists what the writer of the bundle may not have meant.
pub(super) async fn warnings(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Json<Value>, Problem> {
    supervisor(&parts, &headers)?;
    let version = version(&parts.bundles, &named(name)?)?;
    let (_, warnings) = proof_of(&parts.bundles, &version).await?;
    Ok(Json(json!({"warnings": warnings.faults, "total": warnings.total})))
}

/// Tells what became of the tests.
pub(super) async fn tests(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Json<Value>, Problem> {
    supervisor(&parts, &headers)?;
    let version = version(&parts.bundles, &named(name)?)?;
    Ok(Json(match &version.trial {
        Trial::Unplayed => json!({"state": "unplayed"}),
        Trial::Playing => json!({"state": "playing"}),
        Trial::Unreadable(found) => json!({"state": "unreadable", "faults": found.faults}),
        Trial::Played(report) => {
            let state = if report.is_good() { "passed" } else { "failed" };
            json!({"state": state, "report": report.to_json()})
        }
    }))
}

/// Tells where the callers are, and where those of the last hour were.
pub(super) async fn traffic(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Json<Value>, Problem> {
    supervisor(&parts, &headers)?;
    let version = version(&parts.bundles, &named(name)?)?;
    let (reply, answer) = oneshot::channel();
    let now = parts.clock.epoch().wall(parts.clock.now());
    let hash = version.hash.to_string();
    let question = TrafficQuestion::Nodes { hash, now, reply };
    let busy = || Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many ask for this at once");
    parts.bundles.questions.try_send(question).map_err(|_| busy())?;
    let nodes = answer.await.map_err(|_| busy())?;
    let node = |of: &crate::telemetry::NodeTraffic| json!({"flow": of.flow, "node": of.node, "now": of.now, "last_hour": of.last_hour});
    let nodes: Vec<Value> = nodes.iter().map(node).collect();
    Ok(Json(json!({"at": now, "calls_now": version.calls(), "nodes": nodes})))
}

/// One sound of the versions that serve, as it was recorded.
pub(super) async fn sound(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    name: Name,
) -> Result<Response, Problem> {
    supervisor(&parts, &headers)?;
    let name = named(name)?;
    let standing = parts.bundles.shelf.standing();
    let tried = standing.candidate.as_ref().map(|candidate| &candidate.book);
    let is_ours =
        standing.active.clip(&name).or_else(|| tried.and_then(|book| book.clip(&name))).is_some();
    if !is_ours {
        return Err(Problem::not_found());
    }
    let file = parts.bundles.sounds.join(format!("{name}.wav"));
    let read = tokio::task::spawn_blocking(move || std::fs::read::<&FilePath>(&file)).await;
    let bytes = read.ok().and_then(Result::ok).ok_or_else(Problem::not_found)?;
    Ok(([(header::CONTENT_TYPE, "audio/wav")], bytes).into_response())
}

fn named(name: Name) -> Result<String, Problem> {
    let Path(name) = name.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    Ok(name)
}

fn prompt(bundle: &Bundle, prompt: &Prompt) -> Value {
    let languages = bundle.languages.iter().map(|&language| {
        let said = json!({
            "text": prompt.shown(language),
            "sounds": prompt.sound_names(language),
        });
        (language.tag().to_owned(), said)
    });
    json!({"id": &*prompt.id, "languages": languages.collect::<Map<_, _>>()})
}
