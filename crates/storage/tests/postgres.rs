//! The cluster store passes the contract suite, and what only a shared database can show: several binaries, lost connections.
//!
//! `FAIRWAY_TEST_POSTGRES=postgres://…` names a server; without it a throw-away one is started from the machine's PostgreSQL. A machine
//! without PostgreSQL fails these tests.

mod server;

use std::sync::Arc;

use async_trait::async_trait;
use storage::{OpenError, PostgresStore};
use store::contract::{Place, commit, container, event, fresh_port, sealer, write};
use store::{Commit, LedgerReader as _, SharedStore, Store as _, StoreError};

struct Database;

#[async_trait]
impl Place for Database {
    async fn open(&self, port: &str) -> SharedStore {
        Arc::new(connect(port).await)
    }
}

async fn connect(port: &str) -> PostgresStore {
    PostgresStore::connect(server::url(), port, sealer()).await.expect("connect")
}

async fn place() -> Database {
    Database
}

store::contract_tests!(place);

/// Two binaries append to one ledger in turns: positions without gaps, each learns of the other's events, heads stay consistent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_binaries_share_one_ledger() {
    let port = fresh_port("two");
    let (one, two) = (Arc::new(connect(&port).await), Arc::new(connect(&port).await));
    let mut changes = two.changes();
    let first = one.commit(Commit { events: vec![event(0, &[&container(0)])], ..commit(&port) }).await.expect("commit");
    changes.wait_for(|size| *size == first.size).await.expect("told by the other process");
    let tasks: Vec<_> = (0..60u64)
        .map(|n| {
            let store = Arc::clone(if n % 2 == 0 { &one } else { &two });
            let port = port.clone();
            tokio::spawn(async move {
                let events = (0..n % 40 + 1).map(|i| event(i, &[&container(n)])).collect();
                store.commit(Commit { events, objects: vec![write(&container(n), 0, "{}")], ..commit(&port) }).await
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("task").expect("commit");
    }
    // Both decide on the same object: one of them is told to decide again.
    let stale = Commit { objects: vec![write(&container(1), 0, "{}")], ..commit(&port) };
    assert!(matches!(one.commit(stale.clone()).await, Err(StoreError::Conflict(_))));
    assert!(matches!(two.commit(stale).await, Err(StoreError::Conflict(_))));
    let leaves = one.leaves(&port, 0, 10_000).await.expect("leaves");
    assert!(leaves.iter().map(|(position, _, _)| *position).eq(0..leaves.len() as u64));
    let faults = storage::verify::verify(&*two, &port, &store::contract::TestSealer::new().public(), &mut |_| {}, &mut |_| None)
        .await
        .expect("read");
    assert_eq!(faults, []);
    one.close().await;
    two.close().await;
}

/// Every connection is cut again and again while commits flow: what was acknowledged is there, once; the store recovers by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_lose_nothing_that_was_acknowledged() {
    let port = fresh_port("cut");
    // Under a name of its own, so that no other test loses its connections.
    let mark = if server::url().contains("://") { '?' } else { ' ' };
    let url = format!("{}{mark}application_name=fairway-cut", server::url());
    let store = Arc::new(PostgresStore::connect(&url, &port, sealer()).await.expect("connect"));
    let admin = server::admin().await;
    let mut acknowledged = Vec::new();
    let mut refused = 0;
    for round in 0..8u64 {
        let tasks: Vec<_> = (0..40u64)
            .map(|n| {
                let (store, port, object) = (Arc::clone(&store), port.clone(), container(round * 100 + n));
                tokio::spawn(async move {
                    let done = store
                        .commit(Commit { events: vec![event(n, &[&object])], objects: vec![write(&object, 0, "{}")], ..commit(&port) })
                        .await;
                    (object, done)
                })
            })
            .collect();
        admin
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'fairway-cut' AND query LIKE '%port_log%'",
                &[],
            )
            .await
            .expect("cut");
        for task in tasks {
            match task.await.expect("task") {
                (object, Ok(_)) => acknowledged.push(object),
                (_, Err(StoreError::Unavailable(_))) => refused += 1,
                (_, Err(other)) => panic!("{other:?}"),
            }
        }
    }
    // By itself: no new store, no help.
    let again = container(9_999);
    let mut recovered = store.commit(Commit { objects: vec![write(&again, 0, "{}")], ..commit(&port) }).await;
    if recovered.is_err() {
        recovered = store.commit(Commit { objects: vec![write(&again, 0, "{}")], ..commit(&port) }).await;
    }
    recovered.expect("recovered");
    for object in &acknowledged {
        assert!(store.object(&port, object).await.expect("read").is_some(), "{object} was acknowledged");
        assert_eq!(store.events_of(&port, object, None, 10).await.expect("events").len(), 1);
    }
    assert!(acknowledged.len() + refused == 320);
    let faults = storage::verify::verify(&*store, &port, &store::contract::TestSealer::new().public(), &mut |_| {}, &mut |_| None)
        .await
        .expect("read");
    assert_eq!(faults, []);
    store.close().await;
}

