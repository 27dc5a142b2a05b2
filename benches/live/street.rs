//! Many telephones in one thread: their signalling, their sound, and what they hear.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark has sockets and a clock"
)]

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::time::Timespec;

use crate::engine::Engine;
use crate::pacing::{Log, Pacing};
use crate::telephone::{self, Dialog, Heard};

/// Ports on which sound is heard; many calls share one, told apart by the engine's port.
const SOUND_PORTS: usize = 32;
/// Bytes that wait in one of them while another one is read.
const SOUND_BYTES_WAITING: usize = 4_000_000;
/// Packets read from one port before it is another one's turn.
const TURN: usize = 64;
/// The pause between two new calls: 500 a second.
const BETWEEN_CALLS: Duration = Duration::from_millis(2);
/// When an INVITE is sent again, and how often, before the call has failed.
const AGAIN_AFTER: Duration = Duration::from_millis(500);
const TRIES: u32 = 4;
/// How long new calls settle before they are watched.
const SETTLE: Duration = Duration::from_millis(300);
/// How long the ends of all calls may take.
const PARTING: Duration = Duration::from_secs(3);

/// Whether a telephone says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    /// As much as it hears: each packet goes back.
    Echo,
    /// Nothing by itself.
    None,
}

/// How far a call has come.
#[derive(Debug, Clone)]
enum State {
    Calling { tries: u32 },
    Talking { dialog: Dialog, sound: u16 },
    Over,
    Failed,
}

#[derive(Debug)]
struct Call {
    number: &'static str,
    speech: Speech,
    state: State,
    /// When the first packet of the latest spurt came.
    spurt: Option<Instant>,
}

/// Telephones that call one engine.
pub(crate) struct Street {
    engine: SocketAddr,
    us: SocketAddr,
    epoll: OwnedFd,
    sip: UdpSocket,
    sounds: Vec<UdpSocket>,
    calls: Vec<Call>,
    /// Which call the engine's port belongs to.
    by_port: Vec<Option<usize>>,
    unanswered: VecDeque<(Instant, usize)>,
    log: Option<Log>,
}

