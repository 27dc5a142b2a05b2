//! `hatif test`: the tests beside the flows, on a virtual clock or with real calls.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;

use serde_json::json;

use crate::app::command::{Test, TestFormat};
use crate::app::exit::{AT_FAULT, WRONG_CALL};
use crate::app::rehearsal;
use crate::flow::diagnostic::Faults;
use crate::flow::trial::{Played, Report, Trial, Trials};
use crate::flow::{self, World};
use crate::shell::files;

pub(super) fn main(line: &Test) -> ExitCode {
    let files = match files::bundle_in(&line.path) {
        Ok(files) => files,
        Err(fault) => return refuse(&fault.to_string(), line.format),
    };
    let played = match &line.sip {
        None => virtually(&files, line.only.as_deref()),
        Some(uri) => match rehearsal::played(&files, line, uri) {
            Ok(played) => played,
            Err(fault) => return refuse(&format!("{fault:#}"), line.format),
        },
    };
    match played {
        Ok(report) if report.verdicts.is_empty() && line.only.is_some() => {
            refuse("no file of tests has that in its name", line.format)
        }
        Ok(report) => {
            crate::app::say(&match line.format {
                TestFormat::Text => report.to_text().trim_end().to_owned(),
                TestFormat::Json => report.to_json().to_string(),
                TestFormat::Junit => report.to_junit().trim_end().to_owned(),
            });
            if report.is_good() { ExitCode::SUCCESS } else { ExitCode::from(AT_FAULT) }
        }
        Err(faults) => {
            crate::app::say(&shown(&faults, line.format));
            ExitCode::from(AT_FAULT)
        }
    }
}

fn virtually(files: &BTreeMap<String, String>, only: Option<&str>) -> Result<Report, Faults> {
    let world = Arc::new(World::new(flow::load(files, None)?, &BTreeMap::new()));
    let mut trials = Trials::read(files, &world)?;
    if let Some(part) = only {
        trials.keep(part);
    }
    let played: Vec<Played> = trials.trials.iter().map(Trial::played).collect();
    Ok(trials.report(played))
}

fn refuse(why: &str, format: TestFormat) -> ExitCode {
    crate::app::say(&match format {
        TestFormat::Text | TestFormat::Junit => why.to_owned(),
        TestFormat::Json => json!({ "error": why }).to_string(),
    });
    ExitCode::from(WRONG_CALL)
}

fn shown(faults: &Faults, format: TestFormat) -> String {
    match format {
        TestFormat::Text | TestFormat::Junit => faults.to_text().trim_end().to_owned(),
        TestFormat::Json => faults.to_json().to_string(),
    }
}
