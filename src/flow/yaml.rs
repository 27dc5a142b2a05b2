//! YAML made safe: a tree in which every value knows its place.
//!
//! Only `true`, `false`, whole numbers and `null` are not text. Anchors, aliases, merge keys,
//! tags, duplicate keys, several documents and deep nesting are faults.

use std::collections::BTreeMap;
use std::sync::Arc;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput, Tag};

use crate::base::limit::YAML_DEPTH_MAX;
use crate::flow::diagnostic::{Code, Fault, Ledger, Place};

/// A value and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Yaml {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub form: Form,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// `null`, or nothing at all.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Anything else that is neither a list nor a map.
    Text(Arc<str>),
    /// A list.
    List(Vec<Yaml>),
    /// A map, in the order of the file.
    Map(Vec<Entry>),
}

/// One line of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: Name,
    /// Its value.
    pub value: Yaml,
}

/// A key and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The key.
    pub text: Arc<str>,
    /// Where it stands.
    pub place: Place,
}

impl Yaml {
    /// The value of a key, when this is a map that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        match &self.form {
            Form::Map(entries) => {
                entries.iter().find(|entry| &*entry.key.text == key).map(|entry| &entry.value)
            }
            Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::List(_) => None,
        }
    }

    /// Whether there is nothing.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.form == Form::Null
    }

    /// The keys, when this is a map.
    pub fn keys(&self) -> impl Iterator<Item = &Arc<str>> {
        let entries = match &self.form {
            Form::Map(entries) => entries.as_slice(),
            Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::List(_) => &[],
        };
        entries.iter().map(|entry| &entry.key.text)
    }

    /// The text, when this is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&Arc<str>> {
        match &self.form {
            Form::Text(text) => Some(text),
            Form::Null | Form::Bool(_) | Form::Int(_) | Form::List(_) | Form::Map(_) => None,
        }
    }

    /// A fault that says what stands here.
    #[must_use]
    pub fn found_by(&self, fault: Fault) -> Fault {
        match &self.form {
            Form::Bool(_) | Form::Int(_) | Form::Text(_) => fault.found(self.describe()),
            Form::Null | Form::List(_) | Form::Map(_) => fault.found_kind(self.describe()),
        }
    }

    /// What it is, for a fault.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.form {
            Form::Null => "nothing".to_owned(),
            Form::Bool(flag) => flag.to_string(),
            Form::Int(number) => number.to_string(),
            Form::Text(text) => text.to_string(),
            Form::List(_) => "a list".to_owned(),
            Form::Map(_) => "a map".to_owned(),
        }
    }
}

/// Reads one file. What is wrong with it goes to the ledger; `None` when nothing can be read.
#[must_use]
pub fn read(file: &str, text: &str, ledger: &Ledger) -> Option<Yaml> {
    let mut reader = Reader { file, ledger, parser: Parser::new_from_str(text) };
    reader.document().ok()
}

/// The rest of the file cannot be trusted; the fault is in the ledger.
struct Broken;

