//! The tests of a bundle, each with the world that it wants, and what they come to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::base::chance::Rng;
use crate::base::id::CallId;
use crate::base::time::Wall;
use crate::flow::diagnostic::{Faults, Ledger};
use crate::flow::expression::World;
use crate::flow::model::{Bundle, Step, TransferWay};
use crate::flow::parse::Page;
use crate::flow::run::{
    CallbackFault, CallbackWish, Errand, Overflow, Reply, TransferEnd, TransferOrder,
};
use crate::flow::trial::booth::{Booth, Line, Phrase};
use crate::flow::trial::coverage::{Coverage, Seen};
use crate::flow::trial::dub::Dub;
use crate::flow::trial::mock::Mocks;
use crate::flow::trial::play::play;
use crate::flow::trial::report::{Failure, Report, Verdict};
use crate::flow::trial::scene::Scene;
use crate::flow::trial::script::{self, Act, Script, Test};
use crate::flow::trial::sent::Sent;
use crate::flow::yaml;

/// The tests of a bundle.
#[derive(Debug)]
pub struct Trials {
    scripts: Vec<Arc<Script>>,
    world: Arc<World>,
    /// Each test, in the order of the files.
    pub trials: Vec<Trial>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct Trial {
    script: Arc<Script>,
    index: usize,
    world: Arc<World>,
    mocks: Mocks,
}

/// What a test came to.
#[derive(Debug, Default)]
pub struct Played {
    /// Why it failed, if it did.
    pub failure: Option<Failure>,
    /// Why it was not played, if it was not.
    pub skipped: Option<String>,
    /// What happened in the call.
    pub lines: Vec<Line>,
    /// What the call came by.
    pub seen: Seen,
    /// What was said in it.
    pub phrases: Vec<Phrase>,
}

/// Who is at the other end of a test's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// An engine whose outside world is the test's own.
    Ours,
    /// Whoever answers there: only what is heard can be judged.
    Strange,
}

/// Plays every `tests/*.test.yaml` of a bundle that has loaded.
///
/// # Errors
///
/// A test file is not what a test file should be.
pub fn test(files: &BTreeMap<String, String>, world: &Arc<World>) -> Result<Report, Faults> {
    let trials = Trials::read(files, world)?;
    let played = trials.trials.iter().map(Trial::played).collect();
    Ok(trials.report(played))
}

/// What is wrong with the test files of a bundle that has loaded.
#[must_use]
pub fn faults(files: &BTreeMap<String, String>, bundle: &Bundle) -> Faults {
    let ledger = Ledger::default();
    scripts(files, bundle, &ledger);
    Faults::new(ledger.into_faults(), files)
}

impl Trials {
    /// Reads every `tests/*.test.yaml` of a bundle that has loaded.
    ///
    /// # Errors
    ///
    /// A test file is not what a test file should be.
    pub fn read(files: &BTreeMap<String, String>, world: &Arc<World>) -> Result<Self, Faults> {
        let ledger = Ledger::default();
        let scripts = scripts(files, world.bundle(), &ledger);
        if !ledger.is_empty() {
            return Err(Faults::new(ledger.into_faults(), files));
        }
        let scripts: Vec<Arc<Script>> = scripts.into_iter().map(Arc::new).collect();
        let of = |script: &Arc<Script>| {
            let world = furnished(world, script);
            let trial = |(index, test): (usize, &Test)| Trial {
                script: Arc::clone(script),
                index,
                world: Arc::clone(&world),
                mocks: test.mocks.over(&script.mocks),
            };
            script.tests.iter().enumerate().map(trial).collect::<Vec<_>>()
        };
        let trials = scripts.iter().flat_map(of).collect();
        Ok(Self { scripts, world: Arc::clone(world), trials })
    }

    /// Keeps the tests of the files that have `part` in their name.
    pub fn keep(&mut self, part: &str) {
        self.trials.retain(|trial| trial.file().contains(part));
    }

    /// What the tests came to, in their order. Coverage is told when all were played.
    #[must_use]
    pub fn report(&self, played: Vec<Played>) -> Report {
        let mut seen = Seen::default();
        let all: usize = self.scripts.iter().map(|script| script.tests.len()).sum();
        let is_whole = played.len() == all && played.iter().all(|played| played.skipped.is_none());
        let verdict = |(trial, played): (&Trial, Played)| {
            seen.add(&played.seen);
            let Played { failure, skipped, lines, .. } = played;
            let (file, name) = (trial.script.file.clone(), Arc::clone(trial.name()));
            Verdict { file, name, failure, skipped, lines }
        };
        let verdicts = self.trials.iter().zip(played).map(verdict).collect();
        // Several files may share the work on one flow, so what any of them came by counts.
        let coverage = |script: &Arc<Script>| {
            let (bundle, flow) = (self.world.bundle(), script.flow);
            Coverage::of(&script.file, script.coverage, bundle, flow, &seen)
        };
        let coverage =
            if is_whole { self.scripts.iter().map(coverage).collect() } else { Vec::new() };
        Report { verdicts, coverage }
    }
}

