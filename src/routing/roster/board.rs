//! The board that all workers see: words, rows, and where to find whom.

use dashmap::DashMap;

use crate::base::id::{AgentId, SkillId, TicketId};
use crate::base::limit::{ROUTING_AGENTS_MAX, ROUTING_SKILLS_MAX, ROUTING_TICKETS_MAX};
use crate::routing::need::{Demand, Terms};
use crate::routing::roster::agent::{AgentReading, AgentSlot, AgentState, AgentWord};
use crate::routing::roster::bitmap::{Bitmap, Filter, Mark, Row, SkillIndex};
use crate::routing::roster::tickets::{
    TicketHandle, TicketReading, TicketSlot, TicketState, TicketWord,
};
use crate::routing::skill::Level;
use crate::routing::ticket::Departure;

/// How much a roster can hold. Memory for it is taken when the roster is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capacity {
    /// Agents, at most [`ROUTING_AGENTS_MAX`].
    pub agents: u16,
    /// Tickets, waiting or in talk, at most [`ROUTING_TICKETS_MAX`].
    pub tickets: u16,
    /// Skills, at most [`ROUTING_SKILLS_MAX`].
    pub skills: u16,
}

impl Default for Capacity {
    fn default() -> Self {
        Self {
            agents: ROUTING_AGENTS_MAX,
            tickets: ROUTING_TICKETS_MAX,
            skills: ROUTING_SKILLS_MAX,
        }
    }
}

/// The state that workers share with the owner of one routing group.
#[derive(Debug)]
pub struct Roster {
    capacity: Capacity,
    agents: Box<[AgentWord]>,
    agent_slots: DashMap<AgentId, AgentSlot>,
    tickets: Box<[TicketWord]>,
    ticket_handles: DashMap<TicketId, TicketHandle>,
    skills: DashMap<SkillId, SkillIndex>,
    bitmap: Bitmap,
}

impl Roster {
    /// An empty roster; what `asked` has beyond the limits is cut.
    #[must_use]
    pub fn new(asked: Capacity) -> Self {
        let capacity = Capacity {
            agents: asked.agents.min(ROUTING_AGENTS_MAX),
            tickets: asked.tickets.min(ROUTING_TICKETS_MAX),
            skills: asked.skills.min(ROUTING_SKILLS_MAX),
        };
        Self {
            capacity,
            agents: (0..capacity.agents).map(|_| AgentWord::new()).collect(),
            agent_slots: DashMap::new(),
            tickets: (0..capacity.tickets).map(|_| TicketWord::new()).collect(),
            ticket_handles: DashMap::new(),
            skills: DashMap::new(),
            bitmap: Bitmap::new(capacity.agents.into(), capacity.skills.into()),
        }
    }

    /// What the agent's word says.
    #[must_use]
    pub fn agent(&self, agent: &AgentId) -> Option<AgentReading> {
        let slot = *self.agent_slots.get(agent)?;
        Some(self.read_agent(slot))
    }

    /// What the ticket's word says, until its slot is given back.
    #[must_use]
    pub fn ticket(&self, ticket: &TicketId) -> Option<TicketReading> {
        let handle = self.handle(ticket)?;
        let reading = self.read_ticket(handle.slot);
        reading.is_of(handle).then_some(reading)
    }

    /// Marks a ticket as left, at once and from any worker; the group's owner hears of it by
    /// `Input::Leave` as well. An accept that comes after this loses.
    ///
    /// # Errors
    ///
    /// Returns what is true when the ticket is connected, left or overflowed already, and `None`
    /// when the roster does not have it.
    pub fn leave(
        &self,
        ticket: &TicketId,
        why: Departure,
    ) -> Result<TicketReading, Option<TicketReading>> {
        self.depart(self.handle(ticket).ok_or(None)?, why)
    }

    pub(super) fn handle(&self, ticket: &TicketId) -> Option<TicketHandle> {
        self.ticket_handles.get(ticket).as_deref().copied()
    }

