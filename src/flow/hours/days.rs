//! Whether a rule holds on a day.

use jiff::civil::Date;

use crate::flow::hijri::HijriDate;
use crate::flow::hours::later;
use crate::flow::model::{Days, Moon};

impl Days {
    /// Whether the day is one of them. `hijri` is its Hijri date under the same moon.
    pub(super) fn hold(&self, date: Date, hijri: HijriDate, moon: &Moon) -> bool {
        match *self {
            Self::Dates { from, to } => (from..=to).contains(&date),
            Self::Yearly { month, day, days } => years(date.year())
                .filter_map(|year| Date::new(year, month, day).ok())
                .any(|first| within(first, days, date)),
            Self::HijriDates { from, days } => {
                moon.civil(from).is_some_and(|first| within(first, days, date))
            }
            Self::HijriYearly { month, day, days } => years(hijri.year)
                .filter_map(|year| moon.civil(HijriDate { year, month, day }))
                .any(|first| within(first, days, date)),
            Self::HijriMonth { month } => hijri.month == month,
        }
    }
}

/// What began in the year before may reach into this one.
fn years(year: i16) -> impl Iterator<Item = i16> {
    [Some(year), year.checked_sub(1)].into_iter().flatten()
}

fn within(first: Date, days: u16, date: Date) -> bool {
    first <= date && later(first, days).is_none_or(|end| date < end)
}
