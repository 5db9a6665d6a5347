//! Checks of the worklist against its definition, row by row.

use std::collections::BTreeMap;

use ledger::{ObjectRef, Timestamp, WorkRow};

use super::{Choices, Place, at, commit, fresh_port, row};
use crate::{Commit, SharedStore, StoreError, Visibility, WorkItem, WorkOrder, WorkQuery, WorkTally, WorkWrite};

/// A question that every row of a port answers.
pub fn everything(port: &str) -> WorkQuery {
    WorkQuery {
        port: port.to_owned(),
        visibility: Visibility::Port,
        kinds: Vec::new(),
        statuses: Vec::new(),
        owner: None,
        actions: Vec::new(),
        open: None,
        key_prefix: None,
        keys: Vec::new(),
        opened_from: None,
        opened_to: None,
        due_before: None,
        order: WorkOrder::Newest,
        cursor: None,
        limit: 200,
    }
}

const KINDS: [&str; 3] = ["container", "declaration", "delivery-order"];
const STATUSES: [&str; 4] = ["awaiting-arrival", "awaiting-payment", "released", "closed"];
const ACTIONS: [&str; 3] = ["pay-duty", "declare", "inspect"];
const ORGANISATIONS: [&str; 5] = ["trader-1", "trader-2", "agent-1", "terminal-1", "customs-1"];
const DISTRICTS: [&str; 3] = ["district-1", "district-2", "customs-1"];

fn random_row(choices: &mut Choices, n: u64) -> WorkRow {
    let parties = (0..choices.below(4)).map(|_| (*choices.one_of(&ORGANISATIONS)).to_owned()).collect();
    let opened = choices.below(500) as i64;
    WorkRow {
        title: format!("T{n}"),
        status: (*choices.one_of(&STATUSES)).to_owned(),
        owner: (choices.below(3) > 0).then(|| (*choices.one_of(&ORGANISATIONS)).to_owned()),
        action: (choices.below(3) > 0).then(|| (*choices.one_of(&ACTIONS)).to_owned()),
        authority: (choices.below(4) > 0).then(|| (*choices.one_of(&DISTRICTS)).to_owned()),
        parties,
        keys: (0..choices.below(3)).map(|_| format!("KEY{:02}", choices.below(40))).collect(),
        opened_at: at(opened),
        due_at: (choices.below(2) == 0).then(|| at(opened + choices.below(300) as i64)),
        closed_at: (choices.below(4) == 0).then(|| at(opened + 400)),
    }
}

/// The definition: does a row answer a question?
fn answers(query: &WorkQuery, object: &ObjectRef, row: &WorkRow) -> bool {
    let sees = match &query.visibility {
        Visibility::Port => true,
        Visibility::Organisation(id) => row.parties.contains(id) || row.owner.as_ref() == Some(id),
        Visibility::Authorities(ids) => row.authority.as_ref().is_some_and(|a| ids.contains(a)),
        Visibility::Office { kinds, authority } => {
            kinds.iter().any(|kind| *kind == object.kind) || (authority.is_some() && row.authority == *authority)
        }
    };
    sees && (query.kinds.is_empty() || query.kinds.iter().any(|k| *k == object.kind))
        && (query.statuses.is_empty() || query.statuses.contains(&row.status))
        && query.owner.as_ref().is_none_or(|o| row.owner.as_ref() == Some(o))
        && (query.actions.is_empty() || row.action.as_ref().is_some_and(|a| query.actions.contains(a)))
        && query.open.is_none_or(|open| open == row.closed_at.is_none())
        && query.keys.iter().all(|key| row.keys.contains(key))
        && query.key_prefix.as_ref().is_none_or(|p| row.keys.iter().any(|k| k.starts_with(p.as_str())))
        && query.opened_from.is_none_or(|t| row.opened_at >= t)
        && query.opened_to.is_none_or(|t| row.opened_at < t)
        && query.due_before.is_none_or(|t| row.due_at.is_some_and(|d| d < t))
}

