//! The outcomes that nodes can have, by type.

use crate::flow::diagnostic::Code;
use crate::flow::outcome::{
    ERROR_EXPRESSION, ERROR_LIMIT, ERROR_NAME, ERROR_VALUE, GAVE_UP, KEY, NO_INPUT, NO_MATCH,
    QUEUE_CLOSED, QUEUE_EXIT, QUEUE_FULL, QUEUE_NO_AGENTS, QUEUE_TIMEOUT,
};
use crate::flow::parse::Page;
use crate::flow::yaml::Name;

/// Whatever goes wrong in any node.
pub(crate) const ERRORS: [&str; 4] = [ERROR_EXPRESSION, ERROR_LIMIT, ERROR_NAME, ERROR_VALUE];

/// The caller left.
pub(crate) const HANGUP: &str = "hangup";

const INPUT: [&str; 3] = [NO_INPUT, NO_MATCH, GAVE_UP];
const QUEUE: [&str; 5] = [QUEUE_FULL, QUEUE_CLOSED, QUEUE_NO_AGENTS, QUEUE_TIMEOUT, QUEUE_EXIT];

/// Outcomes of nodes that this build does not have.
const LATER: [&str; 16] = [
    "error.http.timeout",
    "error.http.connect",
    "error.http.body",
    "error.case",
    "error.message",
    "error.stream",
    "queue.callback",
    "callback.rejected_number",
    "callback.closed",
    "voicemail.empty",
    "voicemail.too_short",
    "transfer.busy",
    "transfer.no_answer",
    "transfer.failed",
    "transfer.denied",
    "stream.done",
];

/// The outcomes of one type of node, besides `next`, that its `events:` may name.
pub(crate) fn of(node_type: &str) -> Vec<&'static str> {
    let own: &[&'static str] = match node_type {
        "play" => &[KEY],
        "menu" | "collect" => &INPUT,
        "queue" => &QUEUE,
        _ => &[],
    };
    own.iter().chain(&ERRORS).copied().collect()
}

/// The outcomes that a flow's or a bundle's `events:` may name.
pub(crate) fn everywhere() -> Vec<&'static str> {
    let own = [HANGUP, KEY, GAVE_UP];
    own.iter().chain(&QUEUE).chain(&ERRORS).copied().collect()
}

/// Writes down an outcome that no node here can have.
pub(crate) fn check(page: Page<'_>, name: &Name, outcomes: &[&str]) -> Option<()> {
    let begins = |outcome: &&str| begins(outcome, &name.text);
    if outcomes.iter().any(begins) {
        return Some(());
    }
    let later = LATER.iter().any(begins) || self::begins(&name.text, "error.http");
    let fault = if later {
        page.fault(Code::NotInThisBuild, name.place, "an outcome of this build").found(&*name.text)
    } else {
        let prefixes = outcomes.iter().filter_map(|outcome| Some(outcome.split_once('.')?.0));
        page.fault(Code::UnknownOutcome, name.place, "an outcome that can come to pass here")
            .found(&*name.text)
            .near(outcomes.iter().copied().chain(prefixes))
    };
    page.add(fault);
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
