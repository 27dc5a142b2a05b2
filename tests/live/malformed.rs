//! Broken, odd and hostile SIP over real sockets: the table in `tests/malformed`.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use crate::engine::{Engine, Setup, root};
use crate::sipp::{Over, Rtp, Sipp};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long nothing may be heard to be no answer.
const QUIET: Duration = Duration::from_millis(60);
/// How long the engine waits for the rest of a message, with some room.
const REST: Duration = Duration::from_secs(17);
const FLOOD: usize = 2_000;
/// How many messages are sent before the answers are heard.
const BATCH: usize = 16;

/// One row of the table.
struct Case {
    file: String,
    bytes: Vec<u8>,
    udp: String,
    tcp: String,
}

fn cases() -> Vec<Case> {
    let folder = root().join("tests/malformed");
    let table = fs::read_to_string(folder.join("expect.tsv")).expect("the table is in the tree");
    let row = |line: &str| {
        let [file, udp, tcp] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let bytes = fs::read(folder.join(file)).expect("the file is in the tree");
        Case { file: file.to_owned(), bytes, udp: udp.to_owned(), tcp: tcp.to_owned() }
    };
    table.lines().skip(1).map(row).collect()
}

/// A line to the engine.
trait Line {
    fn say(&mut self, bytes: &[u8]);
    /// What comes within that time; empty when nothing does.
    fn hear(&mut self, patience: Duration) -> Vec<u8>;
}

struct Datagrams {
    socket: UdpSocket,
    engine: SocketAddr,
}

struct Stream {
    socket: TcpStream,
    rest: Vec<u8>,
    is_closed: bool,
}

impl Datagrams {
    /// The port has four digits, as the one in the files that it stands for, and each message has
    /// its own: what comes late for the one before it goes astray.
    fn open(engine: &Engine, number: u16) -> Self {
        let free = |port| UdpSocket::bind(("127.0.0.1", port)).ok();
        let socket = (6_100 + number * 20..9_900).find_map(free).expect("one of them is free");
        Self { socket, engine: engine.sip }
    }
}

impl Line for Datagrams {
    fn say(&mut self, bytes: &[u8]) {
        let port = self.socket.local_addr().expect("it is bound").port().to_string();
        let bytes = replaced(bytes, b"5099", port.as_bytes());
        self.socket.send_to(&bytes, self.engine).expect("the loopback carries");
    }

    fn hear(&mut self, patience: Duration) -> Vec<u8> {
        self.socket.set_read_timeout(Some(patience)).expect("a timeout");
        let mut buffer = vec![0; 65_535];
        let length = self.socket.recv(&mut buffer).unwrap_or(0);
        buffer.truncate(length);
        buffer
    }
}

impl Stream {
    fn open(engine: &Engine) -> Self {
        let socket = TcpStream::connect(engine.sip).expect("the engine listens");
        Self { socket, rest: Vec::new(), is_closed: false }
    }

