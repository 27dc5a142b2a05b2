//! What operators see: metrics from events, log lines with masked numbers.

mod buckets;
pub mod calls;
pub mod catalogue;
pub mod journal;
pub mod log;
pub mod meter;
pub mod outward;
pub mod pool;
pub mod sip_fact;
pub mod traffic;

pub use calls::CallMeter;
pub use catalogue::{CATALOGUE, Entry, Kind};
pub use meter::Meter;
pub use outward::{Outcome, StreamResult};
pub use pool::PoolMeter;
pub use sip_fact::{Rejection, Rerun, SipFact, Way};
pub use traffic::{NodeTraffic, Traffic};
