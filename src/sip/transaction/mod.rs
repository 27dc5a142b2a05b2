//! Requests and their answers, each pair until nothing of it can arrive any more (RFC 3261 §17).

pub(crate) mod client;
pub(crate) mod client_invite;
pub(crate) mod server;
pub(crate) mod server_invite;
pub(crate) mod span;
