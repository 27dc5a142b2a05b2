//! What is wrong with a bundle, where, and what the writer probably meant.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::base::limit::{FAULT_LINE_MAX, FAULTS_MAX};
use crate::base::nearest::nearest;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// A kind of fault. Its word is stable: tools may look for it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        pub enum Code {
            $($(#[$doc])* #[serde(rename = $word)] $name,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The word that is printed.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

codes! {
    /// The bundle has too many files or bytes, or cannot be read.
    BundleUnreadable = "bundle-unreadable",
    /// A file is not UTF-8.
    FileNotText = "file-not-text",
    /// A file is longer than the limit.
    FileTooLong = "file-too-long",
    /// A file of the bundle is not there.
    FileMissing = "file-missing",
    /// A file is of no known kind, by its folder and name.
    FileUnknown = "file-unknown",
    /// The file is not YAML.
    YamlSyntax = "yaml-syntax",
    /// A key stands twice in one map.
    YamlDuplicateKey = "yaml-duplicate-key",
    /// An anchor or an alias.
    YamlAlias = "yaml-alias",
    /// A merge key.
    YamlMerge = "yaml-merge",
    /// A tag.
    YamlTag = "yaml-tag",
    /// Lists and maps nest too deeply.
    YamlDepth = "yaml-depth",
    /// More than one document in a file.
    YamlDocuments = "yaml-documents",
    /// A key is a number or a truth value without quotes.
    YamlKey = "yaml-key",
    /// `apiVersion` or `kind` is not what the file's place asks for.
    WrongKind = "wrong-kind",
    /// An id is not spelled as ids are.
    WrongId = "wrong-id",
    /// Two things of one kind have one id.
    DuplicateId = "duplicate-id",
    /// A field that does not exist here.
    UnknownField = "unknown-field",
    /// A field that must be there.
    MissingField = "missing-field",
    /// A value of the wrong type: a number where text is due, or the like.
    WrongType = "wrong-type",
    /// A value that is out of range or not one of the possible words.
    WrongValue = "wrong-value",
    /// A part of the language that this build does not have.
    NotInThisBuild = "not-in-this-build",
    /// A type of node that does not exist.
    UnknownType = "unknown-type",
    /// A target that is no node of the flow.
    UnknownTarget = "unknown-target",
    /// An outcome that no node ever has.
    UnknownOutcome = "unknown-outcome",
    /// A flow that does not exist.
    UnknownFlow = "unknown-flow",
    /// A prompt that does not exist.
    UnknownPrompt = "unknown-prompt",
    /// A queue that does not exist.
    UnknownQueue = "unknown-queue",
    /// A calendar that does not exist.
    UnknownCalendar = "unknown-calendar",
    /// An entity that does not exist.
    UnknownEntity = "unknown-entity",
    /// A sector that does not exist.
    UnknownSector = "unknown-sector",
    /// A skill that does not exist.
    UnknownSkill = "unknown-skill",
    /// A variable, input or output that is not declared.
    UnknownVariable = "unknown-variable",
    /// A term that does not exist.
    UnknownTerm = "unknown-term",
    /// A unit that does not exist.
    UnknownUnit = "unknown-unit",
    /// A language that the bundle or this build does not have.
    UnknownLanguage = "unknown-language",
    /// A text is missing in a language of the bundle.
    MissingLanguage = "missing-language",
    /// A unit lacks a plural form.
    MissingPlural = "missing-plural",
    /// A prompt's slot is given no value, or a value has no slot.
    WrongSlot = "wrong-slot",
    /// A sound that the installation does not have.
    MissingSound = "missing-sound",
    /// An expression that does not compile, or yields the wrong kind of value.
    WrongExpression = "wrong-expression",
    /// A key is given twice in one menu or one sector.
    DuplicateKey = "duplicate-key",
    /// An outcome that leads nowhere.
    UnresolvedOutcome = "unresolved-outcome",
    /// A node that no call can come to.
    UnreachableNode = "unreachable-node",
    /// A flow that nothing uses.
    UnusedFlow = "unused-flow",
    /// A loop without an end.
    EndlessLoop = "endless-loop",
    /// A node that must not be in this kind of flow.
    WrongPlace = "wrong-place",
    /// Times of a queue that contradict each other.
    WrongOrder = "wrong-order",
    /// A sensitive value goes where it would be seen.
    SensitiveShown = "sensitive-shown",
}

/// A place in a file: line and column from 1, width in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The line, from 1.
    pub line: u32,
    /// The character in the line, from 1.
    pub column: u32,
    /// How many characters.
    pub width: u32,
}

impl Place {
    /// The beginning of a file.
    pub const START: Self = Self { line: 1, column: 1, width: 1 };

    /// A part of this place, `offset` characters on.
    #[must_use]
    pub const fn inside(self, offset: u32, width: u32) -> Self {
        Self { line: self.line, column: self.column.saturating_add(offset), width }
    }
}

/// One thing that is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// What kind.
    pub code: Code,
    /// The file, relative to the bundle.
    pub file: String,
    /// Where in it.
    #[serde(flatten)]
    pub place: Place,
    /// What should stand there.
    pub wanted: String,
    /// What stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
    /// The right name nearest to what was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
    /// What to do about it, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// How `found` is shown.
    #[serde(skip)]
    shown: Shown,
    /// The line of the file.
    #[serde(skip)]
    source: Option<String>,
}

