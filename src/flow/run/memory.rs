//! What a walk knows: its variables, and what expressions see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::limit::{FLOW_LIST_LEVELS_MAX, FLOW_LIST_MAX, FLOW_LIST_VALUES_MAX};
use crate::base::time::Moment;
use crate::flow::expression::{Expression, Facts, Template, Value};
use crate::flow::model::{
    Assignment, Language, Reference, SayKind, Sensitivity, Source, Spoken, Variable, VariableKind,
};
use crate::flow::outcome::{ERROR_EXPRESSION, ERROR_NAME, ERROR_VALUE};
use crate::flow::prompt::{Argument, SaidChoice, Speaker, Speech};
use crate::flow::run::walk::place_of;
use crate::flow::run::{News, Output, Run};

/// The variable that is the call's language.
pub(super) const LANGUAGE: &str = "lang";
/// The variable that is what the call is about.
pub(super) const ENTITY: &str = "entity";

/// A step that failed: the outcome, after the news of it.
pub(in crate::flow) type Outcome<T> = Result<T, &'static str>;

impl Run {
    /// The names of the variables of the flow that is walked.
    pub fn variables(&self) -> impl Iterator<Item = &Arc<str>> {
        self.world.bundle().flow(self.walk.frame().flow).variables.keys()
    }

    /// The same call, saying everything in that language whatever the call's own is.
    #[must_use]
    pub fn dubbed(&self, language: Language) -> Self {
        let mut other = self.clone();
        other.dub = Some(language);
        other
    }

    /// Whether a variable of the flow that is walked may be shown.
    #[must_use]
    pub fn variable_sensitivity(&self, name: &str) -> Sensitivity {
        let flow = self.world.bundle().flow(self.walk.frame().flow);
        flow.variable(name).map_or(Sensitivity::Plain, |variable| variable.sensitive)
    }

    /// The value of a source; in a `choices_from`, for one item of its list.
    pub(in crate::flow) fn value(
        &mut self,
        now: Moment,
        source: &Source,
        item: Option<&Value>,
    ) -> Outcome<Value> {
        match source {
            Source::Fixed(value) => Ok(value.clone()),
            Source::Text(template) => {
                let value = self.ask(now, item, |facts| template.value(facts));
                self.expect(value)
            }
            Source::Computed(expression) => self.computed(now, expression, item),
        }
    }

    /// The value of an expression; in a `choices_from`, for one item of its list.
    pub(in crate::flow) fn computed(
        &mut self,
        now: Moment,
        expression: &Expression,
        item: Option<&Value>,
    ) -> Outcome<Value> {
        let value = self.ask(now, item, |facts| expression.value(facts));
        self.expect(value)
    }

    /// The text of a template; `None` when one of its slots is empty.
    pub(in crate::flow) fn full_text(
        &mut self,
        now: Moment,
        template: &Template,
    ) -> Outcome<Option<String>> {
        let text = self.ask(now, None, |facts| template.render_full(facts));
        self.expect(text)
    }

    /// The text of a template.
    pub(in crate::flow) fn text(&mut self, now: Moment, template: &Template) -> Outcome<String> {
        let text = self.ask(now, None, |facts| template.render(facts));
        self.expect(text)
    }

    /// The id that a reference names.
    pub(in crate::flow) fn id(&mut self, now: Moment, reference: &Reference) -> Outcome<Arc<str>> {
        match reference {
            Reference::Fixed(id) => Ok(Arc::clone(id)),
            Reference::Computed(template) => self.text(now, template).map(Into::into),
        }
    }

    /// The end of a step whose computed id names nothing.
    pub(in crate::flow) fn unknown<T>(&mut self, what: &str, id: &str) -> Outcome<T> {
        self.failed(format!("wanted {what}, found `{id}`"));
        Err(ERROR_NAME)
    }

    /// Assigns variables of the flow that is walked.
    pub(in crate::flow) fn assign(
        &mut self,
        now: Moment,
        assignments: &[Assignment],
        item: Option<&Value>,
    ) -> Outcome<()> {
        for assignment in assignments {
            let value = self.value(now, &assignment.value, item)?;
            self.store(&assignment.name, value)?;
        }
        Ok(())
    }

    /// Puts a value into a variable of the flow that is walked.
    pub(in crate::flow) fn store(&mut self, name: &Arc<str>, value: Value) -> Outcome<()> {
        let world = Arc::clone(&self.world);
        let flow = world.bundle().flow(self.active().frame().flow);
        let Some(variable) = flow.variable(name) else {
            debug_assert!(false, "the loader knows every variable that is assigned");
            return Ok(());
        };
        let value = self.fit(variable, value)?;
        if &**name == LANGUAGE
            && let Some(language) = value.as_text().and_then(Language::parse)
        {
            self.speak(language);
        }
        let place = place_of(&flow.variables, name);
        let frame = self.active_mut().frame_mut();
        if let Some(held) = place.and_then(|place| frame.variables.get_mut(place)) {
            *held = value;
        }
        Ok(())
    }

