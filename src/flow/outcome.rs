//! How a step can end besides `next`: the names that `events:` resolve.

use crate::flow::model::{CaseAct, Flow, Leave, Node, Step};

/// A key ended a `play`.
pub const KEY: &str = "input.key";
/// Nothing was pressed.
pub const NO_INPUT: &str = "input.no_input";
/// What was pressed is no choice.
pub const NO_MATCH: &str = "input.no_match";
/// The tries are used up.
pub const GAVE_UP: &str = "input.gave_up";
/// The queue is at its cap.
pub const QUEUE_FULL: &str = "queue.full";
/// The queue's calendar is shut.
pub const QUEUE_CLOSED: &str = "queue.closed";
/// Nobody is on duty who could answer.
pub const QUEUE_NO_AGENTS: &str = "queue.no_agents";
/// The longest wait is over.
pub const QUEUE_TIMEOUT: &str = "queue.timeout";
/// The wait flow left the queue.
pub const QUEUE_EXIT: &str = "queue.exit";
/// An expression could not be computed.
pub const ERROR_EXPRESSION: &str = "error.expression";
/// A computed id names nothing.
pub const ERROR_NAME: &str = "error.name";
/// A value does not fit its variable.
pub const ERROR_VALUE: &str = "error.value";
/// The call entered too many nodes, or too many flows inside one another.
pub const ERROR_LIMIT: &str = "error.limit";
/// The place in the queue is kept and the citizen will be called.
pub const QUEUE_CALLBACK: &str = "queue.callback";
/// What other systems answered with a status of 400 and beyond: `error.http.404`.
pub const ERROR_HTTP: &str = "error.http";
/// No answer in time.
pub const ERROR_HTTP_TIMEOUT: &str = "error.http.timeout";
/// Nobody was reached, or the configuration does not allow the target.
pub const ERROR_HTTP_CONNECT: &str = "error.http.connect";
/// The answer could not be read.
pub const ERROR_HTTP_BODY: &str = "error.http.body";
/// The store could not do it.
pub const ERROR_CASE: &str = "error.case";
/// There is no case of that number.
pub const CASE_NOT_FOUND: &str = "case.not_found";
/// The gateway did not take the message.
pub const ERROR_MESSAGE: &str = "error.message";
/// The dial plan does not allow the number.
pub const CALLBACK_REJECTED: &str = "callback.rejected_number";
/// Nobody calls back now.
pub const CALLBACK_CLOSED: &str = "callback.closed";
/// Nothing was said.
pub const VOICEMAIL_EMPTY: &str = "voicemail.empty";
/// Too little was said.
pub const VOICEMAIL_TOO_SHORT: &str = "voicemail.too_short";
/// The other side is busy.
pub const TRANSFER_BUSY: &str = "transfer.busy";
/// The other side did not answer.
pub const TRANSFER_NO_ANSWER: &str = "transfer.no_answer";
/// The other side could not be reached.
pub const TRANSFER_FAILED: &str = "transfer.failed";
/// The dial plan does not allow the target.
pub const TRANSFER_DENIED: &str = "transfer.denied";
/// The program has served the caller; `next` when no event names it.
pub const STREAM_DONE: &str = "stream.done";
/// The program wants a human being for the caller.
pub const STREAM_AGENT: &str = "stream.agent";
/// The program could not be reached, or broke off.
pub const ERROR_STREAM: &str = "error.stream";

/// The outcome of an answer with an error's status: `error.http.404`.
#[must_use]
pub fn http_status(outcome: &str) -> Option<u16> {
    let status = outcome.strip_prefix(ERROR_HTTP)?.strip_prefix('.')?;
    status.parse().ok().filter(|status| (400..=599).contains(status))
}

