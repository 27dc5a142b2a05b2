//! `tests/*.test.yaml`: calls with what they must hear and do.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::base::key::Key;
use crate::base::limit::{TRIAL_STEPS_MAX, TRIAL_TESTS_MAX};
use crate::base::nearest::nearest;
use crate::base::time::Wall;
use crate::flow::diagnostic::{Code, Place};
use crate::flow::model::{Bundle, FlowIndex};
use crate::flow::parse::{Fields, Page};
use crate::flow::run::Overflow;
use crate::flow::trial::mock::{self, Mocks};
use crate::flow::trial::sent::{self, Sent};
use crate::flow::yaml::{Form, Yaml};

/// The caller's number when the file names none.
const FROM: &str = "+971500000000";

/// One file of tests.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) file: String,
    pub(super) flow: FlowIndex,
    pub(super) clock: Wall,
    pub(super) from: Arc<str>,
    pub(super) tests: Vec<Test>,
    pub(super) coverage: Wanted,
    pub(super) mocks: Mocks,
    /// The settings of the installation, as the tests have them.
    pub(super) env: BTreeMap<String, String>,
}

/// How many of a hundred must be seen, where the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Wanted {
    pub(super) nodes: Option<u8>,
    pub(super) outcomes: Option<u8>,
}

/// One call.
#[derive(Debug)]
pub(super) struct Test {
    pub(super) name: Arc<str>,
    pub(super) place: Place,
    pub(super) clock: Option<Wall>,
    pub(super) from: Option<Arc<str>>,
    pub(super) steps: Vec<(Place, Vec<Act>)>,
    pub(super) mocks: Mocks,
}

/// One thing that a step does or wants, in the order in which they count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Act {
    /// `wait`, `silence`: time passes.
    Wait(Duration),
    /// `place`: the queue tells where the caller stands.
    Place { position: u32, expected: Option<Duration> },
    /// `hears`: the next prompt.
    Hears(Arc<str>),
    /// `says`: part of its text.
    Says(Arc<str>),
    /// `queued`: the caller waits here.
    Queued { queue: Arc<str>, class: Option<u32>, entity: Option<Arc<str>> },
    /// `need`: whom the caller needs by then.
    Need(Vec<Arc<str>>),
    /// `press`, `keys`.
    Press(Vec<Key>),
    /// `answered_for`: an agent answers, and lets go after this.
    AnsweredFor(Duration),
    /// `overflow`: the wait ends without an agent.
    Overflow(Overflow),
    /// `vars`: what variables hold.
    Variables(BTreeMap<Arc<str>, Arc<str>>),
    /// `http`, `case`, `message` and the others: what the flow sent out for.
    Sends(Sent),
    /// `tag`: a milestone that was passed.
    Tag(Arc<str>),
    /// `hangs_up`: the caller leaves.
    HangsUp,
    /// `ends`: we hang up.
    Ends(Option<Arc<str>>),
}

