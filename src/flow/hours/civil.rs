//! Periods of the clocks of a zone: quarters of an hour, hours and days.

use std::ops::Range;

use jiff::tz::TimeZone;
use jiff::{ToSpan, Zoned};

use crate::base::time::Wall;
use crate::flow::hours::timestamp;

const QUARTER_MS: i64 = 15 * 60 * 1_000;

/// What figures are summed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// 15 minutes.
    Quarter,
    /// An hour, as the zone's clocks show it.
    Hour,
    /// A day of the zone's calendar: 23 or 25 hours long where clocks are put forward or back.
    Day,
}

impl Period {
    /// The period of this kind that a moment lies in.
    #[must_use]
    pub fn around(self, wall: Wall, zone: &TimeZone) -> Range<Wall> {
        let local = timestamp(wall).to_zoned(zone.clone());
        let begin = match self {
            Self::Quarter => None,
            Self::Hour => local.with().minute(0).second(0).subsec_nanosecond(0).build().ok(),
            Self::Day => local.start_of_day().ok(),
        };
        let end = begin.as_ref().and_then(|begin| match self {
            Self::Quarter => None,
            Self::Hour => begin.checked_add(1.hour()).ok(),
            Self::Day => begin.tomorrow().and_then(|next| next.start_of_day()).ok(),
        });
        match (begin, end) {
            (Some(begin), Some(end)) => of(&begin)..of(&end),
            // At the very edges of time there is no whole hour or day.
            (_, _) => {
                let begin = wall.0.div_euclid(QUARTER_MS).saturating_mul(QUARTER_MS);
                Wall(begin)..Wall(begin.saturating_add(QUARTER_MS))
            }
        }
    }
}

fn of(zoned: &Zoned) -> Wall {
    Wall(zoned.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::hours::{clock, moment};

    fn check(period: Period, zone: &str, at: &str, begin: &str, end: &str) {
        let zone = TimeZone::get(zone).expect("a zone");
        let wall = moment(at, &zone).expect("a moment");
        let found = period.around(wall, &zone);
        let found = (clock(found.start, Some(&zone)), clock(found.end, Some(&zone)));
        assert_eq!(found, (begin.to_owned(), end.to_owned()), "{at}");
    }

    #[test]
    fn a_day_begins_and_ends_at_midnight_of_the_zone() {
        let day = |at, begin, end| check(Period::Day, "Europe/Berlin", at, begin, end);
        day("2026-03-29T12:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00");
        day("2026-10-25T12:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00");
        let (begin, end) = ("2026-11-22T00:00:00+04:00", "2026-11-23T00:00:00+04:00");
        check(Period::Day, "Asia/Dubai", "2026-11-22T00:00:00+04:00", begin, end);
    }

    #[test]
    fn an_hour_that_comes_twice_is_two_hours() {
        let hour = |at, begin, end| check(Period::Hour, "Europe/Berlin", at, begin, end);
        let (first, second) = ("2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00");
        hour("2026-10-25T02:40:00+02:00", first, second);
        hour("2026-10-25T02:40:00+01:00", second, "2026-10-25T03:00:00+01:00");
        let kolkata = ("2026-11-22T10:00:00+05:30", "2026-11-22T11:00:00+05:30");
        check(Period::Hour, "Asia/Kolkata", "2026-11-22T10:59", kolkata.0, kolkata.1);
    }

    #[test]
    fn a_quarter_is_one_of_every_zones_clock() {
        let (begin, end) = ("2026-11-22T10:30:00+05:45", "2026-11-22T10:45:00+05:45");
        check(Period::Quarter, "Asia/Kathmandu", "2026-11-22T10:44", begin, end);
    }
}
