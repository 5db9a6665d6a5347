//! Checks of the transaction itself.

use std::sync::Arc;

use futures_util::future::join_all;
use ledger::ObjectRef;

use super::{Place, at, commit, container, event, fresh_port, row, write};
use crate::{
    AuditRow, Blob, Commit, IdempotencyRow, Link, Milestone, MilestoneMark, ObjectRead, ObjectWrite, OutboxQuery, OutboxRow, RecordWrite,
    SharedStore, StoreError, WorkWrite,
};

pub(super) fn answer(scope: &str, key: &str, text: &str) -> IdempotencyRow {
    IdempotencyRow { scope: scope.into(), key: key.into(), request_hash: "hash".into(), answer: text.into(), at: at(0) }
}

pub(super) fn access(who: &str, action: &str, seconds: i64) -> AuditRow {
    AuditRow {
        at: at(seconds),
        who: who.into(),
        organisation: Some("trader-1".into()),
        action: action.into(),
        object: Some(container(1)),
        outcome: "allowed".into(),
        request: "r1".into(),
        detail: String::new(),
    }
}

/// A commit with a row of every sort, all about one box.
pub(super) fn full(port: &str, object: &ObjectRef, expected: u64) -> Commit {
    let bill = ObjectRef::new("bill", format!("BL-{}", object.id));
    Commit {
        events: vec![event(expected, &[object, &bill])],
        objects: vec![write(object, expected, &format!("{{\"v\":{}}}", expected + 1))],
        links: vec![Link { from: bill, to: object.clone(), role: "covers" }],
        work: vec![WorkWrite { object: object.clone(), row: row(&object.id, "open", 0) }],
        milestones: vec![MilestoneMark { container: object.id.clone(), milestone: Milestone::Discharged, at: at(1), terminal: None }],
        outbox: vec![OutboxRow {
            id: format!("o-{}-{expected}", object.id),
            channel: "partner".into(),
            receiver: "carrier-1".into(),
            kind: "CODECO".into(),
            object: Some(object.clone()),
            body: b"UNB+".to_vec(),
            due_at: at(0),
        }],
        blobs: vec![Blob { sha256: format!("{:0>64}", object.id), media_type: "text/plain".into(), bytes: b"raw".to_vec() }],
        records: vec![RecordWrite {
            space: "setting".into(),
            id: object.id.clone(),
            expected_version: None,
            body: Some(b"{}".to_vec()),
            expires_at: None,
        }],
        idempotency: Some(answer("trader-1/user", &format!("{}-{expected}", object.id), "done")),
        audit: vec![access("user", "tally.report", 0)],
        ..commit(port)
    }
}

/// Nothing at all is there of a box.
async fn nothing_of(store: &SharedStore, port: &str, object: &ObjectRef) {
    assert_eq!(store.object(port, object).await.expect("object"), None);
    assert!(store.events_of(port, object, None, 10).await.expect("events").is_empty());
    assert!(store.links(port, object, 10).await.expect("links").is_empty());
    assert_eq!(store.work_row(port, object).await.expect("row"), None);
    assert_eq!(store.journey(port, &object.id).await.expect("journey"), None);
    let about = OutboxQuery { object: Some(object.clone()), limit: 10, ..OutboxQuery::default() };
    assert!(store.outbox(port, &about).await.expect("outbox").items.is_empty());
    assert_eq!(store.blob(port, &format!("{:0>64}", object.id)).await.expect("blob"), None);
    assert_eq!(store.record(port, "setting", &object.id).await.expect("record"), None);
    assert_eq!(store.idempotent(port, "trader-1/user", &format!("{}-0", object.id)).await.expect("answer"), None);
}

