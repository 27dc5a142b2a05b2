//! A bundle as calls use it: proven, resolved, immutable.
//!
//! Only [`crate::flow::load()`] makes one. Every name in it is already looked up: a target is an index,
//! a prompt is the prompt itself, an expression is compiled. What can still fail while a call
//! runs (an id that an expression computes, a division by zero) ends in an `error.*` outcome, and
//! the loader has proven that each of those leads somewhere.

mod bundle;
mod errand;
mod flow;
mod path;
mod step;

mod calendar;
mod language;
mod place;
mod prompt;
mod written;

pub use bundle::{Bundle, Setting};
pub use calendar::{
    Calendar, Days, Exception, ExceptionHours, Holiday, Moon, OpenHours, SpecialPeriod, Spot, Week,
    WeekDay,
};
pub use errand::{
    Callback, Case, CaseAct, CaseField, CaseKind, CaseOpening, CaseSave, Channel, Consent, Http,
    Leave, Message, Method, RecordFrom, Recording, SavePath, Stream, Transfer, TransferWay,
    Voicemail,
};
pub use flow::{
    Events, Flow, FlowIndex, Node, NodeIndex, Role, Sensitivity, Target, Variable, VariableKind,
    VisitLimit,
};
pub use language::{Gender, Language, Name, Plural, Texts};
pub use path::Path;
pub use place::{Department, Entity, QueuePolicy, Sector, ServiceLevel};
pub use prompt::{NumberPlace, Part, Prompt, Reckoning, SayKind, Unit, UnitForm, WeekdaySaid};
pub use step::{
    Assignment, BargeIn, Branch, Call, Choice, ChoicesFrom, Collect, Hangup, HangupReason, Heard,
    Hours, Menu, NeedItem, NeedStep, Patience, Play, Prefer, Queue, Reference, Save, Say, Source,
    Spoken, Step, Switch, Tag,
};
pub use written::{Piece, Worded, Written};
