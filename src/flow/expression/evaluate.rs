//! Asking an expression during a call.

use std::borrow::Cow;
use std::sync::Arc;

use crate::base::limit::EXPRESSION_STEPS_MAX;
use crate::flow::expression::operation::{self, Budget};
use crate::flow::expression::program::{Loop, Node, Operator};
use crate::flow::expression::signature::Function;
use crate::flow::expression::{Expression, Facts, Fields, Value, opening};

/// Why an expression has no value in this call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationFault {
    /// Something was asked of a value that its kind does not have.
    #[error("wanted another kind of value for `{0}`")]
    Kind(&'static str),
    /// A whole number beyond the greatest or the least.
    #[error("wanted a smaller result of `{0}`, found one beyond any number")]
    Overflow(&'static str),
    /// A division by zero.
    #[error("wanted a divisor, found 0")]
    Zero,
    /// A number in brackets that names no item.
    #[error("wanted an item of the list, found one beyond it")]
    NoItem,
    /// A field that the value does not have.
    #[error("wanted the field `{0}`, found none")]
    NoField(Arc<str>),
    /// A text that is no whole number.
    #[error("wanted digits for `int`, found another text")]
    NoNumber,
    /// A calendar that does not exist.
    #[error("wanted the id of a calendar, found another text")]
    NoCalendar,
    /// A computed pattern that cannot be read.
    #[error("wanted a pattern for `matches`, found another text")]
    NoPattern,
    /// The value is a list or a map where a text is due.
    #[error("wanted a text, found a list or a map")]
    NotText,
    /// The value is longer than its limit.
    #[error("wanted a shorter text or list, found one beyond the limit")]
    TooLong,
    /// It takes too many steps.
    #[error("wanted a value in {EXPRESSION_STEPS_MAX} steps, found more to do")]
    TooMuch,
}

impl Expression {
    /// Its value in one call.
    ///
    /// # Errors
    ///
    /// It divides by zero, asks a list for more than it has, or takes more than its limits allow.
    pub fn value(&self, facts: &Facts<'_>) -> Result<Value, EvaluationFault> {
        let evaluation = Evaluation { facts, budget: Budget::new() };
        evaluation.value(&self.program, None).map(Cow::into_owned)
    }

    /// Whether it is true in one call.
    ///
    /// # Errors
    ///
    /// As [`Self::value`].
    pub fn is_true(&self, facts: &Facts<'_>) -> Result<bool, EvaluationFault> {
        let evaluation = Evaluation { facts, budget: Budget::new() };
        evaluation.value(&self.program, None).map(|value| value.is_true())
    }
}

/// One expression being asked.
struct Evaluation<'a> {
    facts: &'a Facts<'a>,
    budget: Budget,
}

/// The item of a loop, and those of the loops around it.
#[derive(Clone, Copy)]
struct Local<'v> {
    item: &'v Value,
    outer: Option<&'v Self>,
}

type Found<'v> = Result<Cow<'v, Value>, EvaluationFault>;

