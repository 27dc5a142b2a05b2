//! A bundle for a command that only looks at it, and the exit status when there is none.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use crate::app::exit::{AT_FAULT, WRONG_CALL};
use crate::base::nearest::nearest;
use crate::flow::model::Language;
use crate::flow::{self, Bundle};
use crate::shell::files;

/// The bundle of a folder; else why not has been said.
pub(super) fn load(path: &Path) -> Result<Arc<Bundle>, ExitCode> {
    let files = files::bundle_in(path).map_err(|fault| wrong_call(&fault.to_string()))?;
    flow::load(&files, None).map_err(|faults| {
        crate::app::say_fault(&anyhow::anyhow!("{}", faults.to_text().trim_end()));
        ExitCode::from(AT_FAULT)
    })
}

/// Says what is wrong with the command line.
pub(super) fn wrong_call(why: &str) -> ExitCode {
    crate::app::say_fault(&anyhow::anyhow!("{why}"));
    ExitCode::from(WRONG_CALL)
}

/// A language if the bundle has it, else the bundle's first.
pub(super) fn language(bundle: &Bundle, wanted: Language) -> Language {
    let first = bundle.languages.first().copied();
    if bundle.languages.contains(&wanted) { wanted } else { first.unwrap_or(wanted) }
}

/// The language of a tag, or the bundle's first; else it has been said that there is none.
pub(super) fn language_of(bundle: &Bundle, tag: Option<&str>) -> Result<Language, ExitCode> {
    let Some(tag) = tag else { return Ok(language(bundle, Language::Arabic)) };
    let known = bundle.languages.iter().copied();
    known.clone().find(|language| language.tag() == tag).ok_or_else(|| {
        let tags: Vec<&str> = known.map(Language::tag).collect();
        let near = nearest(tag, tags.iter().copied()).map(|near| format!("; nearest is {near}"));
        let near = near.unwrap_or_default();
        wrong_call(&format!("wanted one of {}, found {tag}{near}", tags.join(", ")))
    })
}
