//! Recordings of calls, and messages that callers leave.
//!
//! One thread, the scribe, listens at the taps of legs and writes files; one task, the archive,
//! keeps a row for each file. Neither is ever waited for by a call.

mod archive;
mod blank;
mod file;
mod mend;
mod order;
mod scribe;
mod sound;
mod tape;

pub use archive::Archive;
pub use blank::{BlankPaper, blank};
pub use mend::{Mended, mend};
pub use order::{Asker, Beginning, Crowded, Kind, Scribe};
pub use scribe::{ScribeThread, start};
pub use sound::beep;
