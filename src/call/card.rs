//! What an agent is shown about a caller before and while they talk.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::id::{CallId, EntityId, QueueId};
use crate::base::limit::CARD_PRESSED_MAX;
use crate::call::event::{Direction, Line};

/// A caller, as an agent's screen shows her.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The call.
    pub call: CallId,
    /// Whether the caller calls us, or is called back.
    #[serde(default)]
    pub direction: Direction,
    /// The kind of the caller's line.
    pub line: Line,
    /// The caller's number, unmasked: the reader masks.
    pub from: String,
    /// The dialled number.
    pub to: String,
    /// The language that the caller chose.
    pub language: String,
    /// The queue that the caller waits or waited in.
    pub queue: Option<QueueId>,
    /// The queue's name by language.
    pub queue_names: BTreeMap<String, String>,
    /// The entity that the caller wants.
    pub entity: Option<EntityId>,
    /// The entity's name by language.
    pub entity_names: BTreeMap<String, String>,
    /// The number of the call's case, once it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// How long the caller waited before this offer.
    pub waited_ms: u64,
    /// What the caller pressed on the way, in order.
    pub pressed: Vec<Pressed>,
}

/// One answer of the caller to a menu or a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pressed {
    /// The node that asked.
    pub node: String,
    /// The keys, masked where sensitive.
    pub key: String,
    /// What the keys stood for, by language; empty for digits.
    pub label: BTreeMap<String, String>,
}

impl Card {
    /// Notes an answer. Past [`CARD_PRESSED_MAX`] the oldest one is forgotten.
    pub fn note(&mut self, pressed: Pressed) {
        if CARD_PRESSED_MAX <= self.pressed.len() {
            self.pressed.remove(0);
        }
        self.pressed.push(pressed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::time::Wall;

    #[test]
    fn past_the_limit_the_oldest_answer_is_forgotten() {
        let mut card = Card {
            direction: Direction::Inbound,
            line: Line::Sip,
            call: CallId::new(Wall(1), &mut Rng::seeded(1)),
            from: String::new(),
            to: String::new(),
            language: String::new(),
            queue: None,
            queue_names: BTreeMap::new(),
            entity: None,
            entity_names: BTreeMap::new(),
            case: None,
            waited_ms: 0,
            pressed: Vec::new(),
        };
        for number in 0..CARD_PRESSED_MAX + 2 {
            let (node, key, label) = (number.to_string(), "1".to_owned(), BTreeMap::new());
            card.note(Pressed { node, key, label });
        }
        assert_eq!(card.pressed.len(), CARD_PRESSED_MAX);
        assert_eq!(card.pressed.first().map(|pressed| pressed.node.as_str()), Some("2"));
    }
}
