//! The judges: ICU through Python, and espeak-ng.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// How ICU spells the values.
pub(crate) fn spelled(locale: &str, rule: &str, values: &[u64]) -> Vec<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/words/judge.py");
    let mut asked = String::new();
    for value in values {
        writeln!(asked, "{locale} {rule} {value}").expect("a string takes what is written");
    }
    // The interpreter of the system, which the package python3-icu belongs to.
    let told = run(Command::new("/usr/bin/python3").arg(script), &asked, "python3-icu");
    let lines: Vec<String> = told.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), values.len(), "a line for each value");
    lines
}

/// The consonants that espeak-ng speaks, without those that its rules put in or leave out.
pub(crate) fn consonants(voice: &str, texts: &[String]) -> Vec<String> {
    let asked: String = texts.iter().map(|text| format!("{text}.\n\n")).collect();
    let mut command = Command::new("espeak-ng");
    let told = run(command.args(["-v", voice, "-q", "--ipa", "--stdin"]), &asked, "espeak-ng");
    let lines: Vec<String> =
        told.lines().filter(|line| !line.trim().is_empty()).map(skeleton).collect();
    assert_eq!(lines.len(), texts.len(), "a line for each text");
    lines
}

fn skeleton(phonemes: &str) -> String {
    let mut kept: Vec<char> = phonemes
        .chars()
        .filter_map(|letter| match letter {
            'ʈ' => Some('t'),
            'ʂ' => Some('s'),
            'ŋ' => Some('n'),
            'b' | 'c' | 'd' | 'f' | 'k' | 'l' | 'm' | 'n' | 'p' | 'r' | 's' | 't' | 'z' | 'ɡ'
            | 'ʋ' | 'θ' => Some(letter),
            _ => None,
        })
        .collect();
    kept.dedup();
    kept.into_iter().collect()
}

fn run(command: &mut Command, asked: &str, package: &str) -> String {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|fault| panic!("{package} is missing: {fault}"));
    let mut stdin = child.stdin.take().expect("it is piped");
    // A judge listens to the end before it speaks, so neither waits for the other.
    stdin.write_all(asked.as_bytes()).expect("the judge reads to the end");
    drop(stdin);
    let output = child.wait_with_output().expect("the judge ends");
    assert!(output.status.success(), "{package} is missing or broken: apt-get install {package}");
    String::from_utf8(output.stdout).expect("the judge writes UTF-8")
}
