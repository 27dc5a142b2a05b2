//! `case`: `{do, …, save}`, and the `case` of a `queue`.

use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::expression::Template;
use crate::flow::model::{Case, CaseAct, CaseField, CaseKind, CaseOpening, CaseSave, VariableKind};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::yaml::Yaml;

/// What can be done.
#[derive(Debug, Clone, Copy)]
enum Act {
    Open,
    Add,
    Close,
    CloseIfSelfServed,
    Survey,
    Find,
}

const ACTS: [(&str, Act); 6] = [
    ("open", Act::Open),
    ("add", Act::Add),
    ("close", Act::Close),
    ("close_if_self_served", Act::CloseIfSelfServed),
    ("survey", Act::Survey),
    ("find", Act::Find),
];

const FIELDS: [(&str, CaseField); 3] =
    [("number", CaseField::Number), ("state", CaseField::State), ("entity", CaseField::Entity)];

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Case> {
    let act = fields.required("do").and_then(|yaml| site.page.word(yaml, &ACTS));
    let save = match fields.optional("save") {
        Some(yaml) => saves(site, yaml),
        None => Some(Vec::new()),
    };
    let act = match act? {
        Act::Open => CaseAct::Open(opening(site, fields)?),
        Act::Add => CaseAct::Add { number: number(site, fields)?, text: text(site, fields)? },
        Act::Close => {
            CaseAct::Close { number: number(site, fields)?, text: optional(site, fields, "text")? }
        }
        Act::CloseIfSelfServed => CaseAct::CloseIfSelfServed,
        Act::Survey => {
            let question = fields
                .required("question")
                .and_then(|yaml| site.page.id(site.page.text(yaml)?, yaml.place));
            let answer = fields.required("answer").and_then(|yaml| site.template(yaml));
            CaseAct::Survey { question: question?, answer: answer? }
        }
        Act::Find => CaseAct::Find { number: number(site, fields)? },
    };
    Some(Case { act, save: save? })
}

/// `{entity, department, kind, ref, text}`, all of them optional.
pub(super) fn opening(site: &Site<'_>, fields: &Fields<'_>) -> Option<CaseOpening> {
    let kinds = CaseKind::ALL.map(|kind| (kind.word(), kind));
    let kind = match fields.optional("kind") {
        Some(yaml) => site.page.word(yaml, &kinds),
        None => Some(CaseKind::default()),
    };
    let entity = match fields.optional("entity") {
        Some(yaml) => entity(site, yaml),
        None => site.nothing(),
    };
    let department = optional(site, fields, "department");
    let reference = optional(site, fields, "ref");
    let text = optional(site, fields, "text");
    Some(CaseOpening {
        entity: entity?,
        department: department?,
        kind: kind?,
        reference: reference?,
        text: text?,
    })
}

fn entity(site: &Site<'_>, yaml: &Yaml) -> Option<Template> {
    let text = site.page.text(yaml)?;
    if !Template::has_slots(text) {
        let known = &site.names.entities;
        known.find(site.page, yaml, Code::UnknownEntity, "an entity of this bundle")?;
    }
    site.template(yaml)
}

/// The number of a case; that of this call when the field is left out.
fn number(site: &Site<'_>, fields: &Fields<'_>) -> Option<Template> {
    match fields.optional("case") {
        Some(yaml) => site.template(yaml),
        None => site.words_of("${call.case}"),
    }
}

fn text(site: &Site<'_>, fields: &Fields<'_>) -> Option<Template> {
    fields.required("text").and_then(|yaml| site.template(yaml))
}

fn optional(site: &Site<'_>, fields: &Fields<'_>, name: &'static str) -> Option<Template> {
    match fields.optional(name) {
        Some(yaml) => site.template(yaml),
        None => site.nothing(),
    }
}

/// `{variable: number}`
fn saves(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<CaseSave>> {
    let entries = site.page.entries(yaml, "a map of variables to fields of the case")?;
    let mut saves = Vec::new();
    for entry in entries {
        let (name, place) = (&entry.key.text, entry.key.place);
        let variable = site.declared(name, place, &site.flow.variables, "variable");
        let field = site.page.word(&entry.value, &FIELDS);
        let (Some(variable), Some(field)) = (variable, field) else { continue };
        if variable.kind != VariableKind::Text {
            let wanted = format!("`{name}` to be of `type: string`");
            site.page.add(site.page.fault(Code::WrongType, place, wanted));
            continue;
        }
        saves.push(CaseSave { variable: Arc::clone(&variable.name), field });
    }
    (saves.len() == entries.len()).then_some(saves)
}
