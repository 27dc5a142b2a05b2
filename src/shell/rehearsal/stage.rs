//! A test's call over a real line: what its caller hears is known by the packets that come.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::base::chance::Rng;
use crate::base::key::Key;
use crate::base::time::Moment;
use crate::flow::Overflow;
use crate::flow::model::Sensitivity;
use crate::flow::run::TransferEnd;
use crate::flow::trial::{Done, Heard, Line as Told, Played, Scene, Seen, Trial, Wish};
use crate::media::FRAME_SPAN;
use crate::shell::clock::Clock;
use crate::shell::rehearsal::double::{Behind, Talking, went};
use crate::shell::rehearsal::ears::Ears;
use crate::shell::rehearsal::hall::Hall;
use crate::shell::rehearsal::line::Line;
use crate::shell::rehearsal::phone::Phone;
use crate::sip::session::{EndedBy, Event, Invitation, Order, SessionId};
use crate::sip::uri::Uri;

/// The user of the agent's phone.
const AGENT: &str = "agent";
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(20);
/// How long what is on its way may take.
const SETTLE: Duration = Duration::from_secs(3);
/// The longest prompt.
const PROMPT: Duration = Duration::from_secs(180);
/// How long somebody outside talks.
const TALK: Duration = Duration::from_secs(2);
/// Without a packet for so long, what was heard is over.
const SILENCE: Duration = Duration::from_secs(4);
/// A caller who is later than this does not try to make up for it.
const LATE: Duration = Duration::from_millis(200);

/// Whom a test calls.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where the engine is.
    pub address: SocketAddr,
    /// The user of the address, where it is not the test's own number.
    pub user: Option<String>,
    /// The host of the address, as it was written.
    pub host: String,
}

/// Why there is no call.
#[derive(Debug, thiserror::Error)]
pub enum StageFault {
    /// No sockets.
    #[error("wanted sockets, found {0}")]
    Sockets(#[from] std::io::Error),
    /// The address is none.
    #[error("wanted a SIP address, found `{0}`")]
    Address(String),
    /// Nobody answered.
    #[error("wanted an answer to the call, found {0}")]
    Unanswered(String),
}

/// A call over a real line, for one test.
#[derive(Debug)]
pub struct Stage {
    clock: Clock,
    hall: Arc<Hall>,
    trial: Trial,
    rng: Rng,
    phone: Phone,
    session: SessionId,
    line: Line,
    state: State,
    ears: Ears,
    other: Option<Other>,
    behind: Option<Behind>,
    began: Moment,
    next: Moment,
    last_packet: Moment,
    lines: Vec<Told>,
}

/// The agent's phone, or that of somebody outside.
#[derive(Debug)]
struct Other {
    session: SessionId,
    line: Line,
    /// When the talk is enough.
    until: Option<Moment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Calling,
    Up,
    Refused(u16),
    /// Who hung up, in the word of files.
    Over(Option<&'static str>),
}

impl Stage {
    /// Places the call of `trial` to `target` and waits for the answer. With an engine of our own
    /// `behind` are its doubles.
    ///
    /// # Errors
    ///
    /// Nobody answers, or there is nothing to call with.
    pub fn open(
        (clock, hall): (Clock, Arc<Hall>),
        trial: Trial,
        target: &Target,
        (mut phone, behind): (Phone, Option<Behind>),
        mut rng: Rng,
    ) -> Result<Self, StageFault> {
        let line = Line::open(phone.local().ip(), Arc::default(), &mut rng)?;
        let user = target.user.as_deref().or_else(|| trial.number()).unwrap_or_default();
        let address = |text: String| Uri::parse(&text).ok_or(StageFault::Address(text));
        let to = address(format!("sip:{user}@{}", target.host))?;
        let from = address(format!("sip:{}@{}", trial.from(), phone.local()))?;
        let session = phone.call(to, from, line.offer());
        let (now, ears) = (clock.now(), Ears::new(Arc::clone(&hall)));
        let mut stage = Self {
            clock,
            hall,
            trial,
            rng,
            phone,
            session,
            line,
            state: State::Calling,
            ears,
            other: None,
            behind,
            began: now,
            next: now,
            last_packet: now,
            lines: Vec::new(),
        };
        stage.until(ANSWER, |stage| stage.state != State::Calling);
        match stage.state {
            State::Up => Ok(stage),
            State::Calling => Err(StageFault::Unanswered("nobody".to_owned())),
            State::Refused(code) => Err(StageFault::Unanswered(format!("the refusal {code}"))),
            State::Over(_) => Err(StageFault::Unanswered("the end".to_owned())),
        }
    }

    /// Plays the test, hangs up, and hands over what it came to.
    #[must_use]
    pub fn played(mut self) -> Played {
        let trial = self.trial.clone();
        let failure = trial.play(&mut self);
        if !self.is_over() {
            self.leave();
            self.until(ANSWER, Self::is_over);
        }
        if let Some(behind) = &self.behind {
            behind.leave();
        }
        let seen = self.behind.map_or_else(Seen::default, |behind| behind.seen);
        Played { failure, skipped: None, lines: self.lines, seen, phrases: Vec::new() }
    }

