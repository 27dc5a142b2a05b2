//! What an expression yields, as far as it can be told before any call.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The kind of value an expression yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Nothing is known; it is judged when the call is there.
    Any,
    /// Of an empty list's items: fits everything.
    Nothing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool,
    /// A whole number.
    Int,
    /// Text.
    Text,
    /// A list of one kind of item.
    List(Box<Self>),
    /// A set of named fields.
    Record(Arc<BTreeMap<String, Self>>),
}

impl Kind {
    /// A record with these fields.
    #[must_use]
    pub fn record<'a>(fields: impl IntoIterator<Item = (&'a str, Self)>) -> Self {
        Self::Record(Arc::new(
            fields.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect(),
        ))
    }

    /// A list of `item`.
    #[must_use]
    pub fn list(item: Self) -> Self {
        Self::List(Box::new(item))
    }

    /// Whether a value of `found` may stand where this kind is wanted.
    #[must_use]
    pub fn accepts(&self, found: &Self) -> bool {
        match (self, found) {
            (Self::Any | Self::Nothing, _) | (_, Self::Any | Self::Nothing) => true,
            (Self::List(wanted), Self::List(found)) => wanted.accepts(found),
            (wanted, found) => wanted == found,
        }
    }

    /// The kind of a value that has either kind.
    pub(super) fn join(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, kind) | (kind, Self::Nothing) => kind,
            (Self::List(left), Self::List(right)) => Self::list(left.join(*right)),
            (left, right) if left == right => left,
            (_, _) => Self::Any,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any | Self::Nothing => f.write_str("anything"),
            Self::Null => f.write_str("null"),
            Self::Bool => f.write_str("true or false"),
            Self::Int => f.write_str("a whole number"),
            Self::Text => f.write_str("text"),
            Self::List(_) => f.write_str("a list"),
            Self::Record(_) => f.write_str("a set of fields"),
        }
    }
}
