//! Checks of journeys, outbox, blobs, access log and exports.

use ledger::ObjectRef;

use super::commits::{access, full};
use super::{Place, at, commit, container, event, fresh_port, write};
use crate::{
    AuditQuery, Blob, Commit, JourneyCountQuery, JourneyQuery, Link, Milestone, MilestoneMark, OutboxQuery, OutboxRow, SharedStore,
    StoreError, WorkOrder, WorkQuery,
};

fn mark(n: u64, milestone: Milestone, seconds: i64, terminal: Option<&str>) -> MilestoneMark {
    MilestoneMark { container: container(n).id, milestone, at: at(seconds), terminal: terminal.map(str::to_owned) }
}

/// The first mark of a milestone stays, also when a later report gives another time; the terminal stays once it is known.
pub async fn journeys_keep_their_first_marks(place: &impl Place) {
    let port = fresh_port("journeys");
    let store = place.open(&port).await;
    let marks = |milestones| Commit { milestones, ..commit(&port) };
    store
        .commit(marks(vec![mark(1, Milestone::Discharged, 10, None), mark(1, Milestone::Discharged, 5, Some("terminal-1"))]))
        .await
        .expect("commit");
    store
        .commit(marks(vec![mark(1, Milestone::Discharged, 99, Some("terminal-2")), mark(1, Milestone::GatedOut, 50, None)]))
        .await
        .expect("commit");
    let row = store.journey(&port, &container(1).id).await.expect("read").expect("row");
    assert_eq!(row.at[Milestone::Discharged.index()], Some(at(10)));
    assert_eq!(row.at[Milestone::GatedOut.index()], Some(at(50)));
    assert_eq!(row.at.iter().flatten().count(), 2);
    assert_eq!(row.terminal.as_deref(), Some("terminal-1"));
    let every: Vec<MilestoneMark> = (10..30)
        .flat_map(|n| {
            Milestone::ALL
                .into_iter()
                .map(move |m| mark(n, m, n as i64 * 100 + m.index() as i64, Some(if n % 2 == 0 { "terminal-1" } else { "terminal-2" })))
        })
        .collect();
    store.commit(marks(every)).await.expect("commit");
    let query = JourneyQuery {
        port: port.clone(),
        by: Milestone::Released,
        from: at(1_208),
        to: at(2_008),
        terminal: None,
        after: None,
        limit: 100,
    };
    let ids = |rows: Vec<crate::JourneyRow>| rows.into_iter().map(|r| r.container).collect::<Vec<_>>();
    let found = store.journeys(&query).await.expect("journeys");
    assert_eq!(
        ids(found.clone()),
        (12..20).rev().map(|n| container(n).id).collect::<Vec<_>>(),
        "from inclusive, to exclusive, newest first"
    );
    assert!(found.iter().all(|row| row.at.iter().all(Option::is_some)));
    let one_terminal = JourneyQuery { terminal: Some("terminal-2".into()), ..query.clone() };
    assert_eq!(ids(store.journeys(&one_terminal).await.expect("journeys")), [19, 17, 15, 13].map(|n| container(n).id));
    assert_eq!(store.journeys(&JourneyQuery { limit: 3, ..query.clone() }).await.expect("journeys").len(), 3);
    for by in Milestone::ALL {
        let any = JourneyQuery { by, from: at(0), to: at(10_000), ..query.clone() };
        assert!(store.journeys(&any).await.expect("journeys").len() >= 20, "{by:?}");
    }
    store.close().await;
}

