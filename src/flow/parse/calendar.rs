//! `calendars/*.calendar.yaml`: weekly hours, holidays, special periods, exceptions, the moon.

use std::sync::Arc;

use jiff::tz::TimeZone;

use crate::base::limit::MOON_DAYS_MAX;
use crate::flow::diagnostic::{Code, Place};
use crate::flow::hijri::HijriDate;
use crate::flow::model::{
    Calendar, Days, Exception, ExceptionHours, Holiday, Language, Moon, SpecialPeriod, Spot, Texts,
};
use crate::flow::parse::days::{self, Unit};
use crate::flow::parse::{Fields, Page, bundle, week};
use crate::flow::yaml::Yaml;

/// A calendar, and whose holidays it shares.
pub(crate) struct Found<'a> {
    /// The calendar.
    pub(crate) calendar: Calendar,
    /// The file.
    pub(crate) page: Page<'a>,
    /// The calendar whose holidays and moon are its own too, and where that is said.
    pub(crate) shares: Option<(Arc<str>, Place)>,
}

/// Reads one calendar.
pub(crate) fn read<'a>(page: Page<'a>, yaml: &Yaml, languages: &[Language]) -> Option<Found<'a>> {
    let site = Site { page, languages };
    let fields = bundle::open(page, yaml, "Calendar")?;
    let id = bundle::id(&fields, page);
    let zone = fields.required("zone").and_then(|yaml| zone(page, yaml));
    let weekly = fields.required("weekly").and_then(|yaml| week::read(page, yaml));
    let shares = fields.optional("holidays_of").and_then(|yaml| {
        let other = page.text(yaml)?;
        Some((Arc::clone(other), yaml.place))
    });
    let holidays = rules(&fields, "holidays", |yaml| site.holidays(yaml));
    let special = rules(&fields, "special", |yaml| site.special(yaml));
    let exceptions = rules(&fields, "exceptions", |yaml| site.exceptions(yaml));
    let moon = match fields.optional("moon") {
        Some(yaml) => moon(page, yaml),
        None => Some(Moon::default()),
    };
    fields.finish();
    let calendar = Calendar {
        id: id?,
        zone: zone?,
        weekly: weekly?,
        holidays: holidays?,
        special: special?,
        exceptions: exceptions?,
        moon: moon?,
    };
    Some(Found { calendar, page, shares })
}

