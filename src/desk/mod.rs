//! The agents' desks: what a browser may ask, what it is told, and who keeps the truth.
//!
//! `docs/desk-protocol.md` describes the same messages for people who write another client.

pub mod desk;
pub mod protocol;

pub use desk::{Desk, Input, Output, Timer};
