//! What expressions see of a bundle: made once, shared by all its calls.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::base::key::Key;
use crate::flow::expression::{EvaluationFault, Fields, Value};
use crate::flow::model::{Bundle, Calendar, Entity, Language, Name};
use crate::flow::prompt::{Label, Voice};

/// A bundle ready for calls: its entities, sectors, calendars and settings as expressions see them.
pub struct World {
    bundle: Arc<Bundle>,
    voice: Voice,
    pub(super) entities: Value,
    pub(super) by_id: BTreeMap<Arc<str>, Value>,
    /// What `entity_of` gives for an id that names no entity: empty fields.
    pub(super) no_entity: Value,
    pub(super) sectors: Value,
    pub(super) env: BTreeMap<Arc<str>, Value>,
}

impl World {
    /// The world of a bundle, with the settings of its installation over the bundle's defaults.
    #[must_use]
    pub fn new(bundle: Arc<Bundle>, settings: &BTreeMap<String, String>) -> Self {
        let env = bundle.env.iter().map(|(name, setting)| {
            let set = settings.get(&**name).map(String::as_str);
            (Arc::clone(name), set.or(setting.default.as_deref()).unwrap_or("").into())
        });
        let by_id: BTreeMap<Arc<str>, Value> =
            bundle.entities.values().map(|of| (of.id.as_str().into(), entity(of))).collect();
        let keys = bundle.entities.values().map(|entity| entity.key);
        let entities = in_order(keys.zip(by_id.values().cloned()).collect());
        let sectors = bundle.sectors.values();
        let sectors = sectors.map(|of| (of.key, part(&of.id, &of.name, of.key)));
        let sectors = in_order(sectors.collect());
        let env = env.collect();
        let voice = Voice::new(&bundle);
        Self { voice, entities, by_id, no_entity: no_entity(), sectors, env, bundle }
    }

    /// The bundle itself.
    #[must_use]
    pub const fn bundle(&self) -> &Arc<Bundle> {
        &self.bundle
    }

    /// What can be said of it at any time.
    #[must_use]
    pub const fn voice(&self) -> &Voice {
        &self.voice
    }

    /// The label in a value that an expression gave: a name, as entities and sectors have them.
    #[must_use]
    pub fn label(&self, value: &Value) -> Option<Arc<Label>> {
        let Value::Map(fields) = value else { return None };
        let Value::Text(suffix) = fields.get("sound")? else { return None };
        if let Some(known) = self.voice.label(suffix) {
            return Some(Arc::clone(known));
        }
        let text = |language: Language| match fields.get(language.tag())? {
            Value::Text(text) => Some((language, Arc::clone(text))),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::List(_) | Value::Map(_) => None,
        };
        let texts = Language::ALL.into_iter().filter_map(text).collect();
        Some(Arc::new(Label::from(&Name { texts, suffix: Arc::clone(suffix) })))
    }

    pub(super) fn calendar(&self, id: &str) -> Result<&Calendar, EvaluationFault> {
        self.bundle.calendars.get(id).ok_or(EvaluationFault::NoCalendar)
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("entities", &self.by_id.len()).finish_non_exhaustive()
    }
}

/// By key, those without one last: the order in which menus say them.
fn in_order(mut things: Vec<(Option<Key>, Value)>) -> Value {
    things.sort_by_key(|(key, _)| (key.is_none(), key.map(Key::event)));
    Value::List(things.into_iter().map(|(_, thing)| thing).collect())
}

fn entity(entity: &Entity) -> Value {
    let departments = entity.departments.iter().map(|of| part(&of.id, &of.name, of.key));
    map([
        ("id", entity.id.as_str().into()),
        ("name", name(&entity.name)),
        ("key", key(entity.key)),
        ("sector", Value::Text(Arc::clone(&entity.sector))),
        ("calendar", Value::Text(Arc::clone(&entity.calendar))),
        ("queue", entity.queue.as_str().into()),
        ("departments", Value::List(departments.collect())),
    ])
}

fn no_entity() -> Value {
    let nothing = || Value::from("");
    let texts = Language::ALL.map(|language| (language.tag(), nothing()));
    let name = map(texts.into_iter().chain([("sound", nothing())]));
    let empty = ["id", "key", "sector", "calendar", "queue"].map(|field| (field, nothing()));
    map(empty.into_iter().chain([("name", name), ("departments", Value::List([].into()))]))
}

fn part(id: &Arc<str>, named: &Name, pressed: Option<Key>) -> Value {
    map([("id", Value::Text(Arc::clone(id))), ("name", name(named)), ("key", key(pressed))])
}

fn name(name: &Name) -> Value {
    let texts =
        name.texts.iter().map(|(language, text)| (language.tag(), Value::Text(Arc::clone(text))));
    map(texts.chain([("sound", Value::Text(Arc::clone(&name.suffix)))]))
}

fn key(key: Option<Key>) -> Value {
    key.map_or(Value::Null, |key| key.to_string().as_str().into())
}

fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    fields.into_iter().map(|(name, value)| (name.into(), value)).collect::<Fields>().into()
}
