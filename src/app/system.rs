//! What the engine asks of the system once: descriptors and randomness.

use anyhow::{Context, Result};
use rand::TryRng;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::base::chance::Rng;

/// Raises the limit of open files: each call takes two, and the usual limit is a thousand.
pub(super) fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(fault) = setrlimit(Resource::Nofile, raised) {
        tracing::warn!(%fault, limit = ?limit.current, "the limit of open files stays as it is");
    }
}

/// Fills `bytes` from the system's own source.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    rand::rngs::SysRng.try_fill_bytes(bytes).context("the system has no randomness")
}

/// Chance that nobody can foresee.
pub(super) fn chance() -> Result<Rng> {
    let mut seed = [0; 8];
    random(&mut seed)?;
    Ok(Rng::seeded(u64::from_le_bytes(seed)))
}
