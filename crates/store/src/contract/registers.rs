//! Checks of records, numbers and remembered answers.

use std::sync::Arc;

use futures_util::future::join_all;

use super::commits::answer;
use super::{Place, at, commit, fresh_port};
use crate::{Commit, Record, RecordWrite, StoreError, TallyMark, TallyQuery, TallyRow};

fn put(id: &str, expected_version: Option<u64>, body: &str) -> RecordWrite {
    RecordWrite { space: "user".into(), id: id.into(), expected_version, body: Some(body.into()), expires_at: None }
}

/// Versions count up and guard; deleting frees the id; registers do not mix.
pub async fn records_have_versions_and_registers(place: &impl Place) {
    let port = fresh_port("records");
    let store = place.open(&port).await;
    let write = |records| {
        let (store, port) = (&store, &port);
        async move { store.commit(Commit { records, ..commit(port) }).await.map(drop) }
    };
    write(vec![put("u1", Some(0), "1"), put("u2", None, "1"), RecordWrite { space: "key".into(), ..put("u1", Some(0), "k") }])
        .await
        .expect("new");
    write(vec![put("u1", Some(1), "2")]).await.expect("second version");
    write(vec![put("u1", None, "3")]).await.expect("any version");
    assert!(matches!(write(vec![put("u1", Some(2), "x")]).await, Err(StoreError::Conflict(what)) if what == "user/u1"));
    assert!(matches!(write(vec![put("u2", Some(0), "x")]).await, Err(StoreError::Conflict(_))));
    let read = store.record(&port, "user", "u1").await.expect("read").expect("record");
    assert_eq!(read, Record { space: "user".into(), id: "u1".into(), version: 3, body: b"3".to_vec(), expires_at: None });
    let delete = RecordWrite { body: None, ..put("u1", Some(3), "") };
    assert!(matches!(write(vec![RecordWrite { expected_version: Some(2), ..delete.clone() }]).await, Err(StoreError::Conflict(_))));
    write(vec![delete]).await.expect("delete");
    write(vec![RecordWrite { body: None, ..put("never-there", None, "") }]).await.expect("deleting nothing");
    assert_eq!(store.record(&port, "user", "u1").await.expect("read"), None);
    assert!(store.record(&port, "key", "u1").await.expect("read").is_some());
    write(vec![put("u1", Some(0), "again")]).await.expect("the id is free");
    assert_eq!(store.record(&port, "user", "u1").await.expect("read").expect("record").version, 1);
    let many = (0..25).map(|n| RecordWrite { space: "org".into(), ..put(&format!("o{n:02}"), Some(0), "{}") }).collect();
    write(many).await.expect("many");
    let mut ids: Vec<String> = Vec::new();
    loop {
        let piece = store.records(&port, "org", ids.last().map(String::as_str), 4).await.expect("records");
        if piece.is_empty() {
            break;
        }
        ids.extend(piece.into_iter().map(|r| r.id));
    }
    assert_eq!(ids, (0..25).map(|n| format!("o{n:02}")).collect::<Vec<_>>());
    store.close().await;
}

/// Counters are raised by commits, of any order and however many at once; series and days do not mix, and what is back at 0 is no row.
pub async fn counters_add_up_by_day_and_key(place: &impl Place) {
    let port = fresh_port("counters");
    let store = place.open(&port).await;
    let mark = |series, day, key: &str, by| TallyMark { series, day, key: key.into(), by };
    let asked = |series: &str, from_day, to_day| TallyQuery { port: port.clone(), series: series.into(), from_day, to_day };
    let raised = join_all((0..40).map(|n| {
        let tallies = vec![mark("m", 10 + n % 4, "a|b", 2), mark("m", 10 + n % 4, "a|b", 1), mark("other", 10, "a|b", 5)];
        store.commit(Commit { tallies, ..commit(&port) })
    }))
    .await;
    assert!(raised.iter().all(Result::is_ok));
    let row = |day, key: &str, count| TallyRow { day, key: key.into(), count };
    let found = store.tallies(&asked("m", 11, 13)).await.expect("counters");
    assert_eq!(found, [row(11, "a|b", 30), row(12, "a|b", 30)], "the first day counts, the last does not");
    store.commit(Commit { tallies: vec![mark("m", 11, "a|b", -30), mark("m", 12, "a|a", -1)], ..commit(&port) }).await.expect("put right");
    let found = store.tallies(&asked("m", i32::MIN, i32::MAX)).await.expect("counters");
    assert_eq!(found, [row(10, "a|b", 30), row(12, "a|a", -1), row(12, "a|b", 30), row(13, "a|b", 30)]);
    assert_eq!(store.tallies(&asked("other", 10, 11)).await.expect("counters"), [row(10, "a|b", 200)]);
    let long = Commit { tallies: vec![mark("m", 1, &"k".repeat(257), 1)], ..commit(&port) };
    assert!(matches!(store.commit(long).await, Err(StoreError::Limit(_))));
    store.commit(Commit { tallies: vec![mark("m", 1, &"k".repeat(256), 1)], ..commit(&port) }).await.expect("at the limit");
    store.close().await;
    let again = place.open(&port).await;
    assert_eq!(again.tallies(&asked("m", 13, 14)).await.expect("counters"), [row(13, "a|b", 30)], "kept");
    again.close().await;
}

