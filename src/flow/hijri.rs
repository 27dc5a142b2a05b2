//! Hijri dates of the Umm al-Qura calendar, as the states of the Gulf print them.
//!
//! The printed calendar is computed years ahead. Whether a month begins on its printed day is
//! decided by those who look for the moon: what they announce stands in a file as an exception.

use std::fmt;

use icu_calendar::cal::Hijri;
use icu_calendar::{Date as Icu, Gregorian};
use jiff::civil::Date;

/// A day of the Umm al-Qura calendar. Outside the years 1300 to 1600 its months are computed by
/// the tabular rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HijriDate {
    /// The year, such as 1448.
    pub year: i16,
    /// 1 for Muharram to 12 for Dhu al-Hijjah.
    pub month: u8,
    /// 1 to 30.
    pub day: u8,
}

impl HijriDate {
    /// The Hijri date of a civil one.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        let civil = Icu::try_new_gregorian(i32::from(date.year()), month, day)
            .expect("every civil date is a date of the Gregorian calendar");
        let hijri = civil.to_calendar(Hijri::new_umm_al_qura());
        let year = i16::try_from(hijri.year().extended_year())
            .expect("the years of civil dates, told in moons, fit sixteen bits");
        Self { year, month: hijri.month().ordinal, day: hijri.day_of_month().0 }
    }

    /// The civil date; `None` if the month is shorter, or there is no such month or year.
    #[must_use]
    pub fn civil(self) -> Option<Date> {
        let umm_al_qura = Hijri::new_umm_al_qura();
        let year = i32::from(self.year);
        let hijri =
            Icu::try_new_hijri_with_calendar(year, self.month, self.day, umm_al_qura).ok()?;
        let civil = hijri.to_calendar(Gregorian);
        Date::new(
            i16::try_from(civil.year().extended_year()).ok()?,
            i8::try_from(civil.month().ordinal).ok()?,
            i8::try_from(civil.day_of_month().0).ok()?,
        )
        .ok()
    }

    /// How many days a month has; `None` if there is no such month or year.
    #[must_use]
    pub fn days_in_month(year: i16, month: u8) -> Option<u8> {
        let umm_al_qura = Hijri::new_umm_al_qura();
        let first = Icu::try_new_hijri_with_calendar(i32::from(year), month, 1, umm_al_qura);
        first.ok().map(|first| first.days_in_month())
    }
}

impl fmt::Display for HijriDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_days_are_known_both_ways() {
        // From the calendar that the King Abdulaziz City for Science and Technology prints.
        check("1445-09-01", "2024-03-11");
        check("1446-01-01", "2024-07-07");
        check("1446-09-01", "2025-03-01");
        check("1446-10-01", "2025-03-30");
        check("1446-12-10", "2025-06-06");
        check("1447-01-01", "2025-06-26");
        check("1447-09-01", "2026-02-18");
        check("1447-10-01", "2026-03-20");
        check("1447-12-10", "2026-05-27");
        check("1448-01-01", "2026-06-16");
        check("1448-09-01", "2027-02-08");
        check("1448-10-01", "2027-03-09");
    }

    #[test]
    fn every_day_of_two_centuries_comes_back_and_follows_the_day_before() {
        let mut date = Date::constant(1900, 1, 1);
        let mut before = HijriDate::of(date.yesterday().expect("a day before"));
        while date.year() < 2100 {
            let hijri = HijriDate::of(date);
            assert_eq!(hijri.civil(), Some(date), "{hijri}");
            let last = HijriDate::days_in_month(before.year, before.month).expect("a month");
            let next = match (before.day == last, before.month == 12) {
                (false, _) => HijriDate { day: before.day + 1, ..before },
                (true, false) => HijriDate { month: before.month + 1, day: 1, ..before },
                (true, true) => HijriDate { year: before.year + 1, month: 1, day: 1 },
            };
            assert_eq!(hijri, next);
            (before, date) = (hijri, date.tomorrow().expect("a day after"));
        }
    }

    #[test]
    fn the_ends_of_the_civil_calendar_have_a_hijri_date() {
        assert_eq!(HijriDate::of(Date::MAX).civil(), Some(Date::MAX));
        assert_eq!(HijriDate::of(Date::MIN).year, -10_947);
    }

    #[test]
    fn a_day_that_does_not_exist_has_no_civil_date() {
        let civil = |year, month, day| HijriDate { year, month, day }.civil();
        assert_eq!(HijriDate::days_in_month(1447, 9), Some(30));
        assert_eq!(HijriDate::days_in_month(1447, 10), Some(29));
        assert_eq!(civil(1447, 10, 30), None);
        assert_eq!(civil(1447, 13, 1), None);
        assert_eq!(civil(1447, 0, 1), None);
        assert_eq!(civil(1447, 1, 0), None);
        assert_eq!(civil(i16::MAX, 1, 1), None);
    }

    fn check(hijri: &str, civil: &str) {
        let civil: Date = civil.parse().expect("a date");
        assert_eq!(HijriDate::of(civil).to_string(), hijri, "{civil}");
        assert_eq!(HijriDate::of(civil).civil(), Some(civil), "{civil}");
    }
}
