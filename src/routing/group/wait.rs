//! Tickets: entering, widening, being told their place, leaving and overflowing.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::base::id::TicketId;
use crate::base::time::Moment;
use crate::routing::deadline::Timer;
use crate::routing::decide::stable_hash;
use crate::routing::event::{Breach, Fact, Waits, Widening};
use crate::routing::group::{Group, Output, millis};
use crate::routing::muster::{Asks, Occasion};
use crate::routing::offer::{Settlement, Withdrawal};
use crate::routing::roster::{Row, TicketSlot, TicketState};
use crate::routing::ticket::{Departure, Entry, Origin, Overflow, Place, Stage, Waiter};

impl Group {
    pub(super) fn enter(&mut self, now: Moment, entry: Box<Entry>) {
        // Waiting or in talk: its word is one, and its slot.
        if self.roster.ticket(&entry.ticket).is_some() {
            self.breach(now, Breach::EnteredTwice, None, Some(entry.ticket));
            return;
        }
        let (carried, who) = match entry.place {
            Place::Carried(age) => (age, Waits::Caller),
            Place::CallBack(age) => (age, Waits::CallBack),
            Place::Joining | Place::Head => (Duration::ZERO, Waits::Caller),
        };
        self.sums.entered += 1;
        let fact = Fact::Entered {
            ticket: entry.ticket,
            call: entry.call,
            queue: entry.queue.clone(),
            entity: entry.entity.clone(),
            class: entry.class,
            carried_ms: millis(carried),
            who,
        };
        self.tell(now, fact);
        let asks = Box::new(Asks::of(&entry));
        self.tell(now, Fact::Asked { ticket: entry.ticket, call: entry.call, asks });
        self.sequence += 1;
        let waiter = Waiter {
            sequence: self.sequence,
            entered: now,
            origin: Origin::of(now, carried),
            hash: stable_hash(&entry.ticket.to_string()),
            step: 0,
            stage: Stage::Arriving,
            refusals: BTreeSet::new(),
            told: None,
            promised: None,
            entry,
        };
        match self.admit(&waiter, now) {
            Ok(slot) => self.line_up(slot, waiter, now),
            Err(outcome) => {
                self.explain_end(&waiter, Occasion::TurnedAway, now);
                self.overflow(&waiter, outcome, now);
            }
        }
    }

    /// How long a ticket that waits has waited by the clock of its place; `None` when it is settled.
    #[must_use]
    pub fn routing_wait(&self, ticket: &TicketId, now: Moment) -> Option<Duration> {
        let slot = self.tickets.get(ticket)?;
        Some(self.waiter(*slot).origin.wait(now))
    }

    pub(super) fn leave(&mut self, now: Moment, ticket: TicketId, why: Departure) {
        // Who is settled already, connected or gone, leaves nothing here.
        let Some(slot) = self.tickets.get(&ticket).copied() else { return };
        // The loser of this swap finds that a worker marked the ticket first.
        let _ = self.roster.leave(&ticket, why);
        self.depart(slot, now);
    }

    /// The ticket's word says that the caller left: he is settled as such.
    pub(super) fn depart(&mut self, slot: TicketSlot, now: Moment) {
        let state = self.roster.read_ticket(slot).state;
        let why = match state {
            TicketState::Left(why) => why,
            TicketState::Vacant
            | TicketState::Waiting
            | TicketState::Offered(_)
            | TicketState::Connected(_)
            | TicketState::Overflowed => {
                self.ticket_adrift(slot, now);
                Departure::CallerLeft
            }
        };
        self.end_ring(slot, Withdrawal::CallerLeft, Settlement::CallerGone, now);
        let waiter = self.take_out(slot);
        let entry = waiter.entry;
        self.sums.left += 1;
        self.roster.close_ticket(&entry.ticket, slot);
        self.free_tickets.push(slot);
        let fact = Fact::Left {
            ticket: entry.ticket,
            call: entry.call,
            queue: entry.queue,
            entity: entry.entity,
            why,
            waited_ms: millis(now.since(waiter.entered)),
        };
        self.tell(now, fact);
    }

