//! One task for each stream: the socket to the program, the rings of the caller's leg, and the clock
//! between them.

use std::sync::Arc;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use rustls::RootCertStore;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::base::key::Key;
use crate::base::limit::{
    SECRET_TAIL, STREAM_BOX_MAX, STREAM_CONNECT, STREAM_FAREWELL, STREAM_ORDERS_MAX,
    STREAM_PING_EVERY, STREAM_UNANSWERED, STREAM_WRITE_PATIENCE, STREAMS_MAX,
};
use crate::base::time::Moment;
use crate::flow::run::{StreamEnd, StreamOrder};
use crate::media::{FRAME_SPAN, Feed, Listener};
use crate::shell::clock::Clock;
use crate::shell::errand::client;
use crate::shell::errand::guard::Guard;
use crate::shell::errand::stream::dial::{self, Admitted, DialFault, Socket};
use crate::shell::errand::stream::ear::Ear;
use crate::shell::errand::stream::talk::{End, Input, Output, Talk};
use crate::shell::errand::stream::wire::Name;
use crate::shell::tasks;
use crate::telemetry::{Meter, StreamResult};

/// The caller's side of a stream.
#[derive(Debug)]
pub struct Line {
    /// When the flow sent the caller there.
    pub begun: Moment,
    /// What the caller says.
    pub listener: Listener,
    /// What the caller hears.
    pub feed: Feed,
    /// What the caller presses. It closes when the caller leaves or the flow waits no longer.
    pub keys: mpsc::Receiver<Key>,
}

/// Whoever lets callers talk with programs.
#[derive(Clone)]
pub(in crate::shell::errand) struct Streams {
    guard: Arc<Guard>,
    tls: TlsConnector,
    seats: Arc<Semaphore>,
    clock: Clock,
    meter: Arc<Meter>,
}

impl std::fmt::Debug for Streams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Streams").field("guard", &self.guard).finish_non_exhaustive()
    }
}

impl Streams {
    /// Reaches only whom `guard` admits.
    pub(in crate::shell::errand) fn new(
        guard: Arc<Guard>,
        roots: &Arc<RootCertStore>,
        clock: Clock,
        meter: Arc<Meter>,
    ) -> Self {
        let tls = TlsConnector::from(Arc::new(client::tls(roots)));
        meter.streams(0);
        Self { guard, tls, seats: Arc::new(Semaphore::new(STREAMS_MAX)), clock, meter }
    }

    /// Lets a caller talk with a program, to the end.
    pub(in crate::shell::errand) async fn carry(
        &self,
        name: Name,
        order: &StreamOrder,
        line: Line,
    ) -> StreamEnd {
        let (call, begun) = (name.call.clone(), line.begun);
        let (target, (result, end)) = match dial::admit(&self.guard, &order.url) {
            Ok(admitted) => {
                let end = Box::pin(self.talk(name, order, &admitted, line)).await;
                (admitted.target, end)
            }
            Err(fault) => ("other".to_owned(), failed(fault)),
        };
        self.meter.stream(&target, result);
        let took = self.clock.now().since(begun);
        let result = result.label();
        tracing::info!(call, program = target, result, ?took, "a stream ended");
        end
    }

