//! Holds the source tree to its own shape: floors, homes, sizes, first lines.
//!
//! A rule that a machine can check is checked here, and nowhere else, so that
//! `cargo test` says everything the reviewer would have had to say.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "this test reads the source tree"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom: a folder imports only from lower floors, or from itself.
const FLOORS: &[(&str, u8)] = &[
    ("base", 0),
    ("audio", 1),
    ("rtp", 1),
    ("sip", 1),
    ("media", 2),
    ("flow", 2),
    ("routing", 2),
    ("call", 3),
    ("record", 4),
    ("desk", 4),
    ("telemetry", 4),
    ("shell", 5),
    ("app", 6),
];

/// Where each foreign crate lives. The rest of the tree does not know its name.
const HOMES: &[(&str, &[&str])] = &[
    ("anyhow", &["src/app/"]),
    ("arc_swap", &["src/shell/library/shelf.rs", "src/shell/http/"]),
    ("argon2", &["src/shell/store/", "src/shell/http/sessions.rs"]),
    ("axum", &["src/shell/http/"]),
    ("base64", &["src/shell/errand/stream/"]),
    ("cel", &["src/flow/expression/"]),
    ("clap", &["src/app/command.rs", "src/app/command/"]),
    ("crossbeam", &["src/shell/media/", "src/media/tap.rs"]),
    ("dashmap", &["src/routing/roster/"]),
    ("hound", &["src/audio/wav.rs"]),
    ("http_body_util", &["src/shell/errand/", "src/shell/remote.rs"]),
    ("hyper", &["src/shell/http/serve.rs", "src/shell/errand/", "src/shell/remote.rs"]),
    ("hyper_rustls", &["src/shell/errand/", "src/shell/remote.rs"]),
    ("icu_calendar", &["src/flow/hijri.rs"]),
    ("jiff", &["src/flow/", "src/shell/recording/"]),
    ("lettre", &["src/shell/errand/email.rs"]),
    ("loom", &["src/routing/roster/"]),
    ("lsp_server", &["src/app/lsp/"]),
    ("metrics", &["src/telemetry/"]),
    ("metrics_exporter_prometheus", &["src/telemetry/"]),
    ("notify", &["src/app/reload.rs"]),
    ("rand", &["src/base/chance.rs"]),
    ("ratatui", &["src/app/simulate/"]),
    ("regex", &["src/flow/expression/"]),
    ("rsipstack", &["src/sip/"]),
    ("rtc", &["src/shell/webrtc/"]),
    ("rust_embed", &["src/shell/http/pages.rs"]),
    ("rustix", &["src/shell/"]),
    ("rustls", &["src/shell/errand/"]),
    ("rustls_native_certs", &["src/shell/errand/client.rs"]),
    ("saphyr_parser", &["src/flow/yaml.rs"]),
    ("sha2", &["src/flow/load.rs", "src/shell/recording/"]),
    ("sqlx", &["src/shell/store/"]),
    ("std::sync::atomic", &["src/routing/roster/"]),
    ("tokio", &["src/shell/", "src/app/"]),
    ("tokio_rustls", &["src/shell/errand/stream/"]),
    ("tokio_tungstenite", &["src/shell/errand/stream/"]),
    ("toml", &["src/app/config/"]),
    ("tower_service", &["src/shell/errand/resolver.rs"]),
    ("tracing_subscriber", &["src/telemetry/log.rs"]),
    ("ulid", &["src/base/id.rs"]),
    ("url", &["src/shell/errand/"]),
];

/// Files away from a crate's home that may name it, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("jiff", "src/app/simulate/mod.rs", "reads the time of a call from the command line"),
    ("jiff", "src/app/versions/shown.rs", "shows when a version began to serve"),
    ("rand", "src/app/system.rs", "the system's own randomness, for seeds and passwords"),
    ("url", "src/shell/store/mod.rs", "has a file of that name"),
    ("rustix", "src/app/system.rs", "raises the limit of open files once, at the start"),
];

const FILE_LINES_MAX: usize = 500;

/// Names that say nothing about telephones.
const EMPTY_NAMES: &[&str] = &["common", "handler", "helpers", "manager", "misc", "types", "utils"];

