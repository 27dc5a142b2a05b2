//! The model's agents: who is employed, what they order, and what their duty becomes.

use std::collections::BTreeMap;

use hatif::base::id::{AgentId, SkillId};
use hatif::base::time::Moment;
use hatif::routing::{Duty, DutyOrder, Pending, Refusal, Settlement, Withdrawal};

use crate::sim::model::{Agent, Business, Deed, Model, millis};

impl Model {
    pub(crate) fn employ(&mut self, id: &AgentId, skills: BTreeMap<SkillId, u8>, now: Moment) {
        let mut known = self.skills.clone();
        known.extend(skills.keys().cloned());
        if usize::from(self.capacity.skills) < known.len() {
            self.refuse(id, Refusal::TooManySkills);
            return;
        }
        let at = match self.find(id) {
            Some(at) => at,
            None if usize::from(self.capacity.agents) <= self.agents.len() => {
                self.refuse(id, Refusal::TooManyAgents);
                return;
            }
            None => {
                self.agents.push(Agent {
                    id: id.clone(),
                    skills: BTreeMap::new(),
                    duty: Duty::Offline,
                    since: now,
                    reason: None,
                    pending: None,
                    pending_reason: None,
                    idle_since: now,
                    cooling: None,
                    misses: 0,
                    past: Vec::new(),
                    business: Business::Free,
                    leaves: false,
                });
                self.agents.len() - 1
            }
        };
        self.skills = known;
        let agent = &mut self.agents[at];
        agent.skills = skills;
        if agent.leaves {
            agent.leaves = false;
            agent.pending = None;
        }
        self.keep_sweeping(now);
    }

    pub(crate) fn dismiss(&mut self, id: &AgentId, now: Moment) {
        let Some(at) = self.find(id) else { return };
        match self.agents[at].business {
            Business::Free => {}
            Business::Ring { .. } => {
                self.withdraw(at, Withdrawal::AgentLeft);
                self.give_back(at, Settlement::AgentGone, now);
            }
            Business::WrapUp { .. } => self.agents[at].idle_since = now,
            Business::Talk { .. } => {
                self.agents[at].leaves = true;
                self.agents[at].pending = Some(Pending::Offline);
                return;
            }
        }
        self.go(at, now);
    }

    pub(crate) fn order(&mut self, id: &AgentId, order: &DutyOrder, now: Moment) {
        let Some(at) = self.find(id) else { return };
        let duty = self.agents[at].duty;
        match order {
            DutyOrder::SignIn => match duty {
                Duty::Offline => {
                    self.agents[at].idle_since = now;
                    self.become_duty(at, Duty::Away, now);
                }
                _ => {
                    let pending = self.agents[at].pending;
                    self.agents[at].pending = pending.filter(|flag| *flag == Pending::Away);
                }
            },
            DutyOrder::GoAvailable => match duty {
                Duty::Offline => {}
                Duty::WrapUp => self.end_wrap_up(at, now),
                Duty::Away | Duty::Missed => self.become_duty(at, Duty::Available, now),
                _ => self.agents[at].pending = None,
            },
            DutyOrder::GoAway { reason } => self.go_away(at, reason.as_ref(), now),
            DutyOrder::SignOut => self.sign_out(at, now),
            DutyOrder::EndWrapUp => self.end_wrap_up(at, now),
        }
    }

    pub(crate) fn lose(&mut self, id: &AgentId, now: Moment) {
        let Some(at) = self.find(id) else { return };
        if self.rings(at) {
            self.withdraw(at, Withdrawal::AgentLeft);
            self.give_back(at, Settlement::Unreachable, now);
        } else {
            self.sign_out(at, now);
        }
    }

    pub(crate) fn hold(&mut self, id: &AgentId, (from, to): (Duty, Duty), now: Moment) {
        let Some(at) = self.find(id).filter(|at| self.agents[*at].duty == from) else { return };
        let pending = self.agents[at].pending;
        self.become_duty(at, to, now);
        self.agents[at].pending = pending;
    }

