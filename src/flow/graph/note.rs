//! What every kind of drawing says alike: short texts, ways that share their ends, families of
//! steps.

use std::collections::BTreeMap;

use crate::flow::graph::{Edge, Graph, Node, Way};

/// Ways between the same two nodes as one, with their labels one after the other.
pub(super) struct Bundled<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    pub(super) label: String,
    pub(super) way: Way,
}

/// The ways of a graph, those between the same two nodes taken together.
pub(super) fn bundled<'a>(edges: impl Iterator<Item = &'a Edge>) -> Vec<Bundled<'a>> {
    let mut bundled: Vec<Bundled<'a>> = Vec::new();
    let mut known: BTreeMap<(&str, &str, bool), usize> = BTreeMap::new();
    for edge in edges {
        let is_quiet = edge.way == Way::Inherited;
        let label = short(&edge.label, LABEL);
        let ends = (edge.from.as_str(), edge.to.as_str(), is_quiet);
        match known.get(&ends).and_then(|&index| bundled.get_mut(index)) {
            Some(one) => {
                one.label = joined(&one.label, &label);
            }
            None => {
                known.insert(ends, bundled.len());
                let (from, to) = (&edge.from, &edge.to);
                bundled.push(Bundled { from, to, label, way: edge.way });
            }
        }
    }
    bundled
}

fn joined(labels: &str, more: &str) -> String {
    match (labels, more) {
        (_, "") => labels.to_owned(),
        ("", _) => more.to_owned(),
        _ if labels.split(" · ").any(|said| said == more) => labels.to_owned(),
        _ => format!("{labels} · {more}"),
    }
}

/// Characters of one label.
const LABEL: usize = 36;

/// The first words of a text.
pub(super) fn short(text: &str, most: usize) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() <= most {
        return text;
    }
    let cut: String = text.chars().take(most).collect();
    let whole = cut.rfind(' ').filter(|&end| most / 2 < end).and_then(|end| cut.get(..end));
    format!("{}…", whole.unwrap_or(&cut))
}

/// The flows of a graph, each with its nodes; what belongs to no flow comes first, under "".
pub(super) fn by_flow(graph: &Graph) -> Vec<(&str, Vec<&Node>)> {
    let mut flows: Vec<(&str, Vec<&Node>)> = Vec::new();
    for node in &graph.nodes {
        let flow = node.flow.as_deref().unwrap_or("");
        match flows.iter_mut().find(|(name, _)| *name == flow) {
            Some((_, nodes)) => nodes.push(node),
            None => flows.push((flow, vec![node])),
        }
    }
    flows
}

/// What kind of thing a step is, for its colour.
pub(super) fn family(step: &str) -> &'static str {
    match step {
        "play" | "say" | "menu" | "collect" => "heard",
        "queue" | "leave_queue" | "callback" | "voicemail" | "transfer" | "stream" => "people",
        "http" | "case" | "message" | "record" => "outside",
        "call" | "return" | "flow" => "flow",
        "hangup" => "end",
        "number" => "number",
        _ => "quiet",
    }
}