impl Street {
    /// No calls yet.
    pub(crate) fn new(engine: &Engine) -> Self {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).expect("the system has epoll");
        let sockets: Vec<UdpSocket> = (0..=SOUND_PORTS).map(|_| socket()).collect();
        for (number, socket) in (0..).zip(&sockets) {
            epoll::add(&epoll, socket, EventData::new_u64(number), EventFlags::IN)
                .expect("a socket can be waited for");
        }
        let mut sockets = sockets.into_iter();
        let sip = sockets.next().expect("there is one more than for sound");
        Self {
            engine: engine.sip,
            us: sip.local_addr().expect("a bound socket has an address"),
            epoll,
            sip,
            sounds: sockets.collect(),
            calls: Vec::new(),
            by_port: vec![None; usize::from(u16::MAX) + 1],
            unanswered: VecDeque::new(),
            log: None,
        }
    }

    /// Dials; says which call that is.
    pub(crate) fn dial(&mut self, number: &'static str, speech: Speech) -> usize {
        let call = self.calls.len();
        self.calls.push(Call { number, speech, state: State::Calling { tries: 1 }, spurt: None });
        self.invite(call);
        call
    }

    /// Dials 2000 until so many calls play; says how many of all calls have failed.
    pub(crate) fn grow(&mut self, level: usize) -> usize {
        let mut next = Instant::now();
        while self.playing().count() < level && self.failed() == 0 {
            self.turn();
            let dialled = self.playing().count() + self.unanswered.len();
            if dialled < level && next <= Instant::now() {
                self.dial("2000", Speech::Echo);
                next += BETWEEN_CALLS;
            }
        }
        self.pass(SETTLE);
        self.failed()
    }

    /// Watches the pacing of the calls that play.
    pub(crate) fn watch(&mut self, span: Duration) -> Pacing {
        self.log = Some(Log::new(self.playing(), span));
        self.pass(span);
        let log = self.log.take().expect("nobody else takes it");
        log.pacing(span)
    }

    /// Ends every call.
    pub(crate) fn hang_up(&mut self) {
        let until = Instant::now() + PARTING;
        for call in 0..self.calls.len() {
            self.bye(call);
            self.turn();
        }
        let talks = |call: &Call| matches!(call.state, State::Talking { .. });
        while self.calls.iter().any(talks) && Instant::now() < until {
            self.turn();
        }
    }

    /// Ends one call.
    pub(crate) fn bye(&mut self, call: usize) {
        if let Some(State::Talking { dialog, .. }) = self.calls.get(call).map(|call| &call.state) {
            self.send(&dialog.bye(call, self.us));
        }
    }

    /// When the first packet of the latest spurt came to a call.
    pub(crate) fn spurt(&self, call: usize) -> Option<Instant> {
        self.calls.get(call)?.spurt
    }

    /// Says something to the engine in a call.
    pub(crate) fn say(&self, call: usize, packet: &[u8]) {
        if let Some(State::Talking { sound, .. }) = self.calls.get(call).map(|call| &call.state)
            && let Some(socket) = self.sounds.get(call % SOUND_PORTS)
        {
            // A full socket loses the packet, as a network would.
            drop(socket.send_to(packet, (self.engine.ip(), *sound)));
        }
    }

    /// Does what is to be done, for a millisecond at most when that is nothing.
    pub(crate) fn turn(&mut self) {
        let begun = Instant::now();
        let mut ready = Vec::with_capacity(SOUND_PORTS + 1);
        let patience = Timespec { tv_sec: 0, tv_nsec: 1_000_000 };
        if epoll::wait(&self.epoll, spare_capacity(&mut ready), Some(&patience)).is_err() {
            // A signal is no reason to end.
            return;
        }
        for event in ready {
            match usize::try_from(event.data.u64()).ok().and_then(|number| number.checked_sub(1)) {
                None => self.hear_signalling(),
                Some(port) => self.hear_sound(port),
            }
        }
        self.ask_again();
        if let Some(log) = &mut self.log {
            log.turned(begun.elapsed());
        }
    }

    fn pass(&mut self, span: Duration) {
        let until = Instant::now() + span;
        while Instant::now() < until {
            self.turn();
        }
    }

    fn playing(&self) -> impl Iterator<Item = usize> {
        let plays = |call: &Call| {
            call.speech == Speech::Echo && matches!(call.state, State::Talking { .. })
        };
        self.calls.iter().enumerate().filter(move |(_, call)| plays(call)).map(|(at, _)| at)
    }

    fn failed(&self) -> usize {
        self.calls.iter().filter(|call| matches!(call.state, State::Failed)).count()
    }

    fn invite(&mut self, call: usize) {
        let sound = self.sounds.get(call % SOUND_PORTS).and_then(|port| port.local_addr().ok());
        let sound = sound.expect("there are ports for sound").port();
        if let Some(number) = self.calls.get(call).map(|call| call.number) {
            self.send(&telephone::invite(call, number, self.us, sound));
            self.unanswered.push_back((Instant::now() + AGAIN_AFTER, call));
        }
    }

    fn ask_again(&mut self) {
        let now = Instant::now();
        while let Some((_, call)) = self.unanswered.pop_front_if(|(due, _)| *due <= now) {
            match self.calls.get_mut(call).map(|call| &mut call.state) {
                Some(State::Calling { tries }) if *tries < TRIES => {
                    *tries += 1;
                    self.invite(call);
                }
                Some(state @ State::Calling { .. }) => *state = State::Failed,
                Some(State::Talking { .. } | State::Over | State::Failed) | None => {}
            }
        }
    }

    fn hear_signalling(&mut self) {
        let mut buffer = [0; 4_096];
        for _ in 0..TURN {
            let Ok(length) = self.sip.recv(&mut buffer) else { return };
            let text = buffer.get(..length).map(String::from_utf8_lossy).unwrap_or_default();
            let heard = telephone::read(&text);
            self.heed(heard);
        }
    }

    fn heed(&mut self, heard: Heard) {
        match heard {
            Heard::Accepted { call, dialog, sound } => {
                self.send(&dialog.ack(call, self.us));
                if let Some(owner) = self.by_port.get_mut(usize::from(sound)) {
                    *owner = Some(call);
                }
                self.enter(call, State::Talking { dialog, sound });
            }
            Heard::Refused { call } => self.enter(call, State::Failed),
            Heard::Over { call, answer } => {
                self.enter(call, State::Over);
                if let Some(answer) = answer {
                    self.send(&answer);
                }
            }
            Heard::Nothing => {}
        }
    }

    fn enter(&mut self, call: usize, state: State) {
        self.unanswered.retain(|(_, other)| *other != call);
        if let Some(call) = self.calls.get_mut(call) {
            call.state = state;
        }
    }

    fn hear_sound(&mut self, port: usize) {
        let mut buffer = [0; 512];
        for _ in 0..TURN {
            let Some(socket) = self.sounds.get(port) else { return };
            let Ok((length, from)) = socket.recv_from(&mut buffer) else { return };
            let now = Instant::now();
            let owner = self.by_port.get(usize::from(from.port())).copied().flatten();
            let Some((at, call)) = owner.and_then(|at| Some((at, self.calls.get_mut(at)?))) else {
                continue;
            };
            let packet = buffer.get_mut(..length).unwrap_or_default();
            let [_, second, _, _, t0, t1, t2, t3, ssrc, ..] = packet else { continue };
            if *second & 0x80 != 0 {
                call.spurt = Some(now);
            }
            if let Some(log) = &mut self.log {
                log.note(at, u32::from_be_bytes([*t0, *t1, *t2, *t3]), now);
            }
            if call.speech == Speech::Echo {
                // The sender of what goes back is somebody else.
                *ssrc ^= 0x80;
                drop(socket.send_to(packet, from));
            }
        }
    }

    fn send(&self, text: &str) {
        // What is lost here is asked for again.
        drop(self.sip.send_to(text.as_bytes(), self.engine));
    }
}

fn socket() -> UdpSocket {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    socket.set_nonblocking(true).expect("a socket can be told not to wait");
    rustix::net::sockopt::set_socket_recv_buffer_size(&socket, SOUND_BYTES_WAITING)
        .expect("a socket's buffer can be asked for");
    socket
}
