//! The machine: inputs, deadlines, and the way from node to node.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{EntityId, QueueId};
use crate::base::key::Key;
use crate::base::limit::{FLOW_FAREWELL_ENTRIES_MAX, FLOW_KEYS_MAX, PROMPT_LENGTH_MAX};
use crate::base::time::{Epoch, Moment};
use crate::base::timer::Timers;
use crate::flow::expression::{CallFacts, QueueFacts, Value, World};
use crate::flow::model::{FlowIndex, HangupReason, Language, Node, Sensitivity, Target, Texts};
use crate::flow::outcome::KEY;
use crate::flow::prompt::Speech;
use crate::flow::run::memory::{ENTITY, LANGUAGE, Outcome};
use crate::flow::run::walk::{Budget, defaults, place_of};
use crate::flow::run::{
    Caller, ErrandId, Frame, Input, Mode, Need, News, Output, Phase, Play, PlayId, QueueNews,
    Timer, Walk,
};
use crate::flow::steps;

/// One caller's walk through a flow.
#[derive(Debug, Clone)]
pub struct Run {
    pub(in crate::flow) world: Arc<World>,
    pub(super) epoch: Epoch,
    pub(super) call: CallFacts,
    pub(super) language: Language,
    /// What is said in the place of the call's language.
    pub(super) dub: Option<Language>,
    pub(super) queue: QueueFacts,
    pub(in crate::flow) stage: Stage,
    pub(in crate::flow) waiting_in: Option<QueueId>,
    pub(super) walk: Walk,
    comfort: Option<Walk>,
    keys: VecDeque<Key>,
    pub(in crate::flow) timers: Timers<Timer>,
    outputs: VecDeque<Output>,
    plays: u32,
    pub(super) errands: u32,
    pub(super) opening: Option<ErrandId>,
    pub(in crate::flow) talks: u32,
    pub(super) hidden: Sensitivity,
    pub(in crate::flow) wanted: Option<(u8, Vec<Need>)>,
}

/// How far the call has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) enum Stage {
    /// Nobody hears anything yet.
    Fresh,
    /// From node to node.
    Walking,
    /// In a queue; a wait flow may be walked beside it.
    Waiting { since: Moment },
    /// On the way out of a queue: its word is awaited.
    Exiting { since: Moment },
    /// With an agent.
    Talking { since: Moment },
    /// The caller has left, and what the flow does about it is done.
    Farewell,
    /// Nothing more will come.
    Over,
}

/// How a step leaves the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::flow) enum Turn {
    /// It stays; an input or a deadline will go on.
    Stay,
    /// By `next`.
    Next,
    /// To a target of its own.
    To(Target),
    /// By an outcome.
    Outcome(&'static str),
    /// By the status of an answer: `error.http.404`.
    Status(u16),
}

impl Run {
    /// A caller before the flow that answers the dialled number. The clock of `epoch` is the one
    /// that calendars are asked with.
    #[must_use]
    pub fn new(epoch: Epoch, world: Arc<World>, flow: FlowIndex, caller: &Caller) -> Self {
        let bundle = world.bundle();
        let begins = bundle.flow(flow);
        let first = bundle.languages.first().copied().unwrap_or(Language::English);
        let declared = begins.variable(LANGUAGE).and_then(|variable| variable.default.as_ref());
        let declared = declared.and_then(|value| value.as_text()).and_then(Language::parse);
        let language = declared.filter(|of| bundle.languages.contains(of)).unwrap_or(first);
        let call = CallFacts {
            from: Arc::clone(&caller.from),
            to: Arc::clone(&caller.to),
            trunk: Arc::clone(&caller.trunk),
            language: language.tag().into(),
            id: caller.id.to_string().into(),
            case: "".into(),
        };
        Self {
            walk: Walk::new(Frame::new(flow, begins, defaults(&begins.inputs))),
            epoch,
            call,
            language,
            dub: None,
            queue: QueueFacts::default(),
            stage: Stage::Fresh,
            waiting_in: None,
            comfort: None,
            keys: VecDeque::new(),
            timers: Timers::default(),
            outputs: VecDeque::new(),
            plays: 0,
            errands: 0,
            opening: None,
            talks: 0,
            hidden: Sensitivity::Plain,
            wanted: None,
            world,
        }
    }

