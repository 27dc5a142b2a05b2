//! The browser's legs: WebRTC audio for agents at the desk and for test callers.
//!
//! One [`Hub`] serves all the browser legs of one media worker on one UDP port. The worker drives
//! it: it waits on [`Hub::socket`] and [`Hub::poll_timeout`], calls [`Hub::receive`] and
//! [`Hub::handle_timeout`], and sends a frame with [`Hub::send`] every 20 ms. The hub spawns
//! nothing and reads no clock.
#![expect(
    clippy::disallowed_types,
    reason = "the hub owns a socket and speaks the library's `Instant`, which the worker hands in"
)]

mod answer;
mod candidate;
mod datagram;
mod fault;
mod hub;
mod identity;
mod leg;
mod offer;
mod speech;

#[cfg(test)]
mod browser;

pub use fault::{Failure, WebrtcFault};
pub use hub::{Hub, Traffic};
pub use identity::Identity;
pub use leg::Incoming;
