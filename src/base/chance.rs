//! Chance, handed in: the same seed gives the same tags, branches and tie-breaks.

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

/// The one source of randomness that a machine may draw from.
#[derive(Debug, Clone)]
pub struct Rng(SmallRng);

impl Rng {
    /// A source that always draws the same numbers for the same `seed`.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(SmallRng::seed_from_u64(seed))
    }

    /// Any 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0.random()
    }

    /// A number from 0 to `end - 1`; 0 when `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        if end == 0 { 0 } else { self.0.random_range(0..end) }
    }

    /// Sixteen hexadecimal digits, for tags, branches and nonces.
    pub fn token(&mut self) -> String {
        format!("{:016x}", self.bits())
    }
}
