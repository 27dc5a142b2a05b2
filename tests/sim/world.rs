//! What happens in a random world, as a plain list that can be replayed and shortened.

use hatif::base::chance::Rng;
use hatif::routing::{Capacity, Departure, DutyOrder};

/// Skills that agents have and callers want.
pub(crate) const SKILLS: [&str; 6] =
    ["lang.ar", "lang.en", "entity.power", "entity.water", "topic.complaint", "topic.fraud"];
const HAPPENINGS: u64 = 400;
const MICROS: u64 = 1_000_000;

/// What a world stands on.
#[derive(Debug, Clone)]
pub(crate) struct Ground {
    pub(crate) seed: u64,
    pub(crate) groups: usize,
    pub(crate) capacity: Capacity,
}

/// One thing that happens.
#[derive(Debug, Clone)]
pub(crate) enum Happening {
    /// Time passes, in microseconds, and all that falls due is done in time.
    Pass(u64),
    /// The clock leaps, in microseconds: what falls due is done late and at once.
    Leap(u64),
    /// Something happens in a routing group.
    In(usize, Act),
}

/// A skill, by number, and a level.
pub(crate) type Grade = (usize, u8);

/// One thing that happens in a group.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    Employ {
        agent: u64,
        skills: Vec<Grade>,
    },
    Dismiss {
        agent: u64,
    },
    Order {
        agent: u64,
        order: DutyOrder,
    },
    Lose {
        agent: u64,
    },
    Enter(Box<Arrival>),
    Leave {
        ticket: u64,
        why: Departure,
    },
    /// A worker marks the ticket, and its word to the group is lost.
    Mark {
        ticket: u64,
    },
    /// The caller takes a call-back, which keeps his place under a new number.
    KeepPlace {
        ticket: u64,
        call_back: u64,
    },
    /// One of the agents who ring takes the call.
    Accept {
        ring: u64,
    },
    /// The accept comes after the ring, and before the lease is over.
    AcceptLate {
        ring: u64,
        after: u64,
    },
    /// The accept is of an offer that is settled already.
    AcceptStale {
        agent: u64,
    },
    Decline {
        ring: u64,
    },
    Unreachable {
        ring: u64,
    },
    Hold {
        agent: u64,
    },
    Unhold {
        agent: u64,
    },
    /// One of the talks is over.
    Release {
        talk: u64,
    },
}

/// A caller who enters a queue.
#[derive(Debug, Clone)]
pub(crate) struct Arrival {
    pub(crate) ticket: u64,
    pub(crate) queue: u64,
    pub(crate) policy: Policy,
    pub(crate) class: u8,
    pub(crate) steps: Vec<StepOf>,
    pub(crate) stand: Stand,
    pub(crate) prefer: Option<(u64, u64)>,
}

/// A step: from when on, in seconds, what it asks for, and the list of which one will do.
#[derive(Debug, Clone)]
pub(crate) struct StepOf {
    pub(crate) after: u64,
    pub(crate) all: Vec<Grade>,
    pub(crate) any: Vec<Grade>,
}

/// Where a caller stands; ages are in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Stand {
    Joining,
    Carried(u64),
    CallBack(u64),
    Head,
}

/// What a queue's file says; a reload changes it for those who come later.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Policy {
    pub(crate) target: u64,
    pub(crate) max_wait: u64,
    pub(crate) cap: Option<usize>,
    pub(crate) per_agent: Option<u32>,
    pub(crate) ring: u64,
    pub(crate) wrap_up: u64,
}

/// The world of a seed.
pub(crate) fn of(seed: u64) -> (Ground, Vec<Happening>) {
    let mut author = Author::new(seed);
    author.open();
    for _ in 0..HAPPENINGS {
        author.write();
    }
    (author.ground, author.happenings)
}

struct Author {
    chance: Rng,
    ground: Ground,
    agents: u64,
    skills: u64,
    tickets: u64,
    policies: Vec<Policy>,
    happenings: Vec<Happening>,
}

