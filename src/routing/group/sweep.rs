//! The sweeper: what is past its deadline is released, counted, and told to operators.
//!
//! Every deadline has a timer that acts first, so whatever the sweeper finds is a broken promise.

use crate::base::time::Moment;
use crate::routing::deadline::Timer;
use crate::routing::event::Breach;
use crate::routing::group::Group;
use crate::routing::offer::{Settlement, Withdrawal};
use crate::routing::post::Business;
use crate::routing::roster::{AgentSlot, Duty, TicketSlot, TicketState};
use crate::routing::ticket::Stage;

impl Group {
    pub(super) fn sweep(&mut self, now: Moment) {
        let agents: Vec<AgentSlot> = self.agents.values().copied().collect();
        for agent in agents {
            self.sweep_agent(agent, now);
        }
        let tickets: Vec<TicketSlot> = self.tickets.values().copied().collect();
        for ticket in tickets {
            self.sweep_ticket(ticket, now);
        }
        self.keep_sweeping(now);
    }

    /// The sweeper looks again as long as there is anything to look at.
    pub(super) fn keep_sweeping(&mut self, now: Moment) {
        let idle = self.agents.is_empty() && self.tickets.is_empty();
        if !idle && !self.deadlines.has(Timer::Sweep) {
            self.deadlines.set(Timer::Sweep, now + self.settings.sweep_every);
        }
    }

    fn sweep_agent(&mut self, agent: AgentSlot, now: Moment) {
        let post = self.post(agent);
        let id = post.id.clone();
        let grace = self.settings.lease_grace;
        let duty = self.roster.read_agent(agent).state.duty;
        match &post.business {
            Business::Offered(lease) if lease.ends <= now => {
                self.breach(now, Breach::LeaseOverrun, Some(id), None);
                self.withdraw(agent, Withdrawal::TimedOut);
                self.give_back(agent, Settlement::Swept, now);
            }
            Business::WrapUp(wrap_up) if wrap_up.until + grace <= now => {
                self.breach(now, Breach::WrapUpOverrun, Some(id), None);
                self.wrap_up_ends(agent, now);
            }
            Business::Free if is_occupied(duty) => {
                self.breach(now, Breach::AgentAdrift, Some(id), None);
                self.rest(agent, Duty::Available, now);
            }
            Business::Free | Business::Offered(_) | Business::WrapUp(_) | Business::Talk(_) => {}
        }
    }

    fn sweep_ticket(&mut self, ticket: TicketSlot, now: Moment) {
        // One that was settled with its agent a moment ago is no longer there.
        let Some(Some(waiter)) = self.waiters.get(ticket.index()) else { return };
        let id = waiter.entry.ticket;
        if waiter.give_up_at() + self.settings.lease_grace <= now {
            self.breach(now, Breach::WaitOverrun, None, Some(id));
            self.time_out(ticket, now);
            return;
        }
        let state = self.roster.read_ticket(ticket).state;
        match (state, waiter.stage) {
            // A worker saw the caller leave, and its word has not come or is lost.
            (TicketState::Left(_), Stage::Arriving | Stage::InLine(_) | Stage::Offered(_)) => {
                self.depart(ticket, now);
            }
            (TicketState::Waiting, Stage::InLine(_))
            | (TicketState::Offered(_), Stage::Offered(_)) => {}
            (
                TicketState::Vacant
                | TicketState::Waiting
                | TicketState::Offered(_)
                | TicketState::Connected(_)
                | TicketState::Overflowed,
                Stage::Arriving | Stage::InLine(_) | Stage::Offered(_),
            ) => self.ticket_adrift(ticket, now),
        }
    }
}

fn is_occupied(duty: Duty) -> bool {
    match duty {
        Duty::Reserved | Duty::Ringing | Duty::Talking | Duty::Held | Duty::WrapUp => true,
        Duty::Offline | Duty::Available | Duty::Away | Duty::Missed => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::routing::group::world::{World, seconds};
    use crate::routing::roster::Duty;

    #[test]
    fn a_leap_of_the_clock_is_no_breach() {
        let mut world = World::new();
        world.agent("sara", &[("lang.ar", 3)]);
        world.caller(&[("lang.ar", 3)]);
        world.pass(seconds(1));
        world.leap(seconds(60));
        assert_eq!(world.group.sums().breaches, 0);
        assert_eq!(world.duty("sara"), Duty::Available);
        assert!(world.standing("sara").cooling_until.is_some(), "she missed it");
    }
}
