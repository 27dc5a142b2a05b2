//! Machine and model side by side: the same happenings, equal after every step.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, OfferId, QueueId, SkillId, TicketId};
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::routing::{
    Class, Demand, Departure, Duty, DutyOrder, Entry, Fact, Group, Input, Level, Need, Output,
    Place, Prefer, Profile, Roster, Settings, Settlement, Standing, Step, Terms,
};

use crate::sim::model::{Agent, Business, Deed, Model};
use crate::sim::promise::Promises;
use crate::sim::world::{Act, Arrival, Grade, Ground, Happening, SKILLS, Stand};

const WALL: Wall = Wall(1_790_000_000_000);

/// What worlds came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Figures {
    pub(crate) steps: u64,
    pub(crate) entered: u64,
    pub(crate) offered: u64,
    pub(crate) connected: u64,
    pub(crate) left: u64,
    pub(crate) overflowed: u64,
    pub(crate) places: u64,
}

impl Figures {
    pub(crate) fn add(&mut self, more: &Self) {
        self.steps += more.steps;
        self.entered += more.entered;
        self.offered += more.offered;
        self.connected += more.connected;
        self.left += more.left;
        self.overflowed += more.overflowed;
        self.places += more.places;
    }
}

/// Plays a world; what went wrong, if anything did.
pub(crate) fn play(ground: &Ground, happenings: &[Happening]) -> Result<Figures, String> {
    let played = catch_unwind(AssertUnwindSafe(|| {
        let mut day = Day::new(ground);
        for happening in happenings {
            day.see(happening).map_err(|why| format!("at {happening:?}: {why}"))?;
        }
        day.close()
    }));
    played.unwrap_or_else(|panic| Err(format!("panicked: {}", said(&*panic))))
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word")
}

/// One clock, and the groups that live by it.
struct Day {
    now: Moment,
    pairs: Vec<Pair>,
}

struct Pair {
    group: Group,
    model: Model,
    promises: Promises,
    /// The last offer to each agent.
    offers: BTreeMap<AgentId, OfferId>,
    /// The place that each caller was told last.
    told: BTreeMap<TicketId, u32>,
    figures: Figures,
}

impl Day {
    fn new(ground: &Ground) -> Self {
        let pair = |number: usize| {
            let roster = Arc::new(Roster::new(ground.capacity));
            let rng = Rng::seeded(ground.seed.wrapping_add(number as u64));
            let settings = Settings::default();
            Pair {
                group: Group::new(roster, Epoch(WALL), settings, rng),
                model: Model::new(settings, ground.capacity),
                promises: Promises::default(),
                offers: BTreeMap::new(),
                told: BTreeMap::new(),
                figures: Figures::default(),
            }
        };
        Self {
            now: Moment::START + Duration::from_secs(30),
            pairs: (0..ground.groups).map(pair).collect(),
        }
    }

    fn see(&mut self, happening: &Happening) -> Result<(), String> {
        match happening {
            Happening::Pass(span) => self.pass(Duration::from_micros(*span))?,
            Happening::Leap(span) => {
                self.now = self.now + Duration::from_micros(*span);
                for pair in &mut self.pairs {
                    pair.time(self.now)?;
                }
            }
            Happening::In(group, Act::AcceptLate { ring, after }) => {
                if let Some(agent) = self.pairs[*group].rung(*ring) {
                    self.accept_late(*group, &agent, Duration::from_micros(*after))?;
                }
            }
            Happening::In(group, act) => self.pairs[*group].act(self.now, act)?,
        }
        self.pairs.iter().try_for_each(|pair| pair.check(self.now))
    }

    /// Time passes, and every group stops at each of its deadlines.
    fn pass(&mut self, span: Duration) -> Result<(), String> {
        let end = self.now + span;
        for pair in &mut self.pairs {
            while let Some(at) = pair.next()?.filter(|at| *at <= end) {
                pair.time(at.max(self.now))?;
            }
        }
        self.now = end;
        Ok(())
    }

