//! What a desk hears and what it asks for.

use crate::base::id::{CallId, OfferId};
use crate::base::time::Moment;
use crate::call::card::Card;
use crate::call::exchange::{AgentOrder, DeskNews};
use crate::desk::protocol::{News, Order};
use crate::routing::{self, Standing};

/// One WebSocket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// How a socket ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// With a close frame: a reload, a closed tab, the remains of a killed browser.
    Said,
    /// Without a word: a lost machine, a broken network.
    Unsaid,
}

/// What can happen to a desk.
#[derive(Debug)]
pub enum Input {
    /// A socket said `hello` with the agent's token.
    Attached(SocketId),
    /// A socket is gone.
    Detached(SocketId, Farewell),
    /// The browser sent an order.
    Said(SocketId, Order),
    /// Routing changed the agent's duty.
    Standing(Standing),
    /// A call rings.
    Offered {
        /// The lease.
        offer: OfferId,
        /// Until when.
        until: Moment,
        /// Who calls.
        card: Box<Card>,
    },
    /// It rings no more.
    Withdrawn(OfferId, &'static str),
    /// The talk has news.
    Talk(DeskNews),
    /// The audio connection has news.
    Audio(AudioNews),
}

/// News of the audio connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AudioNews {
    /// The engine's answer to the last offer.
    Answer(String),
    /// The last offer cannot be served, or the browser has closed the connection.
    Failed(String),
    /// It carries.
    Up,
    /// It does not.
    Lost,
}

/// What a desk asks for.
#[derive(Debug)]
pub enum Output {
    /// Send to the browser.
    Send(SocketId, News),
    /// Close the socket.
    Close(SocketId),
    /// Tell routing.
    Route(routing::Input),
    /// Ask the talk.
    Order(CallId, AgentOrder),
    /// Open or replace the audio connection.
    OpenAudio(String),
    /// Hand on a candidate.
    Candidate(String),
    /// Close the audio connection.
    CloseAudio,
}
