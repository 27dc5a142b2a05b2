//! A call of our own: from the INVITE to its final answer, and forks that answer twice.

use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::time::Moment;
use crate::sip::message::{Draft, Message, Method, Name, Start};
use crate::sip::session::dialog::Dialog;
use crate::sip::session::event::{EndedBy, Event};
use crate::sip::session::machine::{Ask, Modify, Output, Session, Silence, State, Timer, Turn};
use crate::sip::session::order::{Connect, Order};
use crate::sip::settings::Settings;
use crate::sip::transaction::span::PATIENCE;
use crate::sip::via::COOKIE;
use crate::sip::wire::text;

/// Branches of a fork that are told to hang up. The rest end when they miss their ACK.
const STRAYS_MAX: usize = 8;

/// An INVITE of ours without a final answer.
#[derive(Debug)]
pub(crate) struct Calling {
    invite: Draft,
    progress: Progress,
    early: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// No answer at all, so a CANCEL might overtake the INVITE (RFC 3261 §9.1).
    Silent,
    /// Something below 200 came.
    Heard,
    /// A CANCEL goes out with the first sign of life.
    CancelWanted,
    /// A CANCEL is out.
    Cancelling,
}

impl Session {
    /// Sends an INVITE.
    pub(crate) fn connect(connect: Connect, settings: Arc<Settings>, mut rng: Rng) -> Self {
        let call_id = format!("{}{}", rng.token(), settings.call_id_suffix);
        let mut dialog = Dialog::connect(&connect, call_id, rng.token());
        let branch = branch(&mut rng);
        let mut invite = dialog
            .request(Method::Invite, &branch, &settings)
            .with(Name::Allow, Method::ALLOW)
            .with(Name::Accept, "application/sdp");
        for (name, value) in connect.headers {
            let token = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
            // Only headers that nothing here depends on may be added from outside.
            if let (true, Name::Other(name)) = (token && !name.is_empty(), Name::parse(&name)) {
                invite = invite.with(Name::Other(name), value);
            }
        }
        let invite = invite.carrying("application/sdp", connect.sdp);
        let route = dialog.hop();
        let calling = Calling { invite: invite.clone(), progress: Progress::Silent, early: None };
        let mut session = Self::new(dialog, State::Calling(Box::new(calling)), settings, rng);
        let (ask, method) = (Ask::Invite, Method::Invite);
        session.outbox.push_back(Output::Ask { ask, method, branch, route, draft: invite });
        session
    }

    pub(super) fn calling(&mut self, now: Moment, mut calling: Box<Calling>, turn: Turn) -> State {
        match turn {
            Turn::Order(Order::Cancel | Order::Bye) => {
                self.take_back(now, &mut calling);
                State::Calling(calling)
            }
            Turn::Answered { ask: Ask::Invite, response } => {
                self.calling_answered(now, calling, &response)
            }
            Turn::Unanswered { ask: Ask::Invite, silence } => {
                let (code, by) = match silence {
                    Silence::Timeout => (408, EndedBy::Timeout),
                    Silence::Unreachable => (503, EndedBy::Transport),
                };
                self.fail(&calling, code, "", by)
            }
            // Nobody has answered, so there is no session to end or to change.
            Turn::Bye(early) => {
                self.refuse(&early, 481);
                State::Calling(calling)
            }
            Turn::Offer(early) => {
                self.refuse(&early, 491);
                State::Calling(calling)
            }
            Turn::Order(
                Order::Ring
                | Order::Answer { .. }
                | Order::Reject { .. }
                | Order::Offer { .. }
                | Order::AcceptOffer { .. }
                | Order::Refer { .. }
                | Order::RefuseOffer { .. },
            )
            | Turn::Answered {
                ask: Ask::Reinvite | Ask::Bye | Ask::StrayBye | Ask::Cancel | Ask::Refer,
                ..
            }
            | Turn::Unanswered {
                ask: Ask::Reinvite | Ask::Bye | Ask::StrayBye | Ask::Cancel | Ask::Refer,
                ..
            }
            | Turn::Ack(_)
            | Turn::Cancelled { .. } => State::Calling(calling),
        }
    }

    /// The CANCEL brought no final answer in time (RFC 3261 §9.1).
    pub(super) fn cancel_unanswered(&mut self) -> State {
        self.outbox.push_back(Output::Abandon);
        self.end(EndedBy::Cancel)
    }

