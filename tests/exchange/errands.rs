//! Whoever does errands for flows: well, badly, late, or never.

use std::time::Duration;

use hatif::base::id::{CallId, OfferId};
use hatif::base::time::Moment;
use hatif::call::dial::Denial;
use hatif::call::ending::Cause;
use hatif::call::exchange::{Input, PhoneNews, TapeOrder};
use hatif::flow::run::{
    CaseAnswer, CaseFault, HttpAnswer, HttpFault, MessageFault, StreamEnd, TransferEnd,
    VoicemailEnd,
};
use hatif::flow::{Errand, ErrandId, Reply};

use crate::simulator::callbacks;
use crate::simulator::mail::{Deed, Happening, ToWorker, Wire};
use crate::simulator::shift::Shift;
use crate::simulator::worker::Tape;

impl Shift {
    /// Somebody does an errand.
    pub(crate) fn errand(&mut self, worker: usize, call: CallId, id: ErrandId, what: &Errand) {
        self.figures.errands += 1;
        let reply = self.reply(what);
        let is_mail = matches!(what, Errand::Voicemail(_));
        if is_mail && let Some(visit) = self.workers[worker].visits.get_mut(&call) {
            visit.message = Some(id);
        }
        let at = match (self.chance.below(20), is_mail) {
            // The word is lost.
            (0, _) => return,
            // It comes when nobody waits for it any more.
            (1, _) => self.now + Duration::from_secs(15 + self.chance.below(60)),
            // A caller speaks until the longest message, or a silence.
            (_, true) => self.soon(22_000),
            (_, false) => self.soon(4_000),
        };
        self.replies(at, worker, call, id, reply);
    }

    /// It is enough: the message of a caller is complete.
    pub(crate) fn recall(&mut self, worker: usize, call: CallId, id: ErrandId) {
        let visit = self.workers[worker].visits.get_mut(&call);
        let is_recorded = visit.and_then(|visit| visit.message.take_if(|of| *of == id)).is_some();
        if is_recorded && self.chance.below(20) != 0 {
            let at = self.soon(300);
            self.replies(at, worker, call, id, Reply::Voicemail(VoicemailEnd::Kept));
        }
    }

    /// A word comes back, now and then twice.
    pub(crate) fn replies(
        &mut self,
        at: Moment,
        worker: usize,
        call: CallId,
        id: ErrandId,
        reply: Reply,
    ) {
        if self.chance.below(30) == 0 {
            let again = self.soon(9_000).max(at);
            let message = ToWorker::Errand(call, id, reply.clone());
            self.mail.at(again, Happening::Comes(worker, message));
        }
        self.mail.at(at, Happening::Comes(worker, ToWorker::Errand(call, id, reply)));
    }

    fn reply(&mut self, what: &Errand) -> Reply {
        let is_good = self.chance.below(4) != 0;
        let why = || "nobody there".to_owned();
        match what {
            Errand::Http(_) if is_good => {
                let status = if self.chance.below(2) == 0 { 200 } else { 204 };
                Reply::Http(Ok(HttpAnswer { status, body: br#"{"state": "open"}"#[..].into() }))
            }
            Errand::Http(_) => Reply::Http(Err(match self.chance.below(3) {
                0 => HttpFault::Timeout,
                1 => HttpFault::Connect(why()),
                _ => HttpFault::Body("more than there may be".to_owned()),
            })),
            Errand::Case(_) if is_good => Reply::Case(Ok(CaseAnswer {
                number: "0000012345".to_owned(),
                state: "open".to_owned(),
                entity: String::new(),
            })),
            Errand::Case(_) => Reply::Case(Err(CaseFault::Store(why()))),
            Errand::Message(_) if is_good => Reply::Message(Ok(())),
            Errand::Message(_) => Reply::Message(Err(MessageFault(why()))),
            Errand::Voicemail(_) => Reply::Voicemail(match self.chance.below(3) {
                0 => VoicemailEnd::Empty,
                1 => VoicemailEnd::TooShort,
                _ => VoicemailEnd::Kept,
            }),
            Errand::Stream(_) => Reply::Stream(StreamEnd::Done(None)),
            // The call itself does these.
            Errand::Transfer(_) => Reply::Transfer(TransferEnd::Failed),
            Errand::Callback(_) => Reply::Callback(Err(callbacks::closed())),
        }
    }

    /// The flow's recording is begun and ended in pairs.
    pub(crate) fn tape(&mut self, worker: usize, id: CallId, order: TapeOrder) {
        let visit = self.workers[worker].visits.get_mut(&id).expect("who asks is there");
        match order {
            TapeOrder::Begin { .. } => {
                assert_eq!(visit.tape, Tape::Off, "{id} is recorded twice");
                visit.tape = Tape::Running;
            }
            TapeOrder::Hush(_) => {}
            TapeOrder::End => {
                assert_eq!(visit.tape, Tape::Running, "{id} is not recorded");
                visit.tape = Tape::Off;
            }
        }
    }

    /// Somebody outside is rung for a caller: by the same means as an agent's phone.
    pub(crate) fn dial_out(&mut self, worker: usize, id: CallId, line: OfferId) {
        if self.chance.below(12) == 0 {
            let denied = PhoneNews::Denied(Denial::CallsMax);
            return self.call(worker, id, Input::Phone(line, denied));
        }
        self.figures.outside += 1;
        self.dial(worker, id, line);
    }

    /// The caller's own line is asked to call somebody.
    pub(crate) fn refer(&mut self, worker: usize, id: CallId, line: OfferId) {
        let visit = self.workers[worker].visits.get_mut(&id).expect("who asks is there");
        visit.referring = Some(line);
        self.figures.outside += 1;
        let at = self.soon(9_000);
        let (news, leaves) = match self.chance.below(8) {
            0 => return,
            1 => (PhoneNews::Ended, Leaves::No),
            2 => (PhoneNews::Refused(486), Leaves::No),
            3 => (PhoneNews::Refused(408), Leaves::No),
            // Its line hangs up when it has another one, or before it says so.
            4 => (PhoneNews::Answered, Leaves::Before),
            _ => (PhoneNews::Answered, Leaves::After),
        };
        if leaves == Leaves::Before {
            self.mail.at(at, Happening::Caller(id, Deed::HangsUp));
        }
        let told = ToWorker::Referred(id, news);
        self.mail.send(Wire::Caller(id), at, Happening::ArrivesAtWorker(worker, told));
        if leaves == Leaves::After {
            self.mail.at(at + Duration::from_millis(80), Happening::Caller(id, Deed::HangsUp));
        }
    }

    pub(crate) fn referred(&mut self, worker: usize, id: CallId, news: PhoneNews) {
        let visit = self.workers[worker].visits.get_mut(&id);
        if let Some(line) = visit.and_then(|visit| visit.referring.take()) {
            self.call(worker, id, Input::Phone(line, news));
        }
    }

    /// Whoever answered outside is joined with the caller.
    pub(crate) fn join_outside(&mut self, worker: usize, id: CallId, line: OfferId) {
        let seat = self.workers[worker].visits.get(&id).and_then(|visit| visit.phone_seat(line));
        let seat = seat.expect("who answered is still there");
        self.floor.bridge(id, seat);
    }

    /// The engine stops while somebody waits for a word.
    pub(crate) fn stops(&mut self, worker: usize) {
        let calls: Vec<_> = self.workers[worker].visits.keys().copied().collect();
        for call in calls {
            self.call(worker, call, Input::End(Cause::Draining));
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leaves {
    Before,
    After,
    No,
}
