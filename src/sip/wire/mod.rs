//! The doorstep: bytes that may be anything become checked messages, or a refusal, or nothing.

pub(crate) mod text;

mod check;
mod datagram;
mod fault;
mod section;
mod stream;

pub use crate::sip::message::Message;
pub use datagram::datagram;
pub use fault::{Fault, Refusal};
pub use stream::Stream;
