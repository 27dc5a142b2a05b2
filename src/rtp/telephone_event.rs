//! Keys as named events, RFC 4733: one key per timestamp however many packets tell of it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::base::key::Key;
use crate::base::limit;
use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::rtp::packet::Timestamp;

/// The length of an event's payload.
pub const EVENT_BYTES: usize = 4;

/// A key that no packet told of for this long has been let go, and the packets that said so are lost.
const END_PATIENCE: Duration = Duration::from_millis(150);
/// Audio this many samples past the last report of a key means the same.
const END_GAP_SAMPLES: i64 = 480;
/// An event's time this far before the last one is a new clock and no straggler: ten seconds.
const STRAGGLER_SAMPLES: i32 = 80_000;
/// A key held for longer than 16 bits of samples is told in segments of about this length.
const SEGMENT_SAMPLES: std::ops::RangeInclusive<i32> = 0xff00..=0x1_0000;
/// How often the end of a key is told (RFC 4733 §2.5.1.4).
const END_PACKETS: u8 = 3;
/// The volume of the keys that are sent: -10 dBm0.
const VOLUME: u8 = 10;
/// Samples in a frame.
const FRAME_SAMPLES: u16 = 160;

/// The payload of one packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// The event's code; 0 to 15 are keys.
    pub code: u8,
    /// Whether the key has been let go.
    pub ended: bool,
    /// How long it has been held, in samples.
    pub duration: u16,
}

impl Event {
    /// Reads a payload; `None` when it is too short. What follows the first event is left unread.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let &[code, flags, d0, d1] = payload.first_chunk::<EVENT_BYTES>()?;
        Some(Self { code, ended: flags & 0x80 != 0, duration: u16::from_be_bytes([d0, d1]) })
    }

    /// The payload that says this.
    #[must_use]
    pub fn write(&self) -> [u8; EVENT_BYTES] {
        let [d0, d1] = self.duration.to_be_bytes();
        [self.code, u8::from(self.ended) << 7 | VOLUME, d0, d1]
    }
}

/// What can happen to the one who listens for keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Input {
    /// A packet told of an event.
    Event {
        /// When the event, or its segment, began.
        timestamp: Timestamp,
        /// Whether the packet was marked as an event's first.
        marker: bool,
        /// What it said.
        event: Event,
    },
    /// A packet of sound came.
    Audio {
        /// When its first sample was taken.
        timestamp: Timestamp,
    },
    /// Another sender speaks: its times are not comparable.
    SenderChanged,
}

/// What the listener waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The packets that tell of the key's end may be lost.
    EndLost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// No key is down; the last one began at `last`.
    Up { last: Option<Timestamp> },
    /// `key` is down, in a segment that began at `began`.
    Down { key: Key, began: Timestamp, duration: u16 },
}

/// The one who listens for keys in one stream.
#[derive(Debug, Clone)]
pub struct Listener {
    state: State,
    timers: Timers<Timer>,
    outbox: VecDeque<Key>,
    repeats: u64,
}

impl Listener {
    /// A listener who has heard nothing.
    #[must_use]
    pub fn new() -> Self {
        let state = State::Up { last: None };
        Self { state, timers: Timers::default(), outbox: VecDeque::new(), repeats: 0 }
    }

    /// Moves the listener on.
    pub fn handle(&mut self, now: Moment, input: Input) {
        let before = self.state;
        self.state = match before {
            State::Up { last } => match input {
                Input::Event { timestamp, marker: _, event } => {
                    self.event_while_up(last, timestamp, event)
                }
                Input::Audio { .. } => before,
                Input::SenderChanged => State::Up { last: None },
            },
            State::Down { key, began, duration } => match input {
                Input::Event { timestamp, marker, event } => {
                    let segment = if marker { Segment::First } else { Segment::Any };
                    self.event_while_down((key, began, duration), timestamp, segment, event)
                }
                Input::Audio { timestamp } => {
                    let past = i64::from(timestamp.since(began)) - i64::from(duration);
                    if past < END_GAP_SAMPLES { before } else { self.let_go(key, began) }
                }
                Input::SenderChanged => {
                    self.let_go(key, began);
                    State::Up { last: None }
                }
            },
        };
        match self.state {
            State::Down { .. } if matches!(input, Input::Event { .. }) => {
                self.timers.set(Timer::EndLost, now + END_PATIENCE);
            }
            State::Down { .. } => {}
            State::Up { .. } => self.timers.clear(Timer::EndLost),
        }
    }

