//! Playing the steps of a test, in whatever scene its call is.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::flow::diagnostic::Place;
use crate::flow::model::{Role, Sensitivity};
use crate::flow::prompt::MASK;
use crate::flow::trial::report::Failure;
use crate::flow::trial::scene::{Scene, Wish};
use crate::flow::trial::script::{Act, Test};
use crate::flow::trial::sent::Sent;

/// Between two keys of one hand.
const KEY_GAP: Duration = Duration::from_millis(200);

/// What was wanted, and what was there.
type Missed = (String, String);

/// Plays a test's steps; the first one that is not met is told.
pub(super) fn play(scene: &mut impl Scene, file: &str, test: &Test) -> Option<Failure> {
    for (place, acts) in &test.steps {
        for act in acts {
            if let Err((wanted, found)) = perform(scene, act) {
                return Some(Failure { file: file.to_owned(), place: *place, wanted, found });
            }
        }
    }
    None
}

fn perform(scene: &mut impl Scene, act: &Act) -> Result<(), Missed> {
    match act {
        Act::Wait(span) => scene.wait(*span),
        Act::Place { position, expected } => scene.place(*position, *expected),
        Act::Hears(prompt) => hears(scene, prompt)?,
        Act::Says(text) => {
            let said = scene.says(text);
            said.map_err(|found| (format!("the words `{text}`"), format!("`{found}`")))?;
        }
        Act::Queued { queue, class, entity } => queued(scene, queue, *class, entity.as_deref())?,
        Act::Need(wanted) => need(scene, wanted)?,
        Act::Press(keys) => {
            for (at, key) in keys.iter().enumerate() {
                if at > 0 {
                    scene.wait(KEY_GAP);
                }
                if scene.is_over() {
                    return Err((format!("a call that takes the key {key}"), now(scene)));
                }
                // Who presses a key has heard enough.
                scene.forget_heard();
                scene.press(*key);
            }
        }
        Act::AnsweredFor(span) => {
            if !scene.answer() {
                return Err(("a caller who waits for an agent".to_owned(), now(scene)));
            }
            scene.wait(*span);
            scene.forget_heard();
            scene.release();
        }
        Act::Overflow(overflow) => {
            if !scene.overflow(*overflow) {
                return Err(("a caller who waits for an agent".to_owned(), now(scene)));
            }
        }
        Act::Variables(wanted) => variables(scene, wanted)?,
        Act::Sends(sent) => sends(scene, sent)?,
        Act::Tag(name) => {
            scene.settle(|scene| scene.tags().contains(name));
            if !scene.tags().contains(name) {
                let tags = scene.tags().join(", ");
                let found = if tags.is_empty() { "none".to_owned() } else { tags };
                return Err((format!("the tag `{name}`"), found));
            }
        }
        Act::HangsUp => {
            scene.forget_heard();
            scene.leave();
        }
        Act::Ends(reason) => ends(scene, reason.as_deref())?,
    }
    Ok(())
}

/// The next prompt that the caller hears; those of a wait flow may come between.
fn hears<S: Scene>(scene: &mut S, wanted: &str) -> Result<(), Missed> {
    let start = scene.elapsed();
    loop {
        while let Some(heard) = scene.next_heard(wanted) {
            if &*heard.prompt == wanted {
                return Ok(());
            }
            if heard.role == Role::Main {
                let found = format!("the prompt `{}`: {}", heard.prompt, heard.text);
                return Err((format!("the prompt `{wanted}`"), found));
            }
        }
        if !wait_on(scene, start) {
            return Err((format!("the prompt `{wanted}`"), now(scene)));
        }
    }
}

/// Waits for something while there is patience left.
fn wait_on<S: Scene>(scene: &mut S, since: Duration) -> bool {
    let left = S::PATIENCE.saturating_sub(scene.elapsed().saturating_sub(since));
    scene.wait_for_something(left)
}

/// What the flow sends out for, sooner or later; what it did before is passed over.
fn sends(scene: &mut impl Scene, wanted: &Sent) -> Result<(), Missed> {
    let start = scene.elapsed();
    let mut passed = String::from("nothing sent out");
    loop {
        while let Some(done) = scene.next_done() {
            if wanted.is(&done) {
                return Ok(());
            }
            passed = done.shown();
        }
        if !wait_on(scene, start) {
            return Err((wanted.shown(), passed));
        }
    }
}

fn queued(
    scene: &mut impl Scene,
    queue: &str,
    class: Option<u32>,
    entity: Option<&str>,
) -> Result<(), Missed> {
    let start = scene.elapsed();
    let wish = loop {
        if let Some(wish) = scene.wish() {
            break wish;
        }
        if !wait_on(scene, start) {
            return Err((format!("a caller who waits in `{queue}`"), now(scene)));
        }
    };
    if wish.queue != queue {
        return Err((format!("the queue `{queue}`"), format!("`{}`", wish.queue)));
    }
    if let Some(class) = class.filter(|&class| class != u32::from(wish.class)) {
        return Err((format!("class {class}"), format!("class {}", wish.class)));
    }
    if let Some(entity) = entity.filter(|&entity| entity != wish.entity) {
        return Err((format!("the entity `{entity}`"), format!("`{}`", wish.entity)));
    }
    if let Some(prompt) = scene.unasked() {
        let found = format!("the prompt `{prompt}` before it");
        return Err((format!("a caller who waits in `{queue}`"), found));
    }
    Ok(())
}

fn need(scene: &impl Scene, wanted: &[Arc<str>]) -> Result<(), Missed> {
    let Some(Wish { need: mut found, waited, .. }) = scene.wish() else {
        return Err(("a caller who waits for an agent".to_owned(), now(scene)));
    };
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

fn variables(scene: &mut impl Scene, wanted: &BTreeMap<Arc<str>, Arc<str>>) -> Result<(), Missed> {
    for (name, wanted) in wanted {
        scene.settle(|scene| scene.variable(name).is_some_and(|(found, _)| found == **wanted));
        let Some((found, sensitivity)) = scene.variable(name) else {
            return Err((format!("a variable `{name}`"), "none of that name".to_owned()));
        };
        if found != **wanted {
            let found = match sensitivity {
                Sensitivity::Plain => found,
                Sensitivity::Sensitive => MASK.to_owned(),
            };
            return Err((format!("`{wanted}` in `{name}`"), format!("`{found}`")));
        }
    }
    Ok(())
}

fn ends(scene: &mut impl Scene, reason: Option<&str>) -> Result<(), Missed> {
    let start = scene.elapsed();
    while !scene.is_over() {
        if !wait_on(scene, start) {
            return Err(("the end of the call".to_owned(), now(scene)));
        }
    }
    if let Some(prompt) = scene.unasked() {
        let found = format!("the prompt `{prompt}` before it");
        return Err(("the end of the call".to_owned(), found));
    }
    let Some(found) = scene.ending() else {
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
fn now(scene: &impl Scene) -> String {
    match (scene.is_over(), scene.wish().is_some(), scene.is_talking()) {
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
