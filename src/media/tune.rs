//! Which of many known sounds is heard: each is known by its frames, as they are sent.
//!
//! A sound that is played begins with a packet and is sent frame after frame, unchanged. So the
//! frames of what may be heard are its fingerprint, and nothing has to be guessed.

use std::collections::HashMap;
use std::sync::Arc;

use crate::audio::g711;
use crate::base::codec::Codec;
use crate::media::FRAME_SAMPLES;

/// Frames at the beginning of a sound that may be lost without it being missed.
const START_SLACK: usize = 5;
/// Frames within a sound that may be lost without losing the place.
const LOSS_MAX: usize = 50;
/// Frames that must fit before a sound counts as heard.
const SURE: usize = 3;
/// So many frames of silence that is not its own end a sound.
const OTHER_MAX: usize = 25;
/// So many frames of another sound do.
const CUT_MAX: usize = 2;

/// The sounds that may be heard, by the place in which they were given.
#[derive(Debug, Default)]
pub struct Tunes {
    tunes: Vec<Vec<u64>>,
    by_frame: HashMap<u64, Vec<(usize, usize)>>,
}

/// How a sound goes on after the bytes that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With silence: they are all of it.
    Silence,
    /// With something else that is not known.
    Unknown,
}

impl Tunes {
    /// Adds a sound in A-law, and says which it is.
    pub fn add(&mut self, bytes: &[u8], rest: Ending) -> usize {
        let (whole, tail) = bytes.as_chunks::<FRAME_SAMPLES>();
        let mut frames: Vec<u64> = whole.iter().map(|frame| mark(frame)).collect();
        if rest == Ending::Silence && !tail.is_empty() {
            let mut last = [g711::silence(Codec::Pcma); FRAME_SAMPLES];
            for (to, from) in last.iter_mut().zip(tail) {
                *to = *from;
            }
            frames.push(mark(&last));
        }
        let tune = self.tunes.len();
        let first = whole.iter().position(|frame| !is_flat(frame)).unwrap_or(0);
        for (at, frame) in whole.iter().enumerate().skip(first).take(START_SLACK) {
            if !is_flat(frame) {
                self.by_frame.entry(mark(frame)).or_default().push((tune, at));
            }
        }
        self.tunes.push(frames);
        tune
    }
}

/// An ear that knows some sounds.
#[derive(Debug)]
pub struct Listening {
    tunes: Arc<Tunes>,
    heard: Vec<Hearing>,
}

/// One sound that is, or was, heard: what it can be.
#[derive(Debug, Clone, Default)]
pub struct Hearing {
    /// What may still go on.
    live: Vec<Candidate>,
    /// What was heard to its end, with its length.
    whole: Vec<(usize, usize)>,
    /// Frames that fitted.
    fitted: usize,
    /// Frames since then that did not.
    other: usize,
    is_over: Over,
}

#[derive(Debug, Clone, Copy)]
struct Candidate {
    tune: usize,
    next: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Over {
    #[default]
    No,
    Quiet,
    Yes,
}

impl Listening {
    /// An ear that has heard nothing.
    #[must_use]
    pub const fn new(tunes: Arc<Tunes>) -> Self {
        Self { tunes, heard: Vec::new() }
    }

    /// Everything that was heard, in order. Only the last one may still change.
    #[must_use]
    pub fn heard(&self) -> &[Hearing] {
        &self.heard
    }

    /// Hears the next frame, in A-law.
    pub fn hear(&mut self, frame: &[u8]) {
        let mark = mark(frame);
        let tunes = &self.tunes.tunes;
        if let Some(last) = self.heard.last_mut().filter(|last| last.is_over != Over::Yes)
            && last.go_on(tunes, mark)
        {
            return;
        }
        let begins = self.tunes.by_frame.get(&mark).filter(|_| !is_flat(frame));
        let Some(places) = begins else {
            if let Some(last) = self.heard.last_mut() {
                last.passed_by(frame);
            }
            return;
        };
        let live = places.iter().map(|&(tune, at)| Candidate { tune, next: at + 1 }).collect();
        if let Some(last) = self.heard.last_mut() {
            last.is_over = Over::Yes;
        }
        self.heard.push(Hearing { live, fitted: 1, ..Hearing::default() });
    }

