//! A map with a fixed set of fields: what is asked for is known, and the rest is a fault.

use std::cell::RefCell;

use crate::base::nearest::nearest;
use crate::flow::diagnostic::{Code, Place};
use crate::flow::parse::Page;
use crate::flow::yaml::{Entry, Form, Yaml};

/// The fields of one map. [`Fields::finish`] tells of those that are missing and of those that
/// nobody asked for.
pub(crate) struct Fields<'y> {
    page: Page<'y>,
    place: Place,
    entries: &'y [Entry],
    asked: RefCell<Vec<&'static str>>,
    missing: RefCell<Vec<&'static str>>,
}

impl<'y> Fields<'y> {
    /// The fields of a value; a fault when it is no map.
    pub(crate) fn of(page: Page<'y>, yaml: &'y Yaml, wanted: &str) -> Option<Self> {
        let entries = page.entries(yaml, wanted)?;
        let (asked, missing) = (RefCell::default(), RefCell::default());
        Some(Self { page, place: yaml.place, entries, asked, missing })
    }

    /// Where missing fields are told of: the name of what has the fields.
    pub(crate) const fn named_at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The place of the whole.
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// A field that may be left out. `null` is as good as left out.
    pub(crate) fn optional(&self, name: &'static str) -> Option<&'y Yaml> {
        self.asked.borrow_mut().push(name);
        let entry = self.entries.iter().find(|entry| &*entry.key.text == name)?;
        (entry.value.form != Form::Null).then_some(&entry.value)
    }

    /// A field that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Option<&'y Yaml> {
        let value = self.optional(name);
        if value.is_none() {
            self.missing.borrow_mut().push(name);
        }
        value
    }

    /// The one field of these that must be there, by name.
    pub(crate) fn one_of(
        &self,
        names: &[&'static str],
        wanted: &str,
    ) -> Option<(&'static str, &'y Yaml)> {
        let has = |name: &str| self.entries.iter().any(|entry| &*entry.key.text == name);
        if let Some(&name) = names.iter().find(|name| has(name)) {
            for other in names.iter().filter(|other| **other != name && has(other)) {
                self.asked.borrow_mut().push(*other);
                let wanted = format!("no second one beside `{name}`");
                let place = self.place_of(other);
                self.page.add(self.page.fault(Code::WrongValue, place, wanted).found(*other));
            }
            return Some((name, self.required(name)?));
        }
        let keys = || self.entries.iter().map(|entry| &*entry.key.text);
        // What is misspelled is told of when the fields are finished.
        let slip = names.iter().find(|name| nearest(name, keys()).is_some());
        match slip {
            Some(name) => {
                self.required(name);
            }
            None => {
                self.page.add(self.page.fault(Code::MissingField, self.place, wanted));
            }
        }
        None
    }

    /// Where a field's name stands.
    pub(crate) fn place_of(&self, name: &str) -> Place {
        let entry = self.entries.iter().find(|entry| &*entry.key.text == name);
        entry.map_or(self.place, |entry| entry.key.place)
    }

    /// Tells of every field that is missing or was not asked for. A misspelled field is both, and
    /// told of once.
    pub(crate) fn finish(&self) {
        #[cfg(test)]
        witness::note(self);
        let asked = self.asked.borrow();
        let mut unknown: Vec<&Entry> = self
            .entries
            .iter()
            .filter(|entry| !asked.iter().any(|name| *name == &*entry.key.text))
            .collect();
        for name in self.missing.borrow().iter() {
            let wanted = format!("a field `{name}`");
            let slip = nearest(name, unknown.iter().map(|entry| &*entry.key.text))
                .and_then(|near| unknown.iter().position(|entry| &*entry.key.text == near));
            let fault = match slip.map(|index| unknown.remove(index)) {
                Some(entry) => self
                    .page
                    .fault(Code::UnknownField, entry.key.place, wanted)
                    .found(&*entry.key.text)
                    .near([*name]),
                None => self.page.fault(Code::MissingField, self.place, wanted),
            };
            self.page.add(fault);
        }
        for entry in unknown {
            self.page.add(
                self.page
                    .fault(Code::UnknownField, entry.key.place, "a field that exists here")
                    .found(&*entry.key.text)
                    .near(asked.iter().copied()),
            );
        }
    }
}

/// What was asked for, map by map: the table of the schemas is held against it.
#[cfg(test)]
pub(crate) mod witness {
    use std::cell::RefCell;
    use std::collections::{BTreeMap, BTreeSet};

    use super::Fields;
    use crate::flow::diagnostic::Place;

    /// The fields that were asked for in a map, by its file and the place of its first key.
    pub(crate) type Asked = BTreeMap<(String, Place), BTreeSet<&'static str>>;

    thread_local! {
        static ASKED: RefCell<Asked> = RefCell::default();
    }

    /// What was asked for on this thread since the last time.
    pub(crate) fn take() -> Asked {
        ASKED.take()
    }

    pub(super) fn note(fields: &Fields<'_>) {
        let Some(first) = fields.entries.first() else { return };
        let map = (fields.page.file.to_owned(), first.key.place);
        let names = fields.asked.borrow();
        ASKED.with_borrow_mut(|asked| asked.entry(map).or_default().extend(names.iter()));
    }
}
