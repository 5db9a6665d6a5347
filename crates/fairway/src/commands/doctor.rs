//! `fairway doctor`: is this deployment sound?

use std::sync::Arc;

use anyhow::Result;
use app::Clock as _;
use serde_json::json;

use super::{Outcome, runtime, say};
use crate::config::{File, Place, Profile, StoreArgs};
use crate::environment::SystemClock;
use crate::wiring;

/// Least free space of the data folder.
const FREE_BYTES_MIN: u64 = 1 << 30;
/// Least memory of a small port's server: a little below 4 GiB, for what the kernel keeps.
const SMALL_PORT_MEMORY_BYTES_MIN: u64 = 3_500 << 20;
/// No clock is right that shows less than this (2026-01-01).
const CLOCK_MIN_MS: i64 = 1_767_225_600_000;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    store: StoreArgs,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

struct Check {
    name: &'static str,
    ok: bool,
    detail: String,
}

pub fn run(args: &Args) -> Result<Outcome> {
    let file = args.store.file()?;
    let place = args.store.place(&file);
    let mut checks = vec![clock(), font(), proxies(&file), formats(&file), profile(&file, &place)];
    checks.extend(channels(&file.channels));
    if let Place::Folder(folder) = &place {
        checks.push(space(folder));
    }
    checks.extend(runtime()?.block_on(store(args, &file)));
    let fine = checks.iter().all(|c| c.ok);
    if args.json {
        let rows: Vec<_> = checks.iter().map(|c| json!({ "check": c.name, "ok": c.ok, "detail": c.detail })).collect();
        say(json!({ "ok": fine, "checks": rows }));
    } else {
        for c in &checks {
            say(format_args!("{} {:<12} {}", if c.ok { "ok  " } else { "FAIL" }, c.name, c.detail));
        }
    }
    Ok(if fine { Outcome::Fine } else { Outcome::Findings })
}

fn clock() -> Check {
    let now = SystemClock.now();
    Check { name: "clock", ok: now.millis() > CLOCK_MIN_MS, detail: now.to_string() }
}

fn font() -> Check {
    match documents::FontSource::System.load() {
        Ok(_) => Check { name: "font", ok: true, detail: "CJK font found".to_owned() },
        Err(error) => Check { name: "font", ok: false, detail: error.to_string() },
    }
}

/// Who is believed about clients' addresses.
fn proxies(file: &File) -> Check {
    match file.http.proxies(&[]) {
        Ok(proxies) if proxies.networks.is_empty() => {
            Check { name: "proxies", ok: true, detail: "none is trusted: addresses are those of connections".into() }
        }
        Ok(proxies) => Check {
            name: "proxies",
            ok: true,
            detail: format!("{} networks trusted, reading {:?}", proxies.networks.len(), proxies.header),
        },
        Err(error) => Check { name: "proxies", ok: false, detail: format!("{error:#}") },
    }
}

/// Descriptions of flat files.
fn formats(file: &File) -> Check {
    match wiring::formats(file.messages.formats.as_deref()) {
        Ok(formats) => {
            let ids: Vec<String> =
                formats.all().iter().map(|f| if f.verified() { f.id().to_owned() } else { format!("{} (not verified)", f.id()) }).collect();
            Check { name: "formats", ok: true, detail: ids.join(", ") }
        }
        Err(error) => Check { name: "formats", ok: false, detail: format!("{error:#}") },
    }
}

/// Do the settings of the embedded store fit, and the machine the profile?
fn profile(file: &File, place: &Place) -> Check {
    let name = file.profile.map_or("none", Profile::name);
    let check = |ok, detail| Check { name: "profile", ok, detail };
    if let Err(error) = file.store.options() {
        return check(false, format!("{name}: {error:#}"));
    }
    match (file.profile, place, memory_bytes()) {
        (Some(Profile::SmallPort), Place::Postgres(_), _) => {
            check(false, format!("{name}: is for the embedded store; leave the profile or the database out"))
        }
        (Some(Profile::SmallPort), Place::Folder(_), Some(bytes)) if bytes < SMALL_PORT_MEMORY_BYTES_MIN => {
            check(false, format!("{name}: {} MiB of memory; {} at least", bytes >> 20, SMALL_PORT_MEMORY_BYTES_MIN >> 20))
        }
        (_, Place::Folder(_), memory) => {
            let bound = file.store.file_gib_max.map_or_else(|| "no bound but the disk".to_owned(), |gib| format!("at most {gib} GiB"));
            let memory = memory.map_or_else(|| "unknown".to_owned(), |bytes| format!("{} MiB", bytes >> 20));
            check(true, format!("{name}: store {bound}, cache {} MiB; memory {memory}", file.store.cache_mib))
        }
        (None, Place::Postgres(_), _) => check(true, format!("{name}: the database has its own settings")),
    }
}

/// Memory of the machine, as Linux tells it.
fn memory_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kib| kib * 1_024)
}

/// What `[channels]` names is there and can be used.
fn channels(settings: &channels::Settings) -> Vec<Check> {
    settings
        .doubts()
        .into_iter()
        .map(|(name, result)| match result {
            Ok(detail) => Check { name, ok: true, detail },
            Err(detail) => Check { name, ok: false, detail },
        })
        .collect()
}

fn space(folder: &std::path::Path) -> Check {
    let shown = folder.display();
    let output =
        std::process::Command::new("df").args(["-Pk", "--"]).arg(if folder.exists() { folder } else { std::path::Path::new(".") }).output();
    let free = output.ok().and_then(|o| String::from_utf8(o.stdout).ok()).and_then(|text| {
        text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3).and_then(|kib| kib.parse::<u64>().ok())).map(|kib| kib * 1_024)
    });
    match free {
        Some(free) => Check { name: "disk", ok: free >= FREE_BYTES_MIN, detail: format!("{} MiB free for {shown}", free >> 20) },
        None => Check { name: "disk", ok: false, detail: format!("cannot ask how much is free for {shown}") },
    }
}

async fn store(args: &Args, file: &File) -> Vec<Check> {
    let opened = match wiring::open(&args.store, file, Arc::new(SystemClock)).await {
        Ok(opened) => opened,
        Err(error) => return vec![Check { name: "store", ok: false, detail: format!("{error:#}") }],
    };
    let mut checks = vec![match opened.store.ready().await {
        Ok(()) => Check { name: "store", ok: true, detail: "answers and writes".into() },
        Err(error) => Check { name: "store", ok: false, detail: error.to_string() },
    }];
    checks.push(match opened.store.head(&file.port.code).await {
        Ok(Some(head)) => {
            let signed = opened.public_key.verify_head(&file.port.code, &head).is_ok();
            Check {
                name: "ledger",
                ok: signed,
                detail: format!(
                    "{} events, newest head {}",
                    head.size,
                    if signed { "signed by this key" } else { "NOT signed by this key" }
                ),
            }
        }
        Ok(None) => Check { name: "ledger", ok: true, detail: "empty".into() },
        Err(error) => Check { name: "ledger", ok: false, detail: error.to_string() },
    });
    opened.store.close().await;
    checks
}
