//! Text with `${…}` in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::flow::expression::operation::is_too_long;
use crate::flow::expression::{
    EvaluationFault, Expression, ExpressionFault, Facts, Kind, Scope, Value,
};

/// A compiled text with slots.
#[derive(Debug)]
pub struct Template {
    text: Box<str>,
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Fixed(Arc<str>),
    Slot(Expression),
}

impl Piece {
    fn is_blank(&self) -> bool {
        match self {
            Self::Fixed(text) => text.is_empty(),
            Self::Slot(_) => false,
        }
    }
}

impl Template {
    /// Compiles a text. `$${` stands for `${` itself.
    ///
    /// # Errors
    ///
    /// A slot has no end, or what is in it is no expression, or yields what no text can show.
    pub fn compile(text: &str, scope: &Scope) -> Result<Self, ExpressionFault> {
        let mut pieces = Vec::new();
        let mut fixed = String::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("$${") {
                fixed.push_str("${");
                at += 3;
            } else if let Some(slot) = rest.strip_prefix("${") {
                let wanted = "`}` at the end of the slot";
                let open = ExpressionFault::new(at, wanted, "the end of the text");
                let length = end_of(slot).ok_or(open)?;
                let inside = slot.get(..length).unwrap_or("");
                let expression = Expression::compile(inside, scope)
                    .map_err(|fault| ExpressionFault { offset: fault.offset + at + 2, ..fault })?;
                pieces.push(Piece::Fixed(std::mem::take(&mut fixed).into()));
                pieces.push(Piece::Slot(expression));
                at += 2 + length + 1;
            } else {
                let next = rest.chars().next().unwrap_or_default();
                fixed.push(next);
                at += next.len_utf8();
            }
        }
        pieces.push(Piece::Fixed(fixed.into()));
        pieces.retain(|piece| !piece.is_blank());
        let template = Self { text: text.into(), pieces };
        template.check_slots()?;
        Ok(template)
    }

    /// Whether a text has a slot at all.
    #[must_use]
    pub fn has_slots(text: &str) -> bool {
        text.contains("${")
    }

    /// What it yields: of a single slot its kind, else text.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.pieces.as_slice() {
            [Piece::Slot(only)] => only.kind().clone(),
            [] | [Piece::Fixed(_)] | [_, _, ..] => Kind::Text,
        }
    }

    /// As the file writes it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variables that it reads.
    #[must_use]
    pub fn variables(&self) -> BTreeSet<String> {
        self.slots().flat_map(|slot| slot.variables().iter().cloned()).collect()
    }

    /// The inputs that it reads.
    #[must_use]
    pub fn inputs(&self) -> BTreeSet<String> {
        self.slots().flat_map(|slot| slot.inputs().iter().cloned()).collect()
    }

    /// The pieces as they are known at load: a slot is `None`.
    pub fn pieces(&self) -> impl Iterator<Item = Option<&str>> {
        self.pieces.iter().map(|piece| match piece {
            Piece::Fixed(text) => Some(text.as_ref()),
            Piece::Slot(_) => None,
        })
    }

    /// Its value for one call: of a single slot the value itself, else text.
    ///
    /// # Errors
    ///
    /// A slot cannot be computed.
    pub fn value(&self, facts: &Facts<'_>) -> Result<Value, EvaluationFault> {
        match self.pieces.as_slice() {
            [Piece::Slot(only)] => only.value(facts),
            [] | [Piece::Fixed(_)] | [_, _, ..] => {
                self.render(facts).map(|text| Value::Text(text.into()))
            }
        }
    }

    /// Its text for one call.
    ///
    /// # Errors
    ///
    /// A slot cannot be computed, or the text grows too long.
    pub fn render(&self, facts: &Facts<'_>) -> Result<String, EvaluationFault> {
        Ok(self.fill(facts)?.0)
    }

    /// Its text for one call, or `None` when one of its slots is empty.
    ///
    /// # Errors
    ///
    /// A slot cannot be computed, or the text grows too long.
    pub fn render_full(&self, facts: &Facts<'_>) -> Result<Option<String>, EvaluationFault> {
        let (text, empty) = self.fill(facts)?;
        Ok((empty == 0).then_some(text))
    }

    /// The text, and how many slots were empty.
    fn fill(&self, facts: &Facts<'_>) -> Result<(String, usize), EvaluationFault> {
        let mut text = String::new();
        let mut empty = 0;
        for piece in &self.pieces {
            match piece {
                Piece::Fixed(fixed) => text.push_str(fixed),
                Piece::Slot(slot) => {
                    let value = slot.value(facts)?;
                    empty += usize::from(value.is_empty());
                    value.write(&mut text).map_err(|_| EvaluationFault::NotText)?;
                }
            }
        }
        if is_too_long(&text) {
            return Err(EvaluationFault::TooLong);
        }
        Ok((text, empty))
    }

    /// What is in its slots.
    pub fn slots(&self) -> impl Iterator<Item = &Expression> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Fixed(_) => None,
            Piece::Slot(slot) => Some(slot),
        })
    }

    /// Beside other text, a slot must be something that a text can show.
    fn check_slots(&self) -> Result<(), ExpressionFault> {
        if self.pieces.len() < 2 {
            return Ok(());
        }
        for slot in self.slots() {
            match slot.kind() {
                Kind::List(_) | Kind::Record(_) => {
                    let at = self.text.find(slot.text()).unwrap_or(0);
                    let found = slot.kind().to_string();
                    return Err(ExpressionFault::new(at, "a text, a number, true or false", found));
                }
                Kind::Any | Kind::Nothing | Kind::Null | Kind::Bool | Kind::Int | Kind::Text => {}
            }
        }
        Ok(())
    }
}

/// The bytes before the `}` that ends a slot; braces and quotes inside it are its own.
fn end_of(slot: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut escaped = false;
    for (at, character) in slot.char_indices() {
        match (quote, character) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(character),
            (None, '{') => depth += 1,
            (None, '}') if depth == 0 => return Some(at),
            (None, '}') => depth -= 1,
            (None, _) => {}
        }
    }
    None
}
