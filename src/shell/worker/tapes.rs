//! A call's recording and its caller's messages, as far as its worker has a hand in them.

use crate::base::id::{CallId, RecordingId};
use crate::base::time::Moment;
use crate::call::exchange::{Hush, Input, TapeOrder};
use crate::flow::run::{VoicemailEnd, VoicemailOrder};
use crate::flow::{ErrandId, Reply};
use crate::media::{self, Command, Mode, Piece, PlayId};
use crate::shell::recording::{Asker, Beginning, Kind, beep};
use crate::shell::worker::Worker;

/// The tone's playout: no number that a call gives.
const BEEP: PlayId = PlayId(u64::MAX);

/// What is being recorded of one call.
#[derive(Debug, Default)]
pub(super) struct Tapes {
    call: Option<RecordingId>,
    message: Option<(ErrandId, RecordingId)>,
}

impl Worker {
    /// Does what the call asks of its recording.
    pub(super) fn record(&mut self, now: Moment, id: CallId, order: TapeOrder) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        let done = match order {
            TapeOrder::Begin { consent, hush } => {
                if !self.parts.names.records_calls {
                    return;
                }
                return self.begin_tape(now, id, consent, hush);
            }
            TapeOrder::Hush(hush) => match visit.tapes.call {
                Some(tape) => self.parts.scribe.hush(tape, now, hush),
                None => Ok(()),
            },
            TapeOrder::End => match visit.tapes.call.take() {
                Some(tape) => self.parts.scribe.end(tape, now),
                None => Ok(()),
            },
        };
        if done.is_err() {
            tracing::error!(call = %id, ?order, "the scribe's box is full");
        }
    }

    fn begin_tape(
        &mut self,
        now: Moment,
        id: CallId,
        consent: crate::flow::model::Consent,
        hush: Hush,
    ) {
        if let Some(tape) = self.begin(now, id, Kind::Call { consent, hush })
            && let Some(visit) = self.visits.get_mut(&id)
        {
            visit.tapes.call = Some(tape);
        }
    }

    /// Plays the tone, and records what the caller says after it.
    pub(super) fn take_message(
        &mut self,
        now: Moment,
        id: CallId,
        errand: ErrandId,
        order: VoicemailOrder,
    ) {
        let pieces = vec![Piece::Clip(beep())];
        self.order_caller_leg(id, |leg| Command::Play {
            leg,
            play: BEEP,
            pieces,
            mode: Mode::Once,
        });
        let asker = Asker { worker: self.index, call: id, errand };
        match self.begin(now, id, Kind::Message { order, asker }) {
            Some(tape) => {
                if let Some(visit) = self.visits.get_mut(&id) {
                    visit.tapes.message = Some((errand, tape));
                }
            }
            None => {
                let reply = Reply::Voicemail(VoicemailEnd::Empty);
                self.call(now, id, Input::Errand(errand, reply));
            }
        }
    }

    /// Enough of an errand: a message that is being recorded is complete.
    pub(super) fn complete_message(&mut self, now: Moment, id: CallId, errand: ErrandId) {
        let Some(visit) = self.visits.get_mut(&id) else { return };
        if let Some((_, tape)) = visit.tapes.message.take_if(|(of, _)| *of == errand)
            && self.parts.scribe.end(tape, now).is_err()
        {
            tracing::error!(call = %id, "the scribe's box is full");
        }
    }

    fn begin(&mut self, now: Moment, call: CallId, kind: Kind) -> Option<RecordingId> {
        let (tap, listener) = media::tap();
        let id = RecordingId::new(self.parts.clock.epoch().wall(now), &mut self.rng);
        let beginning = Beginning { id, call, at: now, listener, kind };
        if self.parts.scribe.begin(beginning).is_err() {
            tracing::error!(%call, "the scribe's box is full");
            self.parts.meter.recording_failed("crowded");
            return None;
        }
        self.order_caller_leg(call, |leg| Command::Tap { leg, tap });
        Some(id)
    }
}
