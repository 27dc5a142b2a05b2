//! `docs/staffing.md` shows what the commands say, and a wrong file is told with line and column.
//!
//! `UPDATE=1 cargo test --test plan` writes the page anew; read the diff.
#![expect(clippy::disallowed_methods, reason = "this test reads the pages and runs the program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PAGE: &str = "docs/staffing.md";
const DAY: &str = "docs/sunday.shift.yaml";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn hatif(words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hatif"));
    command.args(words).current_dir(root()).output().expect("the program is there")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("what the program says is text")
}

/// The block as it should be.
fn block(language: &str, shown: &str) -> String {
    if language == "yaml" {
        return fs::read_to_string(root().join(DAY)).expect("the example is there");
    }
    let line = shown.lines().next().expect("a block of the console begins with a command");
    let words: Vec<&str> = line.split_whitespace().skip(2).collect();
    let output = hatif(&words);
    assert!(output.status.success(), "{line}: {}", text(output.stderr));
    format!("{line}\n{}", text(output.stdout))
}

#[test]
fn the_page_shows_what_the_commands_say() {
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path).expect("the page is there");
    let mut made = String::new();
    let mut rest = page.as_str();
    while let Some((before, after)) = rest.split_once("```") {
        let (language, after) = after.split_once('\n').expect("a block has a line");
        let (shown, after) = after.split_once("```").expect("a block has an end");
        made += &format!("{before}```{language}\n{}```", block(language, shown));
        rest = after;
    }
    made += rest;
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &made).expect("the page can be written");
    } else {
        assert_eq!(page, made, "UPDATE=1 cargo test --test plan writes {PAGE} anew");
    }
}

#[test]
fn a_day_can_be_had_for_spreadsheets_and_browsers() {
    let csv = text(hatif(&["simulate-shift", DAY, "--days", "2", "--format", "csv"]).stdout);
    let columns: Vec<usize> = csv.lines().map(|line| line.split(',').count()).collect();
    assert!(2 < columns.len() && columns.iter().all(|count| *count == 12), "{csv}");
    let svg = text(hatif(&["simulate-shift", DAY, "--days", "2", "--format", "svg"]).stdout);
    assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"), "{svg}");
    for part in [">power: calls", ">ambulance: calls", ">14:00<", "class=\"level\" d=\"M"] {
        assert!(svg.contains(part), "{part} in {svg}");
    }
}

#[test]
fn a_wrong_file_is_told_with_line_and_column() {
    let day = fs::read_to_string(root().join(DAY)).expect("the example is there");
    let cases = [
        ("entity.power >= 3", "entity.powr >= 3", ":8:", "nearest is `entity.power`"),
        ("talk: 180s", "talk: 180", ":10:", "a span of time"),
        ("patience: 150s", "patiense: 150s", ":12:", "nearest is `patience`"),
        ("\"10:00-14:00\"", "\"09:00-14:00\"", ":16:", "hours that begin after"),
        ("    count: 5", "    count: 0", ":33:", "a whole number"),
        ("  maryam:", "  both-2:", ":40:", "names of their own"),
        ("    talk: 60s", "    talk: 60s\n    max_wait: 0s", ":29:", "longer than nothing"),
    ];
    for (right, wrong, place, wanted) in cases {
        let path = scratch(&day.replacen(right, wrong, 1), wrong);
        let output = hatif(&["simulate-shift", &path.display().to_string()]);
        let said = text(output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(place) && said.contains(wanted), "{wrong}: {said}");
        let _ = fs::remove_file(path);
    }
    assert_eq!(hatif(&["simulate-shift", "docs/nowhere.yaml"]).status.code(), Some(2));
}

fn scratch(day: &str, name: &str) -> PathBuf {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{letters}.shift.yaml"));
    fs::write(&path, day).expect("the target folder can be written");
    path
}
