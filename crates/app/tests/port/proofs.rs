//! What the ledger proves: states are the fold of events, receipts and consistency proofs verify, and tampering is named.

use app::discharge::{ReportStatus, StatusEvent};
use app::orders::RequestOrder;
use clearance::Declaration;
use ledger::merkle::verify_consistency;
use ledger::receipt::verify_receipt;
use ledger::{Aggregate, ObjectRef};
use logistics::{Container, Direction};

use crate::support::{PORT, Port, code_of};

/// Everything that can happen to a few boxes.
async fn busy_port() -> (Port, String, String) {
    let port = Port::open().await;
    let container = port.ready("B-ALL-1").await;
    port.gate(Direction::In, &container).await;
    port.gate(Direction::Out, &container).await;
    port.graded(credit::Grade::SeriouslyDishonest).await;
    port.landed("B-ALL-2", 2).await;
    let declaration = port.declared("B-ALL-2").await;
    port.ok("customs-port", &app::declarations::RejectDeclaration { id: declaration, reason: "papers contradict".into() }).await;
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-ALL-2".into() }).await;
    port.ok("trader-gold", &app::orders::CancelOrder { id: order, reason: "not needed".into() }).await;
    let (_, boxes) = port.landed("B-ALL-3", 1).await;
    let id = port.ok("agent-blue", &app::inbox::ReceiveMessage { bytes: b"nonsense".to_vec(), channel: "api".into() }).await;
    port.app.process_message(&port.ctx("agent-blue"), &id).await.expect("processed");
    (port, container, boxes[0].clone())
}

/// The tally report of a box has the id of its visit: only a box has milestones.
const OF_A_BOX: &str = "CAST(state AS TEXT) LIKE '%\"milestones\"%'";

