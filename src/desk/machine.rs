//! One agent's desk: a machine between her browser, routing and the talk.

use std::collections::VecDeque;
use std::time::Duration;

use crate::base::id::{AgentId, OfferId};
use crate::base::limit::{DESK_GRACE, DESK_GRACE_DEAD, DESK_PING, DESK_SILENCE};
use crate::base::time::{Epoch, Moment};
use crate::base::timer::Timers;
use crate::call::card::Card;
use crate::call::exchange::{AgentOrder, DeskNews, Mute, Phone};
use crate::desk::exchange::{AudioNews, Farewell, Input, Output, SocketId};
use crate::desk::protocol::{
    CallView, CallerView, Identity, News, OfferView, Order, Snapshot, VERSION, WantedDuty,
};
use crate::routing::{self, Duty, DutyOrder, Standing};

/// Why an agent is away while her desk is cut off.
pub const RECONNECTING: &str = "reconnecting";

/// The reasons that a desk offers for being away.
pub const AWAY_REASONS: [&str; 4] = ["break", "prayer", "meeting", "training"];

/// What a desk waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// The socket should be asked whether it lives.
    Ping,
    /// The socket has been silent for too long.
    Silence,
    /// A killed browser: its call goes to another agent.
    Dead,
    /// The desk did not come back.
    Grace,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    /// Nobody is logged in here.
    Gone,
    /// A browser is there.
    Attached(SocketId),
    /// It was, and may come back.
    Lost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audio {
    Down,
    Asked {
        id: u64,
    },
    Up,
    /// The agent talks on a phone of her own.
    Elsewhere,
}

#[derive(Debug)]
struct Ring {
    offer: OfferId,
    until: Moment,
    span: Duration,
    card: Box<Card>,
}

#[derive(Debug)]
struct Talk {
    card: Box<Card>,
    since: Moment,
    stage: &'static str,
    mute: Mute,
}

/// One agent's desk.
#[derive(Debug)]
pub struct Desk {
    agent: AgentId,
    identity: Identity,
    epoch: Epoch,
    line: Line,
    audio: Audio,
    /// The agent was available when her line broke.
    resumes: Option<DutyOrder>,
    standing: Standing,
    ring: Option<Ring>,
    talk: Option<Talk>,
    pings: u64,
    timers: Timers<Timer>,
    outbox: VecDeque<Output>,
}

impl Desk {
    /// A desk where nobody is logged in.
    #[must_use]
    pub const fn new(
        epoch: Epoch,
        agent: AgentId,
        identity: Identity,
        standing: Standing,
        phone: &Phone,
    ) -> Self {
        let audio = match phone {
            Phone::Desk => Audio::Down,
            Phone::Sip(_) => Audio::Elsewhere,
        };
        Self {
            agent,
            identity,
            epoch,
            line: Line::Gone,
            audio,
            resumes: None,
            standing,
            ring: None,
            talk: None,
            pings: 0,
            timers: Timers::new(),
            outbox: VecDeque::new(),
        }
    }

    /// The socket that is attached.
    #[must_use]
    pub const fn socket(&self) -> Option<SocketId> {
        match self.line {
            Line::Attached(socket) => Some(socket),
            Line::Gone | Line::Lost => None,
        }
    }

