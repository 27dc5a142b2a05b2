//! The figures of a seeded day, held against what was seen of every caller and every agent.
//!
//! The day is the one on which the clocks of Berlin are put back: it has 25 hours.
#![expect(clippy::disallowed_methods, reason = "this test reads a page of the project")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::agenda::Agenda;
use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, OfferId, TicketId};
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::flow::hours::{Period, clock, moment};
use hatif::record::figures::{
    AgentTally, Batch, Figures, LineKey, LineTally, Quarter, Row, Totals, report,
};
use hatif::routing::{
    Capacity, Class, Demand, Departure, Duty, DutyOrder, Entry, Group, Input, Level, Need, Output,
    Overflow, Place, Profile, Roster, Settings, Terms,
};

const AGENTS: u64 = 9;
const CALLERS: u64 = 2_500;
const DAY_HOURS: u64 = 25;

/// What happens at a moment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Deed {
    Calls(u64),
    HangsUp(TicketId),
    Accepts(OfferId),
    Declines(OfferId),
    Holds(AgentId),
    Unholds(AgentId),
    Releases(AgentId),
    Orders(AgentId, u64),
    Takes(u64),
}

/// A caller, as he was seen.
#[derive(Debug, Clone)]
struct Caller {
    entered: Moment,
    line: LineKey,
    place: Place,
    target: Duration,
}

/// An agent, as she was seen.
#[derive(Debug)]
struct Seen {
    duty: Duty,
    since: Moment,
    serves: Option<Caller>,
}

/// The day.
struct Day {
    epoch: Epoch,
    now: Moment,
    rng: Rng,
    group: Group,
    agenda: Agenda<Deed>,
    waiting: BTreeMap<TicketId, Caller>,
    agents: BTreeMap<AgentId, Seen>,
    figures: Figures,
    /// What the figures come to, batch by batch.
    counted: Batch,
    /// What they ought to come to.
    seen: Batch,
}

impl Day {
    fn new(seed: u64, midnight: Wall) -> Self {
        let epoch = Epoch(midnight);
        let mut rng = Rng::seeded(seed);
        let roster = Arc::new(Roster::new(Capacity { agents: 32, tickets: 500, skills: 8 }));
        let group = Group::new(roster, epoch, Settings::default(), Rng::seeded(rng.bits()));
        let mut agenda = Agenda::default();
        let day = DAY_HOURS * 3_600_000;
        let mut at = |span| Some(Moment::START + Duration::from_millis(rng.below(span)));
        for number in 0..CALLERS {
            agenda.set(Deed::Calls(number), at(day));
            agenda.set(Deed::Takes(number), at(day));
        }
        Self {
            epoch,
            now: Moment::START,
            rng,
            group,
            agenda,
            waiting: BTreeMap::new(),
            agents: BTreeMap::new(),
            figures: Figures::default(),
            counted: Batch::default(),
            seen: Batch::default(),
        }
    }

    /// Lets the day pass, and an hour more for those who still wait or talk.
    fn run(mut self) -> (Batch, Batch) {
        for number in 0..AGENTS {
            let agent = AgentId::from(format!("agent{number}").as_str());
            let skills = [("lang.ar".into(), level(1 + number % 5))];
            let profile = Profile { skills: skills.into(), home: String::new() };
            self.hear(Input::Employ { agent: agent.clone(), profile });
            self.soon(Deed::Orders(agent, 0), 600_000);
        }
        let end = Moment::START + Duration::from_secs((DAY_HOURS + 1) * 3_600);
        loop {
            let timer = self.group.poll_timeout().map(|(at, _)| at);
            let Some(next) = self.agenda.next().into_iter().chain(timer).min() else { break };
            if end < next {
                break;
            }
            self.now = self.now.max(next);
            while let Some(deed) = self.agenda.pop_due(self.now) {
                self.does(deed);
            }
            self.group.handle_timeout(self.now);
            self.drain();
        }
        self.now = end;
        for agent in self.agents.keys().cloned().collect::<Vec<_>>() {
            self.changes(&agent, Duty::Offline);
        }
        self.figures.handle_timeout(self.epoch.wall(self.now));
        self.take();
        assert!(self.waiting.is_empty(), "everybody is settled");
        (self.counted, self.seen)
    }

