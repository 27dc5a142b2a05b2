//! Sound as numbers: the two laws of G.711, WAV files, tones, music on hold.

pub mod g711;
pub mod music;
pub mod ringback;
pub mod tone;
pub mod wav;

/// Samples a second of everything that a telephone says.
pub const SAMPLE_RATE: u32 = 8_000;
