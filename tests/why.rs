//! What `hatif why` says of waits in which things happen: the group's own events, in sentences.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, OfferId, TicketId};
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::record::why::{Answer, TicketLog, TicketLogs, Tongue};
use hatif::routing::{
    Capacity, Class, Demand, Departure, DutyOrder, Entry, Group, Input, Level, Need, Output, Place,
    Prefer, Profile, Roster, Settings, Step, Terms,
};

const ARABIC: &[(&str, u8)] = &[("lang.ar", 3)];
const POWER: &[(&str, u8)] = &[("lang.ar", 3), ("entity.power", 2)];

/// One group, told the time, and the logs of its tickets.
struct World {
    group: Group,
    now: Moment,
    rng: Rng,
    logs: TicketLogs,
    closed: Vec<TicketLog>,
}

impl World {
    fn new() -> Self {
        let roster = Roster::new(Capacity { agents: 32, tickets: 64, skills: 16 });
        let epoch = Epoch(Wall(1_790_000_000_000));
        Self {
            group: Group::new(Arc::new(roster), epoch, Settings::default(), Rng::seeded(1)),
            now: Moment::START + seconds(3_600),
            rng: Rng::seeded(2),
            logs: TicketLogs::default(),
            closed: Vec::new(),
        }
    }

    fn hear(&mut self, input: Input) {
        self.group.handle(self.now, input);
        self.drain();
    }

