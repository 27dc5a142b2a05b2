//! Why a caller waited: what routing told of each ticket at the time, kept, and said in sentences.

mod log;

mod answer;

mod say;

mod english;

mod arabic;

pub use answer::{Answer, Explained, Line};
pub use log::{TicketLog, TicketLogs};
pub use say::Tongue;
