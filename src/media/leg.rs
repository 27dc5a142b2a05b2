//! One RTP leg: what is made of its packets, and the packets it is sent.

use std::collections::VecDeque;
use std::net::SocketAddr;

use crate::base::codec::Codec;
use crate::base::id::LegId;
use crate::base::limit;
use crate::base::time::Moment;
use crate::media::FRAME_SAMPLES;
use crate::media::bridge::{self, Said, Utterance};
use crate::media::command::{Audience, Mode, Mute, Opening, Piece, PlayId, Remote};
use crate::media::ear::{Ear, EarNews, Heard, Timer};
use crate::media::event::{Event, Figures};
use crate::media::latch::{Latch, Source};
use crate::media::playout::Frame;
use crate::media::stream::Stream;
use crate::media::voice::{Spoken, Voice};
use crate::rtp::packet::{self, Header, Outgoing, Packet, Ssrc};
use crate::rtp::rtcp::{self, Block, Ntp, REPORT_BYTES_MAX, Report, Sent};
use crate::rtp::sequence::{Arrival, Reception};
use crate::rtp::telephone_event;

/// The static payload type of comfort noise (RFC 3389).
const COMFORT_NOISE: u8 = 13;

/// What the other side has agreed to.
#[derive(Debug)]
struct Agreed {
    remote: Remote,
    latch: Latch,
}

/// What a payload type stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sound(Codec),
    Key,
    ComfortNoise,
}

/// What the other side's reports say.
#[derive(Debug, Default)]
struct Reports {
    /// The middle of the last sender report's time, and when it came.
    last: Option<(u32, Moment)>,
    round_trip_us: Option<u64>,
    missed_256ths: Option<u8>,
}

/// One RTP leg.
#[derive(Debug)]
pub struct RtpLeg {
    leg: LegId,
    agreed: Option<Agreed>,
    voice: Voice,
    ear: Ear,
    stream: Stream,
    reception: Reception,
    sender: Option<Ssrc>,
    reports: Reports,
    foreign: u64,
    malformed: u64,
    outbox: VecDeque<Event>,
}

impl RtpLeg {
    /// The leg that `opening` describes; its sockets are somebody else's.
    #[must_use]
    pub fn new(now: Moment, opening: &Opening) -> Self {
        let mut leg = Self {
            leg: opening.leg,
            agreed: None,
            voice: Voice::new(opening.audience),
            ear: Ear::new(),
            stream: Stream::new(now, opening.ssrc, opening.sequence, opening.timestamp),
            reception: Reception::default(),
            sender: None,
            reports: Reports::default(),
            foreign: 0,
            malformed: 0,
            outbox: VecDeque::new(),
        };
        if let Some(remote) = opening.remote {
            leg.agree(now, remote);
        }
        leg
    }

    /// The leg's name.
    #[must_use]
    pub const fn id(&self) -> LegId {
        self.leg
    }

    /// Takes what was agreed on, or agreed on anew.
    pub fn agree(&mut self, now: Moment, remote: Remote) {
        let latch = match self.agreed.take() {
            Some(Agreed { mut latch, .. }) => {
                latch.renegotiate(remote.address, remote.also_from);
                latch
            }
            None => Latch::new(remote.address, remote.also_from),
        };
        if remote.direction.sends() {
            self.ear.expect(now);
        } else {
            self.ear.rest();
        }
        self.agreed = Some(Agreed { remote, latch });
    }

    /// Plays, in the place of what plays. Says when its first frame may be asked for.
    pub fn play(&mut self, now: Moment, play: PlayId, pieces: Vec<Piece>, mode: Mode) -> Moment {
        self.voice.play(play, pieces, mode);
        self.stream.pause();
        self.stream.earliest(now)
    }

    /// When the next frame of what plays is due: as the one before it ends.
    #[must_use]
    pub fn next_frame(&self, now: Moment) -> Moment {
        self.stream.run_out(now)
    }

    /// Stops what plays.
    pub fn stop(&mut self) {
        self.voice.stop();
        self.stream.pause();
    }

    /// Whether something plays.
    #[must_use]
    pub const fn is_playing(&self) -> bool {
        self.voice.is_playing()
    }

    /// Whether what the leg says is kept from the other.
    #[must_use]
    pub const fn mute(&self) -> Mute {
        self.voice.mute()
    }

