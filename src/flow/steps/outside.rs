//! `callback`, `voicemail`, `transfer`, `stream`, `record`: the caller meets somebody or something
//! else.

use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{QueueId, SkillId};
use crate::base::key::Key;
use crate::base::limit::{ERRAND_GRACE, ERRAND_PATIENCE, FLOW_WAIT_MAX};
use crate::base::time::Moment;
use crate::flow::model::{Callback, Recording, Step, Stream, Transfer, Voicemail};
use crate::flow::outcome::{
    CALLBACK_CLOSED, CALLBACK_REJECTED, ERROR_EXPRESSION, ERROR_STREAM, STREAM_AGENT, STREAM_DONE,
    TRANSFER_BUSY, TRANSFER_DENIED, TRANSFER_FAILED, TRANSFER_NO_ANSWER, VOICEMAIL_EMPTY,
    VOICEMAIL_TOO_SHORT,
};
use crate::flow::run::{
    self, CallbackFault, CallbackWish, Enqueue, Errand, Mode, Need, Output, Phase, PlayId,
    RecordOrder, Run, StreamEnd, StreamOrder, StreamWords, TransferEnd, TransferOrder, Turn,
    VoicemailEnd, VoicemailOrder,
};
use crate::flow::steps::{http, queue};

type Result<T> = std::result::Result<T, &'static str>;

pub(super) fn begin_callback(run: &mut Run, now: Moment, callback: &Callback) -> Result<Turn> {
    let id = run.id(now, &callback.queue)?;
    let world = Arc::clone(&run.world);
    let Some(policy) = world.bundle().queues.get(&QueueId::from(&*id)) else {
        return run.unknown("the id of a queue", &id);
    };
    let number = run.text(now, &callback.number)?;
    let mut dropped = Vec::new();
    let wanted = run.wanted.clone();
    let need = match (&callback.need, &wanted) {
        (Some(steps), _) => queue::needs(run, now, steps, &mut dropped)?,
        (None, Some((_, need))) => need.clone(),
        (None, None) => vec![whoever_can(run)],
    };
    let class = match (&callback.class, wanted) {
        (Some(class), _) => queue::class(run, now, class, &mut dropped)?,
        (None, Some((class, _))) => class,
        (None, None) => queue::ORDINARY_CLASS,
    };
    let enqueue = Enqueue {
        queue: policy.id.clone(),
        entity: run.entity(),
        class,
        need,
        max_wait: FLOW_WAIT_MAX,
        prefer: None,
        policy: Arc::clone(policy),
        dropped,
    };
    let wish = CallbackWish { number, enqueue: Some(enqueue) };
    Ok(run.send(now, Errand::Callback(Box::new(wish)), ERRAND_PATIENCE))
}

/// Somebody who speaks the caller's language and serves the entity, where such skills exist.
fn whoever_can(run: &Run) -> Need {
    let language = SkillId::from(format!("lang.{}", run.language()).as_str());
    let entity = run.entity().map(|id| SkillId::from(format!("entity.{id}").as_str()));
    let known = |skill: &SkillId| run.world.bundle().skills.contains_key(skill);
    let skills = [Some(language), entity].into_iter().flatten().filter(known);
    Need { after: Duration::ZERO, all: skills.map(|skill| (skill, 1)).collect(), any: Vec::new() }
}

pub(super) fn callback_ended(reply: std::result::Result<(), CallbackFault>) -> Result<Turn> {
    match reply {
        Ok(()) => Ok(Turn::Next),
        Err(CallbackFault::RejectedNumber) => Err(CALLBACK_REJECTED),
        Err(CallbackFault::Closed) => Err(CALLBACK_CLOSED),
    }
}

pub(super) fn begin_voicemail(run: &mut Run, now: Moment, mail: &Voicemail) -> Result<Turn> {
    let (speech, sensitive) = run.speech(now, &mail.prompt, &[])?;
    if speech.sounds.is_empty() {
        return record_voicemail(run, now, mail);
    }
    run.await_end(now);
    let play = run::Play {
        id: PlayId::default(),
        prompt: Some(Arc::clone(&mail.prompt.prompt.id)),
        sounds: Vec::new(),
        mode: Mode::Once,
        text: String::new(),
        keys: mail.end.into_iter().collect(),
        sensitive,
    };
    let id = run.play(speech, play);
    run.active_mut().phase = Phase::Leading { id };
    Ok(Turn::Stay)
}

