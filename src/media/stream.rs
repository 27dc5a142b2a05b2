//! The stream that a leg is sent: one sender to the other side, whoever speaks.
//!
//! Playouts and bridged speech follow one another in it. Numbers never repeat, and timestamps keep
//! to the engine's clock across pauses, so that the receiver's buffer never has to guess.

use std::time::Duration;

use crate::base::time::Moment;
use crate::media::FRAME_SAMPLES;
use crate::media::bridge::Said;
use crate::rtp::packet::{Header, Sequence, Ssrc, Timestamp};

/// A sender that has fallen behind its clock by more than this skips: the engine was halted.
const BEHIND_MAX: i32 = 1_000;
/// A bridged stream may run ahead of the clock by this: half a second.
const RELAY_AHEAD_MAX: i32 = 4_000;
/// A bridged stream may fall behind the clock by this: ten seconds.
const RELAY_BEHIND_MAX: i32 = 80_000;
/// A bridged stream's numbers may leap by this; beyond it they begin anew.
const RELAY_LEAP_MAX: i16 = 1_000;
/// A bridged packet may be this much older than the newest one.
const RELAY_LATE_MAX: i16 = -64;

const FRAME: u32 = 160;
const _: () = assert!(FRAME as usize == FRAME_SAMPLES);

/// Who speaks in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Speaker {
    /// Nobody, or somebody new: the next packet begins a spurt.
    Nobody,
    /// A playout.
    Playout,
    /// The leg across the bridge, whose numbers and times are shifted into ours.
    Relay { ssrc: Ssrc, sequence: u16, timestamp: u32, first: Sequence },
}

/// The state of a stream that is sent.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    ssrc: Ssrc,
    next: Sequence,
    /// The time after the last sample that was sent.
    end: Timestamp,
    /// The stream's clock: this moment is this time.
    anchor: (Moment, Timestamp),
    speaker: Speaker,
    packets: u64,
    bytes: u64,
}

impl Stream {
    pub(super) const fn new(now: Moment, ssrc: Ssrc, next: Sequence, start: Timestamp) -> Self {
        let (speaker, anchor) = (Speaker::Nobody, (now, start));
        Self { ssrc, next, end: start, anchor, speaker, packets: 0, bytes: 0 }
    }

    pub(super) const fn ssrc(&self) -> Ssrc {
        self.ssrc
    }

    pub(super) const fn packets(&self) -> u64 {
        self.packets
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The time of the stream's own clock at `now`.
    pub(super) fn clock(&self, now: Moment) -> Timestamp {
        let (moment, time) = self.anchor;
        time.plus(samples(now.since(moment)))
    }

    /// The next packet begins a spurt.
    pub(super) const fn pause(&mut self) {
        self.speaker = Speaker::Nobody;
    }

    /// When a playout may begin: a frame's length ahead of the clock at most. A caller who cuts a
    /// prompt short hears the next one at once, and her buffer does not fill up.
    pub(super) fn earliest(&self, now: Moment) -> Moment {
        self.when_ahead_by(now, FRAME.cast_signed())
    }

    /// When all that was sent has been heard, if the other side hears without delay.
    pub(super) fn run_out(&self, now: Moment) -> Moment {
        self.when_ahead_by(now, 0)
    }

    /// When the stream will be ahead of its clock by no more than `samples`.
    fn when_ahead_by(&self, now: Moment, samples: i32) -> Moment {
        let ahead = self.end.since(self.clock(now)).saturating_sub(samples);
        now + Duration::from_micros(u64::try_from(ahead).unwrap_or(0) * 125)
    }

    /// The header of a playout's next frame.
    pub(super) fn frame(&mut self, now: Moment, payload_type: u8) -> Header {
        let marker = match self.speaker {
            Speaker::Playout => self.clock(now).since(self.end) > BEHIND_MAX,
            Speaker::Nobody | Speaker::Relay { .. } => true,
        };
        if marker {
            self.end = self.fresh(now);
        }
        self.speaker = Speaker::Playout;
        let (sequence, timestamp) = (self.next, self.end);
        self.next = sequence.plus(1);
        self.end = timestamp.plus(FRAME);
        Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc }
    }

