//! Who has which core, and how much of it.
#![expect(clippy::disallowed_methods, clippy::print_stderr, reason = "a benchmark asks its system")]

use std::fs;
use std::process::{Command, Stdio};

use rustix::thread::{CpuSet, sched_setaffinity};

use crate::engine::Engine;
use crate::figure;

/// The engine's core.
pub(crate) const ENGINE: usize = 0;

/// The core that the load comes from: the second one, when there is one.
pub(crate) fn load() -> usize {
    usize::from(std::thread::available_parallelism().is_ok_and(|cores| cores.get() > 1))
}

/// Puts this thread on the core that the load comes from.
pub(crate) fn take_the_load_core() {
    let mut cores = CpuSet::new();
    // Two are seen before this thread is tied to one.
    cores.set(load());
    if sched_setaffinity(None, &cores).is_err() {
        remark("the load is not tied to a core of its own");
    }
    let this = std::process::id().to_string();
    let real_time = Command::new("chrt").args(["--fifo", "--pid", "5", &this]).status();
    if !real_time.is_ok_and(|status| status.success()) {
        remark("without real-time priority: what else runs here shows in the figures");
    }
}

/// A program on the engine's core, before everybody else there.
pub(crate) fn on_engine_core(program: &str) -> Command {
    on(ENGINE, program)
}

/// A program on the core of the load.
pub(crate) fn on_load_core(program: &str) -> Command {
    on(1, program)
}

fn on(core: usize, program: &str) -> Command {
    let (mut command, core) = (Command::new("taskset"), core.to_string());
    command.args(["--cpu-list", &core]).stdin(Stdio::null());
    if has_real_time() {
        command.args(["chrt", "--fifo", "5"]);
    }
    command.arg(program);
    command
}

fn has_real_time() -> bool {
    let trial = Command::new("chrt").args(["--fifo", "5", "true"]).stderr(Stdio::null()).status();
    trial.is_ok_and(|status| status.success())
}

/// Says something that is no figure.
pub(crate) fn remark(words: &str) {
    eprintln!("{words}");
}

/// How the engine's core was shared since a moment.
pub(crate) struct Share {
    core: Ticks,
    engine: u64,
}

/// Hundredths of a second since the system started.
#[derive(Clone, Copy)]
struct Ticks {
    all: u64,
    /// In programs and their system calls, and what the machine's owner took away.
    taken: u64,
}

impl Share {
    /// From here on.
    pub(crate) fn begin(engine: &Engine) -> Self {
        Self { core: Ticks::read(), engine: ticks_of(engine.pid()) }
    }

    /// The share that the engine had, in percent.
    pub(crate) fn of_engine(&self, engine: &Engine) -> f64 {
        percent(ticks_of(engine.pid()).saturating_sub(self.engine), self.passed())
    }

    /// The share that others had, in percent: the less, the more the figures are worth.
    pub(crate) fn of_others(&self, engine: &Engine) -> f64 {
        let taken = Ticks::read().taken.saturating_sub(self.core.taken);
        let ours = ticks_of(engine.pid()).saturating_sub(self.engine);
        percent(taken.saturating_sub(ours), self.passed())
    }

    fn passed(&self) -> u64 {
        Ticks::read().all.saturating_sub(self.core.all)
    }
}

impl Ticks {
    fn read() -> Self {
        let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
        let name = format!("cpu{ENGINE} ");
        let line = stat.lines().find_map(|line| line.strip_prefix(&name)).unwrap_or_default();
        let columns: Vec<u64> =
            line.split_whitespace().filter_map(|column| column.parse().ok()).collect();
        let [user, nice, system, idle, wait, hard, soft, stolen, ..] = columns[..] else {
            return Self { all: 0, taken: 0 };
        };
        let taken = user + nice + system + stolen;
        Self { all: taken + idle + wait + hard + soft, taken }
    }
}

fn ticks_of(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let columns = after_name.split_whitespace();
    columns.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

fn percent(part: u64, whole: u64) -> f64 {
    100.0 * figure::count(part) / figure::count(whole.max(1))
}
