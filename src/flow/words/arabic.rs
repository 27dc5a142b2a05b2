//! Arabic: the number agrees with the gender of what is counted, and joins its parts by `و`.
//!
//! The words are in the nominative, as they are said by themselves. A part that follows another
//! one is recorded together with its `و`: `number/and-…`.

use crate::base::key::Key;
use crate::flow::model::Gender;
use crate::flow::words::{Followed, Word};

/// 1 to 10 before a masculine noun.
const MASCULINE: [&str; 10] =
    ["واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"];

/// 1 to 10 before a feminine noun.
const FEMININE: [&str; 10] =
    ["واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثماني", "تسع", "عشر"];

/// 11 to 19 before a masculine noun.
const TEENS_MASCULINE: [&str; 9] = [
    "أحد عشر",
    "اثنا عشر",
    "ثلاثة عشر",
    "أربعة عشر",
    "خمسة عشر",
    "ستة عشر",
    "سبعة عشر",
    "ثمانية عشر",
    "تسعة عشر",
];

/// 11 to 19 before a feminine noun.
const TEENS_FEMININE: [&str; 9] = [
    "إحدى عشرة",
    "اثنتا عشرة",
    "ثلاث عشرة",
    "أربع عشرة",
    "خمس عشرة",
    "ست عشرة",
    "سبع عشرة",
    "ثماني عشرة",
    "تسع عشرة",
];

/// 20, 30 … 90.
const TENS: [&str; 8] = ["عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"];

/// 100, 200 … 900.
const HUNDREDS: [&str; 9] =
    ["مئة", "مئتان", "ثلاثمئة", "أربعمئة", "خمسمئة", "ستمئة", "سبعمئة", "ثمانمئة", "تسعمئة"];

/// The hour that has struck, on the twelve-hour clock.
const HOURS: [&str; 12] = [
    "الساعة الواحدة",
    "الساعة الثانية",
    "الساعة الثالثة",
    "الساعة الرابعة",
    "الساعة الخامسة",
    "الساعة السادسة",
    "الساعة السابعة",
    "الساعة الثامنة",
    "الساعة التاسعة",
    "الساعة العاشرة",
    "الساعة الحادية عشرة",
    "الساعة الثانية عشرة",
];

pub(super) const MONTHS: [&str; 12] = [
    "يناير",
    "فبراير",
    "مارس",
    "أبريل",
    "مايو",
    "يونيو",
    "يوليو",
    "أغسطس",
    "سبتمبر",
    "أكتوبر",
    "نوفمبر",
    "ديسمبر",
];

pub(super) const DAYS: [&str; 31] = [
    "الأول من",
    "الثاني من",
    "الثالث من",
    "الرابع من",
    "الخامس من",
    "السادس من",
    "السابع من",
    "الثامن من",
    "التاسع من",
    "العاشر من",
    "الحادي عشر من",
    "الثاني عشر من",
    "الثالث عشر من",
    "الرابع عشر من",
    "الخامس عشر من",
    "السادس عشر من",
    "السابع عشر من",
    "الثامن عشر من",
    "التاسع عشر من",
    "العشرون من",
    "الحادي والعشرون من",
    "الثاني والعشرون من",
    "الثالث والعشرون من",
    "الرابع والعشرون من",
    "الخامس والعشرون من",
    "السادس والعشرون من",
    "السابع والعشرون من",
    "الثامن والعشرون من",
    "التاسع والعشرون من",
    "الثلاثون من",
    "الحادي والثلاثون من",
];

