//! Measures the embedded store: `cargo run --release -p storage --example speed [scattered|ship|single|million|all]`.
//!
//! Printed next to the raw insert rate of the same bytes with the same pragmas in the same run, so that the disk of the machine drops out of
//! the comparison.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use ledger::head::{Algorithm, SigningKey};
use ledger::{Actor, Cause, Event, Head, ObjectLink, ObjectRef, RawValue, Timestamp, WorkRow};
use storage::{SqliteOptions, SqliteStore};
use store::{Commit, IdempotencyRow, ObjectWrite, Sealer, Store, Visibility, WorkOrder, WorkQuery, WorkWrite};

const PORT: &str = "CNXXX";
const BATCH: usize = 1_000;
const BATCHES: usize = 500;
const CALLERS: usize = 8;
const SHIPS: usize = 200;
const BOXES_PER_SHIP: usize = 500;
const SINGLES: usize = 100_000;
const SINGLE_CALLERS: usize = 256;
const OPEN_OBJECTS: usize = 1_000_000;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

struct ClockSealer(SigningKey);

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_millis(since.as_millis() as i64)
}

impl Sealer for ClockSealer {
    fn seal(&self, port: &str, size: u64, root: [u8; 32]) -> Head {
        self.0.sign_head(port, size, root, now()).expect("an Ed25519 key signs everything")
    }
}

