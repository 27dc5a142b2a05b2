//! The ranking, both ways round: which agent for a call, and which call for an agent.
//!
//! A rank is an order: the least is the best. Nothing here reads anything but its arguments.

use std::cmp::{Ordering, Reverse};
use std::time::Duration;

use crate::base::time::Moment;
use crate::routing::skill::Band;
use crate::routing::ticket::{Class, Origin};

/// How good an agent is for one call; the least is the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AgentRank {
    /// The bands of the required skills' own levels, summed; more is better.
    pub band: Reverse<Band>,
    /// Occupancy of the last half hour, in millionths; less is better.
    pub occupancy_ppm: u32,
    /// Since when she has had nothing to handle; longer is better.
    pub idle_since: Moment,
    /// The last word: a stable hash of agent and ticket.
    pub hash: u64,
}

/// Whether a call comes before all others of its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precedence {
    /// Before all others.
    Head,
    /// By need.
    Joined,
}

/// How pressing a call is at one moment; the least is served first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallRank {
    /// Class, strictly.
    pub class: Class,
    /// Head places before the others of the class.
    pub precedence: Precedence,
    /// The routing wait.
    pub wait: Duration,
    /// The wait that the queue promises; need is `wait / target`.
    pub target: Duration,
    /// When the routing wait began.
    pub origin: Origin,
    /// The order of entering.
    pub sequence: u64,
}

impl CallRank {
    /// The other way round the fraction: `self.wait / self.target` without dividing.
    fn weight(&self, other: &Self) -> u128 {
        let target = other.target.as_micros().max(1_000);
        self.wait.as_micros().saturating_mul(target)
    }
}

impl Ord for CallRank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.class
            .cmp(&other.class)
            .then(self.precedence.cmp(&other.precedence))
            .then_with(|| other.weight(self).cmp(&self.weight(other)))
            .then(self.origin.cmp(&other.origin))
            .then(self.sequence.cmp(&other.sequence))
    }
}

impl PartialOrd for CallRank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The best of some candidates, and how many there were.
pub(super) fn best<T, R: Ord>(candidates: impl Iterator<Item = (R, T)>) -> Option<(R, T, u32)> {
    let mut best: Option<(R, T)> = None;
    let mut count = 0_u32;
    for (rank, candidate) in candidates {
        count = count.saturating_add(1);
        if best.as_ref().is_none_or(|(leader, _)| rank < *leader) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(rank, candidate)| (rank, candidate, count))
}

/// A hash that is the same on every node and in every build.
pub(super) fn stable_hash(text: &str) -> u64 {
    // FNV-1a.
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The stable hash of an agent and a ticket, from the hashes of their names.
pub(super) fn pair_hash(agent: u64, ticket: u64) -> u64 {
    // The finishing steps of splitmix64: neighbours in give strangers out.
    let mut mixed = agent.rotate_left(32) ^ ticket;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_chosen_by_band_then_occupancy_then_idle_then_hash() {
        let base = AgentRank {
            band: Reverse(Band(4)),
            occupancy_ppm: 500_000,
            idle_since: Moment::from_micros(50),
            hash: 50,
        };
        let ascending = [
            AgentRank { band: Reverse(Band(5)), occupancy_ppm: 900_000, ..base },
            AgentRank { occupancy_ppm: 400_000, idle_since: Moment::from_micros(90), ..base },
            AgentRank { idle_since: Moment::from_micros(10), hash: 90, ..base },
            AgentRank { hash: 10, ..base },
            base,
        ];
        assert!(ascending.is_sorted_by(|better, worse| better < worse));
    }

    #[test]
    fn a_call_is_chosen_by_class_then_head_then_need_then_age_then_sequence() {
        let second = Duration::from_secs(1);
        let now = Moment::from_micros(0) + second * 100;
        let origin = Origin::of(now, second * 20);
        let base = CallRank {
            class: Class::default(),
            precedence: Precedence::Joined,
            wait: second * 20,
            target: second * 20,
            origin,
            sequence: 5,
        };
        let older = Origin::of(now, second * 40);
        let ascending = [
            CallRank { class: Class::EMERGENCY, wait: second, ..base },
            CallRank { precedence: Precedence::Head, wait: second, ..base },
            CallRank { wait: second * 30, origin: older, ..base },
            CallRank { wait: second * 40, target: second * 40, origin: older, ..base },
            CallRank { sequence: 4, ..base },
            base,
        ];
        assert!(ascending.is_sorted_by(|first, later| first < later));
    }
}
