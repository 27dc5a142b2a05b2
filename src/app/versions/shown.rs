//! What an engine tells of its versions, for people.

use std::fmt::Write as _;

use jiff::Timestamp;
use serde_json::Value;

/// How much of a hash is shown: enough to tell the versions apart.
const HASH_SHOWN: usize = 12;

/// One line for each version, and what was refused last.
pub(super) fn list(told: &Value) -> String {
    let mut out = String::new();
    for version in items(told, "versions") {
        let _ = writeln!(out, "{}", line(version));
    }
    if let Some(candidate) = told.get("candidate").filter(|candidate| candidate.is_object()) {
        let callers = items(candidate, "callers").count();
        let share = number(candidate, "share");
        let _ = writeln!(
            out,
            "the candidate {} gets {share} % of the calls, and those of {callers} test callers",
            short(text(candidate, "hash"))
        );
    }
    if let Some(refusal) = told.get("refusal").filter(|refusal| refusal.is_object()) {
        let at = moment(refusal);
        let _ = writeln!(out, "refused {at}, {}: {}", by(refusal), text(refusal, "detail"));
        out += &faults(&items(refusal, "faults").cloned().collect::<Vec<_>>());
    }
    out.trim_end().to_owned()
}

/// One version, whole.
pub(super) fn version(told: &Value) -> String {
    let mut out = format!("{}\nhash {}\n", line(told), text(told, "hash"));
    let contents = told.get("contents").unwrap_or(&Value::Null);
    let flows = items(contents, "flows");
    let flows: Vec<String> = flows
        .map(|flow| format!("{} ({} nodes)", text(flow, "id"), number(flow, "nodes")))
        .collect();
    let _ = writeln!(out, "flows {}", flows.join(", "));
    let mut block = |title: &str, lines: &str| {
        if !lines.is_empty() {
            let _ = writeln!(out, "{title}:\n{}", indented(lines));
        }
    };
    let changes: Vec<&str> = items(told, "changes").filter_map(Value::as_str).collect();
    block("what callers hear differently", &changes.join("\n"));
    let warnings = told.get("warnings").unwrap_or(&Value::Null);
    block("warnings", &faults(&items(warnings, "warnings").cloned().collect::<Vec<_>>()));
    let tests = told.get("tests").unwrap_or(&Value::Null);
    block("faults in the tests", &faults(&items(tests, "faults").cloned().collect::<Vec<_>>()));
    let report = tests.get("report").unwrap_or(&Value::Null);
    let failed: Vec<String> = items(report, "tests")
        .filter(|test| test.get("good") == Some(&false.into()))
        .map(failure)
        .collect();
    block("tests that failed", &failed.join("\n"));
    out.trim_end().to_owned()
}

/// What was done, newest first.
pub(super) fn history(told: &Value) -> String {
    let mut out = String::new();
    for deed in told.as_array().into_iter().flatten() {
        let hash = short(text(deed, "hash"));
        let detail = text(deed, "detail");
        let what = [text(deed, "deed"), hash, detail];
        let what: Vec<&str> = what.into_iter().filter(|word| !word.is_empty()).collect();
        let _ = writeln!(out, "{}  {}  {}", moment(deed), what.join(" "), by(deed));
        for change in items(deed, "changes").filter_map(Value::as_str) {
            let _ = writeln!(out, "{}", indented(change));
        }
    }
    out.trim_end().to_owned()
}

/// An order was carried out: the version that it was about.
pub(super) fn done(told: &Value) -> String {
    let hash = text(told, "hash");
    let version = items(told, "versions").find(|version| text(version, "hash") == hash);
    let Some(of) = version else { return short(hash).to_owned() };
    let changes: Vec<&str> = items(of, "changes").filter_map(Value::as_str).collect();
    let told = match changes.is_empty() {
        true => "a caller hears no difference".to_owned(),
        false => changes.join("\n"),
    };
    format!("{}\n{}", line(of), indented(&told))
}

/// Faults as `hatif check` tells them, without the lines they are in.
pub(super) fn faults(faults: &[Value]) -> String {
    let mut out = String::new();
    for fault in faults {
        let place = format!(
            "{}:{}:{}",
            text(fault, "file"),
            number(fault, "line"),
            number(fault, "column")
        );
        let _ = write!(out, "{place}: {}: wanted {}", text(fault, "code"), text(fault, "wanted"));
        for (word, field) in [(", found", "found"), ("; nearest is", "nearest")] {
            if let Some(value) = fault.get(field).and_then(Value::as_str) {
                let _ = write!(out, "{word} `{value}`");
            }
        }
        out.push('\n');
    }
    out
}

/// A field that is a text, or nothing.
pub(super) fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of.get(field).and_then(Value::as_str).unwrap_or_default()
}

fn line(version: &Value) -> String {
    let tests = version.get("tests").unwrap_or(&Value::Null);
    format!(
        "{}  {:<9}  {}  {} calls now, {} in all, tests {}, {}",
        short(text(version, "hash")),
        text(version, "state"),
        moment(version),
        number(version, "calls_now"),
        number(version, "calls_total"),
        text(tests, "state"),
        by(version),
    )
}

fn failure(test: &Value) -> String {
    let why = test.get("failure").unwrap_or(&Value::Null);
    let (line, column) = (number(why, "line"), number(why, "column"));
    let place = format!("{}:{line}:{column}", text(test, "file"));
    let (wanted, found) = (text(why, "wanted"), text(why, "found"));
    format!("{place}: {}: wanted {wanted}, found {found}", text(test, "name"))
}

/// Who or what did it.
fn by(of: &Value) -> String {
    let means = text(of, "means");
    match text(of, "who") {
        "" => format!("by {means}"),
        who => format!("by {who} ({means})"),
    }
}

fn moment(of: &Value) -> String {
    let at = Timestamp::from_millisecond(number(of, "at")).unwrap_or_default();
    format!("{at:.0}")
}

fn number(of: &Value, field: &str) -> i64 {
    of.get(field).and_then(Value::as_i64).unwrap_or_default()
}

fn items<'a>(of: &'a Value, field: &str) -> impl Iterator<Item = &'a Value> {
    of.get(field).and_then(Value::as_array).into_iter().flatten()
}

fn short(hash: &str) -> &str {
    hash.get(..HASH_SHOWN).unwrap_or(hash)
}

fn indented(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|line| format!("  {line}")).collect();
    lines.join("\n")
}
