//! One engine under test: its folder, its ports, its life.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Someone who works here.
#[derive(Debug, Clone)]
pub(crate) struct Staff {
    pub(crate) id: String,
    pub(crate) skills: String,
    /// A SIP address, on duty from the start; a desk with [`PASSWORD`] otherwise.
    pub(crate) sip: Option<String>,
}

/// The password of every desk in these tests.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// An edit of the shipped bundle: callers are not told for six seconds that they may be recorded.
pub(crate) const SHORT_NOTICE: (&str, &str, &str) = (
    "flows/main.flow.yaml",
    "notice: {type: play, prompt: recording_notice, record: {consent: announced, from: answer},",
    "notice: {type: tag, tag: noticed,",
);

/// How an engine is set up.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    pub(crate) bundle: PathBuf,
    pub(crate) sounds: PathBuf,
    pub(crate) staff: Vec<Staff>,
    /// Where records and agents are kept, seen from the engine's folder.
    pub(crate) store: String,
    /// More lines of the section `[sip]`.
    pub(crate) sip: String,
    /// More lines of `hatif.toml`.
    pub(crate) more: String,
    /// Variables of the engine's environment.
    pub(crate) environment: Vec<(String, String)>,
    /// Changes to a copy of the bundle: in which file, what, and what stands there afterwards.
    pub(crate) edits: Vec<(&'static str, &'static str, &'static str)>,
}

impl Default for Setup {
    fn default() -> Self {
        let root = root();
        Self {
            bundle: root.join("ivr-flows"),
            sounds: root.join("sounds"),
            staff: Vec::new(),
            store: "sqlite:hatif.db".to_owned(),
            sip: String::new(),
            more: String::new(),
            environment: Vec::new(),
            edits: Vec::new(),
        }
    }
}

impl Setup {
    /// The tiny bundle that other exchanges are compared with: numbers 1000 to 4000.
    pub(crate) fn tiny() -> Self {
        let bundle = root().join("benches/peers");
        let sounds = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tiny-sounds");
        fs::create_dir_all(&sounds).expect("the target folder is writable");
        // Its own sounds, and the words that every bundle has.
        let own = fs::read_dir(bundle.join("sounds")).expect("the sounds are there");
        let own = own.map(|entry| entry.expect("the folder can be read").path());
        for sound in own.chain([root().join("sounds/en")]) {
            let name = sound.file_name().expect("a file has a name");
            // It is there from an earlier test.
            drop(symlink(&sound, sounds.join(name)));
        }
        Self { sounds, bundle, ..Self::default() }
    }

    /// With `root` on the staff, who may read every record, and these agents at SIP phones.
    pub(crate) fn with_phones(mut self, skills: &str, addresses: &[SocketAddr]) -> Self {
        let phone = |(index, address)| {
            let id = format!("agent{index}");
            let sip = Some(format!("sip:{id}@{address}"));
            Staff { id, skills: skills.to_owned(), sip }
        };
        self.staff.push(Staff { id: "root".to_owned(), skills: String::new(), sip: None });
        self.staff.extend((1..).zip(addresses).map(phone));
        self
    }
}

/// An engine that runs.
pub(crate) struct Engine {
    child: Child,
    pub(crate) folder: PathBuf,
    pub(crate) sip: SocketAddr,
    pub(crate) web: SocketAddr,
}

impl Engine {
    /// Starts an engine and waits until it is ready.
    pub(crate) fn start(setup: &Setup) -> Self {
        let folder = folder();
        let (sip, web) = (free_port(), free_port());
        let mut setup = setup.clone();
        if !setup.edits.is_empty() {
            copy(&setup.bundle, &folder.join("bundle"));
            setup.bundle = folder.join("bundle");
        }
        for (file, from, to) in &setup.edits {
            edit(&setup.bundle.join(file), from, to);
        }
        configure(&folder, &setup, sip, web);
        for staff in &setup.staff {
            employ(&folder, staff);
        }
        let child = serve(&folder, &setup.environment);
        let mut engine = Self { child, folder, sip, web };
        engine.wait_for_ready();
        engine
    }

