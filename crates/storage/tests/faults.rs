//! What goes wrong with disks, files and processes: a clear answer, nothing acknowledged is lost, nothing half-done stays.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use futures_util::future::join_all;
use storage::verify::verify;
use storage::{Access, OpenError, SqliteOptions, SqliteStore};
use store::contract::{TestSealer, at, commit, container, event, row, sealer, write};
use store::{Commit, IdempotencyRow, LedgerReader as _, Milestone, MilestoneMark, Store as _, StoreError, WorkWrite};

const PORT: &str = "CNXXX";

fn open(path: &Path) -> Result<SqliteStore, OpenError> {
    SqliteStore::open(path, PORT, sealer(), SqliteOptions::default())
}

/// A commit that touches most tables.
fn change(n: u64, state_bytes: usize) -> Commit {
    let object = container(n);
    Commit {
        events: vec![event(n, &[&object, &container(1_000_000)])],
        objects: vec![write(&object, 0, &"x".repeat(state_bytes))],
        work: vec![WorkWrite { object: object.clone(), row: row(&object.id, "open", 0) }],
        milestones: vec![MilestoneMark { container: object.id, milestone: Milestone::Discharged, at: at(0), terminal: None }],
        idempotency: Some(IdempotencyRow {
            scope: "s".into(),
            key: n.to_string(),
            request_hash: "h".into(),
            answer: b"ok".to_vec(),
            at: at(0),
        }),
        ..commit(PORT)
    }
}

async fn whole(store: &SqliteStore) {
    let faults = verify(store, PORT, &TestSealer::new().public(), &mut |_| {}, &mut |_| None).await.expect("read");
    assert_eq!(faults, []);
}

/// The disk fills while many commit: some are told that it is full, all others are there, and it goes on when there is room again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_so_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    let options = SqliteOptions { file_bytes_max: Some(2 << 20), ..SqliteOptions::default() };
    let store = Arc::new(SqliteStore::open(&path, PORT, sealer(), options).expect("open"));
    let mut acknowledged = Vec::new();
    let mut full = 0;
    for round in 0..40u64 {
        let done = join_all((0..20).map(|n| store.commit(change(round * 20 + n, 4_000)))).await;
        for (n, done) in (round * 20..).zip(done) {
            match done {
                Ok(_) => acknowledged.push(n),
                Err(StoreError::Full) => full += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert!(full > 100 && acknowledged.len() > 100, "{full} full, {} acknowledged", acknowledged.len());
    assert!(matches!(store.ready().await, Err(StoreError::Full)), "a store that cannot write is not ready");
    store.limit_file(None).await.expect("room");
    store.ready().await.expect("ready again");
    store.commit(change(5_000, 4_000)).await.expect("goes on by itself");
    acknowledged.push(5_000);
    for _ in 0..2 {
        for n in 0..800 {
            let there = store.object(PORT, &container(n)).await.expect("read").is_some();
            assert_eq!(there, acknowledged.contains(&n), "{n}");
            assert_eq!(store.work_row(PORT, &container(n)).await.expect("read").is_some(), there);
            assert_eq!(store.idempotent(PORT, "s", &n.to_string()).await.expect("read").is_some(), there);
            assert_eq!(store.events_of(PORT, &container(n), None, 9).await.expect("read").len(), usize::from(there));
        }
        assert_eq!(store.head(PORT).await.expect("head").expect("head").size, acknowledged.len() as u64);
        whole(&store).await;
    }
    store.close().await;
    open(&path).expect("open again").close().await;
}

/// One commit that cannot be written does not spoil those that wait with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_bad_commit_does_not_spoil_its_group() {
    let dir = tempfile::tempdir().expect("directory");
    let store = open(&dir.path().join("l.db")).expect("open");
    let outbox = |n: u64| store::OutboxRow {
        id: if n.is_multiple_of(5) { "the-same".into() } else { format!("o{n}") },
        channel: "c".into(),
        receiver: "r".into(),
        kind: "k".into(),
        object: None,
        body: vec![],
        due_at: at(0),
    };
    let done = join_all((0..100).map(|n| store.commit(Commit { outbox: vec![outbox(n)], ..change(n, 100) }))).await;
    let taken = done.iter().filter(|done| done.is_ok()).count();
    assert_eq!(taken, 81, "one of the twenty with the same id is written, and all others");
    for (n, done) in (0..).zip(done) {
        assert_eq!(store.object(PORT, &container(n)).await.expect("read").is_some(), done.is_ok());
    }
    whole(&store).await;
    store.close().await;
}

/// A second process is told that the file is in use; looking is allowed.
#[tokio::test]
async fn a_second_writer_is_refused() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    let first = open(&path).expect("open");
    first.commit(change(1, 10)).await.expect("commit");
    let second = open(&path);
    assert!(matches!(&second.err(), Some(fault @ OpenError::Locked { .. }) if fault.to_string().contains("in use by another process")));
    let inspecting =
        SqliteStore::open(&path, PORT, sealer(), SqliteOptions { access: Access::Inspect, ..SqliteOptions::default() }).expect("inspect");
    whole(&inspecting).await;
    assert!(matches!(inspecting.commit(change(2, 10)).await, Err(StoreError::Unavailable(_))));
    first.close().await;
    open(&path).expect("free again").close().await;
}

