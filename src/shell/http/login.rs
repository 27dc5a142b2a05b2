//! Logging in and out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::json;

use crate::base::id::AgentId;
use crate::base::limit::{ID_CHARACTERS_MAX, PASSWORD_BYTES_MAX};
use crate::base::time::Moment;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::http::serve::Peer;
use crate::shell::http::sessions::Visitor;
use crate::shell::http::throttle::Throttle;
use crate::shell::store::Role;

/// The door's memory of wrong passwords, shared by all requests.
#[derive(Debug, Clone, Default)]
pub(super) struct Door(Arc<ArcSwap<Throttle>>);

#[derive(Deserialize)]
struct Credentials {
    agent: String,
    password: String,
}

impl Door {
    fn admit(&self, now: Moment, name: &str, address: IpAddr) -> Result<(), Duration> {
        let mut verdict = Ok(());
        self.0.rcu(|throttle| {
            let mut throttle = Throttle::clone(throttle);
            verdict = throttle.admit(now, name, address);
            throttle
        });
        verdict
    }

    fn was_right(&self, name: &str, address: IpAddr) {
        self.0.rcu(|throttle| {
            let mut throttle = Throttle::clone(throttle);
            throttle.was_right(name, address);
            throttle
        });
    }
}

/// Gives a token for a name and a password.
pub(super) async fn log_in(
    State(parts): State<HttpParts>,
    Extension(door): Extension<Door>,
    Extension(Peer(peer)): Extension<Peer>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let Credentials { agent, password } = credentials(body)?;
    if let Err(wait) = door.admit(parts.clock.now(), &agent, peer.ip()) {
        parts.meter.login("slowed");
        tracing::warn!(?agent, peer = %peer.ip(), ?wait, "login slowed down");
        return Err(Problem::slow_down(wait));
    }
    let id = AgentId::from(agent.as_str());
    let is_right = parts.store.verify_password(&id, &password).await?;
    let found = if is_right { parts.store.agent(&id).await? } else { None };
    let Some(found) = found else {
        parts.meter.login("wrong");
        tracing::info!(?agent, peer = %peer.ip(), "login refused");
        return Err(Problem::unauthorized("wrong name or password"));
    };
    door.was_right(&agent, peer.ip());
    let token = parts
        .sessions
        .open(&found)
        .map_err(|why| Problem::new(StatusCode::SERVICE_UNAVAILABLE, why.to_string()))?;
    parts.meter.login("accepted");
    tracing::info!(?agent, peer = %peer.ip(), "logged in");
    let who = json!({"id": found.id, "name": found.name, "role": found.role.as_str()});
    Ok(Json(json!({"token": token, "agent": who})).into_response())
}

/// Ends the token that the request carries.
pub(super) async fn log_out(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    visitor(&parts, &headers)?;
    if let Some(token) = bearer(&headers) {
        parts.sessions.end(token);
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whose token the request carries.
pub(super) fn visitor(parts: &HttpParts, headers: &HeaderMap) -> Result<Visitor, Problem> {
    bearer(headers)
        .and_then(|token| parts.sessions.visitor(token))
        .ok_or_else(|| Problem::unauthorized("a token of `/api/v1/login` is wanted"))
}

/// The supervisor whose token the request carries.
pub(super) fn supervisor(parts: &HttpParts, headers: &HeaderMap) -> Result<Visitor, Problem> {
    let visitor = visitor(parts, headers)?;
    match visitor.role {
        Role::Supervisor => Ok(visitor),
        Role::Agent => Err(Problem::new(StatusCode::FORBIDDEN, "this is for supervisors")),
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn credentials(body: Result<Bytes, BytesRejection>) -> Result<Credentials, Problem> {
    let body = body.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let unread = |why: serde_json::Error| {
        let detail = format!(r#"wanted {{"agent": "…", "password": "…"}}: {why}"#);
        Problem::new(StatusCode::BAD_REQUEST, detail)
    };
    let credentials: Credentials = serde_json::from_slice(&body).map_err(unread)?;
    let is_possible = credentials.agent.len() <= ID_CHARACTERS_MAX
        && credentials.password.len() <= PASSWORD_BYTES_MAX;
    // What is too long to be anybody's is not worth remembering.
    if is_possible { Ok(credentials) } else { Err(Problem::unauthorized("wrong name or password")) }
}
