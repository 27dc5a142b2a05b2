//! The legs of one worker: who is there, who hears whom, and what is passed between them.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll;

use crate::base::id::LegId;
use crate::base::limit;
use crate::base::time::{Epoch, Moment};
use crate::media::bridge::{Said, Utterance};
use crate::media::{
    Audience, Event, Figures, Mode, Mute, Opening, Piece, PlayId, Remote, Spoken, Tap, Voices,
};
use crate::rtp::packet::Outgoing;
use crate::shell::media::line::{BrowserLine, Crossing, RtpLine};
use crate::shell::media::pacing::Pacing;
use crate::shell::media::taps::Taps;
use crate::shell::media::wheel::{Boarding, Turn, Wheel};

/// Longer than any packet that means something to us.
const DATAGRAM_BYTES_MAX: usize = 2_048;

/// One leg's place.
#[derive(Debug)]
struct Seat {
    line: Line,
    /// The place of the leg across the bridge.
    peer: Option<usize>,
    ride: Option<Boarding>,
}

/// A leg by the way its packets travel.
#[derive(Debug)]
enum Line {
    Rtp(Box<RtpLine>),
    Browser(Box<BrowserLine>),
}

impl Line {
    const fn taps(&mut self) -> &mut Taps {
        match self {
            Self::Rtp(line) => &mut line.taps,
            Self::Browser(line) => &mut line.taps,
        }
    }
}

/// Which of a leg's sockets is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Socket {
    Rtp,
    Rtcp,
}

/// The legs of one worker.
#[derive(Debug)]
pub(super) struct Floor {
    epoch: Epoch,
    epoll: OwnedFd,
    seats: Vec<Option<Seat>>,
    free: Vec<usize>,
    by_leg: BTreeMap<LegId, usize>,
    wheel: Wheel,
    packet: Outgoing,
    buffer: Box<[u8; DATAGRAM_BYTES_MAX]>,
    pacing: Pacing,
    /// What browsers are to hear, for the hub.
    pub(super) crossings: Vec<Crossing>,
    /// What the control side is to hear.
    pub(super) news: VecDeque<Event>,
}

impl Floor {
    pub(super) fn new(epoch: Epoch, epoll: OwnedFd) -> Self {
        Self {
            epoch,
            epoll,
            seats: Vec::new(),
            free: Vec::new(),
            by_leg: BTreeMap::new(),
            wheel: Wheel::new(),
            packet: Outgoing::new(),
            buffer: Box::new([0; DATAGRAM_BYTES_MAX]),
            pacing: Pacing::default(),
            crossings: Vec::with_capacity(256),
            news: VecDeque::with_capacity(256),
        }
    }

    pub(super) const fn epoll(&self) -> &OwnedFd {
        &self.epoll
    }

    pub(super) fn legs(&self) -> usize {
        self.by_leg.len()
    }

    /// What the socket's readiness is reported under.
    const fn token(seat: usize, socket: Socket) -> u64 {
        let which = match socket {
            Socket::Rtp => 0,
            Socket::Rtcp => 1,
        };
        (seat as u64) << 1 | which
    }

    /// Which socket a token stands for.
    pub(super) fn socket_of(token: u64) -> (usize, Socket) {
        let socket = if token & 1 == 0 { Socket::Rtp } else { Socket::Rtcp };
        (usize::try_from(token >> 1).unwrap_or(usize::MAX), socket)
    }

    pub(super) fn open(&mut self, now: Moment, opening: Opening) {
        let leg = opening.leg;
        let line = RtpLine::new(now, opening);
        if let Err((_, why)) = self.seat_rtp(now, Box::new(line)) {
            self.news.push_back(Event::Failed { leg, why: why.to_string() });
        }
    }

    /// Takes a leg in that another worker had, or that could not be handed over.
    pub(super) fn adopt(&mut self, now: Moment, line: Box<RtpLine>) {
        let leg = line.leg.id();
        match self.seat_rtp(now, line) {
            Ok(()) => self.news.push_back(Event::Moved { leg }),
            Err((_, why)) => self.news.push_back(Event::Failed { leg, why: why.to_string() }),
        }
    }

    /// Takes a leg back that could not be handed over, as if nothing had been.
    pub(super) fn take_back(&mut self, now: Moment, line: Box<RtpLine>) {
        let leg = line.leg.id();
        if let Err((_, why)) = self.seat_rtp(now, line) {
            self.news.push_back(Event::Failed { leg, why: why.to_string() });
        }
    }

