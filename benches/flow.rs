//! The shipped bundle: how fast it is proved, how fast callers walk through it, what a walk weighs.

mod clock;
mod figure;

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId};
use hatif::base::key::Key;
use hatif::base::stack;
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::flow::run::{
    Caller, CaseAnswer, Errand, Input, News, Output, Play, QueueNews, Reply, Run,
};
use hatif::flow::{World, load, prove, trial};
use hatif::shell::files;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A Tuesday, ten in the morning in Dubai: the entities are open.
const EPOCH: Epoch = Epoch(Wall(1_790_056_800_000));
/// Calls between two looks at the clock.
const BATCH: u64 = 20;
/// Calls in the first menu when memory is measured.
const CALLS_HELD: u64 = 10_000;

/// What the caller presses when a prompt asks.
const ANSWERS: [(&str, &str); 7] = [
    ("pick_language", "2"),
    ("pick_sector", "3"),
    ("pick_entity", "1"),
    ("pick_service", "3"),
    ("enter_case_number", "1234567894"),
    ("pick_more", "1"),
    ("csat_question", "5"),
];

fn main() {
    // The loader reads on a deep stack: on this one its time is counted.
    stack::deep(measure).expect("every figure can be taken");
}

fn measure() {
    let files = bundle();
    let loads = clock::per_second(|| {
        black_box(load(black_box(&files), None)).expect("the shipped bundle is good");
        1
    });
    figure::tell("flow_bundle_load", 1_000.0 / loads, "ms", "-");
    let large = large();
    let proofs = clock::per_second(|| {
        let proof = prove(black_box(&large), None);
        assert!(proof.faults.is_empty(), "{}", proof.faults.to_text());
        1
    });
    figure::tell("flow_check_of_1000_nodes", 1_000.0 / proofs, "ms", "100");
    let bundle = load(&files, None).expect("the shipped bundle is good");
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    let tests = clock::per_second(|| {
        let report = trial::test(&files, &world).expect("the shipped tests can be read");
        assert!(report.is_good(), "{}", report.to_text());
        1
    });
    figure::tell("flow_tests_of_the_bundle", 1_000.0 / tests, "ms", "2000");
    let mut street = Street { world, rng: Rng::seeded(1), now: Moment::START };
    let kilobytes = street.kilobytes_per_call();
    let steps = clock::per_second(|| (0..BATCH).map(|_| street.call()).sum());
    let steps_of_a_call = figure::count(street.call());
    figure::tell("flow_steps_per_second", steps, "1/s", "2000000");
    figure::tell("flow_calls_per_second", steps / steps_of_a_call, "1/s", "-");
    figure::tell("flow_steps_of_a_call", steps_of_a_call, "1", "-");
    figure::tell("flow_memory_per_call", kilobytes, "kB", "4");
}

/// Where the callers come from.
struct Street {
    world: Arc<World>,
    rng: Rng,
    now: Moment,
}

impl Street {
    fn run(&mut self) -> Run {
        let flow = self.world.bundle().answers("800").expect("the shipped bundle answers 800");
        let id = CallId::new(EPOCH.wall(self.now), &mut self.rng);
        let caller =
            Caller { id, from: "+971500000000".into(), to: "800".into(), trunk: "street".into() };
        Run::new(EPOCH, Arc::clone(&self.world), flow, &caller)
    }

    /// One caller, through the menus to an agent and through the survey; says how many nodes that
    /// were.
    fn call(&mut self) -> u64 {
        let (mut run, mut nodes, mut ended) = (self.run(), 0, false);
        let mut inputs = VecDeque::from([Input::Start]);
        while let Some(input) = inputs.pop_front() {
            self.now = self.now + Duration::from_micros(10);
            run.handle(self.now, input);
            while let Some(output) = run.poll_output() {
                nodes += u64::from(matches!(&output, Output::News(News::Entered { .. })));
                ended |= output == Output::Done;
                react(&output, &mut inputs);
            }
        }
        assert!(ended, "the caller comes to the end of the flow");
        nodes
    }

    /// Resident memory of a call in the first menu.
    fn kilobytes_per_call(&mut self) -> f64 {
        let before = resident_kilobytes();
        let calls: Vec<Run> = (0..CALLS_HELD)
            .map(|_| {
                let mut run = self.run();
                run.handle(self.now, Input::Start);
                while run.poll_output().is_some() {}
                run
            })
            .collect();
        let taken = resident_kilobytes().saturating_sub(before);
        black_box(calls);
        figure::count(taken) / figure::count(CALLS_HELD)
    }
}

