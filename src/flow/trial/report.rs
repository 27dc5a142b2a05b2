//! What became of the tests, for people and for programs.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::json;

use crate::flow::diagnostic::Place;
use crate::flow::trial::booth::Line;
use crate::flow::trial::coverage::{Coverage, Share};
use crate::flow::trial::play::shown;

/// All tests of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Each test, in the order of the files.
    pub verdicts: Vec<Verdict>,
    /// Each test file's coverage.
    pub coverage: Vec<Coverage>,
}

/// One test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Its file.
    pub file: String,
    /// Its name.
    pub name: Arc<str>,
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// Why it was not played, if it was not.
    pub skipped: Option<String>,
    /// What happened in the call.
    pub lines: Vec<Line>,
}

/// Why a test failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Its file.
    pub file: String,
    /// The step.
    pub place: Place,
    /// What the step wants.
    pub wanted: String,
    /// What was there.
    pub found: String,
}

impl Line {
    /// The line with its time, as transcripts show it.
    #[must_use]
    pub fn shown(&self) -> String {
        let seconds = self.at.as_secs();
        let tenths = self.at.subsec_millis() / 100;
        format!("{:>3}:{:02}.{tenths}  {}", seconds / 60, seconds % 60, self.text)
    }
}

impl Report {
    /// Whether every test passed and every file has the coverage that it wants.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.failure.is_none())
            && self.coverage.iter().all(Coverage::is_enough)
    }

    /// For people: failed tests with what happened in the call, then the sums.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        let mut write = |line: String| {
            let _ = writeln!(text, "{line}");
        };
        for verdict in &self.verdicts {
            if let Some(why) = &verdict.skipped {
                write(format!("left  {}: {why}", verdict.name));
                continue;
            }
            let Some(failure) = &verdict.failure else {
                write(format!("good  {}", verdict.name));
                continue;
            };
            write(format!("BAD   {}", verdict.name));
            let place = shown(failure.place);
            write(format!(
                "{}:{place}: wanted {}, found {}",
                failure.file, failure.wanted, failure.found
            ));
            for line in &verdict.lines {
                write(format!("    {}", line.shown()));
            }
        }
        for coverage in &self.coverage {
            write(share(&coverage.file, "nodes", &coverage.nodes));
            write(share(&coverage.file, "outcomes", &coverage.outcomes));
        }
        let failed = self.verdicts.iter().filter(|verdict| verdict.failure.is_some()).count();
        let skipped = self.verdicts.iter().filter(|verdict| verdict.skipped.is_some()).count();
        let left = if skipped == 0 { String::new() } else { format!(", {skipped} not played") };
        write(format!("{} tests, {failed} failed{left}", self.verdicts.len()));
        text
    }

    /// For programs.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        let tests: Vec<_> = self.verdicts.iter().map(Verdict::to_json).collect();
        let coverage: Vec<_> = self
            .coverage
            .iter()
            .map(|of| {
                json!({
                    "file": of.file,
                    "nodes": share_json(&of.nodes),
                    "outcomes": share_json(&of.outcomes),
                })
            })
            .collect();
        json!({ "good": self.is_good(), "tests": tests, "coverage": coverage })
    }
}

fn share(file: &str, what: &str, share: &Share) -> String {
    let missed = share.missed.join(", ");
    let tail = if missed.is_empty() { String::new() } else { format!("; not: {missed}") };
    let word = if share.is_enough() { "good" } else { "BAD " };
    let wanted = share.wanted.map_or_else(String::new, |wanted| format!(" of {wanted} % wanted"));
    format!("{word}  {file}: {} %{wanted} of {} {what}{tail}", share.percent(), share.all)
}

fn share_json(share: &Share) -> serde_json::Value {
    json!({
        "percent": share.percent(),
        "wanted": share.wanted,
        "all": share.all,
        "missed": share.missed,
    })
}

impl Verdict {
    fn to_json(&self) -> serde_json::Value {
        let failure = self.failure.as_ref().map(|failure| {
            json!({
                "line": failure.place.line,
                "column": failure.place.column,
                "wanted": failure.wanted,
                "found": failure.found,
            })
        });
        let transcript: Vec<String> = self.lines.iter().map(Line::shown).collect();
        json!({
            "file": self.file,
            "name": &*self.name,
            "good": self.failure.is_none() && self.skipped.is_none(),
            "failure": failure,
            "skipped": self.skipped,
            "transcript": transcript,
        })
    }
}
