//! `flows/*.flow.yaml`: first what others need to know of a flow, then its nodes.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::limit::FLOW_NODES_MAX;
use crate::flow::diagnostic::{Code, Place};
use crate::flow::expression::Scope;
use crate::flow::model::{Flow, FlowIndex, NodeIndex, Role, Variable};
use crate::flow::parse::node::{self, Site};
use crate::flow::parse::page::is_id;
use crate::flow::parse::variable::{self, Purpose};
use crate::flow::parse::{Catalogue, Declaration, Known, Names, Page, bundle, outcome};
use crate::flow::yaml::{Form, Yaml};

/// Reads what other flows need to know of one.
pub(crate) fn declare(
    page: Page<'_>,
    yaml: &Yaml,
    index: FlowIndex,
    role: Role,
    names: &Names,
) -> Declaration {
    let group = |field, purpose| variable::read(page, yaml.get(field), purpose, &names.languages);
    let variables = group("vars", Purpose::Variable);
    let inputs = group("inputs", Purpose::Input);
    let outputs = group("outputs", Purpose::Output);
    let mut nodes = Known::new();
    if let Some(Yaml { form: Form::Map(entries), .. }) = yaml.get("nodes") {
        for (position, entry) in entries.iter().enumerate() {
            nodes.insert(Arc::clone(&entry.key.text), NodeIndex(position));
        }
    }
    let kinds = |variables: &BTreeMap<Arc<str>, Variable>| {
        variables.values().map(|one| (one.name.to_string(), variable::kind(one))).collect()
    };
    let scope = Scope {
        variables: kinds(&variables),
        inputs: kinds(&inputs),
        env: names.env.clone(),
        entities: names.entities.ids().map(str::to_owned).collect(),
        calendars: names.calendars.ids().map(str::to_owned).collect(),
        item: None,
    };
    Declaration { index, variables, inputs, outputs, nodes, scope, reads: RefCell::default(), role }
}

/// A flow, and where its nodes' names stand.
#[derive(Debug)]
pub(crate) struct Found {
    /// The flow.
    pub(crate) flow: Flow,
    /// The place of each node's name.
    pub(crate) places: Vec<Place>,
    /// The place of the flow's id.
    pub(crate) id_place: Place,
}

/// What a flow's nodes may mention.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    /// What the bundle has.
    pub(crate) names: &'a Names,
    /// What can be said.
    pub(crate) catalogue: &'a Catalogue,
    /// The bundle's flows.
    pub(crate) flows: &'a Known<Declaration>,
}

/// Reads one flow. `None` when any of its nodes is at fault.
pub(crate) fn read(
    page: Page<'_>,
    yaml: &Yaml,
    context: Context<'_>,
    declaration: &Declaration,
) -> Option<Found> {
    let fields = bundle::open(page, yaml, "Flow")?;
    let id = bundle::id(&fields, page);
    let id_place = fields.optional("id").map_or(Place::START, |yaml| yaml.place);
    let title = fields.required("title").and_then(|yaml| page.words(yaml));
    if let Some(yaml) = fields.optional("languages") {
        languages(page, yaml, context.names);
    }
    // Read by `declare`.
    let _ = (fields.optional("vars"), fields.optional("inputs"), fields.optional("outputs"));
    let flow_id = id.clone().unwrap_or_else(|| "".into());
    let site = Site {
        page,
        names: context.names,
        catalogue: context.catalogue,
        flows: context.flows,
        flow: declaration,
        flow_id: &flow_id,
        node_id: "",
    };
    let start = site.required_target(&fields, "start");
    let events = match fields.optional("events") {
        Some(yaml) => site.events(yaml, &outcome::everywhere()),
        None => Some(crate::flow::model::Events::default()),
    };
    let nodes_yaml = fields.required("nodes");
    fields.finish();
    let entries = page.entries(nodes_yaml?, "a map of nodes")?;
    if entries.len() > FLOW_NODES_MAX {
        page.wrong(Code::WrongValue, nodes_yaml?, format!("at most {FLOW_NODES_MAX} nodes"));
        return None;
    }
    let mut nodes = Vec::new();
    for entry in entries {
        if !is_id(&entry.key.text) {
            let _ = page.id(&entry.key.text, entry.key.place);
        }
        nodes.push(node::read(&Site { node_id: &entry.key.text, ..site }, entry));
    }
    let places = entries.iter().map(|entry| entry.key.place).collect();
    let nodes: Vec<_> = nodes.into_iter().collect::<Option<_>>()?;
    let crate::flow::model::Target::Node(start) = start? else { return None };
    let flow = Flow {
        id: id?,
        file: page.file.into(),
        title: Arc::clone(title?),
        start,
        variables: declaration.variables.clone(),
        inputs: declaration.inputs.clone(),
        outputs: declaration.outputs.clone(),
        events: events?,
        nodes,
        role: declaration.role,
    };
    Some(Found { flow, places, id_place })
}

/// A flow may say which languages it speaks; they are the bundle's.
fn languages(page: Page<'_>, yaml: &Yaml, names: &Names) {
    let tags: Vec<(&str, ())> =
        names.languages.iter().map(|language| (language.tag(), ())).collect();
    let items = page.list(yaml, "a list of languages").unwrap_or_default();
    let spoken: BTreeSet<&str> = items
        .iter()
        .filter(|item| page.word(item, &tags).is_some())
        .filter_map(|item| item.as_text().map(|text| &**text))
        .collect();
    for language in names.languages.iter().filter(|language| !spoken.contains(language.tag())) {
        let wanted = format!("every language of the bundle: `{language}` is missing");
        page.add(page.fault(Code::MissingLanguage, yaml.place, wanted));
    }
}

/// The flows that some queue node names as its `wait_flow`.
pub(crate) fn wait_flows(yaml: &Yaml) -> impl Iterator<Item = &Arc<str>> {
    nodes(yaml).filter_map(|node| node.get("wait_flow")?.as_text())
}

/// Whether a node of the flow takes the caller out of the queue.
pub(crate) fn leaves_queue(yaml: &Yaml) -> bool {
    let mut types = nodes(yaml).filter_map(|node| node.get("type")?.as_text());
    types.any(|node_type| &**node_type == "leave_queue")
}

fn nodes(yaml: &Yaml) -> impl Iterator<Item = &Yaml> {
    let entries = match yaml.get("nodes").map(|nodes| &nodes.form) {
        Some(Form::Map(entries)) => entries.as_slice(),
        Some(Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::List(_)) | None => {
            &[]
        }
    };
    entries.iter().map(|entry| &entry.value)
}
