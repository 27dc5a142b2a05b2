//! The file of a planned day, read as flows are: every fault with its line and column.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::base::id::{AgentId, EntityId, QueueId, SkillId};
use crate::base::limit::{ROUTING_AGENTS_MAX, ROUTING_SKILLS_MAX};
use crate::flow::diagnostic::{Code, Faults, Ledger};
use crate::flow::yaml::{self, Entry, Form, Yaml};
use crate::flow::{Fields, Page, opened, span_of_day, spans_of_day};
use crate::routing::plan::{Arrivals, Day, Inflow, Presence};
use crate::routing::{Class, Demand, Level, Need, Profile, Step, Terms};

const MINUTE: Duration = Duration::from_secs(60);
const INTERVAL: Duration = Duration::from_secs(15 * 60);
const TARGET: Duration = Duration::from_secs(20);
const SHARE: f64 = 0.8;
const MAX_WAIT: Duration = Duration::from_secs(600);
const WRAP_UP: Duration = Duration::from_secs(30);
const PICKUP: Duration = Duration::from_secs(3);
/// Who lets it ring longer misses the call, and a plan has nobody who does.
const PICKUP_MAX: Duration = Duration::from_secs(30);
const CALLS_MAX: u32 = 1_000_000;

/// A day that was read.
#[derive(Debug)]
pub(super) struct Planned {
    /// What is played.
    pub(super) day: Day,
    /// The name of it.
    pub(super) id: Arc<str>,
}

/// Reads the file of a day.
///
/// # Errors
///
/// Everything that is wrong with it.
pub(super) fn read(file: &str, text: &str) -> Result<Planned, Faults> {
    let ledger = Ledger::default();
    let page = Page { file, ledger: &ledger };
    let planned = yaml::read(file, text, &ledger).and_then(|yaml| day(page, &yaml));
    match planned {
        Some(planned) if ledger.is_empty() => Ok(planned),
        Some(_) | None => {
            let files = BTreeMap::from([(file.to_owned(), text.to_owned())]);
            Err(Faults::new(ledger.into_faults(), &files))
        }
    }
}

fn day(page: Page<'_>, yaml: &Yaml) -> Option<Planned> {
    let fields = opened(page, yaml, "Shift")?;
    let id = fields.required("id").and_then(|yaml| page.id(page.text(yaml)?, yaml.place));
    let interval = match fields.optional("interval") {
        Some(yaml) => interval(page, yaml),
        None => Some(INTERVAL),
    };
    let agents_yaml = fields.required("agents");
    let agents = agents_yaml.map(|yaml| agents(page, yaml));
    let skills: BTreeSet<&str> = agents
        .iter()
        .flatten()
        .flat_map(|agent| agent.profile.skills.keys().map(SkillId::as_str))
        .collect();
    if usize::from(ROUTING_SKILLS_MAX) < skills.len() {
        let yaml = agents_yaml?;
        page.wrong(Code::WrongValue, yaml, format!("at most {ROUTING_SKILLS_MAX} skills"));
    }
    let inflows = fields.required("entities").map(|yaml| inflows(page, yaml, &skills));
    fields.finish();
    let day = Day { inflows: inflows?, agents: agents?, interval: interval? };
    Some(Planned { day, id: id? })
}

fn interval(page: Page<'_>, yaml: &Yaml) -> Option<Duration> {
    let span = page.some_time(yaml)?;
    if span.subsec_nanos() != 0 || !span.as_secs().is_multiple_of(MINUTE.as_secs()) {
        page.wrong(Code::WrongValue, yaml, "whole minutes, such as 15m");
        return None;
    }
    Some(span)
}

fn inflows(page: Page<'_>, yaml: &Yaml, skills: &BTreeSet<&str>) -> Vec<Inflow> {
    let entries = page.entries(yaml, "a map of entities with their calls").unwrap_or_default();
    entries.iter().filter_map(|entry| inflow(page, entry, skills)).collect()
}

