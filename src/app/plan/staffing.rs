//! `hatif staffing`: the agents that each interval needs, by Erlang C or A.

use std::process::ExitCode;

use crate::app::bundle;
use crate::app::command::{PlanFormat, Staffing};
use crate::app::plan::{clock, csv, percent, table};
use crate::routing::plan::{self, Load, Promise, SHORT_ABANDON};

const MINUTE: u64 = 60;

pub(super) const HEAD: [&str; 10] = [
    "from",
    "calls",
    "erlangs",
    "agents",
    "rostered",
    "service level %",
    "waiting %",
    "mean wait s",
    "abandoned %",
    "occupancy %",
];

pub(in crate::app) fn main(line: &Staffing) -> ExitCode {
    match rows(line) {
        Ok(rows) => {
            let text = match line.format {
                PlanFormat::Text => table(&rows),
                PlanFormat::Csv => csv(&rows),
            };
            crate::app::say(&text);
            ExitCode::SUCCESS
        }
        Err(why) => bundle::wrong_call(&why),
    }
}

fn rows(line: &Staffing) -> Result<Vec<Vec<String>>, String> {
    let promise = Promise {
        share: f64::from(line.share) / 100.0,
        within: line.within,
        early: SHORT_ABANDON,
        occupancy_max: f64::from(line.occupancy) / 100.0,
    };
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    let interval = line.interval.as_secs() / MINUTE;
    for (number, calls) in (0_u64..).zip(&line.calls) {
        let load = Load::of(f64::from(*calls), line.interval, line.handling, line.patience);
        let from = clock(u64::from(line.from) + number * interval);
        let Some(needed) = plan::staffing(&load, &promise) else {
            return Err(format!("no number of agents keeps that promise at {from}"));
        };
        let outlook = needed.outlook;
        let present = 1.0 - f64::from(line.shrinkage) / 100.0;
        rows.push(vec![
            from,
            calls.to_string(),
            format!("{:.1}", load.erlangs()),
            needed.agents.to_string(),
            format!("{:.0}", (f64::from(needed.agents) / present).ceil()),
            percent(Some(outlook.service_level())),
            percent(Some(outlook.waiting)),
            format!("{:.1}", outlook.wait),
            percent(Some(outlook.abandon_rate())),
            percent(Some(outlook.occupancy)),
        ]);
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn line() -> Staffing {
        Staffing {
            calls: vec![100, 0],
            handling: Duration::from_secs(180),
            patience: None,
            within: Duration::from_secs(20),
            share: 80,
            interval: Duration::from_secs(1_800),
            from: 480,
            occupancy: 100,
            shrinkage: 30,
            format: PlanFormat::Csv,
        }
    }

    #[test]
    fn each_interval_has_a_row() {
        let rows = rows(&line()).expect("a promise that can be kept");
        let starts: Vec<&[String]> = rows.iter().skip(1).filter_map(|row| row.get(..5)).collect();
        assert_eq!(starts, [["08:00", "100", "10.0", "14", "20"], ["08:30", "0", "0.0", "0", "0"]]);
    }

    #[test]
    fn a_promise_that_nobody_can_keep_is_told() {
        let fault = rows(&Staffing { calls: vec![4_000_000_000], ..line() });
        assert_eq!(fault, Err("no number of agents keeps that promise at 08:00".to_owned()));
    }
}
