//! The command line, the configuration, and the wiring of everything below.

mod bundle;
pub mod check;
pub mod command;
pub mod config;
pub mod diff;
mod engine;
mod exit;
pub mod graph;
pub mod hours;
mod lsp;
mod plan;
pub mod prompts;
mod pumps;
mod recorder;
mod recording;
mod rehearsal;
mod reload;
mod remote;
pub mod schema;
pub mod serve;
pub mod simulate;
mod system;
pub mod test;
pub mod user;
mod versions;
mod welcome;
mod why;
mod wiring;

use std::path::Path;

pub use command::main;

/// Writes a line for people on standard output.
#[expect(clippy::print_stdout, reason = "what a command was asked for goes to standard output")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Writes why a command failed, on standard error.
#[expect(clippy::print_stderr, reason = "a command's failure goes to standard error")]
pub(crate) fn say_fault(fault: &anyhow::Error) {
    eprintln!("hatif: {fault:#}");
}

/// The configuration of a file, or the embedded default, with the environment over it.
fn configured(path: Option<&Path>) -> anyhow::Result<config::Config> {
    Ok(config::Config::load(path, std::env::vars())?)
}
