//! The doors of the WebSockets: who may open one, how large and how fast messages may be.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use crate::base::limit::{
    SOCKET_BOX_MAX, SOCKET_MESSAGE_BYTES_MAX, SOCKET_MESSAGES_PER_SECOND, SOCKET_WRITE_PATIENCE,
    SOCKETS_MAX,
};
use crate::base::time::Moment;
use crate::shell::clock::Clock;
use crate::shell::http::origin;
use crate::shell::http::parts::{HttpParts, OnSocket};
use crate::shell::http::problem::Problem;
use crate::shell::http::serve::Peer;
use crate::telemetry::Meter;

/// The peer broke a rule of the protocol (RFC 6455 §7.4.1).
const POLICY: u16 = 1008;
/// The peer's message was too long.
const TOO_LONG: u16 = 1009;
/// The engine goes away.
const AWAY: u16 = 1001;

/// A WebSocket that has opened, as a pair of boxes.
#[derive(Debug)]
pub struct Socket {
    /// Who is at the other end.
    pub peer: SocketAddr,
    /// What the browser says. It ends with [`Incoming::Closed`].
    pub incoming: mpsc::Receiver<Incoming>,
    /// What the browser is told. When every sender is dropped, the socket is closed with 1001.
    pub outgoing: mpsc::Sender<Outgoing>,
}

/// What a browser says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A message.
    Text(String),
    /// The end; nothing follows.
    Closed {
        /// Whether there was a close frame, as on a reload or a closed tab.
        said: bool,
    },
}

/// What a browser is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outgoing {
    /// A message.
    Text(String),
    /// The end, with this code; nothing follows.
    Close(u16),
}

/// The places for open sockets, by page.
#[derive(Debug, Clone)]
pub(super) struct Doors {
    desk: Arc<Semaphore>,
    call: Arc<Semaphore>,
}

impl Default for Doors {
    fn default() -> Self {
        let places = || Arc::new(Semaphore::new(SOCKETS_MAX));
        Self { desk: places(), call: places() }
    }
}

/// One open socket's place among [`SOCKETS_MAX`].
struct Place {
    page: &'static str,
    places: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
    meter: Arc<Meter>,
}

type Asked = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

