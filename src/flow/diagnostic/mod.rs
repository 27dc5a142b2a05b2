//! What is wrong with a bundle, where, and what the writer probably meant.

mod code;
mod fault;
mod faults;
mod help;
mod sarif;

pub use code::{Code, Severity};
pub use fault::{Fault, Place};
pub use faults::{Faults, Ledger};
pub use sarif::to_sarif;
