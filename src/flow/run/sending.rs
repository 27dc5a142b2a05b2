//! Errands on their way: sent out, awaited, brought back; and what the recording must not hear.

use std::time::Duration;

use crate::base::time::Moment;
use crate::flow::model::Sensitivity;
use crate::flow::run::{
    CaseOrder, Errand, ErrandId, Output, Phase, RecordOrder, Reply, Run, Timer, Turn,
};
use crate::flow::steps;

impl Run {
    pub(super) fn errand(&mut self, now: Moment, id: ErrandId, reply: Reply) {
        if self.opening == Some(id) {
            self.opening = None;
            if let Reply::Case(Ok(case)) = &reply {
                self.call.case = case.number.as_str().into();
            }
        }
        // The reply to an errand that nobody waits for any more changes nothing else.
        if self.awaits(id) {
            self.timers.clear(Timer::Errand);
            self.active_mut().phase = Phase::Moving;
            let turn = steps::errand_ended(self, now, reply);
            self.go(now, turn);
        }
    }

    /// Whether the walk stands still until this errand's reply comes.
    #[must_use]
    pub fn awaits(&self, id: ErrandId) -> bool {
        matches!(self.active().phase, Phase::Away { id: awaited } if awaited == id)
    }

    /// Sends out for something; the walk goes on when it is done, or when `patience` is over.
    pub(in crate::flow) fn send(
        &mut self,
        now: Moment,
        errand: Errand,
        patience: Duration,
    ) -> Turn {
        let id = self.send_aside(errand);
        self.active_mut().phase = Phase::Away { id };
        self.timers.set(Timer::Errand, now + patience);
        Turn::Stay
    }

    /// Sends out for something that the walk does not wait for.
    pub(in crate::flow) fn send_aside(&mut self, errand: Errand) -> ErrandId {
        self.errands = self.errands.wrapping_add(1);
        let id = ErrandId(self.errands);
        if let Errand::Case(CaseOrder::Open(_)) = errand {
            self.opening = Some(id);
        }
        self.say(Output::Errand(id, Box::new(errand)));
        id
    }

    /// Tells that the errand that is out has gone on for long enough.
    pub(super) fn recall(&mut self) {
        if let Phase::Away { id } = self.active().phase {
            self.say(Output::Recall(id));
        }
    }

    /// From here on, what the caller presses is nobody's business.
    pub(in crate::flow) fn hide(&mut self) {
        if self.hidden == Sensitivity::Plain {
            self.hidden = Sensitivity::Sensitive;
            self.say(Output::Record(RecordOrder::Hide));
        }
    }

    /// The next node begins: a secret that was being told is over.
    pub(super) fn show(&mut self) {
        if self.hidden == Sensitivity::Sensitive {
            self.hidden = Sensitivity::Plain;
            self.say(Output::Record(RecordOrder::Show));
        }
    }
}
