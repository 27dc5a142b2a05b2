//! From the table to JSON Schema 2020-12.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use super::kind::{Field, Kind, Need, Shape};
use super::{node, place, prompt, trial};
use crate::flow::model::Language;
use crate::flow::parse::node::TYPES;

/// A kind of file of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Document {
    /// `bundle.yaml`
    Bundle,
    /// `flows/*.flow.yaml`
    Flow,
    /// `prompts/*.prompts.yaml`
    Prompts,
    /// `entities/*.entity.yaml`
    Entity,
    /// `sectors.yaml`
    Sectors,
    /// `skills.yaml`
    Skills,
    /// `calendars/*.calendar.yaml`
    Calendar,
    /// `queues/*.queue.yaml`
    Queue,
    /// `tests/*.test.yaml`
    Tests,
}

impl Document {
    /// Every kind of file.
    pub const ALL: [Self; 9] = [
        Self::Bundle,
        Self::Flow,
        Self::Prompts,
        Self::Entity,
        Self::Sectors,
        Self::Skills,
        Self::Calendar,
        Self::Queue,
        Self::Tests,
    ];

    /// What the command line calls it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Bundle => "bundle",
            Self::Flow => "flow",
            Self::Prompts => "prompts",
            Self::Entity => "entity",
            Self::Sectors => "sectors",
            Self::Skills => "skills",
            Self::Calendar => "calendar",
            Self::Queue => "queue",
            Self::Tests => "tests",
        }
    }

    /// The files of a bundle that are of this kind.
    #[must_use]
    pub const fn files(self) -> &'static str {
        match self {
            Self::Bundle => "bundle.yaml",
            Self::Flow => "flows/*.flow.yaml",
            Self::Prompts => "prompts/*.prompts.yaml",
            Self::Entity => "entities/*.entity.yaml",
            Self::Sectors => "sectors.yaml",
            Self::Skills => "skills.yaml",
            Self::Calendar => "calendars/*.calendar.yaml",
            Self::Queue => "queues/*.queue.yaml",
            Self::Tests => "tests/*.test.yaml",
        }
    }

    /// The `kind:` that such a file begins with.
    const fn kind(self) -> &'static str {
        match self {
            Self::Bundle => "Bundle",
            Self::Flow => "Flow",
            Self::Prompts => "Prompts",
            Self::Entity => "Entity",
            Self::Sectors => "Sectors",
            Self::Skills => "Skills",
            Self::Calendar => "Calendar",
            Self::Queue => "Queue",
            Self::Tests => "Tests",
        }
    }

    /// The shape of such a file.
    pub(super) const fn shape(self) -> &'static str {
        match self {
            // A node of a flow has that name.
            Self::Queue => "queue_file",
            Self::Bundle
            | Self::Flow
            | Self::Prompts
            | Self::Entity
            | Self::Sectors
            | Self::Skills
            | Self::Calendar
            | Self::Tests => self.word(),
        }
    }
}

/// Every shape.
pub(super) fn shapes() -> impl Iterator<Item = &'static Shape> {
    [node::SHAPES, prompt::SHAPES, place::SHAPES, trial::SHAPES].into_iter().flatten()
}

/// The shape of that name.
pub(super) fn shape(name: &str) -> &'static Shape {
    shapes().find(|shape| shape.name == name).expect("the table names its own shapes only")
}

/// The fields of a shape, with those of the shapes that it has as well.
pub(super) fn fields(shape: &'static Shape) -> Vec<&'static Field> {
    let others = shape.with.iter().flat_map(|name| fields(self::shape(name)));
    others.chain(shape.fields).collect()
}

/// The JSON Schema of a kind of file, for editors and for other programs.
#[must_use]
pub fn schema(document: Document) -> Json {
    let mut used = BTreeSet::new();
    let mut whole = object(shape(document.shape()), &mut used);
    let kind = json!({ "const": document.kind(), "description": "What the file is." });
    if let Some(properties) = whole.get_mut("properties").and_then(Json::as_object_mut) {
        properties.insert("kind".to_owned(), kind);
    }
    let mut definitions = Map::new();
    while let Some(name) = used.iter().find(|name| !definitions.contains_key(**name)).copied() {
        let definition = match name {
            NODE => any_node(&mut used),
            SAID => said(&mut used),
            _ => Json::Object(object(shape(name), &mut used)),
        };
        definitions.insert(name.to_owned(), definition);
    }
    let mut schema = Map::new();
    schema.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
    schema.insert("title".to_owned(), json!(document.files()));
    schema.append(&mut whole);
    if !definitions.is_empty() {
        schema.insert("$defs".to_owned(), Json::Object(definitions));
    }
    Json::Object(schema)
}

/// The definitions that are no shapes.
const NODE: &str = "node";
const SAID: &str = "said";

type Used = BTreeSet<&'static str>;

fn object(shape: &'static Shape, used: &mut Used) -> Map<String, Json> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields(shape) {
        let mut holds = kind(&field.holds, used);
        told(&mut holds, field.about);
        properties.insert(field.name.to_owned(), holds);
        if field.need == Need::Must {
            required.push(field.name);
        }
    }
    if let Some(node_type) = properties.get_mut("type").filter(|_| TYPES.contains(&shape.name)) {
        *node_type = json!({ "const": shape.name, "description": "What the node does." });
    }
    let mut object = Map::new();
    object.insert("type".to_owned(), json!("object"));
    object.insert("description".to_owned(), json!(shape.about));
    object.insert("markdownDescription".to_owned(), json!(shape.about));
    object.insert("properties".to_owned(), Json::Object(properties));
    object.insert("required".to_owned(), json!(required));
    object.insert("additionalProperties".to_owned(), json!(false));
    if !shape.one_of.is_empty() {
        let each: Vec<Json> =
            shape.one_of.iter().map(|name| json!({ "required": [name] })).collect();
        object.insert("oneOf".to_owned(), json!(each));
    }
    object
}

