//! The world outside a trial call: where no mock says otherwise, every errand is done well.

use crate::flow::run::{
    CallbackWish, CaseAnswer, CaseOrder, Errand, HttpAnswer, Reply, StreamEnd, TransferEnd,
    VoicemailEnd,
};

/// The number of every case in a trial call.
pub(super) const CASE: &str = "1000000009";

/// What becomes of an errand.
pub(super) fn reply(errand: &Errand) -> Reply {
    match errand {
        Errand::Http(_) => Reply::Http(Ok(HttpAnswer { status: 200, body: b"{}"[..].into() })),
        Errand::Case(order) => Reply::Case(Ok(case(order))),
        Errand::Message(_) => Reply::Message(Ok(())),
        Errand::Callback(_) => Reply::Callback(Ok(())),
        Errand::Voicemail(_) => Reply::Voicemail(VoicemailEnd::Kept),
        Errand::Transfer(_) => Reply::Transfer(TransferEnd::Talked),
        Errand::Stream(_) => Reply::Stream(StreamEnd::Closed(None)),
    }
}

fn case(order: &CaseOrder) -> CaseAnswer {
    let state = match order {
        CaseOrder::Open(_) | CaseOrder::Add { .. } | CaseOrder::Find { .. } => "open",
        CaseOrder::Close { .. }
        | CaseOrder::CloseIfSelfServed { .. }
        | CaseOrder::Survey { .. } => "done",
    };
    CaseAnswer { number: CASE.to_owned(), state: state.to_owned(), entity: String::new() }
}

/// How a transcript tells it.
pub(super) fn line(errand: &Errand) -> String {
    match errand {
        Errand::Http(request) => format!("asks {} {}", request.method.word(), request.url),
        Errand::Case(order) => format!("case: {}", case_word(order)),
        Errand::Message(order) => {
            format!("{} to {}: {}", order.channel.word(), order.to, order.text)
        }
        Errand::Callback(wish) => {
            let CallbackWish { number, enqueue } = &**wish;
            let place =
                if enqueue.is_some() { "a call-back" } else { "keeps the place: a call-back" };
            format!("{place} to {number}")
        }
        Errand::Voicemail(_) => "leaves a message".to_owned(),
        Errand::Transfer(order) => format!("goes to {}", order.to),
        Errand::Stream(order) => format!("talks with {}", order.url),
    }
}

pub(super) const fn case_word(order: &CaseOrder) -> &'static str {
    match order {
        CaseOrder::Open(_) => "open",
        CaseOrder::Add { .. } => "add",
        CaseOrder::Close { .. } => "close",
        CaseOrder::CloseIfSelfServed { .. } => "close_if_self_served",
        CaseOrder::Survey { .. } => "survey",
        CaseOrder::Find { .. } => "find",
    }
}

/// The number of the case that is meant; empty for a new one.
pub(super) fn case_number(order: &CaseOrder) -> &str {
    match order {
        CaseOrder::Open(_) => "",
        CaseOrder::Add { number, .. }
        | CaseOrder::Close { number, .. }
        | CaseOrder::CloseIfSelfServed { number }
        | CaseOrder::Survey { number, .. }
        | CaseOrder::Find { number } => number,
    }
}
