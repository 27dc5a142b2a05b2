//! A planned day, played on the routing machine and a virtual clock.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::id::{AgentId, CallId, OfferId, TicketId};
use crate::base::time::{Epoch, Moment, Wall};
use crate::routing::deadline::Timer;
use crate::routing::event::Fact;
use crate::routing::group::{DutyOrder, Group, Input, Output, Settings};
use crate::routing::plan::day::{Arrivals, Day, Inflow};
use crate::routing::plan::strain::{Strain, Strains};
use crate::routing::roster::{Capacity, Duty, Roster};
use crate::routing::ticket::{Departure, Entry, Overflow, Place};

/// Nobody is told a place in a played day, and nothing is swept but by and by.
const SELDOM: Duration = Duration::from_secs(3_600);
/// As many rings as nobody who is there lets pass.
const RING: Duration = Duration::from_secs(60);

/// What happened on a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// Every call, in the order of their coming.
    pub calls: Vec<Call>,
    /// What every agent did, by the order in which each duty ended.
    pub spells: Vec<Spell>,
    /// What was short while callers waited, the shortest first.
    pub strains: Vec<Strain>,
}

/// One call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The index of its inflow.
    pub inflow: usize,
    /// When it came, since the beginning of the day.
    pub entered: Duration,
    /// How long it waited, ring included.
    pub waited: Duration,
    /// How it ended.
    pub ended: Ended,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// An agent took it.
    Answered,
    /// The caller gave up.
    Abandoned,
    /// The pool did not serve it.
    Overflowed(Overflow),
}

/// What an agent did for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spell {
    /// The index of the agent.
    pub agent: usize,
    /// What she did.
    pub duty: Duty,
    /// From when on.
    pub from: Duration,
    /// Until when.
    pub to: Duration,
}

/// Plays a day to its end. The same seed draws the same callers, whoever is there to answer.
#[must_use]
pub fn play(day: &Day, seed: u64) -> Played {
    let mut shift = Shift::new(day, seed);
    shift.open();
    while shift.turn() {}
    Played { calls: shift.calls, spells: shift.spells, strains: shift.strains.sum() }
}

/// What is to happen.
#[derive(Debug)]
enum Happening {
    /// The next caller of an inflow, in the span of that index.
    Comes(usize, usize),
    /// A caller's patience ends.
    GivesUp(TicketId),
    /// An agent picks up.
    PicksUp(OfferId),
    /// A talk ends.
    HangsUp(AgentId),
    /// An agent's shift begins.
    Begins(AgentId),
    /// An agent's shift ends.
    Ends(AgentId),
}

/// A call that is not settled.
struct Open {
    call: usize,
    talk: Duration,
    place: Whereabouts,
}

/// Whether the caller is in line still.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    InLine,
    Rung,
}

struct Shift<'d> {
    day: &'d Day,
    now: Moment,
    group: Group,
    chance: Rng,
    /// Chance of each inflow's own, so that callers are the same whoever answers.
    callers: Vec<Rng>,
    agenda: BTreeMap<(Moment, u64), Happening>,
    count: u64,
    open: BTreeMap<TicketId, Open>,
    agents: BTreeMap<AgentId, (usize, Moment)>,
    calls: Vec<Call>,
    spells: Vec<Spell>,
    strains: Strains,
}

impl<'d> Shift<'d> {
    fn new(day: &'d Day, seed: u64) -> Self {
        let settings = Settings { place_every: SELDOM, sweep_every: SELDOM, ..Settings::default() };
        let mut chance = Rng::seeded(seed);
        let callers = day.inflows.iter().map(|_| Rng::seeded(chance.bits())).collect();
        let roster = Arc::new(Roster::new(Capacity::default()));
        let group = Group::new(roster, Epoch(Wall(0)), settings, Rng::seeded(chance.bits()));
        Self {
            day,
            now: Moment::START,
            group,
            chance,
            callers,
            agenda: BTreeMap::new(),
            count: 0,
            open: BTreeMap::new(),
            agents: BTreeMap::new(),
            calls: Vec::new(),
            spells: Vec::new(),
            strains: Strains::new(day),
        }
    }

