//! Who is logged in: random tokens, good for half a day, known to this process.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use argon2::password_hash::try_generate_salt;

use crate::base::id::AgentId;
use crate::base::limit::{SESSION_LIFE, SESSIONS_MAX};
use crate::base::time::Moment;
use crate::shell::clock::Clock;
use crate::shell::store::{Agent, Role};

/// Characters of a token by which it is looked up; the others are compared in constant time.
const NAME_LENGTH: usize = 16;

/// The tokens of everybody who is logged in. Any number of tasks may hold it.
#[derive(Clone)]
pub struct Sessions {
    clock: Clock,
    open: Arc<ArcSwap<BTreeMap<String, Session>>>,
}

/// Who a token belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// Who.
    pub agent: AgentId,
    /// What she may see.
    pub role: Role,
}

#[derive(Clone)]
struct Session {
    secret: String,
    visitor: Visitor,
    until: Moment,
}

/// The system has no randomness to give.
#[derive(Debug, thiserror::Error)]
#[error("no token can be made: the system gives no randomness")]
pub struct NoRandomness;

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sessions").field("open", &self.open.load().len()).finish_non_exhaustive()
    }
}

impl Sessions {
    /// Nobody is logged in.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self { clock, open: Arc::default() }
    }

    /// Logs an agent in, and gives her token: 256 random bits, good for [`SESSION_LIFE`].
    ///
    /// With [`SESSIONS_MAX`] tokens the one that ends first ends now.
    ///
    /// # Errors
    ///
    /// When the system has no randomness to give.
    pub fn open(&self, agent: &Agent) -> Result<String, NoRandomness> {
        let token = token()?;
        let (name, secret) = token.split_at(NAME_LENGTH);
        let now = self.clock.now();
        let visitor = Visitor { agent: agent.id.clone(), role: agent.role };
        let session = Session { secret: secret.to_owned(), visitor, until: now + SESSION_LIFE };
        self.open.rcu(|open| {
            let mut open = BTreeMap::clone(open);
            open.retain(|_, session| session.until > now);
            make_room(&mut open);
            open.insert(name.to_owned(), session.clone());
            open
        });
        Ok(token)
    }

    /// Whose token this is, while it is good.
    #[must_use]
    pub fn agent_of(&self, token: &str) -> Option<AgentId> {
        self.visitor(token).map(|visitor| visitor.agent)
    }

    /// Whose token this is and what she may see, while it is good.
    #[must_use]
    pub fn visitor(&self, token: &str) -> Option<Visitor> {
        let (name, secret) = token.split_at_checked(NAME_LENGTH)?;
        let open = self.open.load();
        let session = open.get(name)?;
        let is_good = is_same(&session.secret, secret) && session.until > self.clock.now();
        is_good.then(|| session.visitor.clone())
    }

    /// Ends a token, if it is one.
    pub fn end(&self, token: &str) {
        if self.visitor(token).is_none() {
            return;
        }
        let name = token.split_at_checked(NAME_LENGTH).map_or("", |(name, _)| name);
        self.open.rcu(|open| {
            let mut open = BTreeMap::clone(open);
            open.remove(name);
            open
        });
    }

    /// Ends every token of an agent: she was removed, or her password or role was changed.
    pub fn end_all_of(&self, agent: &AgentId) {
        self.open.rcu(|open| {
            let mut open = BTreeMap::clone(open);
            open.retain(|_, session| session.visitor.agent != *agent);
            open
        });
    }
}

fn make_room(open: &mut BTreeMap<String, Session>) {
    if open.len() < SESSIONS_MAX {
        return;
    }
    let first = open.iter().min_by_key(|(_, session)| session.until);
    if let Some(name) = first.map(|(name, _)| name.clone()) {
        open.remove(&name);
    }
}

/// Sixty-four hexadecimal digits from the system's randomness.
fn token() -> Result<String, NoRandomness> {
    let half = || try_generate_salt().map(u128::from_be_bytes).map_err(|_| NoRandomness);
    Ok(format!("{:032x}{:032x}", half()?, half()?))
}

/// Whether two secrets are the same, in a time that does not tell how far they are.
fn is_same(ours: &str, theirs: &str) -> bool {
    let differ =
        ours.bytes().zip(theirs.bytes()).fold(0, |differ, (ours, theirs)| differ | (ours ^ theirs));
    ours.len() == theirs.len() && differ == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::store::trial::maryam;

    #[test]
    fn a_token_is_good_until_it_is_ended() {
        let sessions = Sessions::new(Clock::start());
        let (first, second) =
            (sessions.open(&maryam()).expect("random"), sessions.open(&maryam()).expect("random"));
        assert_eq!(first.len(), 64);
        assert_ne!(first, second);
        assert_eq!(sessions.agent_of(&first), Some("maryam".into()));
        sessions.end(&first);
        assert_eq!(sessions.agent_of(&first), None);
        assert_eq!(sessions.agent_of(&second), Some("maryam".into()));
        sessions.end_all_of(&"maryam".into());
        assert_eq!(sessions.agent_of(&second), None);
    }

    #[test]
    fn half_a_token_or_a_changed_one_is_nobodys() {
        let sessions = Sessions::new(Clock::start());
        let token = sessions.open(&maryam()).expect("random");
        let changed = format!("{}{}", &token[..63], if token.ends_with('0') { '1' } else { '0' });
        let longer = format!("{token}0");
        for wrong in ["", "é", &token[..16], &token[..63], &changed, &longer] {
            assert_eq!(sessions.agent_of(wrong), None, "{wrong}");
        }
    }
}
