//! The reference model of one routing group: vectors, full scans, and the design's sentences.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use hatif::base::id::{AgentId, CallId, QueueId, SkillId, TicketId};
use hatif::base::time::Moment;
use hatif::routing::{
    Breach, Capacity, Departure, Duty, Entry, Overflow, Pending, Refusal, Settings, Settlement,
    Sums, Terms, Widening, Withdrawal,
};

use crate::sim::rank;

/// What the model says that happened, but for the names of offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Deed {
    Entered { ticket: TicketId, carried: u64 },
    Widened { ticket: TicketId, step: usize, why: Widening },
    Offered { ticket: TicketId, agent: AgentId, step: usize, band: u32, ppm: u32, wait: u64 },
    Rung { ticket: TicketId, agent: AgentId, until: Moment },
    Withdrawn { agent: AgentId, why: Withdrawal },
    Settled { ticket: TicketId, agent: AgentId, result: Settlement, after: u64 },
    Connected { ticket: TicketId, agent: AgentId, waited: u64 },
    Left { ticket: TicketId, why: Departure, waited: u64 },
    Overflowed { ticket: TicketId, outcome: Overflow, waited: u64 },
    Turned { agent: AgentId, from: Duty, to: Duty, reason: Option<String>, spent: u64 },
    TooLate { agent: AgentId },
    Refused { agent: AgentId, why: Refusal },
    Breached { breach: Breach },
}

/// An agent.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    pub(crate) skills: BTreeMap<SkillId, u8>,
    pub(crate) duty: Duty,
    pub(crate) since: Moment,
    pub(crate) reason: Option<String>,
    pub(crate) pending: Option<Pending>,
    pub(crate) pending_reason: Option<String>,
    pub(crate) idle_since: Moment,
    pub(crate) cooling: Option<Moment>,
    pub(crate) misses: u32,
    /// What she did, and from when to when.
    pub(crate) past: Vec<(Moment, Moment, Duty)>,
    pub(crate) business: Business,
    pub(crate) leaves: bool,
}

/// What occupies an agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Business {
    Free,
    Ring { ticket: TicketId, since: Moment, until: Moment },
    Talk { ticket: TicketId, call: CallId, wrap_up: Duration },
    WrapUp { until: Moment },
}

/// A ticket that is not settled.
#[derive(Debug)]
pub(crate) struct Ticket {
    pub(crate) entry: Entry,
    pub(crate) sequence: u64,
    pub(crate) entered: Moment,
    pub(crate) carried: Duration,
    pub(crate) step: usize,
    pub(crate) refused: BTreeSet<AgentId>,
    pub(crate) rung: Option<AgentId>,
    /// A worker saw the caller leave, and the group has not heard of it.
    pub(crate) marked: Option<Departure>,
    /// When the end of the preference is acted upon.
    pub(crate) prefer_ends: Option<Moment>,
    pub(crate) told_next: Moment,
}

/// What became of the last offer to an agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Open,
    Accepted,
    Lost,
}

/// What falls due, in the order in which it is done when more than one does at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    RingEnds(AgentId),
    CoolDownEnds(AgentId),
    WrapUpEnds(AgentId),
    StepBegins(TicketId),
    PreferEnds(TicketId),
    WaitEnds(TicketId),
    PlaceTold(TicketId),
    Sweep,
}

/// The whole group.
#[derive(Debug)]
pub(crate) struct Model {
    pub(crate) settings: Settings,
    pub(crate) capacity: Capacity,
    pub(crate) agents: Vec<Agent>,
    pub(crate) tickets: Vec<Ticket>,
    pub(crate) skills: BTreeSet<SkillId>,
    pub(crate) sums: Sums,
    pub(crate) sequence: u64,
    pub(crate) sweep: Option<Moment>,
    pub(crate) fates: BTreeMap<AgentId, Fate>,
    pub(crate) deeds: Vec<Deed>,
    /// The places that may be told in this step.
    pub(crate) places: Vec<(TicketId, u32)>,
}

impl Ticket {
    pub(crate) fn wait(&self, now: Moment) -> Duration {
        now.since(self.entered) + self.carried
    }

    /// When the routing wait began; it may lie before the start of the clock.
    pub(crate) fn origin(&self) -> i128 {
        let carried = i128::try_from(self.carried.as_micros()).expect("a wait of less than an age");
        i128::from(self.entered.as_micros()) - carried
    }

    /// When the routing wait reaches `span`.
    pub(crate) fn reaches(&self, span: Duration) -> Moment {
        let span = i128::try_from(span.as_micros()).expect("a wait of less than an age");
        Moment::from_micros(u64::try_from((self.origin() + span).max(0)).expect("not below zero"))
    }

