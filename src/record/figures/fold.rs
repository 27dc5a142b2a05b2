//! The fold from a routing group's events to tallies.
//!
//! A caller counts when the wait is over, in the quarter of an hour in which it began, so nobody
//! counts twice or never. An agent's time counts when it is spent.

use std::collections::BTreeMap;

use crate::base::id::{AgentId, EntityId, QueueId, TicketId};
use crate::base::limit::{SHORT_ABANDON, TICKET_LOGS_MAX};
use crate::base::time::Wall;
use crate::call::event::TransferResult;
use crate::record::CallRecord;
use crate::record::figures::quarter::{Quarter, spread};
use crate::record::figures::tally::{AgentTally, LineTally};
use crate::routing::{Departure, Duty, Event, Fact, Overflow, Place, Settlement};

/// A queue, and the entity that was wanted there.
pub type LineKey = (QueueId, Option<EntityId>);

/// What is to be added to what was counted before.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// By quarter, queue and entity.
    pub lines: BTreeMap<(Quarter, LineKey), LineTally>,
    /// By quarter and agent.
    pub agents: BTreeMap<(Quarter, AgentId), AgentTally>,
}

/// Counts what happens in a routing group.
#[derive(Debug, Default)]
pub struct Figures {
    tickets: BTreeMap<TicketId, Ticket>,
    agents: BTreeMap<AgentId, Watch>,
    batch: Batch,
}

/// One ticket, until the wait is over.
#[derive(Debug, Clone)]
struct Ticket {
    entered: Quarter,
    line: LineKey,
    place: Place,
    target_ms: u64,
}

/// What is known of an agent who is signed in.
#[derive(Debug)]
struct Watch {
    duty: Duty,
    since: Wall,
    /// Whom she talks with, or works for afterwards.
    serves: Option<Ticket>,
}

impl Batch {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.agents.is_empty()
    }

    fn line(&mut self, of: &Ticket) -> &mut LineTally {
        self.lines.entry((of.entered, of.line.clone())).or_default()
    }
}

impl Figures {
    /// Counts one event.
    pub fn handle(&mut self, event: &Event) {
        let at = event.at;
        match &event.fact {
            Fact::Entered { ticket, queue, entity, .. } => {
                // More than the group can hold are not open at once, unless their ends are lost.
                if TICKET_LOGS_MAX <= self.tickets.len() {
                    self.tickets.pop_first();
                }
                let line = (queue.clone(), entity.clone());
                let (place, target_ms) = (Place::Joining, 0);
                let entered = Quarter::of(at);
                self.tickets.insert(*ticket, Ticket { entered, line, place, target_ms });
            }
            Fact::Asked { ticket, asks, .. } => {
                if let Some(ticket) = self.tickets.get_mut(ticket) {
                    (ticket.place, ticket.target_ms) = (asks.place, asks.target_ms);
                }
            }
            Fact::Connected { ticket, agent, waited_ms, .. } => {
                if let Some(ticket) = self.tickets.remove(ticket) {
                    self.answered(&ticket, *waited_ms);
                    self.watch(agent, at).serves = Some(ticket);
                }
            }
            Fact::Left { ticket, why, waited_ms, .. } => {
                if let Some(ticket) = self.tickets.remove(ticket) {
                    self.left(&ticket, *why, *waited_ms);
                }
            }
            Fact::Overflowed { ticket, outcome, waited_ms, .. } => {
                if let Some(ticket) = self.tickets.remove(ticket) {
                    self.overflowed(&ticket, *outcome, *waited_ms);
                }
            }
            Fact::OfferSettled { agent, result, .. } => self.settled(at, agent, *result),
            Fact::DutyChanged { agent, to, .. } => self.duty_changed(at, agent, *to),
            // They explain, and nothing is counted by them.
            Fact::Mustered { .. }
            | Fact::Widened { .. }
            | Fact::Offered { .. }
            | Fact::Breached { .. } => {}
        }
    }

    /// Counts the time that agents have spent since their duty changed last.
    pub fn handle_timeout(&mut self, now: Wall) {
        for (agent, watch) in &mut self.agents {
            spend(&mut self.batch, agent, watch, now);
        }
    }

    /// What was counted since this was asked last.
    pub fn take(&mut self) -> Batch {
        std::mem::take(&mut self.batch)
    }

    fn answered(&mut self, of: &Ticket, waited_ms: u64) {
        let tally = self.batch.line(of);
        if is_call_back(of.place) {
            tally.callbacks += 1;
            tally.callbacks_answered += 1;
            return;
        }
        offered(tally, of.place, waited_ms);
        tally.answered += 1;
        tally.answered_in_target += u64::from(waited_ms <= of.target_ms);
        tally.answered_wait_ms = tally.answered_wait_ms.saturating_add(waited_ms);
    }

    fn left(&mut self, of: &Ticket, why: Departure, waited_ms: u64) {
        let tally = self.batch.line(of);
        if is_call_back(of.place) {
            tally.callbacks += 1;
            return;
        }
        offered(tally, of.place, waited_ms);
        match why {
            Departure::CallerLeft => {
                let short = u64::try_from(SHORT_ABANDON.as_millis()).unwrap_or(u64::MAX);
                tally.abandoned += 1;
                tally.abandoned_short += u64::from(waited_ms < short);
                tally.abandoned_in_target += u64::from(waited_ms <= of.target_ms);
                tally.abandoned_wait_ms = tally.abandoned_wait_ms.saturating_add(waited_ms);
            }
            Departure::Exit => tally.exited += 1,
            Departure::Callback => tally.callbacks_taken += 1,
        }
    }