    /// Says whether what the leg says is kept from the other.
    pub const fn set_mute(&mut self, mute: Mute) {
        self.voice.set_mute(mute);
    }

    /// Who is at the other end.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        self.voice.audience()
    }

    /// The address that nothing but a new agreement can change: the socket may be tied to it.
    #[must_use]
    pub fn settled(&self) -> Option<SocketAddr> {
        self.agreed.as_ref().and_then(|agreed| agreed.latch.settled())
    }

    /// Takes a datagram of the RTP socket, and returns what was said with it, if anything.
    pub fn receive<'a>(
        &mut self,
        now: Moment,
        ntp: impl FnOnce() -> Ntp,
        from: SocketAddr,
        datagram: &'a [u8],
    ) -> Option<Said<'a>> {
        if packet::is_rtcp(datagram) {
            self.receive_report(now, ntp(), from, datagram);
            return None;
        }
        let Packet { header, payload } = match Packet::read(datagram) {
            Ok(packet) if (1..=limit::RTP_PAYLOAD_MAX).contains(&packet.payload.len()) => packet,
            Ok(_) | Err(_) => {
                self.malformed += 1;
                return None;
            }
        };
        let kind = self.admit(now, from, &header)?;
        if self.sender.replace(header.ssrc).is_some_and(|before| before != header.ssrc) {
            self.reception.restart();
            self.ear.sender_changed(now);
        }
        match self.reception.count(header.sequence) {
            Arrival::Newer | Arrival::Late | Arrival::Restarted => {}
            Arrival::Repeated | Arrival::Astray => return None,
        }
        self.hear(now, kind, &header, payload)
    }

    /// Takes a datagram of the RTCP socket.
    pub fn receive_report(&mut self, now: Moment, ntp: Ntp, from: SocketAddr, datagram: &[u8]) {
        let destination = self.agreed.as_ref().and_then(|agreed| agreed.latch.destination());
        if destination.is_none_or(|expected| expected.ip() != from.ip()) {
            self.foreign += 1;
            return;
        }
        let (sender, ours, reports) = (self.sender, self.stream.ssrc(), &mut self.reports);
        rtcp::read(datagram, |report| match report {
            Report::Sent { ssrc, sent } => {
                if sender.is_none_or(|sender| sender == ssrc) {
                    reports.last = Some((sent.ntp.middle(), now));
                }
            }
            Report::Received(block) => {
                if block.ssrc == ours {
                    reports.missed_256ths = Some(block.fraction_lost);
                    let trip = block.round_trip(ntp);
                    let trip = trip.map(|trip| (u64::from(trip) * 1_000_000) >> 16);
                    reports.round_trip_us = trip.or(reports.round_trip_us);
                }
            }
            // The call's signalling says when it is over; a stream may end earlier.
            Report::Goodbye(_) => {}
        });
        self.drain_ear(now);
    }

    /// Writes the next 20 ms of what plays. Says where to send it: nowhere while the other side
    /// does not listen or is not known, though the playout goes on.
    pub fn speak(&mut self, now: Moment, packet: &mut Outgoing) -> Option<SocketAddr> {
        let mut frame: Frame = [0; FRAME_SAMPLES];
        let remote = self.agreed.as_ref().map(|agreed| agreed.remote);
        let codec = remote.map_or(Codec::Pcma, |remote| remote.codec);
        match self.voice.speak(codec, &mut frame) {
            Spoken::Nothing => return None,
            Spoken::Frame => {}
            Spoken::Last(play) => self.outbox.push_back(Event::Played { leg: self.leg, play }),
        }
        let header = self.stream.frame(now, remote?.payload_type);
        if !self.voice.is_playing() {
            self.stream.pause();
        }
        let destination = self.listening()?;
        packet.write(&header, frame.len()).copy_from_slice(&frame);
        self.stream.count(frame.len());
        Some(destination)
    }

    /// Writes the packet that passes on what another leg said. Says where to send it.
    pub fn relay(
        &mut self,
        now: Moment,
        said: &Said<'_>,
        (mute, from): (Mute, Audience),
        packet: &mut Outgoing,
    ) -> Option<SocketAddr> {
        let destination = self.listening()?;
        let remote = self.agreed.as_ref().map(|agreed| agreed.remote)?;
        let length = said.payload.len();
        match said.what {
            Utterance::Sound(codec) => {
                let lasts = u32::try_from(length).unwrap_or(0);
                let header = self.stream.relay(now, said, remote.payload_type, lasts)?;
                let room = packet.write(&header, length);
                bridge::carry(said.payload, codec, remote.codec, mute, room);
            }
            Utterance::Key => {
                let passed = mute == Mute::Off && bridge::passes_keys(from, self.audience());
                let payload_type = remote.telephone_event.filter(|_| passed)?;
                let header = self.stream.relay(now, said, payload_type, 0)?;
                packet.write(&header, length).copy_from_slice(said.payload);
            }
        }
        self.stream.count(length);
        Some(destination)
    }

    /// Writes a report of what was sent and received. Says where RTP goes: RTCP goes to the port
    /// after it.
    pub fn report<'a>(
        &mut self,
        now: Moment,
        ntp: Ntp,
        buffer: &'a mut [u8; REPORT_BYTES_MAX],
    ) -> Option<(SocketAddr, &'a [u8])> {
        let destination = self.agreed.as_ref().and_then(|agreed| agreed.latch.destination())?;
        let (packets, bytes) = (self.stream.packets(), self.stream.bytes());
        let sent = (packets > 0).then(|| Sent {
            ntp,
            timestamp: self.stream.clock(now),
            packets: low_word(packets),
            bytes: low_word(bytes),
        });
        let block = self.sender.map(|ssrc| self.block(now, ssrc));
        let ssrc = self.stream.ssrc();
        Some((destination, rtcp::write(buffer, ssrc, sent.as_ref(), block.as_ref())))
    }

    /// Tells the leg that time has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        self.ear.handle_timeout(now);
        self.drain_ear(now);
    }

    /// The next news.
    pub fn poll_output(&mut self) -> Option<Event> {
        self.outbox.pop_front()
    }

    /// When to call [`RtpLeg::handle_timeout`] next, and what for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.ear.poll_timeout()
    }

    /// What has been counted.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let totals = self.reception.totals();
        Figures {
            received: totals.received,
            sent: self.stream.packets(),
            lost: totals.lost(),
            late: totals.late,
            repeated: totals.repeated,
            foreign: self.foreign,
            malformed: self.malformed,
            key_repeats: self.ear.key_repeats(),
            jitter_us: u64::from(self.reception.jitter_samples()) * 125,
            round_trip_us: self.reports.round_trip_us,
            missed_256ths: self.reports.missed_256ths,
        }
    }

    /// Whether the packet is of a kind that was agreed on, from the one to whom we listen.
    fn admit(&mut self, now: Moment, from: SocketAddr, header: &Header) -> Option<Kind> {
        let Some(agreed) = &mut self.agreed else {
            self.foreign += 1;
            return None;
        };
        let kind = agreed.kind(header.payload_type);
        // A payload type that was not agreed on latches nobody, but is no stranger's for that.
        if kind.is_none() && agreed.latch.settled() == Some(from) {
            self.malformed += 1;
            return None;
        }
        let source = match kind {
            Some(_) => agreed.latch.admit(now, from, header.ssrc),
            None => Source::Foreign,
        };
        match source {
            Source::Known => {}
            Source::First => self.outbox.push_back(Event::Heard { leg: self.leg, from }),
            Source::Foreign => {
                self.foreign += 1;
                return None;
            }
        }
        kind
    }

    fn hear<'a>(
        &mut self,
        now: Moment,
        kind: Kind,
        header: &Header,
        payload: &'a [u8],
    ) -> Option<Said<'a>> {
        let timestamp = header.timestamp;
        let (heard, what) = match kind {
            Kind::Sound(codec) => {
                self.reception.note_transit(now, timestamp);
                (Heard::Sound { timestamp }, Some(Utterance::Sound(codec)))
            }
            Kind::Key => match telephone_event::Event::read(payload) {
                Some(event) => {
                    let marker = header.marker;
                    (Heard::Key { timestamp, marker, event }, Some(Utterance::Key))
                }
                None => {
                    self.malformed += 1;
                    (Heard::Sign, None)
                }
            },
            Kind::ComfortNoise => (Heard::Sign, None),
        };
        self.ear.handle(now, heard);
        self.drain_ear(now);
        let Header { sequence, marker, ssrc, .. } = *header;
        what.map(|what| Said { ssrc, sequence, timestamp, marker, what, payload })
    }

    /// Where to send sound, if the other side listens.
    fn listening(&self) -> Option<SocketAddr> {
        let agreed = self.agreed.as_ref()?;
        agreed.latch.destination().filter(|_| agreed.remote.direction.receives())
    }

    fn block(&mut self, now: Moment, ssrc: Ssrc) -> Block {
        let fraction_lost = self.reception.take_fraction_lost();
        let (last_report, delay) = self.reports.last.map_or((0, 0), |(middle, came)| {
            let micros = u64::try_from(now.since(came).as_micros()).unwrap_or(u64::MAX);
            (middle, low_word(micros.saturating_mul(65_536) / 1_000_000))
        });
        Block {
            ssrc,
            fraction_lost,
            lost: low_word(self.reception.totals().lost()),
            highest: self.reception.highest(),
            jitter: self.reception.jitter_samples(),
            last_report,
            delay,
        }
    }

    fn drain_ear(&mut self, now: Moment) {
        let leg = self.leg;
        while let Some(news) = self.ear.poll_output() {
            self.outbox.push_back(match news {
                EarNews::Key(key) => Event::Key { leg, key, at: now },
                EarNews::Silent => Event::Silent { leg },
                EarNews::HeardAgain => Event::HeardAgain { leg },
            });
        }
    }
}

