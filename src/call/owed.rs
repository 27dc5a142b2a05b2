//! The call-backs that are owed: each waits in line with its place, is tried, and is settled once.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::base::chance::Rng;
use crate::base::id::{CallBackId, CallId, QueueId, TicketId};
use crate::base::limit::{
    CALLBACK_AGAIN, CALLBACK_LOOK, CALLBACK_TRIES_MAX, CALLBACK_WAIT_MAX, CALLBACKS_MAX,
};
use crate::base::time::{Epoch, Moment, Wall};
use crate::base::timer::Timers;
use crate::call::card::Card;
use crate::routing;

/// A call that somebody was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Its name.
    pub id: CallBackId,
    /// Whom to call: the number as the dial plan writes it.
    pub number: String,
    /// When it was asked for.
    pub asked_at: Wall,
    /// Since when its place in line counts.
    pub waits_since: Wall,
    /// How often somebody was rung for it.
    pub tries: u32,
    /// Not before then.
    pub due_at: Wall,
    /// Whom it needs, and how it waits.
    pub entry: routing::Entry,
    /// What the agent sees.
    pub card: Card,
}

/// How a call-back stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It will be tried.
    Waiting,
    /// The citizen answered.
    Done,
    /// Nobody answered as often as it is tried.
    GivenUp,
}

/// What became of one try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Try {
    /// The citizen answered.
    Answered,
    /// The citizen did not, or could not be reached.
    NotAnswered,
    /// The agent was gone before anybody could answer: it does not count.
    AgentLeft,
}

/// What the book is told.
#[derive(Debug)]
pub enum Input {
    /// A call-back is owed.
    Owe(Box<CallBack>),
    /// An agent took the one of this call; the citizen is called.
    Taken(CallId),
    /// What became of a try.
    Tried(CallId, Try),
    /// The pool has no room for it.
    Overflowed(CallId),
    /// The engine stops: nobody is called any more.
    Rest,
}

/// What the book asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Put it in line.
    Enter {
        /// The wait.
        entry: Box<routing::Entry>,
        /// What the agent sees.
        card: Box<Card>,
        /// How long it has waited by now.
        waited: Duration,
    },
    /// Take it out of line, and forget its call.
    Leave {
        /// The call that it would have been.
        call: CallId,
        /// The wait.
        ticket: TicketId,
    },
    /// Write down how it stands.
    Keep(Box<CallBack>, Standing),
}

/// What the book waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timer {
    /// Queues open and close, and tries become due.
    Look,
}

/// Whether a queue is open.
pub type IsOpen = Box<dyn Fn(&QueueId, Wall) -> bool + Send>;

/// The call-backs that are owed.
pub struct CallBacks {
    epoch: Epoch,
    rng: Rng,
    is_open: IsOpen,
    owed: BTreeMap<CallBackId, Owed>,
    by_call: BTreeMap<CallId, CallBackId>,
    stage: Stage,
    timers: Timers<Timer>,
    outbox: VecDeque<Output>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Working,
    Resting,
}

#[derive(Debug)]
struct Owed {
    what: Box<CallBack>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is not its time.
    Resting,
    /// It stands in line.
    InLine { call: CallId, ticket: TicketId },
    /// An agent has it, and the citizen is called.
    Calling { call: CallId },
}

/// How many there are, by where they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Not their time.
    pub resting: usize,
    /// In line.
    pub in_line: usize,
    /// Being called.
    pub calling: usize,
}

impl fmt::Debug for CallBacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallBacks").field("owed", &self.owed).finish_non_exhaustive()
    }
}

impl CallBacks {
    /// A book with nothing in it.
    #[must_use]
    pub const fn new(epoch: Epoch, is_open: IsOpen, rng: Rng) -> Self {
        Self {
            epoch,
            rng,
            is_open,
            owed: BTreeMap::new(),
            by_call: BTreeMap::new(),
            stage: Stage::Working,
            timers: Timers::new(),
            outbox: VecDeque::new(),
        }
    }

    /// Moves the book on.
    pub fn handle(&mut self, now: Moment, input: Input) {
        match input {
            Input::Owe(what) => self.owe(what),
            Input::Taken(call) => self.taken(call),
            Input::Tried(call, result) => self.tried(now, call, result),
            Input::Overflowed(call) => {
                let again = self.epoch.wall(now + CALLBACK_LOOK);
                if let Some(owed) = self.of_call(call) {
                    owed.state = State::Resting;
                    owed.what.due_at = again;
                    self.by_call.remove(&call);
                }
            }
            Input::Rest => self.stage = Stage::Resting,
        }
        self.look(now);
    }

