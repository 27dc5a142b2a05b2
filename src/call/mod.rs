//! One caller's visit: its legs, its walk through the flow, its wait, its talk, its one ending.
//!
//! Only this room knows both `flow` and `routing`: it hears what the flow asks
//! for and tells routing; it hears what routing decides and tells the flow.

mod callback;
pub mod card;
pub mod dial;
pub mod ending;
pub mod event;
pub mod exchange;
pub mod machine;
pub mod owed;
mod queueing;
mod recording;
mod talk;
mod transfer;

pub use machine::Call;