fn main() -> Outcome<()> {
    let wanted = std::env::args().nth(1).unwrap_or_else(|| "all".into());
    if wanted == "open" {
        return reopen(Path::new(&std::env::args().nth(2).unwrap_or_default()));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let dir = tempfile::tempdir()?;
    let raw = raw_rate(&dir.path().join("raw.db"))?;
    println!("raw insert                     {raw:>10.0} events/s   (prepared INSERT, {BATCH} per transaction, synchronous=FULL)");
    if ["all", "scattered"].contains(&wanted.as_str()) {
        let rate = runtime.block_on(batches(&dir.path().join("scattered.db"), Spread::Scattered))?;
        println!("batched, boxes at random       {rate:>10.0} events/s   {:.2} of raw (limit 150000, 0.35)", rate / raw);
    }
    if ["all", "ship"].contains(&wanted.as_str()) {
        let rate = runtime.block_on(batches(&dir.path().join("ship.db"), Spread::ByShip))?;
        println!("batched, one ship per batch    {rate:>10.0} events/s   {:.2} of raw (limit 150000, 0.35)", rate / raw);
    }
    if ["all", "single"].contains(&wanted.as_str()) {
        let rate = runtime.block_on(singles(&dir.path().join("single.db")))?;
        println!("single commits, 256 callers    {rate:>10.0} commits/s  (limit 25000)");
    }
    if ["all", "million"].contains(&wanted.as_str()) {
        runtime.block_on(million(&dir.path().join("million.db")))?;
    }
    Ok(())
}

fn event(n: usize, ship: usize, container: &str) -> Event {
    let payload = format!(r#"{{"place":"A{:02}-{:02}-{}"}}"#, n % 40, n % 60, n % 5);
    Event {
        id: uuid::Uuid::now_v7(),
        kind: "container.discharged".into(),
        occurred_at: now(),
        recorded_at: now(),
        actor: Actor::System { organisation: "terminal-1".into(), system: "tos".into() },
        cause: Cause::Message { id: "M1".into() },
        objects: vec![
            ObjectLink { object: ObjectRef::new("container", container), role: "subject".into() },
            ObjectLink { object: ObjectRef::new("ship-call", format!("CALL{ship:05}")), role: "ship".into() },
        ],
        payload: RawValue::from_string(payload).unwrap_or_else(|_| RawValue::NULL.to_owned()),
    }
}

/// A state of about 300 bytes.
fn state(container: &str, version: u64) -> Vec<u8> {
    format!(
        r#"{{"container":"{container}","state":"on-yard","version":{version},"sizeType":"45G1","full":true,"seals":["S{version:07}","T{version:07}"],"place":"A01-02-3","grossKg":21500,"carrier":"carrier-1","terminal":"terminal-1","billOfLading":"BL{version:09}","customs":{{"released":false,"holds":["inspection"]}},"since":"2026-11-22T01:02:03.000Z"}}"#
    )
    .into_bytes()
}

/// What SQLite does with the bytes alone.
fn raw_rate(path: &Path) -> Outcome<f64> {
    let mut conn = rusqlite::Connection::open(path)?;
    for (name, value) in [("journal_mode", "WAL"), ("synchronous", "FULL"), ("cache_size", "-65536")] {
        conn.pragma_update(None, name, value)?;
    }
    conn.execute_batch("CREATE TABLE event (place INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT")?;
    let bodies: Vec<Vec<u8>> = (0..BATCH).map(|n| event(n, n % SHIPS, "CSQU3054383").encode()).collect::<Result<_, _>>()?;
    let start = Instant::now();
    for _ in 0..BATCHES {
        let transaction = conn.transaction()?;
        {
            let mut insert = transaction.prepare_cached("INSERT INTO event (body) VALUES (?1)")?;
            for body in &bodies {
                insert.execute([body])?;
            }
        }
        transaction.commit()?;
    }
    println!("event {} bytes, state {} bytes", bodies[0].len(), state("CSQU3054383", 1).len());
    Ok((BATCHES * BATCH) as f64 / start.elapsed().as_secs_f64())
}

#[derive(Clone, Copy)]
enum Spread {
    Scattered,
    ByShip,
}

fn open(path: &Path) -> Outcome<SqliteStore> {
    Ok(SqliteStore::open(path, PORT, Arc::new(ClockSealer(SigningKey::generate(Algorithm::Ed25519, [1; 32])?)), SqliteOptions::default())?)
}

/// All boxes exist; then batches of status events, each changing the state of 1,000 boxes that the caller alone handles.
async fn batches(path: &Path, spread: Spread) -> Outcome<f64> {
    let store = Arc::new(open(path)?);
    let all = SHIPS * BOXES_PER_SHIP;
    let name = |n: usize| format!("CSQU{n:07}");
    for from in (0..all).step_by(BATCH) {
        let objects = (from..from + BATCH).map(|n| ObjectWrite {
            object: ObjectRef::new("container", name(n)),
            expected_version: 0,
            state: state(&name(n), 1),
        });
        store.commit(Commit { port: PORT.into(), objects: objects.collect(), ..Commit::default() }).await?;
    }
    // Made beforehand: what is measured is the store, not the making of the load. Events are encoded within commit.
    let mut versions = vec![1u64; all];
    let mut loads: Vec<Vec<Commit>> = (0..CALLERS).map(|_| Vec::new()).collect();
    let mut random = 0x2545_f491_4f6c_dd1du64;
    for batch in 0..BATCHES {
        let caller = batch % CALLERS;
        let mut commit = Commit { port: PORT.into(), ..Commit::default() };
        let mut taken = std::collections::HashSet::new();
        for i in 0..BATCH {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            // Boxes of a caller: no two callers change the same one, as no two terminals do.
            let n = match spread {
                Spread::Scattered => (random as usize % (all / CALLERS)) * CALLERS + caller,
                Spread::ByShip => {
                    ((batch / CALLERS * 2 + i / BOXES_PER_SHIP) % (SHIPS / CALLERS) * CALLERS + caller) * BOXES_PER_SHIP
                        + i % BOXES_PER_SHIP
                }
            };
            commit.events.push(event(batch * BATCH + i, n / BOXES_PER_SHIP, &name(n)));
            if taken.insert(n) {
                let write = ObjectWrite {
                    object: ObjectRef::new("container", name(n)),
                    expected_version: versions[n],
                    state: state(&name(n), versions[n] + 1),
                };
                versions[n] += 1;
                commit.objects.push(write);
            }
        }
        loads[caller].push(commit);
    }
    let start = Instant::now();
    let mut callers = Vec::new();
    for load in loads {
        let store = Arc::clone(&store);
        callers.push(tokio::spawn(async move {
            for commit in load {
                store.commit(commit).await?;
            }
            Ok::<(), store::StoreError>(())
        }));
    }
    for caller in callers {
        caller.await??;
    }
    let rate = (BATCHES * BATCH) as f64 / start.elapsed().as_secs_f64();
    store.close().await;
    Ok(rate)
}

fn row(n: usize, status: &str) -> WorkRow {
    WorkRow {
        title: format!("CSQU{n:07}"),
        status: status.into(),
        owner: Some(format!("trader-{}", n % 997)),
        action: Some("pay-duty".into()),
        authority: Some(format!("district-{}", n % 7)),
        parties: vec![format!("agent-{}", n % 31), "terminal-1".into()],
        keys: vec![format!("CSQU{n:07}"), format!("BL{:09}", n / 3)],
        opened_at: Timestamp::from_millis(1_700_000_000_000 + n as i64 * 1_000),
        due_at: (!n.is_multiple_of(3)).then(|| Timestamp::from_millis(1_700_000_000_000 + (n as i64 * 7_919) % 1_000_000_000)),
        closed_at: None,
    }
}

/// One event, one object, one changed worklist row, one remembered answer per commit.
async fn singles(path: &Path) -> Outcome<f64> {
    let store = Arc::new(open(path)?);
    let start = Instant::now();
    let mut callers = Vec::new();
    for caller in 0..SINGLE_CALLERS {
        let store = Arc::clone(&store);
        callers.push(tokio::spawn(async move {
            for i in 0..SINGLES / SINGLE_CALLERS {
                // Each box is opened, then changed three times.
                let n = (i / 4) * SINGLE_CALLERS + caller;
                let container = format!("CSQU{n:07}");
                let object = ObjectRef::new("container", &container);
                let status = ["awaiting-arrival", "awaiting-decision", "awaiting-payment", "released"][i % 4];
                store
                    .commit(Commit {
                        port: PORT.into(),
                        events: vec![event(i, n / BOXES_PER_SHIP, &container)],
                        objects: vec![ObjectWrite {
                            object: object.clone(),
                            expected_version: (i % 4) as u64,
                            state: state(&container, i as u64),
                        }],
                        work: vec![WorkWrite { object, row: row(n, status) }],
                        idempotency: Some(IdempotencyRow {
                            scope: format!("trader-{}/user", n % 997),
                            key: uuid::Uuid::now_v7().to_string(),
                            request_hash: "h".repeat(64),
                            answer: vec![b'a'; 200],
                            at: now(),
                        }),
                        ..Commit::default()
                    })
                    .await?;
            }
            Ok::<(), store::StoreError>(())
        }));
    }
    for caller in callers {
        caller.await??;
    }
    let rate = SINGLES as f64 / start.elapsed().as_secs_f64();
    store.close().await;
    Ok(rate)
}

fn everything() -> WorkQuery {
    WorkQuery {
        port: PORT.into(),
        visibility: Visibility::Port,
        kinds: vec![],
        statuses: vec![],
        owner: None,
        actions: vec![],
        open: Some(true),
        key_prefix: None,
        keys: Vec::new(),
        opened_from: None,
        opened_to: None,
        due_before: None,
        order: WorkOrder::Newest,
        cursor: None,
        limit: 50,
    }
}

/// Opens the file and answers one page; prints the time and the memory of this process.
fn reopen(path: &Path) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        let start = Instant::now();
        let store = open(path)?;
        let opened = start.elapsed();
        let _ = store.work(&everything()).await?;
        println!(
            "open with {OPEN_OBJECTS} open objects   {:>7.0} ms (limit 2000), with the first page {:.0} ms; resident {} MiB (limit 300)",
            opened.as_secs_f64() * 1e3,
            start.elapsed().as_secs_f64() * 1e3,
            resident_mib()
        );
        store.close().await;
        Ok(())
    })
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

