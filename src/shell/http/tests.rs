//! The web side as a browser meets it: over a real socket.

mod bundles;
mod recordings;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};

use crate::shell::clock::Clock;
use crate::shell::http::{
    BundleParts, DialledNumber, HttpParts, Incoming, Outgoing, Sessions, Socket, TrafficQuestion,
    serve,
};
use crate::shell::library::Librarian;
use crate::shell::library::sample::Sample;
use crate::shell::store::trial::{Place, call, maryam, record, within};
use crate::shell::store::{Agent, Role, Store};
use crate::telemetry::{Meter, NodeTraffic};

/// An engine with nothing but its web side.
struct Web {
    address: SocketAddr,
    sockets: mpsc::Receiver<Socket>,
    bundle: Sample,
    recordings: PathBuf,
}

/// What was answered.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|why| panic!("{why}: {}", self.body))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

impl Web {
    /// Sends a request on a connection of its own.
    async fn ask(&self, head: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let host = self.address;
        let request = format!(
            "{head} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n\
             {headers}\r\n{body}"
        );
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut text = Vec::new();
        stream.read_to_end(&mut text).await.expect("it answers");
        let text = String::from_utf8_lossy(&text).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").expect("a head and a body");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.expect("a status");
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), "", "").await
    }

    async fn get_as(&self, token: &str, path: &str) -> Answer {
        let headers = format!("authorization: Bearer {token}\r\n");
        self.ask(&format!("GET {path}"), &headers, "").await
    }

    async fn log_in(&self, agent: &str, password: &str) -> Answer {
        let body = serde_json::json!({"agent": agent, "password": password}).to_string();
        self.ask("POST /api/v1/login", "content-type: application/json\r\n", &body).await
    }

    async fn token(&self, agent: &str) -> String {
        let answer = self.log_in(agent, "correct horse").await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["token"].as_str().expect("a token").to_owned()
    }

    /// Opens a WebSocket, and gives the stream and what was answered.
    async fn open(&self, path: &str, origin: &str) -> (TcpStream, String) {
        let host = self.address;
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             origin: {origin}\r\n\r\n"
        );
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(request.as_bytes()).await.expect("it reads");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.expect("it answers"));
        }
        (stream, String::from_utf8_lossy(&head).into_owned())
    }

    async fn open_desk(&mut self) -> (TcpStream, Socket) {
        let origin = format!("http://{}", self.address);
        let (stream, head) = self.open("/ws/desk", &origin).await;
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        (stream, self.sockets.recv().await.expect("it was handed over"))
    }
}

/// Writes one masked frame; a mask of zeros changes nothing.
async fn say(stream: &mut TcpStream, opcode: u8, payload: &[u8]) {
    let mut frame = vec![0x80 | opcode, 0x80 | 127];
    frame.extend(u64::try_from(payload.len()).expect("short").to_be_bytes());
    frame.extend([0; 4]);
    frame.extend(payload);
    stream.write_all(&frame).await.expect("it reads");
}

/// Reads one short frame: its opcode and its payload.
async fn hear(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let opcode = stream.read_u8().await.expect("a frame") & 0x0f;
    let length = stream.read_u8().await.expect("a frame");
    let mut payload = vec![0; usize::from(length)];
    stream.read_exact(&mut payload).await.expect("a frame");
    (opcode, payload)
}

/// Reads the close frame's code.
async fn close_code(stream: &mut TcpStream) -> u16 {
    let (opcode, payload) = hear(stream).await;
    assert_eq!(opcode, 8, "a close frame");
    u16::from_be_bytes([payload[0], payload[1]])
}

/// Runs a test against a web side with two agents and two calls.
fn with_web(test: &str, check: impl AsyncFnOnce(Web)) {
    let place = Place::new(&format!("http-{test}"));
    within(async {
        let (store, writer) = place.open().await;
        fill(&store).await;
        let clock = Clock::start();
        let (opened, sockets) = mpsc::channel(4);
        let take = Arc::new(move |socket| opened.try_send(socket).expect("few are opened"));
        let sample = Sample::new(&format!("http-{test}"));
        let (questions, mut asked) = mpsc::channel::<TrafficQuestion>(4);
        let parts = sample.parts(&store, clock);
        let (shelf, vault) = (parts.shelf.clone(), parts.vault.clone());
        let (sounds, (librarian, library)) = (parts.source.sounds.clone(), Librarian::new(parts));
        let bundles = BundleParts { shelf, library, vault, sounds, questions };
        let parts = HttpParts {
            count: Arc::new(|reply| reply.send(()).expect("somebody asked")),
            ask_why: Arc::new(|_, reply| drop(reply.send(Vec::new()))),
            bundles,
            clock,
            store: store.clone(),
            recordings: place.folder().join("recordings").into(),
            meter: Arc::new(Meter::new()),
            sessions: Sessions::new(clock),
            ready: Arc::new(|| Err("draining".into())),
            numbers: Arc::new(|| vec![DialledNumber { number: "800".into(), title: None }]),
            entity_names: Arc::new(|_| BTreeMap::from([("en".into(), "Power".into())])),
            public_url: None,
            on_desk: take,
            on_caller: None,
        };
        let bind = "127.0.0.1:0".parse().expect("an address");
        let (address, server) = serve(bind, parts).await.expect("a free port");
        let (stop, stopped) = oneshot::channel::<()>();
        let run = server.run(async { drop(stopped.await) });
        let check = async {
            store.record(record(1, "maryam"));
            store.record(record(2, "salem"));
            store.flush().await;
            let recordings = place.folder().join("recordings");
            check(Web { address, sockets, bundle: sample, recordings }).await;
            drop(stop);
            store.close().await
        };
        let count = async {
            while let Some(question) = asked.recv().await {
                answer(question);
            }
        };
        let ((), closed, (), (), ()) =
            tokio::join!(run, check, writer.run(), librarian.run(), count);
        closed.expect("a good disk");
    });
}

