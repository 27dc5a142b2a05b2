//! What a worker keeps of one call: the call itself, its lines and its audio.

use tokio::sync::mpsc;

use crate::base::id::{CallId, OfferId};
use crate::call::Call;
use crate::desk::SocketId;
use crate::media::Command;
use crate::shell::book::Loan;
use crate::shell::http::Outgoing;
use crate::shell::post::Seat;
use crate::shell::worker::exits::Fare;
use crate::shell::worker::streams::Stream;
use crate::shell::worker::tapes::Tapes;
use crate::sip::session::SessionId;

/// One call with what it holds on to.
pub(super) struct Visit {
    pub(super) call: Call,
    pub(super) book: Loan,
    pub(super) line: CallerLine,
    pub(super) seat: Seat,
    pub(super) moving: Option<Moving>,
    pub(super) desk: Option<Seat>,
    pub(super) phone: Option<AgentPhone>,
    /// Given back to the trunk when the call is forgotten.
    pub(super) fare: Option<Fare>,
    pub(super) tapes: Tapes,
    /// What a REFER under way is told by.
    pub(super) referring: Option<OfferId>,
    pub(super) stream: Option<Stream>,
}

impl Visit {
    /// A visit that has only begun.
    pub(super) fn new(call: Call, book: Loan, line: CallerLine, seat: Seat) -> Self {
        let (moving, desk, phone, fare) = (None, None, None, None);
        let (tapes, referring, stream) = (Tapes::default(), None, None);
        Self { call, book, line, seat, moving, desk, phone, fare, tapes, referring, stream }
    }
}

/// The caller's line.
pub(super) enum CallerLine {
    /// A SIP phone or trunk.
    Sip {
        /// Its session.
        session: SessionId,
        /// The SDP of our 200.
        answer: Answer,
        /// Our port.
        port: u16,
    },
    /// A citizen who is called back, and has not answered.
    Outside {
        /// The session, once it rings.
        session: Option<SessionId>,
        /// Our port.
        port: u16,
    },
    /// A browser on `/call`.
    Browser {
        /// Its socket's number.
        socket: SocketId,
        /// To it.
        outgoing: mpsc::Sender<Outgoing>,
    },
}

impl CallerLine {
    /// The session of a line that has been answered; a browser has none.
    pub(super) const fn session(&self) -> Option<SessionId> {
        match self {
            Self::Sip { session, answer: Answer::Given, .. } => Some(*session),
            Self::Sip { answer: Answer::Ready(_) | Answer::Offering, .. }
            | Self::Outside { .. }
            | Self::Browser { .. } => None,
        }
    }
}

/// What our 200 carries.
pub(super) enum Answer {
    /// The answer to the caller's offer.
    Ready(Vec<u8>),
    /// Our offer: the INVITE had none.
    Offering,
    /// It has been sent.
    Given,
}

/// A phone that we dialled, rung or in talk: an agent's, or somebody's outside.
pub(super) struct AgentPhone {
    pub(super) offer: OfferId,
    pub(super) session: SessionId,
    pub(super) seat: Seat,
    pub(super) port: u16,
    pub(super) is_answered: bool,
    /// Given back to the trunk when the phone is dropped.
    #[expect(dead_code, reason = "it is held, not read")]
    pub(super) fare: Option<Fare>,
}

/// A leg on its way to another media worker, with what it is told meanwhile.
pub(super) struct Moving {
    pub(super) to: usize,
    pub(super) then: Vec<Command>,
}

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Caller(CallId),
    Phone(CallId, OfferId),
}
