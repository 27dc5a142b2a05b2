//! Tests over real lines: a caller's phone that hears and presses, and the doubles of whoever stands
//! behind an engine whose outside world is the test's own.

mod double;
mod ears;
mod hall;
mod line;
mod phone;
mod stage;

pub use double::{Behind, Cues};
pub use hall::Hall;
pub use phone::Phone;
pub use stage::{Stage, StageFault, Target};
