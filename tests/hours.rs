//! The shipped calendars say what a citizen would be told, and which line says so.

use std::path::Path;
use std::sync::Arc;

use hatif::flow::hours::{Report, moment};
use hatif::flow::model::Language;
use hatif::flow::{self, Bundle};
use hatif::shell::files;

#[test]
fn ramadan_and_eid_are_told_with_their_lines() {
    let text = ask("government", "2027-03-08T16:00", 3).to_text();
    let expected = "\
government: closed at Mon 2027-03-08 16:00 +04:00 (Asia/Dubai)
  why     special: Ramadan hours  calendars/government.calendar.yaml:27
  next    holiday at Tue 2027-03-09 00:00 +04:00, tomorrow
  opens   open at Fri 2027-03-12 07:30 +04:00, in 4 days

  Mon 2027-03-08  1448-09-29  09:00-14:30              special: Ramadan hours  calendars/government.calendar.yaml:27
  Tue 2027-03-09  1448-10-01  —                        holiday: Eid al-Fitr  calendars/government.calendar.yaml:17
  Wed 2027-03-10  1448-10-02  —                        holiday: Eid al-Fitr  calendars/government.calendar.yaml:17";
    assert_eq!(text, expected);
}

#[test]
fn a_night_in_ramadan_reaches_past_midnight() {
    let report = ask("health", "2027-02-09T00:10", 0);
    assert_eq!(report.says, "special");
    assert_eq!(report.why.date, "2027-02-08");
    assert_eq!(
        report.next_change.map(|change| change.at),
        Some("Tue 2027-02-09 00:30 +04:00".into())
    );
}

#[test]
fn shared_holidays_are_told_with_the_file_that_has_them() {
    let report = ask("market", "2026-12-02T10:00", 0);
    assert_eq!((report.says, report.why.name.as_str()), ("holiday", "National Day"));
    assert_eq!(report.why.file.as_deref(), Some("calendars/government.calendar.yaml"));
}

#[test]
fn who_is_always_there_never_opens() {
    let report = ask("round_the_clock", "2026-12-02T10:00:00Z", 0);
    assert_eq!((report.says, report.next_change, report.next_opening), ("open", None, None));
}

fn ask(calendar: &str, at: &str, days: u16) -> Report {
    let bundle = bundle();
    let calendar = bundle.calendars.get(calendar).expect("the calendar is there");
    let at = moment(at, &calendar.zone).expect("a time");
    calendar.report(at, days, Language::English)
}

fn bundle() -> Arc<Bundle> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ivr-flows");
    let files = files::bundle_in(&folder).expect("the bundle is there");
    flow::load(&files, None).unwrap_or_else(|faults| panic!("{faults}"))
}
