//! Matching: agents who became ready and tickets that may be taken, until nothing fits.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::base::time::Moment;
use crate::routing::decide::{AgentRank, CallRank, best, pair_hash};
use crate::routing::event::Candidates;
use crate::routing::group::{Group, StaffNews};
use crate::routing::line::Shape;
use crate::routing::post::Business;
use crate::routing::roster::{AgentSlot, Row, TicketSlot, slots};
use crate::routing::skill::Band;
use crate::routing::ticket::{Stage, Waiter};

/// A call that is to be matched: the most pressing one that a freed agent may take, or one that is
/// new to the agents who are ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Wish {
    rank: CallRank,
    ticket: TicketSlot,
    /// The freed agent, and out of how many calls she chose.
    wisher: Option<(AgentSlot, u32)>,
}

impl Group {
    /// Leases whoever fits whom: the most pressing call that somebody may take goes to the best
    /// agent who may take it, again and again.
    ///
    /// Only who is new to the others can fit, so only agents who became ready wish for a call, and
    /// only tickets that others than before may take wish for themselves.
    pub(super) fn match_all(&mut self, now: Moment) {
        if self.staff == StaffNews::Shrunk {
            self.staff = StaffNews::None;
            self.skip_void_steps(now);
        }
        let agents = std::mem::take(&mut self.eager_agents);
        let tickets = std::mem::take(&mut self.eager_tickets);
        let mut wishes: BTreeSet<Wish> =
            agents.into_iter().filter_map(|agent| self.wish_of(agent, now)).collect();
        wishes.extend(tickets.into_iter().map(|ticket| Wish {
            rank: self.call_rank(ticket, now),
            ticket,
            wisher: None,
        }));
        while let Some(wish) = wishes.pop_first() {
            if let Some((rank, agent, agents)) = self.choose_agent(wish.ticket, now) {
                let calls = wish.wisher.map(|(_, calls)| Candidates::Calls(calls));
                let candidates = calls.unwrap_or(Candidates::Agents(agents));
                // A caller who left a moment ago, unheard yet, makes way for the next.
                let _ = self.lease(agent, wish.ticket, (rank, candidates), now);
            }
            // Another may have got the call that she wished for.
            let unserved = wish.wisher.filter(|(agent, _)| self.is_ready(*agent));
            wishes.extend(unserved.and_then(|(agent, _)| self.wish_of(agent, now)));
        }
    }

    /// Whether somebody on duty meets the terms of that step.
    pub(super) fn is_staffed(&self, waiter: &Waiter, step: usize) -> bool {
        let filter = self.roster.filter(waiter.entry.need.terms(step));
        (0..self.words()).any(|word| self.roster.eligible(Row::OnDuty, &filter, word) != 0)
    }

    /// The words of a row that hold agents.
    pub(super) fn words(&self) -> usize {
        self.posts.len().div_ceil(64)
    }

    /// On the last step no wider one will clear the refusals: when everybody on duty who could take
    /// the caller has refused, all are asked again, each after her cool-down.
    pub(super) fn forgive(&mut self, ticket: TicketSlot) {
        let waiter = self.waiter(ticket);
        if waiter.refusals.is_empty() || waiter.step != waiter.entry.need.last() {
            return;
        }
        let filter = self.roster.filter(waiter.entry.need.terms(waiter.step));
        let all_refused = (0..self.words())
            .flat_map(|word| slots(word, self.roster.eligible(Row::OnDuty, &filter, word)))
            .all(|agent| waiter.refusals.contains(&agent));
        if all_refused {
            self.waiter_mut(ticket).refusals.clear();
            self.eager_tickets.insert(ticket);
        }
    }

    fn wish_of(&self, agent: AgentSlot, now: Moment) -> Option<Wish> {
        let (rank, ticket, calls) = self.choose_call(agent, now)?;
        Some(Wish { rank, ticket, wisher: Some((agent, calls)) })
    }

