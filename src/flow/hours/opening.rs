//! Whether somebody is there: a calendar asked at a moment of the wall clock.

use jiff::civil::{Date, Time, Weekday};
use jiff::{SignedDuration, Timestamp};

use crate::base::limit::CALENDAR_SEARCH_DAYS;
use crate::base::time::Wall;
use crate::flow::model::{
    Calendar, Exception, ExceptionHours, Holiday, OpenHours, SpecialPeriod, Week, WeekDay,
};

/// Minutes of a day.
const DAY: u16 = 1_440;
/// The shortest time that anything here can tell.
const MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// What a calendar says of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Open by the ordinary week.
    Open,
    /// Shut, on a day that is no holiday.
    Closed,
    /// Shut, because the day is a holiday.
    Holiday,
    /// Open by the hours of a special period or of an exception.
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

/// What a calendar says of one day.
#[derive(Debug, Clone, Copy)]
pub struct Day<'a> {
    /// The day.
    pub date: Date,
    /// The rule that holds.
    pub rule: Rule<'a>,
    /// Its hours.
    pub hours: &'a [OpenHours],
}

/// The rule that holds on a day.
#[derive(Debug, Clone, Copy)]
pub enum Rule<'a> {
    /// The ordinary week.
    Week(&'a WeekDay),
    /// A special period, with its hours of that day of the week.
    Special(&'a SpecialPeriod, &'a WeekDay),
    /// A holiday.
    Holiday(&'a Holiday),
    /// An exception.
    Exception(&'a Exception),
}

impl Rule<'_> {
    /// What a minute within the day's hours is called.
    const fn inside(self) -> Opening {
        match self {
            Self::Week(_) => Opening::Open,
            Self::Special(..) | Self::Holiday(_) | Self::Exception(_) => Opening::Special,
        }
    }

    /// What a minute outside of them is called.
    const fn outside(self) -> Opening {
        match self {
            Self::Week(_) | Self::Special(..) => Opening::Closed,
            Self::Holiday(_) => Opening::Holiday,
            Self::Exception(exception) => match exception.hours {
                ExceptionHours::Open(_) | ExceptionHours::Closed => Opening::Closed,
                ExceptionHours::Holiday => Opening::Holiday,
            },
        }
    }
}

/// A moment at which a calendar opens, as people tell it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextOpening {
    /// The moment.
    pub at: Wall,
    /// Its date in the calendar's zone.
    pub date: Date,
    /// Its time of day there.
    pub time: Time,
    /// 0 for today, 1 for tomorrow.
    pub in_days: i32,
}

/// A stretch in which somebody is there.
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    opening: Opening,
}

impl Calendar {
    /// What the calendar says at `wall`.
    #[must_use]
    pub fn at(&self, wall: Wall) -> Opening {
        self.at_instant(timestamp(wall))
    }

