//! The fold from the pool's events to the figures of queues and agents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{AgentId, EntityId, QueueId, TicketId};
use crate::base::limit::SHORT_ABANDON;
use crate::routing::{Departure, Duty, Event, Fact, Settlement, Waits};
use crate::telemetry::calls::{Shift, word};
use crate::telemetry::catalogue::Metric;
use crate::telemetry::meter::{Meter, number};

/// Reasons to be away that are shown apart; what else a desk sends is `other`.
const AWAY_REASONS: [&str; 4] = ["break", "prayer", "meeting", "training"];

type Place = (QueueId, Option<EntityId>);

/// Counts what happens in a routing group. Queues are judged by their callers: a call-back in line
/// has figures of its own, for nobody waits on the phone, and nobody may answer.
#[derive(Debug)]
pub struct PoolMeter {
    meter: Arc<Meter>,
    waiting: BTreeMap<TicketId, Place>,
    call_backs: BTreeSet<TicketId>,
    callers: BTreeMap<Place, usize>,
    duties: BTreeMap<AgentId, (Duty, String)>,
    agents: BTreeMap<(Duty, String), usize>,
}

impl PoolMeter {
    /// A fold that counts on `meter`. Its memory is bounded by the group's own.
    #[must_use]
    pub fn new(meter: Arc<Meter>) -> Self {
        Self {
            meter,
            waiting: BTreeMap::new(),
            call_backs: BTreeSet::new(),
            callers: BTreeMap::new(),
            duties: BTreeMap::new(),
            agents: BTreeMap::new(),
        }
    }

    /// Counts one event.
    pub fn handle(&mut self, event: &Event) {
        let meter = Arc::clone(&self.meter);
        match &event.fact {
            Fact::Entered { ticket, who: Waits::CallBack, .. } => {
                self.call_backs.insert(*ticket);
            }
            Fact::Connected { ticket, .. }
            | Fact::Left { ticket, .. }
            | Fact::Overflowed { ticket, .. }
                if self.call_backs.remove(ticket) => {}
            Fact::Entered { ticket, queue, entity, class, who: Waits::Caller, .. } => {
                let class = class.get().to_string();
                meter.count(Metric::QueueEntered, &[queue.as_str(), &class]);
                self.waits(*ticket, (queue.clone(), entity.clone()));
            }
            Fact::OfferSettled { result, after_ms, .. } => {
                meter.count(Metric::AgentOffers, &[&word(result)]);
                if *result == Settlement::Accepted {
                    let after = Duration::from_millis(*after_ms);
                    meter.measure(Metric::AgentOfferToAnswer, &[], after);
                }
            }
            Fact::Connected { ticket, queue, waited_ms, target_ms, promised, .. } => {
                let queue = queue.as_str();
                let waited = Duration::from_millis(*waited_ms);
                meter.count(Metric::QueueAnswered, &[queue]);
                if waited_ms <= target_ms {
                    meter.count(Metric::QueueAnsweredInTarget, &[queue]);
                }
                meter.measure(Metric::QueueWait, &[queue, "answered"], waited);
                if let Some(promised) = promised {
                    let error = promised.p50.abs_diff(waited);
                    meter.measure(Metric::QueueExpectedWaitError, &[queue], error);
                }
                self.waits_no_more(*ticket);
            }
            Fact::Left { ticket, queue, why, waited_ms, .. } => {
                left(&meter, queue.as_str(), *why, Duration::from_millis(*waited_ms));
                self.waits_no_more(*ticket);
            }
            Fact::Overflowed { ticket, queue, outcome, waited_ms, .. } => {
                let waited = Duration::from_millis(*waited_ms);
                meter.count(Metric::QueueLeft, &[queue.as_str(), &word(outcome)]);
                meter.measure(Metric::QueueWait, &[queue.as_str(), "left"], waited);
                self.waits_no_more(*ticket);
            }
            Fact::DutyChanged { agent, from, to, reason, spent_ms } => {
                if *from == Duty::WrapUp {
                    meter.measure(Metric::AgentWrap, &[], Duration::from_millis(*spent_ms));
                }
                self.duty(agent, *to, reason_label(reason.as_deref()).to_owned());
            }
            Fact::Breached { breach, .. } => {
                meter.count(Metric::RoutingBreaches, &[&word(breach)]);
            }
            // They explain a decision; nothing is counted by them.
            Fact::Asked { .. }
            | Fact::Mustered { .. }
            | Fact::Widened { .. }
            | Fact::Offered { .. } => {}
        }
    }

