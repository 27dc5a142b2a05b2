//! Limits of a routing group.

/// Agents in one routing group. The next one is refused, and the group says so.
pub const ROUTING_AGENTS_MAX: u16 = 16_384;
/// Tickets of one routing group, waiting or in talk. The next caller overflows as `Full`.
pub const ROUTING_TICKETS_MAX: u16 = 32_768;
/// Different skills among the agents of one routing group. An agent who brings the next is refused.
pub const ROUTING_SKILLS_MAX: u16 = 512;
/// Steps of one need. A need with more is refused when it is made.
pub const ROUTING_STEPS_MAX: usize = 8;
/// Demands of one step, its `any` list included. A step with more is refused when it is made.
pub const ROUTING_DEMANDS_MAX: usize = 16;
/// Lost offers that a group remembers, to tell a late accept who it was. The oldest is forgotten.
pub const ROUTING_LOST_OFFERS_MAX: usize = 4_096;
/// Waiting tickets that are explained in one turn of a group. The others of that turn are not.
pub const ROUTING_MUSTERS_MAX: usize = 64;
/// Agents that a muster looks at one by one, of those who meet a step. The others are counted.
pub const ROUTING_MUSTER_AGENTS_MAX: usize = 256;
/// Names that a muster gives of one crowd. The others are counted.
pub const ROUTING_MUSTER_NAMES_MAX: usize = 3;
