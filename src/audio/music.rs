//! Music on hold, composed by rule: no foreign recording is in the tree.
//!
//! Slow broken chords in the maqam Ajam and its relatives, on a plucked tone made of a few
//! decaying partials. The same name always gives the same piece.

use std::f64::consts::TAU;

use crate::audio::SAMPLE_RATE;

/// Seconds that a chord lasts.
const BAR: f64 = 3.2;
/// Seconds between two plucks.
const STEP: f64 = 0.4;
/// Seconds that a pluck sounds.
const RING: f64 = 2.4;
/// The loudest that a pluck gets, out of 1: quiet enough to talk over.
const LEVEL: f64 = 0.14;

/// Semitones above the ground tone, a bar each. The last leads back to the first.
const BARS: [[i32; 4]; 8] = [
    [0, 4, 7, 12],
    [-3, 0, 4, 9],
    [-7, -3, 0, 5],
    [-5, -1, 2, 7],
    [0, 4, 7, 11],
    [-8, -5, 0, 4],
    [-7, -3, 0, 9],
    [-5, 2, 5, 7],
];

/// In which order a bar's tones are plucked.
const PATTERN: [usize; 8] = [0, 1, 2, 3, 2, 3, 1, 2];

/// The piece of that name: 8 kHz samples that join to themselves.
#[must_use]
pub fn compose(name: &str) -> Vec<i16> {
    let ground = 196.0 * semitones(i32::try_from(name.len() % 5).unwrap_or(0) - 2);
    let length = seconds(BAR * 8.0);
    let mut mix = vec![0.0_f64; length];
    let steps = BARS.iter().flat_map(|bar| PATTERN.iter().filter_map(|&tone| bar.get(tone)));
    for (step, &tone) in steps.enumerate() {
        let start = seconds(STEP * f64::from(u32::try_from(step).unwrap_or(0)));
        pluck(&mut mix, start, ground * semitones(tone));
    }
    mix.into_iter().map(sample).collect()
}

/// Adds one tone. What rings past the end rings on at the beginning.
fn pluck(mix: &mut [f64], start: usize, frequency: f64) {
    let length = mix.len().max(1);
    for offset in 0..seconds(RING) {
        let time = f64::from(u32::try_from(offset).unwrap_or(0)) / f64::from(SAMPLE_RATE);
        let attack = (time / 0.02).min(1.0);
        let partials: f64 = [(1.0_f64, 1.0_f64, 1.6_f64), (2.0, 0.45, 2.6), (3.0, 0.2, 4.0)]
            .iter()
            .map(|(times, level, decay)| {
                level * (-decay * time).exp() * (TAU * frequency * times * time).sin()
            })
            .sum();
        let release = 1.0 - time / RING;
        if let Some(sum) = mix.get_mut((start + offset) % length) {
            *sum += attack * release * partials * LEVEL;
        }
    }
}

fn semitones(count: i32) -> f64 {
    2.0_f64.powf(f64::from(count) / 12.0)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few seconds")]
fn seconds(span: f64) -> usize {
    (span * f64::from(SAMPLE_RATE)) as usize
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range")]
fn sample(value: f64) -> i16 {
    (value.clamp(-1.0, 1.0) * f64::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_the_same_each_time_and_joins_to_itself() {
        let piece = compose("calm");
        assert_eq!(piece, compose("calm"));
        assert_ne!(piece, compose("other"));
        let loudest = piece.iter().map(|sample| sample.saturating_abs()).max().expect("samples");
        assert!((4_000..20_000).contains(&loudest), "{loudest}");
        let seam = i32::from(piece[0]) - i32::from(*piece.last().expect("samples"));
        assert!(seam.abs() < 3_000, "{seam}");
    }
}