    /// Whether the engine closes the connection within that time.
    fn closes(&mut self, patience: Duration) -> bool {
        let heard = self.hear(patience);
        assert!(heard.is_empty(), "{}", String::from_utf8_lossy(&heard));
        self.is_closed
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        // Empty lines before a message are the answer to a keep-alive.
        while self.rest.starts_with(b"\r\n") {
            self.rest.drain(..2);
        }
        let end = position(&self.rest, b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&self.rest[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
        (end + length <= self.rest.len()).then(|| self.rest.drain(..end + length).collect())
    }
}

impl Line for Stream {
    fn say(&mut self, bytes: &[u8]) {
        // A connection that the engine has just closed: what follows tells.
        drop(self.socket.write_all(bytes));
    }

    fn hear(&mut self, patience: Duration) -> Vec<u8> {
        self.socket.set_read_timeout(Some(patience)).expect("a timeout");
        loop {
            if let Some(message) = self.take() {
                return message;
            }
            let mut buffer = [0; 4_096];
            match self.socket.read(&mut buffer) {
                Ok(0) => self.is_closed = true,
                Ok(length) => {
                    self.rest.extend_from_slice(&buffer[..length]);
                    continue;
                }
                Err(fault) if fault.kind() == std::io::ErrorKind::ConnectionReset => {
                    self.is_closed = true;
                }
                Err(_) => {}
            }
            return Vec::new();
        }
    }
}

#[test]
fn every_malformed_message_meets_its_fate_and_good_calls_go_on() {
    let mut setup = Setup::tiny().with_phones("", &[]);
    setup.edits = vec![("bundle.yaml", "\"1000\": prompt", "\"800\": prompt")];
    let mut engine = Engine::start(&setup);
    let (mut wrong, mut waiting, mut calls) = (Vec::new(), Vec::new(), 0);
    let cases = cases();
    for case in cases.iter().filter(|case| case.tcp == "wait") {
        let mut stream = Stream::open(&engine);
        stream.say(&case.bytes);
        waiting.push((&case.file, stream, Instant::now()));
    }
    for (number, case) in (0..).zip(&cases) {
        let seen = fate(&mut Datagrams::open(&engine, number), &named(&case.bytes, number.into()));
        calls += usize::from(seen == "ok");
        if seen != case.udp {
            wrong.push(format!("{} by datagram: {seen}, not {}", case.file, case.udp));
        }
        if case.tcp == "wait" {
            continue;
        }
        let mut stream = Stream::open(&engine);
        let mut seen = fate(&mut stream, &named(&case.bytes, usize::from(number) + 1_000));
        calls += usize::from(seen == "ok");
        if stream.is_closed || (case.tcp.contains("close") && stream.closes(PATIENCE)) {
            seen.push_str(",close");
        }
        if seen != case.tcp {
            wrong.push(format!("{} by stream: {seen}, not {}", case.file, case.tcp));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    for (file, mut stream, since) in waiting {
        assert!(
            stream.closes(REST.saturating_sub(since.elapsed()).max(QUIET)),
            "{file} is waited for"
        );
    }
    good_call(&engine);
    engine.settle(calls + 1);
    engine.stop();
}

/// Says a message and sees what becomes of it, as the table words it.
fn fate(line: &mut impl Line, bytes: &[u8]) -> String {
    line.say(bytes);
    // An answer to what follows shows that none was given before.
    line.say(OPTIONS);
    let mut fate = "drop".to_owned();
    loop {
        let heard = line.hear(if fate == "drop" { PATIENCE } else { QUIET });
        let Some(status) = status(&heard) else { return fate };
        if position(&heard, b"are-you-there").is_some() {
            let late = line.hear(QUIET);
            if fate == "drop" && !late.is_empty() {
                return after(line, &late);
            }
            return fate;
        }
        if status == "100" {
            return talk(line);
        }
        fate = status;
    }
}

fn after(line: &mut impl Line, heard: &[u8]) -> String {
    match status(heard) {
        Some(status) if status == "100" => talk(line),
        Some(status) => status,
        None => "drop".to_owned(),
    }
}

/// A session has begun: it is answered, acknowledged and ended.
fn talk(line: &mut impl Line) -> String {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let heard = line.hear(PATIENCE);
        let Some(code) = status(&heard) else { continue };
        if position(&heard, b"are-you-there").is_some() || code.starts_with('1') {
            continue;
        }
        match (code.as_str(), cseq(&heard)) {
            ("200", (number, "INVITE")) => {
                line.say(&request("ACK", number, &heard));
                // There is no higher number for a BYE: that call ends by itself.
                if let Some(next) = number.checked_add(1).filter(|next| *next < 1 << 31) {
                    line.say(&request("BYE", next, &heard));
                } else {
                    return by_itself(line);
                }
            }
            ("200", (_, "BYE")) => return "ok".to_owned(),
            _ => return format!("100 and {code}"),
        }
    }
    "100 and no end".to_owned()
}

/// The flow's own end: its BYE is answered.
fn by_itself(line: &mut impl Line) -> String {
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        let heard = line.hear(PATIENCE);
        if heard.starts_with(b"BYE ") {
            let end = position(&heard, b"\r\n").expect("a line ends");
            line.say(&[b"SIP/2.0 200 OK", &heard[end..]].concat());
            return "ok".to_owned();
        }
    }
    "no end by itself".to_owned()
}

/// A request in the dialog that this answer made.
fn request(method: &str, number: u32, answer: &[u8]) -> Vec<u8> {
    let lines =
        answer.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let header = |name: &str| {
        let is_it = |line: &&[u8]| line.to_ascii_lowercase().starts_with(name.as_bytes());
        lines.clone().find(is_it).expect("the answer has it").to_vec()
    };
    let call = String::from_utf8_lossy(&header("call-id:")).replace([' ', ':', '@'], "");
    let branch = format!("z9hG4bK{method}{call}");
    let via = format!("Via: SIP/2.0/UDP 127.0.0.1:5099;rport;branch={branch}");
    let first = format!("{method} sip:800@127.0.0.1 SIP/2.0");
    let cseq = format!("CSeq: {number} {method}");
    let headers = [
        first.as_bytes(),
        via.as_bytes(),
        b"Max-Forwards: 70",
        &header("from:"),
        &header("to:"),
        &header("call-id:"),
        cseq.as_bytes(),
        b"Content-Length: 0",
        b"\r\n",
    ];
    headers.join(b"\r\n".as_slice())
}

const OPTIONS: &[u8] = b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n\
    Via: SIP/2.0/UDP 127.0.0.1:5099;rport;branch=z9hG4bKare-you-there\r\n\
    Max-Forwards: 70\r\nFrom: <sip:monitor@127.0.0.1>;tag=1\r\nTo: <sip:127.0.0.1>\r\n\
    Call-ID: are-you-there\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";

#[test]
fn a_flood_of_malformed_messages_costs_no_memory() {
    let engine = Engine::start(&Setup::default().with_phones("", &[]));
    let cases: Vec<Case> =
        cases().into_iter().filter(|case| case.udp != "ok" && case.tcp != "wait").collect();
    let (mut datagrams, mut stream) = (Datagrams::open(&engine, 0), Stream::open(&engine));
    let mut flood = |from: usize, count: usize| {
        for (number, case) in (from..from + count).zip(cases.iter().cycle()) {
            let bytes = named(&case.bytes, number);
            if case.tcp.contains("close") || number % 2 == 0 {
                datagrams.say(&bytes);
            } else {
                stream.say(&bytes);
            }
            if number % BATCH == 0 {
                hear_all(&mut datagrams);
                hear_all(&mut stream);
            }
        }
        assert!(!stream.is_closed);
    };
    // What is made once, such as buffers and the allocator's arenas, is made by now.
    flood(0, 200);
    let before = engine.memory();
    flood(200, FLOOD);
    let grown = engine.memory().saturating_sub(before);
    assert!(grown < 16 * 1_024, "{grown} KiB for {FLOOD} messages");
    good_call(&engine);
    engine.stop();
}

fn hear_all(line: &mut impl Line) {
    while !line.hear(Duration::from_millis(1)).is_empty() {}
}

fn good_call(engine: &Engine) {
    let mut rtp = Rtp::open();
    let port = rtp.port().to_string();
    let more = ["-d", "500", "-key", "rtp_port", port.as_str()];
    let caller = Sipp::call(engine, "visit", Over::Udp, &more);
    rtp.first(PATIENCE);
    caller.succeed(Duration::from_secs(10));
}

/// The number and the method of an answer.
fn cseq(answer: &[u8]) -> (u32, &str) {
    let at = position(answer, b"CSeq: ").expect("every answer has it") + 6;
    let end = position(&answer[at..], b"\r\n").expect("a line ends") + at;
    let text = std::str::from_utf8(&answer[at..end]).expect("our own header is plain");
    let mut words = text.split_whitespace();
    let number = words.next().and_then(|number| number.parse().ok()).expect("a number");
    (number, words.next().expect("a method"))
}

fn status(message: &[u8]) -> Option<String> {
    let line = message.strip_prefix(b"SIP/2.0 ")?;
    Some(String::from_utf8_lossy(line.get(..3)?).into_owned())
}

/// The message with a Call-ID and a branch that no other one has.
fn named(bytes: &[u8], number: usize) -> Vec<u8> {
    replaced(bytes, b"malformed", format!("m{number:08}").as_bytes())
}

/// The bytes with each `from` replaced by `to`, which is as long.
fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for at in 0..bytes.len().saturating_sub(from.len()) {
        if bytes[at..].starts_with(from) {
            bytes[at..at + from.len()].copy_from_slice(to);
        }
    }
    bytes
}

fn position(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
