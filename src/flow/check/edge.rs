//! The ways out of a node.

use crate::flow::check::Scene;
use crate::flow::model::{Menu, Node, NodeIndex, Patience, Role, Step, Target};
use crate::flow::outcome::{self, KEY, STREAM_DONE, http_status};
use crate::flow::parse::flow::Found;
use crate::flow::parse::outcome::ERRORS;

/// A way out of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Edge {
    /// Where it leads.
    pub(super) to: Target,
    /// When it is taken.
    pub(super) way: Way,
}

/// When a way is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// A human being did something, or time passed that something else limits.
    Human,
    /// Nobody needs to do anything.
    Alone,
    /// Something went wrong.
    Error,
}

/// Every way out of every node of a flow.
pub(super) struct Ways(Vec<Vec<Edge>>);

impl Ways {
    /// The ways of a flow.
    pub(super) fn of(scene: &Scene<'_>, found: &Found) -> Self {
        Self(found.flow.nodes.iter().map(|node| edges(scene, found, node)).collect())
    }

    /// The ways out of one node.
    pub(super) fn from(&self, node: NodeIndex) -> &[Edge] {
        self.0.get(node.0).map_or(&[], Vec::as_slice)
    }

    /// The nodes of the same flow that a node leads to.
    pub(super) fn nodes_from(&self, node: NodeIndex) -> impl Iterator<Item = NodeIndex> {
        self.from(node).iter().filter_map(|edge| node_of(edge.to))
    }
}

/// Every way out of a node.
fn edges(scene: &Scene<'_>, found: &Found, node: &Node) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut add = |to: Target, way: Way| edges.push(Edge { to, way });
    if let Some(next) = node.next {
        let way = if node.when.is_some() { Way::Alone } else { way_on(&node.step) };
        add(next, way);
    }
    if let Some(limit) = node.limit {
        add(limit.then, Way::Alone);
    }
    own_ways(found, node, &mut add);
    for outcome in outcomes(scene, node) {
        if let Some(to) = resolve(scene, found, node, outcome) {
            add(to, if outcome == KEY { Way::Human } else { Way::Alone });
        }
    }
    for outcome in ERRORS {
        if let Some(to) = resolve(scene, found, node, outcome) {
            add(to, Way::Error);
        }
    }
    if found.flow.role == Role::Wait && node.when.is_none() && is_heard(&node.step) {
        // What takes time while waiting ends with the wait.
        edges
            .iter_mut()
            .filter(|edge| edge.way == Way::Alone)
            .for_each(|edge| edge.way = Way::Human);
    }
    edges
}

/// The ways that a type of step has of its own.
fn own_ways(found: &Found, node: &Node, add: &mut impl FnMut(Target, Way)) {
    match &node.step {
        Step::Menu(menu) => {
            for to in choices(menu) {
                add(to, Way::Human);
            }
            impatient(&menu.patience, add);
        }
        Step::Collect(collect) => impatient(&collect.patience, add),
        Step::Switch(switch) => {
            add(switch.otherwise, Way::Alone);
            for case in &switch.cases {
                add(case.next, Way::Alone);
            }
        }
        Step::Hours(hours) => {
            for to in [hours.open, hours.closed, hours.holiday, hours.special] {
                add(to, Way::Alone);
            }
        }
        Step::Http(_) => {
            for (outcome, to) in node.events.0.iter().chain(&found.flow.events.0) {
                if http_status(outcome).is_some() {
                    add(*to, Way::Alone);
                }
            }
        }
        Step::Stream(_) => {
            if let Some(to) = node.events.find(STREAM_DONE) {
                add(to, Way::Human);
            }
        }
        Step::Play(_)
        | Step::Say(_)
        | Step::Set(_)
        | Step::Queue(_)
        | Step::LeaveQueue(_)
        | Step::Call(_)
        | Step::Return(_)
        | Step::Case(_)
        | Step::Message(_)
        | Step::Callback(_)
        | Step::Voicemail(_)
        | Step::Transfer(_)
        | Step::Record(_)
        | Step::Tag(_)
        | Step::Hangup(_) => {}
    }
}

/// The nodes of the same flow among them.
pub(super) fn node_of(target: Target) -> Option<NodeIndex> {
    match target {
        Target::Node(node) => Some(node),
        Target::Flow(_) => None,
    }
}

/// The outcomes besides `next` that must lead somewhere, but for errors.
pub(super) fn outcomes(scene: &Scene<'_>, node: &Node) -> Vec<&'static str> {
    let waiting = node.step.leads_to().and_then(|flow| scene.flow(flow));
    outcome::of(&node.step, waiting.map(|found| &found.flow))
}

/// Where an outcome of a node leads.
pub(super) fn resolve(
    scene: &Scene<'_>,
    found: &Found,
    node: &Node,
    outcome: &str,
) -> Option<Target> {
    node.events
        .find(outcome)
        .or_else(|| found.flow.events.find(outcome))
        .or_else(|| scene.events.find(outcome))
}

/// Whether `next` needs somebody: keys, a voice, or somebody at the other end.
const fn way_on(step: &Step) -> Way {
    let needs_somebody = matches!(
        step,
        Step::Collect(_)
            | Step::Queue(_)
            | Step::Voicemail(_)
            | Step::Transfer(_)
            | Step::Stream(_)
    );
    if needs_somebody { Way::Human } else { Way::Alone }
}

const fn is_heard(step: &Step) -> bool {
    matches!(step, Step::Play(_) | Step::Say(_) | Step::Menu(_) | Step::Collect(_))
}

fn choices(menu: &Menu) -> impl Iterator<Item = Target> {
    let written = menu.choices.iter().map(|choice| choice.next);
    written.chain(menu.choices_from.iter().map(|from| from.next))
}

fn impatient(patience: &Patience, add: &mut impl FnMut(Target, Way)) {
    if let Some(to) = patience.on_no_input {
        add(to, Way::Alone);
    }
    if let Some(to) = patience.on_no_match {
        add(to, Way::Human);
    }
}
