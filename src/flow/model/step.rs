//! What a node does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::base::key::{Key, Keys};
use crate::flow::expression::{Expression, Template, Value};
use crate::flow::model::{
    Callback, Case, CaseOpening, FlowIndex, Http, Leave, Message, Name, Prompt, Recording, SayKind,
    Sensitivity, Stream, Target, Transfer, Voicemail,
};

/// What a node does.
#[derive(Debug)]
pub enum Step {
    /// `play`
    Play(Play),
    /// `menu`
    Menu(Box<Menu>),
    /// `collect`
    Collect(Collect),
    /// `set`
    Set(Vec<Assignment>),
    /// `switch`
    Switch(Switch),
    /// `hours`
    Hours(Hours),
    /// `queue`
    Queue(Box<Queue>),
    /// `leave_queue`: only in a wait flow.
    LeaveQueue(Leave),
    /// `call`
    Call(Call),
    /// `return`: the outputs by name.
    Return(Vec<Assignment>),
    /// `tag`
    Tag(Tag),
    /// `say`: a value, with no entry in the catalogue.
    Say(Say),
    /// `http`
    Http(Box<Http>),
    /// `case`
    Case(Box<Case>),
    /// `message`
    Message(Box<Message>),
    /// `callback`
    Callback(Box<Callback>),
    /// `voicemail`
    Voicemail(Box<Voicemail>),
    /// `transfer`
    Transfer(Transfer),
    /// `record`
    Record(Recording),
    /// `stream`
    Stream(Box<Stream>),
    /// `hangup`
    Hangup(Hangup),
}

impl Step {
    /// The word that files use.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Play(_) => "play",
            Self::Menu(_) => "menu",
            Self::Collect(_) => "collect",
            Self::Set(_) => "set",
            Self::Switch(_) => "switch",
            Self::Hours(_) => "hours",
            Self::Queue(_) => "queue",
            Self::LeaveQueue(_) => "leave_queue",
            Self::Call(_) => "call",
            Self::Return(_) => "return",
            Self::Tag(_) => "tag",
            Self::Say(_) => "say",
            Self::Http(_) => "http",
            Self::Case(_) => "case",
            Self::Message(_) => "message",
            Self::Callback(_) => "callback",
            Self::Voicemail(_) => "voicemail",
            Self::Transfer(_) => "transfer",
            Self::Record(_) => "record",
            Self::Stream(_) => "stream",
            Self::Hangup(_) => "hangup",
        }
    }

    /// The other flow that it needs: of a `call`, and of the wait in a `queue`.
    #[must_use]
    pub fn leads_to(&self) -> Option<FlowIndex> {
        if let Self::Call(call) = self {
            return Some(call.flow);
        }
        if let Self::Queue(queue) = self { queue.wait_flow } else { None }
    }

    /// The sound of the music that it may play.
    #[must_use]
    pub fn music(&self) -> Option<&Arc<str>> {
        if let Self::Http(http) = self {
            return http.music.as_ref();
        }
        let Self::Play(Play { what: Heard::Music(sound), .. }) = self else { return None };
        Some(sound)
    }

    /// Whether a caller may be gone while it runs: it neither plays, asks nor waits.
    #[must_use]
    pub const fn is_quiet(&self) -> bool {
        matches!(
            self,
            Self::Set(_)
                | Self::Switch(_)
                | Self::Tag(_)
                | Self::Http(_)
                | Self::Case(_)
                | Self::Hangup(_)
        )
    }
}

/// Where a value comes from.
#[derive(Debug)]
pub enum Source {
    /// Written in the file.
    Fixed(Value),
    /// A text with `${…}` in it. One that is nothing but a single `${…}` keeps that value's type.
    Text(Template),
    /// An expression, as `choices_from` has them.
    Computed(Expression),
}

impl Source {
    /// As the file writes it; a text that is fixed stands in quotes.
    #[must_use]
    pub fn written(&self) -> String {
        match self {
            Self::Fixed(value) => match value.as_text() {
                Some(text) => format!("\"{text}\""),
                None => value.to_text().unwrap_or_else(|| "…".to_owned()),
            },
            Self::Text(template) => template.text().to_owned(),
            Self::Computed(expression) => expression.text().to_owned(),
        }
    }
}

