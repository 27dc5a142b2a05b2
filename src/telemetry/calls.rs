//! The fold from call events to the figures of calls, flows and audio.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::base::id::CallId;
use crate::base::limit::LEDGER_CALLS_MAX;
use crate::base::time::Wall;
use crate::call::ending::{Cause, Ending, Side};
use crate::call::event::{AudioFigures, CallEvent, Direction, Fact};
use crate::telemetry::catalogue::Metric;
use crate::telemetry::meter::{Meter, number};

/// Counts what happens to calls. What happens in queues and to agents is counted from the pool.
#[derive(Debug)]
pub struct CallMeter {
    meter: Arc<Meter>,
    open: BTreeMap<CallId, Visit>,
    stages: BTreeMap<&'static str, usize>,
    bundles: BTreeMap<String, usize>,
}

/// What has to be remembered of a call to count its end.
#[derive(Debug)]
struct Visit {
    arrived_at: Wall,
    direction: Direction,
    bundle: String,
    flow: String,
    node: Option<(String, String)>,
    stage: Stage,
    reach: Reach,
    talk: Option<Duration>,
}

/// How far a call has come at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Arrived,
    Answered,
    Queued,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Ivr,
    Queue,
    Agent,
}

impl Stage {
    const fn label(self) -> &'static str {
        match self {
            Self::Ivr => "ivr",
            Self::Queue => "queue",
            Self::Agent => "agent",
        }
    }
}

impl CallMeter {
    /// A fold that counts on `meter`.
    #[must_use]
    pub fn new(meter: Arc<Meter>) -> Self {
        Self { meter, open: BTreeMap::new(), stages: BTreeMap::new(), bundles: BTreeMap::new() }
    }

    /// Counts one event. With [`LEDGER_CALLS_MAX`] open calls the oldest is forgotten.
    pub fn handle(&mut self, event: &CallEvent) {
        let CallEvent { version: _, call, at, fact } = event;
        let meter = Arc::clone(&self.meter);
        match fact {
            Fact::Arrived { direction, trunk, bundle, flow, .. } => {
                let way = match direction {
                    Direction::Inbound => "in",
                    Direction::Outbound => "out",
                };
                meter.count(Metric::CallAttempts, &[way, trunk]);
                self.arrived(*call, Visit::new(*at, *direction, bundle, flow));
            }
            Fact::Answered => self.answered(*call, *at),
            Fact::Entered { flow, node } => {
                meter.count(Metric::FlowNodeEntries, &[flow, node]);
                if let Some(visit) = self.open.get_mut(call) {
                    visit.node = Some((flow.clone(), node.clone()));
                }
            }
            Fact::Outcome { flow, node, outcome } => {
                meter.count(Metric::FlowOutcome, &[flow, node, outcome]);
            }
            Fact::Pressed { flow, node, keys: _ } => {
                meter.count(Metric::FlowInput, &[flow, node, "keys"]);
            }
            Fact::Queued { .. } => self.enter_stage(*call, Stage::Queue),
            Fact::Connected { .. } => self.enter_stage(*call, Stage::Agent),
            Fact::Released { talk_ms, held_ms, .. } => self.released(*call, *talk_ms, *held_ms),
            Fact::AgentLost { .. } => {
                meter.count(Metric::AgentLost, &[]);
                self.enter_stage(*call, Stage::Queue);
            }
            Fact::LeftQueue { .. } => self.enter_stage(*call, Stage::Ivr),
            Fact::Measured { side: _, figures } => audio(&meter, figures),
            Fact::TransferEnded { result, .. } => {
                meter.count(Metric::Transfers, &[&word(result)]);
            }
            Fact::Ended { ending } => self.ended(*call, *ending),
            // Of bounded use as series, or counted by the pool.
            Fact::Tagged { .. }
            | Fact::Language { .. }
            | Fact::Transferred { .. }
            | Fact::Offered { .. }
            | Fact::OfferEnded { .. }
            | Fact::Held
            | Fact::Unheld
            | Fact::Recording { .. } => {}
        }
    }

    fn arrived(&mut self, call: CallId, visit: Visit) {
        if self.open.len() >= LEDGER_CALLS_MAX
            && let Some((_, oldest)) = self.open.pop_first()
        {
            self.forget(&oldest);
        }
        self.shift(visit.stage, Shift::More);
        self.serve(&visit.bundle, Shift::More);
        if let Some(before) = self.open.insert(call, visit) {
            self.forget(&before);
        }
    }

    fn answered(&mut self, call: CallId, at: Wall) {
        let Some(visit) = self.open.get_mut(&call) else { return };
        visit.reach = visit.reach.max(Reach::Answered);
        match visit.direction {
            Direction::Inbound => {
                self.meter.count(Metric::CallAnswered, &[]);
                self.meter.measure(Metric::CallSetup, &[], span(visit.arrived_at, at));
            }
            // A citizen answered, and not the engine.
            Direction::Outbound => {}
        }
    }

