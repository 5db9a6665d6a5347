//! Clues (线索): from the registration to the end by two people; nothing follows from them; nobody else sees them (INS-20).

use std::collections::BTreeSet;

use app::clues::facts::FactSaid;
use app::clues::{AssignClue, AttachFacts, CheckClue, CloseClue, ClueContents, ClueView, RegisterClue, ShareClue};
use app::reading::ListQuery;
use clearance::Declaration;
use credit::{Enterprise, Grade};
use inspection::{Clue, ClueAbout, ClueFinding, CluePlace, CluePurpose, ClueScope, ClueSeverity, ClueSource};
use ledger::ObjectRef;
use logistics::{Direction, container_number};
use store::{AuditQuery, ObjectRecord};

use crate::support::steps::PLATE;
use crate::support::{BROKER_USCC, PORT, Port, TRADER_USCC};

const TEXT: &str = "群众反映该企业伪报品名 false names of goods";
const FOUND: &str = "现场核对货物与申报一致 goods agree";

fn clue(about: ClueAbout, value: &str) -> RegisterClue {
    RegisterClue {
        source: ClueSource::PublicReport,
        about,
        value: value.into(),
        severity: ClueSeverity::Medium,
        place: CluePlace { county: Some("330212".into()), name: "示例县".into() },
        retention: None,
        text: TEXT.into(),
    }
}

fn facts(id: &str) -> AttachFacts {
    AttachFacts { id: id.into(), purpose: CluePurpose::Assess }
}

fn to(port: &Port, id: &str, officer: &str) -> AssignClue {
    AssignClue { id: id.into(), officer: officer.into(), due: port.now().plus_days(3) }
}

fn answer(id: &str, finding: ClueFinding) -> CheckClue {
    CheckClue { id: id.into(), finding, text: FOUND.into() }
}

fn close(id: &str) -> CloseClue {
    CloseClue { id: id.into(), reason: "核查完毕 done".into() }
}

fn share(id: &str, with: &str, scope: ClueScope) -> ShareClue {
    ShareClue { id: id.into(), with: with.into(), scope, reason: "涉及市场主体 concerns a market entity".into() }
}

/// A box that came, was declared, and has left the gate: its number.
async fn gone(port: &Port, bill: &str) -> String {
    let container = port.ready(bill).await;
    for direction in [Direction::In, Direction::Out] {
        assert_eq!(port.gate(direction, &container).await.reasons, []);
    }
    container_number(&container).to_owned()
}

async fn seen(port: &Port, who: &str, id: &str) -> ClueContents {
    let ctx = port.ctx(who);
    let state = port.app.view_clue(&ctx, id).await.expect("may be read").state;
    port.app.clue_contents(&ctx, id, &state).await.expect("a file")
}

async fn sees(port: &Port, who: &str, id: &str) -> bool {
    port.app.view_clue(&port.ctx(who), id).await.is_ok()
}

async fn listed(port: &Port, who: &str, query: ListQuery) -> Vec<String> {
    let page = port.app.list::<Clue>(&port.ctx(who), "clue.read", query).await.expect("a list");
    page.items.into_iter().map(|(seen, _)| seen.id).collect()
}

