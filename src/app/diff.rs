//! `hatif diff`: what a caller would hear differently.

use std::process::ExitCode;

use crate::app::bundle;
use crate::app::command::{Diff, Format};
use crate::app::exit::WRONG_CALL;
use crate::flow::compare;

/// The exit status when something differs.
const DIFFERENT: u8 = 1;

pub(super) fn main(line: &Diff) -> ExitCode {
    let (Ok(old), Ok(new)) = (bundle::load(&line.old), bundle::load(&line.new)) else {
        return ExitCode::from(WRONG_CALL);
    };
    let changes = compare::compare(&old, &new);
    crate::app::say(&match line.format {
        Format::Text => changes.to_text(),
        Format::Json => serde_json::to_string_pretty(&changes).expect("changes have text for keys"),
    });
    if changes.is_same() { ExitCode::SUCCESS } else { ExitCode::from(DIFFERENT) }
}
