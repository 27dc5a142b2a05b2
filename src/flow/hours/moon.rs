//! Hijri dates with the months as they were announced.

use jiff::civil::Date;

use crate::flow::hijri::HijriDate;
use crate::flow::model::Moon;

impl Moon {
    /// The first day of a month: as announced, else as printed.
    fn begins(&self, year: i16, month: u8) -> Option<Date> {
        let announced = self.announced.get(&(year, month)).copied();
        announced.or_else(|| HijriDate { year, month, day: 1 }.civil())
    }

    /// The Hijri date of a day.
    pub(in crate::flow) fn hijri(&self, date: Date) -> HijriDate {
        let printed = HijriDate::of(date);
        if self.announced.is_empty() {
            return printed;
        }
        let HijriDate { year, month, .. } = printed;
        let around = [after(year, month), (year, month), before(year, month)];
        let found = around.into_iter().find_map(|(year, month)| {
            let begins = self.begins(year, month).filter(|&begins| begins <= date)?;
            let day = u8::try_from(days_between(begins, date)? + 1).ok()?;
            Some(HijriDate { year, month, day })
        });
        found.unwrap_or(printed)
    }

    /// The day of a Hijri date; `None` if the month is too short for it.
    pub(in crate::flow) fn civil(&self, date: HijriDate) -> Option<Date> {
        if self.announced.is_empty() {
            return date.civil();
        }
        let begins = self.begins(date.year, date.month)?;
        let (year, month) = after(date.year, date.month);
        let civil = later(begins, u16::from(date.day.checked_sub(1)?))?;
        (civil < self.begins(year, month)?).then_some(civil)
    }
}

fn after(year: i16, month: u8) -> (i16, u8) {
    if month < 12 { (year, month + 1) } else { (year + 1, 1) }
}

fn before(year: i16, month: u8) -> (i16, u8) {
    if 1 < month { (year, month - 1) } else { (year - 1, 12) }
}

/// The date some days later.
pub(in crate::flow) fn later(date: Date, days: u16) -> Option<Date> {
    date.checked_add(jiff::Span::new().days(i64::from(days))).ok()
}

fn days_between(from: Date, to: Date) -> Option<i32> {
    from.until(to).ok().map(|span| span.get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_announced_month_moves_its_days_and_the_end_of_the_month_before() {
        // Printed are a Ramadan of 29 days from 8 February and 1 Shawwal on 9 March 2027.
        let announced = [((1448, 10), Date::constant(2027, 3, 10))].into();
        let moon = Moon { announced };
        let check = |hijri, civil: &str| {
            let civil = civil.parse().expect("a date");
            assert_eq!(moon.hijri(civil), hijri);
            assert_eq!(moon.civil(hijri), Some(civil));
        };
        check(HijriDate { year: 1448, month: 9, day: 1 }, "2027-02-08");
        check(HijriDate { year: 1448, month: 9, day: 30 }, "2027-03-09");
        check(HijriDate { year: 1448, month: 10, day: 1 }, "2027-03-10");
        check(HijriDate { year: 1448, month: 10, day: 29 }, "2027-04-07");
        check(HijriDate { year: 1448, month: 11, day: 1 }, "2027-04-08");
        assert_eq!(moon.civil(HijriDate { year: 1448, month: 10, day: 30 }), None);
    }

    #[test]
    fn a_month_announced_early_takes_days_from_the_one_before() {
        let moon = Moon { announced: [((1449, 1), Date::constant(2027, 6, 5))].into() };
        let first = HijriDate { year: 1449, month: 1, day: 1 };
        assert_eq!(moon.hijri(Date::constant(2027, 6, 5)), first);
        assert_eq!(moon.hijri(Date::constant(2027, 6, 4)).month, 12);
    }
}
