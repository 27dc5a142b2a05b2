//! Expressions (CEL) and texts with `${…}` in them: compiled and checked at load, then only asked.

mod fields;
pub mod json;
mod kind;
mod value;

mod compile;
mod infer;
mod lower;
mod program;
mod scope;
mod signature;

mod evaluate;
mod facts;
mod opening;
mod operation;
mod template;
mod world;

#[cfg(test)]
mod judge;

pub use compile::{Expression, ExpressionFault};
pub use evaluate::EvaluationFault;
pub use facts::{CallFacts, Facts, QueueFacts};
pub use fields::Fields;
pub use kind::Kind;
pub use scope::Scope;
pub use template::Template;
pub use value::Value;
pub use world::World;