/// A million open objects: how long opening takes, what it needs, how fast worklists answer.
async fn million(path: &Path) -> Outcome<()> {
    let store = open(path)?;
    let start = Instant::now();
    for from in (0..OPEN_OBJECTS).step_by(BATCH) {
        let mut commit = Commit { port: PORT.into(), ..Commit::default() };
        for n in from..from + BATCH {
            let container = format!("CSQU{n:07}");
            let object = ObjectRef::new(["container", "declaration", "delivery-order"][n % 3], &container);
            commit.objects.push(ObjectWrite { object: object.clone(), expected_version: 0, state: state(&container, 1) });
            commit.work.push(WorkWrite {
                object,
                row: row(n, ["awaiting-arrival", "awaiting-decision", "awaiting-payment", "released"][n / 3 % 4]),
            });
        }
        commit.events.push(event(from, 0, "CSQU0000000"));
        store.commit(commit).await?;
    }
    println!("loaded {OPEN_OBJECTS} open objects in {:.1} s", start.elapsed().as_secs_f64());
    store.close().await;
    drop(store);
    // In a process of its own, so that its memory is its own.
    let child = std::process::Command::new(std::env::current_exe()?).arg("open").arg(path).status()?;
    if !child.success() {
        return Err("the store could not be opened again".into());
    }
    let store = open(path)?;
    let base = everything();
    let trader = Visibility::Organisation("trader-5".into());
    let terminal = Visibility::Organisation("terminal-1".into());
    let due = WorkOrder::Due;
    let questions = [
        ("port, newest", base.clone()),
        ("port, due", WorkQuery { order: due, ..base.clone() }),
        ("port, one kind and status", WorkQuery { kinds: vec!["declaration".into()], statuses: vec!["released".into()], ..base.clone() }),
        ("trader, newest", WorkQuery { visibility: trader.clone(), ..base.clone() }),
        ("trader, due", WorkQuery { visibility: trader.clone(), order: due, ..base.clone() }),
        ("trader's duties", WorkQuery { visibility: trader.clone(), owner: Some("trader-5".into()), ..base.clone() }),
        ("terminal, newest", WorkQuery { visibility: terminal.clone(), ..base.clone() }),
        ("terminal, due", WorkQuery { visibility: terminal.clone(), order: due, ..base.clone() }),
        ("district, due", WorkQuery { visibility: Visibility::Authorities(vec!["district-3".into()]), order: due, ..base.clone() }),
        ("key, exact", WorkQuery { key_prefix: Some("CSQU0500000".into()), ..base.clone() }),
        ("key, 4 letters all share", WorkQuery { key_prefix: Some("CSQU".into()), visibility: trader, ..base.clone() }),
        ("nothing fits", WorkQuery { statuses: vec!["no-such".into()], visibility: terminal, ..base.clone() }),
        ("overdue, newest", WorkQuery { due_before: Some(Timestamp::from_millis(1_700_000_100_000)), ..base.clone() }),
    ];
    for (name, query) in questions {
        let start = Instant::now();
        let mut worst = 0.0f64;
        let mut rows = 0;
        for _ in 0..20 {
            let one = Instant::now();
            rows = store.work(&query).await?.items.len();
            worst = worst.max(one.elapsed().as_secs_f64());
        }
        println!(
            "  work: {name:<28} {:>8.2} ms, worst {:>8.2} ms (limit 20), {rows} rows",
            start.elapsed().as_secs_f64() * 1e3 / 20.0,
            worst * 1e3
        );
    }
    let start = Instant::now();
    let tally = store.work_tally(&base, Timestamp::from_millis(1_700_000_010_000)).await?;
    println!("  tally of the port                 {:>8.2} ms, {} lines", start.elapsed().as_secs_f64() * 1e3, tally.len());
    store.close().await;
    Ok(())
}
