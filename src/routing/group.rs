//! The machine of one routing group: it hears orders and calls, and leases agents to tickets.
//!
//! Between two inputs no ticket waits that an agent who is ready could take. So an arrival is
//! matched against the ready agents only, and a freed agent against the heads of the lines only.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::chance::Rng;
use crate::base::id::{AgentId, OfferId, QueueId, TicketId};
use crate::base::time::{Epoch, Moment};
use crate::routing::deadline::{Deadlines, Timer};
use crate::routing::event::{Breach, Event, Fact};
use crate::routing::expected_wait::Handling;
use crate::routing::line::Lines;
use crate::routing::muster::Occasion;
use crate::routing::post::{Business, Post, Standing};
use crate::routing::roster::{AgentSlot, Roster, TicketSlot};
use crate::routing::ticket::Waiter;

mod duty;

mod exchange;

mod explain;

mod matching;

mod offers;

mod sweep;

mod wait;

#[cfg(test)]
mod shift;

#[cfg(test)]
mod world;

pub use exchange::{DutyOrder, Input, Output, Refusal};

/// The times that a routing group works by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How long an agent is left alone after a missed offer.
    pub miss_cooldown: Duration,
    /// How long an agent is left alone after a rejected offer.
    pub decline_cooldown: Duration,
    /// How many offers missed in a row take an agent off the line.
    pub misses_in_a_row: u32,
    /// How long after the ring an accept on its way may still win.
    pub lease_grace: Duration,
    /// The window that occupancy is measured over.
    pub occupancy_window: Duration,
    /// How often a caller is told a changed place, at most.
    pub place_every: Duration,
    /// How often the sweeper looks.
    pub sweep_every: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            miss_cooldown: Duration::from_secs(10),
            decline_cooldown: Duration::from_secs(10),
            misses_in_a_row: 2,
            lease_grace: Duration::from_secs(2),
            occupancy_window: Duration::from_secs(30 * 60),
            place_every: Duration::from_secs(5),
            sweep_every: Duration::from_secs(2),
        }
    }
}

/// How many callers came, and what became of them: `entered` is the sum of the others and of
/// those who wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sums {
    /// Entered.
    pub entered: u64,
    /// Connected to an agent.
    pub connected: u64,
    /// Left by their own will.
    pub left: u64,
    /// Not served by the pool.
    pub overflowed: u64,
    /// Broken promises of our own; stays 0.
    pub breaches: u64,
}

/// How one queue stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QueueLine<'a> {
    /// The queue.
    pub queue: &'a QueueId,
    /// Who entered and is not settled, ringing included.
    pub waiting: usize,
    /// When the oldest of them entered.
    pub oldest: Option<Moment>,
}

/// What the group keeps per queue.
#[derive(Debug, Default)]
struct QueueBook {
    waiting: BTreeSet<(Moment, u64)>,
    handling: Handling,
}

/// The owner of one routing group.
#[derive(Debug)]
pub struct Group {
    roster: Arc<Roster>,
    epoch: Epoch,
    settings: Settings,
    rng: Rng,
    agents: BTreeMap<AgentId, AgentSlot>,
    posts: Vec<Option<Box<Post>>>,
    free_agents: Vec<AgentSlot>,
    /// Tickets that are not settled.
    tickets: BTreeMap<TicketId, TicketSlot>,
    waiters: Vec<Option<Waiter>>,
    free_tickets: Vec<TicketSlot>,
    offers: BTreeMap<OfferId, AgentSlot>,
    lost_offers: VecDeque<(OfferId, AgentId)>,
    lines: Lines,
    queues: BTreeMap<QueueId, QueueBook>,
    deadlines: Deadlines,
    sequence: u64,
    /// Counts the changes of who is on duty with what.
    staff_version: u64,
    staff: StaffNews,
    /// Agents who became ready and were not matched yet.
    eager_agents: BTreeSet<AgentSlot>,
    /// Tickets that may be taken by others than before and were not matched yet.
    eager_tickets: BTreeSet<TicketSlot>,
    /// Tickets that something happened to in this turn.
    unexplained: BTreeMap<TicketSlot, Occasion>,
    sums: Sums,
    outputs: VecDeque<Output>,
}

/// Whether steps may have lost the last agent who could meet them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StaffNews {
    None,
    Shrunk,
}

impl Group {
    /// A group without agents. It must be the only owner of `roster`.
    #[must_use]
    pub fn new(roster: Arc<Roster>, epoch: Epoch, settings: Settings, rng: Rng) -> Self {
        Self {
            roster,
            epoch,
            settings,
            rng,
            agents: BTreeMap::new(),
            posts: Vec::new(),
            free_agents: Vec::new(),
            tickets: BTreeMap::new(),
            waiters: Vec::new(),
            free_tickets: Vec::new(),
            offers: BTreeMap::new(),
            lost_offers: VecDeque::new(),
            lines: Lines::default(),
            queues: BTreeMap::new(),
            deadlines: Deadlines::default(),
            sequence: 0,
            staff_version: 1,
            staff: StaffNews::None,
            eager_agents: BTreeSet::new(),
            eager_tickets: BTreeSet::new(),
            unexplained: BTreeMap::new(),
            sums: Sums::default(),
            outputs: VecDeque::new(),
        }
    }

