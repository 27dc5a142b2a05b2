//! What is short: which skill nobody who was free had while callers waited for it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::routing::need::{Demand, Terms};
use crate::routing::plan::day::Day;
use crate::routing::roster::{Roster, Row};

/// One demand that callers waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct Strain {
    /// What was asked for, such as `entity.power >= 3`.
    pub wanted: String,
    /// The time that callers waited while nobody who was free met it, summed over callers.
    pub waited: Duration,
}

/// The strains of a day while it is played.
#[derive(Debug)]
pub(super) struct Strains {
    demands: Vec<Watched>,
    inflows: Vec<Waiting>,
}

#[derive(Debug)]
struct Watched {
    wanted: String,
    terms: Terms,
    waited: Duration,
}

/// The callers of one inflow who wait and do not ring.
#[derive(Debug)]
struct Waiting {
    callers: u32,
    /// Each demand of their first step.
    parts: Vec<usize>,
    /// All of them in one agent.
    whole: usize,
}

impl Strains {
    pub(super) fn new(day: &Day) -> Self {
        let mut strains = Self { demands: Vec::new(), inflows: Vec::new() };
        for inflow in &day.inflows {
            let terms = inflow.need.terms(0);
            let single = |demand: &Demand| Terms { all: vec![demand.clone()], any: Vec::new() };
            let mut parts: Vec<usize> =
                terms.all.iter().map(|demand| strains.watch(single(demand))).collect();
            if !terms.any.is_empty() {
                parts.push(strains.watch(Terms { all: Vec::new(), any: terms.any.clone() }));
            }
            let whole = strains.watch(terms.as_ref().clone());
            strains.inflows.push(Waiting { callers: 0, parts, whole });
        }
        strains
    }

    pub(super) fn enter(&mut self, inflow: usize) {
        if let Some(waiting) = self.inflows.get_mut(inflow) {
            waiting.callers += 1;
        }
    }

    pub(super) fn quit(&mut self, inflow: usize) {
        if let Some(waiting) = self.inflows.get_mut(inflow) {
            waiting.callers = waiting.callers.saturating_sub(1);
        }
    }

    /// Time passes. What is short is the skill that nobody free has and that fewest on duty have, or
    /// else, when somebody free has each, all of them in one agent.
    pub(super) fn pass(&mut self, roster: &Roster, span: Duration) {
        if span.is_zero() {
            return;
        }
        for waiting in self.inflows.iter().filter(|waiting| 0 < waiting.callers) {
            let meeting = |at: &usize, row: Row| {
                let watched = self.demands.get(*at);
                watched.map_or(0, |watched| roster.count_meeting(row, &watched.terms))
            };
            let is_short = |at: &&usize| meeting(at, Row::Ready) == 0;
            let parts = waiting.parts.iter().filter(is_short);
            let narrowest = parts.min_by_key(|at| meeting(at, Row::OnDuty));
            let short = narrowest.or_else(|| Some(&waiting.whole).filter(is_short)).copied();
            if let Some(watched) = short.and_then(|at| self.demands.get_mut(at)) {
                watched.waited += span.saturating_mul(waiting.callers);
            }
        }
    }

    /// The worst first.
    pub(super) fn sum(self) -> Vec<Strain> {
        let mut strains: Vec<Strain> = self
            .demands
            .into_iter()
            .filter(|watched| !watched.waited.is_zero())
            .map(|watched| Strain { wanted: watched.wanted, waited: watched.waited })
            .collect();
        strains.sort_by(|one, other| {
            other.waited.cmp(&one.waited).then_with(|| one.wanted.cmp(&other.wanted))
        });
        strains
    }

    fn watch(&mut self, terms: Terms) -> usize {
        if let Some(at) = self.demands.iter().position(|watched| watched.terms == terms) {
            return at;
        }
        let wanted = in_words(&terms);
        self.demands.push(Watched { wanted, terms, waited: Duration::ZERO });
        self.demands.len() - 1
    }
}

/// Strains of several days as one.
pub(super) fn together<'s>(days: impl Iterator<Item = &'s Strain>) -> Vec<Strain> {
    let mut sums: BTreeMap<&str, Duration> = BTreeMap::new();
    for strain in days {
        *sums.entry(&strain.wanted).or_default() += strain.waited;
    }
    let strain = |(wanted, waited): (&str, Duration)| Strain { wanted: wanted.to_owned(), waited };
    let mut strains: Vec<Strain> = sums.into_iter().map(strain).collect();
    strains.sort_by_key(|strain| std::cmp::Reverse(strain.waited));
    strains
}

fn in_words(terms: &Terms) -> String {
    let demand = |demand: &Demand| format!("{} >= {}", demand.skill, demand.level.get());
    let mut parts: Vec<String> = terms.all.iter().map(demand).collect();
    if !terms.any.is_empty() {
        let any: Vec<String> = terms.any.iter().map(demand).collect();
        parts.push(any.join(" or "));
    }
    if parts.is_empty() { "any agent".to_owned() } else { parts.join(" and ") }
}
