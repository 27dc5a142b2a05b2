//! One version of the bundle: what it is, how it came, who has it in hand.

use std::sync::{Arc, Weak};

use crate::base::id::AgentId;
use crate::base::time::Wall;
use crate::shell::book::Book;
use crate::shell::library::trial::Trial;

/// By what an order came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The engine started.
    Start,
    /// A file of the bundle changed.
    Watch,
    /// SIGHUP.
    Signal,
    /// A request to the API.
    Api,
}

/// Who or what gave an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// By what it came.
    pub means: Means,
    /// Who it was, where somebody was logged in.
    pub who: Option<AgentId>,
}

/// Whom a version has served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Served {
    /// Some calls, as a candidate.
    Some,
    /// All new calls, for a while.
    Everybody,
}

/// A version of the bundle that serves calls, or has done so and is kept.
#[derive(Debug, Clone)]
pub struct Version {
    /// The bundle's hash.
    pub hash: Arc<str>,
    /// When it began to serve the last time.
    pub at: Wall,
    /// Whom it has served at most.
    pub served: Served,
    /// Who or what made it serve.
    pub by: By,
    /// What callers hear differently from what served before.
    pub changes: Arc<[String]>,
    /// What became of its tests.
    pub trial: Trial,
    /// Each time that it was read anew, with other sounds perhaps.
    pub(super) books: Vec<Weak<Book>>,
}

impl Means {
    /// The word for it in logs and answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Watch => "watch",
            Self::Signal => "sighup",
            Self::Api => "api",
        }
    }

    /// The means of that word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Start, Self::Watch, Self::Signal, Self::Api]
            .into_iter()
            .find(|means| means.word() == word)
    }
}

impl By {
    /// Something that is nobody.
    #[must_use]
    pub const fn itself(means: Means) -> Self {
        Self { means, who: None }
    }
}

impl Version {
    /// How many calls it serves.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.books.iter().filter_map(Weak::upgrade).map(|book| book.loans()).sum()
    }

    /// Whether any of it is in memory.
    #[must_use]
    pub fn is_in_memory(&self) -> bool {
        self.books.iter().any(|book| book.strong_count() > 0)
    }

    /// Its book, while it is in memory: the one read last.
    #[must_use]
    pub fn book(&self) -> Option<Arc<Book>> {
        self.books.iter().rev().find_map(Weak::upgrade)
    }
}
