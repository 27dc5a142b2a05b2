//! Where the judges spell otherwise, as changes to our words; the reasons are in `deviations.md`.

use hatif::flow::model::Gender;

/// The Urdu numbers whose word espeak-ng reads with other consonants than their digits.
pub(crate) const URDU_SOUNDS: [usize; 3] = [54, 64, 93];

/// One change, and how often it was needed.
struct Deviation {
    name: &'static str,
    change: Box<dyn Fn(&str) -> String>,
    count: usize,
}

/// The changes that turn our words into the judge's.
pub(crate) struct Deviations(Vec<Deviation>);

impl Deviations {
    pub(crate) fn none() -> Self {
        Self(Vec::new())
    }

    fn with(mut self, name: &'static str, change: impl Fn(&str) -> String + 'static) -> Self {
        self.0.push(Deviation { name, change: Box::new(change), count: 0 });
        self
    }

    /// Swaps whole words.
    fn words(self, name: &'static str, swaps: &'static [(&'static str, &'static str)]) -> Self {
        self.with(name, move |text| {
            let whole = format!(" {text} ");
            let swapped = swaps.iter().fold(whole, |text, (from, to)| {
                text.replace(&format!(" {from} "), &format!(" {to} "))
                    .replace(&format!(" و{from} "), &format!(" و{to} "))
            });
            swapped.trim().to_owned()
        })
    }

    /// Swaps letters wherever they stand.
    fn letters(self, name: &'static str, swaps: &'static [(&'static str, &'static str)]) -> Self {
        self.with(name, move |text| {
            swaps.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
        })
    }

    /// Our words as the judge would have them.
    pub(crate) fn as_judged(&mut self, ours: &str) -> String {
        let mut text = plain(ours);
        for deviation in &mut self.0 {
            let changed = (deviation.change)(&text);
            deviation.count += usize::from(changed != text);
            text = changed;
        }
        plain(&text)
    }

    /// The changes that no value needed.
    pub(crate) fn idle(&self) -> Vec<&'static str> {
        self.0.iter().filter(|one| one.count == 0).map(|one| one.name).collect()
    }
}

