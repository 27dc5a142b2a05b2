//! The fold from a call's events to its one record.

use std::collections::BTreeMap;

use crate::base::id::{AgentId, CallId, EntityId, QueueId};
use crate::base::limit::{LEDGER_CALLS_MAX, RECORD_STEPS_MAX, RECORD_TAGS_MAX};
use crate::base::time::Wall;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{CallEvent, Direction, Fact, Line, OfferResult};
use crate::record::call_record::{
    CallRecord, Conversation, RungAgent, Step, StepFact, Transfer, VERSION,
};

/// What the ending says until it has come, and what stays when it never comes.
const UNTOLD: Ending = Ending { by: Side::System, cause: Cause::Fault };

/// The calls that have come in and not ended.
#[derive(Debug, Default)]
pub struct Ledger {
    open: BTreeMap<CallId, Draft>,
}

/// A record in the making.
#[derive(Debug)]
struct Draft {
    record: CallRecord,
    talk: Option<Talk>,
}

/// A conversation that goes on.
#[derive(Debug)]
struct Talk {
    since: Wall,
    held_since: Option<Wall>,
}

impl Ledger {
    /// Takes one event, and gives the record when it was the call's last.
    ///
    /// Each call that arrived gives exactly one record. Events of a call that never arrived, or has
    /// ended, are passed over. With [`LEDGER_CALLS_MAX`] open calls the oldest is closed as a fault
    /// of ours to make room, and its record is what this gives.
    pub fn handle(&mut self, event: CallEvent) -> Option<CallRecord> {
        let CallEvent { version: _, call, at, fact } = event;
        match fact {
            Fact::Arrived { direction, from, to, trunk, line, bundle, flow } => {
                if self.open.contains_key(&call) {
                    return None;
                }
                let oldest = self.make_room(at);
                let mut record = blank(call, at, line);
                record = CallRecord { direction, from, to, trunk, bundle, flow, ..record };
                self.open.insert(call, Draft { record, talk: None });
                oldest
            }
            Fact::Ended { ending } => Some(self.open.remove(&call)?.close(at, ending)),
            fact @ (Fact::Answered
            | Fact::Entered { .. }
            | Fact::Outcome { .. }
            | Fact::Pressed { .. }
            | Fact::Tagged { .. }
            | Fact::Language { .. }
            | Fact::Queued { .. }
            | Fact::Offered { .. }
            | Fact::OfferEnded { .. }
            | Fact::Connected { .. }
            | Fact::Held
            | Fact::Unheld
            | Fact::Released { .. }
            | Fact::AgentLost { .. }
            | Fact::LeftQueue { .. }
            | Fact::Transferred { .. }
            | Fact::TransferEnded { .. }
            | Fact::Recording { .. }
            | Fact::Measured { .. }) => {
                self.open.get_mut(&call)?.note(at, fact);
                None
            }
        }
    }

    /// Calls that have not ended.
    #[must_use]
    pub fn open_calls(&self) -> usize {
        self.open.len()
    }

    /// Closes every open call with `ending`: the engine stops and will hear no more of them.
    pub fn close_all(&mut self, at: Wall, ending: Ending) -> Vec<CallRecord> {
        std::mem::take(&mut self.open).into_values().map(|draft| draft.close(at, ending)).collect()
    }

    fn make_room(&mut self, at: Wall) -> Option<CallRecord> {
        if self.open.len() < LEDGER_CALLS_MAX {
            return None;
        }
        let (_, oldest) = self.open.pop_first()?;
        Some(oldest.close(at, UNTOLD))
    }
}

