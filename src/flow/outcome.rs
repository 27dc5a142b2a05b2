//! How a step can end besides `next`: the names that `events:` resolve.

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
