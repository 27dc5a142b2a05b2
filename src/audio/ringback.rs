//! The tone that a caller hears while a phone rings elsewhere.

use crate::audio::SAMPLE_RATE;
use crate::audio::tone::Tone;

/// The two tones of the Emirates' ringing signal (ITU-T E.180, supplement 2).
const HERTZ: [f64; 2] = [400.0, 450.0];
/// What each tone adds, about -14 dBm0 together.
const PEAK: i16 = 3_200;
/// Sound and silence, in tenths of a second.
const CADENCE: [(usize, Sounds); 4] =
    [(4, Sounds::Yes), (2, Sounds::No), (4, Sounds::Yes), (20, Sounds::No)];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sounds {
    Yes,
    No,
}

/// One turn of the ringing signal, to be repeated.
#[must_use]
pub fn ringback() -> Vec<i16> {
    let tenth = usize::try_from(SAMPLE_RATE / 10).unwrap_or(0);
    let [low, high] = HERTZ;
    let mut samples = Vec::new();
    for (tenths, sounds) in CADENCE {
        let count = tenths * tenth;
        match sounds {
            Sounds::No => samples.resize(samples.len() + count, 0),
            Sounds::Yes => {
                let both = Tone::new(low, PEAK).zip(Tone::new(high, PEAK));
                samples.extend(both.take(count).map(|(low, high)| low.saturating_add(high)));
            }
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::tone::share;

    #[test]
    fn it_rings_twice_in_three_seconds() {
        let samples = ringback();
        assert_eq!(samples.len(), 24_000);
        let second = |from: usize, to: usize| samples.get(from..to).expect("within three seconds");
        for (from, to) in [(0, 3_200), (4_800, 8_000)] {
            let shares = HERTZ.map(|hertz| share(second(from, to), hertz));
            assert!(shares.iter().all(|share| 0.4 < *share), "{shares:?}");
        }
        assert!(second(3_200, 4_800).iter().chain(second(8_000, 24_000)).all(|&one| one == 0));
    }
}