fn random_query(choices: &mut Choices, port: &str) -> WorkQuery {
    let some = |choices: &mut Choices, from: &[&str]| -> Vec<String> {
        if choices.below(2) == 0 { Vec::new() } else { (0..=choices.below(2)).map(|_| (*choices.one_of(from)).to_owned()).collect() }
    };
    let visibility = match choices.below(4) {
        0 => Visibility::Port,
        1 => Visibility::Organisation((*choices.one_of(&ORGANISATIONS)).to_owned()),
        2 => Visibility::Office {
            kinds: (0..choices.below(3)).map(|_| (*choices.one_of(&KINDS)).to_owned()).collect(),
            authority: (choices.below(3) > 0).then(|| (*choices.one_of(&DISTRICTS)).to_owned()),
        },
        _ => Visibility::Authorities((0..choices.below(3)).map(|_| (*choices.one_of(&DISTRICTS)).to_owned()).collect()),
    };
    let rarely = |choices: &mut Choices, bound: u64| (choices.below(4) == 0).then(|| at(choices.below(bound) as i64));
    WorkQuery {
        visibility,
        kinds: some(choices, &KINDS),
        statuses: some(choices, &STATUSES),
        owner: (choices.below(4) == 0).then(|| (*choices.one_of(&ORGANISATIONS)).to_owned()),
        actions: if choices.below(3) == 0 { some(choices, &ACTIONS) } else { Vec::new() },
        open: [None, Some(true), Some(false)][choices.below(3) as usize],
        keys: (0..choices.below(8).saturating_sub(5)).map(|_| format!("KEY{:02}", choices.below(40))).collect(),
        key_prefix: (choices.below(4) == 0).then(|| ["KEY", "KEY1", "KEY07", "NONE"][choices.below(4) as usize].to_owned()),
        opened_from: rarely(choices, 500),
        opened_to: rarely(choices, 500),
        due_before: rarely(choices, 800),
        order: if choices.below(2) == 0 { WorkOrder::Newest } else { WorkOrder::Due },
        limit: [1, 3, 50, 200][choices.below(4) as usize],
        ..everything(port)
    }
}

async fn walk(store: &SharedStore, query: &WorkQuery) -> Vec<WorkItem> {
    let mut query = query.clone();
    let mut found = Vec::new();
    loop {
        let page = store.work(&query).await.expect("work");
        assert!(page.items.len() <= query.limit as usize);
        found.extend(page.items);
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return found,
        }
    }
}

fn order_key(query: &WorkQuery, row: &WorkRow) -> i64 {
    match query.order {
        WorkOrder::Newest => -row.opened_at.millis(),
        WorkOrder::Due => row.due_at.map_or(i64::MAX, Timestamp::millis),
    }
}

type Model = BTreeMap<(String, String), (ObjectRef, WorkRow)>;

/// Some hundred rows, written and rewritten, in a store and beside it.
async fn random_rows(store: &SharedStore, port: &str, choices: &mut Choices) -> Model {
    let mut model = Model::new();
    for round in 0..6 {
        let mut work = Vec::new();
        for n in 0..60 {
            // Later rounds rewrite some of the objects of earlier ones.
            let object = {
                let kind = *choices.one_of(&KINDS);
                ObjectRef::new(kind, format!("ID{:03}", choices.below(90) + n % 7 * 3))
            };
            let row = random_row(choices, round * 100 + n);
            model.insert((object.kind.to_string(), object.id.clone()), (object.clone(), row.clone()));
            work.push(WorkWrite { object, row });
        }
        store.commit(Commit { work, ..commit(port) }).await.expect("commit");
    }
    model
}

