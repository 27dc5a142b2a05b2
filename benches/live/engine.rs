//! One engine, from its start to its end.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark starts a program and waits for it"
)]

use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::cores;

/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The release binary with the bundle of `benches/peers`.
pub(crate) struct Engine {
    process: Child,
    folder: PathBuf,
    /// Where it hears SIP.
    pub(crate) sip: SocketAddr,
}

impl Engine {
    /// Starts one on its core and waits until it takes calls.
    pub(crate) fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("hatif-bench-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("the folder for temporary files is writable");
        let (sip, web) = (free_port(), free_port());
        fs::write(folder.join("hatif.toml"), configuration(sip, web, &folder))
            .expect("the folder is writable");
        let log = fs::File::create(folder.join("log")).expect("the folder is writable");
        let process = cores::on_engine_core(env!("CARGO_BIN_EXE_hatif"))
            .args(["serve", "--config", "hatif.toml"])
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("taskset is there");
        let mut engine = Self { process, folder, sip };
        engine.wait("it is ready", |_| is_ready(web));
        engine
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Its memory.
    pub(crate) fn resident_kilobytes(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("the engine runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next());
        number.and_then(|number| number.parse().ok()).expect("the system tells what is resident")
    }

    /// A folder for what a run leaves behind.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn wait(&mut self, what: &str, truth: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !truth(self) {
            let ended = self.process.try_wait().expect("it is our own child").is_some();
            let log = || fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            assert!(!ended && begun.elapsed() < PATIENCE, "not so: {what}\n{}", log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// A loopback port that nobody has.
pub(crate) fn free_port() -> SocketAddr {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    socket.local_addr().expect("a bound socket has an address")
}

fn configuration(sip: SocketAddr, web: SocketAddr, folder: &Path) -> String {
    let (bundle, store) = (root().join("benches/peers"), folder.join("bench.db"));
    format!(
        "[sip]\nbind = [\"udp:{sip}\"]\n\
         [rtp]\nbind = \"127.0.0.1\"\nports = \"16384-32767\"\n\
         [web]\nbind = \"{web}\"\n\
         [bundle]\npath = \"{}\"\n\
         [sounds]\npath = \"{}\"\n\
         [store]\nurl = \"sqlite:{}\"\n\
         [engine]\nworkers = 1\nmedia_workers = 1\n\
         [log]\nlevel = \"warn\"\n",
        bundle.display(),
        bundle.join("sounds").display(),
        store.display()
    )
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn is_ready(web: SocketAddr) -> bool {
    let Ok(mut stream) = TcpStream::connect(web) else { return false };
    let request = b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut answer = String::new();
    let asked = stream.write_all(request).and_then(|()| stream.read_to_string(&mut answer));
    asked.is_ok() && answer.starts_with("HTTP/1.1 200")
}
