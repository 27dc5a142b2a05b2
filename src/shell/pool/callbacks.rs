//! The call-backs that are owed, between the book, routing, the workers and the store.

use crate::base::id::{CallId, TicketId};
use crate::base::limit::BOOKING_PATIENCE;
use crate::base::time::Moment;
use crate::call::exchange;
use crate::call::owed::{CallBack, Input, Output, Standing, Try};
use crate::flow::run::CallbackFault;
use crate::flow::{ErrandId, Reply};
use crate::routing::{self, Departure};
use crate::shell::pool::{Pool, Waiting, Wake};
use crate::shell::post::ToWorker;
use crate::shell::tasks;

impl Pool {
    /// A caller asks for a call-back; with `keeps` it takes that ticket's place.
    pub(super) fn book(
        &mut self,
        now: Moment,
        (worker, call, errand): (usize, CallId, ErrandId),
        mut what: Box<CallBack>,
        keeps: Option<TicketId>,
    ) {
        let waited = keeps.map(|ticket| (ticket, self.group.routing_wait(&ticket, now)));
        let booked = match waited {
            _ if !self.callbacks.has_room() => Err(CallbackFault::Closed),
            // An agent, or the end, was first.
            Some((_, None)) => Err(CallbackFault::Closed),
            Some((ticket, Some(waited))) => {
                what.waits_since = self.clock.epoch().wall(now).before(waited);
                let why = Departure::Callback;
                // The word is marked as a worker would: the group only settles what is marked.
                self.route(now, routing::Input::Leave { ticket, why });
                Ok(())
            }
            None => Ok(()),
        };
        if booked.is_ok() {
            self.meter.callback("asked");
            self.callbacks(now, Input::Owe(what));
        }
        let (store, post) = (self.store.clone(), self.post.clone());
        tasks::spawn("call-back booked", async move {
            // The caller is told when it is written, and before the flow has given up.
            if tokio::time::timeout(BOOKING_PATIENCE, store.flush()).await.is_err() {
                tracing::warn!(%call, "a call-back is promised, and not yet written");
            }
            let input = exchange::Input::Errand(errand, Reply::Callback(booked));
            let input = Box::new(input);
            post.worker(worker, ToWorker::Call { call, input, desk: None });
        });
    }

    /// Tells the book, and does what it asks for.
    pub(super) fn callbacks(&mut self, now: Moment, input: Input) {
        self.callbacks.handle(now, input);
        self.drain_callbacks(now);
    }

    pub(super) fn drain_callbacks(&mut self, now: Moment) {
        while let Some(output) = self.callbacks.poll_output() {
            match output {
                Output::Enter { entry, mut card, waited } => {
                    card.waited_ms = u64::try_from(waited.as_millis()).unwrap_or(u64::MAX);
                    self.turn = (self.turn + 1) % self.post.workers().max(1);
                    let waiting = Waiting {
                        worker: self.turn,
                        card,
                        since: now,
                        calls_back: Some(entry.clone()),
                    };
                    self.waiting.insert(entry.call, waiting);
                    self.route(now, routing::Input::Enter(entry));
                }
                Output::Leave { call, ticket } => {
                    self.route(now, routing::Input::Leave { ticket, why: Departure::Exit });
                    // Whoever was rung for it has been told by now.
                    self.waiting.remove(&call);
                }
                Output::Keep(what, standing) => {
                    self.count_call_back(standing);
                    self.store.keep(what, standing);
                }
            }
        }
        self.meter.callbacks_owed(self.callbacks.counts());
        let wake = self.callbacks.poll_timeout().map(|(at, _)| at);
        self.agenda.set(Wake::CallBacks, wake);
    }

    /// The pool has no room for a call-back. One that rings somewhere ends when that is told.
    pub(super) fn call_back_overflowed(&mut self, now: Moment, call: CallId) {
        self.callbacks(now, Input::Overflowed(call));
        if !self.offers.values().any(|rung| rung.call == call) {
            self.waiting.remove(&call);
        }
    }

    /// A try that was answered is counted when it is settled.
    pub(super) fn count_try(&self, result: Try) {
        match result {
            Try::NotAnswered => self.meter.callback("not_answered"),
            Try::Answered | Try::AgentLeft => {}
        }
    }

    fn count_call_back(&self, standing: Standing) {
        match standing {
            Standing::Waiting => {}
            Standing::Done => self.meter.callback("answered"),
            Standing::GivenUp => self.meter.callback("given_up"),
        }
    }

    /// Before a call-back is offered, a worker holds its call.
    pub(super) fn open_call_back(&self, call: CallId) {
        if let Some(waiting) = self.waiting.get(&call)
            && let Some(entry) = &waiting.calls_back
        {
            let (entry, card) = (entry.clone(), waiting.card.clone());
            self.post.worker(waiting.worker, ToWorker::CallBack { entry, card });
        }
    }
}