    fn seat_rtp(
        &mut self,
        now: Moment,
        line: Box<RtpLine>,
    ) -> Result<(), (Box<RtpLine>, io::Error)> {
        if limit::MEDIA_LEGS_MAX <= self.legs() {
            return Err((line, io::Error::other("the media worker is full")));
        }
        debug_assert!(!self.by_leg.contains_key(&line.leg.id()), "a leg is opened once");
        let leg = line.leg.id();
        let index = self.free.pop().unwrap_or(self.seats.len());
        let watched = self.watch(&line.rtp, Self::token(index, Socket::Rtp));
        let watched =
            watched.and_then(|()| self.watch(&line.rtcp, Self::token(index, Socket::Rtcp)));
        if let Err(fault) = watched {
            if index < self.seats.len() {
                self.free.push(index);
            }
            return Err((line, fault));
        }
        let next = line.leg.is_playing().then(|| line.leg.next_frame(now));
        self.put(index, leg, Line::Rtp(line));
        if let Some(next) = next {
            self.board(now, next, index);
        }
        Ok(())
    }

    fn watch(&self, socket: &impl AsFd, token: u64) -> io::Result<()> {
        let data = epoll::EventData::new_u64(token);
        Ok(epoll::add(&self.epoll, socket, data, epoll::EventFlags::IN)?)
    }

    fn put(&mut self, index: usize, leg: LegId, line: Line) {
        let seat = Seat { line, peer: None, ride: None };
        match self.seats.get_mut(index) {
            Some(place) => *place = Some(seat),
            None => self.seats.push(Some(seat)),
        }
        self.by_leg.insert(leg, index);
    }

    /// Seats a browser's leg, or lets the one that is there go on with its new connection.
    pub(super) fn open_browser(&mut self, now: Moment, line: BrowserLine) {
        let (leg, codec) = (line.leg, line.codec);
        match self.place(leg).map(|(_, seat)| &mut seat.line) {
            Some(Line::Browser(there)) => there.reconnected(now, codec),
            Some(Line::Rtp(_)) => {
                debug_assert!(false, "a leg's way of travelling does not change");
            }
            None => {
                let index = self.free.pop().unwrap_or(self.seats.len());
                self.put(index, leg, Line::Browser(Box::new(line)));
            }
        }
    }

    /// Lets a leg go, and tells what was counted on it.
    pub(super) fn close(&mut self, leg: LegId) {
        let figures = match self.take(leg) {
            Some(Line::Rtp(line)) => line.leg.figures(),
            Some(Line::Browser(line)) => line.figures(),
            None => Figures::default(),
        };
        self.news.push_back(Event::Closed { leg, figures });
    }

    /// Takes an RTP leg away, to be handed over.
    pub(super) fn take_rtp(&mut self, leg: LegId) -> Option<Box<RtpLine>> {
        let (_, seat) = self.place(leg)?;
        if matches!(seat.line, Line::Browser(_)) {
            return None;
        }
        match self.take(leg)? {
            Line::Rtp(line) => {
                // The other worker watches over the sockets from here on.
                let _ = epoll::delete(&self.epoll, &line.rtp);
                let _ = epoll::delete(&self.epoll, &line.rtcp);
                Some(line)
            }
            Line::Browser(_) => None,
        }
    }

    fn take(&mut self, leg: LegId) -> Option<Line> {
        self.unbridge(leg);
        let index = self.by_leg.remove(&leg)?;
        self.alight(index);
        self.free.push(index);
        self.seats.get_mut(index)?.take().map(|seat| seat.line)
    }

    pub(super) fn has(&self, leg: LegId) -> bool {
        self.by_leg.contains_key(&leg)
    }

    pub(super) fn agree(&mut self, now: Moment, leg: LegId, remote: Remote) {
        if let Some((_, Seat { line: Line::Rtp(line), .. })) = self.place(leg) {
            line.leg.agree(now, remote);
            line.tie();
        }
    }

