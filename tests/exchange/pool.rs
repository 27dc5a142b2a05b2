//! The pool's side: what `shell/pool/{mod,offers,desks}.rs` do with decisions and desks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::agenda::Agenda;
use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId, OfferId, TicketId};
use hatif::base::time::{Epoch, Moment};
use hatif::call::card::Card;
use hatif::call::event::OfferResult;
use hatif::call::exchange::{self, Phone, Routed};
use hatif::call::owed::{self, CallBacks};
use hatif::desk::protocol::{Identity, News, Snapshot};
use hatif::desk::{self, AudioNews, Desk, SocketId};
use hatif::record::figures::Figures;
use hatif::routing::{
    Capacity, DutyOrder, Entry, Fact, Group, Input, Level, Output, Profile, Roster, Settings,
    Settlement,
};

use crate::simulator::callbacks;
use crate::simulator::mail::{Seat, ToPool, ToWorker};
use crate::simulator::shift::Shift;

/// One agent.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) phone: Phone,
    pub(crate) desk: Desk,
    pub(crate) seat: Option<u64>,
    /// The state that her browser was shown last.
    pub(crate) shown: Option<Snapshot>,
}

#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) worker: usize,
    pub(crate) card: Box<Card>,
    /// For a call-back: what the worker needs to hold its call.
    pub(crate) calls_back: Option<Box<Entry>>,
}

/// A call that rings somewhere.
#[derive(Debug)]
pub(crate) struct Rung {
    pub(crate) call: CallId,
    pub(crate) agent: AgentId,
}

/// Who wants to be woken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wake {
    Group,
    CallBacks,
    Desk(AgentId),
}

/// The task with the group and the desks.
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) group: Group,
    /// What was counted.
    pub(crate) figures: Figures,
    pub(crate) callbacks: CallBacks,
    pub(crate) members: BTreeMap<AgentId, Member>,
    pub(crate) offers: BTreeMap<OfferId, Rung>,
    sockets: BTreeMap<SocketId, AgentId>,
    pub(crate) waiting: BTreeMap<CallId, Waiting>,
    pub(crate) agenda: Agenda<Wake>,
    legs: u64,
}

impl Pool {
    pub(crate) fn new(epoch: Epoch, seed: u64) -> Self {
        let roster = Roster::new(Capacity { agents: 32, tickets: 256, skills: 8 });
        let mut rng = Rng::seeded(seed);
        let chance = Rng::seeded(rng.bits());
        Self {
            callbacks: CallBacks::new(epoch, Box::new(callbacks::is_open), chance),
            group: Group::new(Arc::new(roster), epoch, Settings::default(), rng),
            figures: Figures::default(),
            members: BTreeMap::new(),
            offers: BTreeMap::new(),
            sockets: BTreeMap::new(),
            waiting: BTreeMap::new(),
            agenda: Agenda::default(),
            legs: 0,
        }
    }

    pub(crate) fn next(&self) -> Option<Moment> {
        self.agenda.next()
    }

    /// Nothing of a call is kept.
    pub(crate) fn check_empty(&self) {
        assert!(self.waiting.is_empty(), "callers are remembered: {:?}", self.waiting);
        assert!(self.offers.is_empty(), "offers are open: {:?}", self.offers);
    }
}

impl Shift {
    /// Takes an agent in; who stands at a phone is on duty at once.
    pub(crate) fn employ(&mut self, name: &str, level: u8, phone: Phone) {
        let agent = AgentId::from(name);
        let level = Level::new(level).expect("a level");
        let profile = Profile { skills: [("lang.en".into(), level)].into(), home: String::new() };
        self.route(Input::Employ { agent: agent.clone(), profile });
        let identity =
            Identity { id: name.to_owned(), name: name.to_owned(), skills: BTreeMap::new() };
        let standing = self.pool.group.standing(&agent).expect("she is employed");
        let desk = Desk::new(self.epoch, agent.clone(), identity, standing, &phone);
        let stands = matches!(phone, Phone::Sip(_));
        let member = Member { phone, desk, seat: None, shown: None };
        self.pool.members.insert(agent.clone(), member);
        if stands {
            for order in [DutyOrder::SignIn, DutyOrder::GoAvailable] {
                self.route(Input::Order { agent: agent.clone(), order });
            }
        }
    }

