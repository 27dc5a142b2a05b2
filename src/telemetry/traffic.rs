//! The fold from call events to where callers are: by version of the bundle, flow and node.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::id::CallId;
use crate::base::limit::{LEDGER_CALLS_MAX, TRAFFIC_NODES_MAX, TRAFFIC_VERSIONS_MAX};
use crate::base::time::Wall;
use crate::call::event::{CallEvent, Fact};

/// The callers of the last hour are counted by the minute.
const MINUTES: usize = 60;
const HOUR_MINUTES: i64 = 60;
const MINUTE_MS: i64 = 60_000;

/// Counts callers in nodes.
#[derive(Debug, Default)]
pub struct Traffic {
    open: BTreeMap<CallId, Visit>,
    versions: BTreeMap<Arc<str>, Served>,
}

/// The callers of one node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeTraffic {
    /// The flow's id.
    pub flow: String,
    /// The node's id.
    pub node: String,
    /// Callers who are in it. Who waits in a queue is in the queue's node and in one of its wait
    /// flow.
    pub now: usize,
    /// Entries in the last hour.
    pub last_hour: u64,
}

type Name = (String, String);

/// One call on its way.
#[derive(Debug)]
struct Visit {
    bundle: Arc<str>,
    /// The node entered last.
    node: Option<Name>,
    /// The queue's node, while the caller waits or talks.
    queue: Option<Name>,
}

/// What one version has served.
#[derive(Debug, Default)]
struct Served {
    calls: u64,
    last: i64,
    nodes: BTreeMap<Name, Minutes>,
}

/// Entries by the minute, the last hour of them.
#[derive(Debug)]
struct Minutes {
    counts: [u32; MINUTES],
    /// The minute of the newest count.
    newest: i64,
}

impl Traffic {
    /// Counts one event. With [`LEDGER_CALLS_MAX`] open calls the oldest is forgotten.
    pub fn handle(&mut self, event: &CallEvent) {
        let CallEvent { version: _, call, at, fact } = event;
        match fact {
            Fact::Arrived { bundle, flow, .. } => self.arrived(*call, *at, bundle, flow),
            Fact::Entered { flow, node } => self.entered(*call, *at, flow, node),
            Fact::Queued { .. } => self.with(*call, |visit| visit.queue = visit.node.clone()),
            Fact::Connected { .. } => self.with(*call, |visit| visit.node = visit.queue.clone()),
            Fact::Released { .. } | Fact::LeftQueue { .. } => {
                self.with(*call, |visit| visit.queue = None);
            }
            Fact::Ended { .. } => drop(self.open.remove(call)),
            // They move nobody to another node.
            Fact::Answered
            | Fact::Outcome { .. }
            | Fact::Pressed { .. }
            | Fact::Tagged { .. }
            | Fact::Language { .. }
            | Fact::Offered { .. }
            | Fact::OfferEnded { .. }
            | Fact::Held
            | Fact::Unheld
            | Fact::AgentLost { .. }
            | Fact::Transferred { .. }
            | Fact::TransferEnded { .. }
            | Fact::Recording { .. }
            | Fact::Measured { .. } => {}
        }
    }

    /// How many calls each version took, since the engine started.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.versions.iter().map(|(hash, served)| (hash.to_string(), served.calls)).collect()
    }

    /// The nodes of a version where somebody is, or was within the last hour.
    #[must_use]
    pub fn nodes(&self, hash: &str, now: Wall) -> Vec<NodeTraffic> {
        let mut inside: BTreeMap<&Name, usize> = BTreeMap::new();
        for visit in self.open.values().filter(|visit| *visit.bundle == *hash) {
            let queue = visit.queue.as_ref().filter(|queue| visit.node.as_ref() != Some(*queue));
            visit.node.iter().chain(queue).for_each(|name| *inside.entry(name).or_default() += 1);
        }
        let nodes = self.versions.get(hash).map(|served| &served.nodes);
        let traffic = |(name, minutes): (&Name, &Minutes)| {
            let now_in = inside.get(name).copied().unwrap_or(0);
            let last_hour = minutes.sum(now.0 / MINUTE_MS);
            let (flow, node) = name.clone();
            (now_in > 0 || last_hour > 0).then_some(NodeTraffic {
                flow,
                node,
                now: now_in,
                last_hour,
            })
        };
        nodes.into_iter().flatten().filter_map(traffic).collect()
    }

    fn arrived(&mut self, call: CallId, at: Wall, bundle: &str, flow: &str) {
        if flow.is_empty() {
            // Its number was unknown: no version served it.
            return;
        }
        if self.open.len() >= LEDGER_CALLS_MAX {
            self.open.pop_first();
        }
        let hash = match self.versions.get_key_value(bundle) {
            Some((hash, _)) => Arc::clone(hash),
            None => {
                self.make_room();
                bundle.into()
            }
        };
        let served = self.versions.entry(Arc::clone(&hash)).or_default();
        served.calls = served.calls.saturating_add(1);
        served.last = at.0;
        self.open.insert(call, Visit { bundle: hash, node: None, queue: None });
    }

    fn entered(&mut self, call: CallId, at: Wall, flow: &str, node: &str) {
        let Some(visit) = self.open.get_mut(&call) else { return };
        let name = (flow.to_owned(), node.to_owned());
        visit.node = Some(name.clone());
        let hash = Arc::clone(&visit.bundle);
        let counted: usize = self.versions.values().map(|served| served.nodes.len()).sum();
        let Some(served) = self.versions.get_mut(&hash) else { return };
        if counted < TRAFFIC_NODES_MAX || served.nodes.contains_key(&name) {
            served.nodes.entry(name).or_insert_with(Minutes::none).count(at.0 / MINUTE_MS);
        }
    }

    fn with(&mut self, call: CallId, change: impl FnOnce(&mut Visit)) {
        if let Some(visit) = self.open.get_mut(&call) {
            change(visit);
        }
    }

    fn make_room(&mut self) {
        if self.versions.len() < TRAFFIC_VERSIONS_MAX {
            return;
        }
        let first = self.versions.iter().min_by_key(|(_, served)| served.last);
        if let Some(hash) = first.map(|(hash, _)| Arc::clone(hash)) {
            self.versions.remove(&hash);
        }
    }
}

