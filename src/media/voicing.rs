//! Whether somebody speaks, and the message that is made of it.
//!
//! A frame is voice when it stands out of the noise of its line. Comfort noise, silence and the
//! tones of keys are none.

use std::collections::VecDeque;
use std::time::Duration;

use crate::audio::tone;
use crate::media::timeline::Sound;
use crate::media::{FRAME_SAMPLES, FRAME_SPAN};

/// Below this root mean square nothing is voice: -50 dB of full scale.
const QUIET: f64 = 100.0;
/// The least noise that a line is thought to have.
const NOISE_MIN: f64 = 30.0;
/// How far voice stands out of the noise: 10 dB.
const STANDS_OUT: f64 = 3.2;
/// How fast the noise is thought to rise, frame by frame: by 4.3 dB a second.
const NOISE_RISES: f64 = 1.01;
/// The share of a key's two tones in its frame, together and each.
const KEY_SHARE: f64 = 0.8;
const KEY_TONE_SHARE: f64 = 0.15;
const KEY_ROWS: [f64; 4] = [697.0, 770.0, 852.0, 941.0];
const KEY_COLUMNS: [f64; 4] = [1_209.0, 1_336.0, 1_477.0, 1_633.0];

/// Silence that is kept before and after voice, and in which voice is thought to go on.
const MARGIN_FRAMES: usize = 15;
/// Voice of less than this is a click.
const VOICE_MIN: Duration = Duration::from_millis(100);

/// Tells voice from noise, and learns the noise of a line as it goes.
#[derive(Debug, Clone)]
pub struct Voicing {
    noise: f64,
}

impl Voicing {
    /// A line that is quiet as far as we know.
    #[must_use]
    pub const fn new() -> Self {
        Self { noise: NOISE_MIN }
    }

    /// Whether this frame is voice.
    pub fn is_voice(&mut self, sound: &Sound) -> bool {
        let level = level(sound);
        if level == 0.0 {
            // Nothing came: that says nothing about the line's noise.
            return false;
        }
        self.noise = level.min(self.noise * NOISE_RISES).max(NOISE_MIN);
        level > QUIET.max(self.noise * STANDS_OUT) && !is_key(sound)
    }
}

impl Default for Voicing {
    fn default() -> Self {
        Self::new()
    }
}

/// Root mean square.
fn level(sound: &Sound) -> f64 {
    let energy: f64 = sound.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    let count = f64::from(u32::try_from(FRAME_SAMPLES).unwrap_or(u32::MAX));
    (energy / count).sqrt()
}

/// Whether a frame is the two tones of a key (ITU-T Q.23).
fn is_key(sound: &Sound) -> bool {
    let loudest = |tones: [f64; 4]| {
        tones.into_iter().map(|hertz| tone::share(sound, hertz)).fold(0.0, f64::max)
    };
    let (row, column) = (loudest(KEY_ROWS), loudest(KEY_COLUMNS));
    row.min(column) > KEY_TONE_SHARE && row + column > KEY_SHARE
}

/// Why a message ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageEnd {
    /// It was silent for long enough.
    Silence,
    /// It is as long as it may be.
    Full,
}

/// What a message came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Nobody spoke.
    Nothing,
    /// Somebody spoke, for so long.
    Voice(Duration),
}

/// A message in the making: what is silent before and after it is left out.
#[derive(Debug)]
pub struct Message {
    voicing: Voicing,
    max: Duration,
    silence: Duration,
    /// Since the beginning.
    passed: Duration,
    /// Frames without voice since the last one with it.
    silent: VecDeque<Sound>,
    silent_for: Duration,
    voiced: Duration,
}

impl Message {
    /// One of at most `max`, which ends with so much silence.
    #[must_use]
    pub const fn new(max: Duration, silence: Duration) -> Self {
        Self {
            voicing: Voicing::new(),
            max,
            silence,
            passed: Duration::ZERO,
            silent: VecDeque::new(),
            silent_for: Duration::ZERO,
            voiced: Duration::ZERO,
        }
    }

    /// Takes the next 20 ms, hands to `keep` what of the message is certain, and says whether it
    /// is complete.
    pub fn push(&mut self, sound: &Sound, mut keep: impl FnMut(&Sound)) -> Option<MessageEnd> {
        self.passed += FRAME_SPAN;
        if self.voicing.is_voice(sound) {
            if self.voiced > Duration::ZERO && self.silent.len() <= MARGIN_FRAMES {
                self.voiced += self.silent_for;
            }
            self.voiced += FRAME_SPAN;
            self.silent.drain(..).for_each(|silent| keep(&silent));
            self.silent_for = Duration::ZERO;
            keep(sound);
        } else {
            self.silent_for += FRAME_SPAN;
            self.silent.push_back(*sound);
            if self.voiced == Duration::ZERO && self.silent.len() > MARGIN_FRAMES {
                // Long silence before the first word is left out.
                self.silent.pop_front();
            }
        }
        if self.silence <= self.silent_for {
            Some(MessageEnd::Silence)
        } else {
            (self.max <= self.passed).then_some(MessageEnd::Full)
        }
    }

