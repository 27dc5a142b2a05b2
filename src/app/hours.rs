//! `hatif hours`: whether somebody is there, which line says so, and the days ahead.

use std::process::ExitCode;

use crate::app::bundle;
use crate::app::command::{Format, Hours};
use crate::base::nearest::nearest;
use crate::flow::hours::moment;
use crate::flow::model::Language;
use crate::shell::clock::Clock;

pub(super) fn main(line: &Hours) -> ExitCode {
    let bundle = match bundle::load(&line.bundle) {
        Ok(bundle) => bundle,
        Err(status) => return status,
    };
    let Some(calendar) = bundle.calendars.get(&*line.calendar) else {
        let known: Vec<&str> = bundle.calendars.keys().map(AsRef::as_ref).collect();
        let near = nearest(&line.calendar, known.iter().copied())
            .map(|near| format!("; nearest is {near}"));
        let (found, near) = (&line.calendar, near.unwrap_or_default());
        let known = known.join(", ");
        return bundle::wrong_call(&format!("wanted one of {known}, found {found}{near}"));
    };
    let wall = match &line.at {
        None => Clock::start().epoch().0,
        Some(text) => match moment(text, &calendar.zone) {
            Some(wall) => wall,
            None => {
                let wanted = "wanted a time such as 2026-09-20T09:00 or 2026-09-20T09:00:00+04:00";
                return bundle::wrong_call(wanted);
            }
        },
    };
    let language = bundle::language(&bundle, Language::English);
    let report = calendar.report(wall, line.days, language);
    crate::app::say(&match line.format {
        Format::Text => report.to_text(),
        Format::Json => serde_json::to_string_pretty(&report).expect("a report has text for keys"),
    });
    ExitCode::SUCCESS
}
