//! What an expression can ask about one call at one moment.

use std::sync::Arc;

use jiff::Zoned;

use crate::base::time::Wall;
use crate::flow::expression::program::{CallField, NowField, QueueField};
use crate::flow::expression::{Value, World};
use crate::flow::hours::timestamp;

/// All that an expression can ask about one call at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What the bundle knows.
    pub world: &'a Arc<World>,
    /// The flow's variables, sorted by name.
    pub variables: &'a [Value],
    /// What its caller handed in, sorted by name.
    pub inputs: &'a [Value],
    /// Who calls.
    pub call: &'a CallFacts,
    /// The wait, and the talk after it.
    pub queue: &'a QueueFacts,
    /// The wait so far, or as it was when it ended, in seconds.
    pub wait_s: i64,
    /// The element of the list, inside a `choices_from`.
    pub item: Option<&'a Value>,
    /// What the wall clock shows.
    pub now: Wall,
}

/// `call.…`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallFacts {
    /// The caller's number.
    pub from: Arc<str>,
    /// The dialled number.
    pub to: Arc<str>,
    /// Where the call came in.
    pub trunk: Arc<str>,
    /// The tag of the language that is spoken.
    pub language: Arc<str>,
    /// The call's id.
    pub id: Arc<str>,
    /// The number of its case; empty while it has none.
    pub case: Arc<str>,
}

/// `queue.…`; zero and empty when there was no queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueFacts {
    /// How many are ahead, plus one.
    pub position: i64,
    /// The wait still expected, in seconds; zero when it cannot be told.
    pub ewt_s: i64,
    /// The wait so far, in seconds.
    pub wait_s: i64,
    /// How long the agent and the caller talked, in seconds.
    pub talk_s: i64,
    /// Who answered.
    pub agent: Arc<str>,
}

impl CallFacts {
    pub(super) fn field(&self, field: CallField) -> Arc<str> {
        Arc::clone(match field {
            CallField::From => &self.from,
            CallField::To => &self.to,
            CallField::Trunk => &self.trunk,
            CallField::Language => &self.language,
            CallField::Id => &self.id,
            CallField::Case => &self.case,
        })
    }
}

impl Facts<'_> {
    pub(super) fn queue_field(&self, field: QueueField) -> Value {
        match field {
            QueueField::Position => Value::Int(self.queue.position),
            QueueField::ExpectedWait => Value::Int(self.queue.ewt_s),
            QueueField::Wait => Value::Int(self.wait_s),
            QueueField::Talk => Value::Int(self.queue.talk_s),
            QueueField::Agent => Value::Text(Arc::clone(&self.queue.agent)),
        }
    }

    pub(super) fn now_field(&self, field: NowField) -> Value {
        let local = self.local_time();
        match field {
            NowField::Date => Value::Text(local.date().to_string().into()),
            NowField::Time => Value::Text(local.strftime("%H:%M").to_string().into()),
            NowField::Weekday => {
                Value::Text(local.strftime("%A").to_string().to_lowercase().into())
            }
            NowField::Hour => Value::Int(i64::from(local.hour())),
            NowField::Minute => Value::Int(i64::from(local.minute())),
            NowField::Unix => Value::Int(local.timestamp().as_second()),
        }
    }

    /// The wall clock in the zone of the bundle's first calendar; in UTC when it has none.
    fn local_time(&self) -> Zoned {
        timestamp(self.now).to_zoned(self.world.bundle().zone())
    }
}
