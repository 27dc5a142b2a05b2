//! How many messages one call may send, and one recipient may get: nobody is flooded through us.

use std::collections::BTreeMap;

use crate::base::id::CallId;
use crate::base::limit::{
    MESSAGE_WINDOW, MESSAGES_PER_CALL_MAX, MESSAGES_PER_RECIPIENT_MAX, MESSAGES_REMEMBERED_MAX,
};
use crate::base::time::Moment;

/// The messages of the last while, by call and by recipient.
#[derive(Debug, Default)]
pub(super) struct Rates {
    calls: BTreeMap<CallId, Tally>,
    recipients: BTreeMap<String, Tally>,
}

#[derive(Debug, Clone, Copy)]
struct Tally {
    count: u32,
    since: Moment,
}

/// Whose share is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum TooMany {
    #[error("more messages of one call than are sent")]
    Call,
    #[error("more messages to one recipient than are sent")]
    Recipient,
}

impl Rates {
    /// Counts a message that is about to be sent.
    pub(super) fn admit(
        &mut self,
        now: Moment,
        call: CallId,
        recipient: &str,
    ) -> Result<(), TooMany> {
        if count(&self.calls, now, &call) >= MESSAGES_PER_CALL_MAX {
            return Err(TooMany::Call);
        }
        if count(&self.recipients, now, recipient) >= MESSAGES_PER_RECIPIENT_MAX {
            return Err(TooMany::Recipient);
        }
        add(&mut self.calls, now, call);
        add(&mut self.recipients, now, recipient.to_owned());
        Ok(())
    }
}

fn count<Q: Ord + ?Sized, K: Ord + std::borrow::Borrow<Q>>(
    tallies: &BTreeMap<K, Tally>,
    now: Moment,
    key: &Q,
) -> u32 {
    let tally = tallies.get(key).filter(|tally| now.since(tally.since) < MESSAGE_WINDOW);
    tally.map_or(0, |tally| tally.count)
}

fn add<K: Ord + Clone>(tallies: &mut BTreeMap<K, Tally>, now: Moment, key: K) {
    if !tallies.contains_key(&key) && tallies.len() >= MESSAGES_REMEMBERED_MAX {
        make_room(tallies, now);
    }
    let tally = tallies.entry(key).or_insert(Tally { count: 0, since: now });
    if now.since(tally.since) >= MESSAGE_WINDOW {
        *tally = Tally { count: 0, since: now };
    }
    tally.count += 1;
}

/// Forgets those whose while is over, and when there is none, the one that began first.
fn make_room<K: Ord + Clone>(tallies: &mut BTreeMap<K, Tally>, now: Moment) {
    tallies.retain(|_, tally| now.since(tally.since) < MESSAGE_WINDOW);
    if tallies.len() < MESSAGES_REMEMBERED_MAX {
        return;
    }
    let first = tallies.iter().min_by_key(|(_, tally)| tally.since).map(|(key, _)| key.clone());
    if let Some(first) = first {
        tallies.remove(&first);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::chance::Rng;
    use crate::base::time::Wall;

    fn call(seed: u64) -> CallId {
        CallId::new(Wall(0), &mut Rng::seeded(seed))
    }

    #[test]
    fn a_call_sends_a_few_messages_and_no_more() {
        let (mut rates, now) = (Rates::default(), Moment::START);
        for to in 0..MESSAGES_PER_CALL_MAX {
            assert_eq!(rates.admit(now, call(1), &to.to_string()), Ok(()));
        }
        assert_eq!(rates.admit(now, call(1), "another"), Err(TooMany::Call));
        assert_eq!(rates.admit(now, call(2), "another"), Ok(()));
    }

    #[test]
    fn many_calls_cannot_flood_one_recipient_until_the_while_is_over() {
        let (mut rates, now) = (Rates::default(), Moment::START);
        for seed in 0..u64::from(MESSAGES_PER_RECIPIENT_MAX) {
            assert_eq!(rates.admit(now, call(seed), "+971501234567"), Ok(()));
        }
        assert_eq!(rates.admit(now, call(99), "+971501234567"), Err(TooMany::Recipient));
        let later = now + MESSAGE_WINDOW;
        assert_eq!(rates.admit(later, call(99), "+971501234567"), Ok(()));
    }

    #[test]
    fn what_is_remembered_has_an_end() {
        let mut rates = Rates::default();
        for number in 0..MESSAGES_REMEMBERED_MAX + 10 {
            let now = Moment::START + std::time::Duration::from_micros(number as u64);
            assert_eq!(rates.admit(now, call(number as u64), &number.to_string()), Ok(()));
        }
        assert_eq!(rates.recipients.len(), MESSAGES_REMEMBERED_MAX);
        assert!(!rates.recipients.contains_key("0"), "the first is forgotten first");
    }
}