    fn waits(&mut self, ticket: TicketId, place: Place) {
        self.waits_no_more(ticket);
        self.shift(place.clone(), Shift::More);
        self.waiting.insert(ticket, place);
    }

    fn waits_no_more(&mut self, ticket: TicketId) {
        if let Some(place) = self.waiting.remove(&ticket) {
            self.shift(place, Shift::Less);
        }
    }

    fn shift(&mut self, place: Place, shift: Shift) {
        let callers = self.callers.get(&place).map_or_else(|| shift.of(0), |now| shift.of(*now));
        self.meter.waiting(&place.0, place.1.as_ref(), callers);
        self.callers.insert(place, callers);
    }

    fn duty(&mut self, agent: &AgentId, to: Duty, reason: String) {
        if let Some(before) = self.duties.remove(agent) {
            self.staff(before, Shift::Less);
        }
        if to != Duty::Offline {
            self.staff((to, reason.clone()), Shift::More);
            self.duties.insert(agent.clone(), (to, reason));
        }
    }

    fn staff(&mut self, duty: (Duty, String), shift: Shift) {
        let agents = self.agents.get(&duty).map_or_else(|| shift.of(0), |now| shift.of(*now));
        self.meter.set(Metric::Agents, &[&word(&duty.0), &duty.1], number(agents));
        self.agents.insert(duty, agents);
    }
}

fn reason_label(reason: Option<&str>) -> &'static str {
    let Some(reason) = reason else { return "" };
    AWAY_REASONS.into_iter().find(|known| *known == reason).unwrap_or("other")
}