/// Journeys are counted without being read: in a period, at each terminal, and of those that came as far as another milestone.
pub async fn journeys_are_counted_as_they_are_listed(place: &impl Place) {
    let port = fresh_port("counts");
    let store = place.open(&port).await;
    let terminals = [Some("terminal-1"), Some("terminal-2"), None];
    let mut milestones = Vec::new();
    for n in 0..30_usize {
        milestones.push(mark(n as u64, Milestone::Declared, n as i64, terminals[n % 3]));
        // Every fifth is ordered for inspection, long after the period.
        milestones.extend((n % 5 == 0).then(|| mark(n as u64, Milestone::InspectionOrdered, 5_000, None)));
    }
    store.commit(Commit { milestones, ..commit(&port) }).await.expect("commit");
    let query = JourneyCountQuery { port: port.clone(), by: Milestone::Declared, from: at(3), to: at(24), reached: None };
    assert_eq!(store.journey_count(&query).await.expect("a count"), 21, "from inclusive, to exclusive");
    let listed = JourneyQuery { port: port.clone(), by: query.by, from: query.from, to: query.to, terminal: None, after: None, limit: 100 };
    assert_eq!(store.journeys(&listed).await.expect("journeys").len(), 21);
    let each = store.journeys_by_terminal(&query).await.expect("counts");
    assert_eq!(each.into_iter().collect::<Vec<_>>(), [("terminal-1".to_owned(), 7), ("terminal-2".to_owned(), 7)]);
    let ordered = JourneyCountQuery { reached: Some(Milestone::InspectionOrdered), ..query.clone() };
    assert_eq!(store.journey_count(&ordered).await.expect("a count"), 4, "5, 10, 15 and 20");
    let each = store.journeys_by_terminal(&ordered).await.expect("counts");
    assert_eq!(each.into_iter().collect::<Vec<_>>(), [("terminal-1".to_owned(), 1), ("terminal-2".to_owned(), 1)], "15, and 10");
    let nothing = JourneyCountQuery { from: at(30), to: at(3), ..query };
    assert_eq!(store.journey_count(&nothing).await.expect("a count"), 0);
    assert!(store.journeys_by_terminal(&nothing).await.expect("counts").is_empty());
    store.close().await;
}

/// Pages of journeys meet without a gap though many share an instant, and though more of that instant come in between.
pub async fn pages_of_journeys_follow_a_row(place: &impl Place) {
    let port = fresh_port("pages");
    let store = place.open(&port).await;
    // Six instants with five boxes each, whose numbers are mixed.
    let milestones: Vec<MilestoneMark> =
        (0..30).map(|n| mark(n * 7 % 30 + 100, Milestone::Released, n as i64 / 5, Some("terminal-1"))).collect();
    store.commit(Commit { milestones, ..commit(&port) }).await.expect("commit");
    let by = Milestone::Released;
    let all = JourneyQuery { port: port.clone(), by, from: at(1), to: at(5), terminal: None, after: None, limit: 100 };
    let ids = |rows: &[crate::JourneyRow]| rows.iter().map(|row| row.container.clone()).collect::<Vec<_>>();
    let whole = ids(&store.journeys(&all).await.expect("journeys"));
    assert_eq!(whole.len(), 20);
    for (terminal, limit) in [(None, 1), (None, 3), (Some("terminal-1".to_owned()), 7), (None, 100)] {
        let mut query = JourneyQuery { terminal, limit, ..all.clone() };
        let mut paged = Vec::new();
        loop {
            let rows = store.journeys(&query).await.expect("journeys");
            let Some(last) = rows.last() else { break };
            query.after = last.at[by.index()].map(|at| (at, last.container.clone()));
            paged.extend(ids(&rows));
        }
        assert_eq!(paged, whole, "pages of {limit}");
    }
    // A box that is reported into an instant of which some were told already moves none of the others.
    let (told, rest) = whole.split_at(7);
    let after = Some((at(3), told[6].clone()));
    store.commit(Commit { milestones: vec![mark(1, by, 3, None)], ..commit(&port) }).await.expect("commit");
    let later = ids(&store.journeys(&JourneyQuery { after, ..all }).await.expect("journeys"));
    assert_eq!(later, rest);
    store.close().await;
}