/// Every part of a commit is there afterwards, and is what was given.
pub async fn a_commit_is_read_back_whole(place: &impl Place) {
    let port = fresh_port("whole");
    let store = place.open(&port).await;
    let one = container(1);
    let sent = full(&port, &one, 0);
    let done = store.commit(sent.clone()).await.expect("commit");
    assert_eq!((done.first_position, done.size), (Some(0), 1));
    let object = store.object(&port, &one).await.expect("read").expect("object");
    assert_eq!((object.version, object.state.as_slice()), (1, &b"{\"v\":1}"[..]));
    let events = store.events_of(&port, &one, None, 10).await.expect("events");
    assert_eq!(events.len(), 1);
    assert_eq!(events[0].position, 0);
    assert_eq!(events[0].event.encode().expect("bytes"), sent.events[0].encode().expect("bytes"));
    let bill = ObjectRef::new("bill", format!("BL-{}", one.id));
    assert_eq!(
        store.events_of(&port, &bill, None, 10).await.expect("events").len(),
        1,
        "an event is on the timeline of every object it names"
    );
    assert_eq!(store.object(&port, &bill).await.expect("read"), None, "an object that is merely named has no state");
    assert_eq!(store.work_row(&port, &one).await.expect("row").expect("row").row, sent.work[0].row);
    assert_eq!(store.journey(&port, &one.id).await.expect("journey").expect("row").at[Milestone::Discharged.index()], Some(at(1)));
    let outbox = store.outbox(&port, &OutboxQuery { limit: 10, ..OutboxQuery::default() }).await.expect("outbox").items;
    assert_eq!((outbox.len(), outbox[0].row.body.as_slice(), outbox[0].state.as_str()), (1, &b"UNB+"[..], "pending"));
    assert_eq!(store.blob(&port, &sent.blobs[0].sha256).await.expect("blob"), Some(("text/plain".into(), b"raw".to_vec())));
    assert_eq!(store.record(&port, "setting", &one.id).await.expect("record").expect("record").version, 1);
    assert_eq!(store.idempotent(&port, "trader-1/user", &format!("{}-0", one.id)).await.expect("answer"), sent.idempotency);
    let found = store.objects(&port, &[one.clone(), container(2), bill]).await.expect("objects");
    assert_eq!(found.iter().map(|o| &o.object).collect::<Vec<_>>(), [&one]);
    store.close().await;
}

/// One wrong version among many right ones: nothing of the commit stays, and others of the same group are not touched.
pub async fn a_stale_version_leaves_nothing(place: &impl Place) {
    let port = fresh_port("stale");
    let store = place.open(&port).await;
    store.commit(full(&port, &container(1), 0)).await.expect("first");
    let size = *store.changes().borrow();
    for expected in [0, 2, 7] {
        let mut bad = full(&port, &container(2), 0);
        bad.objects.push(write(&container(1), expected, "{}"));
        let refused = store.commit(bad).await;
        assert!(matches!(&refused, Err(StoreError::Conflict(what)) if what.contains(&container(1).id)), "{refused:?}");
        nothing_of(&store, &port, &container(2)).await;
    }
    assert_eq!(*store.changes().borrow(), size, "the ledger did not grow");
    // In one go, so that they meet in groups: every second one is stale.
    let mixed = join_all((10..60).map(|n| {
        let mut one = full(&port, &container(n), 0);
        if n % 2 == 1 {
            one.objects.push(write(&container(1), 0, "{}"));
        }
        store.commit(one)
    }))
    .await;
    for (n, done) in (10..60).zip(mixed) {
        assert_eq!(done.is_ok(), n % 2 == 0, "{n}: {done:?}");
        if n % 2 == 1 {
            nothing_of(&store, &port, &container(n)).await;
        } else {
            assert_eq!(store.object(&port, &container(n)).await.expect("read").expect("object").version, 1);
        }
    }
    store.close().await;
}

/// What a decision was made on must still be so when it is written, although the decision does not change it; also that something is not there.
pub async fn what_was_read_must_not_have_changed(place: &impl Place) {
    let port = fresh_port("reads");
    let store = place.open(&port).await;
    let (known, unknown) = (container(1), container(2));
    let read = |object: &ObjectRef, version: u64| ObjectRead { object: object.clone(), version };
    store.commit(full(&port, &known, 0)).await.expect("first");
    store
        .commit(Commit { reads: vec![read(&known, 1), read(&unknown, 0)], ..full(&port, &container(3), 0) })
        .await
        .expect("as it was read");
    assert!(store.object(&port, &unknown).await.expect("read").is_none(), "looking for an object does not make it");
    // What is looked for may have any name: one that nothing can have is not there, and spoils nothing.
    let nonsense = ObjectRef::new("container", "x".repeat(300));
    store.commit(Commit { reads: vec![read(&nonsense, 0)], ..full(&port, &container(5), 0) }).await.expect("nothing has such a name");
    for (object, version) in [(&known, 0), (&known, 2), (&unknown, 1)] {
        let refused = store.commit(Commit { reads: vec![read(object, version)], ..full(&port, &container(4), 0) }).await;
        assert!(matches!(&refused, Err(StoreError::Conflict(what)) if what.contains(&object.id)), "{refused:?}");
        nothing_of(&store, &port, &container(4)).await;
    }
    // Many who read one object and write another, while the first changes: every one of them was written beside the version it read, so that
    // those written after the change have read the change.
    let changes = join_all((0..64).map(|n| {
        let (store, port, known) = (Arc::clone(&store), port.clone(), known.clone());
        async move {
            if n == 32 {
                return store
                    .commit(Commit { objects: vec![write(&known, 1, "changed")], events: vec![event(n, &[&known])], ..commit(&port) })
                    .await;
            }
            let reads = vec![ObjectRead { object: known, version: 1 }];
            store.commit(Commit { reads, events: vec![event(n, &[&container(100 + n)])], ..commit(&port) }).await
        }
    }))
    .await;
    let changed_at = changes[32].as_ref().expect("changed").first_position.expect("position");
    for (n, done) in changes.iter().enumerate().filter(|(n, _)| *n != 32) {
        match done {
            Ok(done) => assert!(done.first_position.expect("position") < changed_at, "{n} was written on what had changed"),
            Err(fault) => assert!(matches!(fault, StoreError::Conflict(_)), "{n}: {fault:?}"),
        }
    }
    store.close().await;
}