struct Reader<'a> {
    file: &'a str,
    ledger: &'a Ledger,
    parser: Parser<'a, StrInput<'a>>,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Yaml, Broken> {
        let mut found: Option<Yaml> = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
                Event::DocumentStart(_) if found.is_some() => {
                    let fault = self.fault(Code::YamlDocuments, span, "one document in a file");
                    return Err(self.stop(fault));
                }
                Event::DocumentStart(_) => {
                    let (event, span) = self.next()?;
                    found = Some(self.value(event, span, 0)?);
                }
                Event::StreamEnd => break,
                Event::Alias(_)
                | Event::Scalar(..)
                | Event::SequenceStart(..)
                | Event::SequenceEnd
                | Event::MappingStart(..)
                | Event::MappingEnd => {
                    debug_assert!(false, "a value stands inside a document");
                    return Err(Broken);
                }
            }
        }
        Ok(found.unwrap_or(Yaml { place: Place::START, form: Form::Null }))
    }

    fn value(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Yaml, Broken> {
        let place = place(span);
        if depth > YAML_DEPTH_MAX {
            let fault = self.fault(
                Code::YamlDepth,
                span,
                format!("at most {YAML_DEPTH_MAX} lists and maps inside each other"),
            );
            return Err(self.stop(fault));
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.plain_only(anchor, tag.as_deref(), span)?;
                Ok(Yaml { place, form: scalar(&text, style) })
            }
            Event::SequenceStart(anchor, tag) => {
                self.plain_only(anchor, tag.as_deref(), span)?;
                Ok(Yaml { place, form: Form::List(self.items(depth)?) })
            }
            Event::MappingStart(anchor, tag) => {
                self.plain_only(anchor, tag.as_deref(), span)?;
                Ok(Yaml { place, form: Form::Map(self.entries(depth)?) })
            }
            Event::Alias(_) => {
                let fault = self.fault(Code::YamlAlias, span, "the value itself, without an alias");
                Err(self.stop(fault))
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd
            | Event::SequenceEnd
            | Event::MappingEnd => {
                debug_assert!(false, "the parser opens what it closes");
                Err(Broken)
            }
        }
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Yaml>, Broken> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::SequenceEnd {
                return Ok(items);
            }
            items.push(self.value(event, span, depth + 1)?);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<Vec<Entry>, Broken> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut lines: BTreeMap<Arc<str>, u32> = BTreeMap::new();
        loop {
            let (event, span) = self.next()?;
            if event == Event::MappingEnd {
                return Ok(entries);
            }
            let key = self.key(event, span)?;
            let (event, span) = self.next()?;
            let value = self.value(event, span, depth + 1)?;
            if let Some(line) = lines.get(&key.text) {
                self.ledger.add(
                    Fault::new(Code::YamlDuplicateKey, self.file, key.place, "each key once")
                        .found(&*key.text)
                        .note(format!("it stands first on line {line}")),
                );
            } else {
                lines.insert(Arc::clone(&key.text), key.place.line);
                entries.push(Entry { key, value });
            }
        }
    }

    fn key(&mut self, event: Event<'a>, span: Span) -> Result<Name, Broken> {
        let place = place(span);
        let Event::Scalar(text, style, anchor, tag) = event else {
            let fault = self.fault(Code::YamlKey, span, "a word as the key");
            return Err(self.stop(fault));
        };
        self.plain_only(anchor, tag.as_deref(), span)?;
        if &*text == "<<" && style == ScalarStyle::Plain {
            let fault =
                self.fault(Code::YamlMerge, span, "every key written out, without a merge key");
            return Err(self.stop(fault));
        }
        match scalar(&text, style) {
            Form::Text(text) => Ok(Name { text, place }),
            Form::Null | Form::Bool(_) | Form::Int(_) | Form::List(_) | Form::Map(_) => {
                let fault = self
                    .fault(Code::YamlKey, span, "a key of text")
                    .found(text.to_string())
                    .note(format!("put it in quotes: \"{text}\""));
                self.ledger.add(fault);
                Ok(Name { text: text.as_ref().into(), place })
            }
        }
    }

    fn plain_only(&self, anchor: usize, tag: Option<&Tag>, span: Span) -> Result<(), Broken> {
        if anchor != 0 {
            let fault = self.fault(Code::YamlAlias, span, "a value without an anchor");
            return Err(self.stop(fault));
        }
        if tag.is_some() {
            let fault = self.fault(Code::YamlTag, span, "a value without a tag");
            return Err(self.stop(fault));
        }
        Ok(())
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Broken> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => {
                let span = Span::new(*error.marker(), *error.marker());
                let fault = self.fault(Code::YamlSyntax, span, "YAML").note(error.info());
                Err(self.stop(fault))
            }
            None => Err(Broken),
        }
    }

    fn fault(&self, code: Code, span: Span, wanted: impl Into<String>) -> Fault {
        Fault::new(code, self.file, place(span), wanted)
    }

    fn stop(&self, fault: Fault) -> Broken {
        self.ledger.add(fault);
        Broken
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Form {
    match style {
        ScalarStyle::Plain => match text {
            "" | "null" => Form::Null,
            "true" => Form::Bool(true),
            "false" => Form::Bool(false),
            word => whole_number(word).map_or_else(|| Form::Text(word.into()), Form::Int),
        },
        ScalarStyle::SingleQuoted
        | ScalarStyle::DoubleQuoted
        | ScalarStyle::Literal
        | ScalarStyle::Folded => Form::Text(text.into()),
    }
}

/// A number with a leading nought is a telephone number or a case number: text.
fn whole_number(word: &str) -> Option<i64> {
    let digits = word.strip_prefix('-').unwrap_or(word);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit())
        && !(digits.len() > 1 && digits.starts_with('0'));
    if plain { word.parse().ok() } else { None }
}

