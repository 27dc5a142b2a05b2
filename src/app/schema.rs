//! `hatif schema`: what a kind of file may hold, for editors.

use std::process::ExitCode;

use crate::app::command::{Schema, SchemaKind};
use crate::flow::schema::{Document, schema};

pub(super) fn main(line: &Schema) -> ExitCode {
    let document = match line.kind {
        SchemaKind::Bundle => Document::Bundle,
        SchemaKind::Flow => Document::Flow,
        SchemaKind::Prompts => Document::Prompts,
        SchemaKind::Entity => Document::Entity,
        SchemaKind::Sectors => Document::Sectors,
        SchemaKind::Skills => Document::Skills,
        SchemaKind::Calendar => Document::Calendar,
        SchemaKind::Queue => Document::Queue,
        SchemaKind::Tests => Document::Tests,
    };
    let schema = serde_json::to_string_pretty(&schema(document));
    crate::app::say(&schema.expect("a schema has text for keys"));
    ExitCode::SUCCESS
}