impl Trial {
    /// Its file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.script.file
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.test().name
    }

    /// The bundle, with the settings of its file.
    #[must_use]
    pub const fn world(&self) -> &Arc<World> {
        &self.world
    }

    /// What the wall clock shows when the call begins.
    #[must_use]
    pub fn clock(&self) -> Wall {
        self.test().clock.unwrap_or(self.script.clock)
    }

    /// The caller's number.
    #[must_use]
    pub fn from(&self) -> &str {
        self.test().from.as_ref().unwrap_or(&self.script.from)
    }

    /// The number that leads to its flow, if one does.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        let mut numbers = self.world.bundle().numbers.iter();
        numbers.find(|(_, flow)| **flow == self.script.flow).map(|(number, _)| number.as_str())
    }

    /// What becomes of an errand, as its mocks say.
    #[must_use]
    pub fn reply(&self, errand: &Errand) -> Reply {
        self.mocks.reply(errand)
    }

    /// What becomes of a call-back, as its mocks say.
    ///
    /// # Errors
    ///
    /// Why there will be none.
    pub fn call_back(&self) -> Result<(), CallbackFault> {
        let wish = CallbackWish { number: String::new(), enqueue: None };
        match self.reply(&Errand::Callback(Box::new(wish))) {
            Reply::Callback(reply) => reply,
            Reply::Http(_)
            | Reply::Case(_)
            | Reply::Message(_)
            | Reply::Voicemail(_)
            | Reply::Transfer(_)
            | Reply::Stream(_) => Err(CallbackFault::Closed),
        }
    }

    /// How somebody outside takes a call, as its mocks say.
    #[must_use]
    pub fn transfer(&self) -> TransferEnd {
        let (trunk, way, ring) = (None, TransferWay::Bridge, std::time::Duration::ZERO);
        let order = TransferOrder { to: String::new(), trunk, way, ring };
        match self.reply(&Errand::Transfer(order)) {
            Reply::Transfer(end) => end,
            Reply::Http(_)
            | Reply::Case(_)
            | Reply::Message(_)
            | Reply::Callback(_)
            | Reply::Voicemail(_)
            | Reply::Stream(_) => TransferEnd::Failed,
        }
    }

    /// Plays it in a scene; the first step that is not met is told.
    pub fn play(&self, scene: &mut impl Scene) -> Option<Failure> {
        play(scene, &self.script.file, self.test())
    }

    /// Plays it on a virtual clock.
    #[must_use]
    pub fn played(&self) -> Played {
        let mut booth = self.booth();
        let failure = self.play(&mut booth);
        let (lines, phrases) = (booth.take_lines(), booth.take_phrases());
        Played { failure, skipped: None, lines, seen: booth.seen().clone(), phrases }
    }

    /// It failed because there was no call.
    #[must_use]
    pub fn unanswered(&self, found: &str) -> Failure {
        let (wanted, found) = ("a call".to_owned(), found.to_owned());
        Failure { file: self.script.file.clone(), place: self.test().place, wanted, found }
    }

    fn booth(&self) -> Booth {
        // The same id in every trial, so that a transcript is the same each time.
        let seed = u64::from(self.test().place.line);
        let id = CallId::new(self.clock(), &mut Rng::seeded(seed));
        let caller = Booth::caller(id, self.from(), self.number().unwrap_or_default());
        let world = Arc::clone(&self.world);
        let alone = (self.mocks.clone(), Dub::default());
        Booth::among(world, self.script.flow, &caller, self.clock(), alone)
    }

    fn test(&self) -> &Test {
        self.script.tests.get(self.index).expect("a trial is a test of its script")
    }

    /// Why it cannot be played over the line to such a peer; `seen` is what its call comes by.
    #[must_use]
    pub fn out_of_reach(&self, peer: Peer, seen: &Seen) -> Option<String> {
        if self.number().is_none() {
            return Some("no number leads to its flow".to_owned());
        }
        let mut acts = self.test().steps.iter().flat_map(|(_, acts)| acts);
        match peer {
            Peer::Ours => acts.find_map(beyond_the_wire).map(str::to_owned),
            Peer::Strange => {
                let inside = acts.find_map(|act| beyond_the_wire(act).or_else(|| inside(act)));
                inside.map(str::to_owned).or_else(|| self.leans_on_others(seen))
            }
        }
    }

    /// The first node that goes by the time of day or by what others say.
    fn leans_on_others(&self, seen: &Seen) -> Option<String> {
        let bundle = self.world.bundle();
        let step = |flow: &str, node: &str| {
            let flow = bundle.flow(bundle.flow_named(flow)?);
            flow.nodes.iter().find(|of| &*of.id == node).map(|node| &node.step)
        };
        seen.nodes.iter().find_map(|(flow, node)| {
            let word = step(flow, node).filter(|step| leans(step))?.word();
            Some(format!("its call goes by what `{word}` says at {flow}.{node}"))
        })
    }
}

