//! The deadlines of many machines, in order, for the one who owns them all.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::time::Moment;

/// When each of an owner's machines wants to be woken, at most once per machine.
#[derive(Debug, Clone)]
pub struct Agenda<K> {
    by_key: BTreeMap<K, Moment>,
    by_time: BTreeSet<(Moment, K)>,
}

impl<K: Ord + Clone> Agenda<K> {
    /// Wakes `key` at `at` and at no other time; `None` forgets it.
    pub fn set(&mut self, key: K, at: Option<Moment>) {
        let before = match at {
            Some(at) => self.by_key.insert(key.clone(), at),
            None => self.by_key.remove(&key),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.by_time.remove(&(before, key.clone()));
        }
        if let Some(at) = at {
            self.by_time.insert((at, key));
        }
    }

    /// The next deadline of all.
    #[must_use]
    pub fn next(&self) -> Option<Moment> {
        self.by_time.first().map(|(at, _)| *at)
    }

    /// Takes one machine whose deadline has passed, oldest first.
    pub fn pop_due(&mut self, now: Moment) -> Option<K> {
        if now < self.next()? {
            return None;
        }
        let (_, key) = self.by_time.pop_first()?;
        self.by_key.remove(&key);
        Some(key)
    }
}

impl<K> Default for Agenda<K> {
    fn default() -> Self {
        Self { by_key: BTreeMap::new(), by_time: BTreeSet::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_deadline_comes_first_and_once() {
        let at = Moment::from_micros;
        let mut agenda = Agenda::default();
        agenda.set("menu", Some(at(30)));
        agenda.set("ring", Some(at(20)));
        agenda.set("menu", Some(at(10)));
        agenda.set("gone", Some(at(5)));
        agenda.set("gone", None);
        assert_eq!(agenda.next(), Some(at(10)));
        assert_eq!(agenda.pop_due(at(20)), Some("menu"));
        assert_eq!(agenda.pop_due(at(20)), Some("ring"));
        assert_eq!(agenda.pop_due(at(20)), None);
        assert_eq!(agenda.next(), None);
    }
}
