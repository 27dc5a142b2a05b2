//! Calls over real sockets: SIPp, baresip and a real browser against the real binary.
//!
//! What needs the wall clock is here and nowhere else. Each test starts an engine of its own on free
//! ports of the loopback, with a store and a configuration of its own, and ends it.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::indexing_slicing,
    reason = "these tests run programs against the wall clock"
)]

mod baresip;
mod bot;
mod browser;
mod chromium;
mod elsewhere;
mod engine;
mod sipp;

mod agents;
mod answering;
mod crowd;
mod figures;
mod hanging_up;
mod living;
mod malformed;
mod outbound;
mod outward;
mod recording;
mod rehearsal;
mod second_day;
mod simulate;
mod streams;
mod versions;
mod why;