/// The same words where only the spelling differs: Arabic vowel signs, `مائة` for `مئة`, `إثنان`
/// for `اثنان`, a hyphen in `oh-five`, Devanagari letters in two parts, spaces.
pub(crate) fn plain(text: &str) -> String {
    let letters = text.chars().filter(|letter| !('\u{64b}'..='\u{652}').contains(letter));
    let text: String = letters.collect();
    let same = [
        ("مائ", "مئ"),
        ("إثن", "اثن"),
        ("oh-", "oh "),
        ("ड\u{93c}", "\u{95c}"),
        ("ज\u{93c}", "\u{95b}"),
    ];
    let text = same.iter().fold(text, |text, (from, to)| text.replace(from, to));
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn arabic(gender: Gender) -> Deviations {
    let agreeing = match gender {
        Gender::Masculine => Deviations::none(),
        Gender::Feminine => arabic_feminine(),
    };
    agreeing
        .letters("eleven", &[("أحد عشر", "إحدى عشر")])
        .with("thousands and one", apart)
        .with("thousands above a hundred", many_thousands)
        .words("two thousand", &[("ألفان", "ألفي")])
        .words("two million", &[("مليونان", "اثنان مليون"), ("ملياران", "اثنان مليار")])
        .words("counted thousands", &[("ألفا", "ألف"), ("مليونا", "مليون"), ("مليارا", "مليار")])
        .words("counted millions", &[("ملايين", "مليون"), ("مليارات", "مليار")])
        .words("two hundred thousand", &[("مئتا", "مئتان")])
        .words(
            "three hundred",
            &[
                ("ثلاثمئة", "ثلاثة مئة"),
                ("أربعمئة", "أربعة مئة"),
                ("خمسمئة", "خمسة مئة"),
                ("ستمئة", "ستة مئة"),
                ("سبعمئة", "سبعة مئة"),
                ("ثمانمئة", "ثمانية مئة"),
                ("تسعمئة", "تسعة مئة"),
            ],
        )
}

fn arabic_feminine() -> Deviations {
    Deviations::none()
        .letters(
            "feminine compounds",
            &[
                ("إحدى عشرة", "أحد عشر"),
                ("ثلاث عشرة", "ثلاثة عشر"),
                ("أربع عشرة", "أربعة عشر"),
                ("خمس عشرة", "خمسة عشر"),
                ("ست عشرة", "ستة عشر"),
                ("سبع عشرة", "سبعة عشر"),
                ("ثماني عشرة", "ثمانية عشر"),
                ("تسع عشرة", "تسعة عشر"),
                ("إحدى و", "واحد و"),
            ],
        )
        .with("feminine below a longer number", |text| {
            // By themselves 1, 2 and 12 have their feminine.
            if ["واحدة", "اثنتان", "اثنتا عشرة"].contains(&text) {
                return text.to_owned();
            }
            text.replace("واحدة", "واحد")
                .replace("اثنتان", "اثنان")
                .replace("اثنتا عشرة", "اثنا عشر")
        })
        .words(
            "feminine units",
            &[
                ("ثلاث", "ثلاثة"),
                ("أربع", "أربعة"),
                ("خمس", "خمسة"),
                ("ست", "ستة"),
                ("سبع", "سبعة"),
                ("ثمان", "ثمانية"),
                ("تسع", "تسعة"),
            ],
        )
        .with("feminine ten", |text| match text.rsplit_once(' ') {
            Some((before, "وعشر")) => format!("{before} وعشرة"),
            Some(_) => text.to_owned(),
            None if text == "عشر" => "عشرة".to_owned(),
            None => text.to_owned(),
        })
}

/// A hundred thousand and a thousand as a hundred and one thousand.
fn apart(text: &str) -> String {
    let mut text = format!("{text} ");
    for (one, two) in [("ألف", "ألفان"), ("مليون", "مليونان"), ("مليار", "ملياران")]
    {
        for (count, said) in [(one, "واحد"), (two, "اثنان")] {
            let hundred = format!("مئة {one} و{count} ");
            text = text.replace(&hundred, &format!("مئة و{said} {one} "));
            let two_hundred = format!("مئتا {one} و{count} ");
            text = text.replace(&two_hundred, &format!("مئتان و{said} {one} "));
        }
    }
    text.trim().to_owned()
}

/// Three to ten thousand after hundreds of thousands, with the noun in the singular.
fn many_thousands(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let mut said: Vec<&str> = Vec::new();
    for (index, &word) in words.iter().enumerate() {
        let before = index.checked_sub(2).and_then(|at| words.get(at));
        let follows = before.is_some_and(|word| word.ends_with("مئة") || word.ends_with("مئتان"));
        said.push(if word == "آلاف" && follows { "ألف" } else { word });
    }
    said.join(" ")
}

pub(crate) fn hindi() -> Deviations {
    Deviations::none()
        .letters("fifteen", &[("पंद्रह", "पन्द्रह")])
        .letters("53 and 63", &[("तिरपन", "तिरेपन"), ("तिरसठ", "तिरेसठ")])
        .letters("79", &[("उन्यासी", "उनासी")])
        .letters("95", &[("पचानवे", "पंचानवे")])
        .letters(
            "91 to 99",
            &[
                ("इक्यानवे", "इक्यानबे"),
                ("बानवे", "बानबे"),
                ("रानवे", "रानबे"),
                ("चानवे", "चानबे"),
                ("यानवे", "यानबे"),
                ("त्तानवे", "त्तानबे"),
                ("ट्ठानवे", "ट्ठानबे"),
                ("न्यानवे", "न्यानबे"),
            ],
        )
}

pub(crate) fn hindi_feminine() -> Deviations {
    hindi().with("the feminine ending", |text| match text.strip_suffix("वीं") {
        Some(before) => format!("{before}वी"),
        None => text.to_owned(),
    })
}
