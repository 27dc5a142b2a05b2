//! How punctual a worker is, counted frame by frame.

use std::time::Duration;

/// The upper bounds of the classes of lateness, in microseconds. One more class is above them all.
pub const LATENESS_BOUNDS_US: [u64; 20] = [
    50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000, 1_250, 1_500, 2_000, 3_000, 5_000,
    10_000, 20_000, 50_000, 100_000,
];

/// What a worker has sent, and how late, since it started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Pacing {
    /// Frames in each class of lateness.
    pub late: [u64; LATENESS_BOUNDS_US.len() + 1],
    /// The sum of all latenesses, in microseconds.
    pub late_us_total: u64,
    /// Milliseconds of frames that were left out because the worker itself was held up.
    pub skipped_ms: u64,
    /// Legs that the worker has.
    pub legs: usize,
    /// Legs that something plays to.
    pub playing: usize,
}

impl Pacing {
    pub(super) fn note(&mut self, lateness: Duration) {
        let micros = u64::try_from(lateness.as_micros()).unwrap_or(u64::MAX);
        let class = LATENESS_BOUNDS_US.partition_point(|bound| *bound < micros);
        if let Some(count) = self.late.get_mut(class) {
            *count += 1;
        }
        self.late_us_total = self.late_us_total.saturating_add(micros);
    }

    /// Frames in all.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.late.iter().sum()
    }

    /// The bound under which the lateness of `share` thousandths of all frames stays; `None`
    /// without frames, and above the highest bound.
    #[must_use]
    pub fn bound_us(&self, share: u64) -> Option<u64> {
        let wanted = (self.frames() * share).div_ceil(1_000);
        let mut seen = 0;
        let mut classes = self.late.iter().zip(LATENESS_BOUNDS_US);
        let found = classes.find(|(count, _)| {
            seen += **count;
            wanted <= seen && seen > 0
        });
        found.map(|(_, bound)| bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_holds_the_share_that_was_asked_for() {
        let mut pacing = Pacing::default();
        assert_eq!(pacing.bound_us(990), None);
        for _ in 0..99 {
            pacing.note(Duration::from_micros(80));
        }
        pacing.note(Duration::from_micros(2_500));
        assert_eq!(pacing.bound_us(500), Some(100));
        assert_eq!(pacing.bound_us(990), Some(100));
        assert_eq!(pacing.bound_us(999), Some(3_000));
        pacing.note(Duration::from_secs(9));
        assert_eq!(pacing.bound_us(1_000), None);
    }
}