    /// An accept that is on its way when the ring ends, still within the lease.
    fn accept_late(&mut self, group: usize, agent: &AgentId, by: Duration) -> Result<(), String> {
        let ring = |day: &Self| {
            let model = &day.pairs[group].model;
            let at = model.find(agent)?;
            let Business::Ring { until, ticket, .. } = model.agents[at].business else {
                return None;
            };
            let ticket = model.find_ticket(&ticket)?;
            model.tickets[ticket].marked.is_none().then_some(until)
        };
        let Some(until) = ring(self) else { return Ok(()) };
        let before = until.back(Duration::from_micros(1));
        self.pass(before.since(self.now))?;
        if ring(self) != Some(until) {
            return Ok(());
        }
        self.now = until + by;
        for (number, pair) in self.pairs.iter_mut().enumerate() {
            if number == group {
                pair.accept(self.now, agent);
            }
            pair.time(self.now)?;
        }
        Ok(())
    }

    /// Everybody goes home, and whoever talks ends.
    fn close(mut self) -> Result<Figures, String> {
        let mut sum = Figures::default();
        for group in 0..self.pairs.len() {
            for agent in 0..10 {
                let order = DutyOrder::SignOut;
                self.see(&Happening::In(group, Act::Order { agent, order }))?;
                self.see(&Happening::In(group, Act::Release { talk: 0 }))?;
            }
        }
        self.pass(Duration::from_secs(300))?;
        for pair in &self.pairs {
            pair.check(self.now)?;
            pair.promises.check_closed(&pair.group)?;
            let sums = pair.group.sums();
            sum.add(&Figures {
                entered: sums.entered,
                connected: sums.connected,
                left: sums.left,
                overflowed: sums.overflowed,
                ..pair.figures
            });
        }
        Ok(sum)
    }
}

impl Pair {
    fn act(&mut self, now: Moment, act: &Act) -> Result<(), String> {
        match act {
            Act::Employ { agent, skills } => {
                let agent = name(*agent);
                let skills: BTreeMap<SkillId, u8> = skills
                    .iter()
                    .map(|(skill, own)| (SkillId::from(SKILLS[*skill]), *own))
                    .collect();
                self.model.employ(&agent, skills.clone(), now);
                let graded = skills.into_iter().map(|(skill, own)| (skill, level(own)));
                let profile = Profile { skills: graded.collect(), home: "all".into() };
                self.group.handle(now, Input::Employ { agent, profile });
            }
            Act::Dismiss { agent } => {
                self.model.dismiss(&name(*agent), now);
                self.group.handle(now, Input::Dismiss { agent: name(*agent) });
            }
            Act::Order { agent, order } => {
                self.model.order(&name(*agent), order, now);
                let (agent, order) = (name(*agent), order.clone());
                self.group.handle(now, Input::Order { agent, order });
            }
            Act::Lose { agent } => {
                self.model.lose(&name(*agent), now);
                self.group.handle(now, Input::Lost { agent: name(*agent) });
            }
            Act::Enter(arrival) => self.enter(now, entry(arrival)),
            Act::Leave { ticket, why } => self.leave(now, ticket_of(*ticket), *why),
            Act::Mark { ticket } => {
                let ticket = ticket_of(*ticket);
                self.model.mark(&ticket, Departure::CallerLeft);
                // Err is right when there is nothing to mark; the model decides what is.
                let _ = self.group.roster().leave(&ticket, Departure::CallerLeft);
                return Ok(());
            }
            Act::KeepPlace { ticket, call_back } => {
                return self.keep_place(now, *ticket, *call_back);
            }
            Act::Accept { ring } => {
                if let Some(agent) = self.rung(*ring) {
                    self.accept(now, &agent);
                }
            }
            Act::AcceptStale { agent } => {
                let agent = name(*agent);
                if !self.model.find(&agent).is_some_and(|at| self.model.rings(at)) {
                    self.accept(now, &agent);
                }
            }
            Act::AcceptLate { .. } => {}
            Act::Decline { ring } => self.decline(now, *ring, Settlement::Rejected),
            Act::Unreachable { ring } => self.decline(now, *ring, Settlement::Unreachable),
            Act::Hold { agent } => {
                self.model.hold(&name(*agent), (Duty::Talking, Duty::Held), now);
                self.group.handle(now, Input::Hold { agent: name(*agent) });
            }
            Act::Unhold { agent } => {
                self.model.hold(&name(*agent), (Duty::Held, Duty::Talking), now);
                self.group.handle(now, Input::Unhold { agent: name(*agent) });
            }
            Act::Release { talk } => {
                let talks = |agent: &&Agent| matches!(agent.business, Business::Talk { .. });
                let Some(agent) = self.nth(*talk, talks) else { return Ok(()) };
                self.model.release(&agent, now);
                self.group.handle(now, Input::Release { agent });
            }
        }
        self.model.settle_down(now);
        self.compare()
    }

