//! A session under way: offers of other media, ours and theirs (RFC 3261 §14, RFC 3311).

use std::time::Duration;

use crate::base::time::Moment;
use crate::sip::message::{Message, Method, Name};
use crate::sip::session::accept::Offerer;
use crate::sip::session::connect::branch;
use crate::sip::session::event::{EndedBy, Event};
use crate::sip::session::machine::{
    Ask, Modify, Output, Pending, Session, Silence, State, Timer, Turn,
};
use crate::sip::session::order::Order;

impl Session {
    pub(super) fn talking(&mut self, now: Moment, modify: Modify, turn: Turn) -> State {
        match turn {
            Turn::Order(order) => self.talking_order(now, modify, order),
            Turn::Bye(bye) => {
                self.grant(&bye);
                self.drop_offer(&modify);
                self.end(EndedBy::Peer)
            }
            Turn::Offer(pending) => State::Talking(self.offered(modify, pending)),
            Turn::Ack(ack) => State::Talking(self.offer_acknowledged(modify, &ack)),
            Turn::Cancelled { transaction } => State::Talking(self.withdrawn(modify, transaction)),
            Turn::Answered { ask, response } => match ask {
                Ask::Reinvite => self.offer_answered(now, modify, &response),
                Ask::Invite => {
                    self.answered_again(&response);
                    State::Talking(modify)
                }
                Ask::Bye | Ask::StrayBye | Ask::Cancel | Ask::Refer => State::Talking(modify),
            },
            Turn::Unanswered { ask, silence } => match ask {
                // Who does not answer an INVITE in the dialog is gone (§14.1).
                Ask::Reinvite => {
                    self.bye(&mut self.dialog.clone(), Ask::Bye);
                    self.end(match silence {
                        Silence::Timeout => EndedBy::Timeout,
                        Silence::Unreachable => EndedBy::Transport,
                    })
                }
                Ask::Invite | Ask::Bye | Ask::StrayBye | Ask::Cancel | Ask::Refer => {
                    State::Talking(modify)
                }
            },
        }
    }

    /// Both sides had offered at once; the pause is over (§14.1).
    pub(super) fn offer_again(&mut self, modify: Modify) -> Modify {
        match modify {
            Modify::Glare { sdp } => self.offer(sdp),
            Modify::Still | Modify::Asked(_) | Modify::Answered(_) | Modify::Asking { .. } => {
                modify
            }
        }
    }

    fn talking_order(&mut self, now: Moment, modify: Modify, order: Order) -> State {
        match order {
            Order::Bye | Order::Cancel => {
                self.drop_offer(&modify);
                self.timers = Default::default();
                self.hang_up(EndedBy::Us)
            }
            Order::Offer { sdp } => State::Talking(match modify {
                Modify::Still => self.offer(sdp),
                // The newer wish replaces the one that waits.
                Modify::Glare { .. } => Modify::Glare { sdp },
                Modify::Asked(_) | Modify::Answered(_) | Modify::Asking { .. } => {
                    self.tell(Event::OfferRefused { code: 491 });
                    modify
                }
            }),
            Order::AcceptOffer { sdp } => State::Talking(match modify {
                Modify::Asked(pending) => self.accept_offer(now, &pending, sdp),
                Modify::Still
                | Modify::Answered(_)
                | Modify::Asking { .. }
                | Modify::Glare { .. } => modify,
            }),
            Order::RefuseOffer { code } => State::Talking(match modify {
                Modify::Asked(pending) => {
                    self.refuse(&pending, if (300..700).contains(&code) { code } else { 488 });
                    Modify::Still
                }
                Modify::Still
                | Modify::Answered(_)
                | Modify::Asking { .. }
                | Modify::Glare { .. } => modify,
            }),
            // The call is answered already, and a REFER goes out in any state.
            Order::Ring | Order::Answer { .. } | Order::Reject { .. } | Order::Refer { .. } => {
                State::Talking(modify)
            }
        }
    }

    fn offer(&mut self, sdp: Vec<u8>) -> Modify {
        let branch = branch(&mut self.rng);
        let draft = self.dialog.request(Method::Invite, &branch, &self.settings);
        let draft = draft.with(Name::Allow, Method::ALLOW).carrying("application/sdp", sdp.clone());
        let (ask, method, route) = (Ask::Reinvite, Method::Invite, self.dialog.hop());
        self.outbox.push_back(Output::Ask { ask, method, branch, route, draft });
        Modify::Asking { sdp }
    }

