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
    /// How much faster than the system's it goes.
    pace: u32,
}

impl Clock {
    /// Starts the clock: this is [`Moment::START`].
    #[must_use]
    pub fn start() -> Self {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let millis = i64::try_from(wall.as_millis()).unwrap_or(i64::MAX);
        Self { started: Instant::now(), epoch: Epoch(Wall(millis)), pace: 1 }
    }

    /// The same clock, going `pace` times as fast; 0 counts as 1.
    #[must_use]
    pub fn hastened(self, pace: u32) -> Self {
        Self { pace: pace.max(1), ..self }
    }

    /// The same clock, as if the wall clock showed `wall` at present.
    #[must_use]
    pub fn showing(self, wall: Wall) -> Self {
        let since = self.now().since(Moment::START);
        Self { epoch: Epoch(wall.before(since)), ..self }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.moment(Instant::now())
    }

    /// What the wall clock showed at [`Moment::START`].
    #[must_use]
    pub const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// How long a span of this clock takes by the system's.
    #[must_use]
    pub fn real(&self, span: Duration) -> Duration {
        span / self.pace
    }

    /// The system's name for `moment`.
    #[must_use]
    pub fn instant(&self, moment: Moment) -> Instant {
        self.started + self.real(Duration::from_micros(moment.as_micros()))
    }

    /// The moment that the system calls `instant`; the start for one before it.
    #[must_use]
    pub fn moment(&self, instant: Instant) -> Moment {
        Moment::START + instant.saturating_duration_since(self.started) * self.pace
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

    #[test]
    fn a_hastened_clock_and_one_that_shows_another_time_agree_on_moments() {
        let clock = Clock::start().hastened(8);
        let moment = Moment::START + Duration::from_secs(8);
        assert_eq!(clock.instant(moment), clock.instant(Moment::START) + Duration::from_secs(1));
        assert_eq!(clock.moment(clock.instant(moment)), moment);
        let other = clock.showing(Wall(1_000_000));
        assert_eq!(other.instant(moment), clock.instant(moment));
        assert!(other.epoch().wall(other.now()) >= Wall(1_000_000));
    }
}