/// A database that is away is a clear answer, not a wait.
#[tokio::test]
async fn a_database_that_is_away_is_said_so() {
    let away = PostgresStore::connect("host=/nonexistent user=nobody", "CNXXX", sealer()).await;
    assert!(matches!(away.err(), Some(OpenError::Unreachable(_))));
    // A host that takes the connection and never says a word holds nobody up either.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("postgres://nobody@{}/db?connect_timeout=1", silent.local_addr().expect("address"));
    let waited = tokio::time::timeout(std::time::Duration::from_secs(60), PostgresStore::connect(&url, "CNXXX", sealer())).await;
    assert!(matches!(waited.expect("it gives up").err(), Some(OpenError::Unreachable(_))));
    let unsure = PostgresStore::connect("postgres://localhost/db?sslmode=prefer", "CNXXX", sealer()).await;
    assert!(matches!(unsure.err(), Some(OpenError::Unreachable(why)) if why.to_string().contains("verify-full")));
}

/// A schema of a newer release is refused with its number; the present one has nothing to come.
#[tokio::test]
async fn a_newer_schema_is_refused() {
    let url = server::database("newer").await;
    let before = PostgresStore::migrate_status(&url).await.expect("status");
    assert!(before.iter().all(|m| !m.applied));
    let (a, b) = tokio::join!(PostgresStore::migrate(&url), PostgresStore::migrate(&url));
    let mut done = [a.expect("migrate"), b.expect("migrate")];
    done.sort();
    assert_eq!(done, [vec![], (1..=before.len() as u32).collect()], "two at once: one does it, the other waits and has nothing to do");
    assert!(PostgresStore::migrate_status(&url).await.expect("status").iter().all(|m| m.applied));
    let admin = server::client(&url).await;
    admin.execute("INSERT INTO schema_migration (number, file, checksum) VALUES (99, 'x', 'x')", &[]).await.expect("insert");
    assert!(matches!(PostgresStore::connect(&url, "CNXXX", sealer()).await.err(), Some(OpenError::Newer { found: 99, .. })));
}

