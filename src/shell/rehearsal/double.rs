//! The doubles behind an engine of our own: the pool, its agents and everybody outside, who do what
//! the test says.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use crate::base::chance::Rng;
use crate::base::id::{AgentId, CallId, OfferId, TicketId};
use crate::base::time::Moment;
use crate::call::ending::{Cause, Side};
use crate::call::event::{CallEvent, Fact, RecordingChange, TransferResult};
use crate::call::exchange::{Input, Phone, Routed};
use crate::flow::model::{RecordFrom, Sensitivity, TransferWay};
use crate::flow::run::{CallbackWish, TransferOrder};
use crate::flow::trial::{Done, Seen, Trial, Wish};
use crate::flow::{Errand, Overflow, RecordOrder, Reply};
use crate::routing::{self, Entry};
use crate::shell::clock::Clock;
use crate::shell::errand::Answers;
use crate::shell::post::{Post, ToPool, ToWorker};
use crate::shell::recording::BlankPaper;

/// Who answers.
const AGENT: &str = "trial";

/// What comes from behind an engine of our own, for one test.
#[derive(Debug)]
pub struct Cues {
    /// The post to the engine.
    pub post: Post,
    /// The worker that has the test's call.
    pub worker: usize,
    /// What the pool would be told.
    pub pool: mpsc::Receiver<ToPool>,
    /// The facts of the call.
    pub facts: mpsc::Receiver<CallEvent>,
    /// The errands that were sent out.
    pub errands: Receiver<Errand>,
    /// The recordings that were ordered.
    pub paper: BlankPaper,
}

/// The doubles of one test.
#[derive(Debug)]
pub struct Behind {
    clock: Clock,
    cues: Cues,
    call: Option<CallId>,
    waiting: Option<(Box<Entry>, Moment)>,
    offer: Option<OfferId>,
    rng: Rng,
    pub(super) is_talking: Talking,
    pub(super) seen: Seen,
    pub(super) tags: Vec<Arc<str>>,
    pub(super) done: Vec<Done>,
    pub(super) ended: Option<Option<&'static str>>,
    pub(super) lines: Vec<String>,
}

/// Whether the caller talks to the agent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Talking {
    Yes,
    No,
}

impl Behind {
    /// Doubles who have nothing to do yet.
    #[must_use]
    pub fn new(clock: Clock, cues: Cues, rng: Rng) -> Self {
        Self {
            clock,
            cues,
            call: None,
            waiting: None,
            offer: None,
            rng,
            is_talking: Talking::No,
            seen: Seen::default(),
            tags: Vec::new(),
            done: Vec::new(),
            ended: None,
            lines: Vec::new(),
        }
    }

    /// An answer to errands as the mocks of `trial` say, which are told to `told`.
    #[must_use]
    pub fn answers(trial: Trial, told: Sender<Errand>) -> Answers {
        Arc::new(move |errand| {
            // A test that is over asks for nothing more.
            let _ = told.send(errand.clone());
            trial.reply(errand)
        })
    }

    /// Takes what came; whether there was anything.
    pub(super) fn turn(&mut self, trial: &Trial) -> bool {
        let mut is_new = false;
        while let Ok(message) = self.cues.pool.try_recv() {
            self.hear(trial, message);
            is_new = true;
        }
        while let Ok(errand) = self.cues.errands.try_recv() {
            self.done.push(Done::Errand(Box::new(errand)));
            is_new = true;
        }
        while let Some((order, asker)) = self.cues.paper.message() {
            let errand = Errand::Voicemail(order);
            let reply = trial.reply(&errand);
            self.done.push(Done::Errand(Box::new(errand)));
            self.tell(Input::Errand(asker.errand, reply));
            is_new = true;
        }
        while let Ok(event) = self.cues.facts.try_recv() {
            self.note(event);
            is_new = true;
        }
        if let Some((entry, since)) = &self.waiting
            && entry.max_wait <= self.clock.now().since(*since)
        {
            self.overflow(Overflow::Timeout);
            is_new = true;
        }
        is_new
    }

