//! `verify` finds any change of a stored ledger and says where it is.

use std::path::Path;
use std::sync::Arc;

use ledger::Bilingual;
use storage::verify::{Fault, Place, verify};
use storage::{Access, OpenError, SqliteOptions, SqliteStore};
use store::contract::{TestSealer, commit, container, event, row, sealer, write};
use store::{Blob, Commit, Link, Milestone, MilestoneMark, Store as _, WorkWrite};

const PORT: &str = "CNXXX";
const EVENTS: u64 = 1_100;

async fn ledger(path: &Path) {
    let store = SqliteStore::open(path, PORT, sealer(), SqliteOptions::default()).expect("open");
    for batch in 0..11 {
        let events = (0..EVENTS / 11).map(|n| event(n, &[&container(batch * 100 + n), &container(n % 7)])).collect();
        store.commit(Commit { events, ..commit(PORT) }).await.expect("commit");
    }
    store.close().await;
}

async fn check(path: &Path) -> Vec<Fault> {
    let store =
        SqliteStore::open(path, PORT, sealer(), SqliteOptions { access: Access::Inspect, ..SqliteOptions::default() }).expect("open");
    let mut seen = 0;
    let faults = verify(&store, PORT, &TestSealer::new().public(), &mut |progress| seen = seen.max(progress.done), &mut |_| None)
        .await
        .expect("read");
    assert!(seen > 0);
    faults
}

fn change(path: &Path, sql: &str) {
    let conn = rusqlite::Connection::open(path).expect("open");
    assert_eq!(conn.execute(sql, []).expect("change"), 1, "{sql}");
}

/// Flips one bit of a column of one row; a number's lowest bits, a blob's or text's at some byte.
fn flip(path: &Path, table: &str, column: &str, place: u64, bit: usize) {
    let conn = rusqlite::Connection::open(path).expect("open");
    let select = format!("SELECT {column} FROM {table} WHERE place = {place}");
    let value: rusqlite::types::Value = conn.query_row(&select, [], |row| row.get(0)).expect("value");
    let flipped: rusqlite::types::Value = match value {
        rusqlite::types::Value::Integer(number) => (number ^ (1 << (bit % 20))).into(),
        rusqlite::types::Value::Blob(mut bytes) => {
            let at = bit / 8 % bytes.len();
            bytes[at] ^= 1 << (bit % 8);
            bytes.into()
        }
        rusqlite::types::Value::Text(text) => {
            let mut bytes = text.into_bytes();
            let at = bit / 8 % bytes.len();
            // Of the seven bits of ASCII, so that the text stays text.
            bytes[at] ^= 1 << (bit % 7);
            String::from_utf8(bytes).expect("ASCII").into()
        }
        other => panic!("{other:?}"),
    };
    conn.execute(&format!("UPDATE {table} SET {column} = ?1 WHERE place = {place}"), [flipped]).expect("update");
}

#[tokio::test]
async fn an_untouched_ledger_has_no_faults() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    ledger(&path).await;
    assert_eq!(check(&path).await, []);
}

/// A hundred and twenty single bits in bodies, leaves, tiles and heads: each found, alone, and named by its place.
#[tokio::test]
async fn every_flipped_bit_is_found_where_it_is() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    ledger(&path).await;
    let mut random = 0x9e37_79b9_7f4a_7c15u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random
    };
    for round in 0..120 {
        let bit = usize::try_from(next() % 4_096).expect("small");
        let (table, column, place, expect) = match round % 8 {
            0 | 1 => ("event", "body", next() % EVENTS, None),
            2 => ("event", "leaf", next() % EVENTS, None),
            3 => ("tile", "root", next() % (EVENTS / 256), Some("ledger-tile-altered")),
            4 => ("head", "root", (next() % 11 + 1) * 100, None),
            5 => ("head", "signature", (next() % 11 + 1) * 100, Some("ledger-head-signature")),
            6 => ("head", "at", (next() % 11 + 1) * 100, Some("ledger-head-signature")),
            _ => ("head", "key_id", (next() % 11 + 1) * 100, Some("ledger-head-other-key")),
        };
        flip(&path, table, column, place, bit);
        let faults = check(&path).await;
        let named = match table {
            "event" => Place::Event(place),
            "tile" => Place::Tile(place),
            _ => Place::Head(place),
        };
        assert!(
            faults.iter().any(|fault| fault.place == named && expect.is_none_or(|code| fault.code == code)),
            "{table}.{column} {place}: {faults:?}"
        );
        // Nothing else is blamed; an altered time may show at the neighbour as well.
        if column != "at" {
            assert!(faults.iter().all(|fault| fault.place == named), "{table}.{column} {place}: {faults:?}");
        }
        flip(&path, table, column, place, bit);
    }
    assert_eq!(check(&path).await, [], "all bits are back");
}

