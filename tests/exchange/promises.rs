//! What holds after every step, whenever nothing is on its way, and at the end.

use std::time::Duration;

use hatif::base::id::{AgentId, CallId};
use hatif::call::exchange::Phone;
use hatif::desk::machine::RECONNECTING;
use hatif::routing::{Duty, Standing};

use crate::simulator::books::{Held, Place, Ring};
use crate::simulator::mail::Seat;
use crate::simulator::shift::Shift;

/// How late a deadline may be kept: tasks are slow in some shifts.
const SLACK: Duration = Duration::from_secs(8);
/// How long a desk may be gone and keep its talk: the socket's silence, then the grace.
const GONE_MAX: Duration = Duration::from_secs(15 + 30);

impl Shift {
    /// After every step.
    pub(crate) fn check_step(&self) {
        self.floor.check();
        for visit in self.workers.iter().flat_map(|worker| worker.visits.values()) {
            let call = &visit.call;
            // The transport waits for the ACK; a talk ends by its sides, and desks have deadlines.
            let waits_for_others =
                call.stage() == "agent" || (call.stage() == "ivr" && !visit.is_confirmed);
            assert!(
                waits_for_others || call.poll_timeout().is_some(),
                "{} waits in `{}` without a deadline",
                call.id(),
                call.stage()
            );
        }
        let waiting: usize = self.pool.group.waiting().map(|line| line.waiting).sum();
        let sums = self.pool.group.sums();
        let settled = sums.connected + sums.left + sums.overflowed;
        assert_eq!(sums.entered, settled + to_u64(waiting), "{sums:?}");
        assert_eq!(sums.breaches, 0);
        assert!(waiting == 0 || self.pool.group.poll_timeout().is_some());
        for (agent, member) in &self.pool.members {
            let is_watched = member.desk.socket().is_none() || member.desk.poll_timeout().is_some();
            assert!(is_watched, "the desk of {agent} waits without a deadline");
        }
    }

    /// When no message is on its way, everybody is of one mind.
    pub(crate) fn check_quiet(&self) {
        let agents = self.pool.members.keys();
        agents.for_each(|agent| self.check_agent(agent));
        let mut in_line = 0;
        for (call, place) in self.books.places() {
            match place {
                Place::Line { queue, since, ring, .. } => {
                    in_line += 1;
                    let longest = if queue.as_str() == "care" { 90 } else { 60 };
                    let waited = self.now.since(*since);
                    let may_wait = Duration::from_secs(longest) + SLACK;
                    assert!(waited <= may_wait, "{call} has waited for {waited:?}");
                    if let Ring::On(offer) = ring {
                        let rung = self.pool.offers.get(offer).map(|rung| rung.call);
                        assert_eq!(rung, Some(call), "{call} rings nowhere");
                    }
                    assert_ne!(*ring, Ring::Accepted);
                    self.hears_something(call);
                }
                Place::Talk { agent, held } => self.check_talk(call, agent, *held),
                Place::Flow | Place::Ended => {}
            }
        }
        let waiting: usize = self.pool.group.waiting().map(|line| line.waiting).sum();
        assert_eq!(waiting, in_line, "calls and routing differ about who waits");
        for (call, offer) in self.phones() {
            let is_wanted = match self.books.place(call) {
                Some(Place::Line { ring, .. }) => *ring == Ring::On(offer),
                Some(Place::Talk { .. }) => true,
                Some(Place::Flow | Place::Ended) | None => false,
            };
            assert!(is_wanted, "a phone is kept for {call}, who does not want it");
        }
    }

    fn check_agent(&self, agent: &AgentId) {
        let standing = self.pool.group.standing(agent).expect("she is employed");
        let member = &self.pool.members[agent];
        let rung: Vec<_> =
            self.pool.offers.iter().filter(|(_, rung)| rung.agent == *agent).collect();
        match standing.duty {
            Duty::Ringing => {
                let [(offer, rung)] = rung.as_slice() else {
                    panic!("{agent} rings, and is offered {rung:?}")
                };
                assert_eq!((Some(**offer), Some(rung.call)), (standing.offer, standing.call));
                let place = self.books.place(rung.call);
                let rings =
                    matches!(place, Some(Place::Line { ring: Ring::On(on), .. }) if on == *offer);
                assert!(rings, "{agent} is rung for {}, who is in {place:?}", rung.call);
            }
            Duty::Talking | Duty::Held => {
                assert!(rung.is_empty(), "{agent} talks, and is offered {rung:?}");
                let call = standing.call.expect("who talks has a call");
                let place = self.books.place(call);
                let Some(Place::Talk { agent: with, held }) = place else {
                    panic!("{agent} talks with {call}, who is in {place:?}")
                };
                assert_eq!(with, agent);
                assert_eq!(*held == Held::Yes, standing.duty == Duty::Held, "{agent}: hold");
            }
            Duty::Offline
            | Duty::Available
            | Duty::Reserved
            | Duty::WrapUp
            | Duty::Away
            | Duty::Missed => {
                assert!(rung.is_empty(), "{agent} is {:?}, and offered {rung:?}", standing.duty);
                let talk = self.books.talk_of(agent);
                assert_eq!(talk, None, "{agent} is {:?}, and in talk", standing.duty);
            }
        }
        if member.phone == Phone::Desk {
            self.check_shown(agent, &standing);
        }
    }

