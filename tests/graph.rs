//! A bundle's picture has every node and every way of it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use hatif::flow::graph::{self, Graph, Kind, Way};
use hatif::flow::model::Language;
use hatif::flow::{self, Bundle};
use hatif::shell::files;

#[test]
fn the_whole_bundle_has_each_node_once_and_each_way_between_two_of_them() {
    for folder in ["ivr-flows", "tests/faults/bundle"] {
        let bundle = bundle(folder);
        let graph = graph::of(&bundle, Language::English);
        let names = names(&graph);
        assert_eq!(names.len(), graph.nodes.len(), "a name stands for one node");
        for flow in &bundle.flows {
            for node in &flow.nodes {
                assert!(names.contains(&*format!("{}/{}", flow.id, node.id)), "{}", node.id);
            }
        }
        for edge in &graph.edges {
            assert!(names.contains(&*edge.from) && names.contains(&*edge.to), "{edge:?}");
        }
        for to in graph.nodes.iter().flat_map(|node| &node.inherited).map(|one| &one.to) {
            assert!(names.contains(&**to), "{to}");
        }
        assert!(graph.nodes.iter().all(|node| node.kind != Kind::Flow), "all are drawn");
    }
}

#[test]
fn what_is_heard_is_told_in_the_language_that_was_asked_for() {
    let bundle = bundle("tests/faults/bundle");
    let text = |language| {
        let graph = graph::of(&bundle, language);
        let node = graph.nodes.into_iter().find(|node| node.id == "main/bye");
        node.expect("the node is there").text
    };
    assert_eq!(text(Language::English), "Goodbye");
    assert_eq!(text(Language::Arabic), "مع السلامة");
}

#[test]
fn ways_say_when_they_are_taken() {
    let bundle = bundle("tests/faults/bundle");
    let graph = graph::of(&bundle, Language::English);
    let ways: Vec<_> = graph
        .edges
        .iter()
        .filter(|edge| edge.from == "main/to_agent" || edge.from == "main/*")
        .map(|edge| (edge.to.as_str(), edge.label.as_str(), edge.way))
        .collect();
    assert!(ways.contains(&("comfort/place", "while waiting", Way::Wait)), "{ways:?}");
    assert!(ways.contains(&("main/closed", "queue", Way::Outcome)), "{ways:?}");
    assert!(ways.contains(&("main/to_agent", "input.gave_up", Way::Inherited)), "{ways:?}");
}

#[test]
fn one_flow_alone_shows_the_flows_it_mentions_as_one_node_each() {
    let bundle = bundle("tests/faults/bundle");
    let main = bundle.flow_named("main").expect("the flow is there");
    let graph = graph::of_flow(&bundle, main, Language::English);
    let others: Vec<_> = graph.nodes.iter().filter(|node| node.kind == Kind::Flow).collect();
    let others: BTreeSet<&str> = others.iter().map(|node| node.id.as_str()).collect();
    assert_eq!(others, BTreeSet::from(["comfort", "csat"]));
    let names = names(&graph);
    assert!(graph.edges.iter().all(|edge| names.contains(&*edge.to)));
}

#[test]
fn every_drawing_has_every_node_and_is_written_so_that_no_text_breaks_it() {
    let bundle = bundle("ivr-flows");
    for language in [Language::English, Language::Arabic] {
        let graph = graph::of(&bundle, language);
        let (svg, dot, mermaid) = (graph.to_svg(), graph.to_dot(), graph.to_mermaid());
        for node in graph.nodes.iter().filter(|node| matches!(node.kind, Kind::Step | Kind::Start))
        {
            assert!(svg.contains(&format!("<title>{} ({})", node.id, node.step)), "{}", node.id);
            assert!(dot.contains(&format!("\"{}\" [label=", node.id)), "{}", node.id);
            assert!(mermaid.contains(&format!("\"{} · {}", node.name, node.step)), "{}", node.id);
        }
        assert_eq!(svg.matches("<text ").count(), svg.matches("</text>").count());
        let rest = svg.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
        assert!(!rest.replace("&quot;", "").contains('&'), "every `&` is written out");
        assert_eq!(svg, graph.to_svg(), "a drawing is the same each time");
    }
}

fn names(graph: &Graph) -> BTreeSet<&str> {
    graph.nodes.iter().map(|node| node.id.as_str()).collect()
}

fn bundle(folder: &str) -> Arc<Bundle> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = files::bundle_in(&folder).expect("the bundle is there");
    flow::load(&files, None).unwrap_or_else(|faults| panic!("{faults}"))
}
