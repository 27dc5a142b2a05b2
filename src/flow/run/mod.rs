//! One caller's walk through a flow: a machine that is told the time and says what is to be done.

mod errand;
mod exchange;
mod machine;
mod memory;
mod sending;
mod walk;
mod way;

#[cfg(test)]
mod tests;

pub use errand::{
    CallbackFault, CallbackWish, CaseAnswer, CaseFault, CaseOrder, Errand, ErrandId, HttpAnswer,
    HttpFault, HttpRequest, MessageFault, MessageOrder, NewCase, RecordOrder, Reply, StreamEnd,
    StreamOrder, StreamWords, TransferEnd, TransferOrder, VoicemailEnd, VoicemailOrder,
};
pub use exchange::{
    Caller, Enqueue, Expected, Input, Mode, Need, News, Output, Overflow, Play, PlayId, Prefer,
    QueueNews, Timer,
};
pub use machine::Run;

pub(in crate::flow) use machine::{Stage, Turn, seconds, turn_of};
pub(in crate::flow) use walk::{
    Asking, Frame, Hearing, Offered, Origin, Phase, Question, Walk, defaults, place_of,
};
