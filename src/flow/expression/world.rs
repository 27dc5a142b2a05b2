//! What expressions see of a bundle: made once, shared by all its calls.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use cel::Env;
use cel::Value as Cel;

use crate::base::key::Key;
use crate::flow::model::{Bundle, Entity, Language, Name};

/// A bundle ready for calls: its entities, sectors, calendars and settings as expressions see them.
pub struct World {
    bundle: Arc<Bundle>,
    pub(super) library: Arc<Env>,
    pub(super) entities: Cel,
    pub(super) by_id: BTreeMap<String, Cel>,
    pub(super) sectors: Cel,
    pub(super) env: Cel,
}

impl World {
    /// The world of a bundle, with the settings of its installation over the bundle's defaults.
    #[must_use]
    pub fn new(bundle: Arc<Bundle>, settings: &BTreeMap<String, String>) -> Self {
        let env: HashMap<String, Cel> = bundle
            .env
            .iter()
            .map(|(name, default)| {
                let set = settings.get(&**name).map(String::as_str);
                (name.to_string(), text(set.or(default.as_deref()).unwrap_or("")))
            })
            .collect();
        let entities = bundle.entities.values().map(|entity| (entity.key, entity));
        let entities: Vec<Cel> = in_order(entities.collect()).into_iter().map(entity_map).collect();
        let by_id = bundle.entities.values().map(|of| (of.id.to_string(), entity_map(of)));
        let sectors = bundle.sectors.values().map(|sector| (sector.key, sector));
        let sectors: Vec<Cel> = in_order(sectors.collect())
            .into_iter()
            .map(|sector| part(&sector.id, &sector.name, sector.key))
            .collect();
        Self {
            library: Arc::new(Env::stdlib()),
            entities: entities.into(),
            by_id: by_id.collect(),
            sectors: sectors.into(),
            env: env.into(),
            bundle,
        }
    }

    /// The bundle itself.
    #[must_use]
    pub const fn bundle(&self) -> &Arc<Bundle> {
        &self.bundle
    }

    /// What `entity_of` gives for an id that names no entity: empty fields.
    pub(super) fn no_entity() -> Cel {
        let empty = ["id", "key", "sector", "calendar", "queue"].map(|field| (field, text("")));
        let none: Vec<Cel> = Vec::new();
        map(empty.into_iter().chain([
            (
                "name",
                map(Language::ALL
                    .map(Language::tag)
                    .into_iter()
                    .chain(["sound"])
                    .map(|field| (field, text("")))),
            ),
            ("departments", none.into()),
        ]))
    }
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("entities", &self.by_id.len()).finish_non_exhaustive()
    }
}

/// By key, those without one last: the order in which menus say them.
fn in_order<T>(mut things: Vec<(Option<Key>, T)>) -> Vec<T> {
    things.sort_by_key(|(key, _)| (key.is_none(), key.map(|key| key.event())));
    things.into_iter().map(|(_, thing)| thing).collect()
}

fn entity_map(entity: &Entity) -> Cel {
    let departments: Vec<Cel> =
        entity.departments.iter().map(|of| part(&of.id, &of.name, of.key)).collect();
    map([
        ("id", text(entity.id.as_str())),
        ("name", name(&entity.name)),
        ("key", key(entity.key)),
        ("sector", text(&entity.sector)),
        ("calendar", text(&entity.calendar)),
        ("queue", text(entity.queue.as_str())),
        ("departments", departments.into()),
    ])
}

fn part(id: &str, named: &Name, pressed: Option<Key>) -> Cel {
    map([("id", text(id)), ("name", name(named)), ("key", key(pressed))])
}

fn name(name: &Name) -> Cel {
    let texts = name.texts.iter().map(|(language, written)| (language.tag(), text(written)));
    map(texts.chain([("sound", text(&name.suffix))]))
}

fn key(key: Option<Key>) -> Cel {
    key.map_or(Cel::Null, |key| text(&key.to_string()))
}

pub(super) fn text(text: &str) -> Cel {
    Cel::String(Arc::new(text.to_owned()))
}

pub(super) fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Cel)>) -> Cel {
    let fields: HashMap<String, Cel> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    fields.into()
}
