//! The `fairway` binary: wiring, configuration, commands. Nothing is decided here.
#![forbid(unsafe_code)]

mod commands;
mod config;
mod environment;
mod holder;
mod national;
mod wiring;

use std::process::ExitCode;

use clap::Parser;
use mimalloc::MiMalloc;

/// Commands are made of many small texts, taken on one thread and given back on another: what this allocator is good at (measured: a fifth more
/// status events a second).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    match commands::run(cli) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            eprintln!("fairway: {error:#}");
            ExitCode::from(2)
        }
    }
}
