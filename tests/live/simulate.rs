//! `hatif simulate` in a real terminal, and in a pipe.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::engine::{hatif, pause, root};

/// A terminal of its own, which ends with its value.
struct Terminal {
    name: String,
}

impl Terminal {
    fn start(command: &str) -> Self {
        let name = format!("hatif-{}", std::process::id());
        let terminal = Self { name };
        terminal.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", "120", "-y", "36", command]);
        terminal
    }

    fn tmux(&self, words: &[&str]) -> String {
        let output = Command::new("tmux").args(["-u", "-L", &self.name]).args(words).output();
        let output = output.expect("tmux is installed");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn keys(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Waits until the page shows all of these.
    fn shows(&self, wanted: &[&str]) -> String {
        let start = Instant::now();
        loop {
            let page = self.tmux(&["capture-pane", "-p"]);
            if wanted.iter().all(|wanted| page.contains(wanted)) {
                return page;
            }
            assert!(start.elapsed() < Duration::from_secs(10), "wanted {wanted:?} in\n{page}");
            pause(Duration::from_millis(50));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn a_call_is_walked_in_a_terminal() {
    let root = root();
    let command = format!(
        "cd {} && {} simulate ivr-flows --at 2026-09-22T10:00:00+04:00; echo left $?; cat",
        root.display(),
        env!("CARGO_BIN_EXE_hatif")
    );
    let terminal = Terminal::start(&command);
    terminal.shows(&["pick_language", "English, press two", "اضغطوا", "main.language", "q quit"]);
    terminal.keys(&["2"]);
    terminal.shows(&["recording_notice", "pressed 2", "lang en"]);
    // The notice is heard out; the key is kept for the menu after it.
    terminal.keys(&["0", "Enter"]);
    terminal.shows(&["waits for an agent", "agent.to_agent"]);
    terminal.keys(&["+", "3", "0", "s", "Enter"]);
    terminal.shows(&["0:33", "how_to_leave", "comfort.calm"]);
    terminal.keys(&["a"]);
    terminal.shows(&["talks to an agent"]);
    terminal.keys(&["h"]);
    terminal.shows(&["the call has ended"]);
    terminal.keys(&["n"]);
    terminal.shows(&["0:00", "in the flow"]);
    terminal.keys(&["q"]);
    terminal.shows(&["left 0"]);
}

#[test]
fn a_pipe_gets_plain_lines() {
    let mut command = hatif(&root());
    let command = command.args(["simulate", "ivr-flows", "--at", "2026-09-22T10:00:00+04:00"]);
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.expect("the binary was built");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(b"2\n0\n\na\nh\n").expect("it reads");
    drop(input);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success());
    for wanted in ["hears pick_language", "waits in citizen_care", "an agent answers", "has ended"]
    {
        assert!(text.contains(wanted), "{text}");
    }
    assert!(!text.contains('\u{1b}'), "no orders to a terminal");
}
