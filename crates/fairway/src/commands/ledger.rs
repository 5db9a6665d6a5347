//! `fairway ledger`: verify and export.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::{Outcome, runtime, say};
use crate::config::{File, StoreArgs};
use crate::environment::SystemClock;
use crate::wiring;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// Recompute every hash, head and signature, and replay every object; says where anything differs
    Verify(VerifyArgs),
    /// Write the ledger as OCEL 2.0
    Export(ExportArgs),
}

#[derive(clap::Args, Debug)]
struct VerifyArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args, Debug)]
struct ExportArgs {
    #[command(flatten)]
    store: StoreArgs,
    /// File to write; its ending says how: .sqlite or .json
    #[arg(long, value_name = "FILE")]
    ocel: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: Args) -> Result<Outcome> {
    match args.command {
        Command::Verify(args) => runtime()?.block_on(verify(args)),
        Command::Export(args) => runtime()?.block_on(export(args)),
    }
}

async fn verify(args: VerifyArgs) -> Result<Outcome> {
    let file = File::read(args.store.config.as_deref())?;
    let opened = wiring::open(&args.store, &file, Arc::new(SystemClock)).await?;
    let port = &file.port.code;
    let report = storage::verify::verify(opened.store.as_ref(), port, &opened.public_key, |done, size| {
        tracing::debug!(done, size, "verifying");
    })
    .await
    .context("the ledger cannot be read")?;
    let differences = app::replay::check(opened.store.as_ref(), port).await.context("the objects cannot be read")?;
    opened.store.close().await;
    let clean = report.faults.is_empty() && differences.is_empty();
    if args.json {
        say(json!({
            "size": report.size,
            "heads": report.heads,
            "faults": report.faults.iter().map(|f| json!({ "where": f.place.to_string(), "zh": f.zh, "en": f.en })).collect::<Vec<_>>(),
            "objects": differences.iter().map(|d| json!({ "object": d.object.to_string(), "what": d.what })).collect::<Vec<_>>(),
        }));
    } else {
        for fault in &report.faults {
            say(format_args!("{}: {} / {}", fault.place, fault.zh, fault.en));
        }
        for difference in &differences {
            say(format_args!("{}: {}", difference.object, difference.what));
        }
        let verdict = if clean { "nothing was changed" } else { "CHANGED" };
        say(format_args!("{} events, {} signed heads: {verdict}", report.size, report.heads));
    }
    Ok(if clean { Outcome::Fine } else { Outcome::Findings })
}

async fn export(args: ExportArgs) -> Result<Outcome> {
    let file = File::read(args.store.config.as_deref())?;
    let opened = wiring::open(&args.store, &file, Arc::new(SystemClock)).await?;
    let counts = storage::ocel::export(opened.store.as_ref(), &file.port.code, &args.ocel).await.context("cannot export")?;
    opened.store.close().await;
    if args.json {
        say(json!({ "file": args.ocel, "events": counts.events, "objects": counts.objects }));
    } else {
        say(format_args!("{}: {} events, {} objects", args.ocel.display(), counts.events, counts.objects));
    }
    Ok(Outcome::Fine)
}
