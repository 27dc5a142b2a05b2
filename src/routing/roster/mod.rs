//! The roster: who is free and who waits, shared by all workers without a lock.
//!
//! One agent is one word, one ticket is one word, one skill at one level is one row of bits. One
//! owner, the group, deals out slots, rows and duties; workers may read everything and may mark
//! a ticket as left. Whoever changes a word swaps it from a reading, and the loser is told what is
//! true, so a hang-up and an answer that race settle in exactly one way.

mod agent;

mod atomic;

mod bitmap;

mod tickets;

mod board;

#[cfg(all(test, feature = "loom"))]
mod models;

pub use agent::{AgentReading, AgentSlot, AgentState, Duty, Pending};
pub use bitmap::{Filter, Mark, Row, SkillIndex};
pub(in crate::routing) use board::slots;
pub use board::{Capacity, Roster};
pub use tickets::{TicketHandle, TicketReading, TicketSlot, TicketState};
