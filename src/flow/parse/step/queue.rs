//! `queue`: `{queue, class, need, prefer, wait_flow, max_wait, case}`; and `leave_queue`.

use std::sync::Arc;
use std::time::Duration;

use crate::base::limit::{NEED_ITEMS_MAX, NEED_STEPS_MAX};
use crate::flow::diagnostic::Code;
use crate::flow::expression::{Kind, Template, Value};
use crate::flow::model::{
    CaseOpening, FlowIndex, Leave, NeedItem, NeedStep, Prefer, Queue, Role, Source, Variable,
};
use crate::flow::parse::Fields;
use crate::flow::parse::node::Site;
use crate::flow::parse::step::case;
use crate::flow::yaml::{Form, Yaml};

/// The class of callers that nothing sets apart.
const CLASS: i64 = 2;
const CLASS_LAST: i64 = 3;

pub(super) fn read(site: &Site<'_>, fields: &Fields<'_>) -> Option<Queue> {
    let page = site.page;
    if site.flow.role == Role::Wait {
        let note = "whoever hears this flow waits in a queue already";
        site.misplaced(fields, "no `queue` in a wait flow", note);
    }
    let queue = fields.required("queue").and_then(|yaml| {
        site.reference(yaml, &site.names.queues, Code::UnknownQueue, "a queue of this bundle")
    });
    let class = match fields.optional("class") {
        Some(yaml) => class(site, yaml),
        None => Some(Source::Fixed(Value::Int(CLASS))),
    };
    let need = fields.required("need").and_then(|yaml| need(site, yaml));
    let prefer = match fields.optional("prefer") {
        Some(yaml) => prefer(site, yaml).map(Some),
        None => Some(None),
    };
    let wait_flow = match fields.optional("wait_flow") {
        Some(yaml) => wait_flow(site, yaml).map(Some),
        None => Some(None),
    };
    let case = match fields.optional("case") {
        Some(yaml) => opening(site, yaml).map(Some),
        None => Some(None),
    };
    let max_yaml = fields.required("max_wait");
    let max_wait = max_yaml.and_then(|yaml| page.some_time(yaml));
    if let (Some(max), Some(yaml), Some(last)) =
        (max_wait, max_yaml, need.as_ref().and_then(|need| need.last()))
        && max <= last.after
    {
        let wanted = format!("a time beyond the last step's, {}s", last.after.as_secs());
        page.wrong(Code::WrongOrder, yaml, wanted);
    }
    Some(Queue {
        queue: queue?,
        class: class?,
        need: need?,
        prefer: prefer?,
        wait_flow: wait_flow?,
        max_wait: max_wait?,
        case: case?,
    })
}

/// `case: {open: true, …}`
fn opening(site: &Site<'_>, yaml: &Yaml) -> Option<CaseOpening> {
    let fields = Fields::of(site.page, yaml, "a map such as {open: true, entity: power}")?;
    let open_yaml = fields.required("open");
    let open = open_yaml.and_then(|yaml| site.page.flag(yaml));
    if let (Some(false), Some(yaml)) = (open, open_yaml) {
        site.page.wrong(Code::WrongValue, yaml, "`open: true`, or no `case` at all");
    }
    let opening = case::opening(site, &fields);
    fields.finish();
    open?;
    opening
}

/// `leave_queue`: `{take: exit}` or `{take: callback, number}`. The queue node's `queue.exit` or
/// `queue.callback` says where the call goes on.
pub(super) fn leave(site: &Site<'_>, fields: &Fields<'_>) -> Option<Leave> {
    if site.flow.role == Role::Main {
        let note = "only a flow that some queue names as its `wait_flow` can leave it";
        site.misplaced(fields, "`leave_queue` in a wait flow", note);
    }
    let ways = [("exit", Taken::Exit), ("callback", Taken::Callback)];
    let taken = match fields.optional("take") {
        Some(yaml) => site.page.word(yaml, &ways),
        None => Some(Taken::Exit),
    };
    match taken? {
        Taken::Exit => Some(Leave::Exit),
        Taken::Callback => {
            let number = match fields.optional("number") {
                Some(yaml) => site.template(yaml),
                None => site.words_of("${call.from}"),
            };
            Some(Leave::Callback { number: number? })
        }
    }
}