/// Random rows, random questions: exactly the rows of the definition, in order, whatever the page size.
pub async fn every_filter_of_the_worklist_agrees_with_its_definition(place: &impl Place) {
    let port = fresh_port("work");
    let store = place.open(&port).await;
    let mut choices = Choices::new(20_261_122);
    let model = random_rows(&store, &port, &mut choices).await;
    let mut with_rows = 0;
    for _ in 0..300 {
        let query = random_query(&mut choices, &port);
        let found = walk(&store, &query).await;
        let expect: Vec<&(ObjectRef, WorkRow)> = model.values().filter(|(object, row)| answers(&query, object, row)).collect();
        let name = |object: &ObjectRef| object.to_string();
        let mut found_names: Vec<String> = found.iter().map(|item| name(&item.object)).collect();
        let mut expect_names: Vec<String> = expect.iter().map(|(object, _)| name(object)).collect();
        assert!(found.windows(2).all(|pair| order_key(&query, &pair[0].row) <= order_key(&query, &pair[1].row)), "order: {query:?}");
        found_names.sort();
        expect_names.sort();
        assert_eq!(found_names, expect_names, "{query:?}");
        for item in &found {
            let key = (item.object.kind.to_string(), item.object.id.clone());
            assert_eq!(item.row, model[&key].1);
        }
        with_rows += usize::from(!found.is_empty());
    }
    assert!(with_rows > 60, "the questions must not be empty by themselves: {with_rows}");
    for (object, row) in model.values() {
        assert_eq!(store.work_row(&port, object).await.expect("row").expect("row").row, *row);
    }
    assert_eq!(store.work_row(&port, &ObjectRef::new("container", "none")).await.expect("row"), None);
    let short = WorkQuery { key_prefix: Some("KE".into()), ..everything(&port) };
    assert!(matches!(store.work(&short).await, Err(StoreError::Limit(_))));
    store.close().await;
}

/// Rows that come while somebody pages do not shift what was already there.
pub async fn pages_stay_stable_under_inserts(place: &impl Place) {
    let port = fresh_port("paging");
    let store = place.open(&port).await;
    let put = |n: i64, opened: i64| {
        let object = ObjectRef::new("container", format!("B{n:04}"));
        let row = WorkRow { due_at: Some(at(opened)), ..row(&object.id, "open", opened) };
        Commit { work: vec![WorkWrite { object, row }], ..commit(&port) }
    };
    for n in 0..40 {
        // Five at each instant: the cursor must tell them apart.
        store.commit(put(n, n / 5)).await.expect("commit");
    }
    for order in [WorkOrder::Newest, WorkOrder::Due] {
        let mut query = WorkQuery { order, limit: 7, ..everything(&port) };
        let mut seen = Vec::new();
        let mut next_id = 1_000;
        loop {
            let page = store.work(&query).await.expect("work");
            seen.extend(page.items.into_iter().map(|item| item.object.id));
            // Two come in while reading: one at each end of the list.
            for opened in [-1_000, 1_000] {
                store.commit(put(next_id, opened)).await.expect("commit");
                next_id += 1;
            }
            match page.next {
                Some(next) => query.cursor = Some(next),
                None => break,
            }
            assert!(seen.len() < 200);
        }
        let old: Vec<&String> = seen.iter().filter(|id| id.as_str() < "B1000").collect();
        let mut distinct = old.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!((old.len(), distinct.len()), (40, 40), "{order:?}: every former row exactly once");
    }
    store.close().await;
}

