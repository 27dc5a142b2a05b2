//! The buckets of the histograms, each set fit for what it measures. All are seconds.

/// Waits in a queue.
pub(super) const WAIT: &[f64] =
    &[5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 600.0];
/// Talk, hold and after-call work.
pub(super) const TALK: &[f64] =
    &[15.0, 30.0, 60.0, 90.0, 120.0, 180.0, 240.0, 300.0, 420.0, 600.0, 900.0, 1_800.0, 3_600.0];
/// From a stimulus to what the engine does about it.
pub(super) const REACTION: &[f64] =
    &[0.001, 0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5];
/// From the INVITE to the answer, and from an offer to its acceptance.
pub(super) const SETUP: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 15.0, 20.0, 30.0];
/// Variation between packets.
pub(super) const JITTER: &[f64] = &[0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.08, 0.12];
/// One decision of the pool.
pub(super) const DECIDE: &[f64] = &[
    0.000_001, 0.000_002, 0.000_005, 0.000_01, 0.000_02, 0.000_05, 0.000_1, 0.000_2, 0.000_5,
    0.001, 0.005,
];
/// From a question to another system to its answer, all attempts together.
pub(super) const ANSWER: &[f64] =
    &[0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0];
