//! The names that a bundle defines, so that every mention can be looked up.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::key::Key;
use crate::flow::diagnostic::{Code, Severity};
use crate::flow::expression::Scope;
use crate::flow::model::{
    FlowIndex, Language, Name, NodeIndex, Prompt, Role, Texts, Unit, Variable, Written,
};
use crate::flow::parse::Page;
use crate::flow::yaml::Yaml;

/// What is known of one kind of thing, by id.
#[derive(Debug, Clone)]
pub(crate) struct Known<T> {
    items: BTreeMap<Arc<str>, T>,
    whole: Whole,
    used: Used,
}

/// The ids that something mentions.
#[derive(Debug, Clone, Default)]
struct Used {
    ids: RefCell<BTreeSet<Arc<str>>>,
    /// Some mention is known only when a call comes by: it may be of any id.
    any: Cell<Mentioned>,
}

/// Whether something may be mentioned that no file writes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mentioned {
    #[default]
    Written,
    Computed,
}

/// Whether every file that may define such a thing could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whole {
    /// What is not known does not exist.
    Yes,
    /// What is not known may stand in a file that could not be read: no fault of its own.
    No,
}

impl<T> Known<T> {
    pub(crate) fn new() -> Self {
        Self { items: BTreeMap::new(), whole: Whole::Yes, used: Used::default() }
    }

    pub(crate) fn insert(&mut self, id: Arc<str>, item: T) {
        self.items.insert(id, item);
    }

    /// Some file of this kind could not be read.
    pub(crate) const fn doubt(&mut self) {
        self.whole = Whole::No;
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.whole == Whole::Yes
    }

    /// The thing of an id, which is no mention of it.
    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.items.get(id)
    }

    /// Something mentions an id.
    pub(crate) fn mention(&self, id: &str) {
        if let Some((id, _)) = self.items.get_key_value(id) {
            self.used.ids.borrow_mut().insert(Arc::clone(id));
        }
    }

    /// Something mentions an id that is known only when a call comes by.
    pub(crate) fn mention_any(&self) {
        self.used.any.set(Mentioned::Computed);
    }

    /// Whether something mentions an id, as far as the files tell.
    pub(crate) fn is_mentioned(&self, id: &str) -> bool {
        self.used.any.get() == Mentioned::Computed || self.used.ids.borrow().contains(id)
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.items.keys().map(|id| &**id)
    }

    /// The same ids with something else.
    pub(crate) fn map<U>(&self, mut to: impl FnMut(&T) -> U) -> Known<U> {
        self.map_named(|_, item| to(item))
    }

    /// The same ids with something else that depends on them.
    pub(crate) fn map_named<U>(&self, mut to: impl FnMut(&str, &T) -> U) -> Known<U> {
        let items = self.items.iter().map(|(id, item)| (Arc::clone(id), to(id, item))).collect();
        Known { items, whole: self.whole, used: Used::default() }
    }

    pub(crate) fn into_items(self) -> BTreeMap<Arc<str>, T> {
        self.items
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &T)> {
        self.items.iter()
    }

    /// The thing that a text names; what does not exist is written down.
    pub(crate) fn find(&self, page: Page<'_>, yaml: &Yaml, code: Code, wanted: &str) -> Option<&T> {
        let text = page.text(yaml)?;
        if let Some(item) = self.items.get(text) {
            self.mention(text);
            return Some(item);
        }
        if self.is_whole() {
            page.add(page.fault(code, yaml.place, wanted).found(&**text).near(self.ids()));
        }
        None
    }
}

/// Every name of a bundle, but for those of its flows.
#[derive(Debug)]
pub(crate) struct Names {
    /// The bundle's languages.
    pub(crate) languages: Vec<Language>,
    /// The entities, each with the key that menus give it.
    pub(crate) entities: Known<Option<Key>>,
    /// The sectors, each with the key that menus give it.
    pub(crate) sectors: Known<Option<Key>>,
    /// The calendars.
    pub(crate) calendars: Known<()>,
    /// The queues.
    pub(crate) queues: Known<()>,
    /// The skills, those of languages and entities included.
    pub(crate) skills: Known<Texts>,
    /// The settings of the installation.
    pub(crate) env: BTreeSet<String>,
    /// The sounds of the installation, when they are known, and how bad it is to miss one.
    pub(crate) sounds: Option<(BTreeSet<String>, Severity)>,
}

impl Names {
    /// Writes down a sound that the installation does not have.
    pub(crate) fn want_sound(&self, page: Page<'_>, yaml: &Yaml, sound: &str) {
        let Some((sounds, missing)) = &self.sounds else { return };
        if !sounds.contains(sound) {
            page.add(
                page.fault(Code::MissingSound, yaml.place, "a sound of the installation")
                    .found(sound)
                    .near(sounds.iter().map(String::as_str))
                    .severity(*missing),
            );
        }
    }
}

/// What can be said.
#[derive(Debug)]
pub(crate) struct Catalogue {
    /// The prompts.
    pub(crate) prompts: Known<Arc<Prompt>>,
    /// What can be written.
    pub(crate) texts: Known<Arc<Written>>,
    /// The terms.
    pub(crate) terms: Known<Name>,
    /// What can be counted.
    pub(crate) units: Known<Unit>,
}

/// Values that expressions read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reads {
    /// The names after `vars.`
    pub(crate) variables: BTreeSet<String>,
    /// The names after `inputs.`
    pub(crate) inputs: BTreeSet<String>,
}

impl Reads {
    /// And what another one reads.
    pub(crate) fn add(&mut self, more: &Self) {
        self.variables.extend(more.variables.iter().cloned());
        self.inputs.extend(more.inputs.iter().cloned());
    }
}

/// What other flows and its own nodes need to know of a flow.
#[derive(Debug)]
pub(crate) struct Declaration {
    /// Which one it is.
    pub(crate) index: FlowIndex,
    /// Its variables.
    pub(crate) variables: BTreeMap<Arc<str>, Variable>,
    /// Its inputs.
    pub(crate) inputs: BTreeMap<Arc<str>, Variable>,
    /// Its outputs.
    pub(crate) outputs: BTreeMap<Arc<str>, Variable>,
    /// Its nodes.
    pub(crate) nodes: Known<NodeIndex>,
    /// What its expressions may speak of.
    pub(crate) scope: Scope,
    /// What its expressions do speak of.
    pub(crate) reads: RefCell<Reads>,
    /// Whether it is heard while waiting.
    pub(crate) role: Role,
}
