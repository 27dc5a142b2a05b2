//! Programs that talk with callers, on real sockets: what each does is its path.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::{SinkExt as _, StreamExt as _};
use hatif::audio::g711;
use hatif::audio::tone::Tone;
use hatif::base::codec::Codec;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use crate::elsewhere::{Certificate, acceptor, address, spawn};

/// The tone that the programs speak.
pub(crate) const HERTZ: f64 = 1_000.0;

/// One talk, as a program heard it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Talk {
    pub(crate) does: String,
    pub(crate) authorization: String,
    /// Its messages, with the time of arrival.
    pub(crate) heard: Vec<(Instant, Value)>,
    pub(crate) is_closed: bool,
}

impl Talk {
    /// The messages of one kind.
    pub(crate) fn of(&self, event: &str) -> Vec<&Value> {
        let of = |(_, message): &&(Instant, Value)| message["event"] == event;
        self.heard.iter().filter(of).map(|(_, message)| message).collect()
    }

    /// When the first message came that has this text in it.
    pub(crate) fn when(&self, part: &str) -> Instant {
        let found = self.heard.iter().find(|(_, message)| message.to_string().contains(part));
        found.unwrap_or_else(|| panic!("{part} did not come: {:#?}", self.heard)).0
    }

    /// What the caller said.
    pub(crate) fn sound(&self) -> Vec<i16> {
        let bytes = self.of("media").into_iter().flat_map(|media| {
            let payload = media["media"]["payload"].as_str().expect("a payload");
            BASE64_STANDARD.decode(payload).expect("base64")
        });
        bytes.map(|byte| g711::decode(Codec::Pcmu, byte)).collect()
    }
}

type Log = Arc<Mutex<Vec<Talk>>>;

/// The programs of one server.
pub(crate) struct Bots {
    pub(crate) plain: SocketAddr,
    pub(crate) secure: SocketAddr,
    /// Takes connections and never says a word.
    pub(crate) silent: SocketAddr,
    talks: Log,
    /// They end with this.
    _runtime: Runtime,
}

impl Bots {
    pub(crate) fn start(certificate: &Certificate) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let talks = Log::default();
        let (plain, secure, silent) = runtime.block_on(async {
            let bind = || async { TcpListener::bind("127.0.0.1:0").await.expect("a free port") };
            let (plain, secure, silent) = (bind().await, bind().await, bind().await);
            let addresses = (address(&plain), address(&secure), address(&silent));
            let log = Arc::clone(&talks);
            spawn(answer(plain, log.clone(), |stream| async { Some(stream) }));
            let acceptor = acceptor(certificate);
            spawn(answer(secure, log, move |stream| greet(acceptor.clone(), stream)));
            spawn(hold(silent));
            addresses
        });
        Self { plain, secure, silent, talks, _runtime: runtime }
    }

    /// The only talk of a program so far.
    pub(crate) fn talk(&self, does: &str) -> Talk {
        let talks = self.talks.lock().expect("nobody panicked with it");
        let talks: Vec<&Talk> = talks.iter().filter(|talk| talk.does == does).collect();
        assert_eq!(talks.len(), 1, "{does} was called once");
        talks[0].clone()
    }
}

/// Talks with everybody who comes.
async fn answer<S, F>(listener: TcpListener, log: Log, greet: impl Fn(TcpStream) -> F)
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    F: Future<Output = Option<S>>,
{
    while let Ok((stream, _)) = listener.accept().await {
        if let Some(stream) = greet(stream).await {
            spawn(talk(stream, Arc::clone(&log)));
        }
    }
}

async fn greet(acceptor: TlsAcceptor, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    acceptor.accept(stream).await.ok()
}

/// Lets everybody in and says nothing.
async fn hold(listener: TcpListener) {
    let mut held = Vec::new();
    while let Ok((stream, _)) = listener.accept().await {
        held.push(stream);
    }
}

