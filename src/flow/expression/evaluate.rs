//! Asking an expression during a call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use cel::objects::Key as CelKey;
use cel::{Context, ExecutionError, Value as Cel};

use crate::base::limit::{FLOW_LIST_MAX, FLOW_TEXT_MAX};
use crate::base::time::Wall;
use crate::flow::expression::world::{map, text};
use crate::flow::expression::{Expression, Value, World, opening};
use crate::flow::hours::timestamp;
use crate::flow::model::Calendar;

/// All that an expression can ask about one call at one moment.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// What the bundle knows.
    pub world: &'a Arc<World>,
    /// The flow's variables.
    pub variables: &'a BTreeMap<Arc<str>, Value>,
    /// What its caller handed in.
    pub inputs: &'a BTreeMap<Arc<str>, Value>,
    /// Who calls.
    pub call: &'a CallFacts,
    /// The wait, and the talk after it.
    pub queue: &'a QueueFacts,
    /// The element of the list, inside a `choices_from`.
    pub item: Option<&'a Value>,
    /// What the wall clock shows.
    pub now: Wall,
}

/// `call.…`
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallFacts {
    /// The caller's number.
    pub from: Arc<str>,
    /// The dialled number.
    pub to: Arc<str>,
    /// Where the call came in.
    pub trunk: Arc<str>,
    /// The tag of the language that is spoken.
    pub language: Arc<str>,
    /// The call's id.
    pub id: Arc<str>,
    /// The number of its case; empty while it has none.
    pub case: Arc<str>,
}

/// `queue.…`; zero and empty when there was no queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct QueueFacts {
    /// How many are ahead, plus one.
    pub position: i64,
    /// The wait still expected, in seconds; zero when it cannot be told.
    pub ewt_s: i64,
    /// The wait so far, in seconds.
    pub wait_s: i64,
    /// How long the agent and the caller talked, in seconds.
    pub talk_s: i64,
    /// Who answered.
    pub agent: Arc<str>,
}

/// Why an expression has no value in this call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvaluationFault {
    /// CEL could not compute it.
    #[error("wanted a value, found {0}")]
    Failed(String),
    /// The value is of a kind that flows do not have.
    #[error("wanted a text, number, list or map, found another kind of value")]
    Kind,
    /// The value is a list or a map where a text is due.
    #[error("wanted a text, found a list or a map")]
    NotText,
    /// The value is longer than its limit.
    #[error("wanted a shorter text or list, found one beyond the limit")]
    TooLong,
}

impl Expression {
    /// Its value in one call.
    ///
    /// # Errors
    ///
    /// It divides by zero, asks a list for more than it has, or yields what flows cannot hold.
    pub fn value(&self, facts: &Facts<'_>) -> Result<Value, EvaluationFault> {
        let mut context = Context::with_env(Arc::clone(&facts.world.library));
        for root in &self.uses.roots {
            if let Some(value) = facts.root(root, &self.uses.variables, &self.uses.inputs) {
                context.add_variable_from_value(root.as_str(), value);
            }
        }
        facts.add_functions(&mut context, &self.uses.functions);
        let value = Cel::resolve(&self.tree, &context)
            .map_err(|error| EvaluationFault::Failed(error.to_string()))?;
        from_cel(value)
    }

    /// Whether it is true in one call.
    ///
    /// # Errors
    ///
    /// As [`Self::value`].
    pub fn is_true(&self, facts: &Facts<'_>) -> Result<bool, EvaluationFault> {
        self.value(facts).map(|value| value.is_true())
    }
}

