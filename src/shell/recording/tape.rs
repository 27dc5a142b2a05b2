//! One recording in the making: from the slices of a tap to the samples of a file.

use std::io;
use std::time::Duration;

use crate::base::id::{CallId, RecordingId};
use crate::base::limit::{SECRET_TAIL, TAPE_PATIENCE};
use crate::base::time::Moment;
use crate::call::exchange::Hush;
use crate::flow::run::{VoicemailEnd, VoicemailOrder};
use crate::media::timeline::{Moments, Timeline};
use crate::media::voicing::{Message, Worth};
use crate::media::{FRAME_SPAN, Listener};
use crate::shell::recording::file::Growing;
use crate::shell::recording::order::Asker;
use crate::shell::store::Silence;

/// One recording in the making.
pub(super) struct Tape {
    pub(super) id: RecordingId,
    pub(super) call: CallId,
    start: Moment,
    listener: Listener,
    line: Timeline,
    file: Growing,
    hushes: Hushes,
    what: What,
    written: Duration,
    settled: Duration,
    lost: u64,
}

enum What {
    Call,
    Message(Box<(Message, VoicemailOrder, Asker)>),
}

/// Whether a tape goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    More,
    Over,
}

/// What became of a tape.
pub(super) struct Finished {
    pub(super) length: Duration,
    pub(super) silences: Vec<Silence>,
    /// Who waits for the message's end, and what it is.
    pub(super) message: Option<(Asker, VoicemailEnd)>,
}

impl Tape {
    pub(super) fn of_call(
        (id, call): (RecordingId, CallId),
        start: Moment,
        listener: Listener,
        file: Growing,
        hush: Hush,
    ) -> Self {
        let mut hushes = Hushes::default();
        hushes.change(start, hush);
        Self {
            id,
            call,
            start,
            listener,
            line: Timeline::new(start, TAPE_PATIENCE),
            file,
            hushes,
            what: What::Call,
            written: Duration::ZERO,
            settled: Duration::ZERO,
            lost: 0,
        }
    }

    pub(super) fn of_message(
        name: (RecordingId, CallId),
        start: Moment,
        listener: Listener,
        file: Growing,
        (order, asker): (VoicemailOrder, Asker),
    ) -> Self {
        let message = Message::new(order.max, order.silence);
        let what = What::Message(Box::new((message, order, asker)));
        Self { what, ..Self::of_call(name, start, listener, file, Hush::Off) }
    }

    pub(super) const fn name(&self) -> &String {
        &self.file.name
    }

    /// Slices that found the ring full.
    pub(super) const fn lost(&self) -> u64 {
        self.lost
    }

    pub(super) fn hush(&mut self, at: Moment, hush: Hush) {
        self.hushes.change(at, hush);
    }

    /// Writes what has come.
    pub(super) fn turn(&mut self, now: Moment) -> io::Result<Turn> {
        // Asked first: what the leg said before it went is in the ring by then.
        let is_over = self.listener.is_over();
        self.listen();
        while let Some(frame) = self.line.next(now) {
            if self.write(&frame)? == Turn::Over {
                return Ok(Turn::Over);
            }
        }
        if self.settled + Duration::from_secs(1) <= self.written {
            self.settled = self.written;
            self.file.settle()?;
        }
        Ok(if is_over { Turn::Over } else { Turn::More })
    }

    /// Ends the file with what came before `end`; a message that is none is taken away.
    pub(super) fn end(mut self, end: Moment) -> io::Result<Finished> {
        self.listen();
        while let Some(frame) = self.line.rest(end) {
            if self.write(&frame)? == Turn::Over {
                break;
            }
        }
        let silences = self.hushes.silences(self.start, end);
        let Self { what, mut file, mut written, .. } = self;
        let What::Message(message) = what else {
            file.end()?;
            return Ok(Finished { length: written, silences, message: None });
        };
        let (message, order, asker) = *message;
        let mut ink = Ink { file: &mut file, written: &mut written, fault: Ok(()) };
        let worth = message.end(|sound| ink.write(*sound));
        ink.fault?;
        let end = match worth {
            Worth::Nothing => VoicemailEnd::Empty,
            Worth::Voice(span) if span < order.min => VoicemailEnd::TooShort,
            Worth::Voice(_) => VoicemailEnd::Kept,
        };
        match end {
            VoicemailEnd::Kept => file.end()?,
            VoicemailEnd::Empty | VoicemailEnd::TooShort => file.discard()?,
        }
        Ok(Finished { length: written, silences, message: Some((asker, end)) })
    }

    /// Who waits for its end, when it cannot be written.
    pub(super) fn asker(&self) -> Option<Asker> {
        match &self.what {
            What::Call => None,
            What::Message(message) => Some(message.2),
        }
    }