impl Agreed {
    /// What was agreed on, and both laws under their static numbers: some gateways offer one and
    /// send the other.
    fn kind(&self, payload_type: u8) -> Option<Kind> {
        if payload_type == self.remote.payload_type {
            return Some(Kind::Sound(self.remote.codec));
        }
        if Some(payload_type) == self.remote.telephone_event {
            return Some(Kind::Key);
        }
        let law = [Codec::Pcma, Codec::Pcmu].into_iter();
        let law = law.map(|codec| (codec.payload_type(), Kind::Sound(codec)));
        let known = law.chain([(COMFORT_NOISE, Kind::ComfortNoise)]);
        known.into_iter().find(|(number, _)| *number == payload_type).map(|(_, kind)| kind)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "RTCP counts modulo 2³²")]
const fn low_word(value: u64) -> u32 {
    value as u32
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::media::clip::Clip;
    use crate::rtp::packet::{Sequence, Timestamp};
    use crate::sip::sdp::Direction;

    const PHONE: &str = "192.0.2.7:4000";

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    fn remote(direction: Direction) -> Remote {
        Remote {
            address: PHONE.parse().unwrap(),
            codec: Codec::Pcma,
            payload_type: 8,
            telephone_event: Some(101),
            direction,
            also_from: None,
        }
    }

    fn leg() -> RtpLeg {
        let socket = || std::fs::File::open("/dev/null").unwrap();
        let remote = Some(remote(Direction::SendRecv));
        let audience = Audience::Caller;
        RtpLeg::new(at(0), &Opening::new(LegId(1), socket(), socket(), remote, audience, 42))
    }

    fn packet(payload_type: u8, sequence: u16, payload: &[u8]) -> Outgoing {
        let mut packet = Outgoing::new();
        let header = Header {
            marker: false,
            payload_type,
            sequence: Sequence(sequence),
            timestamp: Timestamp(u32::from(sequence) * 160),
            ssrc: Ssrc(7),
        };
        packet.write(&header, payload.len()).copy_from_slice(payload);
        packet
    }

    fn receive(leg: &mut RtpLeg, millis: u64, from: &str, packet: &Outgoing) -> Option<Utterance> {
        let ntp = || Ntp(0);
        leg.receive(at(millis), ntp, from.parse().unwrap(), packet.bytes()).map(|said| said.what)
    }

    fn news(leg: &mut RtpLeg) -> Vec<Event> {
        std::iter::from_fn(|| leg.poll_output()).collect()
    }

    #[test]
    fn the_negotiated_sender_is_heard_and_a_stranger_is_counted() {
        let mut leg = leg();
        let sound = packet(8, 1, &[0xd5; 160]);
        assert_eq!(receive(&mut leg, 0, "192.0.2.9:4000", &sound), None);
        let heard = receive(&mut leg, 1, PHONE, &sound);
        assert_eq!(heard, Some(Utterance::Sound(Codec::Pcma)));
        assert_eq!(receive(&mut leg, 2, PHONE, &sound), None);
        let from = PHONE.parse().unwrap();
        assert_eq!(news(&mut leg), [Event::Heard { leg: LegId(1), from }]);
        let figures = leg.figures();
        assert_eq!((figures.received, figures.foreign, figures.repeated), (1, 1, 1));
    }

    #[test]
    fn what_was_not_agreed_on_is_dropped() {
        let mut leg = leg();
        receive(&mut leg, 0, PHONE, &packet(8, 1, &[0; 160]));
        assert_eq!(receive(&mut leg, 1, PHONE, &packet(96, 2, &[0; 160])), None);
        assert_eq!(receive(&mut leg, 1, PHONE, &packet(8, 3, &[])), None);
        assert_eq!(leg.figures().malformed, 2);
    }

    #[test]
    fn a_key_is_told_once() {
        let mut leg = leg();
        receive(&mut leg, 0, PHONE, &packet(8, 0, &[0; 160]));
        news(&mut leg);
        for sequence in 1..4 {
            let mut told = packet(101, sequence, &[5, 0x8a, 1, 64]);
            let header = Header {
                marker: false,
                payload_type: 101,
                sequence: Sequence(sequence),
                timestamp: Timestamp(160),
                ssrc: Ssrc(7),
            };
            told.write(&header, 4).copy_from_slice(&[5, 0x8a, 1, 64]);
            assert_eq!(receive(&mut leg, 30, PHONE, &told), Some(Utterance::Key));
        }
        let key = crate::base::key::Key::from_event(5).unwrap();
        assert_eq!(news(&mut leg), [Event::Key { leg: LegId(1), key, at: at(30) }]);
        assert_eq!(leg.figures().key_repeats, 2);
    }

    #[test]
    fn a_playout_is_sent_and_told_at_its_end() {
        let mut leg = leg();
        let clip = Piece::Clip(Arc::new(Clip::new(&[1_000; 400])));
        leg.play(at(0), PlayId(3), vec![clip], Mode::Once);
        let mut packet = Outgoing::new();
        for turn in 0..3 {
            assert_eq!(news(&mut leg), []);
            let to = leg.speak(at(turn * 20), &mut packet);
            assert_eq!(to, Some(PHONE.parse().unwrap()));
        }
        assert_eq!(news(&mut leg), [Event::Played { leg: LegId(1), play: PlayId(3) }]);
        assert_eq!(leg.speak(at(60), &mut packet), None);
        assert_eq!(leg.figures().sent, 3);
    }

    #[test]
    fn one_who_holds_is_sent_nothing_and_is_not_missed() {
        let mut leg = leg();
        leg.agree(at(0), remote(Direction::Inactive));
        let clip = Piece::Clip(Arc::new(Clip::new(&[1_000; 160])));
        leg.play(at(0), PlayId(3), vec![clip], Mode::Once);
        assert_eq!(leg.speak(at(0), &mut Outgoing::new()), None);
        assert_eq!(leg.figures().sent, 0);
        leg.handle_timeout(at(60_000));
        assert_eq!(news(&mut leg), [Event::Played { leg: LegId(1), play: PlayId(3) }]);
    }

    #[test]
    fn silence_where_sound_was_promised_is_told() {
        let mut leg = leg();
        leg.handle_timeout(at(2_999));
        assert_eq!(news(&mut leg), []);
        leg.handle_timeout(at(3_000));
        assert_eq!(news(&mut leg), [Event::Silent { leg: LegId(1) }]);
        receive(&mut leg, 3_100, PHONE, &packet(8, 1, &[0; 160]));
        assert!(news(&mut leg).contains(&Event::HeardAgain { leg: LegId(1) }));
    }

    #[test]
    fn the_round_trip_comes_from_the_other_sides_report() {
        let mut ours = leg();
        receive(&mut ours, 0, PHONE, &packet(8, 1, &[0; 160]));
        let block = Block {
            ssrc: ours.stream.ssrc(),
            fraction_lost: 3,
            lost: 9,
            highest: 1,
            jitter: 0,
            last_report: 100 << 16,
            delay: 1 << 16,
        };
        let mut buffer = [0; REPORT_BYTES_MAX];
        let bytes = rtcp::write(&mut buffer, Ssrc(7), None, Some(&block));
        let now = Ntp(101 << 32 | 1 << 31);
        ours.receive_report(at(9), now, "192.0.2.7:4001".parse().unwrap(), bytes);
        assert_eq!(ours.figures().round_trip_us, Some(500_000));
        assert_eq!(ours.figures().missed_256ths, Some(3));
    }
}