    pub(super) fn play(
        &mut self,
        now: Moment,
        leg: LegId,
        (play, mode): (PlayId, Mode),
        pieces: Vec<Piece>,
    ) {
        let Some((index, seat)) = self.place(leg) else { return };
        let earliest = match &mut seat.line {
            Line::Rtp(line) => line.leg.play(now, play, pieces, mode),
            Line::Browser(line) => {
                line.voice.play(play, pieces, mode);
                line.earliest(now)
            }
        };
        self.alight(index);
        if now < earliest {
            self.board(now, earliest, index);
        } else if self.speak(now, index) {
            self.board(now, self.next_frame(now, index), index);
        }
    }

    pub(super) fn stop(&mut self, leg: LegId) {
        let Some((index, seat)) = self.place(leg) else { return };
        match &mut seat.line {
            Line::Rtp(line) => line.leg.stop(),
            Line::Browser(line) => line.voice.stop(),
        }
        self.alight(index);
    }

    pub(super) fn mute(&mut self, leg: LegId, mute: Mute) {
        match self.place(leg).map(|(_, seat)| &mut seat.line) {
            Some(Line::Rtp(line)) => line.leg.set_mute(mute),
            Some(Line::Browser(line)) => line.voice.set_mute(mute),
            None => {}
        }
    }

    pub(super) fn tap(&mut self, leg: LegId, tap: Tap) {
        if let Some((_, seat)) = self.place(leg) {
            seat.line.taps().add(tap);
        }
    }

    pub(super) fn bridge(&mut self, a: LegId, b: LegId) {
        let both = self.by_leg.get(&a).copied().zip(self.by_leg.get(&b).copied());
        let Some((at_a, at_b)) = both.filter(|(at_a, at_b)| at_a != at_b) else { return };
        for leg in [a, b] {
            self.unbridge(leg);
            self.stop(leg);
        }
        for (at, peer) in [(at_a, at_b), (at_b, at_a)] {
            if let Some(Some(seat)) = self.seats.get_mut(at) {
                seat.peer = Some(peer);
            }
        }
    }

    pub(super) fn unbridge(&mut self, leg: LegId) {
        let Some((_, seat)) = self.place(leg) else { return };
        let Some(peer) = seat.peer.take() else { return };
        if let Some(Some(seat)) = self.seats.get_mut(peer) {
            seat.peer = None;
        }
    }

    /// Takes one datagram of a socket that is ready. What is left over makes it ready again.
    pub(super) fn receive(&mut self, now: Moment, token: u64) {
        let (index, socket) = Self::socket_of(token);
        let Some(Some(seat)) = self.seats.get_mut(index) else { return };
        let Line::Rtp(line) = &mut seat.line else { return };
        let said = match socket {
            Socket::Rtp => line.receive(now, self.epoch, self.buffer.as_mut_slice()),
            Socket::Rtcp => {
                line.receive_report(now, self.epoch, self.buffer.as_mut_slice());
                None
            }
        };
        self.news.extend(std::iter::from_fn(|| line.leg.poll_output()));
        let Some(said) = said else { return };
        line.taps.hear(Voices::Own, now, &said, Mute::Off);
        if let Some(peer) = seat.peer {
            let from = (line.leg.mute(), line.leg.audience());
            let listener = self.seats.get_mut(peer).and_then(Option::as_mut);
            pass(now, listener, &said, from, (&mut self.packet, &mut self.crossings));
        }
    }

    /// Takes what a browser said.
    pub(super) fn hear_browser(&mut self, now: Moment, leg: LegId, said: &Said<'_>) {
        if !(1..=limit::RTP_PAYLOAD_MAX).contains(&said.payload.len()) {
            return;
        }
        let Some(&index) = self.by_leg.get(&leg) else { return };
        let Some(Some(seat)) = self.seats.get_mut(index) else { return };
        let Line::Browser(line) = &mut seat.line else { return };
        let passed = line.hear(now, said);
        self.news.extend(std::iter::from_fn(|| line.poll_output(now)));
        if passed {
            line.taps.hear(Voices::Own, now, said, Mute::Off);
        }
        if let (true, Some(peer)) = (passed, seat.peer) {
            let from = (line.voice.mute(), line.voice.audience());
            let listener = self.seats.get_mut(peer).and_then(Option::as_mut);
            pass(now, listener, said, from, (&mut self.packet, &mut self.crossings));
        }
    }

    /// Sends every frame that is due.
    pub(super) fn tick(&mut self, clock: impl Fn() -> Moment) {
        while let Some(mut turn) = self.wheel.turn(clock()) {
            let mut riders = std::mem::take(&mut turn.riders);
            riders.retain(|&rider| self.serve(&clock, &turn, rider));
            turn.riders = riders;
            self.wheel.served(turn);
        }
    }