impl<'a> Evaluation<'a> {
    fn value<'v>(&self, node: &'v Node, local: Option<&'v Local<'v>>) -> Found<'v>
    where
        'a: 'v,
    {
        self.budget.spend()?;
        let facts = self.facts;
        match node {
            Node::Constant(value) => Ok(Cow::Borrowed(value)),
            Node::Variable(place) => known(facts.variables.get(*place)),
            Node::Input(place) => known(facts.inputs.get(*place)),
            Node::Setting(name) => known(facts.world.env.get(name)),
            Node::Call(field) => Ok(Cow::Owned(Value::Text(facts.call.field(*field)))),
            Node::Queue(field) => Ok(Cow::Owned(facts.queue_field(*field))),
            Node::Now(field) => Ok(Cow::Owned(facts.now_field(*field))),
            Node::Entities => Ok(Cow::Borrowed(&facts.world.entities)),
            Node::Sectors => Ok(Cow::Borrowed(&facts.world.sectors)),
            Node::Item => known(facts.item),
            Node::Local(depth) => known(item_of(local, *depth)),
            Node::Field(of, name) => field(self.value(of, local)?, name),
            Node::HasField(of, name) => match self.value(of, local)?.as_ref() {
                Value::Map(fields) => Ok(given(fields.contains(name))),
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) | Value::List(_) => {
                    Err(EvaluationFault::Kind("has"))
                }
            },
            Node::Not(of) => Ok(given(!truth("!", self.value(of, local)?.as_ref())?)),
            Node::Negate(of) => owned(operation::negate(self.value(of, local)?.as_ref())),
            Node::Choose(parts) => {
                let [condition, yes, no] = parts.as_ref();
                let holds = truth("?", self.value(condition, local)?.as_ref())?;
                self.value(if holds { yes } else { no }, local)
            }
            Node::Between(Operator::And, sides) => self.joined(Operator::And, sides, local),
            Node::Between(Operator::Or, sides) => self.joined(Operator::Or, sides, local),
            Node::Between(operator, sides) => {
                let [left, right] = sides.as_ref();
                let (left, right) = (self.value(left, local)?, self.value(right, local)?);
                owned(operation::between(&self.budget, *operator, &left, &right))
            }
            Node::List(items) => {
                let items = items.iter().map(|item| self.value(item, local).map(Cow::into_owned));
                Ok(Cow::Owned(Value::List(items.collect::<Result<_, _>>()?)))
            }
            Node::Record(fields) => {
                let field = |(name, node): &'v (Arc<str>, Node)| {
                    Ok((Arc::clone(name), self.value(node, local)?.into_owned()))
                };
                let fields =
                    fields.iter().map(field).collect::<Result<Fields, EvaluationFault>>()?;
                Ok(given(fields))
            }
            Node::Function(function, taken) => self.function(*function, taken, local),
            Node::Matches(of, pattern) => match self.value(of, local)?.as_ref() {
                Value::Text(text) => Ok(given(pattern.is_match(text))),
                Value::Null | Value::Bool(_) | Value::Int(_) | Value::List(_) | Value::Map(_) => {
                    Err(EvaluationFault::Kind("matches"))
                }
            },
            Node::Loop(over, each) => {
                let over = self.value(over, local)?;
                self.each(&items_of(&over)?, each, local).map(Cow::Owned)
            }
        }
    }

    /// `&&` and `||`: a side that decides does so whatever becomes of the other.
    fn joined<'v>(
        &self,
        operator: Operator,
        sides: &'v [Node; 2],
        local: Option<&'v Local<'v>>,
    ) -> Found<'v>
    where
        'a: 'v,
    {
        let sign = operator.sign();
        let decides = operator == Operator::Or;
        let [left, right] = sides;
        let left = self.value(left, local).and_then(|value| truth(sign, &value));
        if left == Ok(decides) {
            return Ok(given(decides));
        }
        let right = truth(sign, self.value(right, local)?.as_ref())?;
        if right == decides {
            return Ok(given(decides));
        }
        left.map(given)
    }

    fn each<'v>(
        &self,
        items: &'v [Value],
        each: &'v Loop,
        outer: Option<&'v Local<'v>>,
    ) -> Result<Value, EvaluationFault>
    where
        'a: 'v,
    {
        match each {
            Loop::All(condition) => self.decided(items, condition, outer, Operator::And),
            Loop::Exists(condition) => self.decided(items, condition, outer, Operator::Or),
            Loop::ExistsOne(condition) => {
                let mut count = 0;
                for item in items {
                    count += u32::from(self.holds(condition, &Local { item, outer })?);
                }
                Ok(Value::Bool(count == 1))
            }
            Loop::Collect { only, each } => self.collected(items, only.as_ref(), each, outer),
        }
    }

    fn collected<'v>(
        &self,
        items: &'v [Value],
        only: Option<&'v Node>,
        each: &'v Node,
        outer: Option<&'v Local<'v>>,
    ) -> Result<Value, EvaluationFault>
    where
        'a: 'v,
    {
        let mut found = Vec::new();
        for item in items {
            let local = Local { item, outer };
            if only.map_or(Ok(true), |only| self.holds(only, &local))? {
                found.push(self.value(each, Some(&local))?.into_owned());
            }
        }
        Ok(Value::List(found.into()))
    }

    fn holds<'v>(&self, condition: &'v Node, local: &'v Local<'v>) -> Result<bool, EvaluationFault>
    where
        'a: 'v,
    {
        truth("?", self.value(condition, Some(local))?.as_ref())
    }

    /// The first item that decides does; a fault of another is only told when none does.
    fn decided<'v>(
        &self,
        items: &'v [Value],
        condition: &'v Node,
        outer: Option<&'v Local<'v>>,
        operator: Operator,
    ) -> Result<Value, EvaluationFault>
    where
        'a: 'v,
    {
        let decides = operator == Operator::Or;
        let mut undecided = Ok(!decides);
        for item in items {
            let local = Local { item, outer };
            let holds = self.value(condition, Some(&local));
            match holds.and_then(|value| truth(operator.sign(), &value)) {
                Ok(holds) if holds == decides => return Ok(Value::Bool(decides)),
                Ok(_) => {}
                Err(fault) => undecided = Err(fault),
            }
        }
        undecided.map(Value::Bool)
    }

    fn function<'v>(
        &self,
        function: Function,
        taken: &'v [Node],
        local: Option<&'v Local<'v>>,
    ) -> Found<'v>
    where
        'a: 'v,
    {
        let wrong = EvaluationFault::Kind(function.name());
        let Some(first) = taken.first() else { return Err(wrong) };
        let first = self.value(first, local)?;
        let second = match taken.get(1) {
            Some(second) => Some(self.value(second, local)?),
            None => None,
        };
        if let Some(second) = second {
            let (Value::Text(text), Value::Text(with)) = (first.as_ref(), second.as_ref()) else {
                return Err(wrong);
            };
            return operation::of_texts(function, text, with).map(given);
        }
        let world = self.facts.world;
        match (function, first.as_ref()) {
            (Function::EntityOf, Value::Text(id)) => {
                Ok(Cow::Borrowed(world.by_id.get(id).unwrap_or(&world.no_entity)))
            }
            (Function::HasEntity, Value::Text(id)) => Ok(given(world.by_id.contains_key(id))),
            (Function::OpenNow, Value::Text(id)) => {
                Ok(given(world.calendar(id)?.at(self.facts.now).is_open()))
            }
            (Function::NextOpening, Value::Text(id)) => {
                Ok(given(opening::next(world.calendar(id)?, self.facts.now)))
            }
            (_, value) => owned(operation::of_one(function, value)),
        }
    }
}

