//! What callers hear: prompts, and values by themselves.

mod amount;
mod speaker;
mod speech;
mod value;
mod voice;

pub use amount::Amount;
pub use speaker::Speaker;
pub use speech::{Argument, MASK, SaidChoice, Speech};
pub use voice::{Label, Said, Voice};
