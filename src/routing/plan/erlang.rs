//! What queueing theory says of agents who share one line: Erlang C, and Erlang A where callers
//! lose patience.
//!
//! Calls come at random (Poisson), handling times and patience are exponential, and everybody
//! serves everybody. Rates are per second.

use std::time::Duration;

/// Terms below this share of the whole are left out.
const NEGLIGIBLE: f64 = 1e-13;
/// States past this one are left out: no line is that long.
const STATES_MAX: u32 = 1_000_000;

/// What is asked of a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Calls per second.
    pub rate: f64,
    /// How long a call occupies an agent, after-call work included, in the mean.
    pub handling: Duration,
    /// How long callers wait before they hang up, in the mean; `None` for ever.
    pub patience: Option<Duration>,
}

impl Load {
    /// The load of so many calls in an interval.
    #[must_use]
    pub fn of(
        calls: f64,
        interval: Duration,
        handling: Duration,
        patience: Option<Duration>,
    ) -> Self {
        Self { rate: calls / interval.as_secs_f64(), handling, patience }
    }

    /// The agents whom the load would keep busy without a pause.
    #[must_use]
    pub fn erlangs(&self) -> f64 {
        self.rate * self.handling.as_secs_f64()
    }
}

/// What becomes of a load with that many agents, in the long run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// The share of callers who wait at all.
    pub waiting: f64,
    /// The mean wait of all callers, those who give up included, in seconds.
    pub wait: f64,
    /// The share of callers who are answered within the threshold.
    pub in_time: f64,
    /// The share of callers who give up.
    pub abandoned: f64,
    /// The share of callers who give up so early that they do not count.
    pub abandoned_early: f64,
    /// The share of their time that agents are busy.
    pub occupancy: f64,
}

impl Outlook {
    /// Answered in time ÷ (answered + abandoned − abandoned early).
    #[must_use]
    pub fn service_level(&self) -> f64 {
        self.in_time / (1.0 - self.abandoned_early)
    }

    /// (Abandoned − abandoned early) ÷ (offered − abandoned early).
    #[must_use]
    pub fn abandon_rate(&self) -> f64 {
        (self.abandoned - self.abandoned_early) / (1.0 - self.abandoned_early)
    }
}

/// What becomes of `load` with `agents`: answered in time is within `threshold`, and who gives up
/// within `early` does not count. `None` when patient callers come faster than they can be served:
/// the line grows without end.
#[must_use]
pub fn outlook(load: &Load, agents: u32, threshold: Duration, early: Duration) -> Option<Outlook> {
    if load.rate <= 0.0 {
        return Some(Outlook {
            waiting: 0.0,
            wait: 0.0,
            in_time: 1.0,
            abandoned: 0.0,
            abandoned_early: 0.0,
            occupancy: 0.0,
        });
    }
    match load.patience {
        None => patient(load, f64::from(agents), threshold),
        Some(patience) => {
            let line = Line::new(load, agents, patience);
            Some(line.outlook(threshold.as_secs_f64(), early.as_secs_f64()))
        }
    }
}

/// Erlang C.
fn patient(load: &Load, agents: f64, threshold: Duration) -> Option<Outlook> {
    let erlangs = load.erlangs();
    if agents <= erlangs {
        return None;
    }
    let blocking = 1.0 / inverse_blocking(erlangs, agents);
    let waiting = agents * blocking / (agents - erlangs * (1.0 - blocking));
    let handling = load.handling.as_secs_f64();
    let decay = (agents - erlangs) / handling;
    Some(Outlook {
        waiting,
        wait: waiting / decay,
        in_time: 1.0 - waiting * (-decay * threshold.as_secs_f64()).exp(),
        abandoned: 0.0,
        abandoned_early: 0.0,
        occupancy: erlangs / agents,
    })
}

/// One ÷ Erlang B, by its recursion: it does not overflow where factorials do.
fn inverse_blocking(erlangs: f64, agents: f64) -> f64 {
    let mut inverse = 1.0;
    let mut agent = 1.0;
    while agent <= agents {
        inverse = 1.0 + inverse * agent / erlangs;
        agent += 1.0;
    }
    inverse
}

/// A line whose callers lose patience, in the long run.
struct Line {
    /// Patience lost per second and caller.
    leaving: f64,
    /// Calls finished per second when all agents are busy, over `leaving`.
    shape: f64,
    rate: f64,
    erlangs: f64,
    agents: f64,
    /// The probability that an agent is free.
    free: f64,
    /// The probability that all are busy and `k` wait, from 0 on.
    queued: Vec<f64>,
}

impl Line {
    fn new(load: &Load, agents: u32, patience: Duration) -> Self {
        let agents = f64::from(agents);
        let leaving = 1.0 / patience.as_secs_f64().max(1e-6);
        let serving = agents / load.handling.as_secs_f64().max(1e-6);
        let erlangs = load.erlangs();
        // Relative to the state in which all are busy and nobody waits.
        let below = inverse_blocking(erlangs, agents) - 1.0;
        let mut queued = vec![1.0];
        let (mut whole, mut last) = (below + 1.0, 1.0);
        for length in 1..STATES_MAX {
            let out = f64::from(length).mul_add(leaving, serving);
            last *= load.rate / out;
            whole += last;
            queued.push(last);
            if load.rate < out && last < whole * NEGLIGIBLE {
                break;
            }
        }
        let shape = serving / leaving;
        // So many agents that the odds of all being busy are beyond a float's reach.
        if whole.is_infinite() {
            return Self {
                leaving,
                shape,
                rate: load.rate,
                erlangs,
                agents,
                free: 1.0,
                queued: vec![0.0],
            };
        }
        for state in &mut queued {
            *state /= whole;
        }
        Self { leaving, shape, rate: load.rate, erlangs, agents, free: below / whole, queued }
    }