    /// Nothing has come for a while: what was heard is over, unless it goes on after all.
    pub fn silence(&mut self) {
        if let Some(last) = self.heard.last_mut().filter(|last| last.is_over == Over::No) {
            last.is_over = Over::Quiet;
        }
    }
}

impl Hearing {
    /// Whether enough of it was heard.
    #[must_use]
    pub const fn is_sure(&self) -> bool {
        SURE <= self.fitted
    }

    /// Whether it can become nothing else any more.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.is_over != Over::No || self.live.is_empty()
    }

    /// What was heard to its end: of several, the longest.
    #[must_use]
    pub fn whole(&self) -> Vec<usize> {
        let longest = self.whole.iter().map(|(_, length)| *length).max();
        let longest = self.whole.iter().filter(|(_, length)| Some(*length) == longest);
        longest.map(|(tune, _)| *tune).collect()
    }

    /// What it can be: what may still go on, what was just heard to its end, or what was cut off.
    #[must_use]
    pub fn candidates(&self) -> Vec<usize> {
        if self.is_settled() && !self.whole.is_empty() {
            return self.whole();
        }
        let farthest = self.live.iter().map(|candidate| candidate.next).max().unwrap_or(0);
        let ended = self.whole.iter().filter(|(_, length)| farthest <= *length);
        let live = self.live.iter().map(|candidate| candidate.tune);
        live.chain(ended.map(|(tune, _)| *tune)).collect()
    }

    /// Whether the frame belongs to it.
    fn go_on(&mut self, tunes: &[Vec<u64>], mark: u64) -> bool {
        let ahead = |candidate: &Candidate| {
            let rest = tunes.get(candidate.tune)?.get(candidate.next..)?;
            let skipped = rest.iter().take(LOSS_MAX).position(|&frame| frame == mark)?;
            Some(Candidate { tune: candidate.tune, next: candidate.next + skipped + 1 })
        };
        let fits: Vec<Candidate> = self.live.iter().filter_map(ahead).collect();
        if fits.is_empty() {
            return false;
        }
        // Who has the place that was expected is believed before those who have to leap.
        let nearest = |candidate: &Candidate| {
            let before = self.live.iter().find(|live| live.tune == candidate.tune);
            before.map_or(0, |before| candidate.next - before.next)
        };
        let least = fits.iter().map(nearest).min().unwrap_or(0);
        let fits: Vec<Candidate> =
            fits.iter().filter(|candidate| nearest(candidate) == least).copied().collect();
        let length = |candidate: &Candidate| tunes.get(candidate.tune).map_or(0, Vec::len);
        let (whole, live): (Vec<Candidate>, Vec<Candidate>) =
            fits.into_iter().partition(|candidate| candidate.next >= length(candidate));
        self.whole.extend(whole.iter().map(|candidate| (candidate.tune, candidate.next)));
        self.live = live;
        self.fitted += 1;
        self.other = 0;
        self.is_over = Over::No;
        true
    }

    /// A frame came that does not belong to it.
    fn passed_by(&mut self, frame: &[u8]) {
        self.other += 1;
        // Silence may be a part that was cut off; sound is not.
        let patience = if is_flat(frame) { OTHER_MAX } else { CUT_MAX };
        if patience <= self.other {
            self.is_over = Over::Yes;
        }
    }
}

