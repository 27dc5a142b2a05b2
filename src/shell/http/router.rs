//! Which address is answered by what, and what every answer has in common.

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::base::limit::{HTTP_BODY_BYTES_MAX, HTTP_REQUEST_PATIENCE};
use crate::shell::http::login::{self, Door};
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::http::socket::{self, Doors};
use crate::shell::http::{
    bundles, callbacks, calls, cases, figures, health, numbers, pages, recordings, why,
};

/// What every answer says to the browser.
const HEADERS: [(HeaderName, HeaderValue); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(
            "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; object-src 'none'; \
             base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
        ),
    ),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("microphone=(self), camera=(), geolocation=()"),
    ),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    ),
];

/// Everything that is answered.
pub(super) fn router(parts: HttpParts) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/desk", get(pages::desk))
        .route("/call", get(pages::caller))
        .route("/flows", get(pages::flows))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/api/v1/login", post(login::log_in))
        .route("/api/v1/logout", post(login::log_out))
        .route("/api/v1/callbacks", get(callbacks::list))
        .route("/api/v1/calls", get(calls::list))
        .route("/api/v1/calls/{call}", get(calls::one))
        .route("/api/v1/calls/{call}/why", get(why::one))
        .route("/api/v1/cases", get(cases::list))
        .route("/api/v1/cases/{number}", get(cases::one))
        .route("/api/v1/recordings", get(recordings::list_calls))
        .route("/api/v1/recordings/{file}", get(recordings::hear_call))
        .route("/api/v1/voicemails", get(recordings::list_messages))
        .route("/api/v1/voicemails/{file}", get(recordings::hear_message))
        .route("/api/v1/figures", get(figures::list))
        .route("/api/v1/figures.csv", get(figures::table))
        .route("/api/v1/numbers", get(numbers::list))
        .merge(bundles::routes())
        .route("/ws/desk", get(socket::desk))
        .route("/ws/call", get(socket::caller))
        .fallback(pages::file)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(HTTP_BODY_BYTES_MAX))
        .layer(middleware::from_fn(in_time))
        .layer(middleware::map_response(dress))
        .layer(Extension(Door::default()))
        .layer(Extension(Doors::default()))
        .with_state(parts)
}

async fn not_allowed() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this address takes another method")
}

async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(HTTP_REQUEST_PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, "this took too long; try again")
            .into_response(),
    }
}

async fn dress(mut response: Response) -> Response {
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, value);
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