/// Records whose time is over go, others stay; the instant itself is over.
pub async fn records_expire(place: &impl Place) {
    let port = fresh_port("expire");
    let store = place.open(&port).await;
    let records = (0..20).map(|n| RecordWrite {
        space: "session".into(),
        expires_at: (n < 15).then(|| at(n)),
        ..put(&format!("s{n:02}"), None, "{}")
    });
    store.commit(Commit { records: records.collect(), ..commit(&port) }).await.expect("commit");
    assert_eq!(store.expire_records(&port, at(-1)).await.expect("expire"), 0);
    assert_eq!(store.expire_records(&port, at(9)).await.expect("expire"), 10);
    assert_eq!(store.expire_records(&port, at(9)).await.expect("expire"), 0);
    let left = store.records(&port, "session", None, 100).await.expect("records");
    assert_eq!(
        left.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(),
        ["s10", "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19"]
    );
    assert_eq!(left[0].expires_at, Some(at(10)));
    store.close().await;
}

/// A number of a series is given once, whoever asks, also after reopening.
pub async fn numbers_are_never_given_twice(place: &impl Place) {
    let port = fresh_port("numbers");
    let mut taken: Vec<u64> = Vec::new();
    for round in 0..3u32 {
        let store = place.open(&port).await;
        if round == 0 {
            assert_eq!(store.reserve_numbers(&port, "declaration", 1).await.expect("first"), 1);
            taken.push(1);
            assert_eq!(store.reserve_numbers(&port, "other", 5).await.expect("first"), 1);
            assert_eq!(store.reserve_numbers(&port, "other", 1).await.expect("sixth"), 6);
        }
        let asked = join_all((0..50u32).map(|n| {
            let (store, port) = (Arc::clone(&store), port.clone());
            tokio::spawn(async move { (n % 3 + 1, store.reserve_numbers(&port, "declaration", n % 3 + 1).await.expect("numbers")) })
        }))
        .await;
        for task in asked {
            let (count, first) = task.expect("task");
            taken.extend(first..first + u64::from(count));
        }
        assert!(matches!(store.reserve_numbers(&port, "declaration", 0).await, Err(StoreError::Limit(_))));
        store.close().await;
    }
    taken.sort_unstable();
    assert!(taken.iter().copied().eq(1..=taken.len() as u64), "each number once, none left out");
}

/// Keys of different users never meet.
pub async fn remembered_answers_belong_to_their_scope(place: &impl Place) {
    let port = fresh_port("answers");
    let store = place.open(&port).await;
    // Joined without a border, the first two would be the same text.
    for (scope, key) in [("a", "bc"), ("ab", "c"), ("", "abc")] {
        store.commit(Commit { idempotency: Some(answer(scope, key, scope)), ..commit(&port) }).await.expect("commit");
    }
    for (scope, key) in [("a", "bc"), ("ab", "c"), ("", "abc")] {
        assert_eq!(store.idempotent(&port, scope, key).await.expect("read"), Some(answer(scope, key, scope)));
    }
    assert_eq!(store.idempotent(&port, "abc", "").await.expect("read"), None);
    // An answer far older than a week is forgotten once newer ones come; the newer stay.
    let mut new = answer("new", "k", "new");
    new.at = at(0).plus_days(8);
    store.commit(Commit { idempotency: Some(new.clone()), ..commit(&port) }).await.expect("commit");
    store
        .commit(Commit { idempotency: Some(crate::IdempotencyRow { key: "k2".into(), ..new.clone() }), ..commit(&port) })
        .await
        .expect("commit");
    assert_eq!(store.idempotent(&port, "a", "bc").await.expect("read"), None);
    assert_eq!(store.idempotent(&port, "new", "k").await.expect("read"), Some(new));
    store.close().await;
}