    async fn talk(
        &self,
        name: Name,
        order: &StreamOrder,
        admitted: &Admitted,
        mut line: Line,
    ) -> End {
        let Some(_seat) = Seat::take(self) else {
            return failed(DialFault::Refused("as many streams as there may be".to_owned()));
        };
        let mut early = Vec::new();
        let dialled = dial::dial(&self.guard, &self.tls, admitted, &order.headers);
        let dialled = tokio::time::timeout(STREAM_CONNECT.min(order.max), dialled);
        let socket = tokio::select! {
            () = left(&mut line.keys, &mut early) => {
                return (StreamResult::Left, StreamEnd::Closed(None));
            }
            dialled = dialled => match dialled {
                Ok(Ok(socket)) => socket,
                Ok(Err(fault)) => return failed(fault),
                Err(_) => return failed(DialFault::Connect("nobody in time".to_owned())),
            },
        };
        let now = self.clock.now();
        let mut talk = Talk::new(name, &order.parameters);
        for key in early {
            talk.handle(now, Input::Key(key));
        }
        // The last key of a secret may still be held.
        let start = now.max(line.begun + SECRET_TAIL);
        let call = Call {
            talk,
            ear: Ear::new(line.listener, start),
            feed: line.feed,
            clock: self.clock,
            deadline: line.begun + order.max,
            last_word: now,
            next_ping: now + STREAM_PING_EVERY,
        };
        call.run(socket, line.keys, &self.meter).await
    }
}

/// Keeps the keys that are pressed while the program is dialled, until the caller leaves.
async fn left(keys: &mut mpsc::Receiver<Key>, early: &mut Vec<Key>) {
    while let Some(key) = keys.recv().await {
        if early.len() < STREAM_ORDERS_MAX {
            early.push(key);
        }
    }
}

fn failed(fault: DialFault) -> End {
    match fault {
        DialFault::Refused(why) => (StreamResult::Refused, StreamEnd::Failed(why)),
        DialFault::Connect(why) => (StreamResult::Connect, StreamEnd::Failed(why)),
    }
}

/// One of the streams that there may be at once.
struct Seat {
    permit: Option<OwnedSemaphorePermit>,
    streams: Streams,
}

impl Seat {
    fn take(streams: &Streams) -> Option<Self> {
        let permit = Arc::clone(&streams.seats).try_acquire_owned().ok()?;
        let seat = Self { permit: Some(permit), streams: streams.clone() };
        seat.show();
        Some(seat)
    }

    fn show(&self) {
        let open = STREAMS_MAX.saturating_sub(self.streams.seats.available_permits());
        self.streams.meter.streams(open);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // The seat is free before it is shown to be.
        drop(self.permit.take());
        self.show();
    }
}

/// A stream whose program is there.
struct Call {
    talk: Talk,
    ear: Ear,
    feed: Feed,
    clock: Clock,
    deadline: Moment,
    last_word: Moment,
    next_ping: Moment,
}

/// Whether the program may say more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mouth {
    Open,
    Shut,
}

/// How the writing to a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Written {
    /// All of it, or the connection is gone: who reads sees that too.
    Over,
    /// The program does not read.
    Stuck,
}

impl Call {
    async fn run(mut self, socket: Socket, mut keys: mpsc::Receiver<Key>, meter: &Meter) -> End {
        let (sink, mut program) = socket.split();
        let (letters, waiting) = mpsc::channel(STREAM_BOX_MAX);
        let mut writer = tasks::spawn("stream writer", write(sink, waiting));
        let (mut mouth, mut is_writing) = (Mouth::Open, true);
        let mut beat = tokio::time::interval(FRAME_SPAN);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let end = loop {
            if let Some(end) = self.pump(&letters) {
                break end;
            }
            tokio::select! {
                biased;
                key = keys.recv() => {
                    self.tell(key.map_or(Input::Left, Input::Key));
                }
                _ = beat.tick() => self.turn(&letters),
                written = &mut writer, if is_writing => {
                    is_writing = false;
                    match written {
                        Ok(Written::Over) => {}
                        Ok(Written::Stuck) | Err(_) => self.tell(Input::Broke("nobody who reads")),
                    }
                }
                said = program.next(), if mouth == Mouth::Open => mouth = self.hear(said),
            }
        };
        meter.stream_lost("caller", self.ear.lost());
        meter.stream_lost("program", self.talk.lost());
        drop(letters);
        tasks::spawn("stream farewell", farewell(is_writing.then_some(writer), program));
        end
    }

    fn tell(&mut self, input: Input<'_>) {
        self.talk.handle(self.clock.now(), input);
    }

