//! The words of the table: shapes, fields, and what a field can hold.

/// A map with a fixed set of fields.
#[derive(Debug)]
pub(super) struct Shape {
    /// Its name in the table. Of a type of node it is that type.
    pub(super) name: &'static str,
    /// What it is for.
    pub(super) about: &'static str,
    /// Its own fields.
    pub(super) fields: &'static [Field],
    /// Shapes whose fields it has as well.
    pub(super) with: &'static [&'static str],
    /// Fields of which exactly one is there.
    pub(super) one_of: &'static [&'static str],
}

/// One field of a map.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) need: Need,
    pub(super) holds: Kind,
    /// What an editor shows for it.
    pub(super) about: &'static str,
}

/// Whether a field must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Must,
    May,
}

/// What a field can hold.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// Any text.
    Text,
    /// A text of this pattern.
    Like(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, and `true` or `false` for the two that are no text.
    Flag,
    /// `true`
    True,
    /// A whole number in a range.
    Int(i64, i64),
    /// A number, also in quotes.
    Number,
    /// A text in each of some languages.
    Texts,
    /// What a prompt says in each language.
    Said,
    /// A unit with its plural forms per language.
    Unit,
    /// A list.
    List(&'static Self),
    /// A map whose keys are the writer's own.
    Map(&'static Self),
    /// A map whose keys match a pattern.
    MapLike(&'static str, &'static Self),
    /// A map with a fixed set of fields.
    Shape(&'static str),
    /// A node, whose type says which fields it has.
    Node,
    /// One of these.
    Either(&'static [Self]),
    /// Anything.
    Any,
    /// `null`
    Null,
}

/// A field that must be there.
pub(super) const fn must(name: &'static str, holds: Kind, about: &'static str) -> Field {
    Field { name, need: Need::Must, holds, about }
}

/// A field that may be there.
pub(super) const fn may(name: &'static str, holds: Kind, about: &'static str) -> Field {
    Field { name, need: Need::May, holds, about }
}

impl Shape {
    /// A shape with fields of its own.
    pub(super) const fn new(
        name: &'static str,
        about: &'static str,
        fields: &'static [Field],
    ) -> Self {
        Self { name, about, fields, with: &[], one_of: &[] }
    }

    /// With the fields of other shapes as well.
    pub(super) const fn with(mut self, others: &'static [&'static str]) -> Self {
        self.with = others;
        self
    }

    /// With fields of which exactly one is there.
    pub(super) const fn one_of(mut self, names: &'static [&'static str]) -> Self {
        self.one_of = names;
        self
    }
}

pub(super) const ID: Kind = Kind::Like("^[a-z][a-z0-9_-]{0,63}$");
pub(super) const SKILL: Kind = Kind::Like("^.+>= *[1-5]$");
pub(super) const SPAN: Kind = Kind::Like("^[0-9]+(ms|s|m|h)$");
pub(super) const KEY: Kind = Kind::Like("^[0-9*#]$");
pub(super) const KEYS: Kind = Kind::Like("^[0-9*#]+$");
pub(super) const DATE: Kind = Kind::Like("^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
pub(super) const YEARLY: Kind = Kind::Like("^([0-9]{4}-)?[0-9]{2}-[0-9]{2}$");
pub(super) const MOMENT: Kind =
    Kind::Like("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}.*(Z|[+-][0-9]{2}:?[0-9]{2})");
pub(super) const VALUE: Kind =
    Kind::Either(&[Kind::Text, Kind::Int(i64::MIN, i64::MAX), Kind::Flag, Kind::List(&Kind::Any)]);
pub(super) const VALUES: Kind = Kind::Map(&VALUE);
