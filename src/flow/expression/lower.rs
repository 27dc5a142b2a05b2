//! From the tree that the CEL parser gives to the one that is asked: names become places.

use std::sync::Arc;

use cel::IdedExpr;
use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, LiteralValue, SelectExpr,
    operators,
};
use regex::{Regex, RegexBuilder};

use crate::base::limit::PATTERN_BYTES_MAX;
use crate::flow::expression::program::{CallField, Loop, Node, NowField, Operator, QueueField};
use crate::flow::expression::signature::Function;
use crate::flow::expression::{ExpressionFault, Scope, Value};

/// One walk over one tree whose kinds have been proven.
pub(super) struct Lowering<'a> {
    scope: &'a Scope,
    /// The items of the loops around, the innermost last.
    locals: Vec<&'a str>,
}

type Lowered = Result<Node, ExpressionFault>;

impl<'a> Lowering<'a> {
    pub(super) const fn new(scope: &'a Scope) -> Self {
        Self { scope, locals: Vec::new() }
    }

    pub(super) fn node(&mut self, tree: &'a IdedExpr) -> Lowered {
        match &tree.expr {
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::Ident(name) => self.name(name),
            Expr::List(list) => {
                let items = list.elements.iter().map(|item| self.node(item));
                Ok(list_of(items.collect::<Result<_, _>>()?))
            }
            Expr::Literal(literal) => literal_of(literal).map(Node::Constant),
            Expr::Map(map) => self.record(&map.entries),
            Expr::Select(select) => self.field(select),
            Expr::Struct(_) | Expr::Unspecified => Err(unknown("a structure")),
        }
    }

    fn boxed(&mut self, tree: &'a IdedExpr) -> Result<Box<Node>, ExpressionFault> {
        self.node(tree).map(Box::new)
    }

    fn name(&self, name: &str) -> Lowered {
        if let Some(depth) = self.locals.iter().rev().position(|local| *local == name) {
            return Ok(Node::Local(depth));
        }
        match name {
            "entities" => Ok(Node::Entities),
            "sectors" => Ok(Node::Sectors),
            "item" => Ok(Node::Item),
            _ => Err(unknown(name)),
        }
    }

    fn field(&mut self, select: &'a SelectExpr) -> Lowered {
        if let Some(root) = self.root(&select.operand) {
            let field = self.field_of_root(root, &select.field)?;
            // The names of a root are declared, so that they are always there.
            return Ok(if select.test { Node::Constant(true.into()) } else { field });
        }
        let (of, name) = (self.boxed(&select.operand)?, select.field.as_str().into());
        Ok(if select.test { Node::HasField(of, name) } else { Node::Field(of, name) })
    }