/// One talk with its notes.
struct Line<S> {
    web: WebSocketStream<S>,
    talks: Log,
    index: usize,
    stream_sid: String,
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(stream: S, talks: Log) {
    let mut talk = Talk::default();
    #[expect(clippy::result_large_err, reason = "the library wants it")]
    let note = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        request.uri().path().trim_start_matches('/').clone_into(&mut talk.does);
        let field = request.headers().get("authorization");
        talk.authorization = field.map_or("", |of| of.to_str().expect("letters")).to_owned();
        Ok(response)
    };
    let Ok(web) = accept_hdr_async(stream, note).await else { return };
    let does = talk.does.clone();
    let index = {
        let mut talks = talks.lock().expect("nobody panicked with it");
        talks.push(talk);
        talks.len() - 1
    };
    let mut line = Line { web, talks, index, stream_sid: String::new() };
    line.until("start").await;
    match does.as_str() {
        "echo" => line.echo().await,
        "counts" => line.count().await,
        "clears" => line.clear().await,
        "closes" => {
            line.say(1).await;
            line.close(1000, "done").await;
        }
        "breaks" => return,
        "deaf" => return tokio::time::sleep(Duration::from_secs(60)).await,
        "huge" => line.send(json!({"event": "mark", "mark": {"name": "x".repeat(2 << 20)}})).await,
        "gives_up" => line.close(1011, "").await,
        "nonsense" => {
            for _ in 0..30 {
                drop(line.web.send(Message::text("hello?")).await);
            }
        }
        _ => {}
    }
    while line.next().await.is_some() {}
    line.note(|talk| talk.is_closed = true);
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    fn note(&self, note: impl FnOnce(&mut Talk)) {
        let mut talks = self.talks.lock().expect("nobody panicked with it");
        note(&mut talks[self.index]);
    }

    /// The next message, noted down.
    async fn next(&mut self) -> Option<Value> {
        loop {
            let Message::Text(text) = self.web.next().await?.ok()? else { continue };
            let message: Value = serde_json::from_str(&text).expect("JSON");
            self.note(|talk| talk.heard.push((Instant::now(), message.clone())));
            if let Some(sid) = message["streamSid"].as_str() {
                sid.clone_into(&mut self.stream_sid);
            }
            return Some(message);
        }
    }

    async fn until(&mut self, event: &str) -> Option<Value> {
        while let Some(message) = self.next().await {
            if message["event"] == event {
                return Some(message);
            }
        }
        None
    }

    async fn send(&mut self, mut message: Value) {
        message["streamSid"] = self.stream_sid.clone().into();
        drop(self.web.send(Message::text(message.to_string())).await);
    }

    async fn close(&mut self, code: u16, reason: &'static str) {
        let frame = CloseFrame { code: code.into(), reason: reason.into() };
        drop(self.web.close(Some(frame)).await);
    }

    /// That many seconds of the tone, as fast as it can be sent.
    async fn say(&mut self, seconds: usize) {
        let tone = Tone::new(HERTZ, 8_000).take(seconds * 8_000);
        let bytes: Vec<u8> = tone.map(|sample| g711::encode(Codec::Pcmu, sample)).collect();
        let payload = BASE64_STANDARD.encode(bytes);
        self.send(json!({"event": "media", "media": {"payload": payload}})).await;
    }

    async fn mark(&mut self, name: &str) {
        self.send(json!({"event": "mark", "mark": {"name": name}})).await;
    }

    /// Says what it hears, until a key is pressed.
    async fn echo(&mut self) {
        while let Some(message) = self.next().await {
            let payload = &message["media"]["payload"];
            if payload.is_string() {
                self.send(json!({"event": "media", "media": {"payload": payload}})).await;
            }
            if message["dtmf"]["digit"] == "#" {
                let stop = json!({"wants": "done", "body": {"intent": "echoed"}});
                self.send(json!({"event": "stop", "stop": stop})).await;
            }
        }
    }

    /// Two seconds with a mark after each, and it closes.
    async fn count(&mut self) {
        self.mark("none").await;
        for name in ["one", "two"] {
            self.say(1).await;
            self.mark(name).await;
        }
        while let Some(message) = self.until("mark").await {
            if message["mark"]["name"] == "two" {
                self.close(1000, "").await;
            }
        }
    }

    /// Speaks for long, until a key is pressed.
    async fn clear(&mut self) {
        self.say(10).await;
        self.mark("never").await;
        self.until("dtmf").await;
        self.send(json!({"event": "clear"})).await;
        self.until("mark").await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        let stop = json!({"wants": "agent", "body": {"intent": "bill"}});
        self.send(json!({"event": "stop", "stop": stop})).await;
    }
}
