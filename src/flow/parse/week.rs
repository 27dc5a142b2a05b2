//! The hours of a week: `{mon-fri: ["08:00-15:00"]}`.

use crate::flow::diagnostic::Code;
use crate::flow::model::{OpenHours, Spot, Week};
use crate::flow::parse::Page;
use crate::flow::yaml::Yaml;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Minutes of a day.
const DAY: u16 = 1_440;

/// Reads the hours of a week. A day that is not named is a day off.
pub(crate) fn read(page: Page<'_>, yaml: &Yaml) -> Option<Week> {
    let mut week = Week::default();
    let wanted = "a map of days to hours, such as {mon-fri: [\"08:00-15:00\"]}";
    for entry in page.entries(yaml, wanted)? {
        let Some((first, last)) = days(&entry.key.text) else {
            page.add(
                page.fault(Code::WrongValue, entry.key.place, "a day such as `mon`, or `mon-fri`")
                    .found(&*entry.key.text)
                    .near(DAYS),
            );
            continue;
        };
        let Some(hours) = hours(page, &entry.value) else { continue };
        for day in week.0.iter_mut().skip(first).take(last + 1 - first) {
            let spot = Spot { file: page.file.into(), line: entry.key.place.line };
            if day.spot.replace(spot).is_some() {
                page.add(
                    page.fault(Code::DuplicateKey, entry.key.place, "each day once")
                        .found(&*entry.key.text),
                );
                break;
            }
            day.hours.clone_from(&hours);
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

/// Reads the hours of one day.
pub(crate) fn hours(page: Page<'_>, yaml: &Yaml) -> Option<Vec<OpenHours>> {
    let mut hours: Vec<OpenHours> = Vec::new();
    for item in page.list(yaml, "a list of hours such as [\"08:00-15:00\"]")? {
        let Some(span) = page.text(item).and_then(|text| span(text)) else {
            if item.as_text().is_some() {
                let wanted = "hours such as \"08:00-15:00\", or \"22:00-02:00\" past midnight";
                page.wrong(Code::WrongValue, item, wanted);
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

/// Hours such as `08:00-15:00`. An end that is earlier than the beginning is on the next day.
pub(crate) fn span(text: &str) -> Option<OpenHours> {
    let (from, to) = text.split_once('-')?;
    let (from, to) = (minute(from.trim())?, minute(to.trim())?);
    let to = if to < from { to + DAY } else { to };
    (from < to && from < DAY).then_some(OpenHours { from, to })
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= DAY).then_some(minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_may_reach_past_midnight_and_never_last_a_whole_round() {
        let span = |text| span(text).map(|hours| (hours.from, hours.to));
        assert_eq!(span("08:00-15:30"), Some((480, 930)));
        assert_eq!(span("22:00-02:00"), Some((1_320, 1_560)));
        assert_eq!(span("22:00-24:00"), Some((1_320, 1_440)));
        assert_eq!(span("22:00-00:00"), Some((1_320, 1_440)));
        assert_eq!(span("00:00-24:00"), Some((0, 1_440)));
        for text in ["08:00-08:00", "24:00-02:00", "8:00-15:00", "08:00", "08:60-09:00", ""] {
            assert_eq!(span(text), None, "{text}");
        }
    }
}
