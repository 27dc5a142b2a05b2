//! The words of the command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::app::{
    check, diff, graph, hours, lsp, plan, prompts, schema, serve, simulate, test, user, versions,
    why,
};

mod planning;

pub(super) use planning::{PlanFormat, ShiftFormat, SimulateShift, Staffing};

/// The open engine behind one unified telephone number.
#[derive(Debug, Parser)]
#[command(name = "hatif", version, about, propagate_version = true)]
struct Line {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Answer calls, until told to stop (SIGTERM drains, SIGHUP reloads the bundle).
    Serve(Serve),
    /// Prove a bundle: exit status 0 good, 1 the bundle is at fault, 2 the command line is.
    Check(Check),
    /// Run the tests beside the flows: on a virtual clock, or with real calls.
    Test(Test),
    /// Walk through a flow in the terminal: read what is heard, type keys, skip time.
    Simulate(Simulate),
    /// Say whether a calendar is open at a moment, which line says so, and the days ahead.
    Hours(Hours),
    /// Draw a bundle, or one flow of it.
    Graph(Graph),
    /// Say what a caller would hear differently: exit status 0 nothing, 1 something.
    Diff(Diff),
    /// Print the JSON Schema of a kind of file, for editors.
    Schema(Schema),
    /// List the sounds that a bundle needs, or make those that are missing with espeak-ng.
    Prompts(Prompts),
    /// Serve editors: faults while typing, names to choose from, where they are defined.
    Lsp,
    /// See and change which version of the bundle a running engine serves: exit status 1 when it
    /// refuses, 2 when nobody answers.
    Bundle(Versions),
    /// Say why a caller waited, moment by moment. With `--user` or `--token` it asks the engine that
    /// runs, and its store if there is none; without, the store: exit status 1 when nothing is known
    /// of the call, 2 when nobody could be asked.
    Why(Why),
    /// Say how many agents each interval needs: Erlang C, or Erlang A when callers have a patience.
    Staffing(Staffing),
    /// Play a planned day on the routing engine: service levels, occupancy, the bottleneck.
    SimulateShift(SimulateShift),
    /// Add, change, list and remove the people who work at the desks.
    User(User),
}

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The configuration; without it the engine starts on its embedded default.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Make two demonstration agents with passwords for this run, and say what to do next.
    #[arg(long)]
    pub(super) demo: bool,
}

/// A bundle whose tests are played.
#[derive(Debug, Args)]
pub(super) struct Test {
    /// The bundle's folder.
    #[arg(default_value = "ivr-flows", value_name = "FOLDER")]
    pub(super) path: PathBuf,
    /// For people, for programs, or for continuous integration.
    #[arg(long, value_enum, default_value_t = TestFormat::Text)]
    pub(super) format: TestFormat,
    /// Only the tests of the files that have this in their name; coverage is not judged then.
    #[arg(long, value_name = "PART")]
    pub(super) only: Option<String>,
    /// Place a real call for each test: to `self`, an engine that is started for it with the
    /// world that the tests want, or to whoever answers at `sip:HOST:PORT`.
    #[arg(long, value_name = "URI")]
    pub(super) sip: Option<String>,
    /// With `--sip self`: how much faster than the wall clock the engine and its callers live.
    #[arg(long, value_name = "TIMES", default_value_t = 1, requires = "sip", value_parser = clap::value_parser!(u32).range(1..=16))]
    pub(super) pace: u32,
    /// With `--sip`: the folder of the sounds that are played and known again.
    #[arg(long, value_name = "FOLDER", default_value = "sounds")]
    pub(super) sounds: PathBuf,
}

/// How the report of tests is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TestFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// JUnit XML.
    Junit,
}

/// A bundle to prove.
#[derive(Debug, Args)]
pub(super) struct Check {
    /// The bundle's folder.
    #[arg(default_value = "ivr-flows", value_name = "FOLDER")]
    pub(super) path: PathBuf,
    /// For people, for programs, or for code hosts and editors.
    #[arg(long, value_enum, default_value_t = CheckFormat::Text)]
    pub(super) format: CheckFormat,
    /// A warning is as bad as a fault: exit status 1.
    #[arg(long)]
    pub(super) deny_warnings: bool,
    /// A folder that must have every sound. Without it, what is missing in `sounds` is a warning.
    #[arg(long, value_name = "FOLDER")]
    pub(super) sounds: Option<PathBuf>,
    /// Say what a kind of fault means and how it is mended, such as `unknown-target`.
    #[arg(long, value_name = "CODE")]
    pub(super) explain: Option<String>,
}

