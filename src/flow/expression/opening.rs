//! The next opening of a calendar, as expressions see it.

use crate::base::time::Wall;
use crate::flow::expression::{Fields, Value};
use crate::flow::model::Calendar;

/// `next_opening(calendar)`: its date, time and weekday, and in how many days that is. When it
/// does not open within a year or never shuts, the texts are empty and the number is -1.
pub(super) fn next(calendar: &Calendar, now: Wall) -> Value {
    let next = calendar.next_opening(now);
    let told = |tell: fn(jiff::civil::DateTime) -> String| {
        next.map(|next| tell(next.date.to_datetime(next.time))).unwrap_or_default()
    };
    let fields: [(&str, Value); 4] = [
        ("date", told(|at| at.date().to_string()).as_str().into()),
        ("time", told(|at| at.strftime("%H:%M").to_string()).as_str().into()),
        ("weekday", told(|at| at.strftime("%A").to_string().to_lowercase()).as_str().into()),
        ("in_days", next.map_or(-1, |next| i64::from(next.in_days)).into()),
    ];
    fields.into_iter().map(|(name, value)| (name.into(), value)).collect::<Fields>().into()
}
