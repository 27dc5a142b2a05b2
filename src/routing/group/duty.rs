//! Agents: who is employed, what they order, and what their duty becomes.

use crate::base::id::AgentId;
use crate::base::time::Moment;
use crate::routing::deadline::Timer;
use crate::routing::decide::stable_hash;
use crate::routing::event::Fact;
use crate::routing::group::{DutyOrder, Group, Output, Refusal, StaffNews, millis};
use crate::routing::muster::Occasion;
use crate::routing::occupancy::{Occupancy, Spending};
use crate::routing::offer::{Settlement, Withdrawal};
use crate::routing::post::{Business, Employment, Post, WrapUp};
use crate::routing::roster::{AgentSlot, AgentState, Duty, Pending, Row};
use crate::routing::skill::Profile;

impl Group {
    pub(super) fn employ(&mut self, now: Moment, agent: AgentId, profile: Profile) {
        let new_skills =
            profile.skills.keys().filter(|skill| !self.roster.knows_skill(skill)).count();
        let skills_max = usize::from(self.roster.capacity().skills);
        if skills_max < self.roster.skill_count() + new_skills {
            self.outputs.push_back(Output::Refused { agent, why: Refusal::TooManySkills });
            return;
        }
        let Some(slot) = self.seat(now, &agent) else {
            self.outputs.push_back(Output::Refused { agent, why: Refusal::TooManyAgents });
            return;
        };
        self.grade(slot, profile);
        if 0 < new_skills {
            self.lines.refilter(&self.roster);
        }
        let state = self.roster.read_agent(slot).state;
        if self.post(slot).employment == Employment::Leaving {
            self.post_mut(slot).employment = Employment::Staying;
            self.turn(slot, AgentState { pending: None, ..state }, now);
        }
        self.staff_version += 1;
        self.staff = StaffNews::Shrunk;
        if self.is_ready(slot) {
            self.eager_agents.insert(slot);
        }
        self.keep_sweeping(now);
    }

    pub(super) fn dismiss(&mut self, slot: AgentSlot, now: Moment) {
        match &self.post(slot).business {
            Business::Free => {}
            Business::Offered(_) => {
                self.withdraw(slot, Withdrawal::AgentLeft);
                self.give_back(slot, Settlement::AgentGone, now);
            }
            Business::WrapUp(wrap_up) => {
                let wrap_up = wrap_up.clone();
                self.handled(slot, &wrap_up, now);
            }
            Business::Talk(_) => {
                self.post_mut(slot).employment = Employment::Leaving;
                let state = self.roster.read_agent(slot).state;
                self.turn(slot, AgentState { pending: Some(Pending::Offline), ..state }, now);
                return;
            }
        }
        self.become_duty(slot, Duty::Offline, now);
        self.unseat(slot);
    }

    pub(super) fn order(&mut self, slot: AgentSlot, order: DutyOrder, now: Moment) {
        match order {
            DutyOrder::SignIn => self.sign_in(slot, now),
            DutyOrder::GoAvailable => self.go_available(slot, now),
            DutyOrder::GoAway { reason } => self.go_away(slot, reason, now),
            DutyOrder::SignOut => self.sign_out(slot, now),
            DutyOrder::EndWrapUp => self.wrap_up_ends(slot, now),
        }
    }

    pub(super) fn lost(&mut self, slot: AgentSlot, now: Moment) {
        match self.roster.read_agent(slot).state.duty {
            Duty::Reserved | Duty::Ringing => {
                self.withdraw(slot, Withdrawal::AgentLeft);
                self.give_back(slot, Settlement::Unreachable, now);
            }
            // The talk's leg has a life of its own; whoever owns it says when it is over.
            Duty::Offline
            | Duty::Available
            | Duty::Talking
            | Duty::Held
            | Duty::WrapUp
            | Duty::Away
            | Duty::Missed => self.sign_out(slot, now),
        }
    }

    pub(super) fn hold(&mut self, slot: AgentSlot, now: Moment) {
        self.change_talk(slot, Duty::Talking, Duty::Held, now);
    }

    pub(super) fn unhold(&mut self, slot: AgentSlot, now: Moment) {
        self.change_talk(slot, Duty::Held, Duty::Talking, now);
    }

