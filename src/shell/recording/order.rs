//! What workers tell the scribe.

use std::sync::mpsc::{SyncSender, TrySendError};

use crate::base::id::{CallId, RecordingId};
use crate::base::time::Moment;
use crate::call::exchange::Hush;
use crate::flow::ErrandId;
use crate::flow::model::Consent;
use crate::flow::run::VoicemailOrder;
use crate::media::Listener;

/// What begins.
#[derive(Debug)]
pub struct Beginning {
    /// Its name.
    pub id: RecordingId,
    /// The call.
    pub call: CallId,
    /// When.
    pub at: Moment,
    /// The tap of the caller's leg.
    pub listener: Listener,
    /// What is recorded.
    pub kind: Kind,
}

/// What is recorded.
#[derive(Debug)]
pub enum Kind {
    /// The call: the caller left, whoever she talks with right.
    Call {
        /// How the caller knows.
        consent: Consent,
        /// Whether it begins with silence.
        hush: Hush,
    },
    /// A message, after the tone.
    Message {
        /// What the flow wants.
        order: VoicemailOrder,
        /// Who waits for its end.
        asker: Asker,
    },
}

/// Who waits for a message's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asker {
    /// The worker of the call.
    pub worker: usize,
    /// The call.
    pub call: CallId,
    /// The errand.
    pub errand: ErrandId,
}

/// What lies in the scribe's box.
#[derive(Debug)]
pub(super) enum Order {
    /// Something begins.
    Begin(Box<Beginning>),
    /// Silence, or sound again.
    Hush { id: RecordingId, at: Moment, hush: Hush },
    /// It ends.
    End { id: RecordingId, at: Moment },
    /// Everything ends.
    Stop,
}

/// The way to the scribe. Nothing here waits.
#[derive(Debug, Clone)]
pub struct Scribe {
    pub(super) orders: SyncSender<Order>,
}

/// The scribe's box is full, or the scribe is gone.
#[derive(Debug, thiserror::Error)]
#[error("the scribe takes no more orders")]
pub struct Crowded;

impl Scribe {
    /// Begins a recording. One that cannot begin is told as any other fault of a recording.
    ///
    /// # Errors
    ///
    /// When the scribe's box is full.
    pub fn begin(&self, beginning: Beginning) -> Result<(), Crowded> {
        self.tell(Order::Begin(Box::new(beginning)))
    }

    /// Keeps silence in a recording from `at` on, or lets sound in again.
    ///
    /// # Errors
    ///
    /// When the scribe's box is full.
    pub fn hush(&self, id: RecordingId, at: Moment, hush: Hush) -> Result<(), Crowded> {
        self.tell(Order::Hush { id, at, hush })
    }

    /// Ends a recording.
    ///
    /// # Errors
    ///
    /// When the scribe's box is full.
    pub fn end(&self, id: RecordingId, at: Moment) -> Result<(), Crowded> {
        self.tell(Order::End { id, at })
    }

    fn tell(&self, order: Order) -> Result<(), Crowded> {
        match self.orders.try_send(order) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Crowded),
        }
    }
}
