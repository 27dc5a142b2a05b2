//! The routing machine beside a plain reference model: random worlds, equal after every step.
//!
//! `SEEDS=n` plays more worlds, `SEED=n` plays that one again; `make soak` plays thousands.

#[path = "sim/mod.rs"]
mod sim;

/// How many worlds are played when nobody asks for more.
const SEEDS: u64 = 64;
/// The world that is played where there is no commit to take it from.
const NO_COMMIT: u64 = 0x4841_5449_4600;

#[test]
fn random_worlds_agree_with_the_reference_model() {
    let figures = match number("SEED") {
        Some(seed) => sim::worlds(seed, 1),
        None => sim::worlds(0, number("SEEDS").unwrap_or(SEEDS)),
    };
    assert!(0 < figures.offered && 0 < figures.connected, "the worlds did some work: {figures:?}");
}

#[test]
fn a_world_of_the_commit_agrees_with_the_reference_model() {
    sim::worlds(sim::commit().unwrap_or(NO_COMMIT), 1);
}

#[test]
fn a_seed_replays_the_same_world() {
    assert_eq!(sim::worlds(7, 1), sim::worlds(7, 1));
}

/// The number that an environment variable gives.
#[expect(clippy::disallowed_methods, reason = "a test is told how long to run, and what to replay")]
fn number(variable: &str) -> Option<u64> {
    let text = std::env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not `{text}`")))
}