/// What the caller and the exchange do about an output.
fn react(output: &Output, inputs: &mut VecDeque<Input>) {
    if let Output::Play(play) = output {
        hear(play, inputs);
    }
    if let Output::Enqueue(_) = output {
        let (talk, waited) = (Duration::from_secs(60), Duration::from_secs(5));
        let answered = QueueNews::Answered { agent: AgentId::from("agent") };
        let released = QueueNews::Released { talk, waited };
        inputs.extend([Input::Queue(answered), Input::Queue(released)]);
    }
    if let Output::Errand(id, errand) = output
        && let Errand::Case(_) = &**errand
    {
        let (number, state) = ("1234567894".to_owned(), "open".to_owned());
        let answer = CaseAnswer { number, state, entity: String::new() };
        inputs.push_back(Input::Errand(*id, Reply::Case(Ok(answer))));
    }
}

fn hear(play: &Play, inputs: &mut VecDeque<Input>) {
    let asked = play.prompt.as_deref().unwrap_or_default();
    let Some((_, keys)) = ANSWERS.into_iter().find(|(prompt, _)| *prompt == asked) else {
        inputs.push_back(Input::Played(play.id));
        return;
    };
    let key = |key| Input::Key(Key::try_from(key).expect("the caller has these keys"));
    inputs.extend(keys.chars().map(key));
}

/// Flows of the large bundle, each with as many nodes: a thousand of them.
const LARGE: (usize, usize) = (4, 250);

/// A bundle of a thousand nodes that ask, count, choose, say and wait.
fn large() -> BTreeMap<String, String> {
    let mut files = bundle();
    files.retain(|name, _| {
        name.starts_with("entities") || name.starts_with("calendars") || name == "sectors.yaml"
    });
    let numbers: Vec<String> = (0..LARGE.0).map(|flow| format!("\"{flow}\": f{flow}")).collect();
    let numbers = numbers.join(", ");
    let head = "apiVersion: ivr/v1\nkind: ";
    let mut write =
        |name: &str, text: String| files.insert(name.to_owned(), head.to_owned() + &text);
    write(
        "bundle.yaml",
        format!(
            "Bundle\nid: large\nlanguages: [ar, en, ur, hi]\nnumbers: {{{numbers}}}\nevents: {{error: f0, \
             queue: f0, input: f0}}\n"
        ),
    );
    write(
        "queues/citizen_care.queue.yaml",
        "Queue\nid: citizen_care\nname: {ar: رعاية, en: Care, ur: مدد, hi: सहायता}\n".to_owned(),
    );
    let mut prompts = "Prompts\nprompts:\n".to_owned();
    for flow in 0..LARGE.0 {
        let mut nodes = format!(
            "Flow\nid: f{flow}\ntitle: Flow {flow}\nstart: n0\nvars: {{lang: {{type: string, enum: \
             [ar, en], default: ar}}, digits: {{type: string, max: 6}}, count: {{type: int}}}}\n\
             nodes:\n"
        );
        for node in 0..LARGE.1 {
            if large_node(flow, node).contains("prompt:") {
                prompts += &format!(
                    "  p{flow}-{node}: {{ar: [نص, {{digits: of}}], en: [Text, {{digits: of}}], \
                     ur: [متن, {{digits: of}}], hi: [पाठ, {{digits: of}}]}}\n"
                );
            }
            nodes += &format!("  n{node}: {}\n", large_node(flow, node));
        }
        write(&format!("flows/f{flow}.flow.yaml"), nodes);
    }
    write("prompts/all.prompts.yaml", prompts);
    files
}

fn large_node(flow: usize, node: usize) -> String {
    let next = node + 1;
    if next == LARGE.1 {
        return format!(
            "{{type: play, prompt: p{flow}-{node}, args: {{of: \"${{vars.digits}}\"}}, next: n0, limit: \
             {{visits: 2, then: n0}}}}"
        );
    }
    let said = format!("prompt: p{flow}-{node}, args: {{of: \"${{string(vars.count)}}\"}}");
    match node % 5 {
        0 => format!(
            "{{type: menu, {said}, choices: [{{press: \"1\", set: {{count: \"${{vars.count + \
             1}}\"}}, next: n{next}}}, {{press: \"2\", next: n{next}}}]}}"
        ),
        1 => format!(
            "{{type: collect, {said}, digits: {{min: 1, max: 6}}, save: digits, next: n{next}}}"
        ),
        2 => format!(
            "{{type: switch, cases: [{{when: \"vars.digits.startsWith('1') && vars.count > {node}\", \
             next: n{next}}}], else: n{next}}}"
        ),
        3 => format!("{{type: play, {said}, when: \"vars.count < {node}\", next: n{next}}}"),
        _ => format!(
            "{{type: queue, queue: citizen_care, need: [{{after: 0s, all: [\"lang.${{vars.lang}} >= \
             3\"]}}, {{after: 40s, all: [\"lang.${{vars.lang}} >= 2\"]}}], max_wait: 600s, next: \
             n{next}}}"
        ),
    }
}

/// The files of the shipped bundle.
fn bundle() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ivr-flows");
    files::bundle_in(&folder).expect("the shipped bundle can be read")
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads its own files")]
fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("the file can be read")
}

fn resident_kilobytes() -> u64 {
    let status = text(Path::new("/proc/self/status"));
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).expect("the system tells what is resident")
}