/// Gives calendars the holidays that they share with others.
pub(crate) fn share(found: &mut [Found<'_>]) {
    let given: Vec<(Arc<str>, Vec<Holiday>, Moon, bool)> = found
        .iter()
        .map(|one| {
            let Calendar { id, holidays, moon, .. } = &one.calendar;
            (Arc::clone(id), holidays.clone(), moon.clone(), one.shares.is_some())
        })
        .collect();
    for one in found {
        let Some((other, place)) = &one.shares else { continue };
        let Some((_, holidays, moon, shares)) = given.iter().find(|(id, ..)| id == other) else {
            // A calendar that does not exist is told of where all names are known.
            continue;
        };
        if *shares {
            one.page.add(
                one.page
                    .fault(Code::WrongPlace, *place, "a calendar that has its own holidays")
                    .found(&**other),
            );
        }
        one.calendar.holidays.extend(holidays.iter().cloned());
        one.calendar.holidays.sort_by_key(|holiday| days::order(&holiday.days));
        for (month, begins) in &moon.announced {
            one.calendar.moon.announced.entry(*month).or_insert(*begins);
        }
    }
}

fn rules<T>(
    fields: &Fields<'_>,
    name: &'static str,
    read: impl FnOnce(&Yaml) -> Option<Vec<T>>,
) -> Option<Vec<T>> {
    fields.optional(name).map_or_else(|| Some(Vec::new()), read)
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

/// Where rules stand.
#[derive(Clone, Copy)]
struct Site<'a> {
    page: Page<'a>,
    languages: &'a [Language],
}

impl Site<'_> {
    fn holidays(&self, yaml: &Yaml) -> Option<Vec<Holiday>> {
        let mut holidays = Vec::new();
        for item in self.page.list(yaml, "a list of holidays")? {
            let wanted = "a holiday with its days and name";
            let Some(fields) = Fields::of(self.page, item, wanted) else { continue };
            let days = days::read(self.page, &fields);
            let name = self.name(&fields);
            fields.finish();
            if let (Some(days), Some(name)) = (days, name) {
                holidays.push((item.place, Holiday { days, name, spot: self.spot(item) }));
            }
        }
        days::apart(self.page, holidays.iter().map(|(place, one)| (*place, one.days)));
        let mut holidays: Vec<Holiday> = holidays.into_iter().map(|(_, one)| one).collect();
        holidays.sort_by_key(|holiday| days::order(&holiday.days));
        Some(holidays)
    }

    fn special(&self, yaml: &Yaml) -> Option<Vec<SpecialPeriod>> {
        let mut periods = Vec::new();
        for item in self.page.list(yaml, "a list of special periods")? {
            let wanted = "a period with its days, name and weekly";
            let Some(fields) = Fields::of(self.page, item, wanted) else { continue };
            let days = days::read(self.page, &fields);
            let name = self.name(&fields);
            let weekly = fields.required("weekly").and_then(|yaml| week::read(self.page, yaml));
            fields.finish();
            if let (Some(days), Some(name), Some(weekly)) = (days, name, weekly) {
                let spot = self.spot(item);
                periods.push((item.place, SpecialPeriod { days, name, weekly, spot }));
            }
        }
        days::apart(self.page, periods.iter().map(|(place, one)| (*place, one.days)));
        let mut periods: Vec<SpecialPeriod> = periods.into_iter().map(|(_, one)| one).collect();
        periods.sort_by_key(|period| days::order(&period.days));
        Some(periods)
    }

    fn exceptions(&self, yaml: &Yaml) -> Option<Vec<Exception>> {
        let mut exceptions = Vec::new();
        for item in self.page.list(yaml, "a list of exceptions")? {
            let wanted = "an exception such as {date: \"2026-12-02\", hours: [\"09:00-12:00\"]}";
            let Some(fields) = Fields::of(self.page, item, wanted) else { continue };
            let days = days::read_of(self.page, &fields, &[Unit::Date, Unit::Period]);
            let hours = self.instead(&fields);
            let name = match fields.optional("name") {
                Some(yaml) => self.page.texts(yaml, self.languages),
                None => Some(Texts::new()),
            };
            fields.finish();
            let (from, to) = match days {
                Some(Days::Dates { from, to }) => (from, to),
                Some(Days::Yearly { .. }) => {
                    let wanted = "a date with its year: an exception holds once";
                    self.page.wrong(Code::WrongValue, fields.optional("date")?, wanted);
                    continue;
                }
                Some(
                    Days::HijriDates { .. } | Days::HijriYearly { .. } | Days::HijriMonth { .. },
                )
                | None => continue,
            };
            if let (Some(hours), Some(name)) = (hours, name) {
                let spot = self.spot(item);
                exceptions.push((item.place, Exception { from, to, hours, name, spot }));
            }
        }
        let dates = |one: &Exception| Days::Dates { from: one.from, to: one.to };
        days::apart(self.page, exceptions.iter().map(|(place, one)| (*place, dates(one))));
        Some(exceptions.into_iter().map(|(_, one)| one).collect())
    }

    /// What holds instead: `hours`, or `closed: true`, or `holiday: true`.
    fn instead(&self, fields: &Fields<'_>) -> Option<ExceptionHours> {
        let wanted = "one of `hours`, `closed: true` and `holiday: true`";
        let (name, yaml) = fields.one_of(&["hours", "closed", "holiday"], wanted)?;
        let shut = match name {
            "hours" => return week::hours(self.page, yaml).map(ExceptionHours::Open),
            "closed" => ExceptionHours::Closed,
            _ => ExceptionHours::Holiday,
        };
        if !self.page.flag(yaml)? {
            self.page.wrong(Code::WrongValue, yaml, "`true`, or no such field");
            return None;
        }
        Some(shut)
    }

    fn name(&self, fields: &Fields<'_>) -> Option<Texts> {
        fields.required("name").and_then(|yaml| self.page.texts(yaml, self.languages))
    }

    fn spot(&self, yaml: &Yaml) -> Spot {
        Spot { file: self.page.file.into(), line: yaml.place.line }
    }
}

/// `moon: {"1448-10": "2027-03-10"}`: the first days of months, as announced.
fn moon(page: Page<'_>, yaml: &Yaml) -> Option<Moon> {
    let mut moon = Moon::default();
    let wanted = "a map of Hijri months to dates, such as {\"1448-10\": \"2027-03-10\"}";
    for entry in page.entries(yaml, wanted)? {
        let begins = days::date(page, &entry.value);
        let Some((year, month)) = days::hijri_month(&entry.key.text) else {
            let wanted = "a Hijri month such as \"1448-10\"";
            page.add(page.fault(Code::WrongValue, entry.key.place, wanted).found(&*entry.key.text));
            continue;
        };
        let Some(begins) = begins else { continue };
        let printed = HijriDate { year, month, day: 1 }.civil()?;
        let days = printed.until(begins).ok()?.get_days().unsigned_abs();
        if MOON_DAYS_MAX < days {
            let wanted = format!("a day at most {MOON_DAYS_MAX} from the printed one, {printed}");
            page.wrong(Code::WrongValue, &entry.value, wanted);
        }
        moon.announced.insert((year, month), begins);
    }
    Some(moon)
}
