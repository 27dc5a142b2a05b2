//! `calendars/*.calendar.yaml`: weekly hours, holidays, special periods.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::flow::diagnostic::Code;
use crate::flow::model::{Calendar, Holiday, Language, OpenHours, SpecialPeriod, Texts};
use crate::flow::parse::{Fields, Page, bundle};
use crate::flow::yaml::Yaml;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Reads one calendar.
pub(crate) fn read(page: Page<'_>, yaml: &Yaml, languages: &[Language]) -> Option<Calendar> {
    let fields = bundle::open(page, yaml, "Calendar")?;
    let id = bundle::id(&fields, page);
    let zone = fields.required("zone").and_then(|yaml| zone(page, yaml));
    let weekly = fields.required("weekly").and_then(|yaml| weekly(page, yaml));
    let holidays = fields
        .optional("holidays")
        .map_or(Some(Vec::new()), |yaml| holidays(page, yaml, languages));
    let special =
        fields.optional("special").map_or(Some(Vec::new()), |yaml| special(page, yaml, languages));
    fields.finish();
    Some(Calendar { id: id?, zone: zone?, weekly: weekly?, holidays: holidays?, special: special? })
}

fn zone(page: Page<'_>, yaml: &Yaml) -> Option<TimeZone> {
    let name = page.text(yaml)?;
    if let Ok(zone) = TimeZone::get(name) {
        return Some(zone);
    }
    let names: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
    page.add(
        page.fault(Code::WrongValue, yaml.place, "a time zone such as Asia/Dubai")
            .found(&**name)
            .near(names.iter().map(String::as_str)),
    );
    None
}

fn weekly(page: Page<'_>, yaml: &Yaml) -> Option<[Vec<OpenHours>; 7]> {
    let mut week: [Vec<OpenHours>; 7] = Default::default();
    let mut named = [false; 7];
    for entry in
        page.entries(yaml, "a map of days to hours, such as {mon-fri: [\"08:00-15:00\"]}")?
    {
        let Some((first, last)) = days(&entry.key.text) else {
            page.add(
                page.fault(Code::WrongValue, entry.key.place, "a day such as `mon`, or `mon-fri`")
                    .found(&*entry.key.text)
                    .near(DAYS),
            );
            continue;
        };
        let Some(hours) = hours(page, &entry.value) else { continue };
        let days = week.iter_mut().zip(&mut named).skip(first).take(last + 1 - first);
        for (day, named) in days {
            if std::mem::replace(named, true) {
                page.add(
                    page.fault(Code::DuplicateKey, entry.key.place, "each day once")
                        .found(&*entry.key.text),
                );
                break;
            }
            day.clone_from(&hours);
        }
    }
    Some(week)
}

fn days(text: &str) -> Option<(usize, usize)> {
    let day = |name: &str| DAYS.iter().position(|day| *day == name);
    match text.split_once('-') {
        Some((first, last)) => {
            let (first, last) = (day(first)?, day(last)?);
            (first <= last).then_some((first, last))
        }
        None => day(text).map(|day| (day, day)),
    }
}

fn hours(page: Page<'_>, yaml: &Yaml) -> Option<Vec<OpenHours>> {
    let mut hours: Vec<OpenHours> = Vec::new();
    for item in page.list(yaml, "a list of hours such as [\"08:00-15:00\"]")? {
        let Some(span) = page.text(item).and_then(|text| span(text)) else {
            if item.as_text().is_some() {
                page.wrong(
                    Code::WrongValue,
                    item,
                    "hours such as \"08:00-15:00\", the earlier first",
                );
            }
            continue;
        };
        if hours.last().is_some_and(|last| last.to > span.from) {
            page.wrong(Code::WrongOrder, item, "hours that begin after the ones before have ended");
        }
        hours.push(span);
    }
    Some(hours)
}

fn span(text: &str) -> Option<OpenHours> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from.trim())?, minute(to.trim())?);
    (from < to).then_some(OpenHours { from, to })
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= 1_440).then_some(minute)
}

fn holidays(page: Page<'_>, yaml: &Yaml, languages: &[Language]) -> Option<Vec<Holiday>> {
    let mut holidays: Vec<Holiday> = Vec::new();
    for item in page.list(yaml, "a list of holidays")? {
        let Some(fields) = Fields::of(page, item, "a holiday with date and name") else { continue };
        let period = match fields.optional("date") {
            Some(yaml) => date(page, yaml).map(|date| (date, date)),
            None => period(page, &fields),
        };
        let name = name(page, &fields, languages);
        fields.finish();
        if let (Some((from, to)), Some(name)) = (period, name) {
            holidays.push(Holiday { from, to, name });
        }
    }
    holidays.sort_by_key(|holiday| holiday.from);
    apart(page, yaml, holidays.iter().map(|holiday| (holiday.from, holiday.to)));
    Some(holidays)
}

fn special(page: Page<'_>, yaml: &Yaml, languages: &[Language]) -> Option<Vec<SpecialPeriod>> {
    let mut periods: Vec<SpecialPeriod> = Vec::new();
    for item in page.list(yaml, "a list of special periods")? {
        let wanted = "a period with from, to, name and weekly";
        let Some(fields) = Fields::of(page, item, wanted) else { continue };
        let period = period(page, &fields);
        let name = name(page, &fields, languages);
        let weekly = fields.required("weekly").and_then(|yaml| weekly(page, yaml));
        fields.finish();
        if let (Some((from, to)), Some(name), Some(weekly)) = (period, name, weekly) {
            periods.push(SpecialPeriod { from, to, name, weekly });
        }
    }
    periods.sort_by_key(|period| period.from);
    apart(page, yaml, periods.iter().map(|period| (period.from, period.to)));
    Some(periods)
}

fn name(page: Page<'_>, fields: &Fields<'_>, languages: &[Language]) -> Option<Texts> {
    fields.required("name").and_then(|yaml| page.texts(yaml, languages))
}

fn period(page: Page<'_>, fields: &Fields<'_>) -> Option<(Date, Date)> {
    let from = fields.required("from").and_then(|yaml| date(page, yaml));
    let to_yaml = fields.required("to");
    let to = to_yaml.and_then(|yaml| date(page, yaml));
    let (from, to) = (from?, to?);
    if to < from {
        page.wrong(Code::WrongOrder, to_yaml?, format!("a last day not before {from}"));
        return None;
    }
    Some((from, to))
}

fn date(page: Page<'_>, yaml: &Yaml) -> Option<Date> {
    let text: &Arc<str> = page.text(yaml)?;
    let date = text.parse().ok().filter(|_| text.len() == 10);
    if date.is_none() {
        page.wrong(Code::WrongValue, yaml, "a date such as \"2026-12-02\"");
    }
    date
}

/// Two periods on one day would leave it open which one holds.
fn apart(page: Page<'_>, yaml: &Yaml, periods: impl Iterator<Item = (Date, Date)>) {
    let mut last: Option<Date> = None;
    for (from, to) in periods {
        if last.is_some_and(|last| from <= last) {
            page.add(
                page.fault(Code::WrongOrder, yaml.place, "periods that do not share a day")
                    .found(from.to_string()),
            );
        }
        last = Some(to);
    }
}
