//! What callers hear: prompts, and values by themselves.

mod amount;
mod speaker;
mod speech;
mod value;

pub use amount::Amount;
pub use speaker::Speaker;
pub use speech::{Argument, Label, MASK, SaidChoice, Speech};
