//! Deadlines with names, so that a late call can say what it was waiting for.

use crate::base::time::Moment;

/// The deadlines one machine is waiting for, at most one per name.
#[derive(Debug, Clone)]
pub struct Timers<N>(Vec<(N, Moment)>);

impl<N> Timers<N> {
    /// No deadlines.
    #[must_use]
    pub const fn new() -> Self {
        Self(Vec::new())
    }
}

impl<N: Ord + Copy> Timers<N> {
    /// Sets `name` to go off at `at`, replacing an earlier deadline of that name.
    pub fn set(&mut self, name: N, at: Moment) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, due)) => *due = at,
            None => self.0.push((name, at)),
        }
    }

    /// Forgets `name`.
    pub fn clear(&mut self, name: N) {
        self.0.retain(|(known, _)| *known != name);
    }

    /// Whether `name` is waited for.
    pub fn is_set(&self, name: N) -> bool {
        self.0.iter().any(|(known, _)| *known == name)
    }

    /// The next deadline and its name.
    #[must_use]
    pub fn next(&self) -> Option<(Moment, N)> {
        self.0.iter().map(|&(name, at)| (at, name)).min()
    }

    /// Takes one deadline that has passed, oldest first.
    pub fn pop_due(&mut self, now: Moment) -> Option<N> {
        let (at, name) = self.next()?;
        if now < at {
            return None;
        }
        self.clear(name);
        Some(name)
    }
}

impl<N> Default for Timers<N> {
    fn default() -> Self {
        Self::new()
    }
}
