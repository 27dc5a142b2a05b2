//! What an expression may speak of, and of what kind each thing is.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::expression::Kind;
use crate::flow::model::Language;

/// The names that an expression of one flow may use.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The flow's variables: `vars.…`.
    pub variables: BTreeMap<String, Kind>,
    /// What its caller hands in: `inputs.…`.
    pub inputs: BTreeMap<String, Kind>,
    /// The settings of the installation: `env.…`.
    pub env: BTreeSet<String>,
    /// The ids that `entity_of` and `has_entity` know.
    pub entities: BTreeSet<String>,
    /// The ids that `open_now` and `next_opening` know.
    pub calendars: BTreeSet<String>,
    /// What `item` is, inside a `choices_from`.
    pub item: Option<Kind>,
}

impl Scope {
    /// The names that stand by themselves.
    pub(super) const ROOTS: [&'static str; 9] =
        ["vars", "inputs", "call", "queue", "entities", "sectors", "env", "now", "item"];

    /// What a name that stands by itself is; `None` if there is no such thing here.
    pub(super) fn root(&self, name: &str) -> Option<Kind> {
        let fields = |fields: &BTreeMap<String, Kind>| {
            Kind::record(fields.iter().map(|(name, kind)| (name.as_str(), kind.clone())))
        };
        match name {
            "vars" => Some(fields(&self.variables)),
            "inputs" => Some(fields(&self.inputs)),
            "call" => Some(texts(&["from", "to", "trunk", "language", "id", "case"])),
            "queue" => Some(Self::queue()),
            "entities" => Some(Kind::list(Self::entity())),
            "sectors" => Some(Kind::list(Self::sector())),
            "env" => Some(Kind::record(self.env.iter().map(|name| (name.as_str(), Kind::Text)))),
            "now" => Some(Self::now()),
            "item" => self.item.clone(),
            _ => None,
        }
    }

    /// What an element of `entities` is.
    #[must_use]
    pub fn entity() -> Kind {
        Kind::record([
            ("id", Kind::Text),
            ("name", Self::name()),
            ("key", Kind::Text),
            ("sector", Kind::Text),
            ("calendar", Kind::Text),
            ("queue", Kind::Text),
            ("departments", Kind::list(Self::sector())),
        ])
    }

    /// What an element of `sectors` or of an entity's `departments` is.
    #[must_use]
    pub fn sector() -> Kind {
        Kind::record([("id", Kind::Text), ("name", Self::name()), ("key", Kind::Text)])
    }

    /// What a name is: its text in each language, and the suffix of its sound.
    #[must_use]
    pub fn name() -> Kind {
        let texts = Language::ALL.map(|language| (language.tag(), Kind::Text));
        Kind::record(texts.into_iter().chain([("sound", Kind::Text)]))
    }

    /// What `next_opening` gives.
    #[must_use]
    pub fn next_opening() -> Kind {
        Kind::record([
            ("date", Kind::Text),
            ("time", Kind::Text),
            ("weekday", Kind::Text),
            ("in_days", Kind::Int),
        ])
    }

    fn queue() -> Kind {
        Kind::record([
            ("position", Kind::Int),
            ("ewt_s", Kind::Int),
            ("wait_s", Kind::Int),
            ("talk_s", Kind::Int),
            ("agent", Kind::Text),
        ])
    }

    fn now() -> Kind {
        Kind::record([
            ("date", Kind::Text),
            ("time", Kind::Text),
            ("weekday", Kind::Text),
            ("hour", Kind::Int),
            ("minute", Kind::Int),
            ("unix_s", Kind::Int),
        ])
    }
}

fn texts(names: &[&str]) -> Kind {
    Kind::record(names.iter().map(|&name| (name, Kind::Text)))
}
