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
                // After-call work that ends while the desk is cut off frees nobody.
                if self.is_cut_off() {
                    self.step_aside();
                }
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
                // The audio that still flows says that she is there; without a talk nobody waits.
                Timer::Dead if self.has_audio() || self.talk.is_none() => {}
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
        self.step_back();
        self.show();
    }

    fn detach(&mut self, now: Moment, farewell: Farewell) {
        self.line = Line::Lost;
        self.timers.clear(Timer::Ping);
        self.timers.clear(Timer::Silence);
        self.timers.set(Timer::Grace, now + DESK_GRACE);
        // What is left of a killed browser may still close the socket, but never the audio.
        if farewell == Farewell::Unsaid || self.has_audio() {
            self.timers.set(Timer::Dead, now + DESK_GRACE_DEAD);
        }
        self.step_aside();
    }

    /// Whether she was here, and cannot take a call as things are.
    fn is_cut_off(&self) -> bool {
        match self.line {
            Line::Lost => true,
            Line::Attached(_) => !self.has_audio(),
            // Who is on duty without a desk stands at a phone.
            Line::Gone => false,
        }
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
        // A talk on a phone of her own goes on without the page.
        if self.audio != Audio::Elsewhere {
            self.leave_talk();
            self.audio = Audio::Down;
            self.outbox.push_back(Output::CloseAudio);
        }
        self.route(routing::Input::Lost { agent: self.agent.clone() });
        // An offer that still rang left her `missed`; she is not here to end that.
        self.order(DutyOrder::SignOut);
    }

    fn leave_talk(&mut self) {
        if let Some(talk) = self.talk.take() {
            self.outbox.push_back(Output::Order(talk.card.call, AgentOrder::Gone));
        }
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
                self.step_aside();
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
        let wanted = match to {
            WantedDuty::Available if !self.has_audio() => {
                return self.refuse("no_audio", "there is no audio connection", about);
            }
            WantedDuty::Available => DutyOrder::GoAvailable,
            WantedDuty::Away => DutyOrder::GoAway { reason },
            WantedDuty::Offline => DutyOrder::SignOut,
        };
        self.resumes = None;
        if self.standing.duty == Duty::Offline && wanted != DutyOrder::SignOut {
            self.order(DutyOrder::SignIn);
        }
        self.order(wanted);
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
                // She was given up between her accept and this.
                if self.line == Line::Gone && self.audio != Audio::Elsewhere {
                    self.leave_talk();
                }
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
                // The browser took leave: it lives, and may be back in a moment.
                self.timers.clear(Timer::Dead);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::id::CallId;
    use crate::base::time::Wall;
    use crate::call::ending::{Cause, Side};
    use crate::desk::exchange::AudioNews::{Answer, Failed, Lost, Up};

    const ONE: SocketId = SocketId(1);
    const TWO: SocketId = SocketId(2);

    #[test]
    fn who_attaches_is_welcomed_signed_in_and_shown_the_state() {
        let mut desk = Bench::new(&Phone::Desk);
        let said = desk.hear(Input::Attached(ONE));
        assert_eq!(said, ["1 welcome", "sign in", "1 state offline down", "1 state away down"]);
    }

    #[test]
    fn audio_is_opened_answered_and_up() {
        let mut desk = Bench::new(&Phone::Desk);
        desk.hear(Input::Attached(ONE));
        assert_eq!(desk.say(Order::AudioOffer { id: 7, sdp: "o".into() }), ["open audio"]);
        assert_eq!(desk.hear(Input::Audio(Answer("a".into()))), ["1 audio.answer 7"]);
        assert_eq!(desk.hear(Input::Audio(Up)), ["1 audio.up", "1 state away up"]);
        let candidate = Order::AudioCandidate { id: 7, candidate: "c".into() };
        assert_eq!(desk.say(candidate), ["candidate"]);
    }

    #[test]
    fn an_audio_offer_that_fails_is_told_by_its_number() {
        let mut desk = Bench::new(&Phone::Desk);
        desk.hear(Input::Attached(ONE));
        desk.say(Order::AudioOffer { id: 3, sdp: "o".into() });
        assert_eq!(desk.hear(Input::Audio(Failed("no".into()))), ["1 audio.failed 3"]);
        assert_eq!(desk.want(WantedDuty::Available), ["1 error no_audio"]);
    }

    #[test]
    fn without_audio_nothing_is_accepted() {
        let mut desk = Bench::available();
        desk.ring();
        desk.hear(Input::Audio(Lost));
        assert_eq!(desk.accept(), ["1 error no_audio"]);
        desk.hear(Input::Audio(Up));
        assert_eq!(desk.accept(), ["accept"]);
    }

    #[test]
    fn an_offer_is_accepted_or_declined_by_its_own_name() {
        let mut desk = Bench::available();
        assert_eq!(desk.accept(), ["1 error no_such_offer"]);
        assert_eq!(desk.ring(), ["1 offer 15"]);
        let other = Order::Accept { offer: "another".into() };
        assert_eq!(desk.say(other), ["1 error no_such_offer"]);
        assert_eq!(desk.say(Order::Decline { offer: desk.offer.to_string() }), ["decline"]);
        assert_eq!(desk.accept(), ["accept"]);
    }

    #[test]
    fn an_offer_that_is_withdrawn_rings_no_more() {
        let mut desk = Bench::available();
        desk.ring();
        let other = OfferId::new(Wall(2), &mut Rng::seeded(2));
        assert_eq!(desk.hear(Input::Withdrawn(other, "missed")), [""; 0]);
        let said = desk.hear(Input::Withdrawn(desk.offer, "missed"));
        assert_eq!(said, ["1 withdraw missed", "1 state ringing up"]);
        assert_eq!(desk.accept(), ["1 error no_such_offer"]);
    }

    #[test]
    fn orders_of_a_talk_go_to_its_call_and_their_effect_is_the_state() {
        let mut desk = Bench::available();
        assert_eq!(desk.say(Order::Hangup), ["1 error not_now"]);
        assert_eq!(desk.talk(), ["1 state talking up, talking"]);
        assert_eq!(desk.say(Order::Hold { on: true }), ["order Hold"]);
        assert_eq!(desk.hear(Input::Talk(DeskNews::Held)), ["1 state talking up, held"]);
        assert_eq!(desk.say(Order::Hold { on: false }), ["order Unhold"]);
        assert_eq!(desk.hear(Input::Talk(DeskNews::Unheld)), ["1 state talking up, talking"]);
        assert_eq!(desk.say(Order::Mute { on: true }), ["order Mute"]);
        let muted = desk.hear(Input::Talk(DeskNews::Muted(Mute::On)));
        assert_eq!(muted, ["1 state talking up, talking muted"]);
        assert_eq!(desk.say(Order::Mute { on: false }), ["order Unmute"]);
        assert_eq!(desk.say(Order::Hangup), ["order HangUp"]);
    }

    #[test]
    fn the_end_of_a_talk_is_told_once() {
        let mut desk = Bench::available();
        desk.talk();
        assert_eq!(desk.end_talk(), ["1 ended 95", "1 state talking up"]);
        assert_eq!(desk.say(Order::Hangup), ["1 error not_now"]);
    }

    #[test]
    fn a_second_socket_takes_over_and_the_first_is_heard_no_more() {
        let mut desk = Bench::available();
        let said = desk.hear(Input::Attached(TWO));
        assert_eq!(said, ["1 replaced", "close 1", "2 welcome", "2 state available up"]);
        assert_eq!(desk.say(Order::Ping { t: 1 }), [""; 0]);
        assert_eq!(desk.hear(Input::Detached(ONE, Farewell::Said)), [""; 0]);
        assert_eq!(desk.hear(Input::Said(TWO, Order::Ping { t: 2 })), ["2 pong 2"]);
    }

    #[test]
    fn a_reload_within_the_grace_finds_its_talk() {
        let mut desk = Bench::available();
        desk.talk();
        assert_eq!(desk.hear(Input::Detached(ONE, Farewell::Said)), [""; 0]);
        assert_eq!(desk.pass(29), [""; 0]);
        let said = desk.hear(Input::Attached(TWO));
        assert_eq!(said, ["2 welcome", "2 state talking up, talking"]);
        let offer = Order::AudioOffer { id: 1, sdp: "o".into() };
        assert_eq!(desk.hear(Input::Said(TWO, offer)), ["open audio"]);
        let back = desk.hear(Input::Audio(Up));
        assert_eq!(back, ["order AudioBack", "2 audio.up", "2 state talking up, talking"]);
        assert!(!desk.pass(4).iter().any(|word| word.contains("Gone")), "nobody is given up");
    }

    #[test]
    fn a_killed_browser_whose_audio_died_gives_its_caller_back_after_seven_seconds() {
        let mut desk = Bench::available();
        desk.talk();
        assert_eq!(desk.hear(Input::Detached(ONE, Farewell::Unsaid)), [""; 0]);
        desk.pass(2);
        assert_eq!(desk.hear(Input::Audio(Lost)), ["order AudioLost"]);
        assert_eq!(desk.pass(4), [""; 0]);
        assert_eq!(desk.pass(1), ["order Gone", "close audio", "lost", "sign out"]);
    }

    #[test]
    fn the_remains_of_a_killed_browser_that_close_its_socket_do_not_stand_for_it() {
        let mut desk = Bench::available();
        desk.talk();
        desk.hear(Input::Detached(ONE, Farewell::Said));
        desk.pass(2);
        desk.hear(Input::Audio(Lost));
        assert_eq!(desk.pass(5), ["order Gone", "close audio", "lost", "sign out"]);
    }

    #[test]
    fn a_page_that_closes_its_audio_as_well_is_waited_for_through_the_whole_grace() {
        let mut desk = Bench::available();
        desk.talk();
        desk.hear(Input::Detached(ONE, Farewell::Said));
        desk.hear(Input::Audio(Failed("closed".into())));
        assert_eq!(desk.hear(Input::Audio(Lost)), ["order AudioLost"]);
        assert_eq!(desk.pass(29), [""; 0]);
        assert_eq!(desk.pass(1), ["order Gone", "close audio", "lost", "sign out"]);
    }

    #[test]
    fn a_broken_socket_whose_audio_flows_keeps_its_talk_for_the_whole_grace() {
        let mut desk = Bench::available();
        desk.talk();
        desk.hear(Input::Detached(ONE, Farewell::Unsaid));
        assert_eq!(desk.pass(29), [""; 0]);
        assert_eq!(desk.pass(1), ["order Gone", "close audio", "lost", "sign out"]);
    }

    #[test]
    fn a_browser_killed_as_it_accepts_gives_its_caller_back_after_seven_seconds() {
        let mut desk = Bench::available();
        desk.ring();
        desk.accept();
        desk.hear(Input::Detached(ONE, Farewell::Unsaid));
        desk.talk();
        desk.hear(Input::Audio(Lost));
        assert_eq!(desk.pass(7), ["order Gone", "close audio", "lost", "sign out"]);
    }

    #[test]
    fn a_talk_that_begins_after_its_desk_was_given_up_is_given_back() {
        let mut desk = Bench::available();
        desk.hear(Input::Detached(ONE, Farewell::Unsaid));
        desk.pass(30);
        assert_eq!(desk.talk(), ["order Gone"]);
    }

    #[test]
    fn without_a_talk_a_killed_browser_has_the_whole_grace() {
        let mut desk = Bench::available();
        desk.hear(Input::Audio(Lost));
        desk.hear(Input::Detached(ONE, Farewell::Unsaid));
        assert_eq!(desk.pass(29), [""; 0]);
        assert_eq!(desk.pass(1), ["close audio", "lost", "sign out"]);
        assert_eq!(desk.next(), None);
    }

    #[test]
    fn a_desk_that_breaks_steps_aside_and_comes_back_when_it_is_whole() {
        let mut desk = Bench::available();
        let aside = desk.hear(Input::Detached(ONE, Farewell::Said));
        assert_eq!(aside, ["away reconnecting"]);
        desk.hear(Input::Audio(Lost));
        let said = desk.hear(Input::Attached(TWO));
        assert_eq!(said, ["2 welcome", "2 state away down"]);
        desk.hear(Input::Said(TWO, Order::AudioOffer { id: 1, sdp: "o".into() }));
        let back = desk.hear(Input::Audio(Up));
        assert_eq!(back, ["2 audio.up", "available", "2 state away up", "2 state available up"]);
    }

    #[test]
    fn a_socket_that_breaks_alone_comes_back_with_its_duty() {
        let mut desk = Bench::available();
        desk.hear(Input::Detached(ONE, Farewell::Unsaid));
        let said = desk.hear(Input::Attached(TWO));
        assert_eq!(said, ["2 welcome", "available", "2 state away up", "2 state available up"]);
    }

    #[test]
    fn lost_audio_steps_aside_until_it_is_heard_again() {
        let mut desk = Bench::available();
        let lost = desk.hear(Input::Audio(Lost));
        assert!(lost.contains(&"away reconnecting".to_owned()), "{lost:?}");
        let back = desk.hear(Input::Audio(Up));
        assert!(back.contains(&"available".to_owned()), "{back:?}");
    }

    #[test]
    fn a_new_audio_connection_is_waited_for_before_calls_ring() {
        let mut desk = Bench::available();
        let said = desk.say(Order::AudioOffer { id: 2, sdp: "o".into() });
        assert_eq!(said, ["open audio", "away reconnecting", "1 state away down"]);
        assert!(desk.hear(Input::Audio(Up)).contains(&"available".to_owned()));
    }

    #[test]
    fn after_call_work_that_ends_on_a_broken_desk_frees_nobody() {
        let mut desk = Bench::available();
        desk.duty(Duty::WrapUp);
        desk.hear(Input::Detached(ONE, Farewell::Unsaid));
        assert_eq!(desk.duty(Duty::Available), ["away reconnecting"]);
        let said = desk.hear(Input::Attached(TWO));
        assert!(said.contains(&"available".to_owned()), "{said:?}");
    }

    #[test]
    fn what_she_chose_meanwhile_stands() {
        let mut desk = Bench::available();
        desk.hear(Input::Audio(Lost));
        assert_eq!(desk.want(WantedDuty::Away), ["away", "1 state away down"]);
        let back = desk.hear(Input::Audio(Up));
        assert_eq!(back, ["1 audio.up", "1 state away up"]);
    }

    #[test]
    fn an_order_that_is_refused_does_not_undo_her_way_back() {
        let mut desk = Bench::available();
        desk.hear(Input::Audio(Lost));
        assert_eq!(desk.want(WantedDuty::Available), ["1 error no_audio"]);
        assert!(desk.hear(Input::Audio(Up)).contains(&"available".to_owned()));
    }

    #[test]
    fn who_signed_out_at_her_desk_can_come_back_to_work() {
        let mut desk = Bench::available();
        assert_eq!(desk.want(WantedDuty::Offline), ["sign out", "1 state offline up"]);
        let back = desk.want(WantedDuty::Available);
        let states = ["1 state away up", "1 state available up"];
        assert_eq!(back, [&["sign in", "available"], &states[..]].concat());
    }

    #[test]
    fn errors_change_nothing() {
        let mut desk = Bench::available();
        desk.ring();
        let before = format!("{:?}", desk.desk);
        desk.say(Order::Hello { version: 1, token: String::new() });
        desk.say(Order::Accept { offer: "another".into() });
        desk.say(Order::Decline { offer: String::new() });
        desk.say(Order::Hold { on: true });
        desk.say(Order::Hangup);
        assert_eq!(format!("{:?}", desk.desk), before);
    }

    #[test]
    fn a_silent_socket_is_pinged_and_then_closed() {
        let mut desk = Bench::available();
        assert_eq!(desk.pass(5), ["1 ping 1"]);
        desk.say(Order::Pong { t: 1 });
        let said = desk.pass(15);
        assert_eq!(said, ["1 ping 2", "1 ping 3", "1 ping 4", "close 1", "away reconnecting"]);
        assert_eq!(desk.hear(Input::Detached(ONE, Farewell::Unsaid)), [""; 0]);
    }

    #[test]
    fn an_agent_at_a_phone_needs_no_audio_and_keeps_her_talk_without_the_page() {
        let mut desk = Bench::new(&Phone::Sip("sip:salem@10.0.0.5".into()));
        desk.hear(Input::Attached(ONE));
        let offer = Order::AudioOffer { id: 1, sdp: "o".into() };
        assert_eq!(desk.say(offer), ["1 error not_now"]);
        assert!(desk.want(WantedDuty::Available).contains(&"available".to_owned()));
        desk.talk();
        desk.hear(Input::Detached(ONE, Farewell::Said));
        assert_eq!(desk.pass(30), ["lost", "sign out"]);
        let said = desk.hear(Input::Attached(TWO));
        assert!(said.contains(&"2 state talking up, talking".to_owned()), "{said:?}");
    }

    #[test]
    fn on_duty_without_a_desk_she_is_left_alone() {
        let mut desk = Bench::new(&Phone::Sip("sip:salem@10.0.0.5".into()));
        assert_eq!(desk.duty(Duty::Available), [""; 0]);
        assert_eq!(desk.next(), None);
    }

    /// A desk with a small stand-in for routing, and what it asks for in words.
    struct Bench {
        desk: Desk,
        now: Moment,
        offer: OfferId,
        call: CallId,
    }

    impl Bench {
        fn new(phone: &Phone) -> Self {
            let epoch = Epoch(Wall(1_790_000_000_000));
            let identity =
                Identity { id: "maryam".into(), name: "Maryam".into(), skills: [].into() };
            let standing = standing(Duty::Offline, None);
            Self {
                desk: Desk::new(epoch, "maryam".into(), identity, standing, phone),
                now: Moment::from_micros(1_000_000),
                offer: OfferId::new(Wall(1), &mut Rng::seeded(1)),
                call: CallId::new(Wall(1), &mut Rng::seeded(1)),
            }
        }

        /// A desk that is attached, with audio, and ready.
        fn available() -> Self {
            let mut desk = Self::new(&Phone::Desk);
            desk.hear(Input::Attached(ONE));
            desk.say(Order::AudioOffer { id: 1, sdp: "o".into() });
            desk.hear(Input::Audio(Up));
            desk.want(WantedDuty::Available);
            desk
        }

        fn hear(&mut self, input: Input) -> Vec<String> {
            self.desk.handle(self.now, input);
            self.drain()
        }

        fn say(&mut self, order: Order) -> Vec<String> {
            self.hear(Input::Said(ONE, order))
        }

        fn want(&mut self, to: WantedDuty) -> Vec<String> {
            self.say(Order::Duty { to, reason: None })
        }

        fn accept(&mut self) -> Vec<String> {
            self.say(Order::Accept { offer: self.offer.to_string() })
        }

        fn duty(&mut self, duty: Duty) -> Vec<String> {
            self.desk.handle(self.now, Input::Standing(standing(duty, None)));
            let said = self.drain();
            said.into_iter().filter(|word| !word.contains(" state ")).collect()
        }

        fn ring(&mut self) -> Vec<String> {
            self.duty(Duty::Ringing);
            let until = self.now + Duration::from_secs(15);
            let (offer, card) = (self.offer, Box::new(card(self.call)));
            self.hear(Input::Offered { offer, until, card })
        }

        fn talk(&mut self) -> Vec<String> {
            self.duty(Duty::Talking);
            self.hear(Input::Talk(DeskNews::Talking(Box::new(card(self.call)))))
        }

        fn end_talk(&mut self) -> Vec<String> {
            let (by, cause, talk) = (Side::Caller, Cause::HungUp, Duration::from_secs(95));
            self.hear(Input::Talk(DeskNews::Ended { by, cause, talk }))
        }

        fn next(&self) -> Option<Moment> {
            self.desk.poll_timeout().map(|(at, _)| at)
        }

        /// Lets seconds pass, stopping at every deadline.
        fn pass(&mut self, seconds: u64) -> Vec<String> {
            let end = self.now + Duration::from_secs(seconds);
            let mut said = Vec::new();
            while let Some(at) = self.next().filter(|at| *at <= end) {
                self.now = at;
                self.desk.handle_timeout(at);
                said.extend(self.drain());
            }
            self.now = end;
            said
        }

        fn drain(&mut self) -> Vec<String> {
            let mut said = Vec::new();
            while let Some(output) = self.desk.poll_output() {
                said.push(match output {
                    Output::Send(socket, news) => format!("{} {}", socket.0, word(&news)),
                    Output::Close(socket) => format!("close {}", socket.0),
                    Output::Route(input) => self.route(input),
                    Output::Order(call, order) if call == self.call => format!("order {order:?}"),
                    Output::Order(..) => "an order for another call".to_owned(),
                    Output::OpenAudio(_) => "open audio".to_owned(),
                    Output::Candidate(_) => "candidate".to_owned(),
                    Output::CloseAudio => "close audio".to_owned(),
                });
            }
            said
        }

        /// What routing makes of an order of somebody whom nothing occupies.
        fn route(&mut self, input: routing::Input) -> String {
            let duty = self.desk.standing.duty;
            let is_free = matches!(duty, Duty::Offline | Duty::Available | Duty::Away);
            let (next, word) = match input {
                routing::Input::Order { order, .. } => match order {
                    DutyOrder::SignIn => (standing(Duty::Away, None), "sign in".to_owned()),
                    DutyOrder::GoAvailable => {
                        (standing(Duty::Available, None), "available".to_owned())
                    }
                    DutyOrder::GoAway { reason } => {
                        let word = reason.as_ref().map_or_else(String::new, |of| format!(" {of}"));
                        (standing(Duty::Away, reason), format!("away{word}"))
                    }
                    DutyOrder::SignOut => (standing(Duty::Offline, None), "sign out".to_owned()),
                    DutyOrder::EndWrapUp => return "end wrap-up".to_owned(),
                },
                routing::Input::Accept { .. } => return "accept".to_owned(),
                routing::Input::Decline { .. } => return "decline".to_owned(),
                routing::Input::Lost { .. } => return "lost".to_owned(),
                routing::Input::Employ { .. }
                | routing::Input::Dismiss { .. }
                | routing::Input::Enter(_)
                | routing::Input::Leave { .. }
                | routing::Input::Unreachable { .. }
                | routing::Input::Hold { .. }
                | routing::Input::Unhold { .. }
                | routing::Input::Release { .. } => panic!("a desk does not say {input:?}"),
            };
            if is_free {
                self.desk.handle(self.now, Input::Standing(next));
            }
            word
        }
    }

    fn standing(duty: Duty, reason: Option<String>) -> Standing {
        Standing {
            duty,
            reason,
            pending: None,
            since: Wall(1),
            cooling_until: None,
            offer: None,
            ticket: None,
            call: None,
            wrap_up_until: None,
        }
    }

    fn card(call: CallId) -> Card {
        Card {
            direction: crate::call::event::Direction::Inbound,
            line: crate::call::event::Line::Sip,
            call,
            from: "+971501234567".into(),
            to: "800".into(),
            language: "en".into(),
            queue: None,
            queue_names: [].into(),
            entity: None,
            entity_names: [].into(),
            case: None,
            waited_ms: 0,
            pressed: Vec::new(),
        }
    }

    fn word(news: &News) -> String {
        let json = serde_json::to_value(news).expect("our own messages are JSON");
        let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
        let kind = text("type");
        match news {
            News::State(_) => {
                let mut word = format!("state {} {}", text("duty"), text("audio"));
                if let Some(stage) = json["call"]["stage"].as_str() {
                    word.push_str(&format!(", {stage}"));
                }
                if json["call"]["muted"] == true {
                    word.push_str(" muted");
                }
                word
            }
            News::Offer(_) => format!("{kind} {}", json["ring_s"]),
            News::Withdraw { why, .. } => format!("{kind} {why}"),
            News::Ended { talk_s, .. } => format!("{kind} {talk_s}"),
            News::AudioAnswer { id, .. } | News::AudioFailed { id, .. } => format!("{kind} {id}"),
            News::Error { code, .. } => format!("{kind} {code}"),
            News::Ping { t } | News::Pong { t } => format!("{kind} {t}"),
            News::Welcome { .. }
            | News::Refused { .. }
            | News::Replaced
            | News::AudioUp
            | News::AudioLost => kind,
        }
    }
}
