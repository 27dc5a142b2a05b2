//! What a media worker tells the control side.

use std::net::SocketAddr;

use crate::base::id::LegId;
use crate::base::key::Key;
use crate::base::time::Moment;
use crate::media::command::PlayId;

/// News of a leg.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The first packet that was accepted came, or the first one since the audio was agreed anew.
    Heard {
        /// Which leg.
        leg: LegId,
        /// From where.
        from: SocketAddr,
    },
    /// A key was pressed and let go.
    Key {
        /// Which leg.
        leg: LegId,
        /// The key.
        key: Key,
        /// When its end was known.
        at: Moment,
    },
    /// A playout came to its own end.
    Played {
        /// Which leg.
        leg: LegId,
        /// The playout.
        play: PlayId,
    },
    /// Nothing has come for a while, though the other side is to send.
    Silent {
        /// Which leg.
        leg: LegId,
    },
    /// Something came again after [`Event::Silent`].
    HeardAgain {
        /// Which leg.
        leg: LegId,
    },
    /// This worker has taken the leg over from another one.
    Moved {
        /// Which leg.
        leg: LegId,
    },
    /// The leg is gone. The last news of it.
    Closed {
        /// Which leg.
        leg: LegId,
        /// What was counted on it.
        figures: Figures,
    },
    /// The browser's offer is answered.
    Answer {
        /// Which leg.
        leg: LegId,
        /// Our SDP.
        sdp: String,
    },
    /// The browser hears what is sent.
    Connected {
        /// Which leg.
        leg: LegId,
    },
    /// The leg cannot be opened, or its browser is gone. It is to be closed, or offered anew.
    Failed {
        /// Which leg.
        leg: LegId,
        /// In words, for the log.
        why: String,
    },
}

impl Event {
    /// Whose news this is.
    #[must_use]
    pub const fn leg(&self) -> LegId {
        match self {
            Self::Heard { leg, .. }
            | Self::Key { leg, .. }
            | Self::Played { leg, .. }
            | Self::Silent { leg }
            | Self::HeardAgain { leg }
            | Self::Moved { leg }
            | Self::Closed { leg, .. }
            | Self::Answer { leg, .. }
            | Self::Connected { leg }
            | Self::Failed { leg, .. } => *leg,
        }
    }
}

/// What was counted on a leg from its opening to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Packets accepted, repeats left out.
    pub received: u64,
    /// Packets sent.
    pub sent: u64,
    /// Packets that never came, by their numbers.
    pub lost: u64,
    /// Packets that came out of order.
    pub late: u64,
    /// Packets that came more than once.
    pub repeated: u64,
    /// Packets from strangers, dropped.
    pub foreign: u64,
    /// Packets from the right place that could not be read or were not agreed on, dropped.
    pub malformed: u64,
    /// Packets that told again of a key that had ended.
    pub key_repeats: u64,
    /// Interarrival jitter in microseconds (RFC 3550 §6.4.1).
    pub jitter_us: u64,
    /// The last round-trip time in microseconds, when the other side sends reports.
    pub round_trip_us: Option<u64>,
    /// The share of our packets that the other side missed of late, in 256ths, when it reports.
    pub missed_256ths: Option<u8>,
}
