//! The caller is taken to somebody outside: rung through a trunk, joined, and taken back.

use std::time::Duration;

use crate::base::id::OfferId;
use crate::base::limit::OUTSIDE_RING_MAX;
use crate::base::time::Moment;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{Fact, TransferResult};
use crate::call::exchange::{Output, PhoneNews, Playout};
use crate::call::machine::{Call, State, Timer};
use crate::call::queueing::millis;
use crate::flow::model::TransferWay;
use crate::flow::run::{TransferEnd, TransferOrder};
use crate::flow::{self, ErrandId, Reply};

/// One way to somebody outside.
#[derive(Debug)]
pub(super) struct Transfer {
    errand: ErrandId,
    line: OfferId,
    to: String,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Ringing {
        since: Moment,
    },
    Talking {
        since: Moment,
    },
    /// The caller's own line is to call.
    Referring {
        since: Moment,
    },
    /// It has.
    Referred,
}

impl Transfer {
    /// How it ends when it is cut off.
    const fn cut_short(&self) -> TransferResult {
        match self.stage {
            Stage::Ringing { .. } | Stage::Referring { .. } => TransferResult::LeftFirst,
            Stage::Talking { .. } => TransferResult::Talked,
            Stage::Referred => TransferResult::Referred,
        }
    }

    fn talked(&self, now: Moment) -> Duration {
        match self.stage {
            Stage::Ringing { .. } | Stage::Referring { .. } | Stage::Referred => Duration::ZERO,
            Stage::Talking { since } => now.since(since),
        }
    }
}

