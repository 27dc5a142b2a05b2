//! Slices of a tap, put where they belong on one line of time: two voices in step.
//!
//! A voice is placed by its stream's own time, so that what was sent evenly is heard evenly; the
//! clock only says where a stream begins. What never came is silence.

use std::collections::VecDeque;
use std::time::Duration;

use crate::audio::g711;
use crate::base::time::Moment;
use crate::media::FRAME_SAMPLES;
use crate::media::tap::{Slice, Voices};
use crate::rtp::packet::{Ssrc, Timestamp};

/// How far a stream's own time may part from the clock, in samples: 200 ms. Beyond it the stream
/// begins anew.
const STRAY_MAX: u64 = 1_600;
/// Samples that may wait on one side: 4 s. What lies beyond is dropped.
const WAITING_MAX: usize = 32_000;

/// 20 ms of linear sound.
pub type Sound = [i16; FRAME_SAMPLES];

/// 20 ms of both voices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    /// The tapped leg's.
    pub own: Sound,
    /// That of the one across the bridge.
    pub other: Sound,
}

/// A line of time that begins at some moment.
#[derive(Debug)]
pub struct Timeline {
    start: Moment,
    patience: Duration,
    /// Frames that were handed out.
    given: u64,
    own: Track,
    other: Track,
}

#[derive(Debug, Default)]
struct Track {
    /// What follows the last frame that was handed out.
    waiting: VecDeque<i16>,
    stream: Option<Stream>,
}

/// Where a stream lies: its time `timestamp` is the line's sample `place`.
#[derive(Debug, Clone, Copy)]
struct Stream {
    ssrc: Ssrc,
    timestamp: Timestamp,
    place: u64,
}

impl Timeline {
    /// A line from `start` on, whose frames wait for `patience` for what comes late.
    #[must_use]
    pub fn new(start: Moment, patience: Duration) -> Self {
        Self { start, patience, given: 0, own: Track::default(), other: Track::default() }
    }

    /// Puts a slice where it belongs. What came before the start, or after its frame was handed
    /// out, is left out.
    pub fn place(&mut self, slice: &Slice) {
        if slice.at < self.start {
            return;
        }
        let (now, given) = (samples(slice.at.since(self.start)), self.given * FRAME);
        let track = match slice.voice {
            Voices::Own => &mut self.own,
            Voices::Other => &mut self.other,
        };
        track.place(now, given, slice);
    }

    /// The next frame whose time has come, when all is in that is waited for.
    pub fn next(&mut self, now: Moment) -> Option<Moments> {
        let due = self.end() + self.patience;
        (due <= now).then(|| self.hand_out())
    }

    /// The next frame of the rest up to `end`, waiting for nothing.
    pub fn rest(&mut self, end: Moment) -> Option<Moments> {
        (self.end() <= end).then(|| self.hand_out())
    }

    /// When the next frame ends.
    fn end(&self) -> Moment {
        self.start + Duration::from_millis((self.given + 1) * FRAME_MILLIS)
    }

    fn hand_out(&mut self) -> Moments {
        self.given += 1;
        Moments { own: self.own.take(), other: self.other.take() }
    }
}

const FRAME: u64 = 160;
const FRAME_MILLIS: u64 = 20;
const _: () = assert!(FRAME == FRAME_SAMPLES as u64);

impl Track {
    fn place(&mut self, now: u64, given: u64, slice: &Slice) {
        let place = self.follow(now, slice);
        let sound = slice.sound();
        // What is too old for its place has none.
        let skipped = usize::try_from(given.saturating_sub(place)).unwrap_or(usize::MAX);
        let Some(sound) = sound.get(skipped.min(sound.len())..) else { return };
        let from = usize::try_from(place.saturating_sub(given)).unwrap_or(usize::MAX);
        let to = from.saturating_add(sound.len());
        if sound.is_empty() || WAITING_MAX < to {
            return;
        }
        if self.waiting.len() < to {
            self.waiting.resize(to, 0);
        }
        for (sample, &byte) in self.waiting.range_mut(from..to).zip(sound) {
            *sample = g711::decode(slice.codec, byte);
        }
    }

    /// The slice's place by its stream's time, or by the clock where a stream begins.
    fn follow(&mut self, now: u64, slice: &Slice) -> u64 {
        if let Some(stream) = self.stream.filter(|stream| stream.ssrc == slice.ssrc) {
            let passed = i64::from(slice.timestamp.since(stream.timestamp));
            let place = stream.place.saturating_add_signed(passed);
            if place.abs_diff(now) <= STRAY_MAX {
                // The stream is followed from here, lest its time wrap.
                let timestamp = slice.timestamp;
                self.stream = Some(Stream { timestamp, place, ..stream });
                return place;
            }
        }
        let Slice { ssrc, timestamp, .. } = *slice;
        self.stream = Some(Stream { ssrc, timestamp, place: now });
        now
    }

