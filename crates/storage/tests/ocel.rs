//! The export follows OCEL 2.0 in both forms, and both say the same.

use std::collections::BTreeSet;
use std::path::Path;

use ledger::ObjectRef;
use serde_json::Value;
use storage::{SqliteOptions, SqliteStore, ocel};
use store::contract::{commit, container, event, sealer, write};
use store::{Commit, Link, Store as _};

const PORT: &str = "CNXXX";

async fn store(path: &Path) -> SqliteStore {
    let store = SqliteStore::open(path, PORT, sealer(), SqliteOptions::default()).expect("open");
    let bill = ObjectRef::new("bill", "BL1");
    let voyage = ObjectRef::new("voyage", "V1");
    for n in 0..5 {
        let mut happened = event(n, &[&container(n), &bill]);
        if n == 3 {
            happened.kind = "container.gated-out".into();
        }
        let state = format!("{{\"state\":\"on-yard\",\"grossKg\":{},\"full\":true,\"since\":\"2026-11-22T01:02:03Z\"}}", 20_000 + n);
        let links = vec![
            Link { from: bill.clone(), to: container(n), role: "covers" },
            Link { from: bill.clone(), to: voyage.clone(), role: "carried-by" },
        ];
        let objects = vec![write(&container(n), 0, &state)];
        store.commit(Commit { events: vec![happened], objects, links, ..commit(PORT) }).await.expect("commit");
    }
    store
}

fn texts(conn: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut select = conn.prepare(sql).expect("sql");
    select.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("texts")
}

#[tokio::test]
async fn both_forms_hold_the_whole_ledger() {
    let dir = tempfile::tempdir().expect("directory");
    let store = store(&dir.path().join("l.db")).await;
    let (sqlite, json) = (dir.path().join("log.sqlite"), dir.path().join("log.json"));
    let written = ocel::export(&store, PORT, &sqlite).await.expect("sqlite");
    // Five boxes; the bill and the voyage are merely named.
    assert_eq!((written.events, written.objects, written.links), (5, 7, 6));
    assert_eq!(ocel::export(&store, PORT, &json).await.expect("json"), written);
    let conn = rusqlite::Connection::open(&sqlite).expect("open");
    assert_eq!(
        texts(&conn, "SELECT ocel_type || '=' || ocel_type_map FROM event_map_type ORDER BY 1"),
        ["container.discharged=ContainerDischarged", "container.gated-out=ContainerGatedOut"]
    );
    assert_eq!(texts(&conn, "SELECT ocel_type FROM object_map_type ORDER BY 1"), ["bill", "container", "voyage"]);
    assert_eq!(
        texts(
            &conn,
            "SELECT ocel_object_id || ' ' || ocel_qualifier FROM event_object WHERE ocel_event_id = (SELECT ocel_id FROM event_ContainerGatedOut) ORDER BY 1"
        ),
        ["bill/BL1 related", "container/CSQU0000003 subject"]
    );
    let columns = "SELECT ocel_id || ' ' || ocel_time || ' ' || grosskg || ' ' || full || ' ' || since || ' ' || coalesce(ocel_changed_field, '-') FROM object_Container ORDER BY 1 LIMIT 1";
    assert_eq!(texts(&conn, columns), ["container/CSQU0000000 1970-01-01 00:00:00.000 20000 1 2026-11-22 01:02:03.000 -"]);
    assert_eq!(conn.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get::<_, i64>(0)).expect("count"), 0);
    let log: Value = serde_json::from_slice(&std::fs::read(&json).expect("file")).expect("JSON");
    let ids =
        |list: &str| log[list].as_array().expect("list").iter().map(|o| o["id"].as_str().expect("id").to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(ids("objects"), texts(&conn, "SELECT ocel_id FROM object").into_iter().collect());
    assert_eq!(ids("events"), texts(&conn, "SELECT ocel_id FROM event").into_iter().collect());
    let bill = log["objects"].as_array().expect("list").iter().find(|o| o["id"] == "bill/BL1").expect("bill");
    assert_eq!(bill["relationships"].as_array().expect("list").len(), 6);
    let kinds =
        |list: &str| log[list].as_array().expect("list").iter().map(|t| t["name"].as_str().expect("name").to_owned()).collect::<Vec<_>>();
    assert_eq!(kinds("eventTypes"), ["container.discharged", "container.gated-out"]);
    assert_eq!(kinds("objectTypes"), ["bill", "container", "voyage"]);
    assert!(!dir.path().join("log.json.part").exists());
    store.close().await;
}

#[tokio::test]
async fn another_name_is_refused_and_an_unwritable_place_leaves_nothing() {
    let dir = tempfile::tempdir().expect("directory");
    let store = store(&dir.path().join("l.db")).await;
    assert!(matches!(ocel::export(&store, PORT, &dir.path().join("log.xml")).await, Err(ocel::ExportError::Form(_))));
    assert!(ocel::export(&store, PORT, &dir.path().join("none/log.json")).await.is_err());
    assert!(ocel::export(&store, PORT, &dir.path().join("none/log.sqlite")).await.is_err());
    store.close().await;
}
