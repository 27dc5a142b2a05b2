//! `menu` and `collect`: a question, and the keys that answer it.

use std::sync::Arc;

use crate::base::key::{Key, Keys};
use crate::base::time::Moment;
use crate::flow::expression::Value;
use crate::flow::model::{
    BargeIn, ChoicesFrom, Collect, Menu, Patience, Sensitivity, Spoken, Step,
};
use crate::flow::outcome::{GAVE_UP, NO_INPUT, NO_MATCH};
use crate::flow::prompt::{MASK, SaidChoice};
use crate::flow::run::{
    Asking, Hearing, Mode, Offered, Origin, Phase, Play, PlayId, Question, Run, Timer, Turn,
    turn_of,
};

type Result<T> = std::result::Result<T, &'static str>;

/// Why a try was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Miss {
    NoInput,
    NoMatch,
}

pub(super) fn begin_menu(run: &mut Run, now: Moment, menu: &Menu) -> Result<Turn> {
    let mut offered = Vec::new();
    if let Some(from) = &menu.choices_from {
        let written = menu.choices.iter().map(|choice| choice.press).collect();
        offered = from_data(run, now, from, written)?;
    }
    for (at, choice) in menu.choices.iter().enumerate() {
        let label = choice.label.as_ref().and_then(|name| run.world.voice().label(&name.suffix));
        let label = label.map(Arc::clone);
        offered.push(Offered { key: choice.press, label, origin: Origin::Written(at) });
    }
    begin(run, now, &menu.patience, Question::Choice(offered))
}

pub(super) fn begin_collect(run: &mut Run, now: Moment, collect: &Collect) -> Result<Turn> {
    if collect.sensitive == Sensitivity::Sensitive {
        run.hide();
    }
    begin(run, now, &collect.patience, Question::Digits(String::new()))
}

/// A key for the question that is asked.
pub(in crate::flow) fn key(run: &mut Run, now: Moment, key: Key) -> Turn {
    let interrupts = patience(run, |patience| patience.barge_in);
    let Phase::Asking(asking) = &mut run.active_mut().phase else { return Turn::Stay };
    match (asking.hearing, interrupts) {
        // Keys count from the prompt's end.
        (Hearing::Prompt(_), BargeIn::No) => return Turn::Stay,
        (Hearing::Prompt(_), BargeIn::Yes) => {
            asking.hearing = Hearing::Silence;
            run.stop();
        }
        (Hearing::Silence, BargeIn::Yes | BargeIn::No) => {}
    }
    quiet(run);
    turn_of(answer(run, now, key))
}

/// The end of what is played: from here on silence counts.
pub(in crate::flow) fn prompt_ended(run: &mut Run, now: Moment, play: PlayId) -> Turn {
    let Phase::Asking(asking) = &mut run.active_mut().phase else { return Turn::Stay };
    if asking.hearing == Hearing::Prompt(play) {
        asking.hearing = Hearing::Silence;
        run.timers.clear(Timer::Prompt);
        let span = patience(run, |patience| patience.no_input);
        run.timers.set(Timer::NoInput, now + span);
    }
    Turn::Stay
}

/// Nothing was pressed for too long.
pub(in crate::flow) fn silence(run: &mut Run, now: Moment, timer: Timer) -> Turn {
    let Phase::Asking(_) = &run.active().phase else { return Turn::Stay };
    turn_of(match timer {
        Timer::BetweenKeys => ended(run, now),
        Timer::NoInput | Timer::Prompt | Timer::LoopEnd | Timer::Queue | Timer::Errand => {
            miss(run, now, Miss::NoInput)
        }
    })
}

fn begin(run: &mut Run, now: Moment, patience: &Patience, question: Question) -> Result<Turn> {
    let asking = Asking { tries_left: patience.tries, hearing: Hearing::Silence, question };
    run.active_mut().phase = Phase::Asking(asking);
    if patience.barge_in == BargeIn::No {
        run.forget_keys();
    }
    typed_ahead(run, now)
}

/// Takes the keys that were pressed before the question; without any the question is said.
fn typed_ahead(run: &mut Run, now: Moment) -> Result<Turn> {
    let Some(key) = run.next_key() else {
        return if waits_for_digits(run) {
            Ok(await_digit(run, now))
        } else {
            pose(run, now, None)
        };
    };
    let turn = answer(run, now, key)?;
    let asks = matches!(run.active().phase, Phase::Asking(_));
    // Digits in the middle of a number: the rest of them may be there already.
    if turn == Turn::Stay && asks && waits_for_digits(run) {
        return typed_ahead(run, now);
    }
    Ok(turn)
}

