//! The machine of one caller's visit.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::base::limit::{FIGURES_PATIENCE, RING_MAX};
use crate::base::time::{Epoch, Moment};
use crate::base::timer::Timers;
use crate::call::card::{Card, Pressed};
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{Direction, Fact, Line};
use crate::call::exchange::{Input, Output, Playout};
use crate::call::queueing::Wait;
use crate::call::recording::Recording;
use crate::call::talk::Talk;
use crate::call::transfer::Transfer;
use crate::flow::model::{HangupReason, Sensitivity, Texts};
use crate::flow::{self, Bundle, FlowIndex, Run, World};

/// How a call comes in.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Its name from now on.
    pub id: CallId,
    /// The caller's number or SIP user.
    pub from: String,
    /// The dialled number.
    pub to: String,
    /// The trunk it came by.
    pub trunk: String,
    /// The kind of line.
    pub line: Line,
    /// How long it rings before the answer; at most [`RING_MAX`].
    pub ring: Duration,
}

/// What a call waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// It has rung long enough.
    Answer,
    /// The flow's own deadline.
    Flow,
    /// Somebody outside has been rung for long enough.
    Outside,
    /// The caller's leg should have told its figures.
    Figures,
}

#[derive(Debug)]
pub(super) enum State {
    /// The caller hears ringing.
    Ringing,
    /// Answered; the caller's leg does not carry audio yet.
    Answered,
    /// The caller walks through the flow.
    Walking,
    /// The caller waits in the pool.
    Waiting(Wait),
    /// Caller and agent talk.
    Talking(Talk),
    /// Somebody outside is rung for the caller, or talks with them.
    Away(Transfer),
    /// An agent has taken a call-back, and the citizen is rung.
    Calling(Talk),
    /// Ended; the caller's leg has still to tell what it measured.
    Closing(Ending),
    /// Forgotten.
    Over,
}

/// One caller's visit: a machine.
#[derive(Debug)]
pub struct Call {
    pub(super) epoch: Epoch,
    pub(super) rng: Rng,
    pub(super) bundle: Arc<Bundle>,
    pub(super) card: Card,
    pub(super) state: State,
    pub(super) run: Run,
    pub(super) recording: Recording,
    pub(super) outbox: VecDeque<Output>,
    pub(super) timers: Timers<Timer>,
    plays: u64,
    playing: Option<Playing>,
    /// How long the caller had waited when they last left a queue without an agent.
    pub(super) waited_before: Duration,
}

/// The playout that the caller hears.
#[derive(Debug, Clone, Copy)]
struct Playing {
    play: u64,
    flow: Option<flow::PlayId>,
}

impl Call {
    /// Takes a call that dialled a number of `bundle`; `flow` is what the number picks.
    #[must_use]
    pub fn new(
        now: Moment,
        epoch: Epoch,
        world: Arc<World>,
        flow: FlowIndex,
        arrival: Arrival,
        rng: Rng,
    ) -> Self {
        let caller = flow::Caller {
            id: arrival.id,
            from: arrival.from.as_str().into(),
            to: arrival.to.as_str().into(),
            trunk: arrival.trunk.as_str().into(),
        };
        let card = Card {
            call: arrival.id,
            direction: Direction::Inbound,
            line: arrival.line,
            from: arrival.from.clone(),
            to: arrival.to.clone(),
            language: String::new(),
            queue: None,
            queue_names: BTreeMap::new(),
            entity: None,
            entity_names: BTreeMap::new(),
            case: None,
            waited_ms: 0,
            pressed: Vec::new(),
        };
        let mut call = Self::blank(epoch, world, (flow, &caller), card, State::Ringing, rng);
        call.card.language = call.run.language().tag().to_owned();
        call.timers.set(Timer::Answer, now + arrival.ring.min(RING_MAX));
        let flow_id = call.bundle.flow(flow).id.to_string();
        let hash = call.bundle.hash.to_string();
        call.tell(arrived(arrival, hash, flow_id));
        call.ask(Output::Ring);
        call.handle_timeout(now);
        call
    }

    pub(super) fn blank(
        epoch: Epoch,
        world: Arc<World>,
        (flow, caller): (FlowIndex, &flow::Caller),
        card: Card,
        state: State,
        rng: Rng,
    ) -> Self {
        Self {
            epoch,
            rng,
            card,
            state,
            bundle: Arc::clone(world.bundle()),
            run: Run::new(epoch, world, flow, caller),
            recording: Recording::default(),
            outbox: VecDeque::new(),
            timers: Timers::default(),
            plays: 0,
            playing: None,
            waited_before: Duration::ZERO,
        }
    }

    /// The call's name.
    #[must_use]
    pub const fn id(&self) -> CallId {
        self.card.call
    }

    /// What agents are shown.
    #[must_use]
    pub const fn card(&self) -> &Card {
        &self.card
    }