/// The mark of a frame (FNV-1a): equal frames have equal ones.
fn mark(frame: &[u8]) -> u64 {
    frame.iter().fold(0xcbf2_9ce4_8422_2325, |mark, byte| {
        (mark ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether nothing is in a frame that could tell one sound from another.
fn is_flat(frame: &[u8]) -> bool {
    frame.first().is_none_or(|first| frame.iter().all(|byte| byte == first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;

    fn noise(seed: u64, bytes: usize) -> Vec<u8> {
        let mut rng = Rng::seeded(seed);
        (0..bytes).map(|_| u8::try_from(rng.below(256)).unwrap()).collect()
    }

    fn joined(parts: &[&[u8]]) -> Vec<u8> {
        parts.concat()
    }

    /// Lets an ear with these sounds hear `bytes`, and says what the last sound was.
    fn check(known: &[(&[u8], Ending)], bytes: &[u8], expected: &[&[usize]]) {
        let mut tunes = Tunes::default();
        for (bytes, rest) in known {
            tunes.add(bytes, *rest);
        }
        let mut ear = Listening::new(Arc::new(tunes));
        for frame in bytes.chunks(FRAME_SAMPLES) {
            let mut whole = [g711::silence(Codec::Pcma); FRAME_SAMPLES];
            whole[..frame.len()].copy_from_slice(frame);
            ear.hear(&whole);
        }
        ear.silence();
        let heard: Vec<Vec<usize>> =
            ear.heard().iter().filter(|heard| heard.is_sure()).map(Hearing::candidates).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn sounds_are_known_by_their_frames_one_after_the_other() {
        let (a, b) = (noise(1, 5_000), noise(2, 3_200));
        let known: [(&[u8], Ending); 2] = [(&a, Ending::Silence), (&b, Ending::Silence)];
        check(&known, &a, &[&[0]]);
        let mut both = a.clone();
        both.resize(5_120, g711::silence(Codec::Pcma));
        check(&known, &joined(&[&both, &b, &b]), &[&[0], &[1], &[1]]);
        check(&known, &noise(3, 8_000), &[]);
    }

    #[test]
    fn the_longer_of_two_that_begin_alike_is_told_by_its_end() {
        let (a, b) = (noise(1, 3_200), noise(2, 3_200));
        let long = joined(&[&a, &b]);
        let known: [(&[u8], Ending); 2] = [(&a, Ending::Silence), (&long, Ending::Silence)];
        check(&known, &long, &[&[1]]);
        check(&known, &a, &[&[0]]);
        check(&known, &joined(&[&a, &noise(3, 3_200)]), &[&[0]]);
        let mut ear = Listening::new(Arc::new({
            let mut tunes = Tunes::default();
            tunes.add(&a, Ending::Silence);
            tunes.add(&long, Ending::Silence);
            tunes
        }));
        a.chunks(FRAME_SAMPLES).for_each(|frame| ear.hear(frame));
        assert_eq!(ear.heard()[0].candidates(), [1, 0]);
        ear.hear(&b[..FRAME_SAMPLES]);
        assert_eq!(ear.heard()[0].candidates(), [1]);
        // Cut off in the part that they share, it can be either.
        check(&known, &a[..1_600], &[&[0, 1]]);
    }

    #[test]
    fn a_sound_whose_end_is_not_known_is_known_by_its_beginning() {
        let a = noise(1, 3_250);
        check(&[(&a, Ending::Unknown)], &joined(&[&a, &noise(2, 4_000)]), &[&[0]]);
    }

    #[test]
    fn a_sound_that_pauses_goes_on() {
        let a = noise(1, 3_200);
        let mut tunes = Tunes::default();
        tunes.add(&a, Ending::Silence);
        let mut ear = Listening::new(Arc::new(tunes));
        let (before, after) = a.split_at(1_600);
        before.chunks(FRAME_SAMPLES).for_each(|frame| ear.hear(frame));
        ear.silence();
        assert!(ear.heard()[0].is_settled() && ear.heard()[0].whole().is_empty());
        after.chunks(FRAME_SAMPLES).for_each(|frame| ear.hear(frame));
        assert_eq!((ear.heard().len(), ear.heard()[0].whole()), (1, vec![0]));
    }

    #[test]
    fn lost_frames_do_not_hide_a_sound() {
        let a = noise(1, 32_000);
        let heard = joined(&[&a[320..8_000], &a[9_600..]]);
        check(&[(&a, Ending::Silence)], &heard, &[&[0]]);
    }
}
