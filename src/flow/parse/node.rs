//! One node: what all types have, and the way to each type's own file.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::expression::Kind;
use crate::flow::model::{Events, Node, Target, VisitLimit};
use crate::flow::parse::{Catalogue, Declaration, Fields, Known, Names, Page, outcome, step};
use crate::flow::yaml::{Entry, Yaml};

/// The types of nodes.
pub const TYPES: [&str; 21] = [
    "play",
    "say",
    "menu",
    "collect",
    "set",
    "switch",
    "hours",
    "queue",
    "leave_queue",
    "callback",
    "voicemail",
    "transfer",
    "stream",
    "record",
    "call",
    "return",
    "http",
    "case",
    "message",
    "tag",
    "hangup",
];

/// Where a node stands, and everything that it may mention.
#[derive(Clone, Copy)]
pub(crate) struct Site<'a> {
    /// The file.
    pub(crate) page: Page<'a>,
    /// What the bundle has.
    pub(crate) names: &'a Names,
    /// What can be said.
    pub(crate) catalogue: &'a Catalogue,
    /// The bundle's flows.
    pub(crate) flows: &'a Known<Declaration>,
    /// This flow.
    pub(crate) flow: &'a Declaration,
    /// This flow's id.
    pub(crate) flow_id: &'a str,
    /// This node's id.
    pub(crate) node_id: &'a str,
}

/// Reads one node.
pub(crate) fn read(site: &Site<'_>, entry: &Entry) -> Option<Node> {
    let page = site.page;
    let fields =
        Fields::of(page, &entry.value, "a node with its `type`")?.named_at(entry.key.place);
    let Some(type_yaml) = fields.optional("type") else {
        // Without a type no other field can be judged.
        page.add(page.fault(Code::MissingField, entry.key.place, "a field `type`"));
        return None;
    };
    let node_type = page.text(type_yaml)?;
    if !TYPES.contains(&&**node_type) {
        unknown_type(page, type_yaml, node_type);
        return None;
    }
    let events_yaml = fields.optional("events");
    let events = match events_yaml {
        Some(yaml) => site.events(yaml, &outcome::of(node_type)),
        None => Some(Events::default()),
    };
    let limit = fields.optional("limit").map(|yaml| limit(site, yaml));
    let own = events.clone().unwrap_or_default();
    let step = step::read(site, node_type, &fields, &own);
    let (when, next) = if goes_on(node_type) {
        let when = fields.optional("when").map(|yaml| site.expression(yaml, &Kind::Bool));
        (when, Some(site.required_target(&fields, "next")))
    } else {
        (None, None)
    };
    fields.finish();
    let (when, next, limit) = (all_or(when)?, all_or(next)?, all_or(limit)?);
    Some(Node {
        id: Arc::clone(&entry.key.text),
        line: entry.key.place.line,
        when,
        step: step?,
        next,
        events: events?,
        limit,
    })
}

/// What was written must be good; what was not written is none.
fn all_or<T>(written: Option<Option<T>>) -> Option<Option<T>> {
    match written {
        Some(Some(good)) => Some(Some(good)),
        Some(None) => None,
        None => Some(None),
    }
}

/// Whether nodes of a type have a `next`.
fn goes_on(node_type: &str) -> bool {
    !matches!(node_type, "menu" | "switch" | "hours" | "leave_queue" | "return" | "hangup")
}

fn unknown_type(page: Page<'_>, yaml: &Yaml, node_type: &str) {
    let fault = page.fault(Code::UnknownType, yaml.place, "a type of node");
    page.add(fault.found(node_type).near(TYPES));
}

fn limit(site: &Site<'_>, yaml: &Yaml) -> Option<VisitLimit> {
    let fields = Fields::of(site.page, yaml, "a limit such as {visits: 3, then: to_agent}")?;
    let visits = fields.required("visits").and_then(|yaml| site.page.count(yaml, 1..=100));
    let then = site.required_target(&fields, "then");
    fields.finish();
    Some(VisitLimit { visits: visits?, then: then? })
}

impl Site<'_> {
    /// A field that names a node of this flow.
    pub(crate) fn required_target(
        &self,
        fields: &Fields<'_>,
        name: &'static str,
    ) -> Option<Target> {
        fields.required(name).and_then(|yaml| self.target(yaml))
    }

    /// A node of this flow, by name.
    pub(crate) fn target(&self, yaml: &Yaml) -> Option<Target> {
        let wanted = "a node of this flow";
        let index = self.flow.nodes.find(self.page, yaml, Code::UnknownTarget, wanted)?;
        Some(Target::Node(*index))
    }

    /// A map of outcomes to nodes of this flow.
    pub(crate) fn events(&self, yaml: &Yaml, outcomes: &[&str]) -> Option<Events> {
        let mut events = BTreeMap::new();
        let mut complete = true;
        for entry in self.page.entries(yaml, "a map of outcomes to nodes")? {
            let outcome = outcome::check(self.page, &entry.key, outcomes);
            match (outcome, self.target(&entry.value)) {
                (Some(()), Some(target)) => {
                    events.insert(Arc::clone(&entry.key.text), target);
                }
                (None | Some(()), None) | (None, Some(_)) => complete = false,
            }
        }
        complete.then_some(Events(events))
    }

    /// Writes down a node that must not stand in this kind of flow.
    pub(crate) fn misplaced(&self, fields: &Fields<'_>, wanted: &str, note: &str) {
        let place = fields.place_of("type");
        self.page
            .add(self.page.fault(Code::WrongPlace, place, wanted).found(self.node_id).note(note));
    }
}
