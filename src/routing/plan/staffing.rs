//! The least number of agents that keeps a promise.

use std::time::Duration;

use crate::base::limit::ROUTING_AGENTS_MAX;
use crate::routing::plan::erlang::{Load, Outlook, outlook};

/// What is promised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Promise {
    /// The share of callers to be answered in time, 0 to 1.
    pub share: f64,
    /// What in time means.
    pub within: Duration,
    /// Who gives up within this does not count.
    pub early: Duration,
    /// The share of their time that agents may be busy at most, 0 to 1.
    pub occupancy_max: f64,
}

/// As many agents as a load needs, and what comes of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Staffing {
    /// Agents on duty.
    pub agents: u32,
    /// What becomes of the load with them.
    pub outlook: Outlook,
}

/// The fewest agents who keep `promise` under `load`; `None` when [`ROUTING_AGENTS_MAX`] do not.
#[must_use]
pub fn staffing(load: &Load, promise: &Promise) -> Option<Staffing> {
    let keeps = |agents: u32| {
        let outlook = outlook(load, agents, promise.within, promise.early)?;
        let is_kept =
            promise.share <= outlook.service_level() && outlook.occupancy <= promise.occupancy_max;
        is_kept.then_some(Staffing { agents, outlook })
    };
    // More agents are never worse, so the fewest are found by halving.
    let (mut few, mut enough) = (0, u32::from(ROUTING_AGENTS_MAX));
    let mut found = keeps(enough)?;
    while few < enough {
        let middle = few.midpoint(enough);
        match keeps(middle) {
            Some(staffing) => (found, enough) = (staffing, middle),
            None => few = middle + 1,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROMISE: Promise = Promise {
        share: 0.8,
        within: Duration::from_secs(20),
        early: Duration::from_secs(5),
        occupancy_max: 1.0,
    };

    fn load(calls: f64, patience: Option<Duration>) -> Load {
        Load::of(calls, Duration::from_secs(1_800), Duration::from_secs(180), patience)
    }

    fn agents(load: &Load, promise: &Promise) -> u32 {
        staffing(load, promise).expect("enough agents").agents
    }

    #[test]
    fn the_textbook_asks_for_fourteen_agents() {
        // 100 calls in half an hour of 3 minutes each, 80 % within 20 seconds.
        assert_eq!(agents(&load(100.0, None), &PROMISE), 14);
    }

    #[test]
    fn callers_who_give_up_need_fewer_agents() {
        let impatient = load(100.0, Some(Duration::from_secs(120)));
        assert!((11..14).contains(&agents(&impatient, &PROMISE)));
    }

    #[test]
    fn agents_who_may_not_be_always_busy_are_more() {
        let easy = Promise { occupancy_max: 0.6, ..PROMISE };
        assert_eq!(agents(&load(100.0, None), &easy), 17);
    }

    #[test]
    fn no_calls_need_no_agents_and_too_many_have_none() {
        assert_eq!(agents(&load(0.0, None), &PROMISE), 0);
        assert_eq!(staffing(&load(1e9, None), &PROMISE), None);
    }
}
