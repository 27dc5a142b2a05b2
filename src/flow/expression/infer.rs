//! What kind of value an expression yields, found by walking its tree once at load.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::{
    CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedEntryExpr, LiteralValue, SelectExpr,
    SourceInfo, operators,
};

use crate::base::limit::{EXPRESSION_DEPTH_MAX, EXPRESSION_LOOPS_MAX};
use crate::base::nearest::nearest;
use crate::flow::expression::signature::Function;
use crate::flow::expression::{ExpressionFault, Kind, Scope};

/// What an expression reads of its flow.
#[derive(Debug, Clone, Default)]
pub(super) struct Uses {
    pub(super) variables: BTreeSet<String>,
    pub(super) inputs: BTreeSet<String>,
}

/// One walk over one tree.
pub(super) struct Inference<'a> {
    text: &'a str,
    scope: &'a Scope,
    source: &'a SourceInfo,
    locals: Vec<(String, Kind)>,
    uses: Uses,
    depth: usize,
    loops: usize,
}

type Found = Result<Kind, ExpressionFault>;

impl<'a> Inference<'a> {
    pub(super) fn new(text: &'a str, scope: &'a Scope, source: &'a SourceInfo) -> Self {
        let locals = Vec::new();
        Self { text, scope, source, locals, uses: Uses::default(), depth: 0, loops: 0 }
    }

    pub(super) fn into_uses(self) -> Uses {
        self.uses
    }

    /// The kind of a part of the tree.
    pub(super) fn kind(&mut self, node: &IdedExpr) -> Found {
        if self.depth >= EXPRESSION_DEPTH_MAX {
            return Err(self.fault(node, "a simpler expression", "one that nests too deep"));
        }
        self.depth += 1;
        let kind = match &node.expr {
            Expr::Unspecified => Err(self.fault(node, "a value", "nothing")),
            Expr::Call(call) => self.call(node, call),
            Expr::Comprehension(comprehension) => self.comprehension(node, comprehension),
            Expr::Ident(name) => self.name(node, name),
            Expr::List(list) => list
                .elements
                .iter()
                .try_fold(Kind::Nothing, |kind, item| Ok(kind.join(self.kind(item)?)))
                .map(Kind::list),
            Expr::Literal(literal) => self.literal(node, literal),
            Expr::Map(map) => self.record(node, &map.entries),
            Expr::Select(select) => self.field(node, select),
            Expr::Struct(_) => Err(self.fault(node, "a value", "a structure")),
        };
        self.depth -= 1;
        kind
    }

    fn literal(&self, node: &IdedExpr, literal: &LiteralValue) -> Found {
        match literal {
            LiteralValue::Boolean(_) => Ok(Kind::Bool),
            LiteralValue::Int(_) => Ok(Kind::Int),
            LiteralValue::Null => Ok(Kind::Null),
            LiteralValue::String(_) => Ok(Kind::Text),
            LiteralValue::Double(_) | LiteralValue::UInt(_) => {
                Err(self.fault(node, "a whole number", "another kind of number"))
            }
            LiteralValue::Bytes(_) => Err(self.fault(node, "text", "bytes")),
        }
    }

    fn name(&mut self, node: &IdedExpr, name: &str) -> Found {
        if let Some((_, kind)) = self.locals.iter().rev().find(|(local, _)| local == name) {
            return Ok(kind.clone());
        }
        if let Some(kind) = self.scope.root(name) {
            let whole = matches!(kind, Kind::Record(_)) && name != "item";
            return if whole {
                Err(self.fault(node, &format!("`{name}.` and a name"), &format!("`{name}`")))
            } else {
                Ok(kind)
            };
        }
        let locals = self.locals.iter().map(|(name, _)| name.as_str());
        let known =
            locals.chain(Scope::ROOTS.into_iter().filter(|root| self.scope.root(root).is_some()));
        let near = nearest(name, known).map(str::to_owned);
        let owner = if self.scope.variables.contains_key(name) {
            Some(format!("vars.{name}"))
        } else {
            None
        };
        let owner = owner
            .or_else(|| self.scope.inputs.contains_key(name).then(|| format!("inputs.{name}")));
        let fault = self.fault(node, "a known name", &format!("`{name}`"));
        Err(fault.with_nearest(owner.or(near).as_deref()))
    }

