//! `queue` and `leave_queue`: the way to an agent, and out of the wait for one.

use std::sync::Arc;

use crate::base::id::{AgentId, SkillId};
use crate::base::key::Keys;
use crate::base::limit::{ERRAND_PATIENCE, QUEUE_EXIT_GRACE, QUEUE_WORD_GRACE};
use crate::base::time::Moment;
use crate::flow::expression::{QueueFacts, Value};
use crate::flow::model::{
    Leave, NeedItem, NeedStep, Queue, QueuePolicy, Sensitivity, Source, Step,
};
use crate::flow::outcome::{
    QUEUE_CALLBACK, QUEUE_CLOSED, QUEUE_EXIT, QUEUE_FULL, QUEUE_NO_AGENTS, QUEUE_TIMEOUT,
};
use crate::flow::run::{
    CallbackWish, CaseOrder, Enqueue, Errand, Mode, Need, Output, Overflow, Phase, Play, PlayId,
    Prefer, QueueNews, Run, Stage, Timer, Turn, seconds,
};
use crate::flow::steps::{case, play};

/// The class of a caller whose flow computed none that exists.
pub(super) const ORDINARY_CLASS: u8 = 2;

pub(super) fn begin(run: &mut Run, now: Moment, queue: &Queue) -> Result<Turn, &'static str> {
    if run.in_comfort() {
        debug_assert!(false, "the loader allows no queue in a wait flow");
        return Ok(run.rest());
    }
    let id = run.id(now, &queue.queue)?;
    let world = Arc::clone(&run.world);
    let Some(policy) = world.bundle().queues.get(&*id) else {
        return run.unknown("the id of a queue", &id);
    };
    let calendar = policy.calendar.as_ref().and_then(|id| world.bundle().calendars.get(id));
    if calendar.is_some_and(|calendar| !calendar.at(run.epoch().wall(now)).is_open()) {
        return Err(QUEUE_CLOSED);
    }
    let enqueue = wishes(run, now, queue, policy)?;
    run.wanted = Some((enqueue.class, enqueue.need.clone()));
    if let Some(opening) = queue.case.as_ref().filter(|_| run.case().is_empty()) {
        let case = case::new_case(run, now, opening)?;
        run.send_aside(Errand::Case(CaseOrder::Open(case)));
    }
    *run.queue_facts() = QueueFacts::default();
    run.forget_keys();
    run.waiting_in = Some(policy.id.clone());
    run.say(Output::Enqueue(Box::new(enqueue)));
    Ok(wait(run, now, now, queue))
}

/// `leave_queue`: the queue's word is awaited, in silence.
pub(super) fn leave(run: &mut Run, now: Moment, leave: &Leave) -> Result<Turn, &'static str> {
    let Stage::Waiting { since } = run.stage else {
        debug_assert!(false, "the loader allows `leave_queue` in wait flows only");
        return Ok(Turn::Next);
    };
    if let Leave::Callback { number } = leave {
        let number = run.text(now, number)?;
        let wish = CallbackWish { number, enqueue: None };
        return Ok(run.send(now, Errand::Callback(Box::new(wish)), ERRAND_PATIENCE));
    }
    run.end_comfort();
    run.stage = Stage::Exiting { since };
    run.timers.set(Timer::Queue, now + QUEUE_EXIT_GRACE);
    run.say(Output::LeaveQueue);
    Ok(Turn::Stay)
}

/// News of the wait, or of the talk after it.
pub(in crate::flow) fn news(run: &mut Run, now: Moment, news: QueueNews) -> Turn {
    match news {
        QueueNews::Place { position, expected } => {
            let facts = run.queue_facts();
            facts.position = i64::from(position);
            facts.ewt_s = expected.map_or(0, |expected| seconds(expected.p80));
            Turn::Stay
        }
        QueueNews::Answered { agent } => {
            let (Stage::Waiting { since } | Stage::Exiting { since }) = run.stage else {
                return Turn::Stay;
            };
            let waited = run.waited_s(now);
            run.end_comfort();
            run.stage = Stage::Talking { since };
            run.talks += 1;
            let facts = run.queue_facts();
            facts.wait_s = waited;
            facts.agent = agent.as_str().into();
            Turn::Stay
        }
        QueueNews::Released { talk, waited } => {
            run.end_comfort();
            run.stage = Stage::Walking;
            let facts = run.queue_facts();
            facts.wait_s = seconds(waited);
            facts.talk_s = seconds(talk);
            Turn::Next
        }
        // The word of a queue that was left for its silence: this wait is another one.
        QueueNews::Ended(Overflow::Exit) if matches!(run.stage, Stage::Waiting { .. }) => {
            Turn::Stay
        }
        QueueNews::Ended(overflow) => end(run, now, overflow),
        QueueNews::WaitAgain => again(run, now),
    }
}

/// The queue said nothing for too long: the caller goes on without it.
pub(in crate::flow) fn silent(run: &mut Run, now: Moment) -> Turn {
    match run.stage {
        Stage::Waiting { .. } => {
            run.say(Output::LeaveQueue);
            end(run, now, Overflow::Timeout)
        }
        Stage::Exiting { .. } => end(run, now, Overflow::Exit),
        Stage::Fresh | Stage::Walking | Stage::Talking { .. } | Stage::Farewell | Stage::Over => {
            Turn::Stay
        }
    }
}