async fn outbox_ids(store: &SharedStore, port: &str, query: OutboxQuery) -> Vec<String> {
    let mut query = OutboxQuery { limit: 2, ..query };
    let mut ids = Vec::new();
    loop {
        let page = store.outbox(port, &query).await.expect("outbox");
        ids.extend(page.items.into_iter().map(|item| item.row.id));
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return ids,
        }
    }
}

/// What failed is tried again when its time comes; what was given up or delivered is not pending.
pub async fn the_outbox_retries_and_gives_up(place: &impl Place) {
    let port = fresh_port("outbox");
    let store = place.open(&port).await;
    let row = |n: u64| OutboxRow {
        id: format!("o{n}"),
        channel: if n.is_multiple_of(2) { "bank" } else { "partner" }.into(),
        receiver: format!("r{}", n % 3),
        kind: "CUSRES".into(),
        object: (n < 4).then(|| container(n)),
        body: vec![n as u8],
        due_at: at(n as i64),
    };
    store.commit(Commit { outbox: (0..7).rev().map(row).collect(), ..commit(&port) }).await.expect("commit");
    let all = OutboxQuery::default;
    let named = |ns: &[u64]| ns.iter().map(|n| format!("o{n}")).collect::<Vec<_>>();
    assert_eq!(outbox_ids(&store, &port, all()).await, named(&[0, 1, 2, 3, 4, 5, 6]), "in order of due times");
    assert_eq!(outbox_ids(&store, &port, OutboxQuery { channel: Some("bank".into()), ..all() }).await, named(&[0, 2, 4, 6]));
    assert_eq!(outbox_ids(&store, &port, OutboxQuery { receiver: Some("r1".into()), ..all() }).await, named(&[1, 4]));
    assert_eq!(outbox_ids(&store, &port, OutboxQuery { object: Some(container(3)), ..all() }).await, named(&[3]));
    assert_eq!(
        outbox_ids(&store, &port, OutboxQuery { due_by: Some(at(2)), ..all() }).await,
        named(&[0, 1, 2]),
        "due at the instant is due"
    );
    store.outbox_result(&port, "o0", Ok(at(60))).await.expect("delivered");
    store.outbox_result(&port, "o1", Err(("timeout".into(), Some(at(100))))).await.expect("later");
    store.outbox_result(&port, "o2", Err(("refused".into(), None))).await.expect("given up");
    let pending = OutboxQuery { state: Some("pending".into()), ..all() };
    assert_eq!(outbox_ids(&store, &port, pending.clone()).await, named(&[3, 4, 5, 6, 1]));
    assert_eq!(outbox_ids(&store, &port, OutboxQuery { due_by: Some(at(99)), ..pending.clone() }).await, named(&[3, 4, 5, 6]));
    assert_eq!(outbox_ids(&store, &port, OutboxQuery { due_by: Some(at(100)), ..pending }).await, named(&[3, 4, 5, 6, 1]));
    let item = |id: &'static str| {
        let store = &store;
        let port = &port;
        async move {
            let page = store.outbox(port, &OutboxQuery { limit: 200, ..OutboxQuery::default() }).await.expect("outbox");
            page.items.into_iter().find(|item| item.row.id == id).expect("item")
        }
    };
    let delivered = item("o0").await;
    assert_eq!(
        (delivered.state.as_str(), delivered.attempts, delivered.fault, delivered.delivered_at),
        ("delivered", 1, None, Some(at(60)))
    );
    let later = item("o1").await;
    assert_eq!((later.state.as_str(), later.attempts, later.fault.as_deref(), later.row.due_at), ("pending", 1, Some("timeout"), at(100)));
    let dead = item("o2").await;
    assert_eq!((dead.state.as_str(), dead.fault.as_deref(), dead.row.object), ("dead", Some("refused"), Some(container(2))));
    store.outbox_result(&port, "o2", Ok(at(61))).await.expect("sent by hand after all");
    assert_eq!((item("o2").await.state, item("o2").await.attempts), ("delivered".to_owned(), 2));
    assert!(matches!(store.outbox_result(&port, "none", Ok(at(0))).await, Err(StoreError::Conflict(_))));
    assert!(outbox_ids(&store, &port, OutboxQuery { state: Some("no-such".into()), ..all() }).await.is_empty());
    store.close().await;
}

