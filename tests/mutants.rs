//! Damaged bundles and expressions: whatever is in a file, the loader answers.
//!
//! A few thousand in every run, from fixed seeds. `make soak` tries a hundred thousand, and there
//! each has two seconds.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a soak tells how far it has come and looks at the clock; a wrong cut fails the test"
)]

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use hatif::base::chance::Rng;
use hatif::base::limit::BUNDLE_FILE_BYTES_MAX;
use hatif::flow::diagnostic::to_sarif;
use hatif::flow::expression::{Expression, Kind, Scope, Template};
use hatif::flow::{prove, trial};
use hatif::shell::files;

/// Damaged bundles of one test in every run.
const BUNDLES: u64 = 300;
/// Damaged expressions in every run.
const EXPRESSIONS: u64 = 4_000;
/// Damaged bundles and expressions of a soak, half of each.
const SOAK: u64 = 100_000;
/// What one may take in a soak.
const PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of what is made huge.
const HUGE: usize = 8 * 1024;

/// Words that mean something to the reader of YAML, of flows or of expressions.
const WORDS: [&str; 64] = [
    "null",
    "true",
    "false",
    "0",
    "-1",
    "9223372036854775807",
    "-9223372036854775808",
    "1e9",
    "0x10",
    "~",
    "\"\"",
    "''",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    ",",
    "- ",
    "? ",
    "| ",
    "> ",
    "|2-\n",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "! ",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "# ",
    "\t",
    "${",
    "}",
    "${vars.",
    "${{}}",
    "vars.",
    "inputs.x",
    "env.cases",
    "item.key",
    "entities",
    "sectors",
    "entities.filter(e, true)",
    "entity_of('power')",
    "x.all(y, y)",
    "has(vars.lang)",
    "&&",
    "||",
    "?",
    "!",
    "==",
    ">= 5",
    "type: queue",
    "type: call",
    "next: ",
    "events: {error: ",
    "limit: ",
    "when: ",
    "\\u0000",
    "\\x",
];

/// Letters that move the eye, join others, or are none.
const LETTERS: [char; 16] = [
    '\u{0}',
    '\u{7}',
    '\u{85}',
    '\u{a0}',
    '\u{ad}',
    '\u{301}',
    '\u{640}',
    '\u{200d}',
    '\u{200f}',
    '\u{202e}',
    '\u{2028}',
    '\u{feff}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{1f1e6}',
    '\u{10ffff}',
];

/// Pairs that nest.
const NESTS: [(&str, &str); 8] = [
    ("[", "]"),
    ("{a: ", "}"),
    ("(", ")"),
    ("- ", ""),
    ("!", ""),
    ("-", ""),
    ("${", "}"),
    ("true ? 1 : ", ""),
];

type Files = BTreeMap<String, String>;

fn bundle(folder: &str) -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    files::bundle_in(&folder).expect("the bundle is there")
}

/// Damages texts.
struct Hammer {
    rng: Rng,
    /// Good texts, from which pieces are taken.
    quarry: Vec<String>,
}

impl Hammer {
    fn new(seed: u64, quarry: Vec<String>) -> Self {
        Self { rng: Rng::seeded(seed), quarry }
    }

    fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.rng.below(u64::try_from(most.max(1)).expect("it fits")))
            .expect("small")
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A place between two letters.
    fn cut(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }

    /// Part of a text, no longer than `most` bytes.
    fn part(&mut self, text: &str, most: usize) -> std::ops::Range<usize> {
        let start = self.cut(text);
        let mut end = (start + self.below(most) + 1).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        start..end.max(start)
    }

    /// A line with its end.
    fn line(&mut self, text: &str) -> std::ops::Range<usize> {
        let at = self.cut(text);
        let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
        start..end
    }

    /// A word or a sign.
    fn token(&mut self, text: &str) -> std::ops::Range<usize> {
        let at = self.cut(text);
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        let start = text[..at]
            .rfind(|letter| !is_word(letter))
            .map_or(0, |end| end + text[end..].chars().next().map_or(0, char::len_utf8));
        let end = text[at..].find(|letter| !is_word(letter)).map_or(text.len(), |end| at + end);
        if start < end { start..end } else { self.part(text, 1) }
    }

    /// A text that is damaged in one to four ways.
    fn strike(&mut self, text: &str) -> String {
        let mut text = text.to_owned();
        for _ in 0..=self.below(4) {
            text = self.once(text);
        }
        text.truncate(text.floor_char_boundary(BUNDLE_FILE_BYTES_MAX));
        text
    }

    fn once(&mut self, mut text: String) -> String {
        match self.below(14) {
            0 => text.replace_range(self.part(&text, 40), ""),
            1 => {
                let piece = text[self.part(&text, 40)].to_owned();
                text.insert_str(self.cut(&text), &piece);
            }
            2 => text.replace_range(self.line(&text), ""),
            3 => {
                let line = text[self.line(&text)].to_owned();
                text.insert_str(self.line(&text).start, &line);
            }
            4 => {
                let line = self.line(&text);
                let taken = text[line.clone()].to_owned();
                text.replace_range(line, "");
                text.insert_str(self.line(&text).start, &taken);
            }
            5 => {
                let other = self.below(self.quarry.len());
                let other = self.quarry[other].clone();
                let piece = other[self.part(&other, 300)].to_owned();
                text.replace_range(self.part(&text, 300), &piece);
            }
            6 => {
                let other = self.below(self.quarry.len());
                let other = self.quarry[other].clone();
                let token = other[self.token(&other)].to_owned();
                text.replace_range(self.token(&text), &token);
            }
            7 | 8 => {
                let word = self.pick(&WORDS);
                text.replace_range(self.token(&text), word);
            }
            9 => {
                let word = self.pick(&WORDS);
                text.insert_str(self.cut(&text), word);
            }
            10 => text.insert(self.cut(&text), self.pick_letter()),
            11 => self.nest(&mut text),
            12 => {
                let token = text[self.token(&text)].to_owned();
                let times = 1 + self.below(HUGE / token.len().max(1));
                text.replace_range(self.token(&text), &token.repeat(times));
            }
            _ => {
                // One byte of a letter is not one letter: what is read is what is left.
                let at = self.below(text.len());
                let mut bytes = text.into_bytes();
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = byte.wrapping_add(u8::try_from(self.below(256)).expect("a byte"));
                }
                text = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        text
    }

    fn pick_letter(&mut self) -> char {
        self.pick(&LETTERS)
    }

    fn nest(&mut self, text: &mut String) {
        let (open, close) = self.pick(&NESTS);
        let token = self.token(text);
        let depth = 1 + self.below(600);
        let inside =
            format!("{}{}{}", open.repeat(depth), &text[token.clone()], close.repeat(depth));
        text.replace_range(token, &inside);
    }
}

/// What came of the damage.
#[derive(Debug, Default)]
struct Figures {
    tried: u64,
    good: u64,
    faults: usize,
    slowest: Duration,
}

impl Figures {
    fn took(&mut self, since: Instant) {
        self.slowest = self.slowest.max(since.elapsed());
    }
}

/// Damages one or two files of a bundle, again and again.
fn bundles(good: &Files, seed: u64, number: u64) -> Figures {
    let names: Vec<&String> = good.keys().collect();
    let mut hammer = Hammer::new(seed, good.values().cloned().collect());
    let mut figures = Figures::default();
    for _ in 0..number {
        let mut files = good.clone();
        for _ in 0..=hammer.below(2) {
            let name = names[hammer.below(names.len())];
            let damaged = hammer.strike(&files[name]);
            files.insert(name.clone(), damaged);
        }
        let since = Instant::now();
        answers(&files, &mut figures);
        figures.took(since);
    }
    figures
}

/// The loader answers: with a bundle, or with faults in order that can be shown in every form.
fn answers(files: &Files, figures: &mut Figures) {
    let proof = prove(files, None);
    let faults = match &proof.bundle {
        Some(bundle) => {
            figures.good += 1;
            proof.faults.and(trial::faults(files, bundle), files)
        }
        None => proof.faults,
    };
    figures.tried += 1;
    figures.faults += faults.total;
    let places: Vec<_> = faults.faults.iter().map(|fault| (&fault.file, fault.place)).collect();
    assert!(places.is_sorted(), "faults are told by file and line: {places:?}");
    assert_eq!(faults.to_text().is_empty(), faults.is_empty());
    assert!(faults.to_text().chars().all(|letter| letter == '\n' || !letter.is_control()));
    assert!(faults.to_json()["faults"].as_array().is_some_and(|all| all.len() <= faults.total));
    assert_eq!(to_sarif(&faults, "ivr-flows")["version"], "2.1.0");
}

