//! Every outcome of every node leads somewhere.

use std::collections::BTreeSet;

use crate::flow::check::edge::{outcomes, resolve};
use crate::flow::check::{Scene, place_of};
use crate::flow::diagnostic::{Code, Fault};
use crate::flow::model::NodeIndex;
use crate::flow::parse::flow::Found;

/// Writes down the outcomes that neither node, flow nor bundle resolves, once for each node.
pub(super) fn check(scene: &Scene<'_>, found: &Found, reached: &BTreeSet<NodeIndex>) {
    for &index in reached {
        let node = found.flow.node(index);
        let open: Vec<String> = outcomes(scene, node)
            .into_iter()
            .filter(|outcome| resolve(scene, found, node, outcome).is_none())
            .map(|outcome| format!("`{outcome}`"))
            .collect();
        if open.is_empty() {
            continue;
        }
        scene.add(
            Fault::new(
                Code::UnresolvedOutcome,
                &found.flow.file,
                place_of(found, index),
                format!("a node for {}", open.join(", ")),
            )
            .found(&*node.id)
            .note("name it under `events:` of the node or of the flow"),
        );
    }
}