/// How faults are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For code hosts and editors: SARIF 2.1.0.
    Sarif,
}

/// For whom something is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// People.
    Text,
    /// Programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Simulate {
    /// The bundle's folder.
    #[arg(default_value = "ivr-flows", value_name = "FOLDER")]
    pub(super) path: PathBuf,
    /// The number to dial; the bundle's first when not given.
    #[arg(long)]
    pub(super) number: Option<String>,
    /// The caller's number.
    #[arg(long, default_value = "+971500000000")]
    pub(super) from: String,
    /// When the call comes in, such as `2026-09-20T09:00:00+04:00`; the present when not given.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// Line by line, as in a pipe.
    #[arg(long)]
    pub(super) plain: bool,
}

#[derive(Debug, Args)]
pub(super) struct Hours {
    /// The calendar.
    #[arg(value_name = "CALENDAR")]
    pub(super) calendar: String,
    /// The bundle's folder.
    #[arg(long, default_value = "ivr-flows", value_name = "FOLDER")]
    pub(super) bundle: PathBuf,
    /// The moment, such as `2026-09-20T09:00` by the calendar's clocks, or with an offset; the
    /// present when not given.
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
    /// How many days to show.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u16).range(0..=800))]
    pub(super) days: u16,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Graph {
    /// The bundle's folder.
    #[arg(default_value = "ivr-flows", value_name = "FOLDER")]
    pub(super) path: PathBuf,
    /// One flow of it; all of them when not given.
    #[arg(long, value_name = "ID")]
    pub(super) flow: Option<String>,
    /// In which words.
    #[arg(long, value_enum, default_value_t = GraphFormat::Mermaid)]
    pub(super) format: GraphFormat,
    /// The language of what is heard, such as `en`; the bundle's first when not given.
    #[arg(long, value_name = "TAG")]
    pub(super) language: Option<String>,
}

/// How a graph is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A Mermaid flowchart, for pages that draw them.
    Mermaid,
    /// The language of Graphviz.
    Dot,
    /// A drawing for browsers.
    Svg,
    /// The parts, for programs.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The bundle's folder as it was.
    #[arg(value_name = "OLD")]
    pub(super) old: PathBuf,
    /// The bundle's folder as it is.
    #[arg(value_name = "NEW")]
    pub(super) new: PathBuf,
    /// For people, or for programs.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Schema {
    /// Which kind of file.
    #[arg(value_enum, default_value_t = SchemaKind::Flow)]
    pub(super) kind: SchemaKind,
}

/// A kind of file of a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaKind {
    /// `bundle.yaml`
    Bundle,
    /// `flows/*.flow.yaml`
    Flow,
    /// `prompts/*.prompts.yaml`
    Prompts,
    /// `entities/*.entity.yaml`
    Entity,
    /// `sectors.yaml`
    Sectors,
    /// `skills.yaml`
    Skills,
    /// `calendars/*.calendar.yaml`
    Calendar,
    /// `queues/*.queue.yaml`
    Queue,
    /// `tests/*.test.yaml`
    Tests,
}

#[derive(Debug, Args)]
pub(super) struct Prompts {
    #[command(subcommand)]
    pub(super) order: PromptsOrder,
}

#[derive(Debug, Subcommand)]
pub(super) enum PromptsOrder {
    /// List every sound with its text, and whether it is there.
    List(SoundFolders),
    /// Make the sounds that are missing; recorded ones are left alone.
    Build(SoundFolders),
}

#[derive(Debug, Args)]
pub(super) struct SoundFolders {
    /// The bundle's folder.
    #[arg(long, default_value = "ivr-flows", value_name = "FOLDER")]
    pub(super) bundle: PathBuf,
    /// The sounds' folder.
    #[arg(long, default_value = "sounds", value_name = "FOLDER")]
    pub(super) sounds: PathBuf,
}

/// A running engine, and who asks it.
#[derive(Debug, Args)]
pub(super) struct Asking {
    /// The engine's configuration, for the address of its pages.
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    /// The address of its pages, such as `https://desk.example.org`, when it is another.
    #[arg(long, value_name = "URL", global = true)]
    pub(super) engine: Option<String>,
    /// A supervisor; the password is read from standard input.
    #[arg(long, value_name = "ID", global = true)]
    pub(super) user: Option<String>,
    /// A file with a supervisor's token, in the place of a password.
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) token: Option<PathBuf>,
}