/// What a caller takes instead of waiting.
#[derive(Debug, Clone, Copy)]
enum Taken {
    Exit,
    Callback,
}

pub(super) fn class(site: &Site<'_>, yaml: &Yaml) -> Option<Source> {
    if let Form::Int(_) = yaml.form {
        return site
            .page
            .integer(yaml, 0..=CLASS_LAST)
            .map(|class| Source::Fixed(Value::Int(class)));
    }
    site.shown_expression(yaml, &Kind::Int).map(Source::Computed)
}

fn prefer(site: &Site<'_>, yaml: &Yaml) -> Option<Prefer> {
    let fields = Fields::of(site.page, yaml, "a map such as {agent: \"${vars.agent}\", for: 30s}")?;
    let agent = fields.required("agent").and_then(|yaml| site.template(yaml));
    let window = fields.required("for").and_then(|yaml| site.page.some_time(yaml));
    fields.finish();
    Some(Prefer { agent: agent?, window: window? })
}

fn wait_flow(site: &Site<'_>, yaml: &Yaml) -> Option<FlowIndex> {
    let flow = site.flows.find(site.page, yaml, Code::UnknownFlow, "a flow of this bundle")?;
    let open = flow.inputs.values().find(|input| input.default.is_none());
    if let Some(input) = open {
        let wanted = format!("a flow without required inputs: `{}` has no default", input.name);
        site.page.wrong(Code::WrongPlace, yaml, wanted);
    }
    Some(flow.index)
}

