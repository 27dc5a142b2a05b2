//! What new calls are served from, and what is known of every version: read by all, swapped as one.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::base::id::CallId;
use crate::base::time::Wall;
use crate::shell::book::{Book, BookFault, Loan};
use crate::shell::library::candidate::Candidate;
use crate::shell::library::version::{By, Version};

/// Everything that holds at one time.
#[derive(Debug, Clone)]
pub struct Standing {
    /// What new calls are served from.
    pub active: Arc<Book>,
    /// What some of them are served from.
    pub candidate: Option<Candidate>,
    /// The versions, the one that served last first.
    pub versions: Vec<Version>,
    /// The last bundle that was not taken.
    pub refusal: Option<Refusal>,
}

/// A bundle that was not taken.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// When.
    pub at: Wall,
    /// Who or what wanted it.
    pub by: By,
    /// Why not.
    pub fault: Arc<BookFault>,
}

/// The shelf. Copies are one shelf.
#[derive(Debug, Clone)]
pub struct Shelf(Arc<ArcSwap<Standing>>);

impl Shelf {
    /// A shelf with one book.
    #[must_use]
    pub fn new(book: Book) -> Self {
        let active = Arc::new(book);
        let standing = Standing { active, candidate: None, versions: Vec::new(), refusal: None };
        Self(Arc::new(ArcSwap::from_pointee(standing)))
    }

    /// The book for a new call, counted until the call gives it back.
    #[must_use]
    pub fn lend(&self, from: &str, to: &str, call: CallId) -> Loan {
        let standing = self.0.load();
        let tried = standing.candidate.as_ref().filter(|tried| tried.is_for(from, to, call));
        tried.map_or(&standing.active, |tried| &tried.book).lend()
    }

    /// What new calls are served from, but for a candidate's share.
    #[must_use]
    pub fn active(&self) -> Arc<Book> {
        Arc::clone(&self.0.load().active)
    }

    /// All that holds at present.
    #[must_use]
    pub fn standing(&self) -> Arc<Standing> {
        self.0.load_full()
    }

    /// Changes it. Only the librarian does, so that no change is lost.
    pub(super) fn change(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = Standing::clone(&self.0.load());
        change(&mut standing);
        self.0.store(Arc::new(standing));
    }
}

impl Standing {
    /// The one version whose hash begins so; `active` and `candidate` are names too.
    #[must_use]
    pub fn version(&self, name: &str) -> Option<&Version> {
        let wanted = match name {
            "active" => self.active.bundle().hash.to_string(),
            "candidate" => self.candidate.as_ref()?.book.bundle().hash.to_string(),
            "" => return None,
            start => start.to_owned(),
        };
        let mut found = self.versions.iter().filter(|version| version.hash.starts_with(&wanted));
        let version = found.next()?;
        found.next().is_none().then_some(version)
    }

    /// What the version is at present.
    #[must_use]
    pub fn state_of(&self, hash: &str) -> State {
        let tried = self.candidate.as_ref().map(|tried| &*tried.book.bundle().hash);
        if *hash == *self.active.bundle().hash {
            State::Active
        } else if tried == Some(hash) {
            State::Candidate
        } else {
            State::Retired
        }
    }
}

/// What a version is at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// New calls are served from it.
    Active,
    /// Some new calls are.
    Candidate,
    /// Only calls of before are, if any.
    Retired,
}

impl State {
    /// The word for it in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Candidate => "candidate",
            Self::Retired => "retired",
        }
    }
}
