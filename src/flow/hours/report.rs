//! What a calendar comes to: at a moment, why, and for the days ahead.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::base::time::Wall;
use crate::flow::hijri::HijriDate;
use crate::flow::hours::{Day, Opening, Rule, timestamp};
use crate::flow::model::{Calendar, Days, ExceptionHours, Language, OpenHours, Spot, Texts};

/// A calendar at a moment, and some days from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The calendar.
    pub calendar: String,
    /// Its zone.
    pub zone: String,
    /// The moment, as the zone's clocks show it.
    pub at: String,
    /// `open`, `closed`, `holiday` or `special`.
    pub says: &'static str,
    /// Why: the day whose rule holds.
    pub why: ReportedDay,
    /// When it says something else; nothing when it does not for a year.
    pub next_change: Option<Change>,
    /// When it opens next.
    pub next_opening: Option<Change>,
    /// The days, the moment's own first.
    pub days: Vec<ReportedDay>,
}

/// A moment at which a calendar says something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// When, as the zone's clocks show it.
    pub at: String,
    /// 0 for the same day, 1 for the next.
    pub in_days: i32,
    /// What it says from then on.
    pub says: &'static str,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportedDay {
    /// The date.
    pub date: String,
    /// The day of the week.
    pub weekday: String,
    /// The Hijri date.
    pub hijri: String,
    /// `week`, `special`, `holiday` or `exception`.
    pub rule: &'static str,
    /// What the rule is called; empty when it has no name.
    pub name: String,
    /// The hours, such as `08:00-15:00`.
    pub hours: Vec<String>,
    /// The file of the rule; nothing when the day is not named at all.
    pub file: Option<String>,
    /// The line in it.
    pub line: Option<u32>,
}

/// The time of a command line: with its offset, such as `2026-09-20T09:00:00+04:00`, or without
/// one, as the clocks of a zone show it.
#[must_use]
pub fn moment(text: &str, zone: &TimeZone) -> Option<Wall> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(Wall(at.as_millisecond()));
    }
    let local = text.parse::<DateTime>().ok()?;
    let zoned = local.to_zoned(zone.clone()).ok()?;
    Some(Wall(zoned.timestamp().as_millisecond()))
}

