//! `hatif check`: whether a bundle could take calls, and if not, why not.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::app::command::{Check, CheckFormat};
use crate::app::exit::{AT_FAULT, WRONG_CALL};
use crate::base::nearest::nearest;
use crate::flow::diagnostic::{self, Code, Fault, Place, Severity};
use crate::flow::{self, Bundle, Faults, Sounds, trial};
use crate::shell::files::{self, FileFault};

/// Where an installation has its sounds when nobody says.
const SOUNDS: &str = "sounds";

pub(super) fn main(line: &Check) -> ExitCode {
    if let Some(word) = &line.explain {
        return explain(word);
    }
    let (bundle, faults) = match examine(line) {
        Ok(examined) => examined,
        Err(fault) => {
            let fault = anyhow::Error::new(fault);
            crate::app::say_fault(&fault);
            return ExitCode::from(WRONG_CALL);
        }
    };
    crate::app::say(&shown(line, bundle.as_deref(), &faults));
    let warned = line.deny_warnings && !faults.is_empty();
    if faults.errors > 0 || warned { ExitCode::from(AT_FAULT) } else { ExitCode::SUCCESS }
}

type Examined = (Option<std::sync::Arc<Bundle>>, Faults);

/// Everything that can be said against a bundle, its tests and its sounds.
///
/// A folder that is not there is the caller's mistake; a file in it is the bundle's.
fn examine(line: &Check) -> Result<Examined, FileFault> {
    let files = match files::bundle_in(&line.path) {
        Ok(files) => files,
        Err(fault @ FileFault::Unreadable { .. }) => return Err(fault),
        Err(fault) => return Ok((None, unread(&fault, &line.path))),
    };
    let sounds = sounds(line.sounds.as_deref())?;
    let sounds = sounds.as_ref().map(|(there, missing)| Sounds { there, missing: *missing });
    let proof = flow::prove(&files, sounds);
    let faults = match &proof.bundle {
        Some(bundle) => proof.faults.and(trial::faults(&files, bundle), &files),
        None => proof.faults,
    };
    Ok((proof.bundle, faults))
}

/// The sounds that are there: of a named folder all are needed, of the usual one they are wished.
fn sounds(named: Option<&Path>) -> Result<Option<(BTreeSet<String>, Severity)>, FileFault> {
    if let Some(folder) = named {
        return Ok(Some((files::sounds_in(folder)?, Severity::Error)));
    }
    let usual = PathBuf::from(SOUNDS);
    if !usual.is_dir() {
        return Ok(None);
    }
    Ok(Some((files::sounds_in(&usual)?, Severity::Warning)))
}

/// A file that cannot be taken in, told like any other fault.
fn unread(fault: &FileFault, folder: &Path) -> Faults {
    let (code, path, line) = match fault {
        FileFault::NotText { path, line } => (Code::FileNotText, path, *line),
        FileFault::TooLong { path } => (Code::FileTooLong, path, 1),
        FileFault::Unreadable { path, .. }
        | FileFault::TooMuch { path }
        | FileFault::TooMany { path, .. }
        | FileFault::TooDeep { path } => (Code::BundleUnreadable, path, 1),
    };
    let inside = Path::new(path).strip_prefix(folder).unwrap_or_else(|_| Path::new(path));
    let place = Place { line: u32::try_from(line).unwrap_or(u32::MAX), ..Place::START };
    let text = fault.to_string();
    let wish = text.split_once("wanted ").map_or(text.as_str(), |(_, wish)| wish);
    let (wanted, found) = wish.split_once(", found ").unwrap_or((wish, ""));
    let told = Fault::new(code, &inside.display().to_string(), place, wanted).found_kind(found);
    Faults::new(vec![told], &BTreeMap::new())
}

fn shown(line: &Check, bundle: Option<&Bundle>, faults: &Faults) -> String {
    match line.format {
        CheckFormat::Text => {
            let sum = match bundle {
                Some(bundle) if faults.errors == 0 => good(bundle, faults),
                Some(_) | None => counted(faults.errors, "fault"),
            };
            let warnings = match faults.warnings() {
                0 => String::new(),
                number => format!(", {}", counted(number, "warning")),
            };
            format!("{}{sum}{warnings}", faults.to_text())
        }
        CheckFormat::Json => json(bundle, faults).to_string(),
        CheckFormat::Sarif => {
            let log = diagnostic::to_sarif(faults, &line.path.display().to_string());
            serde_json::to_string_pretty(&log).unwrap_or_default()
        }
    }
}

fn counted(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn nodes(bundle: &Bundle) -> usize {
    bundle.flows.iter().map(|flow| flow.nodes.len()).sum()
}

fn good(bundle: &Bundle, faults: &Faults) -> String {
    let but = if faults.is_empty() { "good" } else { "good, with warnings" };
    format!(
        "{}: {but} (flows {}, nodes {}, prompts {}, entities {}, queues {}, hash {})",
        bundle.id,
        bundle.flows.len(),
        nodes(bundle),
        bundle.prompts.len(),
        bundle.entities.len(),
        bundle.queues.len(),
        bundle.hash.get(..12).unwrap_or(&bundle.hash),
    )
}

fn json(bundle: Option<&Bundle>, faults: &Faults) -> serde_json::Value {
    let mut told = faults.to_json();
    if let (Some(bundle), Some(fields)) = (bundle, told.as_object_mut()) {
        fields.insert("bundle".to_owned(), json!(&*bundle.id));
        fields.insert("hash".to_owned(), json!(&*bundle.hash));
        fields.insert("flows".to_owned(), json!(bundle.flows.len()));
        fields.insert("nodes".to_owned(), json!(nodes(bundle)));
    }
    told
}

/// Prints what the catalogue says of one code.
fn explain(word: &str) -> ExitCode {
    if let Some(code) = Code::named(word) {
        crate::app::say(&format!("{word} ({})\n\n{}", code.severity().word(), code.help()));
        return ExitCode::SUCCESS;
    }
    let near = nearest(word, Code::ALL.iter().map(|code| code.word()));
    let hint = near.map_or_else(String::new, |near| format!("; nearest is `{near}`"));
    crate::app::say_fault(&anyhow::anyhow!("`{word}` is no code of a fault{hint}"));
    ExitCode::from(WRONG_CALL)
}