    /// Hands the last word's margin to `keep`, and says what it came to.
    pub fn end(self, keep: impl FnMut(&Sound)) -> Worth {
        if self.voiced < VOICE_MIN {
            return Worth::Nothing;
        }
        let tones_end = self.silent.iter().position(is_key);
        let margin = tones_end.unwrap_or(MARGIN_FRAMES).min(MARGIN_FRAMES);
        self.silent.iter().take(margin).for_each(keep);
        Worth::Voice(self.voiced)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::g711;
    use crate::audio::tone::Tone;
    use crate::base::chance::Rng;
    use crate::base::codec::Codec;

    const MAX: Duration = Duration::from_secs(60);
    const SILENCE: Duration = Duration::from_secs(2);

    /// So many milliseconds of a tone, as a telephone carries it.
    fn tone(hertz: f64, peak: i16, millis: usize) -> Vec<i16> {
        carried(Tone::new(hertz, peak).take(millis * 8))
    }

    fn key(millis: usize) -> Vec<i16> {
        let tones = Tone::new(852.0, 6_000).zip(Tone::new(1_477.0, 8_000));
        carried(tones.map(|(row, column)| row + column).take(millis * 8))
    }

    fn noise(level: u64, millis: usize) -> Vec<i16> {
        let mut rng = Rng::seeded(7);
        let wide = 2 * level;
        let sample = |_| i16::try_from(rng.below(wide)).unwrap() - i16::try_from(level).unwrap();
        carried((0..millis * 8).map(sample).collect::<Vec<_>>().into_iter())
    }

    fn carried(samples: impl Iterator<Item = i16>) -> Vec<i16> {
        let law = Codec::Pcma;
        samples.map(|sample| g711::decode(law, g711::encode(law, sample))).collect()
    }

    /// What is kept, in milliseconds, what it came to, and why and when it ended by itself.
    fn check(
        max: Duration,
        said: &[Vec<i16>],
        expected: (usize, Worth, Option<(MessageEnd, usize)>),
    ) {
        let said = said.concat();
        let mut message = Message::new(max, SILENCE);
        let (mut kept, mut end) = (0, None);
        for (turn, sound) in said.as_chunks::<FRAME_SAMPLES>().0.iter().enumerate() {
            end = message.push(sound, |_| kept += 20).map(|why| (why, (turn + 1) * 20));
            if end.is_some() {
                break;
            }
        }
        let worth = message.end(|_| kept += 20);
        assert_eq!((kept, worth, end), expected);
    }

    fn voice(millis: u64) -> Worth {
        Worth::Voice(Duration::from_millis(millis))
    }

    #[test]
    fn silence_around_a_message_is_left_out_and_ends_it() {
        let said = [noise(20, 1_000), tone(440.0, 8_000, 3_000), noise(20, 5_000)];
        check(MAX, &said, (3_600, voice(3_000), Some((MessageEnd::Silence, 6_000))));
    }

    #[test]
    fn silence_alone_is_nothing() {
        for quiet in [vec![0; 80_000], noise(40, 10_000)] {
            check(MAX, &[quiet], (0, Worth::Nothing, Some((MessageEnd::Silence, 2_000))));
        }
    }

    #[test]
    fn the_steady_noise_of_a_line_ends_a_message_too() {
        let said = [noise(600, 1_000), tone(440.0, 16_000, 2_000), noise(600, 20_000)];
        let mut message = Message::new(MAX, SILENCE);
        let said = said.concat();
        let frames = said.as_chunks::<FRAME_SAMPLES>().0;
        let end = frames.iter().position(|sound| message.push(sound, |_| {}).is_some());
        assert!(end.is_some_and(|at| at < 400), "{end:?}");
    }

    #[test]
    fn a_pause_for_breath_is_part_of_the_message() {
        let said = [tone(440.0, 8_000, 1_000), vec![0; 12_000], tone(440.0, 8_000, 1_000)];
        check(MAX, &said, (3_500, voice(2_000), None));
    }

    #[test]
    fn the_longest_message_ends_by_itself() {
        let said = [tone(440.0, 8_000, 3_000)];
        let max = Duration::from_secs(2);
        check(max, &said, (2_000, voice(2_000), Some((MessageEnd::Full, 2_000))));
    }

    #[test]
    fn the_tone_of_the_last_key_is_no_part_of_the_message() {
        let said = [tone(440.0, 8_000, 1_000), vec![0; 800], key(120)];
        check(MAX, &said, (1_100, voice(1_000), None));
        check(MAX, &[key(200)], (0, Worth::Nothing, None));
    }

    #[test]
    fn a_click_is_nothing() {
        let said = [vec![0; 8_000], tone(440.0, 8_000, 40), vec![0; 8_000]];
        let mut message = Message::new(MAX, SILENCE);
        for sound in said.concat().as_chunks::<FRAME_SAMPLES>().0 {
            assert_eq!(message.push(sound, |_| {}), None);
        }
        assert_eq!(message.end(|_| {}), Worth::Nothing);
    }
}
