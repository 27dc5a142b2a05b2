//! A call is tested as a script: prose, a flow, and a transcript whose `us` lines are checked.
//!
//! `UPDATE=1 cargo test --test calls` rewrites the `us` lines. Each script in `calls/` runs over
//! `calls/bundle/`, with the files of its own ```` ```yaml path ```` blocks in their place.
#![expect(clippy::disallowed_methods, reason = "this test reads and rewrites its own pages")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use hatif::flow::{self, World};
use hatif::shell::files;

#[path = "calls/scene.rs"]
mod scene;

#[path = "calls/words.rs"]
mod words;

use scene::Scene;

/// How wide a line of a transcript is.
const WIDTH: usize = 96;

#[test]
fn every_script_plays_as_it_is_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/calls");
    let mut pages: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of scripts is there")
        .map(|entry| entry.expect("a file of the folder").path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "md"))
        .collect();
    pages.sort();
    let base = files::bundle_in(&folder.join("bundle")).expect("the common bundle is there");
    let differ: Vec<String> = pages.iter().filter_map(|page| check(page, &base)).collect();
    assert!(20 <= pages.len(), "the scripts were found: {}", pages.len());
    assert!(differ.is_empty(), "\n{}\nUPDATE=1 rewrites them", differ.join("\n"));
}

/// Plays one page; gives the first line that differs, unless the page is to be rewritten.
fn check(page: &Path, base: &BTreeMap<String, String>) -> Option<String> {
    let text = fs::read_to_string(page).expect("the script can be read");
    let name = page.file_name()?.display().to_string();
    let played = play(&name, &text, base);
    if played == text {
        return None;
    }
    if std::env::var("UPDATE").is_ok() {
        fs::write(page, played).expect("the script can be written");
        return None;
    }
    let mut lines = text.lines().zip(played.lines()).enumerate();
    let (line, (written, found)) =
        lines.find(|(_, (written, found))| written != found).unwrap_or((0, ("", "its end")));
    Some(format!("{name}:{}\n  written {written}\n  played  {found}", line + 1))
}

/// The page as it is when it is played.
fn play(name: &str, text: &str, base: &BTreeMap<String, String>) -> String {
    assert!(text.starts_with("# "), "{name}: a script opens with its sentence");
    let mut files = base.clone();
    let mut scene = None;
    let mut played = String::new();
    let mut block: Option<(&str, String)> = None;
    for line in text.lines() {
        let is_ours = block.is_none() && (line.starts_with("    us ") || line == "    us");
        if !is_ours {
            played.push_str(line);
            played.push('\n');
        }
        match (&mut block, line.strip_prefix("    ")) {
            (Some((path, yaml)), _) if line == "```" => {
                files.insert((*path).to_owned(), std::mem::take(yaml));
                block = None;
            }
            (Some((_, yaml)), _) => {
                yaml.push_str(line);
                yaml.push('\n');
            }
            (None, Some(order)) if !is_ours => {
                let scene = scene.get_or_insert_with(|| Scene::new(world(name, &files)));
                for said in scene.order(name, order) {
                    write_ours(&mut played, &said);
                }
            }
            (None, _) => block = line.strip_prefix("```yaml ").map(|path| (path, String::new())),
        }
    }
    played
}

fn world(name: &str, files: &BTreeMap<String, String>) -> Arc<World> {
    let bundle = flow::load(files, None).unwrap_or_else(|faults| panic!("{name}: {faults}"));
    Arc::new(World::new(bundle, &BTreeMap::new()))
}

/// Writes what we do, in as many lines as it takes.
fn write_ours(played: &mut String, said: &[String]) {
    const US: &str = "    us      ";
    let mut line = US.to_owned();
    for (index, word) in said.iter().enumerate() {
        let comma = if index + 1 < said.len() { "," } else { "" };
        let is_full = WIDTH < line.len() + 1 + word.len() + comma.len();
        if is_full && US.len() < line.len() {
            played.push_str(line.trim_end());
            played.push('\n');
            line = US.to_owned();
        }
        line.push(' ');
        line.push_str(word);
        line.push_str(comma);
    }
    played.push_str(line.trim_end());
    played.push('\n');
}
