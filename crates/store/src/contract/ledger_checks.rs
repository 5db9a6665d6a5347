//! Checks of events, timelines, links and heads.

use std::collections::{BTreeMap, BTreeSet};

use ledger::ObjectRef;
use ledger::merkle::{Frontier, leaf_hash};
use ledger::receipt::verify_receipt;

use super::commits::full;
use super::{Choices, Place, TestSealer, at, commit, container, event, fresh_port, row, write};
use crate::{Commit, DOSSIER_OBJECTS_MAX, DossierQuery, Link, Milestone, StoreError, WorkWrite};

/// A long timeline read from any place in pieces of any size is the same timeline.
pub async fn a_timeline_is_read_in_pieces_of_any_size(place: &impl Place) {
    let port = fresh_port("timeline");
    let store = place.open(&port).await;
    let ship = ObjectRef::new("ship-call", "CALL1");
    let mut expected = Vec::new();
    for batch in 0..10u64 {
        let mut events = Vec::new();
        for n in 0..40 {
            let other = container(n % 7);
            // Every third event is not about the ship.
            let objects: Vec<&ObjectRef> = if (batch * 40 + n) % 3 == 0 { vec![&other] } else { vec![&other, &ship, &other] };
            if objects.len() > 1 {
                expected.push(batch * 40 + n);
            }
            events.push(event(n, &objects));
        }
        store.commit(Commit { events, ..commit(&port) }).await.expect("commit");
    }
    for limit in [1, 2, 63, 64, 65, 127, 200, 1_000] {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let piece = store.events_of(&port, &ship, after, limit).await.expect("events");
            assert!(piece.len() <= limit as usize);
            let Some(last) = piece.last() else { break };
            after = Some(last.position);
            found.extend(piece.iter().map(|e| e.position));
        }
        assert_eq!(found, expected, "limit {limit}");
    }
    let middle = store.events_of(&port, &ship, Some(201), 3).await.expect("events");
    assert_eq!(
        middle.iter().map(|e| e.position).collect::<Vec<_>>(),
        expected.iter().copied().filter(|p| *p > 201).take(3).collect::<Vec<_>>()
    );
    assert!(store.events_of(&port, &ship, Some(u64::MAX), 3).await.expect("events").is_empty());
    assert!(store.events_of(&port, &container(99), None, 3).await.expect("events").is_empty());
    let all = store.events_after(&port, None, 1_000).await.expect("events");
    assert!(all.iter().map(|e| e.position).eq(0..400));
    assert_eq!(store.events_after(&port, Some(398), 10).await.expect("events").len(), 1);
    assert!(store.events_after(&port, Some(u64::MAX), 10).await.expect("events").is_empty());
    store.close().await;
}

/// An event is found by its id wherever it lies, also when ids do not ascend.
pub async fn events_are_found_by_id_and_by_position(place: &impl Place) {
    let port = fresh_port("by-id");
    let store = place.open(&port).await;
    let mut ids = Vec::new();
    for batch in 0..7u64 {
        let mut events: Vec<_> = (0..100).map(|n| event(n, &[&container(batch * 100 + n)])).collect();
        events.reverse();
        ids.extend(events.iter().map(|e| e.id));
        store.commit(Commit { events, ..commit(&port) }).await.expect("commit");
    }
    for (position, id) in ids.iter().enumerate() {
        let found = store.event(&port, &id.to_string()).await.expect("read").expect("event");
        assert_eq!((found.position, found.event.id), (position as u64, *id));
    }
    assert!(store.event(&port, "0192f0c1-2345-7abc-8def-0123456789ab").await.expect("read").is_none());
    assert!(store.event(&port, "no id").await.expect("read").is_none());
    store.close().await;
}

/// A link given twice is one link.
pub async fn links_are_kept_once_and_found_from_both_ends(place: &impl Place) {
    let port = fresh_port("links");
    let store = place.open(&port).await;
    let bill = ObjectRef::new("bill", "BL1");
    let link = |n, role| Link { from: bill.clone(), to: container(n), role };
    store.commit(Commit { links: vec![link(1, "covers"), link(2, "covers")], ..commit(&port) }).await.expect("commit");
    store.commit(Commit { links: vec![link(1, "covers"), link(1, "replaces")], ..commit(&port) }).await.expect("commit");
    let mut found: Vec<(String, String)> =
        store.links(&port, &bill, 10).await.expect("links").into_iter().map(|l| (l.to.id, l.role)).collect();
    found.sort();
    let expect = [(1, "covers"), (1, "replaces"), (2, "covers")].map(|(n, role)| (container(n).id, role.to_owned()));
    assert_eq!(found, expect);
    let back = store.links(&port, &container(2), 10).await.expect("links");
    assert_eq!((back.len(), &back[0].from), (1, &bill));
    assert_eq!(store.links(&port, &bill, 2).await.expect("links").len(), 2);
    store.close().await;
}

