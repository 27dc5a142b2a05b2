//! Work done in rounds, timed on the processor clock of its own thread.
//!
//! That clock stands still while other programs have the core, so a rate is "of one core" on a busy
//! machine too.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::figure;

/// Measured rounds of one figure; their median is the figure.
const ROUNDS: usize = 7;
/// How long one round takes.
const ROUND: Duration = Duration::from_millis(150);
/// How long the work is done before the first round.
const WARM_UP: Duration = Duration::from_millis(300);

/// How often one core does in a second what `work` does a number of times, which it returns.
pub(crate) fn per_second(mut work: impl FnMut() -> u64) -> f64 {
    round(WARM_UP, &mut work);
    let mut rates: Vec<f64> = (0..ROUNDS).map(|_| round(ROUND, &mut work)).collect();
    rates.sort_by(f64::total_cmp);
    rates.get(ROUNDS / 2).copied().unwrap_or(0.0)
}

fn round(span: Duration, work: &mut impl FnMut() -> u64) -> f64 {
    let (begun, mut done) = (busy(), 0);
    loop {
        done += work();
        let taken = busy().saturating_sub(begun);
        if taken >= span {
            return figure::count(done) / taken.as_secs_f64();
        }
    }
}

/// How long this thread has had a core.
pub(crate) fn busy() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
