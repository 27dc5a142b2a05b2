//! What a call hears and what it asks for.

use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{AgentId, OfferId, TicketId};
use crate::base::key::Key;
use crate::call::card::Card;
use crate::call::dial::Denial;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{AudioFigures, Fact};
use crate::call::owed::Try;
use crate::flow;
use crate::routing;

/// Where an agent can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phone {
    /// The desk's browser: its leg is up already.
    Desk,
    /// A desk phone or any SIP address, dialled for each offer.
    Sip(String),
}

/// What can happen to a call.
#[derive(Debug)]
pub enum Input {
    /// The caller's leg carries audio: its ACK came, or its browser connected.
    Confirmed,
    /// The caller pressed a key.
    Key(Key),
    /// A playout came to its own end.
    Played(u64),
    /// The caller is gone.
    CallerLeft(Cause),
    /// The caller's leg closed, with what was measured on it.
    Closed(AudioFigures),
    /// Routing has news of the caller's wait.
    Routed(Routed),
    /// The agent's SIP phone, or the line to somebody outside, has news.
    Phone(OfferId, PhoneNews),
    /// The agent in talk asks for something, from the desk.
    Agent(AgentOrder),
    /// The engine ends the call, for a reason of its own.
    End(Cause),
    /// The line to the citizen who is called back has news.
    Citizen(PhoneNews),
    /// What became of an errand of the flow.
    Errand(flow::ErrandId, flow::Reply),
}

/// News of the wait.
#[derive(Debug)]
pub enum Routed {
    /// The caller's place in the queue changed.
    Place {
        /// The wait.
        ticket: TicketId,
        /// 1 is next.
        position: u32,
        /// The expected wait, p50 and p80, when it can be trusted.
        expected: Option<(Duration, Duration)>,
    },
    /// An agent is offered the call.
    Offered {
        /// The wait.
        ticket: TicketId,
        /// The lease.
        offer: OfferId,
        /// Whom.
        agent: AgentId,
        /// How the agent is rung.
        phone: Phone,
    },
    /// The offer is over without a talk.
    Withdrawn {
        /// The lease.
        offer: OfferId,
        /// How it ended.
        result: crate::call::event::OfferResult,
    },
    /// The agent took the call in time.
    Connect {
        /// The lease.
        offer: OfferId,
        /// Whom.
        agent: AgentId,
        /// From entering to now.
        waited: Duration,
    },
    /// The wait ended without an agent.
    Overflow {
        /// The wait.
        ticket: TicketId,
        /// How.
        outcome: routing::Overflow,
    },
}

/// News of an agent's SIP phone, or of a line to somebody outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneNews {
    /// It was picked up.
    Answered,
    /// It refused, with this SIP code.
    Refused(u16),
    /// It hung up, or broke.
    Ended,
    /// The dial plan does not allow it.
    Denied(Denial),
}

/// What an agent asks of the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentOrder {
    /// The caller hears music.
    Hold,
    /// Back to the caller.
    Unhold,
    /// What the agent says does not reach the caller.
    Mute,
    /// It does again.
    Unmute,
    /// The agent ends the talk.
    HangUp,
    /// The agent's audio is gone; she may come back.
    AudioLost,
    /// The agent's audio is back.
    AudioBack,
    /// The agent did not come back in time.
    Gone,
}

