//! Which nodes a call can come to.

use std::collections::BTreeSet;

use crate::flow::check::edge::{Ways, node_of};
use crate::flow::check::{Scene, place_of};
use crate::flow::diagnostic::{Code, Fault};
use crate::flow::model::NodeIndex;
use crate::flow::parse::flow::Found;
use crate::flow::parse::outcome::HANGUP;

/// The nodes that a call can come to; the others are written down.
pub(super) fn check(scene: &Scene<'_>, found: &Found, ways: &Ways) -> BTreeSet<NodeIndex> {
    let flow = &found.flow;
    let mut reached = BTreeSet::new();
    let mut ahead = vec![flow.start];
    while let Some(node) = ahead.pop() {
        if reached.insert(node) {
            ahead.extend(ways.nodes_from(node));
        }
    }
    let after_hangup = after_hangup(scene, found, ways);
    for (position, node) in flow.nodes.iter().enumerate() {
        let index = NodeIndex(position);
        if !reached.contains(&index) && !after_hangup.contains(&index) {
            scene.add(
                Fault::new(
                    Code::UnreachableNode,
                    &flow.file,
                    place_of(found, index),
                    "a node that some other node leads to",
                )
                .found(&*node.id),
            );
        }
    }
    reached.extend(after_hangup);
    reached
}

/// The nodes that run when the caller has left: none that plays, asks or waits.
fn after_hangup(scene: &Scene<'_>, found: &Found, ways: &Ways) -> BTreeSet<NodeIndex> {
    let flow = &found.flow;
    let mut reached = BTreeSet::new();
    let Some(first) = flow.events.find(HANGUP).and_then(node_of) else { return reached };
    if !flow.node(first).step.is_quiet() {
        scene.add(
            Fault::new(
                Code::WrongPlace,
                &flow.file,
                place_of(found, first),
                "`set`, `switch` or `tag` after `hangup`",
            )
            .found(&*flow.node(first).id)
            .note("the caller has left: nothing can be played or asked"),
        );
    }
    let mut ahead = vec![first];
    while let Some(node) = ahead.pop() {
        let quiet = node == first || flow.node(node).step.is_quiet();
        if quiet && reached.insert(node) {
            ahead.extend(ways.nodes_from(node));
        }
    }
    reached
}
