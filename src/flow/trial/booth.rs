//! A caller in a booth: a walk, a virtual clock, and a queue with one agent who is told when to
//! answer.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{AgentId, CallId};
use crate::base::key::Key;
use crate::base::limit::TRIAL_EVENTS_MAX;
use crate::base::time::{Epoch, Moment, Wall};
use crate::flow::expression::World;
use crate::flow::model::{Bundle, FlowIndex, HangupReason, Language, Role, Sensitivity};
use crate::flow::prompt::MASK;
use crate::flow::run::{
    Caller, Enqueue, Errand, ErrandId, Expected, Input, Mode, Need, News, Output, Overflow, Play,
    PlayId, QueueNews, Reply, Run,
};
use crate::flow::trial::coverage::Seen;
use crate::flow::trial::dub::{Dub, Said};
use crate::flow::trial::errand;
use crate::flow::trial::mock::Mocks;
use crate::flow::trial::scene::{Done, Heard};
use crate::flow::trial::trail::{Footstep, Trail};

/// How long every prompt is. Nobody can tell before it is recorded, and few tests care.
const PROMPT: Duration = Duration::from_secs(3);
/// Who answers.
const AGENT: &str = "trial";

/// A call on a virtual clock.
#[derive(Debug)]
pub struct Booth {
    world: Arc<World>,
    pub(super) run: Run,
    pub(super) now: Moment,
    playing: Option<(PlayId, Moment)>,
    errands: VecDeque<(ErrandId, Reply)>,
    mocks: Mocks,
    pub(super) done: VecDeque<Done>,
    pub(super) waiting: Option<(Box<Enqueue>, Moment)>,
    talking: Option<(Box<Enqueue>, Moment, Moment)>,
    /// Whether what is heard belongs to a wait flow.
    role: Role,
    pub(super) heard: VecDeque<Heard>,
    /// What the prompt says that was asked about last.
    pub(super) last: String,
    phrases: Vec<Phrase>,
    lines: Vec<Line>,
    seen: Seen,
    dub: Dub,
    trail: Trail,
    pub(super) tags: Vec<Arc<str>>,
    pub(super) ended: Option<HangupReason>,
    over: Over,
    events: u32,
}

/// Whether anything can still happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    No,
    Yes,
}

/// A prompt as it was played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Its name, its words, and where it was said.
    pub heard: Heard,
    /// Its sounds, in order.
    pub sounds: Vec<Arc<str>>,
}

/// A line of the transcript.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Since the call was answered.
    pub at: Duration,
    /// What happened.
    pub text: String,
    /// What was said, if something was.
    pub said: Option<Said>,
}

impl Line {
    /// A line of something that was not said.
    #[must_use]
    pub const fn new(at: Duration, text: String) -> Self {
        Self { at, text, said: None }
    }
}

impl Booth {
    /// A call to `flow` that is answered when the wall clock shows `wall`; what is said is dubbed into
    /// every language of the bundle.
    #[must_use]
    pub fn new(world: Arc<World>, flow: FlowIndex, caller: &Caller, wall: Wall) -> Self {
        let dub = Dub::into(&world.bundle().languages);
        Self::among(world, flow, caller, wall, (Mocks::default(), dub))
    }

    /// As [`Self::new`], in a world that answers as the mocks say.
    pub(super) fn among(
        world: Arc<World>,
        flow: FlowIndex,
        caller: &Caller,
        wall: Wall,
        (mocks, dub): (Mocks, Dub),
    ) -> Self {
        let run = Run::new(Epoch(wall), Arc::clone(&world), flow, caller);
        let mut booth = Self {
            world,
            run,
            now: Moment::START,
            playing: None,
            errands: VecDeque::new(),
            mocks,
            done: VecDeque::new(),
            waiting: None,
            talking: None,
            role: Role::Main,
            heard: VecDeque::new(),
            last: String::new(),
            phrases: Vec::new(),
            lines: Vec::new(),
            seen: Seen::default(),
            dub,
            trail: Trail::default(),
            tags: Vec::new(),
            ended: None,
            over: Over::No,
            events: 0,
        };
        booth.tell(Input::Start);
        booth
    }

    /// The caller of a trial.
    #[must_use]
    pub fn caller(id: CallId, from: &str, to: &str) -> Caller {
        Caller { id, from: from.into(), to: to.into(), trunk: "trial".into() }
    }

    /// Presses a key.
    pub fn press(&mut self, key: Key) {
        self.tell(Input::Key(key));
    }

    /// The caller hangs up.
    pub fn leave(&mut self) {
        self.line("the caller hangs up".to_owned());
        self.tell(Input::CallerLeft);
    }