    /// Looks who is due.
    pub fn handle_timeout(&mut self, now: Moment) {
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Look => self.look(now),
            }
        }
    }

    /// The next thing to do.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outbox.pop_front()
    }

    /// When to call [`CallBacks::handle_timeout`] next.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<(Moment, Timer)> {
        self.timers.next()
    }

    /// Whether a call is one of ours, in line or being called.
    #[must_use]
    pub fn has(&self, call: CallId) -> bool {
        self.by_call.contains_key(&call)
    }

    /// Whether another one fits in.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.stage == Stage::Working && self.owed.len() < CALLBACKS_MAX
    }

    /// How many there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for owed in self.owed.values() {
            match owed.state {
                State::Resting => counts.resting += 1,
                State::InLine { .. } => counts.in_line += 1,
                State::Calling { .. } => counts.calling += 1,
            }
        }
        counts
    }

    fn owe(&mut self, what: Box<CallBack>) {
        let is_known = self.owed.values().any(|owed| owed.what.number == what.number);
        // One number is owed one call.
        if !is_known {
            self.outbox.push_back(Output::Keep(what.clone(), Standing::Waiting));
            self.owed.insert(what.id, Owed { what, state: State::Resting });
        }
    }

    fn taken(&mut self, call: CallId) {
        let Some(owed) = self.of_call(call) else { return };
        match owed.state {
            State::InLine { .. } => {}
            // The pool connects a ticket once.
            State::Resting | State::Calling { .. } => return,
        }
        owed.state = State::Calling { call };
        // Written before anybody is rung: a crash must not ring a citizen without end.
        owed.what.tries += 1;
        let kept = owed.what.clone();
        self.outbox.push_back(Output::Keep(kept, Standing::Waiting));
    }

    fn tried(&mut self, now: Moment, call: CallId, result: Try) {
        let again = self.epoch.wall(now + CALLBACK_AGAIN);
        let at_once = self.epoch.wall(now);
        let Some(owed) = self.of_call(call) else { return };
        if !matches!(owed.state, State::Calling { .. }) {
            return;
        }
        owed.state = State::Resting;
        let standing = match result {
            Try::Answered => Standing::Done,
            Try::NotAnswered if CALLBACK_TRIES_MAX <= owed.what.tries => Standing::GivenUp,
            Try::NotAnswered => {
                owed.what.due_at = again;
                Standing::Waiting
            }
            Try::AgentLeft => {
                owed.what.tries = owed.what.tries.saturating_sub(1);
                owed.what.due_at = at_once;
                Standing::Waiting
            }
        };
        let kept = owed.what.clone();
        self.by_call.remove(&call);
        match standing {
            Standing::Done | Standing::GivenUp => drop(self.owed.remove(&kept.id)),
            Standing::Waiting => {}
        }
        self.outbox.push_back(Output::Keep(kept, standing));
    }

    /// Puts in line who is due, and takes out whose queue has closed.
    fn look(&mut self, now: Moment) {
        let wall = self.epoch.wall(now);
        let ids: Vec<CallBackId> = self.owed.keys().copied().collect();
        let mut soonest = None;
        for id in ids {
            let Some(owed) = self.owed.get(&id) else { continue };
            let is_open =
                self.stage == Stage::Working && (self.is_open)(&owed.what.entry.queue, wall);
            match owed.state {
                State::Resting if is_open && owed.what.due_at <= wall => self.enter(now, id),
                State::InLine { call, ticket } if !is_open => self.leave(id, call, ticket),
                State::Resting => {
                    soonest = Some(owed.what.due_at.min(soonest.unwrap_or(Wall(i64::MAX))))
                }
                State::InLine { .. } | State::Calling { .. } => {}
            }
        }
        self.plan(now, soonest.map(|at| at.0.saturating_sub(wall.0)));
    }

    /// Looks again when the next one is due, and every while for the queues' hours.
    fn plan(&mut self, now: Moment, due_in_ms: Option<i64>) {
        if self.owed.is_empty() || self.stage == Stage::Resting {
            return self.timers.clear(Timer::Look);
        }
        let due = due_in_ms.and_then(|span| u64::try_from(span).ok()).filter(|span| 0 < *span);
        let due = due.map_or(CALLBACK_LOOK, Duration::from_millis);
        self.timers.set(Timer::Look, now + due.min(CALLBACK_LOOK));
    }

    fn enter(&mut self, now: Moment, id: CallBackId) {
        let wall = self.epoch.wall(now);
        let (call, ticket) = (CallId::new(wall, &mut self.rng), TicketId::new(wall, &mut self.rng));
        let Some(owed) = self.owed.get_mut(&id) else { return };
        owed.state = State::InLine { call, ticket };
        self.by_call.insert(call, id);
        let span = wall.0.saturating_sub(owed.what.waits_since.0);
        let waited = Duration::from_millis(u64::try_from(span).unwrap_or(0));
        let entry = routing::Entry {
            ticket,
            call,
            place: routing::Place::CallBack(waited),
            max_wait: waited + CALLBACK_WAIT_MAX,
            prefer: None,
            ..owed.what.entry.clone()
        };
        let card = Card { call, ..owed.what.card.clone() };
        let (entry, card) = (Box::new(entry), Box::new(card));
        self.outbox.push_back(Output::Enter { entry, card, waited });
    }

    fn leave(&mut self, id: CallBackId, call: CallId, ticket: TicketId) {
        if let Some(owed) = self.owed.get_mut(&id) {
            owed.state = State::Resting;
            self.by_call.remove(&call);
            self.outbox.push_back(Output::Leave { call, ticket });
        }
    }

    fn of_call(&mut self, call: CallId) -> Option<&mut Owed> {
        self.by_call.get(&call).and_then(|id| self.owed.get_mut(id))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::sync::mpsc::{Sender, channel};

    use super::*;
    use crate::call::event::{Direction, Line};

    const START: Epoch = Epoch(Wall(1_790_000_000_000));

    struct World {
        book: CallBacks,
        now: Moment,
        /// From a moment on, in milliseconds of the wall clock, the queue is open, or shut.
        hours: Sender<(i64, bool)>,
        rng: Rng,
    }

    fn world() -> World {
        let (hours, told) = channel::<(i64, bool)>();
        let known = std::cell::RefCell::new(BTreeMap::new());
        let is_open = move |_: &QueueId, wall: Wall| {
            known.borrow_mut().extend(told.try_iter());
            known.borrow().range(..=wall.0).next_back().is_none_or(|(_, open)| *open)
        };
        let book = CallBacks::new(START, Box::new(is_open), Rng::seeded(1));
        World { book, now: Moment::START, hours, rng: Rng::seeded(2) }
    }

    impl World {
        fn owe(&mut self, number: &str) -> CallBackId {
            let wall = START.wall(self.now);
            let id = CallBackId::new(wall, &mut self.rng);
            let (call, ticket) =
                (CallId::new(wall, &mut self.rng), TicketId::new(wall, &mut self.rng));
            let step = routing::Step {
                after: Duration::ZERO,
                terms: Arc::new(routing::Terms { all: Vec::new(), any: Vec::new() }),
            };
            let entry = routing::Entry {
                ticket,
                call,
                queue: "care".into(),
                entity: None,
                class: routing::Class::default(),
                need: routing::Need::new(vec![step]).expect("one step"),
                target_wait: Duration::from_secs(20),
                max_wait: Duration::from_secs(90),
                cap: Some(1),
                waiting_per_agent: None,
                ring: Duration::from_secs(15),
                wrap_up: Duration::ZERO,
                place: routing::Place::Joining,
                prefer: None,
            };
            let card = Card {
                call,
                direction: Direction::Outbound,
                line: Line::Sip,
                from: number.to_owned(),
                to: "800".to_owned(),
                language: "ar".to_owned(),
                queue: None,
                queue_names: BTreeMap::new(),
                entity: None,
                entity_names: BTreeMap::new(),
                case: None,
                waited_ms: 0,
                pressed: Vec::new(),
            };
            let what = CallBack {
                id,
                number: number.to_owned(),
                asked_at: wall,
                waits_since: wall.before(Duration::from_secs(70)),
                tries: 0,
                due_at: wall,
                entry,
                card,
            };
            self.book.handle(self.now, Input::Owe(Box::new(what)));
            id
        }

        fn pass(&mut self, seconds: u64) {
            let end = self.now + Duration::from_secs(seconds);
            while let Some((at, _)) = self.book.poll_timeout().filter(|(at, _)| *at <= end) {
                self.now = self.now.max(at);
                self.book.handle_timeout(self.now);
            }
            self.now = end;
        }

        fn tell(&mut self, input: Input) {
            self.book.handle(self.now, input);
        }

        /// What is asked for, and the last call that entered.
        fn said(&mut self) -> (Vec<String>, Option<CallId>) {
            let (mut said, mut call) = (Vec::new(), None);
            while let Some(output) = self.book.poll_output() {
                call = Self::entered(&output).or(call);
                said.push(Self::word(&output));
            }
            (said, call)
        }

        fn entered(output: &Output) -> Option<CallId> {
            let Output::Enter { entry, waited, .. } = output else { return None };
            assert_eq!(entry.place, routing::Place::CallBack(*waited));
            Some(entry.call)
        }

        fn word(output: &Output) -> String {
            match output {
                Output::Enter { waited, .. } => format!("enter after {}s", waited.as_secs()),
                Output::Leave { .. } => "leave".to_owned(),
                Output::Keep(what, standing) => format!("{standing:?} {}", what.tries),
            }
        }

        fn check(&mut self, expected: &[&str]) -> Option<CallId> {
            let (said, call) = self.said();
            assert_eq!(said, expected);
            call
        }
    }

    #[test]
    fn a_citizen_who_answers_is_called_once() {
        let mut world = world();
        world.owe("+971501234567");
        let call = world.check(&["Waiting 0", "enter after 70s"]).expect("it entered");
        world.tell(Input::Taken(call));
        world.check(&["Waiting 1"]);
        world.tell(Input::Tried(call, Try::Answered));
        world.check(&["Done 1"]);
        world.tell(Input::Tried(call, Try::AgentLeft));
        world.pass(90_000);
        world.check(&[]);
        assert_eq!(world.book.counts(), Counts::default());
    }

    #[test]
    fn a_citizen_is_called_three_times_ten_minutes_apart_and_keeps_the_age() {
        let mut world = world();
        world.owe("+971501234567");
        let mut call = world.check(&["Waiting 0", "enter after 70s"]).expect("it entered");
        for (tries, entered) in [(1, "enter after 670s"), (2, "enter after 1270s")] {
            world.tell(Input::Taken(call));
            world.tell(Input::Tried(call, Try::NotAnswered));
            let tries = format!("Waiting {tries}");
            world.check(&[&tries, &tries]);
            world.pass(599);
            world.check(&[]);
            world.pass(1);
            call = world.check(&[entered]).expect("it entered");
        }
        world.tell(Input::Taken(call));
        world.tell(Input::Tried(call, Try::NotAnswered));
        world.check(&["Waiting 3", "GivenUp 3"]);
        world.pass(90_000);
        world.check(&[]);
    }

    #[test]
    fn an_agent_who_is_gone_costs_no_try() {
        let mut world = world();
        world.owe("+971501234567");
        let call = world.check(&["Waiting 0", "enter after 70s"]).expect("it entered");
        world.tell(Input::Taken(call));
        world.tell(Input::Tried(call, Try::AgentLeft));
        world.check(&["Waiting 1", "Waiting 0", "enter after 70s"]);
    }

    #[test]
    fn nobody_is_called_while_the_queue_is_shut() {
        let mut world = world();
        let hour = 3_600_000;
        world.hours.send((START.0.0, false)).expect("it listens");
        world.hours.send((START.0.0 + hour, true)).expect("it listens");
        world.hours.send((START.0.0 + 2 * hour, false)).expect("it listens");
        world.owe("+971501234567");
        world.check(&["Waiting 0"]);
        world.pass(3_599);
        world.check(&[]);
        world.pass(31);
        world.check(&["enter after 3670s"]);
        world.pass(3_600);
        world.check(&["leave"]);
        assert_eq!(world.book.counts().resting, 1);
    }

    #[test]
    fn one_number_is_owed_one_call() {
        let mut world = world();
        world.owe("+971501234567");
        world.owe("+971501234567");
        world.check(&["Waiting 0", "enter after 70s"]);
        world.owe("+971501234568");
        world.check(&["Waiting 0", "enter after 70s"]);
    }

    #[test]
    fn a_full_pool_is_asked_again_and_a_stop_takes_all_out_of_line() {
        let mut world = world();
        world.owe("+971501234567");
        let call = world.check(&["Waiting 0", "enter after 70s"]).expect("it entered");
        world.tell(Input::Overflowed(call));
        world.check(&[]);
        world.pass(30);
        world.check(&["enter after 100s"]);
        world.tell(Input::Rest);
        world.check(&["leave"]);
        world.pass(90_000);
        world.check(&[]);
        assert!(!world.book.has_room());
    }
}