#[test]
fn folders_import_only_from_lower_floors() {
    let mut found = Vec::new();
    for file in sources() {
        let Some((home, home_floor)) = floor_of(file.folder()) else { continue };
        for (line, name) in file.names_after("crate::") {
            if name.is_empty() {
                found.push(format!("{}:{line}: one `use crate::folder` per folder", file.path));
            }
            let Some((there, there_floor)) = floor_of(name) else { continue };
            if there != home && there_floor >= home_floor {
                found.push(format!(
                    "{}:{line}: {home} (floor {home_floor}) imports {there} (floor {there_floor})",
                    file.path
                ));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn foreign_crates_stay_at_home() {
    let mut found = Vec::new();
    for file in sources() {
        for (krate, homes) in HOMES {
            let excepted = EXCEPTIONS.iter().any(|(of, at, _)| of == krate && file.path == *at);
            let at_home = excepted || homes.iter().any(|home| file.path.starts_with(home));
            let first = file.code().find(|(_, code)| names_crate(code, krate));
            if let (false, Some((line, _))) = (at_home, first) {
                found.push(format!("{}:{line}: {krate} lives in {}", file.path, homes.join(", ")));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn an_exception_is_still_needed() {
    let sources = sources();
    for (krate, path, reason) in EXCEPTIONS {
        let file = sources.iter().find(|file| file.path == *path);
        let is_needed =
            file.is_some_and(|file| file.code().any(|(_, code)| names_crate(code, krate)));
        assert!(is_needed, "{path} does not name {krate}, though an exception says: {reason}");
    }
}

#[test]
fn files_open_with_their_purpose_and_stay_short() {
    let mut found = Vec::new();
    for file in sources() {
        let lines = file.body().lines().count();
        if FILE_LINES_MAX < lines {
            found.push(format!("{}: {lines} lines, at most {FILE_LINES_MAX}", file.path));
        }
        if !file.text.starts_with("//! ") {
            found.push(format!("{}:1: say in one `//!` line what this file is for", file.path));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn files_are_named_for_what_they_hold() {
    let mut found = Vec::new();
    for file in sources() {
        if file.path.split(['/', '.']).any(|part| EMPTY_NAMES.contains(&part)) {
            found.push(format!("{}: name the idea", file.path));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

#[test]
fn no_test_waits_for_the_clock() {
    let mut found = Vec::new();
    for file in sources_under(&["src", "tests"]) {
        let live = file.path.starts_with("tests/live") || file.path.starts_with("src/shell/");
        for (line, text) in (1..).zip(file.text.lines()) {
            if !live && text.contains(concat!("sle", "ep(")) {
                found.push(format!("{}:{line}: move the clock instead", file.path));
            }
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

struct Source {
    path: String,
    text: String,
}

impl Source {
    fn folder(&self) -> &str {
        let inside = self.path.trim_start_matches("src/");
        inside.split(['/', '.']).next().unwrap()
    }

    /// The file without its unit tests.
    fn body(&self) -> &str {
        self.text.split("#[cfg(test)]\nmod tests").next().unwrap()
    }

    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = (1..).zip(self.body().lines());
        numbered.map(|(line, text)| (line, text.split("//").next().unwrap()))
    }

    fn names_after<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
        self.code().flat_map(move |(line, code)| {
            code.split(prefix).skip(1).map(move |rest| {
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                (line, &rest[..end.unwrap_or(rest.len())])
            })
        })
    }
}

/// Whether the code names the crate, and not a folder of ours that is called the same.
fn names_crate(code: &str, krate: &str) -> bool {
    code.match_indices(&format!("{krate}::")).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "_:".contains(letter))
    })
}

fn floor_of(folder: &str) -> Option<(&'static str, u8)> {
    FLOORS.iter().copied().find(|(name, _)| *name == folder)
}

fn sources() -> Vec<Source> {
    sources_under(&["src"])
}

fn sources_under(folders: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    for folder in folders {
        walk(Path::new(folder), &mut paths);
    }
    paths.sort();
    let read = |path: PathBuf| Source {
        text: fs::read_to_string(&path).unwrap(),
        path: path.to_str().unwrap().replace('\\', "/"),
    };
    paths.into_iter().map(read).collect()
}

fn walk(dir: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}