/// A moment as the clocks of a zone show it, such as `2026-09-20T09:00:00+04:00`; without a zone, in
/// UTC.
#[must_use]
pub fn clock(wall: Wall, zone: Option<&TimeZone>) -> String {
    let zone = zone.cloned().unwrap_or(TimeZone::UTC);
    timestamp(wall).to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

impl Calendar {
    /// What it comes to at a moment, and for so many days.
    #[must_use]
    pub fn report(&self, wall: Wall, days: u16, language: Language) -> Report {
        let today = self.date(wall);
        let dates = std::iter::successors(Some(today), |date| date.tomorrow().ok());
        let days = dates.take(usize::from(days)).map(|date| self.told(&self.day(date), language));
        let change = |at: Wall| Change {
            at: self.shown(at),
            in_days: today.until(self.date(at)).map_or(0, |span| span.get_days()),
            says: self.at(at).as_str(),
        };
        Report {
            calendar: self.id.to_string(),
            zone: self.zone.iana_name().unwrap_or("").to_owned(),
            at: self.shown(wall),
            says: self.at(wall).as_str(),
            why: self.told(&self.day_behind(wall), language),
            next_change: self.next_change(wall).map(change),
            next_opening: self.next_opening(wall).map(|next| change(next.at)),
            days: days.collect(),
        }
    }

    fn shown(&self, wall: Wall) -> String {
        let zoned = timestamp(wall).to_zoned(self.zone.clone());
        zoned.strftime("%a %Y-%m-%d %H:%M %:z").to_string()
    }

    fn told(&self, day: &Day<'_>, language: Language) -> ReportedDay {
        let (rule, name, spot) = match day.rule {
            Rule::Week(week) => ("week", None, week.spot.as_ref()),
            Rule::Special(period, week) => {
                let spot = week.spot.as_ref().unwrap_or(&period.spot);
                ("special", Some(&period.name), Some(spot))
            }
            Rule::Holiday(holiday) => ("holiday", Some(&holiday.name), Some(&holiday.spot)),
            Rule::Exception(one) => ("exception", Some(&one.name), Some(&one.spot)),
        };
        let HijriDate { year, month, day: of_month } = self.moon.hijri(day.date);
        ReportedDay {
            date: day.date.to_string(),
            weekday: day.date.strftime("%a").to_string(),
            hijri: format!("{year:04}-{month:02}-{of_month:02}"),
            rule,
            name: name
                .and_then(|texts: &Texts| texts.get(&language))
                .map_or("", |name| name)
                .into(),
            hours: day.hours.iter().map(ToString::to_string).collect(),
            file: spot.map(|Spot { file, .. }| file.to_string()),
            line: spot.map(|Spot { line, .. }| *line),
        }
    }
}

impl Report {
    /// For people.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Self { calendar, zone, at, says, why, .. } = self;
        let mut lines = vec![format!("{calendar}: {says} at {at} ({zone})")];
        lines.push(format!("  why     {}", why.reason()));
        let change = |label: &str, change: &Option<Change>| match change {
            Some(Change { at, in_days, says }) => {
                let day = match in_days {
                    0 => "today".to_owned(),
                    1 => "tomorrow".to_owned(),
                    days => format!("in {days} days"),
                };
                format!("  {label} {says} at {at}, {day}")
            }
            None => format!("  {label} nothing for a year"),
        };
        lines.push(change("next   ", &self.next_change));
        let shut = says != &Opening::Open.as_str() && says != &Opening::Special.as_str();
        if shut && self.next_opening != self.next_change {
            lines.push(change("opens  ", &self.next_opening));
        }
        lines.push(String::new());
        for day in &self.days {
            let hours = if day.hours.is_empty() { "—".to_owned() } else { day.hours.join(" ") };
            let line = format!(
                "  {} {}  {}  {hours:<24} {}",
                day.weekday,
                day.date,
                day.hijri,
                day.reason()
            );
            lines.push(line.trim_end().to_owned());
        }
        lines.join("\n")
    }
}

impl ReportedDay {
    /// The rule in words, and where it stands.
    fn reason(&self) -> String {
        let what = match (self.rule, self.file.is_some()) {
            ("week", true) => "the week",
            ("week", false) => "a day off",
            (rule, _) => rule,
        };
        let name = if self.name.is_empty() { String::new() } else { format!(": {}", self.name) };
        let spot = match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("  {file}:{line}"),
            (None, _) | (Some(_), None) => String::new(),
        };
        format!("{what}{name}{spot}")
    }
}

impl std::fmt::Display for OpenHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let to = if self.to <= 1_440 { self.to } else { self.to - 1_440 };
        let (from, to) = ((self.from / 60, self.from % 60), (to / 60, to % 60));
        write!(f, "{:02}:{:02}-{:02}:{:02}", from.0, from.1, to.0, to.1)
    }
}

/// The hours of a day, or that there are none.
pub(in crate::flow) fn shown(hours: &[OpenHours]) -> String {
    let hours: Vec<String> = hours.iter().map(ToString::to_string).collect();
    if hours.is_empty() { "none".to_owned() } else { hours.join(" ") }
}

impl std::fmt::Display for Days {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dates { from, to } if from == to => write!(f, "{from}"),
            Self::Dates { from, to } => write!(f, "{from} to {to}"),
            Self::Yearly { month, day, days } => write!(f, "{month:02}-{day:02} for {days} days"),
            Self::HijriDates { from, days } => write!(f, "Hijri {from} for {days} days"),
            Self::HijriYearly { month, day, days } => {
                write!(f, "Hijri {month:02}-{day:02} for {days} days")
            }
            Self::HijriMonth { month } => write!(f, "the Hijri month {month}"),
        }
    }
}

impl std::fmt::Display for ExceptionHours {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Open(hours) => {
                let hours: Vec<String> = hours.iter().map(ToString::to_string).collect();
                f.write_str(&hours.join(" "))
            }
            Self::Closed => f.write_str("closed"),
            Self::Holiday => f.write_str("holiday"),
        }
    }
}
