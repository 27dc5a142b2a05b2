//! The steps that need somebody outside the call: what their nodes say.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::key::Key;
use crate::flow::expression::Template;
use crate::flow::model::{Assignment, NeedStep, Path, Reference, Source, Spoken, Worded};

/// `http`: a question to another system.
#[derive(Debug)]
pub struct Http {
    /// How it is asked.
    pub method: Method,
    /// Where, with slots. Nothing sensitive is in it.
    pub url: Template,
    /// Header fields by name, with slots.
    pub headers: Vec<(Arc<str>, Template)>,
    /// What is sent as a JSON object; `None` sends no body.
    pub body: Option<Vec<Assignment>>,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often it is tried again after a failure that may pass.
    pub retries: u32,
    /// Variables that take parts of the answer.
    pub save: Vec<SavePath>,
    /// Music while the caller waits; silence when `None`.
    pub music: Option<Arc<str>>,
}

/// How a system is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Changes something; sent with one `Idempotency-Key` for all its attempts.
    Post,
}

impl Method {
    /// The word of the protocol.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A part of an answer that goes into a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavePath {
    /// The variable.
    pub variable: Arc<str>,
    /// Which part.
    pub path: Path,
}

/// `callback`: the citizen hangs up and is called when the turn comes.
#[derive(Debug)]
pub struct Callback {
    /// Which queue.
    pub queue: Reference,
    /// Whom to call.
    pub number: Template,
    /// Whom the citizen needs; when `None`, whom the last queue of this call was asked for.
    pub need: Option<Vec<NeedStep>>,
    /// 0 emergency … 3 deferred; when `None`, that of the last queue of this call.
    pub class: Option<Source>,
}

/// `leave_queue`: out of the wait that this flow is heard in.
#[derive(Debug)]
pub enum Leave {
    /// The queue node ends with `queue.exit`.
    Exit,
    /// The place is kept and the number will be called: the queue node ends with
    /// `queue.callback`.
    Callback {
        /// Whom to call.
        number: Template,
    },
}

/// `voicemail`: a message from the caller.
#[derive(Debug)]
pub struct Voicemail {
    /// What is said before the tone.
    pub prompt: Spoken,
    /// The longest message.
    pub max: Duration,
    /// A shorter one is `voicemail.too_short`.
    pub min: Duration,
    /// Silence that ends it.
    pub silence: Duration,
    /// The key that ends it.
    pub end: Option<Key>,
    /// The number of the case it belongs to; empty for none.
    pub case: Template,
}

/// `transfer`: the caller goes to somebody outside.
#[derive(Debug)]
pub struct Transfer {
    /// A SIP URI or a telephone number.
    pub to: Template,
    /// The trunk; the configuration's dial plan chooses when `None`.
    pub trunk: Option<Arc<str>>,
    /// How.
    pub way: TransferWay,
    /// How long it may ring.
    pub ring: Duration,
}

/// How a caller is transferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferWay {
    /// `bridge`: the engine dials and stays between the two. The node's `next` follows when the
    /// other side hangs up first.
    Bridge,
    /// `refer`: the caller's own exchange is asked to dial (RFC 3515) and the engine is out of
    /// it.
    Refer,
}

/// `case`: the citizen's matter, as departments and managers follow it.
#[derive(Debug)]
pub struct Case {
    /// What is done to it.
    pub act: CaseAct,
    /// What goes into variables afterwards.
    pub save: Vec<CaseSave>,
}

/// What is done to a case.
#[derive(Debug)]
pub enum CaseAct {
    /// `open`: a new one; it becomes the case of this call, `call.case`.
    Open(CaseOpening),
    /// `add`: a text onto one.
    Add {
        /// Its number.
        number: Template,
        /// The text.
        text: Template,
    },
    /// `close`: it is done.
    Close {
        /// Its number.
        number: Template,
        /// How it ended.
        text: Template,
    },
    /// `close_if_self_served`: the case of this call is done, if no agent has touched it.
    CloseIfSelfServed,
    /// `survey`: an answer of the citizen about how it went.
    Survey {
        /// The question's id.
        question: Arc<str>,
        /// The answer.
        answer: Template,
    },
    /// `find`: whether there is one, and how it stands; `case.not_found` when there is none.
    Find {
        /// Its number.
        number: Template,
    },
}