    /// Does what the talk asks for, until it asks for nothing.
    fn pump(&mut self, letters: &mpsc::Sender<Message>) -> Option<End> {
        while let Some(output) = self.talk.poll_output() {
            match output {
                Output::Send(text) => match letters.try_send(Message::text(text)) {
                    // A connection that is gone is seen where it is read.
                    Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => {}
                    Err(mpsc::error::TrySendError::Full(_)) => {
                        self.tell(Input::Broke("nobody who reads in time"));
                    }
                },
                Output::Play(frame) => {
                    let pushed = self.feed.push(frame);
                    debug_assert!(pushed.is_ok(), "the talk is only a little ahead");
                }
                Output::Forget => self.feed.clear(),
                Output::End(end) => return Some(end),
            }
        }
        None
    }

    /// 20 ms have passed.
    fn turn(&mut self, letters: &mpsc::Sender<Message>) {
        let now = self.clock.now();
        while let Some(sound) = self.ear.next(now) {
            self.talk.handle(now, Input::Heard(&sound));
        }
        self.talk.handle(now, Input::Turn { at_leg: self.feed.waiting() });
        if self.ear.is_over() {
            self.talk.handle(now, Input::Broke("a leg that is gone"));
        }
        if self.deadline <= now {
            self.talk.handle(now, Input::TimeOver);
        }
        if self.last_word + STREAM_UNANSWERED <= now {
            self.talk.handle(now, Input::Broke("nobody who answers"));
        }
        if self.next_ping <= now {
            self.next_ping = now + STREAM_PING_EVERY;
            // Without room there is much on its way to be answered.
            let _ = letters.try_send(Message::Ping(Vec::new().into()));
        }
    }

    fn hear(&mut self, said: Option<Result<Message, Error>>) -> Mouth {
        let now = self.clock.now();
        self.last_word = now;
        match said {
            Some(Ok(Message::Text(text))) => self.talk.handle(now, Input::Said(&text)),
            Some(Ok(Message::Binary(_))) => self.talk.handle(now, Input::Noise),
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
            Some(Ok(Message::Close(frame))) => {
                let frame = frame.map(|frame| (frame.code, frame.reason));
                self.talk.handle(
                    now,
                    match &frame {
                        None => Input::Closed(""),
                        Some((CloseCode::Normal | CloseCode::Status, reason)) => {
                            Input::Closed(reason)
                        }
                        Some(_) => Input::Broke("a program that gave up"),
                    },
                );
            }
            Some(Err(Error::Capacity(_))) => {
                self.talk.handle(now, Input::Broke("a message that is too long"));
                return Mouth::Shut;
            }
            Some(Err(_)) | None => {
                self.talk.handle(now, Input::Broke("a connection that broke off"));
                return Mouth::Shut;
            }
        }
        Mouth::Open
    }
}

/// Writes what there is, and closes the connection behind it.
async fn write(
    mut sink: SplitSink<Socket, Message>,
    mut waiting: mpsc::Receiver<Message>,
) -> Written {
    while let Some(message) = waiting.recv().await {
        match tokio::time::timeout(STREAM_WRITE_PATIENCE, sink.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Written::Over,
            Err(_) => return Written::Stuck,
        }
    }
    // The other side may have closed it already.
    drop(tokio::time::timeout(STREAM_WRITE_PATIENCE, sink.close()).await);
    Written::Over
}

/// Lets the program read its last message and close its end.
async fn farewell(writer: Option<JoinHandle<Written>>, mut program: SplitStream<Socket>) {
    let abort = writer.as_ref().map(JoinHandle::abort_handle);
    let both_ends = async {
        if let Some(writer) = writer {
            drop(writer.await);
        }
        while let Some(Ok(_)) = program.next().await {}
    };
    drop(tokio::time::timeout(STREAM_FAREWELL, both_ends).await);
    if let Some(abort) = abort {
        abort.abort();
    }
}
