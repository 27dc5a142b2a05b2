//! A played day as a drawing that any browser shows: per entity calls and service level, and below
//! how many agents were there and how busy.

use std::fmt::Write as _;

use crate::app::plan::clock;
use crate::app::plan::file::Planned;
use crate::app::plan::outcome::mean;
use crate::routing::plan::{Cell, Effort, Report};

const MARGIN: f64 = 48.0;
const PLOT: f64 = 900.0;
const PANEL: f64 = 150.0;
const GAP: f64 = 56.0;
const STYLE: &str = "\
svg{background:#fff;font-family:system-ui,'Noto Sans','Noto Sans Arabic',sans-serif}\
text{font-size:11px;fill:#444}.title{font-size:14px;font-weight:600;fill:#222}\
.end{text-anchor:end}.middle{text-anchor:middle}\
.frame{fill:#fafafa;stroke:#ddd}.calls{fill:#c9dcf0}.busy{fill:#3f8f55}.free{fill:#cfe8d5}\
.level{fill:none;stroke:#b0623d;stroke-width:2}.promise{stroke:#b0623d;stroke-dasharray:4 3}";

/// The drawing.
pub(super) fn svg(planned: &Planned, report: &Report) -> String {
    let mut body = String::new();
    let mut top = MARGIN;
    let report = &awake(report);
    for (number, inflow) in planned.day.inflows.iter().enumerate() {
        let cells = report.report.cells.get(number).and_then(|cells| cells.get(report.first..));
        let cells = cells.unwrap_or_default();
        let heading = format!(
            "{}: calls in an interval (bars), service level (line), {:.0} % promised (dashes)",
            inflow.entity,
            inflow.share * 100.0
        );
        entity(&mut body, &heading, (top, inflow.share), cells, report);
        top += PANEL + GAP;
    }
    people(&mut body, top, report);
    let (width, height) = (PLOT + 2.0 * MARGIN, top + PANEL + GAP);
    let title = &planned.id;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\"><title>{title}</title><style>{STYLE}</style>\n\
         {body}</svg>"
    )
}

/// The report from the hour on in which anybody calls or is there.
struct Awake<'r> {
    report: &'r Report,
    first: usize,
}

fn awake(report: &Report) -> Awake<'_> {
    let is_quiet = |at: &usize| {
        let calls = report.cells.iter().filter_map(|cells| cells.get(*at));
        let agents = report.efforts.get(*at);
        calls.map(|cell| cell.offered).sum::<u64>() == 0
            && agents.is_none_or(|effort| effort.whole().is_zero())
    };
    let quiet = (0..report.efforts.len()).take_while(is_quiet).count();
    let an_hour = usize::try_from(3_600 / report.interval.as_secs().max(1)).unwrap_or(1).max(1);
    Awake { report, first: quiet - quiet % an_hour }
}

fn entity(
    body: &mut String,
    heading: &str,
    (top, promise): (f64, f64),
    cells: &[Cell],
    report: &Awake<'_>,
) {
    let calls = |cell: &Cell| mean(cell.offered, report.report.days);
    let most = cells.iter().map(calls).fold(1.0, f64::max);
    frame(body, heading, top, most, cells.len(), report);
    let width = PLOT / count(cells.len());
    let mut line = String::new();
    for (number, cell) in cells.iter().enumerate() {
        let left = MARGIN + width * count(number);
        bar(body, "calls", (left, width), (top, 0.0), calls(cell) / most);
        if let Some(level) = cell.service_level() {
            let verb = if line.is_empty() { 'M' } else { 'L' };
            let (x, y) = (left + width / 2.0, top + PANEL * (1.0 - level));
            let _ = write!(line, "{verb}{x:.1} {y:.1}");
        }
    }
    let (right, y) = (MARGIN + PLOT, top + PANEL * (1.0 - promise));
    let _ = writeln!(
        body,
        "<path class=\"level\" d=\"{line}\"/>\
         <line class=\"promise\" x1=\"{MARGIN}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>\
         <text x=\"{:.0}\" y=\"{:.0}\">100 %</text>",
        right + 4.0,
        top + 10.0
    );
}

fn people(body: &mut String, top: f64, awake: &Awake<'_>) {
    let report = awake.report;
    let efforts = report.efforts.get(awake.first..).unwrap_or_default();
    let length = report.interval.as_secs_f64() * f64::from(report.days.max(1));
    let there = |effort: &Effort| effort.whole().as_secs_f64() / length;
    let most = efforts.iter().map(there).fold(1.0, f64::max);
    let heading = "agents on duty, in the mean: talking and after-call work (dark), free (light)";
    frame(body, heading, top, most, efforts.len(), awake);
    let width = PLOT / count(efforts.len());
    for (number, effort) in efforts.iter().enumerate() {
        let column = (MARGIN + width * count(number), width);
        let busy = effort.handling.as_secs_f64() / length / most;
        bar(body, "busy", column, (top, 0.0), busy);
        bar(body, "free", column, (top, busy), there(effort) / most - busy);
    }
}

/// The frame of a panel: heading, scale and hours.
fn frame(
    body: &mut String,
    heading: &str,
    top: f64,
    most: f64,
    intervals: usize,
    report: &Awake<'_>,
) {
    let _ = writeln!(
        body,
        "<text class=\"title\" x=\"{MARGIN}\" y=\"{:.0}\">{heading}</text>\
         <rect class=\"frame\" x=\"{MARGIN}\" y=\"{top}\" width=\"{PLOT}\" height=\"{PANEL}\"/>\
         <text class=\"end\" x=\"{:.0}\" y=\"{:.0}\">{most:.0}</text>",
        top - 8.0,
        MARGIN - 4.0,
        top + 10.0
    );
    let interval = report.report.interval.as_secs() / 60;
    let [begins, length] = [report.first, intervals]
        .map(|intervals| interval.saturating_mul(u64::try_from(intervals).unwrap_or(u64::MAX)));
    let apart = if length <= 720 { 60 } else { 120 };
    for minute in (0..=length).step_by(apart) {
        let at = u32::try_from(minute).map_or(0.0, f64::from);
        let whole = u32::try_from(length.max(1)).map_or(1.0, f64::from);
        let x = MARGIN + PLOT * at / whole;
        let (y, name) = (top + PANEL + 14.0, clock(begins + minute));
        let _ = writeln!(body, "<text class=\"middle\" x=\"{x:.1}\" y=\"{y:.0}\">{name}</text>");
    }
}

/// A bar of `height` shares of the panel that stands on `foot` shares of it.
fn bar(
    body: &mut String,
    class: &str,
    (left, width): (f64, f64),
    (top, foot): (f64, f64),
    height: f64,
) {
    if 0.0 < height {
        let y = top + PANEL * (1.0 - foot - height);
        let (wide, high) = ((width - 1.0).max(0.5), PANEL * height);
        let _ = writeln!(
            body,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{y:.1}\" width=\"{wide:.1}\" \
             height=\"{high:.1}\"/>"
        );
    }
}

fn count(number: usize) -> f64 {
    f64::from(u32::try_from(number).unwrap_or(u32::MAX))
}