    pub(crate) fn release(&mut self, id: &AgentId, now: Moment) {
        let Some(at) = self.find(id) else { return };
        let Business::Talk { wrap_up, .. } = self.agents[at].business else { return };
        let agent = &mut self.agents[at];
        agent.idle_since = now;
        agent.business = Business::Free;
        if agent.leaves {
            self.go(at, now);
        } else if agent.pending.is_some() || wrap_up.is_zero() {
            self.rest(at, Duty::Available, now);
        } else {
            agent.business = Business::WrapUp { until: now + wrap_up };
            self.become_duty(at, Duty::WrapUp, now);
        }
    }

    pub(crate) fn end_wrap_up(&mut self, at: usize, now: Moment) {
        if let Business::WrapUp { .. } = self.agents[at].business {
            self.agents[at].business = Business::Free;
            self.agents[at].idle_since = now;
            self.rest(at, Duty::Available, now);
        }
    }

    /// Nothing occupies her: what was pending takes hold, or `otherwise` does.
    pub(crate) fn rest(&mut self, at: usize, otherwise: Duty, now: Moment) {
        let agent = &mut self.agents[at];
        let duty = match agent.pending {
            None => otherwise,
            Some(Pending::Offline) => Duty::Offline,
            Some(Pending::Away) => {
                agent.reason = agent.pending_reason.take();
                Duty::Away
            }
        };
        self.become_duty(at, duty, now);
    }

    /// Nothing is pending any more, and she has that duty.
    pub(crate) fn become_duty(&mut self, at: usize, to: Duty, now: Moment) {
        self.agents[at].pending = None;
        if self.agents[at].duty != to {
            self.turn(at, to, now);
        }
    }

    fn turn(&mut self, at: usize, to: Duty, now: Moment) {
        let agent = &mut self.agents[at];
        let from = agent.duty;
        agent.past.push((agent.since, now, from));
        if to != Duty::Away {
            agent.reason = None;
        }
        let spent = millis(now.since(agent.since));
        agent.duty = to;
        agent.since = now;
        let (agent, reason) = (agent.id.clone(), agent.reason.clone());
        self.deeds.push(Deed::Turned { agent, from, to, reason, spent });
    }

    fn go_away(&mut self, at: usize, reason: Option<&String>, now: Moment) {
        match self.agents[at].duty {
            Duty::Offline => {}
            Duty::Available | Duty::Missed => {
                self.agents[at].reason = reason.cloned();
                self.become_duty(at, Duty::Away, now);
            }
            Duty::Away => {
                self.agents[at].reason = reason.cloned();
                self.turn(at, Duty::Away, now);
            }
            Duty::WrapUp => {
                self.agents[at].pending_reason = reason.cloned();
                self.agents[at].pending = Some(Pending::Away);
                self.end_wrap_up(at, now);
            }
            Duty::Reserved | Duty::Ringing | Duty::Talking | Duty::Held => {
                self.agents[at].pending_reason = reason.cloned();
                self.agents[at].pending = Some(Pending::Away);
            }
        }
    }

    fn sign_out(&mut self, at: usize, now: Moment) {
        match self.agents[at].duty {
            Duty::Offline => {}
            Duty::Available | Duty::Away | Duty::Missed => {
                self.become_duty(at, Duty::Offline, now);
            }
            Duty::WrapUp => {
                self.agents[at].pending = Some(Pending::Offline);
                self.end_wrap_up(at, now);
            }
            Duty::Reserved | Duty::Ringing | Duty::Talking | Duty::Held => {
                self.agents[at].pending = Some(Pending::Offline);
            }
        }
    }

    /// She is no longer of the group.
    fn go(&mut self, at: usize, now: Moment) {
        self.become_duty(at, Duty::Offline, now);
        let gone = self.agents.remove(at);
        for ticket in &mut self.tickets {
            ticket.refused.remove(&gone.id);
        }
    }

    fn refuse(&mut self, agent: &AgentId, why: Refusal) {
        self.deeds.push(Deed::Refused { agent: agent.clone(), why });
    }
}