    fn accept_offer(&mut self, now: Moment, pending: &Pending, sdp: Vec<u8>) -> Modify {
        if pending.request.method == Method::Invite {
            return Modify::Answered(Box::new(self.accept(now, pending, sdp)));
        }
        let answer = self.opening(pending, 200).carrying("application/sdp", sdp);
        self.reply(pending, 200, &answer);
        Modify::Still
    }

    fn offered(&mut self, modify: Modify, pending: Pending) -> Modify {
        let Ok(sdp) = pending.request.sdp() else {
            let refusal = self.plain(&pending, 415).with(Name::Accept, "application/sdp");
            self.reply(&pending, 415, &refusal);
            return modify;
        };
        self.dialog.retarget(&pending.request);
        // An UPDATE without an offer only says that its sender is alive.
        if pending.request.method == Method::Update && sdp.is_none() {
            let alive = self.opening(&pending, 200);
            self.reply(&pending, 200, &alive);
            return modify;
        }
        match modify {
            Modify::Still | Modify::Glare { .. } => {
                if let Modify::Glare { .. } = modify {
                    self.timers.clear(Timer::Glare);
                    self.tell(Event::OfferRefused { code: 491 });
                }
                self.tell(Event::Offered { sdp });
                Modify::Asked(Box::new(pending))
            }
            Modify::Asking { .. } => {
                self.refuse(&pending, 491);
                modify
            }
            Modify::Asked(_) | Modify::Answered(_) => {
                self.postpone(&pending);
                modify
            }
        }
    }

    fn offer_acknowledged(&mut self, modify: Modify, ack: &Message) -> Modify {
        match modify {
            Modify::Answered(awaiting) if awaiting.cseq == ack.cseq => {
                self.acknowledged();
                if awaiting.offerer == Offerer::Us {
                    self.tell(match ack.sdp().ok().flatten() {
                        Some(sdp) => Event::OfferAnswered { sdp },
                        None => Event::OfferRefused { code: 488 },
                    });
                }
                Modify::Still
            }
            // A copy of the ACK to an earlier 200, or the ACK to a refusal.
            Modify::Still
            | Modify::Asked(_)
            | Modify::Answered(_)
            | Modify::Asking { .. }
            | Modify::Glare { .. } => modify,
        }
    }

    fn withdrawn(&mut self, modify: Modify, transaction: u64) -> Modify {
        match modify {
            Modify::Asked(pending) if pending.transaction == transaction => {
                self.refuse(&pending, 487);
                self.tell(Event::OfferWithdrawn);
                Modify::Still
            }
            Modify::Still
            | Modify::Asked(_)
            | Modify::Answered(_)
            | Modify::Asking { .. }
            | Modify::Glare { .. } => modify,
        }
    }

    fn offer_answered(&mut self, now: Moment, modify: Modify, response: &Message) -> State {
        let code = response.code().unwrap_or_default();
        let Modify::Asking { sdp: ours } = modify else {
            self.answered_again(response);
            return State::Talking(modify);
        };
        match code {
            0..200 => State::Talking(Modify::Asking { sdp: ours }),
            200..300 => {
                self.dialog.retarget(response);
                self.acknowledge(&self.dialog.clone(), response.cseq);
                self.tell(match response.sdp().ok().flatten() {
                    Some(sdp) => Event::OfferAnswered { sdp },
                    None => Event::OfferRefused { code: 488 },
                });
                State::Talking(Modify::Still)
            }
            491 => {
                // The one who chose the Call-ID waits longer, so that the two do not meet again.
                let base = if self.chose_call_id { 2_100 } else { 0 };
                let pause = Duration::from_millis(base + self.rng.below(200) * 10);
                self.timers.set(Timer::Glare, now + pause);
                State::Talking(Modify::Glare { sdp: ours })
            }
            408 | 481 => {
                self.bye(&mut self.dialog.clone(), Ask::Bye);
                self.end(EndedBy::Timeout)
            }
            code => {
                self.tell(Event::OfferRefused { code });
                State::Talking(Modify::Still)
            }
        }
    }

    /// Answers an offer that the session's end overtakes (§15.1.2).
    fn drop_offer(&mut self, modify: &Modify) {
        match modify {
            Modify::Asked(pending) => self.refuse(pending, 487),
            Modify::Still | Modify::Answered(_) | Modify::Asking { .. } | Modify::Glare { .. } => {}
        }
    }
}
