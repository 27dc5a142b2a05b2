//! What operators and functions make of values, by the rules of CEL.

use std::cell::Cell;
use std::cmp::Ordering;
use std::sync::Arc;

use crate::base::limit::{EXPRESSION_STEPS_MAX, FLOW_LIST_MAX, FLOW_TEXT_MAX};
use crate::flow::expression::lower::pattern;
use crate::flow::expression::program::Operator;
use crate::flow::expression::signature::Function;
use crate::flow::expression::{EvaluationFault, Value};

type Computed = Result<Value, EvaluationFault>;

/// The steps that are left for one value.
pub(super) struct Budget(Cell<u32>);

impl Budget {
    /// The budget of a value that is asked for.
    pub(super) const fn new() -> Self {
        Self(Cell::new(EXPRESSION_STEPS_MAX))
    }

    /// One step less.
    pub(super) fn spend(&self) -> Result<(), EvaluationFault> {
        let left = self.0.get().checked_sub(1).ok_or(EvaluationFault::TooMuch)?;
        self.0.set(left);
        Ok(())
    }
}

/// What an operator makes of two values. `&&` and `||` are not among them: they may need one side
/// only.
pub(super) fn between(
    budget: &Budget,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Computed {
    match operator {
        Operator::Equal => equal(budget, left, right).map(Value::Bool),
        Operator::Unequal => equal(budget, left, right).map(|equal| Value::Bool(!equal)),
        Operator::Less => order(operator, left, right).map(|order| order.is_lt().into()),
        Operator::AtMost => order(operator, left, right).map(|order| order.is_le().into()),
        Operator::Greater => order(operator, left, right).map(|order| order.is_gt().into()),
        Operator::AtLeast => order(operator, left, right).map(|order| order.is_ge().into()),
        Operator::Plus => plus(left, right),
        Operator::Minus | Operator::Times | Operator::Divide | Operator::Remainder => {
            let (Value::Int(left), Value::Int(right)) = (left, right) else {
                return Err(EvaluationFault::Kind(operator.sign()));
            };
            whole(operator, *left, *right)
        }
        Operator::In => within(budget, left, right).map(Value::Bool),
        Operator::At => at(left, right),
        Operator::And | Operator::Or => Err(EvaluationFault::Kind(operator.sign())),
    }
}

pub(super) fn negate(value: &Value) -> Computed {
    match value {
        Value::Int(number) => {
            number.checked_neg().map(Value::Int).ok_or(EvaluationFault::Overflow("-"))
        }
        Value::Null | Value::Bool(_) | Value::Text(_) | Value::List(_) | Value::Map(_) => {
            Err(EvaluationFault::Kind("-"))
        }
    }
}

/// A function of one value that needs to know nothing else.
pub(super) fn of_one(function: Function, value: &Value) -> Computed {
    match (function, value) {
        (Function::Size, Value::Text(text)) => Ok(count(text.chars().count())),
        (Function::Size, Value::List(items)) => Ok(count(items.len())),
        (Function::Size, Value::Map(fields)) => Ok(count(fields.len())),
        (Function::ToInt, Value::Int(_)) | (Function::ToText, Value::Text(_)) => Ok(value.clone()),
        (Function::ToInt, Value::Text(text)) => {
            text.parse().map(Value::Int).map_err(|_| EvaluationFault::NoNumber)
        }
        (Function::ToText, Value::Int(_) | Value::Bool(_)) => {
            Ok(Value::Text(value.to_text().unwrap_or_default().into()))
        }
        (_, _) => Err(EvaluationFault::Kind(function.name())),
    }
}

/// A function that asks one text for another.
pub(super) fn of_texts(
    function: Function,
    text: &str,
    with: &str,
) -> Result<bool, EvaluationFault> {
    match function {
        Function::Contains => Ok(text.contains(with)),
        Function::StartsWith => Ok(text.starts_with(with)),
        Function::EndsWith => Ok(text.ends_with(with)),
        Function::Matches => {
            let pattern = pattern(with).map_err(|_| EvaluationFault::NoPattern)?;
            Ok(pattern.is_match(text))
        }
        Function::Size
        | Function::ToInt
        | Function::ToText
        | Function::EntityOf
        | Function::HasEntity
        | Function::OpenNow
        | Function::NextOpening => Err(EvaluationFault::Kind(function.name())),
    }
}

fn order(operator: Operator, left: &Value, right: &Value) -> Result<Ordering, EvaluationFault> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Ok(left.cmp(right)),
        (Value::Text(left), Value::Text(right)) => Ok(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) => Ok(left.cmp(right)),
        (_, _) => Err(EvaluationFault::Kind(operator.sign())),
    }
}