    fn time(&mut self, now: Moment) -> Result<(), String> {
        self.group.handle_timeout(now);
        self.model.do_what_is_due(now);
        self.model.settle_down(now);
        self.compare()
    }

    fn enter(&mut self, now: Moment, entry: Entry) {
        self.model.enter(entry.clone(), now);
        self.group.handle(now, Input::Enter(Box::new(entry)));
    }

    fn leave(&mut self, now: Moment, ticket: TicketId, why: Departure) {
        self.model.leave(&ticket, why, now);
        self.group.handle(now, Input::Leave { ticket, why });
    }

    fn accept(&mut self, now: Moment, agent: &AgentId) {
        self.model.accept(agent, now);
        if let Some(offer) = self.offers.get(agent) {
            self.group.handle(now, Input::Accept { offer: *offer });
        }
    }

    fn decline(&mut self, now: Moment, ring: u64, result: Settlement) {
        let Some(agent) = self.rung(ring) else { return };
        self.model.decline(&agent, result, now);
        if let Some(offer) = self.offers.get(&agent).copied() {
            self.group.handle(
                now,
                match result {
                    Settlement::Rejected => Input::Decline { offer },
                    _ => Input::Unreachable { offer },
                },
            );
        }
    }

    fn rung(&self, ring: u64) -> Option<AgentId> {
        self.nth(ring, |agent| matches!(agent.business, Business::Ring { .. }))
    }

    /// One of the agents of a kind, counted round and round.
    fn nth(&self, number: u64, kind: impl Fn(&&Agent) -> bool) -> Option<AgentId> {
        let mut names: Vec<&AgentId> =
            self.model.agents.iter().filter(kind).map(|agent| &agent.id).collect();
        names.sort();
        let at = usize::try_from(number).ok()?.checked_rem(names.len())?;
        names.get(at).copied().cloned()
    }

    /// The caller leaves, and a call-back with his wait takes his place.
    fn keep_place(&mut self, now: Moment, ticket: u64, call_back: u64) -> Result<(), String> {
        let id = ticket_of(ticket);
        let Some(at) = self.model.find_ticket(&id) else { return Ok(()) };
        let mut entry = self.model.tickets[at].entry.clone();
        entry.ticket = ticket_of(call_back);
        entry.place = Place::CallBack(self.model.tickets[at].wait(now));
        self.leave(now, id, Departure::Callback);
        self.model.settle_down(now);
        self.compare()?;
        self.enter(now, entry);
        self.model.settle_down(now);
        self.compare()
    }

    fn next(&self) -> Result<Option<Moment>, String> {
        let next = self.group.poll_timeout();
        let due = self.model.next_due();
        if next.map(|(at, _)| at) == due {
            Ok(due)
        } else {
            Err(format!("the machine wakes for {next:?}, the model at {due:?}"))
        }
    }

    /// What the two say that happened is the same, whatever its order within one step.
    fn compare(&mut self) -> Result<(), String> {
        self.figures.steps += 1;
        let mut done = Vec::new();
        let mut placed = BTreeMap::new();
        while let Some(output) = self.group.poll_output() {
            self.promises.hear(&output)?;
            match &output {
                Output::Offer { offer, agent, .. } => {
                    self.offers.insert(agent.clone(), *offer);
                }
                Output::Place { ticket, position, .. } => {
                    placed.insert(*ticket, *position);
                }
                _ => {}
            }
            done.extend(deed(output));
        }
        let mut expected = std::mem::take(&mut self.model.deeds);
        keep_last_widening(&mut done);
        keep_last_widening(&mut expected);
        self.figures.offered +=
            expected.iter().filter(|deed| matches!(deed, Deed::Rung { .. })).count() as u64;
        if done != expected {
            let key = |deed: &Deed| format!("{deed:?}");
            done.sort_by_cached_key(key);
            expected.sort_by_cached_key(key);
        }
        if done != expected {
            let only = |these: &[Deed], those: &[Deed]| {
                let missing = these.iter().filter(|deed| !those.contains(deed));
                missing.map(|deed| format!("\n    {deed:?}")).collect::<String>()
            };
            return Err(format!(
                "they differ\n  the machine alone:{}\n  the model alone:{}",
                only(&done, &expected),
                only(&expected, &done)
            ));
        }
        self.compare_places(placed)
    }

