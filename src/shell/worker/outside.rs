//! Whoever is called outside: through a trunk, as the dial plan allows.

use crate::base::id::{CallId, OfferId};
use crate::base::time::Moment;
use crate::call::dial::Denial;
use crate::call::exchange::{Input, PhoneNews};
use crate::shell::worker::exits::Leave;
use crate::shell::worker::phones::Callee;
use crate::shell::worker::{Wake, Worker};

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