    fn wait_for_ready(&mut self) {
        self.wait_until("it is ready", Duration::from_secs(30), |engine| {
            engine.get("/readyz").is_some_and(|(status, _)| status == 200)
        });
    }

    /// Kills the engine where it stands, and starts it again in its folder.
    pub(crate) fn crash(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
        self.child = serve(&self.folder, &[]);
        self.wait_for_ready();
    }

    /// Kills the engine as a power cut would, and starts another one in its place.
    pub(crate) fn kill_and_start(&mut self) {
        self.child.kill().expect("our own child");
        self.child.wait().expect("our own child");
        self.child = serve(&self.folder, &[]);
        self.wait_until("it is ready again", Duration::from_secs(30), |engine| {
            engine.get("/readyz").is_some_and(|(status, _)| status == 200)
        });
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the engine wrote to its log.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Waits until something is true, and fails with the engine's log when it does not come.
    pub(crate) fn wait_until(
        &mut self,
        what: &str,
        patience: Duration,
        truth: impl Fn(&Self) -> bool,
    ) {
        let start = Instant::now();
        while !truth(self) {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                panic!("the engine ended ({status}) before {what}:\n{}", self.log());
            }
            let waited = start.elapsed();
            assert!(waited < patience, "{waited:?} and not: {what}\n{}", tail(&self.log()));
            pause(Duration::from_millis(20));
        }
    }

    /// A plain HTTP GET: status and body.
    pub(crate) fn get(&self, path: &str) -> Option<(u16, String)> {
        http(self.web, "GET", path, None, None)
    }

    /// Logs an agent in.
    pub(crate) fn log_in(&self, agent: &str) -> String {
        let body = serde_json::json!({"agent": agent, "password": PASSWORD}).to_string();
        let (status, body) =
            http(self.web, "POST", "/api/v1/login", None, Some(&body)).expect("the engine answers");
        assert_eq!(status, 200, "{body}");
        json(&body)["token"].as_str().expect("a token").to_owned()
    }

    /// Every record in full, newest first. The supervisor `root` must be on the staff.
    pub(crate) fn records(&self) -> Vec<Value> {
        let token = self.log_in("root");
        let (mut records, mut before) = (Vec::new(), String::new());
        loop {
            let page = self.ask(&token, &format!("/api/v1/calls?limit=200{before}"));
            let ids = page.as_array().expect("a list").iter().map(|call| call["id"].clone());
            let ids: Vec<Value> = ids.collect();
            let Some(last) = ids.last() else { return records };
            before = format!("&before={}", last.as_str().expect("an id"));
            let one = |id: &Value| {
                self.ask(&token, &format!("/api/v1/calls/{}", id.as_str().expect("an id")))
            };
            records.extend(ids.iter().map(one));
        }
    }

    /// The only record.
    pub(crate) fn record(&self) -> Value {
        let mut records = self.records();
        assert_eq!(records.len(), 1, "{records:#?}");
        records.remove(0)
    }

    /// A POST of JSON: status and answer.
    pub(crate) fn post(&self, token: &str, path: &str, body: Value) -> (u16, Value) {
        let body = body.to_string();
        let answer = http(self.web, "POST", path, Some(token), Some(&body));
        let (status, answer) = answer.expect("the engine answers");
        (status, json(&answer))
    }

    /// A GET of JSON that is there.
    pub(crate) fn ask(&self, token: &str, path: &str) -> Value {
        let (status, body) = http(self.web, "GET", path, Some(token), None).expect("an answer");
        assert_eq!(status, 200, "{path}: {body}");
        json(&body)
    }

    /// The status of a GET.
    pub(crate) fn status(&self, token: &str, path: &str) -> u16 {
        http(self.web, "GET", path, Some(token), None).expect("an answer").0
    }

