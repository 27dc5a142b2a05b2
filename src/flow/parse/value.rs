//! Values, expressions and prompts as nodes mention them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::flow::diagnostic::{Code, Fault};
use crate::flow::expression::{Expression, ExpressionFault, Kind, Scope, Template, Value};
use crate::flow::model::{
    Assignment, Part, Prompt, Reference, Sensitivity, Source, Spoken, Variable, VariableKind,
};
use crate::flow::parse::node::Site;
use crate::flow::parse::{Known, Page, Reads, said, variable};
use crate::flow::yaml::{Form, Yaml};

/// A written value that a variable can hold.
pub(crate) fn constant(page: Page<'_>, yaml: &Yaml, variable: &Variable) -> Option<Value> {
    let value = variable::literal(yaml);
    let fits = match (&value, variable.kind) {
        (Some(Value::Text(_)), VariableKind::Text)
        | (Some(Value::Int(_)), VariableKind::Int)
        | (Some(Value::Bool(_)), VariableKind::Bool)
        | (Some(Value::List(_)), VariableKind::List) => true,
        (_, VariableKind::Text | VariableKind::Int | VariableKind::Bool | VariableKind::List) => {
            false
        }
    };
    if !fits {
        let wanted = variable::kind(variable).to_string();
        let mut fault = yaml.found_by(page.fault(Code::WrongType, yaml.place, wanted));
        if let (VariableKind::Text, Form::Int(_) | Form::Bool(_)) = (variable.kind, &yaml.form) {
            fault = fault.note(format!("put it in quotes: \"{}\"", yaml.describe()));
        }
        page.add(fault);
        return None;
    }
    let value = value?;
    if let Value::Text(text) = &value {
        option(page, yaml, text, variable)?;
    }
    if variable.max.is_some_and(|max| size(&value) > max) {
        let wanted = format!("no more than `max`, {}", variable.max.unwrap_or(0));
        page.wrong(Code::WrongValue, yaml, wanted);
        return None;
    }
    Some(value)
}

fn option(page: Page<'_>, yaml: &Yaml, text: &str, variable: &Variable) -> Option<()> {
    if variable.options.is_empty() || variable.options.iter().any(|option| &**option == text) {
        return Some(());
    }
    let options: Vec<&str> = variable.options.iter().map(|option| &**option).collect();
    page.add(
        page.fault(Code::WrongValue, yaml.place, format!("one of {}", options.join(", ")))
            .found(text)
            .near(options.iter().copied()),
    );
    None
}

fn size(value: &Value) -> i64 {
    match value {
        Value::Int(number) => *number,
        Value::Text(text) => i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
        Value::Null | Value::Bool(_) | Value::List(_) | Value::Map(_) => 0,
    }
}

