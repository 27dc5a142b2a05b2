//! Who gets whom: one pool of agents, one ranking, and offers that always end.
//!
//! A [`Group`] is the machine that decides for one routing group. What it shares
//! with workers and readers, and only that, is its [`Roster`].

mod skill;

mod need;

mod ticket;

pub mod roster;

mod decide;

mod offer;

mod occupancy;

mod post;

mod expected_wait;

mod line;

mod muster;

mod deadline;

mod event;

mod group;

pub mod plan;

pub use deadline::Timer;
pub use decide::{AgentRank, CallRank, Precedence};
pub use event::{Breach, Candidates, Event, Fact, Waits, Widening};
pub use expected_wait::Expected;
pub use group::{DutyOrder, Group, Input, Output, QueueLine, Refusal, Settings, Sums};
pub use muster::{Able, Ahead, Asks, Crowd, Hindrance, Lacking, Muster, Occasion};
pub use need::{Demand, Need, NeedError, Step, Terms};
pub use offer::{Settlement, Withdrawal};
pub use post::Standing;
pub use roster::{Capacity, Duty, Pending, Roster};
pub use skill::{Band, Level, NotALevel, Profile};
pub use ticket::{Class, Departure, Entry, NotAClass, Origin, Overflow, Place, Prefer};
