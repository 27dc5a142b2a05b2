//! Every kind of value as callers hear it, in every language, from `words/bundle/`.

use std::path::Path;
use std::sync::Arc;

use hatif::flow::expression::Value;
use hatif::flow::model::{Gender, Language, Reckoning, SayKind, Sensitivity, WeekdaySaid};
use hatif::flow::prompt::{Argument, Speaker, Speech, Voice};
use hatif::flow::{self, Bundle};
use hatif::shell::files;

fn bundle() -> Arc<Bundle> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/words/bundle");
    let files = files::bundle_in(&folder).expect("the bundle is there");
    flow::load(&files, None).expect("it has no fault")
}

/// The text of a value in Arabic, English, Urdu and Hindi. Whatever is heard must have a sound.
fn check(kind: &SayKind, value: &str, expected: [&str; 4]) {
    let bundle = bundle();
    let sounds = bundle.sounds();
    for (language, expected) in Language::ALL.into_iter().zip(expected) {
        let said = say(&bundle, language, kind, value);
        assert_eq!(said.text, expected, "{value} in {language}");
        for sound in &said.sounds {
            assert!(sounds.contains_key(&**sound), "{sound} is nobody's to record");
        }
    }
}

fn say(bundle: &Bundle, language: Language, kind: &SayKind, value: &str) -> Speech {
    let argument = Argument { value: Value::from(value), sensitive: Sensitivity::Plain };
    Speaker { bundle, voice: &Voice::default(), language }.value(kind, &argument)
}

fn heard(language: Language, kind: &SayKind, value: &str) -> Vec<String> {
    let said = say(&bundle(), language, kind, value).sounds;
    said.iter().map(ToString::to_string).collect()
}

fn dirhams() -> SayKind {
    SayKind::Money { unit: "aed".into(), minor: "aed_minor".into() }
}

fn minutes() -> SayKind {
    SayKind::Count { unit: "minute".into() }
}

fn date(reckoning: Reckoning, weekday: WeekdaySaid) -> SayKind {
    SayKind::Date { reckoning, weekday }
}

#[test]
fn money_is_said_in_whole_units_and_hundredths() {
    check(
        &dirhams(),
        "12.50",
        [
            "12 درهمًا و50 فلسًا",
            "12 dirhams and 50 fils",
            "12 درہم اور 50 فلس",
            "12 दिरहम और 50 फ़िल्स",
        ],
    );
    check(
        &dirhams(),
        "2.01",
        ["درهمان وفلس واحد", "2 dirhams and 1 fils", "2 درہم اور 1 فلس", "2 दिरहम और 1 फ़िल्स"],
    );
    check(&dirhams(), "0.05", ["5 فلوس", "5 fils", "5 فلس", "5 फ़िल्स"]);
    check(&dirhams(), "0", ["0 درهم", "0 dirhams", "0 درہم", "0 दिरहम"]);
    check(&dirhams(), "-3", ["ناقص 3 دراهم", "minus 3 dirhams", "منفی 3 درہم", "ऋण 3 दिरहम"]);
}

#[test]
fn what_comes_after_hundreds_keeps_its_own_form_in_arabic() {
    check(&dirhams(), "101", ["100 درهم ودرهم واحد", "101 dirhams", "101 درہم", "101 दिरहम"]);
    check(
        &dirhams(),
        "1002.10",
        [
            "1000 درهم ودرهمان و10 فلوس",
            "1002 dirhams and 10 fils",
            "1002 درہم اور 10 فلس",
            "1002 दिरहम और 10 फ़िल्स",
        ],
    );
    let riyals = SayKind::Money { unit: "sar".into(), minor: "sar_minor".into() };
    check(
        &riyals,
        "3.08",
        ["3 ريالات و8 هللات", "3 riyals and 8 halalas", "3 ریال اور 8 ہلالہ", "3 रियाल और 8 हलाला"],
    );
}

#[test]
fn a_duration_is_said_in_its_longest_spans() {
    check(
        &SayKind::Duration,
        "130",
        ["دقيقتان و10 ثوانٍ", "2 minutes and 10 seconds", "2 منٹ اور 10 سیکنڈ", "2 मिनट और 10 सेकंड"],
    );
    check(
        &SayKind::Duration,
        "90061",
        [
            "يوم واحد وساعة واحدة ودقيقة واحدة وثانية واحدة",
            "1 day 1 hour 1 minute and 1 second",
            "1 دن 1 گھنٹہ 1 منٹ اور 1 سیکنڈ",
            "1 दिन 1 घंटा 1 मिनट और 1 सेकंड",
        ],
    );
    check(&SayKind::Duration, "3600", ["ساعة واحدة", "1 hour", "1 گھنٹہ", "1 घंटा"]);
    check(&SayKind::Duration, "0", ["0 ثانية", "0 seconds", "0 سیکنڈ", "0 सेकंड"]);
}