/// Any altered value of what is kept beside the events is found, or is seen by whoever compares the rows of its object with the ledger.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_rows_beside_the_events_are_found() {
    use sha2::Digest as _;
    use store::{Blob, KeptReader as _, Link, Milestone, MilestoneMark, WorkWrite};
    let port = fresh_port("kept");
    let store = connect(&port).await;
    let mut all = commit(&port);
    for n in 0..20u64 {
        let object = container(n);
        all.events.push(event(n, &[&object, &container(9_000)]));
        all.objects.push(write(&object, 0, "{}"));
        all.links.push(Link { from: object.clone(), to: container(9_000), role: "beside" });
        let mut shown = store::contract::row(&object.id, "waiting", 10);
        shown.owner = Some("terminal-1".into());
        shown.parties = vec!["agent-1".into()];
        shown.keys = vec![object.id.clone()];
        all.work.push(WorkWrite { object: object.clone(), row: shown });
        let terminal = Some("terminal-1".into());
        all.milestones.push(MilestoneMark { container: object.id, milestone: Milestone::Discharged, at: store::contract::at(7), terminal });
    }
    let bytes = b"raw message".to_vec();
    all.blobs.push(Blob { sha256: hex::encode(sha2::Sha256::digest(&bytes)), media_type: "text/plain".into(), bytes });
    store.commit(all).await.expect("commit");

    let key = store::contract::TestSealer::new().public();
    let verified = async || storage::verify::verify(&store, &port, &key, &mut |_| {}, &mut |_| None).await.expect("read");
    let rows = async || {
        let first = store.kept_after(&port, None, 15).await.expect("read");
        let second = store.kept_after(&port, first.next.clone(), 15).await.expect("read");
        assert_eq!((first.items.len(), second.items.len(), second.next), (15, 6, None), "20 objects and the one that is only named");
        format!("{:?}{:?}", first.items, second.items)
    };
    assert_eq!(verified().await, []);
    let as_written = rows().await;

    let admin = server::admin().await;
    // What is done, what undoes it, and the code; without a code the change is seen in the rows of the object.
    let container = "kind = 'container' AND id = 'CSQU0000003'";
    let object = "kind = 'container' AND object_id = 'CSQU0000003'";
    let changes: [(String, String, Option<&str>); 15] = [
        (
            "event SET id = left(id, 35) || 'x' WHERE position = 3".into(),
            "event SET id = (convert_from(body, 'UTF8')::json)->>'id' WHERE position = 3".into(),
            Some("ledger-id-altered"),
        ),
        (
            format!("event_object SET position = 9 WHERE {object}"),
            format!("event_object SET position = 3 WHERE {object}"),
            Some("ledger-timeline-altered"),
        ),
        (
            format!("event_object SET position = 999 WHERE {object}"),
            format!("event_object SET position = 3 WHERE {object}"),
            Some("ledger-index-altered"),
        ),
        (
            "event_object SET object_id = 'CSQU0000x03' WHERE object_id = 'CSQU0000003'".into(),
            "event_object SET object_id = 'CSQU0000003' WHERE object_id = 'CSQU0000x03'".into(),
            Some("ledger-timeline-altered"),
        ),
        (
            format!("work SET open = FALSE WHERE {container}"),
            format!("work SET open = TRUE WHERE {container}"),
            Some("ledger-index-altered"),
        ),
        (
            format!("work SET due_sort = 1 WHERE {container}"),
            format!("work SET due_sort = 9223372036854775807 WHERE {container}"),
            Some("ledger-index-altered"),
        ),
        (
            format!("work_party SET who = 'spy' WHERE who = 'agent-1' AND {container}"),
            format!("work_party SET who = 'agent-1' WHERE who = 'spy' AND {container}"),
            Some("ledger-index-altered"),
        ),
        (
            format!("work_party SET open = FALSE WHERE who = 'agent-1' AND {container}"),
            format!("work_party SET open = TRUE WHERE {container}"),
            Some("ledger-index-altered"),
        ),
        (
            format!("work_key SET key = 'X' WHERE {container}"),
            format!("work_key SET key = 'CSQU0000003' WHERE {container}"),
            Some("ledger-index-altered"),
        ),
        (
            "journey SET container = 'X' WHERE container = 'CSQU0000003'".into(),
            "journey SET container = 'CSQU0000003' WHERE container = 'X'".into(),
            Some("ledger-index-altered"),
        ),
        ("blob SET bytes = 'rbw message'".into(), "blob SET bytes = 'raw message'".into(), Some("ledger-bytes-altered")),
        (format!("object SET state = '[]' WHERE {container}"), format!("object SET state = '{{}}' WHERE {container}"), None),
        (format!("work SET title = 'X' WHERE {container}"), format!("work SET title = 'CSQU0000003' WHERE {container}"), None),
        (
            "object_link SET role = 'before' WHERE source_id = 'CSQU0000003'".into(),
            "object_link SET role = 'beside' WHERE source_id = 'CSQU0000003'".into(),
            None,
        ),
        ("journey SET m3 = 5 WHERE container = 'CSQU0000003'".into(), "journey SET m3 = NULL WHERE container = 'CSQU0000003'".into(), None),
    ];
    for (change, back, code) in changes {
        let done = admin.execute(&format!("UPDATE {change} AND port = '{port}'").replace("message' AND", "message' WHERE"), &[]).await;
        assert!(done.as_ref().is_ok_and(|rows| *rows >= 1), "{change}: {done:?}");
        let faults = verified().await;
        match code {
            Some(code) => assert!(faults.iter().any(|fault| fault.code == code), "{change}: {faults:?}"),
            None => assert_ne!(rows().await, as_written, "{change}"),
        }
        admin.execute(&format!("UPDATE {back} AND port = '{port}'").replace("message' AND", "message' WHERE"), &[]).await.expect("back");
        assert_eq!(verified().await, [], "{back}");
    }
    assert_eq!(rows().await, as_written);
    store.close().await;
}

