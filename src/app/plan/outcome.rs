//! What played days came to, in rows and for people.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::app::plan::file::Planned;
use crate::app::plan::{clock, percent, table};
use crate::base::id::SkillId;
use crate::routing::plan::{Cell, Day, Effort, Report};

const HEAD: [&str; 12] = [
    "entity",
    "from",
    "offered",
    "answered",
    "in time",
    "abandoned",
    "abandoned early",
    "overflowed",
    "service level %",
    "mean wait s",
    "agents",
    "occupancy %",
];
/// What was short, the worst first, as far as a table shows it.
const STRAINS_SHOWN: usize = 5;

/// One row for each entity and interval in which somebody called; figures of one day, in the mean.
pub(super) fn rows(day: &Day, report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![HEAD.map(str::to_owned).to_vec()];
    for (inflow, cells) in day.inflows.iter().zip(&report.cells) {
        let busy = cells.iter().zip(&report.efforts).zip(0_u64..);
        for ((cell, effort), number) in busy.filter(|((cell, _), _)| 0 < cell.offered) {
            let from = clock(number * report.interval.as_secs() / 60);
            let mut row = row(inflow.entity.as_str(), from, cell, report.days);
            row.push(present(effort, report));
            row.push(percent(effort.occupancy()));
            rows.push(row);
        }
    }
    rows
}

/// Everything, for people.
pub(super) fn text(planned: &Planned, report: &Report) -> String {
    let day = &planned.day;
    let days = if report.days == 1 { "once".to_owned() } else { format!("{} times", report.days) };
    let mut parts = vec![
        format!("{}, played {days}; figures of one day, in the mean", planned.id),
        table(&rows(day, report)),
        table(&totals(day, report)),
        table(&skills(day, report)),
    ];
    parts.push(bottleneck(report));
    parts.join("\n\n")
}

/// One row for each entity, over the whole day.
fn totals(day: &Day, report: &Report) -> Vec<Vec<String>> {
    let mut rows = vec![HEAD.iter().take(10).map(|head| (*head).to_owned()).collect::<Vec<_>>()];
    if let Some(head) = rows.first_mut() {
        head.extend(["promised %", "worst day %", "best day %"].map(str::to_owned));
    }
    for (number, inflow) in day.inflows.iter().enumerate() {
        let cell = report.total(number);
        let levels = report.levels.get(number);
        let mut row = row(inflow.entity.as_str(), "all day".to_owned(), &cell, report.days);
        row.push(percent(Some(inflow.share)));
        row.push(percent(levels.and_then(|levels| levels.first().copied())));
        row.push(percent(levels.and_then(|levels| levels.last().copied())));
        rows.push(row);
    }
    rows
}

/// How busy those were who have each skill.
fn skills(day: &Day, report: &Report) -> Vec<Vec<String>> {
    let mut sums: BTreeMap<&SkillId, (u32, Effort)> = BTreeMap::new();
    for (agent, effort) in day.agents.iter().zip(&report.agents) {
        for skill in agent.profile.skills.keys() {
            let (count, sum) = sums.entry(skill).or_default();
            *count += 1;
            sum.handling += effort.handling;
            sum.available += effort.available;
            sum.ringing += effort.ringing;
        }
    }
    let mut rows = vec![["skill", "agents", "occupancy %"].map(str::to_owned).to_vec()];
    let row = |(skill, (count, effort)): (&SkillId, (u32, Effort))| {
        vec![skill.to_string(), count.to_string(), percent(effort.occupancy())]
    };
    rows.extend(sums.into_iter().map(row));
    let whole = report.effort();
    rows.push(vec!["all".to_owned(), day.agents.len().to_string(), percent(whole.occupancy())]);
    rows
}

fn bottleneck(report: &Report) -> String {
    let Some(worst) = report.strains.first() else {
        return "nothing was short: whoever called found somebody free".to_owned();
    };
    let mut lines = vec![format!("the bottleneck: {}", worst.wanted)];
    for strain in report.strains.iter().take(STRAINS_SHOWN) {
        let minutes = per_day(strain.waited, report.days).as_secs_f64() / 60.0;
        let wanted = &strain.wanted;
        lines.push(format!("  {minutes:.0} min of waiting while nobody free had {wanted}"));
    }
    lines.join("\n")
}

fn row(entity: &str, from: String, cell: &Cell, days: u32) -> Vec<String> {
    let mean = |count: u64| format!("{:.1}", mean(count, days));
    vec![
        entity.to_owned(),
        from,
        mean(cell.offered),
        mean(cell.answered),
        mean(cell.in_time),
        mean(cell.abandoned),
        mean(cell.abandoned_early),
        mean(cell.overflowed),
        percent(cell.service_level()),
        cell.mean_wait().map_or_else(|| "-".to_owned(), |wait| format!("{wait:.1}")),
    ]
}

/// How many agents were on duty, in the mean.
fn present(effort: &Effort, report: &Report) -> String {
    let share = per_day(effort.whole(), report.days).as_secs_f64() / report.interval.as_secs_f64();
    format!("{share:.1}")
}

fn per_day(span: Duration, days: u32) -> Duration {
    span.checked_div(days).unwrap_or_default()
}

/// A count of one day, in the mean.
pub(super) fn mean(count: u64, days: u32) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of calls are far below 2^53")]
    let count = count as f64;
    count / f64::from(days.max(1))
}