    /// Marks the ticket that the handle means, and no later one of its slot.
    pub(super) fn depart(
        &self,
        handle: TicketHandle,
        why: Departure,
    ) -> Result<TicketReading, Option<TicketReading>> {
        let word = self.ticket_word(handle.slot);
        let mut seen = word.read();
        loop {
            if !seen.is_of(handle) {
                return Err(None);
            }
            match seen.state {
                TicketState::Waiting | TicketState::Offered(_) => {}
                TicketState::Vacant
                | TicketState::Connected(_)
                | TicketState::Left(_)
                | TicketState::Overflowed => return Err(Some(seen)),
            }
            match word.swap(seen, TicketState::Left(why)) {
                Ok(left) => return Ok(left),
                Err(present) => seen = present,
            }
        }
    }

    /// How many agents are in a row.
    #[must_use]
    pub fn count(&self, row: Row) -> usize {
        self.bitmap.count(row)
    }

    /// How many agents of a row meet the terms.
    #[must_use]
    pub fn count_meeting(&self, row: Row, terms: &Terms) -> usize {
        let filter = self.filter(terms);
        let ones = |word| self.bitmap.eligible(row, &filter, word).count_ones();
        let total: u32 = (0..self.words_per_row()).map(ones).sum();
        usize::try_from(total).unwrap_or(usize::MAX)
    }

    /// How much it can hold.
    #[must_use]
    pub const fn capacity(&self) -> Capacity {
        self.capacity
    }

    // What follows is the owner's.

    pub(in crate::routing) fn read_agent(&self, slot: AgentSlot) -> AgentReading {
        self.agent_word(slot).read()
    }

    pub(in crate::routing) fn swap_agent(
        &self,
        slot: AgentSlot,
        seen: AgentReading,
        next: AgentState,
    ) -> Result<AgentReading, AgentReading> {
        self.agent_word(slot).swap(seen, next)
    }

    pub(in crate::routing) fn read_ticket(&self, slot: TicketSlot) -> TicketReading {
        self.ticket_word(slot).read()
    }

    pub(in crate::routing) fn swap_ticket(
        &self,
        slot: TicketSlot,
        seen: TicketReading,
        next: TicketState,
    ) -> Result<TicketReading, TicketReading> {
        self.ticket_word(slot).swap(seen, next)
    }

    pub(in crate::routing) fn open_ticket(&self, ticket: TicketId, slot: TicketSlot) {
        let handle = self.ticket_word(slot).open(slot);
        self.ticket_handles.insert(ticket, handle);
    }

    pub(in crate::routing) fn close_ticket(&self, ticket: &TicketId, slot: TicketSlot) {
        self.ticket_handles.remove(ticket);
        let word = self.ticket_word(slot);
        let mut seen = word.read();
        while let Err(present) = word.swap(seen, TicketState::Vacant) {
            seen = present;
        }
    }

    pub(in crate::routing) fn seat(&self, agent: AgentId, slot: AgentSlot) {
        self.agent_slots.insert(agent, slot);
        self.bitmap.raise(Row::Employed, slot);
    }

    pub(in crate::routing) fn unseat(&self, agent: &AgentId) {
        if let Some((_, slot)) = self.agent_slots.remove(agent) {
            self.bitmap.lower(Row::Employed, slot);
        }
    }

    /// The place of a skill, which is given one if there is room.
    pub(in crate::routing) fn skill(&self, skill: &SkillId) -> Option<SkillIndex> {
        if let Some(index) = self.skills.get(skill) {
            return Some(*index);
        }
        let next = u16::try_from(self.skills.len()).ok()?;
        if self.capacity.skills <= next {
            return None;
        }
        self.skills.insert(skill.clone(), SkillIndex(next));
        Some(SkillIndex(next))
    }

    pub(in crate::routing) fn skill_count(&self) -> usize {
        self.skills.len()
    }

    pub(in crate::routing) fn knows_skill(&self, skill: &SkillId) -> bool {
        self.skills.contains_key(skill)
    }

    pub(in crate::routing) fn grade(
        &self,
        slot: AgentSlot,
        skill: SkillIndex,
        level: Option<Level>,
    ) {
        self.bitmap.grade(skill, slot, level);
    }

    pub(in crate::routing) fn raise(&self, row: Row, slot: AgentSlot) {
        self.bitmap.raise(row, slot);
    }

    pub(in crate::routing) fn lower(&self, row: Row, slot: AgentSlot) {
        self.bitmap.lower(row, slot);
    }