    /// The page that a GET answers with.
    pub(crate) fn page(&self, token: &str, path: &str) -> String {
        let (status, page) = http(self.web, "GET", path, Some(token), None).expect("an answer");
        assert_eq!(status, 200, "{path}: {page}");
        page
    }

    /// One sample of `/metrics`, labels and all; 0 when it is not there.
    pub(crate) fn metric(&self, sample: &str) -> f64 {
        let (_, body) = self.get("/metrics").expect("metrics");
        let line = body.lines().find(|line| line.starts_with(&format!("{sample} ")));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or(0.0)
    }

    /// The sum over all labels of one metric.
    pub(crate) fn metric_sum(&self, name: &str) -> f64 {
        let (_, body) = self.get("/metrics").expect("metrics");
        let of =
            |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
        body.lines()
            .filter(of)
            .filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok())
            // The sum of nothing would be -0.
            .fold(0.0, |sum, more| sum + more)
    }

    /// Nothing is left: no call, no session, no ticket, no port, no reserved agent.
    pub(crate) fn is_empty(&self) -> bool {
        ["ivr_calls_active", "ivr_sip_dialogs", "ivr_queue_waiting", "ivr_rtp_ports_in_use"]
            .iter()
            .all(|name| self.metric_sum(name) == 0.0)
    }

    /// Waits until that many calls have been recorded, and nothing is left of any of them.
    pub(crate) fn settle(&mut self, calls: usize) {
        let patience = Duration::from_secs(45);
        let written = "ivr_records_written_total{kind=\"call\",result=\"written\"}";
        let is_recorded = |engine: &Self| calls as f64 <= engine.metric(written);
        self.wait_until("every call is recorded", patience, is_recorded);
        // The figures of what is held are up to 250 ms old.
        pause(Duration::from_millis(300));
        self.wait_until("nothing is left of any call", patience, Self::is_empty);
        assert_eq!(self.records().len(), calls, "one record for each call");
    }

    /// The agents in one of the states of duty.
    pub(crate) fn agents(&self, duty: &str) -> f64 {
        self.metric(&format!("ivr_agents{{duty=\"{duty}\",reason=\"\"}}"))
    }

    /// The sockets that the engine has open.
    pub(crate) fn sockets(&self) -> usize {
        let open = fs::read_dir(format!("/proc/{}/fd", self.pid())).expect("our own child");
        let target = |entry: std::io::Result<fs::DirEntry>| fs::read_link(entry.ok()?.path()).ok();
        let is_socket = |target: &PathBuf| target.to_string_lossy().starts_with("socket:");
        open.filter_map(target).filter(is_socket).count()
    }

    /// The memory that the engine holds, in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("our child");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB"));
        number.and_then(|number| number.parse().ok()).expect("the kernel tells it")
    }

    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill")
            .args([&format!("-{name}"), &self.pid().to_string()])
            .status()
            .expect("kill runs");
        assert!(status.success());
    }

    /// Ends the engine as an operator would, and holds it to a clean end and an honest log.
    pub(crate) fn stop(self) {
        let log = self.end("TERM");
        let is_fault = |line: &&str| line.contains("ERROR") || line.contains("panicked");
        let errors: Vec<&str> = log.lines().filter(is_fault).collect();
        assert!(errors.is_empty(), "the engine's log has errors:\n{}", errors.join("\n"));
    }

    /// Tells the engine to end, waits until it has, and hands back its log.
    pub(crate) fn end(mut self, signal: &str) -> String {
        self.signal(signal);
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                break status;
            }
            let waited = start.elapsed();
            assert!(
                waited < Duration::from_secs(20),
                "no end after SIG{signal}\n{}",
                tail(&self.log())
            );
            pause(Duration::from_millis(20));
        };
        assert!(status.success(), "{status}\n{}", tail(&self.log()));
        let log = self.log();
        drop(fs::remove_dir_all(&self.folder));
        log
    }

    /// Ends the engine and starts it again in its folder, at the same addresses.
    pub(crate) fn restart(mut self) -> Self {
        self.signal("TERM");
        assert!(self.child.wait().expect("our own child").success(), "{}", tail(&self.log()));
        self.child = serve(&self.folder, &[]);
        self.wait_for_ready();
        self
    }

    /// The exit status, once the engine has ended by itself.
    pub(crate) fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("our own child")
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn serve(folder: &Path, environment: &[(String, String)]) -> Child {
    hatif(folder)
        .args(["serve", "--config", "hatif.toml"])
        .envs(environment.iter().cloned())
        .stderr(fs::File::create(folder.join("log")).expect("the folder is writable"))
        .stdout(Stdio::null())
        .spawn()
        .expect("the engine was built")
}

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The binary, run in a folder.
pub(crate) fn hatif(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hatif"));
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// A fresh folder.
pub(crate) fn folder() -> PathBuf {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    // Relaxed: the number only has to differ.
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("live-{}-{count}", std::process::id()));
    drop(fs::remove_dir_all(&folder));
    fs::create_dir_all(&folder).expect("the target folder is writable");
    folder
}