/// Reads one file; what is wrong with it goes to the page's ledger.
pub(super) fn read(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<Script> {
    let fields = Fields::of(page, yaml, "a map that begins with apiVersion and kind")?;
    for (field, wanted) in [("apiVersion", "ivr/v1"), ("kind", "Tests")] {
        if let Some(yaml) = fields.required(field)
            && yaml.as_text().is_none_or(|text| &**text != wanted)
        {
            page.wrong(Code::WrongKind, yaml, format!("`{wanted}`"));
        }
    }
    let flow = fields.required("flow").and_then(|yaml| flow(page, yaml, bundle));
    let clock = fields.required("clock").and_then(|yaml| clock(page, yaml));
    let from = fields.optional("from").and_then(|yaml| page.text(yaml)).cloned();
    let coverage = match fields.optional("coverage") {
        Some(yaml) => coverage(page, yaml),
        None => Some(Wanted::default()),
    };
    let mocks = mocks(page, &fields);
    let env = match fields.optional("env") {
        Some(yaml) => env(page, yaml, bundle),
        None => Some(BTreeMap::new()),
    };
    let tests = fields.required("tests").and_then(|yaml| tests(page, yaml, bundle));
    fields.finish();
    Some(Script {
        file: page.file.to_owned(),
        flow: flow?,
        clock: clock?,
        from: from.unwrap_or_else(|| FROM.into()),
        tests: tests?,
        coverage: coverage?,
        mocks: mocks?,
        env: env?,
    })
}

fn flow(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<FlowIndex> {
    let id = page.text(yaml)?;
    let index = bundle.flow_named(id);
    if index.is_none() {
        let fault = page.fault(Code::UnknownFlow, yaml.place, "a flow of this bundle").found(&**id);
        page.add(fault.near(bundle.flows.iter().map(|flow| &*flow.id)));
    }
    index
}

fn clock(page: Page<'_>, yaml: &Yaml) -> Option<Wall> {
    let time = yaml.as_text().and_then(|text| text.parse::<Timestamp>().ok());
    if time.is_none() {
        page.wrong(Code::WrongValue, yaml, "a time such as \"2026-09-20T09:00:00+04:00\"");
    }
    time.map(|time| Wall(time.as_millisecond()))
}

fn coverage(page: Page<'_>, yaml: &Yaml) -> Option<Wanted> {
    let fields = Fields::of(page, yaml, "a map such as {nodes: 90, outcomes: 80}")?;
    let percent = |name| {
        let number = fields.optional(name).and_then(|yaml| page.integer(yaml, 0..=100))?;
        u8::try_from(number).ok()
    };
    let wanted = Wanted { nodes: percent("nodes"), outcomes: percent("outcomes") };
    fields.finish();
    Some(wanted)
}

/// The mocks of a file or a test; none where it names none.
fn mocks(page: Page<'_>, fields: &Fields<'_>) -> Option<Mocks> {
    fields.optional("mocks").map_or_else(|| Some(Mocks::default()), |yaml| mock::read(page, yaml))
}

fn env(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<BTreeMap<String, String>> {
    let mut settings = BTreeMap::new();
    for entry in page.entries(yaml, "a map of settings to values")? {
        let name = &entry.key.text;
        if !bundle.env.contains_key(name) {
            let wanted = "a setting that `env:` of bundle.yaml names";
            let fault = page.fault(Code::UnknownVariable, entry.key.place, wanted);
            page.add(fault.found(&**name).near(bundle.env.keys().map(|name| &**name)));
        }
        settings.insert(name.to_string(), page.text(&entry.value)?.to_string());
    }
    Some(settings)
}

fn tests(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<Vec<Test>> {
    let items = page.list(yaml, "a list of tests")?;
    if items.len() > TRIAL_TESTS_MAX {
        page.wrong(Code::WrongValue, yaml, format!("at most {TRIAL_TESTS_MAX} tests in a file"));
        return None;
    }
    let tests: Vec<Option<Test>> = items.iter().map(|yaml| test(page, yaml, bundle)).collect();
    tests.into_iter().collect()
}

fn test(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<Test> {
    let fields = Fields::of(page, yaml, "a test with name and steps")?;
    let name = fields.required("name").and_then(|yaml| page.words(yaml)).cloned();
    let clock = fields.optional("clock").map(|yaml| clock(page, yaml));
    let from = fields.optional("from").and_then(|yaml| page.text(yaml)).cloned();
    let mocks = mocks(page, &fields);
    let steps = fields.required("steps").and_then(|yaml| {
        let items = page.list(yaml, "a list of steps")?;
        if items.len() > TRIAL_STEPS_MAX {
            page.wrong(Code::WrongValue, yaml, format!("at most {TRIAL_STEPS_MAX} steps"));
            return None;
        }
        let steps: Vec<_> = items.iter().map(|yaml| step(page, yaml, bundle)).collect();
        steps.into_iter().collect::<Option<Vec<_>>>()
    });
    fields.finish();
    let clock = match clock {
        Some(clock) => Some(clock?),
        None => None,
    };
    let (name, steps, mocks) = (name?, steps?, mocks?);
    Some(Test { name, place: yaml.place, clock, from, steps, mocks })
}

fn step(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<(Place, Vec<Act>)> {
    let fields = Fields::of(page, yaml, "a step such as {hears: welcome, press: \"1\"}")?;
    let known = page.ledger.len();
    let mut acts = Vec::new();
    for span in ["wait", "silence"] {
        acts.extend(fields.optional(span).and_then(|yaml| page.duration(yaml)).map(Act::Wait));
    }
    acts.extend(fields.optional("place").and_then(|yaml| place(page, yaml)));
    acts.extend(fields.optional("hears").and_then(|yaml| hears(page, yaml, bundle)));
    acts.extend(fields.optional("says").and_then(|yaml| page.words(yaml)).cloned().map(Act::Says));
    if let Some(yaml) = fields.optional("queued") {
        acts.extend(queued(page, yaml, bundle).unwrap_or_default());
    }
    acts.extend(fields.optional("need").and_then(|yaml| texts(page, yaml)).map(Act::Need));
    for keys in ["press", "keys"] {
        acts.extend(fields.optional(keys).and_then(|yaml| press(page, yaml)));
    }
    let answered = fields.optional("answered_for").and_then(|yaml| page.duration(yaml));
    acts.extend(answered.map(Act::AnsweredFor));
    acts.extend(fields.optional("overflow").and_then(|yaml| overflow(page, yaml)));
    if let Some(yaml) = fields.optional("hangs_up")
        && page.flag(yaml) == Some(true)
    {
        acts.push(Act::HangsUp);
    }
    acts.extend(fields.optional("vars").and_then(|yaml| variables(page, yaml, bundle)));
    acts.extend(sent::read(page, &fields).into_iter().map(Act::Sends));
    acts.extend(fields.optional("tag").and_then(|yaml| page.words(yaml)).cloned().map(Act::Tag));
    acts.extend(fields.optional("ends").and_then(|yaml| ends(page, yaml)));
    fields.finish();
    (page.ledger.len() == known).then_some((yaml.place, acts))
}

fn place(page: Page<'_>, yaml: &Yaml) -> Option<Act> {
    let fields = Fields::of(page, yaml, "a map such as {position: 3, expected: 90s}")?;
    let position = fields.required("position").and_then(|yaml| page.count(yaml, 1..=100_000));
    let expected = fields.optional("expected").and_then(|yaml| page.duration(yaml));
    fields.finish();
    Some(Act::Place { position: position?, expected })
}

fn hears(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<Act> {
    let id = page.text(yaml)?;
    if bundle.prompts.contains_key(id) {
        return Some(Act::Hears(Arc::clone(id)));
    }
    let fault = page.fault(Code::UnknownPrompt, yaml.place, "a prompt of this bundle").found(&**id);
    page.add(fault.near(bundle.prompts.keys().map(|id| &**id)));
    None
}

fn queued(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<Vec<Act>> {
    let fields = Fields::of(page, yaml, "a map such as {queue: citizen_care, need: […]}")?;
    let queue = fields.required("queue").and_then(|yaml| {
        let id = page.text(yaml)?;
        let known = || bundle.queues.keys().map(|id| id.as_str());
        if known().any(|queue| queue == &**id) {
            return Some(Arc::clone(id));
        }
        let fault = page.fault(Code::UnknownQueue, yaml.place, "a queue of this bundle");
        page.add(fault.found(&**id).near(known()));
        None
    });
    let class = fields.optional("class").and_then(|yaml| page.count(yaml, 0..=3));
    let entity = fields.optional("entity").and_then(|yaml| {
        let id = page.text(yaml)?;
        let known = || bundle.entities.keys().map(|id| id.as_str());
        if !id.is_empty() && !known().any(|entity| entity == &**id) {
            let fault = page.fault(Code::UnknownEntity, yaml.place, "an entity of this bundle");
            page.add(fault.found(&**id).near(known()));
        }
        Some(Arc::clone(id))
    });
    let need = fields.optional("need").and_then(|yaml| texts(page, yaml));
    fields.finish();
    let mut acts = vec![Act::Queued { queue: queue?, class, entity }];
    acts.extend(need.map(Act::Need));
    Some(acts)
}

fn texts(page: Page<'_>, yaml: &Yaml) -> Option<Vec<Arc<str>>> {
    let items = page.list(yaml, "a list such as [\"lang.ar >= 3\"]")?;
    items.iter().map(|yaml| page.text(yaml).cloned()).collect()
}

fn press(page: Page<'_>, yaml: &Yaml) -> Option<Act> {
    let text = page.text(yaml)?;
    let keys: Option<Vec<Key>> = text.chars().map(|key| Key::try_from(key).ok()).collect();
    if keys.is_none() {
        page.wrong(Code::WrongValue, yaml, "keys: 0 to 9, * or #");
    }
    keys.map(Act::Press)
}

fn overflow(page: Page<'_>, yaml: &Yaml) -> Option<Act> {
    let words = [
        ("full", Overflow::Full),
        ("closed", Overflow::Closed),
        ("no_agents", Overflow::NoAgents),
        ("timeout", Overflow::Timeout),
    ];
    page.word(yaml, &words).map(Act::Overflow)
}

fn variables(page: Page<'_>, yaml: &Yaml, bundle: &Bundle) -> Option<Act> {
    let entries = page.entries(yaml, "a map such as {lang: en}")?;
    let values = entries.iter().map(|entry| {
        let name = &*entry.key.text;
        let known = || bundle.flows.iter().flat_map(|flow| flow.variables.keys().map(|id| &**id));
        if !known().any(|variable| variable == name) {
            let fault = page.fault(Code::UnknownVariable, entry.key.place, "a variable of a flow");
            page.add(fault.found(name).near(known()));
        }
        let value = match &entry.value.form {
            Form::Null => "".into(),
            Form::Bool(_) | Form::Int(_) => entry.value.describe().into(),
            Form::Text(text) => Arc::clone(text),
            Form::List(_) | Form::Map(_) => {
                page.wrong(Code::WrongType, &entry.value, "a text, a number, true or false");
                return None;
            }
        };
        Some((Arc::clone(&entry.key.text), value))
    });
    values.collect::<Option<BTreeMap<_, _>>>().map(Act::Variables)
}

fn ends(page: Page<'_>, yaml: &Yaml) -> Option<Act> {
    const WORDS: [&str; 5] = ["hangup", "done", "busy", "rejected", "failed"];
    let word = page.text(yaml)?;
    if !WORDS.contains(&&**word) {
        let mut fault = page
            .fault(Code::WrongValue, yaml.place, "`hangup`, `done`, `busy`, `rejected` or `failed`")
            .found(&**word);
        fault.nearest = nearest(word, WORDS).map(str::to_owned);
        page.add(fault);
        return None;
    }
    Some(Act::Ends((&**word != "hangup").then(|| Arc::clone(word))))
}
