//! Numbers: below a hundred one part, each hundred one part, and the powers of a thousand, which
//! are nouns that are counted themselves.

use crate::flow::model::Gender;
use crate::flow::words::arabic::GENDERS;
use crate::flow::words::word::pick;
use crate::flow::words::{Followed, Word};

/// 1 to 10 for a masculine noun.
pub(super) const MASCULINE: [&str; 10] =
    ["واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"];

/// 1 to 10 for a feminine noun.
const FEMININE: [&str; 10] =
    ["واحدة", "اثنتان", "ثلاث", "أربع", "خمس", "ست", "سبع", "ثمانٍ", "تسع", "عشر"];

/// Eight before its feminine noun.
const EIGHT_OF: &str = "ثماني";

/// 11 to 19 for a masculine noun.
pub(super) const TEENS_MASCULINE: [&str; 9] = [
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

/// 11 to 19 for a feminine noun.
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

/// The same before what they count: the dual drops its ending, and the others sound their `ة`.
const HUNDREDS_OF: [&str; 9] =
    ["مئةُ", "مئتا", "ثلاثمئةِ", "أربعمئةِ", "خمسمئةِ", "ستمئةِ", "سبعمئةِ", "ثمانمئةِ", "تسعمئةِ"];

/// What Arabic letters call the ending that only a counted word has.
const DAMMA: char = '\u{64f}';

/// A power of a thousand, in the forms of a masculine noun.
struct Scale {
    size: u64,
    name: &'static str,
    one: &'static str,
    two: &'static str,
    /// Two of them, before what they count.
    two_of: &'static str,
    /// After 3 to 10.
    few: &'static str,
    /// After 11 to 99, when nothing follows that is counted.
    many: &'static str,
}

const SCALES: [Scale; 3] = [
    Scale {
        size: 1_000_000_000,
        name: "milliard",
        one: "مليار",
        two: "ملياران",
        two_of: "مليارا",
        few: "مليارات",
        many: "مليارًا",
    },
    Scale {
        size: 1_000_000,
        name: "million",
        one: "مليون",
        two: "مليونان",
        two_of: "مليونا",
        few: "ملايين",
        many: "مليونًا",
    },
    Scale {
        size: 1_000,
        name: "thousand",
        one: "ألف",
        two: "ألفان",
        two_of: "ألفا",
        few: "آلاف",
        many: "ألفًا",
    },
];

/// Words in the making.
struct Saying(Vec<Word>);

impl Saying {
    /// Adds a part that is joined to what was said before, if anything was.
    fn join(&mut self, word: Word) {
        self.0.push(if self.0.is_empty() { word } else { word.joined("و") });
    }
}

pub(super) fn number(value: u64, gender: Gender, followed: Followed) -> Vec<Word> {
    let mut saying = Saying(Vec::new());
    if value == 0 {
        saying.join(zero());
    }
    let mut rest = value;
    for scale in &SCALES {
        let count = rest / scale.size;
        rest %= scale.size;
        // Only what stands last is followed by the noun.
        let last = if rest == 0 { followed } else { Followed::Alone };
        say_scale(&mut saying, scale, count, last);
    }
    say_below_thousand(&mut saying, rest, gender, followed);
    saying.0
}

pub(super) fn words() -> Vec<Word> {
    let mut free = Vec::new();
    for gender in GENDERS {
        for value in 1..100 {
            let alone = below_hundred(value, gender, Followed::Alone);
            let of = below_hundred(value, gender, Followed::ByNoun);
            free.extend((of != alone).then_some(of));
            // The tens are the same for both.
            free.extend((gender == Gender::Masculine || !is_ten(value)).then_some(alone));
        }
    }
    for value in 1..10 {
        free.extend([Followed::Alone, Followed::ByNoun].map(|followed| hundreds(value, followed)));
    }
    let mut bound = vec![zero()];
    for scale in &SCALES {
        free.extend([scale.word("", scale.one), scale.word("two-", scale.two)]);
        free.push(scale.word("two-of-", scale.two_of));
        bound.extend([scale.word("few-", scale.few), scale.word("many-", scale.many)]);
    }
    let joined: Vec<Word> = free.iter().map(|word| word.joined("و")).collect();
    free.into_iter().chain(joined).chain(bound).collect()
}

fn zero() -> Word {
    Word::new("number/0", "صفر")
}

fn say_scale(saying: &mut Saying, scale: &Scale, count: u64, followed: Followed) {
    match (count, count % 100) {
        (0, _) => {}
        (1, _) => saying.join(scale.word("", scale.one)),
        (2, _) => saying.join(scale.two(followed)),
        // 101,000 is a hundred thousand and a thousand.
        (_, last @ 0..=2) => {
            saying.join(hundreds(count / 100, Followed::ByNoun));
            saying.0.push(scale.word("", scale.one));
            match last {
                0 => {}
                1 => saying.join(scale.word("", scale.one)),
                _ => saying.join(scale.two(followed)),
            }
        }
        (_, last) => {
            say_below_thousand(saying, count, Gender::Masculine, Followed::ByNoun);
            saying.0.push(match (last, followed) {
                (3..=10, _) => scale.word("few-", scale.few),
                (_, Followed::Alone) => scale.word("many-", scale.many),
                (_, Followed::ByNoun) => scale.word("", scale.one),
            });
        }
    }
}

/// Nothing for zero.
fn say_below_thousand(saying: &mut Saying, value: u64, gender: Gender, followed: Followed) {
    let (count, small) = (value / 100, value % 100);
    if count > 0 {
        let last = if small == 0 { followed } else { Followed::Alone };
        saying.join(hundreds(count, last));
    }
    if small > 0 {
        saying.join(below_hundred(small, gender, followed));
    }
}

fn hundreds(count: u64, followed: Followed) -> Word {
    match followed {
        Followed::Alone => Word::new(format!("number/{count}00"), pick(&HUNDREDS, count - 1)),
        Followed::ByNoun => {
            Word::new(format!("number/{count}00-of"), pick(&HUNDREDS_OF, count - 1))
        }
    }
}

const fn is_ten(value: u64) -> bool {
    value >= 20 && value.is_multiple_of(10)
}

/// 1 to 99.
fn below_hundred(value: u64, gender: Gender, followed: Followed) -> Word {
    if is_ten(value) {
        return Word::new(format!("number/{value}"), pick(&TENS, value / 10 - 2));
    }
    let (small, teens, letter) = match gender {
        Gender::Masculine => (&MASCULINE, &TEENS_MASCULINE, 'm'),
        Gender::Feminine => (&FEMININE, &TEENS_FEMININE, 'f'),
    };
    let name = format!("number/{value}-{letter}");
    match (value, gender, followed) {
        (3..=10, Gender::Masculine, Followed::ByNoun) => {
            Word::new(format!("{name}-of"), format!("{}{DAMMA}", pick(small, value - 1)))
        }
        (8, Gender::Feminine, Followed::ByNoun) => Word::new(format!("{name}-of"), EIGHT_OF),
        (0..=10, _, _) => Word::new(name, pick(small, value - 1)),
        (11..20, _, _) => Word::new(name, pick(teens, value - 11)),
        (_, _, _) => {
            let one = match (value % 10, gender) {
                (1, Gender::Feminine) => "إحدى",
                (ones, _) => pick(small, ones - 1),
            };
            Word::new(name, format!("{one} و{}", pick(&TENS, value / 10 - 2)))
        }
    }
}

impl Scale {
    fn two(&self, followed: Followed) -> Word {
        match followed {
            Followed::Alone => self.word("two-", self.two),
            Followed::ByNoun => self.word("two-of-", self.two_of),
        }
    }

    fn word(&self, form: &str, text: &'static str) -> Word {
        Word::new(format!("number/{form}{}", self.name), text)
    }
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
        check(3_000, "ثلاثةُ آلاف");
        check(10_000, "عشرةُ آلاف");
        check(11_000, "أحد عشر ألفًا");
        check(21_000, "واحد وعشرون ألفًا");
        check(100_000, "مئةُ ألف");
        check(101_000, "مئةُ ألف وألف");
        check(102_000, "مئةُ ألف وألفان");
        check(103_000, "مئة وثلاثةُ آلاف");
        check(111_000, "مئة وأحد عشر ألفًا");
        check(200_000, "مئتا ألف");
        check(202_000, "مئتا ألف وألفان");
        check(220_000, "مئتان وعشرون ألفًا");
        check(1_100, "ألف ومئة");
        check(2_000_000, "مليونان");
        check(5_000_000, "خمسةُ ملايين");
        check(12_002_000_000, "اثنا عشر مليارًا ومليونان");
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
    fn what_stands_before_its_noun_changes_its_ending() {
        let said = |value, gender| text(&number(value, gender, Followed::ByNoun));
        assert_eq!(said(200, Gender::Feminine), "مئتا");
        assert_eq!(said(2_000, Gender::Masculine), "ألفا");
        assert_eq!(said(8, Gender::Feminine), "ثماني");
        assert_eq!(said(5, Gender::Masculine), "خمسةُ");
        assert_eq!(said(2_200, Gender::Feminine), "ألفان ومئتا");
        assert_eq!(said(13_000, Gender::Masculine), "ثلاثة عشر ألف");
        assert_eq!(said(13_100, Gender::Masculine), "ثلاثة عشر ألفًا ومئةُ");
    }

    fn check(value: u64, masculine: &str, feminine: &str) {
        let said = |gender| text(&number(value, gender, Followed::Alone));
        assert_eq!(said(Gender::Masculine), masculine, "{value}");
        assert_eq!(said(Gender::Feminine), feminine, "{value}");
    }
}
