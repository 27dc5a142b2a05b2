//! Sounds that the installation lacks, each told where its words are written.

use std::collections::{BTreeMap, BTreeSet};

use crate::flow::check::{Sheet, entries};
use crate::flow::diagnostic::{Code, Fault, Place, Severity};
use crate::flow::model::Bundle;
use crate::flow::parse::Page;
use crate::flow::words;
use crate::flow::yaml::Yaml;

/// The sounds that an installation has, and how bad it is when one is missing.
#[derive(Debug, Clone, Copy)]
pub struct Sounds<'a> {
    /// Their names, such as `ar/welcome`.
    pub there: &'a BTreeSet<String>,
    /// How bad a missing one is.
    pub missing: Severity,
}

/// The files that sounds get their words from.
pub(crate) struct Sources<'a> {
    /// `bundle.yaml`: its languages bring the words for values.
    pub(crate) bundle: Sheet<'a>,
    /// The prompts, terms and units.
    pub(crate) prompts: Vec<Sheet<'a>>,
    /// The sectors.
    pub(crate) sectors: Vec<Sheet<'a>>,
    /// The entities.
    pub(crate) entities: Vec<Sheet<'a>>,
    /// The flows: some of their menus' choices have labels.
    pub(crate) flows: Vec<Sheet<'a>>,
}

/// Writes down the sounds made of words that are missing, once for each thing that is said.
pub(crate) fn check(sources: &Sources<'_>, bundle: &Bundle, sounds: Sounds<'_>) {
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // Those without words are looked for where they are named, but for the pause, which none names.
    let spoken = |name: &str, text: &Option<String>| text.is_some() || name == words::PAUSE;
    for (name, _) in bundle.sounds().into_iter().filter(|(name, text)| spoken(name, text)) {
        if !sounds.there.contains(&name) {
            missing.entry(owner(&name)).or_default().push(name);
        }
    }
    if missing.is_empty() {
        return;
    }
    let owners = owners(sources);
    let mut values: Vec<String> = Vec::new();
    for (owner, names) in missing {
        match owners.get(&owner) {
            Some((page, place)) => tell(*page, *place, &names, sounds.missing),
            None => values.extend(names),
        }
    }
    if !values.is_empty() {
        let (page, yaml) = sources.bundle;
        let place = yaml.get("languages").map_or(Place::START, |languages| languages.place);
        tell(page, place, &values, sounds.missing);
    }
}

fn tell(page: Page<'_>, place: Place, names: &[String], missing: Severity) {
    let Some(first) = names.first() else { return };
    let wanted = match names.len() {
        1 => "a sound of the installation".to_owned(),
        number => format!("{number} sounds of the installation"),
    };
    let fault: Fault = page.fault(Code::MissingSound, place, wanted).found(&**first);
    page.add(fault.note("`hatif prompts build` makes what is missing").severity(missing));
}

/// Whose words a sound says: its name without the language and the number of the piece.
fn owner(sound: &str) -> String {
    let suffix = sound.split_once('/').map_or(sound, |(_, suffix)| suffix);
    match suffix.split_once('/') {
        Some(("department", of)) => {
            format!("entity/{}", of.split_once('.').map_or(of, |(entity, _)| entity))
        }
        Some(("choice", of)) => {
            format!("choice/{}", of.rsplit_once('.').map_or(of, |(node, _)| node))
        }
        Some(("unit", of)) => {
            // A form that is joined to what comes before has a sound of its own.
            let of = of.strip_prefix("and-").unwrap_or(of);
            format!("unit/{}", of.split_once('.').map_or(of, |(unit, _)| unit))
        }
        Some((kind, of)) => {
            format!("{kind}/{}", of.split_once('.').map_or(of, |(owner, _)| owner))
        }
        None => suffix.split_once('.').map_or(suffix, |(prompt, _)| prompt).to_owned(),
    }
}

fn owners<'a>(sources: &Sources<'a>) -> BTreeMap<String, (Page<'a>, Place)> {
    let mut owners = BTreeMap::new();
    let mut own = |(page, yaml): Sheet<'a>, group: &str, prefix: &str| {
        for entry in entries(yaml, group) {
            owners.insert(format!("{prefix}{}", entry.key.text), (page, entry.key.place));
        }
    };
    for &sheet in &sources.prompts {
        own(sheet, "prompts", "");
        own(sheet, "terms", "term/");
        own(sheet, "units", "unit/");
    }
    for &sheet in &sources.sectors {
        own(sheet, "sectors", "sector/");
    }
    for &sheet in &sources.flows {
        let id = sheet.1.get("id").and_then(Yaml::as_text).map_or("", |id| id);
        own(sheet, "nodes", &format!("choice/{id}."));
    }
    for &(page, yaml) in &sources.entities {
        let name = yaml.get("name").map_or(yaml.place, |name| name.place);
        if let Some(id) = yaml.get("id").and_then(Yaml::as_text) {
            owners.insert(format!("entity/{id}"), (page, name));
        }
    }
    owners
}

#[cfg(test)]
mod tests {
    use super::owner;

    #[test]
    fn a_sound_is_told_where_its_words_stand() {
        assert_eq!(owner("ar/welcome"), "welcome");
        assert_eq!(owner("ar/case_is.2"), "case_is");
        assert_eq!(owner("en/unit/minute.one"), "unit/minute");
        assert_eq!(owner("en/department/power.billing"), "entity/power");
        assert_eq!(owner("en/choice/main.sector.9"), "choice/main.sector");
        assert_eq!(owner("en/number/5"), "number/5");
    }
}
