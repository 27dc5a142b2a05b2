//! `hatif simulate`: a walk through a flow in the terminal, on a virtual clock.

use std::collections::BTreeMap;
use std::io::{self, BufRead as _};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::command::Simulate;
use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::base::key::Key;
use crate::base::time::Wall;
use crate::flow::trial::Booth;
use crate::flow::{self, World};
use crate::shell::clock::Clock;
use crate::shell::files;

/// The exit status when the bundle is at fault.
const AT_FAULT: u8 = 1;
/// The exit status when the command line is.
const WRONG_CALL: u8 = 2;
/// How long an empty line waits at most for something to happen.
const LONGEST: Duration = Duration::from_secs(3_600);

const HELP: &str = "\
keys such as 1 or 123456#   press them
an empty line               wait for what happens next
w 30                        wait 30 seconds
p 3 120                     the queue says: place 3, 120 seconds to go
a                           an agent answers
r                           the agent lets go, and the caller stays
h                           hang up
q                           stop";

/// An order typed in the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Order {
    Press(Vec<Key>),
    Next,
    Wait(Duration),
    Place(u32, Option<Duration>),
    Answer,
    Release,
    Leave,
    Quit,
    Help,
}

pub(super) fn main(line: &Simulate) -> ExitCode {
    let files = match files::bundle_in(&line.path) {
        Ok(files) => files,
        Err(fault) => return refuse(&fault.to_string(), WRONG_CALL),
    };
    let bundle = match flow::load(&files, None) {
        Ok(bundle) => bundle,
        Err(faults) => return refuse(faults.to_text().trim_end(), AT_FAULT),
    };
    let number = line.number.as_ref().or_else(|| bundle.numbers.keys().next()).cloned();
    let Some(number) = number else { return refuse("the bundle answers no number", AT_FAULT) };
    let Some(flow) = bundle.answers(&number) else {
        let known: Vec<&str> = bundle.numbers.keys().map(String::as_str).collect();
        let known = known.join(", ");
        return refuse(&format!("wanted one of the numbers {known}, found {number}"), WRONG_CALL);
    };
    let wall = match line.at.as_deref().map(str::parse::<Timestamp>) {
        None => Clock::start().epoch().0,
        Some(Ok(at)) => Wall(at.as_millisecond()),
        Some(Err(_)) => {
            return refuse("wanted a time such as 2026-09-20T09:00:00+04:00", WRONG_CALL);
        }
    };
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    let id = CallId::new(wall, &mut Rng::seeded(0));
    let caller = Booth::caller(id, &line.from, &number);
    converse(&mut Booth::new(world, flow, &caller, wall))
}

fn converse(booth: &mut Booth) -> ExitCode {
    crate::app::say(HELP);
    show(booth);
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match order(line.trim()) {
            Some(Order::Quit) => break,
            Some(order) => obey(booth, &order),
            None => crate::app::say(HELP),
        }
        show(booth);
        if booth.is_over() {
            crate::app::say("the call has ended");
            break;
        }
    }
    ExitCode::SUCCESS
}

fn obey(booth: &mut Booth, order: &Order) {
    match order {
        Order::Press(keys) => keys.iter().for_each(|&key| booth.press(key)),
        Order::Next => {
            if !booth.wait_for_something(LONGEST) {
                crate::app::say("nothing happens by itself: answer (a), let go (r) or hang up (h)");
            }
        }
        Order::Wait(span) => booth.wait(*span),
        Order::Place(position, expected) => booth.place(*position, *expected),
        Order::Answer => {
            if !booth.answer() {
                crate::app::say("nobody waits for an agent");
            }
        }
        Order::Release => {
            if !booth.release() {
                crate::app::say("nobody talks to an agent");
            }
        }
        Order::Leave => booth.leave(),
        Order::Quit => {}
        Order::Help => crate::app::say(HELP),
    }
}

fn order(line: &str) -> Option<Order> {
    let mut words = line.split_whitespace();
    let seconds = |word: &str| word.parse().ok().map(Duration::from_secs).filter(|s| *s <= LONGEST);
    let order = match words.next() {
        None => Order::Next,
        Some("w") => Order::Wait(seconds(words.next()?)?),
        Some("p") => {
            let position = words.next()?.parse().ok()?;
            Order::Place(position, words.next().map(seconds).unwrap_or_default())
        }
        Some("a") => Order::Answer,
        Some("r") => Order::Release,
        Some("h") => Order::Leave,
        Some("q") => Order::Quit,
        Some("?") => Order::Help,
        Some(keys) => {
            let keys: Result<Vec<Key>, _> = keys.chars().map(Key::try_from).collect();
            Order::Press(keys.ok()?)
        }
    };
    words.next().is_none().then_some(order)
}

fn show(booth: &mut Booth) {
    for line in booth.take_lines() {
        crate::app::say(&line.shown());
    }
}

fn refuse(why: &str, status: u8) -> ExitCode {
    crate::app::say(why);
    ExitCode::from(status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_keys_or_one_of_a_few_letters() {
        let one = Key::try_from('1').expect("a key");
        let hash = Key::try_from('#').expect("a key");
        assert_eq!(order(""), Some(Order::Next));
        assert_eq!(order("1#"), Some(Order::Press(vec![one, hash])));
        assert_eq!(order("w 30"), Some(Order::Wait(Duration::from_secs(30))));
        assert_eq!(order("p 3"), Some(Order::Place(3, None)));
        assert_eq!(order("p 3 90"), Some(Order::Place(3, Some(Duration::from_secs(90)))));
        assert_eq!(order("w"), None);
        assert_eq!(order("w 99999"), None);
        assert_eq!(order("1 2"), None);
        assert_eq!(order("x"), None);
    }
}
