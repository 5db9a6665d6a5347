//! Batches of status events through HTTP: states and links kept, acknowledged after fsync.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use app::{Context, Role};
use ledger::{Aggregate as _, ObjectRef, Timestamp};
use logistics::{Container, ContainerAnnounced, DischargeTally, Discharged, container_id};
use sha2::{Digest as _, Sha256};
use store::{Commit, ObjectWrite, WorkWrite};

use super::Figure;
use super::client::{load, request};
use super::site::Site;
use crate::config::Profile;

const BUDGET_PER_SECOND: f64 = 100_000.0;
/// Events of a batch.
pub const BATCH: usize = 1_000;
const CONTAINERS: usize = 20_000;
const CONNECTIONS: usize = 8;
const CALL: &str = "C2600-0001";

pub async fn measure(time: Duration, profile: Option<Profile>) -> Result<Vec<Figure>> {
    let site = Site::start("events", profile).await?;
    let key = site.key("bench-terminal", Role::Terminal, None).await?;
    let at = site.app.now();
    prepare(&site, at, CONTAINERS).await?;

    let stamp = at.to_string();
    let bodies: Arc<Vec<Vec<u8>>> = Arc::new((0..CONTAINERS / BATCH).map(|b| body(b * BATCH..(b + 1) * BATCH, &stamp)).collect());
    let make = move |connection: usize, turn: u64| {
        let which = (connection + usize::try_from(turn).unwrap_or(0) * CONNECTIONS) % bodies.len();
        request("POST", "/api/v1/status-events", &key, "", &bodies[which])
    };
    let before = size(&site).await?;
    let started = Instant::now();
    let done = load(site.address, CONNECTIONS, time, make).await?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(done.refused == 0, "{} batches were refused", done.refused);
    #[expect(clippy::cast_precision_loss, reason = "counts of a minute")]
    let rate = (size(&site).await? - before) as f64 / seconds;
    let bytes = body_bytes(&site).await?;
    let keyed = raw_rate(site.folder(), time / 3, bytes, Raw::Keyed)?;
    let bare = raw_rate(site.folder(), time / 3, bytes, Raw::Bare)?;
    let results = vec![
        Figure::new("status events through HTTP (limit: budget)", rate, "1/s", BUDGET_PER_SECOND),
        Figure::new(format!("status events through HTTP (limit: raw SQLite inserts of {bytes} bytes with their keys)"), rate, "1/s", keyed),
        Figure::new(format!("status events through HTTP (limit: raw SQLite inserts of {bytes} bytes without any key)"), rate, "1/s", bare),
    ];
    site.end().await;
    Ok(results)
}

async fn size(site: &Site) -> Result<u64> {
    Ok(site.app.head().await?.map_or(0, |h| h.size))
}

fn number(index: usize) -> String {
    codes::ContainerNumber::synthetic(u32::try_from(index).unwrap_or(0)).to_string()
}

/// A batch of moves of these boxes.
pub fn body(boxes: impl Iterator<Item = usize>, at: &str) -> Vec<u8> {
    let events: Vec<serde_json::Value> = boxes
        .map(|i| serde_json::json!({ "container": container_id(&number(i), CALL), "kind": "moved", "at": at, "position": format!("A{:03}-{:02}", i % 997, i % 7) }))
        .collect();
    serde_json::to_vec(&serde_json::json!({ "events": events })).unwrap_or_default()
}

/// Containers that stand in the yard, written as the use cases would have left them.
pub async fn prepare(site: &Site, at: Timestamp, count: usize) -> Result<()> {
    let ctx = Context::platform(at, "bench");
    for from in (0..count).step_by(BATCH) {
        let mut commit = Commit { port: site.app.port().code.clone(), ..Commit::default() };
        for i in from..(from + BATCH).min(count) {
            let id = container_id(&number(i), CALL);
            let state = in_yard(&number(i), ctx.at)?;
            let object = ObjectRef::new(Container::KIND, id.clone());
            commit.work.push(WorkWrite { object: object.clone(), row: state.work_row(&id) });
            commit.objects.push(ObjectWrite { object, expected_version: 0, state: serde_json::to_vec(&state)? });
        }
        site.app.store().commit(commit).await?;
    }
    Ok(())
}

fn in_yard(number: &str, at: Timestamp) -> Result<Container> {
    let announced = ContainerAnnounced {
        number: number.to_owned(),
        size_type: "22G1".into(),
        call: CALL.into(),
        bill: Some(format!("BENCH{number}")),
        terminal: "bench-terminal".into(),
        seal: None,
        gross_kg: "12000".parse()?,
        parties: vec!["bench-agent".into()],
    };
    let events = logistics::decide_announce(None, announced)?;
    let mut state = Container::apply(None, &events[0], at)?;
    let discharged = Discharged {
        at,
        position: "A001-01".into(),
        seal: None,
        tally: DischargeTally { packages: None, damage: None, tally_company: None },
    };
    for event in logistics::decide_discharge(&state, discharged)? {
        state = Container::apply(Some(state), &event, at)?;
    }
    Ok(state)
}

/// Bytes of an event of the run, on average.
pub async fn body_bytes(site: &Site) -> Result<usize> {
    let newest = size(site).await?.saturating_sub(BATCH as u64);
    let leaves = site.app.store().leaves(&site.app.port().code, newest, u32::try_from(BATCH)?).await?;
    Ok(leaves.iter().map(|(_, body, _)| body.len()).sum::<usize>() / leaves.len().max(1))
}

/// How the rows of the raw limit are kept.
#[derive(Clone, Copy)]
pub enum Raw {
    /// As whoever keeps events in SQLite would: found by id and by object.
    Keyed,
    /// Appended, and found by position alone.
    Bare,
}

/// What SQLite itself takes: the columns of an event with bodies of the same size, random ids and hashes, in the same batches and as durable, of
/// as many objects in turn; and nothing else: no state, no version, no tree, no head.
pub fn raw_rate(folder: &Path, time: Duration, bytes: usize, raw: Raw) -> Result<f64> {
    let path = folder.join("raw.sqlite");
    let mut connection = rusqlite::Connection::open(&path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    connection
        .execute_batch("CREATE TABLE event (position INTEGER PRIMARY KEY, id BLOB NOT NULL, leaf BLOB NOT NULL, body BLOB NOT NULL)")?;
    if matches!(raw, Raw::Keyed) {
        connection.execute_batch(
            "CREATE UNIQUE INDEX event_by_id ON event (id); CREATE TABLE event_object (object INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (object, position)) WITHOUT ROWID",
        )?;
    }
    let body = vec![b'x'; bytes];
    let started = Instant::now();
    let mut rows = 0u32;
    while started.elapsed() < time {
        let transaction = connection.transaction()?;
        {
            let mut insert = transaction.prepare_cached("INSERT INTO event (id, leaf, body) VALUES (?1, ?2, ?3)")?;
            for _ in 0..BATCH {
                let leaf: [u8; 32] = Sha256::digest(rows.to_be_bytes()).into();
                let position = insert.insert((uuid::Uuid::now_v7().as_bytes(), &leaf, &body))?;
                if matches!(raw, Raw::Keyed) {
                    let object = rows % u32::try_from(CONTAINERS)?;
                    transaction
                        .prepare_cached("INSERT INTO event_object (object, position) VALUES (?1, ?2)")?
                        .execute((object, position))?;
                }
                rows += 1;
            }
        }
        transaction.commit()?;
    }
    let rate = f64::from(rows) / started.elapsed().as_secs_f64();
    drop(connection);
    for ending in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(folder.join(format!("raw.sqlite{ending}")));
    }
    Ok(rate)
}
