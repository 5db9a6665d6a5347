//! `fairway bench`: measures a path together with the machine's own limit, in one run.

mod client;
mod command;
mod daily;
mod decide;
mod events;
mod ingest;
mod read;
mod rules;
mod site;
mod start;

use std::time::Duration;

use anyhow::Result;
use serde::Serialize;

use super::{Outcome, runtime, say};
use crate::config::Profile;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// What to measure
    #[arg(value_enum)]
    path: Path,
    /// File to read instead of one that is made (edi only)
    file: Option<std::path::PathBuf>,
    /// Measure for longer, for figures to quote
    #[arg(long)]
    full: bool,
    /// Measure with the store of a profile
    #[arg(long, env = "FAIRWAY_PROFILE", value_name = "NAME")]
    profile: Option<Profile>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::ValueEnum, Clone, Copy, Debug)]
enum Path {
    /// Durable business commands through HTTP
    Command,
    /// Declarations decided and drawn through HTTP
    Decide,
    /// Batches of status events through HTTP
    Events,
    /// Whole manifests through HTTP, from EDIFACT file to durable objects
    Ingest,
    /// Case pages with their timelines through HTTP
    Read,
    /// The board of daily clearance with one million open cases
    Daily,
    /// Start with one million open objects
    Start,
    /// Reading EDIFACT
    Edi,
    /// Answers of decision tables of 20, 100 and 1,000 rules
    Rules,
}

/// One measurement.
#[derive(Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub name: String,
    /// The figure.
    pub figure: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The limit measured in the same run, or the budget where no limit can be measured.
    pub limit: f64,
    /// Figure ÷ limit.
    pub ratio: f64,
}

impl Figure {
    pub fn new(name: impl Into<String>, figure: f64, unit: &'static str, limit: f64) -> Self {
        Self { name: name.into(), figure, unit, limit, ratio: if limit > 0.0 { figure / limit } else { 0.0 } }
    }
}

pub fn run(args: &Args) -> Result<Outcome> {
    let time = if args.full { Duration::from_secs(30) } else { Duration::from_secs(6) };
    let results = runtime()?.block_on(async {
        match args.path {
            Path::Command => command::measure(time, args.profile).await,
            Path::Decide => decide::measure(time, args.profile).await,
            Path::Events => events::measure(time, args.profile).await,
            Path::Ingest => ingest::measure(time, args.profile).await,
            Path::Read => read::measure(time, args.profile).await,
            Path::Daily => daily::measure().await,
            Path::Start => start::measure(args.profile).await,
            Path::Rules => rules::measure(time),
            Path::Edi => super::edi::measure(args.file.as_deref()),
        }
    })?;
    if args.json {
        say(serde_json::json!({ "results": results }));
    } else {
        for r in &results {
            say(format_args!("{:<48} {:>14.2} {:<10} limit {:>14.2}  ratio {:.3}", r.name, r.figure, r.unit, r.limit, r.ratio));
        }
    }
    Ok(Outcome::Fine)
}

/// The value below which a share of the samples lies, in milliseconds.
fn percentile_ms(samples: &mut [u32], share: f64) -> f64 {
    if samples.is_empty() {
        return 0.0;
    }
    let last = samples.len() - 1;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index within the samples")]
    let at = ((last as f64) * share).round() as usize;
    let (_, value, _) = samples.select_nth_unstable(at.min(last));
    f64::from(*value) / 1_000.0
}
