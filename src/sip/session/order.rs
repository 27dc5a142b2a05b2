//! What the owner of a session may ask of it.

use std::time::Duration;

use crate::sip::route::Route;
use crate::sip::uri::Uri;

/// One session of one endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

/// What the owner asks of a session. An order that comes too late does nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Tell the caller that it rings.
    Ring,
    /// Answer the caller.
    Answer {
        /// The answer to the caller's offer, or our offer when there was none.
        sdp: Vec<u8>,
    },
    /// Refuse the caller.
    Reject {
        /// The status, 300 to 699.
        code: u16,
        /// The words beside it.
        reason: &'static str,
        /// When the caller may try again.
        retry_after: Option<Duration>,
    },
    /// End the session, or take it back or refuse it while it is not one yet.
    Bye,
    /// Take our own INVITE back.
    Cancel,
    /// Offer other media.
    Offer {
        /// The offer.
        sdp: Vec<u8>,
    },
    /// Accept what the other side has offered.
    AcceptOffer {
        /// The answer, or our offer when the other side sent none.
        sdp: Vec<u8>,
    },
    /// Ask the other side to call somebody else. What becomes of it is told in `Event::Referred`.
    Refer {
        /// Whom.
        to: Uri,
        /// Who asks: the number that was dialled.
        by: Uri,
    },
    /// Leave the media as they are.
    RefuseOffer {
        /// The status, 300 to 699.
        code: u16,
    },
}

/// A call of our own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    /// Whom to call.
    pub target: Uri,
    /// The name shown to the one who is called.
    pub from_display: String,
    /// The address shown to the one who is called.
    pub from: Uri,
    /// Where the INVITE goes.
    pub route: Route,
    /// The offer.
    pub sdp: Vec<u8>,
    /// Headers for the one who is called, such as the entity and the language.
    pub headers: Vec<(String, String)>,
}