fn tamper(port: &Port, sql: &str) -> usize {
    let path = port.directory.path().join("port.sqlite");
    rusqlite::Connection::open(path).expect("file").execute(sql, []).expect("sql")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_states_are_the_fold_of_the_ledger_and_a_changed_one_is_named() {
    let (port, container, _) = busy_port().await;
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
    let changed = tamper(
        &port,
        &format!(
            "UPDATE object SET state = CAST(replace(CAST(state AS TEXT), 'SEAL1', 'SEAL2') AS BLOB) WHERE id = '{container}' AND {OF_A_BOX}"
        ),
    );
    assert_eq!(changed, 1);
    let found = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store");
    assert_eq!(found.iter().map(|d| d.object.clone()).collect::<Vec<_>>(), [ObjectRef::new(Container::KIND, container)]);
}

/// What `fairway ledger verify` says of the store itself.
async fn faults(port: &Port) -> Vec<storage::verify::Fault> {
    storage::verify::verify(port.store.as_ref(), PORT, &port.public_key, &mut |_| {}, &mut |_| None).await.expect("store")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_object_is_named_too() {
    let (port, container, _) = busy_port().await;
    assert_eq!(faults(&port).await, []);
    assert_eq!(tamper(&port, &format!("DELETE FROM object WHERE id = '{container}' AND {OF_A_BOX}")), 1);
    let named = format!("container/{container}");
    assert!(faults(&port).await.iter().any(|fault| fault.code == "ledger-timeline-altered" && fault.what.en.ends_with(&named)));
}

/// Every row that is derived from events is compared with them: nothing that a page shows can be changed in the store unseen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_derived_row_is_compared_with_the_events() {
    let (port, container, _) = busy_port().await;
    let object = |id: &str| format!("(SELECT no FROM object WHERE id = '{id}')");
    let work = |column: &str, change: &str| {
        let at = format!("WHERE object = {}", object(&container));
        (format!("UPDATE work SET {column} = {change} {at}"), "worklist row")
    };
    let changes = [
        work("title", "title || 'x'"),
        work("status", "'expected'"),
        work("owner", "'spy'"),
        work("action", "'discharge'"),
        work("authority", "'9999'"),
        work("opened_at", "opened_at + 1"),
        work("due_at", "COALESCE(due_at, 0) + 1"),
        work("closed_at", "NULL"),
        work("parties", "'[]'"),
        work("keys", "'[\"X\"]'"),
        work("keys", "'['"),
        (format!("DELETE FROM work WHERE object = {}", object(&container)), "worklist row"),
        (format!("UPDATE object SET version = version + 64 WHERE id = '{container}' AND {OF_A_BOX}"), "version"),
        (format!("UPDATE object SET state = NULL, version = 0 WHERE id = '{container}' AND {OF_A_BOX}"), "not stored"),
        (format!("UPDATE object_link SET role = 'x' WHERE source = {}", object("B-ALL-1")), "links"),
        (format!("DELETE FROM object_link WHERE source = {}", object("B-ALL-1")), "links"),
        (format!("UPDATE journey SET m0 = m0 + 1 WHERE container = '{container}'"), "milestones"),
        (format!("UPDATE journey SET m8 = NULL WHERE container = '{container}'"), "milestones"),
        (format!("UPDATE journey SET terminal = 'spy' WHERE container = '{container}'"), "milestones"),
        (format!("DELETE FROM journey WHERE container = '{container}'"), "milestones"),
        ("DELETE FROM blob WHERE media_type = 'application/edifact'".to_owned(), "missing"),
    ];
    let path = port.directory.path().join("port.sqlite");
    for (sql, what) in changes {
        let mut conn = rusqlite::Connection::open(&path).expect("file");
        // The store's own connections see what is committed; it is put back from a copy of the tables afterwards.
        let tables = ["work", "object", "object_link", "journey", "blob"];
        for table in tables {
            conn.execute(&format!("CREATE TEMP TABLE kept_{table} AS SELECT * FROM main.{table}"), []).expect("copy");
        }
        assert!(conn.execute(&sql, []).expect("sql") >= 1, "{sql}");
        let found = app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store");
        assert!(found.iter().any(|difference| difference.what.contains(what)), "{sql}: {found:?}");
        let back = conn.transaction().expect("transaction");
        for table in tables {
            back.execute(&format!("DELETE FROM main.{table}"), []).expect("clear");
            back.execute(&format!("INSERT INTO main.{table} SELECT * FROM kept_{table}"), []).expect("back");
        }
        back.commit().expect("commit");
    }
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_of_every_event_verify_at_every_size_and_old_heads_are_prefixes() {
    let (port, _, container) = busy_port().await;
    let mut sizes = vec![port.size().await];
    // Over the size of a tile and well into the next.
    for round in 0..3 {
        let moves = (0..180).map(|n| StatusEvent {
            container: container.clone(),
            call: None,
            at: port.now(),
            position: format!("B{round:02}-{n:03}"),
        });
        assert_eq!(port.ok("terminal-east", &ReportStatus { events: moves.collect() }).await.accepted, 180);
        sizes.push(port.size().await);
    }
    let size = port.size().await;
    assert!(size > 2 * ledger::merkle::TILE_LEAVES, "{size}");
    let leaves = port.store.leaves(PORT, 0, 10_000).await.expect("leaves");
    assert_eq!(leaves.len() as u64, size);
    let ctx = port.ctx("platform");
    for (position, bytes, _) in leaves.iter().filter(|(position, ..)| position % 7 == 0 || *position + 3 > size) {
        let event = ledger::Event::decode(bytes).expect("event");
        let (receipt, told) = port.app.receipt(&ctx, &event.id.to_string(), &port.public_key).await.expect("receipt");
        assert_eq!((receipt.position, receipt.size, told.id), (*position, size, event.id));
        assert_eq!(verify_receipt(&receipt).expect("it verifies without the platform").id, event.id);
        let mut forged = receipt;
        forged.event = forged.event.replace("ZZZ", "ZZY").replace("2026", "2025");
        assert!(verify_receipt(&forged).is_err());
    }
    for older in sizes.iter().copied().chain([1, 2, 255, 256, 257]) {
        let (head, proof) = port.app.consistency(older).await.expect("proof");
        let root =
            ledger::merkle::root_of(&leaves[..usize::try_from(older).expect("size")].iter().map(|(_, _, leaf)| *leaf).collect::<Vec<_>>());
        let newest = head.root_bytes().expect("root");
        assert!(verify_consistency(older, &root, head.size, &newest, &proof), "{older}");
        let mut other = root;
        other[0] ^= 1;
        assert!(!verify_consistency(older, &other, head.size, &newest, &proof), "{older}");
    }
    for impossible in [0, size + 1] {
        assert_eq!(code_of(&port.app.consistency(impossible).await.expect_err("no such size")), "ledger-size");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_is_given_to_whoever_may_read_what_changed_and_to_nobody_else() {
    let port = Port::open().await;
    let container = port.ready("B-RCPT").await;
    let event_of = |kind: &'static str, id: String, event: &'static str| {
        let port = &port;
        async move {
            let stored = port.store.events_of(PORT, &ObjectRef::new(kind, id), None, 200).await.expect("events");
            stored.into_iter().find(|s| s.event.kind == event).unwrap_or_else(|| panic!("no {event}")).event.id.to_string()
        }
    };
    let bill = port.state::<manifest::Bill>("B-RCPT").await;
    let declaration = bill.declaration.expect("declared");
    let duty = event_of(Declaration::KIND, declaration.clone(), "declaration.duty-charged").await;
    let landed = event_of(Container::KIND, container.clone(), "container.discharged").await;
    let booking = port.state::<Container>(&container).await.booking.expect("booked");
    let booked = event_of("booking", booking, "booking.made").await;
    for (who, event, may) in [
        ("trader-gold", &duty, true),
        ("customs-port", &duty, true),
        ("customs-far", &duty, false),
        // The duty concerns the box, but not whoever moves it.
        ("trucker-fast", &duty, false),
        ("terminal-east", &duty, false),
        ("port-office", &duty, false),
        ("trucker-fast", &landed, true),
        ("port-office", &landed, true),
        ("trader-grey", &landed, false),
        ("public", &landed, false),
        // The driver's name and phone are for haulier, terminal and holder.
        ("trucker-fast", &booked, true),
        ("terminal-east", &booked, true),
        ("agent-blue", &booked, false),
    ] {
        let answer = port.app.receipt(&port.ctx(who), event, &port.public_key).await;
        assert_eq!(answer.as_ref().map(|_| ()).map_err(code_of), if may { Ok(()) } else { Err("not-found".into()) }, "{who} {event}");
    }
    let unknown = port.app.receipt(&port.ctx("trader-gold"), "01890000-0000-7000-8000-000000000000", &port.public_key).await;
    assert_eq!(unknown.map(|_| ()).map_err(|e| code_of(&e)), Err("not-found".into()));
}