    pub(crate) fn terms(&self) -> &Terms {
        &self.entry.need.steps()[self.step].terms
    }

    pub(crate) fn is_last_step(&self) -> bool {
        self.step + 1 == self.entry.need.steps().len()
    }

    fn next_step(&self) -> Option<Moment> {
        let next = self.entry.need.steps().get(self.step + 1)?;
        Some(self.reaches(next.after))
    }
}

impl Model {
    pub(crate) fn new(settings: Settings, capacity: Capacity) -> Self {
        Self {
            settings,
            capacity,
            agents: Vec::new(),
            tickets: Vec::new(),
            skills: BTreeSet::new(),
            sums: Sums::default(),
            sequence: 0,
            sweep: None,
            fates: BTreeMap::new(),
            deeds: Vec::new(),
            places: Vec::new(),
        }
    }

    /// Available; no cool-down; not in the ticket's refusals; meets the active step; and, while the
    /// preference lasts, is the preferred agent if that one is on duty.
    pub(crate) fn may_have(&self, agent: &Agent, ticket: &Ticket, now: Moment) -> bool {
        agent.duty == Duty::Available
            && agent.cooling.is_none()
            && !ticket.refused.contains(&agent.id)
            && rank::meets(&agent.skills, ticket.terms())
            && self.preferred(ticket, now).is_none_or(|preferred| *preferred == agent.id)
    }

