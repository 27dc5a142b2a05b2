//! The way into a JSON document: `body.cases[0].state`.

use std::fmt;
use std::sync::Arc;

use crate::flow::expression::Value;

/// Which part of an answer: `status`, or steps into `body`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    text: Arc<str>,
    steps: Vec<Stride>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Stride {
    /// `.name`
    Field(Arc<str>),
    /// `[n]`
    Item(usize),
}

impl Path {
    /// Reads a path that begins with one of `roots`; `None` when it is not spelled like one.
    #[must_use]
    pub fn parse(text: &str, roots: &[&str]) -> Option<Self> {
        let mut steps = Vec::new();
        for piece in text.split('.') {
            let (name, mut items) = piece.split_at(piece.find('[').unwrap_or(piece.len()));
            if !is_name(name) {
                return None;
            }
            steps.push(Stride::Field(name.into()));
            while let Some((number, rest)) =
                items.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            {
                steps.push(Stride::Item(number.parse().ok()?));
                items = rest;
            }
            if !items.is_empty() {
                return None;
            }
        }
        let is_rooted =
            matches!(steps.first(), Some(Stride::Field(root)) if roots.contains(&&**root));
        is_rooted.then(|| Self { text: text.into(), steps })
    }

    /// The part of a document that it leads to; `null` when there is none.
    #[must_use]
    pub fn find(&self, document: &Value) -> Value {
        let found = self.steps.iter().try_fold(document, |at, step| match (step, at) {
            (Stride::Field(name), Value::Map(fields)) => fields.get(name),
            (Stride::Item(index), Value::List(items)) => items.get(*index),
            (
                Stride::Field(_) | Stride::Item(_),
                Value::Null
                | Value::Bool(_)
                | Value::Int(_)
                | Value::Text(_)
                | Value::List(_)
                | Value::Map(_),
            ) => None,
        });
        found.cloned().unwrap_or(Value::Null)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::expression::Fields;

    #[test]
    fn a_path_leads_into_a_document() {
        let map = |name: &str, value| Value::from(Fields::from_iter([(name.into(), value)]));
        let inner = map("state", "open".into());
        let document = map("body", map("cases", Value::List([inner].into())));
        let find = |text| Path::parse(text, &["body"]).map(|path| path.find(&document));
        assert_eq!(find("body.cases[0].state"), Some("open".into()));
        assert_eq!(find("body.cases[1].state"), Some(Value::Null));
        assert_eq!(find("body.cases.state"), Some(Value::Null));
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", "body.", "other", "body[x]", "body[0", "body[0]x", "body..a", "body.a b"] {
            assert_eq!(Path::parse(text, &["body"]), None, "{text}");
        }
    }
}
