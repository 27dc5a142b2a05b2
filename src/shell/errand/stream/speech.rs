//! What a program has said and the caller has not heard: a bounded queue that gathers a little
//! before it begins, and the marks in it.

use std::collections::VecDeque;

use crate::audio::g711;
use crate::base::limit::{
    STREAM_AHEAD_FRAMES, STREAM_GATHER, STREAM_GATHER_BYTES, STREAM_MARKS_MAX,
    STREAM_SPEECH_BYTES_MAX,
};
use crate::base::time::Moment;
use crate::media::{FRAME_SAMPLES, Feed, Frame};

/// What waits to be heard.
#[derive(Debug)]
pub(super) struct Speech {
    waiting: VecDeque<u8>,
    pace: Pace,
    /// Samples that were said, those added to fill a frame among them.
    said: u64,
    /// Samples that were handed to the leg, or forgotten.
    given: u64,
    marks: VecDeque<(u64, String)>,
}

/// Whether speech is being heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pace {
    /// Nothing was said, or all of it has been heard.
    Quiet,
    /// Something was said; a little more is waited for.
    Gathering { since: Moment },
    /// A frame each 20 ms.
    Flowing,
}

const FRAME: u64 = FRAME_SAMPLES as u64;

impl Speech {
    pub(super) const fn new() -> Self {
        Self {
            waiting: VecDeque::new(),
            pace: Pace::Quiet,
            said: 0,
            given: 0,
            marks: VecDeque::new(),
        }
    }

    /// Takes sound in, and says how many bytes found no room.
    pub(super) fn say(&mut self, now: Moment, sound: &[u8]) -> usize {
        let room = STREAM_SPEECH_BYTES_MAX.saturating_sub(self.waiting.len());
        let taken = sound.len().min(room);
        self.waiting.extend(sound.iter().take(taken));
        self.said += taken as u64;
        if self.pace == Pace::Quiet && taken > 0 {
            self.pace = Pace::Gathering { since: now };
        }
        sound.len() - taken
    }

    /// Puts a mark behind what was said so far.
    pub(super) fn mark(&mut self, name: String) {
        if self.marks.len() < STREAM_MARKS_MAX {
            self.marks.push_back((self.said, name));
        }
    }

    /// Forgets what waits, here and at the leg. The marks in it are passed.
    pub(super) fn clear(&mut self) -> Vec<String> {
        self.waiting.clear();
        self.pace = Pace::Quiet;
        self.given = self.said;
        self.marks.drain(..).map(|(_, name)| name).collect()
    }

    /// The next mark that is passed while `at_leg` frames wait there.
    pub(super) fn passed(&mut self, at_leg: usize) -> Option<String> {
        let heard = self.given.saturating_sub(at_leg as u64 * FRAME);
        let next = self.marks.pop_front_if(|(place, _)| *place <= heard);
        next.map(|(_, name)| name)
    }

    /// The next frame for the leg, where `at_leg` wait.
    pub(super) fn next(&mut self, now: Moment, at_leg: usize) -> Option<Frame> {
        match self.pace {
            Pace::Quiet => return None,
            Pace::Gathering { since } => {
                let is_enough = self.waiting.len() >= STREAM_GATHER_BYTES;
                if !is_enough && now.since(since) < STREAM_GATHER {
                    return None;
                }
                self.pace = Pace::Flowing;
            }
            Pace::Flowing => {}
        }
        if at_leg >= STREAM_AHEAD_FRAMES {
            return None;
        }
        if self.waiting.len() < FRAME_SAMPLES {
            if at_leg > 0 {
                return None;
            }
            if self.waiting.is_empty() {
                self.pace = Pace::Quiet;
                return None;
            }
        }
        Some(self.take())
    }

    /// Whether all of it has been heard while `at_leg` frames wait.
    pub(super) fn is_over(&self, at_leg: usize) -> bool {
        self.waiting.is_empty() && at_leg == 0
    }

    /// A frame, filled up with silence where there is less.
    fn take(&mut self) -> Frame {
        let mut frame = [g711::silence(Feed::CODEC); FRAME_SAMPLES];
        let count = self.waiting.len().min(FRAME_SAMPLES);
        for (byte, said) in frame.iter_mut().zip(self.waiting.drain(..count)) {
            *byte = said;
        }
        self.said += (FRAME_SAMPLES - count) as u64;
        self.given += FRAME;
        frame
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    #[test]
    fn a_little_is_gathered_before_speech_begins() {
        let mut speech = Speech::new();
        assert_eq!(speech.say(at(0), &[1; 160]), 0);
        assert_eq!(speech.next(at(20), 0), None);
        speech.say(at(21), &[2; 320]);
        let frames: Vec<u8> =
            (0..4).filter_map(|at_leg| speech.next(at(40), at_leg)).map(|of| of[0]).collect();
        assert_eq!(frames, [1, 2, 2]);
    }

    #[test]
    fn a_short_word_is_heard_and_its_last_frame_filled_up() {
        let mut speech = Speech::new();
        speech.say(at(0), &[1; 200]);
        assert_eq!(speech.next(at(59), 0), None);
        assert_eq!(speech.next(at(60), 0), Some([1; 160]));
        assert_eq!(speech.next(at(60), 1), None, "more may come for it");
        let last = speech.next(at(80), 0).expect("the rest");
        assert_eq!((last[39], last[40]), (1, 0xff));
        assert!(speech.is_over(0) && !speech.is_over(1));
        assert_eq!(speech.next(at(100), 0), None);
    }

    #[test]
    fn the_leg_is_only_a_little_ahead() {
        let mut speech = Speech::new();
        speech.say(at(0), &[1; 16_000]);
        let frames = (0..).map_while(|at_leg| speech.next(at(0), at_leg)).count();
        assert_eq!(frames, STREAM_AHEAD_FRAMES);
    }

    #[test]
    fn a_mark_is_passed_when_its_sound_has_been_heard() {
        let mut speech = Speech::new();
        speech.mark("first".to_owned());
        assert_eq!(speech.passed(0).as_deref(), Some("first"));
        speech.say(at(0), &[1; 480]);
        speech.mark("second".to_owned());
        while speech.next(at(0), 0).is_some() {}
        assert_eq!(speech.passed(1), None);
        assert_eq!(speech.passed(0).as_deref(), Some("second"));
        assert_eq!(speech.passed(0), None);
    }

    #[test]
    fn what_is_forgotten_is_not_heard_and_its_marks_are_passed() {
        let mut speech = Speech::new();
        speech.say(at(0), &[1; 4_800]);
        speech.mark("a".to_owned());
        speech.next(at(0), 0);
        speech.mark("b".to_owned());
        assert_eq!(speech.clear(), ["a", "b"]);
        assert!(speech.is_over(0));
        assert_eq!(speech.next(at(20), 0), None);
        speech.say(at(40), &[2; 480]);
        speech.mark("c".to_owned());
        assert_eq!(speech.passed(0), None);
        assert_eq!(speech.next(at(40), 0), Some([2; 160]));
    }

    #[test]
    fn there_is_room_for_so_much_and_no_more() {
        let mut speech = Speech::new();
        assert_eq!(speech.say(at(0), &vec![1; STREAM_SPEECH_BYTES_MAX]), 0);
        assert_eq!(speech.say(at(0), &[2; 10]), 10);
        for _ in 0..STREAM_MARKS_MAX + 1 {
            speech.mark(String::new());
        }
        assert_eq!(speech.clear().len(), STREAM_MARKS_MAX);
    }
}
