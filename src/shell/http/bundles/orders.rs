//! Orders of supervisors about which version serves.

use std::path::PathBuf;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::shell::book::BookFault;
use crate::shell::http::bundles::{Told, fault, list};
use crate::shell::http::login::supervisor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;
use crate::shell::library::{Act, By, From, Means, Refused, Share, Wish};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Whereto {
    hash: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tried {
    path: Option<PathBuf>,
    hash: Option<String>,
    #[serde(default)]
    share: u8,
    #[serde(default)]
    callers: Vec<String>,
}

type Answer = Result<Json<Map<String, Value>>, Problem>;
type Body = Result<Bytes, BytesRejection>;

/// Reads the bundle's folder again.
pub(super) async fn reload(State(parts): State<HttpParts>, headers: HeaderMap) -> Answer {
    order(&parts, &headers, Act::Reload).await
}

/// Lets an earlier version serve again.
pub(super) async fn roll_back(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    supervisor(&parts, &headers)?;
    let Whereto { hash } = read(body)?;
    order(&parts, &headers, Act::RollBack(hash)).await
}

/// Lets a candidate serve some calls.
pub(super) async fn try_out(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    body: Body,
) -> Answer {
    supervisor(&parts, &headers)?;
    let Tried { path, hash, share, callers } = read(body)?;
    let from = match (path, hash) {
        (None, None) => From::Folder,
        (Some(path), None) => From::Path(path),
        (None, Some(hash)) => From::Kept(hash),
        (Some(_), Some(_)) => {
            let detail = "wanted a `path` or a `hash`, found both";
            return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
        }
    };
    let share = Share::of_hundred(share)
        .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "wanted a `share` of 0 to 100"))?;
    order(&parts, &headers, Act::TryOut(Wish { from, share, callers })).await
}

/// Lets the candidate serve all new calls.
pub(super) async fn promote(State(parts): State<HttpParts>, headers: HeaderMap) -> Answer {
    order(&parts, &headers, Act::Promote).await
}

/// Lets the candidate serve no more new calls.
pub(super) async fn withdraw(State(parts): State<HttpParts>, headers: HeaderMap) -> Answer {
    order(&parts, &headers, Act::Withdraw).await
}

async fn order(parts: &HttpParts, headers: &HeaderMap, act: Act) -> Answer {
    let who = supervisor(parts, headers)?.agent;
    let by = By { means: Means::Api, who: Some(who) };
    let done = parts.bundles.library.order(act, by).await.map_err(|why| problem(&why))?;
    let mut answer = list::shown(&parts.bundles).await;
    answer.insert("hash".to_owned(), json!(&*done.hash));
    Ok(Json(answer))
}

fn problem(refused: &Refused) -> Problem {
    let status = match refused {
        Refused::Book(book) => return faulty(book),
        Refused::NoSuchVersion(_) => StatusCode::NOT_FOUND,
        Refused::Changed(_) => StatusCode::GONE,
        Refused::NothingBefore | Refused::NoCandidate => StatusCode::CONFLICT,
        Refused::Elsewhere(_) | Refused::Callers(_) => StatusCode::BAD_REQUEST,
        Refused::Busy => StatusCode::SERVICE_UNAVAILABLE,
    };
    Problem::new(status, refused.to_string())
}

/// The bundle cannot serve: its faults are told with their places.
fn faulty(book: &BookFault) -> Problem {
    let Told { detail, faults, total } = fault(book);
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail)
        .with("faults", json!(faults))
        .with("total", json!(total))
}

/// A body that may be empty.
fn read<T: Default + DeserializeOwned>(body: Body) -> Result<T, Problem> {
    let body = body.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    if body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(&body)
        .map_err(|why| Problem::new(StatusCode::BAD_REQUEST, why.to_string()))
}
