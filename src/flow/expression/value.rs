//! The values that flows work with.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use crate::flow::expression::{Fields, Kind};

/// A value of a variable, an argument or an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text.
    Text(Arc<str>),
    /// Several values in order.
    List(Arc<[Self]>),
    /// Named values.
    Map(Arc<Fields>),
}

impl Value {
    /// Its kind, by what it holds.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Null => Kind::Null,
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Text(_) => Kind::Text,
            Self::List(items) => {
                Kind::list(items.iter().map(Self::kind).fold(Kind::Nothing, Kind::join))
            }
            Self::Map(fields) => {
                Kind::record(fields.iter().map(|(name, value)| (name.as_ref(), value.kind())))
            }
        }
    }

    /// How it reads inside a text; `None` for a list or a map, which do not.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        let mut text = String::new();
        self.write(&mut text).is_ok().then_some(text)
    }

    /// Writes how it reads inside a text.
    ///
    /// # Errors
    ///
    /// It is a list or a map, which do not.
    pub fn write(&self, text: &mut String) -> fmt::Result {
        match self {
            Self::Null => Ok(()),
            Self::Bool(flag) => write!(text, "{flag}"),
            Self::Int(number) => write!(text, "{number}"),
            Self::Text(held) => text.write_str(held),
            Self::List(_) | Self::Map(_) => Err(fmt::Error),
        }
    }

    /// The text it holds.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The whole number it holds; a text of digits counts as one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            Self::Null | Self::Bool(_) | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Whether it is `true`.
    #[must_use]
    pub fn is_true(&self) -> bool {
        match self {
            Self::Bool(flag) => *flag,
            Self::Null | Self::Int(_) | Self::Text(_) | Self::List(_) | Self::Map(_) => false,
        }
    }

    /// Whether it is `null`, an empty text or an empty list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
            Self::Map(fields) => fields.is_empty(),
            Self::Bool(_) | Self::Int(_) => false,
        }
    }

    /// The items of a list; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            Self::Null | Self::Bool(_) | Self::Int(_) | Self::Text(_) | Self::Map(_) => &[],
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Bool(flag)
    }
}
