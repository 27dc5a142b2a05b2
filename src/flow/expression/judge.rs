//! The judge of our evaluation: the CEL crate's own, asked the same of thousands of expressions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cel::objects::Key as CelKey;
use cel::parser::Parser;
use cel::{Context, ExecutionError, Value as Cel};
use proptest::prelude::*;

use crate::base::key::Key;
use crate::base::time::Wall;
use crate::flow::expression::{
    CallFacts, EvaluationFault, Expression, Facts, Fields, Kind, QueueFacts, Scope, Value, World,
};
use crate::flow::model::{Bundle, Entity, Events, Language, Name, Sector, Setting};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_is_asked_the_answer_is_that_of_cel(
        choices in prop::collection::vec(any::<u8>(), 0..120),
    ) {
        let mut author = Author { choices: choices.into_iter(), loops: Vec::new(), depth: 0 };
        prop_assert_eq!(check(&author.any()), Ok(()));
    }
}

#[test]
fn what_decides_does_so_whatever_becomes_of_the_rest() {
    for text in [
        "1 / (vars.count - 3) == 1 || true",
        "true || 1 / (vars.count - 3) == 1",
        "1 / (vars.count - 3) == 1 && false",
        "1 / (vars.count - 3) == 1 && true",
        "[0, 1].exists(n, 1 / n == 1)",
        "[1, 0].all(n, 1 / n == 1)",
        "[0, 2].all(n, 1 / n == 1)",
        "[0, 1].exists_one(n, 1 / n == 1)",
        "vars.list.exists(n, n == 'b')",
        "vars.list.exists(n, n > 1)",
        "vars.list.map(n, n == 2, n + 1)",
        "vars.list.filter(n, n)",
        "{'a': 1, 'b': [vars.lang]}.b[0]",
        "has(entities[0].name.sound) ? entities[0].name.sound : ''",
        "entities.filter(e, e.key == null).map(e, e.id)",
        "entities.map(e, sectors.filter(s, s.id == e.sector).map(s, s.name.en))",
        "vars.lang.matches('^a.$') && 'x+'.matches(vars.lang)",
        "vars.list[2].map(name, name)",
        "vars.list[2].a == 1 && !('b' in vars.list[2]) && has(vars.list[2].a)",
        "int('+5') + int('-3') * int(string(vars.count))",
        "-9223372036854775808 / -1",
        "-(-9223372036854775807 - 1)",
        "'مرحبا'.size() == 5",
    ] {
        assert_eq!(check(text), Ok(()));
    }
}

#[test]
fn a_value_that_takes_too_long_is_a_fault() {
    let long = format!("[{}]", vec!["1"; 150].join(","));
    let text = format!("{long}.all(a, {long}.map(b, b * b + a * a + a * b).size() > 0)");
    let expression = Expression::compile(&text, &scope()).expect("it compiles");
    let found = with_facts(|facts| expression.value(facts));
    assert_eq!(found, Err(EvaluationFault::TooMuch));
    let text = format!("{0} == {0}", "[entities]".to_owned() + &".map(l, [l, l])".repeat(25));
    let expression = Expression::compile(&text, &scope()).expect("it compiles");
    let found = with_facts(|facts| expression.value(facts));
    assert_eq!(found, Err(EvaluationFault::TooMuch));
}

/// Both must give the same value, or both none.
fn check(text: &str) -> Result<(), String> {
    let expression = match Expression::compile(text, &scope()) {
        Ok(expression) => expression,
        // Longer or deeper than a flow may write it.
        Err(fault) if ["bytes", "simpler", "fewer"].iter().any(|of| fault.wanted.contains(of)) => {
            return Ok(());
        }
        Err(fault) => return Err(format!("{text}: {fault:?}")),
    };
    let (ours, theirs) = with_facts(|facts| (expression.value(facts), judged(text, facts)));
    match (&ours, &theirs) {
        (Err(EvaluationFault::TooLong | EvaluationFault::TooMuch), _) | (Err(_), Err(_)) => Ok(()),
        (Ok(ours), Ok(theirs)) if ours == theirs => Ok(()),
        (_, _) => Err(format!("{text}: {ours:?}, by the judge {theirs:?}")),
    }
}

