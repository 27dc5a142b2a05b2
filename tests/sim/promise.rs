//! What holds whatever happens, judged by what the machine tells and by nothing of the model.

use std::collections::BTreeMap;

use hatif::base::id::{AgentId, OfferId, TicketId};
use hatif::base::time::Moment;
use hatif::routing::roster::{Row, TicketState};
use hatif::routing::{Duty, Fact, Group, Output, Settlement};

/// Where a ticket is, by the facts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Life {
    Waiting,
    Offered(AgentId, OfferId),
    Over,
}

/// What the facts said so far.
#[derive(Debug, Default)]
pub(crate) struct Promises {
    tickets: BTreeMap<TicketId, Life>,
    standings: BTreeMap<AgentId, Duty>,
}

impl Promises {
    /// Each ticket enters, is offered to one agent at a time, and is settled once.
    pub(crate) fn hear(&mut self, output: &Output) -> Result<(), String> {
        match output {
            Output::Event(event) => self.hear_fact(&event.fact),
            Output::Duty { agent, standing } => {
                self.standings.insert(agent.clone(), standing.duty);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn hear_fact(&mut self, fact: &Fact) -> Result<(), String> {
        match fact {
            Fact::Entered { ticket, .. } => {
                let before = self.tickets.insert(*ticket, Life::Waiting);
                held(before.is_none_or(|life| life == Life::Over), "no ticket is there twice", fact)
            }
            Fact::Offered { ticket, agent, offer, .. } => {
                let rings = |life: &Life| matches!(life, Life::Offered(one, _) if one == agent);
                held(!self.tickets.values().any(rings), "no agent is offered two calls", fact)?;
                self.turn(*ticket, &Life::Waiting, Life::Offered(agent.clone(), *offer), fact)
            }
            Fact::OfferSettled { ticket, agent, offer, result, .. } => {
                let next = if *result == Settlement::Accepted { Life::Over } else { Life::Waiting };
                self.turn(*ticket, &Life::Offered(agent.clone(), *offer), next, fact)
            }
            Fact::Connected { ticket, .. } => self.turn(*ticket, &Life::Over, Life::Over, fact),
            Fact::Left { ticket, .. } | Fact::Overflowed { ticket, .. } => {
                self.turn(*ticket, &Life::Waiting, Life::Over, fact)
            }
            Fact::Widened { ticket, .. } => {
                let is_open = self.tickets.get(ticket).is_some_and(|life| *life != Life::Over);
                held(is_open, "only who waits widens", fact)
            }
            Fact::Asked { .. }
            | Fact::Mustered { .. }
            | Fact::DutyChanged { .. }
            | Fact::Breached { .. } => Ok(()),
        }
    }

    fn turn(&mut self, ticket: TicketId, from: &Life, to: Life, fact: &Fact) -> Result<(), String> {
        let before = self.tickets.insert(ticket, to);
        held(before.as_ref() == Some(from), "a ticket goes one way and is settled once", fact)
    }

    /// The sums, the roster's words and the desks agree with what was told.
    pub(crate) fn check(&self, group: &Group, now: Moment) -> Result<(), String> {
        let open = self.tickets.values().filter(|life| **life != Life::Over).count();
        let sums = group.sums();
        let waiting: usize = group.waiting().map(|line| line.waiting).sum();
        let settled = sums.connected + sums.left + sums.overflowed;
        held(sums.entered == settled + open as u64, "no call is lost", &sums)?;
        held(waiting == open, "the queues count who waits", &waiting)?;
        for (ticket, life) in &self.tickets {
            let word = group.roster().ticket(ticket).map(|reading| reading.state);
            let agrees = match life {
                Life::Waiting => {
                    matches!(word, Some(TicketState::Waiting | TicketState::Left(_)))
                }
                Life::Offered(..) => {
                    matches!(word, Some(TicketState::Offered(_) | TicketState::Left(_)))
                }
                Life::Over => matches!(word, None | Some(TicketState::Connected(_))),
            };
            held(agrees, "the ticket's word is true", &(ticket, life, word))?;
        }
        let mut counts = [0; 3];
        for agent in group.agents() {
            let standing = group.standing(agent).ok_or("an agent has a standing")?;
            let told = self.standings.get(agent).copied().unwrap_or(Duty::Offline);
            held(told == standing.duty, "the desk was told the duty", &(agent, told, &standing))?;
            let is_free = standing.duty == Duty::Available;
            counts[0] += usize::from(is_free);
            counts[1] += usize::from(is_free && standing.cooling_until.is_none());
            counts[2] += usize::from(standing.duty.is_on_duty());
        }
        for (row, count) in [Row::Available, Row::Ready, Row::OnDuty].into_iter().zip(counts) {
            held(group.roster().count(row) == count, "the rows count right", &(row, count))?;
        }
        let is_idle = open == 0 && group.agents().next().is_none();
        held(is_idle || group.poll_timeout().is_some(), "what is open has a deadline", &now)
    }

    /// At the end of the day nobody waits.
    pub(crate) fn check_closed(&self, group: &Group) -> Result<(), String> {
        let open = self.tickets.values().filter(|life| **life != Life::Over).count();
        held(open == 0, "nobody waits for ever", &open)?;
        let is_resting = |agent: &&AgentId| {
            let standing = group.standing(agent);
            standing.is_some_and(|standing| standing.duty == Duty::Offline)
        };
        let stuck: Vec<&AgentId> = group.agents().filter(|agent| !is_resting(agent)).collect();
        held(stuck.is_empty(), "no agent is stuck", &stuck)
    }
}

#[expect(clippy::fn_params_excessive_bools, reason = "it says what `assert!` says")]
fn held(is_held: bool, promise: &str, subject: &impl std::fmt::Debug) -> Result<(), String> {
    if is_held { Ok(()) } else { Err(format!("a promise was broken: {promise}: {subject:?}")) }
}
