//! `call`: `{flow, with, save}`; and `return`: `{with}`.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::model::{Assignment, Call, Role, Save, Sensitivity, Variable};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Declaration, Fields};
use crate::flow::yaml::Yaml;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Call> {
    let flow_yaml = fields.required("flow");
    let flow = flow_yaml.and_then(|yaml| {
        site.flows.find(site.page, yaml, Code::UnknownFlow, "a flow of this bundle")
    });
    let with_yaml = fields.optional("with");
    let save_yaml = fields.optional("save");
    let (flow, flow_yaml) = (flow?, flow_yaml?);
    if flow.role == Role::Wait && site.flow.role == Role::Main {
        site.page.add(
            site.page
                .fault(Code::WrongPlace, flow_yaml.place, "a flow that is no wait flow")
                .found(flow_yaml.describe()),
        );
    }
    let with = values(site, fields, with_yaml, &flow.inputs, "input");
    let save = match save_yaml {
        Some(yaml) => saves(site, yaml, flow),
        None => Some(Vec::new()),
    };
    Some(Call { flow: flow.index, with: with?, save: save? })
}

pub(super) fn read_return(site: &Site<'_>, fields: &Fields<'_>) -> Option<Vec<Assignment>> {
    if site.flow.role == Role::Wait {
        let note = "it is over when the wait is over; let its last node lead to its first";
        site.misplaced(fields, "no `return` in a wait flow", note);
    }
    values(site, fields, fields.optional("with"), &site.flow.outputs, "output")
}

/// A value for every input or output that has no default.
fn values(
    site: &Site<'_>,
    fields: &Fields<'_>,
    yaml: Option<&Yaml>,
    wanted: &BTreeMap<Arc<str>, Variable>,
    what: &str,
) -> Option<Vec<Assignment>> {
    let assignments = match yaml {
        Some(yaml) => site.assignments(yaml, wanted, what)?,
        None => Vec::new(),
    };
    let missing = wanted.values().filter(|variable| {
        variable.default.is_none() && !assignments.iter().any(|given| given.name == variable.name)
    });
    let mut complete = true;
    for variable in missing {
        complete = false;
        let place = yaml.map_or_else(|| fields.place(), |yaml| yaml.place);
        let text = format!("a value for the {what} `{}` under `with`", variable.name);
        site.page.add(site.page.fault(Code::MissingField, place, text));
    }
    complete.then_some(assignments)
}

/// `{variable: output}`
fn saves(site: &Site<'_>, yaml: &Yaml, flow: &Declaration) -> Option<Vec<Save>> {
    let entries = site.page.entries(yaml, "a map of variables to outputs")?;
    let mut saves = Vec::new();
    for entry in entries {
        let (name, place) = (&entry.key.text, entry.key.place);
        let variable = site.declared(name, place, &site.flow.variables, "variable");
        let output = site
            .page
            .text(&entry.value)
            .and_then(|name| site.declared(name, entry.value.place, &flow.outputs, "output"));
        let (Some(variable), Some(output)) = (variable, output) else { continue };
        if variable.kind != output.kind {
            site.page.wrong(Code::WrongType, &entry.value, "an output of the variable's type");
        }
        if output.sensitive == Sensitivity::Sensitive && variable.sensitive == Sensitivity::Plain {
            let wanted = format!("`{name}` to be `sensitive: true` like `{}`", output.name);
            site.page.add(site.page.fault(Code::SensitiveShown, entry.value.place, wanted));
        }
        saves.push(Save { variable: Arc::clone(&variable.name), output: Arc::clone(&output.name) });
    }
    (saves.len() == entries.len()).then_some(saves)
}
