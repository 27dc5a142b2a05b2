//! The words for numbers, before judges that do not know this program: the spell-out rules of ICU
//! and, for the sound of Urdu, espeak-ng. Where we say it otherwise, `words/deviations.md` has the
//! reason, and what it does not name fails.

#[path = "words/deviation.rs"]
mod deviation;
#[path = "words/judge.rs"]
mod judge;

use std::collections::BTreeMap;

use hatif::flow::model::{Gender, Language};
use hatif::flow::words::{Followed, grammar, number, ordinal, text};

use deviation::Deviations;

const GENDERS: [(Gender, &str); 2] =
    [(Gender::Masculine, "masculine"), (Gender::Feminine, "feminine")];

/// The last number that is said in words.
const LAST: u64 = 999_999_999_999;

/// All that are said often, all that are round, those around a round one, and some of any size.
fn values() -> Vec<u64> {
    let mut values: Vec<u64> = (0..2_000).collect();
    let mut power = 1_000;
    while power <= LAST {
        for count in (1..=30).chain([99, 100, 101, 102, 103, 110, 111, 199, 200, 202, 300, 999]) {
            values.extend([count * power - 1, count * power, count * power + 1]);
        }
        power *= 10;
    }
    values.push(LAST);
    let mut state: u64 = 0x5eed;
    for size in 0..3_000_u32 {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        values.push((state >> 11) % 10_u64.pow(4 + size % 9));
    }
    values.retain(|value| *value <= LAST);
    values.sort_unstable();
    values.dedup();
    assert!(values.len() >= 5_000, "{}", values.len());
    values
}

fn ours(language: Language, value: u64, gender: Gender) -> String {
    let value = i64::try_from(value).expect("it has twelve digits");
    text(&number(language, value, gender, Followed::Alone))
}

fn our_place(language: Language, value: u64, gender: Gender) -> String {
    text(&ordinal(language, i64::try_from(value).expect("it has twelve digits"), gender))
}

/// Every value must be spelled alike, but for the deviations, each of which must occur.
fn check(
    locale: &str,
    rule: &str,
    values: &[u64],
    mut deviations: Deviations,
    spell: impl Fn(u64) -> String,
) {
    let verdicts = judge::spelled(locale, rule, values);
    let mut wrong = Vec::new();
    for (value, verdict) in values.iter().zip(&verdicts) {
        let said = deviations.as_judged(&spell(*value));
        let verdict = deviation::plain(verdict);
        if said != verdict {
            wrong.push(format!("{value}: {said} / {verdict}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{locale} {rule}: {} of {}\n{}",
        wrong.len(),
        values.len(),
        wrong.iter().take(20).map(String::as_str).collect::<Vec<_>>().join("\n")
    );
    assert_eq!(deviations.idle(), Vec::<&str>::new(), "{locale} {rule} deviates no more");
}

#[test]
fn arabic_numbers_are_those_of_icu() {
    for (gender, word) in GENDERS {
        check("ar", &format!("cardinal-{word}"), &values(), deviation::arabic(gender), |value| {
            ours(Language::Arabic, value, gender)
        });
    }
}

#[test]
fn arabic_places_below_the_hundredth_are_those_of_icu() {
    let places: Vec<u64> = (1..=100).collect();
    for (gender, word) in GENDERS {
        check("ar", &format!("ordinal-{word}"), &places, Deviations::none(), |value| {
            our_place(Language::Arabic, value, gender)
        });
    }
}

#[test]
fn english_numbers_and_places_are_those_of_icu() {
    check("en", "cardinal", &values(), Deviations::none(), |value| {
        ours(Language::English, value, Gender::Masculine)
    });
    check("en", "ordinal", &values(), Deviations::none(), |value| {
        our_place(Language::English, value, Gender::Masculine)
    });
}

#[test]
fn english_years_are_those_of_icu() {
    let years: Vec<u64> = (1_001..2_200).collect();
    check("en", "numbering-year", &years, Deviations::none(), |year| {
        text(&grammar(Language::English).year(year))
    });
}

#[test]
fn hindi_numbers_and_places_are_those_of_icu() {
    check("hi", "cardinal", &values(), deviation::hindi(), |value| {
        ours(Language::Hindi, value, Gender::Masculine)
    });
    check("hi", "ordinal-masculine", &values(), deviation::hindi(), |value| {
        our_place(Language::Hindi, value, Gender::Masculine)
    });
    check("hi", "ordinal-feminine", &values(), deviation::hindi_feminine(), |value| {
        our_place(Language::Hindi, value, Gender::Feminine)
    });
}

/// ICU has no rules for Urdu. Its numbers are built as those of Hindi are, so they are those of
/// ICU's Hindi, word by word.
#[test]
fn urdu_numbers_are_built_as_those_of_hindi() {
    let small: Vec<u64> = (0..100).collect();
    let mut words: BTreeMap<String, String> = judge::spelled("hi", "cardinal", &small)
        .into_iter()
        .zip(&small)
        .map(|(hindi, value)| (hindi, ours(Language::Urdu, *value, Gender::Masculine)))
        .collect();
    let scales = [
        ("सौ", "سو"),
        ("हज़ार", "ہزار"),
        ("लाख", "لاکھ"),
        ("करोड़", "کروڑ"),
        ("अरब", "ارب"),
        ("खरब", "کھرب"),
    ];
    words.extend(scales.map(|(hindi, urdu)| (deviation::plain(hindi), urdu.to_owned())));
    let words: BTreeMap<String, String> =
        words.into_iter().map(|(hindi, urdu)| (deviation::plain(&hindi), urdu)).collect();
    let values = values();
    for (value, hindi) in values.iter().zip(judge::spelled("hi", "cardinal", &values)) {
        let expected: Vec<&str> = deviation::plain(&hindi)
            .split(' ')
            .map(|word| words.get(word).map_or("?", String::as_str))
            .collect();
        assert_eq!(ours(Language::Urdu, *value, Gender::Masculine), expected.join(" "), "{value}");
    }
}

/// The words themselves: espeak-ng, given the digits, speaks the same consonants as given the word.
#[test]
fn urdu_words_sound_as_espeak_ng_reads_the_digits() {
    let words: Vec<String> =
        (0..100).map(|value| ours(Language::Urdu, value, Gender::Masculine)).collect();
    let digits: Vec<String> = (0..100).map(|value: u32| value.to_string()).collect();
    let (read, spoken) = (judge::consonants("ur", &digits), judge::consonants("ur", &words));
    let other: Vec<usize> =
        (0..100).filter(|value| read.get(*value) != spoken.get(*value)).collect();
    assert_eq!(other, deviation::URDU_SOUNDS, "{read:?}\n{spoken:?}");
}
