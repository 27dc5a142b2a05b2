//! Limits of what is kept to explain waits and to count them.

use std::time::Duration;

/// How often what was counted is written. A crash loses what was counted after that.
pub const FIGURES_WRITE_EVERY: Duration = Duration::from_secs(5);
/// How often the time of agents whose duty stays the same is counted. A crash loses what they
/// spent after that.
pub const FIGURES_DUTY_EVERY: Duration = Duration::from_secs(60);
/// Quarters of an hour, times queues, entities or agents, in one answer. A question for more is
/// refused.
pub const FIGURES_READ_MAX: u32 = 200_000;
/// The longest time that one answer is about. A question for more is refused.
pub const FIGURES_SPAN_MAX: Duration = Duration::from_secs(400 * 24 * 3_600);
/// Events that the log of one ticket lists. Of the later ones only the last is kept; the others are
/// counted.
pub const TICKET_EVENTS_MAX: usize = 96;
/// Tickets whose logs are open. At the next one the oldest log is closed as it stands.
pub const TICKET_LOGS_MAX: usize = 40_000;