    /// Lets time pass until `is_so`, for at most `span`.
    fn until(&mut self, span: Duration, mut is_so: impl FnMut(&Self) -> bool) -> bool {
        let end = self.clock.now() + span;
        while !is_so(self) {
            if end <= self.clock.now() {
                return false;
            }
            self.turn();
        }
        true
    }

    /// The next 20 ms.
    fn turn(&mut self) {
        self.sleep();
        self.line.say();
        if let Some(other) = &mut self.other {
            other.line.say();
            other.line.hear(|_| {});
        }
        let now = self.clock.now();
        let (ears, last_packet) = (&mut self.ears, &mut self.last_packet);
        self.line.hear(|frame| {
            ears.hear(frame);
            *last_packet = now;
        });
        if SILENCE <= now.since(self.last_packet) {
            self.ears.silence();
        }
        self.phone.turn();
        while let Some((session, event)) = self.phone.news() {
            self.hear_of(session, event);
        }
        if let Some(other) = &mut self.other
            && other.until.is_some_and(|until| until <= now)
        {
            other.until = None;
            let session = other.session;
            self.phone.order(session, Order::Bye);
        }
        if let Some(behind) = &mut self.behind {
            behind.turn(&self.trial);
        }
        self.tell();
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a caller of a rehearsal has a thread of its own"
    )]
    fn sleep(&mut self) {
        self.next = self.next + FRAME_SPAN;
        let now = self.clock.now();
        if LATE < now.since(self.next) {
            self.next = now;
        }
        std::thread::sleep(self.clock.real(self.next.since(now)));
    }

    fn hear_of(&mut self, session: SessionId, event: Event) {
        if session == self.session {
            return self.hear_of_the_call(event);
        }
        match event {
            Event::Invited(invitation) => self.ring(session, &invitation),
            Event::Offered { sdp: Some(sdp) } => {
                let other = self.other.as_mut().filter(|other| other.session == session);
                if let Some(Ok(sdp)) = other.map(|other| other.line.answer(&sdp)) {
                    self.phone.order(session, Order::AcceptOffer { sdp });
                }
            }
            Event::Ended(_) => {
                self.other.take_if(|other| other.session == session);
            }
            Event::Offered { sdp: None }
            | Event::Cancelled
            | Event::Confirmed { .. }
            | Event::Ringing { .. }
            | Event::Answered { .. }
            | Event::Refused { .. }
            | Event::OfferWithdrawn
            | Event::OfferAnswered { .. }
            | Event::OfferRefused { .. }
            | Event::Referred { .. }
            | Event::ReferRefused { .. }
            | Event::Key(_) => {}
        }
    }

    fn hear_of_the_call(&mut self, event: Event) {
        match event {
            Event::Answered { sdp } => {
                self.state = match self.line.agree(&sdp) {
                    Ok(()) => State::Up,
                    Err(_) => State::Refused(488),
                };
            }
            Event::Refused { code, .. } => self.state = State::Refused(code),
            Event::Ended(by) => {
                if self.state == State::Up {
                    let ending = (by == EndedBy::Peer).then_some("done");
                    self.state = State::Over(ending);
                }
            }
            Event::Offered { sdp: Some(sdp) } => {
                if let Ok(sdp) = self.line.answer(&sdp) {
                    self.phone.order(self.session, Order::AcceptOffer { sdp });
                }
            }
            Event::Offered { sdp: None } => {
                let sdp = self.line.offer();
                self.phone.order(self.session, Order::AcceptOffer { sdp });
            }
            Event::Invited(_)
            | Event::Cancelled
            | Event::Confirmed { .. }
            | Event::Ringing { .. }
            | Event::OfferWithdrawn
            | Event::OfferAnswered { .. }
            | Event::OfferRefused { .. }
            | Event::Referred { .. }
            | Event::ReferRefused { .. }
            | Event::Key(_) => {}
        }
    }

    /// The agent's phone rings, or that of somebody outside.
    fn ring(&mut self, session: SessionId, invitation: &Invitation) {
        let reject = |code| Order::Reject { code, reason: "As The Test Says", retry_after: None };
        let is_agent = invitation.dialled == AGENT;
        if !is_agent && let Some(behind) = &mut self.behind {
            behind.done.push(went(&invitation.dialled));
        }
        let order = match (is_agent, self.trial.transfer()) {
            (true, _) | (false, TransferEnd::Talked) => {
                self.pick_up(session, invitation, (!is_agent).then_some(TALK)).ok()
            }
            (false, TransferEnd::Busy) => Some(reject(486)),
            (false, TransferEnd::NoAnswer) => Some(Order::Ring),
            (false, TransferEnd::Failed | TransferEnd::Denied) => Some(reject(503)),
        };
        self.phone.order(session, order.unwrap_or_else(|| reject(488)));
    }

