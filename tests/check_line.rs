//! `hatif check` as it is called: what it prints in each form, and its exit status.
#![expect(clippy::disallowed_methods, reason = "this test runs the program on folders of its own")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hatif::base::limit::{BUNDLE_FILE_BYTES_MAX, BUNDLE_FILES_MAX};
use serde_json::Value;

/// A bundle in a folder of its own that is gone when the test is over.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let top = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("check-{name}"));
        let _ = std::fs::remove_dir_all(&top);
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/faults/bundle"), &top);
        Self(top)
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.0.join(file);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("made");
        std::fs::write(path, bytes).expect("written");
    }

    fn swap(&self, file: &str, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.0.join(file)).expect("it is there");
        assert!(text.contains(from), "{file} has no `{from}`");
        self.write(file, text.replacen(from, to, 1));
    }

    /// Runs the command over the folder: what it says and how it ends.
    fn check(&self, words: &[&str]) -> (String, i32) {
        let folder = self.0.to_string_lossy();
        run(&[&["check", &folder], words].concat(), &self.0)
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder can be made");
    for entry in std::fs::read_dir(from).expect("the folder is there") {
        let path = entry.expect("it can be listed").path();
        let there = to.join(path.file_name().expect("it has a name"));
        if path.is_dir() {
            copy(&path, &there);
        } else {
            std::fs::copy(&path, there).expect("copied");
        }
    }
}

fn run(words: &[&str], at: &Path) -> (String, i32) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hatif"));
    let Output { status, stdout, stderr } =
        command.args(words).current_dir(at).output().expect("the program runs");
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    (said, status.code().expect("it ends by itself"))
}

#[test]
fn a_good_bundle_is_good() {
    let folder = Folder::new("good");
    let (said, status) = folder.check(&[]);
    assert!(said.starts_with("sample: good (flows 4, "), "{said}");
    assert_eq!(status, 0);
    let (said, status) = folder.check(&["--format", "json"]);
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((told["total"].as_u64(), told["flows"].as_u64(), status), (Some(0), Some(4), 0));
}

#[test]
fn a_fault_ends_in_one_and_a_wrong_call_in_two() {
    let folder = Folder::new("wrong");
    folder.swap("flows/main.flow.yaml", "prompt: goodbye", "prompt: godbye");
    let (said, status) = folder.check(&[]);
    assert!(said.contains("unknown-prompt") && said.trim_end().ends_with("1 fault"), "{said}");
    assert_eq!(status, 1);
    let (said, status) = run(&["check", "nowhere"], &folder.0);
    assert!(said.contains("nowhere"), "{said}");
    assert_eq!(status, 2);
    assert_eq!(folder.check(&["--sounds", "nowhere"]).1, 2);
}

#[test]
fn a_warning_is_told_and_refuses_nothing_unless_it_is_denied() {
    let folder = Folder::new("warning");
    let line = "  goodbye: {ar: \"مع السلامة\", en: \"Goodbye\"}\n";
    let more = format!("{line}  farewell: {{ar: \"وداعا\", en: \"Farewell\"}}\n");
    folder.swap("prompts/main.prompts.yaml", line, &more);
    let (said, status) = folder.check(&[]);
    assert!(said.contains(": warning: unused-prompt: wanted a node that says it"), "{said}");
    assert!(said.contains("sample: good, with warnings ("), "{said}");
    assert!(said.trim_end().ends_with(", 1 warning"), "{said}");
    assert_eq!(status, 0);
    assert_eq!(folder.check(&["--deny-warnings"]).1, 1);
}

