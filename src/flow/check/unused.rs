//! What is written and never used: no fault of the bundle, but often one of its writer.

use crate::flow::check::{Sheet, entries};
use crate::flow::diagnostic::Code;
use crate::flow::model::Prompt;
use crate::flow::parse::{Catalogue, Declaration, Known, Page};
use crate::flow::yaml::{Entry, Yaml};

/// Variables that the engine itself reads: what is spoken, and whom the call is about.
const READ_BY_THE_ENGINE: [&str; 2] = ["lang", "entity"];

/// Writes down the prompts, terms and units that nothing says.
pub(crate) fn words(sheets: &[Sheet<'_>], catalogue: &Catalogue) {
    let prompts = &catalogue.prompts;
    if prompts.iter().any(|(id, prompt)| prompts.is_mentioned(id) && prompt.has_choices()) {
        prompts.mention(Prompt::CHOICE);
    }
    for &(page, yaml) in sheets {
        idle(page, yaml, "prompts", prompts, (Code::UnusedPrompt, "a node that says it"));
        idle(page, yaml, "texts", &catalogue.texts, (Code::UnusedPrompt, "a node that sends it"));
        let wanted = "a value or a label that names it";
        idle(page, yaml, "terms", &catalogue.terms, (Code::UnusedTerm, wanted));
        let wanted = "a prompt that counts it";
        idle(page, yaml, "units", &catalogue.units, (Code::UnusedUnit, wanted));
    }
}

fn idle<T>(page: Page<'_>, yaml: &Yaml, group: &str, known: &Known<T>, told: (Code, &str)) {
    for entry in entries(yaml, group) {
        if !known.is_mentioned(&entry.key.text) {
            tell(page, entry, told);
        }
    }
}

/// Writes down the variables and inputs of a flow that none of its expressions reads.
pub(crate) fn variables((page, yaml): Sheet<'_>, flow: &Declaration) {
    let reads = flow.reads.borrow();
    for entry in entries(yaml, "vars") {
        let name = &*entry.key.text;
        if !READ_BY_THE_ENGINE.contains(&name) && !reads.variables.contains(name) {
            tell(page, entry, (Code::UnusedVariable, "an expression that reads it"));
        }
    }
    for entry in entries(yaml, "inputs") {
        if !reads.inputs.contains(&*entry.key.text) {
            tell(page, entry, (Code::UnusedInput, "an expression that reads it"));
        }
    }
}

fn tell(page: Page<'_>, entry: &Entry, (code, wanted): (Code, &str)) {
    page.add(page.fault(code, entry.key.place, wanted).found(&*entry.key.text));
}
