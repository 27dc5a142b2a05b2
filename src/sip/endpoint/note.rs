//! Facts about the traffic, to be counted.

use crate::sip::message::Method;

/// Who repeated a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// We did.
    Ours,
    /// They did.
    Theirs,
}

/// A fact about the traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// A request came in, for the first time.
    RequestReceived {
        /// What it asks for.
        method: Method,
    },
    /// A request of ours went out, for the first time.
    RequestSent {
        /// What it asks for.
        method: Method,
    },
    /// An answer to a request of ours came in.
    ResponseReceived {
        /// The method it answers.
        method: Method,
        /// The status.
        code: u16,
    },
    /// An answer of ours went out, for the first time.
    ResponseSent {
        /// The method it answers.
        method: Method,
        /// The status.
        code: u16,
    },
    /// A message went or came once more.
    Retransmission {
        /// Who repeated it.
        side: Side,
    },
    /// Something came that could not be handled.
    ParseError {
        /// The status it was refused with, if it was answered.
        code: Option<u16>,
    },
    /// A message came that belongs to nothing here.
    Stray {
        /// What it asks for or answers.
        method: Method,
    },
    /// A new call was refused because a limit is reached.
    Full,
}
