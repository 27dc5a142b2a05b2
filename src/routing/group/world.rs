//! A small world for the tests of a group: told time, named agents, and promises that are checked
//! after every input.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::id::{AgentId, CallId, OfferId, QueueId, SkillId, TicketId};
use crate::base::time::{Epoch, Moment, Wall};
use crate::routing::deadline::Timer;
use crate::routing::group::{DutyOrder, Group, Input, Output, Settings};
use crate::routing::need::{Demand, Need, Step, Terms};
use crate::routing::post::{Business, Standing};
use crate::routing::roster::{Capacity, Duty, Roster, Row, TicketState};
use crate::routing::skill::{Level, Profile};
use crate::routing::ticket::{Class, Departure, Entry, Overflow, Place, Stage};

pub(super) struct World {
    pub(super) group: Group,
    pub(super) now: Moment,
    pub(super) log: Vec<Output>,
    rng: Rng,
}

pub(super) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(super) fn name(text: &str) -> AgentId {
    AgentId::from(text)
}

pub(super) fn terms(all: &[(&str, u8)]) -> Terms {
    Terms { all: demands(all), any: Vec::new() }
}

pub(super) fn demands(list: &[(&str, u8)]) -> Vec<Demand> {
    let demand = |(skill, level): &(&str, u8)| Demand {
        skill: SkillId::from(*skill),
        level: Level::new(*level).unwrap(),
    };
    list.iter().map(demand).collect()
}

pub(super) fn need(steps: &[(u64, &[(&str, u8)])]) -> Need {
    let step = |(after, all): &(u64, &[(&str, u8)])| Step {
        after: seconds(*after),
        terms: Arc::new(terms(all)),
    };
    Need::new(steps.iter().map(step).collect()).unwrap()
}

pub(super) fn profile(skills: &[(&str, u8)]) -> Profile {
    let skill = |(skill, level): &(&str, u8)| (SkillId::from(*skill), Level::new(*level).unwrap());
    Profile { skills: skills.iter().map(skill).collect(), home: "all".into() }
}

impl World {
    pub(super) fn new() -> Self {
        Self::seeded(1, Capacity { agents: 130, tickets: 64, skills: 16 })
    }

    pub(super) fn seeded(seed: u64, capacity: Capacity) -> Self {
        let roster = Arc::new(Roster::new(capacity));
        let epoch = Epoch(Wall(1_790_000_000_000));
        let group = Group::new(roster, epoch, Settings::default(), Rng::seeded(seed));
        let now = Moment::START + seconds(3_600);
        Self { group, now, log: Vec::new(), rng: Rng::seeded(seed + 1_000) }
    }

    pub(super) fn hear(&mut self, input: Input) {
        self.group.handle(self.now, input);
        self.drain();
    }

    /// Lets `span` pass, stopping at every deadline on the way.
    pub(super) fn pass(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some((at, _)) = self.group.poll_timeout().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.group.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    /// The clock leaps by `span`, and all that fell due is done late.
    pub(super) fn leap(&mut self, span: Duration) {
        self.now = self.now + span;
        self.group.handle_timeout(self.now);
        self.drain();
    }

    /// Employs an agent and makes her available.
    pub(super) fn agent(&mut self, agent: &str, skills: &[(&str, u8)]) {
        self.hear(Input::Employ { agent: name(agent), profile: profile(skills) });
        self.order(agent, DutyOrder::SignIn);
        self.order(agent, DutyOrder::GoAvailable);
    }

    pub(super) fn order(&mut self, agent: &str, order: DutyOrder) {
        self.hear(Input::Order { agent: name(agent), order });
    }

    pub(super) fn away(&mut self, agent: &str) {
        self.order(agent, DutyOrder::GoAway { reason: Some("prayer".into()) });
    }

    pub(super) fn entry(&mut self, all: &[(&str, u8)]) -> Entry {
        let wall = Wall(1_790_000_000_000);
        Entry {
            ticket: TicketId::new(wall, &mut self.rng),
            call: CallId::new(wall, &mut self.rng),
            queue: QueueId::from("care"),
            entity: None,
            class: Class::default(),
            need: need(&[(0, all)]),
            target_wait: seconds(20),
            max_wait: seconds(600),
            cap: None,
            waiting_per_agent: None,
            ring: seconds(15),
            wrap_up: seconds(30),
            place: Place::Joining,
            prefer: None,
        }
    }

    pub(super) fn caller(&mut self, all: &[(&str, u8)]) -> TicketId {
        let entry = self.entry(all);
        self.enter(entry)
    }

    pub(super) fn enter(&mut self, entry: Entry) -> TicketId {
        let ticket = entry.ticket;
        self.hear(Input::Enter(Box::new(entry)));
        ticket
    }

    pub(super) fn leave(&mut self, ticket: TicketId, why: Departure) {
        self.hear(Input::Leave { ticket, why });
    }

    pub(super) fn standing(&self, agent: &str) -> Standing {
        self.group.standing(&name(agent)).unwrap()
    }

    pub(super) fn duty(&self, agent: &str) -> Duty {
        self.standing(agent).duty
    }

    /// The ticket that rings at the agent's.
    pub(super) fn rung(&self, agent: &str) -> Option<TicketId> {
        let standing = self.standing(agent);
        standing.offer.and(standing.ticket)
    }

    pub(super) fn offer(&self, agent: &str) -> OfferId {
        self.standing(agent).offer.expect("an offer rings")
    }

    pub(super) fn accept(&mut self, agent: &str) {
        let offer = self.offer(agent);
        self.hear(Input::Accept { offer });
    }

    pub(super) fn decline(&mut self, agent: &str) {
        let offer = self.offer(agent);
        self.hear(Input::Decline { offer });
    }

    pub(super) fn release(&mut self, agent: &str) {
        self.hear(Input::Release { agent: name(agent) });
    }

    /// Serves whatever rings at the agent's, with a talk of that length and no wrap-up left over.
    pub(super) fn serve(&mut self, agent: &str, talk: Duration) {
        self.accept(agent);
        self.pass(talk);
        self.release(agent);
        self.order(agent, DutyOrder::EndWrapUp);
    }

    pub(super) fn overflow(&self, wanted: TicketId) -> Option<Overflow> {
        self.log.iter().find_map(|output| {
            let Output::Overflow { ticket, outcome, .. } = output else { return None };
            (*ticket == wanted).then_some(*outcome)
        })
    }

    pub(super) fn count(&self, wanted: impl Fn(&Output) -> bool) -> usize {
        self.log.iter().filter(|output| wanted(output)).count()
    }

    fn drain(&mut self) {
        while let Some(output) = self.group.poll_output() {
            self.log.push(output);
        }
        self.group.check_invariants(self.now);
    }
}

impl Group {
    /// The promises that hold between any two inputs.
    pub(super) fn check_invariants(&self, now: Moment) {
        let sums = self.sums;
        let waiting = u64::try_from(self.tickets.len()).unwrap();
        assert_eq!(sums.entered, sums.connected + sums.left + sums.overflowed + waiting);
        let booked: usize = self.waiting().map(|line| line.waiting).sum();
        assert_eq!(booked, self.tickets.len(), "the queues' books agree");
        self.check_agents();
        self.check_tickets(now);
    }

