//! No call goes round for ever: every loop has a `limit` or needs a human being.

use std::collections::BTreeSet;

use crate::flow::check::edge::{Way, edges, node_of};
use crate::flow::check::{Scene, place_of};
use crate::flow::diagnostic::{Code, Fault};
use crate::flow::model::NodeIndex;
use crate::flow::parse::flow::Found;

/// Writes down each loop once, at its first node in the file.
pub(super) fn check(scene: &Scene<'_>, found: &Found, reached: &BTreeSet<NodeIndex>) {
    let mut told: BTreeSet<NodeIndex> = BTreeSet::new();
    for &node in reached {
        if told.contains(&node) {
            continue;
        }
        let ahead = alone_from(scene, found, node);
        if !ahead.contains(&node) {
            continue;
        }
        let members: BTreeSet<NodeIndex> = ahead
            .into_iter()
            .filter(|&other| alone_from(scene, found, other).contains(&node))
            .collect();
        let names: Vec<String> =
            members.iter().map(|&member| format!("`{}`", found.flow.node(member).id)).collect();
        scene.add(
            Fault::new(
                Code::EndlessLoop,
                &found.flow.file,
                place_of(found, node),
                "a loop with `limit: {visits, then}`, or one that takes input",
            )
            .found(&*found.flow.node(node).id)
            .note(format!(
                "without anybody doing anything, the call goes round {}",
                names.join(", ")
            )),
        );
        told.extend(members);
    }
}

/// The nodes that a call can come to from `start` without anybody doing anything, however often
/// it has been there. Errors are left out: 500 entries end them.
fn alone_from(scene: &Scene<'_>, found: &Found, start: NodeIndex) -> BTreeSet<NodeIndex> {
    let mut reached = BTreeSet::new();
    let mut ahead = alone(scene, found, start);
    while let Some(node) = ahead.pop() {
        if reached.insert(node) {
            ahead.extend(alone(scene, found, node));
        }
    }
    reached
}

fn alone(scene: &Scene<'_>, found: &Found, index: NodeIndex) -> Vec<NodeIndex> {
    let node = found.flow.node(index);
    // In the long run a node with a limit only leads past itself.
    if let Some(limit) = node.limit {
        return node_of(limit.then).into_iter().collect();
    }
    edges(scene, found, node)
        .into_iter()
        .filter(|edge| edge.way == Way::Alone)
        .filter_map(|edge| node_of(edge.to))
        .collect()
}