    /// The browser shows what routing knows.
    fn check_shown(&self, agent: &AgentId, standing: &Standing) {
        let member = &self.pool.members[agent];
        let Some(shown) = member.shown.as_ref().filter(|_| member.desk.socket().is_some()) else {
            assert_ne!(standing.duty, Duty::Available, "{agent} is not there, and free for calls");
            return;
        };
        match (standing.duty, standing.reason.as_deref()) {
            (Duty::Available, _) => assert_eq!(shown.audio, "up", "{agent} is free, and deaf"),
            (_, Some(RECONNECTING)) => {
                assert_eq!(shown.audio, "down", "{agent} is whole, and kept away from her work");
            }
            _ => {}
        }
        assert_eq!(shown.duty, standing.duty, "{agent} is shown another duty");
        let offer = shown.offer.as_ref().map(|offer| offer.offer.clone());
        let rings = standing.offer.map(|offer| offer.to_string());
        assert_eq!(offer, rings, "{agent} is shown another offer");
        let talks = matches!(standing.duty, Duty::Talking | Duty::Held);
        let call = standing.call.filter(|_| talks).map(|call| call.to_string());
        assert_eq!(shown.call.as_ref().map(|call| call.call.clone()), call, "{agent}: call");
    }

    fn check_talk(&self, call: CallId, agent: &AgentId, held: Held) {
        self.hears_something(call);
        let (seat, phone_over) = self.seat_of(call);
        let seat = seat.expect("who talks has an agent's seat");
        if let Some(over) = phone_over {
            panic!("{call} talks to a phone that ended at {over}");
        }
        let joined = self.floor.leg(call).and_then(|leg| leg.peer);
        let is_up = match seat {
            Seat::Phone(_) => self.floor.has(seat),
            Seat::Desk(leg) => self.hub.get(&leg).is_some_and(|connection| connection.is_up),
        };
        match held {
            Held::Yes => assert_eq!(joined, None, "{call} is on hold, and joined"),
            Held::No if is_up => assert_eq!(joined, Some(seat), "{call} is not joined to {agent}"),
            Held::No => {}
        }
        if let Seat::Desk(_) = seat {
            let gone = self.pages[agent].gone_since.map(|since| self.now.since(since));
            let is_kept = gone.is_none_or(|gone| gone <= GONE_MAX + SLACK);
            assert!(is_kept, "{call} is kept by {agent}, who is gone for {gone:?}");
            let shown = self.pool.members[agent].shown.as_ref();
            let muted = shown.and_then(|shown| shown.call.as_ref()).is_some_and(|call| call.muted);
            if self.pool.members[agent].desk.socket().is_some() {
                assert_eq!(self.floor.is_muted(seat), muted, "{agent} is shown another mute");
            }
        }
    }

    /// Who waits or talks is joined or hears something.
    fn hears_something(&self, call: CallId) {
        let leg = self.floor.leg(call).expect("who is there has a leg");
        assert!(leg.peer.is_some() || leg.playing.is_some(), "{call} hears nothing");
    }

    /// When everybody has gone home.
    pub(crate) fn check_end(&self) {
        assert!(self.mail.is_quiet(), "messages are still on their way");
        for worker in &self.workers {
            assert!(worker.visits.is_empty(), "calls are left: {:?}", worker.visits.keys());
        }
        for (call, place) in self.books.places() {
            assert_eq!(*place, Place::Ended, "{call} has not ended");
            let record = self.books.records().get(&call).expect("an ended call has a record");
            assert_eq!(Some(&record.ending), self.endings.get(&call), "the first ending of {call}");
        }
        let calls = to_u64(self.books.records().len());
        assert_eq!(calls, self.figures.calls, "one record per call");
        assert_eq!(self.books.open_calls(), 0);
        self.pool.check_empty();
        self.floor.check_empty();
        for (agent, member) in &self.pool.members {
            let duty = self.pool.group.standing(agent).expect("she is employed").duty;
            match (duty, &member.phone) {
                (Duty::Offline, Phone::Desk)
                | (Duty::Offline | Duty::Available | Duty::Away | Duty::Missed, Phone::Sip(_)) => {}
                _ => panic!("{agent} is {duty:?} after everything"),
            }
        }
        let sums = self.pool.group.sums();
        assert_eq!(sums.entered, sums.connected + sums.left + sums.overflowed);
    }
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).expect("a small number")
}