    fn overflowed(&mut self, of: &Ticket, outcome: Overflow, waited_ms: u64) {
        let tally = self.batch.line(of);
        if is_call_back(of.place) {
            tally.callbacks += 1;
            return;
        }
        offered(tally, of.place, waited_ms);
        match outcome {
            Overflow::Full => tally.overflowed_full += 1,
            Overflow::NoAgents => tally.overflowed_no_agents += 1,
            Overflow::Timeout => tally.overflowed_timeout += 1,
        }
    }

    fn settled(&mut self, at: Wall, agent: &AgentId, result: Settlement) {
        let tally = self.batch.agents.entry((Quarter::of(at), agent.clone())).or_default();
        tally.offers += 1;
        match result {
            Settlement::Accepted => tally.answered += 1,
            Settlement::Missed => tally.missed += 1,
            Settlement::Rejected => tally.declined += 1,
            Settlement::Unreachable => tally.unreachable += 1,
            Settlement::CallerGone
            | Settlement::TimedOut
            | Settlement::AgentGone
            | Settlement::Swept => tally.withdrawn += 1,
        }
    }

    fn duty_changed(&mut self, at: Wall, agent: &AgentId, to: Duty) {
        let watch = self.agents.entry(agent.clone()).or_insert_with(|| Watch::new(at));
        spend(&mut self.batch, agent, watch, at);
        watch.duty = to;
        if !is_handling(to) {
            watch.serves = None;
        }
        if to == Duty::Offline {
            self.agents.remove(agent);
        }
    }

    fn watch(&mut self, agent: &AgentId, at: Wall) -> &mut Watch {
        self.agents.entry(agent.clone()).or_insert_with(|| Watch::new(at))
    }
}

impl Watch {
    const fn new(since: Wall) -> Self {
        Self { duty: Duty::Offline, since, serves: None }
    }
}

/// Callers whom a flow took outside, as the record tells it at the end of the call.
#[must_use]
pub fn transfers(record: &CallRecord) -> Batch {
    let mut batch = Batch::default();
    // Who never waited was taken outside by the flow alone, and is no queue's.
    let Some(queue) = &record.queue else { return batch };
    for transfer in &record.transfers {
        let line = (queue.clone(), record.entity.clone());
        let tally = batch.lines.entry((Quarter::of(record.arrived_at), line)).or_default();
        match transfer.result {
            TransferResult::Talked | TransferResult::Referred => tally.transferred += 1,
            TransferResult::Busy
            | TransferResult::NoAnswer
            | TransferResult::Failed
            | TransferResult::Denied
            | TransferResult::LeftFirst => tally.transfers_failed += 1,
        }
    }
    batch
}

/// One caller more whose wait is over.
fn offered(tally: &mut LineTally, place: Place, waited_ms: u64) {
    tally.offered += 1;
    tally.longest_wait_ms = tally.longest_wait_ms.max(waited_ms);
    match place {
        Place::Joining => {}
        Place::Carried(_) | Place::CallBack(_) | Place::Head => tally.carried += 1,
    }
}

/// Counts the time from when it was counted last until `now`.
fn spend(batch: &mut Batch, agent: &AgentId, watch: &mut Watch, now: Wall) {
    let span = u64::try_from(now.0.saturating_sub(watch.since.0)).unwrap_or(0);
    if span == 0 || watch.duty == Duty::Offline {
        watch.since = watch.since.max(now);
        return;
    }
    for (quarter, part) in spread(watch.since, now) {
        let tally = batch.agents.entry((quarter, agent.clone())).or_default();
        match watch.duty {
            Duty::Offline => {}
            Duty::Available => tally.available_ms += part,
            Duty::Reserved | Duty::Ringing => tally.ringing_ms += part,
            Duty::Talking => tally.talk_ms += part,
            Duty::Held => tally.hold_ms += part,
            Duty::WrapUp => tally.wrap_up_ms += part,
            Duty::Away => tally.away_ms += part,
            Duty::Missed => tally.missed_ms += part,
        }
    }
    if let Some(served) = watch.serves.as_ref().filter(|_| is_handling(watch.duty)) {
        let tally = batch.line(served);
        match watch.duty {
            _ if is_call_back(served.place) => tally.callbacks_handling_ms += span,
            Duty::Talking => tally.talk_ms += span,
            Duty::Held => tally.hold_ms += span,
            Duty::WrapUp => tally.wrap_up_ms += span,
            Duty::Offline
            | Duty::Available
            | Duty::Reserved
            | Duty::Ringing
            | Duty::Away
            | Duty::Missed => {}
        }
    }
    watch.since = now;
}

const fn is_handling(duty: Duty) -> bool {
    match duty {
        Duty::Talking | Duty::Held | Duty::WrapUp => true,
        Duty::Offline
        | Duty::Available
        | Duty::Reserved
        | Duty::Ringing
        | Duty::Away
        | Duty::Missed => false,
    }
}

const fn is_call_back(place: Place) -> bool {
    match place {
        Place::CallBack(_) => true,
        Place::Joining | Place::Carried(_) | Place::Head => false,
    }
}
