//! From a bundle to its graph.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::flow::graph::part::{Edge, Graph, Inherited, Kind, Node, Source, Way};
use crate::flow::graph::say;
use crate::flow::model::{
    self, Bundle, Choice, Events, Flow, FlowIndex, Language, NodeIndex, Step, Target,
};
use crate::flow::parse::outcome;

/// The graph of a whole bundle.
#[must_use]
pub fn of(bundle: &Bundle, language: Language) -> Graph {
    let all = (0..bundle.flows.len()).map(FlowIndex).collect();
    let mut sketch = Sketch { bundle, language, drawn: all, nodes: Vec::new(), edges: Vec::new() };
    for (number, &flow) in &bundle.numbers {
        sketch.number(number, flow);
    }
    for index in 0..bundle.flows.len() {
        sketch.flow(FlowIndex(index));
    }
    sketch.events("*", None, &bundle.events);
    sketch.finish()
}

/// The graph of one flow; the flows that it mentions are one node each.
#[must_use]
pub fn of_flow(bundle: &Bundle, flow: FlowIndex, language: Language) -> Graph {
    let drawn = BTreeSet::from([flow]);
    let mut sketch = Sketch { bundle, language, drawn, nodes: Vec::new(), edges: Vec::new() };
    for (number, _) in bundle.numbers.iter().filter(|&(_, answering)| *answering == flow) {
        sketch.number(number, flow);
    }
    sketch.flow(flow);
    sketch.finish()
}

/// A graph being drawn.
struct Sketch<'a> {
    bundle: &'a Bundle,
    language: Language,
    drawn: BTreeSet<FlowIndex>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
}