impl Call {
    /// Does the flow's `transfer`.
    pub(super) fn transfer(&mut self, now: Moment, errand: ErrandId, order: TransferOrder) {
        match &self.state {
            State::Walking => self.dial_out(now, errand, order),
            // The flow asks after the end, or in the wrong place: nobody can be taken anywhere.
            State::Ringing
            | State::Answered
            | State::Waiting(_)
            | State::Talking(_)
            | State::Away(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over => self.give_back(now, errand, TransferEnd::Failed),
        }
    }

    fn dial_out(&mut self, now: Moment, errand: ErrandId, order: TransferOrder) {
        let TransferOrder { to, trunk, way, ring } = order;
        let line = OfferId::new(self.epoch.wall(now), &mut self.rng);
        self.timers.set(Timer::Outside, now + ring.min(OUTSIDE_RING_MAX));
        let (stage, call) = match way {
            TransferWay::Bridge => {
                let to = to.clone();
                (Stage::Ringing { since: now }, Output::DialOut { line, to, trunk })
            }
            TransferWay::Refer => {
                let to = to.clone();
                (Stage::Referring { since: now }, Output::Refer { line, to, trunk })
            }
        };
        self.state = State::Away(Transfer { errand, line, to, stage });
        self.play(Playout::Ringback);
        self.ask(call);
    }

    /// Hears the line to whoever is outside.
    pub(super) fn outside_news(&mut self, now: Moment, line: OfferId, news: PhoneNews) {
        let State::Away(transfer) = &self.state else { return };
        if transfer.line != line {
            return;
        }
        match (transfer.stage, news) {
            (Stage::Ringing { since }, PhoneNews::Answered) => self.join_outside(now, since),
            (Stage::Referring { since }, PhoneNews::Answered) => self.let_go(now, since),
            (Stage::Ringing { .. } | Stage::Referring { .. }, PhoneNews::Denied(why)) => {
                self.ask(Output::Complain(format!("wanted a way to call somebody, found {why}")));
                self.come_back(now, TransferEnd::Denied, TransferResult::Denied, Side::System);
            }
            // Busy Here, Busy Everywhere and Decline.
            (
                Stage::Ringing { .. } | Stage::Referring { .. },
                PhoneNews::Refused(486 | 600 | 603),
            ) => {
                self.come_back(now, TransferEnd::Busy, TransferResult::Busy, Side::Outside);
            }
            // Request Timeout, Temporarily Unavailable and Request Terminated.
            (
                Stage::Ringing { .. } | Stage::Referring { .. },
                PhoneNews::Refused(408 | 480 | 487),
            ) => {
                self.come_back(now, TransferEnd::NoAnswer, TransferResult::NoAnswer, Side::Outside);
            }
            (
                Stage::Ringing { .. } | Stage::Referring { .. },
                PhoneNews::Refused(_) | PhoneNews::Ended,
            ) => {
                self.come_back(now, TransferEnd::Failed, TransferResult::Failed, Side::Outside);
            }
            (Stage::Talking { .. }, PhoneNews::Ended) => {
                self.come_back(now, TransferEnd::Talked, TransferResult::Talked, Side::Outside);
            }
            // A retransmitted answer, or the echo of what is over.
            (
                Stage::Talking { .. },
                PhoneNews::Answered | PhoneNews::Refused(_) | PhoneNews::Denied(_),
            )
            | (Stage::Referred, _) => {}
        }
    }

    fn join_outside(&mut self, now: Moment, rung_since: Moment) {
        self.timers.clear(Timer::Outside);
        self.stop();
        let State::Away(transfer) = &mut self.state else { return };
        transfer.stage = Stage::Talking { since: now };
        let (line, to) = (transfer.line, transfer.to.clone());
        self.ask(Output::JoinOutside(line));
        self.tell(Fact::Transferred { to, rang_ms: millis(now.since(rung_since)) });
    }

    /// The caller's own line has her talk with somebody else: she needs us no more (RFC 5589 §6.1).
    fn let_go(&mut self, now: Moment, rung_since: Moment) {
        let State::Away(transfer) = &mut self.state else { return };
        transfer.stage = Stage::Referred;
        let to = transfer.to.clone();
        self.tell(Fact::Transferred { to, rang_ms: millis(now.since(rung_since)) });
        self.close(now, Ending { by: Side::Flow, cause: Cause::Completed });
    }

    /// Nobody outside answered in time.
    pub(super) fn rang_out(&mut self, now: Moment) {
        self.give_up_calling(now, Ending { by: Side::Outside, cause: Cause::NoAnswer });
        if let State::Away(_) = self.state {
            self.come_back(now, TransferEnd::NoAnswer, TransferResult::NoAnswer, Side::System);
        }
    }

    /// The flow has waited for long enough, or nobody waits any more.
    pub(super) fn recall(&mut self, now: Moment, errand: ErrandId) {
        match &self.state {
            State::Away(transfer) if transfer.errand == errand => {
                let result = transfer.cut_short();
                self.come_back(now, TransferEnd::Failed, result, Side::System);
            }
            State::Ringing
            | State::Answered
            | State::Walking
            | State::Waiting(_)
            | State::Talking(_)
            | State::Away(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over => self.ask(Output::Recall(errand)),
        }
    }

    /// The caller goes on in the flow.
    fn come_back(&mut self, now: Moment, end: TransferEnd, result: TransferResult, by: Side) {
        if let State::Away(transfer) = std::mem::replace(&mut self.state, State::Walking) {
            let errand = transfer.errand;
            self.stop();
            self.hang_up_outside(now, transfer, result, by);
            self.give_back(now, errand, end);
        }
    }

    /// The call ends, and with it the way outside.
    pub(super) fn cut_off(&mut self, now: Moment, transfer: Transfer, by: Side) {
        let result = transfer.cut_short();
        self.hang_up_outside(now, transfer, result, by);
    }

    fn hang_up_outside(&mut self, now: Moment, of: Transfer, result: TransferResult, by: Side) {
        self.timers.clear(Timer::Outside);
        let talk_ms = millis(of.talked(now));
        match of.stage {
            Stage::Ringing { .. } => self.ask(Output::DropPhone(of.line)),
            Stage::Talking { .. } => {
                self.ask(Output::Unbridge);
                self.ask(Output::DropPhone(of.line));
            }
            Stage::Referring { .. } | Stage::Referred => {}
        }
        self.tell(Fact::TransferEnded { to: of.to, result, by, talk_ms });
    }

    fn give_back(&mut self, now: Moment, errand: ErrandId, end: TransferEnd) {
        self.run.handle(now, flow::Input::Errand(errand, Reply::Transfer(end)));
    }
}
