//! `stream`: a caller talks with a program over a WebSocket, in the widely used form of media
//! streams: JSON texts that carry 20 ms of µ-law.

mod carry;
mod dial;
mod ear;
mod speech;
mod talk;
mod wire;

pub use carry::Line;
pub(super) use carry::Streams;
pub(super) use wire::Name;
