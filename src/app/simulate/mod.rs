//! `hatif simulate`: a call in the terminal, on a virtual clock.

mod draw;
mod lines;
mod order;
mod screen;
mod terminal;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use std::sync::Arc;

use jiff::Timestamp;

use crate::app::command::Simulate;
use crate::app::exit::{AT_FAULT, WRONG_CALL};
use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::base::time::Wall;
use crate::flow::trial::Booth;
use crate::flow::{self, FlowIndex, World};
use crate::shell::clock::Clock;
use crate::shell::files;

/// A call that can be made again and again.
#[derive(Debug)]
pub(super) struct Dialling {
    world: Arc<World>,
    flow: FlowIndex,
    from: String,
    number: String,
    wall: Wall,
}

impl Dialling {
    /// The call from its beginning.
    fn booth(&self) -> Booth {
        let id = CallId::new(self.wall, &mut Rng::seeded(0));
        let caller = Booth::caller(id, &self.from, &self.number);
        Booth::new(Arc::clone(&self.world), self.flow, &caller, self.wall)
    }

    /// What the call is to, for a title.
    fn title(&self) -> String {
        format!("{} · {}", self.number, self.world.bundle().flow(self.flow).title)
    }
}

pub(super) fn main(line: &Simulate) -> ExitCode {
    let dialling = match dialling(line) {
        Ok(dialling) => dialling,
        Err((why, status)) => {
            crate::app::say(&why);
            return ExitCode::from(status);
        }
    };
    let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
    if line.plain || !is_terminal {
        return lines::converse(&mut dialling.booth());
    }
    match terminal::run(&dialling) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => {
            crate::app::say(&format!("wanted a terminal, found {fault}; --plain needs none"));
            ExitCode::from(WRONG_CALL)
        }
    }
}

fn dialling(line: &Simulate) -> Result<Dialling, (String, u8)> {
    let files = files::bundle_in(&line.path).map_err(|fault| (fault.to_string(), WRONG_CALL))?;
    let bundle = flow::load(&files, None)
        .map_err(|faults| (faults.to_text().trim_end().to_owned(), AT_FAULT))?;
    let number = line.number.as_ref().or_else(|| bundle.numbers.keys().next()).cloned();
    let number = number.ok_or_else(|| ("the bundle answers no number".to_owned(), AT_FAULT))?;
    let flow = bundle.answers(&number).ok_or_else(|| {
        let known: Vec<&str> = bundle.numbers.keys().map(String::as_str).collect();
        let known = known.join(", ");
        (format!("wanted one of the numbers {known}, found {number}"), WRONG_CALL)
    })?;
    let wall = match line.at.as_deref().map(str::parse::<Timestamp>) {
        None => Clock::start().epoch().0,
        Some(Ok(at)) => Wall(at.as_millisecond()),
        Some(Err(_)) => {
            let wanted = "wanted a time such as 2026-09-20T09:00:00+04:00";
            return Err((wanted.to_owned(), WRONG_CALL));
        }
    };
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    Ok(Dialling { world, flow, from: line.from.clone(), number, wall })
}