fn known<'v>(value: Option<&'v Value>) -> Found<'v> {
    debug_assert!(value.is_some(), "what an expression names is declared");
    Ok(Cow::Borrowed(value.unwrap_or(&Value::Null)))
}

/// What a loop goes over: the items of a list, or the names of fields.
fn items_of(over: &Value) -> Result<Cow<'_, [Value]>, EvaluationFault> {
    match over {
        Value::List(items) => Ok(Cow::Borrowed(items)),
        Value::Map(fields) => {
            Ok(fields.iter().map(|(name, _)| Value::Text(Arc::clone(name))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Text(_) => {
            Err(EvaluationFault::Kind("a loop"))
        }
    }
}

fn item_of<'v>(innermost: Option<&'v Local<'v>>, depth: usize) -> Option<&'v Value> {
    let mut local = innermost?;
    for _ in 0..depth {
        local = local.outer?;
    }
    Some(local.item)
}

fn field<'v>(of: Cow<'v, Value>, name: &Arc<str>) -> Found<'v> {
    let missing = || EvaluationFault::NoField(Arc::clone(name));
    match of {
        Cow::Borrowed(Value::Map(fields)) => {
            fields.get(name).map(Cow::Borrowed).ok_or_else(missing)
        }
        Cow::Owned(Value::Map(fields)) => {
            fields.get(name).cloned().map(Cow::Owned).ok_or_else(missing)
        }
        Cow::Borrowed(_) | Cow::Owned(_) => Err(EvaluationFault::Kind(".")),
    }
}