/// A rewritten row is found by what it says now and by nothing it said before.
pub async fn a_changed_row_moves_and_a_closed_one_leaves(place: &impl Place) {
    let port = fresh_port("moves");
    let store = place.open(&port).await;
    let object = ObjectRef::new("container", "CSQU3054383");
    let first = WorkRow {
        owner: Some("trader-1".into()),
        action: Some("pay-duty".into()),
        authority: Some("district-1".into()),
        parties: vec!["agent-1".into()],
        keys: vec!["CSQU3054383".into(), "BL1".into()],
        due_at: Some(at(50)),
        ..row("CSQU3054383", "awaiting-payment", 1)
    };
    let put = |row: &WorkRow| Commit { work: vec![WorkWrite { object: object.clone(), row: row.clone() }], ..commit(&port) };
    let sees = |visibility: Visibility| {
        let query = WorkQuery { visibility, open: Some(true), ..everything(&port) };
        let store = &store;
        async move { store.work(&query).await.expect("work").items.len() }
    };
    let org = |id: &str| Visibility::Organisation(id.to_owned());
    let key = |prefix: &str| WorkQuery { key_prefix: Some(prefix.to_owned()), ..everything(&port) };
    store.commit(put(&first)).await.expect("commit");
    store.commit(put(&first)).await.expect("the same again");
    assert_eq!((sees(org("trader-1")).await, sees(org("agent-1")).await, sees(org("agent-2")).await), (1, 1, 0));
    let second = WorkRow {
        owner: Some("terminal-1".into()),
        action: None,
        authority: Some("district-2".into()),
        parties: vec!["agent-2".into()],
        keys: vec!["CSQU3054383".into(), "DO9".into()],
        opened_at: at(2),
        ..first.clone()
    };
    store.commit(put(&second)).await.expect("commit");
    assert_eq!(
        (sees(org("trader-1")).await, sees(org("agent-1")).await, sees(org("agent-2")).await, sees(org("terminal-1")).await),
        (0, 0, 1, 1)
    );
    let district = |id: &str| Visibility::Authorities(vec![id.to_owned()]);
    assert_eq!((sees(district("district-1")).await, sees(district("district-2")).await), (0, 1));
    assert_eq!(store.work(&key("BL1")).await.expect("work").items.len(), 0);
    assert_eq!(store.work(&key("DO9")).await.expect("work").items.len(), 1);
    let closed = WorkRow { closed_at: Some(at(90)), status: "gated-out".into(), owner: None, ..second.clone() };
    store.commit(put(&closed)).await.expect("commit");
    assert_eq!((sees(org("terminal-1")).await, sees(org("agent-2")).await, sees(Visibility::Port).await), (0, 0, 0));
    let found = store.work(&key("CSQU3054383")).await.expect("work").items;
    assert_eq!(found.iter().map(|item| &item.row).collect::<Vec<_>>(), [&closed], "closed rows stay findable");
    assert!(store.work_tally(&everything(&port), at(100)).await.expect("tally").is_empty());
    store.close().await;
}

/// A tally counts exactly the open rows that the list would show, and the overdue ones among them.
pub async fn tallies_count_what_the_list_shows(place: &impl Place) {
    let port = fresh_port("tally");
    let store = place.open(&port).await;
    let mut choices = Choices::new(99);
    let model = random_rows(&store, &port, &mut choices).await;
    for round in 0..150 {
        let mut query = random_query(&mut choices, &port);
        if round % 2 == 0 {
            // The plain questions of start pages.
            query = WorkQuery { key_prefix: None, keys: Vec::new(), opened_from: None, opened_to: None, due_before: None, ..query };
        }
        let now = at(choices.below(800) as i64);
        let mut expect: BTreeMap<(String, String, Option<String>), (u64, u64)> = BTreeMap::new();
        for (object, row) in model.values().filter(|(object, row)| row.closed_at.is_none() && answers(&query, object, row)) {
            let entry = expect.entry((object.kind.to_string(), row.status.clone(), row.action.clone())).or_default();
            entry.0 += 1;
            entry.1 += u64::from(row.due_at.is_some_and(|due| due < now));
        }
        let expect: Vec<WorkTally> = expect
            .into_iter()
            .map(|((kind, status, action), (count, overdue))| WorkTally { kind, status, action, count, overdue })
            .collect();
        assert_eq!(store.work_tally(&query, now).await.expect("tally"), expect, "{query:?} at {now}");
    }
    store.close().await;
}