/// Writes an expression of a kind, one choice after the other; without any it is a short one.
struct Author {
    choices: std::vec::IntoIter<u8>,
    /// The items of the loops around, and what they are.
    loops: Vec<&'static str>,
    depth: usize,
}

impl Author {
    fn any(&mut self) -> String {
        match self.below(5) {
            0 => self.int(),
            1 => self.text(),
            2 => self.texts(),
            3 => self.ints(),
            _ => self.bool(),
        }
    }

    fn below(&mut self, end: u8) -> u8 {
        self.choices.next().map_or(0, |choice| choice % end)
    }

    /// Picks one of the ways to write something; deep down one of the first, which are short.
    fn way(&mut self, short: u8, all: u8) -> u8 {
        let end = if self.depth > 6 { short } else { all };
        self.below(end)
    }

    fn deeper(&mut self, write: impl FnOnce(&mut Self) -> String) -> String {
        self.depth += 1;
        let text = write(self);
        self.depth -= 1;
        text
    }

    fn int(&mut self) -> String {
        let way = self.way(5, 13);
        self.deeper(|author| match way {
            0 => "vars.count".to_owned(),
            1 => author.below(4).to_string(),
            2 => "-7".to_owned(),
            3 => "queue.wait_s".to_owned(),
            4 => i64::MAX.to_string(),
            5 => format!("(-{})", author.int()),
            6 => format!("int({})", author.text()),
            7 => format!("size({})", author.texts()),
            8 => format!("{}.size()", author.text()),
            9 => format!("{}[{}]", author.ints(), author.int()),
            10 => format!("({} ? {} : {})", author.bool(), author.int(), author.int()),
            _ => {
                let sign = ["+", "-", "*", "/", "%"][usize::from(author.below(5))];
                format!("({} {sign} {})", author.int(), author.int())
            }
        })
    }

    fn text(&mut self) -> String {
        let way = self.way(7, 13);
        self.deeper(|author| match way {
            0 => "vars.lang".to_owned(),
            1 => "'ar'".to_owned(),
            2 => "'1'".to_owned(),
            3 => "call.from".to_owned(),
            4 => "inputs.who".to_owned(),
            5 => "env.desk".to_owned(),
            6 => author.loops.last().map_or_else(|| "''".to_owned(), ToString::to_string),
            7 => format!("string({})", author.int()),
            8 => format!("entities[{}].name.en", author.below(3)),
            9 => format!("entity_of({} + '').sector", author.text()),
            10 => format!("{}[{}]", author.texts(), author.int()),
            11 => format!("({} ? {} : {})", author.bool(), author.text(), author.text()),
            _ => format!("({} + {})", author.text(), author.text()),
        })
    }

    fn bool(&mut self) -> String {
        let way = self.way(4, 17);
        self.deeper(|author| match way {
            0 => "vars.done".to_owned(),
            1 => "true".to_owned(),
            2 => "has(entities[0].key)".to_owned(),
            3 => format!("has_entity({})", author.text()),
            4 => format!("!{}", author.bool()),
            5 | 6 => format!("({} && {})", author.bool(), author.bool()),
            7 | 8 => format!("({} || {})", author.bool(), author.bool()),
            9 => format!("({} {} {})", author.int(), author.comparison(), author.int()),
            10 => format!("({} {} {})", author.text(), author.comparison(), author.text()),
            11 => format!("({} == {})", author.texts(), author.texts()),
            12 => format!("({} in {})", author.text(), author.texts()),
            13 => format!("({} != vars.list[{}])", author.int(), author.int()),
            14 => {
                let name = ["contains", "startsWith", "endsWith"][usize::from(author.below(3))];
                format!("{}.{name}({})", author.text(), author.text())
            }
            _ => author.looped(&["all", "exists", "exists_one"], Self::bool),
        })
    }

