//! The simulated call line by line, for pipes and for terminals that can do no more.

use std::io::{self, BufRead as _};
use std::process::ExitCode;

use crate::app::simulate::order::{Order, place, span};
use crate::base::key::Key;
use crate::flow::trial::Booth;

const HELP: &str = "\
keys such as 1 or 123456#   press them
an empty line               wait for what happens next
w 30                        wait 30 seconds
p 3 120                     the queue says: place 3, 120 seconds to go
a                           an agent answers
r                           the agent lets go, and the caller stays
h                           hang up
q                           stop";

/// A line typed in the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typed {
    Order(Order),
    Quit,
    Help,
}

/// Reads orders and tells what happens, until the end of either.
pub(super) fn converse(booth: &mut Booth) -> ExitCode {
    crate::app::say(HELP);
    show(booth);
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        match typed(line.trim()) {
            Some(Typed::Quit) => break,
            Some(Typed::Order(order)) => {
                if let Err(why) = order.obey(booth) {
                    crate::app::say(why);
                }
            }
            Some(Typed::Help) | None => crate::app::say(HELP),
        }
        show(booth);
        if booth.is_over() {
            crate::app::say("the call has ended");
            break;
        }
    }
    ExitCode::SUCCESS
}

fn typed(line: &str) -> Option<Typed> {
    let mut words = line.split_whitespace();
    let order = match words.next() {
        None => Order::Next,
        Some("w") => Order::Wait(span(words.next()?)?),
        Some("p") => place(words.by_ref())?,
        Some("a") => Order::Answer,
        Some("r") => Order::Release,
        Some("h") => Order::Leave,
        Some("q") => return Some(Typed::Quit),
        Some("?") => return Some(Typed::Help),
        Some(keys) => {
            let keys: Result<Vec<Key>, _> = keys.chars().map(Key::try_from).collect();
            Order::Press(keys.ok()?)
        }
    };
    words.next().is_none().then_some(Typed::Order(order))
}

fn show(booth: &mut Booth) {
    for line in booth.take_lines() {
        crate::app::say(&line.shown());
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_line_is_keys_or_one_of_a_few_letters() {
        let order = |line| match typed(line) {
            Some(Typed::Order(order)) => Some(order),
            Some(Typed::Quit | Typed::Help) | None => None,
        };
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
        assert_eq!(typed("q"), Some(Typed::Quit));
    }
}
