//! When somebody is there.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::flow::hijri::HijriDate;
use crate::flow::model::Texts;

/// The hours of an entity or a queue.
///
/// Of the rules that hold on a day, an exception wins over a holiday, a holiday over a special
/// period, and that over the week. Hours that reach past midnight belong to the day they begin on.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Its id.
    pub id: Arc<str>,
    /// The zone that its times are told in.
    pub zone: TimeZone,
    /// The ordinary week.
    pub weekly: Week,
    /// Days without hours, whatever the week says; those of one year before those that recur.
    pub holidays: Vec<Holiday>,
    /// Periods with hours of their own, in the same order.
    pub special: Vec<SpecialPeriod>,
    /// Days that go their own way, whatever else holds.
    pub exceptions: Vec<Exception>,
    /// The months that began on another day than was printed.
    pub moon: Moon,
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file, relative to the bundle.
    pub file: Arc<str>,
    /// The line in it.
    pub line: u32,
}

/// The hours of a week.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Week(pub [WeekDay; 7]);

/// The hours of one day of a week, Monday first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeekDay {
    /// The hours, sorted and never overlapping; none on a day off.
    pub hours: Vec<OpenHours>,
    /// Where they stand; nowhere on a day that the file does not name.
    pub spot: Option<Spot>,
}

/// A span of one day, in minutes after midnight on the wall clock: open at `from`, closed at `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenHours {
    /// 0 to 1439.
    pub from: u16,
    /// `from` + 1 to `from` + 1439, or 1440; from 1440 on it is the next day.
    pub to: u16,
}

/// The days that a rule holds on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Days {
    /// From one date to another, both included.
    Dates {
        /// The first day.
        from: Date,
        /// The last day.
        to: Date,
    },
    /// Every year from a day of the civil calendar on.
    Yearly {
        /// 1 to 12.
        month: i8,
        /// 1 to 31.
        day: i8,
        /// How many days.
        days: u16,
    },
    /// From one Hijri date on.
    HijriDates {
        /// The first day.
        from: HijriDate,
        /// How many days.
        days: u16,
    },
    /// Every Hijri year from a day on. In a year whose month is too short for it, not at all.
    HijriYearly {
        /// 1 to 12.
        month: u8,
        /// 1 to 30.
        day: u8,
        /// How many days.
        days: u16,
    },
    /// Every Hijri year for a whole month.
    HijriMonth {
        /// 1 to 12.
        month: u8,
    },
}

/// One or more days off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// When.
    pub days: Days,
    /// What is celebrated, for people.
    pub name: Texts,
    /// Where it stands.
    pub spot: Spot,
}

/// A period with hours of its own, such as Ramadan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialPeriod {
    /// When.
    pub days: Days,
    /// What it is, for people.
    pub name: Texts,
    /// Its hours.
    pub weekly: Week,
    /// Where it stands.
    pub spot: Spot,
}

/// Days that go their own way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exception {
    /// The first day.
    pub from: Date,
    /// The last day, itself included.
    pub to: Date,
    /// What holds instead.
    pub hours: ExceptionHours,
    /// Why, for people; may be empty.
    pub name: Texts,
    /// Where it stands.
    pub spot: Spot,
}

/// What holds on an exceptional day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExceptionHours {
    /// These hours.
    Open(Vec<OpenHours>),
    /// Shut, like any evening.
    Closed,
    /// Shut, as a holiday.
    Holiday,
}

/// The Hijri months as they were announced, where that differs from what was printed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moon {
    /// The first day of a month, by year and month.
    pub announced: BTreeMap<(i16, u8), Date>,
}
