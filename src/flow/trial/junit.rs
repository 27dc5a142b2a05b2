//! The report as JUnit XML, which continuous integration reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::flow::trial::coverage::Coverage;
use crate::flow::trial::play::shown;
use crate::flow::trial::report::{Report, Verdict};

impl Report {
    /// As JUnit XML: one suite for each file, and one test for what its coverage wants.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        let files: BTreeSet<&str> =
            self.verdicts.iter().map(|verdict| verdict.file.as_str()).collect();
        for file in files {
            self.suite(&mut text, file);
        }
        text.push_str("</testsuites>\n");
        text
    }

    fn suite(&self, text: &mut String, file: &str) {
        let of_file = || self.verdicts.iter().filter(|verdict| verdict.file == file);
        let coverage = self.coverage.iter().find(|coverage| coverage.file == file);
        let short = coverage.is_some_and(|coverage| !coverage.is_enough());
        let failed = of_file().filter(|verdict| verdict.failure.is_some()).count();
        let skipped = of_file().filter(|verdict| verdict.skipped.is_some()).count();
        let _ = writeln!(
            text,
            "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" skipped=\"{skipped}\">",
            escaped(file),
            of_file().count() + usize::from(coverage.is_some()),
            failed + usize::from(short),
        );
        of_file().for_each(|verdict| case(text, verdict));
        if let Some(coverage) = coverage {
            covered(text, coverage);
        }
        text.push_str("  </testsuite>\n");
    }
}

fn covered(text: &mut String, coverage: &Coverage) {
    let file = escaped(&coverage.file);
    let _ = writeln!(text, "    <testcase classname=\"{file}\" name=\"coverage\">");
    if !coverage.is_enough() {
        let missed = [&coverage.nodes.missed[..], &coverage.outcomes.missed[..]].concat();
        let missed = escaped(&missed.join("\n"));
        let _ = writeln!(text, "      <failure message=\"too little\">{missed}</failure>");
    }
    text.push_str("    </testcase>\n");
}

fn case(text: &mut String, verdict: &Verdict) {
    let (file, name) = (escaped(&verdict.file), escaped(&verdict.name));
    let _ = write!(text, "    <testcase classname=\"{file}\" name=\"{name}\"");
    if let Some(why) = &verdict.skipped {
        let why = escaped(why);
        let _ = writeln!(text, ">\n      <skipped message=\"{why}\"/>\n    </testcase>");
        return;
    }
    let Some(failure) = &verdict.failure else {
        text.push_str("/>\n");
        return;
    };
    let place = shown(failure.place);
    let message = format!("wanted {}, found {}", failure.wanted, failure.found);
    let lines: Vec<String> = verdict.lines.iter().map(|line| escaped(&line.shown())).collect();
    let _ = writeln!(
        text,
        ">\n      <failure message=\"{}\">{file}:{place}\n{}</failure>\n    </testcase>",
        escaped(&message),
        lines.join("\n")
    );
}

/// XML 1.0 §2.4, and no character that §2.2 does not know.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' | '\t' => safe.push(letter),
            _ if letter.is_control() => safe.push(' '),
            _ => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_xml_are_escaped() {
        assert_eq!(escaped("a<b & \"c\">\u{1}"), "a&lt;b &amp; &quot;c&quot;&gt; ");
    }
}
