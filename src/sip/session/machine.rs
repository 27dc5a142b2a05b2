//! The machine of one session: its states, its clock, and what all states share.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::sip::message::{Draft, Message, Method, Name};
use crate::sip::route::Route;
use crate::sip::session::accept::Awaiting;
use crate::sip::session::connect::Calling;
use crate::sip::session::dialog::Dialog;
use crate::sip::session::event::{EndedBy, Event};
use crate::sip::session::info;
use crate::sip::session::order::Order;
use crate::sip::session::refer::Referring;
use crate::sip::settings::Settings;

/// Which request of ours an answer belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Invite,
    Reinvite,
    Bye,
    /// A BYE for a branch of a fork that came second.
    StrayBye,
    Cancel,
    Refer,
}

/// Why a request of ours has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Silence {
    Timeout,
    Unreachable,
}

/// A request that waits for our answer.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) transaction: u64,
    pub(crate) request: Message,
    pub(crate) route: Route,
}

/// What can happen to a session.
#[derive(Debug)]
pub(crate) enum Input {
    Order(Order),
    /// A request in the dialog, other than ACK and CANCEL.
    Asked(Pending),
    /// An ACK to a 2xx of ours.
    Acked(Message),
    /// The INVITE of this transaction is taken back.
    Cancelled {
        transaction: u64,
    },
    Answered {
        ask: Ask,
        response: Message,
    },
    Unanswered {
        ask: Ask,
        silence: Silence,
    },
}

/// What a session asks for.
#[derive(Debug)]
pub(crate) enum Output {
    /// Answer the request of this transaction.
    Answer { transaction: u64, code: u16, bytes: Vec<u8> },
    /// Send a request and bring its answers.
    Ask { ask: Ask, method: Method, branch: String, route: Route, draft: Draft },
    /// Send an ACK.
    Send { route: Route, bytes: Vec<u8> },
    /// Send a 200 once more.
    SendAgain { route: Route, bytes: Vec<u8> },
    /// Wait no longer for the answer to our first INVITE.
    Abandon,
    /// Tell the owner.
    Event(Event),
}

/// What a session waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// A 200 is due once more.
    Repeat,
    /// Nobody acknowledges a 200.
    Unacked,
    /// Nobody answers the INVITE that a CANCEL has taken back.
    CancelUnanswered,
    /// An offer that met another may go out again.
    Glare,
}

/// An input after what is the same in all states has been dealt with.
#[derive(Debug)]
pub(super) enum Turn {
    Order(Order),
    Bye(Pending),
    /// An INVITE or an UPDATE in the dialog.
    Offer(Pending),
    Ack(Message),
    Cancelled {
        transaction: u64,
    },
    Answered {
        ask: Ask,
        response: Message,
    },
    Unanswered {
        ask: Ask,
        silence: Silence,
    },
}

/// What follows the ACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    Talk,
    HangUp,
}

/// Which change of media is under way.
#[derive(Debug)]
pub(super) enum Modify {
    Still,
    /// Theirs, which our owner has to answer.
    Asked(Box<Pending>),
    /// Theirs, answered and not yet acknowledged.
    Answered(Box<Awaiting>),
    /// Ours.
    Asking {
        sdp: Vec<u8>,
    },
    /// Ours met theirs and waits.
    Glare {
        sdp: Vec<u8>,
    },
}

#[derive(Debug)]
pub(super) enum State {
    Listening(Box<Pending>),
    Accepting { awaiting: Box<Awaiting>, after: After },
    Calling(Box<Calling>),
    Talking(Modify),
    Closing { by: EndedBy },
    Over,
}

/// One session, from the first INVITE to the end.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) dialog: Dialog,
    pub(super) settings: Arc<Settings>,
    pub(super) rng: Rng,
    pub(super) timers: Timers<Timer>,
    pub(super) outbox: VecDeque<Output>,
    /// Tags of a fork's branches that have been told to hang up.
    pub(super) strays: Vec<String>,
    pub(super) chose_call_id: bool,
    pub(super) referring: Referring,
    state: State,
}

