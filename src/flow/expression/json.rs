//! Values as JSON documents, and JSON documents as values.

use serde_json::{Map, Number, Value as Json};

use crate::flow::expression::{Fields, Value};

/// Why a document cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("wanted a JSON document, found {0}")]
pub struct JsonFault(String);

/// Reads a document. Numbers that are not whole become texts, as flows have whole ones only.
///
/// # Errors
///
/// It is no JSON.
pub fn read(document: &[u8]) -> Result<Value, JsonFault> {
    let json = serde_json::from_slice(document).map_err(|fault| JsonFault(fault.to_string()))?;
    Ok(of_json(json))
}

/// Writes a document.
#[must_use]
pub fn write(value: &Value) -> String {
    to_json(value).to_string()
}

fn of_json(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Value::Text(number.to_string().into()), Value::Int)
        }
        Json::String(text) => Value::Text(text.into()),
        Json::Array(items) => Value::List(items.into_iter().map(of_json).collect()),
        Json::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name.into(), of_json(value)));
            fields.collect::<Fields>().into()
        }
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) => Json::Number(Number::from(*number)),
        Value::Text(text) => Json::String(text.to_string()),
        Value::List(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.to_string(), to_json(value)));
            Json::Object(fields.collect::<Map<String, Json>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_read_and_written_again() {
        let text = r#"{"count":3,"list":["a",null,true],"price":"12.50"}"#;
        assert_eq!(read(text.as_bytes()).map(|value| write(&value)), Ok(text.to_owned()));
        assert_eq!(read(b"12.5"), Ok("12.5".into()));
        assert!(read(b"{").is_err() && read(b"").is_err());
        assert!(read("[".repeat(10_000).as_bytes()).is_err());
    }
}
