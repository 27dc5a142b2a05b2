//! Two bundles side by side, in the terms of those who call: what is heard, where keys lead, who
//! answers, and when.

mod change;
mod fact;
mod node;
mod place;

pub use change::{Area, Change, Changes, compare};