fn inflow(page: Page<'_>, entry: &Entry, skills: &BTreeSet<&str>) -> Option<Inflow> {
    let id = page.id(&entry.key.text, entry.key.place);
    let fields = Fields::of(page, &entry.value, "an entity with talk, need and arrivals")?
        .named_at(entry.key.place);
    let span = |name, default| match fields.optional(name) {
        Some(yaml) => page.some_time(yaml),
        None => Some(default),
    };
    let queue = match fields.optional("queue") {
        Some(yaml) => page.id(page.text(yaml)?, yaml.place),
        None => id.clone(),
    };
    let class = match fields.optional("class") {
        Some(yaml) => {
            page.integer(yaml, 0..=3).and_then(|class| Class::new(class.try_into().ok()?))
        }
        None => Some(Class::default()),
    };
    let need = fields.required("need").and_then(|yaml| need(page, yaml, skills));
    let talk = fields.required("talk").and_then(|yaml| page.some_time(yaml));
    let wrap_up = fields.optional("wrap_up").map_or(Some(WRAP_UP), |yaml| page.duration(yaml));
    let patience = match fields.optional("patience") {
        Some(yaml) => page.some_time(yaml).map(Some),
        None => Some(None),
    };
    let target_wait = span("target_wait", TARGET);
    let max_wait = span("max_wait", MAX_WAIT);
    let last = need.as_ref().and_then(|need| need.steps().last()).map(|step| step.after);
    if let (Some(last), Some(longest)) = (last, max_wait)
        && longest <= last
    {
        let wanted = format!("a time beyond the last step, {}s", last.as_secs());
        page.add(page.fault(Code::WrongOrder, fields.place_of("max_wait"), wanted));
    }
    let level = match fields.optional("service_level") {
        Some(yaml) => service_level(page, yaml),
        None => target_wait.map(|target| (target, SHARE)),
    };
    let arrivals = fields.required("arrivals").and_then(|yaml| arrivals(page, yaml));
    fields.finish();
    let (within, share) = level?;
    Some(Inflow {
        entity: EntityId::from(&*id?),
        queue: QueueId::from(&*queue?),
        class: class?,
        need: need?,
        target_wait: target_wait?,
        max_wait: max_wait?,
        within,
        share,
        talk: talk?,
        wrap_up: wrap_up?,
        patience: patience?,
        arrivals: arrivals?,
    })
}

fn service_level(page: Page<'_>, yaml: &Yaml) -> Option<(Duration, f64)> {
    let fields = Fields::of(page, yaml, "a map such as {within: 20s, percent: 80}")?;
    let within = fields.required("within").and_then(|yaml| page.some_time(yaml));
    let percent = fields.required("percent").and_then(|yaml| page.count(yaml, 1..=100));
    fields.finish();
    Some((within?, f64::from(percent?) / 100.0))
}

fn need(page: Page<'_>, yaml: &Yaml, skills: &BTreeSet<&str>) -> Option<Need> {
    let wanted = "a list of steps such as {after: 0s, all: [\"lang.ar >= 3\"]}";
    let mut steps = Vec::new();
    let items = page.list(yaml, wanted)?;
    for item in items {
        let fields = Fields::of(page, item, "a step with after and all")?;
        let after = fields.required("after").and_then(|yaml| page.duration(yaml));
        let all = fields.required("all").and_then(|yaml| demands(page, yaml, skills));
        let any = match fields.optional("any") {
            Some(yaml) => demands(page, yaml, skills),
            None => Some(Vec::new()),
        };
        fields.finish();
        steps.push(Step { after: after?, terms: Arc::new(Terms { all: all?, any: any? }) });
    }
    match Need::new(steps) {
        Ok(need) => Some(need),
        Err(fault) => {
            page.wrong(Code::WrongOrder, yaml, fault.to_string());
            None
        }
    }
}

fn demands(page: Page<'_>, yaml: &Yaml, skills: &BTreeSet<&str>) -> Option<Vec<Demand>> {
    let items = page.list(yaml, "a list of skills such as \"lang.ar >= 3\"")?;
    let read: Vec<Option<Demand>> = items.iter().map(|item| demand(page, item, skills)).collect();
    read.into_iter().collect()
}

fn demand(page: Page<'_>, yaml: &Yaml, skills: &BTreeSet<&str>) -> Option<Demand> {
    let text = page.text(yaml)?;
    let split = text.split_once(">=").and_then(|(skill, level)| {
        let level = level.trim().parse().ok().and_then(Level::new)?;
        Some((skill.trim(), level))
    });
    let Some((skill, level)) = split else {
        page.wrong(Code::WrongValue, yaml, "a skill and a level of 1 to 5, such as `lang.ar >= 3`");
        return None;
    };
    if !skills.contains(skill) {
        let fault =
            page.fault(Code::UnknownSkill, yaml.place, "a skill that one of the agents has");
        page.add(fault.found(skill).near(skills.iter().copied()));
        return None;
    }
    Some(Demand { skill: SkillId::from(skill), level })
}

