//! The data of a case page: one box with its whole timeline, at 2,000 pages a second.

use std::time::Duration;

use anyhow::{Result, ensure};
use app::Role;

use super::client::{load, request};
use super::site::Site;
use super::{Figure, percentile_ms};

const PAGES_PER_SECOND: f64 = 2_000.0;
const BUDGET_P99_MS: f64 = 5.0;
const CONNECTIONS: u32 = 16;

pub async fn measure(time: Duration) -> Result<Vec<Figure>> {
    let site = Site::start("read").await?;
    let containers = simulation::finished_boxes(&site.app, 200).await?;
    let key = site.key("bench-port-office", Role::PortOffice, None).await?;
    let health = move |_, _| b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n".to_vec();
    let limit = load(site.address, CONNECTIONS as usize, time / 3, None, health).await?.per_second();
    let pace = Duration::from_secs_f64(f64::from(CONNECTIONS) / PAGES_PER_SECOND);
    let make = |containers: Vec<String>, key: String| {
        move |connection: usize, turn: u64| {
            let which = (connection * 31 + usize::try_from(turn).unwrap_or(0)) % containers.len();
            let what = if turn.is_multiple_of(2) { "" } else { "/timeline" };
            request("GET", &format!("/api/v1/cases/{}{what}", containers[which]), &key, "", b"")
        }
    };
    let mut paced = load(site.address, CONNECTIONS as usize, time, Some(pace), make(containers.clone(), key.clone())).await?;
    ensure!(paced.refused == 0, "{} pages were refused", paced.refused);
    let full = load(site.address, CONNECTIONS as usize, time / 2, None, make(containers, key)).await?;
    let rate = paced.per_second();
    let p99 = percentile_ms(&mut paced.times_us, 0.99);
    let results = vec![
        Figure::new(format!("p99 of a case page at {rate:.0}/s (limit: budget)"), p99, "ms", BUDGET_P99_MS),
        Figure::new("case pages through HTTP (limit: empty HTTP)", full.per_second(), "1/s", limit),
    ];
    site.end().await;
    Ok(results)
}