    pub(super) fn release(&mut self, slot: AgentSlot, now: Moment) {
        // Only a talk can be released; a release that comes twice finds none.
        let Business::Talk(talk) = &self.post(slot).business else { return };
        let talk = talk.clone();
        self.roster.close_ticket(&talk.ticket, talk.slot);
        self.free_tickets.push(talk.slot);
        let wrap_up =
            WrapUp { queue: talk.queue, talk_since: talk.since, until: now + talk.wrap_up };
        match self.post(slot).employment {
            Employment::Staying => self.begin_wrap_up(slot, wrap_up, now),
            // Whatever she ordered since, she goes.
            Employment::Leaving => {
                self.handled(slot, &wrap_up, now);
                self.become_duty(slot, Duty::Offline, now);
                self.unseat(slot);
            }
        }
    }

    pub(super) fn wrap_up_ends(&mut self, slot: AgentSlot, now: Moment) {
        let Business::WrapUp(wrap_up) = &self.post(slot).business else { return };
        let wrap_up = wrap_up.clone();
        self.handled(slot, &wrap_up, now);
        self.rest(slot, Duty::Available, now);
    }

    pub(super) fn cool_down_ends(&mut self, slot: AgentSlot) {
        self.post_mut(slot).cooling = None;
        self.refresh_ready(slot);
        self.tell_standing(slot);
    }

    /// Nothing occupies her: what was pending takes hold, or `otherwise` does.
    pub(super) fn rest(&mut self, slot: AgentSlot, otherwise: Duty, now: Moment) {
        let pending = self.roster.read_agent(slot).state.pending;
        let duty = match pending {
            Some(Pending::Away) => {
                let post = self.post_mut(slot);
                post.reason = post.pending_reason.take();
                Duty::Away
            }
            Some(Pending::Offline) => Duty::Offline,
            None => otherwise,
        };
        self.become_duty(slot, duty, now);
    }

    /// Her word becomes `next`, and all that hangs on it follows.
    pub(super) fn turn(&mut self, slot: AgentSlot, next: AgentState, now: Moment) {
        let mut seen = self.roster.read_agent(slot);
        while let Err(present) = self.roster.swap_agent(slot, seen, next) {
            seen = present;
        }
        self.turned(slot, seen.state, next, now);
    }

    /// All that hangs on her word follows a change that was made.
    pub(super) fn turned(
        &mut self,
        slot: AgentSlot,
        from: AgentState,
        to: AgentState,
        now: Moment,
    ) {
        if from.duty != to.duty {
            self.duty_changed(slot, from.duty, to.duty, now);
        }
        self.refresh_ready(slot);
        if from != to {
            self.tell_standing(slot);
        }
    }

    pub(super) fn is_ready(&self, slot: AgentSlot) -> bool {
        let available = self.roster.read_agent(slot).state.duty == Duty::Available;
        available && self.post(slot).cooling.is_none()
    }

    pub(super) fn is_on_duty(&self, slot: AgentSlot) -> bool {
        self.roster.read_agent(slot).state.duty.is_on_duty()
    }

    fn sign_in(&mut self, slot: AgentSlot, now: Moment) {
        let state = self.roster.read_agent(slot).state;
        match state.duty {
            Duty::Offline => {
                self.post_mut(slot).idle_since = now;
                self.become_duty(slot, Duty::Away, now);
            }
            // She is here after all: signing out is off, going away is not.
            Duty::Available
            | Duty::Reserved
            | Duty::Ringing
            | Duty::Talking
            | Duty::Held
            | Duty::WrapUp
            | Duty::Away
            | Duty::Missed => match state.pending {
                Some(Pending::Offline) => {
                    self.turn(slot, AgentState { pending: None, ..state }, now);
                }
                Some(Pending::Away) | None => {}
            },
        }
    }

    fn go_available(&mut self, slot: AgentSlot, now: Moment) {
        let state = self.roster.read_agent(slot).state;
        match state.duty {
            // Who is signed out signs in first.
            Duty::Offline => {}
            Duty::Available | Duty::Reserved | Duty::Ringing | Duty::Talking | Duty::Held => {
                self.turn(slot, AgentState { pending: None, ..state }, now);
            }
            Duty::WrapUp => self.wrap_up_ends(slot, now),
            Duty::Away | Duty::Missed => self.become_duty(slot, Duty::Available, now),
        }
    }

