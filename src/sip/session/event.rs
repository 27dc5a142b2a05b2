//! What a session tells its owner.

use crate::base::key::Key;
use crate::sip::route::Route;

/// Someone named in a message.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The user or the number, unescaped.
    pub user: String,
    /// The display name.
    pub display: String,
    /// The address as it was written.
    pub uri: String,
}

/// A caller at the door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The user of the Request-URI: the number that was dialled.
    pub dialled: String,
    /// The Request-URI as it was written.
    pub request_uri: String,
    /// Who calls, by the caller's own word.
    pub from: Party,
    /// Who was called at first.
    pub to: Party,
    /// `P-Asserted-Identity`, each value as it came: worth what the trunk is worth (RFC 3325).
    pub asserted: Vec<String>,
    /// `Identity` as it came (RFC 8224).
    pub identity: Option<String>,
    /// `Privacy` as it came (RFC 3323).
    pub privacy: Option<String>,
    /// `Call-ID`.
    pub call_id: String,
    /// Where the INVITE came from.
    pub source: Route,
    /// The offer, unless the caller leaves it to us.
    pub offer: Option<Vec<u8>>,
    /// `User-Agent`.
    pub user_agent: Option<String>,
}

/// Who or what ended a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndedBy {
    /// The other side's BYE.
    Peer,
    /// Our BYE.
    Us,
    /// A CANCEL, theirs or ours.
    Cancel,
    /// Our refusal.
    Rejected,
    /// The other side's refusal.
    Refused,
    /// Nobody acknowledged our 200.
    AckTimeout,
    /// Nobody answered a request of ours.
    Timeout,
    /// The line broke under a request of ours.
    Transport,
}

/// What a session tells its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Someone calls. The owner rings, answers or rejects.
    Invited(Box<Invitation>),
    /// The caller hung up before the answer; `Ended` follows.
    Cancelled,
    /// The caller has our 200.
    Confirmed {
        /// The answer, when our 200 carried the offer.
        answer: Option<Vec<u8>>,
    },
    /// The one we call is being alerted.
    Ringing {
        /// The status, 101 to 199.
        code: u16,
        /// Early media, if any.
        sdp: Option<Vec<u8>>,
    },
    /// The one we call has answered.
    Answered {
        /// The answer to our offer.
        sdp: Vec<u8>,
    },
    /// The one we call does not come; `Ended` follows.
    Refused {
        /// The status; 408 when nobody answered, 503 when the line broke.
        code: u16,
        /// The words beside it.
        reason: String,
    },
    /// The other side wants other media. The owner accepts or refuses.
    Offered {
        /// The offer, unless it is left to us.
        sdp: Option<Vec<u8>>,
    },
    /// The other side took its offer back.
    OfferWithdrawn,
    /// Our offer was accepted.
    OfferAnswered {
        /// The answer.
        sdp: Vec<u8>,
    },
    /// Our offer was refused; the media stay as they are.
    OfferRefused {
        /// The status.
        code: u16,
    },
    /// The other side has called whom we referred it to.
    Referred {
        /// The status of its call, 200 to 699; 408 when it never told.
        code: u16,
    },
    /// The other side does not call for us.
    ReferRefused {
        /// The status; 408 when it did not answer.
        code: u16,
    },
    /// A key that came as a message.
    Key(Key),
    /// The session is over. This comes once, and nothing after it.
    Ended(EndedBy),
}
