//! What can be said of a bundle, one thing at a time.

use std::collections::BTreeMap;

use crate::flow::compare::change::Area;

/// What a fact is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) area: Area,
    /// A node such as `main/service`, or an id.
    pub(super) subject: String,
    pub(super) aspect: Aspect,
}

/// Which side of its subject a fact tells.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    /// That it is there, and as what.
    Exists,
    /// Where something leads: `key 2`, or an outcome.
    Leads(String),
    /// What is said, in a language.
    Says(&'static str),
    /// How something is called, in a language: `key 2`, or nothing for the subject itself.
    Called(String, &'static str),
    /// How something is set.
    Is(String),
}

/// The facts of one bundle.
#[derive(Debug, Default)]
pub(super) struct Facts(pub(super) BTreeMap<Key, String>);

/// The facts of one subject, being written down.
pub(super) struct Subject<'a> {
    facts: &'a mut Facts,
    area: Area,
    subject: String,
}

impl Facts {
    /// Begins with what a subject is.
    pub(super) fn of(&mut self, area: Area, subject: impl Into<String>, what: &str) -> Subject<'_> {
        let mut subject = Subject { facts: self, area, subject: subject.into() };
        subject.add(Aspect::Exists, what);
        subject
    }
}

impl Subject<'_> {
    pub(super) fn add(&mut self, aspect: Aspect, value: impl Into<String>) {
        let key = Key { area: self.area, subject: self.subject.clone(), aspect };
        self.facts.0.insert(key, value.into());
    }

    pub(super) fn leads(&mut self, what: impl Into<String>, to: impl Into<String>) {
        self.add(Aspect::Leads(what.into()), to);
    }

    pub(super) fn is(&mut self, what: impl Into<String>, value: impl Into<String>) {
        self.add(Aspect::Is(what.into()), value);
    }

    /// Something that need not be there.
    pub(super) fn may_be(&mut self, what: &str, value: Option<impl Into<String>>) {
        if let Some(value) = value {
            self.is(what, value);
        }
    }
}