impl Site<'_> {
    /// A bare expression of some kind.
    pub(crate) fn expression(&self, yaml: &Yaml, wanted: &Kind) -> Option<Expression> {
        self.expression_in(yaml, wanted, &self.flow.scope)
    }

    /// A bare expression in which more names are known.
    pub(crate) fn expression_in(
        &self,
        yaml: &Yaml,
        wanted: &Kind,
        scope: &Scope,
    ) -> Option<Expression> {
        let text = match &yaml.form {
            Form::Bool(_) | Form::Int(_) => yaml.describe().into(),
            Form::Null | Form::Text(_) | Form::List(_) | Form::Map(_) => {
                Arc::clone(self.page.text(yaml)?)
            }
        };
        if let Some(inside) = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
            self.page.add(
                self.page
                    .fault(Code::WrongExpression, yaml.place, "a bare expression")
                    .found(&*text)
                    .note(format!("`${{…}}` stands inside text; write: {inside}")),
            );
            return None;
        }
        let expression = Expression::compile_as(&text, scope, wanted)
            .map_err(|fault| self.misread(yaml, &text, fault))
            .ok()?;
        self.flow.reads.borrow_mut().add(&reads_of(&expression));
        Some(expression)
    }

    /// An expression whose value records, logs or screens show.
    pub(crate) fn shown_expression(&self, yaml: &Yaml, wanted: &Kind) -> Option<Expression> {
        let expression = self.expression(yaml, wanted)?;
        self.keep_unseen(yaml, &reads_of(&expression));
        Some(expression)
    }

    /// A text with slots that records, logs or others see: nothing sensitive may be in it.
    pub(crate) fn template(&self, yaml: &Yaml) -> Option<Template> {
        let template = self.hidden_template(yaml)?;
        self.keep_unseen(yaml, &Self::reads(&template));
        Some(template)
    }

    /// A text with slots that nobody but the caller hears, or that goes where it stays masked.
    pub(crate) fn hidden_template(&self, yaml: &Yaml) -> Option<Template> {
        let text = self.page.text(yaml)?;
        let template = Template::compile(text, &self.flow.scope)
            .map_err(|fault| self.misread(yaml, text, fault))
            .ok()?;
        self.flow.reads.borrow_mut().add(&Self::reads(&template));
        Some(template)
    }

    /// The empty text.
    pub(crate) fn nothing(&self) -> Option<Template> {
        self.words_of("")
    }

    /// A text of ours, as if the file had written it.
    pub(crate) fn words_of(&self, text: &str) -> Option<Template> {
        let template = Template::compile(text, &self.flow.scope);
        debug_assert!(template.is_ok(), "a text of ours compiles in every flow");
        template.ok()
    }

    /// Part of a text, at some byte of it, as a text with slots.
    pub(crate) fn template_part(&self, yaml: &Yaml, whole: &str, part: &str) -> Option<Template> {
        let start = whole.find(part).unwrap_or(0);
        let template = Template::compile(part, &self.flow.scope)
            .map_err(|mut fault| {
                fault.offset += start;
                self.misread(yaml, whole, fault);
            })
            .ok()?;
        let reads = Self::reads(&template);
        self.flow.reads.borrow_mut().add(&reads);
        self.keep_unseen(yaml, &reads);
        Some(template)
    }

    fn misread(&self, yaml: &Yaml, text: &str, fault: ExpressionFault) {
        // Words of the text come in quotes, descriptions do not.
        let word = fault.found.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
        let before = text.get(..fault.offset).unwrap_or(text).chars().count();
        let (length, width) = (text.chars().count(), yaml.place.width as usize);
        let mut place = yaml.place;
        // Only a text on one line has its letters where the file has them; quotes come before.
        if width == length || width == length + 2 {
            let offset = before + (width - length) / 2;
            let rest = text.get(fault.offset..).unwrap_or("");
            let shown =
                word.filter(|word| rest.starts_with(word)).map_or(1, |word| word.chars().count());
            let all = word.is_none() && before == 0;
            let width = if all { length } else { shown };
            let short = |number: usize| u32::try_from(number).unwrap_or(1);
            place = place.inside(short(offset), short(width));
        }
        let told: Fault = self.page.fault(Code::WrongExpression, place, fault.wanted.as_str());
        let mut told = match word {
            Some(word) => told.found(word),
            None => told.found_kind(fault.found.as_str()),
        };
        told.nearest = fault.nearest;
        self.page.add(told);
    }

    /// A value as written, or a text with slots, with its kind and what it reads.
    pub(crate) fn source(&self, yaml: &Yaml) -> Option<(Source, Kind, Reads)> {
        if yaml.as_text().is_some_and(|text| Template::has_slots(text)) {
            let template = self.hidden_template(yaml)?;
            let reads = Self::reads(&template);
            let kind = template.kind();
            return Some((Source::Text(template), kind, reads));
        }
        let Some(value) = variable::literal(yaml) else {
            self.page.wrong(Code::WrongType, yaml, "a text, a number, `true`, `false` or a list");
            return None;
        };
        let kind = value.kind();
        Some((Source::Fixed(value), kind, Reads::default()))
    }

    /// A value for a variable.
    pub(crate) fn value_for(&self, yaml: &Yaml, variable: &Variable) -> Option<Source> {
        if yaml.as_text().is_none_or(|text| !Template::has_slots(text)) {
            return constant(self.page, yaml, variable).map(Source::Fixed);
        }
        let (source, kind, reads) = self.source(yaml)?;
        self.fits(yaml, &kind, variable)?;
        self.keep_hidden(yaml, &reads, variable);
        Some(source)
    }

    /// An expression for a variable.
    pub(crate) fn computed_for(
        &self,
        yaml: &Yaml,
        variable: &Variable,
        scope: &Scope,
    ) -> Option<Source> {
        let expression = self.expression_in(yaml, &variable::kind(variable), scope)?;
        self.keep_hidden(yaml, &reads_of(&expression), variable);
        Some(Source::Computed(expression))
    }

    fn fits(&self, yaml: &Yaml, kind: &Kind, variable: &Variable) -> Option<()> {
        let wanted = variable::kind(variable);
        if wanted.accepts(kind) {
            return Some(());
        }
        let mut fault = self
            .page
            .fault(Code::WrongType, yaml.place, format!("{wanted} for `{}`", variable.name))
            .found_kind(kind.to_string());
        if variable.kind == VariableKind::Int && *kind == Kind::Text {
            fault = fault.note("int(…) makes a number of a text of digits");
        }
        self.page.add(fault);
        None
    }

    /// A sensitive value may only go where it stays masked.
    fn keep_hidden(&self, yaml: &Yaml, reads: &Reads, variable: &Variable) {
        if variable.sensitive == Sensitivity::Plain
            && let Some(name) = self.sensitive(reads)
        {
            let wanted = format!("`{}` to be `sensitive: true` like `{name}`", variable.name);
            self.page.add(self.page.fault(Code::SensitiveShown, yaml.place, wanted));
        }
    }

    /// What others see shows nothing sensitive.
    pub(crate) fn keep_unseen(&self, yaml: &Yaml, reads: &Reads) {
        if let Some(name) = self.sensitive(reads) {
            self.page.add(
                self.page
                    .fault(Code::SensitiveShown, yaml.place, "a value that anybody may read")
                    .found(&*name)
                    .note(format!(
                        "`{name}` is sensitive, and what stands here is seen in records, logs or \
                         by others"
                    )),
            );
        }
    }

    /// The first sensitive value among those that are read.
    pub(crate) fn sensitive(&self, reads: &Reads) -> Option<Arc<str>> {
        let variables = reads.variables.iter().map(|name| self.flow.variables.get(&**name));
        let inputs = reads.inputs.iter().map(|name| self.flow.inputs.get(&**name));
        variables
            .chain(inputs)
            .flatten()
            .find(|variable| variable.sensitive == Sensitivity::Sensitive)
            .map(|variable| Arc::clone(&variable.name))
    }

    /// What a template reads.
    pub(crate) fn reads(template: &Template) -> Reads {
        Reads { variables: template.variables(), inputs: template.inputs() }
    }

    /// A map of variables to values.
    pub(crate) fn assignments(
        &self,
        yaml: &Yaml,
        variables: &BTreeMap<Arc<str>, Variable>,
        what: &str,
    ) -> Option<Vec<Assignment>> {
        let mut assignments = Vec::new();
        let mut complete = true;
        for entry in self.page.entries(yaml, &format!("a map of {what}s to values"))? {
            let Some(variable) = self.declared(&entry.key.text, entry.key.place, variables, what)
            else {
                complete = false;
                continue;
            };
            match self.value_for(&entry.value, variable) {
                Some(value) => {
                    assignments.push(Assignment { name: Arc::clone(&variable.name), value });
                }
                None => complete = false,
            }
        }
        complete.then_some(assignments)
    }

    /// A variable that is declared, by its name.
    pub(crate) fn declared<'v>(
        &self,
        name: &str,
        place: crate::flow::diagnostic::Place,
        variables: &'v BTreeMap<Arc<str>, Variable>,
        what: &str,
    ) -> Option<&'v Variable> {
        let found = variables.get(name);
        if found.is_none() {
            self.page.add(
                self.page
                    .fault(Code::UnknownVariable, place, format!("a declared {what}"))
                    .found(name)
                    .near(variables.keys().map(|name| &**name)),
            );
        }
        found
    }

    /// The id of a thing, written or computed.
    pub(crate) fn reference<T>(
        &self,
        yaml: &Yaml,
        known: &Known<T>,
        code: Code,
        wanted: &str,
    ) -> Option<Reference> {
        let text = self.page.text(yaml)?;
        if !Template::has_slots(text) {
            known.find(self.page, yaml, code, wanted)?;
            return Some(Reference::Fixed(Arc::clone(text)));
        }
        known.mention_any();
        let template = self.template(yaml)?;
        if !Kind::Text.accepts(&template.kind()) {
            self.page.add(
                self.page
                    .fault(Code::WrongExpression, yaml.place, wanted)
                    .found_kind(template.kind().to_string()),
            );
            return None;
        }
        Some(Reference::Computed(template))
    }

    /// A prompt with values for its slots; `extra` are prompts that share the values.
    pub(crate) fn spoken(&self, yaml: &Yaml, args: Option<&Yaml>, hears: Hears) -> Option<Spoken> {
        let prompts = &self.catalogue.prompts;
        let prompt =
            prompts.find(self.page, yaml, Code::UnknownPrompt, "a prompt of this bundle")?;
        if hears == Hears::Statement && prompt.has_choices() {
            self.page.add(
                self.page
                    .fault(
                        Code::WrongPlace,
                        yaml.place,
                        "a menu for a prompt with `{choices: all}`",
                    )
                    .found(&*prompt.id),
            );
        }
        let args = self.args(yaml, args, prompt)?;
        Some(Spoken { prompt: Arc::clone(prompt), args })
    }

    fn args(
        &self,
        yaml: &Yaml,
        args: Option<&Yaml>,
        prompt: &Prompt,
    ) -> Option<BTreeMap<Arc<str>, Source>> {
        let mut found = BTreeMap::new();
        let entries = match args {
            Some(yaml) => self.page.entries(yaml, "a map of slots to values")?,
            None => &[],
        };
        let mut complete = true;
        for slot in &prompt.slots {
            let Some(entry) = entries.iter().find(|entry| entry.key.text == *slot) else {
                let near = entries.iter().find(|entry| !prompt.slots.contains(&entry.key.text));
                let place = near.map_or(yaml.place, |entry| entry.key.place);
                let wanted =
                    format!("`args` with a value for the slot `{slot}` of `{}`", prompt.id);
                let fault = self.page.fault(Code::WrongSlot, place, wanted);
                self.page.add(match near {
                    Some(entry) => fault.found(&*entry.key.text).near([&**slot]),
                    None => fault,
                });
                complete = false;
                continue;
            };
            match self.source(&entry.value) {
                Some((source, kind, _)) => {
                    self.known_term(&entry.value, &source, slot, prompt);
                    complete &=
                        said::slot(self.page, &entry.value, prompt, slot, &source, &kind).is_some();
                    found.insert(Arc::clone(slot), source);
                }
                None => complete = false,
            }
        }
        complete.then_some(found)
    }

    /// A term or an entity that is written out must exist.
    fn known_term(&self, yaml: &Yaml, source: &Source, slot: &Arc<str>, prompt: &Prompt) {
        let parts = || prompt.variants.values().next().into_iter().flatten();
        let Source::Fixed(Value::Text(_)) = source else {
            if parts().any(|part| matches!(part, Part::Term(of) if of == slot)) {
                self.catalogue.terms.mention_any();
            }
            return;
        };
        for part in parts() {
            match part {
                Part::Term(of) if of == slot => {
                    let wanted = "a term under `terms:`";
                    self.catalogue.terms.find(self.page, yaml, Code::UnknownTerm, wanted);
                }
                Part::Entity(of) if of == slot => {
                    let wanted = "an entity of this bundle";
                    self.names.entities.find(self.page, yaml, Code::UnknownEntity, wanted);
                }
                Part::Text { .. }
                | Part::File(_)
                | Part::Value { .. }
                | Part::Term(_)
                | Part::Entity(_)
                | Part::Choices
                | Part::ChoiceLabel
                | Part::ChoiceKey => {}
            }
        }
    }

    /// Values for slots that none of the prompts has.
    pub(crate) fn idle_args(&self, args: Option<&Yaml>, spoken: &[Option<&Spoken>]) {
        // A prompt that is not known may have any slot.
        let known: Option<Vec<&Prompt>> =
            spoken.iter().map(|one| one.map(|one| &*one.prompt)).collect();
        let (Some(yaml), Some(prompts)) = (args, known) else { return };
        let Form::Map(entries) = &yaml.form else { return };
        let slots: BTreeSet<&str> =
            prompts.iter().flat_map(|prompt| &prompt.slots).map(|slot| &**slot).collect();
        for entry in entries.iter().filter(|entry| !slots.contains(&*entry.key.text)) {
            self.page.add(
                self.page
                    .fault(Code::WrongSlot, entry.key.place, "a slot of the prompt")
                    .found(&*entry.key.text)
                    .near(slots.iter().copied()),
            );
        }
    }
}

/// What an expression reads.
pub(crate) fn reads_of(expression: &Expression) -> Reads {
    Reads { variables: expression.variables().clone(), inputs: expression.inputs().clone() }
}

/// What a prompt is said for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hears {
    /// Something that is told.
    Statement,
    /// A menu's question.
    Menu,
}