    fn check_agents(&self) {
        let mut tickets = BTreeSet::new();
        let mut leases = 0;
        for slot in self.agents.values().copied() {
            let post = self.post(slot);
            let state = self.roster.read_agent(slot).state;
            assert_eq!(post.cooling.is_some(), self.deadlines.has(Timer::CoolDownEnds(slot)));
            match &post.business {
                Business::Free => assert_eq!(state.ticket, None, "{post:?}"),
                Business::Offered(lease) => {
                    leases += 1;
                    assert_eq!((state.duty, state.ticket), (Duty::Ringing, Some(lease.ticket)));
                    assert!(self.deadlines.has(Timer::RingEnds(slot)));
                    assert_eq!(self.offers.get(&lease.offer), Some(&slot));
                    assert_eq!(self.waiter(lease.ticket).stage, Stage::Offered(slot));
                    assert!(tickets.insert(lease.ticket), "one agent per ticket");
                }
                Business::Talk(talk) => {
                    assert!(matches!(state.duty, Duty::Talking | Duty::Held));
                    let word = self.roster.read_ticket(talk.slot).state;
                    assert_eq!(word, TicketState::Connected(slot));
                    assert!(tickets.insert(talk.slot), "one agent per ticket");
                }
                Business::WrapUp(_) => {
                    assert_eq!(state.duty, Duty::WrapUp);
                    assert!(self.deadlines.has(Timer::WrapUpEnds(slot)));
                }
            }
        }
        assert_eq!(leases, self.offers.len());
        let counted = |wanted: &dyn Fn(Duty) -> bool| {
            let duty = |slot: &_| self.roster.read_agent(*slot).state.duty;
            self.agents.values().filter(|slot| wanted(duty(slot))).count()
        };
        assert_eq!(self.roster.count(Row::Available), counted(&|duty| duty == Duty::Available));
        assert_eq!(self.roster.count(Row::OnDuty), counted(&Duty::is_on_duty));
        let ready = self.agents.values().filter(|slot| self.is_ready(**slot)).count();
        assert_eq!(self.roster.count(Row::Ready), ready);
    }

    fn check_tickets(&self, now: Moment) {
        let mut in_line = 0;
        for slot in self.tickets.values().copied() {
            let waiter = self.waiter(slot);
            assert!(self.deadlines.has(Timer::WaitEnds(slot)), "nothing waits without a deadline");
            match waiter.stage {
                Stage::Arriving => panic!("a ticket that never lined up"),
                Stage::InLine(_) => {
                    in_line += 1;
                    assert!(
                        self.choose_agent(slot, now).is_none(),
                        "no caller waits for an agent who is ready: {waiter:?}"
                    );
                }
                Stage::Offered(agent) => {
                    assert!(matches!(self.post(agent).business, Business::Offered(_)));
                }
            }
        }
        let placed: usize = self.lines.iter().map(|shape| shape.line.len()).sum();
        assert_eq!(placed, in_line, "no ticket is in two lines");
        assert!(self.lines.iter().all(|shape| shape.line.iter().is_sorted()));
    }
}
