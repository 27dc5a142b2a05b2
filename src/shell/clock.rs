//! The engine's clock: the only place where the system's time becomes a [`Moment`].
#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "this is the one place that reads the system's clocks"
)]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::base::time::{Epoch, Moment, Wall};

/// The clock of one process. Copies tell the same time.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    epoch: Epoch,
}

impl Clock {
    /// Starts the clock: this is [`Moment::START`].
    #[must_use]
    pub fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Self { started: Instant::now(), epoch: Epoch(Wall(millis)) }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment::START + Instant::now().saturating_duration_since(self.started)
    }

    /// What the wall clock showed at [`Moment::START`].
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The system's name for `moment`.
    #[must_use]
    pub fn instant(&self, moment: Moment) -> Instant {
        self.started + Duration::from_micros(moment.as_micros())
    }

    /// The moment that the system calls `instant`; the start for one before it.
    #[must_use]
    pub fn moment(&self, instant: Instant) -> Moment {
        Moment::START + instant.saturating_duration_since(self.started)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_and_its_instant_are_one() {
        let clock = Clock::start();
        let now = clock.now();
        assert_eq!(clock.moment(clock.instant(now)), now);
        assert!(clock.epoch().wall(now) >= clock.epoch().0);
    }
}