    /// `operand.field`, or the test for it.
    fn field(&mut self, node: &IdedExpr, select: &SelectExpr) -> Found {
        let operand = match &select.operand.expr {
            Expr::Ident(root) if !self.is_local(root) && self.scope.root(root).is_some() => {
                self.note(root, &select.field);
                self.scope.root(root).unwrap_or(Kind::Any)
            }
            Expr::Unspecified
            | Expr::Call(_)
            | Expr::Comprehension(_)
            | Expr::Ident(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Select(_)
            | Expr::Struct(_) => self.kind(&select.operand)?,
        };
        let kind = self.field_of(node, &operand, &select.field)?;
        Ok(if select.test { Kind::Bool } else { kind })
    }

    fn is_local(&self, name: &str) -> bool {
        self.locals.iter().any(|(local, _)| local == name)
    }

    fn note(&mut self, root: &str, field: &str) {
        match root {
            "vars" => self.uses.variables.insert(field.to_owned()),
            "inputs" => self.uses.inputs.insert(field.to_owned()),
            _ => false,
        };
    }

    fn field_of(&self, node: &IdedExpr, operand: &Kind, field: &str) -> Found {
        match operand {
            Kind::Any | Kind::Nothing => Ok(Kind::Any),
            Kind::Record(fields) => fields.get(field).cloned().ok_or_else(|| {
                let known = fields.keys().map(String::as_str);
                let near = nearest(field, known).map(str::to_owned);
                let at = self.find(node, field);
                ExpressionFault::new(at, "a known name", format!("`{field}`"))
                    .with_nearest(near.as_deref())
            }),
            Kind::Null | Kind::Bool | Kind::Int | Kind::Text | Kind::List(_) => {
                let at = self.find(node, field);
                let found = format!("`.{field}` after {operand}");
                Err(ExpressionFault::new(at, "a set of fields before the dot", found))
            }
        }
    }

    fn record(&mut self, node: &IdedExpr, entries: &[IdedEntryExpr]) -> Found {
        let mut fields = Vec::new();
        for entry in entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(self.fault(node, "a value", "a structure"));
            };
            let Expr::Literal(LiteralValue::String(name)) = &entry.key.expr else {
                return Err(self.fault(&entry.key, "a quoted name", "another kind of key"));
            };
            fields.push((name.inner().to_owned(), self.kind(&entry.value)?));
        }
        Ok(Kind::record(fields.iter().map(|(name, kind)| (name.as_str(), kind.clone()))))
    }

    fn call(&mut self, node: &IdedExpr, call: &CallExpr) -> Found {
        let target = call.target.as_deref();
        let (None, Some(known)) = (target, Operator::named(&call.func_name)) else {
            return self.function(node, call);
        };
        if let (Operator::Index, [of, at]) = (known, call.args.as_slice()) {
            return self.index(node, of, at);
        }
        let mut kinds = Vec::with_capacity(call.args.len());
        for argument in &call.args {
            kinds.push(self.kind(argument)?);
        }
        known.result(&kinds).map_err(|(wanted, found)| self.fault(node, &wanted, &found))
    }

    fn index(&mut self, node: &IdedExpr, of: &IdedExpr, at: &IdedExpr) -> Found {
        if let (Expr::Ident(root), Expr::Literal(LiteralValue::String(name))) = (&of.expr, &at.expr)
            && !self.is_local(root)
            && let Some(kind) = self.scope.root(root)
        {
            self.note(root, name.inner());
            return self.field_of(node, &kind, name.inner());
        }
        let (list, key) = (self.kind(of)?, self.kind(at)?);
        match (&list, &at.expr) {
            (Kind::Any | Kind::Nothing, _) => Ok(Kind::Any),
            (Kind::List(item), _) if Kind::Int.accepts(&key) => Ok((**item).clone()),
            (Kind::Record(_), Expr::Literal(LiteralValue::String(name))) => {
                self.field_of(node, &list, name.inner())
            }
            (_, _) => {
                let found = format!("{list} with {key} in brackets");
                Err(self.fault(node, "a list with a number in brackets", &found))
            }
        }
    }

    fn function(&mut self, node: &IdedExpr, call: &CallExpr) -> Found {
        let Some(function) = Function::named(&call.func_name) else {
            let near = nearest(&call.func_name, Function::names()).map(str::to_owned);
            let at = self.find(node, &call.func_name);
            let found = format!("`{}`", call.func_name);
            return Err(
                ExpressionFault::new(at, "a known function", found).with_nearest(near.as_deref())
            );
        };
        let receiver = match &call.target {
            Some(target) => Some(self.kind(target)?),
            None => None,
        };
        let mut kinds = Vec::with_capacity(call.args.len());
        for argument in &call.args {
            kinds.push(self.kind(argument)?);
        }
        let Some(result) = function.result(receiver.as_ref(), &kinds) else {
            let taken: Vec<String> =
                receiver.iter().chain(&kinds).map(ToString::to_string).collect();
            let found = format!("`{}` of {}", function.name(), list_of(&taken));
            let at = self.find(node, function.name());
            return Err(ExpressionFault::new(at, format!("`{}`", function.usage()), found));
        };
        if let [IdedExpr { expr: Expr::Literal(LiteralValue::String(id)), .. }] =
            call.args.as_slice()
        {
            self.known_id(node, function, id.inner())?;
        }
        Ok(result)
    }

    /// An id that is written out must exist.
    fn known_id(
        &self,
        node: &IdedExpr,
        function: Function,
        id: &str,
    ) -> Result<(), ExpressionFault> {
        let (what, ids) = match function {
            Function::EntityOf => ("the id of an entity", &self.scope.entities),
            Function::OpenNow | Function::NextOpening => {
                ("the id of a calendar", &self.scope.calendars)
            }
            Function::Size
            | Function::Contains
            | Function::StartsWith
            | Function::EndsWith
            | Function::Matches
            | Function::ToInt
            | Function::ToText
            | Function::HasEntity => return Ok(()),
        };
        if ids.contains(id) {
            return Ok(());
        }
        let near = nearest(id, ids.iter().map(String::as_str));
        let at = self.find(node, id);
        Err(ExpressionFault::new(at, what, format!("`{id}`")).with_nearest(near))
    }

    fn comprehension(&mut self, node: &IdedExpr, over: &ComprehensionExpr) -> Found {
        if self.loops >= EXPRESSION_LOOPS_MAX {
            return Err(self.fault(
                node,
                "fewer `filter`, `map`, `all`, `exists` inside one another",
                "one too many",
            ));
        }
        let range = self.kind(&over.iter_range)?;
        let item = match range {
            Kind::Any | Kind::Nothing => Kind::Any,
            Kind::List(item) => *item,
            Kind::Null | Kind::Bool | Kind::Int | Kind::Text | Kind::Record(_) => {
                return Err(self.fault(&over.iter_range, "a list", &range.to_string()));
            }
        };
        let begin = self.kind(&over.accu_init)?;
        self.loops += 1;
        let outer = self.locals.len();
        self.locals.push((over.iter_var.clone(), item));
        self.locals.push((over.accu_var.clone(), begin.clone()));
        self.kind(&over.loop_cond)?;
        let step = self.kind(&over.loop_step)?;
        if let Some(accumulator) = self.locals.last_mut() {
            accumulator.1 = begin.join(step);
        }
        let result = self.kind(&over.result);
        self.locals.truncate(outer);
        self.loops -= 1;
        result
    }

    fn fault(&self, node: &IdedExpr, wanted: &str, found: &str) -> ExpressionFault {
        ExpressionFault::new(self.offset(node), wanted, found)
    }

    /// Where a part of the tree is written: bytes from the beginning.
    fn offset(&self, node: &IdedExpr) -> usize {
        let bytes = self.source.offset_for(node.id).map_or(0, |(start, _)| start);
        let bytes = usize::try_from(bytes).unwrap_or(0);
        if self.text.is_char_boundary(bytes) { bytes } else { 0 }
    }

    /// Where a word of a part is written: the place that the parser tells may be the dot or the
    /// bracket beside it.
    fn find(&self, node: &IdedExpr, word: &str) -> usize {
        let at = self.offset(node);
        let after = self.text.get(at..).and_then(|rest| rest.find(word)).map(|more| at + more);
        after.or_else(|| self.text.get(..at).and_then(|before| before.rfind(word))).unwrap_or(at)
    }
}

