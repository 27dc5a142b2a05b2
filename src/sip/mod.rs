//! The telephone network's signalling: bytes to calls and back, by RFC 3261, without a socket.

pub mod endpoint;
pub mod message;
pub mod route;
pub mod sdp;
pub mod session;
pub mod settings;
pub mod uri;
pub mod via;
pub mod wire;

mod transaction;
