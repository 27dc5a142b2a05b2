//! What can go wrong with the store.

use crate::base::id::AgentId;

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The file or its folder cannot be made or opened.
    #[error("the store `{path}` cannot be opened for writing: {why}")]
    Open {
        /// The file.
        path: String,
        /// What stands in the way.
        why: String,
    },
    /// The database failed.
    #[error("the store failed: {0}")]
    Sql(#[from] sqlx::Error),
    /// What is stored cannot be read.
    #[error("the store holds something unreadable in {place}: {why}")]
    Unreadable {
        /// Where.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such agent.
    #[error("there is no agent `{0}`")]
    NoSuchAgent(AgentId),
    /// There is such an agent already.
    #[error("there is an agent `{0}` already")]
    AgentExists(AgentId),
    /// The agent cannot be stored as she is described.
    #[error("wanted {wanted}, found `{found}`")]
    Agent {
        /// What was wanted.
        wanted: &'static str,
        /// What was found.
        found: String,
    },
    /// The password cannot be used.
    #[error("wanted a password of 8 to {max} bytes, found {found}", max = crate::base::limit::PASSWORD_BYTES_MAX)]
    Password {
        /// How long it is.
        found: usize,
    },
    /// The password could not be hashed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The engine stopped before these could be written.
    #[error("{0} records could not be written before the stop")]
    Unwritten(usize),
}