fn plus(left: &Value, right: &Value) -> Computed {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => whole(Operator::Plus, *left, *right),
        (Value::Text(left), Value::Text(right)) => {
            let both: String = [&**left, &**right].concat();
            if is_too_long(&both) {
                return Err(EvaluationFault::TooLong);
            }
            Ok(Value::Text(both.into()))
        }
        (Value::List(left), Value::List(right)) => {
            if left.len() + right.len() > FLOW_LIST_MAX {
                return Err(EvaluationFault::TooLong);
            }
            Ok(Value::List(left.iter().chain(right.iter()).cloned().collect()))
        }
        (_, _) => Err(EvaluationFault::Kind(Operator::Plus.sign())),
    }
}

/// Whether a text has more characters than a call may compute.
pub(super) fn is_too_long(text: &str) -> bool {
    text.len() > FLOW_TEXT_MAX && text.chars().count() > FLOW_TEXT_MAX
}

fn whole(operator: Operator, left: i64, right: i64) -> Computed {
    let divides = matches!(operator, Operator::Divide | Operator::Remainder);
    if divides && right == 0 {
        return Err(EvaluationFault::Zero);
    }
    let result = match operator {
        Operator::Plus => left.checked_add(right),
        Operator::Minus => left.checked_sub(right),
        Operator::Times => left.checked_mul(right),
        Operator::Divide => left.checked_div(right),
        Operator::Remainder => left.checked_rem(right),
        Operator::And
        | Operator::Or
        | Operator::Equal
        | Operator::Unequal
        | Operator::Less
        | Operator::AtMost
        | Operator::Greater
        | Operator::AtLeast
        | Operator::In
        | Operator::At => None,
    };
    result.map(Value::Int).ok_or_else(|| EvaluationFault::Overflow(operator.sign()))
}

/// Whether two values are the same. Values of different kinds are not.
fn equal(budget: &Budget, left: &Value, right: &Value) -> Result<bool, EvaluationFault> {
    budget.spend()?;
    match (left, right) {
        (Value::List(left), Value::List(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            every(left.iter().zip(right.iter()), |(left, right)| equal(budget, left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            if left.len() != right.len() {
                return Ok(false);
            }
            every(left.iter().zip(right.iter()), |((name, left), (other, right))| {
                Ok(name == other && equal(budget, left, right)?)
            })
        }
        (_, _) => Ok(left == right),
    }
}

fn every<T>(
    mut items: impl Iterator<Item = T>,
    holds: impl Fn(T) -> Result<bool, EvaluationFault>,
) -> Result<bool, EvaluationFault> {
    items.try_fold(true, |all, item| Ok(all && holds(item)?))
}

fn within(budget: &Budget, item: &Value, of: &Value) -> Result<bool, EvaluationFault> {
    match (item, of) {
        (_, Value::List(items)) => {
            for other in items.iter() {
                if equal(budget, item, other)? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (Value::Text(name), Value::Map(fields)) => Ok(fields.contains(name)),
        (Value::Int(_) | Value::Bool(_), Value::Map(_)) => Ok(false),
        (_, _) => Err(EvaluationFault::Kind(Operator::In.sign())),
    }
}

fn at(of: &Value, key: &Value) -> Computed {
    match (of, key) {
        (Value::List(items), Value::Int(place)) => {
            let item = usize::try_from(*place).ok().and_then(|place| items.get(place));
            item.cloned().ok_or(EvaluationFault::NoItem)
        }
        (Value::Map(fields), Value::Text(name)) => {
            fields.get(name).cloned().ok_or_else(|| EvaluationFault::NoField(Arc::clone(name)))
        }
        (_, _) => Err(EvaluationFault::Kind(Operator::At.sign())),
    }
}

fn count(count: usize) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}