/// Removed, moved and cut ledgers are found as well.
#[tokio::test]
async fn missing_rows_are_found() {
    let dir = tempfile::tempdir().expect("directory");
    for (sql, code, place) in [
        ("DELETE FROM event WHERE place = 500", "ledger-event-missing", Place::Event(500)),
        ("DELETE FROM event WHERE place = 1099", "ledger-event-missing", Place::Event(1_099)),
        ("DELETE FROM tile WHERE place = 2", "ledger-tile-missing", Place::Tile(2)),
        ("DELETE FROM head WHERE place = 1100", "ledger-head-beyond", Place::Head(1_100)),
    ] {
        let path = dir.path().join(format!("{code}-{place:?}.db"));
        ledger(&path).await;
        change(&path, sql);
        let faults = check(&path).await;
        if code == "ledger-head-beyond" {
            // Without the newest head nothing says that there were more events; opening for writing refuses it.
            let refused = SqliteStore::open(&path, PORT, sealer(), SqliteOptions::default());
            assert!(matches!(refused.err(), Some(OpenError::Altered { .. })));
            continue;
        }
        assert!(faults.iter().any(|fault| fault.code == code && fault.place == place), "{sql}: {faults:?}");
    }
}

/// A tile that other commits complete while the events pass by is not a fault; one without its events is.
#[tokio::test]
async fn a_tile_beyond_the_events_is_a_fault_unless_its_events_came_meanwhile() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("live.db");
    ledger(&path).await;
    let store = Arc::new(SqliteStore::open(&path, PORT, sealer(), SqliteOptions::default()).expect("open"));
    let live = Arc::clone(&store);
    let faults = verify(&*store, PORT, &TestSealer::new().public(), &mut |_| {}, &mut |stored| {
        if stored.position == 0 {
            let live = Arc::clone(&live);
            let append = move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
                let events = (0..300).map(|n| event(n, &[&container(20_000 + n)])).collect();
                runtime.block_on(live.commit(Commit { events, ..commit(PORT) })).expect("commit");
            };
            std::thread::spawn(append).join().expect("appended");
        }
        None
    })
    .await
    .expect("read");
    assert_eq!(faults, []);
    store.close().await;

    let path = dir.path().join("beyond.db");
    ledger(&path).await;
    change(&path, "UPDATE tile SET place = 4 WHERE place = 3");
    let found: Vec<_> = check(&path).await.into_iter().map(|fault| (fault.code, fault.place)).collect();
    assert!(found.contains(&("ledger-tile-missing", Place::Tile(3))), "{found:?}");
    assert!(found.contains(&("ledger-tile-beyond", Place::Tile(4))), "{found:?}");
}

/// Checks of other rooms are asked for each event in order, and their faults are listed with it.
#[tokio::test]
async fn further_checks_see_every_event() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    ledger(&path).await;
    let store = Arc::new(SqliteStore::open(&path, PORT, sealer(), SqliteOptions::default()).expect("open"));
    let mut seen = Vec::new();
    let faults = verify(&*store, PORT, &TestSealer::new().public(), &mut |_| {}, &mut |stored| {
        seen.push(stored.position);
        (stored.position == 77).then(|| Bilingual::new("状态不符", "the state does not follow"))
    })
    .await
    .expect("read");
    assert!(seen.iter().copied().eq(0..EVENTS));
    assert_eq!(faults.iter().map(|f| (f.code, f.place.clone())).collect::<Vec<_>>(), [("ledger-event-check", Place::Event(77))]);
    store.close().await;
}

/// Appending to an altered end would sign the alteration: it is refused.
#[tokio::test]
async fn an_altered_end_is_not_written_on() {
    let dir = tempfile::tempdir().expect("directory");
    let path = dir.path().join("l.db");
    ledger(&path).await;
    flip(&path, "event", "leaf", 1_050, 3);
    let refused = SqliteStore::open(&path, PORT, sealer(), SqliteOptions::default());
    assert!(matches!(refused.err(), Some(OpenError::Altered { size: 1_100 })));
}