    /// The value as the variable can hold it.
    pub(in crate::flow) fn fit(&mut self, variable: &Variable, value: Value) -> Outcome<Value> {
        let fitting = match variable.kind {
            VariableKind::Text if value.as_text().is_some() => Some(value),
            VariableKind::Text => value.to_text().map(|text| Value::Text(text.into())),
            VariableKind::Int => value.as_int().map(Value::Int),
            VariableKind::Bool => matches!(value, Value::Bool(_)).then_some(value),
            VariableKind::List => matches!(value, Value::List(_)).then_some(value),
        };
        if let Some(value) = fitting.filter(|value| within(variable, value)) {
            return Ok(value);
        }
        // The value itself may be sensitive, so the fault does not show it.
        self.failed(format!("wanted a value that `{}` can hold, found another", variable.name));
        Err(ERROR_VALUE)
    }

    /// What a step says.
    pub(in crate::flow) fn speech(
        &mut self,
        now: Moment,
        spoken: &Spoken,
        choices: &[SaidChoice],
    ) -> Outcome<(Speech, Sensitivity)> {
        let mut arguments = BTreeMap::new();
        let mut secret = Sensitivity::Plain;
        for (name, source) in &spoken.args {
            let sensitive = self.sensitivity(source);
            secret = secret.max(sensitive);
            let value = self.value(now, source, None)?;
            arguments.insert(Arc::clone(name), Argument { value, sensitive });
        }
        Ok((self.speaker().say(&spoken.prompt, &arguments, choices), secret))
    }

    /// What is said of one value.
    pub(in crate::flow) fn said(&self, kind: &SayKind, argument: &Argument) -> Speech {
        self.speaker().value(kind, argument)
    }

    fn speaker(&self) -> Speaker<'_> {
        let language = self.dub.unwrap_or(self.language);
        Speaker { bundle: self.world.bundle(), voice: self.world.voice(), language }
    }

    /// Notes that something could not be computed.
    pub(in crate::flow) fn failed(&mut self, fault: String) {
        let (flow, node) = self.names();
        self.say(Output::News(News::Failed { flow, node, fault }));
    }

    fn expect<T, E: std::error::Error>(&mut self, result: Result<T, E>) -> Outcome<T> {
        result.map_err(|fault| {
            self.failed(fault.to_string());
            ERROR_EXPRESSION
        })
    }

    /// Asks with all that this call knows at this moment.
    fn ask<T>(&self, now: Moment, item: Option<&Value>, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
        let frame = self.active().frame();
        ask(&Facts {
            world: &self.world,
            variables: &frame.variables,
            inputs: &frame.inputs,
            call: &self.call,
            queue: &self.queue,
            wait_s: self.waited_s(now),
            item,
            now: self.epoch.wall(now),
        })
    }

    /// Whether a source reads what nobody may see.
    pub(in crate::flow) fn sensitivity(&self, source: &Source) -> Sensitivity {
        match source {
            Source::Fixed(_) => Sensitivity::Plain,
            Source::Text(template) => self.sensitivity_of(template),
            Source::Computed(of) => self.secrecy(of.variables(), of.inputs()),
        }
    }

    /// Whether a text reads what nobody may see.
    pub(in crate::flow) fn sensitivity_of(&self, template: &Template) -> Sensitivity {
        let slots = template.slots().map(|slot| self.secrecy(slot.variables(), slot.inputs()));
        slots.max().unwrap_or_default()
    }

    fn secrecy(&self, variables: &BTreeSet<String>, inputs: &BTreeSet<String>) -> Sensitivity {
        let flow = self.world.bundle().flow(self.active().frame().flow);
        let of = |declared: &BTreeMap<Arc<str>, Variable>, name: &String| {
            declared.get(name.as_str()).map_or(Sensitivity::Plain, |variable| variable.sensitive)
        };
        let variables = variables.iter().map(|name| of(&flow.variables, name));
        let inputs = inputs.iter().map(|name| of(&flow.inputs, name));
        variables.chain(inputs).max().unwrap_or_default()
    }
}

/// Whether a value of the right kind is one of the variable's options and not too great.
fn within(variable: &Variable, value: &Value) -> bool {
    let size = match value {
        Value::Text(text) => i64::try_from(text.chars().count()).unwrap_or(i64::MAX),
        Value::Int(number) => *number,
        Value::List(_) => return is_small(value, FLOW_LIST_LEVELS_MAX, &mut 0),
        Value::Null | Value::Bool(_) | Value::Map(_) => return true,
    };
    let allowed = |text: &str| {
        // An empty text is what a variable holds before anybody chose.
        variable.options.is_empty()
            || text.is_empty()
            || variable.options.iter().any(|option| &**option == text)
    };
    variable.max.is_none_or(|max| size <= max) && value.as_text().is_none_or(allowed)
}

/// Whether a list holds no more values and levels than a variable may.
fn is_small(value: &Value, levels: usize, values: &mut usize) -> bool {
    *values += 1;
    if *values > FLOW_LIST_VALUES_MAX {
        return false;
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => true,
        Value::List(items) => {
            levels > 0
                && items.len() <= FLOW_LIST_MAX
                && items.iter().all(|item| is_small(item, levels - 1, values))
        }
        Value::Map(fields) => {
            levels > 0 && fields.iter().all(|(_, value)| is_small(value, levels - 1, values))
        }
    }
}
