//! Whether somebody is there: a calendar asked at a moment of the wall clock.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

use crate::base::limit::CALENDAR_SEARCH_DAYS;
use crate::base::time::Wall;
use crate::flow::model::{Calendar, OpenHours};

/// What a calendar says of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Open by the ordinary week.
    Open,
    /// Shut, on a day that is no holiday.
    Closed,
    /// Shut, because the day is a holiday.
    Holiday,
    /// Open by the hours of a special period.
    Special,
}

impl Opening {
    /// The outcome that a flow names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Holiday => "holiday",
            Self::Special => "special",
        }
    }

    /// Whether somebody is there.
    #[must_use]
    pub const fn is_open(self) -> bool {
        match self {
            Self::Open | Self::Special => true,
            Self::Closed | Self::Holiday => false,
        }
    }
}

impl Calendar {
    /// What the calendar says at `wall`.
    #[must_use]
    pub fn at(&self, wall: Wall) -> Opening {
        let local = self.zone.to_datetime(timestamp(wall));
        let minute =
            u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let (opening, hours) = self.day(local.date());
        if opening == Opening::Holiday
            || hours.iter().any(|hours| (hours.from..hours.to).contains(&minute))
        {
            return opening;
        }
        Opening::Closed
    }

    /// When it opens next after `wall`; `None` if it stays shut for a year.
    #[must_use]
    pub fn next_opening(&self, wall: Wall) -> Option<Wall> {
        let now = timestamp(wall);
        let mut date = self.zone.to_datetime(now).date();
        for _ in 0..CALENDAR_SEARCH_DAYS {
            let (_, hours) = self.day(date);
            let starts = hours.iter().filter_map(|hours| self.instant(date, hours.from));
            if let Some(start) = starts.filter(|&start| start > now).min() {
                return Some(Wall(start.as_millisecond()));
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The hours of a day, and what an open minute in them is called.
    fn day(&self, date: Date) -> (Opening, &[OpenHours]) {
        if self.holidays.iter().any(|days| (days.from..=days.to).contains(&date)) {
            return (Opening::Holiday, &[]);
        }
        match self.special.iter().find(|period| (period.from..=period.to).contains(&date)) {
            Some(period) => (Opening::Special, of(&period.weekly, date.weekday())),
            None => (Opening::Open, of(&self.weekly, date.weekday())),
        }
    }

    /// When the clocks of the zone show `minute` of `date`.
    fn instant(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let hour = i8::try_from(minute / 60).ok()?;
        let rest = i8::try_from(minute % 60).ok()?;
        let local = date.at(hour, rest, 0, 0);
        local.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }
}

/// The wall clock as a time stamp; one out of range is the nearest in it.
#[must_use]
pub fn timestamp(wall: Wall) -> Timestamp {
    let edge = if wall.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(wall.0).unwrap_or(edge)
}

fn of(weekly: &[Vec<OpenHours>; 7], day: Weekday) -> &[OpenHours] {
    let slot = usize::from(day.to_monday_zero_offset().unsigned_abs());
    weekly.get(slot).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::flow::model::{Holiday, SpecialPeriod, Texts};

    #[test]
    fn a_weekday_is_open_from_its_first_minute_and_shut_from_its_last() {
        check("2026-09-21T07:59:59+04:00", Opening::Closed);
        check("2026-09-21T08:00:00+04:00", Opening::Open);
        check("2026-09-21T14:59:59+04:00", Opening::Open);
        check("2026-09-21T15:00:00+04:00", Opening::Closed);
        check("2026-09-20T10:00:00+04:00", Opening::Closed);
    }

    #[test]
    fn a_holiday_and_a_special_period_say_so() {
        check("2026-12-02T10:00:00+04:00", Opening::Holiday);
        check("2026-02-23T10:00:00+04:00", Opening::Special);
        check("2026-02-23T08:30:00+04:00", Opening::Closed);
        check("2026-02-24T10:00:00+04:00", Opening::Holiday);
    }

    #[test]
    fn the_next_opening_skips_holidays_and_closed_days() {
        let calendar = calendar("Asia/Dubai");
        let next = |at| calendar.next_opening(wall(at));
        assert_eq!(next("2026-12-01T16:00:00+04:00"), Some(wall("2026-12-03T08:00:00+04:00")));
        assert_eq!(next("2026-09-21T07:00:00+04:00"), Some(wall("2026-09-21T08:00:00+04:00")));
        assert_eq!(next("2026-09-21T08:00:00+04:00"), Some(wall("2026-09-22T08:00:00+04:00")));
    }

    #[test]
    fn a_zone_with_summer_time_keeps_its_wall_clock() {
        let calendar = calendar("Europe/Berlin");
        assert_eq!(calendar.at(wall("2026-07-06T06:00:00Z")), Opening::Open);
        assert_eq!(calendar.at(wall("2026-11-02T06:59:00Z")), Opening::Closed);
        assert_eq!(calendar.at(wall("2026-11-02T07:00:00Z")), Opening::Open);
    }

    #[test]
    fn a_calendar_that_never_opens_has_no_next_opening() {
        let mut calendar = calendar("Asia/Dubai");
        calendar.weekly = Default::default();
        calendar.special.clear();
        assert_eq!(calendar.next_opening(Wall(0)), None);
    }

    fn check(at: &str, expected: Opening) {
        assert_eq!(calendar("Asia/Dubai").at(wall(at)), expected, "{at}");
    }

    /// Monday to Thursday 08:00-15:00, with two holidays and a Ramadan.
    fn calendar(zone: &str) -> Calendar {
        let days = |from, to| {
            let hours = vec![OpenHours { from, to }];
            let shut = Vec::new;
            [hours.clone(), hours.clone(), hours.clone(), hours, shut(), shut(), shut()]
        };
        let holiday = |date| Holiday { from: date, to: date, name: Texts::new() };
        Calendar {
            id: "office".into(),
            zone: TimeZone::get(zone).expect("a zone"),
            weekly: days(8 * 60, 15 * 60),
            holidays: vec![
                holiday(Date::constant(2026, 2, 24)),
                holiday(Date::constant(2026, 12, 2)),
            ],
            special: vec![SpecialPeriod {
                from: Date::constant(2026, 2, 18),
                to: Date::constant(2026, 3, 19),
                name: Texts::new(),
                weekly: days(9 * 60, 14 * 60),
            }],
        }
    }

    fn wall(text: &str) -> Wall {
        Wall(text.parse::<Timestamp>().expect("a time").as_millisecond())
    }
}
