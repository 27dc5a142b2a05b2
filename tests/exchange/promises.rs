//! What holds after every step, whenever nothing is on its way, and at the end.

use std::time::Duration;

use hatif::base::id::{AgentId, CallId};
use hatif::base::limit::ERRAND_PATIENCE;
use hatif::call::exchange::Phone;
use hatif::call::owed;
use hatif::desk::machine::RECONNECTING;
use hatif::record::figures::{AgentTally, LineTally};
use hatif::routing::{Duty, Standing};

use crate::simulator::books::{Held, Place, Ring};
use crate::simulator::mail::Seat;
use crate::simulator::shift::Shift;
use crate::simulator::worker::Caller;

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
            // The transport waits for the ACK; a talk ends by its sides, and desks have deadlines; an
            // agent is offered a call-back for as long as routing lets her ring.
            let waits_for_others = match call.stage() {
                "agent" => true,
                "ivr" => !visit.is_confirmed,
                "queue" => matches!(visit.caller, Caller::Citizen(_)),
                _ => false,
            };
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
        let (mut in_line, mut calling) = (0, 0);
        for (call, place) in self.books.places() {
            match place {
                Place::Line { ticket, queue, since, ring } => {
                    // Whose place a call-back has taken is told so, or hears in the end that nobody
                    // came.
                    let is_kept = self.kept.contains(ticket);
                    in_line += usize::from(!is_kept);
                    let longest = if queue.as_str() == "care" { 90 } else { 60 };
                    let longest = if is_kept { longest + 30 } else { longest };
                    let waited = self.now.since(*since);
                    let may_wait = Duration::from_secs(longest) + SLACK;
                    assert!(waited <= may_wait, "{call} has waited for {waited:?}");
                    if let Ring::On(offer) = ring {
                        let rung = self.pool.offers.get(offer).map(|rung| rung.call);
                        assert_eq!(rung, Some(call), "{call} rings nowhere");
                    }
                    assert_ne!(*ring, Ring::Accepted);
                    // While a call-back is written down there is silence.
                    let asked = self.asked.get(&call).map(|at| self.now.since(*at));
                    if asked.is_none_or(|asked| ERRAND_PATIENCE + SLACK < asked) {
                        self.hears_something(call);
                    }
                }
                Place::Talk { agent, held } => self.check_talk(call, agent, *held),
                Place::Calling { .. } => {
                    calling += usize::from(!self.endings.contains_key(&call));
                }
                Place::Outside => self.hears_something(call),
                Place::Flow | Place::Ended => {}
            }
        }
        let waiting: usize = self.pool.group.waiting().map(|line| line.waiting).sum();
        let owed = self.pool.callbacks.counts();
        assert_eq!(waiting, in_line + owed.in_line, "calls and routing differ about who waits");
        assert_eq!(calling, owed.calling, "calls and the book differ about who is called back");
        self.check_promises();
        for (call, offer) in self.phones() {
            let is_wanted = match self.books.place(call) {
                Some(Place::Line { ring, .. }) => *ring == Ring::On(offer),
                Some(Place::Talk { .. } | Place::Calling { .. } | Place::Outside) => true,
                // Somebody outside, or an agent who is offered a call-back.
                Some(Place::Flow) | None => self.waits_for_somebody(call),
                Some(Place::Ended) => false,
            };
            assert!(is_wanted, "a phone is kept for {call}, who does not want it");
        }
    }

    /// Every call-back that was promised is in the book, until it is kept or given up.
    fn check_promises(&self) {
        let counts = self.pool.callbacks.counts();
        let open = self.promises.values().filter(|standing| **standing == owed::Standing::Waiting);
        assert_eq!(open.count(), counts.resting + counts.in_line + counts.calling, "{counts:?}");
    }

    /// Whether a call is such that a phone of its own rings or talks.
    fn waits_for_somebody(&self, call: CallId) -> bool {
        let mut visits = self.workers.iter().filter_map(|worker| worker.visits.get(&call));
        visits.any(|visit| matches!(visit.call.stage(), "ivr" | "queue"))
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
                let rings = matches!(place, Some(Place::Line { ring: Ring::On(on), .. }) if on == *offer)
                    || (place.is_none() && self.pool.callbacks.has(rung.call));
                assert!(rings, "{agent} is rung for {}, who is in {place:?}", rung.call);
            }
            Duty::Talking | Duty::Held => {
                assert!(rung.is_empty(), "{agent} talks, and is offered {rung:?}");
                let call = standing.call.expect("who talks has a call");
                let place = self.books.place(call);
                if let Some(Place::Calling { agent: with, .. }) = place {
                    assert_eq!((with, standing.duty), (agent, Duty::Talking));
                    return;
                }
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
    pub(crate) fn check_end(&mut self) {
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
        self.check_promises();
        let counts = self.pool.callbacks.counts();
        assert_eq!((counts.in_line, counts.calling), (0, 0), "call-backs are left in the air");
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
        self.check_figures();
    }
}

impl Shift {
    /// The figures add up to what the group decided, and to what the records say.
    fn check_figures(&mut self) {
        let sums = self.pool.group.sums();
        self.pool.figures.handle_timeout(self.epoch.wall(self.now));
        let batch = self.pool.figures.take();
        let mut lines = LineTally::default();
        batch.lines.values().for_each(|tally| lines.add(tally));
        let mut agents = AgentTally::default();
        batch.agents.values().for_each(|tally| agents.add(tally));
        assert_eq!(lines.offered + lines.callbacks, sums.entered);
        assert_eq!(lines.answered + lines.callbacks_answered, sums.connected);
        assert_eq!(agents.answered, sums.connected);
        assert_eq!(agents.handling_ms(), lines.handling_ms() + lines.callbacks_handling_ms);
        let records = self.books.records().values();
        let talks: usize = records.map(|record| record.conversations.len()).sum();
        assert!(to_u64(talks) <= sums.connected, "each talk was counted: {talks}, {sums:?}");
    }
}

fn to_u64(number: usize) -> u64 {
    u64::try_from(number).expect("a small number")
}
