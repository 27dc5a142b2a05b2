//! When somebody is there.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::flow::model::Texts;

/// The hours of an entity or a queue.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Its id.
    pub id: Arc<str>,
    /// The zone that its times are told in.
    pub zone: TimeZone,
    /// The open hours, Monday first.
    pub weekly: [Vec<OpenHours>; 7],
    /// Days without hours, whatever the week says, sorted by date and never overlapping.
    pub holidays: Vec<Holiday>,
    /// Periods with hours of their own, sorted by date and never overlapping. A holiday inside
    /// one stays a holiday.
    pub special: Vec<SpecialPeriod>,
}

/// A span of one day, in minutes after midnight on the wall clock: open at `from`, closed at `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct OpenHours {
    /// 0 to 1439.
    pub from: u16,
    /// `from` + 1 to 1440.
    pub to: u16,
}

/// One or more days off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// The first day.
    pub from: Date,
    /// The last day, itself included.
    pub to: Date,
    /// What is celebrated, for people.
    pub name: Texts,
}

/// A period with hours of its own, such as Ramadan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialPeriod {
    /// The first day.
    pub from: Date,
    /// The last day, itself included.
    pub to: Date,
    /// What it is, for people.
    pub name: Texts,
    /// Its open hours, Monday first.
    pub weekly: [Vec<OpenHours>; 7],
}
