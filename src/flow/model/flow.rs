//! A flow: its variables and its nodes.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::expression::{Expression, Value};
use crate::flow::model::Step;

/// Which flow of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIndex(pub usize);

/// Which node of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIndex(pub usize);

/// Where a call goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A node of the same flow.
    Node(NodeIndex),
    /// The start of another flow, all sub-flows left behind. Only a bundle's events say so.
    Flow(FlowIndex),
}

/// Outcomes by dotted name, each with its target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Events(pub BTreeMap<Arc<str>, Target>);

impl Events {
    /// The target of the longest dotted prefix of an outcome.
    #[must_use]
    pub fn find(&self, outcome: &str) -> Option<Target> {
        let mut prefix = outcome;
        loop {
            if let Some(&target) = self.0.get(prefix) {
                return Some(target);
            }
            prefix = prefix.rsplit_once('.')?.0;
        }
    }
}

/// One flow.
#[derive(Debug)]
pub struct Flow {
    /// Its name.
    pub id: Arc<str>,
    /// Its file, relative to the bundle.
    pub file: Arc<str>,
    /// What it is called on pictures and reports.
    pub title: Arc<str>,
    /// Where it begins.
    pub start: NodeIndex,
    /// Its variables, by name. One named `lang` is the call's language; one named `entity` is
    /// what the call is about.
    pub variables: BTreeMap<Arc<str>, Variable>,
    /// What its caller hands in, as `inputs.…`.
    pub inputs: BTreeMap<Arc<str>, Variable>,
    /// What a `return` hands back.
    pub outputs: BTreeMap<Arc<str>, Variable>,
    /// Outcomes that a node does not resolve itself.
    pub events: Events,
    /// Its nodes, by [`NodeIndex`], in the order of its file.
    pub nodes: Vec<Node>,
    /// Whether callers hear it while they wait in a queue.
    pub role: Role,
}

impl Flow {
    /// One node.
    #[must_use]
    pub fn node(&self, index: NodeIndex) -> &Node {
        self.nodes.get(index.0).expect("a node index comes from this flow")
    }

    /// The node of that name.
    #[must_use]
    pub fn node_named(&self, id: &str) -> Option<NodeIndex> {
        self.nodes.iter().position(|node| &*node.id == id).map(NodeIndex)
    }

    /// The variable that a node may assign.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name)
    }
}

/// What a flow is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Role {
    /// It answers callers or is called by a flow that does.
    #[default]
    Main,
    /// Some queue node names it as its `wait_flow`. It may begin again at any time.
    Wait,
}

/// What a variable can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VariableKind {
    /// `string`
    Text,
    /// `int`
    Int,
    /// `bool`
    Bool,
    /// `list`
    List,
}

/// A declared variable, input or output.
#[derive(Debug, Clone, PartialEq)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// What it can hold.
    pub kind: VariableKind,
    /// The only texts it can hold; empty when any will do.
    pub options: Vec<Arc<str>>,
    /// The most characters of a text, or the greatest number.
    pub max: Option<i64>,
    /// What it holds at first. `None` only for an input without `default`: its caller must give it.
    pub default: Option<Value>,
    /// Masked in logs, records, traces and test output.
    pub sensitive: Sensitivity,
}

/// Whether people may read a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Sensitivity {
    /// It is shown.
    #[default]
    Plain,
    /// It is masked wherever it would be shown.
    Sensitive,
}

/// One step of a flow with what all steps have.
#[derive(Debug)]
pub struct Node {
    /// Its name.
    pub id: Arc<str>,
    /// The line of its name in [`Flow::file`].
    pub line: u32,
    /// Without it true, the step is passed over and the call goes on at `next`.
    pub when: Option<Expression>,
    /// What it does.
    pub step: Step,
    /// Where it leads when all is well. `None` only for steps that end a flow or choose their
    /// own way: `switch`, `hours`, `menu`, `return`, `leave_queue`, `hangup`.
    pub next: Option<Target>,
    /// What its own `events:` say.
    pub events: Events,
    /// After how many visits in one call it is passed over, and whereto.
    pub limit: Option<VisitLimit>,
}

/// The end of a loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VisitLimit {
    /// How often the node may be entered.
    pub visits: u32,
    /// Where the next entry leads.
    pub then: Target,
}
