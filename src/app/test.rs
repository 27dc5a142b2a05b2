//! `hatif test`: the tests beside the flows, on a virtual clock.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use crate::app::command::TestFormat;
use crate::flow::diagnostic::Faults;
use crate::flow::{self, World, trial};
use crate::shell::files;

/// The exit status when the bundle or a test is at fault.
const AT_FAULT: u8 = 1;
/// The exit status when there is no such bundle.
const WRONG_CALL: u8 = 2;

pub(super) fn main(path: &Path, format: TestFormat) -> ExitCode {
    let files = match files::bundle_in(path) {
        Ok(files) => files,
        Err(fault) => {
            crate::app::say(&match format {
                TestFormat::Text | TestFormat::Junit => fault.to_string(),
                TestFormat::Json => json!({ "error": fault.to_string() }).to_string(),
            });
            return ExitCode::from(WRONG_CALL);
        }
    };
    let played = flow::load(&files, None).and_then(|bundle| {
        let world = Arc::new(World::new(bundle, &BTreeMap::new()));
        trial::test(&files, &world)
    });
    match played {
        Ok(report) => {
            crate::app::say(&match format {
                TestFormat::Text => report.to_text().trim_end().to_owned(),
                TestFormat::Json => report.to_json().to_string(),
                TestFormat::Junit => report.to_junit().trim_end().to_owned(),
            });
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::from(AT_FAULT) }
        }
        Err(faults) => {
            crate::app::say(&shown(&faults, format));
            ExitCode::from(AT_FAULT)
        }
    }
}

fn shown(faults: &Faults, format: TestFormat) -> String {
    match format {
        TestFormat::Text | TestFormat::Junit => faults.to_text().trim_end().to_owned(),
        TestFormat::Json => faults.to_json().to_string(),
    }
}
