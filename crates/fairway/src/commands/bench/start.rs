//! Start with one million open objects: how long to the first answer, and how much memory.

use std::time::Instant;

use anyhow::{Context as _, Result};

use super::Figure;
use super::client::Connection;
use super::site::Site;

const OBJECTS: usize = 1_000_000;
const BUDGET_SECONDS: f64 = 5.0;
const BUDGET_MIB: f64 = 1_024.0;

pub async fn measure() -> Result<Vec<Figure>> {
    let site = Site::start("start").await?;
    let folder = site.folder().to_owned();
    let key = site.key("bench-port-office", app::Role::PortOffice, None).await?;
    super::events::prepare(&site, site.app.now(), OBJECTS).await?;
    site.app.store().close().await;
    // The site is left as a process that ended would leave it; a new one starts on its folder.
    std::mem::forget(site);

    let started = Instant::now();
    let again = Site::start_in(folder).await?;
    let mut connection = Connection::open(again.address).await?;
    let request = super::client::request("GET", "/api/v1/worklist?limit=50", &key, "", b"");
    let (status, body) = connection.ask(&request).await?;
    let seconds = started.elapsed().as_secs_f64();
    anyhow::ensure!(status == 200, "the first answer was {status}: {}", String::from_utf8_lossy(&body));
    let mib = resident_mib().context("cannot read the memory in use")?;
    let results = vec![
        Figure::new("start with 1,000,000 open objects to first answer", seconds, "s", BUDGET_SECONDS),
        Figure::new("memory with 1,000,000 open objects", mib, "MiB", BUDGET_MIB),
    ];
    again.end().await;
    Ok(results)
}

fn resident_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1_024.0)
}