    /// The pool takes one message out of its box.
    pub(crate) fn pool_reads(&mut self) {
        let message = self.mail.take_for_pool().expect("a message that was announced");
        self.trace(|| format!("pool reads {message:?}"));
        match message {
            ToPool::Enter { worker, entry, card } => {
                let waiting = Waiting { worker, card, calls_back: None };
                self.pool.waiting.insert(entry.call, waiting);
                self.route(Input::Enter(entry));
            }
            ToPool::Route(input) => self.route(input),
            ToPool::Desk(agent, news) => self.desk(&agent, desk::Input::Talk(news)),
            ToPool::Gone(call) => self.gone(call),
            ToPool::CallBack { worker, call, errand, what, keeps } => {
                self.book((worker, call, errand), what, keeps);
            }
            ToPool::CalledBack(call, result) => self.callbacks(owed::Input::Tried(call, result)),
            ToPool::NoCallBacks => self.callbacks(owed::Input::Rest),
            ToPool::Hello(socket, agent) => {
                self.pool.sockets.insert(socket, agent.clone());
                self.desk(&agent, desk::Input::Attached(socket));
            }
            ToPool::Said(socket, order) => {
                if let Some(agent) = self.pool.sockets.get(&socket).cloned() {
                    self.desk(&agent, desk::Input::Said(socket, order));
                }
            }
            ToPool::Lost(socket, farewell) => {
                if let Some(agent) = self.pool.sockets.remove(&socket) {
                    self.desk(&agent, desk::Input::Detached(socket, farewell));
                }
            }
            ToPool::Media(leg, news) => self.heard(leg, news),
        }
        self.wake_pool();
    }

    /// The pool does what is due.
    pub(crate) fn wake_pool(&mut self) {
        while let Some(wake) = self.pool.agenda.pop_due(self.now) {
            match wake {
                Wake::Group => {
                    self.pool.group.handle_timeout(self.now);
                    self.decided();
                }
                Wake::CallBacks => {
                    self.pool.callbacks.handle_timeout(self.now);
                    self.drain_callbacks();
                }
                Wake::Desk(agent) => {
                    if let Some(member) = self.pool.members.get_mut(&agent) {
                        member.desk.handle_timeout(self.now);
                    }
                    self.drain_desk(&agent);
                }
            }
        }
    }

    fn heard(&mut self, leg: u64, news: AudioNews) {
        let owner = self.pool.members.iter().find(|(_, member)| member.seat == Some(leg));
        let Some(agent) = owner.map(|(agent, _)| agent.clone()) else { return };
        let has_failed = matches!(news, AudioNews::Failed(_));
        self.desk(&agent, desk::Input::Audio(news));
        if has_failed {
            self.desk(&agent, desk::Input::Audio(AudioNews::Lost));
        }
    }

    pub(crate) fn route(&mut self, input: Input) {
        self.pool.group.handle(self.now, input);
        self.decided();
    }

    fn decided(&mut self) {
        while let Some(output) = self.pool.group.poll_output() {
            self.decide(output);
        }
        let wake = self.pool.group.poll_timeout();
        self.pool.agenda.set(Wake::Group, wake.map(|(at, _)| at));
    }

    fn decide(&mut self, output: Output) {
        match output {
            Output::Offer { offer, ticket, call, agent, until } => {
                let rung = Rung { call, agent: agent.clone() };
                self.pool.offers.insert(offer, rung);
                self.figures.offers += 1;
                self.ring((offer, ticket, call), agent, until);
            }
            Output::Withdraw { .. } => {}
            Output::Connect { offer, call, agent, waited, ticket: _ } => {
                self.pool.offers.remove(&offer);
                self.take_call_back(call);
                let seat = self.pool.members.get(&agent).and_then(|member| member.seat);
                let seat = seat.map(Seat::Desk);
                self.tell(call, Routed::Connect { offer, agent, waited }, seat);
            }
            Output::TooLate { offer, agent } => {
                self.desk(&agent, desk::Input::Withdrawn(offer, "caller_left"));
                self.settled(offer, Settlement::CallerGone);
            }
            Output::Overflow { call, .. } if self.pool.callbacks.has(call) => {
                self.callbacks(owed::Input::Overflowed(call));
                if !self.pool.offers.values().any(|rung| rung.call == call) {
                    self.pool.waiting.remove(&call);
                }
            }
            Output::Overflow { ticket, call, outcome } => {
                self.tell(call, Routed::Overflow { ticket, outcome }, None);
            }
            Output::Place { ticket, call, position, expected } => {
                let expected = expected.map(|expected| (expected.p50, expected.p80));
                self.tell(call, Routed::Place { ticket, position, expected }, None);
            }
            Output::Duty { agent, standing } => {
                self.desk(&agent, desk::Input::Standing(standing));
            }
            Output::Refused { agent, why } => panic!("{agent} is not employed: {why}"),
            Output::Event(event) => {
                self.pool.figures.handle(&event);
                if let Fact::OfferSettled { offer, result, .. } = event.fact {
                    self.settled(offer, result);
                }
                if let Fact::Breached { .. } = event.fact {
                    panic!("a promise of routing was broken: {event:?}");
                }
            }
        }
    }

