//! Whole manifests through HTTP: EDIFACT files in, bills and boxes durable and findable, answers prepared.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::Figure;
use super::client::{Connection, request};
use super::events::{Raw, body_bytes, raw_rate};
use super::site::Site;
use crate::config::Profile;

/// Ships whose manifests are sent one after the other.
const SHIPS: usize = 2;
/// Bills of each: as many as one manifest may hold.
const BILLS: usize = manifest::MANIFEST_BILLS_MAX;
const BUDGET_SECONDS: f64 = 2.0;

#[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
pub async fn measure(time: Duration, profile: Option<Profile>) -> Result<Vec<Figure>> {
    let site = Site::start("ingest", profile).await?;
    let manifests = simulation::large_manifests(&site.app, SHIPS, BILLS).await?;
    let key = site.key_of(manifests.agent).await?;
    let bytes: usize = manifests.interchanges.iter().map(Vec::len).sum();
    let requests: Vec<Vec<u8>> = manifests.interchanges.iter().map(|file| request("POST", "/api/v1/messages", &key, "", file)).collect();
    let mut connection = Connection::open(site.address).await?;
    let before = size(&site).await?;
    let started = Instant::now();
    for request in &requests {
        let (status, body) = connection.ask(request).await?;
        let answer: serde_json::Value = serde_json::from_slice(&body).unwrap_or_default();
        ensure!(status == 202, "a manifest was answered with {status}: {answer}");
        let state = answer["status"].as_str().unwrap_or_default();
        ensure!(state.starts_with("processed"), "a manifest was {state}: {}", answer["findings"]);
    }
    let seconds = started.elapsed().as_secs_f64();
    let events = size(&site).await? - before;
    let (bills, boxes) = (SHIPS * BILLS, manifests.containers);
    ensure!(events as usize >= bills + boxes, "{events} events for {bills} bills with {boxes} boxes");
    found(&site, &mut connection, &key, &manifests.interchanges).await?;
    let raw = raw_rate(site.folder(), time / 3, body_bytes(&site).await?, Raw::Keyed)?;
    let what = format!("{bills} bills with {boxes} boxes ({} KiB in {SHIPS} CUSCAR files) to durable objects", bytes / 1_024);
    let results = vec![
        Figure::new(format!("{what} (limit: budget)"), seconds, "s", BUDGET_SECONDS),
        Figure::new("their events (limit: raw SQLite inserts with their keys)", events as f64 / seconds, "1/s", raw),
    ];
    site.end().await;
    Ok(results)
}

async fn size(site: &Site) -> Result<u64> {
    Ok(site.app.head().await?.map_or(0, |h| h.size))
}

/// The last bill of each file is there.
async fn found(site: &Site, connection: &mut Connection, key: &str, files: &[Vec<u8>]) -> Result<()> {
    let number = |file: &[u8]| -> Option<String> {
        let text = String::from_utf8_lossy(file);
        let at = text.rfind("RFF+BM:")? + 7;
        Some(text[at..].split('\'').next()?.to_owned())
    };
    for file in files {
        let number = number(file).context("a manifest without bills")?;
        let id = urlencoded(&number);
        let (status, _) = connection.ask(&request("GET", &format!("/api/v1/bills/{id}"), key, "", b"")).await?;
        ensure!(status == 200, "bill {number} was answered with {status} on {}", site.address);
    }
    Ok(())
}

fn urlencoded(text: &str) -> String {
    text.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