/// Says the question, after a word on what went wrong with the last try.
fn pose(run: &mut Run, now: Moment, before: Option<Miss>) -> Result<Turn> {
    let world = Arc::clone(&run.world);
    let frame = run.active().frame();
    let node = world.bundle().flow(frame.flow).node(frame.node);
    let (prompt, patience, keys) = match asking_of(&node.step) {
        Some(Asked::Menu(menu)) => (&menu.prompt, &menu.patience, keys_of(run)),
        Some(Asked::Collect(collect)) => {
            let keys = collect.allow.iter().chain(collect.end).collect();
            (&collect.prompt, &collect.patience, keys)
        }
        None => return Ok(Turn::Stay),
    };
    let keys = if patience.barge_in == BargeIn::Yes { keys } else { Keys::default() };
    let introduction = match before {
        Some(Miss::NoInput) => patience.no_input_prompt.as_ref(),
        Some(Miss::NoMatch) => patience.no_match_prompt.as_ref(),
        None => None,
    };
    say(run, now, introduction, prompt, keys)?;
    Ok(Turn::Stay)
}

fn say(
    run: &mut Run,
    now: Moment,
    introduction: Option<&Spoken>,
    prompt: &Spoken,
    keys: Keys,
) -> Result<()> {
    let choices = said_choices(run);
    let (mut speech, mut sensitive) = match introduction {
        Some(introduction) => run.speech(now, introduction, &[])?,
        None => Default::default(),
    };
    let (question, secret) = run.speech(now, prompt, &choices)?;
    sensitive = sensitive.max(secret);
    speech.extend(question);
    let hearing = if speech.sounds.is_empty() {
        let span = patience(run, |patience| patience.no_input);
        run.timers.set(Timer::NoInput, now + span);
        Hearing::Silence
    } else {
        let play = Play {
            id: PlayId::default(),
            prompt: Some(Arc::clone(&prompt.prompt.id)),
            sounds: Vec::new(),
            mode: Mode::Once,
            text: String::new(),
            keys,
            sensitive,
        };
        run.await_end(now);
        Hearing::Prompt(run.play(speech, play))
    };
    if let Phase::Asking(asking) = &mut run.active_mut().phase {
        asking.hearing = hearing;
    }
    Ok(())
}

fn answer(run: &mut Run, now: Moment, key: Key) -> Result<Turn> {
    let world = Arc::clone(&run.world);
    let frame = run.active().frame();
    let node = world.bundle().flow(frame.flow).node(frame.node);
    match asking_of(&node.step) {
        Some(Asked::Menu(menu)) => choose(run, now, menu, key),
        Some(Asked::Collect(collect)) => digit(run, now, collect, key),
        None => Ok(Turn::Stay),
    }
}

fn choose(run: &mut Run, now: Moment, menu: &Menu, key: Key) -> Result<Turn> {
    let Phase::Asking(Asking { question: Question::Choice(offered), .. }) =
        &mut run.active_mut().phase
    else {
        return Ok(Turn::Stay);
    };
    let Some(at) = offered.iter().position(|choice| choice.key == key) else {
        run.pressed(key, None);
        return miss(run, now, Miss::NoMatch);
    };
    let chosen = offered.swap_remove(at);
    run.active_mut().phase = Phase::Moving;
    run.pressed(key, chosen.label.map(|label| label.texts.clone()));
    match (chosen.origin, &menu.choices_from) {
        (Origin::Written(at), _) => {
            let choice = menu.choices.get(at).expect("a written choice is in its menu");
            run.assign(now, &choice.set, None)?;
            Ok(Turn::To(choice.next))
        }
        (Origin::Data(item), Some(from)) => {
            run.assign(now, &from.set, Some(&item))?;
            Ok(Turn::To(from.next))
        }
        (Origin::Data(_), None) => {
            debug_assert!(false, "a choice from data is of a menu that has them");
            Err(NO_MATCH)
        }
    }
}

fn digit(run: &mut Run, now: Moment, collect: &Collect, key: Key) -> Result<Turn> {
    if collect.end == Some(key) {
        return ended(run, now);
    }
    if !collect.allow.contains(key) {
        return miss(run, now, Miss::NoMatch);
    }
    let Phase::Asking(Asking { question: Question::Digits(digits), .. }) =
        &mut run.active_mut().phase
    else {
        return Ok(Turn::Stay);
    };
    digits.push(key.as_char());
    if digits.len() >= usize::try_from(collect.max).unwrap_or(usize::MAX) {
        return ended(run, now);
    }
    Ok(await_digit(run, now))
}

/// The digits are complete, or never will be.
fn ended(run: &mut Run, now: Moment) -> Result<Turn> {
    let world = Arc::clone(&run.world);
    let frame = run.active().frame();
    let node = world.bundle().flow(frame.flow).node(frame.node);
    let (Step::Collect(collect), Phase::Asking(Asking { question: Question::Digits(digits), .. })) =
        (&node.step, &mut run.active_mut().phase)
    else {
        return Ok(Turn::Stay);
    };
    let digits = std::mem::take(digits);
    run.pressed(shown(&digits, collect.sensitive), None);
    if digits.len() < usize::try_from(collect.min).unwrap_or(usize::MAX) {
        return miss(run, now, Miss::NoMatch);
    }
    run.active_mut().phase = Phase::Moving;
    quiet(run);
    run.store(&collect.save, digits.as_str().into())?;
    Ok(Turn::Next)
}

