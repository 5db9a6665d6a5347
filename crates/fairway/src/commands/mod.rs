//! The commands. Their names, flags and exit codes are a contract that operators script against.

mod bench;
mod demo;
mod doctor;
mod draw;
mod edi;
mod ledger;
mod migrate;
mod openapi;
mod serve;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// Fairway 通衢口岸平台: the open single window and clearance platform for sea and land ports.
#[derive(Parser, Debug)]
#[command(name = "fairway", version, about, long_about = None)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the platform
    Serve(serve::Args),
    /// Serve a synthetic port that keeps living, with one-click logins
    Demo(demo::Args),
    /// Check a deployment: store, key, clock, fonts, disk
    Doctor(doctor::Args),
    /// Verify or export the ledger
    Ledger(ledger::Args),
    /// Recompute the draws of a day
    Draw(draw::Args),
    /// Check or convert EDIFACT files
    Edi(edi::Args),
    /// Measure a path, with the machine's limit measured in the same run
    Bench(bench::Args),
    /// Bring the store's schema up to date
    Migrate(migrate::Args),
    /// Print the OpenAPI 3.1 document
    Openapi,
}

/// How a command ended: exit code 0, 1; errors become 2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Fine.
    Fine,
    /// Findings.
    Findings,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Findings => Self::from(1),
        }
    }
}

/// Runs a command.
///
/// # Errors
/// When it could not run; the exit code is then 2.
pub fn run(cli: Cli) -> Result<Outcome> {
    match cli.command {
        Command::Serve(args) => serve::run(args),
        Command::Demo(args) => demo::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Ledger(args) => ledger::run(args),
        Command::Draw(args) => draw::run(args),
        Command::Edi(args) => edi::run(args),
        Command::Bench(args) => bench::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Openapi => openapi::run(),
    }
}

/// Prints a line to standard output; a closed pipe ends the program quietly.
pub(crate) fn say(line: impl std::fmt::Display) {
    use std::io::Write as _;
    if writeln!(std::io::stdout(), "{line}").is_err() {
        std::process::exit(0);
    }
}

/// Writes a line to standard error: what a person who waits wants to know. Where nobody reads, nothing is lost.
pub(crate) fn tell(line: impl std::fmt::Display) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Stack of a worker thread. One commit with its reactions is a deep chain of futures; unoptimised builds overflow the usual 2 MiB.
const WORKER_STACK_BYTES: usize = 16 * 1024 * 1024;

/// A runtime for commands that serve or ask a store.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().thread_stack_size(WORKER_STACK_BYTES).enable_all().build()?)
}
