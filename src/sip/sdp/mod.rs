//! Session descriptions: read leniently, written strictly (RFC 8866, RFC 3264).

mod description;
mod offer_answer;

pub use description::{Direction, Remote};
pub use offer_answer::{Local, accept, answer, offer};

/// What is wrong with a session description.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SdpFault {
    /// The text is no session description, or one beyond the limits.
    #[error("the session description is malformed")]
    Malformed,
    /// There is no audio over plain RTP that both sides speak.
    #[error("the session description has no audio in a codec that is spoken here")]
    NoCommonCodec,
}

impl SdpFault {
    /// The status that refuses an offer with this fault.
    #[must_use]
    pub const fn code(self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NoCommonCodec => 488,
        }
    }
}