impl Minutes {
    const fn none() -> Self {
        Self { counts: [0; MINUTES], newest: i64::MIN }
    }

    fn count(&mut self, minute: i64) {
        self.advance(minute);
        if let Some(count) = self.counts.get_mut(place(self.newest)) {
            *count = count.saturating_add(1);
        }
    }

    /// Empties the minutes that went by without a count. A clock that was set back counts on in the
    /// newest minute.
    fn advance(&mut self, minute: i64) {
        if minute <= self.newest {
            return;
        }
        let passed = minute.saturating_sub(self.newest).min(HOUR_MINUTES);
        let places = (0..passed).map(|back| place(minute - back));
        for place in places {
            if let Some(count) = self.counts.get_mut(place) {
                *count = 0;
            }
        }
        self.newest = minute;
    }

    /// The entries of the hour up to a minute.
    fn sum(&self, now: i64) -> u64 {
        let oldest = now.saturating_sub(HOUR_MINUTES);
        let minutes = (0..HOUR_MINUTES).map(|back| self.newest.saturating_sub(back));
        let fresh = minutes.filter(|minute| *minute > oldest);
        fresh.filter_map(|minute| self.counts.get(place(minute)).copied().map(u64::from)).sum()
    }
}

fn place(minute: i64) -> usize {
    usize::try_from(minute.rem_euclid(HOUR_MINUTES)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::id::TicketId;
    use crate::call::ending::{Cause, Ending, Side};
    use crate::call::event::{Departure, Line};

    const HOUR_MS: i64 = 60 * MINUTE_MS;

    fn call(number: u64) -> CallId {
        CallId::new(Wall(1), &mut Rng::seeded(number))
    }

    fn ticket() -> TicketId {
        TicketId::new(Wall(1), &mut Rng::seeded(7))
    }

    fn arrived(bundle: &str) -> Fact {
        let (from, to, trunk) = ("1".into(), "800".into(), "carrier".into());
        Fact::Arrived {
            direction: crate::call::event::Direction::Inbound,
            from,
            to,
            trunk,
            line: Line::Sip,
            bundle: bundle.into(),
            flow: "main".into(),
        }
    }

    fn entered(node: &str) -> Fact {
        Fact::Entered { flow: "main".into(), node: node.into() }
    }

    fn fold(events: Vec<(u64, i64, Fact)>) -> Traffic {
        let mut traffic = Traffic::default();
        for (number, at, fact) in events {
            traffic.handle(&CallEvent { version: 1, call: call(number), at: Wall(at), fact });
        }
        traffic
    }

    fn check(traffic: &Traffic, now: i64, wanted: &[(&str, usize, u64)]) {
        let found = traffic.nodes("a", Wall(now));
        let found: Vec<_> =
            found.iter().map(|of| (of.node.as_str(), of.now, of.last_hour)).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn callers_are_counted_where_they_are_and_where_they_were_for_an_hour() {
        let ended = Fact::Ended { ending: Ending { by: Side::Caller, cause: Cause::HungUp } };
        let traffic = fold(vec![
            (1, 0, arrived("a")),
            (1, 0, entered("menu")),
            (2, 0, arrived("a")),
            (2, 0, entered("menu")),
            (2, MINUTE_MS, entered("bye")),
            (3, 0, arrived("b")),
            (3, 0, entered("menu")),
            (2, 2 * MINUTE_MS, ended),
        ]);
        check(&traffic, 2 * MINUTE_MS, &[("bye", 0, 1), ("menu", 1, 2)]);
        check(&traffic, HOUR_MS, &[("bye", 0, 1), ("menu", 1, 0)]);
        check(&traffic, HOUR_MS + MINUTE_MS, &[("menu", 1, 0)]);
        assert_eq!(traffic.calls(), BTreeMap::from([("a".into(), 2), ("b".into(), 1)]));
    }

    #[test]
    fn who_waits_is_in_the_queue_and_hears_the_wait_flow() {
        let queued =
            Fact::Queued { ticket: ticket(), queue: "care".into(), entity: None, class: 2 };
        let left = Fact::LeftQueue { ticket: ticket(), why: Departure::Timeout, waited_ms: 1_000 };
        let mut events = vec![
            (1, 0, arrived("a")),
            (1, 0, entered("to_agent")),
            (1, 0, queued),
            (1, 0, entered("music")),
        ];
        check(&fold(events.clone()), 0, &[("music", 1, 1), ("to_agent", 1, 1)]);
        events.extend([(1, 0, left), (1, 0, entered("sorry"))]);
        check(&fold(events), 0, &[("music", 0, 1), ("sorry", 1, 1), ("to_agent", 0, 1)]);
    }

    #[test]
    fn minutes_without_callers_are_empty_again() {
        let mut minutes = Minutes::none();
        for minute in [100, 100, 130, 159] {
            minutes.count(minute);
        }
        assert_eq!([159, 160, 189, 190, 219].map(|now| minutes.sum(now)), [4, 2, 2, 1, 0]);
        minutes.count(165);
        assert_eq!(minutes.sum(165), 3);
        minutes.count(150);
        assert_eq!(minutes.sum(165), 4, "a clock set back");
    }
}
