//! Explaining: after each turn, why the tickets that something happened to still wait.

use std::collections::BTreeMap;

use crate::base::limit::{
    ROUTING_MUSTER_AGENTS_MAX, ROUTING_MUSTER_NAMES_MAX, ROUTING_MUSTERS_MAX,
};
use crate::base::time::Moment;
use crate::routing::event::Fact;
use crate::routing::group::Group;
use crate::routing::muster::{Able, Ahead, Crowd, Hindrance, Lacking, Muster, Occasion};
use crate::routing::need::{Demand, Terms};
use crate::routing::roster::{AgentSlot, Duty, Filter, Row, TicketSlot, slots};
use crate::routing::skill::Level;
use crate::routing::ticket::{Stage, Waiter};

impl Group {
    /// Something happened to the ticket: unless it is offered in this turn, it is told why.
    pub(super) fn ask_why(&mut self, ticket: TicketSlot, occasion: Occasion) {
        self.unexplained.entry(ticket).or_insert(occasion);
    }

    /// Tells why those tickets still wait, the first [`ROUTING_MUSTERS_MAX`] of them.
    pub(super) fn explain(&mut self, now: Moment) {
        let unexplained = std::mem::take(&mut self.unexplained);
        let mut left = ROUTING_MUSTERS_MAX;
        for (slot, occasion) in unexplained {
            // One that was settled in this turn is no longer there.
            let Some(waiter) = self.waiters.get(slot.index()).and_then(Option::as_ref) else {
                continue;
            };
            let shape = match waiter.stage {
                Stage::InLine(shape) => shape,
                Stage::Arriving | Stage::Offered(_) => continue,
            };
            if left == 0 {
                return;
            }
            left -= 1;
            let subject = (shape, slot, waiter);
            let (ahead, _) = self.lines.ahead(&self.roster, self.staff_version, subject, now);
            let fact = self.mustered(waiter, occasion, waiter.step, Some(ahead), now);
            self.tell(now, fact);
        }
    }

    /// What is told of a ticket that is not let in, or goes.
    pub(super) fn explain_end(&mut self, waiter: &Waiter, occasion: Occasion, now: Moment) {
        let step = match occasion {
            // The last step decides who is let in.
            Occasion::TurnedAway => waiter.entry.need.last(),
            Occasion::TimedOut
            | Occasion::Entered
            | Occasion::Widened
            | Occasion::Returned
            | Occasion::Unreserved => waiter.step,
        };
        let fact = self.mustered(waiter, occasion, step, None, now);
        self.tell(now, fact);
    }

    fn mustered(
        &self,
        waiter: &Waiter,
        occasion: Occasion,
        step: usize,
        ahead: Option<Ahead>,
        now: Moment,
    ) -> Fact {
        let entry = &waiter.entry;
        let waiting = self.queues.get(&entry.queue).map_or(0, |book| book.waiting.len());
        let terms = entry.need.terms(step);
        let (able, able_more) = self.able(waiter, terms, now);
        let muster = Muster {
            occasion,
            step,
            waiting: number(waiting),
            ahead,
            on_duty: number(self.roster.count(Row::OnDuty)),
            able,
            able_more,
            lacking: self.lacking(terms),
        };
        Fact::Mustered { ticket: entry.ticket, call: entry.call, muster: Box::new(muster) }
    }

    /// Who meets the terms, those on duty first, and how many more there are.
    fn able(&self, waiter: &Waiter, terms: &Terms, now: Moment) -> (Vec<Able>, u32) {
        let filter = self.roster.filter(terms);
        let on_duty = self.bits(Row::OnDuty, &filter);
        let all = self.bits(Row::Employed, &filter);
        let off_duty: Vec<u64> = all.iter().zip(&on_duty).map(|(all, on)| all & !on).collect();
        let mut crowds: BTreeMap<Hindrance, Crowd> = BTreeMap::new();
        let looked_at = of(&on_duty).chain(of(&off_duty)).take(ROUTING_MUSTER_AGENTS_MAX);
        for agent in looked_at {
            let crowd = crowds.entry(self.hindrance(waiter, agent, now)).or_default();
            crowd.count += 1;
            self.name(crowd, agent);
        }
        let looked_at: u32 = crowds.values().map(|crowd| crowd.count).sum();
        let able = crowds.into_iter().map(|(by, who)| Able { by, who }).collect();
        (able, ones(&all).saturating_sub(looked_at))
    }

    fn hindrance(&self, waiter: &Waiter, agent: AgentSlot, now: Moment) -> Hindrance {
        let duty = self.roster.read_agent(agent).state.duty;
        if duty != Duty::Available {
            return Hindrance::Duty(duty);
        }
        if waiter.refusals.contains(&agent) {
            return Hindrance::Refused;
        }
        if self.post(agent).cooling.is_some() {
            return Hindrance::CoolingDown;
        }
        if self.is_kept_from(agent, waiter, now) {
            return Hindrance::KeptForAnother;
        }
        Hindrance::Duty(Duty::Available)
    }

    fn lacking(&self, terms: &Terms) -> Vec<Lacking> {
        let each = terms.all.iter().map(std::slice::from_ref);
        let any = Some(terms.any.as_slice()).filter(|any| !any.is_empty());
        each.chain(any).filter_map(|demands| self.lacks(demands)).collect()
    }

    /// Who on duty meets none of `demands`.
    fn lacks(&self, demands: &[Demand]) -> Option<Lacking> {
        let least = |demand: &Demand| Demand { level: Level::LEAST, ..demand.clone() };
        let on_duty = self.bits(Row::OnDuty, &self.roster.filter(&Terms::default()));
        let meet = self.bits(Row::OnDuty, &self.one_of(demands.to_vec()));
        let have = self.bits(Row::OnDuty, &self.one_of(demands.iter().map(least).collect()));
        let lack: Vec<u64> = on_duty.iter().zip(&meet).map(|(on, meet)| on & !meet).collect();
        let lower: Vec<u64> = lack.iter().zip(&have).map(|(lack, have)| lack & have).collect();
        let mut who = Crowd { count: ones(&lack), names: Vec::new() };
        for agent in of(&lack).take(ROUTING_MUSTER_NAMES_MAX) {
            self.name(&mut who, agent);
        }
        (0 < who.count).then(|| Lacking { demands: demands.to_vec(), who, lower: ones(&lower) })
    }

    fn one_of(&self, any: Vec<Demand>) -> Filter {
        self.roster.filter(&Terms { all: Vec::new(), any })
    }

    fn bits(&self, row: Row, filter: &Filter) -> Vec<u64> {
        (0..self.words()).map(|word| self.roster.eligible(row, filter, word)).collect()
    }

    fn name(&self, crowd: &mut Crowd, agent: AgentSlot) {
        if crowd.names.len() < ROUTING_MUSTER_NAMES_MAX {
            crowd.names.push(self.post(agent).id.clone());
        }
    }
}

fn of(bits: &[u64]) -> impl Iterator<Item = AgentSlot> {
    bits.iter().enumerate().flat_map(|(word, bits)| slots(word, *bits))
}

fn ones(bits: &[u64]) -> u32 {
    bits.iter().map(|word| word.count_ones()).sum()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
