//! The parts of a graph: plain values that become JSON, a drawing or a text for other tools.

use std::sync::Arc;

use serde::Serialize;

/// A bundle, or one flow of it, as nodes and ways.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// The bundle's id.
    pub bundle: Arc<str>,
    /// The hash of the bundle's content.
    pub hash: Arc<str>,
    /// The tag of the language that prompts and labels are in.
    pub language: &'static str,
    /// The nodes: dialled numbers, then the flows' in the order of their files.
    pub nodes: Vec<Node>,
    /// The ways, in the order of the nodes that they leave.
    pub edges: Vec<Edge>,
}

/// One node of a graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its name in this graph: `main/service` for a node of a flow, `number/800` for a dialled
    /// number, `main/*` for the events of a flow, `*` for those of the bundle, `csat` for a flow
    /// that is not drawn itself.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The word of its type, such as `menu`; of what is no step, its kind.
    pub step: &'static str,
    /// The flow that it belongs to; none for numbers and the bundle's events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<Arc<str>>,
    /// Its name in the flow; of what is no step, what it is called.
    pub name: Arc<str>,
    /// What is heard or done there, in the graph's language.
    pub text: String,
    /// The condition without which it is passed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// The file that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<Arc<str>>,
    /// The line of its name in that file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// Outcomes that neither it nor its `next` resolves, but its flow or the bundle.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inherited: Vec<Inherited>,
}

/// What a node of a graph is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A dialled number.
    Number,
    /// The step that a flow starts with.
    Start,
    /// Another step of a flow.
    Step,
    /// Outcomes that a flow or the bundle resolves for all its nodes.
    Events,
    /// A flow that is not drawn itself.
    Flow,
}

/// An outcome of a node that is resolved elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inherited {
    /// The outcome.
    pub outcome: &'static str,
    /// The node that it leads to.
    pub to: String,
    /// Who says so.
    pub from: Source,
}

/// Who resolves an outcome for a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The `events:` of its flow.
    Flow,
    /// The `events:` of `bundle.yaml`.
    Bundle,
}

/// One way from a node to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Edge {
    /// The node that it leaves.
    pub from: String,
    /// The node that it comes to.
    pub to: String,
    /// When it is taken; empty where it simply goes on.
    pub label: String,
    /// Of what nature it is.
    pub way: Way,
}

/// The nature of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// It goes on.
    Next,
    /// The caller pressed a key.
    Choice,
    /// A condition, a calendar or an outcome leads here.
    Outcome,
    /// The node was visited too often.
    Limit,
    /// A flow is called, and comes back.
    Call,
    /// A flow is heard while the caller waits.
    Wait,
    /// A flow or the bundle says so for all its nodes.
    Inherited,
}
