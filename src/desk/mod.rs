//! The agents' desks: what a browser may ask, what it is told, and who keeps the truth.
//!
//! `docs/desk-protocol.md` describes the same messages for people who write another client.

pub mod exchange;
pub mod machine;
pub mod protocol;

pub use exchange::{AudioNews, Farewell, Input, Output, SocketId};
pub use machine::{Desk, Timer};