    /// Takes one input. One that means nothing at this moment is passed over.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Start => {
                if self.stage == Stage::Fresh {
                    self.stage = Stage::Walking;
                    let start = Target::Node(self.walk.frame().node);
                    self.go(now, Turn::To(start));
                }
            }
            Input::Key(key) => self.key(now, key),
            Input::Played(play) => self.played(now, play),
            Input::Queue(news) => self.queue_news(now, news),
            Input::CallerLeft => self.caller_left(now),
            Input::Errand(id, reply) => self.errand(now, id, reply),
        }
        self.finish_farewell();
        self.check_invariants();
    }

    /// Goes on where a deadline has passed.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Prompt => self.played(now, PlayId(self.plays)),
                Timer::LoopEnd => {
                    self.stop();
                    self.go(now, Turn::Next);
                }
                Timer::NoInput | Timer::BetweenKeys => {
                    let turn = steps::silence(self, now, timer);
                    self.go(now, turn);
                }
                Timer::Queue => {
                    let turn = steps::queue_is_silent(self, now);
                    self.go(now, turn);
                }
                Timer::Errand => {
                    self.recall();
                    let turn = steps::errand_is_silent(self);
                    self.go(now, turn);
                }
            }
        }
        self.finish_farewell();
        self.check_invariants();
    }

    /// What is to be done, oldest first.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next deadline.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    /// Whether nothing more will come.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.stage == Stage::Over
    }

    /// Whether an agent has talked with the caller.
    #[must_use]
    pub const fn has_talked(&self) -> bool {
        self.talks > 0
    }

    /// The number of the call's case; empty while it has none.
    #[must_use]
    pub fn case(&self) -> &str {
        &self.call.case
    }

    /// The language that is spoken.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.language
    }

    /// What the call is about: the variable `entity`, of the innermost flow that knows it.
    #[must_use]
    pub fn entity(&self) -> Option<EntityId> {
        self.walk.frames.iter().rev().find_map(|frame| {
            let id = self.variable_of(frame, ENTITY)?.as_text()?;
            self.world.bundle().entities.get_key_value(id).map(|(id, _)| id.clone())
        })
    }

    /// The value of a variable of the flow that is walked; of the caller's own walk, also while a
    /// wait flow runs.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&Value> {
        self.variable_of(self.walk.frame(), name)
    }

    fn variable_of<'r>(&self, frame: &'r Frame, name: &str) -> Option<&'r Value> {
        let declared = &self.world.bundle().flow(frame.flow).variables;
        frame.variables.get(place_of(declared, name)?)
    }

    fn key(&mut self, now: Moment, key: Key) {
        match self.stage {
            Stage::Walking | Stage::Waiting { .. } => {}
            // Before the answer nobody asked, an agent hears keys as tones, and after the end
            // nobody is there.
            Stage::Fresh
            | Stage::Exiting { .. }
            | Stage::Talking { .. }
            | Stage::Farewell
            | Stage::Over => return,
        }
        let turn = match &self.active().phase {
            Phase::Playing { keys, .. } if keys.contains(key) => {
                self.timers.clear(Timer::Prompt);
                self.timers.clear(Timer::LoopEnd);
                self.stop();
                self.pressed(key, None);
                Turn::Outcome(KEY)
            }
            Phase::Asking(_) => steps::key(self, now, key),
            Phase::Leading { .. } => {
                self.timers.clear(Timer::Prompt);
                self.stop();
                steps::lead_ended(self, now)
            }
            Phase::Away { .. } if self.with_node(|node| steps::ends(&node.step, key)) => {
                self.recall();
                Turn::Stay
            }
            // A program hears them, or they are part of a message.
            Phase::Away { .. } if self.with_node(|node| steps::takes_keys(&node.step)) => {
                Turn::Stay
            }
            Phase::Playing { .. } | Phase::Moving | Phase::Away { .. } => {
                if self.keys.len() < FLOW_KEYS_MAX {
                    self.keys.push_back(key);
                }
                Turn::Stay
            }
            Phase::Resting => Turn::Stay,
        };
        self.go(now, turn);
    }

    fn played(&mut self, now: Moment, play: PlayId) {
        let turn = match &self.active().phase {
            Phase::Playing { id, mode: Mode::Once, .. } if *id == play => Turn::Next,
            Phase::Asking(_) => steps::prompt_ended(self, now, play),
            Phase::Leading { id } if *id == play => {
                self.timers.clear(Timer::Prompt);
                steps::lead_ended(self, now)
            }
            // A loop has no end, and the end of what was replaced means nothing.
            Phase::Playing { .. }
            | Phase::Leading { .. }
            | Phase::Away { .. }
            | Phase::Moving
            | Phase::Resting => return,
        };
        if turn == Turn::Next {
            self.timers.clear(Timer::Prompt);
        }
        self.go(now, turn);
    }

    fn queue_news(&mut self, now: Moment, news: QueueNews) {
        match self.stage {
            Stage::Waiting { .. } | Stage::Exiting { .. } | Stage::Talking { .. } => {
                let turn = steps::queue_news(self, now, news);
                self.go(now, turn);
            }
            // News of a wait that is over.
            Stage::Fresh | Stage::Walking | Stage::Farewell | Stage::Over => {}
        }
    }

    fn caller_left(&mut self, now: Moment) {
        match self.stage {
            Stage::Fresh => self.finish(),
            Stage::Walking
            | Stage::Waiting { .. }
            | Stage::Exiting { .. }
            | Stage::Talking { .. } => {
                self.queue.wait_s = self.waited_s(now);
                self.recall();
                self.stage = Stage::Farewell;
                self.comfort = None;
                self.timers = Timers::default();
                self.walk.phase = Phase::Moving;
                self.walk.budget = Budget::Farewell(FLOW_FAREWELL_ENTRIES_MAX);
                if let Some(target) = self.hangup_event() {
                    self.go(now, Turn::To(target));
                }
            }
            // It is the second word of the same end.
            Stage::Farewell | Stage::Over => {}
        }
    }

    /// After the caller has left, nobody waits but for an errand.
    fn finish_farewell(&mut self) {
        if self.stage == Stage::Farewell && !matches!(self.walk.phase, Phase::Away { .. }) {
            self.finish();
        }
    }

    /// Where the caller's leaving leads: the innermost flow that names it, then the bundle.
    fn hangup_event(&mut self) -> Option<Target> {
        let world = Arc::clone(&self.world);
        let bundle = world.bundle();
        let events = |frame: &Frame| bundle.flow(frame.flow).events.find("hangup");
        let inner = self.walk.frames.iter().rposition(|frame| events(frame).is_some());
        if let Some(inner) = inner {
            self.walk.frames.truncate(inner + 1);
            return events(self.walk.frame());
        }
        bundle.events.find("hangup")
    }

    /// Ends the call from this side.
    pub(in crate::flow) fn hang_up(&mut self, reason: HangupReason) -> Turn {
        if self.stage != Stage::Farewell {
            if matches!(self.stage, Stage::Waiting { .. }) {
                self.say(Output::LeaveQueue);
            }
            self.say(Output::Hangup(reason));
        }
        self.finish();
        Turn::Stay
    }

    fn finish(&mut self) {
        self.stage = Stage::Over;
        self.comfort = None;
        self.timers = Timers::default();
        self.keys.clear();
        self.say(Output::Done);
    }

    /// Speaks another language from here on, if the bundle has it.
    pub(super) fn speak(&mut self, language: Language) {
        if language == self.language || !self.world.bundle().languages.contains(&language) {
            return;
        }
        self.language = language;
        self.call.language = language.tag().into();
        self.say(Output::News(News::Language { language }));
    }

    /// Plays something in place of what plays, and gives its number.
    pub(in crate::flow) fn play(&mut self, speech: Speech, play: Play) -> PlayId {
        self.plays = self.plays.wrapping_add(1);
        let id = PlayId(self.plays);
        self.say(Output::Play(Play { id, sounds: speech.sounds, text: speech.text, ..play }));
        id
    }

    /// Waits for the end of what is played once.
    pub(in crate::flow) fn await_end(&mut self, now: Moment) {
        self.timers.set(Timer::Prompt, now + PROMPT_LENGTH_MAX);
    }

    pub(in crate::flow) fn stop(&mut self) {
        self.say(Output::Stop);
    }

    pub(in crate::flow) fn say(&mut self, output: Output) {
        self.outputs.push_back(output);
    }

    pub(in crate::flow) fn next_key(&mut self) -> Option<Key> {
        self.keys.pop_front()
    }

    pub(in crate::flow) fn forget_keys(&mut self) {
        self.keys.clear();
    }

    /// Tells which keys a node took.
    pub(in crate::flow) fn pressed(&mut self, keys: impl Into<Arc<str>>, label: Option<Texts>) {
        let (flow, node) = self.names();
        self.say(Output::News(News::Pressed { flow, node, keys: keys.into(), label }));
    }

    pub(in crate::flow) fn tell_outcome(&mut self, outcome: &str) {
        let (flow, node) = self.names();
        self.say(Output::News(News::Outcome { flow, node, outcome: outcome.into() }));
    }

    /// The walk that is heard: that of the wait flow, if there is one.
    pub(in crate::flow) fn active(&self) -> &Walk {
        self.comfort.as_ref().unwrap_or(&self.walk)
    }

    pub(in crate::flow) fn active_mut(&mut self) -> &mut Walk {
        self.comfort.as_mut().unwrap_or(&mut self.walk)
    }

    pub(super) fn set_comfort(&mut self, walk: Option<Walk>) {
        self.comfort = walk;
    }

    pub(super) fn outputs_waiting(&self) -> usize {
        self.outputs.len()
    }

    pub(in crate::flow) const fn in_comfort(&self) -> bool {
        self.comfort.is_some()
    }

    pub(in crate::flow) fn queue_facts(&mut self) -> &mut QueueFacts {
        &mut self.queue
    }

    pub(in crate::flow) const fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// Reads the node that the walk stands in.
    pub(in crate::flow) fn with_node<T>(&self, read: impl FnOnce(&Node) -> T) -> T {
        let frame = self.active().frame();
        read(self.world.bundle().flow(frame.flow).node(frame.node))
    }

    pub(in crate::flow) fn names(&self) -> (Arc<str>, Arc<str>) {
        let frame = self.active().frame();
        let flow = self.world.bundle().flow(frame.flow);
        (Arc::clone(&flow.id), Arc::clone(&flow.node(frame.node).id))
    }

    /// The wait in seconds: so far, or as it was when it ended.
    pub(in crate::flow) fn waited_s(&self, now: Moment) -> i64 {
        match self.stage {
            Stage::Waiting { since } | Stage::Exiting { since } => seconds(now.since(since)),
            Stage::Fresh
            | Stage::Walking
            | Stage::Talking { .. }
            | Stage::Farewell
            | Stage::Over => self.queue.wait_s,
        }
    }

    /// Whoever walks or waits for the queue has a deadline; nobody is left with silence for ever.
    fn check_invariants(&self) {
        let pending = self.timers.next().is_some();
        match self.stage {
            Stage::Walking | Stage::Waiting { .. } | Stage::Exiting { .. } => {
                debug_assert!(pending, "a caller who waits has a deadline");
            }
            Stage::Farewell => debug_assert!(pending, "an errand that is out has a deadline"),
            Stage::Fresh | Stage::Talking { .. } | Stage::Over => {
                debug_assert!(!pending, "nobody waits for a deadline");
            }
        }
        debug_assert!(self.keys.len() <= FLOW_KEYS_MAX, "keys typed ahead are bounded");
    }
}

/// Whole seconds, as expressions count.
pub(in crate::flow) fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}

/// The end of a step that may have failed.
pub(in crate::flow) fn turn_of(result: Outcome<Turn>) -> Turn {
    result.unwrap_or_else(Turn::Outcome)
}
