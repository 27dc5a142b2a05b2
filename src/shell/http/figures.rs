//! `/api/v1/figures`: the trade's figures by queue, entity or agent, for supervisors.

use std::fmt::Write as _;
use std::ops::Range;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::base::limit::FIGURES_SPAN_MAX;
use crate::base::time::Wall;
use crate::flow::Bundle;
use crate::flow::hours::{Period, clock, moment};
use crate::record::figures::{By, Row, report};
use crate::shell::http::login::supervisor;
use crate::shell::http::parts::HttpParts;
use crate::shell::http::problem::Problem;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    by: Option<String>,
    from: Option<String>,
    to: Option<String>,
    interval: Option<String>,
}

/// How the answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
}

/// What is asked, understood.
struct Question {
    by: By,
    period: Period,
    time: Range<Wall>,
}

/// Gives figures as JSON, or as CSV to who accepts that.
pub(super) async fn list(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_csv = accepts.is_some_and(|accepts| accepts.contains("text/csv"));
    let form = if is_csv { Form::Csv } else { Form::Json };
    answer(&parts, &headers, wanted, form).await
}

/// Gives figures as CSV.
pub(super) async fn table(
    State(parts): State<HttpParts>,
    headers: HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    answer(&parts, &headers, wanted, Form::Csv).await
}

async fn answer(
    parts: &HttpParts,
    headers: &HeaderMap,
    wanted: Result<Query<Wanted>, QueryRejection>,
    form: Form,
) -> Result<Response, Problem> {
    supervisor(parts, headers)?;
    let Query(wanted) = wanted.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let bundle = parts.bundles.shelf.active().bundle().clone();
    let question = understand(&bundle, parts.clock.epoch().wall(parts.clock.now()), &wanted)?;
    let (reply, counted) = oneshot::channel();
    (parts.count)(reply);
    // A pool that has stopped has handed over all that it counted.
    let _ = counted.await;
    parts.store.flush().await;
    let Some(quarters) = parts.store.figures(question.by, question.time.clone()).await? else {
        return Err(bad("these are too many figures; ask for a shorter time"));
    };
    let zone = bundle.zone();
    let rows = report(quarters, |wall| question.period.around(wall, &zone));
    let local = |wall| clock(wall, Some(&zone));
    Ok(match form {
        Form::Json => {
            let rows: Vec<Value> = rows.iter().map(|row| object(question.by, row, local)).collect();
            let zone = zone.iana_name().unwrap_or("UTC");
            let (from, to) = (local(question.time.start), local(question.time.end));
            let answer = json!({"zone": zone, "from": from, "to": to, "rows": rows});
            Json(answer).into_response()
        }
        Form::Csv => {
            let name = "attachment; filename=\"figures.csv\"";
            let kind = [
                (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
                (header::CONTENT_DISPOSITION, name),
            ];
            (kind, csv(question.by, &rows, local)).into_response()
        }
    })
}

/// Whole periods around the time that is asked for; without one, today.
fn understand(bundle: &Bundle, now: Wall, wanted: &Wanted) -> Result<Question, Problem> {
    let zone = bundle.zone();
    let by = By::of(wanted.by.as_deref().unwrap_or("queue"))
        .ok_or_else(|| bad("wanted `queue`, `entity` or `agent` as `by`"))?;
    let period = match wanted.interval.as_deref() {
        None | Some("15m") => Period::Quarter,
        Some("1h") => Period::Hour,
        Some("1d") => Period::Day,
        Some(_) => return Err(bad("wanted `15m`, `1h` or `1d` as `interval`")),
    };
    let read = |text: &Option<String>, otherwise: Wall| match text {
        None => Ok(otherwise),
        Some(text) => moment(text, &zone)
            .ok_or_else(|| bad("wanted times such as `2026-09-20` or `2026-09-20T09:00:00+04:00`")),
    };
    let from = read(&wanted.from, Period::Day.around(now, &zone).start)?;
    let to = read(&wanted.to, now.max(from))?;
    let start = period.around(from, &zone).start;
    let last = period.around(to, &zone);
    // A time that ends with a period does not touch the next one.
    let end = if last.start == to && from < to { to } else { last.end };
    let longest = i64::try_from(FIGURES_SPAN_MAX.as_millis()).unwrap_or(i64::MAX);
    if end.0 < start.0 || longest < end.0.saturating_sub(start.0) {
        return Err(bad("wanted a `from` before `to`, and at most 400 days between them"));
    }
    Ok(Question { by, period, time: start..end })
}

fn bad(detail: &'static str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, detail)
}

fn object(by: By, row: &Row, local: impl Fn(Wall) -> String) -> Value {
    let mut object = Map::new();
    object.insert("from".into(), local(row.time.start).into());
    object.insert("to".into(), local(row.time.end).into());
    object.insert(by.word().into(), row.key.clone().into());
    let parts = row.totals.parts().into_iter();
    object.extend(parts.map(|(name, part)| (name.to_owned(), part.into())));
    // What cannot be known is absent.
    let known = row.totals.ratios().into_iter().filter_map(|(name, ratio)| Some((name, ratio?)));
    object.extend(known.map(|(name, ratio)| (name.to_owned(), ratio.into())));
    object.into()
}

fn csv(by: By, rows: &[Row], local: impl Fn(Wall) -> String) -> String {
    let mut out = String::new();
    let Some(first) = rows.first() else { return out };
    let parts = first.totals.parts().into_iter().map(|(name, _)| name);
    let ratios = first.totals.ratios().into_iter().map(|(name, _)| name);
    let names: Vec<&str> =
        ["from", "to", by.word()].into_iter().chain(parts).chain(ratios).collect();
    let _ = writeln!(out, "{}\r", names.join(","));
    for row in rows {
        let key = row.key.as_deref().unwrap_or_default();
        let head = [local(row.time.start), local(row.time.end), quoted(key)];
        let parts = row.totals.parts().into_iter().map(|(_, part)| part.to_string());
        let ratio =
            |(_, ratio): (_, Option<f64>)| ratio.map(|of| of.to_string()).unwrap_or_default();
        let ratios = row.totals.ratios().into_iter().map(ratio);
        let cells: Vec<String> = head.into_iter().chain(parts).chain(ratios).collect();
        let _ = writeln!(out, "{}\r", cells.join(","));
    }
    out
}

/// A text as a cell (RFC 4180).
fn quoted(text: &str) -> String {
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}