    /// The header under which a packet from across the bridge is passed on, with the samples it
    /// lasts; `None` when it comes too late to have a place.
    ///
    /// Gaps and disorder are kept, so that the receiver can tell loss from silence.
    pub(super) fn relay(
        &mut self,
        now: Moment,
        said: &Said<'_>,
        payload_type: u8,
        lasts: u32,
    ) -> Option<Header> {
        let (sequence, timestamp, begins) = match self.shifted(now, said)? {
            Place::Within(sequence, timestamp) => (sequence, timestamp, false),
            Place::Anew => {
                let (sequence, timestamp) = (self.next, self.fresh(now));
                self.speaker = Speaker::Relay {
                    ssrc: said.ssrc,
                    sequence: sequence.0.wrapping_sub(said.sequence.0),
                    timestamp: timestamp.0.wrapping_sub(said.timestamp.0),
                    first: sequence,
                };
                (sequence, timestamp, true)
            }
        };
        if sequence.since(self.next) >= 0 {
            self.next = sequence.plus(1);
        }
        let end = timestamp.plus(lasts);
        if end.since(self.end) > 0 {
            self.end = end;
        }
        let marker = said.marker || begins;
        Some(Header { marker, payload_type, sequence, timestamp, ssrc: self.ssrc })
    }

    /// Counts a packet that was sent.
    pub(super) fn count(&mut self, payload: usize) {
        self.packets += 1;
        self.bytes += u64::try_from(payload).unwrap_or(0);
    }

    fn shifted(&self, now: Moment, said: &Said<'_>) -> Option<Place> {
        let (sequence, timestamp, first) = match self.speaker {
            Speaker::Relay { ssrc, sequence, timestamp, first } if ssrc == said.ssrc => {
                (said.sequence.plus(sequence), said.timestamp.plus(timestamp), first)
            }
            Speaker::Relay { .. } | Speaker::Playout | Speaker::Nobody => return Some(Place::Anew),
        };
        let leap = sequence.since(self.next);
        if !(RELAY_LATE_MAX..=RELAY_LEAP_MAX).contains(&leap) {
            return Some(Place::Anew);
        }
        // Before the first one stands another speaker's packet of that number. Once the numbers have
        // gone further than a late one can come, they have wrapped and say nothing of the first.
        let is_young = (0..=-RELAY_LATE_MAX).contains(&self.next.since(first));
        if is_young && sequence.since(first) < 0 {
            return None;
        }
        let ahead = timestamp.since(self.clock(now));
        let kept = (-RELAY_BEHIND_MAX..=RELAY_AHEAD_MAX).contains(&ahead);
        Some(if kept { Place::Within(sequence, timestamp) } else { Place::Anew })
    }

    /// The time of a spurt that begins: the clock's, or right after what was sent already.
    fn fresh(&self, now: Moment) -> Timestamp {
        let clock = self.clock(now);
        if self.end.since(clock) > 0 { self.end } else { clock }
    }
}

/// Where a bridged packet belongs in the stream.
enum Place {
    Within(Sequence, Timestamp),
    Anew,
}