impl Author {
    fn new(seed: u64) -> Self {
        let mut chance = Rng::seeded(seed);
        let agents = 1 + chance.below(9);
        let skills = 1 + chance.below(6);
        let seats = u16::try_from(agents - chance.below(2).min(agents - 1)).expect("a few");
        let room = u16::try_from(skills - chance.below(2).min(skills - 1)).expect("a few");
        let tickets = u16::try_from(4 + chance.below(28)).expect("a few");
        let capacity = Capacity { agents: seats, tickets, skills: room };
        let groups = if chance.below(4) == 0 { 2 } else { 1 };
        let mut author = Self {
            chance,
            ground: Ground { seed, groups, capacity },
            agents,
            skills,
            tickets: 0,
            policies: Vec::new(),
            happenings: Vec::new(),
        };
        let queues = 1 + author.chance.below(4);
        author.policies = (0..queues).map(|_| author.policy()).collect();
        author
    }

    /// The house opens: agents come, and most of them take calls.
    fn open(&mut self) {
        for agent in 0..self.agents {
            let group = self.group();
            let skills = self.profile();
            self.happenings.push(Happening::In(group, Act::Employ { agent, skills }));
            for order in [DutyOrder::SignIn, DutyOrder::GoAvailable] {
                if 0 < self.chance.below(8) {
                    self.happenings.push(Happening::In(group, Act::Order { agent, order }));
                }
            }
        }
    }

    fn write(&mut self) {
        let agent = self.chance.below(self.agents);
        let act = match self.chance.below(100) {
            0..=21 => return self.pass(),
            22 => return self.reload_skills(),
            23 => return self.reload_queue(),
            24 => return self.call_in(),
            25..=37 => Act::Enter(Box::new(self.arrival())),
            38..=55 => Act::Accept { ring: agent },
            56 => Act::AcceptLate { ring: agent, after: self.chance.below(2 * MICROS) },
            57 => Act::AcceptStale { agent },
            58..=60 => Act::Decline { ring: agent },
            61 => Act::Unreachable { ring: agent },
            62..=75 => Act::Release { talk: agent },
            76 => Act::Hold { agent },
            77 => Act::Unhold { agent },
            78..=93 => Act::Order { agent, order: self.order() },
            94 => match self.chance.below(3) {
                0 => Act::Dismiss { agent },
                _ => Act::Lose { agent },
            },
            95 => Act::Employ { agent, skills: self.profile() },
            96..=97 => Act::Leave { ticket: self.recent(), why: self.departure() },
            98 => Act::Mark { ticket: self.recent() },
            _ => {
                let ticket = self.recent();
                self.tickets += 1;
                Act::KeepPlace { ticket, call_back: self.tickets }
            }
        };
        let group = self.group();
        self.happenings.push(Happening::In(group, act));
    }

    /// Whole seconds make deadlines fall together.
    fn pass(&mut self) {
        let longest = if self.chance.below(16) == 0 { 90 } else { 8 };
        let span = match self.chance.below(2) {
            0 => self.chance.below(longest) * MICROS,
            _ => self.chance.below(longest * MICROS),
        };
        let leaps = self.chance.below(16) == 0;
        self.happenings.push(if leaps { Happening::Leap(span) } else { Happening::Pass(span) });
    }

    /// A shift begins: everybody comes.
    fn call_in(&mut self) {
        let group = self.group();
        for agent in 0..self.agents {
            for order in [DutyOrder::SignIn, DutyOrder::GoAvailable] {
                self.happenings.push(Happening::In(group, Act::Order { agent, order }));
            }
        }
    }

    fn reload_skills(&mut self) {
        let group = self.group();
        for agent in 0..self.agents {
            let skills = self.profile();
            self.happenings.push(Happening::In(group, Act::Employ { agent, skills }));
        }
    }