    /// Takes one input.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Employ { agent, profile } => self.employ(now, agent, profile),
            Input::Dismiss { agent } => self.with_agent(&agent, now, Self::dismiss),
            Input::Order { agent, order } => {
                self.with_agent(&agent, now, |group, slot, now| group.order(slot, order, now));
            }
            Input::Lost { agent } => self.with_agent(&agent, now, Self::lost),
            Input::Enter(entry) => self.enter(now, entry),
            Input::Leave { ticket, why } => self.leave(now, ticket, why),
            Input::Accept { offer } => self.accept(now, offer),
            Input::Decline { offer } => self.decline(now, offer),
            Input::Unreachable { offer } => self.unreachable(now, offer),
            Input::Hold { agent } => self.with_agent(&agent, now, Self::hold),
            Input::Unhold { agent } => self.with_agent(&agent, now, Self::unhold),
            Input::Release { agent } => self.with_agent(&agent, now, Self::release),
        }
        self.match_all(now);
        self.explain(now);
    }

    /// Does what is due.
    pub fn handle_timeout(&mut self, now: Moment) {
        let mut sweeps = false;
        while let Some(timer) = self.deadlines.pop_due(now) {
            match timer {
                Timer::RingEnds(agent) => self.ring_out(agent, now),
                Timer::CoolDownEnds(agent) => self.cool_down_ends(agent),
                Timer::WrapUpEnds(agent) => self.wrap_up_ends(agent, now),
                Timer::StepBegins(ticket) => self.advance_step(ticket, now),
                Timer::PreferEnds(ticket) => {
                    self.eager_tickets.insert(ticket);
                    self.ask_why(ticket, Occasion::Unreserved);
                }
                Timer::WaitEnds(ticket) => self.time_out(ticket, now),
                Timer::PlaceTold(ticket) => self.tell_place(ticket, now),
                Timer::Sweep => sweeps = true,
            }
        }
        // Last: after a leap of the clock, what is overdue is no broken promise.
        if sweeps {
            self.sweep(now);
        }
        self.match_all(now);
        self.explain(now);
    }

    /// The next output, until there is none.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next deadline and its name.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.deadlines.next()
    }

    /// How an agent stands.
    #[must_use]
    pub fn standing(&self, agent: &AgentId) -> Option<Standing> {
        self.agents.get(agent).map(|slot| self.standing_of(*slot))
    }

    /// Every agent, by name.
    pub fn agents(&self) -> impl Iterator<Item = &AgentId> {
        self.agents.keys()
    }

    /// Every queue that callers entered, by name.
    pub fn waiting(&self) -> impl Iterator<Item = QueueLine<'_>> {
        self.queues.iter().map(|(queue, book)| QueueLine {
            queue,
            waiting: book.waiting.len(),
            oldest: book.waiting.first().map(|(entered, _)| *entered),
        })
    }

    /// What became of the callers so far.
    #[must_use]
    pub const fn sums(&self) -> Sums {
        self.sums
    }

    /// The roster that it shares.
    #[must_use]
    pub const fn roster(&self) -> &Arc<Roster> {
        &self.roster
    }

    fn standing_of(&self, slot: AgentSlot) -> Standing {
        let post = self.post(slot);
        let state = self.roster.read_agent(slot).state;
        let wall = |moment| self.epoch.wall(moment);
        let mut standing = Standing {
            duty: state.duty,
            reason: post.reason.clone(),
            pending: state.pending,
            since: wall(post.since),
            cooling_until: post.cooling.map(wall),
            offer: None,
            ticket: None,
            call: None,
            wrap_up_until: None,
        };
        match &post.business {
            Business::Free => {}
            Business::Offered(lease) => {
                let entry = &self.waiter(lease.ticket).entry;
                standing.offer = Some(lease.offer);
                standing.ticket = Some(entry.ticket);
                standing.call = Some(entry.call);
            }
            Business::Talk(talk) => {
                standing.ticket = Some(talk.ticket);
                standing.call = Some(talk.call);
            }
            Business::WrapUp(wrap_up) => standing.wrap_up_until = Some(wall(wrap_up.until)),
        }
        standing
    }

    /// An agent who is not of this group has nothing to say in it.
    fn with_agent(
        &mut self,
        agent: &AgentId,
        now: Moment,
        act: impl FnOnce(&mut Self, AgentSlot, Moment),
    ) {
        if let Some(slot) = self.agents.get(agent).copied() {
            act(self, slot, now);
        }
    }

    fn post(&self, slot: AgentSlot) -> &Post {
        let post = self.posts.get(slot.index()).and_then(Option::as_deref);
        post.expect("a slot that is dealt out has a post")
    }

    fn post_mut(&mut self, slot: AgentSlot) -> &mut Post {
        let post = self.posts.get_mut(slot.index()).and_then(Option::as_deref_mut);
        post.expect("a slot that is dealt out has a post")
    }

    fn waiter(&self, slot: TicketSlot) -> &Waiter {
        let waiter = self.waiters.get(slot.index()).and_then(Option::as_ref);
        waiter.expect("a ticket that is not settled has a waiter")
    }

    fn waiter_mut(&mut self, slot: TicketSlot) -> &mut Waiter {
        let waiter = self.waiters.get_mut(slot.index()).and_then(Option::as_mut);
        waiter.expect("a ticket that is not settled has a waiter")
    }

    fn tell(&mut self, now: Moment, fact: Fact) {
        let event = Event { version: Event::VERSION, at: self.epoch.wall(now), fact };
        self.outputs.push_back(Output::Event(event));
    }

    fn breach(
        &mut self,
        now: Moment,
        breach: Breach,
        agent: Option<AgentId>,
        ticket: Option<TicketId>,
    ) {
        self.sums.breaches += 1;
        self.tell(now, Fact::Breached { breach, agent, ticket });
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