    /// The ticket has waited as long as it may.
    pub(super) fn time_out(&mut self, slot: TicketSlot, now: Moment) {
        let mut seen = self.roster.read_ticket(slot);
        loop {
            match seen.state {
                TicketState::Waiting | TicketState::Offered(_) => {}
                TicketState::Vacant
                | TicketState::Connected(_)
                | TicketState::Left(_)
                | TicketState::Overflowed => {
                    self.depart(slot, now);
                    return;
                }
            }
            match self.roster.swap_ticket(slot, seen, TicketState::Overflowed) {
                Ok(_) => break,
                Err(present) => seen = present,
            }
        }
        self.end_ring(slot, Withdrawal::TimedOut, Settlement::TimedOut, now);
        let waiter = self.take_out(slot);
        self.roster.close_ticket(&waiter.entry.ticket, slot);
        self.free_tickets.push(slot);
        self.explain_end(&waiter, Occasion::TimedOut, now);
        self.overflow(&waiter, Overflow::Timeout, now);
    }

    /// Makes the step active that the clock and the staff demand. It never goes back.
    pub(super) fn advance_step(&mut self, slot: TicketSlot, now: Moment) {
        let waiter = self.waiter(slot);
        let (step, why) = self.step_due(waiter, now);
        let next = waiter.entry.need.steps().get(step + 1);
        match next.map(|next| waiter.origin.after(next.after)) {
            Some(at) => self.deadlines.set(Timer::StepBegins(slot), at),
            None => self.deadlines.clear(Timer::StepBegins(slot)),
        }
        let waiter = self.waiter(slot);
        if step == waiter.step {
            return;
        }
        let (ticket, call) = (waiter.entry.ticket, waiter.entry.call);
        match waiter.stage {
            Stage::InLine(shape) => {
                let waiter = self.waiters.get(slot.index()).and_then(Option::as_ref);
                let waiter = waiter.expect("a ticket that is not settled has a waiter");
                self.lines.quit(shape, slot, waiter);
                self.widen(slot, step);
                self.stand_in_line(slot);
            }
            Stage::Arriving | Stage::Offered(_) => self.widen(slot, step),
        }
        self.tell(now, Fact::Widened { ticket, call, step, why });
        self.ask_why(slot, Occasion::Widened);
    }

    /// Tells the caller a changed place, and again after a while.
    pub(super) fn tell_place(&mut self, slot: TicketSlot, now: Moment) {
        self.deadlines.set(Timer::PlaceTold(slot), now + self.settings.place_every);
        let waiter = self.waiters.get(slot.index()).and_then(Option::as_ref);
        let waiter = waiter.expect("a ticket that is not settled has a waiter");
        let shape = match waiter.stage {
            Stage::InLine(shape) => shape,
            // Whoever is ringing for him will tell him more than a number.
            Stage::Arriving | Stage::Offered(_) => return,
        };
        let subject = (shape, slot, waiter);
        let (ahead, staff) = self.lines.ahead(&self.roster, self.staff_version, subject, now);
        let position = ahead.position();
        let book = self.queues.get(&waiter.entry.queue);
        let expected = book.and_then(|book| book.handling.expected(now, position, staff));
        if waiter.told == Some((position, expected)) {
            return;
        }
        let (ticket, call) = (waiter.entry.ticket, waiter.entry.call);
        let waiter = self.waiter_mut(slot);
        waiter.told = Some((position, expected));
        waiter.promised = waiter.promised.or(expected);
        self.outputs.push_back(Output::Place { ticket, call, position, expected });
    }

    /// Takes a ticket that is being settled out of everything but its slot.
    pub(super) fn take_out(&mut self, slot: TicketSlot) -> Waiter {
        let waiter = self.waiters.get_mut(slot.index()).and_then(Option::take);
        let waiter = waiter.expect("a ticket that is not settled has a waiter");
        match waiter.stage {
            Stage::InLine(shape) => self.lines.quit(shape, slot, &waiter),
            Stage::Arriving | Stage::Offered(_) => {}
        }
        self.eager_tickets.remove(&slot);
        self.tickets.remove(&waiter.entry.ticket);
        if let Some(book) = self.queues.get_mut(&waiter.entry.queue) {
            book.waiting.remove(&(waiter.entered, waiter.sequence));
        }
        for timer in [
            Timer::StepBegins(slot),
            Timer::PreferEnds(slot),
            Timer::WaitEnds(slot),
            Timer::PlaceTold(slot),
        ] {
            self.deadlines.clear(timer);
        }
        waiter
    }