/// A file keeps the ledger of one port.
#[tokio::test]
async fn a_file_of_another_port_is_refused() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    open(&path).expect("open").close().await;
    let other = SqliteStore::open(&path, "CNYYY", sealer(), SqliteOptions::default());
    assert!(matches!(other.err(), Some(OpenError::OtherPort { found, asked }) if found == PORT && asked == "CNYYY"));
}

/// No directory, a file where a directory should be, a read-only directory.
#[test]
fn places_that_cannot_be_written_are_said_so() {
    let dir = tempfile::tempdir().expect("directory");
    assert!(matches!(open(&dir.path().join("none/l.db")).err(), Some(OpenError::NotWritable { .. })));
    std::fs::write(dir.path().join("file"), "x").expect("file");
    assert!(matches!(open(&dir.path().join("file/l.db")).err(), Some(OpenError::NotWritable { .. })));
    let closed = dir.path().join("closed");
    std::fs::create_dir(&closed).expect("directory");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o555)).expect("permissions");
    // Root may write anywhere: there is nothing to refuse.
    if std::fs::write(closed.join("probe"), "x").is_err() {
        assert!(matches!(open(&closed.join("l.db")).err(), Some(OpenError::NotWritable { .. })));
    }
}

/// A file that is no database, and a database cut short or overwritten.
#[tokio::test]
async fn damaged_files_are_said_so() {
    let dir = tempfile::tempdir().expect("directory");
    let foreign = dir.path().join("foreign.db");
    std::fs::write(&foreign, "UNB+UNOA:1+".repeat(1_000)).expect("file");
    assert!(matches!(open(&foreign).err(), Some(OpenError::Corrupt { .. })));
    let path = dir.path().join("l.db");
    let store = open(&path).expect("open");
    for n in 0..50 {
        store.commit(change(n, 2_000)).await.expect("commit");
    }
    store.close().await;
    let good = std::fs::read(&path).expect("file");
    std::fs::write(&path, &good[..good.len() / 3]).expect("cut");
    match open(&path) {
        Err(OpenError::Corrupt { .. } | OpenError::Altered { .. } | OpenError::Database(_)) => {}
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("a file cut short was opened"),
    }
    let mut scribbled = good;
    scribbled[..100].fill(0xff);
    std::fs::write(&path, &scribbled).expect("scribble");
    assert!(matches!(open(&path).err(), Some(OpenError::Corrupt { .. })));
}

