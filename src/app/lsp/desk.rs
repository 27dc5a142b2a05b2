//! What the editor has open, over what is on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::app::lsp::names::{self, Defined, Kind};
use crate::app::lsp::text::{self, Position};
use crate::flow::diagnostic::{Fault, Severity};
use crate::flow::{self, trial};
use crate::shell::files;

/// The texts that the editor has open, by address, and what it was told last.
#[derive(Debug, Default)]
pub(super) struct Desk {
    open: BTreeMap<String, String>,
    marked: BTreeSet<String>,
}

/// A question about a place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    uri: String,
    at: Position,
}

impl Asked {
    pub(super) fn read(params: &Value) -> Option<Self> {
        let uri = params.pointer("/textDocument/uri")?.as_str()?.to_owned();
        let number = |field| params.pointer(field)?.as_u64().and_then(|n| usize::try_from(n).ok());
        let (line, character) = (number("/position/line")?, number("/position/character")?);
        Some(Self { uri, at: Position { line, character } })
    }
}

/// A bundle as the editor has it.
struct Bundle {
    folder: PathBuf,
    files: BTreeMap<String, String>,
}

impl Desk {
    pub(super) fn write(&mut self, uri: &str, text: &str) {
        self.open.insert(uri.to_owned(), text.to_owned());
    }

    pub(super) fn close(&mut self, uri: &str) {
        self.open.remove(uri);
    }

    /// The faults of the bundle that a file belongs to: one message for each file that has some,
    /// and for each that had some.
    pub(super) fn examine(&mut self, uri: &str) -> Vec<Value> {
        let Some(bundle) = self.bundle(uri) else { return Vec::new() };
        let proof = flow::prove(&bundle.files, None);
        let faults = match &proof.bundle {
            Some(good) => proof.faults.and(trial::faults(&bundle.files, good), &bundle.files),
            None => proof.faults,
        };
        let mut marks: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for fault in &faults.faults {
            let text = bundle.files.get(&fault.file).map_or("", String::as_str);
            marks.entry(bundle.uri(&fault.file)).or_default().push(mark(fault, text));
        }
        let marked: BTreeSet<String> = marks.keys().cloned().collect();
        let cleared = self.marked.difference(&marked).map(|uri| (uri.clone(), Vec::new()));
        let told = cleared.collect::<Vec<_>>().into_iter().chain(marks);
        let told = told.map(|(uri, marks)| json!({"uri": uri, "diagnostics": marks})).collect();
        self.marked = marked;
        told
    }

    /// The names that could stand here.
    pub(super) fn complete(&self, asked: &Asked) -> Value {
        let Some(bundle) = self.bundle(&asked.uri) else { return Value::Null };
        let Some(text) = self.open.get(&asked.uri) else { return Value::Null };
        let before = text::before(text, asked.at);
        let wanted = wanted(before);
        if wanted == Wanted::NodeType {
            let types = flow::NODE_TYPES.iter();
            return types.map(|word| json!({"label": word, "detail": "type of node"})).collect();
        }
        let file = bundle.name(&asked.uri);
        let fits = |of: &&Defined| match wanted {
            Wanted::NodeType => false,
            Wanted::One(kind) => {
                of.kind == kind && (kind.is_shared() || Some(&of.file) == file.as_ref())
            }
        };
        let names = names::all(&bundle.files);
        let item = |of: &Defined| json!({"label": of.name, "detail": of.kind.word(), "documentation": of.about});
        names.iter().filter(fits).map(item).collect()
    }

    /// What a name is.
    pub(super) fn hover(&self, asked: &Asked) -> Value {
        let Some((found, _)) = self.find(asked) else { return Value::Null };
        let value = format!("**{}** `{}`\n\n{}", found.kind.word(), found.name, found.about);
        json!({"contents": {"kind": "markdown", "value": value}})
    }

    /// Where a name is defined.
    pub(super) fn define(&self, asked: &Asked) -> Value {
        let Some((found, bundle)) = self.find(asked) else { return Value::Null };
        let text = bundle.files.get(&found.file).map_or("", String::as_str);
        json!({"uri": bundle.uri(&found.file), "range": text::range(text, found.place)})
    }

    /// The name that is asked about: of the kind that is wanted there, else any of that spelling.
    fn find(&self, asked: &Asked) -> Option<(Defined, Bundle)> {
        let text = self.open.get(&asked.uri)?;
        let bundle = self.bundle(&asked.uri)?;
        let file = bundle.name(&asked.uri);
        let word = text::word(text, asked.at);
        // Of `entity.power` and `vars.lang` the last part is a name too.
        let short = word.rsplit('.').next().unwrap_or(word);
        let kind = wanted(text::before(text, asked.at));
        let mut names = names::all(&bundle.files);
        names.retain(|of| of.name == word || of.name == short);
        names.sort_by_key(|of| (Wanted::One(of.kind) != kind, Some(&of.file) != file.as_ref()));
        let found = names.into_iter().next()?;
        Some((found, bundle))
    }

