//! How busy an agent was in the last while: handling ÷ (handling + available).

use std::time::Duration;

use crate::base::time::Moment;
use crate::routing::roster::Duty;

const BUCKETS: u64 = 30;
const BUCKETS_LENGTH: usize = 30;

/// What an agent's time goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spending {
    /// Talk, hold and after-call work.
    Handling,
    /// Waiting for a call.
    Available,
    /// Neither: away, signed out, or ringing, which may come to nothing.
    Neither,
}

impl Spending {
    pub(super) const fn of(duty: Duty) -> Self {
        match duty {
            Duty::Talking | Duty::Held | Duty::WrapUp => Self::Handling,
            Duty::Available => Self::Available,
            Duty::Offline | Duty::Reserved | Duty::Ringing | Duty::Away | Duty::Missed => {
                Self::Neither
            }
        }
    }
}

#[derive(Debug, Clone, Copy, Default)]
struct Bucket {
    handling: u64,
    available: u64,
}

/// The sliding window of one agent, in thirty buckets.
#[derive(Debug, Clone)]
pub(super) struct Occupancy {
    bucket_micros: u64,
    buckets: [Bucket; BUCKETS_LENGTH],
    newest: u64,
    total: Bucket,
    spending: Spending,
    since: Moment,
}

impl Occupancy {
    /// A window of length `window` in which nothing was done so far.
    pub(super) fn new(window: Duration, now: Moment) -> Self {
        let window = u64::try_from(window.as_micros()).unwrap_or(u64::MAX);
        let bucket_micros = (window / BUCKETS).max(1);
        Self {
            bucket_micros,
            buckets: [Bucket::default(); BUCKETS_LENGTH],
            newest: now.as_micros() / bucket_micros,
            total: Bucket::default(),
            spending: Spending::Neither,
            since: now,
        }
    }

    /// From `now` the time goes into `spending`.
    pub(super) fn spend(&mut self, now: Moment, spending: Spending) {
        let window = Duration::from_micros(self.bucket_micros.saturating_mul(BUCKETS));
        let mut from = self.since.max(now.back(window)).as_micros();
        let now_micros = now.as_micros();
        while from < now_micros {
            let number = from / self.bucket_micros;
            let end = now_micros.min((number + 1).saturating_mul(self.bucket_micros));
            self.advance(number);
            self.add(number, end - from);
            from = end;
        }
        self.spending = spending;
        self.since = now;
    }

    /// The occupancy at `now`, in millionths; 0 for one who had nothing to do yet.
    pub(super) fn ppm(&self, now: Moment) -> u32 {
        let number = now.as_micros() / self.bucket_micros;
        let expired = number.saturating_sub(self.newest).min(BUCKETS);
        let mut kept = self.total;
        for step in 1..=expired {
            let gone = self.bucket(self.newest + step);
            kept.handling -= gone.handling;
            kept.available -= gone.available;
        }
        let window = self.bucket_micros.saturating_mul(BUCKETS);
        let running = u64::try_from(now.since(self.since).as_micros()).unwrap_or(u64::MAX);
        let running = running.min(window);
        match self.spending {
            Spending::Handling => kept.handling += running,
            Spending::Available => kept.available += running,
            Spending::Neither => {}
        }
        let whole = u128::from(kept.handling) + u128::from(kept.available);
        let ppm = (u128::from(kept.handling) * 1_000_000).checked_div(whole).unwrap_or(0);
        u32::try_from(ppm).unwrap_or(1_000_000)
    }

    fn advance(&mut self, number: u64) {
        let expired = number.saturating_sub(self.newest).min(BUCKETS);
        for step in 1..=expired {
            let gone = self.bucket(self.newest + step);
            self.total.handling -= gone.handling;
            self.total.available -= gone.available;
            *self.bucket_mut(self.newest + step) = Bucket::default();
        }
        self.newest = self.newest.max(number);
    }

    fn add(&mut self, number: u64, micros: u64) {
        match self.spending {
            Spending::Handling => {
                self.bucket_mut(number).handling += micros;
                self.total.handling += micros;
            }
            Spending::Available => {
                self.bucket_mut(number).available += micros;
                self.total.available += micros;
            }
            Spending::Neither => {}
        }
    }

    fn bucket(&self, number: u64) -> Bucket {
        let at = usize::try_from(number % BUCKETS).expect("a bucket number below thirty");
        *self.buckets.get(at).expect("thirty buckets")
    }

    fn bucket_mut(&mut self, number: u64) -> &mut Bucket {
        let at = usize::try_from(number % BUCKETS).expect("a bucket number below thirty");
        self.buckets.get_mut(at).expect("thirty buckets")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn occupancy_is_handling_over_handling_and_available() {
        let at = |minutes: u32| Moment::START + MINUTE * minutes;
        let mut occupancy = Occupancy::new(MINUTE * 30, at(0));
        assert_eq!(occupancy.ppm(at(0)), 0);
        occupancy.spend(at(0), Spending::Available);
        occupancy.spend(at(5), Spending::Handling);
        assert_eq!(occupancy.ppm(at(10)), 500_000);
        occupancy.spend(at(10), Spending::Neither);
        assert_eq!(occupancy.ppm(at(20)), 500_000);
    }

    #[test]
    fn what_is_older_than_the_window_does_not_count() {
        let at = |minutes: u32| Moment::START + MINUTE * minutes;
        let mut occupancy = Occupancy::new(MINUTE * 30, at(0));
        occupancy.spend(at(0), Spending::Handling);
        occupancy.spend(at(10), Spending::Available);
        assert_eq!(occupancy.ppm(at(20)), 500_000);
        assert_eq!(occupancy.ppm(at(41)), 0);
        occupancy.spend(at(100), Spending::Neither);
        assert_eq!(occupancy.ppm(at(100)), 0);
        assert_eq!(occupancy.ppm(at(400)), 0);
    }
}