    fn go_away(&mut self, slot: AgentSlot, reason: Option<String>, now: Moment) {
        let state = self.roster.read_agent(slot).state;
        match state.duty {
            Duty::Offline => {}
            Duty::Available | Duty::Missed => {
                self.post_mut(slot).reason = reason;
                self.become_duty(slot, Duty::Away, now);
            }
            Duty::WrapUp => {
                self.post_mut(slot).pending_reason = reason;
                self.turn(slot, AgentState { pending: Some(Pending::Away), ..state }, now);
                self.wrap_up_ends(slot, now);
            }
            Duty::Away => {
                self.post_mut(slot).reason = reason;
                self.duty_changed(slot, Duty::Away, Duty::Away, now);
                self.tell_standing(slot);
            }
            Duty::Reserved | Duty::Ringing | Duty::Talking | Duty::Held => {
                self.post_mut(slot).pending_reason = reason;
                self.turn(slot, AgentState { pending: Some(Pending::Away), ..state }, now);
            }
        }
    }

    fn sign_out(&mut self, slot: AgentSlot, now: Moment) {
        let state = self.roster.read_agent(slot).state;
        match state.duty {
            Duty::Offline => {}
            Duty::Available | Duty::Away | Duty::Missed => {
                self.become_duty(slot, Duty::Offline, now);
            }
            Duty::WrapUp => {
                self.turn(slot, AgentState { pending: Some(Pending::Offline), ..state }, now);
                self.wrap_up_ends(slot, now);
            }
            Duty::Reserved | Duty::Ringing | Duty::Talking | Duty::Held => {
                self.turn(slot, AgentState { pending: Some(Pending::Offline), ..state }, now);
            }
        }
    }

    fn change_talk(&mut self, slot: AgentSlot, from: Duty, to: Duty, now: Moment) {
        let state = self.roster.read_agent(slot).state;
        if state.duty == from {
            self.turn(slot, AgentState { duty: to, ..state }, now);
        }
    }

    fn begin_wrap_up(&mut self, slot: AgentSlot, wrap_up: WrapUp, now: Moment) {
        let state = self.roster.read_agent(slot).state;
        if state.pending.is_some() || wrap_up.until <= now {
            self.handled(slot, &wrap_up, now);
            self.rest(slot, Duty::Available, now);
            return;
        }
        self.deadlines.set(Timer::WrapUpEnds(slot), wrap_up.until);
        self.post_mut(slot).business = Business::WrapUp(wrap_up);
        self.become_duty(slot, Duty::WrapUp, now);
    }

    /// The call and all that came of it is behind her.
    fn handled(&mut self, slot: AgentSlot, wrap_up: &WrapUp, now: Moment) {
        self.deadlines.clear(Timer::WrapUpEnds(slot));
        let post = self.post_mut(slot);
        post.business = Business::Free;
        post.idle_since = now;
        let book = self.queues.entry(wrap_up.queue.clone()).or_default();
        book.handling.add(now, now.since(wrap_up.talk_since));
    }

    fn become_duty(&mut self, slot: AgentSlot, duty: Duty, now: Moment) {
        self.turn(slot, AgentState { duty, pending: None, ticket: None }, now);
    }

    fn duty_changed(&mut self, slot: AgentSlot, from: Duty, to: Duty, now: Moment) {
        if to == Duty::Available {
            self.roster.raise(Row::Available, slot);
        } else {
            self.roster.lower(Row::Available, slot);
        }
        if from.is_on_duty() != to.is_on_duty() {
            self.staff_changed(slot, to);
        }
        let post = self.post_mut(slot);
        post.occupancy.spend(now, Spending::of(to));
        if to != Duty::Away {
            post.reason = None;
        }
        let spent = now.since(post.since);
        post.since = now;
        let (agent, reason) = (post.id.clone(), post.reason.clone());
        self.tell(now, Fact::DutyChanged { agent, from, to, reason, spent_ms: millis(spent) });
    }

    fn staff_changed(&mut self, slot: AgentSlot, to: Duty) {
        self.staff_version += 1;
        if to.is_on_duty() {
            self.roster.raise(Row::OnDuty, slot);
            return;
        }
        self.roster.lower(Row::OnDuty, slot);
        self.staff = StaffNews::Shrunk;
        // Who waited for her alone is open to all.
        let agent = self.post(slot).id.clone();
        let waiting_for_her = self.tickets.values().copied().filter(|ticket| {
            let prefer = self.waiter(*ticket).entry.prefer.as_ref();
            prefer.is_some_and(|prefer| prefer.agent == agent)
        });
        let waiting_for_her: Vec<_> = waiting_for_her.collect();
        for ticket in waiting_for_her {
            self.eager_tickets.insert(ticket);
            self.ask_why(ticket, Occasion::Unreserved);
        }
    }

    fn refresh_ready(&mut self, slot: AgentSlot) {
        if self.is_ready(slot) {
            self.roster.raise(Row::Ready, slot);
            self.eager_agents.insert(slot);
        } else {
            self.roster.lower(Row::Ready, slot);
            self.eager_agents.remove(&slot);
        }
    }

