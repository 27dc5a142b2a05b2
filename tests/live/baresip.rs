//! baresip as a caller: it speaks a tone, presses keys, and keeps what it hears.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hatif::audio::tone::{self, Tone};

use crate::engine::{Engine, folder, free_port, pause};

/// A telephone.
pub(crate) struct Phone {
    child: Child,
    folder: PathBuf,
    control: TcpStream,
    exchange: SocketAddr,
    /// Samples of the recording that have been listened to.
    heard: usize,
}

/// What a piece of a recording sounds like.
#[derive(Debug, Clone, Copy)]
struct Sound {
    /// The tone that stands out, and its share of the energy.
    hertz: f64,
    share: f64,
    /// Root mean square, from 0 to 1.
    level: f64,
}

/// Longer than any of these calls.
const VOICE_SECONDS: u32 = 120;
const RATE: u32 = 8_000;
/// A tone is looked for in pieces of 100 ms, in steps of the 10 Hz that those can tell apart.
const PIECE: usize = 800;
const STEP_HERTZ: u32 = 10;
const HEADER_BYTES: usize = 44;
const PATIENCE: Duration = Duration::from_secs(8);

impl Phone {
    /// A phone whose owner speaks a tone that swells and fades.
    pub(crate) fn start(engine: &Engine, number: &str, hertz: f64) -> Self {
        let (folder, control) = (folder(), free_port());
        fs::write(folder.join("voice.wav"), voice(hertz)).expect("the folder is writable");
        fs::write(folder.join("config"), config(&folder, control)).expect("the folder is writable");
        let account = format!("<sip:{number}@127.0.0.1>;regint=0;audio_codecs=PCMA/8000/1\n");
        fs::write(folder.join("accounts"), account).expect("the folder is writable");
        fs::write(folder.join("contacts"), "").expect("the folder is writable");
        let log = fs::File::create(folder.join("log")).expect("the folder is writable");
        let child = Command::new("baresip")
            .args(["-4", "-f"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .expect("baresip is installed");
        let control = connect(control);
        Self { child, folder, control, exchange: engine.sip, heard: 0 }
    }

    /// Dials, and waits until the call is answered.
    pub(crate) fn dial(&mut self, number: &str) {
        for file in recordings(&self.folder) {
            fs::remove_file(file).expect("our own file");
        }
        self.heard = 0;
        self.order("dial", &format!("sip:{number}@{}", self.exchange));
        let start = Instant::now();
        while self.recording().is_empty() {
            assert!(start.elapsed() < PATIENCE, "{number} does not answer: {}", self.log());
            pause(Duration::from_millis(20));
        }
    }

    /// Presses a key (RFC 4733).
    pub(crate) fn press(&mut self, key: char) {
        self.order("sndcode", &key.to_string());
    }

    pub(crate) fn hang_up(&mut self) {
        self.order("hangup", "");
    }

    /// Waits until this tone is what is heard.
    pub(crate) fn hears(&mut self, hertz: f64) {
        self.listen_for(&format!("a tone of {hertz} Hz"), |sound| {
            (sound.hertz - hertz).abs() < 15.0 && sound.share > 0.7 && sound.level > 0.005
        });
    }

    /// Waits until music is heard, and nothing of a voice of this tone.
    pub(crate) fn hears_music(&mut self, voice: f64) {
        self.listen_for("music", |sound| sound.level > 0.005 && (sound.hertz - voice).abs() > 15.0);
    }

    /// Waits until nothing is heard.
    pub(crate) fn hears_nothing(&mut self) {
        self.listen_for("silence", |sound| sound.level < 0.002);
    }

    /// The caller hears something all the time: the recording has no second of silence from here on.
    pub(crate) fn is_never_left_in_silence(&mut self, span: Duration) {
        let start = Instant::now();
        while start.elapsed() < span {
            let sound = self.listen(Duration::from_secs(1));
            assert!(sound.level > 0.002, "silence after {:?}: {sound:?}", start.elapsed());
        }
    }

    fn listen_for(&mut self, what: &str, is_it: impl Fn(Sound) -> bool) {
        let start = Instant::now();
        loop {
            let sound = self.listen(Duration::from_millis(600));
            if is_it(sound) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the caller wanted {what} and heard {sound:?}");
        }
    }

    /// Listens for a while. What does not arrive is silence.
    fn listen(&mut self, span: Duration) -> Sound {
        self.heard = self.recording().len();
        pause(span);
        let recording = self.recording();
        let fresh = recording.get(self.heard..).unwrap_or_default();
        let loudest = fresh.chunks_exact(PIECE).max_by(|a, b| level(a).total_cmp(&level(b)));
        loudest.map_or(Sound { hertz: 0.0, share: 0.0, level: 0.0 }, sound_of)
    }

    /// Every sample that was decoded so far.
    fn recording(&self) -> Vec<i16> {
        let bytes = recordings(&self.folder)
            .iter()
            .find(|file| file.to_string_lossy().ends_with("-dec.wav"))
            .and_then(|file| fs::read(file).ok())
            .unwrap_or_default();
        let samples = bytes.get(HEADER_BYTES..).unwrap_or_default().as_chunks::<2>().0;
        samples.iter().map(|pair| i16::from_le_bytes(*pair)).collect()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Gives an order to baresip's `ctrl_tcp`: a netstring of JSON.
    fn order(&mut self, command: &str, params: &str) {
        let order = serde_json::json!({"command": command, "params": params}).to_string();
        let framed = format!("{}:{order},", order.len());
        self.control.write_all(framed.as_bytes()).expect("baresip listens");
        let mut answer = String::new();
        let mut buffer = [0; 4_096];
        while !answer.contains("\"response\":true") {
            let length = self.control.read(&mut buffer).expect("baresip answers");
            answer.push_str(&String::from_utf8_lossy(&buffer[..length]));
        }
        assert!(answer.contains("\"ok\":true"), "{order}: {answer}");
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn connect(control: SocketAddr) -> TcpStream {
    let start = Instant::now();
    loop {
        if let Ok(stream) = TcpStream::connect(control) {
            stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
            return stream;
        }
        assert!(start.elapsed() < PATIENCE, "baresip does not start");
        pause(Duration::from_millis(20));
    }
}

fn config(folder: &Path, control: SocketAddr) -> String {
    let folder = folder.to_str().expect("a plain path");
    let mut text = String::from(
        "sip_listen 127.0.0.1:0\nausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\n\
         auplay_channels 1\naudio_level no\nrtp_ports 10000-16000\nrtp_timeout 0\n\
         audio_player aubridge,nobody\naudio_alert aubridge,nobody\n",
    );
    for module in ["g711", "aufile", "aubridge", "sndfile"] {
        writeln!(text, "module {module}.so").expect("a string takes it");
    }
    for module in ["account", "menu", "ctrl_tcp"] {
        writeln!(text, "module_app {module}.so").expect("a string takes it");
    }
    write!(
        text,
        "module_path /usr/lib/baresip/modules\naudio_source aufile,{folder}/voice.wav\n\
         snd_path {folder}\nctrl_tcp_listen {control}\n"
    )
    .expect("a string takes it");
    text
}

fn recordings(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("our own folder");
    let files = entries.map(|entry| entry.expect("our own folder").path());
    files.filter(|file| file.to_string_lossy().contains("/dump-")).collect()
}

/// A file with a tone that swells and fades four times in a second, as a voice does.
fn voice(hertz: f64) -> Vec<u8> {
    let data = VOICE_SECONDS * RATE * 2;
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + data).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(b"\x02\0\x10\0data");
    file.extend_from_slice(&data.to_le_bytes());
    let loudness = Tone::new(4.0, 45);
    let samples = Tone::new(hertz, 16_000).zip(loudness).take((VOICE_SECONDS * RATE) as usize);
    for (sample, loudness) in samples {
        let swollen = i32::from(sample) * (55 + i32::from(loudness)) / 100;
        let swollen = i16::try_from(swollen).expect("a loudness is at most 100 in 100");
        file.extend_from_slice(&swollen.to_le_bytes());
    }
    file
}

fn sound_of(samples: &[i16]) -> Sound {
    let (hertz, share) = (100..3_400)
        .step_by(STEP_HERTZ as usize)
        .map(|hertz: u32| (f64::from(hertz), tone::share(samples, f64::from(hertz))))
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .expect("there are frequencies");
    Sound { hertz, share, level: level(samples) }
}

fn level(samples: &[i16]) -> f64 {
    let energy: f64 = samples.iter().map(|&sample| (f64::from(sample) / 32_768.0).powi(2)).sum();
    let count = u32::try_from(samples.len()).expect("a short piece");
    (energy / f64::from(count.max(1))).sqrt()
}
