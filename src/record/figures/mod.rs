//! The trade's figures: what happened in each quarter of an hour, counted once and kept as parts.
//!
//! Ratios are made from the parts when they are read, so that any span of time has its own.

mod tally;

mod quarter;

mod fold;

mod report;

pub use fold::{Batch, Figures, LineKey, transfers};
pub use quarter::Quarter;
pub use report::{By, Row, Totals, report};
pub use tally::{AgentTally, LineTally};
