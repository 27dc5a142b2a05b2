//! The model's tickets: entering, widening, being told a place, leaving and overflowing.

use std::collections::BTreeSet;
use std::time::Duration;

use hatif::base::id::TicketId;
use hatif::base::time::Moment;
use hatif::routing::{Breach, Departure, Entry, Overflow, Place, Settlement, Widening, Withdrawal};

use crate::sim::model::{Agent, Business, Deed, Model, Ticket, millis};
use crate::sim::rank;

impl Model {
    pub(crate) fn enter(&mut self, entry: Entry, now: Moment) {
        let talks = |agent: &Agent| matches!(agent.business, Business::Talk { ticket, .. } if ticket == entry.ticket);
        if self.find_ticket(&entry.ticket).is_some() || self.agents.iter().any(talks) {
            self.sums.breaches += 1;
            self.deeds.push(Deed::Breached { breach: Breach::EnteredTwice });
            return;
        }
        let carried = match entry.place {
            Place::Carried(age) | Place::CallBack(age) => age,
            Place::Joining | Place::Head => Duration::ZERO,
        };
        let id = entry.ticket;
        self.sums.entered += 1;
        self.sequence += 1;
        self.deeds.push(Deed::Entered { ticket: id, carried: millis(carried) });
        let ticket = Ticket {
            sequence: self.sequence,
            entered: now,
            carried,
            step: 0,
            refused: BTreeSet::new(),
            rung: None,
            marked: None,
            prefer_ends: entry.prefer.as_ref().map(|prefer| now + prefer.window),
            told_next: now + self.settings.place_every,
            entry,
        };
        if let Some(outcome) = self.turned_away(&ticket, now) {
            self.sums.overflowed += 1;
            self.deeds.push(Deed::Overflowed { ticket: id, outcome, waited: 0 });
            return;
        }
        self.tickets.push(ticket);
        let at = self.tickets.len() - 1;
        // The steps that are over on arrival are no news.
        self.tickets[at].step = self.step_due(at, now).0;
        self.keep_sweeping(now);
        self.settle_down(now);
        if let Some(at) = self.find_ticket(&id) {
            self.tell_place(at, now);
        }
    }

    /// Why a ticket is not let in.
    fn turned_away(&self, ticket: &Ticket, now: Moment) -> Option<Overflow> {
        let entry = &ticket.entry;
        let last = entry.need.terms(entry.need.last());
        let staff = self.staff(last).count();
        let waiting = self.waiting_in(&entry.queue);
        let is_let_in = match entry.place {
            Place::Joining | Place::Carried(_) => false,
            Place::Head | Place::CallBack(_) => true,
        };
        let talks = self.agents.iter().filter(|a| matches!(a.business, Business::Talk { .. }));
        if !is_let_in {
            // At the cap, or over the ratio of those who wait to those who could take them.
            if entry.cap.is_some_and(|cap| cap <= waiting) {
                return Some(Overflow::Full);
            }
            let over = |ratio: u32| ratio as usize * staff < waiting + 1;
            if 0 < staff && entry.waiting_per_agent.is_some_and(over) {
                return Some(Overflow::Full);
            }
            if staff == 0 {
                return Some(Overflow::NoAgents);
            }
        }
        if ticket.reaches(entry.max_wait) <= now {
            return Some(Overflow::Timeout);
        }
        let room = usize::from(self.capacity.tickets);
        (room <= self.tickets.len() + talks.count()).then_some(Overflow::Full)
    }

    pub(crate) fn leave(&mut self, ticket: &TicketId, why: Departure, now: Moment) {
        let Some(at) = self.find_ticket(ticket) else { return };
        self.tickets[at].marked.get_or_insert(why);
        self.depart(at, now);
    }

    /// A worker saw the caller leave; the group hears of it when it next looks.
    pub(crate) fn mark(&mut self, ticket: &TicketId, why: Departure) {
        if let Some(at) = self.find_ticket(ticket) {
            self.tickets[at].marked.get_or_insert(why);
        }
    }

    /// A ticket whose caller is gone is settled as such.
    pub(crate) fn depart(&mut self, at: usize, now: Moment) {
        self.end_ring(at, Withdrawal::CallerLeft, Settlement::CallerGone, now);
        let ticket = self.tickets.remove(at);
        let why = ticket.marked.expect("only who left departs");
        self.sums.left += 1;
        let waited = millis(now.since(ticket.entered));
        self.deeds.push(Deed::Left { ticket: ticket.entry.ticket, why, waited });
    }

    /// The ticket has waited as long as it may.
    pub(crate) fn time_out(&mut self, at: usize, now: Moment) {
        if self.tickets[at].marked.is_some() {
            self.depart(at, now);
            return;
        }
        self.end_ring(at, Withdrawal::TimedOut, Settlement::TimedOut, now);
        let ticket = self.tickets.remove(at);
        self.sums.overflowed += 1;
        let (id, outcome) = (ticket.entry.ticket, Overflow::Timeout);
        let waited = millis(now.since(ticket.entered));
        self.deeds.push(Deed::Overflowed { ticket: id, outcome, waited });
    }

    /// Makes the step active that the clock and the staff demand. It never goes back.
    pub(crate) fn advance(&mut self, at: usize, now: Moment) {
        let (step, why) = self.step_due(at, now);
        let ticket = &mut self.tickets[at];
        if ticket.step < step {
            ticket.step = step;
            ticket.refused.clear();
            self.deeds.push(Deed::Widened { ticket: ticket.entry.ticket, step, why });
        }
    }

    /// The last step that the routing wait has reached; the next one as long as nobody on duty
    /// could ever meet it.
    fn step_due(&self, at: usize, now: Moment) -> (usize, Widening) {
        let ticket = &self.tickets[at];
        let steps = ticket.entry.need.steps();
        let begun = |step: &&hatif::routing::Step| step.after <= ticket.wait(now);
        let mut step = (steps.iter().filter(begun).count() - 1).max(ticket.step);
        let mut why = Widening::Clock;
        while step + 1 < steps.len() && !self.is_staffed(&steps[step].terms) {
            step += 1;
            why = Widening::NobodyOnDuty;
        }
        (step, why)
    }

    /// The place is the number of those who come first and compete for one of the same agents.
    pub(crate) fn tell_place(&mut self, at: usize, now: Moment) {
        self.tickets[at].told_next = now + self.settings.place_every;
        let own = &self.tickets[at];
        if own.rung.is_some() {
            return;
        }
        let is_alike = |other: &Ticket| {
            let shape = |ticket: &Ticket| (ticket.entry.class, ticket.entry.target_wait);
            shape(other) == shape(own) && other.terms() == own.terms()
        };
        let competes = |other: &Ticket| {
            self.staff(own.terms()).any(|agent| rank::meets(&agent.skills, other.terms()))
        };
        let ahead = self
            .in_order(now)
            .into_iter()
            .take_while(|other| other.sequence != own.sequence)
            .filter(|other| is_alike(other) || competes(other))
            .count();
        let place = u32::try_from(ahead + 1).expect("a short line");
        self.places.push((own.entry.ticket, place));
    }

    fn end_ring(&mut self, at: usize, why: Withdrawal, result: Settlement, now: Moment) {
        let Some(agent) = self.tickets[at].rung.clone() else { return };
        let rung = self.find(&agent).expect("the agent who is rung");
        self.withdraw(rung, why);
        self.settle(rung, result, now);
    }
}