/// A value for a variable, an input or an output.
#[derive(Debug)]
pub struct Assignment {
    /// Its name.
    pub name: Arc<str>,
    /// Its value.
    pub value: Source,
}

/// The id of a calendar or a queue.
#[derive(Debug)]
pub enum Reference {
    /// Written in the file and known to exist.
    Fixed(Arc<str>),
    /// Known when the call comes by; an id that does not exist ends in `error.name`.
    Computed(Template),
}

/// A prompt with the values for its slots.
#[derive(Debug)]
pub struct Spoken {
    /// What is said.
    pub prompt: Arc<Prompt>,
    /// A value for each of its slots.
    pub args: BTreeMap<Arc<str>, Source>,
}

/// `play`: something to hear.
#[derive(Debug)]
pub struct Play {
    /// What.
    pub what: Heard,
    /// For how long it is looped; once when `None`. Music always has it.
    pub looped: Option<Duration>,
    /// Keys that end it with the outcome `input.key`; empty when keys mean nothing. Keys pressed
    /// at other times stay for the next menu.
    pub keys: Keys,
    /// The recording that this announces.
    pub record: Option<Recording>,
}

/// What a `play` plays.
#[derive(Debug)]
pub enum Heard {
    /// Words.
    Prompt(Spoken),
    /// A sound such as `music/calm`.
    Music(Arc<str>),
}

/// `say`: one value.
#[derive(Debug)]
pub struct Say {
    /// As what it is said.
    pub kind: SayKind,
    /// The value.
    pub value: Source,
}

/// How a step waits for keys.
#[derive(Debug)]
pub struct Patience {
    /// How often the caller may try; then `input.gave_up`.
    pub tries: u32,
    /// Silence after the prompt's end that counts as `input.no_input`.
    pub no_input: Duration,
    /// Silence between two keys that ends the digits of a `collect`.
    pub between: Duration,
    /// Whether a key interrupts the prompt.
    pub barge_in: BargeIn,
    /// Said before the prompt is repeated after silence.
    pub no_input_prompt: Option<Spoken>,
    /// Said before the prompt is repeated after a wrong key.
    pub no_match_prompt: Option<Spoken>,
    /// Where silence leads at once, when the node's own events name `input.no_input`.
    pub on_no_input: Option<Target>,
    /// Where a wrong key leads at once, when the node's own events name `input.no_match`.
    pub on_no_match: Option<Target>,
}

/// Whether a key interrupts what is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum BargeIn {
    /// The prompt stops and the key counts.
    #[default]
    Yes,
    /// Keys count from the prompt's end.
    No,
}

/// `menu`: one key chooses.
#[derive(Debug)]
pub struct Menu {
    /// What is asked.
    pub prompt: Spoken,
    /// The choices that are written out, in the order of the file.
    pub choices: Vec<Choice>,
    /// The choices that come from data; they are said before those of `choices`.
    pub choices_from: Option<ChoicesFrom>,
    /// How it waits.
    pub patience: Patience,
}

/// A choice that is written out.
#[derive(Debug)]
pub struct Choice {
    /// The key.
    pub press: Key,
    /// What is behind it; only labelled choices are said by `{choices: all}`.
    pub label: Option<Name>,
    /// What it assigns.
    pub set: Vec<Assignment>,
    /// Where it leads.
    pub next: Target,
}

/// Choices made from a list. In its expressions `item` is the list's element.
#[derive(Debug)]
pub struct ChoicesFrom {
    /// The list. Elements without a key are no choice; of two with one key the first counts.
    pub list: Expression,
    /// A text of one key, or null.
    pub press: Expression,
    /// A name, as [`Name`] shows itself to expressions.
    pub label: Expression,
    /// What the choice assigns.
    pub set: Vec<Assignment>,
    /// Where it leads.
    pub next: Target,
}

