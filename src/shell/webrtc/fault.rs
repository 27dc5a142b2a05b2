//! What can go wrong with a browser's leg.

use crate::base::id::LegId;

/// Why the hub did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebrtcFault {
    /// The offer is longer than any browser's for one line of audio.
    #[error("wanted an offer of at most {max} bytes, found {found}")]
    OfferTooLong {
        /// Its length.
        found: usize,
        /// The limit.
        max: usize,
    },
    /// A line of the offer is not what one line of audio needs.
    #[error("line {line} of the offer: wanted {wanted}, found `{found}`")]
    OfferLine {
        /// Counted from 1.
        line: usize,
        /// What would have been right.
        wanted: &'static str,
        /// The beginning of what stands there.
        found: String,
    },
    /// The offer does not say something it must.
    #[error("the offer has no {0}")]
    OfferLacks(&'static str),
    /// The browser speaks neither A-law nor µ-law.
    #[error("the offer has neither PCMA nor PCMU")]
    NoCommonCodec,
    /// The browser restarts ICE inside its connection, which would need the old DTLS session.
    #[error("the offer renegotiates {0}: open a new RTCPeerConnection for each offer")]
    Renegotiation(LegId),
    /// The hub serves as many legs as it may.
    #[error("the hub is full with {0} legs")]
    Full(usize),
    /// The hub knows no such leg.
    #[error("the hub has no {0}")]
    NoSuchLeg(LegId),
    /// A trickled candidate does not read as one.
    #[error("wanted an ICE candidate, found `{0}`")]
    NotACandidate(String),
    /// The WebRTC library refused, in its own words.
    #[error("{what} failed: {why}")]
    Library {
        /// The step.
        what: &'static str,
        /// The library's words.
        why: String,
    },
}

/// Why a leg that was accepted is gone without a hang-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum Failure {
    /// No path to the browser was found in time.
    #[error("no path to the browser was found in time")]
    NoPath,
    /// There was a path, and no handshake in time: another certificate than the offer's, perhaps.
    #[error("the browser did not finish its handshake in time")]
    NoHandshake,
    /// It was connected, and nothing at all was heard for too long.
    #[error("the browser is gone")]
    Lost,
    /// ICE or DTLS gave up by itself.
    #[error("the connection was refused")]
    Refused,
}