#[expect(clippy::cast_possible_truncation, reason = "RTP time is modulo 2³²")]
const fn samples(span: Duration) -> u32 {
    (span.as_micros() / 125) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codec::Codec;
    use crate::media::bridge::Utterance;

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    fn stream() -> Stream {
        Stream::new(at(0), Ssrc(1), Sequence(65_534), Timestamp(u32::MAX - 79))
    }

    fn said(ssrc: u32, sequence: u16, timestamp: u32) -> Said<'static> {
        Said {
            ssrc: Ssrc(ssrc),
            sequence: Sequence(sequence),
            timestamp: Timestamp(timestamp),
            marker: false,
            what: Utterance::Sound(Codec::Pcma),
            payload: &[0xd5; 160],
        }
    }

    /// Number, time and mark.
    fn line(header: Header) -> (u16, u32, bool) {
        (header.sequence.0, header.timestamp.0, header.marker)
    }

    #[test]
    fn frames_follow_one_another_across_the_wraps() {
        let mut stream = stream();
        let lines: Vec<_> = (0..4).map(|turn| line(stream.frame(at(turn * 20), 8))).collect();
        let start = u32::MAX - 79;
        let expected =
            [(65_534, start, true), (65_535, 80, false), (0, 240, false), (1, 400, false)];
        assert_eq!(lines, expected);
    }

    #[test]
    fn after_a_pause_the_time_is_the_clocks() {
        let mut stream = Stream::new(at(0), Ssrc(1), Sequence(0), Timestamp(0));
        stream.frame(at(0), 8);
        stream.pause();
        assert_eq!(line(stream.frame(at(1_000), 8)), (1, 8_000, true));
    }

    #[test]
    fn an_interrupted_playout_does_not_run_ahead() {
        let mut stream = Stream::new(at(0), Ssrc(1), Sequence(0), Timestamp(0));
        stream.frame(at(0), 8);
        stream.pause();
        assert_eq!(stream.earliest(at(5)), at(5));
        assert_eq!(line(stream.frame(at(5), 8)), (1, 160, true));
        stream.pause();
        assert_eq!(stream.earliest(at(6)), at(20));
        assert_eq!(stream.run_out(at(6)), at(40));
    }

    #[test]
    fn a_bridged_stream_keeps_its_gaps_and_its_order() {
        let mut stream = Stream::new(at(0), Ssrc(1), Sequence(0), Timestamp(0));
        stream.frame(at(0), 8);
        let relay = |stream: &mut Stream, millis, said: Said<'_>| {
            stream.relay(at(millis), &said, 8, 160).map(line)
        };
        assert_eq!(relay(&mut stream, 100, said(9, 500, 7_000)), Some((1, 800, true)));
        assert_eq!(relay(&mut stream, 140, said(9, 502, 7_320)), Some((3, 1_120, false)));
        assert_eq!(relay(&mut stream, 141, said(9, 501, 7_160)), Some((2, 960, false)));
        assert_eq!(relay(&mut stream, 142, said(9, 499, 6_840)), None);
        // Another speaker comes after what was said, and never before.
        assert_eq!(relay(&mut stream, 150, said(10, 9, 5)), Some((4, 1_280, true)));
        assert_eq!(line(stream.frame(at(200), 8)), (5, 1_600, true));
    }

    #[test]
    fn a_bridge_of_an_hour_is_heard_throughout() {
        let mut stream = Stream::new(at(0), Ssrc(1), Sequence(7), Timestamp(0));
        for turn in 0..180_000_u32 {
            let sequence = u16::try_from(turn % 65_536).expect("a remainder");
            let said = said(9, sequence, turn.wrapping_mul(160));
            let relayed = stream.relay(at(u64::from(turn) * 20), &said, 8, 160);
            assert!(relayed.is_some(), "packet {turn} of the hour is silence");
        }
    }

    #[test]
    fn a_leap_of_the_other_sides_clock_is_not_passed_on() {
        let mut stream = Stream::new(at(0), Ssrc(1), Sequence(0), Timestamp(0));
        stream.relay(at(0), &said(9, 1, 0), 8, 160);
        let leapt = stream.relay(at(20), &said(9, 2, 1_000_000), 8, 160).map(line);
        assert_eq!(leapt, Some((1, 160, true)));
        let renumbered = stream.relay(at(40), &said(9, 30_000, 1_000_160), 8, 160).map(line);
        assert_eq!(renumbered, Some((2, 320, true)));
    }
}
