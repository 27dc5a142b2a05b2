//! Offers: an agent is leased, and the lease is settled exactly once.

use crate::base::id::OfferId;
use crate::base::limit::ROUTING_LOST_OFFERS_MAX;
use crate::base::time::Moment;
use crate::routing::deadline::Timer;
use crate::routing::decide::AgentRank;
use crate::routing::event::{Breach, Candidates, Fact};
use crate::routing::group::{Group, Output, millis};
use crate::routing::muster::Occasion;
use crate::routing::offer::{Lease, Settlement, Withdrawal};
use crate::routing::post::{Business, Talk};
use crate::routing::roster::{AgentSlot, AgentState, Duty, TicketSlot, TicketState};
use crate::routing::ticket::Stage;

/// The ticket was gone when it was to be offered.
#[derive(Debug, Clone, Copy)]
pub(super) struct TicketGone;

impl Group {
    /// Leases the agent for the ticket: reserves her, claims the ticket, and rings.
    pub(super) fn lease(
        &mut self,
        agent: AgentSlot,
        ticket: TicketSlot,
        (rank, candidates): (AgentRank, Candidates),
        now: Moment,
    ) -> Result<(), TicketGone> {
        let free = self.roster.read_agent(agent);
        let reserved = AgentState { duty: Duty::Reserved, pending: None, ticket: Some(ticket) };
        self.turn_quietly(agent, reserved);
        let waiting = self.roster.read_ticket(ticket);
        let claimed = match waiting.state {
            TicketState::Waiting => {
                self.roster.swap_ticket(ticket, waiting, TicketState::Offered(agent)).is_ok()
            }
            TicketState::Vacant
            | TicketState::Offered(_)
            | TicketState::Connected(_)
            | TicketState::Left(_)
            | TicketState::Overflowed => false,
        };
        if !claimed {
            self.turn_quietly(agent, free.state);
            self.depart(ticket, now);
            return Err(TicketGone);
        }
        let ringing = AgentState { duty: Duty::Ringing, ..reserved };
        self.turn_quietly(agent, ringing);
        self.stand_aside(ticket, agent);
        self.ring(agent, ticket, (rank, candidates), now);
        self.turned(agent, free.state, ringing, now);
        Ok(())
    }

    pub(super) fn accept(&mut self, now: Moment, offer: OfferId) {
        let Some((agent, lease)) = self.open_offer(offer) else {
            self.too_late(offer);
            return;
        };
        if lease.ends <= now {
            self.ring_out(agent, now);
            self.too_late(offer);
            return;
        }
        let seen = self.roster.read_ticket(lease.ticket);
        let won = seen.state == TicketState::Offered(agent)
            && self.roster.swap_ticket(lease.ticket, seen, TicketState::Connected(agent)).is_ok();
        if won {
            self.connect(agent, &lease, now);
        } else {
            // Only a worker who saw the caller leave can have been faster.
            self.depart(lease.ticket, now);
            self.too_late(offer);
        }
    }

    pub(super) fn decline(&mut self, now: Moment, offer: OfferId) {
        if let Some((agent, _)) = self.open_offer(offer) {
            self.give_back(agent, Settlement::Rejected, now);
        }
    }

    pub(super) fn unreachable(&mut self, now: Moment, offer: OfferId) {
        if let Some((agent, _)) = self.open_offer(offer) {
            self.give_back(agent, Settlement::Unreachable, now);
        }
    }

    /// The offer rang for as long as it may.
    pub(super) fn ring_out(&mut self, agent: AgentSlot, now: Moment) {
        self.withdraw(agent, Withdrawal::Missed);
        self.give_back(agent, Settlement::Missed, now);
    }

    /// The agent's desk is told to stop ringing.
    pub(super) fn withdraw(&mut self, agent: AgentSlot, why: Withdrawal) {
        let post = self.post(agent);
        if let Business::Offered(lease) = &post.business {
            let (offer, agent) = (lease.offer, post.id.clone());
            self.outputs.push_back(Output::Withdraw { offer, agent, why });
        }
    }