/// Damages expressions, and reads each as one and as a text with slots.
fn expressions(seed: u64, number: u64) -> Figures {
    let scope = scope();
    let good: Vec<String> = EXPRESSIONS_THAT_ARE_GOOD.map(str::to_owned).into();
    let mut hammer = Hammer::new(seed, good.clone());
    let mut figures = Figures::default();
    for _ in 0..number {
        let at = hammer.below(good.len());
        let damaged = hammer.strike(&good[at]);
        let since = Instant::now();
        let read = [
            Expression::compile(&damaged, &scope).map(|_| ()),
            Template::compile(&damaged, &scope).map(|_| ()),
        ];
        for fault in read.into_iter().filter_map(Result::err) {
            figures.faults += 1;
            assert!(fault.offset <= damaged.len() && !fault.wanted.is_empty(), "{damaged:?}");
        }
        figures.tried += 1;
        figures.took(since);
    }
    figures
}

const EXPRESSIONS_THAT_ARE_GOOD: [&str; 16] = [
    "vars.lang == 'ar' && !vars.done",
    "vars.count + 1",
    "queue.ewt_s / 60",
    "queue.wait_s > 0 && queue.agent == \"\"",
    "vars.urgent ? 0 : vars.entity in [\"police\", \"civil_defence\"] ? 1 : 2",
    "entities.filter(e, e.sector == vars.sector)",
    "sectors.map(s, s.id).exists(i, i == vars.sector)",
    "entity_of(vars.entity).calendar",
    "has_entity(vars.entity) && open_now('office')",
    "vars.case_no.startsWith('1') || vars.case_no.matches('^[0-9]{6,10}$')",
    "int(vars.case_no) % 7 == 3",
    "size(vars.case_no) >= 6",
    "entities[0].departments[0].name.ar",
    "lang.${vars.lang} >= 3",
    "${env.cases}/cases/${vars.case_no}?at=${now.unix_s}",
    "{'a': [1, 2, 3]}.a[vars.count]",
];

fn scope() -> Scope {
    let kinds = [
        ("lang", Kind::Text),
        ("sector", Kind::Text),
        ("entity", Kind::Text),
        ("case_no", Kind::Text),
        ("count", Kind::Int),
        ("done", Kind::Bool),
        ("urgent", Kind::Bool),
    ];
    Scope {
        variables: kinds.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        env: ["cases".to_owned()].into(),
        entities: ["power".to_owned()].into(),
        calendars: ["office".to_owned()].into(),
        ..Scope::default()
    }
}

macro_rules! damaged_bundles {
    ($($name:ident: $seed:literal;)+) => {
        $(
            #[test]
            fn $name() {
                let figures = bundles(&bundle("tests/faults/bundle"), $seed, BUNDLES);
                assert!(figures.faults > 0, "{figures:?}");
            }
        )+
    };
}

damaged_bundles! {
    the_loader_answers_a_first_row_of_damaged_bundles: 1;
    the_loader_answers_a_second_row_of_damaged_bundles: 2;
    the_loader_answers_a_third_row_of_damaged_bundles: 3;
    the_loader_answers_a_fourth_row_of_damaged_bundles: 4;
}

#[test]
fn every_damaged_expression_is_read_or_told() {
    let figures = expressions(5, EXPRESSIONS);
    assert!(figures.faults > 0, "{figures:?}");
}

#[test]
fn a_hundred_thousand_are_answered_in_time() {
    if std::env::var("SOAK").is_err() {
        println!("SOAK=1 damages a hundred thousand; `make soak` does");
        return;
    }
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let (first, half) = (number("SEED").unwrap_or(800), number("MUTANTS").unwrap_or(SOAK) / 2);
    for (name, folder) in [("small", "tests/faults/bundle"), ("shipped", "ivr-flows")] {
        let figures = bundles(&bundle(folder), first, half / 2);
        println!("{name} bundle: {figures:?}");
        assert!(figures.slowest < PATIENCE, "{figures:?}");
    }
    let figures = expressions(first, half);
    println!("expressions: {figures:?}");
    assert!(figures.slowest < PATIENCE, "{figures:?}");
}
