//! The library: every version of the bundle that calls are served from, or could be again.
//!
//! Whoever has something to serve reads the [`Shelf`], which is swapped as one; only the
//! [`Librarian`] changes it, one order after the other.

mod candidate;
mod changes;
mod librarian;
mod order;
mod shelf;
mod trial;
mod vault;
mod version;

#[cfg(test)]
pub(in crate::shell) mod sample;
#[cfg(test)]
mod tests;

pub use candidate::{Candidate, Share, TooMany};
pub use librarian::{Librarian, Parts};
pub use order::{Act, Done, From, Library, Refused, Wish};
pub use shelf::{Refusal, Shelf, Standing, State};
pub use trial::Trial;
pub use vault::Vault;
pub use version::{By, Means, Served, Version};