impl Sketch<'_> {
    fn finish(mut self) -> Graph {
        self.mentioned();
        Graph {
            bundle: Arc::clone(&self.bundle.id),
            hash: Arc::clone(&self.bundle.hash),
            language: self.language.tag(),
            nodes: self.nodes,
            edges: self.edges,
        }
    }

    fn number(&mut self, number: &str, flow: FlowIndex) {
        let id = format!("number/{number}");
        self.nodes.push(Node {
            kind: Kind::Number,
            step: "number",
            name: number.into(),
            ..outside(&id)
        });
        let to = self.start_of(flow);
        self.edge(&id, to, String::new(), Way::Next);
    }

    fn flow(&mut self, index: FlowIndex) {
        let bundle = self.bundle;
        let flow = bundle.flow(index);
        for position in 0..flow.nodes.len() {
            self.node(index, flow, NodeIndex(position));
        }
        self.events(&format!("{}/*", flow.id), Some(index), &flow.events);
    }

    fn node(&mut self, index: FlowIndex, flow: &Flow, position: NodeIndex) {
        let node = flow.node(position);
        let id = format!("{}/{}", flow.id, node.id);
        self.nodes.push(Node {
            id: id.clone(),
            kind: if position == flow.start { Kind::Start } else { Kind::Step },
            step: node.step.word(),
            flow: Some(Arc::clone(&flow.id)),
            name: Arc::clone(&node.id),
            text: say::of(self.bundle, &node.step, self.language),
            when: node.when.as_ref().map(|when| when.text().to_owned()),
            file: Some(Arc::clone(&flow.file)),
            line: Some(node.line),
            inherited: self.inherited(index, flow, node),
        });
        self.ways_of_step(index, &id, &node.step);
        if let Some(next) = node.next {
            self.way(index, &id, next, String::new(), Way::Next);
        }
        for (outcome, &target) in &node.events.0 {
            self.way(index, &id, target, outcome.to_string(), Way::Outcome);
        }
        if let Some(limit) = node.limit {
            let label = format!("after {} visits", limit.visits);
            self.way(index, &id, limit.then, label, Way::Limit);
        }
    }

    /// The ways that a type of step has of its own.
    fn ways_of_step(&mut self, flow: FlowIndex, id: &str, step: &Step) {
        match step {
            Step::Menu(menu) => {
                if let Some(from) = &menu.choices_from {
                    let label = from.list.text().to_owned();
                    self.way(flow, id, from.next, label, Way::Choice);
                }
                for choice in &menu.choices {
                    self.way(flow, id, choice.next, self.choice(choice), Way::Choice);
                }
            }
            Step::Switch(switch) => {
                for case in &switch.cases {
                    let label = case.when.text().to_owned();
                    self.way(flow, id, case.next, label, Way::Outcome);
                }
                self.way(flow, id, switch.otherwise, "else".to_owned(), Way::Outcome);
            }
            Step::Hours(hours) => {
                let ways = [
                    ("open", hours.open),
                    ("closed", hours.closed),
                    ("holiday", hours.holiday),
                    ("special", hours.special),
                ];
                for (label, target) in ways {
                    self.way(flow, id, target, label.to_owned(), Way::Outcome);
                }
            }
            Step::Queue(queue) => {
                if let Some(waiting) = queue.wait_flow {
                    let to = self.start_of(waiting);
                    self.edge(id, to, "while waiting".to_owned(), Way::Wait);
                }
            }
            Step::Call(call) => {
                let to = self.start_of(call.flow);
                self.edge(id, to, "calls".to_owned(), Way::Call);
            }
            Step::Play(_)
            | Step::Say(_)
            | Step::Collect(_)
            | Step::Set(_)
            | Step::LeaveQueue(_)
            | Step::Return(_)
            | Step::Http(_)
            | Step::Case(_)
            | Step::Message(_)
            | Step::Callback(_)
            | Step::Voicemail(_)
            | Step::Transfer(_)
            | Step::Record(_)
            | Step::Stream(_)
            | Step::Tag(_)
            | Step::Hangup(_) => {}
        }
    }

    fn choice(&self, choice: &Choice) -> String {
        let key = choice.press.to_string();
        match &choice.label {
            Some(label) => format!("{key} {}", label.text(self.language)),
            None => key,
        }
    }

    /// What happens to the outcomes of a node that it does not resolve itself.
    fn inherited(&self, index: FlowIndex, flow: &Flow, node: &model::Node) -> Vec<Inherited> {
        let outcomes = outcome::of(node.step.word()).into_iter();
        let open = outcomes.filter(|outcome| node.events.find(outcome).is_none());
        open.filter_map(|outcome| {
            let (target, from) = match flow.events.find(outcome) {
                Some(target) => (target, Source::Flow),
                None => (self.bundle.events.find(outcome)?, Source::Bundle),
            };
            Some(Inherited { outcome, to: self.target(index, target), from })
        })
        .collect()
    }

    /// The events of a flow, or of the bundle, as one node with quiet ways.
    fn events(&mut self, id: &str, flow: Option<FlowIndex>, events: &Events) {
        if events.0.is_empty() {
            return;
        }
        let flow_of = flow.map(|flow| self.bundle.flow(flow));
        self.nodes.push(Node {
            kind: Kind::Events,
            step: "events",
            name: "events".into(),
            flow: flow_of.map(|flow| Arc::clone(&flow.id)),
            file: flow_of.map(|flow| Arc::clone(&flow.file)),
            ..outside(id)
        });
        for (outcome, &target) in &events.0 {
            // A bundle's events lead to flows only.
            let to = self.target(flow.unwrap_or(FlowIndex(0)), target);
            self.edge(id, to, outcome.to_string(), Way::Inherited);
        }
    }

    /// A node for each flow that is only mentioned.
    fn mentioned(&mut self) {
        let known: BTreeSet<&str> = self.nodes.iter().map(|node| node.id.as_str()).collect();
        let ends: BTreeSet<String> = self
            .edges
            .iter()
            .map(|edge| &edge.to)
            .filter(|to| !known.contains(to.as_str()))
            .cloned()
            .collect();
        let titles: BTreeMap<&str, &Flow> =
            self.bundle.flows.iter().map(|flow| (&*flow.id, flow)).collect();
        for id in ends {
            let flow = titles.get(id.as_str());
            self.nodes.push(Node {
                step: "flow",
                flow: flow.map(|flow| Arc::clone(&flow.id)),
                text: flow.map(|flow| flow.title.to_string()).unwrap_or_default(),
                file: flow.map(|flow| Arc::clone(&flow.file)),
                ..outside(&id)
            });
        }
    }

    fn way(&mut self, flow: FlowIndex, from: &str, target: Target, label: String, way: Way) {
        let to = self.target(flow, target);
        self.edge(from, to, label, way);
    }

    fn edge(&mut self, from: &str, to: String, label: String, way: Way) {
        self.edges.push(Edge { from: from.to_owned(), to, label, way });
    }

    fn target(&self, flow: FlowIndex, target: Target) -> String {
        match target {
            Target::Node(node) => {
                let flow = self.bundle.flow(flow);
                format!("{}/{}", flow.id, flow.node(node).id)
            }
            Target::Flow(flow) => self.start_of(flow),
        }
    }

    /// The first node of a flow that is drawn; else the flow itself.
    fn start_of(&self, index: FlowIndex) -> String {
        let flow = self.bundle.flow(index);
        if self.drawn.contains(&index) {
            format!("{}/{}", flow.id, flow.node(flow.start).id)
        } else {
            flow.id.to_string()
        }
    }
}

/// A node that is no step.
fn outside(id: &str) -> Node {
    Node {
        id: id.to_owned(),
        kind: Kind::Flow,
        step: "flow",
        flow: None,
        name: id.into(),
        text: String::new(),
        when: None,
        file: None,
        line: None,
        inherited: Vec::new(),
    }
}