/// A dossier says of several objects at once what the store says of each: states, rows, events each once and in order, and who else is named.
pub async fn a_dossier_is_the_sum_of_its_objects(place: &impl Place) {
    let port = fresh_port("dossier");
    let store = place.open(&port).await;
    let ship = ObjectRef::new("ship-call", "CALL1");
    let mut choices = Choices::new(11);
    for batch in 0..8u64 {
        let mut events = Vec::new();
        for n in 0..60 {
            let (one, other) = (container(choices.below(6)), container(choices.below(6)));
            let objects: Vec<&ObjectRef> = if choices.below(3) == 0 { vec![&one] } else { vec![&one, &ship, &other, &one] };
            events.push(event(n, &objects));
        }
        let objects = if batch < 3 { vec![write(&container(batch), 0, r#"{"n":1}"#)] } else { Vec::new() };
        let work = if batch < 2 { vec![WorkWrite { object: container(batch), row: row("箱", "in-yard", 1) }] } else { Vec::new() };
        store.commit(Commit { events, objects, work, ..commit(&port) }).await.expect("commit");
    }
    let asked = vec![container(0), container(1), container(2), container(1), container(5), container(77)];
    for limit in [1, 63, 64, 65, 100, 10_000] {
        let query = DossierQuery { objects: asked.clone(), events: limit, named: limit };
        let found = store.dossier(&port, &query).await.expect("dossier");
        let mut expected = BTreeMap::new();
        for object in &asked {
            for stored in store.events_of(&port, object, None, limit).await.expect("events") {
                expected.insert(stored.position, stored.event.encode().expect("bytes"));
            }
        }
        let events: Vec<(u64, Vec<u8>)> = found.events.iter().map(|e| (e.position, e.event.encode().expect("bytes"))).collect();
        assert_eq!(events, expected.into_iter().collect::<Vec<_>>(), "limit {limit}");
        let named: BTreeSet<ObjectRef> =
            found.events.iter().flat_map(|e| &e.event.objects).map(|link| link.object.clone()).filter(|o| !asked.contains(o)).collect();
        assert_eq!(found.named.iter().cloned().collect::<BTreeSet<_>>(), named, "limit {limit}");
        assert_eq!(found.named.len(), named.len(), "each once");
        let mut objects = found.objects;
        objects.sort_by(|a, b| a.record.object.cmp(&b.record.object));
        let rows: Vec<bool> = objects.iter().map(|filed| filed.row.is_some()).collect();
        assert_eq!(rows, [true, true, false], "three of them have a state, two of these a row");
        for filed in &objects {
            assert_eq!(store.object(&port, &filed.record.object).await.expect("read").as_ref(), Some(&filed.record));
            assert_eq!(store.work_row(&port, &filed.record.object).await.expect("read").map(|item| item.row), filed.row);
        }
    }
    let bare = store.dossier(&port, &DossierQuery { objects: asked, ..DossierQuery::default() }).await.expect("dossier");
    assert_eq!((bare.objects.len(), bare.events.len(), bare.named.len()), (3, 0, 0));
    assert!(store.dossier(&port, &DossierQuery::default()).await.expect("dossier").objects.is_empty());
    let many = |n: u64| DossierQuery { objects: (0..n).map(container).collect(), ..DossierQuery::default() };
    let most = DOSSIER_OBJECTS_MAX as u64;
    assert_eq!(store.dossier(&port, &many(most)).await.expect("dossier").objects.len(), 3);
    assert!(matches!(store.dossier(&port, &many(most + 1)).await, Err(StoreError::Limit(_))));
    store.close().await;
}

/// Every head is the root of the leaves up to its size, signed; tiles are the roots of theirs; leaves hash the stored bytes.
pub async fn heads_sign_what_the_leaves_say(place: &impl Place) {
    let port = fresh_port("heads");
    let store = place.open(&port).await;
    assert_eq!(store.head(&port).await.expect("head"), None);
    let mut choices = Choices::new(7);
    let mut total = 0;
    for batch in 0..12 {
        let n = 1 + choices.below(120);
        total += n;
        let events = (0..n).map(|i| event(i, &[&container(batch)])).collect();
        let done = store.commit(Commit { events, ..commit(&port) }).await.expect("commit");
        assert_eq!(done.size, total);
    }
    // Without events there is nothing to seal.
    store.commit(Commit { objects: vec![write(&container(99), 0, "{}")], ..commit(&port) }).await.expect("commit");
    let leaves = store.leaves(&port, 0, 10_000).await.expect("leaves");
    assert_eq!(leaves.len() as u64, total);
    let heads = store.heads(&port, 0, 10_000).await.expect("heads");
    assert_eq!(heads.len(), 12);
    assert_eq!(store.head(&port).await.expect("head").as_ref(), heads.last());
    let mut log = Frontier::new();
    let mut tiles = Vec::new();
    let mut expected = heads.iter();
    let mut former = at(-1_000_000);
    for (position, bytes, leaf) in &leaves {
        assert_eq!(*position, log.size());
        assert_eq!(*leaf, leaf_hash(bytes));
        tiles.extend(log.append(*leaf));
        if let Some(head) = expected.as_slice().first().filter(|head| head.size == log.size()) {
            assert_eq!(head.root, hex::encode(log.root()));
            TestSealer::new().public().verify_head(&port, head).expect("signature");
            assert!(head.at >= former);
            former = head.at;
            expected.next();
        }
    }
    assert!(expected.next().is_none(), "every head is the root of some prefix");
    let stored = store.tiles(&port, 0, 100).await.expect("tiles");
    assert_eq!(stored, (0u64..).zip(tiles).collect::<Vec<_>>());
    assert_eq!(store.tiles(&port, 1, 1).await.expect("tiles"), stored[1..2]);
    assert_eq!(store.leaves(&port, 300, 2).await.expect("leaves"), leaves[300..302]);
    assert_eq!(store.heads(&port, heads[5].size, 2).await.expect("heads"), heads[5..7]);
    store.close().await;
}

/// Closed and opened again: the same events, states, rows, heads, and versions that still guard.
pub async fn reopening_keeps_everything(place: &impl Place) {
    let port = fresh_port("reopen");
    let one = container(1);
    let mut last = None;
    for round in 0..4u64 {
        let store = place.open(&port).await;
        assert_eq!(*store.changes().borrow(), round * 301);
        assert_eq!(store.head(&port).await.expect("head"), last);
        assert_eq!(store.object(&port, &one).await.expect("read").map_or(0, |o| o.version), round);
        store.commit(full(&port, &one, round)).await.expect("commit");
        assert!(matches!(store.commit(full(&port, &one, round)).await, Err(StoreError::Repeated(_))));
        let stale = Commit { objects: vec![write(&one, round, "{}")], ..commit(&port) };
        assert!(matches!(store.commit(stale).await, Err(StoreError::Conflict(_))));
        let events = (0..300).map(|n| event(n, &[&one])).collect();
        store.commit(Commit { events, ..commit(&port) }).await.expect("commit");
        assert_eq!(store.events_of(&port, &one, None, 10_000).await.expect("events").len() as u64, (round + 1) * 301);
        assert_eq!(store.journey(&port, &one.id).await.expect("read").expect("row").at[Milestone::Discharged.index()], Some(at(1)));
        last = store.head(&port).await.expect("head");
        store.close().await;
    }
}

/// A receipt is made of any event and proves it without the store.
pub async fn a_receipt_of_any_event_verifies(place: &impl Place) {
    let port = fresh_port("receipt");
    let store = place.open(&port).await;
    for batch in 0..9 {
        let events = (0..71).map(|n| event(n, &[&container(batch)])).collect();
        store.commit(Commit { events, ..commit(&port) }).await.expect("commit");
    }
    let key = TestSealer::new().public().to_pem().expect("pem");
    for position in [0, 1, 255, 256, 300, 511, 512, 638] {
        let receipt = crate::prove::receipt(&*store, &port, position, &key).await.expect("read").expect("receipt");
        let proven = verify_receipt(&receipt).expect("proof");
        assert_eq!(store.event(&port, &proven.id.to_string()).await.expect("read").expect("event").position, position);
    }
    assert!(crate::prove::receipt(&*store, &port, 639, &key).await.expect("read").is_none());
    let heads = store.heads(&port, 0, 100).await.expect("heads");
    for older in &heads {
        let proof = crate::prove::consistency(&*store, &port, older.size, heads[8].size).await.expect("read").expect("proof");
        let (old_root, root) = (older.root_bytes().expect("root"), heads[8].root_bytes().expect("root"));
        assert!(ledger::merkle::verify_consistency(older.size, &old_root, heads[8].size, &root, &proof));
    }
    store.close().await;
}
