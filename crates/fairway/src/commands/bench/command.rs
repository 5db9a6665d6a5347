//! Durable commands: authorise, decide, store, acknowledge after fsync, through HTTP.

use std::time::Duration;

use anyhow::{Result, ensure};
use app::Role;

use super::client::{load, request, steady};
use super::site::Site;
use super::{Figure, percentile_ms};
use crate::config::Profile;

/// Commands per second that the design promises on two cores.
const BUDGET_PER_SECOND: f64 = 10_000.0;
/// Milliseconds below which 99 of 100 answers lie at half that load.
const BUDGET_P99_MS: f64 = 50.0;
const CONNECTIONS: usize = 256;

pub async fn measure(time: Duration, profile: Option<Profile>) -> Result<Vec<Figure>> {
    let site = Site::start("command", profile).await?;
    let key = site.key("bench-trader", Role::Trader, None).await?;
    let health = move |_, _| b"GET /healthz HTTP/1.1\r\nhost: bench\r\n\r\n".to_vec();
    let limit = load(site.address, CONNECTIONS, time / 3, health).await?.per_second();

    let make = {
        let key = key.clone();
        move |connection: usize, turn: u64| {
            request("POST", "/api/v1/declarations", &key, &format!("idempotency-key: f{connection}-{turn}\r\n"), b"{}")
        }
    };
    let full = load(site.address, CONNECTIONS, time, make).await?;
    ensure!(full.refused == 0, "{} commands were refused", full.refused);

    let half = BUDGET_PER_SECOND / 2.0;
    let make = move |number: u64| request("POST", "/api/v1/declarations", &key, &format!("idempotency-key: h{number}\r\n"), b"{}");
    let mut paced = steady(site.address, CONNECTIONS, time, half, make).await?;
    ensure!(paced.refused == 0, "{} commands were refused", paced.refused);
    let p99 = percentile_ms(&mut paced.times_us, 0.99);
    let results = vec![
        Figure::new("durable commands through HTTP (limit: empty HTTP)", full.per_second(), "1/s", limit),
        Figure::new("durable commands through HTTP (limit: budget)", full.per_second(), "1/s", BUDGET_PER_SECOND),
        Figure::new(format!("p99 at {:.0} commands/s (limit: budget)", paced.per_second()), p99, "ms", BUDGET_P99_MS),
    ];
    site.end().await;
    Ok(results)
}