/// The server's certificate and name are checked, and every connection of the store is encrypted: the writer's, the listener's, the readers'.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_reaches_the_server_that_was_meant_and_no_other() {
    let server = server::secured();
    let port = fresh_port("tls");
    let with = |query: &str| format!("{}?application_name=fairway-tls{query}", server.place);
    let trusting = |file: &std::path::Path| with(&format!("&sslmode=verify-full&sslrootcert={}", file.display()));

    let store = PostgresStore::connect(&trusting(&server.authority), &port, sealer()).await.expect("connect");
    let mut changes = store.changes();
    let first = store.commit(Commit { events: vec![event(0, &[&container(0)])], ..commit(&port) }).await.expect("commit");
    changes.wait_for(|size| *size == first.size).await.expect("told");
    assert_eq!(store.leaves(&port, 0, 10).await.expect("leaves").len(), 1);
    let admin = server::client(&server.place).await;
    let counted = "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                   WHERE application_name = 'fairway-tls'";
    let row = admin.query_one(counted, &[]).await.expect("connections");
    let (all, encrypted): (i64, i64) = (row.get(0), row.get(1));
    assert!(all >= 3 && all == encrypted, "{encrypted} of {all} connections are encrypted");
    store.close().await;

    let refused = |url: String| {
        let port = port.clone();
        async move {
            match PostgresStore::connect(&url, &port, sealer()).await {
                Err(OpenError::Unreachable(fault)) => {
                    let mut told = fault.to_string();
                    let mut source = fault.source();
                    while let Some(cause) = source {
                        told.push_str(&format!(": {cause}"));
                        source = cause.source();
                    }
                    told
                }
                Err(other) => panic!("{other}"),
                Ok(_) => panic!("{url} should have been refused"),
            }
        }
    };
    let untrusted = refused(trusting(&server.stranger)).await;
    assert!(untrusted.contains("UnknownIssuer"), "{untrusted}");
    let public = refused(with("&sslmode=require")).await;
    assert!(public.contains("UnknownIssuer"), "the public authorities do not know it: {public}");
    let other_name = trusting(&server.authority).replace("@127.0.0.1:", "@localhost:");
    let misnamed = refused(other_name).await;
    assert!(misnamed.contains("not valid for name"), "{misnamed}");
    // A server without TLS is not spoken to in plain text.
    if server::url().contains("://") {
        let plain = format!("{}?sslmode=verify-full&sslrootcert={}", server::url(), server.authority.display());
        let answer = refused(plain).await;
        assert!(answer.contains("does not support TLS"), "{answer}");
    }
    // Without a word about TLS there is none.
    let store = PostgresStore::connect(&with(""), &port, sealer()).await.expect("connect");
    let row = admin.query_one(counted, &[]).await.expect("connections");
    assert_eq!(row.get::<_, i64>(1), 0);
    store.close().await;
}
