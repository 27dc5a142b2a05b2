//! `hatif simulate-shift`: a planned day, played on the routing engine.

use std::process::ExitCode;

use crate::app::bundle;
use crate::app::command::{ShiftFormat, SimulateShift};
use crate::app::exit::AT_FAULT;
use crate::app::plan::{chart, csv, file, outcome};
use crate::routing::plan::{Played, Report, play};
use crate::shell::files;

pub(in crate::app) fn main(line: &SimulateShift) -> ExitCode {
    let text = match files::text(&line.path) {
        Ok(text) => text,
        Err(fault) => return bundle::wrong_call(&fault.to_string()),
    };
    let planned = match file::read(&line.path.display().to_string(), &text) {
        Ok(planned) => planned,
        Err(faults) => {
            crate::app::say_fault(&anyhow::anyhow!("{}", faults.to_text().trim_end()));
            return ExitCode::from(AT_FAULT);
        }
    };
    let seeds = (0..u64::from(line.days)).map(|day| line.seed.wrapping_add(day));
    let played: Vec<Played> = seeds.map(|seed| play(&planned.day, seed)).collect();
    let report = Report::of(&planned.day, &played);
    crate::app::say(&match line.format {
        ShiftFormat::Text => outcome::text(&planned, &report),
        ShiftFormat::Csv => csv(&outcome::rows(&planned.day, &report)),
        ShiftFormat::Svg => chart::svg(&planned, &report),
    });
    ExitCode::SUCCESS
}
