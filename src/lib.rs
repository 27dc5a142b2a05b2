//! Hatif: the open engine behind one unified telephone number.
//!
//! A call comes in by `sip`, walks through a `flow`, waits in the pool of `routing`, talks to an
//! agent over `media`, and leaves a `record`. `ARCHITECTURE.md` shows the floors: a room imports
//! from lower floors or from itself.

pub mod base;

pub mod audio;
pub mod rtp;
pub mod sip;

pub mod flow;
pub mod media;
pub mod routing;

pub mod call;

pub mod desk;
pub mod record;
pub mod telemetry;

pub mod shell;

pub mod app;