impl Draft {
    fn note(&mut self, at: Wall, fact: Fact) {
        let since_arrival = span(self.record.arrived_at, at);
        let record = &mut self.record;
        match fact {
            // The ledger itself handles a call's first and last fact.
            Fact::Arrived { .. } | Fact::Ended { .. } => {}
            Fact::Answered => record.answered_at = record.answered_at.or(Some(at)),
            Fact::Entered { flow, node } => {
                let step = Step { at_ms: since_arrival, flow, node, outcome: None, keys: None };
                record.path.enter(step);
            }
            Fact::Outcome { flow, node, outcome } => {
                record.path.note(&flow, &node, StepFact::Outcome(outcome));
            }
            Fact::Pressed { flow, node, keys } => {
                record.path.note(&flow, &node, StepFact::Keys(keys));
            }
            Fact::Tagged { name } => {
                if record.tags.len() < RECORD_TAGS_MAX && !record.tags.contains(&name) {
                    record.tags.push(name);
                }
            }
            Fact::Language { language } => record.language = Some(language),
            Fact::Queued { ticket: _, queue, entity, class } => self.queued(queue, entity, class),
            Fact::Offered { agent, .. } => {
                if record.offers.len() < RECORD_STEPS_MAX {
                    record.offers.push(RungAgent { agent, at_ms: since_arrival, result: None });
                }
            }
            Fact::OfferEnded { agent, result, .. } => self.offer_ended(&agent, result),
            Fact::Connected { agent, line, waited_ms, .. } => {
                self.connect(at, agent, line, waited_ms);
            }
            Fact::Held => {
                if let Some(talk) = &mut self.talk {
                    talk.held_since = talk.held_since.or(Some(at));
                }
            }
            Fact::Unheld => self.unhold(at),
            Fact::Released { agent: _, by, talk_ms, held_ms } => {
                self.talk = None;
                if let Some(last) = record.conversations.last_mut() {
                    *last = Conversation { talk_ms, held_ms, by: Some(by), ..last.clone() };
                }
            }
            Fact::AgentLost { agent: _ } => self.break_off(at),
            Fact::LeftQueue { why, waited_ms, .. } => {
                record.left_queue = Some(why);
                add(&mut record.queue_wait_ms, waited_ms);
            }
            // The fact of its end has all of it.
            Fact::Transferred { .. } => {}
            Fact::TransferEnded { to, result, by, talk_ms } => {
                let at_ms = since_arrival.saturating_sub(talk_ms);
                self.transferred(Transfer { to, at_ms, result, by, talk_ms });
            }
            Fact::Recording { change } => record.recorded(since_arrival, change),
            Fact::Measured { side, figures } => match side {
                Side::Caller => record.caller_audio = Some(figures),
                Side::Agent => record.agent_audio = Some(figures),
                // Only legs are measured.
                Side::Outside | Side::Flow | Side::System => {}
            },
        }
    }

    fn queued(&mut self, queue: QueueId, entity: Option<EntityId>, class: u8) {
        let record = &mut self.record;
        record.queue = Some(queue);
        record.entity = entity.or_else(|| record.entity.take());
        record.class = Some(class);
        record.left_queue = None;
    }

    fn transferred(&mut self, transfer: Transfer) {
        if self.record.transfers.len() < RECORD_STEPS_MAX {
            self.record.transfers.push(transfer);
        }
    }

    fn offer_ended(&mut self, agent: &AgentId, result: OfferResult) {
        let is_it = |rung: &&mut RungAgent| rung.agent == *agent && rung.result.is_none();
        if let Some(rung) = self.record.offers.iter_mut().rev().find(is_it) {
            rung.result = Some(result);
        }
    }

    fn connect(&mut self, at: Wall, agent: AgentId, line: Line, waited_ms: u64) {
        self.break_off(at);
        let record = &mut self.record;
        add(&mut record.queue_wait_ms, waited_ms);
        if record.conversations.len() < RECORD_STEPS_MAX {
            let at_ms = span(record.arrived_at, at);
            let talk = Conversation { agent, line, at_ms, talk_ms: 0, held_ms: 0, by: None };
            record.conversations.push(talk);
            self.talk = Some(Talk { since: at, held_since: None });
        }
    }

    fn unhold(&mut self, at: Wall) {
        let held_since = self.talk.as_mut().and_then(|talk| talk.held_since.take());
        if let (Some(since), Some(last)) = (held_since, self.record.conversations.last_mut()) {
            last.held_ms = last.held_ms.saturating_add(span(since, at));
        }
    }

    /// Ends a conversation whose own end was not told.
    fn break_off(&mut self, at: Wall) {
        self.unhold(at);
        if let (Some(talk), Some(last)) = (self.talk.take(), self.record.conversations.last_mut()) {
            last.talk_ms = span(talk.since, at);
        }
    }

    fn close(mut self, at: Wall, ending: Ending) -> CallRecord {
        self.break_off(at);
        let mut record = self.record;
        for talk in &record.conversations {
            add(&mut record.talk_ms, talk.talk_ms);
            record.held_ms = record.held_ms.saturating_add(talk.held_ms);
        }
        CallRecord { ended_at: at, ending, ..record }
    }
}

fn blank(call: CallId, at: Wall, line: Line) -> CallRecord {
    CallRecord {
        version: VERSION,
        call,
        direction: Direction::Inbound,
        from: String::new(),
        to: String::new(),
        trunk: String::new(),
        line,
        bundle: String::new(),
        flow: String::new(),
        arrived_at: at,
        answered_at: None,
        ended_at: at,
        path: Default::default(),
        tags: Vec::new(),
        language: None,
        entity: None,
        queue: None,
        class: None,
        queue_wait_ms: None,
        left_queue: None,
        offers: Vec::new(),
        conversations: Vec::new(),
        transfers: Vec::new(),
        talk_ms: None,
        held_ms: 0,
        recordings: Vec::new(),
        ending: UNTOLD,
        caller_audio: None,
        agent_audio: None,
    }
}