/// Every object of the port but clues and days of the draw, as it is stored.
async fn others(port: &Port) -> Vec<ObjectRecord> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = port.store.objects_after(PORT, after.as_ref(), 200).await.expect("objects");
        let Some(last) = page.last() else { break };
        after = Some(last.object.clone());
        all.extend(page);
    }
    all.retain(|record| record.object.kind != "clue");
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_officer_checks_a_clue_with_facts_and_another_person_closes_it() {
    let port = Port::open().await;
    port.graded(Grade::Certified).await;
    let number = gone(&port, "B-CLUE").await;
    let id = port.ok("customs-port", &clue(ClueAbout::Enterprise, TRADER_USCC)).await;
    assert!(id.starts_with('Q'), "{id}");
    port.ok("officer-an", &facts(&id)).await;

    let state = port.state::<Clue>(&id).await;
    let reading = &state.readings[0];
    assert_eq!((reading.facts.by.as_str(), &reading.facts.withheld), ("officer-an", &Vec::new()));
    let contents = seen(&port, "officer-bo", &id).await;
    assert_eq!((contents.view, contents.text(&state.registered.seal)), (ClueView::Own, Some(TEXT)));
    let found = contents.facts(&reading.facts.seal);
    let sources: BTreeSet<&str> = found.iter().map(|fact| fact.said.source()).collect();
    assert_eq!(sources, BTreeSet::from(["call", "credit", "declaration", "passage"]));
    let grade = found.iter().find_map(|fact| match &fact.said {
        FactSaid::Credit { grade, rule_version, since, .. } if fact.id == TRADER_USCC => {
            Some((grade.clone(), rule_version.clone(), *since))
        }
        _ => None,
    });
    let held_since = port.state::<Enterprise>(TRADER_USCC).await.history[0].since;
    assert_eq!(grade, Some((Some("certified".into()), Some("decree-282".into()), Some(held_since))));
    let passages = found.iter().filter(|fact| matches!(&fact.said, FactSaid::Passage { plate, container, passed: true, .. } if plate == PLATE && container.as_ref() == Some(&number)));
    assert_eq!(passages.count(), 2);

    // Every object that was looked at says who looked and what for; for which clue is in its file, and not for whoever reads the access log.
    port.ok("customs-port", &clue(ClueAbout::Plate, PLATE)).await;
    for fact in found {
        let object = ObjectRef { kind: fact.kind.clone().into(), id: fact.id.clone() };
        let query = AuditQuery { object: Some(object), action: Some("clue.attach-facts".into()), limit: 10, ..AuditQuery::default() };
        let rows = port.store.audit_log(PORT, &query).await.expect("the log").items;
        assert!(
            rows.iter().any(|(_, row)| row.who == "officer-an" && row.request.is_empty() && row.detail == "purpose assess"),
            "{rows:?}"
        );
    }

    assert_eq!(port.no("customs-port", &to(&port, &id, "broker-green.person")).await, "clue-officer");
    port.ok("customs-port", &to(&port, &id, "officer-an")).await;
    assert_eq!(port.no("officer-bo", &answer(&id, ClueFinding::Confirmed)).await, "clue-not-yours");
    port.ok("officer-an", &answer(&id, ClueFinding::NeedsMore)).await;
    port.ok("customs-port", &to(&port, &id, "officer-bo")).await;
    port.ok("officer-bo", &answer(&id, ClueFinding::NotConfirmed)).await;
    assert_eq!(port.no("officer-bo", &close(&id)).await, "clue-own-answer");
    port.ok("officer-ce", &close(&id)).await;
    let state = port.state::<Clue>(&id).await;
    assert_eq!(state.keep_until(), Some(port.now().plus_days(1_095)));
    let contents = seen(&port, "customs-port", &id).await;
    assert_eq!(contents.text(&state.answers[1].checked.seal), Some(FOUND));
    assert_eq!(port.no("customs-port", &facts(&id)).await, "clue-closed");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clue_accuses_nobody_whatever_comes_of_it() {
    let port = Port::open().await;
    port.graded(Grade::AdvancedCertified).await;
    let (_, boxes) = port.landed("B-CALM", 1).await;
    let declaration = port.declared("B-CALM").await;
    let number = container_number(&boxes[0]).to_owned();
    let (before, size) = (others(&port).await, port.size().await);
    for (about, value) in [
        (ClueAbout::Enterprise, TRADER_USCC),
        (ClueAbout::Container, number.as_str()),
        (ClueAbout::Bill, "B-CALM"),
        (ClueAbout::Ship, "9074729"),
    ] {
        let id = port.ok("customs-port", &RegisterClue { severity: ClueSeverity::High, ..clue(about, value) }).await;
        port.ok("customs-port", &facts(&id)).await;
        port.ok("customs-port", &to(&port, &id, "officer-an")).await;
        port.ok("officer-an", &answer(&id, ClueFinding::Confirmed)).await;
        port.ok("customs-port", &share(&id, "market", ClueScope::All)).await;
        port.ok("customs-port", &close(&id)).await;
    }
    assert_eq!(others(&port).await, before, "no grade, no risk decision, no hold, no order: nothing has changed");
    let events = port.store.events_after(PORT, size.checked_sub(1), 200).await.expect("events");
    assert_eq!(events.len(), 4 * 6);
    for stored in &events {
        assert_eq!((stored.event.objects.len(), stored.event.objects[0].object.kind.as_ref()), (1, "clue"), "{:?}", stored.event);
    }
    // What customs decides next is what it would have decided anyhow.
    let enterprise = port.state::<Enterprise>(TRADER_USCC).await;
    assert_eq!((enterprise.findings.len(), enterprise.grading().map(|one| one.grade)), (0, Some(Grade::AdvancedCertified)));
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_sees_a_clue_unless_it_is_shared_with_them() {
    let port = Port::open().await;
    let id = port.ok("customs-port", &clue(ClueAbout::Enterprise, TRADER_USCC)).await;
    port.ok("customs-port", &facts(&id)).await;
    port.ok("customs-port", &to(&port, &id, "officer-an")).await;
    port.ok("officer-an", &answer(&id, ClueFinding::Confirmed)).await;
    let object = ObjectRef::new("clue", &*id);
    let event = port.store.events_of(PORT, &object, None, 10).await.expect("events")[0].event.id.to_string();
    let strangers = [
        "market",
        "border",
        "maritime",
        "port-authority",
        "customs-far",
        "port-office",
        "trader-gold",
        "broker-green",
        "admin-desk",
        "public",
    ];
    for who in strangers {
        assert!(!sees(&port, who, &id).await, "{who}");
        assert!(port.app.event(&port.ctx(who), &event).await.is_err(), "{who}");
        if let Ok(page) = port.app.list::<Clue>(&port.ctx(who), "clue.read", ListQuery::default()).await {
            assert_eq!(page.items.len(), 0, "{who}");
        }
        if let Ok(page) = port.app.worklist(&port.ctx(who), &ListQuery::default()).await {
            assert!(page.items.iter().all(|item| item.object != object), "{who}");
        }
        assert_eq!(port.no(who, &facts(&id)).await, "not-found", "{who}");
    }

    assert_eq!(port.no("customs-port", &share(&id, "trader-gold", ClueScope::Clue)).await, "clue-share-with");
    assert_eq!(port.no("customs-port", &share(&id, "port-office", ClueScope::Clue)).await, "clue-share-with");
    for with in ["market", "customs-far"] {
        port.ok("customs-port", &share(&id, with, ClueScope::Clue)).await;
        let state = port.state::<Clue>(&id).await;
        let contents = seen(&port, with, &id).await;
        assert_eq!((contents.view, contents.text(&state.registered.seal)), (ClueView::Shared(ClueScope::Clue), Some(TEXT)));
        assert_eq!(contents.text(&state.answers[0].checked.seal), None, "what was found is not shared");
        assert_eq!(contents.facts(&state.readings[0].facts.seal), []);
        let shared = port.app.shared_clues(&port.ctx(with), None, 50).await.expect("a list");
        assert_eq!(shared.items.iter().map(|seen| seen.id.as_str()).collect::<Vec<_>>(), [id.as_str()]);
        let todo = port.app.worklist(&port.ctx(with), &ListQuery::default()).await.expect("a list");
        assert!(todo.items.iter().all(|item| item.object != object), "its row tells what was found");
        for refused in
            [port.no(with, &facts(&id)).await, port.no(with, &close(&id)).await, port.no(with, &share(&id, "border", ClueScope::All)).await]
        {
            assert_eq!(refused, "not-found", "{with} reads it and does nothing with it");
        }
    }
    port.ok("customs-port", &share(&id, "market", ClueScope::All)).await;
    let state = port.state::<Clue>(&id).await;
    let contents = seen(&port, "market", &id).await;
    assert_eq!(contents.text(&state.answers[0].checked.seal), Some(FOUND));
    let to_the_other = &state.shares.iter().find(|one| one.shared.with == "customs-far").expect("shared").shared.seal;
    assert_eq!(contents.text(to_the_other), None, "why somebody else sees it is not shared");
    assert!(!sees(&port, "border", &id).await);
    let months = port.app.clue_figures(&port.ctx("market"), port.now().plus_days(-1), port.now().plus_days(1)).await.expect("figures");
    assert!(months.months.is_empty(), "what others share is theirs to count");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn facts_are_those_that_the_asker_may_see() {
    let port = Port::open().await;
    port.graded(Grade::Regular).await;
    let number = gone(&port, "B-SEEN").await;
    let of_market = port.ok("market", &clue(ClueAbout::Enterprise, TRADER_USCC)).await;
    port.ok("market", &facts(&of_market)).await;
    let facts_of = |state: &Clue| state.readings[0].facts.clone();
    let read = facts_of(&port.state::<Clue>(&of_market).await);
    assert_eq!(read.withheld, ["declaration"]);
    assert_eq!(read.found.keys().collect::<Vec<_>>(), ["credit"], "no boxes and bills of others, no declarations");
    let of_gate = port.ok("market", &clue(ClueAbout::Plate, PLATE)).await;
    port.ok("market", &facts(&of_gate)).await;
    let read = facts_of(&port.state::<Clue>(&of_gate).await);
    assert_eq!((read.withheld, read.found.len()), (vec!["passage".to_owned()], 0));

    for (about, value) in [(ClueAbout::Plate, PLATE), (ClueAbout::Container, number.as_str()), (ClueAbout::Bill, "B-SEEN")] {
        let id = port.ok("customs-port", &clue(about, value)).await;
        port.ok("customs-port", &facts(&id)).await;
        let read = facts_of(&port.state::<Clue>(&id).await);
        assert_eq!((read.found["passage"], read.found["declaration"], read.found["credit"]), (2, 1, 1), "{about:?}");
    }
    let ship = port.ok("border", &clue(ClueAbout::Ship, "9074729")).await;
    port.ok("border", &facts(&ship)).await;
    assert_eq!(facts_of(&port.state::<Clue>(&ship).await).withheld, Vec::<String>::new(), "calls are plans that every operator sees");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_is_destroyed_and_the_ledger_names_nobody() {
    let port = Port::open().await;
    let short = RegisterClue { retention: Some("one-year".into()), ..clue(ClueAbout::Enterprise, TRADER_USCC) };
    let id = port.ok("customs-port", &short).await;
    port.ok("customs-port", &to(&port, &id, "officer-an")).await;
    port.ok("officer-an", &answer(&id, ClueFinding::NotConfirmed)).await;
    port.ok("customs-port", &close(&id)).await;
    port.pass_minutes(300 * 1_440);
    port.ok("customs-port", &share(&id, "market", ClueScope::Clue)).await;
    let seal = port.state::<Clue>(&id).await.registered.seal;
    assert_eq!(seen(&port, "market", &id).await.text(&seal), Some(TEXT));

    port.pass_minutes(65 * 1_440);
    let contents = seen(&port, "customs-port", &id).await;
    assert_eq!((contents.subject.clone(), contents.text(&seal)), (None, None), "the time of the file is over");
    assert_eq!(port.no("customs-port", &share(&id, "border", ClueScope::Clue)).await, "clue-expired");
    assert!(port.store.record(PORT, "clue-file", &id).await.expect("store").is_some(), "not swept yet");
    port.store.expire_records(PORT, port.now()).await.expect("swept");
    assert!(port.store.record(PORT, "clue-file", &id).await.expect("store").is_none(), "also what was added after the end");
    let object = ObjectRef::new("clue", &*id);
    for stored in port.store.events_of(PORT, &object, None, 50).await.expect("events") {
        let payload = stored.event.payload.get();
        assert!(!payload.contains(TRADER_USCC) && !payload.contains("false names") && !payload.contains("goods agree"), "{payload}");
    }
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
    assert!(sees(&port, "customs-port", &id).await, "that there was a clue is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clues_are_found_by_what_they_are_about_and_counted_by_month() {
    let port = Port::open().await;
    assert_eq!(port.app.clue_key(ClueAbout::Enterprise, TRADER_USCC).await.expect("store"), None);
    let (from, end) = (port.now(), port.now().plus_days(60));
    let first = port.ok("customs-port", &clue(ClueAbout::Enterprise, TRADER_USCC)).await;
    let second = port.ok("customs-port", &clue(ClueAbout::Enterprise, &TRADER_USCC.to_lowercase())).await;
    port.ok("customs-port", &clue(ClueAbout::Enterprise, BROKER_USCC)).await;
    let key = port.app.clue_key(ClueAbout::Enterprise, TRADER_USCC).await.expect("store").expect("there are clues");
    let mut about = listed(&port, "customs-port", ListQuery { keys: vec![key], ..ListQuery::default() }).await;
    about.sort();
    assert_eq!(about, [first.clone(), second.clone()]);

    for (id, minutes, finding) in [(&first, 90, ClueFinding::Confirmed), (&second, 150, ClueFinding::NotConfirmed)] {
        port.ok("customs-port", &to(&port, id, "officer-an")).await;
        port.pass_minutes(minutes);
        port.ok("officer-an", &answer(id, finding)).await;
    }
    port.ok("customs-port", &close(&first)).await;
    let third = port.ok("customs-port", &clue(ClueAbout::Enterprise, BROKER_USCC)).await;
    assert_eq!(port.no("customs-port", &to(&port, &third, "officer-di")).await, "clue-conflict", "the officer stays away from the broker");
    port.ok("customs-port", &to(&port, &third, "officer-bo")).await;
    port.pass_minutes(4 * 1_440);

    let figures = port.app.clue_figures(&port.ctx("customs-port"), from, end).await.expect("figures");
    let month = &figures.months["2026-11"];
    assert_eq!((figures.months.len(), month.registered, month.answered, month.closed, month.overdue), (1, 4, 2, 1, 1));
    assert_eq!((month.confirmed, month.not_confirmed, month.confirmed_per_mille()), (1, 1, Some(500)));
    assert_eq!((month.answer_time.p50_ms, month.answer_time.p90_ms), (90 * 60_000, 240 * 60_000));
    let cases = ListQuery { keys: vec![inspection::finding_key(ClueFinding::Confirmed)], ..ListQuery::default() };
    assert_eq!(listed(&port, "customs-port", cases).await, [first]);
    assert!(port.app.clue_figures(&port.ctx("customs-port"), from, from.plus_days(1_101)).await.is_err());
    assert!(port.app.clue_figures(&port.ctx("port-office"), from, end).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_clue_is_refused_and_a_key_answers_for_nothing() {
    let port = Port::open().await;
    for (about, value) in [
        (ClueAbout::Enterprise, "91330200TEAT000155"),
        (ClueAbout::Container, "ZZZU0000016"),
        (ClueAbout::Bill, "with blank"),
        (ClueAbout::Ship, "9074720"),
        (ClueAbout::Plate, "TRUCK"),
    ] {
        assert_eq!(port.no("customs-port", &clue(about, value)).await, "clue-subject", "{about:?}");
    }
    let good = || clue(ClueAbout::Plate, PLATE);
    assert_eq!(port.no("customs-port", &RegisterClue { text: "x".into(), ..good() }).await, "clue-text");
    assert_eq!(port.no("customs-port", &RegisterClue { text: "x".repeat(4_001), ..good() }).await, "clue-text");
    assert_eq!(port.no("customs-port", &RegisterClue { retention: Some("for-ever".into()), ..good() }).await, "clue-retention");
    let place = |county: &str, name: String| CluePlace { county: Some(county.into()), name };
    assert_eq!(port.no("customs-port", &RegisterClue { place: place("33021", String::new()), ..good() }).await, "clue-county");
    assert_eq!(port.no("customs-port", &RegisterClue { place: place("", "x".repeat(61)), ..good() }).await, "field-length");
    for who in ["trader-gold", "terminal-east", "port-office", "admin-desk", "public", "customs-far"] {
        assert_eq!(port.no(who, &good()).await, "forbidden", "{who}");
    }
    let id = port.ok("customs-port", &RegisterClue { text: "x".repeat(4_000), ..good() }).await;
    let mut key = port.ctx("customs-port");
    key.principal.system = true;
    for refused in [
        port.app.execute(&key, &facts(&id)).await.map(|_| ()),
        port.app.execute(&key, &to(&port, &id, "officer-an")).await.map(|_| ()),
        port.app.execute(&key, &close(&id)).await.map(|_| ()),
    ] {
        assert_eq!(crate::support::code_of(&refused.expect_err("refused")), "forbidden");
    }
    assert!(port.app.execute(&key, &good()).await.is_ok(), "a hotline's system may register");
}