    fn choose_call(&self, agent: AgentSlot, now: Moment) -> Option<(CallRank, TicketSlot, u32)> {
        let levels = &self.post(agent).levels;
        let heads =
            self.lines.iter().filter(|shape| shape.filter.accepts(levels)).filter_map(|shape| {
                let mut line = shape.line.iter();
                let head = line.find(|place| self.may_have(agent, place.ticket, now))?;
                Some((shape.rank(head, now), head.ticket))
            });
        best(heads)
    }

    pub(super) fn choose_agent(
        &self,
        ticket: TicketSlot,
        now: Moment,
    ) -> Option<(AgentRank, AgentSlot, u32)> {
        let waiter = self.waiters.get(ticket.index()).and_then(Option::as_ref)?;
        let filter = match waiter.stage {
            Stage::InLine(shape) => &self.lines.shape(shape).filter,
            Stage::Arriving | Stage::Offered(_) => return None,
        };
        let accepted = (0..self.words())
            .flat_map(|word| slots(word, self.roster.eligible(Row::Ready, filter, word)));
        let candidates = accepted
            .filter(|agent| self.may_have(*agent, ticket, now))
            .map(|agent| (self.agent_rank(agent, ticket, now), agent));
        best(candidates)
    }

    /// Whether, skills and readiness apart, the agent may be offered the ticket.
    fn may_have(&self, agent: AgentSlot, ticket: TicketSlot, now: Moment) -> bool {
        let waiter = self.waiter(ticket);
        if waiter.refusals.contains(&agent) {
            return false;
        }
        !self.is_kept_from(agent, waiter, now)
    }

    /// Whether the ticket waits for its preferred agent alone, and this is another one.
    pub(super) fn is_kept_from(&self, agent: AgentSlot, waiter: &Waiter, now: Moment) -> bool {
        let preferred = waiter.preferred(now).and_then(|preferred| self.agents.get(preferred));
        preferred.is_some_and(|preferred| *preferred != agent && self.is_on_duty(*preferred))
    }

    fn agent_rank(&self, agent: AgentSlot, ticket: TicketSlot, now: Moment) -> AgentRank {
        let post = self.post(agent);
        let waiter = self.waiter(ticket);
        let band = match waiter.stage {
            Stage::InLine(shape) => self.lines.shape(shape).filter.band(&post.levels),
            Stage::Arriving | Stage::Offered(_) => Band::default(),
        };
        AgentRank {
            band: Reverse(band),
            occupancy_ppm: post.occupancy.ppm(now),
            idle_since: post.idle_since,
            hash: pair_hash(post.hash, waiter.hash),
        }
    }

    fn call_rank(&self, ticket: TicketSlot, now: Moment) -> CallRank {
        let waiter = self.waiter(ticket);
        CallRank {
            class: waiter.entry.class,
            precedence: waiter.precedence(),
            wait: waiter.origin.wait(now),
            target: waiter.entry.target_wait,
            origin: waiter.origin,
            sequence: waiter.sequence,
        }
    }

    fn leased(&self, agent: AgentSlot) -> Option<TicketSlot> {
        match &self.post(agent).business {
            Business::Offered(lease) => Some(lease.ticket),
            Business::Free | Business::Talk(_) | Business::WrapUp(_) => None,
        }
    }