    fn preferred<'a>(&self, ticket: &'a Ticket, now: Moment) -> Option<&'a AgentId> {
        let prefer = ticket.entry.prefer.as_ref()?;
        let is_on_duty = |agent: &Agent| agent.id == prefer.agent && agent.duty.is_on_duty();
        let counts = now < ticket.entered + prefer.window && self.agents.iter().any(is_on_duty);
        counts.then_some(&prefer.agent)
    }

    /// What follows from what happened: steps that nobody can meet give way, refusals by everybody
    /// are forgiven, and the most pressing call that somebody may take goes to the best agent who
    /// may take it, until nothing fits.
    pub(crate) fn settle_down(&mut self, now: Moment) {
        for at in 0..self.tickets.len() {
            if !self.is_staffed(self.tickets[at].terms()) {
                self.advance(at, now);
            }
        }
        for at in 0..self.tickets.len() {
            if self.tickets[at].rung.is_none() {
                self.forgive(at);
            }
        }
        while let Some((agent, ticket)) = self.best_pair(now) {
            match self.tickets[ticket].marked {
                Some(_) => self.depart(ticket, now),
                None => self.offer(agent, ticket, now),
            }
        }
    }

    fn best_pair(&self, now: Moment) -> Option<(usize, usize)> {
        let ready: Vec<usize> = (0..self.agents.len())
            .filter(|at| self.agents[*at].duty == Duty::Available)
            .filter(|at| self.agents[*at].cooling.is_none())
            .collect();
        let mut best: Option<(usize, usize)> = None;
        for ticket in 0..self.tickets.len() {
            let subject = &self.tickets[ticket];
            if subject.rung.is_some() {
                continue;
            }
            let fitting = ready.iter().filter(|at| self.may_have(&self.agents[**at], subject, now));
            let Some(agent) =
                fitting.min_by_key(|at| rank::of_agent(&self.agents[**at], subject, now))
            else {
                continue;
            };
            let leader = best.map(|(_, leader)| &self.tickets[leader]);
            if leader.is_none_or(|leader| rank::of_tickets(subject, leader, now).is_lt()) {
                best = Some((*agent, ticket));
            }
        }
        best
    }

    /// Whether somebody on duty meets the terms.
    pub(crate) fn is_staffed(&self, terms: &Terms) -> bool {
        self.staff(terms).next().is_some()
    }

    pub(crate) fn staff(&self, terms: &Terms) -> impl Iterator<Item = &Agent> {
        let on_duty = self.agents.iter().filter(|agent| agent.duty.is_on_duty());
        on_duty.filter(|agent| rank::meets(&agent.skills, terms))
    }

    /// On the last step, when everybody on duty who meets it has refused, all are asked again.
    pub(crate) fn forgive(&mut self, at: usize) {
        let ticket = &self.tickets[at];
        let all = self.staff(ticket.terms()).all(|agent| ticket.refused.contains(&agent.id));
        if ticket.is_last_step() && all {
            self.tickets[at].refused.clear();
        }
    }

    /// Does all that is due, the oldest first, and sweeps last.
    pub(crate) fn do_what_is_due(&mut self, now: Moment) {
        let first = |model: &Self| {
            let due = model.dues().into_iter().filter(|(at, _)| *at <= now);
            due.min_by_key(|(at, due)| (*due == Due::Sweep, *at, due.clone()))
        };
        while let Some((_, due)) = first(self) {
            match due {
                Due::RingEnds(agent) => {
                    let at = self.find(&agent).expect("the agent who is rung");
                    self.ring_out(at, now);
                }
                Due::CoolDownEnds(agent) => {
                    let at = self.find(&agent).expect("the agent who cools down");
                    self.agents[at].cooling = None;
                }
                Due::WrapUpEnds(agent) => {
                    let at = self.find(&agent).expect("the agent who finishes");
                    self.end_wrap_up(at, now);
                }
                Due::StepBegins(ticket) => {
                    let at = self.find_ticket(&ticket).expect("the ticket that widens");
                    self.advance(at, now);
                }
                Due::PreferEnds(ticket) => {
                    let at = self.find_ticket(&ticket).expect("the ticket that preferred");
                    self.tickets[at].prefer_ends = None;
                }
                Due::WaitEnds(ticket) => {
                    let at = self.find_ticket(&ticket).expect("the ticket that waited");
                    self.time_out(at, now);
                }
                Due::PlaceTold(ticket) => {
                    let at = self.find_ticket(&ticket).expect("the ticket that is told");
                    self.tell_place(at, now);
                }
                Due::Sweep => self.sweep(now),
            }
        }
    }

    /// When something is due next.
    pub(crate) fn next_due(&self) -> Option<Moment> {
        self.dues().into_iter().map(|(at, _)| at).min()
    }

    fn dues(&self) -> Vec<(Moment, Due)> {
        let mut dues: Vec<(Moment, Due)> = Vec::new();
        for agent in &self.agents {
            let id = || agent.id.clone();
            match agent.business {
                Business::Ring { until, .. } => dues.push((until, Due::RingEnds(id()))),
                Business::WrapUp { until } => dues.push((until, Due::WrapUpEnds(id()))),
                Business::Free | Business::Talk { .. } => {}
            }
            dues.extend(agent.cooling.map(|at| (at, Due::CoolDownEnds(id()))));
        }
        for ticket in &self.tickets {
            let id = ticket.entry.ticket;
            dues.extend(ticket.next_step().map(|at| (at, Due::StepBegins(id))));
            dues.extend(ticket.prefer_ends.map(|at| (at, Due::PreferEnds(id))));
            dues.push((ticket.reaches(ticket.entry.max_wait), Due::WaitEnds(id)));
            dues.push((ticket.told_next, Due::PlaceTold(id)));
        }
        dues.extend(self.sweep.map(|at| (at, Due::Sweep)));
        dues
    }

    /// Whom only a worker saw leave is settled.
    fn sweep(&mut self, now: Moment) {
        let marked = |ticket: &&Ticket| ticket.marked.is_some();
        let gone: Vec<TicketId> =
            self.tickets.iter().filter(marked).map(|ticket| ticket.entry.ticket).collect();
        for ticket in gone {
            let at = self.find_ticket(&ticket).expect("one of the tickets");
            self.depart(at, now);
        }
        self.sweep = None;
        self.keep_sweeping(now);
    }

    pub(crate) fn keep_sweeping(&mut self, now: Moment) {
        let is_empty = self.agents.is_empty() && self.tickets.is_empty();
        if self.sweep.is_none() && !is_empty {
            self.sweep = Some(now + self.settings.sweep_every);
        }
    }

    pub(crate) fn find(&self, agent: &AgentId) -> Option<usize> {
        self.agents.iter().position(|one| one.id == *agent)
    }

    pub(crate) fn find_ticket(&self, ticket: &TicketId) -> Option<usize> {
        self.tickets.iter().position(|one| one.entry.ticket == *ticket)
    }

    /// The best rank first, among all who wait in line.
    pub(crate) fn in_order(&self, now: Moment) -> Vec<&Ticket> {
        let mut waiting: Vec<&Ticket> =
            self.tickets.iter().filter(|ticket| ticket.rung.is_none()).collect();
        waiting.sort_by(|one, other| rank::of_tickets(one, other, now));
        waiting
    }

    pub(crate) fn waiting_in(&self, queue: &QueueId) -> usize {
        self.tickets.iter().filter(|ticket| ticket.entry.queue == *queue).count()
    }
}

pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).expect("a span of less than an age")
}