    fn texts(&mut self) -> String {
        let way = self.way(2, 8);
        self.deeper(|author| match way {
            0 => "['ar', 'en']".to_owned(),
            1 => "entities.map(e, e.id)".to_owned(),
            2 => format!("[{}, {}]", author.text(), author.text()),
            3 => format!("({} + {})", author.texts(), author.texts()),
            4 => author.looped(&["filter"], Self::bool),
            5 => author.looped(&["map"], Self::text),
            6 => format!("entities.filter(e, {}).map(e, e.sector)", author.bool()),
            _ => format!("({} ? {} : {})", author.bool(), author.texts(), author.texts()),
        })
    }

    fn ints(&mut self) -> String {
        let way = self.way(2, 5);
        self.deeper(|author| match way {
            0 => "[1, 2]".to_owned(),
            1 => "[0]".to_owned(),
            2 => format!("[{}, {}]", author.int(), author.int()),
            3 => author.looped(&["map"], Self::int),
            _ => format!("({} + {})", author.ints(), author.ints()),
        })
    }

    fn comparison(&mut self) -> &'static str {
        ["<", "<=", ">", ">=", "==", "!="][usize::from(self.below(6))]
    }

    /// A loop over texts; two inside one another are enough.
    fn looped(&mut self, names: &[&str], each: impl FnOnce(&mut Self) -> String) -> String {
        if self.loops.len() >= 2 {
            return match names.first() {
                Some(&"filter" | &"map") => "[]".to_owned(),
                Some(_) | None => "true".to_owned(),
            };
        }
        let name = names[usize::from(self.below(u8::try_from(names.len()).unwrap_or(1)))];
        let item = if self.loops.is_empty() { "a" } else { "b" };
        let list = if self.loops.is_empty() { self.texts_without_loops() } else { "['x']".into() };
        self.loops.push(item);
        let each = each(self);
        self.loops.pop();
        format!("{list}.{name}({item}, {each})")
    }

    fn texts_without_loops(&mut self) -> String {
        match self.below(3) {
            0 => "['ar', '1']".to_owned(),
            1 => "[vars.lang, call.from, '']".to_owned(),
            _ => "[]".to_owned(),
        }
    }
}

/// What the CEL crate makes of an expression.
fn judged(text: &str, facts: &Facts<'_>) -> Result<Value, String> {
    let tree = Parser::new().parse(text).map_err(|errors| errors.to_string())?;
    let mut context = Context::default();
    let numbered = |names: &[&str], values: &[Value]| {
        map(names.iter().zip(values).map(|(name, value)| (*name, to_cel(value))))
    };
    let variables = numbered(&["count", "done", "empty", "lang", "list"], facts.variables);
    context.add_variable_from_value("vars", variables);
    context.add_variable_from_value("inputs", numbered(&["who"], facts.inputs));
    context.add_variable_from_value("call", map([("from", text_of(&facts.call.from))]));
    context.add_variable_from_value("queue", map([("wait_s", Cel::Int(facts.wait_s))]));
    context.add_variable_from_value("entities", to_cel(&facts.world.entities));
    context.add_variable_from_value("sectors", to_cel(&facts.world.sectors));
    let settings = facts.world.env.iter().map(|(name, value)| (&**name, to_cel(value)));
    context.add_variable_from_value("env", map(settings));
    let world = Arc::clone(facts.world);
    let entity_of =
        move |id: Arc<String>| to_cel(world.by_id.get(id.as_str()).unwrap_or(&world.no_entity));
    let world = Arc::clone(facts.world);
    let has_entity = move |id: Arc<String>| world.by_id.contains_key(id.as_str());
    let added = context
        .add_function("entity_of", entity_of)
        .and_then(|()| context.add_function("has_entity", has_entity));
    added.map_err(|error| error.to_string())?;
    let found = Cel::resolve(&tree, &context);
    found.map_err(|error: ExecutionError| error.to_string()).and_then(from_cel)
}

fn text_of(text: &str) -> Cel {
    Cel::String(Arc::new(text.to_owned()))
}

fn map<'a>(fields: impl IntoIterator<Item = (&'a str, Cel)>) -> Cel {
    let fields: HashMap<String, Cel> =
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    fields.into()
}