/// Milliseconds from `earlier` to `later`, or 0 when the wall clock was set back.
fn span(earlier: Wall, later: Wall) -> u64 {
    u64::try_from(later.0.saturating_sub(earlier.0)).unwrap_or(0)
}

fn add(total: &mut Option<u64>, more: u64) {
    *total = Some(total.unwrap_or(0).saturating_add(more));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::id::{OfferId, TicketId};
    use crate::call::event::{AudioFigures, Departure};

    const OVER: Ending = Ending { by: Side::Agent, cause: Cause::HungUp };

    fn call(number: u64) -> CallId {
        CallId::new(Wall(i64::try_from(number).expect("small")), &mut Rng::seeded(number))
    }

    fn arrived() -> Fact {
        Fact::Arrived {
            direction: Direction::Inbound,
            from: "+971501234567".into(),
            to: "800".into(),
            trunk: "carrier".into(),
            line: Line::Sip,
            bundle: "abc".into(),
            flow: "main".into(),
        }
    }

    fn entered(node: &str) -> Fact {
        Fact::Entered { flow: "main".into(), node: node.into() }
    }

    fn queued() -> Fact {
        let ticket = TicketId::new(Wall(1), &mut Rng::seeded(7));
        Fact::Queued { ticket, queue: "care".into(), entity: Some("power".into()), class: 2 }
    }

    fn connected(agent: &str, waited_ms: u64) -> Fact {
        let ticket = TicketId::new(Wall(1), &mut Rng::seeded(7));
        Fact::Connected { ticket, agent: agent.into(), line: Line::Webrtc, waited_ms }
    }

    fn offered(agent: &str, result: Option<OfferResult>) -> Fact {
        let offer = OfferId::new(Wall(1), &mut Rng::seeded(8));
        let ticket = TicketId::new(Wall(1), &mut Rng::seeded(7));
        match result {
            Some(result) => Fact::OfferEnded { offer, agent: agent.into(), result },
            None => Fact::Offered { ticket, offer, agent: agent.into() },
        }
    }

    /// Folds one call's facts, each at its millisecond, and gives all the records.
    fn fold(facts: Vec<(i64, Fact)>) -> Vec<CallRecord> {
        let mut ledger = Ledger::default();
        let event = |(at, fact)| CallEvent { version: 1, call: call(1), at: Wall(at), fact };
        facts.into_iter().filter_map(|fact| ledger.handle(event(fact))).collect()
    }

    #[test]
    fn a_served_call_gives_one_record_with_everything_in_it() {
        let released = Fact::Released {
            agent: "maryam".into(),
            by: Side::Agent,
            talk_ms: 90_000,
            held_ms: 5_000,
        };
        let figures = AudioFigures { received: 10, ..AudioFigures::default() };
        let keys = Fact::Pressed { flow: "main".into(), node: "menu".into(), keys: "1".into() };
        let outcome =
            Fact::Outcome { flow: "main".into(), node: "menu".into(), outcome: "key.1".into() };
        let records = fold(vec![
            (1_000, arrived()),
            (1_100, Fact::Answered),
            (1_200, entered("menu")),
            (3_000, keys),
            (3_000, outcome),
            (3_000, Fact::Language { language: "ar".into() }),
            (3_000, Fact::Tagged { name: "asked".into() }),
            (3_100, Fact::Tagged { name: "asked".into() }),
            (4_000, queued()),
            (5_000, offered("salem", None)),
            (20_000, offered("salem", Some(OfferResult::Missed))),
            (20_000, offered("maryam", None)),
            (24_000, offered("maryam", Some(OfferResult::Accepted))),
            (24_000, connected("maryam", 20_000)),
            (114_000, released),
            (114_000, Fact::Measured { side: Side::Caller, figures }),
            (114_100, Fact::Ended { ending: OVER }),
            (114_200, Fact::Ended { ending: OVER }),
        ]);
        let [record] = records.as_slice() else { panic!("one record, not {}", records.len()) };
        let step = Step {
            at_ms: 200,
            flow: "main".into(),
            node: "menu".into(),
            outcome: Some("key.1".into()),
            keys: Some("1".into()),
        };
        assert_eq!(record.path.steps, [step]);
        assert_eq!(record.tags, ["asked"]);
        assert_eq!(record.queue_wait_ms, Some(20_000));
        assert_eq!((record.talk_ms, record.held_ms), (Some(90_000), 5_000));
        let results: Vec<_> = record.offers.iter().map(|rung| rung.result).collect();
        assert_eq!(results, [Some(OfferResult::Missed), Some(OfferResult::Accepted)]);
        assert_eq!(record.agent(), Some(&"maryam".into()));
        assert_eq!(record.caller_audio, Some(figures));
        assert_eq!((record.arrived_at, record.ended_at), (Wall(1_000), Wall(114_100)));
        assert_eq!(record.ending, OVER);
        let text = serde_json::to_string(record).expect("plain values");
        assert_eq!(serde_json::from_str::<CallRecord>(&text).expect("reads back"), *record);
    }

    #[test]
    fn a_lost_agent_and_the_next_one_are_both_in_the_record() {
        let records = fold(vec![
            (0, arrived()),
            (0, queued()),
            (10_000, connected("maryam", 10_000)),
            (15_000, Fact::Held),
            (17_000, Fact::AgentLost { agent: "maryam".into() }),
            (17_000, queued()),
            (20_000, connected("salem", 3_000)),
            (30_000, Fact::Ended { ending: OVER }),
        ]);
        let talks: Vec<_> =
            records[0].conversations.iter().map(|talk| (talk.talk_ms, talk.held_ms)).collect();
        assert_eq!(talks, [(7_000, 2_000), (10_000, 0)]);
        assert_eq!(records[0].queue_wait_ms, Some(13_000));
        assert_eq!(records[0].talk_ms, Some(17_000));
        assert!(records[0].has_talked(&"maryam".into()));
    }

    #[test]
    fn an_abandon_has_its_wait_and_no_talk() {
        let ticket = TicketId::new(Wall(1), &mut Rng::seeded(7));
        let left = Fact::LeftQueue { ticket, why: Departure::CallerLeft, waited_ms: 42_000 };
        let ending = Ending { by: Side::Caller, cause: Cause::HungUp };
        let facts =
            vec![(0, arrived()), (0, queued()), (42_000, left), (42_000, Fact::Ended { ending })];
        let records = fold(facts);
        assert_eq!(records[0].queue_wait_ms, Some(42_000));
        assert_eq!(records[0].left_queue, Some(Departure::CallerLeft));
        assert_eq!((records[0].talk_ms, records[0].agent()), (None, None));
    }

    #[test]
    fn a_long_way_is_listed_up_to_the_limit_and_counted_beyond() {
        let mut facts = vec![(0, arrived())];
        facts.extend((0..RECORD_STEPS_MAX + 3).map(|_| (1, entered("loop"))));
        facts.push((2, Fact::Ended { ending: OVER }));
        let records = fold(facts);
        assert_eq!(records[0].path.steps.len(), RECORD_STEPS_MAX);
        assert_eq!(records[0].path.unlisted, 3);
    }

    #[test]
    fn what_is_said_of_an_unknown_call_is_passed_over() {
        assert_eq!(fold(vec![(0, Fact::Answered), (1, Fact::Ended { ending: OVER })]), []);
    }

    #[test]
    fn at_the_limit_the_oldest_call_is_closed_as_our_fault() {
        let mut ledger = Ledger::default();
        let mut rng = Rng::seeded(1);
        let mut arrive = |ledger: &mut Ledger, at: i64| {
            let call = CallId::new(Wall(at), &mut rng);
            ledger.handle(CallEvent { version: 1, call, at: Wall(at), fact: arrived() })
        };
        for at in 0..LEDGER_CALLS_MAX {
            assert_eq!(arrive(&mut ledger, i64::try_from(at).expect("small")), None);
        }
        let closed = arrive(&mut ledger, 1_000_000).expect("the oldest");
        assert_eq!((closed.arrived_at, closed.ending), (Wall(0), UNTOLD));
        assert_eq!(ledger.open_calls(), LEDGER_CALLS_MAX);
    }

    #[test]
    fn what_is_open_at_the_stop_is_recorded_too() {
        let mut ledger = Ledger::default();
        let event = CallEvent { version: 1, call: call(1), at: Wall(0), fact: arrived() };
        ledger.handle(event);
        let ending = Ending { by: Side::System, cause: Cause::Draining };
        let records = ledger.close_all(Wall(9), ending);
        assert_eq!((records[0].ending, records[0].ended_at), (ending, Wall(9)));
        assert_eq!(ledger.open_calls(), 0);
    }
}