    /// The offer ends, and the ticket goes back to the place in line that it always had.
    pub(super) fn give_back(&mut self, agent: AgentSlot, result: Settlement, now: Moment) {
        let Some(lease) = self.settle(agent, result, now) else { return };
        let counts_as_refusal = match result {
            Settlement::Missed | Settlement::Rejected | Settlement::Unreachable => true,
            Settlement::Accepted
            | Settlement::CallerGone
            | Settlement::TimedOut
            | Settlement::AgentGone
            | Settlement::Swept => false,
        };
        if counts_as_refusal {
            self.waiter_mut(lease.ticket).refusals.insert(agent);
            self.forgive(lease.ticket);
        }
        let seen = self.roster.read_ticket(lease.ticket);
        let back = seen.state == TicketState::Offered(agent)
            && self.roster.swap_ticket(lease.ticket, seen, TicketState::Waiting).is_ok();
        if back {
            self.stand_in_line(lease.ticket);
            self.ask_why(lease.ticket, Occasion::Returned);
            self.advance_step(lease.ticket, now);
        } else {
            self.depart(lease.ticket, now);
        }
    }

    /// The lease ends, once, and the agent goes on as the result demands.
    pub(super) fn settle(
        &mut self,
        agent: AgentSlot,
        result: Settlement,
        now: Moment,
    ) -> Option<Lease> {
        let Business::Offered(lease) = &self.post(agent).business else { return None };
        let lease = *lease;
        self.deadlines.clear(Timer::RingEnds(agent));
        self.offers.remove(&lease.offer);
        let entry = &self.waiter(lease.ticket).entry;
        let fact = Fact::OfferSettled {
            offer: lease.offer,
            ticket: entry.ticket,
            call: entry.call,
            agent: self.post(agent).id.clone(),
            result,
            after_ms: millis(now.since(lease.since)),
        };
        self.tell(now, fact);
        self.post_mut(agent).business = Business::Free;
        if result != Settlement::Accepted {
            self.remember_lost(lease.offer, agent);
        }
        self.go_on(agent, result, now);
        Some(lease)
    }

    fn go_on(&mut self, agent: AgentSlot, result: Settlement, now: Moment) {
        match result {
            // She talks: whoever connected her says so.
            Settlement::Accepted => self.post_mut(agent).misses = 0,
            Settlement::Missed => {
                self.post_mut(agent).misses += 1;
                if self.settings.misses_in_a_row <= self.post(agent).misses {
                    // However she comes back, she begins to count anew.
                    self.post_mut(agent).misses = 0;
                    self.rest(agent, Duty::Missed, now);
                } else {
                    self.cool_down(agent, now + self.settings.miss_cooldown);
                    self.rest(agent, Duty::Available, now);
                }
            }
            Settlement::Rejected => {
                self.post_mut(agent).misses = 0;
                self.cool_down(agent, now + self.settings.decline_cooldown);
                self.rest(agent, Duty::Available, now);
            }
            Settlement::Unreachable => {
                self.post_mut(agent).misses = 0;
                self.rest(agent, Duty::Missed, now);
            }
            Settlement::CallerGone
            | Settlement::TimedOut
            | Settlement::AgentGone
            | Settlement::Swept => self.rest(agent, Duty::Available, now),
        }
    }

    fn cool_down(&mut self, agent: AgentSlot, until: Moment) {
        self.post_mut(agent).cooling = Some(until);
        self.deadlines.set(Timer::CoolDownEnds(agent), until);
    }

    fn ring(
        &mut self,
        agent: AgentSlot,
        ticket: TicketSlot,
        (rank, candidates): (AgentRank, Candidates),
        now: Moment,
    ) {
        let offer = OfferId::new(self.epoch.wall(now), &mut self.rng);
        let waiter = self.waiter(ticket);
        let (id, call, ring) = (waiter.entry.ticket, waiter.entry.call, waiter.entry.ring);
        let (step, routing_wait) = (waiter.step, waiter.origin.wait(now));
        let until = now + ring;
        let lease = Lease { offer, ticket, since: now, ends: until + self.settings.lease_grace };
        let post = self.post_mut(agent);
        post.business = Business::Offered(lease);
        let agent_id = post.id.clone();
        self.offers.insert(offer, agent);
        self.deadlines.set(Timer::RingEnds(agent), until);
        let fact = Fact::Offered {
            offer,
            ticket: id,
            call,
            agent: agent_id.clone(),
            step,
            band: rank.band.0,
            occupancy_ppm: rank.occupancy_ppm,
            candidates,
            routing_wait_ms: millis(routing_wait),
        };
        self.tell(now, fact);
        self.outputs.push_back(Output::Offer { offer, ticket: id, call, agent: agent_id, until });
    }

