//! One sound, encoded once for all who will hear it.

use std::fmt;

use crate::audio::g711;
use crate::base::codec::Codec;

/// A sound of 8,000 samples a second, in both laws.
#[derive(Clone, PartialEq, Eq)]
pub struct Clip {
    pcma: Box<[u8]>,
    pcmu: Box<[u8]>,
}

impl Clip {
    /// Encodes 8 kHz mono samples.
    #[must_use]
    pub fn new(samples: &[i16]) -> Self {
        let encode = |codec| samples.iter().map(|&sample| g711::encode(codec, sample)).collect();
        Self { pcma: encode(Codec::Pcma), pcmu: encode(Codec::Pcmu) }
    }

    /// The sound as `codec` sends it, one byte a sample.
    #[must_use]
    pub fn bytes(&self, codec: Codec) -> &[u8] {
        match codec {
            Codec::Pcma => &self.pcma,
            Codec::Pcmu => &self.pcmu,
        }
    }

    /// How many samples it lasts.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.pcma.len()
    }
}

impl fmt::Debug for Clip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clip({} samples)", self.samples())
    }
}