    /// A slot for the ticket, or why it is not let in.
    fn admit(&mut self, waiter: &Waiter, now: Moment) -> Result<TicketSlot, Overflow> {
        match waiter.entry.place {
            Place::Joining | Place::Carried(_) => self.may_join(waiter)?,
            // Who lost the agent in mid-talk was let in once, and is not turned away at the door.
            Place::Head | Place::CallBack(_) => {}
        }
        if waiter.give_up_at() <= now {
            return Err(Overflow::Timeout);
        }
        self.ticket_slot().ok_or(Overflow::Full)
    }

    fn may_join(&self, waiter: &Waiter) -> Result<(), Overflow> {
        let entry = &waiter.entry;
        let waiting = self.queues.get(&entry.queue).map_or(0, |book| book.waiting.len());
        if entry.cap.is_some_and(|cap| cap <= waiting) {
            return Err(Overflow::Full);
        }
        let staff = self.staff_of_last_step(waiter);
        let room = entry
            .waiting_per_agent
            .map(|ratio| usize::try_from(ratio).unwrap_or(usize::MAX).saturating_mul(staff));
        if 0 < staff && room.is_some_and(|room| room <= waiting) {
            return Err(Overflow::Full);
        }
        if staff == 0 { Err(Overflow::NoAgents) } else { Ok(()) }
    }

    fn staff_of_last_step(&self, waiter: &Waiter) -> usize {
        let need = &waiter.entry.need;
        let filter = self.roster.filter(need.terms(need.last()));
        let ones = |word| self.roster.eligible(Row::OnDuty, &filter, word).count_ones();
        let staff: u32 = (0..self.words()).map(ones).sum();
        usize::try_from(staff).unwrap_or(usize::MAX)
    }

    fn ticket_slot(&mut self) -> Option<TicketSlot> {
        if let Some(slot) = self.free_tickets.pop() {
            return Some(slot);
        }
        let next = u16::try_from(self.waiters.len()).ok()?;
        if self.roster.capacity().tickets <= next {
            return None;
        }
        self.waiters.push(None);
        Some(TicketSlot(next))
    }

    fn line_up(&mut self, slot: TicketSlot, mut waiter: Waiter, now: Moment) {
        self.roster.open_ticket(waiter.entry.ticket, slot);
        // The steps that are over on arrival are no news.
        waiter.step = self.step_due(&waiter, now).0;
        self.tickets.insert(waiter.entry.ticket, slot);
        let book = self.queues.entry(waiter.entry.queue.clone()).or_default();
        book.waiting.insert((now, waiter.sequence));
        self.deadlines.set(Timer::WaitEnds(slot), waiter.give_up_at());
        if let Some(prefer) = &waiter.entry.prefer {
            self.deadlines.set(Timer::PreferEnds(slot), now + prefer.window);
        }
        let room = self.waiters.get_mut(slot.index()).expect("a slot within the waiters");
        *room = Some(waiter);
        self.stand_in_line(slot);
        self.ask_why(slot, Occasion::Entered);
        self.advance_step(slot, now);
        self.match_all(now);
        if self.waiters.get(slot.index()).is_some_and(Option::is_some) {
            self.tell_place(slot, now);
        }
        self.keep_sweeping(now);
    }

    /// The step that the clock makes active, or the first after it that somebody on duty could
    /// meet, or the last.
    fn step_due(&self, waiter: &Waiter, now: Moment) -> (usize, Widening) {
        let need = &waiter.entry.need;
        let mut step = need.by_clock(waiter.origin.wait(now)).max(waiter.step);
        let mut why = Widening::Clock;
        while step < need.last() && !self.is_staffed(waiter, step) {
            step += 1;
            why = Widening::NobodyOnDuty;
        }
        (step, why)
    }

    fn widen(&mut self, slot: TicketSlot, step: usize) {
        let waiter = self.waiter_mut(slot);
        waiter.step = step;
        waiter.refusals.clear();
    }

    /// If the ticket rings at somebody's, that ends.
    fn end_ring(&mut self, slot: TicketSlot, why: Withdrawal, result: Settlement, now: Moment) {
        match self.waiter(slot).stage {
            Stage::Arriving | Stage::InLine(_) => {}
            Stage::Offered(agent) => {
                self.withdraw(agent, why);
                self.settle(agent, result, now);
            }
        }
    }