fn to_cel(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(flag) => Cel::Bool(*flag),
        Value::Int(number) => Cel::Int(*number),
        Value::Text(written) => text_of(written),
        Value::List(items) => items.iter().map(to_cel).collect::<Vec<_>>().into(),
        Value::Map(fields) => map(fields.iter().map(|(name, value)| (&**name, to_cel(value)))),
    }
}

fn from_cel(value: Cel) -> Result<Value, String> {
    match value {
        Cel::Null => Ok(Value::Null),
        Cel::Bool(flag) => Ok(Value::Bool(flag)),
        Cel::Int(number) => Ok(Value::Int(number)),
        Cel::String(text) => Ok(text.as_str().into()),
        Cel::List(items) => {
            let items: Result<Vec<Value>, String> = items.iter().cloned().map(from_cel).collect();
            items.map(|items| Value::List(items.into()))
        }
        Cel::Map(fields) => {
            let fields: BTreeMap<_, _> = fields.map.iter().collect();
            let field = |(name, value): (&CelKey, &Cel)| {
                let CelKey::String(name) = name else { return Err("a name".to_owned()) };
                Ok((Arc::from(name.as_str()), from_cel(value.clone())?))
            };
            let fields: Result<Fields, String> = fields.into_iter().map(field).collect();
            fields.map(Value::from)
        }
        Cel::Function(..)
        | Cel::UInt(_)
        | Cel::Float(_)
        | Cel::Bytes(_)
        | Cel::Opaque(_)
        | Cel::Struct(_) => Err("a value that flows do not have".to_owned()),
    }
}

pub(super) fn scope() -> Scope {
    let kinds = |kinds: &[(&str, Kind)]| {
        kinds.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone())).collect()
    };
    Scope {
        variables: kinds(&[
            ("count", Kind::Int),
            ("done", Kind::Bool),
            ("empty", Kind::Text),
            ("lang", Kind::Text),
            ("list", Kind::list(Kind::Any)),
        ]),
        inputs: kinds(&[("who", Kind::Text)]),
        env: ["desk".to_owned()].into(),
        entities: ["power".to_owned(), "water".to_owned()].into(),
        calendars: BTreeSet::new(),
        item: None,
    }
}

pub(super) fn with_facts<T>(ask: impl FnOnce(&Facts<'_>) -> T) -> T {
    let settings = BTreeMap::from([("desk".to_owned(), "front".to_owned())]);
    let record = Value::from(Fields::from_iter([("a".into(), 1.into())]));
    ask(&Facts {
        world: &Arc::new(World::new(Arc::new(bundle()), &settings)),
        variables: &[
            3.into(),
            true.into(),
            "".into(),
            "ar".into(),
            Value::List([2.into(), "b".into(), record].into()),
        ],
        inputs: &["anna".into()],
        call: &CallFacts { from: "+971".into(), ..CallFacts::default() },
        queue: &QueueFacts::default(),
        wait_s: 12,
        item: None,
        now: Wall(60_000),
    })
}

fn bundle() -> Bundle {
    let name = |text: &str| Name {
        texts: Language::ALL.map(|language| (language, text.into())).into(),
        suffix: text.into(),
    };
    let entity = |id: &str, key| Entity {
        id: id.into(),
        name: name(id),
        key,
        sector: "utilities".into(),
        calendar: "office".into(),
        queue: "care".into(),
        service_level: None,
        departments: Vec::new(),
    };
    let entities = [entity("power", Key::from_event(1)), entity("water", None)];
    let sector = Sector { id: "utilities".into(), name: name("utilities"), key: None };
    Bundle {
        id: "small".into(),
        hash: "".into(),
        languages: Vec::new(),
        numbers: BTreeMap::new(),
        flows: Vec::new(),
        events: Events::default(),
        entities: entities.map(|entity| (entity.id.clone(), entity)).into(),
        sectors: BTreeMap::from([("utilities".into(), sector)]),
        calendars: BTreeMap::new(),
        queues: BTreeMap::new(),
        skills: BTreeMap::new(),
        prompts: BTreeMap::new(),
        texts: BTreeMap::new(),
        terms: BTreeMap::new(),
        units: BTreeMap::new(),
        env: BTreeMap::from([("desk".into(), Setting { default: Some("back".into()), line: 1 })]),
    }
}
