//! The report as JUnit XML, which continuous integration reads.

use std::fmt::Write as _;

use crate::flow::trial::play::shown;
use crate::flow::trial::report::{Report, Verdict};

impl Report {
    /// As JUnit XML: one suite for each file, and one test for what its coverage wants.
    #[must_use]
    pub fn to_junit(&self) -> String {
        let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
        for coverage in &self.coverage {
            let file = escaped(&coverage.file);
            let of_file = || self.verdicts.iter().filter(|verdict| verdict.file == coverage.file);
            let short = usize::from(!coverage.is_enough());
            let failed = of_file().filter(|verdict| verdict.failure.is_some()).count() + short;
            let tests = of_file().count() + 1;
            let _ = writeln!(
                text,
                "  <testsuite name=\"{file}\" tests=\"{tests}\" failures=\"{failed}\">"
            );
            of_file().for_each(|verdict| case(&mut text, verdict));
            let _ = writeln!(text, "    <testcase classname=\"{file}\" name=\"coverage\">");
            if short > 0 {
                let missed = [&coverage.nodes.missed[..], &coverage.outcomes.missed[..]].concat();
                let missed = escaped(&missed.join("\n"));
                let _ = writeln!(text, "      <failure message=\"too little\">{missed}</failure>");
            }
            text.push_str("    </testcase>\n  </testsuite>\n");
        }
        text.push_str("</testsuites>\n");
        text
    }
}

fn case(text: &mut String, verdict: &Verdict) {
    let (file, name) = (escaped(&verdict.file), escaped(&verdict.name));
    let _ = write!(text, "    <testcase classname=\"{file}\" name=\"{name}\"");
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
