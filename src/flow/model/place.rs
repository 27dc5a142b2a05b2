//! Who is reached by the number: entities, their sectors, their queues.

use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{EntityId, QueueId};
use crate::base::key::Key;
use crate::flow::model::{Name, Texts};

/// A group of entities, as the caller chooses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sector {
    /// Its id.
    pub id: Arc<str>,
    /// Its name; its sound is `sector/<id>`.
    pub name: Name,
    /// The key that menus give it.
    pub key: Option<Key>,
}

/// A government entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// Its id.
    pub id: EntityId,
    /// Its name; its sound is `entity/<id>`.
    pub name: Name,
    /// The key that menus give it.
    pub key: Option<Key>,
    /// The sector it belongs to.
    pub sector: Arc<str>,
    /// The calendar of its hours.
    pub calendar: Arc<str>,
    /// The queue of its callers.
    pub queue: QueueId,
    /// The service level it was promised, where it differs from its queue's.
    pub service_level: Option<ServiceLevel>,
    /// Its departments, in the order of its file.
    pub departments: Vec<Department>,
}

/// A promise: so many of a hundred callers are answered within a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceLevel {
    /// The time.
    pub within: Duration,
    /// How many of a hundred.
    pub percent: u8,
}

/// A part of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its id.
    pub id: Arc<str>,
    /// Its name; its sound is `department/<entity>.<id>`.
    pub name: Name,
    /// The key that menus give it.
    pub key: Option<Key>,
}

/// How a queue treats its callers.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePolicy {
    /// Its id.
    pub id: QueueId,
    /// Its name, for people.
    pub name: Texts,
    /// The wait that routing aims at: callers of a queue with a shorter one count as older.
    pub target_wait: Duration,
    /// The service level's threshold: answered within it counts as in time.
    pub in_target: Duration,
    /// The service level that is promised, percent.
    pub service_level: u8,
    /// How many may wait; the next one is `queue.full`.
    pub cap: Option<usize>,
    /// How many may wait for each agent on duty; beyond it is `queue.full`.
    pub ratio: Option<f64>,
    /// How long an agent's phone rings.
    pub ring: Duration,
    /// How long an agent has for after-call work.
    pub wrap_up: Duration,
    /// The sound that is looped when no wait flow says otherwise, such as `music/calm`.
    pub music: Option<Arc<str>>,
    /// The calendar outside which the queue is `queue.closed`.
    pub calendar: Option<Arc<str>>,
}
