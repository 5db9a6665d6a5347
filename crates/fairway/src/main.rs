//! The `fairway` binary: wiring, configuration, commands. Nothing is decided here.
#![forbid(unsafe_code)]

mod commands;
mod config;
mod environment;
mod wiring;

use std::process::ExitCode;

use clap::Parser;

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
