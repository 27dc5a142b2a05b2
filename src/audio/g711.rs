//! G.711, A-law and µ-law: one byte a sample, both ways, and from one law to the other.
//!
//! The arithmetic follows the reference of ITU-T G.191 (`alaw_compress` and its kin): A-law keeps
//! the upper 12 bits of a 16-bit sample and µ-law the upper 14, and both take the ones' complement
//! of a negative sample before they look for its segment.

use crate::base::codec::Codec;

/// The byte that A-law sends for silence.
const PCMA_SILENCE: u8 = 0xd5;
/// The byte that µ-law sends for silence.
const PCMU_SILENCE: u8 = 0xff;

/// What µ-law adds to a magnitude so that its segments start at powers of two.
const PCMU_BIAS: i16 = 33;
/// The greatest biased magnitude that µ-law can tell apart.
const PCMU_CLIP: i16 = 0x1fff;

const FROM_PCMA: [i16; 256] = linear_table(Codec::Pcma);
const FROM_PCMU: [i16; 256] = linear_table(Codec::Pcmu);
const PCMA_TO_PCMU: [u8; 256] = law_table(Codec::Pcma);
const PCMU_TO_PCMA: [u8; 256] = law_table(Codec::Pcmu);

/// The byte that says nothing.
#[must_use]
pub const fn silence(codec: Codec) -> u8 {
    match codec {
        Codec::Pcma => PCMA_SILENCE,
        Codec::Pcmu => PCMU_SILENCE,
    }
}

/// One sample as `codec` sends it.
#[must_use]
pub const fn encode(codec: Codec, sample: i16) -> u8 {
    match codec {
        Codec::Pcma => to_pcma(sample),
        Codec::Pcmu => to_pcmu(sample),
    }
}

/// The sample that `byte` stands for.
#[must_use]
pub fn decode(codec: Codec, byte: u8) -> i16 {
    let table = match codec {
        Codec::Pcma => &FROM_PCMA,
        Codec::Pcmu => &FROM_PCMU,
    };
    table.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Turns `bytes` of one law into the other law, in place.
///
/// A byte goes to the nearest value of the other law, so quality is that of one encoding.
pub fn convert(from: Codec, bytes: &mut [u8]) {
    let table = match from {
        Codec::Pcma => &PCMA_TO_PCMU,
        Codec::Pcmu => &PCMU_TO_PCMA,
    };
    for byte in bytes {
        *byte = table.get(usize::from(*byte)).copied().unwrap_or(*byte);
    }
}

const fn to_pcma(sample: i16) -> u8 {
    let negative = sample < 0;
    let mut value = if negative { !sample } else { sample } >> 4;
    if value > 15 {
        let mut segment = 1;
        while value > 16 + 15 {
            value >>= 1;
            segment += 1;
        }
        value = (value - 16) + (segment << 4);
    }
    let sign = if negative { 0 } else { 0x80 };
    (low_byte(value) | sign) ^ 0x55
}

const fn from_pcma(byte: u8) -> i16 {
    let bits = byte ^ 0x55;
    let segment = (bits >> 4) & 7;
    let mantissa = (bits & 0x0f) as i16;
    let magnitude = match segment {
        0 => (mantissa << 4) + 8,
        _ => ((mantissa << 4) + 0x108) << (segment - 1),
    };
    if bits & 0x80 == 0 { -magnitude } else { magnitude }
}

const fn to_pcmu(sample: i16) -> u8 {
    let negative = sample < 0;
    let mut value = (if negative { !sample } else { sample } >> 2) + PCMU_BIAS;
    if value > PCMU_CLIP {
        value = PCMU_CLIP;
    }
    let mut segment = 0;
    let mut rest = value >> 6;
    while rest != 0 {
        segment += 1;
        rest >>= 1;
    }
    let mantissa = (value >> (segment + 1)) & 0x0f;
    let sign = if negative { 0x80 } else { 0 };
    !(low_byte((segment << 4) | mantissa) | sign)
}

const fn from_pcmu(byte: u8) -> i16 {
    let bits = !byte;
    let segment = (bits >> 4) & 7;
    let mantissa = (bits & 0x0f) as i16;
    let biased = ((mantissa << 1) + PCMU_BIAS) << segment;
    let magnitude = (biased - PCMU_BIAS) << 2;
    if bits & 0x80 == 0 { magnitude } else { -magnitude }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both laws leave a magnitude of seven bits"
)]
const fn low_byte(value: i16) -> u8 {
    debug_assert!(value >= 0 && value < 128);
    value as u8
}