/// Opens a desk's socket.
pub(super) async fn desk(
    State(parts): State<HttpParts>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(doors): Extension<Doors>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Problem> {
    let take = Arc::clone(&parts.on_desk);
    let place = Place::of("desk", &doors.desk, &parts)?;
    open(&parts, &headers, asked, place, peer, take)
}

/// Opens a test caller's socket.
pub(super) async fn caller(
    State(parts): State<HttpParts>,
    Extension(Peer(peer)): Extension<Peer>,
    Extension(doors): Extension<Doors>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Problem> {
    let take = parts.on_caller.clone().ok_or_else(Problem::not_found)?;
    let place = Place::of("call", &doors.call, &parts)?;
    open(&parts, &headers, asked, place, peer, take)
}

fn open(
    parts: &HttpParts,
    headers: &HeaderMap,
    asked: Asked,
    place: Place,
    peer: SocketAddr,
    take: OnSocket,
) -> Result<Response, Problem> {
    if !origin::is_ours(headers, parts.public_url.as_deref()) {
        tracing::warn!(%peer, page = place.page, "a WebSocket of another site was refused");
        return Err(Problem::new(StatusCode::FORBIDDEN, "this is for our own pages"));
    }
    let asked = asked.map_err(|why| Problem::new(why.status(), why.body_text()))?;
    let clock = parts.clock;
    Ok(asked
        .max_frame_size(SOCKET_MESSAGE_BYTES_MAX)
        .max_message_size(SOCKET_MESSAGE_BYTES_MAX)
        .on_upgrade(async move |web| {
            let (to_us, incoming) = mpsc::channel(SOCKET_BOX_MAX);
            let (outgoing, from_us) = mpsc::channel(SOCKET_BOX_MAX);
            take(Socket { peer, incoming, outgoing });
            let line = Line { web, to_us, pace: Pace::default(), clock };
            line.carry(from_us).await;
            drop(place);
        }))
}

impl Place {
    fn of(page: &'static str, places: &Arc<Semaphore>, parts: &HttpParts) -> Result<Self, Problem> {
        let Ok(permit) = Arc::clone(places).try_acquire_owned() else {
            return Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many are open"));
        };
        let (places, meter) = (Arc::clone(places), Arc::clone(&parts.meter));
        let place = Self { page, places, permit: Some(permit), meter };
        place.show();
        Ok(place)
    }

    fn show(&self) {
        let open = SOCKETS_MAX.saturating_sub(self.places.available_permits());
        self.meter.web_sockets(self.page, open);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // The place is free before it is shown to be.
        drop(self.permit.take());
        self.show();
    }
}

/// How many messages came in the second that began then.
#[derive(Debug, Default)]
struct Pace {
    second: Moment,
    messages: u32,
}

impl Pace {
    /// Counts a message, and says whether it was one too many.
    fn is_too_fast(&mut self, now: Moment) -> bool {
        if now.since(self.second) >= Duration::from_secs(1) {
            *self = Self { second: now, messages: 0 };
        }
        self.messages = self.messages.saturating_add(1);
        self.messages > SOCKET_MESSAGES_PER_SECOND
    }
}

/// One open socket.
struct Line {
    web: WebSocket,
    to_us: mpsc::Sender<Incoming>,
    pace: Pace,
    clock: Clock,
}

/// How a socket goes on after a message.
enum Next {
    On,
    Close(u16),
    Ended { said: bool },
}

impl Line {
    async fn carry(mut self, mut from_us: mpsc::Receiver<Outgoing>) {
        let said = loop {
            let next = tokio::select! {
                heard = self.web.recv() => self.hear(heard).await,
                told = from_us.recv() => match told {
                    Some(Outgoing::Text(text)) => self.tell(Message::Text(text.into())).await,
                    Some(Outgoing::Close(code)) => Next::Close(code),
                    None => Next::Close(AWAY),
                },
            };
            match next {
                Next::On => {}
                Next::Close(code) => {
                    self.close(code).await;
                    break false;
                }
                Next::Ended { said } => break said,
            }
        };
        drop(self.to_us.send(Incoming::Closed { said }).await);
    }

    async fn hear(&mut self, heard: Option<Result<Message, axum::Error>>) -> Next {
        let message = match heard {
            Some(Ok(message)) => message,
            Some(Err(why)) if is_too_long(&why) => return Next::Close(TOO_LONG),
            Some(Err(_)) | None => return Next::Ended { said: false },
        };
        if self.pace.is_too_fast(self.clock.now()) {
            return Next::Close(POLICY);
        }
        match message {
            Message::Text(text) => {
                let text = Incoming::Text(text.as_str().to_owned());
                // Nobody listens any more: the engine is done with this socket.
                if self.to_us.send(text).await.is_err() { Next::Close(AWAY) } else { Next::On }
            }
            Message::Binary(_) => Next::Close(POLICY),
            Message::Close(_) => Next::Ended { said: true },
            // The library answers a ping by itself.
            Message::Ping(_) | Message::Pong(_) => Next::On,
        }
    }

    async fn tell(&mut self, message: Message) -> Next {
        match tokio::time::timeout(SOCKET_WRITE_PATIENCE, self.web.send(message)).await {
            Ok(Ok(())) => Next::On,
            Ok(Err(_)) | Err(_) => Next::Ended { said: false },
        }
    }

    /// Says goodbye, and waits a little for the browser to say it too.
    async fn close(&mut self, code: u16) {
        let frame = CloseFrame { code, reason: "".into() };
        let goodbye = async {
            if self.web.send(Message::Close(Some(frame))).await.is_err() {
                return;
            }
            while let Some(Ok(_)) = self.web.recv().await {}
        };
        drop(tokio::time::timeout(SOCKET_WRITE_PATIENCE, goodbye).await);
    }
}

/// Whether the library refused a message for its length.
fn is_too_long(why: &axum::Error) -> bool {
    why.to_string().contains("too long") || why.to_string().contains("too big")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_messages_fit_in_a_second() {
        let mut pace = Pace::default();
        let at = |millis| Moment::START + Duration::from_millis(millis);
        for _ in 0..50 {
            assert!(!pace.is_too_fast(at(10_000)));
        }
        assert!(pace.is_too_fast(at(10_999)));
        assert!(!pace.is_too_fast(at(11_000)));
    }
}
