//! Errors as problem details (RFC 9457).

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::shell::store::StoreFault;

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct Problem {
    status: StatusCode,
    detail: String,
    retry_after: Option<Duration>,
    more: Vec<(&'static str, Value)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self { status, detail: detail.into(), retry_after: None, more: Vec::new() }
    }

    /// Too many tries: the next one is heard after `wait`.
    pub(super) fn slow_down(wait: Duration) -> Self {
        let detail = "too many wrong passwords; wait before the next try";
        let retry_after = Some(wait);
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, detail) }
    }

    /// Adds a member of its own to what is told.
    pub(super) fn with(mut self, name: &'static str, value: Value) -> Self {
        self.more.push((name, value));
        self
    }

    /// There is no such thing, or it is not for this visitor.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "there is nothing here of that name")
    }

    /// The visitor has not said who he is.
    pub(super) fn unauthorized(detail: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, detail)
    }
}

impl From<StoreFault> for Problem {
    fn from(fault: StoreFault) -> Self {
        tracing::error!(%fault, "the store failed a request");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the store does not answer; try again")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let title = self.status.canonical_reason().unwrap_or("Error");
        let told = [
            ("type", json!("about:blank")),
            ("title", json!(title)),
            ("status", json!(self.status.as_u16())),
            ("detail", json!(self.detail)),
        ];
        let members = told.into_iter().chain(self.more);
        let body: Map<String, Value> =
            members.map(|(name, value)| (name.to_owned(), value)).collect();
        let body = Value::Object(body);
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status, kind, body.to_string()).into_response();
        if let Some(wait) = self.retry_after {
            // Rounded up: a try at that second is heard.
            let seconds = wait.as_millis().div_ceil(1_000).max(1).to_string();
            if let Ok(seconds) = HeaderValue::from_str(&seconds) {
                response.headers_mut().insert(header::RETRY_AFTER, seconds);
            }
        }
        if self.status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}