    fn open(&mut self) {
        for (index, agent) in self.day.agents.iter().enumerate() {
            let (id, profile) = (agent.agent.clone(), agent.profile.clone());
            self.agents.insert(id.clone(), (index, self.now));
            self.hear(Input::Employ { agent: id.clone(), profile });
            for (from, to) in &agent.shifts {
                self.plan(*from, Happening::Begins(id.clone()));
                self.plan(*to, Happening::Ends(id.clone()));
            }
        }
        for inflow in 0..self.day.inflows.len() {
            self.plan_caller(inflow, 0, Duration::ZERO);
        }
    }

    /// One thing happens; false when the day is over.
    fn turn(&mut self) -> bool {
        let next = self.agenda.first_key_value().map(|((at, _), _)| *at);
        let due = self.group.poll_timeout();
        match (due, next) {
            (Some((at, _)), Some(next)) if at <= next => self.wake(at),
            (_, Some(_)) => self.happen(),
            // A house without calls is swept for ever.
            (Some((_, Timer::Sweep)) | None, None) => return false,
            (Some((at, _)), None) => self.wake(at),
        }
        true
    }

    fn wake(&mut self, at: Moment) {
        self.pass(at);
        self.group.handle_timeout(self.now);
        self.drain();
    }

    fn happen(&mut self) {
        let Some(((at, _), happening)) = self.agenda.pop_first() else { return };
        self.pass(at);
        match happening {
            Happening::Comes(inflow, span) => self.come(inflow, span),
            Happening::GivesUp(ticket) => {
                if self.open.contains_key(&ticket) {
                    self.hear(Input::Leave { ticket, why: Departure::CallerLeft });
                }
            }
            Happening::PicksUp(offer) => self.hear(Input::Accept { offer }),
            Happening::HangsUp(agent) => self.hear(Input::Release { agent }),
            Happening::Begins(agent) => {
                for order in [DutyOrder::SignIn, DutyOrder::GoAvailable] {
                    self.hear(Input::Order { agent: agent.clone(), order });
                }
            }
            Happening::Ends(agent) => {
                self.hear(Input::Order { agent, order: DutyOrder::SignOut });
            }
        }
    }

    fn pass(&mut self, at: Moment) {
        let at = at.max(self.now);
        self.strains.pass(self.group.roster(), at.since(self.now));
        self.now = at;
    }

    fn come(&mut self, index: usize, span: usize) {
        let day = self.day;
        let (Some(inflow), Some(callers)) = (day.inflows.get(index), self.callers.get_mut(index))
        else {
            return;
        };
        let talk = exponential(callers, inflow.talk);
        let patience = inflow.patience.map(|patience| exponential(callers, patience));
        let entry = self.entry(inflow);
        let (ticket, entered) = (entry.ticket, self.now.since(Moment::START));
        self.open.insert(ticket, Open { call: self.calls.len(), talk, place: Whereabouts::InLine });
        // Until it is settled it is one that the caller gave up.
        let ended = Ended::Abandoned;
        self.calls.push(Call { inflow: index, entered, waited: Duration::ZERO, ended });
        self.strains.enter(index);
        self.hear(Input::Enter(Box::new(entry)));
        if let Some(patience) = patience.filter(|_| self.open.contains_key(&ticket)) {
            self.plan(entered + patience, Happening::GivesUp(ticket));
        }
        self.plan_caller(index, span, entered);
    }

    /// The next caller of an inflow comes at random, at the rate of the span that runs then.
    fn plan_caller(&mut self, index: usize, first: usize, after: Duration) {
        let day = self.day;
        let (Some(inflow), Some(callers)) = (day.inflows.get(index), self.callers.get_mut(index))
        else {
            return;
        };
        for (number, span) in inflow.arrivals.iter().enumerate().skip(first) {
            let Some(apart) = mean_apart(span) else { continue };
            let at = after.max(span.from) + exponential(callers, apart);
            if at < span.to {
                self.plan(at, Happening::Comes(index, number));
                return;
            }
        }
    }

    fn entry(&mut self, inflow: &Inflow) -> Entry {
        Entry {
            ticket: TicketId::new(Wall(0), &mut self.chance),
            call: CallId::new(Wall(0), &mut self.chance),
            queue: inflow.queue.clone(),
            entity: Some(inflow.entity.clone()),
            class: inflow.class,
            need: inflow.need.clone(),
            target_wait: inflow.target_wait,
            max_wait: inflow.max_wait,
            cap: None,
            waiting_per_agent: None,
            ring: RING,
            wrap_up: inflow.wrap_up,
            place: Place::Joining,
            prefer: None,
        }
    }

