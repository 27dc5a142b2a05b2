//! The outcomes that nodes can have, by type.

use crate::flow::diagnostic::Code;
use crate::flow::outcome::{
    CALLBACK_CLOSED, CALLBACK_REJECTED, CASE_NOT_FOUND, ERROR_CASE, ERROR_EXPRESSION,
    ERROR_HTTP_BODY, ERROR_HTTP_CONNECT, ERROR_HTTP_TIMEOUT, ERROR_LIMIT, ERROR_MESSAGE,
    ERROR_NAME, ERROR_STREAM, ERROR_VALUE, GAVE_UP, KEY, NO_INPUT, NO_MATCH, QUEUE_CALLBACK,
    QUEUE_CLOSED, QUEUE_EXIT, QUEUE_FULL, QUEUE_NO_AGENTS, QUEUE_TIMEOUT, STREAM_AGENT,
    STREAM_DONE, TRANSFER_BUSY, TRANSFER_DENIED, TRANSFER_FAILED, TRANSFER_NO_ANSWER,
    VOICEMAIL_EMPTY, VOICEMAIL_TOO_SHORT, http_status,
};
use crate::flow::parse::Page;
use crate::flow::yaml::Name;

/// Whatever goes wrong in any node.
pub(crate) const ERRORS: [&str; 4] = [ERROR_EXPRESSION, ERROR_LIMIT, ERROR_NAME, ERROR_VALUE];

/// The caller left.
pub(crate) const HANGUP: &str = "hangup";

const INPUT: [&str; 3] = [NO_INPUT, NO_MATCH, GAVE_UP];
const QUEUE: [&str; 6] =
    [QUEUE_FULL, QUEUE_CLOSED, QUEUE_NO_AGENTS, QUEUE_TIMEOUT, QUEUE_EXIT, QUEUE_CALLBACK];
const HTTP: [&str; 3] = [ERROR_HTTP_TIMEOUT, ERROR_HTTP_CONNECT, ERROR_HTTP_BODY];
const CASE: [&str; 2] = [ERROR_CASE, CASE_NOT_FOUND];
const CALLBACK: [&str; 2] = [CALLBACK_REJECTED, CALLBACK_CLOSED];
const VOICEMAIL: [&str; 2] = [VOICEMAIL_EMPTY, VOICEMAIL_TOO_SHORT];
const TRANSFER: [&str; 4] = [TRANSFER_BUSY, TRANSFER_NO_ANSWER, TRANSFER_FAILED, TRANSFER_DENIED];
const STREAM: [&str; 3] = [STREAM_DONE, STREAM_AGENT, ERROR_STREAM];

/// The outcomes of one type of node, besides `next`, that its `events:` may name.
pub(crate) fn of(node_type: &str) -> Vec<&'static str> {
    let own: &[&'static str] = match node_type {
        "play" => &[KEY],
        "menu" | "collect" => &INPUT,
        "queue" => &QUEUE,
        "http" => &HTTP,
        "case" => &CASE,
        "message" => &[ERROR_MESSAGE],
        "callback" | "leave_queue" => &CALLBACK,
        "voicemail" => &VOICEMAIL,
        "transfer" => &TRANSFER,
        "stream" => &STREAM,
        _ => &[],
    };
    own.iter().chain(&ERRORS).copied().collect()
}

/// The outcomes that a flow's or a bundle's `events:` may name.
pub(crate) fn everywhere() -> Vec<&'static str> {
    let own = [HANGUP, KEY, GAVE_UP, ERROR_MESSAGE];
    let groups: [&[&str]; 9] =
        [&own, &QUEUE, &HTTP, &CASE, &CALLBACK, &VOICEMAIL, &TRANSFER, &STREAM, &ERRORS];
    groups.concat()
}

/// Writes down an outcome that no node here can have.
pub(crate) fn check(page: Page<'_>, name: &Name, outcomes: &[&str]) -> Option<()> {
    let asks = outcomes.contains(&ERROR_HTTP_BODY);
    if outcomes.iter().any(|outcome| begins(outcome, &name.text))
        || (asks && http_status(&name.text).is_some())
    {
        return Some(());
    }
    let prefixes = outcomes.iter().filter_map(|outcome| Some(outcome.split_once('.')?.0));
    page.add(
        page.fault(Code::UnknownOutcome, name.place, "an outcome that can come to pass here")
            .found(&*name.text)
            .near(outcomes.iter().copied().chain(prefixes)),
    );
    None
}

/// Whether a dotted name is or begins an outcome.
fn begins(outcome: &str, name: &str) -> bool {
    outcome.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_at_a_dot() {
        assert!(begins("queue.no_agents", "queue") && begins("hangup", "hangup"));
        assert!(!begins("queue.no_agents", "queue.no") && !begins("queue", "queue.full"));
    }
}