/// Plays the queue's music, if it has any.
pub(in crate::flow) fn music(run: &mut Run) {
    let world = Arc::clone(&run.world);
    let sound = run.waiting_in.as_ref().and_then(|id| world.bundle().queues.get(id)?.music.clone());
    let Some(sound) = sound else {
        run.stop();
        return;
    };
    run.play(
        play::music(&sound),
        Play {
            id: PlayId::default(),
            prompt: None,
            sounds: Vec::new(),
            mode: Mode::Loop,
            text: String::new(),
            keys: Keys::default(),
            sensitive: Sensitivity::Plain,
        },
    );
}

fn wait(run: &mut Run, now: Moment, since: Moment, queue: &Queue) -> Turn {
    run.stage = Stage::Waiting { since };
    run.active_mut().phase = Phase::Resting;
    run.timers.set(Timer::Queue, now + queue.max_wait + QUEUE_WORD_GRACE);
    match queue.wait_flow {
        Some(flow) => run.comfort(now, flow),
        None => {
            music(run);
            Turn::Stay
        }
    }
}

fn again(run: &mut Run, now: Moment) -> Turn {
    let Stage::Talking { since } = run.stage else { return Turn::Stay };
    let world = Arc::clone(&run.world);
    let frame = run.active().frame();
    let node = world.bundle().flow(frame.flow).node(frame.node);
    let Step::Queue(queue) = &node.step else {
        debug_assert!(false, "who talked stands in a `queue`");
        return Turn::Stay;
    };
    run.queue_facts().agent = "".into();
    wait(run, now, since, queue)
}

fn end(run: &mut Run, now: Moment, overflow: Overflow) -> Turn {
    let waited = run.waited_s(now);
    run.end_comfort();
    run.stage = Stage::Walking;
    run.queue_facts().wait_s = waited;
    Turn::Outcome(match overflow {
        Overflow::Full => QUEUE_FULL,
        Overflow::Closed => QUEUE_CLOSED,
        Overflow::NoAgents => QUEUE_NO_AGENTS,
        Overflow::Timeout => QUEUE_TIMEOUT,
        Overflow::Exit => QUEUE_EXIT,
        Overflow::Callback => QUEUE_CALLBACK,
    })
}

fn wishes(
    run: &mut Run,
    now: Moment,
    queue: &Queue,
    policy: &Arc<QueuePolicy>,
) -> Result<Enqueue, &'static str> {
    let mut dropped = Vec::new();
    let need = needs(run, now, &queue.need, &mut dropped)?;
    let class = class(run, now, &queue.class, &mut dropped)?;
    let prefer = match &queue.prefer {
        Some(prefer) => {
            let agent = run.full_text(now, &prefer.agent)?.filter(|agent| !agent.is_empty());
            agent.map(|agent| Prefer { agent: AgentId::from(&*agent), window: prefer.window })
        }
        None => None,
    };
    Ok(Enqueue {
        queue: policy.id.clone(),
        entity: run.entity(),
        class,
        need,
        max_wait: queue.max_wait,
        prefer,
        policy: Arc::clone(policy),
        dropped,
    })
}

/// The steps of a need, as they are for this call.
pub(super) fn needs(
    run: &mut Run,
    now: Moment,
    steps: &[NeedStep],
    dropped: &mut Vec<Arc<str>>,
) -> Result<Vec<Need>, &'static str> {
    let mut need = Vec::with_capacity(steps.len());
    for step in steps {
        need.push(Need {
            after: step.after,
            all: skills(run, now, &step.all, dropped)?,
            any: skills(run, now, &step.any, dropped)?,
        });
    }
    Ok(need)
}

/// The class of this call.
pub(super) fn class(
    run: &mut Run,
    now: Moment,
    class: &Source,
    dropped: &mut Vec<Arc<str>>,
) -> Result<u8, &'static str> {
    let class = run.value(now, class, None)?;
    Ok(class_of(&class).unwrap_or_else(|| {
        dropped.push("class".into());
        ORDINARY_CLASS
    }))
}

/// The skills of some items; those with an empty slot, or of no skill that exists, are dropped.
fn skills(
    run: &mut Run,
    now: Moment,
    items: &[NeedItem],
    dropped: &mut Vec<Arc<str>>,
) -> Result<Vec<(SkillId, u8)>, &'static str> {
    let mut skills = Vec::with_capacity(items.len());
    for item in items {
        let name = run.full_text(now, &item.skill)?;
        let known = &run.world.bundle().skills;
        match name.and_then(|name| known.get_key_value(&*name)) {
            Some((skill, _)) => skills.push((skill.clone(), item.level)),
            None => dropped.push(Arc::clone(&item.text)),
        }
    }
    Ok(skills)
}

fn class_of(value: &Value) -> Option<u8> {
    value.as_int().and_then(|class| u8::try_from(class).ok()).filter(|&class| class <= 3)
}
