//! Playing the tests of a bundle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::flow::diagnostic::{Faults, Ledger, Place};
use crate::flow::expression::World;
use crate::flow::model::{Bundle, Role, Sensitivity};
use crate::flow::parse::Page;
use crate::flow::prompt::MASK;
use crate::flow::trial::booth::{Booth, in_force, needs, reason_word};
use crate::flow::trial::coverage::{Coverage, Seen};
use crate::flow::trial::report::{Failure, Report, Verdict};
use crate::flow::trial::script::{self, Act, Script, Test};
use crate::flow::trial::sent::Sent;
use crate::flow::yaml;

/// How long the caller listens for what should come by itself.
const PATIENCE: Duration = Duration::from_secs(600);
/// Between two keys of one hand.
const KEY_GAP: Duration = Duration::from_millis(200);

/// What was wanted, and what was there.
type Missed = (String, String);

/// Plays every `tests/*.test.yaml` of a bundle that has loaded.
///
/// # Errors
///
/// A test file is not what a test file should be.
pub fn test(files: &BTreeMap<String, String>, world: &Arc<World>) -> Result<Report, Faults> {
    let ledger = Ledger::default();
    let scripts = scripts(files, world.bundle(), &ledger);
    if !ledger.is_empty() {
        return Err(Faults::new(ledger.into_faults(), files));
    }
    let mut report = Report::default();
    let mut seen = Seen::default();
    for script in &scripts {
        let world = &furnished(world, script);
        for test in &script.tests {
            let mut booth = booth(world, script, test);
            let failure = play(&mut booth, script, test);
            seen.nodes.extend(booth.entered().iter().cloned());
            seen.outcomes.extend(booth.outcomes().iter().cloned());
            let lines = booth.take_lines();
            report.verdicts.push(Verdict {
                file: script.file.clone(),
                name: Arc::clone(&test.name),
                failure,
                lines,
            });
        }
    }
    // Several files may share the work on one flow, so what any of them came by counts.
    report.coverage = scripts
        .iter()
        .map(|script| {
            Coverage::of(&script.file, script.coverage, world.bundle(), script.flow, &seen)
        })
        .collect();
    Ok(report)
}

/// What is wrong with the test files of a bundle that has loaded.
#[must_use]
pub fn faults(files: &BTreeMap<String, String>, bundle: &Bundle) -> Faults {
    let ledger = Ledger::default();
    scripts(files, bundle, &ledger);
    Faults::new(ledger.into_faults(), files)
}

fn scripts(files: &BTreeMap<String, String>, bundle: &Bundle, ledger: &Ledger) -> Vec<Script> {
    let mut scripts = Vec::new();
    for (path, text) in files {
        if !path.starts_with("tests/") || !path.ends_with(".test.yaml") {
            continue;
        }
        let page = Page { file: path, ledger };
        let read = yaml::read(path, text, ledger);
        scripts.extend(read.and_then(|yaml| script::read(page, &yaml, bundle)));
    }
    scripts
}

fn booth(world: &Arc<World>, script: &Script, test: &Test) -> Booth {
    let bundle = world.bundle();
    let numbers = bundle.numbers.iter().find(|(_, flow)| **flow == script.flow);
    let to = numbers.map_or("", |(number, _)| number.as_str());
    let clock = test.clock.unwrap_or(script.clock);
    // The same id in every trial, so that a transcript is the same each time.
    let id = CallId::new(clock, &mut Rng::seeded(u64::from(test.place.line)));
    let from = test.from.as_ref().unwrap_or(&script.from);
    let mocks = test.mocks.over(&script.mocks);
    Booth::among(Arc::clone(world), script.flow, &Booth::caller(id, from, to), clock, mocks)
}

/// The world with the settings that a test file has.
fn furnished(world: &Arc<World>, script: &Script) -> Arc<World> {
    if script.env.is_empty() {
        return Arc::clone(world);
    }
    Arc::new(World::new(Arc::clone(world.bundle()), &script.env))
}