#[test]
fn a_date_is_said_in_either_calendar() {
    check(
        &date(Reckoning::Gregorian, WeekdaySaid::Yes),
        "2026-09-20",
        [
            "يوم الأحد العشرون من سبتمبر عام ألفين وستة وعشرين",
            "Sunday the twentieth of September twenty twenty-six",
            "اتوار بیس ستمبر دو ہزار چھبیس",
            "रविवार बीस सितंबर दो हज़ार छब्बीस",
        ],
    );
    check(
        &date(Reckoning::Hijri, WeekdaySaid::No),
        "2025-03-01",
        [
            "الأول من رمضان عام ألف وأربعمئة وستة وأربعين للهجرة",
            "the first of Ramadan fourteen forty-six Hijri",
            "ایک رمضان چودہ سو چھیالیس ہجری",
            "एक रमज़ान चौदह सौ छियालीस हिजरी",
        ],
    );
}

#[test]
fn times_places_and_counts_are_said_as_people_say_them() {
    check(
        &SayKind::Time,
        "14:30",
        [
            "الساعة الثانية والنصف بعد الظهر",
            "two thirty in the afternoon",
            "دوپہر دو بج کر تیس منٹ",
            "दोपहर के दो बजकर तीस मिनट",
        ],
    );
    check(
        &SayKind::Time,
        "09:00",
        ["الساعة التاسعة صباحًا", "nine o'clock in the morning", "صبح نو بجے", "सुबह के नौ बजे"],
    );
    check(
        &SayKind::Ordinal { gender: Gender::Feminine },
        "3",
        ["الثالثة", "third", "تیسری", "तीसरी"],
    );
    check(
        &SayKind::Ordinal { gender: Gender::Masculine },
        "21",
        ["الحادي والعشرون", "twenty-first", "اکیسواں", "इक्कीसवाँ"],
    );
    check(&minutes(), "11", ["11 دقيقة", "11 minutes", "11 منٹ", "11 मिनट"]);
    check(&minutes(), "1", ["دقيقة واحدة", "1 minute", "1 منٹ", "1 मिनट"]);
}

#[test]
fn what_has_another_shape_is_read_in_digits() {
    for kind in [dirhams(), minutes(), SayKind::Duration, SayKind::Time] {
        check(&kind, "12:3x4", ["1234"; 4]);
    }
    check(&date(Reckoning::Gregorian, WeekdaySaid::No), "2026-13-01", ["20261301"; 4]);
    check(&SayKind::Number { gender: Gender::Feminine }, "1000000000000", ["1000000000000"; 4]);
    check(&SayKind::Number { gender: Gender::Feminine }, "nothing", [""; 4]);
}

#[test]
fn a_long_value_takes_few_parts() {
    let number = SayKind::Number { gender: Gender::Masculine };
    let parts = |language, value| heard(language, &number, value).len();
    assert_eq!(parts(Language::English, "999999999999"), 11);
    assert_eq!(parts(Language::Arabic, "999999999999"), 11);
    assert_eq!(parts(Language::Hindi, "999999999999"), 12);
    assert_eq!(
        heard(Language::Arabic, &dirhams(), "1225.75"),
        [
            "ar/number/thousand",
            "ar/number/and-200",
            "ar/number/and-25-m",
            "ar/unit/aed.many",
            "ar/number/and-75-m",
            "ar/unit/aed_minor.many"
        ]
    );
}

#[test]
fn long_numbers_have_a_pause_between_their_groups() {
    let heard = |group| heard(Language::English, &SayKind::Digits { group }, "050123");
    let pauses = |group| heard(group).iter().filter(|sound| *sound == "silence/short").count();
    assert_eq!(heard(None).get(3).map(String::as_str), Some("silence/short"));
    assert_eq!([pauses(None), pauses(Some(2)), pauses(Some(6))], [1, 2, 0]);
}

#[test]
fn a_sensitive_value_is_spoken_and_not_written() {
    let argument = Argument { value: Value::from("1234"), sensitive: Sensitivity::Sensitive };
    let bundle = bundle();
    let said = Speaker { bundle: &bundle, voice: &Voice::default(), language: Language::English }
        .value(&SayKind::Digits { group: None }, &argument);
    assert_eq!((said.sounds.len(), said.text.as_str()), (4, "•••"));
}
