//! What may race on the roster, in every order that the memory model allows.

use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

use super::*;
use crate::base::chance::Rng;
use crate::base::id::TicketId;
use crate::base::time::Wall;
use crate::routing::roster::bitmap::Filter;
use crate::routing::skill::Level;
use crate::routing::ticket::Departure;

const AGENT: AgentSlot = AgentSlot(0);
const FIRST: TicketSlot = TicketSlot(0);
const EVERYBODY: Filter = Filter::Marks { all: Vec::new(), any: Vec::new() };
const SECOND: TicketSlot = TicketSlot(1);

fn roster() -> Arc<Roster> {
    Arc::new(Roster::new(Capacity { agents: 1, tickets: 2, skills: 1 }))
}

fn on<T: 'static>(roster: &Arc<Roster>, act: impl FnOnce(&Roster) -> T + 'static) -> JoinHandle<T> {
    let roster = Arc::clone(roster);
    thread::spawn(move || act(&roster))
}

fn ticket(seed: u64) -> TicketId {
    TicketId::new(Wall(0), &mut Rng::seeded(seed))
}

/// Her duty changes, alone.
fn becomes(roster: &Roster, duty: Duty) -> AgentReading {
    let seen = roster.read_agent(AGENT);
    let next = AgentState { duty, pending: None, ticket: None };
    roster.swap_agent(AGENT, seen, next).expect("nobody else is here")
}

fn claim(roster: &Roster, seen: AgentReading, slot: TicketSlot) -> bool {
    let next = AgentState { duty: Duty::Reserved, pending: None, ticket: Some(slot) };
    roster.swap_agent(AGENT, seen, next).is_ok()
}

/// A ticket that is leased to the agent.
fn offered(roster: &Roster, id: TicketId) -> TicketReading {
    roster.open_ticket(id, FIRST);
    let waiting = roster.read_ticket(FIRST);
    roster.swap_ticket(FIRST, waiting, TicketState::Offered(AGENT)).expect("nobody else is here")
}

#[test]
fn two_claims_of_one_agent_have_one_winner() {
    loom::model(|| {
        let roster = roster();
        let seen = becomes(&roster, Duty::Available);
        let other = on(&roster, move |roster| claim(roster, seen, FIRST));
        let second = claim(&roster, seen, SECOND);
        let first = other.join().expect("it only swaps");
        assert!(first != second);
        let holder = if first { FIRST } else { SECOND };
        assert_eq!(roster.read_agent(AGENT).state.ticket, Some(holder));
    });
}

#[test]
fn an_answer_and_a_hang_up_settle_in_one_way() {
    loom::model(|| {
        let (roster, id) = (roster(), ticket(1));
        let lease = offered(&roster, id);
        let caller = on(&roster, move |roster| roster.leave(&id, Departure::CallerLeft));
        let answer = roster.swap_ticket(FIRST, lease, TicketState::Connected(AGENT));
        let left = caller.join().expect("it only swaps");
        assert!(left.is_ok() != answer.is_ok());
        // The loser is told what is true.
        let truth = roster.read_ticket(FIRST);
        match (left, answer) {
            (Ok(_), told) => assert_eq!(told, Err(truth)),
            (told, Ok(_)) => assert_eq!(told, Err(Some(truth))),
            (Err(_), Err(_)) => panic!("nobody won"),
        }
    });
}

#[test]
fn an_answer_an_expiry_and_a_hang_up_settle_in_one_way() {
    loom::model(|| {
        let (roster, id) = (roster(), ticket(1));
        let lease = offered(&roster, id);
        let answer = on(&roster, move |roster| {
            roster.swap_ticket(FIRST, lease, TicketState::Connected(AGENT)).is_ok()
        });
        let caller = on(&roster, move |roster| roster.leave(&id, Departure::CallerLeft).is_ok());
        let expired = roster.swap_ticket(FIRST, lease, TicketState::Waiting).is_ok();
        let (answered, left) =
            (answer.join().expect("it only swaps"), caller.join().expect("it only swaps"));
        // A caller whose lease ran out still waits, and may leave afterwards.
        assert!(if answered { !expired && !left } else { expired || left });
        let wanted = match (answered, left) {
            (true, _) => TicketState::Connected(AGENT),
            (false, true) => TicketState::Left(Departure::CallerLeft),
            (false, false) => TicketState::Waiting,
        };
        assert_eq!(roster.read_ticket(FIRST).state, wanted);
    });
}

#[test]
fn a_change_of_duty_and_an_offer_have_one_winner() {
    loom::model(|| {
        let roster = roster();
        let seen = becomes(&roster, Duty::Available);
        let offer = on(&roster, move |roster| claim(roster, seen, FIRST));
        let away = AgentState { duty: Duty::Away, pending: None, ticket: None };
        let left = roster.swap_agent(AGENT, seen, away).is_ok();
        let claimed = offer.join().expect("it only swaps");
        assert!(claimed != left);
        let duty = if claimed { Duty::Reserved } else { Duty::Away };
        assert_eq!(roster.read_agent(AGENT).state.duty, duty);
    });
}

#[test]
fn who_is_seen_in_a_row_is_seen_as_she_was_put_there() {
    loom::model(|| {
        let roster = roster();
        let owner = on(&roster, |roster| {
            becomes(roster, Duty::Available);
            roster.raise(Row::Ready, AGENT);
        });
        if roster.eligible(Row::Ready, &EVERYBODY, 0) != 0 {
            assert_eq!(roster.read_agent(AGENT).state.duty, Duty::Available);
        }
        owner.join().expect("it only writes");
        // Whoever looks afterwards finds her: no wake-up is lost.
        assert_eq!(roster.eligible(Row::Ready, &EVERYBODY, 0), 1);
    });
}

#[test]
fn a_grade_is_seen_with_every_level_below_once_she_is_ready() {
    loom::model(|| {
        let roster = roster();
        let skill = roster.skill(&"lang.ar".into()).expect("room for one");
        let level = Level::new(3).expect("one of five");
        let mark = Mark { skill, level: Level::LEAST };
        let filter = Filter::Marks { all: vec![mark], any: Vec::new() };
        let owner = on(&roster, move |roster| {
            roster.grade(AGENT, skill, Some(level));
            roster.raise(Row::Ready, AGENT);
        });
        let ready = roster.eligible(Row::Ready, &EVERYBODY, 0);
        let able = roster.eligible(Row::Ready, &filter, 0);
        assert!(ready == 0 || able == 1);
        owner.join().expect("it only writes");
    });
}

#[test]
fn a_caller_who_left_takes_nothing_from_the_slots_next_tenant() {
    loom::model(|| {
        let (roster, gone, next) = (roster(), ticket(1), ticket(2));
        roster.open_ticket(gone, FIRST);
        // The model checker does not see the map of handles: this caller has looked into it.
        let handle = roster.handle(&gone).expect("it was opened");
        let late = on(&roster, move |roster| roster.depart(handle, Departure::CallerLeft));
        roster.close_ticket(&gone, FIRST);
        roster.open_ticket(next, FIRST);
        late.join().expect("it only swaps").ok();
        assert_eq!(roster.ticket(&next).map(|reading| reading.state), Some(TicketState::Waiting));
        assert_eq!(roster.ticket(&gone), None);
    });
}