fn truth(sign: &'static str, value: &Value) -> Result<bool, EvaluationFault> {
    match value {
        Value::Bool(flag) => Ok(*flag),
        Value::Null | Value::Int(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            Err(EvaluationFault::Kind(sign))
        }
    }
}

fn given<'v>(value: impl Into<Value>) -> Cow<'v, Value> {
    Cow::Owned(value.into())
}

fn owned<'v>(value: Result<Value, EvaluationFault>) -> Found<'v> {
    value.map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::expression::Template;
    use crate::flow::expression::judge::{scope, with_facts};

    #[test]
    fn an_expression_has_a_value_in_a_call() {
        check("vars.count * 2 + 1", Ok(Value::Int(7)));
        check("vars.lang + '-' + call.from", Ok("ar-+971".into()));
        check("queue.wait_s > 10 && !(vars.lang in ['en'])", Ok(true.into()));
        check("env.desk", Ok("front".into()));
        check("entities.filter(e, e.id == 'gas')", Ok(Value::List([].into())));
        check("has_entity('gas') || entity_of(vars.lang).id != ''", Ok(false.into()));
        check("size(entity_of(vars.lang).departments)", Ok(Value::Int(0)));
        check(
            "now.date + ' ' + now.time + ' ' + now.weekday",
            Ok("1970-01-01 00:01 thursday".into()),
        );
        check("string(now.unix_s)", Ok("60".into()));
        check("[1, 2].map(n, n + vars.count)", Ok(Value::List([4.into(), 5.into()].into())));
        check("inputs.who.startsWith('a') ? 1 : 2", Ok(Value::Int(1)));
    }

    #[test]
    fn what_cannot_be_computed_is_a_fault_and_no_panic() {
        for text in
            ["1 / (vars.count - 3)", "[1][vars.count]", "int(vars.lang)", "open_now(vars.lang)"]
        {
            let fault = with_facts(|facts| compile(text).value(facts));
            assert!(fault.is_err(), "{text}: {fault:?}");
        }
        let text = format!("{} * vars.count", i64::MAX);
        assert!(with_facts(|facts| compile(&text).value(facts)).is_err());
    }

    #[test]
    fn a_template_keeps_the_type_of_a_single_slot_and_joins_the_rest() {
        render("${vars.count}", Ok(Value::Int(3)));
        render("${vars.count} of ${vars.lang}", Ok("3 of ar".into()));
        render("$${vars.count}", Ok("${vars.count}".into()));
        render("${vars.lang == '}' ? 'x' : 'y'}!", Ok("y!".into()));
        render("", Ok("".into()));
        let full = |text| {
            let template = Template::compile(text, &scope()).expect("it compiles");
            with_facts(|facts| template.render_full(facts))
        };
        assert_eq!(full("lang.${vars.lang}"), Ok(Some("lang.ar".to_owned())));
        assert_eq!(full("entity.${vars.empty}"), Ok(None));
    }

    #[test]
    fn a_fault_in_a_template_has_its_place_in_the_whole_text() {
        let fault = |text| {
            let fault = Template::compile(text, &scope()).expect_err("it does not compile");
            (fault.offset, fault.found)
        };
        assert_eq!(fault("a ${vars.lan}"), (9, "`lan`".to_owned()));
        assert_eq!(fault("ب ${vars.lan} ${"), (10, "`lan`".to_owned()));
        assert_eq!(fault("a ${vars.lang"), (2, "the end of the text".to_owned()));
        assert_eq!(fault("a ${entities}"), (4, "a list".to_owned()));
    }

    fn check(text: &str, expected: Result<Value, EvaluationFault>) {
        assert_eq!(with_facts(|facts| compile(text).value(facts)), expected, "{text}");
    }

    fn render(text: &str, expected: Result<Value, EvaluationFault>) {
        let template = Template::compile(text, &scope()).expect("it compiles");
        assert_eq!(with_facts(|facts| template.value(facts)), expected, "{text}");
    }

    fn compile(text: &str) -> Expression {
        Expression::compile(text, &scope()).expect("it compiles")
    }
}
