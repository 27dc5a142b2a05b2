//! What a walk sends out for, and what comes back.

use std::sync::Arc;
use std::time::Duration;

use crate::base::id::EntityId;
use crate::flow::model::{
    CaseKind, Channel, Consent, Language, Method, RecordFrom, Sensitivity, TransferWay,
};
use crate::flow::run::Enqueue;

/// Which of a walk's errands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ErrandId(pub u32);

/// Something that is done outside the call and that the flow waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum Errand {
    /// Ask another system.
    Http(HttpRequest),
    /// Do something to a case.
    Case(CaseOrder),
    /// Send a message.
    Message(MessageOrder),
    /// Put a call-back in the queue.
    Callback(Box<CallbackWish>),
    /// Record a message of the caller.
    Voicemail(VoicemailOrder),
    /// Take the caller to somebody outside.
    Transfer(TransferOrder),
    /// Let the caller talk with a program.
    Stream(StreamOrder),
}

/// What became of an errand. Each is the answer to the [`Errand`] of its name.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// An answer with a status, or none.
    Http(Result<HttpAnswer, HttpFault>),
    /// What the store says.
    Case(Result<CaseAnswer, CaseFault>),
    /// Whether the gateway took it.
    Message(Result<(), MessageFault>),
    /// Whether it is in the queue.
    Callback(Result<(), CallbackFault>),
    /// What the caller left.
    Voicemail(VoicemailEnd),
    /// How it went.
    Transfer(TransferEnd),
    /// How it ended.
    Stream(StreamEnd),
}

/// A question to another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// How.
    pub method: Method,
    /// Where.
    pub url: String,
    /// Header fields, in the order of the file.
    pub headers: Vec<(Arc<str>, String)>,
    /// A JSON document.
    pub body: Option<String>,
    /// Whether header fields or body give away what nobody may read.
    pub sensitive: Sensitivity,
    /// How long one attempt may take.
    pub timeout: Duration,
    /// How often it is tried again.
    pub retries: u32,
}

/// What another system answered: any final status below 400 after redirects is good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// The body as it came, at most [`crate::base::limit::HTTP_BODY_MAX`] bytes.
    pub body: Arc<[u8]>,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HttpFault {
    /// It took too long.
    #[error("wanted an answer in time, found none")]
    Timeout,
    /// Nobody could be reached.
    #[error("wanted a connection, found {0}")]
    Connect(String),
    /// The configuration does not allow the target.
    #[error("wanted a target that the configuration allows, found {0}")]
    Refused(String),
    /// The answer was too long or broke off.
    #[error("wanted a body within its limit, found {0}")]
    Body(String),
}

/// Something to do to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseOrder {
    /// A new one, of this call.
    Open(NewCase),
    /// A text onto one.
    Add {
        /// Its number.
        number: String,
        /// The text.
        text: String,
    },
    /// It is done.
    Close {
        /// Its number.
        number: String,
        /// How it ended.
        text: String,
    },
    /// It is done, and no agent has touched it.
    CloseIfSelfServed {
        /// Its number.
        number: String,
    },
    /// An answer to a survey.
    Survey {
        /// The case it is about; empty for none.
        number: String,
        /// The question's id.
        question: Arc<str>,
        /// The answer.
        answer: String,
        /// The entity it is about.
        entity: Option<EntityId>,
    },
    /// How one stands.
    Find {
        /// Its number.
        number: String,
    },
}

/// A case that is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// The entity.
    pub entity: Option<EntityId>,
    /// The department's id.
    pub department: Option<String>,
    /// What it is.
    pub kind: CaseKind,
    /// What others call it.
    pub reference: String,
    /// What is known of it.
    pub text: String,
    /// The language of the citizen.
    pub language: Language,
}

/// A case as flows see it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseAnswer {
    /// Its number; empty when nothing had to be done.
    pub number: String,
    /// Its state's id: `open`, `waiting` or `done`.
    pub state: String,
    /// Its entity's id, or empty.
    pub entity: String,
}

/// Why nothing was done to a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseFault {
    /// There is no such number.
    #[error("wanted the number of a case, found none of that number")]
    NotFound,
    /// The store could not do it.
    #[error("wanted the store to answer, found {0}")]
    Store(String),
}

/// A message to the citizen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageOrder {
    /// By which way.
    pub channel: Channel,
    /// A telephone number or an e-mail address.
    pub to: String,
    /// The subject of an e-mail.
    pub subject: Option<String>,
    /// What it says.
    pub text: String,
    /// In which language.
    pub language: Language,
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("wanted the gateway to take a message, found {0}")]
pub struct MessageFault(pub String);

/// A call-back that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct CallbackWish {
    /// Whom to call.
    pub number: String,
    /// A place in a queue; `None` keeps the place that the call holds now.
    pub enqueue: Option<Enqueue>,
}

/// Why there will be no call-back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
pub enum CallbackFault {
    /// The dial plan does not allow the number.
    #[error("wanted a number that the dial plan allows, found another")]
    RejectedNumber,
    /// Nobody calls back now: the queue is shut or full, or no trunk is there.
    #[error("wanted a queue that calls back, found one that does not")]
    Closed,
}

/// A message that the caller speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VoicemailOrder {
    /// The longest message.
    pub max: Duration,
    /// A shorter one is too short.
    pub min: Duration,
    /// Silence that ends it.
    pub silence: Duration,
    /// The case it belongs to; empty for none.
    pub case: String,
}

/// What the caller left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VoicemailEnd {
    /// A message.
    Kept,
    /// Nothing but silence.
    Empty,
    /// Less than the least.
    TooShort,
}

/// Where a caller goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferOrder {
    /// A SIP URI or a telephone number.
    pub to: String,
    /// The trunk, when the flow names one.
    pub trunk: Option<Arc<str>>,
    /// How.
    pub way: TransferWay,
    /// How long it may ring.
    pub ring: Duration,
}

/// How a transfer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferEnd {
    /// They talked, and the other side hung up first.
    Talked,
    /// The other side is busy.
    Busy,
    /// Nobody answered.
    NoAnswer,
    /// It could not be reached.
    Failed,
    /// The dial plan does not allow it.
    Denied,
}

/// A talk with a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOrder {
    /// `ws://` or `wss://`.
    pub url: String,
    /// Header fields of the first request, in the order of the file.
    pub headers: Vec<(Arc<str>, String)>,
    /// What the program is told at the start.
    pub parameters: Vec<(Arc<str>, String)>,
    /// How long it may last.
    pub max: Duration,
}

/// How a talk with a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamEnd {
    /// The program closed it.
    Closed(StreamWords),
    /// The program said that the caller is served.
    Done(StreamWords),
    /// The program wants a human being for the caller.
    Agent(StreamWords),
    /// It could not be reached, or it broke.
    Failed(String),
}

/// What the program said at the end: a JSON object, or nothing.
pub type StreamWords = Option<Arc<[u8]>>;

/// What is to become of the call's recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordOrder {
    /// It begins.
    Start {
        /// How the caller knows.
        consent: Consent,
        /// Which part of the call.
        from: RecordFrom,
    },
    /// Silence, until it is resumed.
    Pause,
    /// Sound again.
    Resume,
    /// It ends.
    Stop,
    /// What is pressed or said from here on is nobody's business: recording and streams are
    /// silent, whatever else was ordered.
    Hide,
    /// The secret is over.
    Show,
}
