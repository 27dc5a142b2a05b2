//! Decisions of one routing group: callers who enter, offers that are accepted, agents let go.

mod clock;
mod figure;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, QueueId, SkillId, TicketId};
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::routing::{
    Capacity, Class, Demand, DutyOrder, Entry, Group, Input, Level, Need, Output, Place, Profile,
    Roster, Settings, Step, Terms,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const AGENTS: u64 = 1_000;
const ENTITIES: u64 = 36;
/// Cycles between two looks at the clock.
const BATCH: u64 = 200;
/// How often the slowest hundredth is looked for.
const SAMPLES: usize = 20_000;

fn main() {
    let mut pool = Pool::new();
    let idle = clock::per_second(|| pool.cycles(Let::TheLongest));
    figure::tell("routing_decisions_agents_free_per_second", idle, "1/s", "-");
    pool.fill(500);
    let busy = clock::per_second(|| pool.cycles(Let::TheNext));
    figure::tell("routing_decisions_500_waiting_per_second", busy, "1/s", "-");
    let reaction = pool.release_to_offer_p99();
    figure::tell("routing_release_to_offer_500_waiting_p99", reaction, "us", "<=2000");
    assert_eq!(pool.group.sums().breaches, 0, "no promise is broken");
}

/// Which agent is let go before the next caller enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Let {
    /// The one who has talked longest, whenever more than a tenth of them talk.
    TheLongest,
    /// The one who has talked longest, always: each caller who enters makes up for one who leaves.
    TheNext,
}

/// A routing group with its agents, and callers without end.
struct Pool {
    group: Group,
    now: Moment,
    rng: Rng,
    needs: Vec<Need>,
    callers: usize,
    talking: VecDeque<AgentId>,
    decisions: u64,
}

impl Pool {
    fn new() -> Self {
        let roster = Arc::new(Roster::new(Capacity::default()));
        let mut group = Group::new(roster, EPOCH, Settings::default(), Rng::seeded(1));
        let now = Moment::START + Duration::from_secs(3_600);
        for number in 0..AGENTS {
            let agent = AgentId::from(format!("agent-{number}").as_str());
            group.handle(now, Input::Employ { agent: agent.clone(), profile: profile(number) });
            for order in [DutyOrder::SignIn, DutyOrder::GoAvailable] {
                group.handle(now, Input::Order { agent: agent.clone(), order });
            }
        }
        while group.poll_output().is_some() {}
        let needs = (0..2 * ENTITIES).map(need).collect();
        let (callers, talking, decisions) = (0, VecDeque::new(), 0);
        Self { group, now, rng: Rng::seeded(2), needs, callers, talking, decisions }
    }

    /// Lets callers enter until `waiting` of them wait.
    fn fill(&mut self, waiting: usize) {
        while self.waiting() < waiting {
            self.enter();
        }
    }

    /// A batch of callers and releases; says how many callers were given to agents.
    fn cycles(&mut self, whom: Let) -> u64 {
        let before = self.decisions;
        for _ in 0..BATCH {
            let free = match whom {
                Let::TheLongest => self.talking.len() > 100,
                Let::TheNext => true,
            };
            if free {
                self.release();
            }
            self.enter();
        }
        self.decisions - before
    }

    /// The time from an agent's release to the next offer, in microseconds of this thread's clock:
    /// all but a hundredth are faster.
    fn release_to_offer_p99(&mut self) -> f64 {
        let mut spans: Vec<Duration> = Vec::with_capacity(SAMPLES);
        while spans.len() < SAMPLES {
            let (begun, decisions) = (clock::busy(), self.decisions);
            self.release();
            let taken = clock::busy().saturating_sub(begun);
            if self.decisions > decisions {
                spans.push(taken);
            }
            self.enter();
        }
        spans.sort();
        spans.get(SAMPLES * 99 / 100).map_or(0.0, |span| span.as_secs_f64() * 1e6)
    }

    fn release(&mut self) {
        if let Some(agent) = self.talking.pop_front() {
            self.group.handle(self.now, Input::Release { agent });
            self.drain();
        }
    }

    fn enter(&mut self) {
        self.now = self.now + Duration::from_millis(10);
        while self.group.poll_timeout().is_some_and(|(at, _)| at <= self.now) {
            self.group.handle_timeout(self.now);
            self.drain();
        }
        self.callers += 31;
        let entry = self.entry();
        self.group.handle(self.now, Input::Enter(Box::new(entry)));
        self.drain();
    }

    fn entry(&mut self) -> Entry {
        let wall = EPOCH.wall(self.now);
        let needs = self.needs.iter().cycle();
        let need = needs.clone().nth(self.callers % self.needs.len());
        Entry {
            ticket: TicketId::new(wall, &mut self.rng),
            call: CallId::new(wall, &mut self.rng),
            queue: QueueId::from("citizen_care"),
            entity: None,
            class: Class::default(),
            need: need.expect("there are needs").clone(),
            target_wait: Duration::from_secs(20),
            max_wait: Duration::from_secs(3_600),
            cap: None,
            waiting_per_agent: None,
            ring: Duration::from_secs(15),
            wrap_up: Duration::ZERO,
            place: Place::Joining,
            prefer: None,
        }
    }

    /// Agents accept at once.
    fn drain(&mut self) {
        while let Some(output) = self.group.poll_output() {
            if let Output::Offer { offer, agent, .. } = output {
                self.decisions += 1;
                self.group.handle(self.now, Input::Accept { offer });
                self.talking.push_back(agent);
            }
        }
    }

    fn waiting(&self) -> usize {
        self.group.waiting().map(|line| line.waiting).sum()
    }
}

const EPOCH: Epoch = Epoch(Wall(1_790_000_000_000));

/// One language, and fourteen entities of thirty-six.
fn profile(number: u64) -> Profile {
    let mut profile = Profile::default();
    let language = if number.is_multiple_of(3) { "lang.en" } else { "lang.ar" };
    profile.skills.insert(SkillId::from(language), level(number + 2));
    for entity in 0..14 {
        let name = format!("entity.{}", (number * 7 + entity) % ENTITIES);
        profile.skills.insert(SkillId::from(name.as_str()), level(number + entity));
    }
    profile
}

/// A language and an entity, asked for less and less.
fn need(number: u64) -> Need {
    let language = if number.is_multiple_of(2) { "lang.ar" } else { "lang.en" };
    let entity = format!("entity.{}", number / 2);
    let demand = |skill: &str, level| Demand {
        skill: SkillId::from(skill),
        level: Level::new(level).expect("levels are 1 to 5"),
    };
    let step = |seconds, all| Step {
        after: Duration::from_secs(seconds),
        terms: Arc::new(Terms { all, any: Vec::new() }),
    };
    let steps = vec![
        step(0, vec![demand(language, 3), demand(&entity, 3)]),
        step(40, vec![demand(language, 2), demand(&entity, 1)]),
        step(90, vec![demand(language, 1)]),
    ];
    Need::new(steps).expect("the steps are in order")
}

fn level(number: u64) -> Level {
    let level = u8::try_from(1 + number % 5).unwrap_or(1);
    Level::new(level).expect("levels are 1 to 5")
}