    fn overflow(&mut self, waiter: &Waiter, outcome: Overflow, now: Moment) {
        let entry = &waiter.entry;
        self.sums.overflowed += 1;
        let (ticket, call) = (entry.ticket, entry.call);
        let fact = Fact::Overflowed {
            ticket,
            call,
            queue: entry.queue.clone(),
            entity: entry.entity.clone(),
            outcome,
            waited_ms: millis(now.since(waiter.entered)),
        };
        self.outputs.push_back(Output::Overflow { ticket, call, outcome });
        self.tell(now, fact);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::group::world::{World, need, seconds};
    use crate::routing::roster::Capacity;

    const ARABIC: &[(&str, u8)] = &[("lang.ar", 3)];

    /// One agent, who talks.
    fn busy() -> World {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.caller(ARABIC);
        world.accept("sara");
        world
    }

    fn places(world: &World, wanted: TicketId) -> Vec<u32> {
        let place = |output: &Output| {
            let Output::Place { ticket, position, .. } = output else { return None };
            (*ticket == wanted).then_some(*position)
        };
        world.log.iter().filter_map(place).collect()
    }

    #[test]
    fn nobody_on_duty_for_the_last_step_overflows_on_entry() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        let ticket = world.caller(&[("lang.en", 1)]);
        assert_eq!(world.overflow(ticket), Some(Overflow::NoAgents));
        world.away("sara");
        let ticket = world.caller(ARABIC);
        assert_eq!(world.overflow(ticket), Some(Overflow::NoAgents));
    }

    #[test]
    fn a_queue_at_its_cap_is_full() {
        let mut world = busy();
        for expected in [None, None, Some(Overflow::Full)] {
            let mut entry = world.entry(ARABIC);
            entry.cap = Some(2);
            let ticket = world.enter(entry);
            assert_eq!(world.overflow(ticket), expected);
        }
    }

    #[test]
    fn a_queue_over_its_ratio_to_staff_is_full() {
        let mut world = busy();
        world.agent("mona", ARABIC);
        world.away("mona");
        for expected in [None, Some(Overflow::Full)] {
            let mut entry = world.entry(ARABIC);
            entry.waiting_per_agent = Some(1);
            let ticket = world.enter(entry);
            assert_eq!(world.overflow(ticket), expected);
        }
    }

    #[test]
    fn who_lost_the_agent_in_talk_waits_where_others_are_turned_away() {
        let mut world = busy();
        world.caller(ARABIC);
        let mut entry = world.entry(ARABIC);
        (entry.place, entry.cap, entry.waiting_per_agent) = (Place::Head, Some(1), Some(1));
        let ticket = world.enter(entry);
        assert_eq!(world.overflow(ticket), None);

        let mut world = World::new();
        let mut entry = world.entry(ARABIC);
        entry.place = Place::Head;
        let ticket = world.enter(entry);
        assert_eq!(world.overflow(ticket), None);
    }

    #[test]
    fn one_ticket_too_many_is_full() {
        let mut world = World::seeded(1, Capacity { agents: 1, tickets: 2, skills: 1 });
        world.agent("sara", ARABIC);
        let tickets = [world.caller(ARABIC), world.caller(ARABIC), world.caller(ARABIC)];
        let outcomes = tickets.map(|ticket| world.overflow(ticket));
        assert_eq!(outcomes, [None, None, Some(Overflow::Full)]);
        world.leave(tickets[1], Departure::Exit);
        let ticket = world.caller(ARABIC);
        assert_eq!(world.overflow(ticket), None);
    }

    #[test]
    fn the_longest_wait_overflows_even_while_it_rings() {
        let mut world = busy();
        let mut entry = world.entry(ARABIC);
        entry.max_wait = seconds(60);
        let ticket = world.enter(entry);
        world.pass(seconds(50));
        world.agent("mona", ARABIC);
        assert_eq!(world.rung("mona"), Some(ticket));
        let offer = world.offer("mona");
        world.pass(seconds(10));
        assert_eq!(world.overflow(ticket), Some(Overflow::Timeout));
        let why = Withdrawal::TimedOut;
        let agent = crate::base::id::AgentId::from("mona");
        assert!(world.log.contains(&Output::Withdraw { offer, agent, why }));
        assert_eq!(world.standing("mona").cooling_until, None);
    }

