//! The bundle's versions over the API: what serves, what served, what is in it, and orders.

mod content;
mod list;
mod orders;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use crate::flow::diagnostic::Fault;
use crate::flow::{Bundle, Faults, Proof};
use crate::shell::book::BookFault;
use crate::shell::http::parts::{BundleParts, HttpParts};
use crate::shell::http::problem::Problem;
use crate::shell::library::Version;

/// What is answered of bundles, all of it to supervisors.
pub(super) fn routes() -> Router<HttpParts> {
    Router::new()
        .route("/api/v1/bundles", get(list::all))
        .route("/api/v1/bundles/history", get(list::history))
        .route("/api/v1/bundles/reload", post(orders::reload))
        .route("/api/v1/bundles/rollback", post(orders::roll_back))
        .route("/api/v1/bundles/candidate", post(orders::try_out))
        .route("/api/v1/bundles/promote", post(orders::promote))
        .route("/api/v1/bundles/drop", post(orders::withdraw))
        .route("/api/v1/bundles/{bundle}/contents", get(content::contents))
        .route("/api/v1/bundles/{bundle}/graph", get(content::graph))
        .route("/api/v1/bundles/{bundle}/prompts", get(content::prompts))
        .route("/api/v1/bundles/{bundle}/warnings", get(content::warnings))
        .route("/api/v1/bundles/{bundle}/tests", get(content::tests))
        .route("/api/v1/bundles/{bundle}/traffic", get(content::traffic))
        .route("/api/v1/sounds/{*name}", get(content::sound))
}

/// The version that an address names.
fn version(parts: &BundleParts, name: &str) -> Result<Version, Problem> {
    parts.shelf.standing().version(name).cloned().ok_or_else(Problem::not_found)
}

/// The bundle of a version, with its warnings: out of memory, or read again from where it is kept.
async fn proof_of(
    parts: &BundleParts,
    version: &Version,
) -> Result<(Arc<Bundle>, Faults), Problem> {
    if let Some(book) = version.book() {
        return Ok((Arc::clone(book.bundle()), book.warnings.clone()));
    }
    let (vault, hash) = (parts.vault.clone(), Arc::clone(&version.hash));
    let read = tokio::task::spawn_blocking(move || vault.proof(&hash)).await;
    let read = read.map_err(|why| why.to_string());
    let proof = read.and_then(|proof| proof.map_err(|why| why.to_string()));
    let proof = proof.and_then(|Proof { bundle, faults }| match bundle {
        Some(bundle) => Ok((bundle, faults)),
        None => Err(faults.to_string()),
    });
    proof.map_err(|why| {
        Problem::new(StatusCode::GONE, format!("the kept copy cannot be read: {why}"))
    })
}

async fn bundle_of(parts: &BundleParts, version: &Version) -> Result<Arc<Bundle>, Problem> {
    Ok(proof_of(parts, version).await?.0)
}

/// Why a bundle cannot serve, as it is told.
struct Told<'a> {
    detail: String,
    faults: &'a [Fault],
    total: usize,
}

fn fault(fault: &BookFault) -> Told<'_> {
    match fault {
        BookFault::Bundle(Faults { faults, total, .. }) => {
            Told { detail: format!("faults in the bundle: {total}"), faults, total: *total }
        }
        BookFault::Files(_)
        | BookFault::Broken(_)
        | BookFault::Settings(_)
        | BookFault::Missing { .. }
        | BookFault::Sound { .. } => Told { detail: fault.to_string(), faults: &[], total: 0 },
    }
}
