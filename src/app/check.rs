//! `hatif check`: whether a bundle could take calls, and if not, why not.

use std::path::Path;
use std::process::ExitCode;

use serde_json::json;

use crate::app::command::Format;
use crate::flow::{self, Bundle, Faults};
use crate::shell::files::{self, FileFault};

/// The exit status when the bundle is at fault.
const AT_FAULT: u8 = 1;
/// The exit status when there is no such bundle.
const WRONG_CALL: u8 = 2;

pub(super) fn main(path: &Path, format: Format) -> ExitCode {
    let files = match files::bundle_in(path) {
        Ok(files) => files,
        Err(fault) => {
            crate::app::say(&unread(&fault, format));
            return ExitCode::from(status_of(&fault));
        }
    };
    match flow::load(&files, None) {
        Ok(bundle) => {
            crate::app::say(&good(&bundle, format));
            ExitCode::SUCCESS
        }
        Err(faults) => {
            crate::app::say(&bad(&faults, format));
            ExitCode::from(AT_FAULT)
        }
    }
}

/// A folder that is not there is the caller's mistake; a file in it is the bundle's.
const fn status_of(fault: &FileFault) -> u8 {
    match fault {
        FileFault::Unreadable { .. } => WRONG_CALL,
        FileFault::NotText { .. }
        | FileFault::TooLong { .. }
        | FileFault::TooMuch { .. }
        | FileFault::TooMany { .. }
        | FileFault::TooDeep { .. } => AT_FAULT,
    }
}

fn unread(fault: &FileFault, format: Format) -> String {
    match format {
        Format::Text => fault.to_string(),
        Format::Json => json!({ "error": fault.to_string() }).to_string(),
    }
}

fn good(bundle: &Bundle, format: Format) -> String {
    let nodes: usize = bundle.flows.iter().map(|flow| flow.nodes.len()).sum();
    match format {
        Format::Text => format!(
            "{}: good (flows {}, nodes {nodes}, prompts {}, entities {}, queues {}, hash {})",
            bundle.id,
            bundle.flows.len(),
            bundle.prompts.len(),
            bundle.entities.len(),
            bundle.queues.len(),
            bundle.hash.get(..12).unwrap_or(&bundle.hash),
        ),
        Format::Json => json!({
            "bundle": &*bundle.id,
            "hash": &*bundle.hash,
            "flows": bundle.flows.len(),
            "nodes": nodes,
            "faults": [],
            "total": 0,
        })
        .to_string(),
    }
}

fn bad(faults: &Faults, format: Format) -> String {
    match format {
        Format::Text if faults.total == 1 => format!("{}1 fault", faults.to_text()),
        Format::Text => format!("{}{} faults", faults.to_text(), faults.total),
        Format::Json => faults.to_json().to_string(),
    }
}