    /// Terms, made ready for the rows. A skill that no agent ever had is met by nobody.
    pub(in crate::routing) fn filter(&self, terms: &Terms) -> Filter {
        let all: Option<Vec<Mark>> = terms.all.iter().map(|demand| self.mark(demand)).collect();
        let any: Vec<Mark> = terms.any.iter().filter_map(|demand| self.mark(demand)).collect();
        match all {
            Some(all) if terms.any.is_empty() || !any.is_empty() => Filter::Marks { all, any },
            Some(_) | None => Filter::Nobody,
        }
    }

    pub(in crate::routing) fn words_per_row(&self) -> usize {
        self.bitmap.words_per_row()
    }

    /// The agents of one word that are in `row` and that `filter` accepts.
    pub(in crate::routing) fn eligible(&self, row: Row, filter: &Filter, word: usize) -> u64 {
        self.bitmap.eligible(row, filter, word)
    }

    fn mark(&self, demand: &Demand) -> Option<Mark> {
        let skill = *self.skills.get(&demand.skill)?;
        Some(Mark { skill, level: demand.level })
    }

    fn agent_word(&self, slot: AgentSlot) -> &AgentWord {
        self.agents.get(slot.index()).expect("slots are dealt out within the capacity")
    }

    fn ticket_word(&self, slot: TicketSlot) -> &TicketWord {
        self.tickets.get(slot.index()).expect("slots are dealt out within the capacity")
    }
}

/// The slots whose bits are raised in word `word` of a row.
pub(in crate::routing) fn slots(word: usize, mut bits: u64) -> impl Iterator<Item = AgentSlot> {
    std::iter::from_fn(move || {
        if bits == 0 {
            return None;
        }
        let bit = usize::try_from(bits.trailing_zeros()).ok()?;
        bits &= bits - 1;
        u16::try_from(word * 64 + bit).ok().map(AgentSlot)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::time::Wall;

    #[test]
    fn a_hang_up_and_an_answer_on_two_threads_never_both_win() {
        let roster = Roster::new(Capacity { agents: 1, tickets: 1, skills: 1 });
        let (slot, agent) = (TicketSlot(0), AgentSlot(0));
        let mut rng = Rng::seeded(1);
        for _ in 0..500 {
            let ticket = TicketId::new(Wall(0), &mut rng);
            roster.open_ticket(ticket, slot);
            let waiting = roster.read_ticket(slot);
            let offered = roster.swap_ticket(slot, waiting, TicketState::Offered(agent));
            let offered = offered.expect("nobody else is here yet");
            let (left, connected) = std::thread::scope(|scope| {
                let hang_up = scope.spawn(|| roster.leave(&ticket, Departure::CallerLeft).is_ok());
                let connected = TicketState::Connected(agent);
                let answered = roster.swap_ticket(slot, offered, connected).is_ok();
                (hang_up.join().expect("a thread that only swaps"), answered)
            });
            assert_ne!(left, connected, "exactly one wins");
            roster.close_ticket(&ticket, slot);
            assert_eq!(roster.leave(&ticket, Departure::CallerLeft), Err(None));
        }
    }

    #[test]
    fn terms_are_met_by_level_and_by_any_of_a_list() {
        let roster = Roster::new(Capacity { agents: 70, tickets: 1, skills: 2 });
        let skill = SkillId::from("lang.ar");
        let index = roster.skill(&skill).expect("room for two skills");
        for (slot, level) in [(0, 1), (64, 3), (69, 5)] {
            roster.grade(AgentSlot(slot), index, Level::new(level));
            roster.raise(Row::OnDuty, AgentSlot(slot));
        }
        let met = |level| {
            let level = Level::new(level).expect("one of five");
            let terms = Terms { all: vec![Demand { skill: skill.clone(), level }], any: vec![] };
            roster.count_meeting(Row::OnDuty, &terms)
        };
        assert_eq!([met(1), met(2), met(3), met(4), met(5)], [3, 2, 2, 1, 1]);
        let unknown = Demand { skill: SkillId::from("lang.unheard"), level: Level::LEAST };
        let terms = Terms { all: vec![], any: vec![unknown] };
        assert_eq!(roster.count_meeting(Row::OnDuty, &terms), 0);
    }
}
