//! How long a caller will probably wait, said only when it can be trusted.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::time::Moment;

const MINUTES: u64 = 15;
const MINUTES_LENGTH: usize = 15;
const SAMPLES_MIN: u32 = 5;
/// The 80th percentile of the normal distribution.
const NORMAL_P80: f64 = 0.841_621;

/// The wait that half of such callers stay under, and the wait that four of five stay under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// Half of such callers wait less.
    pub p50: Duration,
    /// Four of five such callers wait less.
    pub p80: Duration,
}

#[derive(Debug, Clone, Copy, Default)]
struct Minute {
    samples: u32,
    seconds: f64,
    squares: f64,
}

/// Handling times of one queue, each weighing less as it ages, none after 15 minutes.
#[derive(Debug, Clone, Default)]
pub(super) struct Handling {
    minutes: [Minute; MINUTES_LENGTH],
    newest: u64,
}

/// What the handling times of the last quarter of an hour come to.
#[derive(Debug, Clone, Copy)]
struct Aged {
    mean: f64,
    /// The squared coefficient of variation.
    variation: f64,
}

impl Handling {
    /// One call took `span` from connecting to the end of the after-call work.
    pub(super) fn add(&mut self, now: Moment, span: Duration) {
        let number = minute_of(now);
        let gone = number.saturating_sub(self.newest).min(MINUTES);
        for step in 1..=gone {
            *self.minute_mut(self.newest + step) = Minute::default();
        }
        self.newest = self.newest.max(number);
        let seconds = span.as_secs_f64();
        let minute = self.minute_mut(number);
        minute.samples = minute.samples.saturating_add(1);
        minute.seconds += seconds;
        minute.squares += seconds * seconds;
    }

    /// The expected wait at `position` (1 is next) when `staff` agents take from the same line.
    ///
    /// The time until the `position`-th of them frees is close to a gamma distribution; its
    /// percentiles are had by the formula of Wilson and Hilferty.
    pub(super) fn expected(&self, now: Moment, position: u32, staff: u32) -> Option<Expected> {
        if position == 0 || staff == 0 {
            return None;
        }
        let aged = self.aged(now)?;
        let staff = f64::from(staff);
        let position = f64::from(position);
        let mean = position * aged.mean / staff;
        // Many agents free as if at random, whatever the handling times of each are like.
        let variation = (1.0 - (1.0 - aged.variation) / staff).max(0.01);
        let shape = position / variation;
        let percentile = |normal: f64| {
            let root = (1.0 - 1.0 / (9.0 * shape) + normal / (3.0 * shape.sqrt())).max(0.0);
            mean * root * root * root
        };
        let (p50, p80) = (percentile(0.0), percentile(NORMAL_P80));
        if 2.0 * p50 < p80 {
            return None;
        }
        Some(Expected { p50: whole_seconds(p50)?, p80: whole_seconds(p80)? })
    }

    fn aged(&self, now: Moment) -> Option<Aged> {
        let now = minute_of(now);
        let (mut samples, mut weights, mut seconds, mut squares) = (0_u32, 0.0, 0.0, 0.0);
        for age in 0..MINUTES {
            let Some(number) = now.checked_sub(age) else { break };
            // A minute past the newest one was never written, or holds one 15 minutes older.
            if self.newest < number || self.newest - number >= MINUTES {
                continue;
            }
            let minute = self.minute(number);
            let weight = f64::from(u32::try_from(MINUTES - age).unwrap_or(1));
            samples = samples.saturating_add(minute.samples);
            weights += weight * f64::from(minute.samples);
            seconds += weight * minute.seconds;
            squares += weight * minute.squares;
        }
        if samples < SAMPLES_MIN || seconds <= 0.0 {
            return None;
        }
        let mean = seconds / weights;
        let variance = (squares / weights - mean * mean).max(0.0);
        Some(Aged { mean, variation: variance / (mean * mean) })
    }

    fn minute(&self, number: u64) -> Minute {
        let at = usize::try_from(number % MINUTES).expect("a minute below fifteen");
        *self.minutes.get(at).expect("fifteen minutes")
    }

    fn minute_mut(&mut self, number: u64) -> &mut Minute {
        let at = usize::try_from(number % MINUTES).expect("a minute below fifteen");
        self.minutes.get_mut(at).expect("fifteen minutes")
    }
}

fn minute_of(moment: Moment) -> u64 {
    moment.as_micros() / 60_000_000
}

fn whole_seconds(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn nothing_is_said_with_fewer_than_five_samples() {
        let mut handling = Handling::default();
        let now = Moment::START + SECOND * 100;
        for _ in 0..4 {
            handling.add(now, SECOND * 100);
        }
        assert_eq!(handling.expected(now, 4, 2), None);
        handling.add(now, SECOND * 100);
        assert!(handling.expected(now, 4, 2).is_some());
    }

    #[test]
    fn nothing_is_said_when_the_spread_is_too_wide() {
        let handling = steady(SECOND * 200);
        let now = Moment::START;
        assert_eq!(handling.expected(now, 1, 100), None);
        let expected = handling.expected(now, 40, 100).expect("a narrow spread");
        assert!(SECOND * 70 <= expected.p50 && expected.p50 <= SECOND * 80, "{expected:?}");
        assert!(expected.p50 < expected.p80 && expected.p80 <= SECOND * 100, "{expected:?}");
    }

    #[test]
    fn handling_times_are_forgotten_after_fifteen_minutes() {
        let handling = steady(SECOND * 200);
        assert!(handling.expected(Moment::START + SECOND * 60 * 14, 40, 100).is_some());
        assert_eq!(handling.expected(Moment::START + SECOND * 60 * 15, 40, 100), None);
    }

    fn steady(span: Duration) -> Handling {
        let mut handling = Handling::default();
        for _ in 0..10 {
            handling.add(Moment::START, span);
        }
        handling
    }
}
