//! The messages of `/ws/desk`, as `docs/desk-protocol.md` lays them down.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::mask;
use crate::call::card::{Card, Pressed};
use crate::call::ending::{Cause, Side};
use crate::call::event::{Direction, Line};
use crate::routing::{Duty, Pending};

/// The version of the protocol that this engine speaks.
pub const VERSION: u32 = 1;

/// What a desk may send.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "type")]
pub enum Order {
    /// The first message.
    #[serde(rename = "hello")]
    Hello {
        /// [`VERSION`].
        version: u32,
        /// From `POST /api/v1/login`.
        token: String,
    },
    /// Opens or replaces the audio connection.
    #[serde(rename = "audio.offer")]
    AudioOffer {
        /// Told back in the answer.
        id: u64,
        /// The browser's session description.
        sdp: String,
    },
    /// A candidate found after the offer.
    #[serde(rename = "audio.candidate")]
    AudioCandidate {
        /// Of which offer.
        id: u64,
        /// As the browser writes it.
        candidate: String,
    },
    /// Asks for another duty.
    #[serde(rename = "duty")]
    Duty {
        /// Which.
        to: WantedDuty,
        /// Why, when away.
        #[serde(default)]
        reason: Option<String>,
    },
    /// After-call work is done.
    #[serde(rename = "wrapup.end")]
    WrapUpEnd,
    /// Takes the call.
    #[serde(rename = "accept")]
    Accept {
        /// The offer.
        offer: String,
    },
    /// Leaves the call to others.
    #[serde(rename = "decline")]
    Decline {
        /// The offer.
        offer: String,
    },
    /// Keeps the agent's voice from the caller, or not.
    #[serde(rename = "mute")]
    Mute {
        /// Whether to.
        on: bool,
    },
    /// Puts the caller on hold, or takes her back.
    #[serde(rename = "hold")]
    Hold {
        /// Whether to.
        on: bool,
    },
    /// Ends the talk.
    #[serde(rename = "hangup")]
    Hangup,
    /// Asks for a `pong`.
    #[serde(rename = "ping")]
    Ping {
        /// Told back.
        t: u64,
    },
    /// The answer to the engine's `ping`.
    #[serde(rename = "pong")]
    Pong {
        /// What the ping said.
        t: u64,
    },
}

impl Order {
    /// The message's `type`, for `about` of an error.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::AudioOffer { .. } => "audio.offer",
            Self::AudioCandidate { .. } => "audio.candidate",
            Self::Duty { .. } => "duty",
            Self::WrapUpEnd => "wrapup.end",
            Self::Accept { .. } => "accept",
            Self::Decline { .. } => "decline",
            Self::Mute { .. } => "mute",
            Self::Hold { .. } => "hold",
            Self::Hangup => "hangup",
            Self::Ping { .. } => "ping",
            Self::Pong { .. } => "pong",
        }
    }
}

/// The duties that an agent may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WantedDuty {
    /// Ready for calls.
    Available,
    /// Signed in, but not for calls.
    Away,
    /// Signed out.
    Offline,
}