/// Puts the words of an editor beside what a field holds; beside a reference they stand alone.
fn told(holds: &mut Json, about: &str) {
    if let Some(holds) = holds.as_object_mut() {
        holds.insert("description".to_owned(), json!(about));
        holds.insert("markdownDescription".to_owned(), json!(about));
    }
}

fn reference(name: &'static str, used: &mut Used) -> Json {
    used.insert(name);
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn kind(of: &Kind, used: &mut Used) -> Json {
    match of {
        Kind::Text => json!({ "type": "string" }),
        Kind::Like(pattern) => json!({ "type": "string", "pattern": pattern }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::True => json!({ "const": true }),
        Kind::Int(i64::MIN, _) => json!({ "type": "integer" }),
        Kind::Int(least, i64::MAX) => json!({ "type": "integer", "minimum": least }),
        Kind::Int(least, most) => {
            json!({ "type": "integer", "minimum": least, "maximum": most })
        }
        Kind::Number => json!({ "type": ["number", "string"] }),
        Kind::Texts => languages(&json!({ "type": "string" })),
        Kind::Said => languages(&reference(SAID, used)),
        Kind::Unit => unit(),
        Kind::List(item) => json!({ "type": "array", "items": kind(item, used) }),
        Kind::Map(item) => {
            json!({ "type": "object", "additionalProperties": kind(item, used) })
        }
        Kind::MapLike(pattern, item) => json!({
            "type": "object",
            "patternProperties": { *pattern: kind(item, used) },
            "additionalProperties": false,
        }),
        Kind::Shape(name) => reference(name, used),
        Kind::Node => reference(NODE, used),
        Kind::Either(kinds) => {
            let kinds: Vec<Json> = kinds.iter().map(|of| kind(of, used)).collect();
            json!({ "anyOf": kinds })
        }
        Kind::Any => json!({}),
        Kind::Null => json!({ "type": "null" }),
    }
}

/// A map with some languages for keys.
fn languages(of: &Json) -> Json {
    let properties: Map<String, Json> =
        Language::ALL.iter().map(|language| (language.tag().to_owned(), of.clone())).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// In each language, every plural form that its grammar has.
fn unit() -> Json {
    let mut properties = Map::new();
    let gender = json!({
        "enum": ["masculine", "feminine"],
        "description": "The gender that numbers before it agree with.",
    });
    properties.insert("gender".to_owned(), gender);
    for language in Language::ALL {
        let words: Vec<&str> = language.plurals().iter().map(|plural| plural.word()).collect();
        let forms: Map<String, Json> =
            words.iter().map(|word| ((*word).to_owned(), json!({ "type": "string" }))).collect();
        let forms = json!({
            "type": "object",
            "properties": forms,
            "required": words,
            "additionalProperties": false,
        });
        properties.insert(language.tag().to_owned(), forms);
    }
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A node: its type says which shape it has.
fn any_node(used: &mut Used) -> Json {
    let branches: Vec<Json> = TYPES
        .iter()
        .map(|name| {
            let branch = reference(name, used);
            json!({ "if": { "properties": { "type": { "const": name } }, "required": ["type"] }, "then": branch })
        })
        .collect();
    let types: Vec<Json> = TYPES
        .iter()
        .map(|name| json!({ "const": name, "description": shape(name).about }))
        .collect();
    json!({
        "type": "object",
        "description": "A node: what is done at this point of a call.",
        "required": ["type"],
        "properties": { "type": { "description": "What the node does.", "oneOf": types } },
        "allOf": branches,
    })
}

/// What a prompt says in one language.
fn said(used: &mut Used) -> Json {
    let slot = reference("slot", used);
    let piece = json!({ "anyOf": [{ "type": "string" }, slot] });
    json!({ "anyOf": [piece, { "type": "array", "items": piece, "minItems": 1 }] })
}
