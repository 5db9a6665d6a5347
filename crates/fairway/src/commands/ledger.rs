//! `fairway ledger`: verify, export, recount.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use serde_json::json;
use storage::verify::{Progress, Stage};
use store::SharedStore;

use super::{Outcome, runtime, say, tell};
use crate::config::StoreArgs;
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
    let file = args.store.file()?;
    let opened = wiring::open(&args.store, &file, Arc::new(SystemClock)).await?;
    let app = wiring::real_application(opened.store, opened.signer, &file, None)?;
    let differed = app.mend_statistics().await.context("the ledger cannot be counted")?;
    app.store().close().await;
    say(format_args!("{differed} counters put right 已更正计数"));
    Ok(Outcome::Fine)
}

async fn verify(args: VerifyArgs) -> Result<Outcome> {
    let file = args.store.file()?;
    let opened = wiring::inspect(&args.store, &file).await?;
    let (store, port) = (opened.store.as_ref(), file.port.code.as_str());
    let mut shown = Shown::new();
    let on_progress = &mut |progress: Progress| shown.tell(progress.stage, progress.done, progress.of);
    let faults =
        storage::verify::verify(store, port, &opened.public_key, on_progress, &mut |_| None).await.context("the ledger cannot be read")?;
    let differences = app::replay::check(store, port, &mut |done| shown.replayed(done)).await.context("the objects cannot be read")?;
    let size = store.head(port).await.context("the head cannot be read")?.map_or(0, |h| h.size);
    let heads = count_heads(&opened.store, port).await?;
    opened.store.close().await;
    let clean = faults.is_empty() && differences.is_empty();
    if args.json {
        say(json!({
            "size": size,
            "heads": heads,
            "faults": faults.iter().map(|f| json!({ "code": f.code, "where": f.place.to_string(), "zh": f.what.zh, "en": f.what.en })).collect::<Vec<_>>(),
            "objects": differences.iter().map(|d| json!({ "object": d.object.to_string(), "what": d.what })).collect::<Vec<_>>(),
        }));
    } else {
        for fault in &faults {
            say(format_args!("{} ({}): {} / {}", fault.place, fault.code, fault.what.zh, fault.what.en));
        }
        for difference in &differences {
            say(format_args!("{}: {}", difference.object, difference.what));
        }
        let verdict = if clean { "nothing was changed 未发现改动" } else { "CHANGED 有改动" };
        say(format_args!("{size} events, {heads} signed heads: {verdict}"));
    }
    Ok(if clean { Outcome::Fine } else { Outcome::Findings })
}

async fn count_heads(store: &SharedStore, port: &str) -> Result<usize> {
    let (mut from, mut heads) = (0, 0);
    loop {
        let page = store.heads(port, from, 1_000).await.context("the heads cannot be read")?;
        let Some(last) = page.last() else { return Ok(heads) };
        heads += page.len();
        from = last.size + 1;
    }
}

/// How far it has come, on standard error: a line now and then, so that nobody wonders whether it still works.
struct Shown {
    last: std::time::Instant,
}

/// How often a line is written.
const LINE_EVERY: std::time::Duration = std::time::Duration::from_secs(2);

impl Shown {
    fn new() -> Self {
        Self { last: std::time::Instant::now() }
    }

    fn tell(&mut self, stage: Stage, done: u64, of: Option<u64>) {
        let what = match stage {
            Stage::Events => "events 事件",
            Stage::Objects => "timelines 时间线",
            Stage::Indexes => "faults in indexes 索引不符",
            Stage::Bytes => "raw contents 原始内容",
        };
        self.line(what, done, of);
    }

    fn replayed(&mut self, done: u64) {
        self.line("objects replayed 对象重放", done, None);
    }

    fn line(&mut self, what: &str, done: u64, of: Option<u64>) {
        if self.last.elapsed() >= LINE_EVERY {
            self.last = std::time::Instant::now();
            let of = of.map_or(String::new(), |of| format!(" of {of}"));
            tell(format_args!("{done}{of} {what}"));
        }
    }
}

async fn export(args: ExportArgs) -> Result<Outcome> {
    let file = args.store.file()?;
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