/// What not even an engine of our own shows or does.
fn beyond_the_wire(act: &Act) -> Option<&'static str> {
    match act {
        Act::Overflow(Overflow::Closed) => {
            Some("a queue that is closed by its calendar takes no caller, so none waits in it")
        }
        Act::Sends(Sent::Record(word)) if &**word != "start" => {
            Some("what becomes of a recording is seen only while it runs")
        }
        Act::Wait(_)
        | Act::Place { .. }
        | Act::Hears(_)
        | Act::Says(_)
        | Act::Queued { .. }
        | Act::Need(_)
        | Act::Press(_)
        | Act::AnsweredFor(_)
        | Act::Overflow(_)
        | Act::Variables(_)
        | Act::Sends(_)
        | Act::Tag(_)
        | Act::HangsUp
        | Act::Ends(_) => None,
    }
}

/// What a caller cannot see.
const fn inside(act: &Act) -> Option<&'static str> {
    match act {
        Act::Place { .. } | Act::Queued { .. } | Act::Need(_) => {
            Some("a caller does not see the queue")
        }
        Act::AnsweredFor(_) | Act::Overflow(_) => Some("its agents are not ours"),
        Act::Variables(_) | Act::Tag(_) => Some("a caller does not see inside the flow"),
        Act::Sends(_) => Some("a caller does not see what the flow sends out"),
        Act::Wait(_)
        | Act::Hears(_)
        | Act::Says(_)
        | Act::Press(_)
        | Act::HangsUp
        | Act::Ends(_) => None,
    }
}

/// Whether a node goes by the time of day or by what others say.
const fn leans(step: &Step) -> bool {
    match step {
        Step::Hours(_)
        | Step::Http(_)
        | Step::Queue(_)
        | Step::LeaveQueue(_)
        | Step::Callback(_)
        | Step::Voicemail(_)
        | Step::Transfer(_)
        | Step::Case(_)
        | Step::Message(_)
        | Step::Stream(_) => true,
        Step::Play(_)
        | Step::Menu(_)
        | Step::Collect(_)
        | Step::Switch(_)
        | Step::Set(_)
        | Step::Call(_)
        | Step::Return(_)
        | Step::Record(_)
        | Step::Say(_)
        | Step::Tag(_)
        | Step::Hangup(_) => false,
    }
}

/// What is said in the calls, each phrase once.
#[must_use]
pub fn repertoire(played: &[Played]) -> Vec<Phrase> {
    let mut known = BTreeSet::new();
    let phrases = played.iter().flat_map(|played| &played.phrases);
    let new = phrases.filter(|phrase| {
        let Phrase { heard, sounds } = phrase;
        known.insert((Arc::clone(&heard.prompt), heard.text.clone(), sounds.clone()))
    });
    new.cloned().collect()
}

fn scripts(files: &BTreeMap<String, String>, bundle: &Bundle, ledger: &Ledger) -> Vec<Script> {
    let mut scripts = Vec::new();
    for (path, text) in files {
        if !path.starts_with("tests/") || !path.ends_with(".test.yaml") {
            continue;
        }
        let page = Page { file: path, ledger };
        let read = yaml::read(path, text, ledger);
        scripts.extend(read.and_then(|yaml| script::read(page, &yaml, bundle)));
    }
    scripts
}

/// The world with the settings that a test file has.
fn furnished(world: &Arc<World>, script: &Script) -> Arc<World> {
    if script.env.is_empty() {
        return Arc::clone(world);
    }
    Arc::new(World::new(Arc::clone(world.bundle()), &script.env))
}