    /// Moves the desk on.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Attached(socket) => self.attach(now, socket),
            Input::Detached(socket, farewell) => {
                if self.socket() == Some(socket) {
                    self.detach(now, farewell);
                }
            }
            Input::Said(socket, order) => {
                if self.socket() == Some(socket) {
                    self.timers.set(Timer::Silence, now + DESK_SILENCE);
                    self.said(order);
                }
            }
            Input::Standing(standing) => {
                self.standing = standing;
                self.show();
            }
            Input::Offered { offer, until, card } => {
                let ring = Ring { offer, until, span: until.since(now), card };
                let view = self.offer_view(&ring);
                self.ring = Some(ring);
                self.send(News::Offer(Box::new(view)));
            }
            Input::Withdrawn(offer, why) => {
                if self.ring.take_if(|ring| ring.offer == offer).is_some() {
                    self.send(News::Withdraw { offer: offer.to_string(), why });
                    self.show();
                }
            }
            Input::Talk(news) => self.talk(now, news),
            Input::Audio(news) => self.audio(news),
        }
    }

    /// Tells the desk that time has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Ping => {
                    self.pings += 1;
                    self.send(News::Ping { t: self.pings });
                    self.timers.set(Timer::Ping, now + DESK_PING);
                }
                Timer::Silence => self.hang_up_on(now),
                // The audio that still flows says that she is there.
                Timer::Dead if self.has_audio() => {}
                Timer::Dead | Timer::Grace => self.give_up(),
            }
        }
    }

    /// The next thing to do, or `None` when there is nothing left.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    /// When to call [`Desk::handle_timeout`] next, and what for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    /// The network is gone without a word.
    fn hang_up_on(&mut self, now: Moment) {
        if let Some(socket) = self.socket() {
            self.outbox.push_back(Output::Close(socket));
            self.detach(now, Farewell::Said);
        }
    }

    fn has_audio(&self) -> bool {
        matches!(self.audio, Audio::Up | Audio::Elsewhere)
    }

    fn attach(&mut self, now: Moment, socket: SocketId) {
        if let Some(before) = self.socket() {
            self.send(News::Replaced);
            self.outbox.push_back(Output::Close(before));
        }
        self.line = Line::Attached(socket);
        self.timers.clear(Timer::Grace);
        self.timers.clear(Timer::Dead);
        self.timers.set(Timer::Ping, now + DESK_PING);
        self.timers.set(Timer::Silence, now + DESK_SILENCE);
        self.send(News::Welcome {
            version: VERSION,
            agent: self.identity.clone(),
            now_ms: self.epoch.wall(now).0,
            grace_s: DESK_GRACE.as_secs(),
            away_reasons: AWAY_REASONS.map(str::to_owned).to_vec(),
        });
        if self.standing.duty == Duty::Offline {
            self.order(DutyOrder::SignIn);
        }
        self.show();
    }

    fn detach(&mut self, now: Moment, farewell: Farewell) {
        self.line = Line::Lost;
        self.timers.clear(Timer::Ping);
        self.timers.clear(Timer::Silence);
        self.timers.set(Timer::Grace, now + DESK_GRACE);
        if farewell == Farewell::Unsaid && self.talk.is_some() {
            self.timers.set(Timer::Dead, now + DESK_GRACE_DEAD);
        }
        self.step_aside();
    }

    /// No call is offered to a desk that is cut off; the agent's own choice comes back with her.
    fn step_aside(&mut self) {
        if self.standing.duty == Duty::Available {
            self.resumes = Some(DutyOrder::GoAvailable);
            self.order(DutyOrder::GoAway { reason: Some(RECONNECTING.to_owned()) });
        }
    }

    fn step_back(&mut self) {
        let is_whole = self.socket().is_some() && self.has_audio();
        if let (true, Some(order)) = (is_whole, self.resumes.take_if(|_| is_whole)) {
            self.order(order);
        }
    }

    fn give_up(&mut self) {
        self.timers.clear(Timer::Dead);
        self.timers.clear(Timer::Grace);
        self.line = Line::Gone;
        self.resumes = None;
        self.ring = None;
        if let Some(talk) = self.talk.take() {
            self.outbox.push_back(Output::Order(talk.card.call, AgentOrder::Gone));
        }
        if self.audio != Audio::Elsewhere {
            self.audio = Audio::Down;
            self.outbox.push_back(Output::CloseAudio);
        }
        self.outbox.push_back(Output::Route(routing::Input::Lost { agent: self.agent.clone() }));
    }

    fn said(&mut self, order: Order) {
        let about = order.word();
        match order {
            Order::Hello { .. } => self.refuse("not_now", "the desk is attached already", about),
            Order::AudioOffer { .. } if self.audio == Audio::Elsewhere => {
                self.refuse("not_now", "this agent talks on a SIP phone", about);
            }
            Order::AudioOffer { id, sdp } => {
                self.audio = Audio::Asked { id };
                self.outbox.push_back(Output::OpenAudio(sdp));
            }
            Order::AudioCandidate { candidate, .. } => {
                self.outbox.push_back(Output::Candidate(candidate));
            }
            Order::Duty { to, reason } => self.wanted(to, reason, about),
            Order::WrapUpEnd => self.order(DutyOrder::EndWrapUp),
            Order::Accept { offer } => match self.rung(&offer) {
                Some(_) if !self.has_audio() => {
                    self.refuse("no_audio", "there is no audio connection", about);
                }
                Some(offer) => self.route(routing::Input::Accept { offer }),
                None => self.refuse("no_such_offer", "this offer is over", about),
            },
            Order::Decline { offer } => match self.rung(&offer) {
                Some(offer) => self.route(routing::Input::Decline { offer }),
                None => self.refuse("no_such_offer", "this offer is over", about),
            },
            Order::Mute { on: true } => self.in_talk(AgentOrder::Mute, about),
            Order::Mute { on: false } => self.in_talk(AgentOrder::Unmute, about),
            Order::Hold { on: true } => self.in_talk(AgentOrder::Hold, about),
            Order::Hold { on: false } => self.in_talk(AgentOrder::Unhold, about),
            Order::Hangup => self.in_talk(AgentOrder::HangUp, about),
            Order::Ping { t } => self.send(News::Pong { t }),
            Order::Pong { .. } => {}
        }
    }

    fn wanted(&mut self, to: WantedDuty, reason: Option<String>, about: &'static str) {
        self.resumes = None;
        match to {
            WantedDuty::Available if !self.has_audio() => {
                self.refuse("no_audio", "there is no audio connection", about);
            }
            WantedDuty::Available => self.order(DutyOrder::GoAvailable),
            WantedDuty::Away => self.order(DutyOrder::GoAway { reason }),
            WantedDuty::Offline => self.order(DutyOrder::SignOut),
        }
    }

    fn rung(&self, offer: &str) -> Option<OfferId> {
        let ring = self.ring.as_ref()?;
        (OfferId::parse(offer) == Some(ring.offer)).then_some(ring.offer)
    }

    fn in_talk(&mut self, order: AgentOrder, about: &'static str) {
        match &self.talk {
            Some(talk) => self.outbox.push_back(Output::Order(talk.card.call, order)),
            None => self.refuse("not_now", "there is no talk", about),
        }
    }

    fn talk(&mut self, now: Moment, news: DeskNews) {
        match news {
            DeskNews::Talking(card) => {
                self.ring = None;
                self.talk = Some(Talk { card, since: now, stage: "talking", mute: Mute::Off });
            }
            DeskNews::Held => self.stage("held"),
            DeskNews::Unheld => self.stage("talking"),
            DeskNews::Muted(mute) => {
                if let Some(talk) = &mut self.talk {
                    talk.mute = mute;
                }
            }
            DeskNews::Ended { by, cause, talk: span } => {
                self.ring = None;
                let call = self.talk.take().map(|talk| talk.card.call.to_string());
                let (call, talk_s) = (call.unwrap_or_default(), span.as_secs());
                self.send(News::Ended { call, by, cause, talk_s });
            }
        }
        self.show();
    }

    fn stage(&mut self, stage: &'static str) {
        if let Some(talk) = &mut self.talk {
            talk.stage = stage;
        }
    }

    fn audio(&mut self, news: AudioNews) {
        match news {
            AudioNews::Answer(sdp) => {
                if let Audio::Asked { id } = self.audio {
                    self.send(News::AudioAnswer { id, sdp });
                }
            }
            AudioNews::Failed(why) => {
                if let Audio::Asked { id } = self.audio {
                    self.audio = Audio::Down;
                    self.send(News::AudioFailed { id, why });
                }
            }
            AudioNews::Up => {
                self.audio = Audio::Up;
                self.tell_talk(AgentOrder::AudioBack);
                self.send(News::AudioUp);
                self.step_back();
                self.show();
            }
            AudioNews::Lost => {
                // A new offer is under way: what is lost is the connection that it replaces.
                if self.audio == Audio::Up {
                    self.audio = Audio::Down;
                }
                self.tell_talk(AgentOrder::AudioLost);
                self.step_aside();
                self.send(News::AudioLost);
                self.show();
            }
        }
    }

    fn tell_talk(&mut self, order: AgentOrder) {
        if let Some(talk) = &self.talk {
            self.outbox.push_back(Output::Order(talk.card.call, order));
        }
    }

    fn order(&mut self, order: DutyOrder) {
        self.route(routing::Input::Order { agent: self.agent.clone(), order });
    }

    fn route(&mut self, input: routing::Input) {
        self.outbox.push_back(Output::Route(input));
    }

    fn refuse(&mut self, code: &'static str, detail: &str, about: &'static str) {
        self.send(News::Error { code, detail: detail.to_owned(), about });
    }

    fn send(&mut self, news: News) {
        if let Some(socket) = self.socket() {
            self.outbox.push_back(Output::Send(socket, news));
        }
    }

    fn show(&mut self) {
        let state = self.snapshot();
        self.send(News::State(Box::new(state)));
    }

    fn snapshot(&self) -> Snapshot {
        let wall = |at: Moment| self.epoch.wall(at).0;
        Snapshot {
            duty: self.standing.duty,
            since_ms: self.standing.since.0,
            reason: self.standing.reason.clone(),
            pending: self.standing.pending,
            audio: if self.has_audio() { "up" } else { "down" },
            offer: self.ring.as_ref().map(|ring| self.offer_view(ring)),
            call: self.talk.as_ref().map(|talk| CallView {
                call: talk.card.call.to_string(),
                caller: CallerView::from(&*talk.card),
                stage: if self.has_audio() { talk.stage } else { "waiting_audio" },
                muted: talk.mute == Mute::On,
                since_ms: wall(talk.since),
            }),
            wrapup_until_ms: self.standing.wrap_up_until.map(|until| until.0),
        }
    }

    fn offer_view(&self, ring: &Ring) -> OfferView {
        OfferView {
            offer: ring.offer.to_string(),
            until_ms: self.epoch.wall(ring.until).0,
            ring_s: ring.span.as_secs(),
            caller: CallerView::from(&*ring.card),
        }
    }
}
