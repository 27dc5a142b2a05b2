//! Thousands of whole shifts and random worlds, for `make soak`: `SOAK=1` plays them, `SEEDS` says
//! how many.
#![expect(clippy::print_stdout, reason = "a soak tells how far it has come")]

#[path = "exchange/mod.rs"]
mod simulator;

#[path = "sim/mod.rs"]
mod sim;

/// How many shifts are played when nobody says.
const SEEDS: u64 = 2_000;
/// How many are played between two lines of progress.
const CHUNK: u64 = 250;
/// A world of routing alone is that much cheaper than a whole shift.
const WORLDS_PER_SEED: u64 = 10;
/// How many worlds are played between two lines of progress.
const WORLDS_CHUNK: usize = 2_500;

#[test]
fn thousands_of_shifts_keep_every_promise() {
    if simulator::number("SOAK").is_none() {
        println!("SOAK=1 plays thousands of shifts; `make soak` does");
        return;
    }
    let seeds = simulator::number("SEEDS").unwrap_or(SEEDS);
    let mut sum = simulator::Figures::default();
    while sum.shifts < seeds {
        sum.add(&simulator::shifts(sum.shifts, CHUNK.min(seeds - sum.shifts)));
        println!("{sum:?}");
    }
}

#[test]
fn thousands_of_worlds_agree_with_the_reference_model() {
    if simulator::number("SOAK").is_none() {
        println!("SOAK=1 plays thousands of worlds; `make soak` does");
        return;
    }
    let seeds = simulator::number("SEEDS").unwrap_or(SEEDS).saturating_mul(WORLDS_PER_SEED);
    let start = sim::commit().unwrap_or(0);
    let mut sum = sim::Figures::default();
    for first in (0..seeds).step_by(WORLDS_CHUNK) {
        let chunk = (WORLDS_CHUNK as u64).min(seeds - first);
        sum.add(&sim::worlds(start.wrapping_add(first), chunk));
        println!("{sum:?}");
    }
}