/// A ledger with everything that is kept beside events: states, rows with parties and keys, links, milestones, bytes, a long timeline.
async fn furnished(path: &Path) {
    use sha2::Digest as _;
    let store = SqliteStore::open(path, PORT, sealer(), SqliteOptions::default()).expect("open");
    for batch in 0..6 {
        let mut all = commit(PORT);
        for n in 0..50 {
            let object = container(batch * 50 + n);
            all.events.push(event(n, &[&object, &container(9_000)]));
            all.objects.push(write(&object, 0, &format!("{{\"n\":{n}}}")));
            all.links.push(Link { from: object.clone(), to: container(9_000), role: "beside" });
            let mut shown = row(&object.id, "waiting", 10 + i64::try_from(n).expect("small"));
            shown.owner = Some("terminal-1".into());
            shown.action = Some("discharge".into());
            shown.authority = Some("customs-1".into());
            shown.parties = vec!["agent-1".into(), format!("trader-{}", n % 3)];
            shown.keys = vec![object.id.clone(), format!("BL{n:04}")];
            shown.due_at = (n % 2 == 0).then(|| store::contract::at(500));
            shown.closed_at = (n % 5 == 0).then(|| store::contract::at(400));
            all.work.push(WorkWrite { object: object.clone(), row: shown });
            all.milestones.push(MilestoneMark {
                container: object.id,
                milestone: Milestone::Discharged,
                at: store::contract::at(7),
                terminal: Some("terminal-1".into()),
            });
        }
        let bytes = format!("raw message {batch}").into_bytes();
        all.blobs.push(Blob { sha256: hex::encode(sha2::Sha256::digest(&bytes)), media_type: "text/plain".into(), bytes });
        store.commit(all).await.expect("commit");
    }
    store.close().await;
}

/// Flips a bit of a column in the row that comes `nth` in a table, whatever its key is. A bit that would make two rows one is passed over:
/// the database itself does not allow it.
fn flip_nth(path: &Path, table: &str, column: &str, nth: u64, bit: usize) -> String {
    (bit..bit + 8).find_map(|bit| flip_if_unique(path, table, column, nth, bit)).expect("a bit that keeps keys apart")
}

fn flip_if_unique(path: &Path, table: &str, column: &str, nth: u64, bit: usize) -> Option<String> {
    use rusqlite::types::Value;
    let conn = rusqlite::Connection::open(path).expect("open");
    let rows = conn.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get::<_, i64>(0)).expect("count").cast_unsigned();
    let mut select = conn.prepare(&format!("SELECT * FROM {table} LIMIT 1 OFFSET {}", nth % rows)).expect("select");
    let names: Vec<String> = select.column_names().map(str::to_owned).collect();
    let mut values: Vec<Value> =
        select.query_row([], |row| (0..names.len()).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()).expect("row");
    let at = names.iter().position(|name| name == column).expect("column");
    let flipped = match &values[at] {
        Value::Integer(number) => Value::Integer(number ^ (1 << (bit % 20))),
        Value::Blob(bytes) => {
            let mut bytes = bytes.clone();
            let place = bit / 8 % bytes.len();
            bytes[place] ^= 1 << (bit % 8);
            Value::Blob(bytes)
        }
        // An empty text has no bit to flip: it gains a character.
        Value::Text(text) if text.is_empty() => Value::Text("x".into()),
        Value::Text(text) => {
            let mut bytes = text.clone().into_bytes();
            let place = bit / 8 % bytes.len();
            bytes[place] ^= 1 << (bit % 7);
            Value::Text(String::from_utf8(bytes).expect("ASCII"))
        }
        other => panic!("{table}.{column}: {other:?}"),
    };
    let key: Vec<String> = names.iter().enumerate().map(|(at, name)| format!("{name} IS ?{}", at + 2)).collect();
    values.insert(0, flipped);
    let sql = format!("UPDATE {table} SET {column} = ?1 WHERE {}", key.join(" AND "));
    match conn.execute(&sql, rusqlite::params_from_iter(values)) {
        Err(fault) if fault.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) => return None,
        done => assert_eq!(done.expect("update"), 1),
    }
    Some(format!("{table}.{column} of row {} bit {bit}", nth % rows))
}