fn place(span: Span) -> Place {
    let width = if span.start.line() == span.end.line() {
        span.end.col().saturating_sub(span.start.col()).max(1)
    } else {
        1
    };
    Place { line: line(span.start), column: column(span.start), width: short(width) }
}

fn line(marker: Marker) -> u32 {
    short(marker.line())
}

fn column(marker: Marker) -> u32 {
    short(marker.col()).saturating_add(1)
}

/// No file is long enough for a line or column past the type's end.
fn short(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<(&'static str, u32, u32)> {
        let ledger = Ledger::default();
        let _ = read("t.yaml", text, &ledger);
        let faults = ledger.into_faults();
        faults.iter().map(|f| (f.code.word(), f.place.line, f.place.column)).collect()
    }

    #[test]
    fn only_four_kinds_of_plain_words_are_not_text() {
        let ledger = Ledger::default();
        let text = "[true, false, null, 12, -3, 012, 1.5, yes, on, 08:30, 0x1F, ~]";
        let read = read("t.yaml", text, &ledger).expect("good YAML");
        let Form::List(items) = read.form else { panic!("a list") };
        let forms: Vec<Form> = items.into_iter().map(|item| item.form).collect();
        assert_eq!(
            forms[..5],
            [Form::Bool(true), Form::Bool(false), Form::Null, Form::Int(12), Form::Int(-3)]
        );
        assert!(forms[5..].iter().all(|form| matches!(form, Form::Text(_))), "{forms:?}");
    }

    #[test]
    fn every_value_knows_its_place() {
        let ledger = Ledger::default();
        let read = read("t.yaml", "a:\n  bee: {c: مرحبا, d: 4}\n", &ledger).expect("good YAML");
        let d = read.get("a").and_then(|a| a.get("bee")).and_then(|b| b.get("d")).expect("there");
        assert_eq!(d.place, Place { line: 2, column: 22, width: 1 });
    }

    #[test]
    fn what_is_dangerous_is_a_fault_with_its_place() {
        assert_eq!(codes("a: 1\nb: 2\na: 3\n"), [("yaml-duplicate-key", 3, 1)]);
        assert_eq!(codes("a: &x 1\nb: *x\n"), [("yaml-alias", 1, 4)]);
        assert_eq!(codes("a: !!str 1\n")[0].0, "yaml-tag");
        assert_eq!(codes("a:\n  <<: {b: 1}\n"), [("yaml-merge", 2, 3)]);
        assert_eq!(codes("800: main\n"), [("yaml-key", 1, 1)]);
        assert_eq!(codes("a: 1\n---\nb: 2\n")[0].0, "yaml-documents");
        assert_eq!(codes("a: [1, 2\n")[0].0, "yaml-syntax");
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(codes(&deep(40)), [("yaml-depth", 1, 26)]);
        assert_eq!(codes(&deep(9_000)).len(), 1);
        assert_eq!(codes("? [a]\n: 1\n")[0].0, "yaml-key");
    }

    #[test]
    fn an_empty_file_is_nothing() {
        let ledger = Ledger::default();
        assert_eq!(read("t.yaml", "# only words\n", &ledger).map(|y| y.form), Some(Form::Null));
        assert!(ledger.is_empty());
    }
}