/// What a call asks for.
#[derive(Debug)]
pub enum Output {
    /// Tell the caller's phone that it rings (180).
    Ring,
    /// Answer the caller (200).
    Answer,
    /// End the caller's leg: a refusal before the answer, a BYE after it.
    HangUp(Ending),
    /// Play to the caller, in the place of what plays.
    Play {
        /// The playout's number, told back in [`Input::Played`].
        play: u64,
        /// What to play.
        what: Playout,
    },
    /// Stop playing to the caller.
    Stop,
    /// Put the caller in the pool.
    Enter {
        /// The wait.
        entry: Box<routing::Entry>,
        /// What the agent will see.
        card: Box<Card>,
    },
    /// Tell routing.
    Route(routing::Input),
    /// Ring an agent's SIP phone.
    Dial {
        /// The lease.
        offer: OfferId,
        /// The address.
        address: String,
        /// What its display may show.
        card: Box<Card>,
    },
    /// Ring somebody outside, as the dial plan allows.
    DialOut {
        /// What its news are told by.
        line: OfferId,
        /// The number or the SIP address.
        to: String,
        /// The trunk, when only that one will do.
        trunk: Option<Arc<str>>,
    },
    /// Ask the caller's own line to call somebody outside, as the dial plan allows, and to leave us.
    Refer {
        /// What its news are told by.
        line: OfferId,
        /// The number or the SIP address.
        to: String,
        /// The trunk, when only that one will do.
        trunk: Option<Arc<str>>,
    },
    /// Keep a call-back for the caller; [`Input::Errand`] is due.
    CallBack(flow::ErrandId, Box<Booking>),
    /// Call the citizen, while the agent hears it ring; [`Input::Citizen`] is due.
    Call {
        /// The number.
        to: String,
        /// The lease that the agent accepted.
        offer: OfferId,
        /// By which phone she will talk.
        phone: Phone,
    },
    /// What became of a call-back.
    CalledBack(Try),
    /// Join the caller and whoever answered outside.
    JoinOutside(OfferId),
    /// Stop ringing, or end, the agent's SIP phone or the line to somebody outside.
    DropPhone(OfferId),
    /// Join the caller and the agent.
    Bridge {
        /// The lease that was accepted.
        offer: OfferId,
        /// Who.
        agent: AgentId,
        /// By which phone.
        phone: Phone,
    },
    /// Part them; both legs stay.
    Unbridge,
    /// What the agent says is passed on, or not.
    MuteAgent(Mute),
    /// Tell the agent's desk.
    Desk(AgentId, DeskNews),
    /// A fact, for the readers.
    Event(Fact),
    /// What the flow could not compute, for whoever keeps the bundle.
    Complain(String),
    /// Do this for the flow; [`Input::Errand`] is due.
    Errand(flow::ErrandId, Box<flow::Errand>),
    /// It is enough: a voicemail is complete, and nobody waits for any other errand.
    Recall(flow::ErrandId),
    /// Record the call, or do not.
    Record(TapeOrder),
    /// Nobody took the offer of a call-back: forget this call. It was none yet, and stands in line.
    Lapsed,
    /// Nothing more will come: the call can be forgotten.
    Over,
}

/// A call-back that a caller asks for.
#[derive(Debug)]
pub struct Booking {
    /// Whom to call, as the flow has it.
    pub number: String,
    /// Whom it needs, and how it waits.
    pub entry: routing::Entry,
    /// What the agent will see.
    pub card: Card,
    /// Where it stands in line.
    pub place: BookedPlace,
}

/// Where a call-back stands in line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BookedPlace {
    /// In the place of this ticket.
    Kept(TicketId),
    /// With a wait that is over already.
    Carried(Duration),
}

/// What becomes of the call's recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TapeOrder {
    /// It begins.
    Begin {
        /// How the caller knows.
        consent: flow::model::Consent,
        /// Whether it begins with silence.
        hush: Hush,
    },
    /// Silence, or sound again. Told without a recording too: streams keep the same silence.
    Hush(Hush),
    /// It ends.
    End,
}

/// Why nothing is to be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hush {
    /// Everything is heard.
    Off,
    /// The flow paused the recording.
    Paused,
    /// A secret is told.
    Hidden,
}

/// What the caller is to hear.
#[derive(Debug)]
pub enum Playout {
    /// What the flow asks for.
    Flow(flow::Play),
    /// Music by sound name, for ever.
    Music(String),
    /// The tone of a phone that rings elsewhere, for ever.
    Ringback,
}

/// Whether a side is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// It is not heard.
    On,
    /// It is heard.
    Off,
}

/// What a talk tells the agent's desk.
#[derive(Debug, Clone, PartialEq)]
pub enum DeskNews {
    /// The talk is on.
    Talking(Box<Card>),
    /// The caller is on hold.
    Held,
    /// The caller is back.
    Unheld,
    /// The agent's microphone is, or is not, passed on.
    Muted(Mute),
    /// The talk is over.
    Ended {
        /// Who ended it.
        by: Side,
        /// For what reason.
        cause: Cause,
        /// How long it was.
        talk: Duration,
    },
}
