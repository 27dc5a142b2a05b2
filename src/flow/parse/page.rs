//! One file being read: values out of YAML, faults into the ledger.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use crate::base::key::Key;
use crate::base::limit::{FLOW_WAIT_MAX, ID_CHARACTERS_MAX};
use crate::flow::diagnostic::{Code, Fault, Ledger, Place};
use crate::flow::model::{Language, Texts};
use crate::flow::yaml::{Entry, Form, Yaml};

/// A file of the bundle and where its faults go.
///
/// Each reader returns `None` after it has written down why.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    /// The file, relative to the bundle.
    pub(crate) file: &'a str,
    /// Where faults go.
    pub(crate) ledger: &'a Ledger,
}

impl Page<'_> {
    /// A fault in this file, not written down yet.
    pub(crate) fn fault(&self, code: Code, place: Place, wanted: impl Into<String>) -> Fault {
        Fault::new(code, self.file, place, wanted)
    }

    /// Writes a fault down.
    pub(crate) fn add(&self, fault: Fault) {
        self.ledger.add(fault);
    }

    /// Writes down that a value is of the wrong type or out of its range.
    pub(crate) fn wrong(&self, code: Code, yaml: &Yaml, wanted: impl Into<String>) {
        self.add(yaml.found_by(self.fault(code, yaml.place, wanted)));
    }

    /// A text.
    pub(crate) fn text<'y>(&self, yaml: &'y Yaml) -> Option<&'y Arc<str>> {
        if let Form::Text(text) = &yaml.form {
            return Some(text);
        }
        let mut fault = yaml.found_by(self.fault(Code::WrongType, yaml.place, "text"));
        if let Form::Int(_) | Form::Bool(_) = yaml.form {
            fault = fault.note(format!("put it in quotes: \"{}\"", yaml.describe()));
        }
        self.add(fault);
        None
    }

    /// A text that is more than blanks.
    pub(crate) fn words<'y>(&self, yaml: &'y Yaml) -> Option<&'y Arc<str>> {
        let text = self.text(yaml)?;
        if text.trim().is_empty() {
            self.add(
                self.fault(Code::WrongValue, yaml.place, "some words").found_kind("an empty text"),
            );
            return None;
        }
        Some(text)
    }

    /// A whole number in a range.
    pub(crate) fn integer(&self, yaml: &Yaml, range: RangeInclusive<i64>) -> Option<i64> {
        let (least, most) = (range.start(), range.end());
        let Form::Int(number) = yaml.form else {
            self.wrong(Code::WrongType, yaml, format!("a whole number, {least} to {most}"));
            return None;
        };
        if !range.contains(&number) {
            self.wrong(Code::WrongValue, yaml, format!("a whole number, {least} to {most}"));
            return None;
        }
        Some(number)
    }

    /// A whole number in a range that fits a `u32`.
    pub(crate) fn count(&self, yaml: &Yaml, range: RangeInclusive<u32>) -> Option<u32> {
        let range = i64::from(*range.start())..=i64::from(*range.end());
        self.integer(yaml, range).and_then(|number| u32::try_from(number).ok())
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, yaml: &Yaml) -> Option<bool> {
        if let Form::Bool(flag) = yaml.form {
            return Some(flag);
        }
        self.wrong(Code::WrongType, yaml, "`true` or `false`");
        None
    }

    /// A list.
    pub(crate) fn list<'y>(&self, yaml: &'y Yaml, wanted: &str) -> Option<&'y [Yaml]> {
        if let Form::List(items) = &yaml.form {
            return Some(items);
        }
        self.wrong(Code::WrongType, yaml, wanted);
        None
    }

    /// A map whose keys are the writer's own.
    pub(crate) fn entries<'y>(&self, yaml: &'y Yaml, wanted: &str) -> Option<&'y [Entry]> {
        if let Form::Map(entries) = &yaml.form {
            return Some(entries);
        }
        self.wrong(Code::WrongType, yaml, wanted);
        None
    }

    /// A span of time such as `20s`, `1500ms`, `2m` or `1h`.
    pub(crate) fn duration(&self, yaml: &Yaml) -> Option<Duration> {
        let wanted = "a span of time such as 20s, 500ms, 2m or 1h";
        let span = yaml.as_text().and_then(|text| duration(text));
        match span {
            Some(span) if span <= FLOW_WAIT_MAX => span.into(),
            Some(_) => {
                self.wrong(Code::WrongValue, yaml, "at most 24 hours");
                None
            }
            None => {
                self.wrong(Code::WrongType, yaml, wanted);
                None
            }
        }
    }

    /// A span of time that is not nothing.
    pub(crate) fn some_time(&self, yaml: &Yaml) -> Option<Duration> {
        let span = self.duration(yaml)?;
        if span.is_zero() {
            self.wrong(Code::WrongValue, yaml, "a span of time longer than nothing");
            return None;
        }
        Some(span)
    }

    /// One of several words.
    pub(crate) fn word<T: Copy>(&self, yaml: &Yaml, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(yaml)?;
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == &**text) {
            return Some(*value);
        }
        let list: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        self.add(
            self.fault(Code::WrongValue, yaml.place, list.join(" or "))
                .found(&**text)
                .near(words.iter().map(|(word, _)| *word)),
        );
        None
    }

    /// One key of a telephone.
    pub(crate) fn key(&self, yaml: &Yaml) -> Option<Key> {
        let text = self.text(yaml)?;
        let mut letters = text.chars();
        let key = letters.next().and_then(|letter| Key::try_from(letter).ok());
        if let (Some(key), None) = (key, letters.next()) {
            return Some(key);
        }
        self.wrong(Code::WrongValue, yaml, "one key: 0 to 9, * or #");
        None
    }

    /// An id: small letters, digits, `_` and `-`, a letter first.
    pub(crate) fn id(&self, text: &Arc<str>, place: Place) -> Option<Arc<str>> {
        if is_id(text) {
            return Some(Arc::clone(text));
        }
        self.add(
            self.fault(
                Code::WrongId,
                place,
                "an id of small letters, digits, `_` and `-`, a letter first",
            )
            .found(&**text),
        );
        None
    }

    /// A text in each of the languages.
    pub(crate) fn texts(&self, yaml: &Yaml, languages: &[Language]) -> Option<Texts> {
        let variants = self.variants(yaml, languages)?;
        let mut texts = Texts::new();
        for (language, variant) in &variants {
            texts.insert(*language, Arc::clone(self.words(variant)?));
        }
        (texts.len() == languages.len()).then_some(texts)
    }

    /// A value in each of the languages; what is missing is written down.
    pub(crate) fn variants<'y>(
        &self,
        yaml: &'y Yaml,
        languages: &[Language],
    ) -> Option<BTreeMap<Language, &'y Yaml>> {
        let mut found = BTreeMap::new();
        for entry in self.entries(yaml, "a map with one entry per language")? {
            let tag = &entry.key.text;
            match languages.iter().find(|language| language.tag() == &**tag) {
                Some(&language) => {
                    found.insert(language, &entry.value);
                }
                None => self.add(
                    self.fault(Code::UnknownLanguage, entry.key.place, "a language of the bundle")
                        .found(&**tag)
                        .near(languages.iter().map(|language| language.tag())),
                ),
            }
        }
        for language in languages.iter().filter(|language| !found.contains_key(language)) {
            let wanted = format!("a text in every language of the bundle: `{language}` is missing");
            self.add(self.fault(Code::MissingLanguage, yaml.place, wanted));
        }
        Some(found)
    }
}

/// Whether a text is spelled as ids are.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= ID_CHARACTERS_MAX
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-'
        })
}

/// A span of time such as `20s`, `1500ms`, `2m` or `1h`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let digits = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => Some(Duration::from_secs(number)),
        "m" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(3_600).map(Duration::from_secs),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_time_needs_its_unit() {
        assert_eq!(duration("1500ms"), Some(Duration::from_millis(1_500)));
        assert_eq!(duration("2m"), Some(Duration::from_secs(120)));
        assert_eq!(duration("20"), None);
        assert_eq!(duration("s"), None);
        assert_eq!(duration("99999999999999999999s"), None);
        assert_eq!(duration("-5s"), None);
    }

    #[test]
    fn an_id_begins_with_a_small_letter() {
        assert!(is_id("to_agent-2"));
        assert!(!is_id("2nd") && !is_id("") && !is_id("Main") && !is_id("a.b") && !is_id("لغة"));
    }
}