    /// What a variable of the flow holds, and whether it may be shown.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<(String, Sensitivity)> {
        let value = self.run.variable(name)?;
        Some((value.to_text().unwrap_or_default(), self.run.variable_sensitivity(name)))
    }

    /// Where the call is, in the words of `calls_active{stage}`.
    #[must_use]
    pub const fn stage(&self) -> &'static str {
        match self.state {
            State::Ringing | State::Answered | State::Walking | State::Away(_) => "ivr",
            State::Waiting(_) => "queue",
            State::Talking(_) | State::Calling(_) => "agent",
            State::Closing(_) | State::Over => "closing",
        }
    }

    /// Moves the call on.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Confirmed => self.confirmed(now),
            Input::Key(key) => match self.state {
                State::Walking | State::Waiting(_) => self.run.handle(now, flow::Input::Key(key)),
                // In talk the keys are for nobody; before and after there is nobody to hear them.
                State::Ringing
                | State::Answered
                | State::Talking(_)
                | State::Away(_)
                | State::Calling(_)
                | State::Closing(_)
                | State::Over => {}
            },
            Input::Played(play) => {
                let ended = self.playing.take_if(|playing| playing.play == play);
                if let Some(of) = ended.and_then(|playing| playing.flow) {
                    self.run.handle(now, flow::Input::Played(of));
                }
            }
            Input::CallerLeft(cause) => self.close(now, Ending { by: Side::Caller, cause }),
            Input::End(cause) => self.close(now, Ending { by: Side::System, cause }),
            Input::Closed(figures) => {
                if let State::Closing(_) = self.state {
                    self.tell(Fact::Measured { side: Side::Caller, figures });
                    self.timers.clear(Timer::Figures);
                }
            }
            Input::Routed(news) => self.routed(now, news),
            Input::Phone(offer, news) => self.phone(now, offer, news),
            Input::Agent(order) => self.agent(now, order),
            Input::Citizen(news) => self.citizen(now, news),
            Input::Errand(id, reply) => {
                self.booked(now, id, &reply);
                self.run.handle(now, flow::Input::Errand(id, reply));
                self.card.case = Some(self.run.case().to_owned()).filter(|case| !case.is_empty());
            }
        }
        self.walk(now);
    }

    /// Tells the call that time has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Answer => self.answer(),
                Timer::Flow => self.run.handle_timeout(now),
                Timer::Outside => self.rang_out(now),
                // The leg's figures never came.
                Timer::Figures => {}
            }
        }
        self.walk(now);
    }

    /// The next thing to do, or `None` when there is nothing left.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    /// When to call [`Call::handle_timeout`] next, and what for.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    fn answer(&mut self) {
        if matches!(self.state, State::Ringing) {
            self.state = State::Answered;
            self.ask(Output::Answer);
            self.tell(Fact::Answered);
        }
    }

    fn confirmed(&mut self, now: Moment) {
        match self.state {
            State::Answered => {
                self.state = State::Walking;
                // The flow tells a change only; this is the language it begins in.
                self.tell(Fact::Language { language: self.card.language.clone() });
                self.run.handle(now, flow::Input::Start);
            }
            // A retransmitted ACK, a re-INVITE's, or one that crossed the end.
            State::Ringing
            | State::Walking
            | State::Waiting(_)
            | State::Talking(_)
            | State::Away(_)
            | State::Calling(_)
            | State::Closing(_)
            | State::Over => {}
        }
    }

    /// Does what the flow asks for, until it asks for nothing.
    fn walk(&mut self, now: Moment) {
        while let Some(output) = self.run.poll_output() {
            match output {
                flow::Output::Play(play) => self.play(Playout::Flow(play)),
                flow::Output::Stop => self.stop(),
                flow::Output::Enqueue(wish) => self.enqueue(now, *wish),
                flow::Output::LeaveQueue => self.leave_queue(now),
                flow::Output::Hangup(reason) => {
                    self.close(now, Ending { by: Side::Flow, cause: cause_of(reason) });
                }
                flow::Output::Errand(id, errand) => self.send_out(now, id, errand),
                flow::Output::Recall(id) => self.recall(now, id),
                flow::Output::Record(order) => self.record(order),
                flow::Output::News(news) => self.news(news),
                flow::Output::Done => {
                    self.close(now, Ending { by: Side::Flow, cause: Cause::Completed });
                }
            }
        }
        match self.run.poll_timeout() {
            Some((at, _)) => self.timers.set(Timer::Flow, at),
            None => self.timers.clear(Timer::Flow),
        }
        // The last errands of the flow and the leg's figures are waited for.
        if self.run.is_over() && !self.timers.is_set(Timer::Figures) {
            self.finish();
        }
    }

    /// What the call itself can do is done here; the rest is for others.
    fn send_out(&mut self, now: Moment, id: flow::ErrandId, errand: Box<flow::Errand>) {
        match *errand {
            flow::Errand::Transfer(order) => self.transfer(now, id, order),
            flow::Errand::Callback(wish) => self.call_back(now, id, *wish),
            flow::Errand::Http(_)
            | flow::Errand::Case(_)
            | flow::Errand::Message(_)
            | flow::Errand::Voicemail(_)
            | flow::Errand::Stream(_) => self.ask(Output::Errand(id, errand)),
        }
    }

    fn news(&mut self, news: flow::News) {
        self.card.entity = self.run.entity();
        match news {
            flow::News::Entered { flow, node } => {
                self.tell(Fact::Entered { flow: flow.to_string(), node: node.to_string() });
            }
            flow::News::Outcome { flow, node, outcome } => self.tell(Fact::Outcome {
                flow: flow.to_string(),
                node: node.to_string(),
                outcome: outcome.to_string(),
            }),
            flow::News::Pressed { flow, node, keys, label } => {
                self.card.note(Pressed {
                    node: node.to_string(),
                    key: keys.to_string(),
                    label: label.as_ref().map(names).unwrap_or_default(),
                });
                let (flow, node) = (flow.to_string(), node.to_string());
                self.tell(Fact::Pressed { flow, node, keys: keys.to_string() });
            }
            flow::News::Tagged { name } => self.tell(Fact::Tagged { name: name.to_string() }),
            flow::News::Language { language } => {
                self.card.language = language.tag().to_owned();
                self.tell(Fact::Language { language: language.tag().to_owned() });
            }
            flow::News::Failed { flow, node, fault } => {
                self.ask(Output::Complain(format!("{flow}/{node}: {fault}")));
            }
        }
    }

    pub(super) fn play(&mut self, what: Playout) {
        match self.state {
            State::Walking | State::Waiting(_) | State::Talking(_) | State::Away(_) => {
                self.plays += 1;
                let flow = match &what {
                    Playout::Flow(play) => Some(play.id),
                    Playout::Music(_) | Playout::Ringback => None,
                };
                self.playing = Some(Playing { play: self.plays, flow });
                self.ask(Output::Play { play: self.plays, what });
            }
            // What the `hangup` nodes might say reaches nobody.
            State::Ringing
            | State::Answered
            | State::Calling(_)
            | State::Closing(_)
            | State::Over => {}
        }
    }

    pub(super) fn stop(&mut self) {
        if self.playing.take().is_some() {
            self.ask(Output::Stop);
        }
    }

    /// Ends the call, whatever it was doing. The first ending stands.
    pub(super) fn close(&mut self, now: Moment, ending: Ending) {
        let before = std::mem::replace(&mut self.state, State::Closing(ending));
        match before {
            State::Closing(first) => {
                self.state = State::Closing(first);
                return;
            }
            State::Over => {
                self.state = State::Over;
                return;
            }
            State::Ringing | State::Answered | State::Walking => {}
            State::Waiting(wait) if self.is_call_back() => {
                self.quit_offer(wait);
                return;
            }
            State::Waiting(wait) => self.abandon(now, wait),
            State::Calling(talk) => self.free_from_calling(talk, ending),
            State::Talking(talk) => self.release(now, talk, ending),
            State::Away(transfer) => self.cut_off(now, transfer, ending.by),
        }
        self.end_tape();
        self.playing = None;
        self.run.handle(now, flow::Input::CallerLeft);
        self.timers.clear(Timer::Answer);
        self.timers.set(Timer::Figures, now + FIGURES_PATIENCE);
        self.ask(Output::HangUp(ending));
    }

    fn finish(&mut self) {
        if let State::Closing(ending) = self.state {
            self.state = State::Over;
            self.tell(Fact::Ended { ending });
            self.ask(Output::Over);
        }
    }

    pub(super) fn ask(&mut self, output: Output) {
        self.outbox.push_back(output);
    }

    pub(super) fn tell(&mut self, fact: Fact) {
        self.outbox.push_back(Output::Event(fact));
    }
}

/// What is written about a call that no flow takes: it came, and was refused.
#[must_use]
pub fn refused(arrival: Arrival, bundle: String, cause: Cause) -> [Fact; 2] {
    let ending = Ending { by: Side::System, cause };
    [arrived(arrival, bundle, String::new()), Fact::Ended { ending }]
}

const fn cause_of(reason: HangupReason) -> Cause {
    match reason {
        HangupReason::Failed => Cause::FlowFailed,
        HangupReason::Done | HangupReason::Busy | HangupReason::Rejected => Cause::Completed,
    }
}

/// A text in each language, by tag.
#[must_use]
pub fn names(texts: &Texts) -> BTreeMap<String, String> {
    texts.iter().map(|(language, text)| (language.tag().to_owned(), text.to_string())).collect()
}

fn arrived(arrival: Arrival, bundle: String, flow: String) -> Fact {
    Fact::Arrived {
        direction: Direction::Inbound,
        from: arrival.from,
        to: arrival.to,
        trunk: arrival.trunk,
        line: arrival.line,
        bundle,
        flow,
    }
}