    #[test]
    fn a_carried_age_counts_for_the_steps_and_the_longest_wait() {
        let mut world = busy();
        let mut entry = world.entry(ARABIC);
        entry.need = need(&[(0, ARABIC), (40, &[("lang.ar", 1)])]);
        entry.max_wait = seconds(100);
        entry.place = Place::Carried(seconds(70));
        let ticket = world.enter(entry);
        world.pass(seconds(1));
        world.agent("beginner", &[("lang.ar", 1)]);
        assert_eq!(world.rung("beginner"), Some(ticket));
        world.pass(seconds(28));
        assert_eq!(world.overflow(ticket), None);
        world.pass(seconds(1));
        assert_eq!(world.overflow(ticket), Some(Overflow::Timeout));
    }

    #[test]
    fn a_call_back_keeps_the_place_that_the_caller_had() {
        let mut world = busy();
        let first = world.caller(ARABIC);
        world.pass(seconds(30));
        let second = world.caller(ARABIC);
        world.leave(first, Departure::Callback);
        world.pass(seconds(30));
        let mut entry = world.entry(ARABIC);
        entry.place = Place::Carried(seconds(60));
        let call_back = world.enter(entry);
        assert_eq!(places(&world, call_back), [1]);
        world.release("sara");
        world.pass(seconds(30));
        assert_eq!(world.rung("sara"), Some(call_back));
        world.serve("sara", seconds(1));
        assert_eq!(world.rung("sara"), Some(second));
    }

    #[test]
    fn a_place_is_told_when_it_changes_and_at_most_every_five_seconds() {
        let mut world = busy();
        let first = world.caller(ARABIC);
        let second = world.caller(ARABIC);
        let third = world.caller(ARABIC);
        assert_eq!(places(&world, third), [3]);
        world.pass(seconds(60));
        world.leave(first, Departure::CallerLeft);
        world.leave(second, Departure::CallerLeft);
        world.pass(seconds(5));
        assert_eq!(places(&world, third), [3, 1]);
    }

    #[test]
    fn only_who_competes_for_the_same_agents_stands_in_front() {
        let mut world = busy();
        world.agent("water", &[("entity.water", 3)]);
        world.caller(&[("entity.water", 1)]);
        world.accept("water");
        world.caller(ARABIC);
        world.caller(ARABIC);
        let alone = world.caller(&[("entity.water", 1)]);
        assert_eq!(places(&world, alone), [1]);
        let third = world.caller(ARABIC);
        assert_eq!(places(&world, third), [3]);
    }

    #[test]
    fn an_expected_wait_is_told_once_there_are_samples() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        for _ in 0..6 {
            world.caller(ARABIC);
            world.serve("sara", seconds(60));
        }
        world.caller(ARABIC);
        world.accept("sara");
        let ticket = world.caller(ARABIC);
        let told = world.log.iter().rev().find_map(|output| {
            let Output::Place { ticket: told, expected, .. } = output else { return None };
            expected.filter(|_| *told == ticket)
        });
        let told = told.expect("six like talks can be trusted");
        assert!(seconds(50) <= told.p50 && told.p80 <= seconds(70), "{told:?}");
    }

    #[test]
    fn a_ticket_that_enters_twice_is_a_breach_and_stays_one() {
        let mut world = busy();
        let entry = world.entry(ARABIC);
        world.enter(entry.clone());
        world.enter(entry);
        assert_eq!(world.group.sums().breaches, 1);
        assert_eq!(world.group.waiting().map(|line| line.waiting).sum::<usize>(), 1);
    }

    #[test]
    fn a_ticket_in_talk_does_not_enter_again() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        let entry = world.entry(ARABIC);
        let ticket = world.enter(entry.clone());
        world.accept("sara");
        world.enter(entry);
        assert_eq!(world.group.sums().breaches, 1);
        assert!(world.group.roster().ticket(&ticket).is_some());
        world.release("sara");
        assert_eq!(world.group.roster().ticket(&ticket), None);
    }

    #[test]
    fn a_caller_whom_only_a_worker_saw_leave_is_swept_into_the_books() {
        let mut world = busy();
        let ticket = world.caller(ARABIC);
        assert!(world.group.roster().leave(&ticket, Departure::CallerLeft).is_ok());
        world.pass(seconds(2));
        assert_eq!(world.group.sums().left, 1);
        assert_eq!(world.group.sums().breaches, 0);
    }
}
