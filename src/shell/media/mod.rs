//! The media workers: threads that own the legs' sockets and keep the clock of 20 ms.
//!
//! Each worker is one thread with its legs, its epoll and its wheel of twenty phases. The control
//! side talks to it through two bounded rings, behind a [`MediaHandle`].
#![expect(clippy::disallowed_types, reason = "media workers own the legs' sockets")]

mod floor;
mod line;
mod pacing;
mod ports;
mod ring;
mod taps;
mod wheel;
mod worker;

#[cfg(test)]
mod live;

pub use pacing::{LATENESS_BOUNDS_US, Pacing};
pub use ports::{PortPair, Ports};
pub use ring::{Full, MediaHandle, Waker};
pub use worker::{MediaWorkers, Station};