#[test]
fn missing_sounds_are_wished_in_the_usual_folder_and_needed_in_a_named_one() {
    let folder = Folder::new("sounds");
    for name in ["music/calm", "shared/jingle", "ar/goodbye"] {
        folder.write(&format!("sounds/{name}.wav"), "");
    }
    let (said, status) = folder.check(&[]);
    let place = "prompts/main.prompts.yaml:35:3: warning: missing-sound: wanted a sound of the \
                 installation, found `en/goodbye`";
    assert!(said.contains(place), "{said}");
    assert!(said.contains("bundle.yaml:4:12: warning: missing-sound: wanted"), "{said}");
    assert!(said.contains("entities/power.entity.yaml:4:7: warning: missing-sound"), "{said}");
    assert!(!said.contains("music/calm") && status == 0, "{said}");
    let sounds = folder.0.join("sounds").to_string_lossy().into_owned();
    let (said, status) = folder.check(&["--sounds", &sounds]);
    assert!(said.contains(":3: missing-sound: wanted"), "{said}");
    assert_eq!(status, 1);
}

#[test]
fn the_tests_beside_the_flows_are_read_too() {
    let folder = Folder::new("tests");
    folder.write(
        "tests/main.test.yaml",
        "apiVersion: ivr/v1\nkind: Tests\nflow: main\nclock: \"2026-09-20T09:00:00+04:00\"\ntests:\n  \
         - name: a caller\n    steps:\n      - {hears: pick_langauge, press: \"1\"}\n      - {hear: \
         goodbye}\n      - {vars: {langue: en}}\n",
    );
    let (said, status) = folder.check(&[]);
    for told in [
        "tests/main.test.yaml:8:17: unknown-prompt",
        "tests/main.test.yaml:9:10: unknown-field",
        "tests/main.test.yaml:10:17: unknown-variable",
    ] {
        assert!(said.contains(told), "no {told} in {said}");
    }
    assert!(said.trim_end().ends_with("3 faults"), "{said}");
    assert_eq!(status, 1);
}

#[test]
fn what_is_no_text_or_too_much_is_a_fault_of_the_bundle() {
    let folder = Folder::new("bytes");
    folder.write("flows/main.flow.yaml", b"apiVersion: ivr/v1\ntitle: \xFF\n");
    let (said, status) = folder.check(&[]);
    assert!(said.contains("flows/main.flow.yaml:2:1: file-not-text: wanted UTF-8"), "{said}");
    assert_eq!(status, 1);
    folder.write("flows/main.flow.yaml", " ".repeat(BUNDLE_FILE_BYTES_MAX + 1));
    let (said, status) = folder.check(&[]);
    assert!(said.contains("flows/main.flow.yaml:1:1: file-too-long: wanted"), "{said}");
    assert_eq!(status, 1);
    folder.write("flows/main.flow.yaml", "");
    for number in 0..=BUNDLE_FILES_MAX {
        folder.write(&format!("prompts/{number}.prompts.yaml"), "");
    }
    let (said, status) = folder.check(&["--format", "json"]);
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((told["faults"][0]["code"].as_str(), status), (Some("bundle-unreadable"), 1));
}

#[test]
fn a_log_for_code_hosts_names_rule_level_and_region() {
    let folder = Folder::new("sarif");
    folder.swap("flows/main.flow.yaml", "prompt: goodbye", "prompt: godbye");
    let (said, status) = folder.check(&["--format", "sarif"]);
    let log: Value = serde_json::from_str(&said).expect("JSON");
    let run = &log["runs"][0];
    let result = &run["results"][0];
    assert_eq!((result["ruleId"].as_str(), status), (Some("unknown-prompt"), 1));
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert!(region["startLine"].as_u64().is_some_and(|line| line > 1), "{region}");
    let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
    let rule = &run["tool"]["driver"]["rules"][index.expect("a number")];
    assert_eq!(rule["id"], "unknown-prompt");
    assert!(rule["help"]["markdown"].as_str().is_some_and(|help| help.contains("```yaml")));
}

#[test]
fn a_code_is_explained() {
    let at = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (said, status) = run(&["check", "--explain", "stricter-step"], at);
    assert!(said.starts_with("stricter-step (warning)\n\nA later step"), "{said}");
    assert_eq!(status, 0);
    let (said, status) = run(&["check", "--explain", "stricter-steps"], at);
    assert!(said.contains("nearest is `stricter-step`"), "{said}");
    assert_eq!(status, 2);
}