    fn outlook(&self, threshold: f64, early: f64) -> Outlook {
        let waiting: f64 = self.queued.iter().sum();
        let lengths = self.queued.iter().zip(0_u32..);
        let length: f64 = lengths.map(|(state, length)| state * f64::from(length)).sum();
        let abandoned = self.leaving * length / self.rate;
        // Who finds an agent free is served at once.
        let in_time = self.free + self.served_within(threshold);
        Outlook {
            waiting,
            wait: length / self.rate,
            in_time,
            abandoned,
            abandoned_early: self.left_within(early),
            occupancy: if self.agents == 0.0 {
                0.0
            } else {
                self.erlangs * (1.0 - abandoned) / self.agents
            },
        }
    }

    /// The probability that a caller waits and is served within `span`.
    ///
    /// Behind `k` others his turn comes after a sum of exponential times with the rates
    /// `serving + j leaving`, j from 0 to k. That sum is `-ln(X) / leaving` with X of the beta
    /// distribution (`shape`, k + 1), and he is still there then with the probability X.
    fn served_within(&self, span: f64) -> f64 {
        let least = (-self.leaving * span).exp();
        let tails = beta_up_to(least, self.shape + 1.0, self.queued.len());
        let states = self.queued.iter().zip(tails).zip(1_u32..);
        states
            .map(|((state, late), ahead)| {
                let stays = self.shape / (self.shape + f64::from(ahead));
                state * stays * (1.0 - late)
            })
            .sum()
    }

    /// The probability that a caller waits and gives up within `span`.
    fn left_within(&self, span: f64) -> f64 {
        let least = (-self.leaving * span).exp();
        let tails = beta_up_to(least, self.shape, self.queued.len());
        let still: f64 =
            self.queued.iter().zip(tails).map(|(state, late)| state * late * least).sum();
        let waiting: f64 = self.queued.iter().sum();
        (waiting - still - self.served_within(span)).max(0.0)
    }
}

/// The probability that a variable of the beta distribution (`shape`, k) is at most `least`, for
/// k from 1 to `count`.
fn beta_up_to(least: f64, shape: f64, count: usize) -> Vec<f64> {
    let (log, log_rest) = (least.ln(), (1.0 - least).ln());
    let mut total = (shape * log).exp();
    let mut term = log.mul_add(shape, log_rest) + shape.ln();
    let mut tails = Vec::with_capacity(count);
    for k in (1_u32..).take(count) {
        tails.push(total.min(1.0));
        total += term.exp();
        let k = f64::from(k);
        term += log_rest + ((shape + k) / (k + 1.0)).ln();
    }
    tails
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Duration = Duration::ZERO;

    fn check(found: f64, expected: f64) {
        assert!((found - expected).abs() < 5e-4, "wanted {expected}, found {found}");
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn erlang_c_is_as_in_the_tables() {
        // One agent: the probability of waiting is the load.
        let load = Load { rate: 0.5, handling: seconds(1), patience: None };
        let one = outlook(&load, 1, NONE, NONE).expect("half a load");
        check(one.waiting, 0.5);
        check(one.wait, 1.0);
        // 20 erlangs, 24 agents.
        let load = Load::of(400.0, seconds(3_600), seconds(180), None);
        let many = outlook(&load, 24, seconds(20), NONE).expect("enough agents");
        check(many.waiting, 0.2981);
        check(many.in_time, 1.0 - 0.2981 * (-4.0_f64 * 20.0 / 180.0).exp());
        assert_eq!(outlook(&load, 20, NONE, NONE), None);
    }

    #[test]
    fn erlang_a_with_much_patience_is_erlang_c() {
        let patient = Load::of(400.0, seconds(3_600), seconds(180), None);
        let nearly = Load { patience: Some(seconds(3_000_000)), ..patient };
        let all = |load| outlook(&load, 24, seconds(20), seconds(5)).expect("enough agents");
        check(all(nearly).waiting, all(patient).waiting);
        check(all(nearly).in_time, all(patient).in_time);
        check(all(nearly).wait / 10.0, all(patient).wait / 10.0);
        check(all(nearly).abandoned, 0.0);
    }

    #[test]
    fn who_waits_is_served_or_gives_up() {
        let load = Load::of(500.0, seconds(3_600), seconds(180), Some(seconds(120)));
        let day = seconds(80_000);
        let ends = outlook(&load, 20, day, day).expect("some give up");
        check(ends.in_time + ends.abandoned, 1.0);
        check(ends.abandoned_early, ends.abandoned);
        // As much patience as handling: the number of calls is of the Poisson distribution.
        let load = Load { rate: 2.0, handling: seconds(5), patience: Some(seconds(5)) };
        let ends = outlook(&load, 10, NONE, NONE).expect("some give up");
        check(ends.waiting, 0.5421);
    }

    #[test]
    fn nobody_comes_and_nobody_is_there() {
        let load = Load::of(0.0, seconds(900), seconds(180), None);
        assert_eq!(outlook(&load, 0, NONE, NONE).map(|outlook| outlook.in_time), Some(1.0));
        let load = Load::of(50.0, seconds(900), seconds(180), Some(seconds(60)));
        let ends = outlook(&load, 10_000, seconds(20), NONE).expect("nobody waits");
        check(ends.in_time, 1.0);
        let ends = outlook(&load, 0, seconds(20), NONE).expect("all give up");
        check(ends.abandoned, 1.0);
        check(ends.in_time, 0.0);
    }
}
