//! Calls without a telephone: the same walk on a virtual clock, for `hatif test` and
//! `hatif simulate`; and the tests' steps for calls over real lines.

mod booth;
mod coverage;
mod dub;
mod errand;
mod junit;
mod mock;
mod play;
mod report;
mod scene;
mod script;
mod sent;
mod trail;
mod trials;
mod virtually;

#[cfg(test)]
mod tests;

pub use booth::{Booth, Line, Phrase};
pub use coverage::{Coverage, Seen, Share};
pub use dub::Said;
pub use report::{Failure, Report, Verdict};
pub use scene::{Done, Heard, Scene, Wish};
pub use trail::Footstep;
pub use trials::{Peer, Played, Trial, Trials, faults, repertoire, test};
