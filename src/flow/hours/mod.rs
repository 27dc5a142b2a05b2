//! Calendars, asked at a moment of the wall clock: whether somebody is there, why, and until when.

mod civil;
mod days;
mod moon;
mod opening;
mod report;

pub use civil::Period;
pub(super) use moon::later;
pub use opening::{Day, NextOpening, Opening, Rule, timestamp};
pub(super) use report::shown;
pub use report::{Change, Report, ReportedDay, clock, moment};