    fn plan(&mut self, at: Duration, happening: Happening) {
        self.count += 1;
        self.agenda.insert((Moment::START + at, self.count), happening);
    }

    fn hear(&mut self, input: Input) {
        self.group.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.group.poll_output() {
            match output {
                Output::Offer { offer, ticket, agent, .. } => self.rung(offer, ticket, &agent),
                Output::Connect { ticket, agent, .. } => self.connected(ticket, agent),
                Output::Overflow { ticket, outcome, .. } => {
                    self.settle(ticket, Ended::Overflowed(outcome));
                }
                Output::Event(event) => self.note(event.fact),
                Output::Withdraw { .. }
                | Output::TooLate { .. }
                | Output::Place { .. }
                | Output::Duty { .. }
                | Output::Refused { .. } => {}
            }
        }
    }

    fn connected(&mut self, ticket: TicketId, agent: AgentId) {
        if let Some(talk) = self.settle(ticket, Ended::Answered) {
            self.plan(self.now.since(Moment::START) + talk, Happening::HangsUp(agent));
        }
    }

    fn rung(&mut self, offer: OfferId, ticket: TicketId, agent: &AgentId) {
        if let Some(open) = self.open.get_mut(&ticket) {
            open.place = Whereabouts::Rung;
            if let Some(call) = self.calls.get(open.call) {
                self.strains.quit(call.inflow);
            }
        }
        let presence = self.agents.get(agent).and_then(|(index, _)| self.day.agents.get(*index));
        let pickup = presence.map_or(Duration::ZERO, |presence| presence.pickup);
        self.plan(self.now.since(Moment::START) + pickup, Happening::PicksUp(offer));
    }

    fn note(&mut self, fact: Fact) {
        match fact {
            Fact::Left { ticket, .. } => {
                self.settle(ticket, Ended::Abandoned);
            }
            Fact::DutyChanged { agent, from, .. } => self.turned(&agent, from),
            Fact::Entered { .. }
            | Fact::Asked { .. }
            | Fact::Mustered { .. }
            | Fact::Widened { .. }
            | Fact::Offered { .. }
            | Fact::OfferSettled { .. }
            | Fact::Connected { .. }
            | Fact::Overflowed { .. }
            | Fact::Breached { .. } => {}
        }
    }

    fn turned(&mut self, agent: &AgentId, duty: Duty) {
        let Some((index, since)) = self.agents.get_mut(agent) else { return };
        let (from, to) = (since.since(Moment::START), self.now.since(Moment::START));
        *since = self.now;
        if from < to && duty != Duty::Offline {
            self.spells.push(Spell { agent: *index, duty, from, to });
        }
    }

    /// The call is settled; how long its talk will last.
    fn settle(&mut self, ticket: TicketId, ended: Ended) -> Option<Duration> {
        let open = self.open.remove(&ticket)?;
        let call = self.calls.get_mut(open.call)?;
        call.waited = self.now.since(Moment::START).saturating_sub(call.entered);
        call.ended = ended;
        if open.place == Whereabouts::InLine {
            self.strains.quit(call.inflow);
        }
        Some(open.talk)
    }
}

fn mean_apart(span: &Arrivals) -> Option<Duration> {
    let length = span.to.saturating_sub(span.from);
    if length.is_zero() || span.calls <= 0.0 {
        return None;
    }
    Duration::try_from_secs_f64(length.as_secs_f64() / span.calls).ok()
}

/// A span of the exponential distribution.
fn exponential(chance: &mut Rng, mean: Duration) -> Duration {
    // 53 bits fill a float's fraction; the half keeps the logarithm finite.
    const STEPS: u64 = 1 << 53;
    #[expect(clippy::cast_precision_loss, reason = "53 bits are what a float holds")]
    let share = (chance.below(STEPS) as f64 + 0.5) / STEPS as f64;
    Duration::try_from_secs_f64(-share.ln() * mean.as_secs_f64()).unwrap_or(Duration::MAX)
}
