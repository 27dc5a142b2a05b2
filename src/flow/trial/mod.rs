//! Calls without a telephone: the same walk on a virtual clock, for `hatif test` and
//! `hatif simulate`.

mod booth;
mod coverage;
mod errand;
mod play;
mod report;
mod script;

#[cfg(test)]
mod tests;

pub use booth::{Booth, Line};
pub use coverage::Coverage;
pub use play::{faults, test};
pub use report::{Failure, Report, Verdict};