    fn connect(&mut self, agent: AgentSlot, lease: &Lease, now: Moment) {
        self.settle(agent, Settlement::Accepted, now);
        let waiter = self.take_out(lease.ticket);
        let entry = waiter.entry;
        let waited = now.since(waiter.entered);
        self.sums.connected += 1;
        let post = self.post_mut(agent);
        post.business = Business::Talk(Talk {
            slot: lease.ticket,
            ticket: entry.ticket,
            call: entry.call,
            queue: entry.queue.clone(),
            wrap_up: entry.wrap_up,
            since: now,
        });
        let agent_id = post.id.clone();
        let (offer, ticket, call) = (lease.offer, entry.ticket, entry.call);
        let fact = Fact::Connected {
            ticket,
            call,
            queue: entry.queue,
            entity: entry.entity,
            agent: agent_id.clone(),
            waited_ms: millis(waited),
            target_ms: millis(entry.target_wait),
            promised: waiter.promised,
        };
        self.outputs.push_back(Output::Connect { offer, ticket, call, agent: agent_id, waited });
        self.tell(now, fact);
        let state = self.roster.read_agent(agent).state;
        self.turn(agent, AgentState { duty: Duty::Talking, ..state }, now);
    }

    fn open_offer(&self, offer: OfferId) -> Option<(AgentSlot, Lease)> {
        let agent = *self.offers.get(&offer)?;
        match &self.post(agent).business {
            Business::Offered(lease) => Some((agent, *lease)),
            Business::Free | Business::Talk(_) | Business::WrapUp(_) => None,
        }
    }

    /// An accept of an offer that was accepted before is no news; of a lost one it is too late.
    fn too_late(&mut self, offer: OfferId) {
        let lost = self.lost_offers.iter().rev().find(|(lost, _)| *lost == offer);
        if let Some((_, agent)) = lost {
            let agent = agent.clone();
            self.outputs.push_back(Output::TooLate { offer, agent });
        }
    }

    fn remember_lost(&mut self, offer: OfferId, agent: AgentSlot) {
        if self.lost_offers.len() == ROUTING_LOST_OFFERS_MAX {
            self.lost_offers.pop_front();
        }
        let agent = self.post(agent).id.clone();
        self.lost_offers.push_back((offer, agent));
    }

    /// Her word changes on the way to where [`Group::turned`] makes all the rest follow.
    fn turn_quietly(&self, agent: AgentSlot, next: AgentState) {
        let mut seen = self.roster.read_agent(agent);
        while let Err(present) = self.roster.swap_agent(agent, seen, next) {
            seen = present;
        }
    }

    fn stand_aside(&mut self, ticket: TicketSlot, agent: AgentSlot) {
        let waiter = self.waiters.get(ticket.index()).and_then(Option::as_ref);
        let waiter = waiter.expect("a ticket that is not settled has a waiter");
        match waiter.stage {
            Stage::InLine(shape) => self.lines.quit(shape, ticket, waiter),
            Stage::Arriving | Stage::Offered(_) => {}
        }
        self.eager_tickets.remove(&ticket);
        self.waiter_mut(ticket).stage = Stage::Offered(agent);
    }

    pub(super) fn stand_in_line(&mut self, ticket: TicketSlot) {
        let waiter = self.waiters.get(ticket.index()).and_then(Option::as_ref);
        let waiter = waiter.expect("a ticket that is not settled has a waiter");
        let shape = self.lines.join(&self.roster, ticket, waiter);
        self.waiter_mut(ticket).stage = Stage::InLine(shape);
        self.eager_tickets.insert(ticket);
    }

