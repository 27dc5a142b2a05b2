//! From YAML to the model: one file per kind of file, and in `step/` one per type of node.
//!
//! A reader of one thing takes everything it can before it gives up, so that one run tells of
//! every fault. `None` means that the reason is in the ledger.

mod fields;
mod known;

pub(crate) mod bundle;
pub(crate) mod calendar;
pub(crate) mod catalogue;
pub(crate) mod days;
pub(crate) mod entity;
pub(crate) mod page;
pub(crate) mod part;
pub(crate) mod policy;
pub(crate) mod said;
pub(crate) mod skill;
pub(crate) mod week;
pub(crate) mod written;

pub(crate) mod flow;
pub(crate) mod node;
pub(crate) mod outcome;
pub(crate) mod step;
pub(crate) mod value;
pub(crate) mod variable;

pub(crate) use fields::Fields;
#[cfg(test)]
pub(crate) use fields::witness;
pub(crate) use known::{Catalogue, Declaration, Known, Names, Reads};
pub(crate) use page::Page;

pub use node::TYPES as NODE_TYPES;
