//! What may be dialled.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;

/// A number that the bundle answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DialledNumber {
    /// The number.
    pub number: String,
    /// What answers there, for people; `None` when the bundle does not say.
    pub title: Option<String>,
}

/// Lists what may be dialled, for the test caller.
pub(super) async fn list(
    State(parts): State<HttpParts>,
) -> Result<Json<Vec<DialledNumber>>, Problem> {
    match &parts.on_caller {
        Some(_) => Ok(Json((parts.numbers)())),
        None => Err(Problem::not_found()),
    }
}