    /// A place is told when it changed; the expected wait beside it may change alone.
    fn compare_places(&mut self, mut placed: BTreeMap<TicketId, u32>) -> Result<(), String> {
        for (ticket, place) in std::mem::take(&mut self.model.places) {
            self.figures.places += 1;
            if let Some(told) = placed.remove(&ticket) {
                self.told.insert(ticket, told);
            }
            let told = self.told.get(&ticket);
            if told != Some(&place) {
                return Err(format!("{ticket} has place {place}, and was told {told:?}"));
            }
        }
        if placed.is_empty() { Ok(()) } else { Err(format!("told out of turn: {placed:?}")) }
    }

    /// All that can be seen of the two is the same, and the promises hold.
    fn check(&self, now: Moment) -> Result<(), String> {
        self.promises.check(&self.group, now)?;
        let model = &self.model;
        same("sums", &self.group.sums(), &model.sums)?;
        let mut agents: Vec<&Agent> = model.agents.iter().collect();
        agents.sort_by(|one, other| one.id.cmp(&other.id));
        let names: Vec<&AgentId> = agents.iter().map(|agent| &agent.id).collect();
        same("agents", &self.group.agents().collect::<Vec<_>>(), &names)?;
        for agent in agents {
            let standing = self.group.standing(&agent.id).ok_or("an agent has a standing")?;
            let offer = standing.offer;
            same("standing", &standing, &self.standing(agent, offer))?;
        }
        for line in self.group.waiting() {
            same("waiting", &line.waiting, &model.waiting_in(line.queue))?;
            let own = model.tickets.iter().filter(|ticket| ticket.entry.queue == *line.queue);
            same("oldest", &line.oldest, &own.map(|ticket| ticket.entered).min())?;
        }
        for ticket in &model.tickets {
            let wait = self.group.routing_wait(&ticket.entry.ticket, now);
            same("routing wait", &wait, &Some(ticket.wait(now)))?;
        }
        self.next().map(|_| ())
    }