    fn enter_stage(&mut self, call: CallId, stage: Stage) {
        let Some(visit) = self.open.get_mut(&call) else { return };
        // Who is called back has an agent from the beginning.
        let stage = match (visit.direction, stage) {
            (Direction::Outbound, Stage::Queue) => Stage::Agent,
            (Direction::Inbound | Direction::Outbound, stage) => stage,
        };
        if stage != Stage::Ivr {
            visit.reach = Reach::Queued;
        }
        let before = std::mem::replace(&mut visit.stage, stage);
        self.shift(before, Shift::Less);
        self.shift(stage, Shift::More);
    }

    fn released(&mut self, call: CallId, talk_ms: u64, held_ms: u64) {
        let talk = Duration::from_millis(talk_ms);
        self.meter.measure(Metric::AgentTalk, &[], talk);
        if held_ms > 0 {
            self.meter.measure(Metric::AgentHold, &[], Duration::from_millis(held_ms));
        }
        if let Some(visit) = self.open.get_mut(&call) {
            visit.talk = Some(visit.talk.unwrap_or_default() + talk);
        }
        self.enter_stage(call, Stage::Ivr);
    }

    fn ended(&mut self, call: CallId, ending: Ending) {
        // A second end of a call is not counted.
        let Some(visit) = self.open.remove(&call) else { return };
        self.forget(&visit);
        let meter = &self.meter;
        meter.count(Metric::CallEnded, &[&word(&ending.cause), &word(&ending.by)]);
        if let Some(talk) = visit.talk {
            meter.measure(Metric::CallTalk, &[], talk);
        }
        if matches!(ending.cause, Cause::Full | Cause::Draining) && visit.reach == Reach::Arrived {
            meter.count(Metric::CallsBlocked, &[&word(&ending.cause)]);
        }
        if visit.reach != Reach::Answered {
            return;
        }
        match (ending.by, visit.node) {
            (Side::Caller, Some((flow, node))) => meter.count(Metric::FlowAbandon, &[&flow, &node]),
            (Side::Flow, _) => meter.count(Metric::FlowContained, &[&visit.flow]),
            (Side::Caller, None) | (Side::Agent | Side::Outside | Side::System, _) => {}
        }
    }

    fn forget(&mut self, visit: &Visit) {
        self.shift(visit.stage, Shift::Less);
        self.serve(&visit.bundle, Shift::Less);
    }

    fn shift(&mut self, stage: Stage, shift: Shift) {
        let calls = self.stages.entry(stage.label()).or_default();
        *calls = shift.of(*calls);
        self.meter.set(Metric::CallsActive, &[stage.label()], number(*calls));
    }

    fn serve(&mut self, bundle: &str, shift: Shift) {
        let calls = self.bundles.entry(bundle.to_owned()).or_default();
        *calls = shift.of(*calls);
        self.meter.set(Metric::BundleActiveCalls, &[bundle], number(*calls));
        if *calls == 0 {
            self.bundles.remove(bundle);
        }
    }
}

