//! The sentences in English.

use crate::record::why::say::{Context, millis, parts, percent};
use crate::routing::{
    Able, Ahead, Asks, Candidates, Crowd, Demand, Departure, Duty, Fact, Hindrance, Lacking,
    Muster, Occasion, Overflow, Place, Settlement, Terms, Widening,
};

/// One event; empty when it needs no words.
pub(super) fn sentence(fact: &Fact, context: Context<'_>) -> String {
    match fact {
        Fact::Entered { queue, entity, class, .. } => {
            let class = match class.get() {
                0 => "0 (emergency)",
                1 => "1 (pressing)",
                2 => "2 (ordinary)",
                _ => "3 (deferred)",
            };
            let entity = entity.as_ref().map(|of| format!(" for `{of}`")).unwrap_or_default();
            format!("Entered the queue `{queue}`{entity} in class {class}.")
        }
        Fact::Asked { asks, .. } => asked(asks),
        Fact::Mustered { muster, .. } => mustered(muster, context),
        Fact::Widened { step, why, .. } => widened(*step, *why, context),
        Fact::Offered { agent, step, band, occupancy_ppm, candidates, routing_wait_ms, .. } => {
            let of = match candidates {
                Candidates::Agents(0 | 1) => String::new(),
                Candidates::Agents(more) => format!(", the best of {more} who were free"),
                Candidates::Calls(0 | 1) => " as an agent became free".to_owned(),
                Candidates::Calls(more) => format!(
                    " as an agent became free, the most pressing of {more} calls, each the first of \
                     its line"
                ),
            };
            format!(
                "Offered to {agent} after {} of counted wait{of}: step {}, skills worth {}, \
                 busy {} % of the last half hour.",
                span(*routing_wait_ms),
                step + 1,
                band.0,
                percent(*occupancy_ppm)
            )
        }
        Fact::OfferSettled { agent, result, after_ms, .. } => {
            settled(agent.as_str(), *result, &span(*after_ms))
        }
        Fact::Connected { agent, waited_ms, target_ms, promised, .. } => {
            let told = promised
                .map(|told| format!("; the caller was told about {}", span(millis(told.p50))));
            let kept = if waited_ms <= target_ms { "within" } else { "beyond" };
            let (waited, target) = (span(*waited_ms), span(*target_ms));
            format!(
                "Connected with {agent} after {waited}, {kept} the target of {target}{}.",
                told.unwrap_or_default()
            )
        }
        Fact::Left { why, waited_ms, .. } => left(*why, &span(*waited_ms), context.position),
        Fact::Overflowed { outcome, waited_ms, .. } => overflowed(*outcome, &span(*waited_ms)),
        Fact::DutyChanged { .. } | Fact::Breached { .. } => String::new(),
    }
}

/// Events that are not listed.
pub(super) fn unlisted(count: u32) -> String {
    format!("{count} more events are not listed.")
}

fn overflowed(outcome: Overflow, waited: &str) -> String {
    match outcome {
        Overflow::Full => {
            "Not let in: the queue was full. The flow went on at `queue.full`.".to_owned()
        }
        Overflow::NoAgents => "Not let in: nobody on duty could ever take the call. The flow went \
                               on at `queue.no_agents`."
            .to_owned(),
        Overflow::Timeout => format!(
            "The longest wait was over after {waited}. The flow went on at `queue.timeout`."
        ),
    }
}