/// What stands between values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Both,
    Not,
    Equal,
    Order,
    Plus,
    Arithmetic,
    Negate,
    In,
    Index,
    Choose,
    /// Added by the macros around a condition.
    NotFalse,
}

impl Operator {
    fn named(name: &str) -> Option<Self> {
        match name {
            operators::LOGICAL_AND | operators::LOGICAL_OR => Some(Self::Both),
            operators::LOGICAL_NOT => Some(Self::Not),
            operators::EQUALS | operators::NOT_EQUALS => Some(Self::Equal),
            operators::LESS
            | operators::LESS_EQUALS
            | operators::GREATER
            | operators::GREATER_EQUALS => Some(Self::Order),
            operators::ADD => Some(Self::Plus),
            operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::MODULO => {
                Some(Self::Arithmetic)
            }
            operators::NEGATE => Some(Self::Negate),
            operators::IN => Some(Self::In),
            operators::INDEX => Some(Self::Index),
            operators::CONDITIONAL => Some(Self::Choose),
            operators::NOT_STRICTLY_FALSE => Some(Self::NotFalse),
            _ => None,
        }
    }

    /// What it yields, or what was wanted and what was found.
    fn result(self, kinds: &[Kind]) -> Result<Kind, (String, String)> {
        let fits = |wanted: &Kind| kinds.iter().all(|kind| wanted.accepts(kind));
        let fault = |wanted: &str| {
            let found: Vec<String> = kinds.iter().map(ToString::to_string).collect();
            Err((wanted.to_owned(), list_of(&found)))
        };
        match (self, kinds) {
            (Self::Both | Self::Not | Self::NotFalse, _) => {
                if fits(&Kind::Bool) {
                    Ok(Kind::Bool)
                } else {
                    fault("true or false on every side")
                }
            }
            (Self::Equal, [left, right]) => {
                let null = *left == Kind::Null || *right == Kind::Null;
                if null || left.accepts(right) || right.accepts(left) {
                    Ok(Kind::Bool)
                } else {
                    fault("the same kind of value on both sides")
                }
            }
            (Self::Order, _) if fits(&Kind::Int) || fits(&Kind::Text) => Ok(Kind::Bool),
            (Self::Order, _) => fault("whole numbers or texts on both sides"),
            (Self::Plus, [Kind::List(_), Kind::List(_)]) => {
                Ok(kinds.iter().cloned().fold(Kind::Nothing, Kind::join))
            }
            (Self::Plus, [Kind::Any | Kind::Nothing, Kind::Any | Kind::Nothing]) => Ok(Kind::Any),
            (Self::Plus, _) if fits(&Kind::Int) => Ok(Kind::Int),
            (Self::Plus, _) if fits(&Kind::Text) => Ok(Kind::Text),
            (Self::Plus, _) => fault("two whole numbers, two texts or two lists"),
            (Self::Arithmetic | Self::Negate, _) => {
                if fits(&Kind::Int) {
                    Ok(Kind::Int)
                } else {
                    fault("whole numbers on every side")
                }
            }
            (Self::In, [item, Kind::List(of)]) => {
                if of.accepts(item) {
                    Ok(Kind::Bool)
                } else {
                    fault("a list of the same kind of value")
                }
            }
            (Self::In, [_, Kind::Any]) => Ok(Kind::Bool),
            (Self::In, _) => fault("a list after `in`"),
            (Self::Choose, [condition, yes, no]) => {
                if Kind::Bool.accepts(condition) {
                    Ok(yes.clone().join(no.clone()))
                } else {
                    Err(("true or false before `?`".to_owned(), condition.to_string()))
                }
            }
            (Self::Equal | Self::Index | Self::Choose, _) => fault("another number of values"),
        }
    }
}

fn list_of(words: &[String]) -> String {
    match words {
        [] => "nothing".to_owned(),
        words => words.join(" and "),
    }
}