impl Visit {
    fn new(arrived_at: Wall, direction: Direction, bundle: &str, flow: &str) -> Self {
        Self {
            arrived_at,
            direction,
            bundle: bundle.into(),
            flow: flow.into(),
            node: None,
            stage: Stage::Ivr,
            reach: Reach::Arrived,
            talk: None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Shift {
    More,
    Less,
}

impl Shift {
    pub(super) const fn of(self, count: usize) -> usize {
        match self {
            Self::More => count.saturating_add(1),
            Self::Less => count.saturating_sub(1),
        }
    }
}

/// An enum's written name, which is its label.
pub(super) fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

fn audio(meter: &Meter, figures: &AudioFigures) {
    meter.count_by(Metric::RtpPackets, &["in"], figures.received);
    meter.count_by(Metric::RtpPackets, &["out"], figures.sent);
    meter.count_by(Metric::RtpLost, &[], figures.lost);
    meter.count_by(Metric::RtpForeignDropped, &[], figures.foreign);
    // A leg that was never heard has no jitter, rather than the best.
    if figures.received > 1 {
        meter.measure(Metric::RtpJitter, &[], Duration::from_micros(figures.jitter_us));
    }
}

fn span(earlier: Wall, later: Wall) -> Duration {
    Duration::from_millis(u64::try_from(later.0.saturating_sub(earlier.0)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::id::TicketId;
    use crate::call::event::Line;

    fn check(facts: Vec<(i64, Fact)>, lines: &[&str]) -> String {
        let meter = Arc::new(Meter::new());
        let mut calls = CallMeter::new(Arc::clone(&meter));
        let call = CallId::new(Wall(1), &mut Rng::seeded(1));
        for (at, fact) in facts {
            calls.handle(&CallEvent { version: 1, call, at: Wall(at), fact });
        }
        let page = meter.render();
        for line in lines {
            assert!(page.lines().any(|there| there == *line), "{line} is not in\n{page}");
        }
        page
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

    fn ended(by: Side, cause: Cause) -> Fact {
        Fact::Ended { ending: Ending { by, cause } }
    }

    fn ticket() -> TicketId {
        TicketId::new(Wall(1), &mut Rng::seeded(7))
    }

    fn queued() -> Fact {
        Fact::Queued { ticket: ticket(), queue: "care".into(), entity: None, class: 2 }
    }

    #[test]
    fn a_call_in_the_menu_is_counted_there_and_its_abandon_too() {
        let facts = vec![(0, arrived()), (300, Fact::Answered), (300, entered("menu"))];
        check(
            facts.clone(),
            &[
                r#"ivr_call_attempts_total{direction="in",trunk="carrier"} 1"#,
                r#"ivr_calls_active{stage="ivr"} 1"#,
                r#"ivr_bundle_active_calls{hash="abc"} 1"#,
                r#"ivr_flow_node_entries_total{flow="main",node="menu"} 1"#,
                r#"ivr_call_setup_seconds_bucket{le="0.5"} 1"#,
            ],
        );
        let hung_up = (900, ended(Side::Caller, Cause::HungUp));
        check(
            [facts, vec![hung_up.clone(), hung_up]].concat(),
            &[
                r#"ivr_flow_abandon_total{flow="main",node="menu"} 1"#,
                r#"ivr_call_ended_total{cause="hung_up",by="caller"} 1"#,
                r#"ivr_calls_active{stage="ivr"} 0"#,
                r#"ivr_bundle_active_calls{hash="abc"} 0"#,
            ],
        );
    }

    #[test]
    fn a_served_call_moves_through_the_stages() {
        let connected = Fact::Connected {
            ticket: ticket(),
            agent: "maryam".into(),
            line: Line::Webrtc,
            waited_ms: 9_000,
        };
        let released =
            Fact::Released { agent: "maryam".into(), by: Side::Agent, talk_ms: 70_000, held_ms: 0 };
        let mut facts = vec![(0, arrived()), (0, Fact::Answered), (0, queued())];
        check(facts.clone(), &[r#"ivr_calls_active{stage="queue"} 1"#]);
        facts.push((9_000, connected));
        let talking =
            [r#"ivr_calls_active{stage="queue"} 0"#, r#"ivr_calls_active{stage="agent"} 1"#];
        check(facts.clone(), &talking);
        facts.extend([(79_000, released), (79_000, ended(Side::Agent, Cause::HungUp))]);
        let page = check(
            facts,
            &[
                r#"ivr_call_talk_seconds_sum 70"#,
                r#"ivr_agent_talk_seconds_sum 70"#,
                r#"ivr_calls_active{stage="agent"} 0"#,
            ],
        );
        assert!(!page.contains("ivr_flow_abandon_total{"), "{page}");
    }

    #[test]
    fn a_citizen_who_does_not_answer_a_call_back_is_no_call_that_was_answered() {
        let Fact::Arrived { from, to, trunk, line, bundle, flow, .. } = arrived() else {
            panic!("it arrives")
        };
        let direction = Direction::Outbound;
        let calls = Fact::Arrived { direction, from, to, trunk, line, bundle, flow };
        let mut facts = vec![(0, calls), (0, queued())];
        check(
            facts.clone(),
            &[
                r#"ivr_call_attempts_total{direction="out",trunk="carrier"} 1"#,
                r#"ivr_calls_active{stage="agent"} 1"#,
            ],
        );
        facts.push((30_000, ended(Side::Outside, Cause::NoAnswer)));
        let page = check(facts, &[r#"ivr_calls_active{stage="agent"} 0"#]);
        for name in
            ["ivr_call_answered_total 1", "ivr_call_setup_seconds_count 1", "contained_total{"]
        {
            assert!(!page.contains(name), "{name} in\n{page}");
        }
    }

    #[test]
    fn what_the_flow_completes_is_contained() {
        let facts = vec![
            (0, arrived()),
            (0, Fact::Answered),
            (0, entered("bye")),
            (9, ended(Side::Flow, Cause::Completed)),
        ];
        check(facts, &[r#"ivr_flow_contained_total{flow="main"} 1"#]);
    }

    #[test]
    fn a_call_without_room_is_blocked() {
        let facts = vec![(0, arrived()), (0, ended(Side::System, Cause::Full))];
        check(facts, &[r#"ivr_calls_blocked_total{reason="full"} 1"#]);
    }

    #[test]
    fn a_leg_that_was_never_heard_has_no_jitter() {
        let figures = AudioFigures { sent: 50, ..AudioFigures::default() };
        let facts = vec![(0, arrived()), (0, Fact::Measured { side: Side::Caller, figures })];
        let page = check(facts, &[r#"ivr_rtp_packets_total{direction="out"} 50"#]);
        assert!(!page.contains("ivr_rtp_jitter_seconds_count"), "{page}");
    }
}