pub(crate) fn configure(folder: &Path, setup: &Setup, sip: SocketAddr, web: SocketAddr) {
    let mut text = String::new();
    write!(
        text,
        "[sip]\nbind = [\"udp:{sip}\", \"tcp:{sip}\"]\n{}\n[web]\nbind = \"{web}\"\n\
         [webrtc]\nbind = \"127.0.0.1:0\"\n[store]\nurl = {:?}\n\
         [bundle]\npath = {:?}\n[sounds]\npath = {:?}\n{}",
        setup.sip, setup.store, setup.bundle, setup.sounds, setup.more
    )
    .expect("a string takes it");
    fs::write(folder.join("hatif.toml"), text).expect("the folder is writable");
}

/// Copies a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the folder is writable");
    for entry in fs::read_dir(from).expect("the folder is there") {
        let entry = entry.expect("the folder can be read");
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(source, target).expect("the folder is writable");
        }
    }
}

/// Changes a file.
pub(crate) fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("the file is there");
    assert!(text.contains(from), "{file:?} has no {from:?}");
    fs::write(file, text.replace(from, to)).expect("the folder is writable");
}

fn employ(folder: &Path, staff: &Staff) {
    let mut command = hatif(folder);
    command.args(["user", "--config", "hatif.toml", "add", &staff.id, "--skills", &staff.skills]);
    if staff.id == "root" {
        command.arg("--supervisor");
    }
    match &staff.sip {
        Some(address) => command.args(["--sip", address, "--on-duty", "--no-password"]),
        None => &mut command,
    };
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the binary was built");
    let mut input = child.stdin.take().expect("a pipe");
    // Where no password is wanted, nobody reads.
    drop(writeln!(input, "{PASSWORD}"));
    drop(input);
    assert!(child.wait().expect("our own child").success(), "{staff:?}");
}

/// A port that is free for both UDP and TCP.
pub(crate) fn free_port() -> SocketAddr {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").expect("the loopback has free ports");
        let address = tcp.local_addr().expect("it is bound");
        if UdpSocket::bind(address).is_ok() {
            return address;
        }
    }
}

/// The wall clock passes.
#[expect(clippy::disallowed_methods, reason = "these tests wait for other programs")]
pub(crate) fn pause(span: Duration) {
    std::thread::sleep(span);
}

fn http(
    to: SocketAddr,
    method: &str,
    path: &str,
    token: Option<&str>,
    body: Option<&str>,
) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(to).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let body = body.unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {to}\r\nConnection: close\r\n{token}\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
    Some((status, if chunked { unchunk(body) } else { body.to_owned() }))
}

fn unchunk(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 {
            break;
        }
        whole.push_str(rest.get(..size).unwrap_or(rest));
        body = rest.get(size + 2..).unwrap_or_default();
    }
    whole
}

pub(crate) fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|fault| panic!("{fault}: {text}"))
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}