    /// The bundle around a file: the nearest folder above it that has a `bundle.yaml`.
    fn bundle(&self, uri: &str) -> Option<Bundle> {
        let path = path_of(uri)?;
        let folder =
            path.ancestors().skip(1).find(|folder| folder.join("bundle.yaml").is_file())?;
        let mut files = files::bundle_in(folder).ok()?;
        for (uri, text) in &self.open {
            if let Some(name) = path_of(uri).as_deref().and_then(|path| name_in(folder, path)) {
                files.insert(name, text.clone());
            }
        }
        Some(Bundle { folder: folder.to_owned(), files })
    }
}

impl Bundle {
    fn uri(&self, file: &str) -> String {
        uri_of(&self.folder.join(file))
    }

    fn name(&self, uri: &str) -> Option<String> {
        name_in(&self.folder, &path_of(uri)?)
    }
}

/// What a line asks for at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    NodeType,
    One(Kind),
}

/// What may stand after these words: the last `field:` of the line decides.
fn wanted(before: &str) -> Wanted {
    let field = before.rsplit_once(':').map_or("", |(field, _)| {
        field.rsplit(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or("")
    });
    match field {
        "type" => Wanted::NodeType,
        "prompt" | "no_input" | "no_match" | "hears" => Wanted::One(Kind::Prompt),
        "text" | "subject" => Wanted::One(Kind::Text),
        "flow" | "wait_flow" => Wanted::One(Kind::Flow),
        "queue" => Wanted::One(Kind::Queue),
        "calendar" => Wanted::One(Kind::Calendar),
        "entity" => Wanted::One(Kind::Entity),
        "sector" => Wanted::One(Kind::Sector),
        "unit" => Wanted::One(Kind::Unit),
        "save" => Wanted::One(Kind::Variable),
        _ if before.ends_with("vars.") => Wanted::One(Kind::Variable),
        // `next`, `else`, and every outcome under `events`.
        _ => Wanted::One(Kind::Node),
    }
}

impl Kind {
    /// Whether other files may use the name.
    const fn is_shared(self) -> bool {
        !matches!(self, Self::Node | Self::Variable)
    }
}

fn mark(fault: &Fault, text: &str) -> Value {
    let severity = match fault.severity {
        Severity::Error => 1,
        Severity::Warning => 2,
    };
    let mut message = format!("wanted {}", fault.wanted);
    for (word, part) in
        [("found", &fault.found), ("nearest is", &fault.nearest), ("note:", &fault.note)]
    {
        if let Some(part) = part {
            message.push_str(&format!("\n{word} {part}"));
        }
    }
    json!({
        "range": text::range(text, fault.place),
        "severity": severity,
        "code": fault.code.word(),
        "source": "hatif",
        "message": message,
    })
}

fn name_in(folder: &Path, path: &Path) -> Option<String> {
    let inside = path.strip_prefix(folder).ok()?.to_str()?;
    Some(inside.replace(std::path::MAIN_SEPARATOR, "/"))
}

/// `file:///…`, with `%20` and the like (RFC 3986 §2.1).
fn path_of(uri: &str) -> Option<PathBuf> {
    let mut bytes = Vec::new();
    let mut rest = uri.strip_prefix("file://")?.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = [rest.next()?, rest.next()?];
        bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

fn uri_of(path: &Path) -> String {
    let mut uri = String::from("file://");
    for byte in path.to_string_lossy().bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_field_of_a_line_decides_what_is_wanted() {
        assert_eq!(wanted("  bye: {type: "), Wanted::NodeType);
        assert_eq!(wanted("  bye: {type: play, prompt: go"), Wanted::One(Kind::Prompt));
        assert_eq!(wanted("  bye: {type: play, prompt: a, next: "), Wanted::One(Kind::Node));
        assert_eq!(wanted("    events: {queue.full: "), Wanted::One(Kind::Node));
        assert_eq!(wanted("    when: vars."), Wanted::One(Kind::Variable));
    }

    #[test]
    fn an_address_is_a_path_and_back() {
        let path = Path::new("/tmp/a b/رقم.yaml");
        assert_eq!(path_of(&uri_of(path)).as_deref(), Some(path));
        assert_eq!(path_of("file:///tmp/%"), None);
        assert_eq!(path_of("untitled:1"), None);
    }
}
