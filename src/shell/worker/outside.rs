//! Whoever is called outside: through a trunk, as the dial plan allows.

use crate::base::id::{CallId, OfferId};
use crate::base::time::Moment;
use crate::call::dial::Denial;
use crate::call::exchange::{Input, PhoneNews};
use crate::shell::worker::exits::Leave;
use crate::shell::worker::phones::Callee;
use crate::shell::worker::{Wake, Worker};
use crate::sip::session::Order;
use crate::sip::uri::Uri;

impl Worker {
    /// Rings somebody outside for a caller.
    pub(super) fn dial_out(
        &mut self,
        now: Moment,
        call: CallId,
        line: OfferId,
        (to, trunk): (&str, Option<&str>),
    ) {
        let news = match self.take_line(now, to, trunk) {
            Err(why) => PhoneNews::Denied(why),
            Ok(leave) => match self.ring_outside(now, call, line, leave) {
                Some(()) => return,
                None => PhoneNews::Refused(503),
            },
        };
        self.call(now, call, Input::Phone(line, news));
    }

    /// Asks the caller's line to call somebody outside. It is the caller's network that calls, and
    /// our plan that allows it: within the hour it counts as a call of ours.
    pub(super) fn refer(
        &mut self,
        now: Moment,
        call: CallId,
        line: OfferId,
        (to, trunk): (&str, Option<&str>),
    ) {
        let news = match self.take_line(now, to, trunk) {
            Err(why) => PhoneNews::Denied(why),
            Ok(leave) => match self.send_refer(now, call, line, leave.target) {
                Some(()) => return,
                None => PhoneNews::Ended,
            },
        };
        self.call(now, call, Input::Phone(line, news));
    }

    /// `None` when the caller's line knows no REFER: a browser has none.
    fn send_refer(&mut self, now: Moment, call: CallId, line: OfferId, to: Uri) -> Option<()> {
        let visit = self.visits.get_mut(&call)?;
        let by = self.parts.names.address_of(&visit.call.card().to)?;
        let session = visit.line.session()?;
        visit.referring = Some(line);
        tracing::info!(%call, to = to.as_str(), "the caller's line is to call somebody outside");
        self.order_session(now, session, Order::Refer { to, by });
        Some(())
    }

    /// The caller's line has called.
    pub(super) fn referred(&mut self, now: Moment, call: CallId, code: u16) {
        let news = match code {
            200..300 => PhoneNews::Answered,
            _ => PhoneNews::Refused(code),
        };
        self.refer_news(now, call, news);
    }

    /// The caller's line does not call.
    pub(super) fn refer_refused(&mut self, now: Moment, call: CallId, code: u16) {
        tracing::warn!(%call, code, "the caller's line does not take a REFER");
        self.refer_news(now, call, PhoneNews::Ended);
    }

    fn refer_news(&mut self, now: Moment, call: CallId, news: PhoneNews) {
        let line = self.visits.get_mut(&call).and_then(|visit| visit.referring.take());
        if let Some(line) = line {
            self.call(now, call, Input::Phone(line, news));
        }
    }

    /// A line out, if the dial plan has one; what it denies is counted.
    pub(super) fn take_line(
        &mut self,
        now: Moment,
        to: &str,
        trunk: Option<&str>,
    ) -> Result<Leave, Denial> {
        let leave = self.parts.exits.take(now, &mut self.spent, to, trunk);
        self.agenda.set(Wake::Spent, self.spent.next());
        if let Err(why) = leave {
            tracing::warn!(%why, "a call out is denied");
            self.parts.meter.dial_denied(why.word());
        }
        leave
    }

    fn ring_outside(
        &mut self,
        now: Moment,
        call: CallId,
        line: OfferId,
        leave: Leave,
    ) -> Option<()> {
        let dialled = &self.visits.get(&call)?.call.card().to;
        let from = self.parts.names.address_of(leave.caller_id.as_ref().unwrap_or(dialled))?;
        tracing::info!(%call, trunk = leave.trunk, "calling somebody outside");
        let callee = Callee {
            target: leave.target,
            from_display: String::new(),
            from,
            headers: Vec::new(),
            fare: leave.fare,
        };
        self.ring_phone(now, call, line, callee)
    }
}