fn play(booth: &mut Booth, script: &Script, test: &Test) -> Option<Failure> {
    let mut last_text = String::new();
    for (place, acts) in &test.steps {
        for act in acts {
            if let Err((wanted, found)) = perform(booth, act, &mut last_text) {
                let file = script.file.clone();
                return Some(Failure { file, place: *place, wanted, found });
            }
        }
    }
    None
}

fn perform(booth: &mut Booth, act: &Act, last_text: &mut String) -> Result<(), Missed> {
    match act {
        Act::Wait(span) => booth.wait(*span),
        Act::Place { position, expected } => booth.place(*position, *expected),
        Act::Hears(prompt) => *last_text = hears(booth, prompt)?,
        Act::Says(text) => {
            if !last_text.contains(&**text) {
                return Err((format!("the words `{text}`"), format!("`{last_text}`")));
            }
        }
        Act::Queued { queue, class, entity } => queued(booth, queue, *class, entity.as_deref())?,
        Act::Need(wanted) => need(booth, wanted)?,
        Act::Press(keys) => {
            for (at, key) in keys.iter().enumerate() {
                if at > 0 {
                    booth.wait(KEY_GAP);
                }
                if booth.is_over() {
                    return Err((format!("a call that takes the key {key}"), now(booth)));
                }
                // Who presses a key has heard enough.
                booth.heard().clear();
                booth.press(*key);
            }
        }
        Act::AnsweredFor(span) => {
            if !booth.answer() {
                return Err(("a caller who waits for an agent".to_owned(), now(booth)));
            }
            booth.wait(*span);
            booth.heard().clear();
            booth.release();
        }
        Act::Overflow(overflow) => {
            if !booth.overflow(*overflow) {
                return Err(("a caller who waits for an agent".to_owned(), now(booth)));
            }
        }
        Act::Variables(wanted) => variables(booth, wanted)?,
        Act::Sends(sent) => sends(booth, sent)?,
        Act::Tag(name) => {
            if !booth.tags().contains(name) {
                let tags = booth.tags().join(", ");
                let found = if tags.is_empty() { "none".to_owned() } else { tags };
                return Err((format!("the tag `{name}`"), found));
            }
        }
        Act::HangsUp => {
            booth.heard().clear();
            booth.leave();
        }
        Act::Ends(reason) => ends(booth, reason.as_deref())?,
    }
    Ok(())
}

/// The next prompt that the caller hears; those of a wait flow may come between.
fn hears(booth: &mut Booth, wanted: &str) -> Result<String, Missed> {
    let mut patience = PATIENCE;
    loop {
        while let Some(heard) = booth.heard().pop_front() {
            if &*heard.prompt == wanted {
                return Ok(heard.text);
            }
            if heard.role == Role::Main {
                let found = format!("the prompt `{}`: {}", heard.prompt, heard.text);
                return Err((format!("the prompt `{wanted}`"), found));
            }
        }
        let before = patience;
        let start = booth.elapsed();
        if !booth.wait_for_something(before) {
            return Err((format!("the prompt `{wanted}`"), now(booth)));
        }
        patience = before.saturating_sub(booth.elapsed().saturating_sub(start));
    }
}

/// What the flow sends out for, sooner or later; what it did before is passed over.
fn sends(booth: &mut Booth, wanted: &Sent) -> Result<(), Missed> {
    let start = booth.elapsed();
    let mut passed = String::from("nothing sent out");
    loop {
        while let Some(done) = booth.done().pop_front() {
            if wanted.is(&done) {
                return Ok(());
            }
            passed = done.shown();
        }
        let left = PATIENCE.saturating_sub(booth.elapsed().saturating_sub(start));
        if !booth.wait_for_something(left) {
            return Err((wanted.shown(), passed));
        }
    }
}

