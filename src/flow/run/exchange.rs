//! What a walk is told and what it says.

use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{AgentId, CallId, EntityId, QueueId, SkillId};
use crate::base::key::{Key, Keys};
use crate::flow::model::{HangupReason, Language, QueuePolicy, Sensitivity, Texts};
use crate::flow::run::{Errand, ErrandId, RecordOrder, Reply};

/// Who calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The call.
    pub id: CallId,
    /// The caller's number.
    pub from: Arc<str>,
    /// The dialled number.
    pub to: Arc<str>,
    /// Where the call came in.
    pub trunk: Arc<str>,
}

/// What a walk is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The call is answered and audio may flow.
    Start,
    /// The caller pressed a key.
    Key(Key),
    /// What was played once came to its end.
    Played(PlayId),
    /// News of the caller's wait.
    Queue(QueueNews),
    /// The caller hung up.
    CallerLeft,
    /// What became of an errand.
    Errand(ErrandId, Reply),
}

/// News of a caller's wait for an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueueNews {
    /// Where the caller stands.
    Place {
        /// How many are ahead, plus one.
        position: u32,
        /// The wait still expected, when it can be trusted.
        expected: Option<Expected>,
    },
    /// An agent answered: nothing more is played.
    Answered {
        /// Who.
        agent: AgentId,
    },
    /// The agent let go and the caller is still there: the flow goes on.
    Released {
        /// How long they talked.
        talk: Duration,
        /// How long the caller had waited.
        waited: Duration,
    },
    /// The wait ended without an agent.
    Ended(Overflow),
    /// The agent's leg was lost: the caller waits again.
    WaitAgain,
}

/// How long a wait will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// Half of the callers wait no longer.
    pub p50: Duration,
    /// Four of five callers wait no longer.
    pub p80: Duration,
}

/// Why a wait ended without an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overflow {
    /// The queue is at its cap.
    Full,
    /// The queue is shut.
    Closed,
    /// Nobody is on duty who could answer.
    NoAgents,
    /// The longest wait is over.
    Timeout,
    /// The caller chose to leave.
    Exit,
    /// The caller will be called back.
    Callback,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Play this, in place of what plays.
    Play(Play),
    /// Play nothing.
    Stop,
    /// Find the caller an agent.
    Enqueue(Box<Enqueue>),
    /// Take the caller out of the queue.
    LeaveQueue,
    /// Do this; [`Input::Errand`] is due.
    Errand(ErrandId, Box<Errand>),
    /// It is enough: a voicemail is complete, and nobody waits for any other errand.
    Recall(ErrandId),
    /// Record, or do not.
    Record(RecordOrder),
    /// End the call. What was to be heard before has been heard.
    Hangup(HangupReason),
    /// Something happened.
    News(News),
    /// Nothing more will come.
    Done,
}

/// Which of a walk's plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PlayId(pub u32);

/// Something to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Play {
    /// Its number, for [`Input::Played`].
    pub id: PlayId,
    /// The prompt, if it is one and not music.
    pub prompt: Option<Arc<str>>,
    /// The sounds, in order, such as `ar/pick_language`.
    pub sounds: Vec<Arc<str>>,
    /// Once or until it is stopped.
    pub mode: Mode,
    /// What is said, with sensitive values masked.
    pub text: String,
    /// The keys that mean something while it plays.
    pub keys: Keys,
    /// Whether its sounds give away what nobody may read.
    pub sensitive: Sensitivity,
}

/// How often something is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Once; then [`Input::Played`] is due.
    Once,
    /// From the beginning again and again.
    Loop,
}

/// A caller for a queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Enqueue {
    /// The queue.
    pub queue: QueueId,
    /// What the call is about, if that is known.
    pub entity: Option<EntityId>,
    /// 0 emergency … 3 deferred.
    pub class: u8,
    /// Whom the caller needs, by the time waited.
    pub need: Vec<Need>,
    /// When the wait ends with [`Overflow::Timeout`].
    pub max_wait: Duration,
    /// An agent who is waited for at first.
    pub prefer: Option<Prefer>,
    /// How the queue treats its callers.
    pub policy: Arc<QueuePolicy>,
    /// What the flow asked for and could not be asked for, as its file writes it.
    pub dropped: Vec<Arc<str>>,
}

/// Whom a caller needs from some time on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// From when on.
    pub after: Duration,
    /// All of these skills, at these levels.
    pub all: Vec<(SkillId, u8)>,
    /// And one of these, unless empty.
    pub any: Vec<(SkillId, u8)>,
}

/// An agent who is waited for at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefer {
    /// Who.
    pub agent: AgentId,
    /// For how long.
    pub window: Duration,
}

/// Something that happened in a walk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// A node was entered.
    Entered {
        /// The flow.
        flow: Arc<str>,
        /// The node.
        node: Arc<str>,
    },
    /// A node ended otherwise than by `next`.
    Outcome {
        /// The flow.
        flow: Arc<str>,
        /// The node.
        node: Arc<str>,
        /// How.
        outcome: Arc<str>,
    },
    /// The caller pressed keys that a node took.
    Pressed {
        /// The flow.
        flow: Arc<str>,
        /// The node.
        node: Arc<str>,
        /// The keys; masked when they are sensitive.
        keys: Arc<str>,
        /// What is behind the key, of a choice that has a label.
        label: Option<Texts>,
    },
    /// A milestone for reports.
    Tagged {
        /// Its name.
        name: Arc<str>,
    },
    /// From here on another language is spoken.
    Language {
        /// Which.
        language: Language,
    },
    /// An expression or a value failed; the flow's own events say where the call goes on.
    Failed {
        /// The flow.
        flow: Arc<str>,
        /// The node.
        node: Arc<str>,
        /// What was wanted and what was found.
        fault: String,
    },
}

/// What a walk waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// A prompt that plays once ought to have ended.
    Prompt,
    /// The time of a looped sound is over.
    LoopEnd,
    /// Nothing was pressed after the prompt.
    NoInput,
    /// No further digit was pressed.
    BetweenKeys,
    /// The queue ought to have said something.
    Queue,
    /// An errand ought to have come to its end.
    Errand,
}
