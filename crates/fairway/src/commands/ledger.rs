//! `fairway ledger`: verify and export.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::json;

use super::{Outcome, runtime, say};
use crate::config::{File, StoreArgs};
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
    let opened = wiring::inspect(&args.store, &file).await?;
    let port = &file.port.code;
    let mut replay = app::replay::Replay::default();
    let mut heads = 0;
    let faults = storage::verify::verify(
        opened.store.as_ref(),
        port,
        &opened.public_key,
        &mut |progress| tracing::debug!(events = progress.events, of = progress.of, "verifying"),
        &mut |event| {
            replay.apply(event);
            None
        },
    )
    .await
    .context("the ledger cannot be read")?;
    let mut from = 0;
    loop {
        let page = opened.store.heads(port, from, 1_000).await.context("the heads cannot be read")?;
        let Some(last) = page.last() else { break };
        heads += page.len();
        from = last.size + 1;
    }
    let size = opened.store.head(port).await.context("the head cannot be read")?.map_or(0, |h| h.size);
    let differences = replay.compare(opened.store.as_ref(), port).await.context("the objects cannot be read")?;
    opened.store.close().await;
    let clean = faults.is_empty() && differences.is_empty();
    if args.json {
        say(json!({
            "size": size,
            "heads": heads,
            "faults": faults.iter().map(|f| json!({ "code": f.code, "where": place(f.place), "zh": f.what.zh, "en": f.what.en })).collect::<Vec<_>>(),
            "objects": differences.iter().map(|d| json!({ "object": d.object.to_string(), "what": d.what })).collect::<Vec<_>>(),
        }));
    } else {
        for fault in &faults {
            say(format_args!("{} ({}): {} / {}", place(fault.place), fault.code, fault.what.zh, fault.what.en));
        }
        for difference in &differences {
            say(format_args!("{}: {}", difference.object, difference.what));
        }
        let verdict = if clean { "nothing was changed 未发现改动" } else { "CHANGED 有改动" };
        say(format_args!("{size} events, {heads} signed heads: {verdict}"));
    }
    Ok(if clean { Outcome::Fine } else { Outcome::Findings })
}

fn place(place: storage::verify::Place) -> String {
    use storage::verify::Place;
    match place {
        Place::Event(position) => format!("event {position}"),
        Place::Tile(tile) => format!("tile {tile}"),
        Place::Head(size) => format!("head {size}"),
    }
}

async fn export(args: ExportArgs) -> Result<Outcome> {
    let file = File::read(args.store.config.as_deref())?;
    let opened = wiring::inspect(&args.store, &file).await?;
    let counts = storage::ocel::export(opened.store.as_ref(), &file.port.code, &args.ocel).await.context("cannot export")?;
    opened.store.close().await;
    if args.json {
        say(json!({ "file": args.ocel, "events": counts.events, "objects": counts.objects }));
    } else {
        say(format_args!("{}: {} events, {} objects", args.ocel.display(), counts.events, counts.objects));
    }
    Ok(Outcome::Fine)
}
