//! One thing that is wrong, where, and what the writer probably meant.

use std::fmt::Write as _;

use serde::Serialize;

use crate::base::limit::FAULT_LINE_MAX;
use crate::base::nearest::nearest;
use crate::flow::diagnostic::{Code, Severity};

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
    /// How bad it is.
    pub severity: Severity,
    /// How `found` is shown.
    #[serde(skip)]
    shown: Shown,
    /// The line of the file.
    #[serde(skip)]
    pub(super) source: Option<String>,
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
            severity: code.severity(),
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

    /// Says how bad it is, where that is not as its kind has it.
    #[must_use]
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// What is wanted and what was found, in one line without the place.
    #[must_use]
    pub fn message(&self) -> String {
        let mut message = format!("wanted {}", self.wanted);
        if let Some(found) = &self.found {
            let _ = match self.shown {
                Shown::Quoted => write!(message, ", found `{found}`"),
                Shown::Described => write!(message, ", found {found}"),
            };
        }
        if let Some(nearest) = &self.nearest {
            let _ = write!(message, "; nearest is `{nearest}`");
        }
        printable(&message)
    }

    pub(super) fn write(&self, out: &mut String) {
        let Place { line, column, width } = self.place;
        let lead = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        let (word, message) = (self.code.word(), self.message());
        let _ = writeln!(out, "{}:{line}:{column}: {lead}{word}: {message}", printable(&self.file));
        if let Some(source) = &self.source {
            let (shown, before) = cut(source, column);
            let room = shown.chars().count().saturating_sub(before).max(1);
            let caret = "^".repeat((width as usize).clamp(1, room));
            let lead = " ".repeat(before);
            let _ = writeln!(out, "{line:>6} | {shown}\n       | {lead}{caret}");
        }
        if let Some(note) = &self.note {
            let _ = writeln!(out, "       = {}", printable(note));
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

/// Control characters would move the terminal's cursor, and marks that turn the direction of
/// writing would show a line as it does not stand: each is shown as a blank.
fn printable(text: &str) -> String {
    let moves = |letter: char| {
        letter.is_control() || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|letter| if moves(letter) { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let (shown, before) = cut(&"0123456789".repeat(50), 301);
        assert_eq!(shown.chars().count(), FAULT_LINE_MAX);
        assert_eq!(before, FAULT_LINE_MAX / 2);
        assert!(shown.chars().nth(before) == Some('0'));
    }

    #[test]
    fn nothing_that_is_shown_moves_the_cursor_or_turns_the_line() {
        let fault = Fault::new(Code::WrongValue, "a\u{7}.yaml", Place::START, "b\u{202e}")
            .found("c\u{1b}")
            .near(["c\u{7f}"])
            .note("d\u{0}");
        let mut out = String::new();
        fault.write(&mut out);
        assert_eq!(
            out,
            "a .yaml:1:1: wrong-value: wanted b , found `c `; nearest is `c `\n       = d \n"
        );
    }
}