    fn ring(
        &mut self,
        (offer, ticket, call): (OfferId, TicketId, CallId),
        agent: AgentId,
        until: Moment,
    ) {
        let member = self.pool.members.get(&agent).expect("who is rung is a member");
        let phone = member.phone.clone();
        self.offers_call_back(call);
        if phone == Phone::Desk {
            let waiting = self.pool.waiting.get(&call).expect("who rings waits");
            let card = waiting.card.clone();
            self.desk(&agent, desk::Input::Offered { offer, until, card });
        }
        self.tell(call, Routed::Offered { ticket, offer, agent, phone }, None);
    }

    fn settled(&mut self, offer: OfferId, settlement: Settlement) {
        let (result, word) = match settlement {
            Settlement::Accepted => return,
            Settlement::CallerGone | Settlement::TimedOut => {
                (OfferResult::CallerLeft, "caller_left")
            }
            Settlement::Missed | Settlement::Swept => (OfferResult::Missed, "missed"),
            Settlement::Rejected => (OfferResult::Declined, "declined"),
            Settlement::Unreachable | Settlement::AgentGone => {
                (OfferResult::Unreachable, "left_duty")
            }
        };
        if let Some(Rung { call, agent }) = self.pool.offers.remove(&offer) {
            self.tell(call, Routed::Withdrawn { offer, result }, None);
            self.desk(&agent, desk::Input::Withdrawn(offer, word));
        }
    }

    fn tell(&mut self, call: CallId, news: Routed, desk: Option<Seat>) {
        self.order(call, exchange::Input::Routed(news), desk);
    }

    fn order(&mut self, call: CallId, input: exchange::Input, desk: Option<Seat>) {
        if let Some(worker) = self.pool.waiting.get(&call).map(|waiting| waiting.worker) {
            let message = ToWorker::Call { call, input, desk };
            self.post_worker(worker, message);
        }
    }

    fn desk(&mut self, agent: &AgentId, input: desk::Input) {
        if let Some(member) = self.pool.members.get_mut(agent) {
            member.desk.handle(self.now, input);
            self.drain_desk(agent);
        }
    }

    fn drain_desk(&mut self, agent: &AgentId) {
        while let Some(output) =
            self.pool.members.get_mut(agent).and_then(|member| member.desk.poll_output())
        {
            self.trace(|| format!("  desk of {agent} asks {output:?}"));
            match output {
                desk::Output::Send(socket, news) => self.show(agent, socket, news),
                desk::Output::Close(socket) => self.closes_socket(agent, socket),
                desk::Output::Route(input) => self.route(input),
                desk::Output::Order(call, order) => {
                    self.order(call, exchange::Input::Agent(order), None);
                }
                desk::Output::OpenAudio(_) => {
                    let leg = self.seat(agent);
                    self.opens_audio(agent, leg);
                }
                desk::Output::Candidate(_) => {}
                desk::Output::CloseAudio => {
                    let member = self.pool.members.get_mut(agent);
                    if let Some(leg) = member.and_then(|member| member.seat.take()) {
                        self.hub.remove(&leg);
                        self.floor.close_agent(Seat::Desk(leg));
                    }
                }
            }
        }
        let wake = self.pool.members.get(agent).and_then(|member| member.desk.poll_timeout());
        self.pool.agenda.set(Wake::Desk(agent.clone()), wake.map(|(at, _)| at));
    }

    fn show(&mut self, agent: &AgentId, socket: SocketId, news: News) {
        if !self.pool.sockets.contains_key(&socket) {
            return;
        }
        if let News::Ping { t } = news {
            self.is_pinged(agent, socket, t);
        }
        let Some(member) = self.pool.members.get_mut(agent) else { return };
        match (news, &mut member.shown) {
            (News::State(state), shown) => *shown = Some(*state),
            (News::Offer(offer), Some(shown)) => shown.offer = Some(*offer),
            _ => {}
        }
    }

    fn seat(&mut self, agent: &AgentId) -> u64 {
        self.pool.legs += 1;
        let fresh = self.pool.legs;
        let member = self.pool.members.get_mut(agent).expect("a desk has an agent");
        *member.seat.get_or_insert(fresh)
    }

    /// How late a task comes when nothing but its own deadline calls it.
    pub(crate) const fn lateness(&self) -> Duration {
        self.late
    }
}