impl Session {
    pub(super) fn new(dialog: Dialog, state: State, settings: Arc<Settings>, rng: Rng) -> Self {
        let (timers, outbox) = (Timers::default(), VecDeque::new());
        let chose_call_id = matches!(state, State::Calling(_));
        let (strays, referring) = (Vec::new(), Referring::No);
        Self { dialog, settings, rng, timers, outbox, strays, chose_call_id, referring, state }
    }

    pub(crate) fn handle(&mut self, now: Moment, input: Input) {
        let Some(turn) = self.turn(input) else { return };
        let state = std::mem::replace(&mut self.state, State::Over);
        self.state = match state {
            State::Listening(invite) => self.listening(now, invite, turn),
            State::Accepting { awaiting, after } => self.accepting(awaiting, after, turn),
            State::Calling(calling) => self.calling(now, calling, turn),
            State::Talking(modify) => self.talking(now, modify, turn),
            State::Closing { by } => self.closing(by, turn),
            State::Over => self.over(turn),
        };
    }

    pub(crate) fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            let state = std::mem::replace(&mut self.state, State::Over);
            self.state = match timer {
                Timer::Repeat => self.repeat_due(now, state),
                Timer::Unacked => self.unacked(state),
                Timer::CancelUnanswered => match state {
                    State::Calling(_) => self.cancel_unanswered(),
                    State::Listening(_)
                    | State::Accepting { .. }
                    | State::Talking(_)
                    | State::Closing { .. }
                    | State::Over => state,
                },
                Timer::Glare => match state {
                    State::Talking(modify) => State::Talking(self.offer_again(modify)),
                    State::Listening(_)
                    | State::Accepting { .. }
                    | State::Calling(_)
                    | State::Closing { .. }
                    | State::Over => state,
                },
            };
        }
    }

    pub(crate) fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    pub(crate) fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    /// Whether requests of ours other than BYE may go out: the 2xx is sent or here.
    pub(super) const fn is_established(&self) -> bool {
        match self.state {
            State::Accepting { after: After::Talk, .. } | State::Talking(_) => true,
            State::Listening(_)
            | State::Accepting { after: After::HangUp, .. }
            | State::Calling(_)
            | State::Closing { .. }
            | State::Over => false,
        }
    }

    /// Whether the session has told its end and has nothing left to say.
    pub(crate) fn is_spent(&self) -> bool {
        matches!(self.state, State::Over) && self.outbox.is_empty()
    }

    /// Our tag, by which the other side's requests are found.
    pub(crate) fn local_tag(&self) -> &str {
        &self.dialog.local_tag
    }

    /// Whether a request with our tag is really of this dialog.
    pub(crate) fn owns(&self, request: &Message) -> bool {
        self.dialog.owns(request)
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.outbox.push_back(Output::Event(event));
    }

    pub(super) fn end(&mut self, by: EndedBy) -> State {
        self.timers = Timers::default();
        self.tell(Event::Ended(by));
        State::Over
    }

    /// An answer with nothing but what every answer has.
    pub(super) fn plain(&self, to: &Pending, code: u16) -> Draft {
        Draft::answer(&to.request.headers, to.route.remote, code, &self.dialog.local_tag)
            .with(Name::Server, &self.settings.user_agent)
    }

    /// An answer that opens or keeps the dialog (RFC 3261 §12.1.1).
    pub(super) fn opening(&self, to: &Pending, code: u16) -> Draft {
        let mut draft = self.plain(to, code);
        for route in to.request.headers.list(&Name::RecordRoute) {
            draft = draft.with(Name::RecordRoute, route);
        }
        draft.with(Name::Contact, self.settings.contact(&to.route)).with(Name::Allow, Method::ALLOW)
    }

    pub(super) fn reply(&mut self, to: &Pending, code: u16, draft: &Draft) -> Vec<u8> {
        let (transaction, bytes) = (to.transaction, draft.bytes());
        self.outbox.push_back(Output::Answer { transaction, code, bytes: bytes.clone() });
        bytes
    }

    pub(super) fn refuse(&mut self, request: &Pending, code: u16) {
        let refusal = self.plain(request, code);
        self.reply(request, code, &refusal);
    }

    /// Answers 200 without a body.
    pub(super) fn grant(&mut self, request: &Pending) {
        self.refuse(request, 200);
    }

    fn turn(&mut self, input: Input) -> Option<Turn> {
        match input {
            Input::Order(Order::Refer { to, by }) => {
                self.refer(&to, &by);
                None
            }
            Input::Order(order) => Some(Turn::Order(order)),
            Input::Acked(ack) => Some(Turn::Ack(ack)),
            Input::Cancelled { transaction } => Some(Turn::Cancelled { transaction }),
            Input::Answered { ask: Ask::Refer, response } => {
                self.refer_answered(&response);
                None
            }
            Input::Answered { ask, response } => Some(Turn::Answered { ask, response }),
            Input::Unanswered { ask: Ask::Refer, .. } => {
                self.refer_refused(408);
                None
            }
            Input::Unanswered { ask, silence } => Some(Turn::Unanswered { ask, silence }),
            Input::Asked(pending) => self.asked(pending),
        }
    }

    fn asked(&mut self, pending: Pending) -> Option<Turn> {
        // A request older than one already seen comes too late (§12.2.2).
        if pending.request.cseq < self.dialog.remote_cseq {
            self.refuse(&pending, 500);
            return None;
        }
        self.dialog.remote_cseq = pending.request.cseq;
        match pending.request.method {
            Method::Bye => Some(Turn::Bye(pending)),
            Method::Invite | Method::Update => Some(Turn::Offer(pending)),
            Method::Options => {
                let answer = self.plain(&pending, 200);
                let answer = self.settings.capable(answer);
                self.reply(&pending, 200, &answer);
                None
            }
            Method::Info => {
                self.keyed(&pending);
                None
            }
            Method::Notify => {
                self.notified(&pending);
                None
            }
            Method::Ack | Method::Cancel | Method::Refer | Method::Unserved | Method::Unknown => {
                debug_assert!(false, "the endpoint keeps these from a session");
                None
            }
        }
    }

    fn keyed(&mut self, pending: &Pending) {
        match info::read(&pending.request) {
            info::Info::Key(key) => {
                self.grant(pending);
                self.tell(Event::Key(key));
            }
            info::Info::Nothing => self.grant(pending),
            info::Info::Foreign => {
                let refusal = self.plain(pending, 415).with(Name::Accept, info::ACCEPT);
                self.reply(pending, 415, &refusal);
            }
        }
    }

    fn repeat_due(&mut self, now: Moment, state: State) -> State {
        match state {
            State::Accepting { mut awaiting, after } => {
                self.repeat(now, &mut awaiting);
                State::Accepting { awaiting, after }
            }
            State::Talking(Modify::Answered(mut awaiting)) => {
                self.repeat(now, &mut awaiting);
                State::Talking(Modify::Answered(awaiting))
            }
            State::Listening(_)
            | State::Calling(_)
            | State::Talking(
                Modify::Still | Modify::Asked(_) | Modify::Asking { .. } | Modify::Glare { .. },
            )
            | State::Closing { .. }
            | State::Over => state,
        }
    }

    /// Nobody acknowledged our 200: the other side is told and not waited for (§13.3.1.4).
    fn unacked(&mut self, state: State) -> State {
        match state {
            State::Accepting { .. } | State::Talking(Modify::Answered(_)) => {
                self.bye(&mut self.dialog.clone(), Ask::Bye);
                self.end(EndedBy::AckTimeout)
            }
            State::Listening(_)
            | State::Calling(_)
            | State::Talking(
                Modify::Still | Modify::Asked(_) | Modify::Asking { .. } | Modify::Glare { .. },
            )
            | State::Closing { .. }
            | State::Over => state,
        }
    }
}
