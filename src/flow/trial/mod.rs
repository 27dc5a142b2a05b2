//! Calls without a telephone: the same walk on a virtual clock, for `hatif test` and
//! `hatif simulate`.

mod booth;
mod coverage;
mod errand;
mod junit;
mod mock;
mod play;
mod report;
mod script;
mod sent;

#[cfg(test)]
mod tests;

pub use booth::{Booth, Line};
pub use coverage::{Coverage, Share};
pub use play::{faults, test};
pub use report::{Failure, Report, Verdict};
