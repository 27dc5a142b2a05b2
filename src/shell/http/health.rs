//! Whether the engine lives, whether it takes calls, and what it counts.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The engine takes calls.
pub(super) async fn ready(State(parts): State<HttpParts>) -> Result<&'static str, Problem> {
    match (parts.ready)() {
        Ok(()) => Ok("ready\n"),
        Err(why) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, why)),
    }
}

/// The metrics, as Prometheus reads them.
pub(super) async fn metrics(State(parts): State<HttpParts>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    (kind, parts.meter.render()).into_response()
}
