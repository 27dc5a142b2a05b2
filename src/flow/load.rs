//! From the files of a folder to a bundle, or to everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::base::id::{EntityId, QueueId, SkillId};
use crate::base::key::Key;
use crate::base::stack;
use crate::flow::check::sound::{self, Sounds, Sources};
use crate::flow::check::{self, Scene, Sheet as Sighted, unused};
use crate::flow::diagnostic::{Code, Fault, Faults, Ledger, Place, Severity};
use crate::flow::model::{
    Bundle, Calendar, Entity, Flow, FlowIndex, Language, QueuePolicy, Role, Sector, Texts,
};
use crate::flow::parse::bundle::{self, Preface};
use crate::flow::parse::page::is_id;
use crate::flow::parse::{
    Catalogue, Declaration, Known, Names, Page, calendar, catalogue, entity, flow, policy, skill,
};
use crate::flow::yaml::{self, Yaml};

/// The file that says what a bundle is.
const BUNDLE_FILE: &str = "bundle.yaml";

/// Reads and proves a bundle.
///
/// `files` are the texts of its folder by relative path, with `/` between steps. With `sounds`,
/// the sounds of the installation (`ar/welcome`), those that a bundle names must be among them.
///
/// # Errors
///
/// Everything that is wrong, in the order of the files: the bundle does not load in part.
pub fn load(
    files: &BTreeMap<String, String>,
    sounds: Option<&BTreeSet<String>>,
) -> Result<Arc<Bundle>, Faults> {
    let needed = sounds.map(|there| Sounds { there, missing: Severity::Error });
    let proof = proof(files, needed, Extent::Bundle);
    let errors = |faults: Faults| faults.only(Severity::Error);
    proof.bundle.ok_or_else(|| errors(proof.faults))
}

/// What a bundle is, and everything that can be said against it.
#[derive(Debug)]
pub struct Proof {
    /// The bundle, when it can take calls.
    pub bundle: Option<Arc<Bundle>>,
    /// What is wrong with it, and what its writer may not have meant.
    pub faults: Faults,
}

/// Reads and proves a bundle, and tells of warnings as well: what is never used, and with
/// `sounds` every sound that is missing.
#[must_use]
pub fn prove(files: &BTreeMap<String, String>, sounds: Option<Sounds<'_>>) -> Proof {
    proof(files, sounds, Extent::Everything)
}

/// What is asked of the loader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Whether the bundle can take calls.
    Bundle,
    /// And what else its writer should know.
    Everything,
}

fn proof(files: &BTreeMap<String, String>, sounds: Option<Sounds<'_>>, extent: Extent) -> Proof {
    // Expressions nest, and their reader goes down with them.
    let told = stack::deep(|| {
        let ledger = Ledger::default();
        let bundle = read(files, sounds, extent, &ledger);
        (bundle, ledger.into_faults())
    });
    let (bundle, faults) = told.expect("the loader answers whatever it reads");
    let faults = Faults::new(faults, files);
    debug_assert!(bundle.is_some() || faults.errors > 0, "what does not load has a reason");
    Proof { bundle: bundle.filter(|_| faults.errors == 0).map(Arc::new), faults }
}

/// The kinds of files of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Bundle,
    Skills,
    Sectors,
    Flow,
    Entity,
    Calendar,
    Queue,
    Prompts,
    Tests,
}

impl Kind {
    fn of(path: &str) -> Option<Self> {
        let folders = [
            ("flows/", ".flow.yaml", Self::Flow),
            ("entities/", ".entity.yaml", Self::Entity),
            ("calendars/", ".calendar.yaml", Self::Calendar),
            ("queues/", ".queue.yaml", Self::Queue),
            ("prompts/", ".prompts.yaml", Self::Prompts),
            ("tests/", ".test.yaml", Self::Tests),
        ];
        match path {
            BUNDLE_FILE => Some(Self::Bundle),
            "skills.yaml" => Some(Self::Skills),
            "sectors.yaml" => Some(Self::Sectors),
            _ => folders
                .into_iter()
                .find(|(folder, ending, _)| path.starts_with(folder) && path.ends_with(ending))
                .map(|(_, _, kind)| kind),
        }
    }
}

/// One file that could be read as YAML.
struct Sheet<'a> {
    page: Page<'a>,
    yaml: Yaml,
}

impl Sheet<'_> {
    fn is_nameless(&self) -> bool {
        self.yaml.get("id").and_then(Yaml::as_text).is_none_or(|id| !is_id(id))
    }
}

