//! The days of a rule: by civil or Hijri date, once or every year.

use jiff::civil::Date;

use crate::base::limit::CALENDAR_DAYS_MAX;
use crate::flow::diagnostic::{Code, Place};
use crate::flow::hijri::HijriDate;
use crate::flow::hours::later;
use crate::flow::model::Days;
use crate::flow::parse::{Fields, Page};
use crate::flow::yaml::Yaml;

/// The ways to name days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// `date`, perhaps with `days`
    Date,
    /// `from` and `to`
    Period,
    /// `hijri`, perhaps with `days`
    Hijri,
    /// `hijri_month`
    HijriMonth,
}

impl Unit {
    const ALL: [Self; 4] = [Self::Date, Self::Period, Self::Hijri, Self::HijriMonth];

    const fn field(self) -> &'static str {
        match self {
            Self::Date => "date",
            Self::Period => "from",
            Self::Hijri => "hijri",
            Self::HijriMonth => "hijri_month",
        }
    }
}

/// Reads the days of a rule.
pub(super) fn read(page: Page<'_>, fields: &Fields<'_>) -> Option<Days> {
    read_of(page, fields, &Unit::ALL)
}

/// Reads the days of a rule that may name them in some ways only.
pub(super) fn read_of(page: Page<'_>, fields: &Fields<'_>, units: &[Unit]) -> Option<Days> {
    let names: Vec<&'static str> = units.iter().map(|unit| unit.field()).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let wanted = format!("its days, by {}", quoted.join(" or "));
    let (name, yaml) = fields.one_of(&names, &wanted)?;
    let unit = *units.iter().find(|unit| unit.field() == name)?;
    match unit {
        Unit::Date => {
            let days = count(page, fields);
            civil(page, yaml, days?)
        }
        Unit::Period => period(page, fields, yaml),
        Unit::Hijri => {
            let days = count(page, fields);
            hijri(page, yaml, days?)
        }
        Unit::HijriMonth => {
            let month = page.integer(yaml, 1..=12)?;
            Some(Days::HijriMonth { month: u8::try_from(month).ok()? })
        }
    }
}

fn count(page: Page<'_>, fields: &Fields<'_>) -> Option<u16> {
    match fields.optional("days") {
        Some(yaml) => u16::try_from(page.count(yaml, 1..=u32::from(CALENDAR_DAYS_MAX))?).ok(),
        None => Some(1),
    }
}

/// `"2026-12-02"` once, or `"12-02"` every year.
fn civil(page: Page<'_>, yaml: &Yaml, days: u16) -> Option<Days> {
    let text = page.text(yaml)?;
    // A leap year, so that 29 February is a day.
    let yearly = (text.len() == 5).then(|| format!("2000-{text}"));
    if let Some(date) = yearly.and_then(|text| text.parse::<Date>().ok()) {
        return Some(Days::Yearly { month: date.month(), day: date.day(), days });
    }
    let from = full(text);
    if from.is_none() {
        let wanted = "a date such as \"2026-12-02\", or \"12-02\" for every year";
        page.wrong(Code::WrongValue, yaml, wanted);
    }
    let to = later(from?, days - 1)?;
    Some(Days::Dates { from: from?, to })
}

/// `"1448-10-01"` once, or `"10-01"` every Hijri year.
fn hijri(page: Page<'_>, yaml: &Yaml, days: u16) -> Option<Days> {
    let text = page.text(yaml)?;
    let found = match text.len() {
        5 => month_and_day(text).map(|(month, day)| Days::HijriYearly { month, day, days }),
        10 => hijri_date(text).map(|from| Days::HijriDates { from, days }),
        _ => None,
    };
    if found.is_none() {
        let wanted = "a Hijri date such as \"10-01\" for every year, or \"1448-10-01\"";
        page.wrong(Code::WrongValue, yaml, wanted);
    }
    found
}

fn period(page: Page<'_>, fields: &Fields<'_>, from: &Yaml) -> Option<Days> {
    let from = date(page, from);
    let to_yaml = fields.required("to");
    let to = to_yaml.and_then(|yaml| date(page, yaml));
    let (from, to) = (from?, to?);
    if to < from {
        page.wrong(Code::WrongOrder, to_yaml?, format!("a last day not before {from}"));
        return None;
    }
    Some(Days::Dates { from, to })
}

/// `"2026-12-02"`
pub(super) fn date(page: Page<'_>, yaml: &Yaml) -> Option<Date> {
    let date = full(page.text(yaml)?);
    if date.is_none() {
        page.wrong(Code::WrongValue, yaml, "a date such as \"2026-12-02\"");
    }
    date
}

fn full(text: &str) -> Option<Date> {
    text.parse().ok().filter(|_| text.len() == 10)
}

/// `1448-10`
pub(super) fn hijri_month(text: &str) -> Option<(i16, u8)> {
    let (year, month) = text.split_once('-').filter(|_| text.len() == 7)?;
    let (year, month) = (year.parse().ok()?, month.parse().ok()?);
    HijriDate::days_in_month(year, month).map(|_| (year, month))
}

fn hijri_date(text: &str) -> Option<HijriDate> {
    let (month, day) = text.rsplit_once('-')?;
    let (year, month) = hijri_month(month)?;
    let date = HijriDate { year, month, day: day.parse().ok()? };
    date.civil().map(|_| date)
}

fn month_and_day(text: &str) -> Option<(u8, u8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    ((1..=12).contains(&month) && (1..=30).contains(&day)).then_some((month, day))
}

/// What holds once goes before what recurs; else in the order of the days.
pub(super) fn order(days: &Days) -> (u8, i64) {
    let once = matches!(days, Days::Dates { .. } | Days::HijriDates { .. });
    (u8::from(!once), span(days).1)
}

/// Two rules on one day would leave it open which one holds. Rules of the sun and rules of the
/// moon, and rules that recur and rules that do not, may meet: what holds once wins.
pub(super) fn apart(page: Page<'_>, rules: impl Iterator<Item = (Place, Days)>) {
    let mut spans: Vec<((u8, i64, i64), Place, Days)> =
        rules.map(|(place, days)| (span(&days), place, days)).collect();
    spans.sort_by_key(|(span, place, _)| (*span, *place));
    let pairs = spans.iter().zip(spans.iter().skip(1));
    for (((kind, _, end), first, _), ((other, begin, _), place, _)) in pairs {
        if kind == other && begin <= end {
            let (earlier, later) = if first <= place { (first, place) } else { (place, first) };
            page.add(
                page.fault(Code::WrongOrder, *later, "days that no other of these has")
                    .note(format!("line {} has some of them", earlier.line)),
            );
        }
    }
}

/// The kind of a rule, and its first and last day on a scale of that kind.
fn span(days: &Days) -> (u8, i64, i64) {
    let number = |date: Date| {
        i64::from(date.year()) * 372 + i64::from(date.month()) * 31 + i64::from(date.day())
    };
    let moon = |month: u8, day: u8| i64::from(month) * 30 + i64::from(day);
    match *days {
        Days::Dates { from, to } => (0, number(from), number(to)),
        Days::Yearly { month, day, days } => {
            let first = i64::from(month) * 31 + i64::from(day);
            (1, first, first + i64::from(days) - 1)
        }
        Days::HijriDates { from, days } => {
            let first = i64::from(from.year) * 360 + moon(from.month, from.day);
            (2, first, first + i64::from(days) - 1)
        }
        Days::HijriYearly { month, day, days } => {
            let first = moon(month, day);
            (3, first, first + i64::from(days) - 1)
        }
        Days::HijriMonth { month } => (3, moon(month, 1), moon(month, 30)),
    }
}