/// A file of a newer release is refused with both numbers; one of an older release is brought up to date.
#[tokio::test]
async fn schemas_are_compared() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    assert!(SqliteStore::migrate_status(&path).expect("status").iter().all(|m| !m.applied));
    let done = SqliteStore::migrate(&path).expect("migrate");
    assert_eq!(done.len(), storage::migrations::SQLITE.len());
    assert_eq!(SqliteStore::migrate(&path).expect("again"), Vec::<u32>::new());
    assert!(SqliteStore::migrate_status(&path).expect("status").iter().all(|m| m.applied));
    let conn = rusqlite::Connection::open(&path).expect("open");
    conn.execute("INSERT INTO schema_migration (number, file, checksum) VALUES (99, 'x', 'x')", []).expect("insert");
    drop(conn);
    let refused = open(&path).err();
    assert!(
        matches!(&refused, Some(fault @ OpenError::Newer { found: 99, .. }) if fault.to_string().contains("newer release")),
        "{refused:?}"
    );
    let conn = rusqlite::Connection::open(&path).expect("open");
    conn.execute("DELETE FROM schema_migration WHERE number = 99", []).expect("delete");
    conn.execute("UPDATE schema_migration SET checksum = 'other' WHERE number = 1", []).expect("update");
    drop(conn);
    assert!(matches!(open(&path).err(), Some(OpenError::OtherMigration { number: 1 })));
}

const CHILD: &str = "FAIRWAY_TEST_KILL_CHILD";

/// Not a test by itself: the process that is killed. Commits for ever and prints what was acknowledged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child_that_commits_until_killed() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let store = Arc::new(open(Path::new(&path)).expect("open"));
    let start = *store.changes().borrow() * 1_000;
    let tasks = (0..16u64).map(|task| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            for n in 0.. {
                let id = start + n * 16 + task;
                store.commit(change(id, 300)).await.expect("commit");
                // One write call per line: a killed process prints whole lines or nothing.
                use std::io::Write as _;
                std::io::stdout().write_all(format!("acknowledged {id}\n").as_bytes()).expect("print");
            }
        })
    });
    join_all(tasks).await;
}

/// SIGKILL in mid-load, five times on one file: every acknowledged commit is there with all its parts, and the ledger verifies.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_mid_load_nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    let mut acknowledged: Vec<u64> = Vec::new();
    for round in 0..5 {
        let mut child = Command::new(std::env::current_exe().expect("self"))
            .args(["--exact", "child_that_commits_until_killed", "--nocapture"])
            .env(CHILD, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("child");
        let lines = BufReader::new(child.stdout.take().expect("stdout")).lines();
        let mut told = 0;
        for line in lines.map_while(Result::ok) {
            if let Some(id) = line.strip_prefix("acknowledged ").or_else(|| line.split("acknowledged ").nth(1)) {
                acknowledged.push(id.trim().parse().expect("id"));
                told += 1;
                if told == 300 + round * 170 {
                    child.kill().expect("kill");
                }
            }
        }
        child.wait().expect("wait");
        assert!(told >= 300, "the child must have worked: {told}");
        let store = open(&path).expect("open after the kill");
        for id in &acknowledged {
            let object = container(*id);
            assert!(store.object(PORT, &object).await.expect("read").is_some(), "{id} was acknowledged");
            assert_eq!(store.events_of(PORT, &object, None, 9).await.expect("read").len(), 1);
            assert!(store.work_row(PORT, &object).await.expect("read").is_some());
            assert!(store.idempotent(PORT, "s", &id.to_string()).await.expect("read").is_some());
        }
        let size = *store.changes().borrow();
        assert!(size >= acknowledged.len() as u64);
        let shared = store.events_of(PORT, &container(1_000_000), None, 10_000).await.expect("events");
        assert!(shared.iter().map(|e| e.position).eq(0..size), "the shared object's timeline has every event");
        whole(&store).await;
        store.close().await;
    }
}
