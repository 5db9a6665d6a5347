//! `fairway ledger`: verify, export, recount.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use app::replay::Difference;
use ledger::{ObjectRef, StoredEvent};
use serde_json::json;
use store::SharedStore;

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
    /// Count the figures of the message centre anew from the ledger and put right what differs; not beside a running server
    Recount(RecountArgs),
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
struct RecountArgs {
    #[command(flatten)]
    store: StoreArgs,
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
        Command::Recount(args) => runtime()?.block_on(recount(args)),
    }
}

async fn recount(args: RecountArgs) -> Result<Outcome> {
    let file = File::read(args.store.config.as_deref())?;
    let opened = wiring::open(&args.store, &file, Arc::new(SystemClock)).await?;
    let app = wiring::real_application(opened.store, &file)?;
    let differed = app.mend_statistics().await.context("the ledger cannot be counted")?;
    app.store().close().await;
    say(format_args!("{differed} counters put right 已更正计数"));
    Ok(Outcome::Fine)
}

async fn verify(args: VerifyArgs) -> Result<Outcome> {
    let file = File::read(args.store.config.as_deref())?;
    let opened = wiring::inspect(&args.store, &file).await?;
    let port = &file.port.code;
    let mut replay = app::replay::Replay::default();
    let mut last_position = None;
    let mut kept = BTreeMap::new();
    let mut heads = 0;
    let faults = storage::verify::verify(
        opened.store.as_ref(),
        port,
        &opened.public_key,
        &mut |progress| tracing::debug!(events = progress.events, of = progress.of, "verifying"),
        &mut |event| {
            replay.apply(event);
            last_position = Some(event.position);
            kept.extend(kept_bytes(event));
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
    let mut differences = replay.compare(opened.store.as_ref(), port).await.context("the objects cannot be read")?;
    if !differences.is_empty() {
        // A serving process goes on meanwhile: what it changed after the last event read is left for the next verification.
        let changed = changed_after(&opened.store, port, last_position).await?;
        differences.retain(|difference| !changed.contains(&difference.object));
    }
    differences.extend(altered_messages(&opened.store, port, kept).await?);
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

#[derive(serde::Deserialize)]
struct Named {
    sha256: String,
}

/// The hash under which the bytes of a message are kept, and the message.
fn kept_bytes(event: &StoredEvent) -> Option<(String, ObjectRef)> {
    if !matches!(&*event.event.kind, "message.received" | "message.prepared") {
        return None;
    }
    let named: Named = serde_json::from_str(event.event.payload.get()).ok()?;
    Some((named.sha256, event.event.subject().ok()?.clone()))
}

/// Objects changed by events after a position.
async fn changed_after(store: &SharedStore, port: &str, mut after: Option<u64>) -> Result<BTreeSet<ObjectRef>> {
    let mut changed = BTreeSet::new();
    loop {
        let events = store.events_after(port, after, 1_000).await.context("the ledger cannot be read")?;
        let Some(last) = events.last() else { return Ok(changed) };
        after = Some(last.position);
        changed.extend(events.iter().filter_map(|stored| stored.event.subject().ok().cloned()));
    }
}

/// Messages whose bytes are gone or are not those whose hash the ledger holds.
async fn altered_messages(store: &SharedStore, port: &str, kept: BTreeMap<String, ObjectRef>) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for (sha256, object) in kept {
        let stored = store.blob(port, &sha256).await.context("the messages cannot be read")?;
        if stored.is_none_or(|(_, bytes)| app::inbox::sha256_hex(&bytes) != sha256) {
            found.push(Difference { object, what: "its bytes are missing, or not those whose hash the ledger holds".into() });
        }
    }
    Ok(found)
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