/// A call whose wait is explained.
#[derive(Debug, Args)]
pub(super) struct Why {
    /// The call, by its id.
    #[arg(value_name = "CALL")]
    pub(super) call: String,
    #[command(flatten)]
    pub(super) asking: Asking,
    /// The language of the sentences: `en` or `ar`.
    #[arg(long, default_value = "en", value_name = "TAG")]
    pub(super) language: String,
    /// For people, or for programs: the API's own answer.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
}

/// The versions of a running engine.
#[derive(Debug, Args)]
pub(super) struct Versions {
    #[command(flatten)]
    pub(super) asking: Asking,
    /// For people, or for programs: the API's own answer.
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    pub(super) format: Format,
    #[command(subcommand)]
    pub(super) order: VersionsOrder,
}

#[derive(Debug, Subcommand)]
pub(super) enum VersionsOrder {
    /// List the versions, the one that served last first, with the calls on them.
    List,
    /// Show one: its flows, what changed, its warnings, its tests.
    Show {
        /// The first letters of a hash, `active` or `candidate`.
        #[arg(default_value = "active", value_name = "VERSION")]
        which: String,
    },
    /// List what was done, by whom, and what callers heard differently.
    History {
        /// At most so many.
        #[arg(long, default_value_t = 20)]
        limit: u32,
    },
    /// Serve all new calls from a version that is kept, or else from the bundle's folder, read again.
    Activate {
        /// The first letters of a hash, or `candidate`.
        #[arg(value_name = "VERSION")]
        which: Option<String>,
    },
    /// Serve some new calls from another version.
    Candidate(Candidate),
    /// Serve no new calls from the candidate.
    Drop,
    /// Serve all new calls from the version that served them before.
    Rollback {
        /// Another one that is kept, by the first letters of its hash.
        #[arg(value_name = "VERSION")]
        which: Option<String>,
    },
}

/// A version that is tried; the bundle's folder, when none is named.
#[derive(Debug, Args)]
pub(super) struct Candidate {
    /// A folder beside the bundle's, such as `ivr-flows-next`.
    #[arg(long, value_name = "FOLDER", conflicts_with = "kept")]
    pub(super) folder: Option<String>,
    /// A version that is kept, by the first letters of its hash.
    #[arg(long, value_name = "VERSION")]
    pub(super) kept: Option<String>,
    /// How many of a hundred new calls it gets.
    #[arg(long, default_value_t = 0, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(super) share: u8,
    /// A number whose calls it gets in any case; may be said several times.
    #[arg(long = "caller", value_name = "NUMBER")]
    pub(super) callers: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct User {
    /// The configuration, for the store.
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) order: UserOrder,
}

#[derive(Debug, Subcommand)]
pub(super) enum UserOrder {
    /// Add a person, or change one; the password is read from standard input.
    Add(NewUser),
    /// List everybody.
    List,
    /// Remove a person; calls in talk go on.
    Remove {
        /// The login name.
        id: String,
    },
}

#[derive(Debug, Args)]
pub(super) struct NewUser {
    /// The login name.
    pub(super) id: String,
    /// The name that others see; the login name when not given.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// Skills with levels 1 to 5, such as `lang.ar=5,entity.police=3`.
    #[arg(long, default_value = "")]
    pub(super) skills: String,
    /// A SIP address to ring in the place of the browser, such as `sip:4021@192.0.2.7`.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) sip: Option<String>,
    #[command(flatten)]
    pub(super) may: May,
}

/// What a person may do.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "three flags of the command line")]
pub(super) struct May {
    /// May see all calls and whole numbers.
    #[arg(long)]
    pub(super) supervisor: bool,
    /// On duty from the engine's start, for a SIP phone without a desk.
    #[arg(long)]
    pub(super) on_duty: bool,
    /// Do not read a password: the person cannot log in.
    #[arg(long)]
    pub(super) no_password: bool,
}

/// Does what the command line says.
#[must_use]
pub fn main() -> ExitCode {
    match Line::parse().command {
        Command::Serve(line) => serve::main(&line),
        Command::Check(line) => check::main(&line),
        Command::Test(line) => test::main(&line),
        Command::Simulate(line) => simulate::main(&line),
        Command::Hours(line) => hours::main(&line),
        Command::Graph(line) => graph::main(&line),
        Command::Diff(line) => diff::main(&line),
        Command::Schema(line) => schema::main(&line),
        Command::Prompts(line) => prompts::main(&line.order),
        Command::Lsp => lsp::main(),
        Command::Bundle(line) => versions::main(&line),
        Command::Why(line) => why::main(&line),
        Command::Staffing(line) => plan::staffing::main(&line),
        Command::SimulateShift(line) => plan::simulate_shift::main(&line),
        Command::User(line) => user::main(&line),
    }
}