    /// Steps that nobody on duty can meet any more give way to the next.
    fn skip_void_steps(&mut self, now: Moment) {
        let words = self.words();
        let staffed = |shape: &&Shape| {
            (0..words).any(|word| self.roster.eligible(Row::OnDuty, &shape.filter, word) != 0)
        };
        let mut void: Vec<TicketSlot> = self
            .lines
            .iter()
            .filter(|shape| !staffed(shape))
            .flat_map(|shape| shape.line.iter().map(|place| place.ticket))
            .collect();
        // Whoever rings may have lost the skill that the caller asked for.
        let rung = self.offers.values().filter_map(|agent| self.leased(*agent));
        void.extend(rung);
        for ticket in void {
            self.advance_step(ticket, now);
        }
        let waiting: Vec<TicketSlot> = self
            .lines
            .iter()
            .flat_map(|shape| shape.line.iter().map(|place| place.ticket))
            .collect();
        for ticket in waiting {
            self.forgive(ticket);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::routing::group::DutyOrder;
    use crate::routing::group::world::{World, demands, name, need, seconds, terms};
    use crate::routing::need::Need;
    use crate::routing::ticket::{Class, Departure, Place, Prefer};

    const ARABIC: &[(&str, u8)] = &[("lang.ar", 3)];

    #[test]
    fn the_band_counts_and_not_the_raw_level() {
        let mut world = World::new();
        world.agent("five", &[("lang.ar", 5)]);
        world.agent("three", &[("lang.ar", 3)]);
        world.caller(ARABIC);
        assert!(world.rung("five").is_some(), "the better band is first");
        world.serve("five", seconds(60));
        world.agent("four", &[("lang.ar", 4)]);
        world.caller(ARABIC);
        assert!(world.rung("four").is_some(), "in one band the less busy is first");
    }

    #[test]
    fn among_equals_the_longest_idle_is_first_and_a_miss_does_not_reset_it() {
        let mut world = World::new();
        world.agent("early", ARABIC);
        world.pass(seconds(5));
        world.agent("late", ARABIC);
        let ticket = world.caller(ARABIC);
        assert_eq!(world.rung("early"), Some(ticket));
        world.pass(seconds(15));
        assert_eq!(world.rung("late"), Some(ticket));
        world.leave(ticket, Departure::CallerLeft);
        world.pass(seconds(10));
        let next = world.caller(ARABIC);
        assert_eq!(world.rung("early"), Some(next));
    }

    #[test]
    fn a_lone_agent_who_declined_is_asked_again_after_her_cool_down() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        let ticket = world.caller(ARABIC);
        assert_eq!(world.rung("sara"), Some(ticket));
        world.decline("sara");
        assert_eq!(world.rung("sara"), None, "she cools down first");
        world.pass(seconds(10));
        assert_eq!(world.rung("sara"), Some(ticket));
    }

    #[test]
    fn who_declined_is_asked_again_when_the_others_go_home() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.agent("noor", ARABIC);
        let ticket = world.caller(ARABIC);
        let first = if world.rung("sara").is_some() { "sara" } else { "noor" };
        let other = if first == "sara" { "noor" } else { "sara" };
        world.decline(first);
        assert_eq!(world.rung(other), Some(ticket));
        world.pass(seconds(11));
        world.order(other, DutyOrder::SignOut);
        world.pass(seconds(5));
        assert_eq!(world.rung(first), Some(ticket));
    }

