//! The pages, embedded in the program, or read from `web/dist` in a debug build.

use axum::extract::State;
use axum::http::{Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::RustEmbed;

use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Web;

const INDEX: &str = r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Hatif</title>
<h1>Hatif</h1>
<ul>
<li><a href="desk">The agents' desk</a>
<li><a href="call">A test call</a>
<li><a href="flows">The flows that serve</a>
<li><a href="readyz">Whether calls are taken</a>
<li><a href="metrics">Metrics</a>
</ul>
</html>
"#;

const NOT_BUILT: &str = r#"<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Hatif</title>
<h1>The pages are not in this build</h1>
<p>Build them with <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code>, and then the program again.</p>
</html>
"#;

/// What there is here.
pub(super) async fn index() -> Html<&'static str> {
    Html(INDEX)
}

/// The agents' desk.
pub(super) async fn desk() -> Response {
    page("desk.html")
}

/// The bundle's flows.
pub(super) async fn flows() -> Response {
    page("flows.html")
}

/// The test caller.
pub(super) async fn caller(State(parts): State<HttpParts>) -> Response {
    match &parts.on_caller {
        Some(_) => page("call.html"),
        None => Problem::not_found().into_response(),
    }
}

/// Whatever else a page is made of; what is not there is a problem.
pub(super) async fn file(method: Method, uri: Uri) -> Response {
    let path = uri.path().trim_start_matches('/');
    // The pages have addresses of their own.
    let found = if path.ends_with(".html") { None } else { Web::get(path) };
    match found {
        Some(file) if method == Method::GET || method == Method::HEAD => {
            // Names under `assets` carry a hash of what is in them.
            let keep = if path.starts_with("assets/") {
                "public, max-age=31536000, immutable"
            } else {
                "no-cache"
            };
            let headers = [(header::CONTENT_TYPE, kind(path)), (header::CACHE_CONTROL, keep)];
            (headers, file.data).into_response()
        }
        Some(_) => {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this can only be read").into_response()
        }
        None => Problem::not_found().into_response(),
    }
}

fn page(name: &str) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    match Web::get(name) {
        Some(file) => (headers, file.data).into_response(),
        None => (StatusCode::NOT_FOUND, headers, NOT_BUILT).into_response(),
    }
}

/// The media type of a file, by its ending.
fn kind(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("wasm") => "application/wasm",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}