/// One try less, or the end of the question.
fn miss(run: &mut Run, now: Moment, why: Miss) -> Result<Turn> {
    quiet(run);
    run.forget_keys();
    let (outcome, at_once) = match why {
        Miss::NoInput => (NO_INPUT, patience(run, |patience| patience.on_no_input)),
        Miss::NoMatch => (NO_MATCH, patience(run, |patience| patience.on_no_match)),
    };
    run.tell_outcome(outcome);
    if let Some(target) = at_once {
        return Ok(Turn::To(target));
    }
    let Phase::Asking(asking) = &mut run.active_mut().phase else { return Ok(Turn::Stay) };
    asking.tries_left = asking.tries_left.saturating_sub(1);
    if asking.tries_left == 0 {
        return Ok(Turn::Outcome(GAVE_UP));
    }
    if let Question::Digits(digits) = &mut asking.question {
        digits.clear();
    }
    pose(run, now, Some(why))
}

/// The choices of a list; a key that is written out belongs to its written choice.
fn from_data(
    run: &mut Run,
    now: Moment,
    from: &ChoicesFrom,
    mut taken: Keys,
) -> Result<Vec<Offered>> {
    let list = run.computed(now, &from.list, None)?;
    let mut offered = Vec::new();
    for item in list.items() {
        let pressed = run.computed(now, &from.press, Some(item))?;
        let Some(key) = key_of(&pressed).filter(|&key| taken.insert(key)) else { continue };
        let label = run.computed(now, &from.label, Some(item))?;
        let label = run.world.label(&label);
        offered.push(Offered { key, label, origin: Origin::Data(item.clone()) });
    }
    Ok(offered)
}

fn key_of(value: &Value) -> Option<Key> {
    let mut characters = value.as_text()?.chars();
    match (characters.next(), characters.next()) {
        (Some(one), None) => Key::try_from(one).ok(),
        (_, _) => None,
    }
}

fn said_choices(run: &Run) -> Vec<SaidChoice> {
    offered(run)
        .iter()
        .filter_map(|choice| Some(SaidChoice { key: choice.key, label: choice.label.clone()? }))
        .collect()
}

fn keys_of(run: &Run) -> Keys {
    offered(run).iter().map(|choice| choice.key).collect()
}

fn offered(run: &Run) -> &[Offered] {
    match &run.active().phase {
        Phase::Asking(Asking { question: Question::Choice(offered), .. }) => offered,
        Phase::Asking(Asking { question: Question::Digits(_), .. })
        | Phase::Moving
        | Phase::Playing { .. }
        | Phase::Leading { .. }
        | Phase::Away { .. }
        | Phase::Resting => &[],
    }
}

/// Whether some digits of a number were pressed and more may come.
fn waits_for_digits(run: &Run) -> bool {
    match &run.active().phase {
        Phase::Asking(Asking { question: Question::Digits(digits), .. }) => !digits.is_empty(),
        Phase::Asking(Asking { question: Question::Choice(_), .. })
        | Phase::Moving
        | Phase::Playing { .. }
        | Phase::Leading { .. }
        | Phase::Away { .. }
        | Phase::Resting => false,
    }
}

fn await_digit(run: &mut Run, now: Moment) -> Turn {
    let span = patience(run, |patience| patience.between);
    run.timers.set(Timer::BetweenKeys, now + span);
    Turn::Stay
}

fn quiet(run: &mut Run) {
    for timer in [Timer::Prompt, Timer::NoInput, Timer::BetweenKeys] {
        run.timers.clear(timer);
    }
}

fn patience<T>(run: &Run, read: impl FnOnce(&Patience) -> T) -> T {
    run.with_node(|node| {
        let patience = match asking_of(&node.step) {
            Some(Asked::Menu(menu)) => Some(&menu.patience),
            Some(Asked::Collect(collect)) => Some(&collect.patience),
            None => None,
        };
        read(patience.expect("a question is asked by a menu or a collect"))
    })
}

/// The two steps that ask.
enum Asked<'a> {
    Menu(&'a Menu),
    Collect(&'a Collect),
}

const fn asking_of(step: &Step) -> Option<Asked<'_>> {
    if let Step::Menu(menu) = step {
        return Some(Asked::Menu(menu));
    }
    if let Step::Collect(collect) = step { Some(Asked::Collect(collect)) } else { None }
}

fn shown(digits: &str, sensitive: Sensitivity) -> String {
    match sensitive {
        Sensitivity::Plain => digits.to_owned(),
        Sensitivity::Sensitive => MASK.to_owned(),
    }
}