const ZERO: Piece<'_> = Piece { name: "0", text: "صفر" };
/// `مئتان` before the noun that it counts.
const TWO_HUNDRED_OF: Piece<'_> = Piece { name: "200-of", text: "مئتا" };
const THOUSAND: Piece<'_> = Piece { name: "1000", text: "ألف" };
const TWO_THOUSAND: Piece<'_> = Piece { name: "2000", text: "ألفان" };
/// `ألفان` before the noun that it counts.
const TWO_THOUSAND_OF: Piece<'_> = Piece { name: "2000-of", text: "ألفا" };
/// After 3 to 10.
const THOUSANDS: Piece<'_> = Piece { name: "thousands", text: "آلاف" };
/// After 11 to 99.
const THOUSAND_MANY: Piece<'_> = Piece { name: "thousand-many", text: "ألفًا" };
/// One before a feminine noun, joined to tens.
const ONE_JOINED: Piece<'_> = Piece { name: "1-f-joined", text: "إحدى" };
/// Eight before a feminine noun, when the noun does not follow at once.
const EIGHT_FREE: Piece<'_> = Piece { name: "8-f-free", text: "ثمانٍ" };

/// A word before it is known whether `و` joins it to the one before.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    name: &'a str,
    text: &'static str,
}

/// Words in the making.
#[derive(Default)]
struct Saying(Vec<Word>);

impl Saying {
    /// Adds a part that is joined to what was said before, if anything was.
    fn join(&mut self, piece: Piece<'_>) {
        if self.0.is_empty() { self.0.push(plain(piece)) } else { self.0.push(joined(piece)) }
    }

    /// Adds what is counted by the part before.
    fn counted(&mut self, piece: Piece<'_>) {
        self.0.push(plain(piece));
    }
}

/// A number below a million.
pub(super) fn number(value: u32, gender: Gender, followed: Followed) -> Vec<Word> {
    let mut saying = Saying::default();
    if value == 0 {
        saying.join(ZERO);
        return saying.0;
    }
    let (thousands, rest) = (value / 1_000, value % 1_000);
    let last = if rest == 0 { followed } else { Followed::Alone };
    say_thousands(&mut saying, thousands, last);
    say_hundreds(&mut saying, rest / 100, rest % 100, followed);
    say_below_hundred(&mut saying, rest % 100, gender, followed);
    saying.0
}

/// A time of day, such as `الساعة الثانية والنصف مساءً`.
pub(super) fn time(hour: u32, minute: u32) -> Vec<Word> {
    let struck = (hour + 11) % 12;
    let mut words = vec![hour_word(struck)];
    match minute {
        0 => {}
        1 => words.push(minute_word("and-minute")),
        2 => words.push(minute_word("and-two-minutes")),
        15 => words.push(minute_word("and-quarter")),
        30 => words.push(minute_word("and-half")),
        _ => {
            let mut saying = Saying(words);
            say_below_hundred(&mut saying, minute, Gender::Feminine, Followed::ByNoun);
            words = saying.0;
            words.push(minute_word(if minute <= 10 { "minutes" } else { "minute" }));
        }
    }
    words.push(minute_word(if hour < 12 { "am" } else { "pm" }));
    words
}

/// What a key is called.
pub(super) fn key(key: Key) -> &'static str {
    match key.as_char() {
        '0' => ZERO.text,
        '*' => "نجمة",
        '#' => "مربع",
        'A' => "إيه",
        'B' => "بي",
        'C' => "سي",
        'D' => "دي",
        digit => digit.to_digit(10).map_or("", |digit| pick(&MASCULINE, digit)),
    }
}

pub(super) fn vocabulary() -> Vec<Word> {
    let mut words = vec![plain(ZERO), plain(THOUSANDS), plain(THOUSAND_MANY)];
    let mut both = |piece: Piece<'_>| words.extend([plain(piece), joined(piece)]);
    for gender in [Gender::Masculine, Gender::Feminine] {
        for value in 1..20 {
            one_to_nineteen(value, gender, &mut both);
        }
    }
    for value in 2..10 {
        both(Piece { name: &format!("{value}0"), text: pick(&TENS, value - 1) });
    }
    for value in 1..10 {
        both(Piece { name: &format!("{value}00"), text: pick(&HUNDREDS, value) });
    }
    for piece in [TWO_HUNDRED_OF, THOUSAND, TWO_THOUSAND, TWO_THOUSAND_OF, ONE_JOINED, EIGHT_FREE] {
        both(piece);
    }
    words.extend((0..12).map(hour_word));
    words.extend(MINUTE_WORDS.iter().map(|(name, _)| minute_word(name)));
    words
}

