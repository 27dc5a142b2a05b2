//! What played days come to: per entity and interval, per agent, and what was short.

use std::time::Duration;

use crate::routing::plan::day::Day;
use crate::routing::plan::shift::{Call, Ended, Played, Spell};
use crate::routing::plan::strain::{Strain, together};
use crate::routing::roster::Duty;

/// Who gives up within this does not count.
pub const SHORT_ABANDON: Duration = Duration::from_secs(5);

/// Calls that came in one interval, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cell {
    /// Came.
    pub offered: u64,
    /// Were answered.
    pub answered: u64,
    /// Were answered in time.
    pub in_time: u64,
    /// Gave up.
    pub abandoned: u64,
    /// Gave up within [`SHORT_ABANDON`].
    pub abandoned_early: u64,
    /// Were not served by the pool.
    pub overflowed: u64,
    /// The waits of those who were answered.
    pub waited: Duration,
}

impl Cell {
    /// Answered in time ÷ (answered + abandoned − abandoned early).
    #[must_use]
    pub fn service_level(&self) -> Option<f64> {
        share(self.in_time, self.answered + self.abandoned - self.abandoned_early)
    }

    /// (Abandoned − abandoned early) ÷ (offered − abandoned early).
    #[must_use]
    pub fn abandon_rate(&self) -> Option<f64> {
        share(self.abandoned - self.abandoned_early, self.offered - self.abandoned_early)
    }

    /// The mean wait of those who were answered, in seconds.
    #[must_use]
    pub fn mean_wait(&self) -> Option<f64> {
        let answered = u32::try_from(self.answered).ok().filter(|answered| 0 < *answered)?;
        Some(self.waited.as_secs_f64() / f64::from(answered))
    }

    fn add(&mut self, call: &Call, within: Duration) {
        self.offered += 1;
        match call.ended {
            Ended::Answered => {
                self.answered += 1;
                self.in_time += u64::from(call.waited <= within);
                self.waited += call.waited;
            }
            Ended::Abandoned => {
                self.abandoned += 1;
                self.abandoned_early += u64::from(call.waited <= SHORT_ABANDON);
            }
            Ended::Overflowed(_) => self.overflowed += 1,
        }
    }

    fn join(&mut self, other: &Self) {
        self.offered += other.offered;
        self.answered += other.answered;
        self.in_time += other.in_time;
        self.abandoned += other.abandoned;
        self.abandoned_early += other.abandoned_early;
        self.overflowed += other.overflowed;
        self.waited += other.waited;
    }
}

/// What agents' time went into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Talk, hold and after-call work.
    pub handling: Duration,
    /// Waiting for a call.
    pub available: Duration,
    /// Being rung.
    pub ringing: Duration,
}

impl Effort {
    /// Handling ÷ (handling + available).
    #[must_use]
    pub fn occupancy(&self) -> Option<f64> {
        let whole = self.handling + self.available;
        (!whole.is_zero()).then(|| self.handling.as_secs_f64() / whole.as_secs_f64())
    }

    /// All of it.
    #[must_use]
    pub fn whole(&self) -> Duration {
        self.handling + self.available + self.ringing
    }

    fn add(&mut self, duty: Duty, span: Duration) {
        match duty {
            Duty::Talking | Duty::Held | Duty::WrapUp => self.handling += span,
            Duty::Available => self.available += span,
            Duty::Reserved | Duty::Ringing => self.ringing += span,
            Duty::Offline | Duty::Away | Duty::Missed => {}
        }
    }
}

/// What played days come to; counts and times are sums over them.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// How many days were played.
    pub days: u32,
    /// How long one interval is.
    pub interval: Duration,
    /// Per inflow, its intervals from the beginning of the day.
    pub cells: Vec<Vec<Cell>>,
    /// Per inflow, the service level of each day, the worst first.
    pub levels: Vec<Vec<f64>>,
    /// Per interval, all agents.
    pub efforts: Vec<Effort>,
    /// Per agent.
    pub agents: Vec<Effort>,
    /// What was short, the worst first.
    pub strains: Vec<Strain>,
}

impl Report {
    /// The report of a day that was played once or more.
    #[must_use]
    pub fn of(day: &Day, played: &[Played]) -> Self {
        let interval = day.interval.max(Duration::from_secs(1));
        let last = usize::try_from(day.ends().as_nanos().div_ceil(interval.as_nanos()));
        let intervals = last.unwrap_or(0).max(1);
        let mut report = Self {
            days: u32::try_from(played.len()).unwrap_or(u32::MAX),
            interval,
            cells: vec![vec![Cell::default(); intervals]; day.inflows.len()],
            levels: vec![Vec::new(); day.inflows.len()],
            efforts: vec![Effort::default(); intervals],
            agents: vec![Effort::default(); day.agents.len()],
            strains: together(played.iter().flat_map(|played| &played.strains)),
        };
        for one in played {
            report.add(day, one);
        }
        for levels in &mut report.levels {
            levels.sort_by(f64::total_cmp);
        }
        report
    }

    /// All intervals of an inflow as one.
    #[must_use]
    pub fn total(&self, inflow: usize) -> Cell {
        let mut total = Cell::default();
        for cell in self.cells.get(inflow).into_iter().flatten() {
            total.join(cell);
        }
        total
    }

    /// All agents and intervals as one.
    #[must_use]
    pub fn effort(&self) -> Effort {
        let mut whole = Effort::default();
        for effort in &self.efforts {
            whole.handling += effort.handling;
            whole.available += effort.available;
            whole.ringing += effort.ringing;
        }
        whole
    }

    fn add(&mut self, day: &Day, played: &Played) {
        let mut totals = vec![Cell::default(); day.inflows.len()];
        for call in &played.calls {
            let at = interval_of(call.entered, self.interval);
            let inflow = day.inflows.get(call.inflow);
            let cell = self.cells.get_mut(call.inflow).and_then(|cells| cells.get_mut(at));
            let (Some(inflow), Some(cell)) = (inflow, cell) else { continue };
            cell.add(call, inflow.within);
            if let Some(total) = totals.get_mut(call.inflow) {
                total.add(call, inflow.within);
            }
        }
        for (levels, total) in self.levels.iter_mut().zip(&totals) {
            levels.extend(total.service_level());
        }
        for spell in &played.spells {
            self.spend(spell);
        }
    }

    fn spend(&mut self, spell: &Spell) {
        if let Some(agent) = self.agents.get_mut(spell.agent) {
            agent.add(spell.duty, spell.to.saturating_sub(spell.from));
        }
        let mut from = spell.from;
        while from < spell.to {
            let at = interval_of(from, self.interval);
            let Some(effort) = self.efforts.get_mut(at) else { return };
            let next = self.interval.saturating_mul(u32::try_from(at + 1).unwrap_or(u32::MAX));
            let to = spell.to.min(next);
            effort.add(spell.duty, to.saturating_sub(from));
            from = to;
        }
    }
}

fn interval_of(at: Duration, interval: Duration) -> usize {
    usize::try_from(at.as_nanos() / interval.as_nanos().max(1)).unwrap_or(usize::MAX)
}

fn share(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^53")]
    let share = (0 < whole).then(|| part as f64 / whole as f64);
    share
}
