//! What the librarian is asked to do, and what the answer can be.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::base::limit::LIBRARY_BOX_MAX;
use crate::shell::book::BookFault;
use crate::shell::library::candidate::{Share, TooMany};
use crate::shell::library::version::By;

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Read the bundle's folder, and serve new calls from it.
    Reload,
    /// Serve new calls from a version that is kept: this one, or the one that served before.
    RollBack(Option<String>),
    /// Serve some new calls from a candidate.
    TryOut(Wish),
    /// Serve all new calls from the candidate.
    Promote,
    /// Serve no new calls from the candidate.
    Withdraw,
}

/// A candidate that is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Where it comes from.
    pub from: From,
    /// How many of the calls it gets.
    pub share: Share,
    /// Whose calls it gets in any case.
    pub callers: Vec<String>,
}

/// Where a candidate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum From {
    /// The bundle's folder.
    Folder,
    /// Another folder beside it.
    Path(PathBuf),
    /// A version that is kept.
    Kept(String),
}

/// An order was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// The version that it was about.
    pub hash: Arc<str>,
}

/// Why an order was not carried out. Nothing has changed then.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Refused {
    /// The bundle cannot serve.
    #[error("{0}")]
    Book(Arc<BookFault>),
    /// No version is called so, or several are.
    #[error("wanted the hash of one version that is kept, found `{0}`")]
    NoSuchVersion(String),
    /// The copy of a version is not what it was.
    #[error("the kept copy of `{0}` was changed")]
    Changed(String),
    /// No version served before.
    #[error("no version served before this one")]
    NothingBefore,
    /// There is no candidate.
    #[error("there is no candidate")]
    NoCandidate,
    /// The folder is not beside the bundle's.
    #[error("wanted a folder beside the bundle's, found `{0}`")]
    Elsewhere(String),
    /// There are too many test callers.
    #[error(transparent)]
    Callers(#[from] TooMany),
    /// The engine stops, or too many orders wait.
    #[error("the library takes no more orders at the moment")]
    Busy,
}

/// One order.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) act: Act,
    pub(super) by: By,
    pub(super) reply: oneshot::Sender<Result<Done, Refused>>,
}

/// Where orders are given. Copies are one library.
#[derive(Debug, Clone)]
pub struct Library(mpsc::Sender<Order>);

impl Library {
    /// A library, and the librarian's side of it.
    pub(super) fn open() -> (Self, mpsc::Receiver<Order>) {
        let (orders, inbox) = mpsc::channel(LIBRARY_BOX_MAX);
        (Self(orders), inbox)
    }

    /// Gives an order and waits until it is carried out, or is not.
    ///
    /// # Errors
    ///
    /// Why not; nothing has changed then.
    pub async fn order(&self, act: Act, by: By) -> Result<Done, Refused> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Order { act, by, reply }).map_err(|_| Refused::Busy)?;
        answer.await.map_err(|_| Refused::Busy)?
    }
}
