//! Flows: what a caller hears, presses and reaches, from a folder of files to a walk through it.

pub mod diagnostic;
pub mod model;
pub mod outcome;
pub mod yaml;

mod check;
mod load;
mod parse;

pub mod compare;
pub mod expression;
pub mod graph;
pub mod hijri;
pub mod hours;
pub mod prompt;
pub mod schema;
pub mod words;

pub mod run;
mod steps;
pub mod trial;

pub use check::sound::Sounds;
pub use diagnostic::Faults;
pub use expression::World;
pub use load::{Proof, load, prove};
pub use model::{Bundle, FlowIndex};
pub use parse::NODE_TYPES;
pub(crate) use parse::bundle::open as opened;
pub(crate) use parse::page::duration as span_of_time;
pub(crate) use parse::week::{hours as spans_of_day, span as span_of_day};
pub(crate) use parse::{Fields, Page};
pub use run::{
    Caller, Enqueue, Errand, ErrandId, Expected, Input, Mode, News, Output, Overflow, Play, PlayId,
    QueueNews, RecordOrder, Reply, Run,
};
