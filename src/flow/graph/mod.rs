//! A bundle as a picture: its nodes with what is heard there, and the ways between them.

mod build;
mod part;
mod say;

mod dot;
mod layout;
mod mermaid;
mod note;
mod panel;
mod svg;

pub use build::{of, of_flow};
pub use part::{Edge, Graph, Inherited, Kind, Node, Source, Way};
pub(super) use say::{done_in, heard};
