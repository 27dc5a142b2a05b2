//! Limits of what is kept to explain waits.

/// Waiting tickets that are explained in one turn of a group. The others of that turn are not.
pub const ROUTING_MUSTERS_MAX: usize = 64;
/// Agents that a muster looks at one by one, of those who meet a step. The others are counted.
pub const ROUTING_MUSTER_AGENTS_MAX: usize = 256;
/// Names that a muster gives of one crowd. The others are counted.
pub const ROUTING_MUSTER_NAMES_MAX: usize = 3;
/// Events that the log of one ticket lists. Of the later ones only the last is kept; the others are
/// counted.
pub const TICKET_EVENTS_MAX: usize = 96;
/// Tickets whose logs are open. At the next one the oldest log is closed as it stands.
pub const TICKET_LOGS_MAX: usize = 40_000;