    fn does(&mut self, deed: Deed) {
        match deed {
            Deed::Calls(_) => self.calls(),
            Deed::HangsUp(ticket) => {
                if let Some(caller) = self.waiting.remove(&ticket) {
                    self.left(&caller);
                    self.hear(Input::Leave { ticket, why: Departure::CallerLeft });
                }
            }
            Deed::Accepts(offer) => self.hear(Input::Accept { offer }),
            Deed::Declines(offer) => self.hear(Input::Decline { offer }),
            Deed::Holds(agent) => {
                self.hear(Input::Hold { agent: agent.clone() });
                self.soon(Deed::Unholds(agent), 60_000);
            }
            Deed::Unholds(agent) => self.hear(Input::Unhold { agent }),
            Deed::Releases(agent) => self.hear(Input::Release { agent }),
            Deed::Orders(agent, turn) => self.orders(agent, turn),
            Deed::Takes(_) => {
                if self.rng.below(2) == 0 {
                    self.figures.handle_timeout(self.epoch.wall(self.now));
                }
                self.take();
            }
        }
    }

    /// She comes, takes breaks, and goes.
    fn orders(&mut self, agent: AgentId, turn: u64) {
        let orders = match self.rng.below(5) {
            _ if turn == 0 => vec![DutyOrder::SignIn, DutyOrder::GoAvailable],
            0 => vec![DutyOrder::GoAway { reason: Some("prayer".to_owned()) }],
            1 => vec![DutyOrder::SignOut],
            2 => vec![DutyOrder::EndWrapUp],
            _ => vec![DutyOrder::SignIn, DutyOrder::GoAvailable],
        };
        for order in orders {
            self.hear(Input::Order { agent: agent.clone(), order });
        }
        self.soon(Deed::Orders(agent, turn + 1), 900_000);
    }

    fn calls(&mut self) {
        let wall = self.epoch.wall(self.now);
        let entity = [None, Some("power".into()), Some("water".into())];
        let entity = entity.into_iter().nth(self.pick(3)).flatten();
        let age = Duration::from_secs(self.rng.below(90));
        let place = match self.rng.below(12) {
            0 => Place::Carried(age),
            1 => Place::CallBack(age),
            2 => Place::Head,
            _ => Place::Joining,
        };
        let wanted = Demand { skill: "lang.ar".into(), level: level(1 + self.rng.below(3)) };
        let terms = Terms { all: vec![wanted], any: Vec::new() };
        let entry = Entry {
            ticket: TicketId::new(wall, &mut self.rng),
            call: CallId::new(wall, &mut self.rng),
            queue: ["care", "night"].into_iter().nth(self.pick(2)).expect("one of two").into(),
            entity,
            class: Class::default(),
            need: Need::simple(terms).expect("one demand"),
            target_wait: Duration::from_secs(20),
            max_wait: Duration::from_secs(300),
            cap: Some(5),
            waiting_per_agent: None,
            ring: Duration::from_secs(15),
            wrap_up: Duration::from_secs(30 * self.rng.below(3)),
            place,
            prefer: None,
        };
        let line = (entry.queue.clone(), entry.entity.clone());
        let (entered, target) = (self.now, entry.target_wait);
        let ticket = entry.ticket;
        self.waiting.insert(ticket, Caller { entered, line, place, target });
        // Some lose their patience at once.
        let patience = if self.rng.below(5) == 0 { 8_000 } else { 400_000 };
        self.soon(Deed::HangsUp(ticket), patience);
        self.hear(Input::Enter(Box::new(entry)));
    }