#[expect(clippy::indexing_slicing, reason = "the counter is the table's own index")]
const fn linear_table(codec: Codec) -> [i16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = linear(codec, byte);
        byte += 1;
    }
    table
}

#[expect(clippy::indexing_slicing, reason = "the counter is the table's own index")]
const fn law_table(from: Codec) -> [u8; 256] {
    let to = match from {
        Codec::Pcma => Codec::Pcmu,
        Codec::Pcmu => Codec::Pcma,
    };
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = nearest(to, linear(from, byte));
        byte += 1;
    }
    table
}

/// The byte whose value is nearest to `sample`; of two that are as near, the one of the encoder.
const fn nearest(codec: Codec, sample: i16) -> u8 {
    let mut best = encode(codec, sample);
    let mut byte = 0;
    while byte < 256 {
        let (candidate, held) = (linear(codec, byte), linear(codec, best as usize));
        if candidate.abs_diff(sample) < held.abs_diff(sample) {
            best = low_eight_bits(byte);
        }
        byte += 1;
    }
    best
}

const fn linear(codec: Codec, byte: usize) -> i16 {
    match codec {
        Codec::Pcma => from_pcma(low_eight_bits(byte)),
        Codec::Pcmu => from_pcmu(low_eight_bits(byte)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the tables have 256 places")]
const fn low_eight_bits(byte: usize) -> u8 {
    byte as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Codec; 2] = [Codec::Pcma, Codec::Pcmu];

    fn check(codec: Codec, byte: u8, sample: i16) {
        assert_eq!(decode(codec, byte), sample, "{codec:?} {byte:#04x}");
    }

    #[test]
    fn the_published_corner_values_hold() {
        check(Codec::Pcma, 0xd5, 8);
        check(Codec::Pcma, 0x55, -8);
        check(Codec::Pcma, 0xaa, 32256);
        check(Codec::Pcma, 0x2a, -32256);
        check(Codec::Pcmu, 0xff, 0);
        check(Codec::Pcmu, 0x7f, 0);
        check(Codec::Pcmu, 0x80, 32124);
        check(Codec::Pcmu, 0x00, -32124);
    }

    #[test]
    fn every_byte_survives_a_round_trip() {
        for codec in BOTH {
            for byte in 0..=255 {
                let again = encode(codec, decode(codec, byte));
                // µ-law has two zeros, and the negative one comes back as the positive one.
                let zero = (codec, byte, again) == (Codec::Pcmu, 0x7f, 0xff);
                assert!(again == byte || zero, "{codec:?} {byte:#04x}");
            }
        }
    }

    #[test]
    fn louder_never_sounds_softer() {
        for codec in BOTH {
            let mut before = i16::MIN;
            for sample in i16::MIN..=i16::MAX {
                let heard = decode(codec, encode(codec, sample));
                assert!(before <= heard, "{codec:?} at {sample}");
                before = heard;
            }
        }
    }

    #[test]
    fn the_error_stays_within_half_a_step_of_its_segment() {
        for codec in BOTH {
            for sample in i16::MIN..=i16::MAX {
                let wanted = i32::from(sample).clamp(-32635, 32635);
                let heard = i32::from(decode(codec, encode(codec, sample)));
                let step = (wanted.abs() + 132) / 16;
                assert!((heard - wanted).abs() <= step / 2 + 8, "{codec:?} {sample} {heard}");
            }
        }
    }

    #[test]
    fn silence_is_the_smallest_sound_of_each_law() {
        for codec in BOTH {
            assert_eq!(encode(codec, 0), silence(codec));
            assert!(decode(codec, silence(codec)).abs() <= 8);
        }
    }

    #[test]
    fn from_law_to_law_is_the_nearest_value() {
        for from in BOTH {
            let to = if from == Codec::Pcma { Codec::Pcmu } else { Codec::Pcma };
            for byte in 0..=255u8 {
                let mut bytes = [byte];
                convert(from, &mut bytes);
                let wanted = i32::from(decode(from, byte));
                let error = (i32::from(decode(to, bytes[0])) - wanted).abs();
                let best = (0..=255).map(|other| (i32::from(decode(to, other)) - wanted).abs());
                assert_eq!(Some(error), best.min(), "{from:?} {byte:#04x}");
            }
        }
    }
}