pub(super) fn need(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<NeedStep>> {
    let page = site.page;
    let items = page.list(yaml, "a list of steps such as {after: 0s, all: [\"lang.ar >= 3\"]}")?;
    if items.is_empty() || items.len() > NEED_STEPS_MAX {
        page.wrong(Code::WrongValue, yaml, format!("1 to {NEED_STEPS_MAX} steps"));
        return None;
    }
    let mut steps: Vec<NeedStep> = Vec::new();
    let told = page.ledger.len();
    for item in items {
        let Some(fields) = Fields::of(page, item, "a step with after and all") else { continue };
        let after_yaml = fields.required("after");
        let after = after_yaml.and_then(|yaml| page.duration(yaml));
        let all = fields.required("all").and_then(|yaml| skills(site, yaml));
        let any = match fields.optional("any") {
            Some(yaml) => skills(site, yaml),
            None => Some(Vec::new()),
        };
        fields.finish();
        let (Some(after), Some(all), Some(any), Some(yaml)) = (after, all, any, after_yaml) else {
            continue;
        };
        in_order(site, yaml, after, steps.last());
        // A skill that does not exist asks for nothing.
        if page.ledger.len() == told {
            wider(site, item, &all, &any, steps.last());
        }
        if all.len() + any.len() > NEED_ITEMS_MAX {
            page.wrong(
                Code::WrongValue,
                item,
                format!("at most {NEED_ITEMS_MAX} skills in a step"),
            );
        }
        steps.push(NeedStep { after, all, any });
    }
    (steps.len() == items.len()).then_some(steps)
}

fn in_order(site: &Site<'_>, yaml: &Yaml, after: Duration, before: Option<&NeedStep>) {
    match before {
        None if !after.is_zero() => {
            site.page.wrong(Code::WrongOrder, yaml, "`0s` for the first step");
        }
        Some(before) if after <= before.after => {
            let wanted = format!("a time beyond the step before, {}s", before.after.as_secs());
            site.page.wrong(Code::WrongOrder, yaml, wanted);
        }
        None | Some(_) => {}
    }
}

/// Who may take the caller grows with the wait: whoever could at one step still can at the next.
fn wider(
    site: &Site<'_>,
    yaml: &Yaml,
    all: &[NeedItem],
    any: &[NeedItem],
    before: Option<&NeedStep>,
) {
    let Some(before) = before else { return };
    let among = |items: &[NeedItem], wanted: &NeedItem| {
        items
            .iter()
            .any(|item| item.skill.text() == wanted.skill.text() && item.level >= wanted.level)
    };
    let narrow = all.iter().find(|item| !among(&before.all, item)).or_else(|| {
        let had = any.iter().any(|item| among(&before.all, item))
            || !before.any.is_empty()
                && before.any.iter().all(|item| {
                    let same = |wanted: &NeedItem| among(std::slice::from_ref(item), wanted);
                    any.iter().any(same)
                });
        any.first().filter(|_| !had)
    });
    if let Some(item) = narrow {
        let wanted =
            format!("a step that asks for no more than the one at {}s", before.after.as_secs());
        site.page.add(
            site.page
                .fault(Code::StricterStep, yaml.place, wanted)
                .found(&*item.text)
                .note("whoever waits longer should find more agents, not fewer"),
        );
    }
}

fn skills(site: &Site<'_>, yaml: &Yaml) -> Option<Vec<NeedItem>> {
    let items = site.page.list(yaml, "a list of skills such as \"lang.ar >= 3\"")?;
    let read: Vec<Option<NeedItem>> = items.iter().map(|item| skill(site, item)).collect();
    read.into_iter().collect()
}

fn skill(site: &Site<'_>, yaml: &Yaml) -> Option<NeedItem> {
    let page = site.page;
    let text = page.text(yaml)?;
    // A slot may hold a comparison of its own, so the last one counts.
    let split = text.rsplit_once(">=").and_then(|(skill, level)| {
        let level = level.trim().parse::<u8>().ok().filter(|level| (1..=5).contains(level))?;
        Some((skill.trim(), level))
    });
    let Some((skill, level)) = split else {
        page.wrong(Code::WrongValue, yaml, "a skill and a level of 1 to 5, such as `lang.ar >= 3`");
        return None;
    };
    let template = site.template_part(yaml, text, skill)?;
    exists(site, yaml, skill, &template);
    Some(NeedItem { skill: template, level, text: Arc::clone(text) })
}

/// Every skill that the name can become must exist; where that is not known, one of them.
fn exists(site: &Site<'_>, yaml: &Yaml, skill: &str, template: &Template) {
    let known = &site.names.skills;
    if !known.is_whole() {
        return;
    }
    let missing = |name: &str| {
        site.page.add(
            site.page
                .fault(Code::UnknownSkill, yaml.place, "a skill of this bundle")
                .found(name)
                .near(known.ids()),
        );
    };
    let pieces: Vec<Option<&str>> = template.pieces().collect();
    let (before, after) = match pieces.as_slice() {
        [] | [Some(_)] => {
            if known.get(skill).is_none() {
                missing(skill);
            }
            return;
        }
        [Some(before), None] => (*before, ""),
        [None, Some(after)] => ("", *after),
        [Some(before), None, Some(after)] => (*before, *after),
        [_, ..] => return,
    };
    match only_variable(site, template).filter(|variable| !variable.options.is_empty()) {
        Some(variable) => {
            for option in variable.options.iter().filter(|option| !option.is_empty()) {
                let name = format!("{before}{option}{after}");
                if known.get(&name).is_none() {
                    missing(&name);
                }
            }
        }
        None if !known.ids().any(|id| id.starts_with(before) && id.ends_with(after)) => {
            missing(skill);
        }
        None => {}
    }
}

/// The variable or input that a name's only slot is, when it is nothing more.
fn only_variable<'a>(site: &Site<'a>, template: &Template) -> Option<&'a Variable> {
    let text = template.text();
    let start = text.find("${")?;
    let inside = text.get(start + 2..)?.split_once('}')?.0.trim();
    match inside.split_once('.')? {
        ("vars", name) => site.flow.variables.get(name),
        ("inputs", name) => site.flow.inputs.get(name),
        _ => None,
    }
}
