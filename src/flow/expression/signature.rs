//! The functions that expressions may call, and what they take and give.

use crate::flow::expression::{Kind, Scope};

/// A function that expressions may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Size,
    Contains,
    StartsWith,
    EndsWith,
    Matches,
    ToInt,
    ToText,
    EntityOf,
    HasEntity,
    OpenNow,
    NextOpening,
}

impl Function {
    const ALL: [Self; 11] = [
        Self::Size,
        Self::Contains,
        Self::StartsWith,
        Self::EndsWith,
        Self::Matches,
        Self::ToInt,
        Self::ToText,
        Self::EntityOf,
        Self::HasEntity,
        Self::OpenNow,
        Self::NextOpening,
    ];

    /// The macros of the language; the parser has rewritten the ones that were used well.
    const MACROS: [&'static str; 6] = ["has", "all", "exists", "exists_one", "map", "filter"];

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Every name that could have been meant.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(Self::name).chain(Self::MACROS)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Contains => "contains",
            Self::StartsWith => "startsWith",
            Self::EndsWith => "endsWith",
            Self::Matches => "matches",
            Self::ToInt => "int",
            Self::ToText => "string",
            Self::EntityOf => "entity_of",
            Self::HasEntity => "has_entity",
            Self::OpenNow => "open_now",
            Self::NextOpening => "next_opening",
        }
    }

    /// How it is written, for those who wrote it otherwise.
    pub(super) const fn usage(self) -> &'static str {
        match self {
            Self::Size => "size(text or list)",
            Self::Contains => "text.contains(text)",
            Self::StartsWith => "text.startsWith(text)",
            Self::EndsWith => "text.endsWith(text)",
            Self::Matches => "text.matches(pattern)",
            Self::ToInt => "int(text)",
            Self::ToText => "string(number)",
            Self::EntityOf => "entity_of(id)",
            Self::HasEntity => "has_entity(id)",
            Self::OpenNow => "open_now(calendar)",
            Self::NextOpening => "next_opening(calendar)",
        }
    }

    /// What it gives for these arguments, the receiver first; `None` if it does not take them.
    pub(super) fn result(self, receiver: Option<&Kind>, arguments: &[Kind]) -> Option<Kind> {
        let text = |kind: &Kind| Kind::Text.accepts(kind);
        match (self, receiver, arguments) {
            (Self::Size, None, [of]) | (Self::Size, Some(of), []) => match of {
                Kind::Any | Kind::Nothing | Kind::Text | Kind::List(_) => Some(Kind::Int),
                Kind::Null | Kind::Bool | Kind::Int | Kind::Record(_) => None,
            },
            (
                Self::Contains | Self::StartsWith | Self::EndsWith | Self::Matches,
                Some(of),
                [with],
            ) => (text(of) && text(with)).then_some(Kind::Bool),
            (Self::ToInt, None, [of]) => (text(of) || *of == Kind::Int).then_some(Kind::Int),
            (Self::ToText, None, [of]) => match of {
                Kind::Any | Kind::Nothing | Kind::Bool | Kind::Int | Kind::Text => Some(Kind::Text),
                Kind::Null | Kind::List(_) | Kind::Record(_) => None,
            },
            (Self::EntityOf, None, [id]) => text(id).then(Scope::entity),
            (Self::NextOpening, None, [id]) => text(id).then(Scope::next_opening),
            (Self::HasEntity | Self::OpenNow, None, [id]) => text(id).then_some(Kind::Bool),
            (_, _, _) => None,
        }
    }
}
