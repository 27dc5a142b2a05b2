//! What stays of a call when it is over: one record, folded from its events.

pub mod call_record;
pub mod figures;
pub mod ledger;
pub mod why;

pub use call_record::{CallRecord, Conversation, Path, RungAgent, Step, StepFact, Transfer};
pub use ledger::Ledger;