/// The same bytes given twice are kept once, with the media type of the first time.
pub async fn blobs_are_kept_once(place: &impl Place) {
    let port = fresh_port("blobs");
    let store = place.open(&port).await;
    let hash = hex::encode(<sha2::Sha256 as sha2::Digest>::digest(b"UNB+UNOA:1"));
    let blob = |media: &str, bytes: Vec<u8>| Commit {
        blobs: vec![Blob { sha256: hash.clone(), media_type: media.into(), bytes }],
        ..commit(&port)
    };
    store.commit(blob("application/edifact", b"UNB+UNOA:1".to_vec())).await.expect("commit");
    store.commit(blob("text/plain", b"UNB+UNOA:1".to_vec())).await.expect("commit");
    assert_eq!(store.blob(&port, &hash).await.expect("blob"), Some(("application/edifact".into(), b"UNB+UNOA:1".to_vec())));
    assert_eq!(store.blob(&port, "none").await.expect("blob"), None);
    let big: Vec<u8> = (0..3_000_000u32).map(|i| i as u8).collect();
    let other = Blob { sha256: "b".repeat(64), media_type: "application/octet-stream".into(), bytes: big.clone() };
    store.commit(Commit { blobs: vec![other], ..commit(&port) }).await.expect("commit");
    assert_eq!(store.blob(&port, &"b".repeat(64)).await.expect("blob").expect("bytes").1, big);
    store.close().await;
}

/// The access log answers newest first, by every filter, in pages.
pub async fn the_access_log_answers_newest_first(place: &impl Place) {
    let port = fresh_port("audit");
    let store = place.open(&port).await;
    let who = |n: i64| ["wang", "li", "zhao"][usize::try_from(n % 3).expect("small")];
    let audit = (0..30).map(|n| access(who(n), if n % 2 == 0 { "case.read" } else { "case.write" }, n)).collect();
    store.commit(Commit { audit, ..commit(&port) }).await.expect("commit");
    // Without waiting: it is there once a later commit is.
    let mut late = access("wang", "case.export", 30);
    late.detail = "数".repeat(400);
    late.object = None;
    late.organisation = None;
    store.audit(&port, late);
    store.commit(commit(&port)).await.expect("commit");
    let read = |query: AuditQuery| {
        let (store, port) = (&store, &port);
        async move {
            let mut query = AuditQuery { limit: 4, ..query };
            let mut found = Vec::new();
            loop {
                let page = store.audit_log(port, &query).await.expect("audit");
                found.extend(page.items);
                match page.next {
                    Some(next) => query.cursor = Some(next),
                    None => return found,
                }
            }
        }
    };
    let all = read(AuditQuery::default()).await;
    assert_eq!(all.iter().map(|(_, row)| row.at).collect::<Vec<_>>(), (0..=30).rev().map(at).collect::<Vec<_>>());
    assert!(all.windows(2).all(|pair| pair[0].0 > pair[1].0));
    assert!(all[0].1.detail.len() <= 500 && all[0].1.detail.starts_with("数数"));
    assert_eq!(all[1].1, access(who(29), "case.write", 29));
    let times = |rows: Vec<(u64, crate::AuditRow)>| rows.into_iter().map(|(_, row)| row.at).collect::<Vec<_>>();
    let expect = |keep: &dyn Fn(i64) -> bool| (0..30).rev().filter(|n| keep(*n)).map(at).collect::<Vec<_>>();
    assert_eq!(times(read(AuditQuery { who: Some("li".into()), ..AuditQuery::default() }).await), expect(&|n| n % 3 == 1));
    assert_eq!(times(read(AuditQuery { action: Some("case.read".into()), ..AuditQuery::default() }).await), expect(&|n| n % 2 == 0));
    assert_eq!(times(read(AuditQuery { organisation: Some("trader-1".into()), ..AuditQuery::default() }).await), expect(&|_| true));
    assert_eq!(times(read(AuditQuery { object: Some(container(1)), ..AuditQuery::default() }).await), expect(&|_| true));
    assert!(read(AuditQuery { object: Some(container(2)), ..AuditQuery::default() }).await.is_empty());
    assert_eq!(
        times(read(AuditQuery { from: Some(at(5)), to: Some(at(9)), ..AuditQuery::default() }).await),
        expect(&|n| (5..9).contains(&n))
    );
    store.close().await;
}