/// The same holds for a register's record.
pub async fn a_wrong_version_of_a_record_leaves_nothing(place: &impl Place) {
    let port = fresh_port("record");
    let store = place.open(&port).await;
    for expected in [1, 5] {
        let mut bad = full(&port, &container(1), 0);
        bad.records.push(RecordWrite {
            space: "user".into(),
            id: "u1".into(),
            expected_version: Some(expected),
            body: Some(b"{}".to_vec()),
            expires_at: None,
        });
        assert!(matches!(store.commit(bad).await, Err(StoreError::Conflict(_))));
        nothing_of(&store, &port, &container(1)).await;
    }
    store.close().await;
}

/// A key that was used answers what was answered then, and does nothing.
pub async fn a_repeated_key_gets_the_first_answer(place: &impl Place) {
    let port = fresh_port("repeat");
    let store = place.open(&port).await;
    let first = answer("trader-1/user", "k1", "first");
    store.commit(Commit { idempotency: Some(first.clone()), ..full(&port, &container(1), 0) }).await.expect("first");
    let again = Commit { idempotency: Some(answer("trader-1/user", "k1", "second")), ..full(&port, &container(2), 0) };
    match store.commit(again).await {
        Err(StoreError::Repeated(found)) => assert_eq!(found, first),
        other => panic!("{other:?}"),
    }
    nothing_of(&store, &port, &container(2)).await;
    // The key of another user is another key.
    store
        .commit(Commit { idempotency: Some(answer("trader-1/other", "k1", "third")), ..full(&port, &container(3), 0) })
        .await
        .expect("other scope");
    // The same new key many times at once: exactly one is done.
    let many = join_all((0..32).map(|n| {
        let row = answer("trader-1/user", "k2", &n.to_string());
        store.commit(Commit { idempotency: Some(row), events: vec![event(n, &[&container(9)])], ..commit(&port) })
    }))
    .await;
    assert_eq!(many.iter().filter(|done| done.is_ok()).count(), 1);
    assert!(many.iter().all(|done| matches!(done, Ok(_) | Err(StoreError::Repeated(_)))));
    assert_eq!(store.events_of(&port, &container(9), None, 100).await.expect("events").len(), 1);
    store.close().await;
}

/// 64 tasks change one object, each deciding anew after a conflict: no change is lost.
pub async fn concurrent_commits_of_one_object_take_turns(place: &impl Place) {
    const TASKS: u64 = 64;
    let port = fresh_port("turns");
    let store = place.open(&port).await;
    let one = container(1);
    let tasks = (0..TASKS).map(|n| {
        let (store, port, one) = (Arc::clone(&store), port.clone(), one.clone());
        tokio::spawn(async move {
            loop {
                let version = store.object(&port, &one).await.expect("read").map_or(0, |o| o.version);
                let change =
                    Commit { events: vec![event(n, &[&one])], objects: vec![write(&one, version, &n.to_string())], ..commit(&port) };
                match store.commit(change).await {
                    Ok(_) => return,
                    Err(StoreError::Conflict(_)) => {}
                    Err(other) => panic!("{other:?}"),
                }
            }
        })
    });
    for task in join_all(tasks).await {
        task.expect("task");
    }
    assert_eq!(store.object(&port, &one).await.expect("read").expect("object").version, TASKS);
    assert_eq!(store.events_of(&port, &one, None, 1_000).await.expect("events").len() as u64, TASKS);
    store.close().await;
}

/// Commits about different objects, all at once: each gets its own positions, without gaps.
pub async fn concurrent_commits_of_many_objects_all_arrive(place: &impl Place) {
    let port = fresh_port("many");
    let store = place.open(&port).await;
    let done = join_all((0..200).map(|n| {
        let object = container(n);
        let events = (0..=n % 3).map(|i| event(i, &[&object, &container(10_000)])).collect();
        store.commit(Commit { events, objects: vec![write(&object, 0, "{}")], ..commit(&port) })
    }))
    .await;
    let mut positions: Vec<u64> = Vec::new();
    for (n, done) in (0..200).zip(done) {
        let first = done.expect("commit").first_position.expect("events");
        let own = store.events_of(&port, &container(n), None, 10).await.expect("events");
        assert_eq!(own.iter().map(|e| e.position).collect::<Vec<_>>(), (first..=first + n % 3).collect::<Vec<_>>());
        positions.extend(own.iter().map(|e| e.position));
    }
    positions.sort_unstable();
    assert!(positions.iter().copied().eq(0..positions.len() as u64), "no gap, no position twice");
    let shared = store.events_of(&port, &container(10_000), None, 1_000).await.expect("events");
    assert!(shared.iter().map(|e| e.position).eq(0..positions.len() as u64));
    store.close().await;
}