    fn standing(&self, agent: &Agent, offer: Option<OfferId>) -> Standing {
        let wall = |at: Moment| Epoch(WALL).wall(at);
        let call = |id: &TicketId| {
            let at = self.model.find_ticket(id).expect("a ticket rings");
            self.model.tickets[at].entry.call
        };
        let (ticket, call, until) = match &agent.business {
            Business::Free => (None, None, None),
            Business::Ring { ticket, .. } => (Some(*ticket), Some(call(ticket)), None),
            Business::Talk { ticket, call, .. } => (Some(*ticket), Some(*call), None),
            Business::WrapUp { until } => (None, None, Some(*until)),
        };
        let is_rung = matches!(agent.business, Business::Ring { .. });
        Standing {
            duty: agent.duty,
            reason: agent.reason.clone(),
            pending: agent.pending,
            since: wall(agent.since),
            cooling_until: agent.cooling.map(wall),
            offer: offer.filter(|_| is_rung).or_else(|| {
                is_rung.then(|| *self.offers.get(&agent.id).expect("she was offered a call"))
            }),
            ticket,
            call,
            wrap_up_until: until.map(wall),
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, one: &T, other: &T) -> Result<(), String> {
    if one == other {
        return Ok(());
    }
    Err(format!("{what} differ\n  the machine: {one:?}\n  the model:   {other:?}"))
}

/// In which order agents go home who do so in one instant is nobody's business, and neither is
/// through which steps a ticket came to the one that holds then.
fn keep_last_widening(deeds: &mut Vec<Deed>) {
    let mut widened = BTreeSet::new();
    deeds.reverse();
    deeds.retain(|deed| match deed {
        Deed::Widened { ticket, .. } => widened.insert(*ticket),
        _ => true,
    });
    deeds.reverse();
}

/// What the machine says, in the words of the model.
fn deed(output: Output) -> Option<Deed> {
    let deed = match output {
        Output::Offer { ticket, agent, until, .. } => Deed::Rung { ticket, agent, until },
        Output::Withdraw { agent, why, .. } => Deed::Withdrawn { agent, why },
        Output::TooLate { agent, .. } => Deed::TooLate { agent },
        Output::Refused { agent, why } => Deed::Refused { agent, why },
        Output::Event(event) => return deed_of(event.fact),
        // The facts say the same, and standings and places are compared apart.
        Output::Connect { .. }
        | Output::Overflow { .. }
        | Output::Place { .. }
        | Output::Duty { .. } => return None,
    };
    Some(deed)
}

fn deed_of(fact: Fact) -> Option<Deed> {
    let deed = match fact {
        Fact::Entered { ticket, carried_ms: carried, .. } => Deed::Entered { ticket, carried },
        Fact::Widened { ticket, step, why, .. } => Deed::Widened { ticket, step, why },
        Fact::Offered { ticket, agent, step, band, occupancy_ppm, routing_wait_ms, .. } => {
            let (band, ppm, wait) = (band.0, occupancy_ppm, routing_wait_ms);
            Deed::Offered { ticket, agent, step, band, ppm, wait }
        }
        Fact::OfferSettled { ticket, agent, result, after_ms: after, .. } => {
            Deed::Settled { ticket, agent, result, after }
        }
        Fact::Connected { ticket, agent, waited_ms: waited, .. } => {
            Deed::Connected { ticket, agent, waited }
        }
        Fact::Left { ticket, why, waited_ms: waited, .. } => Deed::Left { ticket, why, waited },
        Fact::Overflowed { ticket, outcome, waited_ms: waited, .. } => {
            Deed::Overflowed { ticket, outcome, waited }
        }
        Fact::DutyChanged { agent, from, to, reason, spent_ms: spent } => {
            Deed::Turned { agent, from, to, reason, spent }
        }
        Fact::Breached { breach, .. } => Deed::Breached { breach },
        // What is told of a ticket to explain its wait decides nothing.
        Fact::Asked { .. } | Fact::Mustered { .. } => return None,
    };
    Some(deed)
}

fn entry(arrival: &Arrival) -> Entry {
    let policy = arrival.policy;
    let step = |step: &crate::sim::world::StepOf| Step {
        after: Duration::from_secs(step.after),
        terms: Arc::new(Terms { all: demands(&step.all), any: demands(&step.any) }),
    };
    let steps = arrival.steps.iter().map(step).collect();
    Entry {
        ticket: ticket_of(arrival.ticket),
        call: CallId::new(WALL, &mut Rng::seeded(arrival.ticket)),
        queue: QueueId::from(format!("queue-{}", arrival.queue).as_str()),
        entity: None,
        class: Class::new(arrival.class).expect("one of four classes"),
        need: Need::new(steps).expect("steps in order"),
        target_wait: Duration::from_secs(policy.target),
        max_wait: Duration::from_secs(policy.max_wait),
        cap: policy.cap,
        waiting_per_agent: policy.per_agent,
        ring: Duration::from_secs(policy.ring),
        wrap_up: Duration::from_secs(policy.wrap_up),
        place: match arrival.stand {
            Stand::Joining => Place::Joining,
            Stand::Carried(age) => Place::Carried(Duration::from_micros(age)),
            Stand::CallBack(age) => Place::CallBack(Duration::from_micros(age)),
            Stand::Head => Place::Head,
        },
        prefer: arrival.prefer.map(|(agent, window)| Prefer {
            agent: name(agent),
            window: Duration::from_secs(window),
        }),
    }
}

fn demands(grades: &[Grade]) -> Vec<Demand> {
    let demand =
        |(skill, own): &Grade| Demand { skill: SkillId::from(SKILLS[*skill]), level: level(*own) };
    grades.iter().map(demand).collect()
}

fn level(own: u8) -> Level {
    Level::new(own).expect("one of five levels")
}

fn name(agent: u64) -> AgentId {
    AgentId::from(format!("agent-{agent}").as_str())
}

fn ticket_of(number: u64) -> TicketId {
    TicketId::new(WALL, &mut Rng::seeded(number + 1_000_000))
}
