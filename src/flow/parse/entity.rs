//! `sectors.yaml` and `entities/*.entity.yaml`: whom the number serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::id::{EntityId, QueueId};
use crate::base::key::Key;
use crate::flow::diagnostic::{Code, Place};
use crate::flow::model::{Department, Entity, Language, Name, Sector};
use crate::flow::parse::{Fields, Names, Page, bundle, policy};
use crate::flow::yaml::Yaml;

/// Reads the sectors.
pub(crate) fn sectors(
    page: Page<'_>,
    yaml: &Yaml,
    languages: &[Language],
) -> BTreeMap<Arc<str>, Sector> {
    let mut sectors = BTreeMap::new();
    let Some(fields) = bundle::open(page, yaml, "Sectors") else { return sectors };
    let listed = fields.required("sectors");
    fields.finish();
    let entries = listed.and_then(|yaml| page.entries(yaml, "a map of sectors"));
    let mut keys = Keys::new("sectors");
    for entry in entries.unwrap_or_default() {
        let id = page.id(&entry.key.text, entry.key.place);
        let Some(fields) = Fields::of(page, &entry.value, "a sector with its name") else {
            continue;
        };
        let fields = fields.named_at(entry.key.place);
        let name = fields.required("name").and_then(|yaml| page.texts(yaml, languages));
        let key = fields.optional("key").and_then(|yaml| keys.take(page, yaml));
        fields.finish();
        let (Some(id), Some(texts)) = (id, name) else { continue };
        let name = Name { texts, suffix: format!("sector/{id}").into() };
        sectors.insert(Arc::clone(&id), Sector { id, name, key });
    }
    sectors
}

/// An entity, and where its key stands.
pub(crate) struct Found {
    /// The entity.
    pub(crate) entity: Entity,
    /// Its key's place.
    pub(crate) key_place: Place,
}

/// Reads one entity.
pub(crate) fn read(page: Page<'_>, yaml: &Yaml, names: &Names) -> Option<Found> {
    let fields = bundle::open(page, yaml, "Entity")?;
    let id = bundle::id(&fields, page);
    let texts = fields.required("name").and_then(|yaml| page.texts(yaml, &names.languages));
    let sector = fields.required("sector").and_then(|yaml| {
        names.sectors.find(page, yaml, Code::UnknownSector, "a sector of this bundle")?;
        page.text(yaml)
    });
    let key_yaml = fields.optional("key");
    let key = key_yaml.and_then(|yaml| page.key(yaml));
    let calendar = fields.required("calendar").and_then(|yaml| {
        names.calendars.find(page, yaml, Code::UnknownCalendar, "a calendar of this bundle")?;
        page.text(yaml)
    });
    let queue = fields.required("queue").and_then(|yaml| {
        names.queues.find(page, yaml, Code::UnknownQueue, "a queue of this bundle")?;
        page.text(yaml)
    });
    let service_level =
        fields.optional("service_level").and_then(|yaml| policy::service_level(page, yaml));
    let listed = fields.optional("departments");
    fields.finish();
    let id = id?;
    let departments =
        listed.and_then(|yaml| departments(page, yaml, &id, &names.languages)).unwrap_or_default();
    let entity = Entity {
        id: EntityId::from(&*id),
        name: Name { texts: texts?, suffix: format!("entity/{id}").into() },
        key,
        sector: Arc::clone(sector?),
        calendar: Arc::clone(calendar?),
        queue: QueueId::from(&**queue?),
        service_level,
        departments,
    };
    Some(Found { entity, key_place: key_yaml.map_or(Place::START, |yaml| yaml.place) })
}

fn departments(
    page: Page<'_>,
    yaml: &Yaml,
    entity: &str,
    languages: &[Language],
) -> Option<Vec<Department>> {
    let mut departments: Vec<Department> = Vec::new();
    let mut keys = Keys::new("departments of one entity");
    for item in page.list(yaml, "a list of departments")? {
        let Some(fields) = Fields::of(page, item, "a department with id and name") else {
            continue;
        };
        let id = bundle::id(&fields, page);
        let texts = fields.required("name").and_then(|yaml| page.texts(yaml, languages));
        let key = fields.optional("key").and_then(|yaml| keys.take(page, yaml));
        fields.finish();
        let (Some(id), Some(texts)) = (id, texts) else { continue };
        if departments.iter().any(|other| other.id == id) {
            page.add(
                page.fault(Code::DuplicateId, item.place, "departments with ids of their own")
                    .found(&*id),
            );
        }
        let name = Name { texts, suffix: format!("department/{entity}.{id}").into() };
        departments.push(Department { id, name, key });
    }
    Some(departments)
}

/// The keys that are taken in one list.
pub(crate) struct Keys {
    of: &'static str,
    taken: BTreeMap<Key, u32>,
}

impl Keys {
    pub(crate) const fn new(of: &'static str) -> Self {
        Self { of, taken: BTreeMap::new() }
    }

    /// Reads a key that nothing else in the list has.
    pub(crate) fn take(&mut self, page: Page<'_>, yaml: &Yaml) -> Option<Key> {
        let key = page.key(yaml)?;
        if let Some(line) = self.taken.insert(key, yaml.place.line) {
            page.add(
                page.fault(
                    Code::DuplicateKey,
                    yaml.place,
                    format!("a key of its own among the {}", self.of),
                )
                .found(key.to_string())
                .note(format!("it is taken on line {line}")),
            );
        }
        Some(key)
    }
}
