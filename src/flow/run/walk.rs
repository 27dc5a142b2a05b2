//! Where a caller stands: in which node of which flow, with which variables, doing what.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::key::{Key, Keys};
use crate::base::limit::FLOW_ENTRIES_MAX;
use crate::base::time::Moment;
use crate::flow::expression::Value;
use crate::flow::model::{Flow, FlowIndex, NodeIndex, Variable};
use crate::flow::prompt::Label;
use crate::flow::run::{ErrandId, Mode, PlayId};

/// A walk through a flow and its sub-flows. A call has one, and a second one while it waits.
#[derive(Debug, Clone)]
pub(in crate::flow) struct Walk {
    /// The flow that is walked is the last one; those before it wait in their `call` nodes.
    pub(in crate::flow) frames: Vec<Frame>,
    /// Of the nodes with a limit.
    pub(in crate::flow) visits: BTreeMap<(FlowIndex, NodeIndex), u32>,
    pub(in crate::flow) budget: Budget,
    pub(in crate::flow) phase: Phase,
}

/// One flow being walked.
#[derive(Debug, Clone)]
pub(in crate::flow) struct Frame {
    pub(in crate::flow) flow: FlowIndex,
    pub(in crate::flow) node: NodeIndex,
    /// In the order of their names.
    pub(in crate::flow) variables: Vec<Value>,
    /// In the order of their names.
    pub(in crate::flow) inputs: Vec<Value>,
}

/// How many nodes a walk may still enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) enum Budget {
    /// So many, until `error.limit`.
    Ordinary(u32),
    /// So many, so that the caller can be told; then the call ends.
    Farewell(u32),
    /// Of a wait flow: so many since time last passed.
    Paced { left: u32, since: Moment },
}

/// What a walk is doing between two inputs.
#[derive(Debug, Clone)]
pub(in crate::flow) enum Phase {
    /// Between two nodes; never between two inputs.
    Moving,
    /// A `play` plays.
    Playing { id: PlayId, mode: Mode, keys: Keys },
    /// A `menu` or a `collect` waits for keys.
    Asking(Asking),
    /// What is said before an errand plays.
    Leading { id: PlayId },
    /// An errand is out.
    Away { id: ErrandId },
    /// The flow of a wait is over; the wait is not.
    Resting,
}

/// A question to the caller.
#[derive(Debug, Clone)]
pub(in crate::flow) struct Asking {
    pub(in crate::flow) tries_left: u32,
    pub(in crate::flow) hearing: Hearing,
    pub(in crate::flow) question: Question,
}

/// Whether the question is still being said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) enum Hearing {
    Prompt(PlayId),
    Silence,
}

/// What would be an answer.
#[derive(Debug, Clone)]
pub(in crate::flow) enum Question {
    /// One of these keys.
    Choice(Vec<Offered>),
    /// Digits; these were pressed.
    Digits(String),
}

/// A choice that the caller has.
#[derive(Debug, Clone)]
pub(in crate::flow) struct Offered {
    pub(in crate::flow) key: Key,
    pub(in crate::flow) label: Option<Arc<Label>>,
    pub(in crate::flow) origin: Origin,
}

/// Where a choice comes from.
#[derive(Debug, Clone)]
pub(in crate::flow) enum Origin {
    /// The place in the node's `choices`.
    Written(usize),
    /// The element of the node's list.
    Data(Value),
}

impl Walk {
    /// A walk that stands before the first node of its flow.
    pub(in crate::flow) fn new(frame: Frame) -> Self {
        Self {
            frames: vec![frame],
            visits: BTreeMap::new(),
            budget: Budget::Ordinary(FLOW_ENTRIES_MAX),
            phase: Phase::Moving,
        }
    }

    pub(in crate::flow) fn frame(&self) -> &Frame {
        self.frames.last().expect("a walk has a frame")
    }

    pub(in crate::flow) fn frame_mut(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("a walk has a frame")
    }
}

impl Frame {
    /// The beginning of a flow.
    pub(in crate::flow) fn new(index: FlowIndex, flow: &Flow, inputs: Vec<Value>) -> Self {
        Self { flow: index, node: flow.start, variables: defaults(&flow.variables), inputs }
    }
}

/// What variables hold at first, in the order of their names.
pub(in crate::flow) fn defaults(declared: &BTreeMap<Arc<str>, Variable>) -> Vec<Value> {
    declared.values().map(|of| of.default.clone().unwrap_or(Value::Null)).collect()
}

/// Where the value of a declared name stands among the values of all.
pub(in crate::flow) fn place_of(
    declared: &BTreeMap<Arc<str>, Variable>,
    name: &str,
) -> Option<usize> {
    declared.keys().position(|known| **known == *name)
}