/// All files, sorted by kind.
#[derive(Default)]
struct Shelf<'a> {
    sheets: BTreeMap<Kind, Vec<Sheet<'a>>>,
    broken: BTreeSet<Kind>,
}

impl<'a> Shelf<'a> {
    fn fill(files: &'a BTreeMap<String, String>, ledger: &'a Ledger) -> Self {
        let mut shelf = Self::default();
        for (path, text) in files {
            let page = Page { file: path, ledger };
            match Kind::of(path) {
                // Read when calls are tried out, not when they are taken.
                Some(Kind::Tests) => {}
                Some(kind) => match yaml::read(path, text, ledger) {
                    Some(yaml) => {
                        shelf.sheets.entry(kind).or_default().push(Sheet { page, yaml });
                    }
                    None => {
                        shelf.broken.insert(kind);
                    }
                },
                None => {
                    page
                        .add(page.fault(Code::FileUnknown, Place::START, "a file of a bundle").note(
                        "a bundle has bundle.yaml, skills.yaml, sectors.yaml, flows/*.flow.yaml, \
                         entities/*.entity.yaml, calendars/*.calendar.yaml, queues/*.queue.yaml, \
                         prompts/*.prompts.yaml and tests/*.test.yaml",
                    ))
                }
            }
        }
        shelf
    }

    fn of(&self, kind: Kind) -> &[Sheet<'a>] {
        self.sheets.get(&kind).map_or(&[], Vec::as_slice)
    }

    fn sighted(&self, kind: Kind) -> Vec<Sighted<'_>> {
        self.of(kind).iter().map(|sheet| (sheet.page, &sheet.yaml)).collect()
    }

    fn sources<'s>(&'s self, root: &'s Sheet<'a>) -> Sources<'s> {
        Sources {
            bundle: (root.page, &root.yaml),
            prompts: self.sighted(Kind::Prompts),
            sectors: self.sighted(Kind::Sectors),
            entities: self.sighted(Kind::Entity),
            flows: self.sighted(Kind::Flow),
        }
    }

    /// The good ids of one kind of file, each with its sheet; a second one of an id is written down.
    fn ids(&self, kind: Kind) -> Known<&Sheet<'a>> {
        let mut known: Known<&Sheet<'a>> = Known::new();
        if self.broken.contains(&kind) {
            known.doubt();
        }
        for sheet in self.of(kind) {
            let Some(yaml) = sheet.yaml.get("id") else {
                known.doubt();
                continue;
            };
            let Some(id) = yaml.as_text().filter(|id| is_id(id)) else {
                known.doubt();
                continue;
            };
            if let Some(first) = known.get(id) {
                let page = sheet.page;
                page.add(
                    page.fault(Code::DuplicateId, yaml.place, "an id of its own")
                        .found(&**id)
                        .note(format!("it is the id of {}", first.page.file)),
                );
            } else {
                known.insert(Arc::clone(id), sheet);
            }
        }
        known
    }
}

fn read(
    files: &BTreeMap<String, String>,
    sounds: Option<Sounds<'_>>,
    extent: Extent,
    ledger: &Ledger,
) -> Option<Bundle> {
    let shelf = Shelf::fill(files, ledger);
    let Some(root) = shelf.of(Kind::Bundle).first() else {
        if !shelf.broken.contains(&Kind::Bundle) {
            let wanted = "a file `bundle.yaml` at the top of the bundle";
            ledger.add(Fault::new(Code::FileMissing, BUNDLE_FILE, Place::START, wanted));
        }
        return None;
    };
    let preface = bundle::preface(root.page, &root.yaml)?;
    let (names, ground) = ground(&shelf, &preface, sounds);
    let sheets = shelf.sighted(Kind::Prompts);
    let mut catalogue = catalogue::read(&sheets, &names);
    if shelf.broken.contains(&Kind::Prompts) {
        catalogue.prompts.doubt();
        catalogue.texts.doubt();
        catalogue.terms.doubt();
        catalogue.units.doubt();
    }
    let (declarations, found) = flows(&shelf, &names, &catalogue);
    let told = ledger.len();
    let numbers = bundle::numbers(root.page, &root.yaml, &declarations);
    let events = bundle::events(root.page, &root.yaml, &declarations);
    // Without every way in, a flow that seems unused may be used.
    let answering = (ledger.len() == told).then(|| numbers.values().copied().collect());
    if let Some(events) = &events {
        let whole = declarations.is_whole();
        let answering = answering.filter(|_| whole);
        check::check(&Scene { flows: &found, events, answering, ledger });
    }
    if extent == Extent::Everything && !ledger.has_errors() {
        tell_unused(&shelf, &catalogue, &declarations);
    }
    let flows: Option<Vec<Flow>> = found.into_iter().map(|one| one.map(|one| one.flow)).collect();
    let skills = names.skills.into_items();
    let bundle = Bundle {
        id: preface.id?,
        hash: hash(files),
        languages: preface.languages,
        numbers,
        flows: flows?,
        events: events?,
        entities: ground.entities,
        sectors: ground.sectors,
        calendars: ground.calendars,
        queues: ground.queues,
        skills: skills.into_iter().map(|(id, texts)| (SkillId::from(&*id), texts)).collect(),
        prompts: catalogue.prompts.into_items(),
        texts: catalogue.texts.into_items(),
        terms: catalogue.terms.into_items(),
        units: catalogue.units.into_items(),
        env: preface.env,
    };
    if let Some(sounds) = sounds.filter(|_| extent == Extent::Everything) {
        sound::check(&shelf.sources(root), &bundle, sounds);
    }
    Some(bundle)
}

