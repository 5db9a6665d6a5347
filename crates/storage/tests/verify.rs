//! `verify` finds any change of a stored ledger and says where it is.

use std::path::Path;
use std::sync::Arc;

use ledger::Bilingual;
use storage::verify::{Fault, Place, verify};
use storage::{Access, OpenError, SqliteOptions, SqliteStore};
use store::contract::{TestSealer, commit, container, event, sealer};
use store::{Commit, Store as _};

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
    let faults =
        verify(&store, PORT, &TestSealer::new().public(), &mut |progress| seen = progress.events, &mut |_| None).await.expect("read");
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
    assert_eq!(faults.iter().map(|f| (f.code, f.place)).collect::<Vec<_>>(), [("ledger-event-check", Place::Event(77))]);
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
