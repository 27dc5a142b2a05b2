//! The names of the codecs: `sip` negotiates them, `audio` speaks them, `media` passes them on.

use serde::{Deserialize, Serialize};

/// A narrow-band codec of 8,000 samples a second, one byte a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// G.711 A-law, the law of Europe, the Gulf and most of the world. RTP payload type 8.
    Pcma,
    /// G.711 µ-law, the law of North America and Japan. RTP payload type 0.
    Pcmu,
}

impl Codec {
    /// The static RTP payload type (RFC 3551 §6).
    #[must_use]
    pub const fn payload_type(self) -> u8 {
        match self {
            Self::Pcma => 8,
            Self::Pcmu => 0,
        }
    }

    /// The encoding name of RFC 3551, as SDP writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pcma => "PCMA",
            Self::Pcmu => "PCMU",
        }
    }
}