/// Two callers have been here, and one still is.
fn answer(question: TrafficQuestion) {
    match question {
        TrafficQuestion::Calls(reply) => drop(reply.send(BTreeMap::new())),
        TrafficQuestion::Nodes { reply, .. } => {
            let (flow, node) = ("main".into(), "welcome".into());
            drop(reply.send(vec![NodeTraffic { flow, node, now: 1, last_hour: 2 }]));
        }
    }
}

async fn fill(store: &Store) {
    store.recording_began(&recordings::recording()).await.expect("a good disk");
    let boss = Agent { id: "boss".into(), role: Role::Supervisor, ..maryam() };
    for agent in [maryam(), boss] {
        store.add_agent(&agent).await.expect("new");
        store.set_password(&agent.id, "correct horse").await.expect("long enough");
    }
}

#[test]
fn health_and_metrics_are_open_to_all() {
    with_web("health", async |web| {
        assert_eq!(web.get("/healthz").await.status, 200);
        let ready = web.get("/readyz").await;
        assert_eq!((ready.status, ready.json()["detail"].as_str()), (503, Some("draining")));
        let metrics = web.get("/metrics").await;
        assert_eq!(
            metrics.header("content-type"),
            Some("text/plain; version=0.0.4; charset=utf-8")
        );
        assert!(metrics.body.contains("ivr_draining 0"), "{}", metrics.body);
    });
}

#[test]
fn every_error_is_a_problem_and_every_answer_is_dressed() {
    with_web("problems", async |web| {
        let long = "x".repeat(20_000);
        let answers = [
            (web.get("/nowhere").await, 404),
            (web.get("/assets/../../Cargo.toml").await, 404),
            (web.ask("DELETE /api/v1/login", "", "").await, 405),
            (web.ask("POST /api/v1/login", "", "{").await, 400),
            (web.ask("POST /api/v1/login", "", &long).await, 413),
            (web.get("/api/v1/calls").await, 401),
            (web.get_as("nonsense", "/api/v1/calls").await, 401),
            (web.get("/ws/desk").await, 400),
            (web.get("/api/v1/numbers").await, 404),
        ];
        for (answer, status) in answers {
            assert_eq!(answer.status, status, "{}", answer.body);
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert_eq!(answer.json()["status"], status);
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
            let policy = answer.header("content-security-policy").expect("a policy");
            assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        }
    });
}

#[test]
fn a_token_comes_with_the_right_password_and_goes_with_the_logout() {
    with_web("login", async |web| {
        let wrong = web.log_in("maryam", "wrong horse").await;
        assert_eq!(wrong.status, 401);
        assert_eq!(wrong.header("www-authenticate"), Some("Bearer"));
        let answer = web.log_in("maryam", "correct horse").await.json();
        assert_eq!(answer["agent"]["id"], "maryam");
        assert_eq!(answer["agent"]["name"], "مريم");
        let token = answer["token"].as_str().expect("a token");
        assert_eq!(web.get_as(token, "/api/v1/calls").await.status, 200);
        let headers = format!("authorization: Bearer {token}\r\n");
        assert_eq!(web.ask("POST /api/v1/logout", &headers, "").await.status, 204);
        assert_eq!(web.get_as(token, "/api/v1/calls").await.status, 401);
    });
}

#[test]
fn after_five_wrong_passwords_the_next_try_has_to_wait() {
    with_web("slowed", async |web| {
        for _ in 0..5 {
            assert_eq!(web.log_in("maryam", "wrong horse").await.status, 401);
        }
        let slowed = web.log_in("maryam", "correct horse").await;
        assert_eq!(slowed.status, 429);
        let wait: u32 = slowed.header("retry-after").expect("a wait").parse().expect("seconds");
        assert!((1..=5).contains(&wait), "{wait}");
        assert_eq!(web.log_in("boss", "correct horse").await.status, 200);
    });
}