impl Facts<'_> {
    fn root(
        &self,
        name: &str,
        variables: &BTreeSet<String>,
        inputs: &BTreeSet<String>,
    ) -> Option<Cel> {
        let number = Cel::Int;
        match name {
            "vars" => Some(some_of(self.variables, variables)),
            "inputs" => Some(some_of(self.inputs, inputs)),
            "call" => Some(map([
                ("from", text(&self.call.from)),
                ("to", text(&self.call.to)),
                ("trunk", text(&self.call.trunk)),
                ("language", text(&self.call.language)),
                ("id", text(&self.call.id)),
                ("case", text(&self.call.case)),
            ])),
            "queue" => Some(map([
                ("position", number(self.queue.position)),
                ("ewt_s", number(self.queue.ewt_s)),
                ("wait_s", number(self.queue.wait_s)),
                ("talk_s", number(self.queue.talk_s)),
                ("agent", text(&self.queue.agent)),
            ])),
            "entities" => Some(self.world.entities.clone()),
            "sectors" => Some(self.world.sectors.clone()),
            "env" => Some(self.world.env.clone()),
            "now" => Some(self.now_map()),
            "item" => self.item.map(to_cel),
            _ => None,
        }
    }

    /// The wall clock in the zone of the bundle's first calendar; in UTC when it has none.
    fn now_map(&self) -> Cel {
        let zone =
            self.world.bundle().calendars.values().next().map(|calendar| calendar.zone.clone());
        let zone = zone.unwrap_or(jiff::tz::TimeZone::UTC);
        let local = timestamp(self.now).to_zoned(zone);
        map([
            ("date", text(&local.date().to_string())),
            ("time", text(&local.strftime("%H:%M").to_string())),
            ("weekday", text(&local.strftime("%A").to_string().to_lowercase())),
            ("hour", Cel::Int(i64::from(local.hour()))),
            ("minute", Cel::Int(i64::from(local.minute()))),
            ("unix_s", Cel::Int(local.timestamp().as_second())),
        ])
    }

    fn add_functions(&self, context: &mut Context<'_, '_>, wanted: &BTreeSet<&'static str>) {
        for name in wanted {
            let world = Arc::clone(self.world);
            let now = self.now;
            let added = match *name {
                "entity_of" => context.add_function(name, move |id: Arc<String>| {
                    world.by_id.get(id.as_str()).cloned().unwrap_or_else(World::no_entity)
                }),
                "has_entity" => context.add_function(name, move |id: Arc<String>| {
                    world.by_id.contains_key(id.as_str())
                }),
                "open_now" => {
                    context.add_function(name, move |id: Arc<String>| is_open(&world, &id, now))
                }
                "next_opening" => context.add_function(name, move |id: Arc<String>| {
                    let calendar = calendar(&world, "next_opening", &id)?;
                    Ok(to_cel(&opening::next(calendar, now)))
                }),
                _ => Ok(()),
            };
            debug_assert!(added.is_ok(), "no standard function has the name of one of ours");
        }
    }
}

fn is_open(world: &World, calendar: &str, now: Wall) -> Result<bool, ExecutionError> {
    self::calendar(world, "open_now", calendar).map(|calendar| calendar.at(now).is_open())
}

fn calendar<'a>(
    world: &'a World,
    function: &str,
    id: &str,
) -> Result<&'a Calendar, ExecutionError> {
    let missing = || ExecutionError::function_error(function, "no such calendar");
    world.bundle().calendars.get(id).ok_or_else(missing)
}

fn some_of(values: &BTreeMap<Arc<str>, Value>, names: &BTreeSet<String>) -> Cel {
    let known = names
        .iter()
        .filter_map(|name| values.get(name.as_str()).map(|value| (name.as_str(), to_cel(value))));
    map(known)
}

fn to_cel(value: &Value) -> Cel {
    match value {
        Value::Null => Cel::Null,
        Value::Bool(flag) => Cel::Bool(*flag),
        Value::Int(number) => Cel::Int(*number),
        Value::Text(written) => text(written),
        Value::List(items) => items.iter().map(to_cel).collect::<Vec<_>>().into(),
        Value::Map(fields) => map(fields.iter().map(|(name, value)| (&**name, to_cel(value)))),
    }
}

