//! What a group can be told, and what it orders and tells.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::id::{AgentId, CallId, OfferId, TicketId};
use crate::base::time::Moment;
use crate::routing::event::Event;
use crate::routing::expected_wait::Expected;
use crate::routing::offer::Withdrawal;
use crate::routing::post::Standing;
use crate::routing::skill::Profile;
use crate::routing::ticket::{Departure, Entry, Overflow};

/// What an agent orders about her own duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyOrder {
    /// She is here, `Away` until she says more.
    SignIn,
    /// She takes calls; this also ends `Missed`, after-call work, and whatever was pending.
    GoAvailable,
    /// She takes no more calls, at once or at the next release.
    GoAway {
        /// Why.
        reason: Option<String>,
    },
    /// She goes home, at once or at the next release.
    SignOut,
    /// Her after-call work is done.
    EndWrapUp,
}

/// What a group can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Input {
    /// An agent is new, or her skills changed; her duty stays.
    Employ {
        /// The agent.
        agent: AgentId,
        /// What she can do.
        profile: Profile,
    },
    /// An agent is no longer of this group; in talk she goes when it is over.
    Dismiss {
        /// The agent.
        agent: AgentId,
    },
    /// An agent orders her duty.
    Order {
        /// The agent.
        agent: AgentId,
        /// What she wants.
        order: DutyOrder,
    },
    /// The agent's desk or telephone is gone for longer than its grace.
    Lost {
        /// The agent.
        agent: AgentId,
    },
    /// A caller enters a queue.
    Enter(Box<Entry>),
    /// A caller leaves the line.
    Leave {
        /// The ticket.
        ticket: TicketId,
        /// Why.
        why: Departure,
    },
    /// The agent takes the call.
    Accept {
        /// The offer.
        offer: OfferId,
    },
    /// The agent does not want the call.
    Decline {
        /// The offer.
        offer: OfferId,
    },
    /// The agent's leg cannot be made: no registration, or its media cannot be set up.
    Unreachable {
        /// The offer.
        offer: OfferId,
    },
    /// The agent put the caller on hold.
    Hold {
        /// The agent.
        agent: AgentId,
    },
    /// The agent took the caller off hold.
    Unhold {
        /// The agent.
        agent: AgentId,
    },
    /// The talk is over.
    Release {
        /// The agent.
        agent: AgentId,
    },
}

/// What a group orders and tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Ring the agent for this call.
    Offer {
        /// The offer.
        offer: OfferId,
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The agent.
        agent: AgentId,
        /// When the ringing ends.
        until: Moment,
    },
    /// Stop ringing the agent.
    Withdraw {
        /// The offer.
        offer: OfferId,
        /// The agent.
        agent: AgentId,
        /// Why.
        why: Withdrawal,
    },
    /// The accept won: bridge the two.
    Connect {
        /// The offer.
        offer: OfferId,
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// The agent.
        agent: AgentId,
        /// From entering to this.
        waited: Duration,
    },
    /// The accept lost: the caller left, or the lease was over.
    TooLate {
        /// The offer.
        offer: OfferId,
        /// The agent.
        agent: AgentId,
    },
    /// The pool does not serve this ticket.
    Overflow {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// Why.
        outcome: Overflow,
    },
    /// The caller's place changed.
    Place {
        /// The ticket.
        ticket: TicketId,
        /// The caller's visit.
        call: CallId,
        /// 1 is next.
        position: u32,
        /// The wait to come, when it can be trusted.
        expected: Option<Expected>,
    },
    /// The agent's standing changed.
    Duty {
        /// The agent.
        agent: AgentId,
        /// How she stands.
        standing: Standing,
    },
    /// The agent cannot be employed, or not with these skills; all stays as it was.
    Refused {
        /// The agent.
        agent: AgentId,
        /// Why.
        why: Refusal,
    },
    /// A fact for the readers.
    Event(Event),
}

/// Why an agent was not employed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The group has as many agents as it may.
    #[error("the routing group is full of agents")]
    TooManyAgents,
    /// The group has as many different skills as it may.
    #[error("the routing group has no room for another skill")]
    TooManySkills,
}