    /// What the caller waits for.
    pub(super) fn wish(&self) -> Option<Wish> {
        let (entry, since) = self.waiting.as_ref()?;
        let waited = self.clock.now().since(*since);
        let terms = entry.need.terms(entry.need.by_clock(waited));
        let shown =
            |demand: &routing::Demand| format!("{} >= {}", demand.skill, demand.level.get());
        let any = terms.any.iter().map(|demand| format!("any: {}", shown(demand)));
        Some(Wish {
            queue: entry.queue.to_string(),
            class: entry.class.get(),
            entity: entry.entity.as_ref().map(ToString::to_string).unwrap_or_default(),
            need: terms.all.iter().map(shown).chain(any).collect(),
            waited,
        })
    }

    /// Tells where the caller stands.
    pub(super) fn place(&self, position: u32, expected: Option<Duration>) {
        if let Some((entry, _)) = &self.waiting {
            let ticket = entry.ticket;
            let expected = expected.map(|span| (span, span));
            self.tell(Input::Routed(Routed::Place { ticket, position, expected }));
        }
    }

    /// Offers the caller to the agent with that phone; false when nobody waits.
    pub(super) fn offer(&mut self, address: String) -> bool {
        let Some((entry, _)) = &self.waiting else { return false };
        let (ticket, now) = (entry.ticket, self.clock.now());
        let offer = OfferId::new(self.clock.epoch().wall(now), &mut self.rng);
        self.offer = Some(offer);
        let (agent, phone) = (AgentId::from(AGENT), Phone::Sip(address));
        self.tell(Input::Routed(Routed::Offered { ticket, offer, agent, phone }));
        true
    }

    /// Ends the wait; false when nobody waits.
    pub(super) fn overflow(&mut self, overflow: Overflow) -> bool {
        let outcome = match overflow {
            Overflow::Full => routing::Overflow::Full,
            Overflow::NoAgents => routing::Overflow::NoAgents,
            Overflow::Timeout => routing::Overflow::Timeout,
            // No pool says these: the flow closes a queue, and callers leave one by themselves.
            Overflow::Closed | Overflow::Exit | Overflow::Callback => return false,
        };
        let Some((entry, _)) = self.waiting.take() else { return false };
        self.tell(Input::Routed(Routed::Overflow { ticket: entry.ticket, outcome }));
        true
    }

    /// Asks what a variable of the flow holds.
    pub(super) fn variable(
        &self,
        name: &str,
    ) -> Option<oneshot::Receiver<Option<(String, Sensitivity)>>> {
        let call = self.call?;
        let (told, answer) = oneshot::channel();
        let name = name.into();
        self.cues.post.worker(self.cues.worker, ToWorker::Look { call, name, told });
        Some(answer)
    }

    /// The end of the test: the worker ends when its call has.
    pub(super) fn leave(&self) {
        self.cues.post.worker(self.cues.worker, ToWorker::Stop);
    }

    fn tell(&self, input: Input) {
        let Some(call) = self.call else { return };
        let message = ToWorker::Call { call, input: Box::new(input), desk: None };
        self.cues.post.worker(self.cues.worker, message);
    }

    fn hear(&mut self, trial: &Trial, message: ToPool) {
        match message {
            ToPool::Enter { entry, .. } => {
                self.call = Some(entry.call);
                self.lines.push(format!("waits in {}", entry.queue));
                self.waiting = Some((entry, self.clock.now()));
            }
            ToPool::Route(input) => self.routed(input),
            ToPool::CallBack { call, errand, what, keeps, .. } => {
                self.call = Some(call);
                let number = what.number;
                let wish = CallbackWish { number, enqueue: None };
                self.done.push(Done::Errand(Box::new(Errand::Callback(Box::new(wish)))));
                let booked = trial.call_back();
                if booked.is_ok() && keeps.is_some() {
                    self.waiting = None;
                }
                self.tell(Input::Errand(errand, Reply::Callback(booked)));
            }
            // What desks would see and what a real pool would count.
            ToPool::Desk(..)
            | ToPool::CalledBack(..)
            | ToPool::NoCallBacks
            | ToPool::Gone(_)
            | ToPool::Socket(_)
            | ToPool::Said(..)
            | ToPool::Media(_)
            | ToPool::Why(..)
            | ToPool::Count(_)
            | ToPool::Staff(_)
            | ToPool::Stop => {}
        }
    }