/// What is too long or too much is refused with the limit's name; at the limit it is taken.
pub async fn bounds_are_refused_one_past_the_limit(place: &impl Place) {
    let port = fresh_port("bounds");
    let store = place.open(&port).await;
    let named = |kind: usize, id: usize| ObjectRef { kind: "k".repeat(kind).into(), id: "i".repeat(id) };
    let of =
        |object: ObjectRef| Commit { objects: vec![ObjectWrite { object, expected_version: 0, state: b"{}".to_vec() }], ..commit(&port) };
    store.commit(of(named(32, 64))).await.expect("at the limit");
    let keys = |n: usize| {
        let mut row = row("t", "s", 0);
        row.keys = (0..n).map(|i| format!("KEY{i}")).collect();
        Commit { work: vec![WorkWrite { object: container(1), row }], ..commit(&port) }
    };
    store.commit(keys(crate::WORK_KEYS_MAX)).await.expect("at the limit");
    let mut long_key = commit(&port);
    long_key.idempotency = Some(answer("s", &"k".repeat(65), ""));
    let mut no_object = commit(&port);
    no_object.events = vec![event(0, &[&container(1)])];
    no_object.events[0].objects.clear();
    let twice = Commit { objects: vec![write(&container(5), 0, "{}"), write(&container(5), 1, "{}")], ..commit(&port) };
    let mut big = event(0, &[&container(1)]);
    big.payload = ledger::RawValue::from_string(format!("\"{}\"", "x".repeat(2 << 20))).expect("JSON");
    for (what, bad) in [
        ("kind", of(named(33, 1))),
        ("id", of(named(1, 65))),
        ("keys", keys(crate::WORK_KEYS_MAX + 1)),
        ("idempotency key", long_key),
        ("written twice", twice),
        ("event", Commit { events: vec![big], ..commit(&port) }),
    ] {
        let refused = store.commit(bad).await;
        assert!(matches!(refused, Err(StoreError::Limit(_))), "{what}: {refused:?}");
    }
    assert!(matches!(store.commit(no_object).await, Err(StoreError::Failed(_))));
    let size = *store.changes().borrow();
    assert_eq!(size, 0, "nothing of it reached the ledger");
    store.close().await;
}

/// A store keeps one port, and says so.
pub async fn another_port_is_refused(place: &impl Place) {
    let port = fresh_port("own");
    let store = place.open(&port).await;
    let other = full("CNZZZ", &container(1), 0);
    assert!(matches!(store.commit(other).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.object("CNZZZ", &container(1)).await, Err(StoreError::Unavailable(_))));
    store.close().await;
}

/// What waits when the store closes is written or refused; afterwards everything is refused; nothing refused is there.
pub async fn a_closed_store_acknowledges_nothing(place: &impl Place) {
    let port = fresh_port("closed");
    let store = place.open(&port).await;
    let waiting: Vec<_> = (0..40)
        .map(|n| {
            let (store, port) = (Arc::clone(&store), port.clone());
            tokio::spawn(async move { (n, store.commit(full(&port, &container(n), 0)).await.is_ok()) })
        })
        .collect();
    store.close().await;
    let done: Vec<(u64, bool)> = join_all(waiting).await.into_iter().map(|task| task.expect("task")).collect();
    assert!(matches!(store.commit(full(&port, &container(99), 0)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(store.reserve_numbers(&port, "s", 1).await, Err(StoreError::Unavailable(_))));
    store.close().await;
    drop(store);
    let store = place.open(&port).await;
    for (n, acknowledged) in done {
        assert_eq!(store.object(&port, &container(n)).await.expect("read").is_some(), acknowledged, "{n}");
    }
    nothing_of(&store, &port, &container(99)).await;
    store.close().await;
}

/// Whoever watches learns the size before the commit is acknowledged or soon after, and never a smaller one.
pub async fn changes_are_announced(place: &impl Place) {
    let port = fresh_port("changes");
    let store = place.open(&port).await;
    let mut changes = store.changes();
    assert_eq!(*changes.borrow_and_update(), 0);
    let done = store.commit(full(&port, &container(1), 0)).await.expect("commit");
    changes.wait_for(|size| *size == done.size).await.expect("announced");
    store.ready().await.expect("ready");
    store.close().await;
}