fn left(meter: &Meter, queue: &str, why: Departure, waited: Duration) {
    match why {
        Departure::CallerLeft => {
            let short = if waited < SHORT_ABANDON { "true" } else { "false" };
            meter.count(Metric::QueueAbandoned, &[queue, short]);
            meter.measure(Metric::QueueWait, &[queue, "abandoned"], waited);
        }
        Departure::Exit | Departure::Callback => {
            meter.count(Metric::QueueLeft, &[queue, &word(&why)]);
            meter.measure(Metric::QueueWait, &[queue, "left"], waited);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::id::{CallId, OfferId};
    use crate::base::time::Wall;
    use crate::routing::{Breach, Class, Expected, Overflow};

    fn check(facts: Vec<Fact>, lines: &[&str]) {
        let meter = Arc::new(Meter::new());
        let mut pool = PoolMeter::new(Arc::clone(&meter));
        for fact in facts {
            pool.handle(&Event { version: Event::VERSION, at: Wall(0), fact });
        }
        let page = meter.render();
        for line in lines {
            assert!(page.lines().any(|there| there == *line), "{line} is not in\n{page}");
        }
    }

    fn ticket(number: u64) -> TicketId {
        TicketId::new(Wall(1), &mut Rng::seeded(number))
    }

    fn call() -> CallId {
        CallId::new(Wall(1), &mut Rng::seeded(1))
    }

    fn entered(number: u64) -> Fact {
        Fact::Entered {
            ticket: ticket(number),
            call: call(),
            queue: "care".into(),
            entity: Some("power".into()),
            class: Class::EMERGENCY,
            carried_ms: 0,
            who: Waits::Caller,
        }
    }

    fn connected(number: u64, waited_ms: u64, promised_s: u64) -> Fact {
        let median = Duration::from_secs(promised_s);
        Fact::Connected {
            ticket: ticket(number),
            call: call(),
            queue: "care".into(),
            entity: Some("power".into()),
            agent: "maryam".into(),
            waited_ms,
            target_ms: 20_000,
            promised: Some(Expected { p50: median, p80: median }),
        }
    }

    fn duty(from: Duty, to: Duty, reason: Option<&str>) -> Fact {
        let reason = reason.map(str::to_owned);
        Fact::DutyChanged { agent: "maryam".into(), from, to, reason, spent_ms: 20_000 }
    }

    #[test]
    fn who_waits_is_counted_until_the_wait_ends() {
        let waiting = r#"ivr_queue_waiting{queue="care",entity="power"} 2"#;
        check(vec![entered(1), entered(2)], &[waiting]);
        let left = |number, why, waited_ms| Fact::Left {
            ticket: ticket(number),
            call: call(),
            queue: "care".into(),
            entity: None,
            why,
            waited_ms,
        };
        let full = Fact::Overflowed {
            ticket: ticket(3),
            call: call(),
            queue: "care".into(),
            entity: None,
            outcome: Overflow::NoAgents,
            waited_ms: 0,
        };
        check(
            vec![
                entered(1),
                entered(2),
                entered(3),
                left(1, Departure::CallerLeft, 4_000),
                left(2, Departure::CallerLeft, 40_000),
                full,
            ],
            &[
                r#"ivr_queue_entered_total{queue="care",class="0"} 3"#,
                r#"ivr_queue_waiting{queue="care",entity="power"} 0"#,
                r#"ivr_queue_abandoned_total{queue="care",short="true"} 1"#,
                r#"ivr_queue_abandoned_total{queue="care",short="false"} 1"#,
                r#"ivr_queue_left_total{queue="care",reason="no_agents"} 1"#,
            ],
        );
    }

    #[test]
    fn an_answer_within_the_target_counts_twice() {
        check(
            vec![entered(1), connected(1, 12_000, 30), entered(2), connected(2, 25_000, 30)],
            &[
                r#"ivr_queue_answered_total{queue="care"} 2"#,
                r#"ivr_queue_answered_in_target_total{queue="care"} 1"#,
                r#"ivr_queue_wait_seconds_bucket{queue="care",outcome="answered",le="15"} 1"#,
                r#"ivr_queue_ewt_error_seconds_sum{queue="care"} 23"#,
                r#"ivr_queue_waiting{queue="care",entity="power"} 0"#,
            ],
        );
    }

    #[test]
    fn a_call_back_that_an_agent_takes_is_no_caller_who_was_answered() {
        let meter = Arc::new(Meter::new());
        let mut pool = PoolMeter::new(Arc::clone(&meter));
        let Fact::Entered { ticket, call, queue, entity, class, carried_ms, .. } = entered(1)
        else {
            panic!("it enters")
        };
        let who = Waits::CallBack;
        let owed = Fact::Entered { ticket, call, queue, entity, class, carried_ms, who };
        // Nobody answered the first time: it stands in line again.
        for fact in [owed.clone(), connected(1, 12_000, 30), owed, connected(1, 12_000, 30)] {
            pool.handle(&Event { version: Event::VERSION, at: Wall(0), fact });
        }
        let page = meter.render();
        for name in
            ["entered_total", "answered_total", "answered_in_target_total", "wait_seconds_count"]
        {
            assert!(!page.contains(&format!("ivr_queue_{name}{{")), "{name} in\n{page}");
        }
        assert!(pool.call_backs.is_empty());
    }

    #[test]
    fn an_agent_is_counted_in_one_duty_and_not_when_signed_out() {
        let facts = vec![
            duty(Duty::Offline, Duty::Available, None),
            duty(Duty::Available, Duty::WrapUp, None),
            duty(Duty::WrapUp, Duty::Away, Some("prayer")),
        ];
        check(
            facts.clone(),
            &[
                r#"ivr_agents{duty="available",reason=""} 0"#,
                r#"ivr_agents{duty="away",reason="prayer"} 1"#,
                "ivr_agent_wrap_seconds_sum 20",
            ],
        );
        check(
            [facts, vec![duty(Duty::Away, Duty::Offline, None)]].concat(),
            &[r#"ivr_agents{duty="away",reason="prayer"} 0"#],
        );
    }

    #[test]
    fn offers_and_breaches_are_counted_by_kind() {
        let settled = |result| Fact::OfferSettled {
            offer: OfferId::new(Wall(1), &mut Rng::seeded(3)),
            ticket: ticket(1),
            call: call(),
            agent: "maryam".into(),
            result,
            after_ms: 4_000,
        };
        let breached = Fact::Breached { breach: Breach::LeaseOverrun, agent: None, ticket: None };
        check(
            vec![settled(Settlement::Accepted), settled(Settlement::Missed), breached],
            &[
                r#"ivr_agent_offers_total{result="accepted"} 1"#,
                r#"ivr_agent_offers_total{result="missed"} 1"#,
                "ivr_agent_offer_to_answer_seconds_sum 4",
                r#"ivr_routing_invariant_breaches_total{promise="lease_overrun"} 1"#,
            ],
        );
    }
}