    fn routed(&mut self, input: routing::Input) {
        match input {
            routing::Input::Accept { offer } if self.offer == Some(offer) => {
                let waited = self.waiting.take().map(|(_, since)| self.clock.now().since(since));
                let (agent, waited) = (AgentId::from(AGENT), waited.unwrap_or_default());
                self.tell(Input::Routed(Routed::Connect { offer, agent, waited }));
            }
            routing::Input::Leave { ticket, .. } => self.left(ticket),
            routing::Input::Accept { .. }
            | routing::Input::Enter(_)
            | routing::Input::Decline { .. }
            | routing::Input::Unreachable { .. }
            | routing::Input::Release { .. }
            | routing::Input::Order { .. }
            | routing::Input::Employ { .. }
            | routing::Input::Dismiss { .. }
            | routing::Input::Lost { .. }
            | routing::Input::Hold { .. }
            | routing::Input::Unhold { .. } => {}
        }
    }

    fn left(&mut self, ticket: TicketId) {
        self.waiting.take_if(|(entry, _)| entry.ticket == ticket);
    }

    fn note(&mut self, event: CallEvent) {
        self.call = Some(event.call);
        match event.fact {
            Fact::Entered { flow, node } => {
                self.seen.nodes.insert((flow.into(), node.into()));
            }
            Fact::Outcome { flow, node, outcome } => {
                self.lines.push(format!("{flow}.{node}: {outcome}"));
                self.seen.outcomes.insert((flow.into(), node.into(), outcome.into()));
            }
            Fact::Pressed { keys, .. } => self.lines.push(format!("presses {keys}")),
            Fact::Tagged { name } => {
                self.lines.push(format!("tag {name}"));
                self.tags.push(name.into());
            }
            Fact::Language { language } => self.lines.push(format!("speaks {language}")),
            Fact::Connected { .. } => self.is_talking = Talking::Yes,
            Fact::Released { .. } => self.is_talking = Talking::No,
            Fact::LeftQueue { ticket, .. } => self.left(ticket),
            Fact::TransferEnded { to, result: TransferResult::Denied, .. } => {
                self.done.push(went(&to));
            }
            Fact::Ended { ending } => {
                self.ended = Some(match (ending.by, ending.cause) {
                    (Side::Flow, Cause::FlowFailed) => Some("failed"),
                    (Side::Flow, _) => Some("done"),
                    (Side::Caller | Side::Agent | Side::System | Side::Outside, _) => None,
                });
            }
            Fact::Recording { change } => {
                self.done.extend(order_of(change).map(Done::Record));
            }
            Fact::Arrived { .. }
            | Fact::Answered
            | Fact::Queued { .. }
            | Fact::Offered { .. }
            | Fact::OfferEnded { .. }
            | Fact::Held
            | Fact::Unheld
            | Fact::AgentLost { .. }
            | Fact::Transferred { .. }
            | Fact::TransferEnded { .. }
            | Fact::Measured { .. } => {}
        }
    }
}

/// What the flow has ordered of the recording.
const fn order_of(change: RecordingChange) -> Option<RecordOrder> {
    match change {
        RecordingChange::Wanted { consent } => {
            Some(RecordOrder::Start { consent, from: RecordFrom::Answer })
        }
        RecordingChange::Started { consent } => {
            Some(RecordOrder::Start { consent, from: RecordFrom::Now })
        }
        RecordingChange::Paused => Some(RecordOrder::Pause),
        RecordingChange::Hidden => Some(RecordOrder::Hide),
        RecordingChange::Resumed => Some(RecordOrder::Resume),
        RecordingChange::Ended => Some(RecordOrder::Stop),
    }
}

/// A transfer, as far as the one who is called knows of it.
pub(super) fn went(to: &str) -> Done {
    let (trunk, way, ring) = (None, TransferWay::Bridge, Duration::ZERO);
    Done::Errand(Box::new(Errand::Transfer(TransferOrder { to: to.to_owned(), trunk, way, ring })))
}