/// Nothing is blamed for being unused in a bundle that was not read whole.
fn tell_unused(shelf: &Shelf<'_>, catalogue: &Catalogue, declarations: &Known<Declaration>) {
    unused::words(&shelf.sighted(Kind::Prompts), catalogue);
    for (page, yaml) in shelf.sighted(Kind::Flow) {
        let id = yaml.get("id").and_then(Yaml::as_text);
        if let Some(flow) = id.and_then(|id| declarations.get(id)) {
            unused::variables((page, yaml), flow);
        }
    }
}

/// What flows stand on, but for names.
struct Ground {
    entities: BTreeMap<EntityId, Entity>,
    sectors: BTreeMap<Arc<str>, Sector>,
    calendars: BTreeMap<Arc<str>, Calendar>,
    queues: BTreeMap<QueueId, Arc<QueuePolicy>>,
}

fn ground(shelf: &Shelf<'_>, preface: &Preface, sounds: Option<Sounds<'_>>) -> (Names, Ground) {
    let languages = &preface.languages;
    let calendar_sheets = shelf.ids(Kind::Calendar);
    let queue_sheets = shelf.ids(Kind::Queue);
    let entity_sheets = shelf.ids(Kind::Entity);
    let calendars = calendars(shelf, &calendar_sheets, languages);
    let sector_sheets = shelf.of(Kind::Sectors).iter();
    let sectors: BTreeMap<Arc<str>, Sector> = sector_sheets
        .flat_map(|sheet| entity::sectors(sheet.page, &sheet.yaml, languages))
        .collect();
    let mut names = Names {
        languages: languages.clone(),
        entities: entity_sheets.map(|_| None),
        sectors: known_sectors(shelf, &sectors),
        calendars: calendar_sheets.map(|_| ()),
        queues: queue_sheets.map(|_| ()),
        skills: Known::new(),
        env: preface.env.keys().map(ToString::to_string).collect(),
        sounds: sounds.map(|sounds| (sounds.there.clone(), sounds.missing)),
    };
    let queues = shelf
        .of(Kind::Queue)
        .iter()
        .filter_map(|sheet| policy::read(sheet.page, &sheet.yaml, &names))
        .map(|queue| (queue.id.clone(), Arc::new(queue)))
        .collect();
    let entities = entities(shelf.of(Kind::Entity), &mut names);
    skills(shelf, &entities, &mut names);
    (names, Ground { entities, sectors, calendars, queues })
}

/// The calendars, each with the holidays that it shares.
fn calendars(
    shelf: &Shelf<'_>,
    known: &Known<&Sheet<'_>>,
    languages: &[Language],
) -> BTreeMap<Arc<str>, Calendar> {
    let sheets = shelf.of(Kind::Calendar).iter();
    let mut found: Vec<calendar::Found<'_>> =
        sheets.filter_map(|sheet| calendar::read(sheet.page, &sheet.yaml, languages)).collect();
    for one in &found {
        if let Some((other, place)) = &one.shares
            && known.get(other).is_none()
            && known.is_whole()
        {
            let wanted = "a calendar of this bundle";
            let fault = one.page.fault(Code::UnknownCalendar, *place, wanted);
            one.page.add(fault.found(&**other).near(known.ids()));
        }
    }
    calendar::share(&mut found);
    found.into_iter().map(|one| (Arc::clone(&one.calendar.id), one.calendar)).collect()
}