    fn tell_standing(&mut self, slot: AgentSlot) {
        let agent = self.post(slot).id.clone();
        let standing = self.standing_of(slot);
        self.outputs.push_back(Output::Duty { agent, standing });
    }

    /// The agent's slot, new if she has none; `None` when the roster is full.
    fn seat(&mut self, now: Moment, agent: &AgentId) -> Option<AgentSlot> {
        if let Some(slot) = self.agents.get(agent) {
            return Some(*slot);
        }
        let slot = match self.free_agents.pop() {
            Some(slot) => slot,
            None => {
                let next = u16::try_from(self.posts.len()).ok()?;
                if self.roster.capacity().agents <= next {
                    return None;
                }
                self.posts.push(None);
                AgentSlot(next)
            }
        };
        let post = Post {
            id: agent.clone(),
            profile: Profile::default(),
            levels: Vec::new(),
            hash: stable_hash(agent.as_str()),
            reason: None,
            pending_reason: None,
            since: now,
            idle_since: now,
            cooling: None,
            misses: 0,
            occupancy: Occupancy::new(self.settings.occupancy_window, now),
            business: Business::Free,
            employment: Employment::Staying,
        };
        *self.posts.get_mut(slot.index())? = Some(Box::new(post));
        self.agents.insert(agent.clone(), slot);
        self.roster.seat(agent.clone(), slot);
        Some(slot)
    }

    fn unseat(&mut self, slot: AgentSlot) {
        self.grade(slot, Profile::default());
        self.deadlines.clear(Timer::CoolDownEnds(slot));
        self.eager_agents.remove(&slot);
        let post = self.posts.get_mut(slot.index()).and_then(Option::take);
        let post = post.expect("a slot that is dealt out has a post");
        self.agents.remove(&post.id);
        self.roster.unseat(&post.id);
        // The slot's next agent has refused nothing.
        for waiter in self.waiters.iter_mut().flatten() {
            waiter.refusals.remove(&slot);
        }
        self.free_agents.push(slot);
    }

    fn grade(&mut self, slot: AgentSlot, profile: Profile) {
        let mut levels = vec![0; self.roster.skill_count() + profile.skills.len()];
        for skill in self.post(slot).profile.skills.keys() {
            if !profile.skills.contains_key(skill) {
                let index = self.roster.skill(skill).expect("a skill that she had has its place");
                self.roster.grade(slot, index, None);
            }
        }
        for (skill, level) in &profile.skills {
            let index = self.roster.skill(skill).expect("room for her skills was found before");
            self.roster.grade(slot, index, Some(*level));
            if let Some(own) = levels.get_mut(index.index()) {
                *own = level.get();
            }
        }
        let post = self.post_mut(slot);
        post.levels = levels;
        post.profile = profile;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::group::Input;
    use crate::routing::group::world::{World, name, need, profile, seconds};
    use crate::routing::roster::Capacity;

    const ARABIC: &[(&str, u8)] = &[("lang.ar", 3)];

    /// Sara talks.
    fn talking() -> World {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.caller(ARABIC);
        world.accept("sara");
        world
    }

    #[test]
    fn who_signs_in_is_away_until_she_says_more() {
        let mut world = World::new();
        world.hear(Input::Employ { agent: name("sara"), profile: profile(ARABIC) });
        assert_eq!(world.duty("sara"), Duty::Offline);
        world.order("sara", DutyOrder::GoAvailable);
        assert_eq!(world.duty("sara"), Duty::Offline);
        world.order("sara", DutyOrder::SignIn);
        assert_eq!(world.duty("sara"), Duty::Away);
        world.order("sara", DutyOrder::GoAvailable);
        assert_eq!(world.duty("sara"), Duty::Available);
    }

    #[test]
    fn after_call_work_follows_the_talk_and_ends_by_itself() {
        let mut world = talking();
        world.hear(Input::Hold { agent: name("sara") });
        assert_eq!(world.duty("sara"), Duty::Held);
        world.hear(Input::Unhold { agent: name("sara") });
        world.pass(seconds(100));
        world.release("sara");
        assert_eq!(world.duty("sara"), Duty::WrapUp);
        world.release("sara");
        world.pass(seconds(29));
        assert_eq!(world.duty("sara"), Duty::WrapUp);
        world.pass(seconds(1));
        assert_eq!(world.duty("sara"), Duty::Available);
    }

    #[test]
    fn an_agent_ends_her_after_call_work_and_is_rung_at_once() {
        let mut world = talking();
        let next = world.caller(ARABIC);
        world.release("sara");
        assert_eq!(world.rung("sara"), None);
        world.order("sara", DutyOrder::EndWrapUp);
        assert_eq!(world.rung("sara"), Some(next));
    }

    #[test]
    fn a_break_asked_for_in_talk_begins_at_the_release() {
        let mut world = talking();
        world.caller(ARABIC);
        world.away("sara");
        assert_eq!(world.standing("sara").pending, Some(Pending::Away));
        assert_eq!(world.duty("sara"), Duty::Talking);
        world.release("sara");
        assert_eq!(world.duty("sara"), Duty::Away);
        assert_eq!(world.rung("sara"), None);
    }

    #[test]
    fn a_sign_out_in_talk_can_be_taken_back() {
        let mut world = talking();
        world.order("sara", DutyOrder::SignOut);
        assert_eq!(world.standing("sara").pending, Some(Pending::Offline));
        world.order("sara", DutyOrder::SignIn);
        assert_eq!(world.standing("sara").pending, None);
        world.order("sara", DutyOrder::SignOut);
        world.release("sara");
        assert_eq!(world.duty("sara"), Duty::Offline);
    }

    #[test]
    fn a_lost_desk_in_talk_ends_the_duty_only_with_the_talk() {
        let mut world = talking();
        world.hear(Input::Lost { agent: name("sara") });
        assert_eq!(world.duty("sara"), Duty::Talking);
        world.release("sara");
        assert_eq!(world.duty("sara"), Duty::Offline);
    }

    #[test]
    fn new_skills_keep_the_duty_and_count_at_once() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.agent("mona", &[("lang.en", 3)]);
        world.away("mona");
        let ticket = world.caller(ARABIC);
        world.decline("sara");
        world.order("mona", DutyOrder::GoAvailable);
        assert_eq!(world.rung("mona"), None);
        let both = profile(&[("lang.en", 3), ("lang.ar", 5)]);
        world.hear(Input::Employ { agent: name("mona"), profile: both });
        assert_eq!(world.rung("mona"), Some(ticket));
        world.hear(Input::Employ { agent: name("mona"), profile: profile(&[]) });
        assert_eq!(world.duty("mona"), Duty::Ringing);
    }