    /// The name of a set of fields that stands by itself.
    fn root(&self, tree: &'a IdedExpr) -> Option<&'a str> {
        let Expr::Ident(name) = &tree.expr else { return None };
        let is_set = matches!(&**name, "vars" | "inputs" | "call" | "queue" | "env" | "now");
        (is_set && !self.locals.contains(&name.as_str())).then_some(name)
    }

    fn field_of_root(&self, root: &str, field: &str) -> Lowered {
        let node = match (root, field) {
            ("vars", _) => place(self.scope.variables.keys(), field).map(Node::Variable),
            ("inputs", _) => place(self.scope.inputs.keys(), field).map(Node::Input),
            ("env", _) => Some(Node::Setting(field.into())),
            ("call", "from") => Some(Node::Call(CallField::From)),
            ("call", "to") => Some(Node::Call(CallField::To)),
            ("call", "trunk") => Some(Node::Call(CallField::Trunk)),
            ("call", "language") => Some(Node::Call(CallField::Language)),
            ("call", "id") => Some(Node::Call(CallField::Id)),
            ("call", "case") => Some(Node::Call(CallField::Case)),
            ("queue", "position") => Some(Node::Queue(QueueField::Position)),
            ("queue", "ewt_s") => Some(Node::Queue(QueueField::ExpectedWait)),
            ("queue", "wait_s") => Some(Node::Queue(QueueField::Wait)),
            ("queue", "talk_s") => Some(Node::Queue(QueueField::Talk)),
            ("queue", "agent") => Some(Node::Queue(QueueField::Agent)),
            ("now", "date") => Some(Node::Now(NowField::Date)),
            ("now", "time") => Some(Node::Now(NowField::Time)),
            ("now", "weekday") => Some(Node::Now(NowField::Weekday)),
            ("now", "hour") => Some(Node::Now(NowField::Hour)),
            ("now", "minute") => Some(Node::Now(NowField::Minute)),
            ("now", "unix_s") => Some(Node::Now(NowField::Unix)),
            (_, _) => None,
        };
        node.ok_or_else(|| unknown(field))
    }

    fn record(&mut self, entries: &'a [IdedEntryExpr]) -> Lowered {
        let mut fields: Vec<(Arc<str>, Node)> = Vec::with_capacity(entries.len());
        for entry in entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(unknown("a structure"));
            };
            let Some(name) = quoted(&entry.key) else { return Err(unknown("a key")) };
            if fields.iter().any(|(other, _)| **other == *name) {
                let found = format!("`{name}` a second time");
                return Err(ExpressionFault::new(0, "a name of its own for each field", found));
            }
            fields.push((name.into(), self.node(&entry.value)?));
        }
        Ok(Node::Record(fields))
    }

    fn call(&mut self, call: &'a CallExpr) -> Lowered {
        let arguments = call.args.as_slice();
        match (call.func_name.as_str(), arguments) {
            (operators::LOGICAL_NOT, [of]) => self.boxed(of).map(Node::Not),
            (operators::NEGATE, [of]) => self.boxed(of).map(Node::Negate),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                let parts = [self.node(condition)?, self.node(yes)?, self.node(no)?];
                Ok(Node::Choose(Box::new(parts)))
            }
            (operators::INDEX, [of, at]) => self.index(of, at),
            (name, [left, right]) if operator(name).is_some() => {
                let operator = operator(name).ok_or_else(|| unknown(name))?;
                Ok(Node::Between(operator, Box::new([self.node(left)?, self.node(right)?])))
            }
            (name, _) => {
                let function = Function::named(name).ok_or_else(|| unknown(name))?;
                let taken = call.target.as_deref().into_iter().chain(arguments);
                let taken = taken.map(|argument| self.node(argument)).collect::<Result<_, _>>()?;
                function_of(function, taken)
            }
        }
    }

    fn index(&mut self, of: &'a IdedExpr, at: &'a IdedExpr) -> Lowered {
        match (self.root(of), quoted(at)) {
            (Some(root), Some(name)) => self.field_of_root(root, name),
            (None, Some(name)) => Ok(Node::Field(self.boxed(of)?, name.into())),
            (_, None) => {
                Ok(Node::Between(Operator::At, Box::new([self.node(of)?, self.node(at)?])))
            }
        }
    }

    fn comprehension(&mut self, over: &'a ComprehensionExpr) -> Lowered {
        let list = self.boxed(&over.iter_range)?;
        self.locals.push(&over.iter_var);
        let each = self.each(over);
        self.locals.pop();
        Ok(Node::Loop(list, Box::new(each?)))
    }

    /// What a macro does with each item. The parser has written it out with an accumulator:
    /// `@result || condition` and so on.
    fn each(&mut self, over: &'a ComprehensionExpr) -> Result<Loop, ExpressionFault> {
        let result = over.accu_var.as_str();
        if let Some([left, right]) = call_of(&over.loop_step, operators::LOGICAL_AND)
            && is_name(left, result)
        {
            return self.node(right).map(Loop::All);
        }
        if let Some([left, right]) = call_of(&over.loop_step, operators::LOGICAL_OR)
            && is_name(left, result)
        {
            return self.node(right).map(Loop::Exists);
        }
        let (only, step) = match call_of(&over.loop_step, operators::CONDITIONAL) {
            Some([only, step, otherwise]) if is_name(otherwise, result) => (Some(only), step),
            Some(_) | None => (None, &over.loop_step),
        };
        let Some([left, right]) = call_of(step, operators::ADD) else {
            return Err(unknown("a loop"));
        };
        match (&right.expr, only) {
            (Expr::List(list), _) if is_name(left, result) && list.elements.len() == 1 => {
                let only = only.map(|only| self.node(only)).transpose()?;
                let each = list.elements.first().ok_or_else(|| unknown("a loop"))?;
                Ok(Loop::Collect { only, each: self.node(each)? })
            }
            (Expr::Literal(_), Some(only)) => self.node(only).map(Loop::ExistsOne),
            (_, _) => Err(unknown("a loop")),
        }
    }
}

