//! The way from node to node: entering, passing over, counting, and what is left when nothing goes.

use std::sync::Arc;
use std::time::Duration;

use crate::base::limit::{FLOW_FAREWELL_ENTRIES_MAX, FLOW_OUTPUTS_MAX, FLOW_WAIT_ENTRIES_MAX};
use crate::base::time::Moment;
use crate::base::timer::Timers;
use crate::flow::expression::Value;
use crate::flow::model::{FlowIndex, HangupReason, Node, NodeIndex, Target};
use crate::flow::outcome::{ERROR_HTTP, ERROR_LIMIT};
use crate::flow::run::memory::LANGUAGE;
use crate::flow::run::walk::{Budget, defaults, place_of};
use crate::flow::run::{Frame, News, Output, Phase, Run, Stage, Timer, Turn, Walk};
use crate::flow::steps;

/// A wait flow that lets this much time pass between two nodes does not spin.
const PAUSE: Duration = Duration::from_secs(1);

impl Run {
    /// Goes on from the node until a step stays.
    pub(in crate::flow) fn go(&mut self, now: Moment, first: Turn) {
        let mut turn = first;
        while self.stage != Stage::Over {
            turn = match turn {
                Turn::Stay => break,
                Turn::To(target) => self.enter(now, target),
                Turn::Next => {
                    let next = self.with_node(|node| node.next);
                    self.enter_or_stick(now, next)
                }
                Turn::Outcome(outcome) => self.leave_by(now, outcome),
                Turn::Status(status) => self.leave_by(now, &format!("{ERROR_HTTP}.{status}")),
            };
        }
        debug_assert!(
            self.outputs_waiting() < FLOW_OUTPUTS_MAX,
            "one turn says a bounded number of things"
        );
    }

    fn leave_by(&mut self, now: Moment, outcome: &str) -> Turn {
        self.tell_outcome(outcome);
        let frame = self.active().frame();
        let world = Arc::clone(&self.world);
        let target = world.bundle().resolve(frame.flow, frame.node, outcome);
        self.enter_or_stick(now, target)
    }

    fn enter_or_stick(&mut self, now: Moment, target: Option<Target>) -> Turn {
        match target {
            Some(target) => self.enter(now, target),
            None => self.stuck(),
        }
    }

    fn enter(&mut self, now: Moment, target: Target) -> Turn {
        match target {
            Target::Node(node) => self.active_mut().frame_mut().node = node,
            // The flow of an event that ends all others; a wait flow has only itself to end.
            Target::Flow(_) if self.in_comfort() => return self.rest(),
            Target::Flow(flow) => {
                let world = Arc::clone(&self.world);
                let begins = world.bundle().flow(flow);
                let mut frame = Frame::new(flow, begins, defaults(&begins.inputs));
                self.inherit(&mut frame);
                self.active_mut().frames = vec![frame];
            }
        }
        if let Some(turn) = self.spend(now) {
            return turn;
        }
        self.active_mut().phase = Phase::Moving;
        self.show();
        let world = Arc::clone(&self.world);
        let frame = self.active().frame();
        let at = (frame.flow, frame.node);
        let node = world.bundle().flow(at.0).node(at.1);
        if let Some(turn) = self.passed_over(now, node, at) {
            return turn;
        }
        let names = self.names();
        self.say(Output::News(News::Entered { flow: names.0, node: names.1 }));
        steps::begin(self, now, &node.step)
    }

    /// Where the call goes instead, when the node is not to be done this time.
    fn passed_over(
        &mut self,
        now: Moment,
        node: &Node,
        at: (FlowIndex, NodeIndex),
    ) -> Option<Turn> {
        if let Some(limit) = node.limit {
            let visits = self.active_mut().visits.entry(at).or_insert(0);
            *visits = visits.saturating_add(1);
            if *visits > limit.visits {
                return Some(Turn::To(limit.then));
            }
        }
        let when = node.when.as_ref()?;
        match self.computed(now, when, None) {
            Ok(value) if value.is_true() => None,
            Ok(_) => Some(Turn::Next),
            Err(outcome) => Some(Turn::Outcome(outcome)),
        }
    }

