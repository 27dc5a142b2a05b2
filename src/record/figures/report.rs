//! The report: tallies of quarters summed over longer times, with the ratios that are made of them.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::base::time::Wall;
use crate::record::figures::quarter::Quarter;
use crate::record::figures::tally::{AgentTally, LineTally};

/// Whose figures they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Of each queue.
    Queue,
    /// Of each entity.
    Entity,
    /// Of each agent.
    Agent,
}

impl By {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Entity => "entity",
            Self::Agent => "agent",
        }
    }

    /// What the word means, if it is one.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        [Self::Queue, Self::Entity, Self::Agent].into_iter().find(|by| by.word() == word)
    }
}

/// The parts of one queue, entity or agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Totals {
    /// Of a queue or an entity.
    Line(LineTally),
    /// Of an agent.
    Agent(AgentTally),
}

/// One line of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// From when to when.
    pub time: Range<Wall>,
    /// Whose figures; `None` for callers who wanted no entity.
    pub key: Option<String>,
    /// What was counted.
    pub totals: Totals,
}

/// Sums quarters over the times that `around` finds for each; by time, and then by key.
#[must_use]
pub fn report(
    quarters: impl IntoIterator<Item = (Quarter, Option<String>, Totals)>,
    around: impl Fn(Wall) -> Range<Wall>,
) -> Vec<Row> {
    let mut rows: BTreeMap<(Wall, Option<String>), (Wall, Totals)> = BTreeMap::new();
    let mut time = Wall(0)..Wall(0);
    for (quarter, key, totals) in quarters {
        if !time.contains(&quarter.begin()) {
            time = around(quarter.begin());
        }
        let row = rows.entry((time.start, key)).or_insert_with(|| (time.end, totals.nothing()));
        row.1.add(&totals);
    }
    rows.into_iter()
        .map(|((start, key), (end, totals))| Row { time: start..end, key, totals })
        .collect()
}

impl Totals {
    /// Nothing of the same kind.
    fn nothing(&self) -> Self {
        match self {
            Self::Line(_) => Self::Line(LineTally::default()),
            Self::Agent(_) => Self::Agent(AgentTally::default()),
        }
    }

    /// Takes in others of the same kind.
    fn add(&mut self, other: &Self) {
        match (self, other) {
            (Self::Line(line), Self::Line(other)) => line.add(other),
            (Self::Agent(agent), Self::Agent(other)) => agent.add(other),
            (Self::Line(_), Self::Agent(_)) | (Self::Agent(_), Self::Line(_)) => {
                debug_assert!(false, "a report is of one kind");
            }
        }
    }

    /// The parts, by name.
    #[must_use]
    pub fn parts(&self) -> Vec<(&'static str, u64)> {
        match self {
            Self::Line(line) => line.parts(),
            Self::Agent(agent) => agent.parts(),
        }
    }

    /// The ratios, by name; `None` where nothing happened that they could be made of.
    #[must_use]
    pub fn ratios(&self) -> Vec<(&'static str, Option<f64>)> {
        match self {
            Self::Line(of) => {
                let unserved = of.abandoned.saturating_sub(of.abandoned_short);
                let judged = of.offered.saturating_sub(of.abandoned_short);
                vec![
                    ("service_level", ratio(of.answered_in_target, of.answered + unserved)),
                    ("abandon_rate", ratio(unserved, judged)),
                    ("asa_s", seconds(of.answered_wait_ms, of.answered)),
                    ("aht_s", seconds(of.handling_ms(), of.answered)),
                ]
            }
            Self::Agent(of) => {
                let handling = of.handling_ms();
                vec![
                    ("aht_s", seconds(handling, of.answered)),
                    ("occupancy", ratio(handling, handling.saturating_add(of.available_ms))),
                    ("utilisation", ratio(handling, of.signed_in_ms())),
                ]
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a ratio is told to a few places")]
fn ratio(part: u64, whole: u64) -> Option<f64> {
    // Four places are as exact as counts of callers are.
    (0 < whole).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

fn seconds(millis: u64, count: u64) -> Option<f64> {
    ratio(millis, count.saturating_mul(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratios(line: LineTally) -> Vec<Option<f64>> {
        Totals::Line(line).ratios().into_iter().map(|(_, ratio)| ratio).collect()
    }

    #[test]
    fn ratios_are_made_of_their_parts() {
        let line = LineTally {
            offered: 100,
            answered: 80,
            answered_in_target: 60,
            answered_wait_ms: 800_000,
            abandoned: 15,
            abandoned_short: 5,
            talk_ms: 8_000_000,
            hold_ms: 800_000,
            wrap_up_ms: 1_200_000,
            ..LineTally::default()
        };
        let wanted = [Some(0.6667), Some(0.1053), Some(10.0), Some(125.0)];
        assert_eq!(ratios(line), wanted);
        assert_eq!(ratios(LineTally::default()), [None; 4]);
        let agent = AgentTally {
            answered: 2,
            talk_ms: 300_000,
            wrap_up_ms: 100_000,
            available_ms: 400_000,
            away_ms: 800_000,
            ..AgentTally::default()
        };
        let wanted =
            [("aht_s", Some(200.0)), ("occupancy", Some(0.5)), ("utilisation", Some(0.25))];
        assert_eq!(Totals::Agent(agent).ratios(), wanted);
    }

    #[test]
    fn quarters_add_up_and_the_longest_wait_is_the_longest() {
        let hour = 3_600_000;
        let at = |quarter: i64| Quarter::of(Wall(quarter * hour / 4));
        let line = |offered, longest_wait_ms| {
            Totals::Line(LineTally { offered, longest_wait_ms, ..LineTally::default() })
        };
        let key = |key: &str| Some(key.to_owned());
        let quarters = vec![
            (at(0), key("care"), line(1, 5)),
            (at(1), key("care"), line(2, 9)),
            (at(3), None, line(4, 1)),
            (at(4), key("care"), line(8, 2)),
        ];
        let around = |wall: Wall| {
            let start = wall.0.div_euclid(hour) * hour;
            Wall(start)..Wall(start + hour)
        };
        let row = |start, key, totals| Row { time: Wall(start)..Wall(start + hour), key, totals };
        let wanted = [
            row(0, None, line(4, 1)),
            row(0, key("care"), line(3, 9)),
            row(hour, key("care"), line(8, 2)),
        ];
        assert_eq!(report(quarters, around), wanted);
    }
}
