//! The shipped bundle: how fast it is proved, how fast callers walk through it, what a walk weighs.

mod clock;
mod figure;

use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hatif::base::chance::Rng;
use hatif::base::id::{AgentId, CallId};
use hatif::base::key::Key;
use hatif::base::time::{Epoch, Moment, Wall};
use hatif::flow::run::{Caller, Input, News, Output, Play, QueueNews, Run};
use hatif::flow::{World, load};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A Tuesday, ten in the morning in Dubai: the entities are open.
const EPOCH: Epoch = Epoch(Wall(1_790_056_800_000));
/// Calls between two looks at the clock.
const BATCH: u64 = 20;
/// Calls in the first menu when memory is measured.
const CALLS_HELD: u64 = 10_000;

/// What the caller presses when a prompt asks.
const ANSWERS: [(&str, &str); 6] = [
    ("pick_language", "2"),
    ("pick_sector", "3"),
    ("pick_entity", "1"),
    ("pick_service", "3"),
    ("enter_case_number", "123456#"),
    ("csat_question", "5"),
];

fn main() {
    let bundle = bundle();
    let loads = clock::per_second(|| {
        black_box(load(black_box(&bundle), None)).expect("the shipped bundle is good");
        1
    });
    figure::tell("flow_bundle_load", 1_000.0 / loads, "ms", "-");
    let bundle = load(&bundle, None).expect("the shipped bundle is good");
    let world = Arc::new(World::new(bundle, &BTreeMap::new()));
    let mut street = Street { world, rng: Rng::seeded(1), now: Moment::START };
    let kilobytes = street.kilobytes_per_call();
    let steps = clock::per_second(|| (0..BATCH).map(|_| street.call()).sum());
    let steps_of_a_call = figure::count(street.call());
    figure::tell("flow_steps_per_second", steps, "1/s", "-");
    figure::tell("flow_calls_per_second", steps / steps_of_a_call, "1/s", "-");
    figure::tell("flow_steps_of_a_call", steps_of_a_call, "1", "-");
    figure::tell("flow_memory_per_call", kilobytes, "kB", "-");
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
                inputs.extend(reaction(&output));
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
fn reaction(output: &Output) -> Vec<Input> {
    if let Output::Play(play) = output {
        return heard(play);
    }
    if let Output::Enqueue(_) = output {
        let (talk, waited) = (Duration::from_secs(60), Duration::from_secs(5));
        let answered = QueueNews::Answered { agent: AgentId::from("agent") };
        let released = QueueNews::Released { talk, waited };
        return vec![Input::Queue(answered), Input::Queue(released)];
    }
    Vec::new()
}

fn heard(play: &Play) -> Vec<Input> {
    let asked = play.prompt.as_deref().unwrap_or_default();
    let Some((_, keys)) = ANSWERS.into_iter().find(|(prompt, _)| *prompt == asked) else {
        return vec![Input::Played(play.id)];
    };
    let key = |key| Input::Key(Key::try_from(key).expect("the caller has these keys"));
    keys.chars().map(key).collect()
}

/// The files of the shipped bundle.
fn bundle() -> BTreeMap<String, String> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("ivr-flows");
    let (mut files, mut folders) = (BTreeMap::new(), vec![top.clone()]);
    while let Some(folder) = folders.pop() {
        for path in entries(&folder) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "yaml") {
                let name = path.strip_prefix(&top).expect("it was found in there");
                files.insert(name.to_string_lossy().into_owned(), text(&path));
            }
        }
    }
    files
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the bundle's folders can be read");
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
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
