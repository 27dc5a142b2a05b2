//! SIPp as the telephone network, and an RTP endpoint for its calls.

use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::engine::{Engine, free_port, pause, root};

/// One run of SIPp.
pub(crate) struct Sipp {
    child: Child,
    name: String,
    folder: PathBuf,
}

/// UDP, or one TCP connection per run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Over {
    Udp,
    Tcp,
}

impl Sipp {
    /// Starts a scenario of `tests/live/scenarios` against an engine: once, to 800, unless `more`
    /// says otherwise. Each `-key name value` of `more` stands for `[name]` in the whole scenario.
    pub(crate) fn call(engine: &Engine, scenario: &str, over: Over, more: &[&str]) -> Self {
        let to = engine.sip.to_string();
        let mode = match over {
            Over::Udp => "u1",
            Over::Tcp => "t1",
        };
        let mut args = vec![to.as_str(), "-t", mode];
        for (option, value) in [("-s", "800"), ("-m", "1")] {
            if !more.contains(&option) {
                args.extend([option, value]);
            }
        }
        args.extend_from_slice(more);
        Self::run(engine.folder.clone(), scenario, free_port(), &args)
    }

    /// Starts a scenario that answers calls at an address.
    pub(crate) fn answer(engine: &Engine, scenario: &str, at: SocketAddr, more: &[&str]) -> Self {
        Self::run(engine.folder.clone(), scenario, at, more)
    }

    fn run(folder: PathBuf, scenario: &str, at: SocketAddr, more: &[&str]) -> Self {
        let name = format!("{scenario}-{}", at.port());
        let keys = more.windows(3).filter(|of| of[0] == "-key").map(|of| (of[1], of[2]));
        let file = folder.join(format!("{name}.xml"));
        std::fs::write(&file, script(&format!("{scenario}.xml"), &keys.collect::<Vec<_>>()))
            .expect("the folder is writable");
        let log = std::fs::File::create(folder.join(format!("{name}.log")))
            .expect("the folder is writable");
        let child = Command::new("sipp")
            .current_dir(&folder)
            .args(["-sf", file.to_str().expect("a plain path"), "-i", "127.0.0.1"])
            .args(["-p", &at.port().to_string(), "-nostdin", "-timeout_error", "-timeout", "90s"])
            .args(["-trace_err", "-error_file", &format!("{name}.err")])
            .args(["-trace_msg", "-message_file", &format!("{name}.messages")])
            .args(more)
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("sipp is installed");
        Self { child, name, folder }
    }

    /// Waits for the end; every call must have gone as the scenario says.
    pub(crate) fn succeed(mut self, patience: Duration) {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("our own child") {
                let errors: String = self.file("err").chars().take(4_000).collect();
                assert!(status.success(), "sipp {}: {status}\n{errors}", self.name);
                return;
            }
            let messages = self.file("messages");
            assert!(
                start.elapsed() < patience,
                "sipp {} does not end\n{}",
                self.name,
                &messages[messages.len().saturating_sub(4_000)..]
            );
            pause(Duration::from_millis(20));
        }
    }

    /// The last message of that kind that SIPp sent, or received, so far.
    pub(crate) fn message(&self, way: Way, first_word: &str) -> Option<String> {
        let mark = match way {
            Way::Sent => "message sent",
            Way::Received => "message received",
        };
        let all = self.file("messages");
        let blocks = all.split("-----------------------------------------------");
        let is_wanted = |block: &&str| {
            let (head, message) = block.split_once("\n\n").unwrap_or_default();
            head.contains(mark) && message.starts_with(first_word)
        };
        blocks.filter(is_wanted).last().map(str::to_owned)
    }

    /// When SIPp sent its last message of that kind.
    pub(crate) fn sent_at(&self, method: &str) -> SystemTime {
        let block = self.message(Way::Sent, method).expect("it has been sent");
        let time = block.split_whitespace().nth(1).expect("a date and a time");
        let mut parts = time.split(':').map(|part| part.parse::<f64>().expect("a number"));
        let mut next = || parts.next().expect("hours, minutes and seconds");
        let of_day = Duration::from_secs_f64(next() * 3_600.0 + next() * 60.0 + next());
        let today = UNIX_EPOCH.elapsed().expect("it is later").as_secs() / 86_400;
        UNIX_EPOCH + Duration::from_secs(today * 86_400) + of_day
    }

    fn file(&self, ending: &str) -> String {
        let file = self.folder.join(format!("{}.{ending}", self.name));
        let bytes = std::fs::read(file).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl Drop for Sipp {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Which way a message went, seen from SIPp.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Sent,
    Received,
}

/// A scenario with its parts put in and its keys filled out.
///
/// `<include part="key" digit="2"/>` stands for `parts/key.xml` with `[digit]` filled out.
fn script(file: &str, keys: &[(&str, &str)]) -> String {
    let path = root().join("tests/live/scenarios").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|why| panic!("{path:?}: {why}"));
    let mut whole = String::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("<include ") {
        let (inside, after) = after.split_once("/>").expect("an include ends");
        let attributes: Vec<(&str, &str)> = inside
            .split_terminator('"')
            .map(str::trim)
            .collect::<Vec<_>>()
            .chunks(2)
            .filter_map(|pair| Some((pair.first()?.strip_suffix('=')?, *pair.get(1)?)))
            .collect();
        let part = attributes.first().expect("a part has a name").1;
        whole.push_str(before);
        whole.push_str(&script(&format!("parts/{part}.xml"), &attributes));
        rest = after;
    }
    whole.push_str(rest);
    for (name, value) in keys {
        whole = whole.replace(&format!("[{name}]"), value);
    }
    whole
}