    fn take(&mut self) -> Sound {
        let mut sound = [0; FRAME_SAMPLES];
        let count = self.waiting.len().min(FRAME_SAMPLES);
        for (sample, waiting) in sound.iter_mut().zip(self.waiting.drain(..count)) {
            *sample = waiting;
        }
        sound
    }
}

fn samples(span: Duration) -> u64 {
    u64::try_from(span.as_micros() / 125).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codec::Codec;

    const PATIENCE: Duration = Duration::from_millis(400);

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    fn slice(voice: Voices, millis: u64, (ssrc, timestamp): (u32, u32), level: i16) -> Slice {
        let sound = [g711::encode(Codec::Pcma, level); FRAME_SAMPLES];
        Slice::new((voice, at(millis)), (Ssrc(ssrc), Timestamp(timestamp)), Codec::Pcma, &sound)
    }

    /// The first sample of each frame of one voice.
    fn heard(line: &mut Timeline, end: u64) -> Vec<(i16, i16)> {
        let mut heard = Vec::new();
        while let Some(frame) = line.rest(at(end)) {
            assert!(frame.own.iter().all(|sample| *sample == frame.own[0]), "not in step");
            heard.push((frame.own[0], frame.other[0]));
        }
        heard
    }

    fn level(of: i16) -> i16 {
        g711::decode(Codec::Pcma, g711::encode(Codec::Pcma, of))
    }

    #[test]
    fn what_was_sent_evenly_is_heard_evenly_however_it_came() {
        let mut line = Timeline::new(at(1_000), PATIENCE);
        let came = [1_000, 1_055, 1_056, 1_057, 1_080];
        for (turn, came) in (0_u32..).zip(came) {
            let level = i16::try_from(turn).unwrap() * 1_000 + 1_000;
            line.place(&slice(
                Voices::Own,
                came,
                (7, (u32::MAX - 200).wrapping_add(turn * 160)),
                level,
            ));
        }
        let own: Vec<i16> = heard(&mut line, 1_100).iter().map(|(own, _)| *own).collect();
        assert_eq!(own, [1_000, 2_000, 3_000, 4_000, 5_000].map(level));
    }

    #[test]
    fn two_voices_are_in_step_and_what_never_came_is_silence() {
        let mut line = Timeline::new(at(0), PATIENCE);
        line.place(&slice(Voices::Own, 0, (1, 0), 1_000));
        line.place(&slice(Voices::Other, 40, (2, 99), 2_000));
        line.place(&slice(Voices::Own, 60, (1, 480), 3_000));
        let wanted = [(level(1_000), 0), (0, 0), (0, level(2_000)), (level(3_000), 0)];
        assert_eq!(heard(&mut line, 80), wanted);
    }

    #[test]
    fn a_frame_waits_for_what_is_late_and_no_longer() {
        let mut line = Timeline::new(at(0), PATIENCE);
        line.place(&slice(Voices::Own, 0, (1, 0), 1_000));
        assert_eq!(line.next(at(419)), None);
        line.place(&slice(Voices::Own, 45, (1, 320), 3_000));
        line.place(&slice(Voices::Own, 46, (1, 160), 2_000));
        let own: Vec<i16> = [420, 440, 460].map(|now| line.next(at(now)).unwrap().own[0]).into();
        assert_eq!(own, [1_000, 2_000, 3_000].map(level));
        line.place(&slice(Voices::Own, 47, (1, 0), 9_000));
        assert_eq!(line.next(at(480)).unwrap().own, [0; FRAME_SAMPLES]);
    }

    #[test]
    fn a_stream_whose_clock_leaps_begins_anew_at_ours() {
        let mut line = Timeline::new(at(0), PATIENCE);
        line.place(&slice(Voices::Own, 0, (1, 0), 1_000));
        line.place(&slice(Voices::Own, 20, (1, 4_000_000), 2_000));
        line.place(&slice(Voices::Own, 40, (5, 9), 3_000));
        let own: Vec<i16> = heard(&mut line, 60).iter().map(|(own, _)| *own).collect();
        assert_eq!(own, [1_000, 2_000, 3_000].map(level));
    }

    #[test]
    fn what_came_before_the_start_is_left_out() {
        let mut line = Timeline::new(at(400), PATIENCE);
        line.place(&slice(Voices::Own, 399, (1, 0), 1_000));
        line.place(&slice(Voices::Own, 420, (1, 160), 2_000));
        assert_eq!(heard(&mut line, 440), [(0, 0), (level(2_000), 0)]);
    }
}