/// Exports see every object in order and every link once, however small the steps.
pub async fn exports_walk_over_everything(place: &impl Place) {
    let port = fresh_port("export");
    let store = place.open(&port).await;
    let kinds = ["voyage", "bill", "container", "a-kind"];
    let mut all: Vec<ObjectRef> = (0..40).map(|n: usize| ObjectRef::new(kinds[n % 4], format!("ID{:03}", n * 7 % 40))).collect();
    let objects = all.iter().map(|object| write(object, 0, &format!("\"{object}\""))).collect();
    let links = (0..39).map(|n| Link { from: all[n].clone(), to: all[n + 1].clone(), role: "next" }).collect();
    // Merely named objects are not exported: they have no state.
    let events = vec![event(0, &[&ObjectRef::new("bill", "ID-named-only")])];
    store.commit(Commit { objects, links, events, ..commit(&port) }).await.expect("commit");
    all.sort_by(|a, b| (a.kind.as_ref(), &a.id).cmp(&(b.kind.as_ref(), &b.id)));
    for limit in [1, 7, 100] {
        let mut found: Vec<ObjectRef> = Vec::new();
        loop {
            let piece = store.objects_after(&port, found.last(), limit).await.expect("objects");
            assert!(piece.iter().all(|o| o.version == 1 && o.state == format!("\"{}\"", o.object).into_bytes()));
            if piece.is_empty() {
                break;
            }
            found.extend(piece.into_iter().map(|o| o.object));
        }
        assert_eq!(found, all);
        let (mut cursor, mut links) = (None, std::collections::HashSet::new());
        loop {
            let page = store.links_after(&port, cursor, limit).await.expect("links");
            for link in page.items {
                assert!(links.insert((link.from, link.to, link.role)), "a link comes once");
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(links.len(), 39);
    }
    store.close().await;
}

/// A cursor of another list, or of nothing at all, is refused, not guessed at.
pub async fn foreign_cursors_are_refused(place: &impl Place) {
    let port = fresh_port("cursors");
    let store = place.open(&port).await;
    for n in 0..3 {
        store.commit(full(&port, &container(n), 0)).await.expect("commit");
    }
    let outbox = store.outbox(&port, &OutboxQuery { limit: 1, ..OutboxQuery::default() }).await.expect("page").next.expect("cursor");
    for cursor in [outbox.as_str(), "", "%%%", "AAAA"] {
        let query = AuditQuery { cursor: Some(cursor.into()), limit: 1, ..AuditQuery::default() };
        assert!(matches!(store.audit_log(&port, &query).await, Err(StoreError::Cursor)), "{cursor}");
        let query = WorkQuery { cursor: Some(cursor.into()), ..super::worklist::everything(&port) };
        assert!(matches!(store.work(&query).await, Err(StoreError::Cursor)), "{cursor}");
        assert!(matches!(store.links_after(&port, Some(cursor.into()), 1).await, Err(StoreError::Cursor)), "{cursor}");
    }
    let newest = store.work(&WorkQuery { limit: 1, ..super::worklist::everything(&port) }).await.expect("page").next.expect("cursor");
    let by_due = WorkQuery { order: WorkOrder::Due, cursor: Some(newest), ..super::worklist::everything(&port) };
    assert!(matches!(store.work(&by_due).await, Err(StoreError::Cursor)), "the order belongs to the cursor");
    store.close().await;
}
