//! The atomic words: the machine's own, or those of `loom`, which tries every order of events.

pub(super) use std::sync::atomic::Ordering;

#[cfg(feature = "loom")]
pub(super) use loom::sync::atomic::AtomicU64;
#[cfg(not(feature = "loom"))]
pub(super) use std::sync::atomic::AtomicU64;
