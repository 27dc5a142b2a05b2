//! Expressions (CEL) and texts with `${…}` in them: compiled and checked at load, then only asked.

pub mod json;
mod kind;
mod value;

mod compile;
mod infer;
mod scope;
mod signature;

mod evaluate;
mod opening;
mod template;
mod world;

pub use compile::{Expression, ExpressionFault};
pub use evaluate::{CallFacts, EvaluationFault, Facts, QueueFacts};
pub use kind::Kind;
pub use scope::Scope;
pub use template::Template;
pub use value::Value;
pub use world::World;
