//! Units that need no catalogue: currencies and spans of time.

use std::sync::Arc;

use crate::flow::model::{Gender, Language, Plural, Unit, UnitForm};
use crate::flow::words::grammar;

/// Every built-in unit with the gender that Arabic numbers before it agree with.
const UNITS: [(&str, Gender); 10] = [
    ("aed", Gender::Masculine),
    ("aed_minor", Gender::Masculine),
    ("sar", Gender::Masculine),
    ("sar_minor", Gender::Feminine),
    ("usd", Gender::Masculine),
    ("usd_minor", Gender::Masculine),
    ("day", Gender::Masculine),
    ("hour", Gender::Feminine),
    ("minute", Gender::Feminine),
    ("second", Gender::Feminine),
];

/// The units that every bundle has, in its languages. Its own take their place.
pub fn built_in(languages: &[Language]) -> impl Iterator<Item = Unit> + '_ {
    UNITS.into_iter().map(|(id, gender)| {
        let forms = languages.iter().flat_map(|&language| forms(id, language)).collect();
        Unit { id: Arc::from(id), gender, forms }
    })
}

fn forms(
    id: &'static str,
    language: Language,
) -> impl Iterator<Item = ((Language, Plural), UnitForm)> {
    let units = grammar(language).names().units.iter();
    let forms = units.filter(move |(unit, _)| *unit == id).flat_map(|(_, forms)| *forms);
    forms
        .map(move |&(plural, text)| ((language, plural), Unit::form_of(id, language, plural, text)))
}

/// The currencies among them.
pub fn currencies() -> impl Iterator<Item = &'static str> {
    UNITS.into_iter().filter_map(|(id, _)| id.strip_suffix("_minor"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_form_of_every_unit() {
        let wanted: Vec<(Language, Plural)> = Language::ALL
            .into_iter()
            .flat_map(|language| language.plurals().iter().map(move |&plural| (language, plural)))
            .collect();
        for unit in built_in(&Language::ALL) {
            assert!(unit.forms.keys().eq(&wanted), "{}", unit.id);
        }
    }

    #[test]
    fn the_currencies_have_hundredths() {
        assert_eq!(currencies().collect::<Vec<_>>(), ["aed", "sar", "usd"]);
    }
}
