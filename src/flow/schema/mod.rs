//! What files may hold, as a table with a sentence for every field, and as JSON Schema from it.
//!
//! The reader of files decides; a test holds this table against it, field by field.

mod kind;

mod node;
mod place;
mod prompt;
mod trial;

mod write;

pub use write::{Document, schema};

#[cfg(test)]
mod tests;