/// Hours with the calls that come in them, or with a list of calls for equal parts of them.
fn arrivals(page: Page<'_>, yaml: &Yaml) -> Option<Vec<Arrivals>> {
    let wanted = "a map of hours to calls, such as {\"08:00-10:00\": 60}";
    let mut arrivals: Vec<Arrivals> = Vec::new();
    for entry in page.entries(yaml, wanted)? {
        let Some(hours) = span_of_day(&entry.key.text) else {
            let fault = page.fault(Code::WrongValue, entry.key.place, "hours such as 08:00-10:00");
            page.add(fault.found(&*entry.key.text));
            continue;
        };
        let (from, to) = (MINUTE * u32::from(hours.from), MINUTE * u32::from(hours.to));
        if arrivals.last().is_some_and(|last| from < last.to) {
            let wanted = "hours that begin after the ones before have ended";
            let fault = page.fault(Code::WrongOrder, entry.key.place, wanted);
            page.add(fault.found(&*entry.key.text));
        }
        match &entry.value.form {
            Form::List(items) => parts(page, &entry.value, items, (from, to), &mut arrivals),
            Form::Null | Form::Bool(_) | Form::Int(_) | Form::Text(_) | Form::Map(_) => {
                let calls = page.count(&entry.value, 0..=CALLS_MAX)?;
                arrivals.push(Arrivals { from, to, calls: f64::from(calls) });
            }
        }
    }
    Some(arrivals)
}

fn parts(
    page: Page<'_>,
    yaml: &Yaml,
    items: &[Yaml],
    (from, to): (Duration, Duration),
    arrivals: &mut Vec<Arrivals>,
) {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    // A part lasts a minute at least.
    let most = (to - from).as_secs() / MINUTE.as_secs();
    if count == 0 || most < u64::from(count) {
        page.wrong(Code::WrongValue, yaml, format!("1 to {most} numbers of calls"));
        return;
    }
    let part = (to - from) / count;
    for (number, item) in (0_u32..).zip(items) {
        let Some(calls) = page.count(item, 0..=CALLS_MAX) else { continue };
        let from = from + part * number;
        arrivals.push(Arrivals { from, to: from + part, calls: f64::from(calls) });
    }
}

fn agents(page: Page<'_>, yaml: &Yaml) -> Vec<Presence> {
    let mut agents = Vec::new();
    for entry in page.entries(yaml, "a map of agents").unwrap_or_default() {
        let found = people(page, entry).unwrap_or_default();
        if usize::from(ROUTING_AGENTS_MAX) < agents.len() + found.len() {
            let wanted = format!("at most {ROUTING_AGENTS_MAX} agents in all");
            page.add(page.fault(Code::WrongValue, entry.key.place, wanted));
            break;
        }
        let is_taken =
            |agent: &Presence| agents.iter().any(|other: &Presence| other.agent == agent.agent);
        if let Some(taken) = found.iter().find(|agent| is_taken(agent)) {
            let fault =
                page.fault(Code::DuplicateId, entry.key.place, "agents with names of their own");
            page.add(fault.found(taken.agent.as_str()));
        }
        agents.extend(found);
    }
    agents
}

/// One agent, or several who are alike.
fn people(page: Page<'_>, entry: &Entry) -> Option<Vec<Presence>> {
    let name = page.id(&entry.key.text, entry.key.place);
    let fields =
        Fields::of(page, &entry.value, "agents with skills and shifts")?.named_at(entry.key.place);
    let count = match fields.optional("count") {
        Some(yaml) => page.count(yaml, 1..=u32::from(ROUTING_AGENTS_MAX)),
        None => Some(1),
    };
    let skills = fields.required("skills").and_then(|yaml| profile(page, yaml));
    let shifts = fields.required("shifts").and_then(|yaml| spans_of_day(page, yaml));
    let pickup = match fields.optional("pickup") {
        Some(yaml) => pickup(page, yaml),
        None => Some(PICKUP),
    };
    fields.finish();
    let (name, skills, shifts) = (name?, skills?, shifts?);
    let shifts: Vec<(Duration, Duration)> = shifts
        .iter()
        .map(|hours| (MINUTE * u32::from(hours.from), MINUTE * u32::from(hours.to)))
        .collect();
    let (count, pickup) = (count?, pickup?);
    let one = |number: u32| {
        let id = if count == 1 { name.to_string() } else { format!("{name}-{number}") };
        let profile = Profile { skills: skills.clone(), home: String::new() };
        Presence { agent: AgentId::from(&*id), profile, shifts: shifts.clone(), pickup }
    };
    Some((1..=count).map(one).collect())
}

fn pickup(page: Page<'_>, yaml: &Yaml) -> Option<Duration> {
    let span = page.duration(yaml)?;
    if PICKUP_MAX < span {
        page.wrong(Code::WrongValue, yaml, format!("at most {}s", PICKUP_MAX.as_secs()));
        return None;
    }
    Some(span)
}

fn profile(page: Page<'_>, yaml: &Yaml) -> Option<BTreeMap<SkillId, Level>> {
    let mut skills = BTreeMap::new();
    for entry in page.entries(yaml, "a map of skills to levels, such as {lang.ar: 4}")? {
        let level = page.integer(&entry.value, 1..=5)?;
        let level = u8::try_from(level).ok().and_then(Level::new)?;
        skills.insert(SkillId::from(&*entry.key.text), level);
    }
    Some(skills)
}