fn from_cel(value: Cel) -> Result<Value, EvaluationFault> {
    match value {
        Cel::Null => Ok(Value::Null),
        Cel::Bool(flag) => Ok(Value::Bool(flag)),
        Cel::Int(number) => Ok(Value::Int(number)),
        Cel::UInt(number) => {
            i64::try_from(number).map(Value::Int).map_err(|_| EvaluationFault::Kind)
        }
        Cel::String(written) => {
            if written.chars().count() > FLOW_TEXT_MAX {
                return Err(EvaluationFault::TooLong);
            }
            Ok(Value::Text(written.as_str().into()))
        }
        Cel::List(items) => {
            if items.len() > FLOW_LIST_MAX {
                return Err(EvaluationFault::TooLong);
            }
            let items: Result<Vec<_>, _> = items.iter().cloned().map(from_cel).collect();
            items.map(|items| Value::List(items.into()))
        }
        Cel::Map(fields) => {
            let mut sorted = BTreeMap::new();
            // Into a sorted map, so the order of this walk is never seen.
            let fields: BTreeMap<_, _> = fields.map.iter().collect();
            for (name, value) in fields {
                let CelKey::String(name) = name else { return Err(EvaluationFault::Kind) };
                sorted.insert(Arc::from(name.as_str()), from_cel(value.clone())?);
            }
            Ok(Value::Map(Arc::new(sorted)))
        }
        Cel::Float(_) | Cel::Bytes(_) | Cel::Function(_, _) | Cel::Opaque(_) | Cel::Struct(_) => {
            Err(EvaluationFault::Kind)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::expression::{Kind, Scope, Template};
    use crate::flow::model::{Bundle, Events};

    #[test]
    fn an_expression_has_a_value_in_a_call() {
        check("vars.count * 2 + 1", Ok(Value::Int(7)));
        check("vars.lang + '-' + call.from", Ok("ar-+971".into()));
        check("queue.wait_s > 10 && !(vars.lang in ['en'])", Ok(true.into()));
        check("env.desk", Ok("front".into()));
        check("entities.filter(e, true)", Ok(Value::List([].into())));
        check("has_entity('power') || entity_of('power').id != ''", Ok(false.into()));
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
            assert!(matches!(fault, Err(EvaluationFault::Failed(_))), "{text}: {fault:?}");
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

    fn scope() -> Scope {
        let texts =
            |names: &[&str]| names.iter().map(|&name| (name.to_owned(), Kind::Text)).collect();
        let mut variables: BTreeMap<String, Kind> = texts(&["lang", "empty"]);
        variables.insert("count".to_owned(), Kind::Int);
        Scope {
            variables,
            inputs: texts(&["who"]),
            env: ["desk".to_owned()].into(),
            entities: ["power".to_owned()].into(),
            ..Scope::default()
        }
    }

    fn with_facts<T>(ask: impl FnOnce(&Facts<'_>) -> T) -> T {
        let bundle = Bundle {
            id: "empty".into(),
            hash: "".into(),
            languages: Vec::new(),
            numbers: BTreeMap::new(),
            flows: Vec::new(),
            events: Events::default(),
            entities: BTreeMap::new(),
            sectors: BTreeMap::new(),
            calendars: BTreeMap::new(),
            queues: BTreeMap::new(),
            skills: BTreeMap::new(),
            prompts: BTreeMap::new(),
            texts: BTreeMap::new(),
            terms: BTreeMap::new(),
            units: BTreeMap::new(),
            env: BTreeMap::from([("desk".into(), Some("back".into()))]),
        };
        let settings = BTreeMap::from([("desk".to_owned(), "front".to_owned())]);
        ask(&Facts {
            world: &Arc::new(World::new(Arc::new(bundle), &settings)),
            variables: &BTreeMap::from([
                ("lang".into(), "ar".into()),
                ("empty".into(), "".into()),
                ("count".into(), 3.into()),
            ]),
            inputs: &BTreeMap::from([("who".into(), "anna".into())]),
            call: &CallFacts { from: "+971".into(), ..CallFacts::default() },
            queue: &QueueFacts { wait_s: 12, ..QueueFacts::default() },
            item: None,
            now: Wall(60_000),
        })
    }
}