    /// Counts one entry; some turn when there were too many.
    fn spend(&mut self, now: Moment) -> Option<Turn> {
        let budget = self.active().budget;
        let (after, turn) = match budget {
            Budget::Ordinary(0) => {
                (Budget::Farewell(FLOW_FAREWELL_ENTRIES_MAX), Some(Turn::Outcome(ERROR_LIMIT)))
            }
            Budget::Ordinary(left) => (Budget::Ordinary(left - 1), None),
            Budget::Farewell(0) => (budget, Some(self.hang_up(HangupReason::Failed))),
            Budget::Farewell(left) => (Budget::Farewell(left - 1), None),
            Budget::Paced { since, .. } if now.since(since) >= PAUSE => (Budget::paced(now), None),
            Budget::Paced { left: 0, .. } => {
                self.tell_outcome(ERROR_LIMIT);
                return Some(self.rest());
            }
            Budget::Paced { left, since } => (Budget::Paced { left: left - 1, since }, None),
        };
        self.active_mut().budget = after;
        turn
    }

    /// The call cannot go on as its flow says: the bundle's `error` event is its last resort.
    fn stuck(&mut self) -> Turn {
        debug_assert!(false, "the loader has proven that every outcome leads somewhere");
        if self.in_comfort() {
            return self.rest();
        }
        match (self.active().budget, self.world.bundle().events.find("error")) {
            (Budget::Ordinary(_) | Budget::Paced { .. }, Some(target)) => {
                self.active_mut().budget = Budget::Farewell(FLOW_FAREWELL_ENTRIES_MAX);
                Turn::To(target)
            }
            (_, _) => self.hang_up(HangupReason::Failed),
        }
    }

    /// The flow of a wait is over before the wait: the queue's music goes on.
    pub(in crate::flow) fn rest(&mut self) -> Turn {
        for timer in
            [Timer::Prompt, Timer::LoopEnd, Timer::NoInput, Timer::BetweenKeys, Timer::Errand]
        {
            self.timers.clear(timer);
        }
        steps::queue_music(self);
        self.active_mut().phase = Phase::Resting;
        Turn::Stay
    }

    /// Starts to walk a flow beside a wait.
    pub(in crate::flow) fn comfort(&mut self, now: Moment, flow: FlowIndex) -> Turn {
        let world = Arc::clone(&self.world);
        let begins = world.bundle().flow(flow);
        let mut frame = Frame::new(flow, begins, defaults(&begins.inputs));
        self.inherit(&mut frame);
        let mut walk = Walk::new(frame);
        walk.budget = Budget::paced(now);
        self.set_comfort(Some(walk));
        Turn::To(Target::Node(begins.start))
    }

    /// Ends what is heard beside a wait.
    pub(in crate::flow) fn end_comfort(&mut self) {
        if self.in_comfort() {
            self.recall();
        }
        self.set_comfort(None);
        self.timers = Timers::default();
        self.forget_keys();
        self.stop();
    }

    /// The language goes on into a flow that has a variable for it.
    pub(in crate::flow) fn inherit(&self, frame: &mut Frame) {
        let flow = self.world.bundle().flow(frame.flow);
        let tag = self.language.tag();
        let takes = flow.variable(LANGUAGE).is_some_and(|variable| {
            variable.options.is_empty() || variable.options.iter().any(|option| &**option == tag)
        });
        let place = place_of(&flow.variables, LANGUAGE).filter(|_| takes);
        if let Some(value) = place.and_then(|place| frame.variables.get_mut(place)) {
            *value = Value::Text(Arc::clone(&self.call.language));
        }
    }
}

impl Budget {
    pub(super) const fn paced(now: Moment) -> Self {
        Self::Paced { left: FLOW_WAIT_ENTRIES_MAX, since: now }
    }
}