/// A pattern for texts.
pub(super) fn pattern(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text).size_limit(PATTERN_BYTES_MAX).build()
}

fn function_of(function: Function, mut taken: Vec<Node>) -> Lowered {
    if let (Function::Matches, Some(Node::Constant(Value::Text(written)))) =
        (function, taken.get(1))
    {
        let fault = |_| ExpressionFault::new(0, "a pattern", format!("`{written}`"));
        let regex = pattern(written).map_err(fault)?;
        return Ok(Node::Matches(Box::new(taken.swap_remove(0)), regex));
    }
    Ok(Node::Function(function, taken))
}

/// A list of what is written out is there before any call.
fn list_of(items: Vec<Node>) -> Node {
    let constant = |item: &Node| {
        let Node::Constant(value) = item else { return None };
        Some(value.clone())
    };
    let constants: Option<Vec<Value>> = items.iter().map(constant).collect();
    constants.map_or(Node::List(items), |items| Node::Constant(Value::List(items.into())))
}

fn literal_of(literal: &LiteralValue) -> Result<Value, ExpressionFault> {
    match literal {
        LiteralValue::Boolean(flag) => Ok(Value::Bool(*flag.inner())),
        LiteralValue::Int(number) => Ok(Value::Int(*number.inner())),
        LiteralValue::Null => Ok(Value::Null),
        LiteralValue::String(text) => Ok(text.inner().into()),
        LiteralValue::Double(_) | LiteralValue::UInt(_) | LiteralValue::Bytes(_) => {
            Err(unknown("another kind of value"))
        }
    }
}

fn operator(name: &str) -> Option<Operator> {
    match name {
        operators::LOGICAL_AND => Some(Operator::And),
        operators::LOGICAL_OR => Some(Operator::Or),
        operators::EQUALS => Some(Operator::Equal),
        operators::NOT_EQUALS => Some(Operator::Unequal),
        operators::LESS => Some(Operator::Less),
        operators::LESS_EQUALS => Some(Operator::AtMost),
        operators::GREATER => Some(Operator::Greater),
        operators::GREATER_EQUALS => Some(Operator::AtLeast),
        operators::ADD => Some(Operator::Plus),
        operators::SUBSTRACT => Some(Operator::Minus),
        operators::MULTIPLY => Some(Operator::Times),
        operators::DIVIDE => Some(Operator::Divide),
        operators::MODULO => Some(Operator::Remainder),
        operators::IN => Some(Operator::In),
        _ => None,
    }
}

fn place<'n>(names: impl Iterator<Item = &'n String>, wanted: &str) -> Option<usize> {
    names.into_iter().position(|name| name == wanted)
}

fn quoted(tree: &IdedExpr) -> Option<&str> {
    let Expr::Literal(LiteralValue::String(text)) = &tree.expr else { return None };
    Some(text.inner())
}

fn call_of<'t, const N: usize>(tree: &'t IdedExpr, name: &str) -> Option<&'t [IdedExpr; N]> {
    let Expr::Call(call) = &tree.expr else { return None };
    call.args.as_slice().try_into().ok().filter(|_| call.func_name == name)
}

fn is_name(tree: &IdedExpr, wanted: &str) -> bool {
    matches!(&tree.expr, Expr::Ident(name) if name == wanted)
}

/// What the proof of kinds has let through and this cannot write: it should never be seen.
fn unknown(found: &str) -> ExpressionFault {
    ExpressionFault::new(0, "another way to write it", format!("`{found}`"))
}
