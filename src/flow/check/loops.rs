//! No call goes round for ever: every loop has a `limit` or needs a human being.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::check::edge::{Way, Ways, node_of};
use crate::flow::check::{Scene, place_of};
use crate::flow::diagnostic::{Code, Fault};
use crate::flow::model::NodeIndex;
use crate::flow::parse::flow::Found;

/// Where each node leads without anybody doing anything.
type Alone = BTreeMap<NodeIndex, Vec<NodeIndex>>;

/// Writes down each loop once, at its first node in the file.
pub(super) fn check(scene: &Scene<'_>, found: &Found, ways: &Ways, reached: &BTreeSet<NodeIndex>) {
    let alone = round(reached.iter().map(|&node| (node, alone(found, ways, node))).collect());
    let mut told: BTreeSet<NodeIndex> = BTreeSet::new();
    for &node in alone.keys() {
        if told.contains(&node) {
            continue;
        }
        let ahead = reached_from(&alone, node);
        if !ahead.contains(&node) {
            continue;
        }
        let members: BTreeSet<NodeIndex> = ahead
            .into_iter()
            .filter(|&other| reached_from(&alone, other).contains(&node))
            .collect();
        tell(scene, found, node, &members);
        told.extend(members);
    }
}

fn tell(scene: &Scene<'_>, found: &Found, first: NodeIndex, members: &BTreeSet<NodeIndex>) {
    let names: Vec<String> =
        members.iter().map(|&member| format!("`{}`", found.flow.node(member).id)).collect();
    scene.add(
        Fault::new(
            Code::EndlessLoop,
            &found.flow.file,
            place_of(found, first),
            "a loop with `limit: {visits, then}`, or one that takes input",
        )
        .found(&*found.flow.node(first).id)
        .note(format!("without anybody doing anything, the call goes round {}", names.join(", "))),
    );
}

/// What is left when nodes that lead nowhere are taken away, again and again: loops, and what
/// leads to them. Of a good flow nothing is left.
fn round(mut alone: Alone) -> Alone {
    let mut before: BTreeMap<NodeIndex, Vec<NodeIndex>> = BTreeMap::new();
    for (&node, ahead) in &alone {
        for &to in ahead {
            before.entry(to).or_default().push(node);
        }
    }
    let mut open: BTreeMap<NodeIndex, usize> =
        alone.iter().map(|(&node, ahead)| (node, ahead.len())).collect();
    let mut ended: Vec<NodeIndex> =
        open.iter().filter(|(_, ways)| **ways == 0).map(|(&node, _)| node).collect();
    while let Some(node) = ended.pop() {
        alone.remove(&node);
        for behind in before.get(&node).into_iter().flatten() {
            let Some(ways) = open.get_mut(behind) else { continue };
            *ways -= 1;
            if *ways == 0 {
                ended.push(*behind);
            }
        }
    }
    alone
}

/// The nodes that a call can come to from `start` without anybody doing anything, however often
/// it has been there. Errors are left out: 500 entries end them.
fn reached_from(alone: &Alone, start: NodeIndex) -> BTreeSet<NodeIndex> {
    let ahead = |node| alone.get(&node).into_iter().flatten().copied();
    let mut reached = BTreeSet::new();
    let mut open: Vec<NodeIndex> = ahead(start).collect();
    while let Some(node) = open.pop() {
        if reached.insert(node) {
            open.extend(ahead(node));
        }
    }
    reached
}

fn alone(found: &Found, ways: &Ways, index: NodeIndex) -> Vec<NodeIndex> {
    // In the long run a node with a limit only leads past itself.
    if let Some(limit) = found.flow.node(index).limit {
        return node_of(limit.then).into_iter().collect();
    }
    ways.from(index)
        .iter()
        .filter(|edge| edge.way == Way::Alone)
        .filter_map(|edge| node_of(edge.to))
        .collect()
}
