//! `play`: a prompt once, or something looped for a time.

use std::sync::Arc;

use crate::base::key::Keys;
use crate::base::time::Moment;
use crate::flow::model::{Heard, Play, Say, Sensitivity};
use crate::flow::prompt::{Argument, Speech};
use crate::flow::run::{self, Mode, Phase, PlayId, Run, Timer, Turn};
use crate::flow::steps::outside;

pub(super) fn begin(run: &mut Run, now: Moment, play: &Play) -> Result<Turn, &'static str> {
    let (speech, sensitive, prompt) = match &play.what {
        Heard::Prompt(spoken) => {
            let (speech, sensitive) = run.speech(now, spoken, &[])?;
            (speech, sensitive, Some(Arc::clone(&spoken.prompt.id)))
        }
        Heard::Music(sound) => (music(sound), Sensitivity::Plain, None),
    };
    if let Some(recording) = play.record {
        outside::record(run, recording);
    }
    let mode = match play.looped {
        Some(span) => {
            run.timers.set(Timer::LoopEnd, now + span);
            Mode::Loop
        }
        None if speech.sounds.is_empty() => return Ok(Turn::Next),
        None => {
            run.await_end(now);
            Mode::Once
        }
    };
    let keys = play.keys;
    let id = run.play(
        speech,
        run::Play {
            id: PlayId::default(),
            prompt,
            sounds: Vec::new(),
            mode,
            text: String::new(),
            keys,
            sensitive,
        },
    );
    run.active_mut().phase = Phase::Playing { id, mode, keys };
    Ok(Turn::Stay)
}

/// `say`: one value, once.
pub(super) fn say(run: &mut Run, now: Moment, say: &Say) -> Result<Turn, &'static str> {
    let sensitive = run.sensitivity(&say.value);
    let value = run.value(now, &say.value, None)?;
    let speech = run.said(&say.kind, &Argument { value, sensitive });
    if speech.sounds.is_empty() {
        return Ok(Turn::Next);
    }
    run.await_end(now);
    let keys = Keys::default();
    let play = run::Play {
        id: PlayId::default(),
        prompt: None,
        sounds: Vec::new(),
        mode: Mode::Once,
        text: String::new(),
        keys,
        sensitive,
    };
    let id = run.play(speech, play);
    run.active_mut().phase = Phase::Playing { id, mode: Mode::Once, keys };
    Ok(Turn::Stay)
}

/// Music, as a transcript shows it.
pub(super) fn music(sound: &Arc<str>) -> Speech {
    Speech { sounds: vec![Arc::clone(sound)], text: format!("[{sound}]") }
}