    fn hear(&mut self, input: Input) {
        self.group.handle(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.group.poll_output() {
            match output {
                Output::Offer { offer, .. } => match self.rng.below(8) {
                    0 => self.soon(Deed::Declines(offer), 10_000),
                    1 => {}
                    _ => self.soon(Deed::Accepts(offer), 10_000),
                },
                Output::Connect { ticket, agent, .. } => self.connected(ticket, agent),
                Output::Overflow { ticket, outcome, .. } => {
                    let caller = self.waiting.remove(&ticket).expect("who overflows waits");
                    self.overflowed(&caller, outcome);
                }
                Output::Duty { agent, standing } => self.changes(&agent, standing.duty),
                Output::Event(event) => self.figures.handle(&event),
                Output::Withdraw { .. } | Output::TooLate { .. } | Output::Place { .. } => {}
                Output::Refused { agent, why } => panic!("{agent}: {why}"),
            }
        }
    }

    fn take(&mut self) {
        let batch = self.figures.take();
        for (key, tally) in batch.lines {
            self.counted.lines.entry(key).or_default().add(&tally);
        }
        for (key, tally) in batch.agents {
            self.counted.agents.entry(key).or_default().add(&tally);
        }
    }

    fn soon(&mut self, deed: Deed, millis: u64) {
        let at = self.now + Duration::from_millis(1 + self.rng.below(millis));
        self.agenda.set(deed, Some(at));
    }

    fn pick(&mut self, count: u64) -> usize {
        usize::try_from(self.rng.below(count)).expect("a small number")
    }

    // What is seen, counted as a newcomer would.

    fn line(&mut self, caller: &Caller) -> &mut LineTally {
        let quarter = Quarter::of(self.epoch.wall(caller.entered));
        self.seen.lines.entry((quarter, caller.line.clone())).or_default()
    }

    /// A wait is over; `None` for a call-back, which is counted here already.
    fn over(&mut self, caller: &Caller) -> Option<(&mut LineTally, u64)> {
        let waited = millis(self.now.since(caller.entered));
        let is_call_back = matches!(caller.place, Place::CallBack(_));
        let tally = self.line(caller);
        if is_call_back {
            tally.callbacks += 1;
            return None;
        }
        tally.offered += 1;
        tally.carried += u64::from(caller.place != Place::Joining);
        tally.longest_wait_ms = tally.longest_wait_ms.max(waited);
        Some((tally, waited))
    }

    fn connected(&mut self, ticket: TicketId, agent: AgentId) {
        let caller = self.waiting.remove(&ticket).expect("who connects waits");
        let target = millis(caller.target);
        match self.over(&caller) {
            Some((tally, waited)) => {
                tally.answered += 1;
                tally.answered_in_target += u64::from(waited <= target);
                tally.answered_wait_ms += waited;
            }
            None => self.line(&caller).callbacks_answered += 1,
        }
        let seen = self.agents.get_mut(&agent).expect("who talks is there");
        seen.serves = Some(caller);
        if self.rng.below(3) == 0 {
            self.soon(Deed::Holds(agent.clone()), 60_000);
        }
        self.soon(Deed::Releases(agent), 500_000);
    }

    fn left(&mut self, caller: &Caller) {
        let target = millis(caller.target);
        if let Some((tally, waited)) = self.over(caller) {
            tally.abandoned += 1;
            tally.abandoned_short += u64::from(waited < 5_000);
            tally.abandoned_in_target += u64::from(waited <= target);
            tally.abandoned_wait_ms += waited;
        }
    }

    fn overflowed(&mut self, caller: &Caller, outcome: Overflow) {
        if let Some((tally, _)) = self.over(caller) {
            match outcome {
                Overflow::Full => tally.overflowed_full += 1,
                Overflow::NoAgents => tally.overflowed_no_agents += 1,
                Overflow::Timeout => tally.overflowed_timeout += 1,
            }
        }
    }

    fn changes(&mut self, agent: &AgentId, to: Duty) {
        let (now, epoch) = (self.now, self.epoch);
        let fresh = Seen { duty: Duty::Offline, since: now, serves: None };
        let seen = self.agents.entry(agent.clone()).or_insert(fresh);
        let (duty, since, serves) = (seen.duty, seen.since, seen.serves.clone());
        if duty == to {
            return;
        }
        (seen.duty, seen.since) = (to, now);
        if !matches!(to, Duty::Talking | Duty::Held | Duty::WrapUp) {
            seen.serves = None;
        }
        // Millisecond by millisecond would do; a second at a time is quicker.
        let mut at = since;
        while at < now && duty != Duty::Offline {
            let span = Duration::from_micros(1_000_000 - at.as_micros() % 1_000_000);
            let span = span.min(now.since(at));
            let quarter = Quarter::of(epoch.wall(at));
            let tally = self.seen.agents.entry((quarter, agent.clone())).or_default();
            *field(tally, duty) += millis(span);
            at = at + span;
        }
        let span = millis(now.since(since));
        if let Some(caller) = &serves {
            let is_call_back = matches!(caller.place, Place::CallBack(_));
            let tally = self.line(caller);
            match duty {
                Duty::Talking | Duty::Held | Duty::WrapUp if is_call_back => {
                    tally.callbacks_handling_ms += span;
                }
                Duty::Talking => tally.talk_ms += span,
                Duty::Held => tally.hold_ms += span,
                Duty::WrapUp => tally.wrap_up_ms += span,
                Duty::Offline
                | Duty::Available
                | Duty::Reserved
                | Duty::Ringing
                | Duty::Away
                | Duty::Missed => {}
            }
        }
    }
}

fn field(tally: &mut AgentTally, duty: Duty) -> &mut u64 {
    match duty {
        Duty::Offline => panic!("nobody is offline on duty"),
        Duty::Available => &mut tally.available_ms,
        Duty::Reserved | Duty::Ringing => &mut tally.ringing_ms,
        Duty::Talking => &mut tally.talk_ms,
        Duty::Held => &mut tally.hold_ms,
        Duty::WrapUp => &mut tally.wrap_up_ms,
        Duty::Away => &mut tally.away_ms,
        Duty::Missed => &mut tally.missed_ms,
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).expect("a short time")
}

fn level(number: u64) -> Level {
    Level::new(u8::try_from(number).expect("small")).expect("one of five")
}

/// Offers are counted by their settlement alone, which nobody else sees.
fn without_offers(tally: AgentTally) -> AgentTally {
    let (offers, answered, missed, declined) = (0, 0, 0, 0);
    AgentTally { offers, answered, missed, declined, unreachable: 0, withdrawn: 0, ..tally }
}

fn total(rows: &[Row]) -> LineTally {
    let mut sum = LineTally::default();
    for row in rows {
        match &row.totals {
            Totals::Line(line) => sum.add(line),
            Totals::Agent(_) => panic!("a report of queues"),
        }
    }
    sum
}

#[test]
fn a_day_of_25_hours_adds_up_to_what_was_seen() {
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").expect("a zone");
    let midnight = moment("2026-10-25T00:00", &zone).expect("a moment");
    for seed in [1, 2, 3] {
        let (counted, seen) = Day::new(seed, midnight).run();
        assert_eq!(counted.lines, seen.lines, "seed {seed}");
        let times = |batch: &Batch| -> BTreeMap<_, _> {
            let times = batch.agents.iter().map(|(key, of)| (key.clone(), without_offers(*of)));
            times.filter(|(_, of)| *of != AgentTally::default()).collect()
        };
        assert_eq!(times(&counted), times(&seen), "seed {seed}");
        check_sums(&counted);

        let quarters: Vec<_> = counted
            .lines
            .iter()
            .map(|((quarter, (queue, _)), tally)| {
                (*quarter, Some(queue.to_string()), Totals::Line(*tally))
            })
            .collect();
        let by = |period: Period| report(quarters.clone(), |wall| period.around(wall, &zone));
        let (day, hours) = (by(Period::Day), by(Period::Hour));
        let today: Vec<Row> =
            day.iter().filter(|row| row.time.start == midnight).cloned().collect();
        assert_eq!(today.len(), 2, "two queues");
        let tomorrow = moment("2026-10-26T00:00", &zone).expect("a moment");
        assert!(today.iter().all(|row| row.time.end == tomorrow), "{today:#?}");
        let of_today: Vec<Row> =
            hours.iter().filter(|row| row.time.start < tomorrow).cloned().collect();
        let begins: std::collections::BTreeSet<String> =
            of_today.iter().map(|row| clock(row.time.start, Some(&zone))).collect();
        assert_eq!(begins.len(), 25, "{begins:?}");
        assert_eq!(total(&of_today), total(&today));
        assert_eq!(total(&by(Period::Quarter)), total(&day));
    }
}

fn check_sums(counted: &Batch) {
    let mut lines = LineTally::default();
    counted.lines.values().for_each(|tally| lines.add(tally));
    let mut agents = AgentTally::default();
    counted.agents.values().for_each(|tally| agents.add(tally));
    assert_eq!(lines.offered + lines.callbacks, CALLERS);
    let ends = lines.answered + lines.abandoned + lines.exited + lines.callbacks_taken;
    let overflows = lines.overflowed_full + lines.overflowed_no_agents + lines.overflowed_timeout;
    assert_eq!(lines.offered, ends + overflows);
    assert!(0 < lines.overflowed_full && 0 < lines.overflowed_timeout, "{lines:?}");
    assert!(0 < lines.abandoned_short && 0 < lines.answered_in_target, "{lines:?}");
    assert_eq!(agents.answered, lines.answered + lines.callbacks_answered);
    let offers = agents.answered + agents.missed + agents.declined + agents.unreachable;
    assert_eq!(agents.offers, offers + agents.withdrawn);
    assert_eq!(agents.handling_ms(), lines.handling_ms() + lines.callbacks_handling_ms);
}

#[test]
fn the_page_of_figures_lists_every_count() {
    let path = format!("{}/docs/figures.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(path).expect("the page is there");
    let line = [LineTally::SUMS, LineTally::GREATEST].concat();
    let agent = [AgentTally::SUMS, AgentTally::GREATEST].concat();
    for (mark, names) in [("line", line), ("agent", agent)] {
        let (_, rest) = page.split_once(&format!("<!-- {mark} -->")).expect("the mark");
        let (table, _) = rest.split_once("<!-- end -->").expect("the end");
        let listed: Vec<&str> =
            table.lines().filter_map(|row| row.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(listed, names);
    }
}