    /// What the calendar says of a day.
    #[must_use]
    pub fn day(&self, date: Date) -> Day<'_> {
        let exception = self.exceptions.iter().find(|one| (one.from..=one.to).contains(&date));
        if let Some(exception) = exception {
            let hours = match &exception.hours {
                ExceptionHours::Open(hours) => hours.as_slice(),
                ExceptionHours::Closed | ExceptionHours::Holiday => &[],
            };
            return Day { date, rule: Rule::Exception(exception), hours };
        }
        let hijri = self.moon.hijri(date);
        let holiday = self.holidays.iter().find(|one| one.days.hold(date, hijri, &self.moon));
        if let Some(holiday) = holiday {
            return Day { date, rule: Rule::Holiday(holiday), hours: &[] };
        }
        let special = self.special.iter().find(|one| one.days.hold(date, hijri, &self.moon));
        match special {
            Some(period) => {
                let day = period.weekly.on(date.weekday());
                Day { date, rule: Rule::Special(period, day), hours: &day.hours }
            }
            None => {
                let day = self.weekly.on(date.weekday());
                Day { date, rule: Rule::Week(day), hours: &day.hours }
            }
        }
    }

    /// The day in the calendar's zone.
    #[must_use]
    pub fn date(&self, wall: Wall) -> Date {
        self.zone.to_datetime(timestamp(wall)).date()
    }

    /// The day whose hours reach over the moment; the moment's own day when none do.
    #[must_use]
    pub fn day_behind(&self, wall: Wall) -> Day<'_> {
        let (now, today) = (timestamp(wall), self.date(wall));
        let days = [Some(today), today.yesterday().ok(), today.tomorrow().ok()];
        let mut around = days.into_iter().flatten().map(|date| self.day(date));
        around
            .find(|day| self.stretches(day).any(|stretch| stretch.holds(now)))
            .unwrap_or_else(|| self.day(today))
    }

    /// When it opens next after `wall`; `None` if it does not within a year, or never shuts.
    #[must_use]
    pub fn next_opening(&self, wall: Wall) -> Option<NextOpening> {
        let now = timestamp(wall);
        let today = self.date(wall);
        let opens = |&start: &Timestamp| {
            let before = start.checked_sub(MOMENT).unwrap_or(Timestamp::MIN);
            now < start && self.at_instant(start).is_open() && !self.at_instant(before).is_open()
        };
        let mut days = days_from(today).map(|date| self.day(date));
        let start =
            days.find_map(|day| self.stretches(&day).map(|one| one.from).filter(opens).min())?;
        let local = self.zone.to_datetime(start);
        let in_days = today.until(local.date()).ok()?.get_days();
        let at = Wall(start.as_millisecond());
        Some(NextOpening { at, date: local.date(), time: local.time(), in_days })
    }

    /// When the calendar says something else than at `wall`; `None` if it does not within a year.
    #[must_use]
    pub fn next_change(&self, wall: Wall) -> Option<Wall> {
        let now = timestamp(wall);
        let said = self.at_instant(now);
        let changes = |&at: &Timestamp| now < at && self.at_instant(at) != said;
        let change = days_from(self.date(wall))
            .find_map(|date| self.turns(date).into_iter().filter(changes).min())?;
        Some(Wall(change.as_millisecond()))
    }

    /// The moments of one day at which anything may change: its first, and where hours begin or end.
    fn turns(&self, date: Date) -> Vec<Timestamp> {
        let midnight = |date: Date| self.instant(date, 0);
        let Some(first) = midnight(date) else { return Vec::new() };
        let end = date.tomorrow().ok().and_then(midnight).unwrap_or(Timestamp::MAX);
        let around = [date.yesterday().ok(), Some(date), date.tomorrow().ok()];
        let days: Vec<Day<'_>> = around.into_iter().flatten().map(|date| self.day(date)).collect();
        let stretches = days.iter().flat_map(|day| self.stretches(day));
        let turns = stretches.flat_map(|stretch| [stretch.from, stretch.to]);
        [first].into_iter().chain(turns.filter(|at| (first..end).contains(at))).collect()
    }

    fn at_instant(&self, now: Timestamp) -> Opening {
        let today = self.zone.to_datetime(now).date();
        let own = self.day(today);
        let over_midnight = || {
            let around = [today.yesterday().ok(), today.tomorrow().ok()].into_iter().flatten();
            around.map(|date| self.day(date)).find_map(|day| self.open_at(&day, now))
        };
        self.open_at(&own, now).or_else(over_midnight).unwrap_or_else(|| own.rule.outside())
    }

    fn open_at(&self, day: &Day<'_>, now: Timestamp) -> Option<Opening> {
        let mut stretches = self.stretches(day);
        stretches.find(|stretch| stretch.holds(now)).map(|stretch| stretch.opening)
    }

    /// The hours of a day as the clocks of the zone show them. Where a clock is put forward or
    /// back, hours begin and end at the first moment that shows their time.
    fn stretches(&self, day: &Day<'_>) -> impl Iterator<Item = Stretch> {
        let (date, opening) = (day.date, day.rule.inside());
        day.hours.iter().filter_map(move |hours| {
            let (from, to) = (self.instant(date, hours.from)?, self.instant(date, hours.to)?);
            Some(Stretch { from, to, opening })
        })
    }

    /// When the clocks of the zone show `minute` of `date`, or of the day after.
    fn instant(&self, date: Date, minute: u16) -> Option<Timestamp> {
        let (date, minute) =
            if minute < DAY { (date, minute) } else { (date.tomorrow().ok()?, minute - DAY) };
        let hour = i8::try_from(minute / 60).ok()?;
        let rest = i8::try_from(minute % 60).ok()?;
        let local = date.at(hour, rest, 0, 0);
        local.to_zoned(self.zone.clone()).ok().map(|zoned| zoned.timestamp())
    }
}

