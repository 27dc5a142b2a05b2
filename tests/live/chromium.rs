//! A real Chromium that does as it is told: `web/e2e/live/puppet.mjs` holds the strings.

use std::cell::RefCell;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::engine::{Engine, PASSWORD, pause, root};

/// A browser with its microphone.
pub(crate) struct Browser {
    puppet: RefCell<Puppet>,
}

struct Puppet {
    child: Child,
    orders: Option<ChildStdin>,
    answers: Receiver<String>,
}

/// Whether the browser lets pages use its microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Microphone {
    Granted,
    Refused,
}

/// One tab.
#[derive(Clone, Copy)]
pub(crate) struct Page<'a> {
    browser: &'a Browser,
    name: &'static str,
}

/// Longer than the puppet's own patience with a page.
const PATIENCE: Duration = Duration::from_secs(40);
const SOUND_PATIENCE: Duration = Duration::from_secs(8);

impl Browser {
    /// A browser whose microphone hears a tone that swells and fades.
    pub(crate) fn start(microphone: Microphone, voice_hertz: f64) -> Self {
        let granted = match microphone {
            Microphone::Granted => "granted",
            Microphone::Refused => "refused",
        };
        let mut child = Command::new("node")
            .arg(root().join("web/e2e/live/puppet.mjs"))
            .env("MICROPHONE", granted)
            .env("VOICE_HZ", voice_hertz.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node is installed");
        let orders = child.stdin.take();
        let output = child.stdout.take().expect("a pipe");
        let (said, answers) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(output).lines().map_while(Result::ok);
            while lines.next().is_some_and(|line| said.send(line).is_ok()) {}
        });
        Self { puppet: RefCell::new(Puppet { child, orders, answers }) }
    }

    /// Opens a tab.
    pub(crate) fn open(&self, name: &'static str, url: &str) -> Page<'_> {
        self.order(json!({"do": "open", "page": name, "url": url}));
        Page { browser: self, name }
    }

    /// Opens a tab with a desk at it.
    pub(crate) fn desk(&self, name: &'static str, engine: &Engine) -> Page<'_> {
        self.open(name, &format!("http://{}/desk", engine.web))
    }

    /// Kills the browser's main process. What is left of it ends by itself, and may say good-bye.
    pub(crate) fn kill(&self) {
        self.kill_at(&self.pid().to_string());
    }

    /// Kills the browser with all its processes, as if the machine had lost its power.
    pub(crate) fn kill_all(&self) {
        self.kill_at(&format!("-{}", self.pid()));
    }

    fn kill_at(&self, pid: &str) {
        let killed = Command::new("kill").args(["-KILL", "--", pid]).status();
        assert!(killed.expect("kill runs").success());
    }

    /// The main process, which leads a group of its own.
    fn pid(&self) -> u64 {
        self.order(json!({"do": "pid"})).as_u64().expect("a process has a number")
    }

    /// Puts a network between the pages and the engine; the address is that of its near end.
    pub(crate) fn relay(&self, engine: &Engine) -> String {
        format!("http://127.0.0.1:{}", self.order(json!({"do": "relay", "to": engine.web.port()})))
    }

    /// Breaks that network: every connection is gone, and no new one is taken.
    pub(crate) fn cut(&self) {
        self.order(json!({"do": "cut"}));
    }

    /// Mends it.
    pub(crate) fn mend(&self) {
        self.order(json!({"do": "mend"}));
    }

    fn order(&self, order: Value) -> Value {
        let mut puppet = self.puppet.borrow_mut();
        let orders = puppet.orders.as_mut().expect("only the end takes the strings away");
        writeln!(orders, "{order}").expect("the puppet listens");
        let answer = puppet.answers.recv_timeout(PATIENCE);
        let answer = answer.unwrap_or_else(|_| panic!("the browser does not answer to {order}"));
        let mut answer: Value = serde_json::from_str(&answer).expect("the puppet speaks JSON");
        assert!(answer.get("done").is_some(), "{order}: {}", answer["problem"]);
        answer["done"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let puppet = self.puppet.get_mut();
        // A puppet that is told no more closes its browser and ends.
        puppet.orders = None;
        let start = Instant::now();
        while matches!(puppet.child.try_wait(), Ok(None)) && start.elapsed() < SOUND_PATIENCE {
            pause(Duration::from_millis(20));
        }
        drop(puppet.child.kill());
        drop(puppet.child.wait());
    }
}

impl Page<'_> {
    /// Logs an agent in and waits for her audio.
    pub(crate) fn sign_in(self, agent: &str) -> Self {
        self.order("fill", json!({"css": id("login-agent"), "text": agent}));
        self.order("fill", json!({"css": id("login-password"), "text": PASSWORD}));
        self.click("login-submit");
        self
    }

    /// Goes on duty where nobody waits.
    pub(crate) fn go_available(self) -> Self {
        self.go_on_duty();
        self.see_duty("available");
        self
    }

    /// Goes on duty; a caller who waits rings at once.
    pub(crate) fn go_on_duty(self) {
        self.see(&with("sound", "sound", "up"));
        self.click("duty-available");
    }

    pub(crate) fn see_duty(self, duty: &str) {
        self.see(&with("status", "duty", duty));
    }

    /// Waits until the test caller's page says so.
    pub(crate) fn see_state(self, state: &str) {
        self.see(&with("status", "state", state));
    }

    pub(crate) fn see(self, css: &str) {
        self.order("see", json!({"css": css}));
    }

    /// Waits until it is gone.
    pub(crate) fn miss(self, css: &str) {
        self.order("miss", json!({"css": css}));
    }

    pub(crate) fn click_at(self, css: &str) {
        self.order("click", json!({"css": css}));
    }

    /// Keeps a picture of what is seen.
    pub(crate) fn shoot(self, path: &str) {
        self.order("shoot", json!({"path": path}));
    }

    pub(crate) fn click(self, testid: &str) {
        self.order("click", json!({"css": id(testid)}));
    }

    /// Touches the page: after a reload a browser measures and rings only then.
    pub(crate) fn touch(self) {
        self.order("click", json!({"css": "h2"}));
    }

    pub(crate) fn fill(self, testid: &str, text: &str) {
        self.order("fill", json!({"css": id(testid), "text": text}));
    }

    pub(crate) fn reload(self) {
        self.order("reload", json!({}));
    }

    pub(crate) fn text(self, testid: &str) -> String {
        let texts = self.order("text", json!({"css": id(testid)}));
        let texts = texts.as_array().expect("a list of texts").iter();
        texts.filter_map(Value::as_str).collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn is_disabled(self, testid: &str) -> bool {
        self.order("is_disabled", json!({"css": id(testid)})) == json!(true)
    }

    /// The page wrote no error to its console.
    pub(crate) fn has_no_problems(self) {
        let problems = self.order("problems", json!({}));
        assert_eq!(problems, json!([]), "{}", self.name);
    }

    /// Waits until this tone is what is heard.
    pub(crate) fn hears(self, hertz: f64) {
        self.listen_for(&format!("a tone of {hertz} Hz"), |found, level| {
            (found - hertz).abs() < 15.0 && level > 0.005
        });
    }

    /// Waits until nothing is heard, and hears nothing for a second.
    pub(crate) fn hears_nothing(self) {
        self.listen_for("silence", |_, level| level < 0.002);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(1) {
            let (hertz, level) = self.listen();
            assert!(level < 0.002, "{}: silence, and then {hertz} Hz at {level}", self.name);
        }
    }

    fn listen_for(self, what: &str, is_it: impl Fn(f64, f64) -> bool) {
        let start = Instant::now();
        loop {
            let (hertz, level) = self.listen();
            if is_it(hertz, level) {
                return;
            }
            let name = self.name;
            let waited = start.elapsed();
            assert!(waited < SOUND_PATIENCE, "{name} wanted {what}, found {hertz} Hz at {level}");
            pause(Duration::from_millis(50));
        }
    }

    fn listen(self) -> (f64, f64) {
        let tone = self.order("tone", json!({"side": "farTone"}));
        let figure = |name| tone[name].as_f64().expect("the page measures");
        (figure("hz"), figure("level"))
    }

    fn order(self, verb: &str, mut order: Value) -> Value {
        order["do"] = json!(verb);
        order["page"] = json!(self.name);
        self.browser.order(order)
    }
}

/// A place of the page by its name for tests.
pub(crate) fn id(testid: &str) -> String {
    format!("[data-testid={testid}]")
}

/// The same with one of its facts.
pub(crate) fn with(testid: &str, fact: &str, value: &str) -> String {
    format!("[data-testid={testid}][data-{fact}={value}]")
}