    /// Tells the listener that time has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            self.state = match (timer, self.state) {
                (Timer::EndLost, State::Down { key, began, .. }) => self.let_go(key, began),
                (Timer::EndLost, up @ State::Up { .. }) => up,
            };
        }
    }

    /// The next key that was pressed and let go.
    pub fn poll_output(&mut self) -> Option<Key> {
        self.outbox.pop_front()
    }

    /// When to call [`Listener::handle_timeout`] next, and what for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    /// Packets that told of a key which had ended already.
    #[must_use]
    pub const fn repeats(&self) -> u64 {
        self.repeats
    }

    fn event_while_up(&mut self, last: Option<Timestamp>, at: Timestamp, event: Event) -> State {
        let age = last.map(|last| at.since(last));
        if age.is_some_and(|age| (-STRAGGLER_SAMPLES..=0).contains(&age)) {
            self.repeats += 1;
            return State::Up { last };
        }
        let Some(key) = Key::from_event(event.code) else { return State::Up { last } };
        if event.ended {
            return self.let_go(key, at);
        }
        State::Down { key, began: at, duration: event.duration }
    }

    fn event_while_down(
        &mut self,
        down: (Key, Timestamp, u16),
        at: Timestamp,
        segment: Segment,
        event: Event,
    ) -> State {
        let (key, began, duration) = down;
        let age = at.since(began);
        if age == 0 && event.ended {
            return self.let_go(key, began);
        }
        if age == 0 {
            return State::Down { key, began, duration: duration.max(event.duration) };
        }
        if (-STRAGGLER_SAMPLES..0).contains(&age) {
            self.repeats += 1;
            return State::Down { key, began, duration };
        }
        let same = Key::from_event(event.code) == Some(key);
        if same && segment == Segment::Any && SEGMENT_SAMPLES.contains(&age) {
            let next = State::Down { key, began: at, duration: event.duration };
            return if event.ended { self.let_go(key, at) } else { next };
        }
        self.let_go(key, began);
        self.event_while_up(Some(began), at, event)
    }

    fn let_go(&mut self, key: Key, began: Timestamp) -> State {
        self.outbox.push_back(key);
        State::Up { last: Some(began) }
    }
}

impl Default for Listener {
    fn default() -> Self {
        Self::new()
    }
}

/// Whether a packet says that it opens a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Segment {
    First,
    Any,
}

/// One key on its way out, a packet each 20 ms.
#[derive(Debug, Clone)]
pub struct Press {
    key: Key,
    held: u16,
    told: u16,
    ends_left: u8,
}

/// One packet of a key that is sent. Its timestamp is that of the key's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// Whether the packet bears the marker.
    pub marker: bool,
    /// Its payload.
    pub payload: [u8; EVENT_BYTES],
}

impl Press {
    /// Presses `key` for about `held`, at least two frames and at most the limit.
    #[must_use]
    pub fn new(key: Key, held: Duration) -> Self {
        let millis = held.min(limit::KEY_HELD_MAX).as_millis();
        let samples = u16::try_from(millis * 8).unwrap_or(u16::MAX - FRAME_SAMPLES);
        let held = samples.max(2 * FRAME_SAMPLES);
        Self { key, held, told: 0, ends_left: END_PACKETS }
    }