    /// Lets time pass.
    pub fn wait(&mut self, span: Duration) {
        let until = self.now + span;
        while self.step(until) {}
        self.now = until;
    }

    /// Lets time pass to the next thing that happens by itself; false when nothing will within
    /// `span`.
    pub fn wait_for_something(&mut self, span: Duration) -> bool {
        self.step(self.now + span)
    }

    /// Lets the agent answer; false when nobody waits.
    pub fn answer(&mut self) -> bool {
        let Some((wish, since)) = self.waiting.take() else { return false };
        self.line("an agent answers".to_owned());
        self.talking = Some((wish, since, self.now));
        self.tell(Input::Queue(QueueNews::Answered { agent: AgentId::from(AGENT) }));
        true
    }

    /// Lets the agent go, and the caller stays; false when nobody talks.
    pub fn release(&mut self) -> bool {
        let Some((_, since, answered)) = self.talking.take() else { return false };
        self.line("the agent lets go".to_owned());
        let (talk, waited) = (self.now.since(answered), answered.since(since));
        self.tell(Input::Queue(QueueNews::Released { talk, waited }));
        true
    }

    /// Ends the wait without an agent; false when nobody waits.
    pub fn overflow(&mut self, overflow: Overflow) -> bool {
        if self.waiting.take().is_none() {
            return false;
        }
        self.tell(Input::Queue(QueueNews::Ended(overflow)));
        true
    }

    /// Tells where the caller stands in the queue.
    pub fn place(&mut self, position: u32, expected: Option<Duration>) {
        let expected = expected.map(|span| Expected { p50: span, p80: span });
        self.tell(Input::Queue(QueueNews::Place { position, expected }));
    }

    /// The lines since the last time they were taken.
    pub fn take_lines(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }

    /// Whether the call has ended.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over == Over::Yes
    }

    /// Whether the caller waits for an agent.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether the caller talks to an agent.
    #[must_use]
    pub const fn is_talking(&self) -> bool {
        self.talking.is_some()
    }

    /// How long the call has been going on.
    #[must_use]
    pub fn since_start(&self) -> Duration {
        self.now.since(Moment::START)
    }

    /// Which nodes were walked by last, the newest last, and why.
    #[must_use]
    pub fn trail(&self) -> &[Footstep] {
        self.trail.steps()
    }

    /// The language that is spoken.
    #[must_use]
    pub const fn language(&self) -> Language {
        self.run.language()
    }

    /// The variables of the flow that is walked with what they hold; sensitive ones masked.
    #[must_use]
    pub fn variables(&self) -> Vec<(String, String)> {
        let shown = |name: &Arc<str>| {
            let value = self.run.variable(name)?.to_text().unwrap_or_default();
            let is_shown =
                value.is_empty() || self.run.variable_sensitivity(name) == Sensitivity::Plain;
            Some((name.to_string(), if is_shown { value } else { MASK.to_owned() }))
        };
        self.run.variables().filter_map(shown).collect()
    }

    /// What was played, in order.
    pub(super) fn take_phrases(&mut self) -> Vec<Phrase> {
        std::mem::take(&mut self.phrases)
    }

    /// Which nodes and outcomes the call came by.
    pub(super) const fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Does the next thing that is due by `until`, at its time; false when there is none.
    fn step(&mut self, until: Moment) -> bool {
        self.events += 1;
        if self.is_over() || self.events > TRIAL_EVENTS_MAX {
            return false;
        }
        let play = self.playing.map(|(_, end)| end);
        let timer = self.run.poll_timeout().map(|(at, _)| at);
        let wait = self.waiting.as_ref().map(|(wish, since)| *since + wish.max_wait);
        let Some(due) = [play, timer, wait].into_iter().flatten().min().filter(|&at| at <= until)
        else {
            return false;
        };
        self.now = due;
        if play == Some(due) {
            if let Some((id, _)) = self.playing.take() {
                self.tell(Input::Played(id));
            }
        } else if timer == Some(due) {
            self.dub.ahead(&self.run, |run| run.handle_timeout(due));
            self.run.handle_timeout(due);
            self.drain();
            self.bring_back();
        } else {
            self.overflow(Overflow::Timeout);
        }
        true
    }

    fn tell(&mut self, input: Input) {
        self.handle(input);
        self.bring_back();
    }

    /// Brings back what the flow sent out for.
    fn bring_back(&mut self) {
        while let Some((id, reply)) = self.errands.pop_front() {
            self.handle(Input::Errand(id, reply));
        }
    }

    fn handle(&mut self, input: Input) {
        let now = self.now;
        self.dub.ahead(&self.run, |run| run.handle(now, input.clone()));
        self.run.handle(now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.run.poll_output() {
            match output {
                Output::Play(play) => self.hear(play),
                Output::Stop => self.playing = None,
                Output::Enqueue(wish) => self.queue_up(wish),
                Output::LeaveQueue => {
                    self.line("leaves the queue".to_owned());
                    self.overflow(Overflow::Exit);
                }
                Output::Hangup(reason) => {
                    self.line(format!("we hang up: {}", reason_word(reason)));
                    self.ended = Some(reason);
                }
                Output::Errand(id, errand) => {
                    let reply = self.mocks.reply(&errand);
                    self.line(errand::line(&errand));
                    self.note_place_kept(&errand, &reply);
                    self.errands.push_back((id, reply));
                    self.done.push_back(Done::Errand(errand));
                }
                Output::Recall(_) => {}
                Output::Record(order) => self.done.push_back(Done::Record(order)),
                Output::News(news) => self.note(news),
                Output::Done => {
                    self.over = Over::Yes;
                    self.playing = None;
                }
            }
        }
    }

    /// A caller who will be called back waits no more.
    fn note_place_kept(&mut self, errand: &Errand, reply: &Reply) {
        let Errand::Callback(wish) = errand else { return };
        if wish.enqueue.is_none() && *reply == Reply::Callback(Ok(())) {
            self.waiting = None;
        }
    }

    fn queue_up(&mut self, wish: Box<Enqueue>) {
        let needed = in_force(&wish.need, Duration::ZERO).map(needs).unwrap_or_default();
        let needed = if needed.is_empty() { "anybody".to_owned() } else { needed.join(", ") };
        self.line(format!("waits in {} for {needed}", wish.queue));
        if !wish.dropped.is_empty() {
            self.line(format!("not asked for: {}", wish.dropped.join(", ")));
        }
        self.waiting = Some((wish, self.now));
    }

    fn hear(&mut self, play: Play) {
        self.playing = match play.mode {
            Mode::Once => Some((play.id, self.now + PROMPT)),
            Mode::Loop => None,
        };
        let text = match &play.prompt {
            Some(prompt) => format!("hears {prompt}: {}", play.text),
            None => format!("hears {}", play.text),
        };
        let at = self.now.since(Moment::START);
        let said = self.dub.said(&play, self.run.language());
        self.lines.push(Line { at, text, said });
        if let Some(prompt) = play.prompt {
            let heard = Heard { prompt, text: play.text, role: self.role };
            self.heard.push_back(heard.clone());
            self.phrases.push(Phrase { heard, sounds: play.sounds });
        }
    }

    fn note(&mut self, news: News) {
        match news {
            News::Entered { flow, node } => {
                let bundle: &Bundle = self.world.bundle();
                let index = bundle.flow_named(&flow);
                self.role = index.map_or(Role::Main, |index| bundle.flow(index).role);
                self.trail.enters(&self.world, &flow, &node);
                self.seen.nodes.insert((flow, node));
            }
            News::Outcome { flow, node, outcome } => {
                self.line(format!("{flow}.{node}: {outcome}"));
                self.trail.because(outcome.to_string());
                self.seen.outcomes.insert((flow, node, outcome));
            }
            News::Pressed { keys, label, .. } => {
                let label = label.and_then(|label| label.get(&self.run.language()).cloned());
                let label = label.map_or_else(String::new, |label| format!(" ({label})"));
                self.line(format!("presses {keys}{label}"));
                self.trail.because(format!("pressed {keys}{label}"));
            }
            News::Tagged { name } => {
                self.line(format!("tag {name}"));
                self.tags.push(name);
            }
            News::Language { language } => self.line(format!("speaks {language}")),
            News::Failed { flow, node, fault } => {
                self.line(format!("{flow}.{node} failed: {fault}"));
            }
        }
    }

    fn line(&mut self, text: String) {
        self.lines.push(Line::new(self.now.since(Moment::START), text));
    }
}

/// The need that counts after some wait.
pub(super) fn in_force(needs: &[Need], waited: Duration) -> Option<&Need> {
    needs.iter().rev().find(|need| need.after <= waited)
}

/// A need as files write it.
pub(super) fn needs(need: &Need) -> Vec<String> {
    let all = need.all.iter().map(|(skill, level)| format!("{skill} >= {level}"));
    let any = need.any.iter().map(|(skill, level)| format!("any: {skill} >= {level}"));
    all.chain(any).collect()
}

/// The word of a reason, as files write it.
pub(super) const fn reason_word(reason: HangupReason) -> &'static str {
    match reason {
        HangupReason::Done => "done",
        HangupReason::Busy => "busy",
        HangupReason::Rejected => "rejected",
        HangupReason::Failed => "failed",
    }
}
