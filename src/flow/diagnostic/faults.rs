//! Everything that is wrong with a bundle, in the order of its files.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::base::limit::FAULTS_MAX;
use crate::flow::diagnostic::{Fault, Severity};

/// Everything that is wrong with a bundle, in the order of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.to_text().trim_end())]
pub struct Faults {
    /// The first of them.
    pub faults: Vec<Fault>,
    /// How many there are.
    pub total: usize,
    /// How many of them keep the bundle from taking calls.
    pub errors: usize,
}

impl Faults {
    /// Sorts faults by place, leaves out repetitions and shows each its line.
    #[must_use]
    pub fn new(mut faults: Vec<Fault>, files: &BTreeMap<String, String>) -> Self {
        faults.sort_by(in_order);
        faults.dedup();
        let total = faults.len();
        let errors = faults.iter().filter(|fault| fault.severity == Severity::Error).count();
        if total > FAULTS_MAX {
            // What keeps the bundle from taking calls is told before what does not.
            faults.sort_by_key(|fault| fault.severity);
            faults.truncate(FAULTS_MAX);
            faults.sort_by(in_order);
        }
        for fault in &mut faults {
            let line = fault.place.line.saturating_sub(1) as usize;
            fault.source = files
                .get(&fault.file)
                .and_then(|text| text.lines().nth(line))
                .map(|line| line.trim_end().to_owned());
        }
        Self { faults, total, errors }
    }

    /// Whether nothing is told.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// Those of one severity.
    #[must_use]
    pub fn only(mut self, severity: Severity) -> Self {
        self.faults.retain(|fault| fault.severity == severity);
        match severity {
            Severity::Error => Self { total: self.errors, ..self },
            Severity::Warning => Self { total: self.warnings(), errors: 0, ..self },
        }
    }

    /// How many do not keep the bundle from taking calls.
    #[must_use]
    pub const fn warnings(&self) -> usize {
        self.total - self.errors
    }

    /// Both together, in order.
    #[must_use]
    pub fn and(self, more: Self, files: &BTreeMap<String, String>) -> Self {
        let left_out = self.total - self.faults.len() + more.total - more.faults.len();
        let errors = self.errors + more.errors;
        let faults = self.faults.into_iter().chain(more.faults).collect();
        let both = Self::new(faults, files);
        Self { total: both.total + left_out, errors, ..both }
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

fn in_order(a: &Fault, b: &Fault) -> Ordering {
    (&a.file, a.place, a.code, &a.wanted).cmp(&(&b.file, b.place, b.code, &b.wanted))
}

/// Where the loader writes down what is wrong, so that one run tells of everything.
#[derive(Debug, Default)]
pub struct Ledger(RefCell<Vec<Fault>>);

impl Ledger {
    /// Writes one down.
    pub fn add(&self, fault: Fault) {
        self.0.borrow_mut().push(fault);
    }

    /// Whether anything so far keeps the bundle from taking calls.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(|fault| fault.severity == Severity::Error)
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
    use crate::flow::diagnostic::{Code, Place};

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
}