/// How what was found is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// In quotes: it stands so in the file.
    Quoted,
    /// Without: it says of what kind it is.
    Described,
}

impl Fault {
    /// A fault that wants something else than stands there.
    #[must_use]
    pub fn new(code: Code, file: &str, place: Place, wanted: impl Into<String>) -> Self {
        Self {
            code,
            file: file.to_owned(),
            place,
            wanted: wanted.into(),
            found: None,
            nearest: None,
            note: None,
            shown: Shown::Quoted,
            source: None,
        }
    }

    /// Says what stands there.
    #[must_use]
    pub fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }

    /// Says of what kind that is which stands there.
    #[must_use]
    pub fn found_kind(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self.shown = Shown::Described;
        self
    }

    /// Says the nearest of the right names, if one is near.
    #[must_use]
    pub fn near<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest =
            self.found.as_deref().and_then(|found| nearest(found, names)).map(Into::into);
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    fn write(&self, out: &mut String) {
        let Place { line, column, width } = self.place;
        let mut head =
            format!("{}:{line}:{column}: {}: wanted {}", self.file, self.code.word(), self.wanted);
        if let Some(found) = &self.found {
            let found = printable(found);
            let _ = match self.shown {
                Shown::Quoted => write!(head, ", found `{found}`"),
                Shown::Described => write!(head, ", found {found}"),
            };
        }
        if let Some(nearest) = &self.nearest {
            let _ = write!(head, "; nearest is `{nearest}`");
        }
        out.push_str(&head);
        out.push('\n');
        if let Some(source) = &self.source {
            let (shown, before) = cut(source, column);
            let room = shown.chars().count().saturating_sub(before).max(1);
            let caret = "^".repeat((width as usize).clamp(1, room));
            let lead = " ".repeat(before);
            let _ = writeln!(out, "{line:>6} | {shown}\n       | {lead}{caret}");
        }
        if let Some(note) = &self.note {
            let _ = writeln!(out, "       = {note}");
        }
    }
}

/// The part of a line around a column, and how many characters of it stand before the column.
fn cut(line: &str, column: u32) -> (String, usize) {
    let at = column.saturating_sub(1) as usize;
    let length = line.chars().count();
    let start = if length <= FAULT_LINE_MAX { 0 } else { at.saturating_sub(FAULT_LINE_MAX / 2) };
    let shown: String = line.chars().skip(start).take(FAULT_LINE_MAX).collect();
    (printable(&shown), at.saturating_sub(start))
}

/// Control characters would move the terminal's cursor; each is shown as a blank.
fn printable(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// Everything that is wrong with a bundle, in the order of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.to_text().trim_end())]
pub struct Faults {
    /// The first of them.
    pub faults: Vec<Fault>,
    /// How many there are.
    pub total: usize,
}

impl Faults {
    /// Sorts faults by place, leaves out repetitions and shows each its line.
    #[must_use]
    pub fn new(mut faults: Vec<Fault>, files: &BTreeMap<String, String>) -> Self {
        faults.sort_by(|a, b| {
            (&a.file, a.place, a.code, &a.wanted).cmp(&(&b.file, b.place, b.code, &b.wanted))
        });
        faults.dedup();
        let total = faults.len();
        faults.truncate(FAULTS_MAX);
        for fault in &mut faults {
            let line = fault.place.line.saturating_sub(1) as usize;
            fault.source = files
                .get(&fault.file)
                .and_then(|text| text.lines().nth(line))
                .map(|line| line.trim_end().to_owned());
        }
        Self { faults, total }
    }

    /// All of them for people: place, what is wanted, the line with a caret, a note.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for fault in &self.faults {
            fault.write(&mut out);
        }
        if self.total > self.faults.len() {
            let _ = writeln!(out, "… and {} more", self.total - self.faults.len());
        }
        out
    }

    /// All of them for tools.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("faults are plain values with text keys")
    }
}

/// Where the loader writes down what is wrong, so that one run tells of everything.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Vec<Fault>>);

impl Ledger {
    /// Writes one down.
    pub fn add(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }

    /// How many there are so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Whether nothing is wrong so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// All of them.
    #[must_use]
    pub fn into_faults(self) -> Vec<Fault> {
        self.0.into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_shows_its_line_with_a_caret() {
        let files = BTreeMap::from([("a.yaml".to_owned(), "x:\n  next: langauge\n".to_owned())]);
        let place = Place { line: 2, column: 9, width: 8 };
        let fault = Fault::new(Code::UnknownTarget, "a.yaml", place, "a node of this flow")
            .found("langauge")
            .near(["language", "bye"]);
        let faults = Faults::new(vec![fault.clone(), fault], &files);
        assert_eq!(
            faults.to_text(),
            "a.yaml:2:9: unknown-target: wanted a node of this flow, found `langauge`; nearest is \
             `language`\n     2 |   next: langauge\n       |         ^^^^^^^^\n"
        );
        assert_eq!(faults.to_json()["faults"][0]["line"], 2);
        assert_eq!(faults.total, 1);
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let (shown, before) = cut(&"0123456789".repeat(50), 301);
        assert_eq!(shown.chars().count(), FAULT_LINE_MAX);
        assert_eq!(before, FAULT_LINE_MAX / 2);
        assert!(shown.chars().nth(before) == Some('0'));
    }

    #[test]
    fn every_code_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> =
            Code::ALL.iter().map(|code| code.word()).collect();
        assert_eq!(words.len(), Code::ALL.len());
    }
}