    /// A 2xx to an INVITE of ours that has had one: a copy, or another branch of a fork.
    pub(super) fn answered_again(&mut self, response: &Message) {
        if !response.code().is_some_and(|code| (200..300).contains(&code)) {
            return;
        }
        let tag = response.to.tag().unwrap_or_default();
        if tag == self.dialog.remote_tag {
            return self.acknowledge(&self.dialog.clone(), response.cseq);
        }
        let mut stray = self.dialog.clone();
        stray.confirm(response);
        self.acknowledge(&stray, response.cseq);
        if self.strays.iter().any(|known| known == tag) || self.strays.len() >= STRAYS_MAX {
            return;
        }
        self.strays.push(tag.to_owned());
        self.bye(&mut stray, Ask::StrayBye);
    }

    pub(super) fn acknowledge(&mut self, dialog: &Dialog, cseq: u32) {
        let branch = branch(&mut self.rng);
        let bytes = dialog.ack(cseq, &branch, &self.settings).bytes();
        self.outbox.push_back(Output::Send { route: dialog.hop(), bytes });
    }

    fn calling_answered(
        &mut self,
        now: Moment,
        mut calling: Box<Calling>,
        response: &Message,
    ) -> State {
        match response.code().unwrap_or_default() {
            code @ 0..200 => {
                self.progressed(now, &mut calling, code, response);
                State::Calling(calling)
            }
            200..300 => self.established(&calling, response),
            code => {
                let reason = match &response.start {
                    Start::Response { reason, .. } => text::show(reason),
                    Start::Request { .. } => String::new(),
                };
                self.fail(&calling, code, &reason, EndedBy::Refused)
            }
        }
    }

    fn progressed(&mut self, now: Moment, calling: &mut Calling, code: u16, response: &Message) {
        match calling.progress {
            Progress::Silent => calling.progress = Progress::Heard,
            Progress::CancelWanted => {
                calling.progress = Progress::Heard;
                self.take_back(now, calling);
            }
            Progress::Heard | Progress::Cancelling => {}
        }
        if code == 100 || calling.progress != Progress::Heard {
            return;
        }
        self.dialog.hear(response);
        let sdp = response.sdp().ok().flatten();
        calling.early = sdp.clone().or_else(|| calling.early.take());
        self.tell(Event::Ringing { code, sdp });
    }

    fn established(&mut self, calling: &Calling, response: &Message) -> State {
        self.timers.clear(Timer::CancelUnanswered);
        self.dialog.confirm(response);
        self.acknowledge(&self.dialog.clone(), response.cseq);
        match calling.progress {
            Progress::Silent | Progress::Heard => {}
            // The 200 and the CANCEL have crossed: nobody waits for this answer any more.
            Progress::CancelWanted | Progress::Cancelling => return self.hang_up(EndedBy::Cancel),
        }
        match response.sdp().ok().flatten().or_else(|| calling.early.clone()) {
            Some(sdp) => {
                self.tell(Event::Answered { sdp });
                State::Talking(Modify::Still)
            }
            None => {
                let reason = "Answer Without Media".to_owned();
                self.tell(Event::Refused { code: 488, reason });
                self.hang_up(EndedBy::Refused)
            }
        }
    }

    fn fail(&mut self, calling: &Calling, code: u16, reason: &str, by: EndedBy) -> State {
        match calling.progress {
            Progress::Silent | Progress::Heard => {
                self.tell(Event::Refused { code, reason: reason.to_owned() });
                self.end(by)
            }
            Progress::CancelWanted | Progress::Cancelling => self.end(EndedBy::Cancel),
        }
    }

    fn take_back(&mut self, now: Moment, calling: &mut Calling) {
        match calling.progress {
            Progress::Silent => calling.progress = Progress::CancelWanted,
            Progress::Heard => {
                calling.progress = Progress::Cancelling;
                let to = calling.invite.headers.first(&Name::To).unwrap_or_default().to_owned();
                let draft = calling.invite.companion(Method::Cancel, &to);
                let (ask, method, route) = (Ask::Cancel, Method::Cancel, self.dialog.route);
                let branch = calling.invite.branch();
                self.outbox.push_back(Output::Ask { ask, method, branch, route, draft });
                self.timers.set(Timer::CancelUnanswered, now + PATIENCE);
            }
            Progress::CancelWanted | Progress::Cancelling => {}
        }
    }
}

/// A name for a transaction of ours.
pub(super) fn branch(rng: &mut Rng) -> String {
    format!("{}{}", COOKIE, rng.token())
}