    /// The next packet, or `None` when all is told.
    pub fn next_packet(&mut self) -> Option<Told> {
        let marker = self.told == 0;
        let ended = self.held <= self.told.saturating_add(FRAME_SAMPLES);
        if ended {
            self.ends_left = self.ends_left.checked_sub(1)?;
            self.told = self.told.max(self.held - FRAME_SAMPLES);
        } else {
            self.told += FRAME_SAMPLES;
        }
        let duration = if ended { self.held } else { self.told };
        let event = Event { code: self.key.event(), ended, duration };
        Some(Told { marker, payload: event.write() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Millisecond, RTP time, marker, code, ended, duration.
    type Line = (u64, u32, bool, u8, bool, u16);

    fn check(lines: &[Line], audio: &[(u64, u32)], end: u64, keys: &str) {
        let mut inputs: Vec<(u64, Input)> = Vec::new();
        for &(millis, at, marker, code, ended, duration) in lines {
            let event = Event { code, ended, duration };
            inputs.push((millis, Input::Event { timestamp: Timestamp(at), marker, event }));
        }
        for &(millis, at) in audio {
            inputs.push((millis, Input::Audio { timestamp: Timestamp(at) }));
        }
        inputs.sort_by_key(|(millis, _)| *millis);
        let mut listener = Listener::new();
        for (millis, input) in inputs {
            let now = Moment::from_micros(millis * 1_000);
            listener.handle_timeout(now);
            listener.handle(now, input);
        }
        listener.handle_timeout(Moment::from_micros(end * 1_000));
        let heard: String =
            std::iter::from_fn(|| listener.poll_output()).map(Key::as_char).collect();
        assert_eq!(heard, keys, "{lines:?}");
    }

    #[test]
    fn three_end_packets_are_one_key() {
        let lines = [
            (0, 800, true, 5, false, 160),
            (20, 800, false, 5, false, 320),
            (40, 800, false, 5, true, 480),
            (40, 800, false, 5, true, 480),
            (41, 800, false, 5, true, 480),
        ];
        check(&lines, &[], 41, "5");
    }

    #[test]
    fn the_same_key_twice_is_two_keys() {
        let lines = [(0, 800, true, 5, true, 480), (100, 1_600, true, 5, true, 480)];
        check(&lines, &[], 100, "55");
    }

    #[test]
    fn a_key_whose_end_is_lost_ends_with_the_next_key() {
        let lines = [(0, 800, true, 1, false, 160), (80, 1_440, true, 2, true, 160)];
        check(&lines, &[], 80, "12");
    }

    #[test]
    fn a_key_whose_end_is_lost_ends_with_the_sound_after_it() {
        let lines = [(0, 800, true, 1, false, 160)];
        check(&lines, &[(60, 1_280)], 60, "");
        check(&lines, &[(80, 1_440)], 80, "1");
    }

    #[test]
    fn a_key_whose_end_is_lost_in_silence_ends_in_time() {
        let lines = [(0, 800, true, 1, false, 160)];
        check(&lines, &[], 149, "");
        check(&lines, &[], 150, "1");
    }

    #[test]
    fn a_key_of_which_only_the_end_arrives_is_heard() {
        check(&[(0, 800, false, 11, true, 1_600)], &[], 0, "#");
    }

    #[test]
    fn a_long_key_in_segments_is_one_key() {
        let lines = [
            (0, 0, true, 9, false, 0xffff),
            (20, 0xffff, false, 9, false, 160),
            (40, 0xffff, false, 9, true, 320),
        ];
        check(&lines, &[], 40, "9");
    }

    #[test]
    fn a_straggler_of_an_older_key_is_nothing() {
        let lines = [
            (0, 800, true, 1, true, 480),
            (100, 1_600, true, 2, false, 160),
            (101, 800, false, 1, true, 480),
            (120, 1_600, false, 2, true, 320),
        ];
        check(&lines, &[], 120, "12");
    }

    #[test]
    fn what_is_no_key_is_nothing() {
        check(&[(0, 800, true, 16, true, 480), (9, 900, true, 200, false, 1)], &[], 900, "");
    }

    #[test]
    fn what_is_pressed_is_heard_once() {
        for code in 0..16 {
            let key = Key::from_event(code).unwrap();
            let mut press = Press::new(key, Duration::from_millis(100));
            let told: Vec<Told> = std::iter::from_fn(|| press.next_packet()).collect();
            assert_eq!(told.len(), 7);
            assert!(told[0].marker && !told[1].marker);
            let mut listener = Listener::new();
            for told in &told {
                let event = Event::read(&told.payload).unwrap();
                let timestamp = Timestamp(77);
                let input = Input::Event { timestamp, marker: told.marker, event };
                listener.handle(Moment::START, input);
            }
            assert_eq!(listener.poll_output(), Some(key));
            assert_eq!(listener.poll_output(), None);
            assert_eq!(listener.repeats(), 2);
        }
    }
}
