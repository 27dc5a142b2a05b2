//! From the words of an expression to one that can be asked during calls.

use std::collections::BTreeSet;

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use cel::parser::{ParseError, ParseErrors, Parser};

use crate::base::limit::EXPRESSION_BYTES_MAX;
use crate::base::nearest::nearest;
use crate::base::stack;
use crate::flow::expression::infer::{Inference, Uses};
use crate::flow::expression::lower::Lowering;
use crate::flow::expression::program::Node;
use crate::flow::expression::{Kind, Scope};

/// A compiled expression of a known kind.
#[derive(Debug)]
pub struct Expression {
    text: Box<str>,
    kind: Kind,
    pub(super) program: Node,
    uses: Uses,
}

/// What is wrong with an expression or a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("wanted {wanted}, found {found}")]
pub struct ExpressionFault {
    /// Bytes from its beginning to what is wrong.
    pub offset: usize,
    /// What would have been right.
    pub wanted: String,
    /// What is there.
    pub found: String,
    /// The right name nearest to it.
    pub nearest: Option<String>,
}

impl Expression {
    /// Compiles `text` for flows that know the names of `scope`.
    ///
    /// # Errors
    ///
    /// It cannot be read, names something unknown, or puts kinds together that do not fit.
    pub fn compile(text: &str, scope: &Scope) -> Result<Self, ExpressionFault> {
        if text.len() > EXPRESSION_BYTES_MAX {
            let wanted = format!("an expression of at most {EXPRESSION_BYTES_MAX} bytes");
            return Err(ExpressionFault::new(0, wanted, format!("{} bytes", text.len())));
        }
        if text.trim().is_empty() {
            return Err(ExpressionFault::new(0, "an expression", "nothing"));
        }
        let (tree, source) = parse(text)?;
        let mut inference = Inference::new(text, scope, &source);
        let kind = inference.kind(&tree)?;
        let uses = inference.into_uses();
        let program = Lowering::new(scope).node(&tree)?;
        Ok(Self { text: text.into(), kind, uses, program })
    }

    /// Compiles `text`, which must yield `wanted`.
    ///
    /// # Errors
    ///
    /// As [`Self::compile`], and when it yields another kind.
    pub fn compile_as(text: &str, scope: &Scope, wanted: &Kind) -> Result<Self, ExpressionFault> {
        let expression = Self::compile(text, scope)?;
        if wanted.accepts(&expression.kind) {
            return Ok(expression);
        }
        Err(ExpressionFault::new(0, wanted.to_string(), expression.kind.to_string()))
    }

    /// What it yields.
    #[must_use]
    pub const fn kind(&self) -> &Kind {
        &self.kind
    }

    /// As the file writes it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The variables that it reads.
    #[must_use]
    pub const fn variables(&self) -> &BTreeSet<String> {
        &self.uses.variables
    }

    /// The inputs that it reads.
    #[must_use]
    pub const fn inputs(&self) -> &BTreeSet<String> {
        &self.uses.inputs
    }
}

impl ExpressionFault {
    pub(super) fn new(offset: usize, wanted: impl Into<String>, found: impl Into<String>) -> Self {
        Self { offset, wanted: wanted.into(), found: found.into(), nearest: None }
    }

    pub(super) fn with_nearest(mut self, nearest: Option<&str>) -> Self {
        self.nearest = nearest.map(str::to_owned);
        self
    }
}

fn parse(text: &str) -> Result<(IdedExpr, SourceInfo), ExpressionFault> {
    let parsed = stack::deep(|| Parser::new().parse_with_source_info(text));
    let Some(parsed) = parsed else {
        return Err(ExpressionFault::new(0, "an expression that can be read", "one that cannot"));
    };
    parsed.map_err(|errors| explain(text, &errors))
}

/// The first error, in words for people who do not know the grammar.
fn explain(text: &str, errors: &ParseErrors) -> ExpressionFault {
    let Some(error) = errors.errors.iter().min_by_key(|error| error.pos) else {
        return ExpressionFault::new(0, "an expression", "something else");
    };
    let offset = offset_of(text, error);
    let rest = text.get(offset..).unwrap_or("");
    let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let sign: String = rest.chars().take(1).collect();
    let before = text.get(..offset).unwrap_or("").trim_end();
    let wanted = match (word.to_lowercase().as_str(), sign.as_str()) {
        ("and", _) => "`&&` for and",
        ("or", _) => "`||` for or",
        ("not", _) => "`!` for not",
        (_, "=") => "`==` to compare",
        (_, "&") => "`&&` for and",
        (_, "|") => "`||` for or",
        (_, "'" | "\"") => "a text that ends with its quote",
        (_, _) if before.ends_with('=') && !before.ends_with("==") => "`==` to compare",
        (_, _) => "an operator or the end, or a value after an operator",
    };
    let found = match (word.is_empty(), rest.is_empty()) {
        (_, true) => "the end".to_owned(),
        (true, false) => format!("`{sign}`"),
        (false, false) => format!("`{word}`"),
    };
    let fault = ExpressionFault::new(offset, wanted, found);
    // `var` is no name in CEL: it is one of the words that it keeps for later.
    let near = nearest(&word, Scope::ROOTS);
    if near.is_some() {
        ExpressionFault { wanted: "a known name".into(), ..fault.with_nearest(near) }
    } else {
        fault
    }
}