    fn reload_queue(&mut self) {
        let at = self.queue();
        self.policies[at] = self.policy();
    }

    fn policy(&mut self) -> Policy {
        let chance = &mut self.chance;
        Policy {
            target: [0, 10, 20, 20, 60][choice(chance, 5)],
            max_wait: 50 + chance.below(150),
            cap: (chance.below(4) == 0).then_some(3),
            per_agent: (chance.below(4) == 0).then_some(2),
            ring: [5, 15, 15, 20][choice(chance, 4)],
            wrap_up: [0, 10, 30][choice(chance, 3)],
        }
    }

    fn arrival(&mut self) -> Arrival {
        self.tickets += 1;
        let queue = self.queue();
        let first = StepOf { after: 0, all: self.demands(3), any: self.some_demands() };
        let mut steps = vec![first];
        for after in [15, 40] {
            if self.chance.below(2) == 0 {
                steps.push(StepOf { after, all: self.demands(2), any: self.some_demands() });
            }
        }
        let stand = match self.chance.below(12) {
            0 => Stand::Head,
            1 => Stand::CallBack(self.chance.below(60) * MICROS),
            2 | 3 => Stand::Carried(self.chance.below(120) * MICROS),
            _ => Stand::Joining,
        };
        let prefers = self.chance.below(4) == 0;
        Arrival {
            // Now and then one enters who is there already.
            ticket: if self.chance.below(64) == 0 { self.tickets - 1 } else { self.tickets },
            queue: queue as u64,
            policy: self.policies[queue],
            class: [0, 1, 2, 2, 2, 2, 3][choice(&mut self.chance, 7)],
            steps,
            stand,
            prefer: prefers.then(|| (self.chance.below(self.agents), 5 + self.chance.below(30))),
        }
    }

    fn order(&mut self) -> DutyOrder {
        match self.chance.below(10) {
            0 | 1 => DutyOrder::SignIn,
            2..=6 => DutyOrder::GoAvailable,
            7 if self.chance.below(2) == 0 => DutyOrder::GoAway { reason: Some("prayer".into()) },
            7 => DutyOrder::GoAway { reason: None },
            8 => DutyOrder::SignOut,
            _ => DutyOrder::EndWrapUp,
        }
    }

    fn departure(&mut self) -> Departure {
        let all = [Departure::CallerLeft, Departure::Exit, Departure::Callback];
        all[choice(&mut self.chance, 3)]
    }

    /// What an agent can do: most of it, at any level.
    fn profile(&mut self) -> Vec<Grade> {
        let mut grades = Vec::new();
        for skill in 0..self.skills as usize {
            if 0 < self.chance.below(4) {
                grades.push((skill, 1 + choice(&mut self.chance, 5) as u8));
            }
        }
        grades
    }

    /// What a caller asks for: fewer than `end` skills, at low levels mostly.
    fn demands(&mut self, end: u64) -> Vec<Grade> {
        let count = self.chance.below(end);
        let levels = [1, 1, 1, 2, 2, 3, 4, 5];
        let mut demand =
            || (choice(&mut self.chance, self.skills), levels[choice(&mut self.chance, 8)]);
        (0..count).map(|_| demand()).collect()
    }

    fn some_demands(&mut self) -> Vec<Grade> {
        if self.chance.below(4) == 0 { self.demands(3) } else { Vec::new() }
    }

    /// One of the tickets of late.
    fn recent(&mut self) -> u64 {
        self.tickets.saturating_sub(self.chance.below(8))
    }

    fn group(&mut self) -> usize {
        choice(&mut self.chance, self.ground.groups as u64)
    }

    fn queue(&mut self) -> usize {
        choice(&mut self.chance, self.policies.len() as u64)
    }
}

fn choice(chance: &mut Rng, end: u64) -> usize {
    usize::try_from(chance.below(end)).expect("a small number")
}
