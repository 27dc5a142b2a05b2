//! The double of the scribe: nothing is written, and messages are answered by somebody else.

use std::sync::mpsc::{Receiver, sync_channel};

use crate::base::limit::SCRIBE_BOX_MAX;
use crate::flow::run::VoicemailOrder;
use crate::shell::recording::order::{Asker, Kind, Order, Scribe};

/// What the scribe was to write.
#[derive(Debug)]
pub struct BlankPaper {
    inbox: Receiver<Order>,
}

/// A way to a scribe who writes nothing.
#[must_use]
pub fn blank() -> (Scribe, BlankPaper) {
    let (orders, inbox) = sync_channel(SCRIBE_BOX_MAX);
    (Scribe { orders }, BlankPaper { inbox })
}

impl BlankPaper {
    /// The next message that was to be recorded, and who waits for its end.
    pub fn message(&self) -> Option<(VoicemailOrder, Asker)> {
        self.inbox.try_iter().find_map(|order| match order {
            Order::Begin(beginning) => match beginning.kind {
                Kind::Message { order, asker } => Some((order, asker)),
                Kind::Call { .. } => None,
            },
            Order::Hush { .. } | Order::End { .. } | Order::Stop => None,
        })
    }
}
