//! An expression as it is asked during calls: a small tree in which every name has been looked up.

use std::sync::Arc;

use regex::Regex;

use crate::flow::expression::Value;
use crate::flow::expression::signature::Function;

/// A part of an expression.
#[derive(Debug)]
pub(super) enum Node {
    /// Written out.
    Constant(Value),
    /// `vars.…`, by the place of its name among the flow's variables.
    Variable(usize),
    /// `inputs.…`, by the place of its name among the flow's inputs.
    Input(usize),
    /// `env.…`
    Setting(Arc<str>),
    /// `call.…`
    Call(CallField),
    /// `queue.…`
    Queue(QueueField),
    /// `now.…`
    Now(NowField),
    /// `entities`
    Entities,
    /// `sectors`
    Sectors,
    /// `item`
    Item,
    /// The element of a loop: of the innermost one for 0.
    Local(usize),
    /// `of.name`
    Field(Box<Self>, Arc<str>),
    /// `has(of.name)`
    HasField(Box<Self>, Arc<str>),
    /// `!…`
    Not(Box<Self>),
    /// `-…`
    Negate(Box<Self>),
    /// `… ? … : …`
    Choose(Box<[Self; 3]>),
    /// Something between two values.
    Between(Operator, Box<[Self; 2]>),
    /// `[…]`
    List(Vec<Self>),
    /// `{…}`
    Record(Vec<(Arc<str>, Self)>),
    /// A function and what it takes, the receiver first.
    Function(Function, Vec<Self>),
    /// `text.matches(pattern)` with a pattern that is written out.
    Matches(Box<Self>, Regex),
    /// Something done with each item of a list.
    Loop(Box<Self>, Box<Loop>),
}

/// What stands between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    And,
    Or,
    Equal,
    Unequal,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
    In,
    At,
}

/// What is done with each item of a list.
#[derive(Debug)]
pub(super) enum Loop {
    /// `all(item, condition)`
    All(Node),
    /// `exists(item, condition)`
    Exists(Node),
    /// `exists_one(item, condition)`
    ExistsOne(Node),
    /// `filter` and `map`: of the items that the condition holds for, this.
    Collect { only: Option<Node>, each: Node },
}

/// A field of `call`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallField {
    From,
    To,
    Trunk,
    Language,
    Id,
    Case,
}

/// A field of `queue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QueueField {
    Position,
    ExpectedWait,
    Wait,
    Talk,
    Agent,
}

/// A field of `now`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NowField {
    Date,
    Time,
    Weekday,
    Hour,
    Minute,
    Unix,
}

impl Operator {
    /// How it is written.
    pub(super) const fn sign(self) -> &'static str {
        match self {
            Self::And => "&&",
            Self::Or => "||",
            Self::Equal => "==",
            Self::Unequal => "!=",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
            Self::In => "in",
            Self::At => "[]",
        }
    }
}
