//! The log of calls: one line for what a user or an operator would notice, with the call's name.

use crate::base::mask;
use crate::call::event::{CallEvent, Direction, Fact};

/// Writes one fact of a call.
pub fn write(event: &CallEvent) {
    let call = event.call;
    match &event.fact {
        Fact::Arrived { direction: Direction::Outbound, from, to, line, .. } => {
            tracing::info!(%call, from, to = mask::number(to), ?line, "calling back");
        }
        Fact::Arrived { direction: Direction::Inbound, from, to, trunk, line, flow, .. } => {
            let from = mask::number(from);
            tracing::info!(%call, from, to, trunk, ?line, flow, "arrived");
        }
        Fact::Answered => tracing::debug!(%call, "answered"),
        Fact::Entered { flow, node } => tracing::debug!(%call, flow, node, "entered"),
        Fact::Outcome { flow, node, outcome } => {
            tracing::debug!(%call, flow, node, outcome, "outcome");
        }
        Fact::Pressed { flow, node, keys } => {
            let keys = mask::keys(keys);
            tracing::debug!(%call, flow, node, keys, "pressed");
        }
        Fact::Tagged { name } => tracing::info!(%call, tag = name, "milestone"),
        Fact::Language { language } => tracing::debug!(%call, language, "language"),
        Fact::Queued { ticket, queue, entity, class } => {
            let entity = entity.as_ref().map(ToString::to_string);
            tracing::info!(%call, %ticket, %queue, entity, class, "queued");
        }
        Fact::Offered { offer, agent, .. } => tracing::info!(%call, %offer, %agent, "offered"),
        Fact::OfferEnded { offer, agent, result } => {
            tracing::info!(%call, %offer, %agent, ?result, "offer ended");
        }
        Fact::Connected { agent, waited_ms, .. } => {
            tracing::info!(%call, %agent, waited_ms, "connected");
        }
        Fact::Held => tracing::debug!(%call, "held"),
        Fact::Unheld => tracing::debug!(%call, "unheld"),
        Fact::Released { agent, by, talk_ms, .. } => {
            tracing::info!(%call, %agent, ?by, talk_ms, "released");
        }
        Fact::AgentLost { agent } => {
            tracing::warn!(%call, %agent, "the agent's line is lost: the caller waits again");
        }
        Fact::LeftQueue { why, waited_ms, .. } => {
            tracing::info!(%call, ?why, waited_ms, "left the queue");
        }
        Fact::Transferred { to, rang_ms } => {
            tracing::info!(%call, to = mask::number(to), rang_ms, "transferred");
        }
        Fact::TransferEnded { to, result, by, talk_ms } => {
            let to = mask::number(to);
            tracing::info!(%call, to, ?result, ?by, talk_ms, "transfer ended");
        }
        Fact::Recording { change } => tracing::info!(%call, ?change, "recording"),
        Fact::Measured { side, figures } => tracing::debug!(%call, ?side, ?figures, "measured"),
        Fact::Ended { ending } => {
            tracing::info!(%call, by = ?ending.by, cause = ?ending.cause, "ended");
        }
    }
}
