//! Whole shifts by chance: any order of inputs keeps every promise, and a seed replays.

use crate::base::chance::Rng;
use crate::base::id::TicketId;
use crate::routing::event::Event;
use crate::routing::group::world::{World, name, need, profile, seconds};
use crate::routing::group::{DutyOrder, Input, Output};
use crate::routing::post::Business;
use crate::routing::roster::Capacity;
use crate::routing::ticket::{Class, Departure, Place, Prefer};

const SEEDS: u64 = 96;
const STEPS: u64 = 500;
const AGENTS: u64 = 7;
const SKILLS: [&str; 4] = ["lang.ar", "lang.en", "entity.power", "entity.water"];

/// A shift and those who turned up.
struct Shift {
    world: World,
    chance: Rng,
    tickets: Vec<TicketId>,
}

impl Shift {
    fn new(seed: u64) -> Self {
        let capacity = Capacity { agents: 6, tickets: 24, skills: 4 };
        Self {
            world: World::seeded(seed, capacity),
            chance: Rng::seeded(seed),
            tickets: Vec::new(),
        }
    }

    fn step(&mut self) {
        match self.chance.below(20) {
            0 => self.employ(),
            1..=4 => self.order(),
            5..=8 => self.enter(),
            9 => self.leave(),
            10 => self.hang_up_behind_the_owner(),
            11..=13 => self.answer(),
            14..=15 => self.talk(),
            16 => self.lose(),
            _ => {
                let span = self.chance.below(25_000_000);
                self.world.pass(std::time::Duration::from_micros(span));
            }
        }
    }

    fn agent(&mut self) -> String {
        format!("agent-{}", self.chance.below(AGENTS))
    }

    fn some_skills(&mut self) -> Vec<(&'static str, u8)> {
        let mut skills = Vec::new();
        for skill in SKILLS {
            let level = self.chance.below(8);
            if (1..=5).contains(&level) {
                skills.push((skill, u8::try_from(level).unwrap()));
            }
        }
        skills
    }

    fn employ(&mut self) {
        let (agent, skills) = (self.agent(), self.some_skills());
        self.world.hear(Input::Employ { agent: name(&agent), profile: profile(&skills) });
    }

    fn order(&mut self) {
        let agent = self.agent();
        let order = match self.chance.below(9) {
            0 | 1 => DutyOrder::SignIn,
            2..=4 => DutyOrder::GoAvailable,
            5 => DutyOrder::GoAway { reason: None },
            6 => DutyOrder::SignOut,
            _ => DutyOrder::EndWrapUp,
        };
        self.world.order(&agent, order);
    }

    fn enter(&mut self) {
        let (mut narrow, prefer) = (self.some_skills(), self.agent());
        narrow.truncate(2);
        let wide: Vec<_> = narrow.iter().take(1).map(|(skill, _)| (*skill, 1)).collect();
        let mut entry = self.world.entry(&[]);
        entry.need = need(&[(0, &narrow), (20, &wide), (50, &[])]);
        entry.class = Class::new(u8::try_from(self.chance.below(4)).unwrap()).unwrap();
        entry.target_wait = seconds(10 + 10 * self.chance.below(3));
        entry.max_wait = seconds(60 + self.chance.below(60));
        entry.wrap_up = seconds(self.chance.below(2) * 20);
        entry.cap = (self.chance.below(4) == 0).then_some(5);
        entry.place = match self.chance.below(6) {
            0 => Place::Head,
            1 => Place::Carried(seconds(self.chance.below(70))),
            _ => Place::Joining,
        };
        if self.chance.below(4) == 0 {
            entry.prefer = Some(Prefer { agent: name(&prefer), window: seconds(15) });
        }
        let ticket = self.world.enter(entry);
        self.tickets.push(ticket);
    }

    fn some_ticket(&mut self) -> Option<TicketId> {
        let recent = self.chance.below(12);
        self.tickets.iter().rev().nth(usize::try_from(recent).unwrap()).copied()
    }

    fn leave(&mut self) {
        if let Some(ticket) = self.some_ticket() {
            self.world.leave(ticket, Departure::CallerLeft);
        }
    }

    /// A worker marks the ticket; the owner has not heard of it yet.
    fn hang_up_behind_the_owner(&mut self) {
        if let Some(ticket) = self.some_ticket() {
            let _ = self.world.group.roster().leave(&ticket, Departure::CallerLeft);
        }
    }

    fn answer(&mut self) {
        let agent = self.agent();
        let standing = self.world.group.standing(&name(&agent));
        let Some(offer) = standing.and_then(|standing| standing.offer) else { return };
        self.world.hear(match self.chance.below(8) {
            0 => Input::Decline { offer },
            1 => Input::Unreachable { offer },
            _ => Input::Accept { offer },
        });
    }

    fn talk(&mut self) {
        let agent = name(&self.agent());
        self.world.hear(match self.chance.below(5) {
            0 => Input::Hold { agent },
            1 => Input::Unhold { agent },
            _ => Input::Release { agent },
        });
    }

    fn lose(&mut self) {
        let agent = name(&self.agent());
        self.world.hear(match self.chance.below(3) {
            0 => Input::Dismiss { agent },
            _ => Input::Lost { agent },
        });
    }

    /// Everybody goes home, and whoever talks ends.
    fn close(&mut self) {
        for number in 0..AGENTS {
            let agent = format!("agent-{number}");
            self.world.order(&agent, DutyOrder::SignOut);
            self.world.release(&agent);
        }
        self.world.pass(seconds(300));
        for number in 0..AGENTS {
            self.world.hear(Input::Dismiss { agent: name(&format!("agent-{number}")) });
        }
    }
}

#[test]
fn any_order_of_inputs_keeps_every_promise() {
    let mut connected = 0;
    for seed in 0..SEEDS {
        let mut shift = Shift::new(seed);
        for _ in 0..STEPS {
            shift.step();
        }
        shift.close();
        let group = &shift.world.group;
        let sums = group.sums();
        assert_eq!(sums.breaches, 0, "seed {seed}");
        assert_eq!(sums.entered, sums.connected + sums.left + sums.overflowed, "seed {seed}");
        assert_eq!(group.agents().count(), 0, "seed {seed}");
        assert!(group.posts.iter().flatten().all(|post| matches!(post.business, Business::Free)));
        assert_eq!(group.lines.iter().count(), 0, "seed {seed}");
        connected += sums.connected;
    }
    assert!(SEEDS < connected, "the shifts did some work: {connected}");
}

#[test]
fn every_event_of_a_shift_can_be_written_down_and_read() {
    let mut shift = Shift::new(3);
    for _ in 0..STEPS {
        shift.step();
    }
    for output in &shift.world.log {
        if let Output::Event(event) = output {
            let text = serde_json::to_string(event).unwrap();
            assert_eq!(&serde_json::from_str::<Event>(&text).unwrap(), event, "{text}");
        }
    }
    let input = Input::Enter(Box::new(shift.world.entry(&[("lang.ar", 3)])));
    let text = serde_json::to_string(&input).unwrap();
    assert_eq!(serde_json::from_str::<Input>(&text).unwrap(), input);
}

#[test]
fn a_seed_replays_byte_for_byte() {
    let outputs = |seed| {
        let mut shift = Shift::new(seed);
        for _ in 0..STEPS {
            shift.step();
        }
        format!("{:?}", shift.world.log)
    };
    assert_eq!(outputs(7), outputs(7));
    assert_ne!(outputs(7), outputs(8));
}