/// What is said before the tone has been heard, or was cut short by a key.
pub(super) fn record_voicemail(run: &mut Run, now: Moment, mail: &Voicemail) -> Result<Turn> {
    let order = VoicemailOrder {
        max: mail.max,
        min: mail.min,
        silence: mail.silence,
        case: run.text(now, &mail.case)?,
    };
    Ok(run.send(now, Errand::Voicemail(order), mail.max + ERRAND_GRACE))
}

pub(super) const fn voicemail_ended(end: VoicemailEnd) -> Result<Turn> {
    match end {
        VoicemailEnd::Kept => Ok(Turn::Next),
        VoicemailEnd::Empty => Err(VOICEMAIL_EMPTY),
        VoicemailEnd::TooShort => Err(VOICEMAIL_TOO_SHORT),
    }
}

/// Whether keys that are pressed while a step's errand goes on are for nobody after it.
pub(in crate::flow) const fn takes_keys(step: &Step) -> bool {
    matches!(step, Step::Voicemail(_) | Step::Stream(_))
}

/// Whether a key ends the errand of a step.
pub(in crate::flow) fn ends(step: &Step, key: Key) -> bool {
    matches!(step, Step::Voicemail(mail) if mail.end == Some(key))
}

pub(super) fn begin_transfer(run: &mut Run, now: Moment, transfer: &Transfer) -> Result<Turn> {
    let order = TransferOrder {
        to: run.text(now, &transfer.to)?,
        trunk: transfer.trunk.clone(),
        way: transfer.way,
        ring: transfer.ring,
    };
    // They may talk for as long as a caller may wait for anything.
    Ok(run.send(now, Errand::Transfer(order), FLOW_WAIT_MAX))
}

pub(super) const fn transfer_ended(end: TransferEnd) -> Result<Turn> {
    match end {
        TransferEnd::Talked => Ok(Turn::Next),
        TransferEnd::Busy => Err(TRANSFER_BUSY),
        TransferEnd::NoAnswer => Err(TRANSFER_NO_ANSWER),
        TransferEnd::Failed => Err(TRANSFER_FAILED),
        TransferEnd::Denied => Err(TRANSFER_DENIED),
    }
}

pub(super) fn begin_stream(run: &mut Run, now: Moment, stream: &Stream) -> Result<Turn> {
    let url = run.text(now, &stream.url)?;
    let mut parameters = Vec::with_capacity(stream.parameters.len());
    for parameter in &stream.parameters {
        let value = run.value(now, &parameter.value, None)?;
        let Some(text) = value.to_text() else {
            run.failed(format!("wanted a text for `{}`, found a list or a map", parameter.name));
            return Err(ERROR_EXPRESSION);
        };
        parameters.push((Arc::clone(&parameter.name), text));
    }
    let headers = http::headers(run, now, &stream.headers)?;
    let order = StreamOrder { url, headers, parameters, max: stream.max };
    Ok(run.send(now, Errand::Stream(order), stream.max + ERRAND_GRACE))
}

pub(super) fn stream_ended(run: &mut Run, stream: &Stream, end: StreamEnd) -> Result<Turn> {
    let mut keep = |words: StreamWords| match words {
        Some(words) => http::save(run, &stream.save, &words, None, ERROR_STREAM),
        None => Ok(()),
    };
    match end {
        StreamEnd::Closed(words) => keep(words).map(|()| Turn::Next),
        StreamEnd::Done(words) => {
            keep(words)?;
            run.tell_outcome(STREAM_DONE);
            let own = run.with_node(|node| node.events.find(STREAM_DONE));
            Ok(own.map_or(Turn::Next, Turn::To))
        }
        StreamEnd::Agent(words) => {
            keep(words)?;
            Err(STREAM_AGENT)
        }
        StreamEnd::Failed(why) => {
            run.failed(format!("wanted a program to talk with, found {why}"));
            Err(ERROR_STREAM)
        }
    }
}

/// `record`, and the `record` of a `play`.
pub(super) fn record(run: &mut Run, recording: Recording) -> Turn {
    run.say(Output::Record(match recording {
        Recording::Start { consent, from } => RecordOrder::Start { consent, from },
        Recording::Pause => RecordOrder::Pause,
        Recording::Resume => RecordOrder::Resume,
        Recording::Stop => RecordOrder::Stop,
    }));
    Turn::Next
}