/// `collect`: some digits.
#[derive(Debug)]
pub struct Collect {
    /// What is asked.
    pub prompt: Spoken,
    /// The fewest digits that will do.
    pub min: u32,
    /// The digit after which nothing more is waited for.
    pub max: u32,
    /// The key that ends the digits.
    pub end: Option<Key>,
    /// The keys that count as digits; another one is `input.no_match`.
    pub allow: Keys,
    /// The variable that takes them.
    pub save: Arc<str>,
    /// Whether they may be shown: as the variable is declared.
    pub sensitive: Sensitivity,
    /// How it waits.
    pub patience: Patience,
}

/// `switch`: the first case that is true.
#[derive(Debug)]
pub struct Switch {
    /// The cases.
    pub cases: Vec<Branch>,
    /// Where the call goes when none is true.
    pub otherwise: Target,
}

/// One case of a `switch`.
#[derive(Debug)]
pub struct Branch {
    /// Whether it is taken.
    pub when: Expression,
    /// Where it leads.
    pub next: Target,
}

/// `hours`: whether somebody is there.
#[derive(Debug)]
pub struct Hours {
    /// Whose hours.
    pub calendar: Reference,
    /// In the week's hours.
    pub open: Target,
    /// Outside them.
    pub closed: Target,
    /// On a holiday.
    pub holiday: Target,
    /// In the hours of a special period. Outside them, but inside the period, is `closed`.
    pub special: Target,
}

/// `queue`: an agent.
#[derive(Debug)]
pub struct Queue {
    /// Which queue.
    pub queue: Reference,
    /// 0 emergency … 3 deferred.
    pub class: Source,
    /// Whom the caller needs, by the time waited. Never empty; the first step is `after` zero.
    pub need: Vec<NeedStep>,
    /// An agent who is waited for at first.
    pub prefer: Option<Prefer>,
    /// What the caller hears; the queue's music when `None`.
    pub wait_flow: Option<FlowIndex>,
    /// When the wait ends with `queue.timeout`.
    pub max_wait: Duration,
    /// The case that is opened when the caller begins to wait, unless the call has one.
    pub case: Option<CaseOpening>,
}

/// Whom a caller needs from some time on.
#[derive(Debug)]
pub struct NeedStep {
    /// From when on, counted from entering the queue.
    pub after: Duration,
    /// All of these.
    pub all: Vec<NeedItem>,
    /// And one of these, unless empty.
    pub any: Vec<NeedItem>,
}

/// One `skill >= level`.
#[derive(Debug)]
pub struct NeedItem {
    /// The skill's name, such as `lang.${vars.lang}`. The item is dropped, and the drop noted,
    /// when a slot in it is empty.
    pub skill: Template,
    /// 1 to 5.
    pub level: u8,
    /// As the file writes it.
    pub text: Arc<str>,
}

/// An agent who is waited for at first.
#[derive(Debug)]
pub struct Prefer {
    /// The login name; nobody when empty.
    pub agent: Template,
    /// For how long.
    pub window: Duration,
}

/// `call`: a sub-flow.
#[derive(Debug)]
pub struct Call {
    /// Which flow.
    pub flow: FlowIndex,
    /// Its inputs.
    pub with: Vec<Assignment>,
    /// What becomes of its outputs.
    pub save: Vec<Save>,
}

/// An output that goes into a variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Save {
    /// The variable of the calling flow.
    pub variable: Arc<str>,
    /// The output of the called flow.
    pub output: Arc<str>,
}

/// `tag`: a milestone for reports.
#[derive(Debug)]
pub struct Tag {
    /// Its name. Nothing sensitive is in it.
    pub name: Template,
}

/// `hangup`: the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hangup {
    /// Why.
    pub reason: HangupReason,
}

/// Why a flow ends a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum HangupReason {
    /// `done`: all has been said.
    #[default]
    Done,
    /// `busy`: nobody can take the caller.
    Busy,
    /// `rejected`: the caller is not wanted.
    Rejected,
    /// `failed`: something broke.
    Failed,
}