fn asked(asks: &Asks) -> String {
    let steps = asks.need.steps().iter().map(|step| match millis(step.after) {
        0 => terms(&step.terms),
        after => format!("after {}: {}", span(after), terms(&step.terms)),
    });
    let steps: Vec<String> = steps.collect();
    let (target, longest) = (span(asks.target_ms), span(asks.max_wait_ms));
    let mut text = format!(
        "It asks for {}. The target is {target}, the longest wait {longest}.",
        steps.join("; ")
    );
    match asks.place {
        Place::Joining => {}
        Place::Carried(age) => {
            text += &format!(" It brings {} of counted wait along.", span(millis(age)));
        }
        Place::CallBack(age) => {
            text += &format!(
                " It is a call-back that kept its place: {} of wait count already.",
                span(millis(age))
            );
        }
        Place::Head => {
            text += " Its agent was lost in mid-talk, so it comes before all others of its class.";
        }
    }
    if let Some(prefer) = &asks.prefer {
        let (agent, window) = (&prefer.agent, span(millis(prefer.window)));
        text += &format!(" For {window} nobody but {agent} is asked while {agent} is on duty.");
    }
    text
}

fn mustered(muster: &Muster, context: Context<'_>) -> String {
    let lead = match muster.occasion {
        Occasion::Entered => "Nobody could take it at once.",
        Occasion::Widened => "Nobody who meets this step could take it at once.",
        Occasion::Returned => "It kept its place; nobody else could take it at once.",
        Occasion::Unreserved => "Others may take it too; nobody could at once.",
        Occasion::TurnedAway => "At the door:",
        Occasion::TimedOut => "At the end:",
    };
    let mut said = vec![lead.to_owned()];
    if let (Occasion::TurnedAway, Some(asks)) = (muster.occasion, context.asks) {
        said.push(room(muster, asks));
    }
    said.push(match muster.on_duty {
        0 => "Nobody was on duty.".to_owned(),
        count => format!("{} on duty.", were(count, "agent")),
    });
    said.push(able(&muster.able, muster.able_more));
    said.extend(muster.lacking.iter().map(lacking));
    said.extend(muster.ahead.map(ahead));
    said.retain(|sentence| !sentence.is_empty());
    said.join(" ")
}

fn room(muster: &Muster, asks: &Asks) -> String {
    let waiting = match muster.waiting {
        0 => "Nobody was".to_owned(),
        count => were(count, "caller"),
    };
    let cap = asks.cap.map(|cap| format!("it takes {cap}"));
    let ratio = asks.waiting_per_agent.map(|of| format!("it takes {of} for each agent"));
    let room: Vec<String> = cap.into_iter().chain(ratio).collect();
    match room.is_empty() {
        true => format!("{waiting} waiting."),
        false => format!("{waiting} waiting; {}.", room.join(", and ")),
    }
}

fn able(able: &[Able], more: u32) -> String {
    let total: u32 = able.iter().map(|of| of.who.count).sum::<u32>().saturating_add(more);
    if total == 0 {
        return "Nobody on the staff has what it asks for.".to_owned();
    }
    let mut groups: Vec<String> = able
        .iter()
        .map(|of| format!("{} {}{}", of.who.count, hindrance(of.by), names(&of.who)))
        .collect();
    if 0 < more {
        groups.push(format!("{more} more not looked at one by one"));
    }
    let have = if total == 1 { "has" } else { "have" };
    format!("{} {have} what it asks for: {}.", count(total, "agent"), groups.join(", "))
}

const fn hindrance(by: Hindrance) -> &'static str {
    match by {
        Hindrance::Duty(duty) => match duty {
            Duty::Offline => "signed out",
            Duty::Available => "free",
            Duty::Reserved | Duty::Ringing => "rung for another caller",
            Duty::Talking => "in a talk",
            Duty::Held => "in a talk on hold",
            Duty::WrapUp => "in after-call work",
            Duty::Away => "away",
            Duty::Missed => "off the line after missed calls",
        },
        Hindrance::CoolingDown => "left alone for a moment after an offer that came to nothing",
        Hindrance::Refused => "free but did not take this call before",
        Hindrance::KeptForAnother => "free but the call is kept for its preferred agent",
    }
}

