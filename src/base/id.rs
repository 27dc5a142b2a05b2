//! Names that are unique: across nodes (ULID) for what outlives a call, within the node for legs.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use crate::base::chance::Rng;
use crate::base::time::Wall;

macro_rules! unique {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        pub struct $name(Ulid);

        impl $name {
            /// A new one, sorted by `wall`.
            #[must_use]
            pub fn new(wall: Wall, rng: &mut Rng) -> Self {
                let random = u128::from(rng.bits()) << 64 | u128::from(rng.bits());
                Self(Ulid::from_parts(u64::try_from(wall.0).unwrap_or(0), random))
            }

            /// Reads the 26 characters that [`fmt::Display`] writes.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                Ulid::from_string(text).ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name as its file or table spells it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

unique!(
    /// One call-back that was promised.
    CallBackId
);
unique!(
    /// One caller's visit.
    CallId
);
unique!(
    /// One wait of one caller in the pool.
    TicketId
);
unique!(
    /// One lease of one agent for one ticket.
    OfferId
);

unique!(
    /// One recording: of a call or of a message.
    RecordingId
);

impl CallId {
    /// Which hundredth of all calls it is of, 0 to 99: the same one whenever it is asked.
    #[must_use]
    pub fn hundredth(self) -> u8 {
        u8::try_from(self.0.random() % 100).unwrap_or(0)
    }
}

name!(
    /// An agent, by login name.
    AgentId
);
name!(
    /// A queue, by its file's `id`.
    QueueId
);
name!(
    /// A government entity, by its file's `id`.
    EntityId
);
name!(
    /// A skill such as `lang.ar`.
    SkillId
);

/// One side of a call, within this process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LegId(pub u64);

impl fmt::Display for LegId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "leg-{}", self.0)
    }
}
