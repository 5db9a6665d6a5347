//! The case page: one box with its whole timeline, at 2,000 pages a second.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use app::Role;

use super::client::{Connection, load, request, steady};
use super::site::Site;
use super::{Figure, percentile_ms};
use crate::config::Profile;

const PAGES_PER_SECOND: f64 = 2_000.0;
const BUDGET_P99_MS: f64 = 5.0;
const BOXES: usize = 200;
/// Connections at the fixed rate: far more than are busy at once, so that the rate is kept.
const CONNECTIONS: usize = 64;
/// Connections that ask as fast as they are answered.
const CONNECTIONS_FULL: usize = 8;

pub async fn measure(time: Duration, profile: Option<Profile>) -> Result<Vec<Figure>> {
    let site = Site::start("read", profile).await?;
    let boxes = simulation::finished_boxes(&site.app, BOXES).await?;
    let key = site.key("bench-port-office", Role::PortOffice, None).await?;
    let health = move |_, _| b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n".to_vec();
    let limit = load(site.address, CONNECTIONS_FULL, time / 3, health).await?.per_second();
    let pages: Vec<Vec<u8>> = boxes.iter().map(|id| request("GET", &format!("/api/v1/cases/{id}?timeline=200"), &key, "", b"")).collect();
    let events = events_per_page(&site, &pages).await?;
    let page = {
        let pages = pages.clone();
        move |number: u64| pages[usize::try_from(number).unwrap_or(0) * 31 % pages.len()].clone()
    };
    let mut paced = steady(site.address, CONNECTIONS, time, PAGES_PER_SECOND, page).await?;
    ensure!(paced.refused == 0, "{} pages were refused", paced.refused);
    let page = move |connection: usize, turn: u64| pages[(connection * 31 + usize::try_from(turn).unwrap_or(0)) % pages.len()].clone();
    let full = load(site.address, CONNECTIONS_FULL, time / 2, page).await?;
    let rate = paced.per_second();
    let kib = paced.bytes / paced.done.max(1) / 1_024;
    let (p50, p99) = (percentile_ms(&mut paced.times_us, 0.5), percentile_ms(&mut paced.times_us, 0.99));
    let what = format!("case page of {BOXES} boxes, {events:.0} events and {kib} KiB each");
    let results = vec![
        Figure::new(format!("{what}: p99 at {rate:.0}/s (limit: budget)"), p99, "ms", BUDGET_P99_MS),
        Figure::new(format!("{what}: median at {rate:.0}/s (limit: budget of p99)"), p50, "ms", BUDGET_P99_MS),
        Figure::new("case pages a second asked at a fixed rate (limit: the rate)", rate, "1/s", PAGES_PER_SECOND),
        Figure::new("case pages a second as fast as answered (limit: empty HTTP)", full.per_second(), "1/s", limit),
    ];
    site.end().await;
    Ok(results)
}

/// Events of a page, on average; every page is asked for once.
#[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
async fn events_per_page(site: &Site, pages: &[Vec<u8>]) -> Result<f64> {
    let mut connection = Connection::open(site.address).await?;
    let mut events = 0;
    for page in pages {
        let (status, body) = connection.ask(page).await?;
        ensure!(status == 200, "a page was answered with {status}");
        let page: serde_json::Value = serde_json::from_slice(&body)?;
        events += page["timeline"]["items"].as_array().context("a page without a timeline")?.len();
    }
    Ok(events as f64 / pages.len() as f64)
}