fn queued(
    booth: &mut Booth,
    queue: &str,
    class: Option<u32>,
    entity: Option<&str>,
) -> Result<(), Missed> {
    let start = booth.elapsed();
    while !booth.is_waiting() {
        let left = PATIENCE.saturating_sub(booth.elapsed().saturating_sub(start));
        if !booth.wait_for_something(left) {
            return Err((format!("a caller who waits in `{queue}`"), now(booth)));
        }
    }
    let Some((wish, _)) = booth.wish() else { return Ok(()) };
    if wish.queue.as_str() != queue {
        return Err((format!("the queue `{queue}`"), format!("`{}`", wish.queue)));
    }
    if let Some(class) = class.filter(|&class| class != u32::from(wish.class)) {
        return Err((format!("class {class}"), format!("class {}", wish.class)));
    }
    let found = wish.entity.as_ref().map_or("", |entity| entity.as_str());
    if let Some(entity) = entity.filter(|&entity| entity != found) {
        return Err((format!("the entity `{entity}`"), format!("`{found}`")));
    }
    let main = |heard: &_| role_of(heard) == Role::Main;
    if let Some(heard) = booth.heard().iter().find(|heard| main(heard)) {
        let found = format!("the prompt `{}` before it", heard.prompt);
        return Err((format!("a caller who waits in `{queue}`"), found));
    }
    Ok(())
}

const fn role_of(heard: &crate::flow::trial::booth::Heard) -> Role {
    heard.role
}

fn need(booth: &Booth, wanted: &[Arc<str>]) -> Result<(), Missed> {
    let Some((wish, waited)) = booth.wish() else {
        return Err(("a caller who waits for an agent".to_owned(), now(booth)));
    };
    let mut found = in_force(&wish.need, waited).map(needs).unwrap_or_default();
    let shown = found.join(", ");
    let mut wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
    let listed = wanted.join(", ");
    found.sort();
    wanted.sort();
    if found == wanted {
        return Ok(());
    }
    Err((format!("a need of [{listed}] after {} s", waited.as_secs()), format!("[{shown}]")))
}

fn variables(booth: &Booth, wanted: &BTreeMap<Arc<str>, Arc<str>>) -> Result<(), Missed> {
    for (name, wanted) in wanted {
        let value = booth.run().variable(name);
        let Some(found) = value.map(|value| value.to_text().unwrap_or_default()) else {
            return Err((format!("a variable `{name}`"), "none of that name".to_owned()));
        };
        if found != **wanted {
            let found = match booth.run().variable_sensitivity(name) {
                Sensitivity::Plain => found,
                Sensitivity::Sensitive => MASK.to_owned(),
            };
            return Err((format!("`{wanted}` in `{name}`"), format!("`{found}`")));
        }
    }
    Ok(())
}

fn ends(booth: &mut Booth, reason: Option<&str>) -> Result<(), Missed> {
    let start = booth.elapsed();
    while !booth.is_over() {
        let left = PATIENCE.saturating_sub(booth.elapsed().saturating_sub(start));
        if !booth.wait_for_something(left) {
            return Err(("the end of the call".to_owned(), now(booth)));
        }
    }
    if let Some(heard) = booth.heard().iter().find(|heard| role_of(heard) == Role::Main) {
        let found = format!("the prompt `{}` before it", heard.prompt);
        return Err(("the end of the call".to_owned(), found));
    }
    let Some(found) = booth.ended().map(reason_word) else {
        return Err(("a call that we end".to_owned(), "the caller left".to_owned()));
    };
    match reason {
        Some(reason) if reason != found => {
            Err((format!("the end `{reason}`"), format!("`{found}`")))
        }
        Some(_) | None => Ok(()),
    }
}

/// What the call is doing, for a failure.
fn now(booth: &Booth) -> String {
    match (booth.is_over(), booth.is_waiting(), booth.is_talking()) {
        (true, _, _) => "a call that has ended".to_owned(),
        (_, true, _) => "a caller who waits for an agent".to_owned(),
        (_, _, true) => "a caller who talks to an agent".to_owned(),
        (_, _, _) => "a caller who hears nothing more".to_owned(),
    }
}

/// Where a failed step stands, as `line:column`.
pub(super) fn shown(place: Place) -> String {
    format!("{}:{}", place.line, place.column)
}