impl CaseAct {
    /// The word that files use.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open(_) => "open",
            Self::Add { .. } => "add",
            Self::Close { .. } => "close",
            Self::CloseIfSelfServed => "close_if_self_served",
            Self::Survey { .. } => "survey",
            Self::Find { .. } => "find",
        }
    }
}

/// What a new case begins with.
#[derive(Debug)]
pub struct CaseOpening {
    /// Its entity's id; empty for none.
    pub entity: Template,
    /// Its department's id; empty for none.
    pub department: Template,
    /// What it is.
    pub kind: CaseKind,
    /// What the citizen or the entity calls it, such as an account's number; may be empty.
    pub reference: Template,
    /// What is known of it; may be empty.
    pub text: Template,
}

/// What a case is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum CaseKind {
    /// `enquiry`
    #[default]
    Enquiry,
    /// `complaint`
    Complaint,
    /// `suggestion`
    Suggestion,
    /// `consultation`
    Consultation,
}

impl CaseKind {
    /// Every kind.
    pub const ALL: [Self; 4] =
        [Self::Enquiry, Self::Complaint, Self::Suggestion, Self::Consultation];

    /// The word that files and records use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Enquiry => "enquiry",
            Self::Complaint => "complaint",
            Self::Suggestion => "suggestion",
            Self::Consultation => "consultation",
        }
    }
}

/// A field of a case that goes into a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseSave {
    /// The variable.
    pub variable: Arc<str>,
    /// Which field.
    pub field: CaseField,
}

/// A field of a case that flows can read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseField {
    /// `number`
    Number,
    /// `state`: `open`, `waiting`, `done`.
    State,
    /// `entity`: its entity's id, or empty.
    Entity,
}

/// `message`: a short message or an e-mail to the citizen.
#[derive(Debug)]
pub struct Message {
    /// By which way.
    pub channel: Channel,
    /// A telephone number or an e-mail address.
    pub to: Template,
    /// What it says, in the language that is spoken.
    pub text: Worded,
    /// The subject of an e-mail.
    pub subject: Option<Worded>,
}

/// How a message travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// `sms`
    Sms,
    /// `email`
    Email,
}

impl Channel {
    /// The word that files use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

/// `record`: the recording of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// `start`
    Start {
        /// How the caller knows.
        consent: Consent,
        /// Which part of the call is recorded.
        from: RecordFrom,
    },
    /// `pause`: silence is recorded.
    Pause,
    /// `resume`
    Resume,
    /// `stop`
    Stop,
}

impl Recording {
    /// The word that files use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start { .. } => "start",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Stop => "stop",
        }
    }
}

/// How the caller knows of the recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// `announced`: it was said, and the caller stayed.
    Announced,
    /// `given`: the caller was asked and said yes.
    Given,
}

/// Which part of the call is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum RecordFrom {
    /// `now`: from here on, the flow included.
    Now,
    /// `answer`: each talk with an agent.
    #[default]
    Answer,
}

/// `stream`: two-way audio with a program.
#[derive(Debug)]
pub struct Stream {
    /// `ws://` or `wss://`. Nothing sensitive is in it.
    pub url: Template,
    /// Header fields of the first request by name, with slots.
    pub headers: Vec<(Arc<str>, Template)>,
    /// What the program is told at the start.
    pub parameters: Vec<Assignment>,
    /// How long it may last; then the call goes on at `next`.
    pub max: Duration,
    /// What the program said at the end, by path, into variables.
    pub save: Vec<SavePath>,
}
