//! The facts of a flow and its nodes.

use crate::flow::compare::change::Area;
use crate::flow::compare::fact::{Aspect, Facts, Subject};
use crate::flow::graph::done_in;
use crate::flow::model::{
    Bundle, Collect, Events, Flow, Heard, Menu, NeedStep, Node, Patience, Play, Prompt, Queue,
    Step, Target,
};

/// Writes down a flow.
pub(super) fn flow(facts: &mut Facts, bundle: &Bundle, flow: &Flow) {
    let site = Site { bundle, flow };
    let mut subject = facts.of(Area::Flow, &*flow.id, "flow");
    subject.is("start", format!("`{}`", flow.node(flow.start).id));
    site.events(&mut subject, &flow.events);
    for node in &flow.nodes {
        let name = format!("{}/{}", flow.id, node.id);
        site.node(&mut facts.of(Area::Node, name, node.step.word()), node);
    }
}

/// The flow whose nodes are told.
struct Site<'a> {
    bundle: &'a Bundle,
    flow: &'a Flow,
}

impl Site<'_> {
    fn to(&self, target: Target) -> String {
        match target {
            Target::Node(node) => format!("`{}`", self.flow.node(node).id),
            Target::Flow(flow) => format!("the flow `{}`", self.bundle.flow(flow).id),
        }
    }

    fn events(&self, subject: &mut Subject<'_>, events: &Events) {
        for (outcome, &target) in &events.0 {
            subject.leads(format!("`{outcome}`"), self.to(target));
        }
    }

    fn node(&self, subject: &mut Subject<'_>, node: &Node) {
        subject.may_be("the condition", node.when.as_ref().map(|when| when.text()));
        if let Some(next) = node.next {
            subject.leads("going on", self.to(next));
        }
        self.events(subject, &node.events);
        if let Some(limit) = node.limit {
            let label = format!("more than {} visits", limit.visits);
            subject.leads(label, self.to(limit.then));
        }
        self.step(subject, &node.step);
    }

    fn step(&self, subject: &mut Subject<'_>, step: &Step) {
        match step {
            Step::Play(play) => played(subject, play),
            Step::Menu(menu) => self.menu(subject, menu),
            Step::Collect(collect) => collected(subject, collect),
            Step::Switch(switch) => {
                let cases: Vec<String> = switch
                    .cases
                    .iter()
                    .map(|case| format!("{} → {}", case.when.text(), self.to(case.next)))
                    .collect();
                subject.is("the choice", cases.join("; "));
                subject.leads("`else`", self.to(switch.otherwise));
            }
            Step::Hours(hours) => {
                done(subject, self.bundle, step);
                subject.leads("`open`", self.to(hours.open));
                subject.leads("`closed`", self.to(hours.closed));
                subject.leads("`holiday`", self.to(hours.holiday));
                subject.leads("`special`", self.to(hours.special));
            }
            Step::Queue(queue) => {
                done(subject, self.bundle, step);
                self.queue(subject, queue);
            }
            Step::Voicemail(mail) => {
                prompt(subject, "the prompt", &mail.prompt.prompt);
                subject.is("the longest message", format!("{:?}", mail.max));
            }
            Step::Callback(callback) => {
                done(subject, self.bundle, step);
                subject.may_be("the need", callback.need.as_deref().map(needed));
            }
            Step::Set(_)
            | Step::LeaveQueue(_)
            | Step::Call(_)
            | Step::Return(_)
            | Step::Tag(_)
            | Step::Say(_)
            | Step::Http(_)
            | Step::Case(_)
            | Step::Message(_)
            | Step::Transfer(_)
            | Step::Record(_)
            | Step::Stream(_)
            | Step::Hangup(_) => done(subject, self.bundle, step),
        }
    }

    fn menu(&self, subject: &mut Subject<'_>, menu: &Menu) {
        prompt(subject, "the prompt", &menu.prompt.prompt);
        patient(subject, &menu.patience);
        if let Some(from) = &menu.choices_from {
            subject.is("the list of choices", from.list.text());
            subject.leads("a choice from the list", self.to(from.next));
        }
        for choice in &menu.choices {
            let key = format!("key {}", choice.press);
            subject.leads(&key, self.to(choice.next));
            for (language, text) in choice.label.iter().flat_map(|label| &label.texts) {
                subject.add(Aspect::Called(key.clone(), language.tag()), &**text);
            }
        }
    }

    fn queue(&self, subject: &mut Subject<'_>, queue: &Queue) {
        subject.is("the need", needed(&queue.need));
        subject.is("the class", queue.class.written());
        subject.may_be(
            "what is heard while waiting",
            queue.wait_flow.map(|flow| format!("`{}`", self.bundle.flow(flow).id)),
        );
        let prefer = queue.prefer.as_ref();
        let prefer = prefer.map(|one| format!("{} for {:?}", one.agent.text(), one.window));
        subject.may_be("the preferred agent", prefer);
    }
}

fn played(subject: &mut Subject<'_>, play: &Play) {
    match &play.what {
        Heard::Prompt(spoken) => prompt(subject, "the prompt", &spoken.prompt),
        Heard::Music(sound) => subject.is("the music", &**sound),
    }
    subject.may_be("how long it plays", play.looped.map(|span| format!("{span:?}")));
    let keys: Vec<String> = play.keys.iter().map(|key| key.to_string()).collect();
    subject.is("the list of keys that end it", keys.join(" "));
}

fn collected(subject: &mut Subject<'_>, collect: &Collect) {
    prompt(subject, "the prompt", &collect.prompt.prompt);
    patient(subject, &collect.patience);
    let end = collect.end.map(|key| format!(", then {key}")).unwrap_or_default();
    subject.is("the number of digits", format!("{} to {}{end}", collect.min, collect.max));
}

fn patient(subject: &mut Subject<'_>, patience: &Patience) {
    subject.is("the number of tries", patience.tries.to_string());
    subject.is("the wait for a key", format!("{:?}", patience.no_input));
    for (what, spoken) in [
        ("what is said after silence", &patience.no_input_prompt),
        ("what is said after a wrong key", &patience.no_match_prompt),
    ] {
        if let Some(spoken) = spoken {
            prompt(subject, what, &spoken.prompt);
        }
    }
}

fn prompt(subject: &mut Subject<'_>, what: &str, prompt: &Prompt) {
    subject.is(what, format!("`{}`", prompt.id));
}

/// What a step does, in the words of its picture; they name nothing in a caller's language.
fn done(subject: &mut Subject<'_>, bundle: &Bundle, step: &Step) {
    subject.is("what it does", done_in(bundle, step));
}

fn needed(need: &[NeedStep]) -> String {
    let steps = need.iter().map(|step| {
        let all = step.all.iter().map(|item| item.text.to_string());
        let any: Vec<String> = step.any.iter().map(|item| item.text.to_string()).collect();
        let any = (!any.is_empty()).then(|| format!("one of ({})", any.join(", ")));
        let items: Vec<String> = all.chain(any).collect();
        let after = match step.after.is_zero() {
            true => "at once".to_owned(),
            false => format!("after {:?}", step.after),
        };
        format!("{after} {}", items.join(", "))
    });
    steps.collect::<Vec<_>>().join("; ")
}