    fn pass(&mut self, span: u64) {
        let end = self.now + seconds(span);
        while let Some((at, _)) = self.group.poll_timeout().filter(|(at, _)| *at <= end) {
            self.now = self.now.max(at);
            self.group.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
    }

    fn drain(&mut self) {
        while let Some(output) = self.group.poll_output() {
            match output {
                Output::Event(event) => self.closed.extend(self.logs.handle(&event)),
                Output::Place { ticket, position, .. } => self.logs.placed(ticket, position),
                Output::Offer { .. }
                | Output::Withdraw { .. }
                | Output::Connect { .. }
                | Output::TooLate { .. }
                | Output::Overflow { .. }
                | Output::Duty { .. }
                | Output::Refused { .. } => {}
            }
        }
    }

    /// Employs an agent and makes her available.
    fn agent(&mut self, agent: &str, skills: &[(&str, u8)]) {
        let skills = skills.iter().map(|(skill, of)| ((*skill).into(), level(*of))).collect();
        let profile = Profile { skills, home: String::new() };
        self.hear(Input::Employ { agent: agent.into(), profile });
        self.order(agent, DutyOrder::SignIn);
        self.order(agent, DutyOrder::GoAvailable);
    }

    fn order(&mut self, agent: &str, order: DutyOrder) {
        self.hear(Input::Order { agent: agent.into(), order });
    }

    fn away(&mut self, agent: &str) {
        self.order(agent, DutyOrder::GoAway { reason: Some("prayer".to_owned()) });
    }

    fn entry(&mut self, need: &[(u64, &[(&str, u8)])]) -> Entry {
        let wall = Wall(1_790_000_000_000);
        let step = |(after, all): &(u64, &[(&str, u8)])| {
            let all = all.iter();
            let all = all.map(|(skill, of)| Demand { skill: (*skill).into(), level: level(*of) });
            let terms = Terms { all: all.collect(), any: Vec::new() };
            Step { after: seconds(*after), terms: Arc::new(terms) }
        };
        Entry {
            ticket: TicketId::new(wall, &mut self.rng),
            call: CallId::new(wall, &mut self.rng),
            queue: "care".into(),
            entity: Some("power".into()),
            class: Class::default(),
            need: Need::new(need.iter().map(step).collect()).expect("steps in order"),
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

    fn enter(&mut self, entry: Entry) -> TicketId {
        let ticket = entry.ticket;
        self.hear(Input::Enter(Box::new(entry)));
        ticket
    }

    fn caller(&mut self, need: &[(u64, &[(&str, u8)])]) -> TicketId {
        let entry = self.entry(need);
        self.enter(entry)
    }

    /// Somebody calls, and she talks with him.
    fn busy(&mut self, agent: &str) {
        self.caller(&[(0, ARABIC)]);
        self.accept(agent);
    }

    fn offer(&self, agent: &str) -> OfferId {
        let standing = self.group.standing(&AgentId::from(agent)).expect("she is employed");
        standing.offer.unwrap_or_else(|| panic!("nothing rings at {agent}'s"))
    }

    fn accept(&mut self, agent: &str) {
        let offer = self.offer(agent);
        self.hear(Input::Accept { offer });
    }

    fn decline(&mut self, agent: &str) {
        let offer = self.offer(agent);
        self.hear(Input::Decline { offer });
    }

    fn release(&mut self, agent: &str) {
        self.hear(Input::Release { agent: agent.into() });
    }

    fn free(&mut self, agent: &str) {
        self.release(agent);
        self.order(agent, DutyOrder::EndWrapUp);
    }

    fn leave(&mut self, ticket: TicketId, why: Departure) {
        self.hear(Input::Leave { ticket, why });
    }

    /// The ticket's life in sentences.
    fn why(&self, ticket: TicketId, tongue: Tongue) -> String {
        let is_it = |log: &&TicketLog| log.ticket == ticket;
        let log = self.closed.iter().find(is_it).expect("the ticket is settled");
        let answer = Answer::new(log.call, vec![log.clone()], tongue, |_| String::new());
        let mut out = String::new();
        for line in answer.tickets.iter().flat_map(|of| &of.lines) {
            let after = line.after_ms / 1_000;
            writeln!(out, "+{after:>3} s  {}", line.text).expect("a string takes it");
        }
        out
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn level(number: u8) -> Level {
    Level::new(number).expect("one of five")
}

/// Holds what is said against the file of that name.
fn check(name: &str, said: &str) {
    insta::with_settings!({snapshot_path => "why", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(name, said);
    });
}

#[test]
fn nobody_on_duty() {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    world.agent("mona", ARABIC);
    world.away("sara");
    world.order("mona", DutyOrder::SignOut);
    let ticket = world.caller(&[(0, ARABIC)]);
    check("nobody_on_duty", &world.why(ticket, Tongue::English));
    check("nobody_on_duty_ar", &world.why(ticket, Tongue::Arabic));
}

/// Five agents who all have something to do.
fn full_house() -> World {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    world.busy("sara");
    world.agent("mona", ARABIC);
    world.busy("mona");
    world.agent("huda", ARABIC);
    world.busy("huda");
    world.agent("noor", ARABIC);
    world.busy("noor");
    world.agent("away", ARABIC);
    world.away("away");
    world.hear(Input::Hold { agent: "mona".into() });
    world
}

#[test]
fn all_busy_then_the_one_who_frees_takes_it() {
    let mut world = full_house();
    world.release("noor");
    let mut urgent = world.entry(&[(0, ARABIC)]);
    urgent.class = Class::EMERGENCY;
    let urgent = world.enter(urgent);
    world.caller(&[(0, ARABIC)]);
    let ticket = world.caller(&[(0, ARABIC)]);
    world.leave(urgent, Departure::CallerLeft);
    world.pass(30);
    world.accept("noor");
    world.pass(60);
    world.free("sara");
    world.pass(4);
    world.accept("sara");
    check("all_busy", &world.why(ticket, Tongue::English));
    check("all_busy_ar", &world.why(ticket, Tongue::Arabic));
}

#[test]
fn those_who_are_free_lack_the_skill() {
    let mut world = World::new();
    world.agent("power", POWER);
    world.busy("power");
    world.agent("beginner", &[("lang.ar", 3), ("entity.power", 1)]);
    world.agent("water", &[("lang.ar", 5), ("entity.water", 5)]);
    world.agent("english", &[("lang.en", 5), ("entity.power", 5)]);
    let ticket = world.caller(&[(0, POWER)]);
    world.pass(41);
    world.leave(ticket, Departure::CallerLeft);
    check("lacks_skill", &world.why(ticket, Tongue::English));
}

#[test]
fn a_step_widens_by_the_clock_and_finds_somebody() {
    let mut world = World::new();
    world.agent("power", POWER);
    world.busy("power");
    world.agent("other", ARABIC);
    world.busy("other");
    let ticket = world.caller(&[(0, POWER), (40, ARABIC)]);
    world.pass(50);
    world.free("other");
    world.accept("other");
    check("widened", &world.why(ticket, Tongue::English));
}

#[test]
fn a_step_that_nobody_on_duty_meets_gives_way_at_once() {
    let mut world = World::new();
    world.agent("power", POWER);
    world.busy("power");
    world.agent("other", ARABIC);
    world.busy("other");
    let ticket = world.caller(&[(0, POWER), (40, ARABIC)]);
    world.pass(10);
    world.order("power", DutyOrder::SignOut);
    world.release("power");
    world.pass(10);
    world.leave(ticket, Departure::Exit);
    check("step_given_way", &world.why(ticket, Tongue::English));
}

#[test]
fn declined_missed_and_asked_again() {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    world.agent("mona", &[("lang.ar", 5)]);
    let ticket = world.caller(&[(0, ARABIC)]);
    world.pass(3);
    world.decline("mona");
    world.pass(15);
    let offer = world.offer("mona");
    world.hear(Input::Unreachable { offer });
    world.pass(10);
    world.accept("sara");
    check("declined", &world.why(ticket, Tongue::English));
    check("declined_ar", &world.why(ticket, Tongue::Arabic));
}

#[test]
fn kept_for_the_preferred_agent_for_a_while() {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    world.busy("sara");
    world.agent("mona", ARABIC);
    let mut entry = world.entry(&[(0, ARABIC)]);
    entry.prefer = Some(Prefer { agent: "sara".into(), window: seconds(20) });
    let ticket = world.enter(entry);
    world.pass(20);
    world.accept("mona");
    check("preferred", &world.why(ticket, Tongue::English));
}

#[test]
fn a_freed_agent_takes_the_most_pressing_of_the_first_in_line() {
    let mut world = World::new();
    world.agent("sara", POWER);
    world.busy("sara");
    let mut other = world.entry(&[(0, POWER)]);
    other.target_wait = seconds(200);
    world.enter(other);
    let ticket = world.caller(&[(0, ARABIC)]);
    world.pass(30);
    world.free("sara");
    world.accept("sara");
    check("freed_agent", &world.why(ticket, Tongue::English));
    check("freed_agent_ar", &world.why(ticket, Tongue::Arabic));
}

#[test]
fn the_longest_wait_is_over() {
    let mut world = full_house();
    let mut entry = world.entry(&[(0, ARABIC)]);
    entry.max_wait = seconds(60);
    let ticket = world.enter(entry);
    world.pass(60);
    check("timeout", &world.why(ticket, Tongue::English));
    check("timeout_ar", &world.why(ticket, Tongue::Arabic));
}

#[test]
fn a_call_back_keeps_the_place() {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    world.busy("sara");
    let first = world.caller(&[(0, ARABIC)]);
    world.pass(30);
    world.caller(&[(0, ARABIC)]);
    world.leave(first, Departure::Callback);
    let mut entry = world.entry(&[(0, ARABIC)]);
    entry.place = Place::CallBack(seconds(30));
    let call_back = world.enter(entry);
    world.pass(25);
    world.free("sara");
    world.accept("sara");
    let both = world.why(first, Tongue::English) + &world.why(call_back, Tongue::English);
    check("callback", &both);
    check("callback_ar", &world.why(call_back, Tongue::Arabic));
}

#[test]
fn the_queue_is_full() {
    let mut world = full_house();
    world.caller(&[(0, ARABIC)]);
    let mut entry = world.entry(&[(0, ARABIC)]);
    (entry.cap, entry.waiting_per_agent) = (Some(1), Some(4));
    let ticket = world.enter(entry);
    check("full", &world.why(ticket, Tongue::English));
}

#[test]
fn a_caller_hangs_up_while_it_rings() {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    let ticket = world.caller(&[(0, ARABIC)]);
    world.pass(5);
    world.leave(ticket, Departure::CallerLeft);
    check("hung_up", &world.why(ticket, Tongue::English));
}

#[test]
fn who_lost_the_agent_comes_before_all_others() {
    let mut world = World::new();
    world.agent("sara", ARABIC);
    world.busy("sara");
    world.caller(&[(0, ARABIC)]);
    let mut entry = world.entry(&[(0, ARABIC)]);
    entry.place = Place::Head;
    let ticket = world.enter(entry);
    world.pass(5);
    world.agent("mona", ARABIC);
    world.hear(Input::Dismiss { agent: "mona".into() });
    world.pass(5);
    world.free("sara");
    world.accept("sara");
    check("head", &world.why(ticket, Tongue::English));
}

#[test]
fn a_crowd_is_counted_and_only_its_first_are_named() {
    let mut world = World::new();
    for number in 0..9 {
        let name = format!("agent{number}");
        world.agent(&name, ARABIC);
        world.busy(&name);
    }
    world.agent("other", &[("lang.en", 1)]);
    let ticket = world.caller(&[(0, ARABIC)]);
    world.leave(ticket, Departure::CallerLeft);
    check("crowd", &world.why(ticket, Tongue::English));
}
