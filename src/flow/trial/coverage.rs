//! Which nodes and outcomes the tests of a file came by.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::flow::model::{Bundle, FlowIndex, Reference, Step};
use crate::flow::outcome;
use crate::flow::trial::script::Wanted;

/// What a call, or all calls, came by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Each node, as flow and node.
    pub nodes: BTreeSet<(Arc<str>, Arc<str>)>,
    /// Each outcome, as flow, node and outcome.
    pub outcomes: BTreeSet<(Arc<str>, Arc<str>, Arc<str>)>,
}

impl Seen {
    /// Adds what another call came by.
    pub(super) fn add(&mut self, other: &Self) {
        self.nodes.extend(other.nodes.iter().cloned());
        self.outcomes.extend(other.outcomes.iter().cloned());
    }
}

/// How much of its flows a test file has walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The test file.
    pub file: String,
    /// The nodes, as `flow.node`.
    pub nodes: Share,
    /// The outcomes of nodes besides `next`, as `flow.node: outcome`.
    pub outcomes: Share,
}

/// How many of some things were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// How many of a hundred are wanted; `None` when the file does not say.
    pub wanted: Option<u8>,
    /// How many there are.
    pub all: usize,
    /// Those that no test came by.
    pub missed: Vec<String>,
}

impl Coverage {
    /// The coverage of one file whose tests begin in `flow`.
    pub(super) fn of(
        file: &str,
        wanted: Wanted,
        bundle: &Bundle,
        flow: FlowIndex,
        seen: &Seen,
    ) -> Self {
        let mut nodes = Share { wanted: wanted.nodes, all: 0, missed: Vec::new() };
        let mut outcomes = Share { wanted: wanted.outcomes, all: 0, missed: Vec::new() };
        let flows = within_reach(bundle, flow).into_iter().map(|index| bundle.flow(index));
        for (flow, node) in flows.flat_map(|flow| flow.nodes.iter().map(move |node| (flow, node))) {
            let name = || (Arc::clone(&flow.id), Arc::clone(&node.id));
            let is_seen = seen.nodes.contains(&name());
            nodes.count((!is_seen).then(|| format!("{}.{}", flow.id, node.id)));
            let waiting = node.step.leads_to().map(|flow| bundle.flow(flow));
            let seen_of = outcome::to_be_seen(node, waiting).into_iter();
            for outcome in seen_of.filter(|outcome| can_be(bundle, &node.step, outcome)) {
                let key = (name().0, name().1, Arc::from(outcome.as_str()));
                let is_seen = seen.outcomes.contains(&key);
                outcomes.count((!is_seen).then(|| format!("{}.{}: {outcome}", flow.id, node.id)));
            }
        }
        Self { file: file.to_owned(), nodes, outcomes }
    }

    /// Whether it is as much as the file wants.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.nodes.is_enough() && self.outcomes.is_enough()
    }
}

impl Share {
    fn count(&mut self, missed: Option<String>) {
        self.all += 1;
        self.missed.extend(missed);
    }

    /// How many of a hundred were seen, rounded down.
    #[must_use]
    pub fn percent(&self) -> u8 {
        let seen = self.all.saturating_sub(self.missed.len());
        u8::try_from((seen * 100).checked_div(self.all).unwrap_or(100)).unwrap_or(100)
    }

    /// Whether it is as much as the file wants.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.wanted.is_none_or(|wanted| self.percent() >= wanted)
    }
}

/// Whether an outcome can come true: a queue without a calendar never closes.
fn can_be(bundle: &Bundle, step: &Step, outcome: &str) -> bool {
    let Step::Queue(queue) = step else { return true };
    let Reference::Fixed(id) = &queue.queue else { return true };
    let policy = bundle.queues.iter().find(|(queue, _)| queue.as_str() == &**id);
    let closes = policy.is_none_or(|(_, policy)| policy.calendar.is_some());
    closes || outcome != outcome::QUEUE_CLOSED
}

/// A flow, and those that it calls or lets callers hear while they wait.
fn within_reach(bundle: &Bundle, flow: FlowIndex) -> BTreeSet<FlowIndex> {
    let mut found = BTreeSet::from([flow]);
    let mut ahead = vec![flow];
    while let Some(index) = ahead.pop() {
        for node in &bundle.flow(index).nodes {
            let next = node.step.leads_to();
            if let Some(next) = next.filter(|&next| found.insert(next)) {
                ahead.push(next);
            }
        }
    }
    found
}
