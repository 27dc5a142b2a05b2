//! Tones: made, and found again by Goertzel's filter.

use std::f64::consts::TAU;

use crate::audio::SAMPLE_RATE;

/// An endless sine.
#[derive(Debug, Clone)]
pub struct Tone {
    step: f64,
    phase: f64,
    peak: f64,
}

impl Tone {
    /// A sine of `hertz` whose highest sample is `peak`.
    #[must_use]
    pub fn new(hertz: f64, peak: i16) -> Self {
        Self { step: TAU * hertz / f64::from(SAMPLE_RATE), phase: 0.0, peak: f64::from(peak) }
    }
}

impl Iterator for Tone {
    type Item = i16;

    fn next(&mut self) -> Option<i16> {
        let sample = self.peak * self.phase.sin();
        self.phase = (self.phase + self.step) % TAU;
        Some(to_sample(sample))
    }
}

/// How much of the energy of `samples` lies at `hertz`, from 0 to 1; silence has none.
#[must_use]
pub fn share(samples: &[i16], hertz: f64) -> f64 {
    let energy: f64 = samples.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    let count = f64::from(u32::try_from(samples.len()).unwrap_or(u32::MAX));
    if energy == 0.0 {
        return 0.0;
    }
    (2.0 * power(samples, hertz) / (count * energy)).min(1.0)
}

/// Goertzel's filter: the squared magnitude of the one Fourier term at `hertz`.
fn power(samples: &[i16], hertz: f64) -> f64 {
    let factor = 2.0 * (TAU * hertz / f64::from(SAMPLE_RATE)).cos();
    let (last, before) = samples.iter().fold((0.0, 0.0), |(last, before), &sample| {
        (f64::from(sample) + factor * last - before, last)
    });
    last * last + before * before - factor * last * before
}

#[expect(clippy::cast_possible_truncation, reason = "clamped to the range of a sample")]
fn to_sample(value: f64) -> i16 {
    value.round().clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_is_found_at_its_own_frequency_only() {
        let samples: Vec<i16> = Tone::new(1_000.0, 8_000).take(1_600).collect();
        assert!(share(&samples, 1_000.0) > 0.99);
        assert!(share(&samples, 1_100.0) < 0.01);
        assert!(share(&samples, 440.0) < 0.01);
    }

    #[test]
    fn silence_holds_no_tone() {
        assert!(share(&[0; 160], 1_000.0) < f64::EPSILON);
        assert!(share(&[], 1_000.0) < f64::EPSILON);
    }
}
