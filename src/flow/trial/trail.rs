//! The way that a call took through its flows, and why it took that one.

use std::sync::Arc;

use crate::flow::expression::World;
use crate::flow::model::{Step, Target};

/// Steps that are remembered.
const STEPS_MAX: usize = 64;

/// The way that a call took last.
#[derive(Debug, Default)]
pub(super) struct Trail {
    steps: Vec<Footstep>,
    why: Option<String>,
}

/// A node that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Footstep {
    /// The flow.
    pub flow: Arc<str>,
    /// The node.
    pub node: Arc<str>,
    /// What it does, in the word of files.
    pub does: &'static str,
    /// Why the call went there: an outcome, a key or a condition; empty for what always follows.
    pub why: String,
}

impl Trail {
    /// The way, the newest step last.
    pub(super) fn steps(&self) -> &[Footstep] {
        &self.steps
    }

    /// What the next step is taken for.
    pub(super) fn because(&mut self, why: String) {
        self.why = Some(match self.why.take() {
            Some(before) => format!("{before}, {why}"),
            None => why,
        });
    }

    /// The call enters a node.
    pub(super) fn enters(&mut self, world: &World, flow: &Arc<str>, node: &Arc<str>) {
        let step = step_of(world, flow, node);
        let why = self.why.take().or_else(|| self.condition(world, flow, node));
        if self.steps.len() == STEPS_MAX {
            self.steps.remove(0);
        }
        self.steps.push(Footstep {
            flow: Arc::clone(flow),
            node: Arc::clone(node),
            does: step.map_or("", Step::word),
            why: why.unwrap_or_default(),
        });
    }

    /// The condition of the switch that the call comes from.
    fn condition(&self, world: &World, flow: &Arc<str>, node: &Arc<str>) -> Option<String> {
        let before = self.steps.last().filter(|before| before.flow == *flow)?;
        let Step::Switch(switch) = step_of(world, flow, &before.node)? else { return None };
        let bundle = world.bundle();
        let nodes = &bundle.flow(bundle.flow_named(flow)?).nodes;
        let leads_here = |target: &Target| match target {
            Target::Node(index) => nodes.get(index.0).is_some_and(|of| of.id == *node),
            Target::Flow(_) => false,
        };
        let taken = switch.cases.iter().find(|case| leads_here(&case.next));
        Some(taken.map_or_else(|| "else".to_owned(), |case| case.when.text().to_owned()))
    }
}

fn step_of<'w>(world: &'w World, flow: &str, node: &str) -> Option<&'w Step> {
    let bundle = world.bundle();
    let flow = bundle.flow(bundle.flow_named(flow)?);
    flow.nodes.iter().find(|of| &*of.id == node).map(|of| &of.step)
}
