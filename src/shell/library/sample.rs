//! A small bundle in a folder of its own, for tests of what serves.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::shell::book::{Book, Source};
use crate::shell::clock::Clock;
use crate::shell::files;
use crate::shell::library::{Parts, Shelf, Vault};
use crate::shell::setting::Settings;
use crate::shell::store::Store;
use crate::telemetry::Meter;

const BUNDLE: &str = r#"apiVersion: ivr/v1
kind: Bundle
id: sample
title: A sample
languages: [en]
numbers: {"800": main}
events: {error: sorry}
"#;

const SORRY: &str = r#"apiVersion: ivr/v1
kind: Flow
id: sorry
title: What no node resolves
languages: [en]
start: done
nodes:
  done: {type: hangup}
"#;

const TESTS: &str = r#"apiVersion: ivr/v1
kind: Tests
flow: main
clock: "2026-09-20T09:00:00+04:00"
tests:
  - name: a caller is welcome
    steps:
      - {hears: welcome, ends: hangup}
"#;

/// A bundle that can be changed, with its sounds and its vault; gone with the test.
pub(in crate::shell) struct Sample {
    folder: PathBuf,
}

impl Sample {
    pub(in crate::shell) fn new(test: &str) -> Self {
        let name = format!("hatif-sample-{test}-{}", std::process::id());
        let sample = Self { folder: std::env::temp_dir().join(name) };
        sample.write("bundle", "first");
        let silence = crate::audio::wav::write(&[0; 800]).expect("it is short");
        fs::create_dir_all(sample.folder.join("sounds/en")).expect("a folder for the test");
        fs::write(sample.folder.join("sounds/en/welcome.wav"), silence).expect("written");
        sample
    }

    /// Writes the bundle with that title to one of the sample's folders.
    pub(in crate::shell) fn write(&self, folder: &str, title: &str) {
        let flow = format!(
            "apiVersion: ivr/v1\nkind: Flow\nid: main\ntitle: {title}\nlanguages: [en]\n\
             start: welcome\nnodes:\n  welcome: {{type: play, prompt: welcome, next: done}}\n  \
             done: {{type: hangup}}\n"
        );
        let prompts = format!(
            "apiVersion: ivr/v1\nkind: Prompts\nprompts:\n  welcome: {{en: \"Welcome, {title}\"}}\n"
        );
        for (name, text) in [
            ("bundle.yaml", BUNDLE),
            ("flows/main.flow.yaml", &flow),
            ("flows/sorry.flow.yaml", SORRY),
            ("prompts/main.prompts.yaml", &prompts),
            ("tests/main.test.yaml", TESTS),
        ] {
            let file = self.folder.join(folder).join(name);
            fs::create_dir_all(file.parent().expect("it lies in a folder")).expect("made");
            fs::write(file, text).expect("written");
        }
    }

    /// Writes a message that nobody sends.
    pub(in crate::shell) fn leave_unused(&self) {
        let file = self.folder.join("bundle/prompts/more.prompts.yaml");
        let text = "apiVersion: ivr/v1\nkind: Prompts\ntexts:\n  unsent: {en: Never}\n";
        fs::write(file, text).expect("written");
    }

    /// Makes the bundle one that cannot serve.
    pub(in crate::shell) fn spoil(&self) {
        let file = self.folder.join("bundle/flows/sorry.flow.yaml");
        fs::write(file, SORRY.replace("start: done", "start: dome")).expect("written");
    }

    pub(in crate::shell) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(in crate::shell) fn source(&self) -> Source {
        let (bundle, sounds) = (self.folder.join("bundle"), self.folder.join("sounds"));
        Source { bundle, sounds, settings: Settings::default() }
    }

    /// What a librarian of this bundle works with.
    pub(in crate::shell) fn parts(&self, store: &Store, clock: Clock) -> Parts {
        let source = self.source();
        let files = files::bundle_in(&source.bundle).expect("it was written");
        let book = Book::open(&files, &source, None).unwrap_or_else(|fault| panic!("{fault}"));
        Parts {
            clock,
            shelf: Shelf::new(book),
            source,
            vault: Vault::new(self.folder.join("kept")),
            store: store.clone(),
            meter: Arc::new(Meter::new()),
        }
    }
}

impl Drop for Sample {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}
