//! Risk decisions (风险判定): declarations that are submitted, drawn and answered at once, through HTTP.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::client::{Connection, request, steady};
use super::site::Site;
use super::{Figure, percentile_ms};
use crate::config::Profile;

const PER_SECOND: f64 = 500.0;
const BUDGET_P99_MS: f64 = 1_000.0;
const CONNECTIONS: usize = 64;
/// Declarations that are submitted as fast as they are answered, afterwards.
const AT_FULL_SPEED: usize = 1_500;
/// Answers that are read again.
const LOOKED_AT: usize = 50;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "counts of a minute")]
pub async fn measure(time: Duration, profile: Option<Profile>) -> Result<Vec<Figure>> {
    let site = Site::start("decide", profile).await?;
    let paced_count = (time.as_secs_f64() * PER_SECOND).ceil() as usize;
    let drafts = simulation::ready_drafts(&site.app, paced_count + AT_FULL_SPEED).await?;
    let mut keys = BTreeMap::new();
    for draft in &drafts {
        if !keys.contains_key(&draft.declarant) {
            keys.insert(draft.declarant.clone(), site.key_of(&draft.declarant).await?);
        }
    }
    let submit: Vec<Vec<u8>> = drafts
        .iter()
        .map(|draft| {
            let once = format!("idempotency-key: s-{}\r\n", draft.id);
            request("POST", &format!("/api/v1/declarations/{}/submit", draft.id), &keys[&draft.declarant], &once, b"{}")
        })
        .collect();
    let (first, rest) = submit.split_at(paced_count);
    let (first, rest) = (first.to_vec(), rest.to_vec());
    let mut paced = steady(site.address, CONNECTIONS, time, PER_SECOND, move |number| first[number as usize].clone()).await?;
    ensure!(paced.refused == 0, "{} declarations were refused", paced.refused);
    let turns = AT_FULL_SPEED / CONNECTIONS;
    let count = turns * CONNECTIONS;
    let started = std::time::Instant::now();
    let full = load_once(site.address, rest, turns).await?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(full == count as u64, "{} of {count} declarations were refused", count as u64 - full);
    let inspected = answered(&site, &drafts, &keys).await?;
    let (p50, p99) = (percentile_ms(&mut paced.times_us, 0.5), percentile_ms(&mut paced.times_us, 0.99));
    let rate = paced.per_second();
    let what = format!("declaration submitted, decided, drawn ({inspected} of {LOOKED_AT} to be inspected) and answered");
    let results = vec![
        Figure::new(format!("{what}: p99 at {rate:.0}/s (limit: budget)"), p99, "ms", BUDGET_P99_MS),
        Figure::new(format!("median at {rate:.0}/s (limit: budget of p99)"), p50, "ms", BUDGET_P99_MS),
        Figure::new("as fast as answered (limit: the rate asked for)", count as f64 / seconds, "1/s", PER_SECOND),
    ];
    site.end().await;
    Ok(results)
}

/// Every request once, shared out between the connections; how many were taken.
async fn load_once(address: std::net::SocketAddr, requests: Vec<Vec<u8>>, turns: usize) -> Result<u64> {
    let shares = requests.chunks_exact(turns).take(CONNECTIONS).map(<[_]>::to_vec);
    let mut running = Vec::with_capacity(CONNECTIONS);
    for share in shares {
        running.push(async move {
            let mut connection = Connection::open(address).await?;
            let mut taken = 0;
            for request in &share {
                let (status, _) = connection.ask(request).await?;
                taken += u64::from((200..300).contains(&status));
            }
            anyhow::Ok(taken)
        });
    }
    Ok(futures_util::future::try_join_all(running).await?.into_iter().sum())
}

/// Reads some of them again: each has its decision. How many are to be inspected.
async fn answered(site: &Site, drafts: &[simulation::ReadyDraft], keys: &BTreeMap<String, String>) -> Result<usize> {
    let mut connection = Connection::open(site.address).await?;
    let mut inspected = 0;
    for draft in drafts.iter().step_by(drafts.len() / LOOKED_AT).take(LOOKED_AT) {
        let (status, body) =
            connection.ask(&request("GET", &format!("/api/v1/declarations/{}", draft.id), &keys[&draft.declarant], "", b"")).await?;
        ensure!(status == 200, "declaration {} was answered with {status}", draft.id);
        let decision = &serde_json::from_slice::<serde_json::Value>(&body)?["decision"];
        ensure!(decision["answered_in_ms"].is_number(), "declaration {} has no decision", draft.id);
        inspected += usize::from(decision["inspect"] == true);
    }
    Ok(inspected)
}
