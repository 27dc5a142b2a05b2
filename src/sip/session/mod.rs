//! Sessions: a caller or a called one, from the INVITE to the BYE.

pub(crate) mod machine;

mod accept;
mod close;
mod connect;
mod dialog;
mod event;
mod info;
mod listen;
mod modify;
mod order;
mod refer;

pub use event::{EndedBy, Event, Invitation, Party};
pub use order::{Connect, Order, SessionId};
