//! The store: call records, agents and cases, in one SQLite file.
//!
//! Records are handed to a writer and are written in batches; reading never waits for writing.

mod activations;
pub mod agent;
mod agents;
mod callbacks;
mod calls;
mod cases;
pub mod fault;
mod figures;
mod open;
mod password;
mod recordings;
mod ticket_logs;
#[cfg(test)]
pub(in crate::shell) mod trial;
pub mod url;
mod writer;

pub use activations::{Activation, Deed};
pub use agent::{Agent, Role};
pub use callbacks::CallBackRow;
pub use calls::CallFilter;
pub use cases::{CaseFilter, CaseLine, CaseRow, CaseStep, Doing};
pub use fault::StoreFault;
pub use figures::FigureRow;
pub use open::Store;
pub use recordings::{
    NewRecording, Recording, RecordingEnd, RecordingFilter, RecordingKind, Silence,
};
pub use url::{NotAStore, StoreUrl};
pub use writer::Writer;