/// Lines count from one and columns from one, in characters.
fn offset_of(text: &str, error: &ParseError) -> usize {
    let (line, column) = error.pos;
    let lines = usize::try_from(line - 1).unwrap_or(0);
    let begin: usize = text.split_inclusive('\n').take(lines).map(str::len).sum();
    let rest = text.get(begin..).unwrap_or("");
    let column = usize::try_from(column - 1).unwrap_or(0);
    begin + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_an_expression_is_known_before_any_call() {
        kind("vars.count + 1", &Kind::Int);
        kind("vars.lang == 'ar' && !vars.done", &Kind::Bool);
        kind("'x' + vars.lang", &Kind::Text);
        kind("queue.talk_s >= 20 ? 'long' : 'short'", &Kind::Text);
        kind("entities.filter(e, e.sector == vars.lang)", &Kind::list(Scope::entity()));
        kind("entities.map(e, e.name.ar)", &Kind::list(Kind::Text));
        kind("sectors.exists(s, s.id == 'x')", &Kind::Bool);
        kind("entities[0].departments[1].name", &Scope::name());
        kind("entity_of(vars.lang).calendar", &Kind::Text);
        kind("has(vars.lang) && size(call.from) > 3 && int('3') in [1, 2]", &Kind::Bool);
        kind("vars['count']", &Kind::Int);
        kind("open_now('office') || has_entity('nobody')", &Kind::Bool);
    }

    #[test]
    fn an_unknown_name_is_shown_with_the_nearest_one() {
        fault("vars.langg == 'ar'", 5, "`langg`", Some("lang"));
        fault("var.lang == 'ar'", 0, "`var`", Some("vars"));
        fault("lang == 'ar'", 0, "`lang`", Some("vars.lang"));
        fault("call.form == ''", 5, "`form`", Some("from"));
        fault("entities.filter(e, e.sektor == 'x')", 21, "`sektor`", Some("sector"));
        fault("entity_off('x')", 0, "`entity_off`", Some("entity_of"));
        fault("open_now('ofice')", 10, "`ofice`", Some("office"));
        fault("'ar'.startWith('a')", 5, "`startWith`", Some("startsWith"));
        fault("entities.filer(e, true)", 9, "`filer`", Some("filter"));
    }

    #[test]
    fn kinds_that_do_not_fit_are_a_fault() {
        fault("vars.count == 'x'", 11, "a whole number and text", None);
        fault("vars.lang && true", 10, "text and true or false", None);
        fault("vars.lang > 3", 10, "text and a whole number", None);
        fault("1.5 + 2", 0, "another kind of number", None);
        fault("vars.lang.size.x", 10, "`.size` after text", None);
        fault("vars", 0, "`vars`", None);
        let found = Expression::compile_as("vars.lang", &scope(), &Kind::Bool).expect_err("a text");
        assert_eq!((found.wanted.as_str(), found.found.as_str()), ("true or false", "text"));
    }

    #[test]
    fn slips_of_those_who_do_not_program_are_explained() {
        wanted("vars.lang = 'ar'", "`==` to compare");
        wanted("vars.done and true", "`&&` for and");
        wanted("vars.done or true", "`||` for or");
        wanted("(vars.done", "an operator or the end, or a value after an operator");
        wanted("vars.lang == 'ar", "a text that ends with its quote");
        wanted("  ", "an expression");
    }

    #[test]
    fn an_expression_too_long_or_too_deep_is_refused() {
        wanted(&"1+".repeat(800), "an expression of at most 1000 bytes");
        let deep = format!("{}true{}", "(!".repeat(45), ")".repeat(45));
        assert!(Expression::compile(&deep, &scope()).is_err());
        assert!(Expression::compile(&"(".repeat(900), &scope()).is_err());
        wanted(
            "entities.all(a, entities.all(b, entities.all(c, true)))",
            "fewer `filter`, `map`, `all`, `exists` inside one another",
        );
    }

    #[test]
    fn an_offset_counts_bytes_also_after_arabic_letters() {
        fault("'مرحبا' == vars.langg", 21, "`langg`", Some("lang"));
        fault("'مرحبا' = vars.lang", 13, "`=`", None);
    }

    #[test]
    fn the_variables_it_reads_are_known() {
        let text = "vars.lang == 'ar' && vars['count'] > 1";
        let expression = Expression::compile(text, &scope()).expect("it compiles");
        assert_eq!(expression.variables().iter().collect::<Vec<_>>(), ["count", "lang"]);
    }

    fn scope() -> Scope {
        let variable = |name: &str, kind| (name.to_owned(), kind);
        Scope {
            variables: BTreeSet::from([("lang", 0), ("count", 1), ("done", 2)])
                .into_iter()
                .map(|(name, kind)| {
                    variable(name, [Kind::Text, Kind::Int, Kind::Bool][kind].clone())
                })
                .collect(),
            calendars: ["office".to_owned()].into(),
            ..Scope::default()
        }
    }

    fn kind(text: &str, expected: &Kind) {
        let expression = Expression::compile(text, &scope());
        assert_eq!(expression.as_ref().map(Expression::kind), Ok(expected), "{text}");
    }

    fn fault(text: &str, offset: usize, found: &str, nearest: Option<&str>) {
        let fault = Expression::compile(text, &scope()).expect_err(text);
        let shown = (fault.offset, fault.found.as_str(), fault.nearest.as_deref());
        assert_eq!(shown, (offset, found, nearest), "{text}: {fault}");
    }

    fn wanted(text: &str, expected: &str) {
        let fault = Expression::compile(text, &scope()).expect_err(text);
        assert_eq!(fault.wanted, expected, "{text}: {fault:?}");
    }
}