impl Stretch {
    fn holds(&self, now: Timestamp) -> bool {
        (self.from..self.to).contains(&now)
    }
}

impl Week {
    /// The hours of a day of the week.
    #[must_use]
    pub fn on(&self, day: Weekday) -> &WeekDay {
        let slot = usize::from(day.to_monday_zero_offset().unsigned_abs());
        self.0.get(slot).expect("a week has seven days")
    }
}

/// The wall clock as a time stamp; one out of range is the nearest in it.
#[must_use]
pub fn timestamp(wall: Wall) -> Timestamp {
    let edge = if wall.0 < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_millisecond(wall.0).unwrap_or(edge)
}

/// The days that are searched, the first one included.
fn days_from(first: Date) -> impl Iterator<Item = Date> {
    let days = std::iter::successors(Some(first), |date| date.tomorrow().ok());
    days.zip(0..CALENDAR_SEARCH_DAYS).map(|(date, _)| date)
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use jiff::tz::TimeZone;

    use super::*;
    use crate::base::chance::Rng;
    use crate::flow::model::{Days, Moon, Spot, Texts};

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
        check("2031-12-03T10:00:00+04:00", Opening::Holiday);
        check("2026-02-23T10:00:00+04:00", Opening::Special);
        check("2026-02-23T08:30:00+04:00", Opening::Closed);
        check("2026-02-24T10:00:00+04:00", Opening::Holiday);
    }

    #[test]
    fn rules_of_the_moon_move_through_the_years() {
        // Eid al-Fitr and Ramadan, as printed.
        check("2026-03-19T10:00:00+04:00", Opening::Special);
        check("2026-03-20T10:00:00+04:00", Opening::Holiday);
        check("2027-02-08T10:00:00+04:00", Opening::Special);
        check("2027-03-09T10:00:00+04:00", Opening::Holiday);
        check("2027-03-11T10:00:00+04:00", Opening::Holiday);
        check("2027-03-15T10:00:00+04:00", Opening::Open);
        check("2030-01-07T10:00:00+04:00", Opening::Special);
    }

    #[test]
    fn an_announced_moon_moves_ramadan_and_the_feast_together() {
        let mut calendar = calendar("Asia/Dubai");
        calendar.moon.announced.insert((1448, 10), Date::constant(2027, 3, 10));
        let at = |text| calendar.at(wall(text));
        assert_eq!(at("2027-03-09T10:00:00+04:00"), Opening::Special);
        assert_eq!(at("2027-03-10T10:00:00+04:00"), Opening::Holiday);
        assert_eq!(at("2027-03-12T10:00:00+04:00"), Opening::Holiday);
    }

    #[test]
    fn an_exception_wins_over_everything() {
        let mut calendar = calendar("Asia/Dubai");
        let mut except = |date, hours| {
            let name = Texts::new();
            calendar.exceptions.push(Exception { from: date, to: date, hours, name, spot: spot() });
        };
        let morning = vec![OpenHours { from: 9 * 60, to: 12 * 60 }];
        except(Date::constant(2026, 12, 2), ExceptionHours::Open(morning));
        except(Date::constant(2026, 9, 21), ExceptionHours::Closed);
        except(Date::constant(2026, 9, 22), ExceptionHours::Holiday);
        let at = |text| calendar.at(wall(text));
        assert_eq!(at("2026-12-02T10:00:00+04:00"), Opening::Special);
        assert_eq!(at("2026-12-02T12:00:00+04:00"), Opening::Closed);
        assert_eq!(at("2026-09-21T10:00:00+04:00"), Opening::Closed);
        assert_eq!(at("2026-09-22T10:00:00+04:00"), Opening::Holiday);
    }

    #[test]
    fn hours_past_midnight_belong_to_the_day_they_begin_on() {
        let mut calendar = calendar("Asia/Dubai");
        calendar.weekly = week(22 * 60, 26 * 60);
        let at = |text| calendar.at(wall(text));
        assert_eq!(at("2026-09-22T01:59:00+04:00"), Opening::Open);
        assert_eq!(at("2026-09-22T02:00:00+04:00"), Opening::Closed);
        // The night before National Day is worked to its end; the feast's own night is not.
        assert_eq!(at("2026-12-02T01:00:00+04:00"), Opening::Open);
        assert_eq!(at("2026-12-02T03:00:00+04:00"), Opening::Holiday);
        assert_eq!(at("2026-12-03T01:00:00+04:00"), Opening::Holiday);
        let behind = calendar.day_behind(wall("2026-12-02T01:00:00+04:00"));
        assert_eq!(behind.date, Date::constant(2026, 12, 1));
    }

    #[test]
    fn the_next_opening_skips_holidays_and_closed_days() {
        let calendar = calendar("Asia/Dubai");
        let check = |at, then, in_days| {
            let next = calendar.next_opening(wall(at)).expect("it opens again");
            assert_eq!((next.at, next.in_days), (wall(then), in_days), "{at}");
        };
        check("2026-12-01T16:00:00+04:00", "2026-12-07T08:00:00+04:00", 6);
        check("2026-09-21T07:00:00+04:00", "2026-09-21T08:00:00+04:00", 0);
        check("2026-09-21T08:00:00+04:00", "2026-09-22T08:00:00+04:00", 1);
    }

    #[test]
    fn a_calendar_that_never_opens_or_never_shuts_has_no_next_opening() {
        let mut calendar = calendar("Asia/Dubai");
        calendar.weekly = Week::default();
        calendar.special.clear();
        assert_eq!(calendar.next_opening(Wall(0)), None);
        let always = || WeekDay { hours: vec![OpenHours { from: 0, to: 1_440 }], spot: None };
        calendar.weekly = Week(std::array::from_fn(|_| always()));
        calendar.holidays.clear();
        assert_eq!(calendar.next_opening(Wall(0)), None);
        assert_eq!(calendar.next_change(Wall(0)), None);
    }

    #[test]
    fn hours_in_a_gap_or_a_fold_of_the_clock_hold_once() {
        let mut calendar = calendar("America/New_York");
        calendar.special.clear();
        calendar.special.clear();
        calendar.weekly = Week(std::array::from_fn(|_| WeekDay {
            hours: vec![OpenHours { from: 90, to: 150 }],
            spot: None,
        }));
        let check = |at, expected| assert_eq!(calendar.at(wall(at)), expected, "{at}");
        // 2026-03-08: 02:00 becomes 03:00; 02:30 is shown by no clock, and an hour has passed.
        check("2026-03-08T06:30:00Z", Opening::Open);
        check("2026-03-08T07:29:00Z", Opening::Open);
        check("2026-03-08T07:30:00Z", Opening::Closed);
        // 2026-11-01: 01:30 comes twice; the hours begin at the first.
        check("2026-11-01T05:29:00Z", Opening::Closed);
        check("2026-11-01T05:30:00Z", Opening::Open);
        check("2026-11-01T06:30:00Z", Opening::Open);
        check("2026-11-01T07:30:00Z", Opening::Closed);
    }

    #[test]
    fn the_next_opening_and_the_next_change_are_what_a_walk_through_the_minutes_finds() {
        let zones = ["Europe/Berlin", "America/New_York", "Asia/Beirut", "Australia/Lord_Howe"];
        let mut rng = Rng::seeded(7);
        let mut some = |range: std::ops::Range<u64>| {
            let value = range.start + rng.below(range.end - range.start);
            u16::try_from(value).expect("it is small")
        };
        for zone in zones.iter().flat_map(|zone| [zone; 2]) {
            let from = some(0..1_440);
            let mut calendar = calendar(zone);
            calendar.weekly = week(from, from + some(1..1_440));
            // The days around both changes of the clock.
            for start in ["2026-03-06", "2026-03-27", "2026-04-03", "2026-10-02", "2026-10-30"] {
                let start = format!("{start}T00:00:00Z");
                walk(&calendar, start.parse().expect("a time"));
            }
        }
    }

    /// Walks minute by minute and holds every answer against what comes.
    fn walk(calendar: &Calendar, start: Timestamp) {
        let minutes: Vec<(Wall, Opening)> = (0..3 * 1_440)
            .map(|minute| {
                let at = start + minute.minutes();
                let wall = Wall(at.as_millisecond());
                (wall, calendar.at(wall))
            })
            .collect();
        for (asked, &(wall, said)) in minutes.iter().enumerate().step_by(97).take(50) {
            let ahead = &minutes[asked..];
            let turn = ahead.iter().find(|(_, then)| *then != said);
            if let Some((then, _)) = turn {
                assert_eq!(calendar.next_change(wall), Some(*then), "{wall:?} {calendar:?}");
            }
            let mut pairs = ahead.windows(2);
            let opens = pairs.find(|pair| !pair[0].1.is_open() && pair[1].1.is_open());
            if let Some(pair) = opens {
                let next = calendar.next_opening(wall).map(|next| next.at);
                assert_eq!(next, Some(pair[1].0), "{wall:?} {calendar:?}");
            }
        }
    }

    fn check(at: &str, expected: Opening) {
        assert_eq!(calendar("Asia/Dubai").at(wall(at)), expected, "{at}");
    }

    /// Monday to Thursday 08:00-15:00, with holidays of every kind and a Ramadan.
    fn calendar(zone: &str) -> Calendar {
        let holiday = |days| Holiday { days, name: Texts::new(), spot: spot() };
        let (from, to) = (Date::constant(2026, 2, 24), Date::constant(2026, 2, 24));
        Calendar {
            id: "office".into(),
            zone: TimeZone::get(zone).expect("a zone"),
            weekly: week(8 * 60, 15 * 60),
            holidays: vec![
                holiday(Days::Dates { from, to }),
                holiday(Days::Yearly { month: 12, day: 2, days: 2 }),
                holiday(Days::HijriYearly { month: 10, day: 1, days: 3 }),
            ],
            special: vec![SpecialPeriod {
                days: Days::HijriMonth { month: 9 },
                name: Texts::new(),
                weekly: week(9 * 60, 14 * 60),
                spot: spot(),
            }],
            exceptions: Vec::new(),
            moon: Moon::default(),
        }
    }

    fn week(from: u16, to: u16) -> Week {
        let day = |hours| WeekDay { hours, spot: None };
        let hours = || day(vec![OpenHours { from, to }]);
        let off = || day(Vec::new());
        Week([hours(), hours(), hours(), hours(), off(), off(), off()])
    }

    fn spot() -> Spot {
        Spot { file: "calendars/office.calendar.yaml".into(), line: 1 }
    }

    fn wall(text: &str) -> Wall {
        Wall(text.parse::<Timestamp>().expect("a time").as_millisecond())
    }
}
