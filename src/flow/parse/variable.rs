//! Declared variables, inputs and outputs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::flow::diagnostic::Code;
use crate::flow::expression::{Kind, Value};
use crate::flow::model::{Language, Sensitivity, Variable, VariableKind};
use crate::flow::parse::{Fields, Page, value};
use crate::flow::yaml::{Entry, Form, Yaml};

/// The variable that is the call's language.
const LANGUAGE: &str = "lang";

/// What a declaration is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `vars:`
    Variable,
    /// `inputs:`
    Input,
    /// `outputs:`
    Output,
}

/// Reads one of a flow's groups of declarations.
pub(crate) fn read(
    page: Page<'_>,
    yaml: Option<&Yaml>,
    purpose: Purpose,
    languages: &[Language],
) -> BTreeMap<Arc<str>, Variable> {
    let mut variables = BTreeMap::new();
    let entries = yaml.and_then(|yaml| page.entries(yaml, "a map of names to their types"));
    for entry in entries.unwrap_or_default() {
        let id = page.id(&entry.key.text, entry.key.place);
        let variable = variable(page, entry, purpose);
        let (Some(id), Some(mut variable)) = (id, variable) else { continue };
        if purpose == Purpose::Variable && &*id == LANGUAGE {
            language(page, entry, &mut variable, languages);
        }
        variables.insert(id, variable);
    }
    variables
}

fn variable(page: Page<'_>, entry: &Entry, purpose: Purpose) -> Option<Variable> {
    let fields = Fields::of(page, &entry.value, "a map such as {type: string, default: \"\"}")?
        .named_at(entry.key.place);
    let kinds = [
        ("string", VariableKind::Text),
        ("int", VariableKind::Int),
        ("bool", VariableKind::Bool),
        ("list", VariableKind::List),
    ];
    let kind = fields.required("type").and_then(|yaml| page.word(yaml, &kinds));
    let options = fields.optional("enum").map_or(Some(Vec::new()), |yaml| options(page, yaml));
    let max = fields.optional("max").and_then(|yaml| page.integer(yaml, 0..=i64::MAX));
    let sensitive = match fields.optional("sensitive") {
        Some(yaml) if page.flag(yaml)? => Sensitivity::Sensitive,
        Some(_) | None => Sensitivity::Plain,
    };
    let default_yaml = fields.optional("default");
    fields.finish();
    let name = Arc::clone(&entry.key.text);
    let mut variable =
        Variable { name, kind: kind?, options: options?, max, default: None, sensitive };
    if !variable.options.is_empty() && variable.kind != VariableKind::Text {
        page.add(page.fault(
            Code::WrongType,
            fields.place_of("enum"),
            "`type: string` with `enum`",
        ));
    }
    variable.default = match default_yaml {
        Some(yaml) => value::constant(page, yaml, &variable),
        None => match purpose {
            Purpose::Variable => natural(page, entry, &variable),
            Purpose::Input | Purpose::Output => None,
        },
    };
    Some(variable)
}

fn options(page: Page<'_>, yaml: &Yaml) -> Option<Vec<Arc<str>>> {
    let items = page.list(yaml, "a list of texts")?;
    items.iter().map(|item| page.text(item).cloned()).collect()
}

/// What a variable holds that no default is written for.
fn natural(page: Page<'_>, entry: &Entry, variable: &Variable) -> Option<Value> {
    match variable.kind {
        VariableKind::Text if variable.options.is_empty() => Some(Value::Text("".into())),
        VariableKind::Text => {
            page.add(page.fault(
                Code::MissingField,
                entry.key.place,
                "a field `default` beside `enum`",
            ));
            None
        }
        VariableKind::Int => Some(Value::Int(0)),
        VariableKind::Bool => Some(Value::Bool(false)),
        VariableKind::List => Some(Value::List(Vec::new().into())),
    }
}

/// The variable `lang` decides what is spoken, so it can hold nothing but languages.
fn language(page: Page<'_>, entry: &Entry, variable: &mut Variable, languages: &[Language]) {
    let spoken = |option: &Arc<str>| languages.iter().any(|language| language.tag() == &**option);
    if variable.options.is_empty() || !variable.options.iter().all(spoken) {
        let tags: Vec<&str> = languages.iter().map(|language| language.tag()).collect();
        let wanted = format!("`enum` with languages of the bundle: [{}]", tags.join(", "));
        page.add(
            page.fault(Code::UnknownLanguage, entry.key.place, wanted)
                .note("the variable `lang` is the language that the caller hears"),
        );
        // What is set to it elsewhere is judged by what should stand here.
        variable.options = tags.into_iter().map(Arc::from).collect();
    }
}

/// The kind that expressions know a variable as.
pub(crate) fn kind(variable: &Variable) -> Kind {
    match variable.kind {
        VariableKind::Text => Kind::Text,
        VariableKind::Int => Kind::Int,
        VariableKind::Bool => Kind::Bool,
        VariableKind::List => Kind::list(Kind::Any),
    }
}

/// The value that a file writes out, as it stands.
pub(crate) fn literal(yaml: &Yaml) -> Option<Value> {
    Some(match &yaml.form {
        Form::Null => Value::Null,
        Form::Bool(flag) => Value::Bool(*flag),
        Form::Int(number) => Value::Int(*number),
        Form::Text(text) => Value::Text(Arc::clone(text)),
        Form::List(items) => {
            Value::List(items.iter().map(literal).collect::<Option<Vec<Value>>>()?.into())
        }
        Form::Map(_) => return None,
    })
}