#[test]
fn an_agent_sees_her_own_calls_with_masked_numbers() {
    with_web("own-calls", async |web| {
        let token = web.token("maryam").await;
        let list = web.get_as(&token, "/api/v1/calls?agent=me&limit=20").await.json();
        let [one] = list.as_array().expect("a list").as_slice() else { panic!("{list}") };
        assert_eq!(one["id"], call(1).to_string());
        assert_eq!(one["from"], "+971 5• ••• ••67");
        assert_eq!(one["entity"], serde_json::json!({"id": "power", "name": {"en": "Power"}}));
        assert_eq!((&one["queue_wait_s"], &one["talk_s"]), (&Value::from(8), &Value::from(60)));
        assert_eq!(one["ending"], serde_json::json!({"by": "agent", "cause": "hung_up"}));
        let hers = web.get_as(&token, &format!("/api/v1/calls/{}", call(1))).await.json();
        assert_eq!(hers["from"], "+971 5• ••• ••67");
        let others = web.get_as(&token, &format!("/api/v1/calls/{}", call(2))).await;
        assert_eq!(others.status, 404);
        assert_eq!(web.get_as(&token, "/api/v1/calls?agent=salem").await.status, 403);
        assert_eq!(web.get_as(&token, "/api/v1/calls?before=x").await.status, 400);
        assert_eq!(web.get_as(&token, "/api/v1/calls?colour=red").await.status, 400);
    });
}

#[test]
fn a_supervisor_sees_all_calls_in_full() {
    with_web("all-calls", async |web| {
        let token = web.token("boss").await;
        let ids = async |path: &str| {
            let list = web.get_as(&token, path).await.json();
            let calls = list.as_array().expect("a list").clone();
            calls
                .iter()
                .map(|call| call["id"].as_str().expect("an id").to_owned())
                .collect::<Vec<_>>()
        };
        let (first, second) = (call(1).to_string(), call(2).to_string());
        assert_eq!(ids("/api/v1/calls").await, [second.clone(), first.clone()]);
        assert_eq!(ids("/api/v1/calls?limit=1").await, std::slice::from_ref(&second));
        assert_eq!(
            ids(&format!("/api/v1/calls?before={second}")).await,
            std::slice::from_ref(&first)
        );
        assert_eq!(ids("/api/v1/calls?agent=salem&entity=power").await, [second]);
        let one = web.get_as(&token, &format!("/api/v1/calls/{first}")).await.json();
        assert_eq!(one["from"], "+971501234567");
    });
}

#[test]
fn a_desk_and_the_engine_talk_over_the_socket() {
    with_web("socket", async |mut web| {
        let (mut stream, mut socket) = web.open_desk().await;
        say(&mut stream, 1, br#"{"type":"hello"}"#).await;
        let hello = Incoming::Text(r#"{"type":"hello"}"#.into());
        assert_eq!(socket.incoming.recv().await, Some(hello));
        socket.outgoing.send(Outgoing::Text("welcome".into())).await.expect("it is open");
        assert_eq!(hear(&mut stream).await, (1, b"welcome".to_vec()));
        say(&mut stream, 8, &1001_u16.to_be_bytes()).await;
        assert_eq!(socket.incoming.recv().await, Some(Incoming::Closed { said: true }));
    });
}

#[test]
fn a_socket_that_breaks_is_told_from_one_that_was_closed() {
    with_web("broken", async |mut web| {
        let (stream, mut socket) = web.open_desk().await;
        drop(stream);
        assert_eq!(socket.incoming.recv().await, Some(Incoming::Closed { said: false }));
        let (mut stream, socket) = web.open_desk().await;
        socket.outgoing.send(Outgoing::Close(1000)).await.expect("it is open");
        assert_eq!(close_code(&mut stream).await, 1000);
        let (mut stream, socket) = web.open_desk().await;
        drop(socket);
        assert_eq!(close_code(&mut stream).await, 1001);
    });
}

#[test]
fn what_is_too_long_too_fast_or_no_text_closes_the_socket() {
    with_web("rules", async |mut web| {
        let (mut stream, _socket) = web.open_desk().await;
        say(&mut stream, 1, &vec![b'x'; 64 * 1024 + 1]).await;
        assert_eq!(close_code(&mut stream).await, 1009);
        let (mut stream, _socket) = web.open_desk().await;
        say(&mut stream, 2, b"binary").await;
        assert_eq!(close_code(&mut stream).await, 1008);
        let (mut stream, mut socket) = web.open_desk().await;
        for _ in 0..51 {
            say(&mut stream, 1, b"{}").await;
        }
        assert_eq!(close_code(&mut stream).await, 1008);
        for _ in 0..50 {
            assert_eq!(socket.incoming.recv().await, Some(Incoming::Text("{}".into())));
        }
    });
}

#[test]
fn another_sites_page_opens_no_socket() {
    with_web("origin", async |web| {
        let (_stream, head) = web.open("/ws/desk", "https://elsewhere.example").await;
        assert!(head.starts_with("HTTP/1.1 403"), "{head}");
    });
}

#[test]
fn without_a_test_caller_its_page_and_socket_are_not_there() {
    with_web("no-caller", async |web| {
        assert_eq!(web.get("/call").await.status, 404);
        let (_stream, head) = web.open("/ws/call", &format!("http://{}", web.address)).await;
        assert!(head.starts_with("HTTP/1.1 404"), "{head}");
        let desk = web.get("/desk").await;
        assert_eq!(desk.header("content-type"), Some("text/html; charset=utf-8"));
    });
}
