//! When a call is recorded: what the flow asked for, kept in step with what the call does.

use crate::call::event::{Fact, RecordingChange};
use crate::call::exchange::{Hush, Output, TapeOrder};
use crate::call::machine::{Call, State};
use crate::flow::RecordOrder;
use crate::flow::model::{Consent, RecordFrom};

/// What the flow wants recorded, and what is.
#[derive(Debug, Default)]
pub(super) struct Recording {
    wish: Option<(Consent, RecordFrom)>,
    tape: Tape,
    pause: Pause,
    secret: Secret,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tape {
    #[default]
    Off,
    Running,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Pause {
    #[default]
    Off,
    On,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Secret {
    #[default]
    None,
    BeingTold,
}

impl Recording {
    const fn hush(&self) -> Hush {
        match (self.secret, self.pause) {
            (Secret::BeingTold, Pause::Off | Pause::On) => Hush::Hidden,
            (Secret::None, Pause::On) => Hush::Paused,
            (Secret::None, Pause::Off) => Hush::Off,
        }
    }
}

impl Call {
    /// Does what the flow asks for.
    pub(super) fn record(&mut self, order: RecordOrder) {
        let before = self.recording.hush();
        match order {
            RecordOrder::Start { consent, from } => {
                self.recording.wish = Some((consent, from));
                self.recording.pause = Pause::Off;
                self.tell_hush(before);
                let is_due = match from {
                    RecordFrom::Now => true,
                    RecordFrom::Answer => matches!(self.state, State::Talking(_)),
                };
                if is_due {
                    self.begin_tape();
                } else {
                    self.tell(Fact::Recording { change: RecordingChange::Wanted { consent } });
                }
            }
            RecordOrder::Pause => self.recording.pause = Pause::On,
            RecordOrder::Resume => self.recording.pause = Pause::Off,
            RecordOrder::Stop => {
                self.recording.wish = None;
                self.end_tape();
            }
            RecordOrder::Hide => self.recording.secret = Secret::BeingTold,
            RecordOrder::Show => self.recording.secret = Secret::None,
        }
        match order {
            RecordOrder::Start { .. } | RecordOrder::Stop => {}
            RecordOrder::Pause | RecordOrder::Resume | RecordOrder::Hide | RecordOrder::Show => {
                self.tell_hush(before);
            }
        }
    }

    /// Records a talk that begins, if the flow wants it.
    pub(super) fn begin_tape(&mut self) {
        let Some((consent, _)) = self.recording.wish else { return };
        match self.recording.tape {
            Tape::Running => return,
            Tape::Off => self.recording.tape = Tape::Running,
        }
        let hush = self.recording.hush();
        self.ask(Output::Record(TapeOrder::Begin { consent, hush }));
        self.tell(Fact::Recording { change: RecordingChange::Started { consent } });
        self.tell_change(hush);
    }

    /// A talk is over: only a recording of the whole call goes on.
    pub(super) fn end_talk_tape(&mut self) {
        match self.recording.wish {
            Some((_, RecordFrom::Now)) => {}
            Some((_, RecordFrom::Answer)) | None => self.end_tape(),
        }
    }

    /// The recording ends, if there is one.
    pub(super) fn end_tape(&mut self) {
        match self.recording.tape {
            Tape::Off => {}
            Tape::Running => {
                self.recording.tape = Tape::Off;
                self.ask(Output::Record(TapeOrder::End));
                self.tell(Fact::Recording { change: RecordingChange::Ended });
            }
        }
    }

    /// What is hidden is hidden from streams too, so it is told without a recording as well.
    fn tell_hush(&mut self, before: Hush) {
        let hush = self.recording.hush();
        if hush == before {
            return;
        }
        self.ask(Output::Record(TapeOrder::Hush(hush)));
        match (self.recording.tape, hush) {
            (Tape::Off, Hush::Off | Hush::Paused | Hush::Hidden) => {}
            (Tape::Running, Hush::Paused | Hush::Hidden) => self.tell_change(hush),
            (Tape::Running, Hush::Off) => {
                self.tell(Fact::Recording { change: RecordingChange::Resumed });
            }
        }
    }

    fn tell_change(&mut self, hush: Hush) {
        match hush {
            Hush::Off => {}
            Hush::Paused => self.tell(Fact::Recording { change: RecordingChange::Paused }),
            Hush::Hidden => self.tell(Fact::Recording { change: RecordingChange::Hidden }),
        }
    }
}