    #[test]
    fn who_is_dismissed_in_talk_goes_when_it_is_over() {
        let mut world = talking();
        world.hear(Input::Dismiss { agent: name("sara") });
        assert_eq!(world.duty("sara"), Duty::Talking);
        world.order("sara", DutyOrder::GoAvailable);
        world.release("sara");
        assert_eq!(world.group.standing(&name("sara")), None);
    }

    #[test]
    fn who_is_dismissed_while_it_rings_stops_ringing() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.agent("mona", ARABIC);
        let ticket = world.caller(ARABIC);
        let (rung, other) =
            if world.rung("sara").is_some() { ("sara", "mona") } else { ("mona", "sara") };
        world.hear(Input::Dismiss { agent: name(rung) });
        assert_eq!(world.rung(other), Some(ticket));
        assert_eq!(world.group.standing(&name(rung)), None);
    }

    #[test]
    fn one_agent_too_many_and_one_skill_too_many_are_refused() {
        let mut world = World::seeded(1, Capacity { agents: 1, tickets: 1, skills: 1 });
        world.agent("sara", ARABIC);
        world.hear(Input::Employ { agent: name("mona"), profile: profile(ARABIC) });
        let (agent, why) = (name("mona"), Refusal::TooManyAgents);
        assert_eq!(world.log.pop(), Some(Output::Refused { agent, why }));
        let more = profile(&[("lang.ar", 5), ("lang.en", 5)]);
        world.hear(Input::Employ { agent: name("sara"), profile: more });
        let (agent, why) = (name("sara"), Refusal::TooManySkills);
        assert_eq!(world.log.pop(), Some(Output::Refused { agent, why }));
    }

    #[test]
    fn the_last_agent_of_a_step_who_goes_makes_the_next_step_hold() {
        let mut world = World::new();
        world.agent("sara", ARABIC);
        world.agent("mona", &[("lang.ar", 1)]);
        let mut entry = world.entry(ARABIC);
        entry.need = need(&[(0, ARABIC), (40, &[("lang.ar", 1)])]);
        let ticket = world.enter(entry);
        world.decline("sara");
        assert_eq!(world.rung("mona"), None);
        world.order("sara", DutyOrder::SignOut);
        assert_eq!(world.rung("mona"), Some(ticket));
    }
}