    fn pick_up(
        &mut self,
        session: SessionId,
        invitation: &Invitation,
        talk: Option<Duration>,
    ) -> Result<Order, StageFault> {
        let voice = Arc::clone(self.hall.voice());
        let mut line = Line::open(self.phone.local().ip(), voice, &mut self.rng)?;
        let sdp = line.answer(invitation.offer.as_deref().unwrap_or_default());
        let sdp = sdp.map_err(|fault| StageFault::Unanswered(fault.to_string()))?;
        let until = talk.map(|talk| self.clock.now() + talk);
        self.other = Some(Other { session, line, until });
        Ok(Order::Answer { sdp })
    }

    /// Writes down what happened.
    fn tell(&mut self) {
        let at = self.clock.now().since(self.began);
        let of_behind = self.behind.as_mut().map(|behind| std::mem::take(&mut behind.lines));
        let all = of_behind.into_iter().flatten().chain(self.ears.tell());
        self.lines.extend(all.map(|text| Told::new(at, text)));
    }
}

impl Scene for Stage {
    const PATIENCE: Duration = Duration::from_secs(240);

    fn elapsed(&self) -> Duration {
        self.clock.now().since(self.began)
    }

    fn wait(&mut self, span: Duration) {
        self.until(span, |_| false);
    }

    fn wait_for_something(&mut self, span: Duration) -> bool {
        if span.is_zero() || self.is_over() {
            return false;
        }
        self.turn();
        true
    }

    fn settle(&mut self, mut is_there: impl FnMut(&mut Self) -> bool) {
        let end = self.clock.now() + SETTLE;
        while !is_there(self) && self.clock.now() < end {
            self.turn();
        }
    }

    fn press(&mut self, key: Key) {
        self.line.press(key);
        self.until(SETTLE, |stage| !stage.line.is_pressing());
    }

    fn leave(&mut self) {
        self.phone.order(self.session, Order::Bye);
        self.until(SETTLE, Self::is_over);
    }

    fn place(&mut self, position: u32, expected: Option<Duration>) {
        if let Some(behind) = &self.behind {
            behind.place(position, expected);
        }
    }

    fn answer(&mut self) -> bool {
        let from = self.ears.count();
        let address = format!("sip:{AGENT}@{}", self.phone.local());
        let is_offered = self.behind.as_mut().is_some_and(|behind| behind.offer(address));
        is_offered
            && self.until(ANSWER, |stage| stage.is_talking() && stage.ears.have_heard_a_voice(from))
    }

    fn release(&mut self) -> bool {
        let Some(other) = self.other.take() else { return false };
        self.phone.order(other.session, Order::Bye);
        self.until(SETTLE, |stage| !stage.is_talking())
    }

    fn overflow(&mut self, overflow: Overflow) -> bool {
        self.behind.as_mut().is_some_and(|behind| behind.overflow(overflow))
    }

    fn forget_heard(&mut self) {
        self.ears.forget();
    }

    fn next_heard(&mut self, wanted: &str) -> Option<Heard> {
        self.ears.next_heard(wanted)
    }

    fn says(&mut self, text: &str) -> Result<(), String> {
        self.until(PROMPT, |stage| stage.is_over() || stage.ears.is_said());
        self.ears.says(text)
    }

    fn unasked(&mut self) -> Option<Arc<str>> {
        self.ears.unasked()
    }

    fn next_done(&mut self) -> Option<Done> {
        let done = &mut self.behind.as_mut()?.done;
        if done.is_empty() { None } else { Some(done.remove(0)) }
    }

    fn wish(&self) -> Option<Wish> {
        self.behind.as_ref()?.wish()
    }

    fn is_talking(&self) -> bool {
        self.behind.as_ref().is_some_and(|behind| behind.is_talking == Talking::Yes)
    }

    fn is_over(&self) -> bool {
        match &self.behind {
            Some(behind) => behind.ended.is_some(),
            None => matches!(self.state, State::Over(_)),
        }
    }

    fn ending(&self) -> Option<&'static str> {
        match (&self.behind, &self.state) {
            (Some(behind), _) => behind.ended.flatten(),
            (None, State::Over(ending)) => *ending,
            (None, State::Calling | State::Up | State::Refused(_)) => None,
        }
    }

    fn variable(&mut self, name: &str) -> Option<(String, Sensitivity)> {
        let mut answer = self.behind.as_ref()?.variable(name)?;
        let end = self.clock.now() + SETTLE;
        loop {
            if let Ok(value) = answer.try_recv() {
                return value;
            }
            if end <= self.clock.now() {
                return None;
            }
            self.turn();
        }
    }

    fn tags(&self) -> &[Arc<str>] {
        self.behind.as_ref().map_or(&[], |behind| &behind.tags)
    }
}
