//! The ranking of the design, written as formulas.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::time::Duration;

use hatif::base::id::SkillId;
use hatif::base::time::Moment;
use hatif::routing::{Place, Terms};

use crate::sim::model::{Agent, Ticket};

/// The window of occupancy, in minutes: the minute that runs and those before it.
const WINDOW_MINUTES: u64 = 30;
const MINUTE_MICROS: u64 = 60_000_000;

/// Whether an agent of these skills meets the terms.
pub(crate) fn meets(skills: &BTreeMap<SkillId, u8>, terms: &Terms) -> bool {
    let has = |demand: &hatif::routing::Demand| {
        skills.get(&demand.skill).is_some_and(|own| demand.level.get() <= *own)
    };
    terms.all.iter().all(has) && (terms.any.is_empty() || terms.any.iter().any(has))
}

/// The bands of the required skills' own levels, summed; of the `any` list the best counts.
pub(crate) fn band(skills: &BTreeMap<SkillId, u8>, terms: &Terms) -> u32 {
    let of = |demand: &hatif::routing::Demand| {
        let own = skills.get(&demand.skill).filter(|own| demand.level.get() <= **own)?;
        match own {
            1 => Some(1),
            2 | 3 => Some(2),
            _ => Some(3),
        }
    };
    let required: u32 = terms.all.iter().filter_map(of).sum();
    required + terms.any.iter().filter_map(of).max().unwrap_or(0)
}

/// Handling ÷ (handling + available) of the last half hour, in millionths.
pub(crate) fn occupancy_ppm(agent: &Agent, now: Moment) -> u32 {
    use hatif::routing::Duty::{Available, Held, Talking, WrapUp};
    let minute = now.as_micros() / MINUTE_MICROS;
    let start = minute.saturating_sub(WINDOW_MINUTES - 1) * MINUTE_MICROS;
    let running = (agent.since, now, agent.duty);
    let (mut handling, mut available) = (0_u64, 0_u64);
    for (from, to, duty) in agent.past.iter().chain([&running]) {
        let within = to.as_micros().saturating_sub(from.as_micros().max(start));
        if matches!(duty, Talking | Held | WrapUp) {
            handling += within;
        }
        if *duty == Available {
            available += within;
        }
    }
    let whole = handling + available;
    if whole == 0 {
        return 0;
    }
    u32::try_from(u128::from(handling) * 1_000_000 / u128::from(whole)).expect("a share of a whole")
}

/// How good an agent is for a ticket; the least is the best.
pub(crate) fn of_agent(
    agent: &Agent,
    ticket: &Ticket,
    now: Moment,
) -> (Reverse<u32>, u32, Moment, u64) {
    (
        Reverse(band(&agent.skills, ticket.terms())),
        occupancy_ppm(agent, now),
        agent.idle_since,
        hash(agent.id.as_str(), &ticket.entry.ticket.to_string()),
    )
}

/// Which of two tickets is served first.
pub(crate) fn of_tickets(one: &Ticket, other: &Ticket, now: Moment) -> Ordering {
    let target = |ticket: &Ticket| ticket.entry.target_wait.max(Duration::from_millis(1));
    // wait ÷ target, compared without dividing.
    let need = |ticket: &Ticket, against: &Ticket| {
        ticket.wait(now).as_micros() * target(against).as_micros()
    };
    let joined = |ticket: &Ticket| ticket.entry.place != Place::Head;
    (one.entry.class.cmp(&other.entry.class))
        .then(joined(one).cmp(&joined(other)))
        .then(need(other, one).cmp(&need(one, other)))
        .then(one.origin().cmp(&other.origin()))
        .then(one.sequence.cmp(&other.sequence))
}

/// The stable hash of agent and ticket: FNV-1a of each name, mixed as splitmix64 ends.
fn hash(agent: &str, ticket: &str) -> u64 {
    let fnv = |text: &str| {
        text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let mixed = fnv(agent).rotate_left(32) ^ fnv(ticket);
    let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
