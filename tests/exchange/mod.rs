//! A simulator of the whole exchange without I/O: calls, one routing group, desks and phones.
//!
//! The machines are the engine's own; tasks, sockets, media and people are played here, from a
//! seed and on told time. What the tasks carry between the machines is carried as
//! `shell/worker/` and `shell/pool/` carry it: each task has one box,
//! whoever writes to it keeps their own order, and different writers interleave by chance.
#![expect(
    clippy::indexing_slicing,
    clippy::excessive_nesting,
    clippy::wrong_self_convention,
    reason = "a simulator that looks in the wrong place fails, as it should; letters go `to_` someone"
)]

mod books;
mod callbacks;
mod errands;
mod floor;
mod mail;
mod people;
mod pool;
mod promises;
mod shift;
mod worker;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use hatif::flow::{self, World};
use hatif::shell::files;

pub(crate) use shift::{Figures, Shift};

/// What happens in whole shifts, one for each seed from `first` on, in sum.
///
/// # Panics
///
/// When a promise is broken; what happened last is printed, and how to see it again.
pub(crate) fn shifts(first: u64, count: u64) -> Figures {
    let world = world();
    let mut sum = Figures::default();
    for seed in first..first.saturating_add(count) {
        sum.add(&Shift::new(seed, Arc::clone(&world)).run());
    }
    sum
}

/// The number that an environment variable gives.
#[expect(clippy::disallowed_methods, reason = "a test is told how long to run, and what to replay")]
pub(crate) fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`")))
}

fn world() -> Arc<World> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/bundle");
    let texts = files::bundle_in(&folder).expect("the bundle of the shifts is there");
    let bundle = flow::load(&texts, None).unwrap_or_else(|faults| panic!("{faults}"));
    Arc::new(World::new(bundle, &BTreeMap::new()))
}
