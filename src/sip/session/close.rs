//! The end of a session: BYE, ours and theirs (RFC 3261 §15).

use crate::sip::message::Method;
use crate::sip::session::connect::branch;
use crate::sip::session::dialog::Dialog;
use crate::sip::session::event::EndedBy;
use crate::sip::session::machine::{Ask, Output, Session, Silence, State, Turn};

impl Session {
    /// Sends BYE; the session ends, for the reason `by`, with the answer.
    pub(super) fn hang_up(&mut self, by: EndedBy) -> State {
        self.bye(&mut self.dialog.clone(), Ask::Bye);
        State::Closing { by }
    }

    /// Sends BYE in `dialog` and says nothing of the session.
    pub(super) fn bye(&mut self, dialog: &mut Dialog, ask: Ask) {
        let branch = branch(&mut self.rng);
        let draft = dialog.request(Method::Bye, &branch, &self.settings);
        let (method, route) = (Method::Bye, dialog.hop());
        self.outbox.push_back(Output::Ask { ask, method, branch, route, draft });
    }

    pub(super) fn closing(&mut self, by: EndedBy, turn: Turn) -> State {
        match turn {
            // The two BYEs have crossed.
            Turn::Bye(bye) => {
                self.grant(&bye);
                self.end(by)
            }
            Turn::Offer(late) => {
                self.refuse(&late, 481);
                State::Closing { by }
            }
            Turn::Answered { ask, response } => match ask {
                Ask::Bye if response.code().is_some_and(|code| code >= 200) => self.end(by),
                Ask::Invite | Ask::Reinvite => {
                    self.answered_again(&response);
                    State::Closing { by }
                }
                Ask::Bye | Ask::StrayBye | Ask::Cancel | Ask::Refer => State::Closing { by },
            },
            Turn::Unanswered { ask: Ask::Bye, silence } => self.end(match silence {
                Silence::Timeout => EndedBy::Timeout,
                Silence::Unreachable => EndedBy::Transport,
            }),
            Turn::Unanswered {
                ask: Ask::Invite | Ask::Reinvite | Ask::StrayBye | Ask::Cancel | Ask::Refer,
                ..
            }
            | Turn::Order(_)
            | Turn::Ack(_)
            | Turn::Cancelled { .. } => State::Closing { by },
        }
    }

    /// What still arrives after the end.
    pub(super) fn over(&mut self, turn: Turn) -> State {
        match turn {
            Turn::Bye(late) | Turn::Offer(late) => self.refuse(&late, 481),
            Turn::Answered { ask: Ask::Invite | Ask::Reinvite, response } => {
                self.answered_again(&response);
            }
            Turn::Answered { ask: Ask::Bye | Ask::StrayBye | Ask::Cancel | Ask::Refer, .. }
            | Turn::Unanswered { .. }
            | Turn::Order(_)
            | Turn::Ack(_)
            | Turn::Cancelled { .. } => {}
        }
        State::Over
    }
}