/// Any flipped bit of what is kept beside the events is found: ids, timelines, indexes, counts, bytes.
#[tokio::test]
async fn any_flipped_bit_beside_the_events_is_found() {
    let dir = tempfile::tempdir().expect("directory");
    let whole = dir.path().join("whole.db");
    furnished(&whole).await;
    assert_eq!(check(&whole).await, []);
    let columns: &[(&str, &str, &str)] = &[
        ("event", "id", "ledger-id-altered"),
        ("event", "chain", "ledger-timeline-altered"),
        ("tile", "id_low", "ledger-index-altered"),
        ("tile", "id_high", "ledger-index-altered"),
        ("object", "kind", "ledger-timeline-altered"),
        ("object", "id", "ledger-timeline-altered"),
        ("object_tail", "tail", "ledger-timeline-end-altered"),
        ("object_tail", "events", "ledger-timeline-end-altered"),
        ("object_mark", "tail", "ledger-timeline-end-altered"),
        ("object_mark", "object", "ledger-timeline-end-altered"),
        ("work", "port", "ledger-index-altered"),
        ("work", "open", "ledger-index-altered"),
        ("work", "kind", "ledger-index-altered"),
        ("work", "status", "ledger-index-altered"),
        ("work", "owner", "ledger-index-altered"),
        ("work", "action", "ledger-index-altered"),
        ("work", "authority", "ledger-index-altered"),
        ("work", "opened_at", "ledger-index-altered"),
        ("work", "due_sort", "ledger-index-altered"),
        ("work", "parties", "ledger-index-altered"),
        ("work", "keys", "ledger-index-altered"),
        ("work_party", "port", "ledger-index-altered"),
        ("work_party", "who", "ledger-index-altered"),
        ("work_party", "part", "ledger-index-altered"),
        ("work_party", "open", "ledger-index-altered"),
        ("work_party", "kind", "ledger-index-altered"),
        ("work_party", "opened_at", "ledger-index-altered"),
        ("work_party", "object", "ledger-index-altered"),
        ("work_key", "port", "ledger-index-altered"),
        ("work_key", "key", "ledger-index-altered"),
        ("work_key", "object", "ledger-index-altered"),
        ("work_count", "port", "ledger-index-altered"),
        ("work_count", "scope", "ledger-index-altered"),
        ("work_count", "open", "ledger-index-altered"),
        ("work_count", "kind", "ledger-index-altered"),
        ("work_count", "status", "ledger-index-altered"),
        ("work_count", "action", "ledger-index-altered"),
        ("work_count", "n", "ledger-index-altered"),
        ("journey", "port", "ledger-index-altered"),
        ("journey", "container", "ledger-index-altered"),
        ("blob", "port", "ledger-index-altered"),
        ("blob", "sha256", "ledger-bytes-altered"),
        ("blob", "bytes", "ledger-bytes-altered"),
    ];
    let mut nth = 11u64;
    for (table, column, code) in columns {
        for round in 0..3usize {
            nth = nth.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let altered = dir.path().join("altered.db");
            std::fs::copy(&whole, &altered).expect("copy");
            // Object numbers and ports are small: only their lowest bits stay in the range of a number of another row or of none.
            let bit = usize::try_from(nth >> 40).expect("small") + round;
            let what = flip_nth(&altered, table, column, nth >> 20, bit);
            let faults = check(&altered).await;
            assert!(faults.iter().any(|fault| fault.code == *code), "{what}: {faults:?}");
        }
    }
}

/// The place of an altered timeline is the event itself, and no other event is blamed for it.
#[tokio::test]
async fn an_altered_timeline_is_named_by_its_event() {
    let dir = tempfile::tempdir().expect("directory");
    let whole = dir.path().join("whole.db");
    furnished(&whole).await;
    for position in [0, 63, 64, 200, 299] {
        let altered = dir.path().join("altered.db");
        std::fs::copy(&whole, &altered).expect("copy");
        flip_nth(&altered, "event", "id", position, 77);
        flip_nth(&altered, "event", "chain", position, 9);
        let faults = check(&altered).await;
        let events: Vec<&Place> = faults.iter().map(|fault| &fault.place).filter(|place| matches!(place, Place::Event(_))).collect();
        assert!(!events.is_empty() && events.iter().all(|place| **place == Place::Event(position)), "{faults:?}");
    }
}