fn lacking(of: &Lacking) -> String {
    let demands: Vec<String> = of.demands.iter().map(demand).collect();
    let lack = if of.who.count == 1 { "lacks" } else { "lack" };
    let lower = match of.lower {
        0 => String::new(),
        1 => ", 1 of them at a lower level".to_owned(),
        more => format!(", {more} of them at a lower level"),
    };
    format!("{} on duty {lack} {}{lower}{}.", of.who.count, demands.join(" or "), names(&of.who))
}

fn ahead(ahead: Ahead) -> String {
    match (ahead.pressing, ahead.alike) {
        (0, 0) => "It was next in line.".to_owned(),
        (0, alike) => format!("{} before it.", were(alike, "caller")),
        (pressing, 0) => format!("{} before it, all more pressing.", were(pressing, "caller")),
        (pressing, alike) => format!(
            "{} before it, {pressing} of them more pressing.",
            were(pressing.saturating_add(alike), "caller")
        ),
    }
}

fn widened(step: usize, why: Widening, context: Context<'_>) -> String {
    let steps = context.steps();
    let terms = context.terms(step).map(|of| format!(": {}", terms(of))).unwrap_or_default();
    let number = step + 1;
    match why {
        Widening::Clock => format!("Step {number} of {steps} began{terms}."),
        Widening::NobodyOnDuty => format!(
            "Nobody on duty could meet the step before, so step {number} of {steps} began at \
             once{terms}."
        ),
    }
}

fn settled(agent: &str, result: Settlement, after: &str) -> String {
    match result {
        Settlement::Accepted => format!("{agent} accepted after {after}."),
        Settlement::Missed => format!("{agent} did not answer for {after}."),
        Settlement::Rejected => format!("{agent} declined after {after}."),
        Settlement::Unreachable => {
            format!("{agent} could not be reached: the desk or the phone is gone.")
        }
        Settlement::CallerGone => {
            format!("Withdrawn from {agent} after {after}: the caller had left.")
        }
        Settlement::TimedOut => {
            format!("Withdrawn from {agent} after {after}: the longest wait was over.")
        }
        Settlement::AgentGone => {
            format!("Withdrawn from {agent} after {after}: no longer on the staff.")
        }
        Settlement::Swept => format!(
            "Withdrawn from {agent} after {after}: the offer had outlived its time, a broken \
             promise of the engine."
        ),
    }
}

fn left(why: Departure, waited: &str, position: Option<u32>) -> String {
    let place = match position {
        None => String::new(),
        Some(1) => ", next in line".to_owned(),
        Some(position) => format!(", number {position} in line"),
    };
    match why {
        Departure::CallerLeft => format!("The caller hung up after {waited}{place}."),
        Departure::Exit => {
            format!("Taken out of the line after {waited}{place}: the flow went on.")
        }
        Departure::Callback => {
            format!("The caller asked to be called back after {waited}{place}; the place is kept.")
        }
    }
}

fn terms(terms: &Terms) -> String {
    let mut all: Vec<String> = terms.all.iter().map(demand).collect();
    if !terms.any.is_empty() {
        let any: Vec<String> = terms.any.iter().map(demand).collect();
        all.push(format!("one of ({})", any.join(", ")));
    }
    if all.is_empty() { "any agent".to_owned() } else { all.join(" and ") }
}

fn demand(demand: &Demand) -> String {
    match demand.level.get() {
        1 => format!("`{}`", demand.skill),
        level => format!("`{}` at level {level} or better", demand.skill),
    }
}

fn names(who: &Crowd) -> String {
    let names: Vec<&str> = who.names.iter().map(|agent| agent.as_str()).collect();
    let more = who.count.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
    match (names.is_empty(), more) {
        (true, _) => String::new(),
        (false, 0) => format!(" ({})", names.join(", ")),
        (false, more) => format!(" ({} and {more} more)", names.join(", ")),
    }
}

fn were(number: u32, noun: &str) -> String {
    let verb = if number == 1 { "was" } else { "were" };
    format!("{} {verb}", count(number, noun))
}

fn count(number: u32, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

fn span(millis: u64) -> String {
    match parts(millis) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}