/// The RTP side of one call: a socket that hears and speaks.
pub(crate) struct Rtp {
    socket: UdpSocket,
    peer: Option<SocketAddr>,
    sequence: u16,
    timestamp: u32,
    /// What came, with the time of arrival.
    pub(crate) heard: Vec<(Instant, Vec<u8>)>,
}

impl Rtp {
    /// A socket on a free port.
    pub(crate) fn open() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("the loopback has free ports");
        socket.set_read_timeout(Some(Duration::from_millis(5))).expect("a timeout");
        Self { socket, peer: None, sequence: 100, timestamp: 8_000, heard: Vec::new() }
    }

    pub(crate) fn port(&self) -> u16 {
        self.socket.local_addr().expect("it is bound").port()
    }

    /// Listens for a while.
    pub(crate) fn listen(&mut self, span: Duration) {
        let start = Instant::now();
        while start.elapsed() < span {
            self.receive();
        }
    }

    fn receive(&mut self) {
        let mut packet = [0; 2_048];
        if let Ok((length, from)) = self.socket.recv_from(&mut packet) {
            self.peer = Some(from);
            self.heard.push((Instant::now(), packet[..length].to_vec()));
        }
    }

    /// Takes what has come, and waits for nothing.
    pub(crate) fn take(&mut self) {
        self.socket.set_nonblocking(true).expect("a socket");
        let before = self.heard.len();
        loop {
            let had = self.heard.len();
            self.receive();
            if self.heard.len() == had || before + 100 < had {
                break;
            }
        }
        self.socket.set_nonblocking(false).expect("a socket");
    }

    /// Listens until the first packet has come.
    pub(crate) fn first(&mut self, patience: Duration) -> Instant {
        let start = Instant::now();
        while self.heard.is_empty() {
            assert!(start.elapsed() < patience, "no audio");
            self.receive();
        }
        self.heard[0].0
    }

    /// Says 20 ms of A-law.
    pub(crate) fn say(&mut self, sound: &[u8; 160]) {
        let peer = self.peer.expect("the engine has spoken first");
        let packet = [&self.header(8), sound.as_slice()].concat();
        self.socket.send_to(&packet, peer).expect("the loopback carries");
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(160);
    }

    fn header(&self, second_byte: u8) -> Vec<u8> {
        let mut header = vec![0x80, second_byte];
        header.extend_from_slice(&self.sequence.to_be_bytes());
        header.extend_from_slice(&self.timestamp.to_be_bytes());
        header.extend_from_slice(&7_u32.to_be_bytes());
        header
    }

    /// Presses a key for 100 ms: RFC 4733 with payload type 101, three packets at the end.
    pub(crate) fn press(&mut self, key: char) {
        let peer = self.peer.expect("the engine has spoken first");
        let event = u8::try_from("0123456789*#ABCD".find(key).expect("a key")).expect("sixteen");
        for step in 1..=8_u16 {
            let ends = 5 < step;
            let duration = step.min(5) * 160;
            let mut packet = self.header(if step == 1 { 0x80 | 101 } else { 101 });
            packet.extend_from_slice(&[event, if ends { 0x8a } else { 0x0a }]);
            packet.extend_from_slice(&duration.to_be_bytes());
            self.socket.send_to(&packet, peer).expect("the loopback carries");
            self.sequence = self.sequence.wrapping_add(1);
            if !ends {
                self.listen(Duration::from_millis(20));
            }
        }
        self.timestamp = self.timestamp.wrapping_add(1_600);
    }
}

/// A thread that does nothing but see when the machine does not let it.
pub(crate) struct Stalls(Arc<AtomicU64>);

/// What a sleep of a millisecond may take on a machine that is not busy.
const USUAL: Duration = Duration::from_millis(4);

impl Stalls {
    pub(crate) fn watch() -> Self {
        let lost = Arc::new(AtomicU64::new(0));
        let seen = Arc::downgrade(&lost);
        std::thread::spawn(move || {
            let mut last = Instant::now();
            while let Some(lost) = seen.upgrade() {
                pause(Duration::from_millis(1));
                let gap = last.elapsed().checked_sub(USUAL).unwrap_or_default();
                let gap = u64::try_from(gap.as_micros()).unwrap_or(u64::MAX);
                // Relaxed: the figure stands alone.
                lost.fetch_add(gap, Ordering::Relaxed);
                last = Instant::now();
            }
        });
        Self(lost)
    }

    /// How much time was lost since the last time of asking.
    pub(crate) fn lost(&self) -> Duration {
        Duration::from_micros(self.0.swap(0, Ordering::Relaxed))
    }
}
