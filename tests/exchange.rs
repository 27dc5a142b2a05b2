//! The simulator has the last word: whole shifts of calls, agents and slow tasks, from seeds.
//!
//! `SEEDS=n` plays more of them; `SEED=n` plays that one again; `make soak` plays thousands.

#[path = "exchange/mod.rs"]
mod simulator;

/// How many shifts are played when nobody asks for more.
const SEEDS: u64 = 64;

#[test]
fn whole_shifts_keep_every_promise() {
    let figures = match simulator::number("SEED") {
        Some(seed) => simulator::shifts(seed, 1),
        None => {
            let count = simulator::number("SEEDS").unwrap_or(SEEDS);
            let figures = simulator::shifts(0, count);
            let least = figures.talks.min(figures.errands).min(figures.outside);
            assert!(count < least, "the shifts did some work: {figures:?}");
            assert!(count < figures.called_back, "citizens were called back: {figures:?}");
            figures
        }
    };
    assert!(0 < figures.quiet, "everything came to rest now and then: {figures:?}");
}

#[test]
fn a_seed_replays_the_same_shift() {
    assert_eq!(simulator::shifts(7, 1), simulator::shifts(7, 1));
}
