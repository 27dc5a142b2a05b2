//! `bundle.yaml`: what the bundle is, and what each file begins with.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::model::{Events, FlowIndex, Language, Setting, Target};
use crate::flow::parse::{Declaration, Fields, Known, Page, outcome};
use crate::flow::yaml::Yaml;

/// The version of the language that this build reads.
const API_VERSION: &str = "ivr/v1";

/// The fields of a file, its first two lines read: `apiVersion` and `kind`.
pub(crate) fn open<'y>(page: Page<'y>, yaml: &'y Yaml, kind: &str) -> Option<Fields<'y>> {
    let fields = Fields::of(page, yaml, &format!("a file of kind {kind}"))?;
    for (field, right) in [("apiVersion", API_VERSION), ("kind", kind)] {
        let Some(value) = fields.required(field) else { continue };
        if value.as_text().is_none_or(|text| &**text != right) {
            let wanted = format!("`{field}: {right}`");
            page.add(
                value.found_by(page.fault(Code::WrongKind, value.place, wanted)).near([right]),
            );
        }
    }
    Some(fields)
}

/// The file's `id`.
pub(crate) fn id(fields: &Fields<'_>, page: Page<'_>) -> Option<Arc<str>> {
    let yaml = fields.required("id")?;
    page.id(page.text(yaml)?, yaml.place)
}

/// What `bundle.yaml` says before any flow is known.
#[derive(Debug)]
pub(crate) struct Preface {
    /// The bundle's id.
    pub(crate) id: Option<Arc<str>>,
    /// Its languages.
    pub(crate) languages: Vec<Language>,
    /// Its settings, with their defaults.
    pub(crate) env: BTreeMap<Arc<str>, Setting>,
}

/// Reads what comes before the flows. `None` without languages: every text depends on them.
pub(crate) fn preface(page: Page<'_>, yaml: &Yaml) -> Option<Preface> {
    let fields = open(page, yaml, "Bundle")?;
    let id = id(&fields, page);
    let languages = fields.required("languages").and_then(|yaml| languages(page, yaml));
    let env = fields.optional("env").and_then(|yaml| env(page, yaml)).unwrap_or_default();
    // Read by `numbers` and `events`, once the flows are known.
    let _ = (fields.required("numbers"), fields.required("events"), fields.optional("title"));
    fields.finish();
    Some(Preface { id, languages: languages?, env })
}

fn languages(page: Page<'_>, yaml: &Yaml) -> Option<Vec<Language>> {
    let mut languages = Vec::new();
    for item in page.list(yaml, "a list of languages, such as [ar, en]")? {
        let tags = Language::ALL.map(|language| (language.tag(), language));
        let Some(language) = page.word(item, &tags) else { continue };
        if languages.contains(&language) {
            page.wrong(Code::DuplicateId, item, "each language once");
        } else {
            languages.push(language);
        }
    }
    if languages.is_empty() {
        page.wrong(Code::WrongValue, yaml, "at least one language");
        return None;
    }
    Some(languages)
}

fn env(page: Page<'_>, yaml: &Yaml) -> Option<BTreeMap<Arc<str>, Setting>> {
    let mut settings = BTreeMap::new();
    for entry in page.entries(yaml, "a map of settings with their defaults")? {
        let name = page.id(&entry.key.text, entry.key.place);
        let default = if entry.value.is_null() { None } else { page.text(&entry.value).cloned() };
        if let Some(name) = name {
            settings.insert(name, Setting { default, line: entry.key.place.line });
        }
    }
    Some(settings)
}

/// Which flow answers which number.
pub(crate) fn numbers(
    page: Page<'_>,
    yaml: &Yaml,
    flows: &Known<Declaration>,
) -> BTreeMap<String, FlowIndex> {
    let mut numbers = BTreeMap::new();
    let Some(yaml) = yaml.get("numbers") else { return numbers };
    let entries = page.entries(yaml, "a map of dialled numbers to flows").unwrap_or_default();
    for entry in entries {
        if !is_number(&entry.key.text) {
            page.add(
                page.fault(Code::WrongValue, entry.key.place, "a dialled number or a SIP user")
                    .found(&*entry.key.text),
            );
        }
        if let Some(flow) =
            flows.find(page, &entry.value, Code::UnknownFlow, "a flow of this bundle")
        {
            numbers.insert(entry.key.text.to_string(), flow.index);
        }
    }
    if entries.is_empty() {
        page.wrong(Code::WrongValue, yaml, "at least one number");
    }
    numbers
}

/// A SIP user is compared letter by letter, so what could be written in two ways is left out.
fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+*#-_.".contains(&byte))
}

/// The bundle's events. `error` must be among them, so that a call that goes wrong goes somewhere.
pub(crate) fn events(page: Page<'_>, yaml: &Yaml, flows: &Known<Declaration>) -> Option<Events> {
    let yaml = yaml.get("events")?;
    let mut events = Events::default();
    let mut complete = true;
    for entry in page.entries(yaml, "a map of outcomes to flows")? {
        let outcome = outcome::check(page, &entry.key, &outcome::everywhere());
        let flow = flows.find(page, &entry.value, Code::UnknownFlow, "a flow of this bundle");
        match (outcome, flow) {
            (Some(()), Some(flow)) => {
                events.0.insert(Arc::clone(&entry.key.text), Target::Flow(flow.index));
            }
            (None | Some(()), None) | (None, Some(_)) => complete = false,
        }
    }
    if yaml.get("error").is_none() {
        page.add(
            page.fault(Code::UnresolvedOutcome, yaml.place, "a flow for the outcome `error`")
                .note("it is the way out of whatever goes wrong: nobody may be stranded"),
        );
        complete = false;
    }
    complete.then_some(events)
}