    /// Serves one rider; whether it rides on.
    fn serve(&mut self, clock: &impl Fn() -> Moment, turn: &Turn, rider: usize) -> bool {
        let Some(Some(seat)) = self.seats.get(rider) else { return false };
        if seat.ride.is_some_and(|ride| turn.at < ride.not_before) {
            return true;
        }
        let now = clock();
        self.pacing.note(now.since(turn.at));
        let rides = self.speak(now, rider);
        if !rides && let Some(Some(seat)) = self.seats.get_mut(rider) {
            seat.ride = None;
        }
        rides
    }

    /// Sends one leg its next frame; whether there is more to come.
    fn speak(&mut self, now: Moment, index: usize) -> bool {
        let Some(Some(seat)) = self.seats.get_mut(index) else { return false };
        match &mut seat.line {
            Line::Rtp(line) => {
                if let Some(to) = line.leg.speak(now, &mut self.packet) {
                    line.send(&self.packet, to);
                }
                self.news.extend(std::iter::from_fn(|| line.leg.poll_output()));
                line.leg.is_playing()
            }
            Line::Browser(line) => {
                if let Spoken::Last(play) = line.speak(now, &mut self.crossings) {
                    self.news.push_back(Event::Played { leg: line.leg, play });
                }
                line.voice.is_playing()
            }
        }
    }

    fn board(&mut self, now: Moment, due: Moment, index: usize) {
        let boarding = self.wheel.board(now, due, index);
        if let Some(Some(seat)) = self.seats.get_mut(index) {
            seat.ride = Some(boarding);
        }
    }

    fn next_frame(&self, now: Moment, index: usize) -> Moment {
        match self.seats.get(index).and_then(Option::as_ref).map(|seat| &seat.line) {
            Some(Line::Rtp(line)) => line.leg.next_frame(now),
            Some(Line::Browser(line)) => line.next_frame(now),
            None => now,
        }
    }

    fn alight(&mut self, index: usize) {
        let ride = self.seats.get_mut(index).and_then(Option::as_mut).and_then(|of| of.ride.take());
        if let Some(ride) = ride {
            self.wheel.leave(ride.phase, index);
        }
    }

    /// When [`Floor::tick`] is next due.
    pub(super) fn next_tick(&self) -> Option<Moment> {
        self.wheel.next_due()
    }

    /// Looks after every leg: silence, lost ends of keys, reports.
    pub(super) fn sweep(&mut self, now: Moment) {
        for seat in self.seats.iter_mut().flatten() {
            seat.line.taps().look_after();
            match &mut seat.line {
                Line::Rtp(line) => line.look_after(now, self.epoch, &mut self.news),
                Line::Browser(line) => line.look_after(now, &mut self.news),
            }
        }
    }

    /// How punctual this worker is.
    pub(super) fn pacing(&self) -> Pacing {
        let (legs, playing) = (self.legs(), self.wheel.riders());
        Pacing { legs, playing, skipped_ms: self.wheel.skipped_ms(), ..self.pacing }
    }

    fn place(&mut self, leg: LegId) -> Option<(usize, &mut Seat)> {
        let index = *self.by_leg.get(&leg)?;
        let seat = self.seats.get_mut(index)?.as_mut()?;
        Some((index, seat))
    }
}

/// Passes what was said on to the leg across the bridge, unless something plays to it.
fn pass(
    now: Moment,
    listener: Option<&mut Seat>,
    said: &Said<'_>,
    (mute, from): (Mute, Audience),
    (packet, crossings): (&mut Outgoing, &mut Vec<Crossing>),
) {
    let mut line = listener.map(|seat| &mut seat.line);
    if let Some(line) = &mut line {
        line.taps().hear(Voices::Other, now, said, mute);
    }
    match line {
        Some(Line::Rtp(line)) if !line.leg.is_playing() => {
            if let Some(to) = line.leg.relay(now, said, (mute, from), packet) {
                line.send(packet, to);
            }
        }
        Some(Line::Browser(line)) if !line.voice.is_playing() => match said.what {
            Utterance::Sound(_) => line.relay(now, said, mute, crossings),
            // Keys stay on our side of a browser.
            Utterance::Key => {}
        },
        Some(Line::Rtp(_) | Line::Browser(_)) | None => {}
    }
}