    /// A ticket's word that cannot be is mended: the ticket goes, and operators are told.
    pub(super) fn ticket_adrift(&mut self, ticket: TicketSlot, now: Moment) {
        let id = self.waiter(ticket).entry.ticket;
        self.breach(now, Breach::TicketAdrift, None, Some(id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::group::world::{World, name, need, seconds};
    use crate::routing::group::{DutyOrder, Input};
    use crate::routing::roster::Pending;
    use crate::routing::ticket::Departure;

    const ARABIC: &[(&str, u8)] = &[("lang.ar", 3)];

    /// Sara is rung for a caller.
    fn ringing() -> (World, crate::base::id::TicketId) {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        let ticket = world.caller(ARABIC);
        assert_eq!(world.rung("sara"), Some(ticket));
        (world, ticket)
    }

    fn results(world: &World) -> Vec<Settlement> {
        let result = |output: &Output| {
            let Output::Event(event) = output else { return None };
            let Fact::OfferSettled { result, .. } = &event.fact else { return None };
            Some(*result)
        };
        world.log.iter().filter_map(result).collect()
    }

    #[test]
    fn an_accepted_offer_connects_once() {
        let (mut world, ticket) = ringing();
        let offer = world.offer("sara");
        world.pass(seconds(4));
        world.hear(Input::Accept { offer });
        world.hear(Input::Accept { offer });
        let waited = seconds(4);
        assert_eq!(
            world.count(|output| matches!(output,
                Output::Connect { ticket: connected, waited: span, .. }
                    if *connected == ticket && *span == waited)),
            1
        );
        assert_eq!(world.count(|output| matches!(output, Output::TooLate { .. })), 0);
        assert_eq!(world.duty("sara"), Duty::Talking);
        assert_eq!(world.group.sums().connected, 1);
    }

    #[test]
    fn an_unanswered_ring_is_withdrawn_on_time() {
        let (mut world, _) = ringing();
        let offer = world.offer("sara");
        world.pass(seconds(15));
        assert!(world.log.contains(&Output::Withdraw {
            offer,
            agent: name("sara"),
            why: Withdrawal::Missed
        }));
        assert_eq!(world.duty("sara"), Duty::Available);
        assert!(world.standing("sara").cooling_until.is_some());
        world.hear(Input::Accept { offer });
        assert!(world.log.contains(&Output::TooLate { offer, agent: name("sara") }));
    }

    #[test]
    fn an_accept_on_its_way_when_the_ring_ends_still_wins() {
        let (mut world, _) = ringing();
        world.now = world.now + seconds(16);
        world.accept("sara");
        assert_eq!(world.duty("sara"), Duty::Talking);
    }

    #[test]
    fn an_accept_after_the_lease_loses() {
        let (mut world, _) = ringing();
        world.now = world.now + seconds(17);
        world.accept("sara");
        assert_eq!(world.count(|output| matches!(output, Output::TooLate { .. })), 1);
        assert_eq!(results(&world), [Settlement::Missed]);
    }

    #[test]
    fn a_missed_offer_cools_down_ten_seconds() {
        let (mut world, first) = ringing();
        world.pass(seconds(15));
        world.caller(ARABIC);
        world.pass(seconds(9));
        assert_eq!(world.rung("sara"), None);
        world.pass(seconds(1));
        assert_eq!(world.rung("sara"), Some(first), "nobody else is there, so the first is first");
    }

    #[test]
    fn two_missed_in_a_row_take_the_agent_off_until_she_ends_it() {
        let (mut world, _) = ringing();
        world.pass(seconds(15));
        world.caller(ARABIC);
        world.pass(seconds(10 + 15));
        assert_eq!(world.duty("sara"), Duty::Missed);
        world.pass(seconds(100));
        assert_eq!(world.duty("sara"), Duty::Missed);
        world.order("sara", DutyOrder::GoAvailable);
        assert_eq!(world.duty("sara"), Duty::Ringing, "both callers still wait");
    }

    #[test]
    fn who_ends_missed_by_a_break_is_not_taken_off_for_one_more_miss() {
        let (mut world, _) = ringing();
        world.pass(seconds(15 + 10 + 15));
        assert_eq!(world.duty("sara"), Duty::Missed);
        world.away("sara");
        world.order("sara", DutyOrder::GoAvailable);
        assert_eq!(world.duty("sara"), Duty::Ringing);
        world.pass(seconds(15));
        assert_eq!(world.duty("sara"), Duty::Available);
    }

    #[test]
    fn an_answer_in_between_makes_two_misses_not_in_a_row() {
        let (mut world, first) = ringing();
        world.pass(seconds(15));
        world.leave(first, Departure::CallerLeft);
        world.caller(ARABIC);
        world.pass(seconds(10));
        world.serve("sara", seconds(60));
        world.caller(ARABIC);
        world.pass(seconds(15));
        assert_eq!(world.duty("sara"), Duty::Available);
    }

    #[test]
    fn a_rejected_call_goes_to_another_and_keeps_its_place() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        let first = world.caller(ARABIC);
        let second = world.caller(ARABIC);
        world.decline("sara");
        assert_eq!(results(&world), [Settlement::Rejected]);
        world.agent("mona", ARABIC);
        assert_eq!(world.rung("mona"), Some(first));
        world.pass(seconds(10));
        assert_eq!(world.rung("sara"), Some(second));
    }

    #[test]
    fn who_refused_is_asked_again_only_when_the_step_widens() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        let mut entry = world.entry(ARABIC);
        entry.need = need(&[(0, ARABIC), (40, &[("lang.ar", 1)])]);
        let ticket = world.enter(entry);
        world.decline("sara");
        world.pass(seconds(39));
        assert_eq!(world.rung("sara"), None);
        world.pass(seconds(1));
        assert_eq!(world.rung("sara"), Some(ticket));
    }

    #[test]
    fn an_unreachable_agent_is_missed_at_once() {
        let (mut world, ticket) = ringing();
        let offer = world.offer("sara");
        world.hear(Input::Unreachable { offer });
        assert_eq!(world.duty("sara"), Duty::Missed);
        world.agent("mona", ARABIC);
        assert_eq!(world.rung("mona"), Some(ticket));
    }

    #[test]
    fn a_lost_desk_that_rings_is_unreachable() {
        let (mut world, _) = ringing();
        world.hear(Input::Lost { agent: name("sara") });
        assert_eq!(results(&world), [Settlement::Unreachable]);
        assert_eq!(world.duty("sara"), Duty::Missed);
    }

    #[test]
    fn a_caller_who_hangs_up_while_it_rings_costs_the_agent_nothing() {
        let (mut world, ticket) = ringing();
        let offer = world.offer("sara");
        world.leave(ticket, Departure::CallerLeft);
        let why = Withdrawal::CallerLeft;
        assert!(world.log.contains(&Output::Withdraw { offer, agent: name("sara"), why }));
        let standing = world.standing("sara");
        assert_eq!((standing.duty, standing.cooling_until), (Duty::Available, None));
    }

    #[test]
    fn a_hang_up_that_a_worker_saw_first_beats_the_answer() {
        let (mut world, ticket) = ringing();
        let left = world.group.roster().leave(&ticket, Departure::CallerLeft);
        assert!(left.is_ok());
        world.accept("sara");
        world.leave(ticket, Departure::CallerLeft);
        assert_eq!(world.count(|output| matches!(output, Output::Connect { .. })), 0);
        assert_eq!(world.count(|output| matches!(output, Output::TooLate { .. })), 1);
        let sums = world.group.sums();
        assert_eq!((sums.connected, sums.left, sums.breaches), (0, 1, 0));
        assert_eq!(world.duty("sara"), Duty::Available);
    }

    #[test]
    fn a_hang_up_after_the_answer_leaves_the_line_to_the_talk() {
        let (mut world, ticket) = ringing();
        world.accept("sara");
        assert!(world.group.roster().leave(&ticket, Departure::CallerLeft).is_err());
        world.leave(ticket, Departure::CallerLeft);
        let sums = world.group.sums();
        assert_eq!((sums.connected, sums.left), (1, 0));
    }

    #[test]
    fn a_break_asked_for_while_it_rings_begins_when_the_ring_is_over() {
        let (mut world, ticket) = ringing();
        world.away("sara");
        let standing = world.standing("sara");
        assert_eq!((standing.duty, standing.pending), (Duty::Ringing, Some(Pending::Away)));
        world.decline("sara");
        let standing = world.standing("sara");
        assert_eq!((standing.duty, standing.reason.as_deref()), (Duty::Away, Some("prayer")));
        world.pass(seconds(60));
        assert_eq!(world.rung("sara"), None);
        world.agent("mona", ARABIC);
        assert_eq!(world.rung("mona"), Some(ticket));
    }

    #[test]
    fn a_lease_without_its_timer_is_swept_and_counted() {
        let (mut world, ticket) = ringing();
        world.group.deadlines.clear(Timer::RingEnds(AgentSlot(0)));
        while world.group.sums().breaches == 0 {
            let (at, _) = world.group.poll_timeout().unwrap();
            world.now = at;
            world.group.handle_timeout(at);
        }
        assert!(world.group.sums().breaches == 1);
        assert_eq!(world.rung("sara"), Some(ticket));
    }
}
