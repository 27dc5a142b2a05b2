//! `prompts/*.prompts.yaml`: terms, units, texts and prompts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::diagnostic::{Code, Place};
use crate::flow::model::{Gender, Language, Name, Part, Plural, Prompt, Unit};
use crate::flow::parse::{Catalogue, Fields, Known, Names, Page, bundle, part, written};
use crate::flow::words;
use crate::flow::yaml::{Entry, Yaml};

/// The groups of a file, in the order they are read: prompts mention terms and units.
const GROUPS: [&str; 4] = ["terms", "units", "texts", "prompts"];

/// Reads the catalogue from all its files.
pub(crate) fn read(sheets: &[(Page<'_>, &Yaml)], names: &Names) -> Catalogue {
    let mut catalogue = Catalogue {
        prompts: Known::new(),
        texts: Known::new(),
        terms: Known::new(),
        units: Known::new(),
    };
    let mut groups: [Vec<(Page<'_>, &Entry)>; 4] = Default::default();
    for &(page, yaml) in sheets {
        let Some(fields) = bundle::open(page, yaml, "Prompts") else { continue };
        for (name, group) in GROUPS.into_iter().zip(&mut groups) {
            let entries = fields.optional(name).and_then(|yaml| page.entries(yaml, "a map by id"));
            group.extend(entries.unwrap_or_default().iter().map(|entry| (page, entry)));
        }
        fields.finish();
    }
    let [terms, units, texts, prompts] = groups.map(distinct);
    for (page, entry) in terms {
        term(page, entry, names, &mut catalogue);
    }
    for (page, entry) in units {
        unit(page, entry, names, &mut catalogue);
    }
    for unit in words::built_in(&names.languages) {
        if catalogue.units.get(&unit.id).is_none() {
            catalogue.units.insert(Arc::clone(&unit.id), unit);
        }
    }
    for (page, entry) in texts {
        match written::read(page, entry, names) {
            Some(text) => catalogue.texts.insert(Arc::clone(&text.id), Arc::new(text)),
            None => catalogue.texts.doubt(),
        }
    }
    for &(page, entry) in &prompts {
        let prompt = prompt(page, entry, names, &catalogue);
        match prompt {
            Some(prompt) => catalogue.prompts.insert(Arc::clone(&prompt.id), Arc::new(prompt)),
            None => catalogue.prompts.doubt(),
        }
    }
    choice_prompt(&prompts, &catalogue);
    catalogue
}

/// `{choices: all}` needs a prompt for each of the choices.
fn choice_prompt(prompts: &[(Page<'_>, &Entry)], catalogue: &Catalogue) {
    let known = &catalogue.prompts;
    if !known.is_whole() || known.get(Prompt::CHOICE).is_some() {
        return;
    }
    let asking = prompts
        .iter()
        .find(|(_, entry)| known.get(&entry.key.text).is_some_and(|prompt| prompt.has_choices()));
    if let Some((page, entry)) = asking {
        page.add(
            page.fault(
                Code::UnknownPrompt,
                entry.key.place,
                format!("a prompt `{}`", Prompt::CHOICE),
            )
            .note("`{choices: all}` says it once for each choice"),
        );
    }
}

/// The entries with good ids of their own; the others are written down.
fn distinct<'y>(group: Vec<(Page<'y>, &'y Entry)>) -> Vec<(Page<'y>, &'y Entry)> {
    let mut first: BTreeMap<&str, (Page<'_>, Place)> = BTreeMap::new();
    let mut kept = Vec::new();
    for (page, entry) in group {
        let (id, place) = (&entry.key.text, entry.key.place);
        if page.id(id, place).is_none() {
            continue;
        }
        if let Some((before, at)) = first.get(&**id) {
            page.add(
                page.fault(Code::DuplicateId, place, "an id of its own")
                    .found(&**id)
                    .note(format!("it stands first in {}:{}", before.file, at.line)),
            );
            continue;
        }
        first.insert(id, (page, place));
        kept.push((page, entry));
    }
    kept
}

fn term(page: Page<'_>, entry: &Entry, names: &Names, catalogue: &mut Catalogue) {
    match page.texts(&entry.value, &names.languages) {
        Some(texts) => {
            let suffix = format!("term/{}", entry.key.text).into();
            catalogue.terms.insert(Arc::clone(&entry.key.text), Name { texts, suffix });
        }
        None => catalogue.terms.doubt(),
    }
}

fn unit(page: Page<'_>, entry: &Entry, names: &Names, catalogue: &mut Catalogue) {
    match forms(page, entry, &names.languages) {
        Some(unit) => catalogue.units.insert(Arc::clone(&entry.key.text), unit),
        None => catalogue.units.doubt(),
    }
}

fn forms(page: Page<'_>, entry: &Entry, languages: &[Language]) -> Option<Unit> {
    let id = &entry.key.text;
    let fields = Fields::of(page, &entry.value, "a unit with its plural forms per language")?
        .named_at(entry.key.place);
    let genders = [("masculine", Gender::Masculine), ("feminine", Gender::Feminine)];
    let gender = match fields.optional("gender") {
        Some(yaml) => page.word(yaml, &genders),
        None => Some(Gender::default()),
    };
    let mut forms = BTreeMap::new();
    let mut complete = true;
    for language in Language::ALL {
        if !languages.contains(&language) {
            continue;
        }
        let Some(yaml) = fields.required(language.tag()) else {
            complete = false;
            continue;
        };
        let Some(found) = plurals(page, yaml, language) else {
            complete = false;
            continue;
        };
        for (plural, text) in found {
            forms.insert((language, plural), Unit::form_of(id, language, plural, &text));
        }
    }
    fields.finish();
    let gender = gender?;
    complete.then(|| Unit { id: Arc::clone(id), gender, forms })
}

fn plurals(page: Page<'_>, yaml: &Yaml, language: Language) -> Option<Vec<(Plural, Arc<str>)>> {
    let mut found = Vec::new();
    let wanted = language.plurals();
    for entry in page.entries(yaml, "a map of plural forms")? {
        let plural = wanted.iter().find(|plural| plural.word() == &*entry.key.text);
        let Some(&plural) = plural else {
            page.add(
                page.fault(
                    Code::UnknownField,
                    entry.key.place,
                    format!("a plural form of `{language}`"),
                )
                .found(&*entry.key.text)
                .near(wanted.iter().map(|plural| plural.word())),
            );
            continue;
        };
        found.push((plural, Arc::clone(page.words(&entry.value)?)));
    }
    let missing: Vec<String> = wanted
        .iter()
        .filter(|plural| !found.iter().any(|(other, _)| other == *plural))
        .map(|plural| format!("`{}`", plural.word()))
        .collect();
    if missing.is_empty() {
        return Some(found);
    }
    let wanted = format!("every plural form of `{language}`: {} missing", missing.join(", "));
    page.add(page.fault(Code::MissingPlural, yaml.place, wanted));
    None
}

fn prompt(page: Page<'_>, entry: &Entry, names: &Names, catalogue: &Catalogue) -> Option<Prompt> {
    let id = &entry.key.text;
    let mut variants = BTreeMap::new();
    let mut complete = true;
    for (language, yaml) in page.variants(&entry.value, &names.languages)? {
        let site = part::Site { page, names, catalogue, prompt: id, language };
        match site.parts(yaml) {
            Some(parts) => {
                variants.insert(language, parts);
            }
            None => complete = false,
        }
    }
    if !complete || variants.len() != names.languages.len() {
        return None;
    }
    let mut slots =
        variants.values().map(|parts| parts.iter().filter_map(Part::slot).cloned().collect());
    let first: std::collections::BTreeSet<Arc<str>> = slots.next().unwrap_or_default();
    if slots.any(|slots: std::collections::BTreeSet<Arc<str>>| slots != first) {
        let place: Place = entry.key.place;
        page.add(
            page.fault(Code::WrongSlot, place, "the same slots in every language").found(&**id),
        );
    }
    Some(Prompt { id: Arc::clone(id), slots: first, variants })
}
