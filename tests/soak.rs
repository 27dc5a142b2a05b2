//! Thousands of whole shifts, for `make soak`: `SOAK=1` plays them, `SEEDS` says how many.
#![expect(clippy::print_stdout, reason = "a soak tells how far it has come")]

#[path = "exchange/mod.rs"]
mod simulator;

/// How many shifts are played when nobody says.
const SEEDS: u64 = 2_000;
/// How many are played between two lines of progress.
const CHUNK: u64 = 250;

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
