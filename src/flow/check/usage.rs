//! How flows use each other: none is forgotten, none calls itself, each gets what it needs.

use std::collections::BTreeSet;

use crate::flow::check::{Scene, place_of};
use crate::flow::diagnostic::{Code, Fault};
use crate::flow::model::{FlowIndex, NodeIndex, Target};
use crate::flow::parse::flow::Found;

/// Checks the flows together.
pub(super) fn check(scene: &Scene<'_>, answering: &[FlowIndex]) {
    let entered: BTreeSet<FlowIndex> = answering
        .iter()
        .copied()
        .chain(scene.events.0.values().filter_map(|target| match target {
            Target::Flow(flow) => Some(*flow),
            Target::Node(_) => None,
        }))
        .collect();
    let used: BTreeSet<FlowIndex> =
        entered.iter().flat_map(|&flow| flows_from(scene, flow)).collect();
    for (position, found) in scene.flows.iter().enumerate() {
        let Some(found) = found else { continue };
        let index = FlowIndex(position);
        if !used.contains(&index) {
            tell(scene, found, Code::UnusedFlow, "a flow that some call comes to");
        }
        let open = found.flow.inputs.values().find(|input| input.default.is_none());
        if let Some(input) = open.filter(|_| entered.contains(&index)) {
            let wanted =
                format!("a default for the input `{}`: nobody calls this flow", input.name);
            tell(scene, found, Code::WrongPlace, &wanted);
        }
        if let Some(node) = calls_itself(scene, index) {
            scene.add(
                Fault::new(
                    Code::EndlessLoop,
                    &found.flow.file,
                    place_of(found, node),
                    "a call that does not lead back to its own flow",
                )
                .found(&*found.flow.node(node).id),
            );
        }
    }
}

fn tell(scene: &Scene<'_>, found: &Found, code: Code, wanted: &str) {
    scene.add(Fault::new(code, &found.flow.file, found.id_place, wanted).found(&*found.flow.id));
}

/// The node that begins a chain of mentions back to its own flow. A circle is told of once, in
/// the first of its flows.
fn calls_itself(scene: &Scene<'_>, start: FlowIndex) -> Option<NodeIndex> {
    let found = scene.flow(start)?;
    found.flow.nodes.iter().enumerate().find_map(|(position, node)| {
        let first = node.step.leads_to()?;
        let circle = flows_from(scene, first);
        let first_of_circle = circle
            .iter()
            .filter(|&&flow| flows_from(scene, flow).contains(&start))
            .all(|&flow| start <= flow);
        (circle.contains(&start) && first_of_circle).then_some(NodeIndex(position))
    })
}

fn flows_from(scene: &Scene<'_>, start: FlowIndex) -> BTreeSet<FlowIndex> {
    let mut reached = BTreeSet::new();
    let mut ahead = vec![start];
    while let Some(flow) = ahead.pop() {
        if reached.insert(flow)
            && let Some(found) = scene.flow(flow)
        {
            ahead.extend(found.flow.nodes.iter().filter_map(|node| node.step.leads_to()));
        }
    }
    reached
}
