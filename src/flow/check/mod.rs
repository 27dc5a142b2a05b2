//! What can only be judged when whole flows are known: ways, dead ends, loops, use.

mod edge;
mod loops;
mod outcome;
mod reach;
pub(crate) mod sound;
pub(crate) mod unused;
mod usage;

use crate::flow::check::edge::Ways;
use crate::flow::diagnostic::{Fault, Ledger};
use crate::flow::model::{Events, FlowIndex, NodeIndex};
use crate::flow::parse::Page;
use crate::flow::parse::flow::Found;
use crate::flow::yaml::{Entry, Form, Yaml};

/// The flows that could be read, and the events of the bundle.
pub(crate) struct Scene<'a> {
    /// Each flow by its index; `None` where it is at fault already.
    pub(crate) flows: &'a [Option<Found>],
    /// The bundle's events.
    pub(crate) events: &'a Events,
    /// The flows that answer a number; `None` when some number or some flow is not known.
    pub(crate) answering: Option<Vec<FlowIndex>>,
    /// Where faults go.
    pub(crate) ledger: &'a Ledger,
}

impl Scene<'_> {
    fn flow(&self, index: FlowIndex) -> Option<&Found> {
        self.flows.get(index.0).and_then(Option::as_ref)
    }

    fn add(&self, fault: Fault) {
        self.ledger.add(fault);
    }
}

/// Checks every flow that could be read, and, when all could be, how they hang together.
pub(crate) fn check(scene: &Scene<'_>) {
    for found in scene.flows.iter().flatten() {
        let ways = Ways::of(scene, found);
        let reached = reach::check(scene, found, &ways);
        outcome::check(scene, found, &reached);
        // Without every flow it is not known which of them are heard while waiting.
        if scene.answering.is_some() {
            loops::check(scene, found, &ways, &reached);
        }
    }
    if let Some(answering) = &scene.answering
        && scene.flows.iter().all(Option::is_some)
    {
        usage::check(scene, answering);
    }
}

/// A file and what stands in it.
pub(crate) type Sheet<'a> = (Page<'a>, &'a Yaml);

/// The lines of one of a file's maps.
fn entries<'y>(yaml: &'y Yaml, group: &str) -> &'y [Entry] {
    match yaml.get(group).map(|group| &group.form) {
        Some(Form::Map(entries)) => entries,
        Some(Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::List(_)) | None => {
            &[]
        }
    }
}

/// The place of a node's name.
fn place_of(found: &Found, node: NodeIndex) -> crate::flow::diagnostic::Place {
    found.places.get(node.0).copied().unwrap_or(found.id_place)
}
