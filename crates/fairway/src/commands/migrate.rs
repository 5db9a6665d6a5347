//! `fairway migrate`: brings the schema up to date. `serve` refuses a store that is newer than itself and migrates an older one.

use std::sync::Arc;

use anyhow::Result;

use super::{Outcome, runtime, say};
use crate::config::StoreArgs;
use crate::environment::SystemClock;
use crate::wiring;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    store: StoreArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub fn run(args: &Args) -> Result<Outcome> {
    runtime()?.block_on(async {
        let file = args.store.file()?;
        // Opening applies what is missing, under a lock, in one transaction each.
        let opened = wiring::open(&args.store, &file, Arc::new(SystemClock)).await?;
        opened.store.ready().await?;
        let head = opened.store.head(&file.port.code).await?;
        let size = head.map_or(0, |h| h.size);
        if args.json {
            say(serde_json::json!({ "migrated": true, "ledger_size": size }));
        } else {
            say(format_args!("the schema is up to date; the ledger holds {size} events"));
        }
        opened.store.close().await;
        Ok(Outcome::Fine)
    })
}