fn known_sectors(shelf: &Shelf<'_>, sectors: &BTreeMap<Arc<str>, Sector>) -> Known<Option<Key>> {
    let mut known = Known::new();
    if shelf.broken.contains(&Kind::Sectors) {
        known.doubt();
    }
    for sheet in shelf.of(Kind::Sectors) {
        // A sector at fault is known all the same, so that its entities are not blamed.
        for id in sheet.yaml.get("sectors").into_iter().flat_map(Yaml::keys) {
            let key = sectors.get(id).and_then(|sector| sector.key);
            known.insert(Arc::clone(id), key);
        }
    }
    known
}

fn entities(sheets: &[Sheet<'_>], names: &mut Names) -> BTreeMap<EntityId, Entity> {
    let mut entities = BTreeMap::new();
    let mut taken: BTreeMap<(Arc<str>, Key), EntityId> = BTreeMap::new();
    for sheet in sheets {
        let page = sheet.page;
        let Some(found) = entity::read(page, &sheet.yaml, names) else { continue };
        let entity = found.entity;
        if let Some(key) = entity.key {
            let slot = (Arc::clone(&entity.sector), key);
            if let Some(other) = taken.get(&slot) {
                let wanted = format!("a key of its own in the sector `{}`", entity.sector);
                page.add(
                    page.fault(Code::DuplicateKey, found.key_place, wanted)
                        .found(key.to_string())
                        .note(format!("it is the key of `{other}`")),
                );
            } else {
                taken.insert(slot, entity.id.clone());
            }
            names.entities.insert(entity.id.as_str().into(), Some(key));
        }
        entities.insert(entity.id.clone(), entity);
    }
    entities
}

/// The skills that are listed, and those that languages and entities bring with them.
fn skills(shelf: &Shelf<'_>, entities: &BTreeMap<EntityId, Entity>, names: &mut Names) {
    let mut skills: Known<Texts> = Known::new();
    for &language in &names.languages {
        let texts =
            names.languages.iter().map(|&in_| (in_, language.name_in(in_).into())).collect();
        skills.insert(format!("lang.{language}").into(), texts);
    }
    for id in names.entities.ids() {
        let entity = entities.get(&EntityId::from(id));
        let texts = entity.map(|entity| entity.name.texts.clone()).unwrap_or_default();
        skills.insert(format!("entity.{id}").into(), texts);
    }
    if shelf.broken.contains(&Kind::Skills) || !names.entities.is_whole() {
        skills.doubt();
    }
    for sheet in shelf.of(Kind::Skills) {
        skill::read(sheet.page, &sheet.yaml, &names.languages, &mut skills);
    }
    names.skills = skills;
}

/// Reads all flows: first what each needs to know of the others, then their nodes.
fn flows(
    shelf: &Shelf<'_>,
    names: &Names,
    catalogue: &Catalogue,
) -> (Known<Declaration>, Vec<Option<flow::Found>>) {
    let sheets = shelf.ids(Kind::Flow);
    let waiting: BTreeSet<&str> = sheets
        .iter()
        .flat_map(|(_, sheet)| flow::wait_flows(&sheet.yaml))
        .map(|id| &**id)
        .collect();
    let mut position = 0;
    let declarations = sheets.map_named(|id, sheet| {
        // The queue that names it may stand in a file that could not be read.
        let may_wait = !sheets.is_whole() && flow::leaves_queue(&sheet.yaml);
        let role = if waiting.contains(id) || may_wait { Role::Wait } else { Role::Main };
        let index = FlowIndex(position);
        position += 1;
        flow::declare(sheet.page, &sheet.yaml, index, role, names)
    });
    let context = flow::Context { names, catalogue, flows: &declarations };
    let found = sheets
        .iter()
        .map(|(id, sheet)| {
            let declaration = declarations.get(id).expect("each sheet is declared");
            flow::read(sheet.page, &sheet.yaml, context, declaration)
        })
        .collect();
    // A file without a good id is in no list: reading it tells why.
    for sheet in shelf.of(Kind::Flow).iter().filter(|sheet| sheet.is_nameless()) {
        let declared = flow::declare(sheet.page, &sheet.yaml, FlowIndex(0), Role::Main, names);
        let _ = flow::read(sheet.page, &sheet.yaml, context, &declared);
    }
    (declarations, found)
}

/// The hash of a bundle's content: each path and each text with its length before it, so that no
/// two bundles look alike.
fn hash(files: &BTreeMap<String, String>) -> Arc<str> {
    let mut sha = Sha256::new();
    for (path, text) in files {
        for part in [path, text] {
            sha.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            sha.update(part);
        }
    }
    let mut hex = String::new();
    for byte in sha.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    hex.into()
}