/// The outcomes besides `next` that must lead somewhere, but for errors; `waiting` is the wait flow
/// of a `queue`.
#[must_use]
pub fn of(step: &Step, waiting: Option<&Flow>) -> Vec<&'static str> {
    match step {
        Step::Play(play) if !play.keys.is_empty() => vec![KEY],
        Step::Menu(_) | Step::Collect(_) => vec![GAVE_UP],
        Step::Queue(_) => of_queue(waiting),
        Step::LeaveQueue(Leave::Callback { .. }) | Step::Callback(_) => {
            vec![CALLBACK_REJECTED, CALLBACK_CLOSED]
        }
        Step::Http(_) => vec![ERROR_HTTP, ERROR_HTTP_TIMEOUT, ERROR_HTTP_CONNECT, ERROR_HTTP_BODY],
        Step::Case(case) => match case.act {
            CaseAct::Open(_) | CaseAct::CloseIfSelfServed | CaseAct::Survey { .. } => {
                vec![ERROR_CASE]
            }
            CaseAct::Add { .. } | CaseAct::Close { .. } | CaseAct::Find { .. } => {
                vec![ERROR_CASE, CASE_NOT_FOUND]
            }
        },
        Step::Message(_) => vec![ERROR_MESSAGE],
        Step::Voicemail(_) => vec![VOICEMAIL_EMPTY, VOICEMAIL_TOO_SHORT],
        Step::Transfer(_) => {
            vec![TRANSFER_BUSY, TRANSFER_NO_ANSWER, TRANSFER_FAILED, TRANSFER_DENIED]
        }
        Step::Stream(_) => vec![STREAM_AGENT, ERROR_STREAM],
        Step::Play(_)
        | Step::Say(_)
        | Step::Set(_)
        | Step::Switch(_)
        | Step::Hours(_)
        | Step::LeaveQueue(Leave::Exit)
        | Step::Call(_)
        | Step::Return(_)
        | Step::Record(_)
        | Step::Tag(_)
        | Step::Hangup(_) => Vec::new(),
    }
}

/// How a wait can end, as far as its wait flow lets it.
fn of_queue(waiting: Option<&Flow>) -> Vec<&'static str> {
    let mut outcomes = vec![QUEUE_FULL, QUEUE_CLOSED, QUEUE_NO_AGENTS, QUEUE_TIMEOUT];
    for node in waiting.iter().flat_map(|flow| &flow.nodes) {
        if let Step::LeaveQueue(leave) = &node.step {
            outcomes.push(match leave {
                Leave::Exit => QUEUE_EXIT,
                Leave::Callback { .. } => QUEUE_CALLBACK,
            });
        }
    }
    outcomes.sort_unstable();
    outcomes.dedup();
    outcomes
}

/// The outcomes that tests ought to come by: those of [`of`], and those that the node handles by
/// itself or names.
#[must_use]
pub fn to_be_seen(node: &Node, waiting: Option<&Flow>) -> Vec<String> {
    let mut outcomes: Vec<String> =
        of(&node.step, waiting).into_iter().map(str::to_owned).collect();
    // Any status stands for this one.
    outcomes.retain(|outcome| outcome != ERROR_HTTP);
    let own: &[&str] = match &node.step {
        Step::Menu(_) | Step::Collect(_) => &[NO_INPUT, NO_MATCH],
        Step::Hours(_) => &["open", "closed", "holiday", "special"],
        Step::Play(_)
        | Step::Say(_)
        | Step::Set(_)
        | Step::Switch(_)
        | Step::Queue(_)
        | Step::LeaveQueue(_)
        | Step::Call(_)
        | Step::Return(_)
        | Step::Http(_)
        | Step::Case(_)
        | Step::Message(_)
        | Step::Callback(_)
        | Step::Voicemail(_)
        | Step::Transfer(_)
        | Step::Record(_)
        | Step::Stream(_)
        | Step::Tag(_)
        | Step::Hangup(_) => &[],
    };
    outcomes.extend(own.iter().map(|&outcome| outcome.to_owned()));
    let named =
        node.events.0.keys().filter(|name| http_status(name).is_some() || ***name == *STREAM_DONE);
    outcomes.extend(named.map(ToString::to_string));
    outcomes
}
