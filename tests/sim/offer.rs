//! The model's offers: leased, and settled once.

use hatif::base::id::AgentId;
use hatif::base::time::Moment;
use hatif::routing::{Duty, Settlement, Withdrawal};

use crate::sim::model::{Business, Deed, Fate, Model, millis};
use crate::sim::rank;

impl Model {
    pub(crate) fn offer(&mut self, agent: usize, ticket: usize, now: Moment) {
        let (one, other) = (&self.agents[agent], &self.tickets[ticket]);
        let (id, agent_id) = (other.entry.ticket, one.id.clone());
        let until = now + other.entry.ring;
        self.deeds.push(Deed::Offered {
            ticket: id,
            agent: agent_id.clone(),
            step: other.step,
            band: rank::band(&one.skills, other.terms()),
            ppm: rank::occupancy_ppm(one, now),
            wait: millis(other.wait(now)),
        });
        self.deeds.push(Deed::Rung { ticket: id, agent: agent_id.clone(), until });
        self.fates.insert(agent_id.clone(), Fate::Open);
        self.tickets[ticket].rung = Some(agent_id);
        self.agents[agent].business = Business::Ring { ticket: id, since: now, until };
        self.agents[agent].pending = None;
        self.become_duty(agent, Duty::Ringing, now);
    }

    pub(crate) fn accept(&mut self, agent: &AgentId, now: Moment) {
        let ringing = self.find(agent).filter(|at| self.rings(*at));
        let Some(at) = ringing else {
            if self.fates.get(agent) == Some(&Fate::Lost) {
                self.deeds.push(Deed::TooLate { agent: agent.clone() });
            }
            return;
        };
        let Business::Ring { ticket, .. } = self.agents[at].business else { return };
        let place = self.find_ticket(&ticket).expect("a ticket rings");
        if self.tickets[place].marked.is_some() {
            self.depart(place, now);
            self.deeds.push(Deed::TooLate { agent: agent.clone() });
            return;
        }
        self.settle(at, Settlement::Accepted, now);
        let ticket = self.tickets.remove(place);
        self.sums.connected += 1;
        self.deeds.push(Deed::Connected {
            ticket: ticket.entry.ticket,
            agent: agent.clone(),
            waited: millis(now.since(ticket.entered)),
        });
        self.agents[at].business = Business::Talk {
            ticket: ticket.entry.ticket,
            call: ticket.entry.call,
            wrap_up: ticket.entry.wrap_up,
        };
        let pending = self.agents[at].pending;
        self.become_duty(at, Duty::Talking, now);
        self.agents[at].pending = pending;
    }

    pub(crate) fn decline(&mut self, agent: &AgentId, result: Settlement, now: Moment) {
        if let Some(at) = self.find(agent).filter(|at| self.rings(*at)) {
            self.give_back(at, result, now);
        }
    }

    pub(crate) fn ring_out(&mut self, at: usize, now: Moment) {
        self.withdraw(at, Withdrawal::Missed);
        self.give_back(at, Settlement::Missed, now);
    }

    pub(crate) fn rings(&self, at: usize) -> bool {
        matches!(self.agents[at].business, Business::Ring { .. })
    }

    pub(crate) fn withdraw(&mut self, at: usize, why: Withdrawal) {
        let agent = self.agents[at].id.clone();
        self.deeds.push(Deed::Withdrawn { agent, why });
    }

    /// The offer ends, and the ticket waits where it waited before.
    pub(crate) fn give_back(&mut self, at: usize, result: Settlement, now: Moment) {
        let Business::Ring { ticket, .. } = self.agents[at].business else { return };
        let agent = self.agents[at].id.clone();
        self.settle(at, result, now);
        let place = self.find_ticket(&ticket).expect("a ticket rang");
        let refusals = [Settlement::Missed, Settlement::Rejected, Settlement::Unreachable];
        self.tickets[place].rung = None;
        if refusals.contains(&result) {
            self.tickets[place].refused.insert(agent);
            self.forgive(place);
        }
        match self.tickets[place].marked {
            Some(_) => self.depart(place, now),
            None => self.advance(place, now),
        }
    }

    /// The lease ends, once, and the agent goes on as the result demands.
    pub(crate) fn settle(&mut self, at: usize, result: Settlement, now: Moment) {
        let Business::Ring { ticket, since, .. } = self.agents[at].business else { return };
        let agent = self.agents[at].id.clone();
        let after = millis(now.since(since));
        self.deeds.push(Deed::Settled { ticket, agent: agent.clone(), result, after });
        self.agents[at].business = Business::Free;
        let fate = if result == Settlement::Accepted { Fate::Accepted } else { Fate::Lost };
        self.fates.insert(agent, fate);
        let settings = self.settings;
        let one = &mut self.agents[at];
        match result {
            Settlement::Accepted => one.misses = 0,
            Settlement::Missed if one.misses + 1 < settings.misses_in_a_row => {
                one.misses += 1;
                one.cooling = Some(now + settings.miss_cooldown);
                self.rest(at, Duty::Available, now);
            }
            // Taken off the line; whoever comes back begins to count anew.
            Settlement::Missed | Settlement::Unreachable => {
                one.misses = 0;
                self.rest(at, Duty::Missed, now);
            }
            Settlement::Rejected => {
                one.misses = 0;
                one.cooling = Some(now + settings.decline_cooldown);
                self.rest(at, Duty::Available, now);
            }
            Settlement::CallerGone
            | Settlement::TimedOut
            | Settlement::AgentGone
            | Settlement::Swept => self.rest(at, Duty::Available, now),
        }
    }
}
