//! Which nodes the tests of a file came by.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::flow::model::{Bundle, FlowIndex};

/// How much of its flows a test file has walked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The test file.
    pub file: String,
    /// How many of a hundred nodes it wants; `None` when it does not say.
    pub wanted: Option<u8>,
    /// How many nodes there are.
    pub nodes: usize,
    /// Those that no test entered, as `flow.node`.
    pub missed: Vec<String>,
}

impl Coverage {
    /// The coverage of one file whose tests begin in `flow`.
    pub(super) fn of(
        file: &str,
        wanted: Option<u8>,
        bundle: &Bundle,
        flow: FlowIndex,
        entered: &BTreeSet<(Arc<str>, Arc<str>)>,
    ) -> Self {
        let mut nodes = 0;
        let mut missed = Vec::new();
        for index in within_reach(bundle, flow) {
            let flow = bundle.flow(index);
            nodes += flow.nodes.len();
            let unseen = flow
                .nodes
                .iter()
                .filter(|node| !entered.contains(&(Arc::clone(&flow.id), Arc::clone(&node.id))));
            missed.extend(unseen.map(|node| format!("{}.{}", flow.id, node.id)));
        }
        Self { file: file.to_owned(), wanted, nodes, missed }
    }

    /// How many of a hundred nodes were entered, rounded down.
    #[must_use]
    pub fn percent(&self) -> u8 {
        let seen = self.nodes.saturating_sub(self.missed.len());
        u8::try_from((seen * 100).checked_div(self.nodes).unwrap_or(100)).unwrap_or(100)
    }

    /// Whether it is as much as the file wants.
    #[must_use]
    pub fn is_enough(&self) -> bool {
        self.wanted.is_none_or(|wanted| self.percent() >= wanted)
    }
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