/// The thousands; `followed` tells whether the noun comes right after them.
fn say_thousands(saying: &mut Saying, thousands: u32, followed: Followed) {
    let two = match followed {
        Followed::Alone => TWO_THOUSAND,
        Followed::ByNoun => TWO_THOUSAND_OF,
    };
    match (thousands / 100, thousands % 100) {
        (0, 0) => {}
        (0, 1) => saying.join(THOUSAND),
        (0, 2) => saying.join(two),
        (hundreds, 0) => {
            say_hundreds(saying, hundreds, 0, Followed::ByNoun);
            saying.counted(THOUSAND);
        }
        // 101,000 is a hundred thousand and a thousand.
        (hundreds, rest @ (1 | 2)) => {
            say_hundreds(saying, hundreds, 0, Followed::ByNoun);
            saying.counted(THOUSAND);
            saying.join(if rest == 1 { THOUSAND } else { two });
        }
        (hundreds, rest) => {
            say_hundreds(saying, hundreds, rest, Followed::ByNoun);
            say_below_hundred(saying, rest, Gender::Masculine, Followed::ByNoun);
            saying.counted(if rest <= 10 { THOUSANDS } else { THOUSAND_MANY });
        }
    }
}

/// The hundreds; `rest` is what is said after them.
fn say_hundreds(saying: &mut Saying, hundreds: u32, rest: u32, followed: Followed) {
    match (hundreds, rest, followed) {
        (0, _, _) => {}
        (2, 0, Followed::ByNoun) => saying.join(TWO_HUNDRED_OF),
        (_, _, _) => {
            saying.join(Piece { name: &format!("{hundreds}00"), text: pick(&HUNDREDS, hundreds) });
        }
    }
}

fn say_below_hundred(saying: &mut Saying, value: u32, gender: Gender, followed: Followed) {
    let (tens, ones) = (value / 10, value % 10);
    match (tens, ones) {
        (0, 0) => {}
        (0, 8) if gender == Gender::Feminine && followed == Followed::Alone => {
            saying.join(EIGHT_FREE);
        }
        (0 | 1, _) => one_to_nineteen(value, gender, |piece| saying.join(piece)),
        (_, ones) => {
            match (ones, gender) {
                (0, _) => {}
                (1, Gender::Feminine) => saying.join(ONE_JOINED),
                (8, Gender::Feminine) => saying.join(EIGHT_FREE),
                (_, _) => one_to_nineteen(ones, gender, |piece| saying.join(piece)),
            }
            saying.join(Piece { name: &format!("{tens}0"), text: pick(&TENS, tens - 1) });
        }
    }
}