/// What the engine sends.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum News {
    /// The desk is attached.
    #[serde(rename = "welcome")]
    Welcome {
        /// [`VERSION`].
        version: u32,
        /// Who is logged in.
        agent: Identity,
        /// The engine's wall clock.
        now_ms: i64,
        /// How long a lost desk keeps its call.
        grace_s: u64,
        /// What `duty` may give as a reason.
        away_reasons: Vec<String>,
    },
    /// Not attached.
    #[serde(rename = "refused")]
    Refused {
        /// `token` or `version`.
        why: &'static str,
    },
    /// Another socket of the same agent took over.
    #[serde(rename = "replaced")]
    Replaced,
    /// The whole truth.
    #[serde(rename = "state")]
    State(Box<Snapshot>),
    /// A call rings.
    #[serde(rename = "offer")]
    Offer(Box<OfferView>),
    /// It rings no more.
    #[serde(rename = "withdraw")]
    Withdraw {
        /// The offer.
        offer: String,
        /// `caller_left`, `missed`, `declined`, `left_duty`.
        why: &'static str,
    },
    /// A talk is over.
    #[serde(rename = "ended")]
    Ended {
        /// The call.
        call: String,
        /// Who ended it.
        by: Side,
        /// For what reason.
        cause: Cause,
        /// How long it was.
        talk_s: u64,
    },
    /// The answer to an audio offer.
    #[serde(rename = "audio.answer")]
    AudioAnswer {
        /// The offer's number.
        id: u64,
        /// The engine's session description.
        sdp: String,
    },
    /// The audio offer cannot be served.
    #[serde(rename = "audio.failed")]
    AudioFailed {
        /// The offer's number.
        id: u64,
        /// For people.
        why: String,
    },
    /// Audio flows.
    #[serde(rename = "audio.up")]
    AudioUp,
    /// Audio does not flow.
    #[serde(rename = "audio.lost")]
    AudioLost,
    /// An order that could not be followed.
    #[serde(rename = "error")]
    Error {
        /// `no_such_offer`, `not_now`, `bad_message`, `no_audio`.
        code: &'static str,
        /// For people.
        detail: String,
        /// The order's `type`.
        about: &'static str,
    },
    /// Asks for a `pong`.
    #[serde(rename = "ping")]
    Ping {
        /// To be told back.
        t: u64,
    },
    /// The answer to a `ping`.
    #[serde(rename = "pong")]
    Pong {
        /// What the ping said.
        t: u64,
    },
}

/// Who is logged in.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Identity {
    /// The login name.
    pub id: String,
    /// For people.
    pub name: String,
    /// Skills with their levels.
    pub skills: BTreeMap<String, u8>,
}

/// The desk's whole state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Snapshot {
    /// One of the nine duties.
    pub duty: Duty,
    /// Since when.
    pub since_ms: i64,
    /// Why, when away.
    pub reason: Option<String>,
    /// The duty that is taken at the next release.
    pub pending: Option<Pending>,
    /// `up` or `down`.
    pub audio: &'static str,
    /// What rings.
    pub offer: Option<OfferView>,
    /// The talk.
    pub call: Option<CallView>,
    /// When wrap-up ends by itself.
    pub wrapup_until_ms: Option<i64>,
}

/// A call that rings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OfferView {
    /// The offer.
    pub offer: String,
    /// When it stops ringing.
    pub until_ms: i64,
    /// How long it rings in all.
    pub ring_s: u64,
    /// Who calls.
    pub caller: CallerView,
}

/// A talk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallView {
    /// The call.
    pub call: String,
    /// Who calls.
    pub caller: CallerView,
    /// `talking`, `held`, `waiting_audio`.
    pub stage: &'static str,
    /// Whether the agent's voice is kept from the caller.
    pub muted: bool,
    /// Since when.
    pub since_ms: i64,
}

/// A caller, as an agent may see her.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallerView {
    /// The call.
    pub call: String,
    /// `inbound`, or `outbound` for a call-back.
    pub direction: Direction,
    /// The masked number.
    pub from: String,
    /// The dialled number.
    pub to: String,
    /// The chosen language.
    pub language: String,
    /// The queue.
    pub queue: String,
    /// The queue's name by language.
    pub queue_name: BTreeMap<String, String>,
    /// The entity.
    pub entity: Option<EntityView>,
    /// The number of the call's case, once it has one.
    pub case: Option<String>,
    /// How long the caller waited.
    pub waited_s: u64,
    /// What the caller pressed.
    pub pressed: Vec<Pressed>,
}

/// An entity with its names.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EntityView {
    /// Its id.
    pub id: String,
    /// Its name by language.
    pub name: BTreeMap<String, String>,
}

impl From<&Card> for CallerView {
    fn from(card: &Card) -> Self {
        Self {
            call: card.call.to_string(),
            direction: card.direction,
            from: match card.line {
                Line::Sip => mask::number(&card.from),
                // A browser has no number to hide.
                Line::Webrtc => card.from.clone(),
            },
            to: card.to.clone(),
            language: card.language.clone(),
            queue: card.queue.as_ref().map(ToString::to_string).unwrap_or_default(),
            queue_name: card.queue_names.clone(),
            entity: card
                .entity
                .as_ref()
                .map(|id| EntityView { id: id.to_string(), name: card.entity_names.clone() }),
            case: card.case.clone(),
            waited_s: card.waited_ms / 1_000,
            pressed: card.pressed.clone(),
        }
    }
}
