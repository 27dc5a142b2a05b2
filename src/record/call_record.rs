//! One call as it is remembered: who, when, which way, with whom, and how it ended.

use serde::{Deserialize, Serialize};

use crate::base::id::{AgentId, CallId, EntityId, QueueId};
use crate::base::limit::RECORD_STEPS_MAX;
use crate::base::time::Wall;
use crate::call::ending::{Ending, Side};
use crate::call::event::{
    AudioFigures, Departure, Direction, Line, OfferResult, RecordingChange, TransferResult,
};
use crate::flow::model::Consent;

/// The version of [`CallRecord`]'s written form.
pub const VERSION: u16 = 1;

/// Everything that stays of one call. Numbers are in full: who shows them masks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// [`VERSION`] when it was written.
    pub version: u16,
    /// The call.
    pub call: CallId,
    /// Which way it went.
    #[serde(default)]
    pub direction: Direction,
    /// The caller's number or SIP user.
    pub from: String,
    /// The dialled number; a citizen's, when the call went out.
    pub to: String,
    /// The trunk it came by.
    pub trunk: String,
    /// The kind of the caller's line.
    pub line: Line,
    /// The hash of the bundle that served it.
    pub bundle: String,
    /// The flow that the number picked; empty when the number was unknown.
    pub flow: String,
    /// When it came in.
    pub arrived_at: Wall,
    /// When the engine answered.
    pub answered_at: Option<Wall>,
    /// When it was over.
    pub ended_at: Wall,
    /// The way through the flow.
    pub path: Path,
    /// The milestones reached, in order, each once.
    pub tags: Vec<String>,
    /// The language the caller was served in last.
    pub language: Option<String>,
    /// The entity wanted last.
    pub entity: Option<EntityId>,
    /// The queue entered last.
    pub queue: Option<QueueId>,
    /// The class of the last wait: 0 emergency … 3 deferred.
    pub class: Option<u8>,
    /// All waits together, ring included; `None` when the call never waited.
    pub queue_wait_ms: Option<u64>,
    /// How the last wait ended, when it was without an agent.
    pub left_queue: Option<Departure>,
    /// Who was rung, in order, at most [`RECORD_STEPS_MAX`].
    pub offers: Vec<RungAgent>,
    /// Who talked with the caller, in order, at most [`RECORD_STEPS_MAX`].
    pub conversations: Vec<Conversation>,
    /// To whom outside the caller was to be taken, in order, at most [`RECORD_STEPS_MAX`].
    #[serde(default)]
    pub transfers: Vec<Transfer>,
    /// All talk together, hold included; `None` when nobody talked.
    pub talk_ms: Option<u64>,
    /// All holding together.
    pub held_ms: u64,
    /// When it was recorded, in order, at most [`RECORD_STEPS_MAX`].
    #[serde(default)]
    pub recordings: Vec<Recorded>,
    /// Who ended the call, and why.
    pub ending: Ending,
    /// What was measured on the caller's line.
    pub caller_audio: Option<AudioFigures>,
    /// What was measured on the last agent's line.
    pub agent_audio: Option<AudioFigures>,
}

/// A call's way through its flows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Path {
    /// The first [`RECORD_STEPS_MAX`] nodes entered.
    pub steps: Vec<Step>,
    /// How many further ones are not listed.
    pub unlisted: u64,
}

/// One node that the call went through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Milliseconds after the call came in.
    pub at_ms: u64,
    /// The flow.
    pub flow: String,
    /// The node.
    pub node: String,
    /// How the node ended.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub outcome: Option<String>,
    /// What was pressed; `•` for each sensitive key.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub keys: Option<String>,
}

/// What becomes known of a node after it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepFact {
    /// How it ended.
    Outcome(String),
    /// What was pressed there.
    Keys(String),
}

/// One agent who was rung for the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RungAgent {
    /// Who.
    pub agent: AgentId,
    /// Milliseconds after the call came in.
    pub at_ms: u64,
    /// How it ended; `None` when the call ended first.
    pub result: Option<OfferResult>,
}

/// One talk of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// With whom.
    pub agent: AgentId,
    /// The kind of the agent's line.
    pub line: Line,
    /// Milliseconds after the call came in.
    pub at_ms: u64,
    /// Its length, hold included.
    pub talk_ms: u64,
    /// How much of it was on hold.
    pub held_ms: u64,
    /// Who ended it; `None` when the agent's line was lost or the end was never told.
    pub by: Option<Side>,
}

/// One way to somebody outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// The number or the address, in full.
    pub to: String,
    /// Milliseconds after the call came in, when they began to talk, or when it failed.
    pub at_ms: u64,
    /// How it ended.
    pub result: TransferResult,
    /// Who ended it.
    pub by: Side,
    /// The talk's length.
    pub talk_ms: u64,
}

/// One recording of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Milliseconds after the call came in.
    pub at_ms: u64,
    /// How the caller knew.
    pub consent: Consent,
    /// Its length; `None` when its end was never told.
    pub length_ms: Option<u64>,
    /// How often it was silent by order, or for a secret.
    pub pauses: u32,
}

impl CallRecord {
    /// Who talked with the caller last.
    #[must_use]
    pub fn agent(&self) -> Option<&AgentId> {
        self.conversations.last().map(|talk| &talk.agent)
    }

    /// Whether `agent` talked with the caller.
    #[must_use]
    pub fn has_talked(&self, agent: &AgentId) -> bool {
        self.conversations.iter().any(|talk| talk.agent == *agent)
    }
}

impl CallRecord {
    /// Notes what became of the recording, so many milliseconds after the call came in.
    pub fn recorded(&mut self, at_ms: u64, change: RecordingChange) {
        let last = self.recordings.last_mut().filter(|last| last.length_ms.is_none());
        match (change, last) {
            (RecordingChange::Started { consent }, _) => {
                if self.recordings.len() < RECORD_STEPS_MAX {
                    let recorded = Recorded { at_ms, consent, length_ms: None, pauses: 0 };
                    self.recordings.push(recorded);
                }
            }
            (RecordingChange::Paused | RecordingChange::Hidden, Some(last)) => last.pauses += 1,
            (RecordingChange::Ended, Some(last)) => {
                last.length_ms = Some(at_ms.saturating_sub(last.at_ms));
            }
            (RecordingChange::Wanted { .. }, _) | (RecordingChange::Resumed, Some(_)) => {}
            // Of a recording beyond the limit.
            (
                RecordingChange::Paused
                | RecordingChange::Hidden
                | RecordingChange::Resumed
                | RecordingChange::Ended,
                None,
            ) => {}
        }
    }
}

impl Path {
    /// Adds a node that was entered; beyond [`RECORD_STEPS_MAX`] it is only counted.
    pub fn enter(&mut self, step: Step) {
        if self.steps.len() < RECORD_STEPS_MAX {
            self.steps.push(step);
        } else {
            self.unlisted = self.unlisted.saturating_add(1);
        }
    }

    /// Notes a fact at the last entry of that node, if it is listed.
    pub fn note(&mut self, flow: &str, node: &str, fact: StepFact) {
        let there = |step: &&mut Step| step.flow == flow && step.node == node;
        let Some(step) = self.steps.iter_mut().rev().find(there) else {
            return;
        };
        match fact {
            StepFact::Outcome(outcome) => step.outcome = Some(outcome),
            StepFact::Keys(keys) => step.keys.get_or_insert_default().push_str(&keys),
        }
    }
}