    fn listen(&mut self) {
        while let Some(slice) = self.listener.next() {
            self.lost = self.lost.max(slice.lost);
            if self.hushes.at(slice.at) == Hush::Off {
                self.line.place(&slice);
            }
        }
        self.hushes.settle();
    }

    fn write(&mut self, frame: &Moments) -> io::Result<Turn> {
        let mut ink = Ink { file: &mut self.file, written: &mut self.written, fault: Ok(()) };
        let end = match &mut self.what {
            What::Call => {
                let both = frame.own.iter().zip(&frame.other);
                ink.write(both.flat_map(|(&own, &other)| [own, other]));
                None
            }
            What::Message(message) => message.0.push(&frame.own, |sound| ink.write(*sound)),
        };
        ink.fault?;
        Ok(if end.is_some() { Turn::Over } else { Turn::More })
    }
}

/// Writes frames until one cannot be written.
struct Ink<'a> {
    file: &'a mut Growing,
    written: &'a mut Duration,
    fault: io::Result<()>,
}

impl Ink<'_> {
    fn write(&mut self, samples: impl IntoIterator<Item = i16>) {
        if self.fault.is_ok() {
            self.fault = self.file.write(samples);
            *self.written += FRAME_SPAN;
        }
    }
}

/// When a recording was to be silent.
#[derive(Debug, Default)]
struct Hushes {
    /// Changes that still matter for what has not been heard, the newest last.
    changes: Vec<(Moment, Hush)>,
    past: Vec<(Moment, Option<Moment>, Hush)>,
}

impl Hushes {
    fn change(&mut self, at: Moment, hush: Hush) {
        let before = self.changes.last().map_or(Hush::Off, |(_, hush)| *hush);
        if before == hush {
            return;
        }
        // The last key of a secret may be held a little longer than it is listened to.
        let tail = if before == Hush::Hidden { SECRET_TAIL } else { Duration::ZERO };
        let at = if hush == Hush::Off { at + tail } else { at };
        if let Some((_, until @ None, _)) = self.past.last_mut() {
            *until = Some(at);
        }
        match hush {
            Hush::Off => {}
            Hush::Paused | Hush::Hidden => self.past.push((at, None, hush)),
        }
        self.changes.push((at, hush));
    }

    /// What was ordered last for a sound of `at`.
    fn at(&self, at: Moment) -> Hush {
        let last = self.changes.iter().rev().find(|(from, _)| *from <= at);
        last.map_or(Hush::Off, |(_, hush)| *hush)
    }

    /// Everything up to the last change but one has been heard.
    fn settle(&mut self) {
        let old = self.changes.len().saturating_sub(2);
        self.changes.drain(..old);
    }

    fn silences(&self, start: Moment, end: Moment) -> Vec<Silence> {
        let millis = |at: Moment| u64::try_from(at.since(start).as_millis()).unwrap_or(u64::MAX);
        let silence = |&(from, until, hush): &(Moment, Option<Moment>, Hush)| Silence {
            from_ms: millis(from),
            to_ms: millis(until.unwrap_or(end).min(end)),
            why: match hush {
                Hush::Off | Hush::Paused => "paused".to_owned(),
                Hush::Hidden => "hidden".to_owned(),
            },
        };
        self.past.iter().map(silence).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: u64) -> Moment {
        Moment::from_micros(millis * 1_000)
    }

    #[test]
    fn a_secret_is_silent_from_its_beginning_to_a_little_after_its_end() {
        let mut hushes = Hushes::default();
        hushes.change(at(0), Hush::Off);
        hushes.change(at(1_000), Hush::Hidden);
        hushes.change(at(2_000), Hush::Off);
        let heard = [999, 1_000, 1_999, 2_000, 2_299, 2_300].map(|millis| hushes.at(at(millis)));
        let wanted = [Hush::Off, Hush::Hidden, Hush::Hidden, Hush::Hidden, Hush::Hidden, Hush::Off];
        assert_eq!(heard, wanted);
        let silence = Silence { from_ms: 1_000, to_ms: 2_300, why: "hidden".into() };
        assert_eq!(hushes.silences(at(0), at(9_000)), [silence]);
    }

    #[test]
    fn a_secret_within_a_pause_ends_with_the_pause() {
        let mut hushes = Hushes::default();
        hushes.change(at(100), Hush::Paused);
        hushes.change(at(200), Hush::Hidden);
        hushes.change(at(300), Hush::Paused);
        hushes.settle();
        let silences = hushes.silences(at(0), at(500));
        let spans: Vec<_> =
            silences.iter().map(|of| (of.from_ms, of.to_ms, of.why.as_str())).collect();
        assert_eq!(spans, [(100, 200, "paused"), (200, 300, "hidden"), (300, 500, "paused")]);
        assert_eq!(hushes.at(at(400)), Hush::Paused);
    }
}