    #[test]
    fn a_freed_agent_takes_the_class_then_the_need_then_the_age() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.away("sara");
        world.agent("busy", ARABIC);
        world.caller(ARABIC);
        let mut patient = world.entry(ARABIC);
        patient.target_wait = seconds(200);
        let patient = world.enter(patient);
        world.pass(seconds(5));
        let (first, second) = (world.caller(ARABIC), world.caller(ARABIC));
        let mut urgent = world.entry(ARABIC);
        urgent.class = Class::EMERGENCY;
        let urgent = world.enter(urgent);
        let mut head = world.entry(ARABIC);
        head.place = Place::Head;
        let head = world.enter(head);
        world.accept("busy");
        world.pass(seconds(5));
        let mut served = Vec::new();
        world.order("sara", DutyOrder::GoAvailable);
        while let Some(ticket) = world.rung("sara") {
            served.push(ticket);
            world.serve("sara", seconds(1));
        }
        assert_eq!(served, [urgent, head, first, second, patient]);
    }

    #[test]
    fn of_two_agents_who_free_at_once_the_better_one_gets_the_call() {
        let mut world = World::new();
        world.agent("fair", &[("lang.ar", 1)]);
        world.agent("best", &[("lang.ar", 5)]);
        for _ in 0..2 {
            world.caller(&[("lang.ar", 1)]);
        }
        world.accept("fair");
        world.accept("best");
        world.release("fair");
        world.release("best");
        let ticket = world.caller(&[("lang.ar", 1)]);
        world.pass(seconds(30));
        assert_eq!(world.rung("best"), Some(ticket));
        assert_eq!(world.rung("fair"), None);
    }

    #[test]
    fn a_heavy_queue_does_not_block_an_agent_for_a_light_one() {
        let mut world = World::new();
        world.agent("power", &[("entity.power", 5)]);
        world.agent("water", &[("entity.water", 5)]);
        for _ in 0..20 {
            world.caller(&[("entity.power", 3)]);
        }
        let light = world.caller(&[("entity.water", 3)]);
        assert_eq!(world.rung("water"), Some(light));
    }

    #[test]
    fn an_agent_who_is_away_stops_nobody() {
        let mut world = World::new();
        world.agent("away", &[("lang.ar", 5)]);
        world.away("away");
        world.agent("free", ARABIC);
        let ticket = world.caller(ARABIC);
        assert_eq!(world.rung("free"), Some(ticket));
    }

    #[test]
    fn one_of_the_any_list_will_do() {
        let mut world = World::new();
        world.agent("french", &[("lang.ar", 3), ("lang.fr", 2)]);
        world.agent("urdu", &[("lang.ar", 3), ("lang.ur", 4)]);
        let mut entry = world.entry(ARABIC);
        let mut wanted = terms(ARABIC);
        wanted.any = demands(&[("lang.fr", 4), ("lang.ur", 4), ("lang.unheard", 1)]);
        entry.need = Need::simple(wanted).unwrap();
        let ticket = world.enter(entry);
        assert_eq!(world.rung("urdu"), Some(ticket));
    }

    #[test]
    fn the_preferred_agent_has_her_caller_alone_for_a_while() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.caller(ARABIC);
        world.accept("sara");
        world.agent("mona", ARABIC);
        let mut entry = world.entry(ARABIC);
        entry.prefer = Some(Prefer { agent: name("sara"), window: seconds(20) });
        let ticket = world.enter(entry);
        world.pass(seconds(19));
        assert_eq!(world.rung("mona"), None);
        world.pass(seconds(1));
        assert_eq!(world.rung("mona"), Some(ticket));
    }

    #[test]
    fn a_preferred_agent_who_goes_off_duty_frees_her_caller() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.caller(ARABIC);
        world.accept("sara");
        world.agent("mona", ARABIC);
        let mut entry = world.entry(ARABIC);
        entry.prefer = Some(Prefer { agent: name("sara"), window: seconds(60) });
        let ticket = world.enter(entry);
        assert_eq!(world.rung("mona"), None);
        world.away("sara");
        world.release("sara");
        assert_eq!(world.rung("mona"), Some(ticket));
    }

    #[test]
    fn a_step_that_begins_opens_the_call_to_more_agents() {
        let mut world = World::new();
        world.agent("power", &[("lang.ar", 3), ("entity.power", 3)]);
        world.caller(ARABIC);
        world.accept("power");
        world.agent("other", ARABIC);
        let mut entry = world.entry(ARABIC);
        entry.need = need(&[(0, &[("lang.ar", 3), ("entity.power", 3)]), (40, ARABIC)]);
        let ticket = world.enter(entry);
        world.pass(seconds(39));
        assert_eq!(world.rung("other"), None);
        world.pass(seconds(1));
        assert_eq!(world.rung("other"), Some(ticket));
    }

    #[test]
    fn a_step_that_nobody_on_duty_can_meet_is_skipped_at_once() {
        let mut world = World::new();
        world.agent("other", ARABIC);
        let mut entry = world.entry(ARABIC);
        entry.need = need(&[(0, &[("lang.ar", 3), ("entity.power", 3)]), (40, ARABIC)]);
        let ticket = world.enter(entry);
        assert_eq!(world.rung("other"), Some(ticket));
    }
}
