//! What the SIP floor has to tell about itself; `shell` maps its notes onto these.

/// One fact of the SIP floor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SipFact<'a> {
    /// A request, the first time.
    Request {
        /// The method; one that is not registered counts as `other`.
        method: &'a str,
        /// Whether it came or went.
        way: Way,
        /// The trunk, as the configuration calls it; empty for none.
        trunk: &'a str,
    },
    /// A response.
    Response {
        /// The method that it answers.
        method: &'a str,
        /// The code.
        code: u16,
        /// The trunk, as the configuration calls it; empty for none.
        trunk: &'a str,
    },
    /// A message a second time.
    Retransmission(Rerun),
    /// A message that cannot be read.
    ParseError,
    /// A request that was refused before a call began.
    Rejected(Rejection),
    /// A peer did not refresh its dialog.
    SessionTimerExpired,
}

/// Whether a message came or went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// It came.
    In,
    /// It went.
    Out,
}

/// Who sent a message a second time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rerun {
    /// We did.
    Ours,
    /// The peer did.
    Theirs,
}

/// Why a request was refused before a call began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Too many in a second.
    Rate,
    /// From an address that is no trunk's.
    Acl,
    /// Without the right credentials.
    Auth,
    /// No room.
    Capacity,
    /// While the engine drains.
    Draining,
}

impl Way {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
        }
    }
}

impl Rerun {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Theirs => "theirs",
        }
    }
}

impl Rejection {
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::Acl => "acl",
            Self::Auth => "auth",
            Self::Capacity => "capacity",
            Self::Draining => "draining",
        }
    }
}

/// The method as a label: strangers can make up methods, and none of theirs becomes a series.
pub(super) fn method_label(method: &str) -> &'static str {
    const METHODS: [&str; 13] = [
        "INVITE",
        "ACK",
        "BYE",
        "CANCEL",
        "OPTIONS",
        "REGISTER",
        "PRACK",
        "UPDATE",
        "REFER",
        "NOTIFY",
        "SUBSCRIBE",
        "INFO",
        "MESSAGE",
    ];
    METHODS.into_iter().find(|known| *known == method).unwrap_or("other")
}
