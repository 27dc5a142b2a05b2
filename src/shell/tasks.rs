//! Where tasks start: each with a name and an owner.

use std::future::Future;

use tokio::task::JoinHandle;
use tracing::Instrument;

/// Starts a task. Its owner keeps the handle, or knows that it ends with its channel.
#[expect(clippy::disallowed_methods, reason = "this is the one place that starts tasks")]
pub fn spawn<F>(name: &'static str, work: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    tokio::spawn(work.instrument(tracing::debug_span!("task", name)))
}