fn one_to_nineteen(value: u32, gender: Gender, mut say: impl FnMut(Piece<'_>)) {
    let (small, teens, letter) = match gender {
        Gender::Masculine => (&MASCULINE, &TEENS_MASCULINE, 'm'),
        Gender::Feminine => (&FEMININE, &TEENS_FEMININE, 'f'),
    };
    let text = if value <= 10 { pick(small, value) } else { pick(teens, value - 10) };
    say(Piece { name: &format!("{value}-{letter}"), text });
}

/// The word for `value`, where the first word is for one.
fn pick(words: &[&'static str], value: u32) -> &'static str {
    let at = usize::try_from(value).unwrap_or(0).wrapping_sub(1);
    words.get(at).copied().unwrap_or("")
}

const MINUTE_WORDS: [(&str, &str); 8] = [
    ("and-minute", "ودقيقة"),
    ("and-two-minutes", "ودقيقتان"),
    ("and-quarter", "والربع"),
    ("and-half", "والنصف"),
    ("minutes", "دقائق"),
    ("minute", "دقيقة"),
    ("am", "صباحًا"),
    ("pm", "مساءً"),
];

fn minute_word(name: &str) -> Word {
    let text = MINUTE_WORDS.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text);
    Word::new(format!("time/{name}"), text)
}

/// The hour that has struck; zero is one o'clock.
fn hour_word(struck: u32) -> Word {
    Word::new(format!("time/hour-{}", struck + 1), pick(&HOURS, struck + 1))
}

fn plain(piece: Piece<'_>) -> Word {
    Word::new(format!("number/{}", piece.name), piece.text)
}

fn joined(piece: Piece<'_>) -> Word {
    Word::new(format!("number/and-{}", piece.name), format!("و{}", piece.text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::words::text;

    #[test]
    fn numbers_agree_with_what_is_counted() {
        check(1, "واحد", "واحدة");
        check(2, "اثنان", "اثنتان");
        check(3, "ثلاثة", "ثلاث");
        check(8, "ثمانية", "ثمانٍ");
        check(10, "عشرة", "عشر");
        check(11, "أحد عشر", "إحدى عشرة");
        check(12, "اثنا عشر", "اثنتا عشرة");
        check(18, "ثمانية عشر", "ثماني عشرة");
        check(20, "عشرون", "عشرون");
        check(21, "واحد وعشرون", "إحدى وعشرون");
        check(28, "ثمانية وعشرون", "ثمانٍ وعشرون");
        check(99, "تسعة وتسعون", "تسع وتسعون");
        check(100, "مئة", "مئة");
        check(103, "مئة وثلاثة", "مئة وثلاث");
        check(225, "مئتان وخمسة وعشرون", "مئتان وخمس وعشرون");
        check(812, "ثمانمئة واثنا عشر", "ثمانمئة واثنتا عشرة");
    }

    #[test]
    fn thousands_take_the_form_that_their_count_asks_for() {
        let check = |value, expected: &str| check(value, expected, expected);
        check(1_000, "ألف");
        check(2_000, "ألفان");
        check(3_000, "ثلاثة آلاف");
        check(10_000, "عشرة آلاف");
        check(11_000, "أحد عشر ألفًا");
        check(21_000, "واحد وعشرون ألفًا");
        check(100_000, "مئة ألف");
        check(101_000, "مئة ألف وألف");
        check(102_000, "مئة ألف وألفان");
        check(103_000, "مئة وثلاثة آلاف");
        check(111_000, "مئة وأحد عشر ألفًا");
        check(200_000, "مئتا ألف");
        check(202_000, "مئتا ألف وألفان");
        check(220_000, "مئتان وعشرون ألفًا");
        check(1_100, "ألف ومئة");
    }

    #[test]
    fn a_long_number_joins_all_its_parts() {
        check(
            987_654,
            "تسعمئة وسبعة وثمانون ألفًا وستمئة وأربعة وخمسون",
            "تسعمئة وسبعة وثمانون ألفًا وستمئة وأربع وخمسون",
        );
    }

    #[test]
    fn duals_lose_their_ending_before_the_noun() {
        let said = |value, gender| text(&number(value, gender, Followed::ByNoun));
        assert_eq!(said(200, Gender::Feminine), "مئتا");
        assert_eq!(said(2_000, Gender::Masculine), "ألفا");
        assert_eq!(said(8, Gender::Feminine), "ثماني");
        assert_eq!(said(2_200, Gender::Feminine), "ألفان ومئتا");
    }

    fn check(value: u32, masculine: &str, feminine: &str) {
        let said = |gender| text(&number(value, gender, Followed::Alone));
        assert_eq!(said(Gender::Masculine), masculine, "{value}");
        assert_eq!(said(Gender::Feminine), feminine, "{value}");
    }
}
