//! The officer's phone: a result written down at the site, after hours without a line, twice, too late, or by the wrong hand (INS-07).

use std::sync::Arc;

use app::declarations::{KeepAttachment, RejectDeclaration};
use app::field::{FieldOrder, RecordInField, SettleFieldRecord};
use app::inspections::{AppointInspection, ConfirmResult, PresentBox};
use app::reading::ListQuery;
use clearance::Declaration;
use credit::Grade;
use inspection::{Checked, FieldOrderKind, FieldRecord, FieldResult, Inspection, JointOrder, Method, Outcome};
use ledger::Aggregate;

use crate::support::{OFFICERS, PORT, Port, at_once, code_of};

/// An id as a phone makes it.
fn id(serial: u32) -> String {
    format!("{serial:032x}")
}

/// A picture of an authority, kept.
async fn picture(port: &Port, who: &str, name: &str) -> String {
    let bytes = [b"\x89PNG\r\n\x1a\n".as_slice(), name.as_bytes()].concat();
    port.ok(who, &KeepAttachment { media_type: "image/png".into(), bytes }).await
}

/// A record about an order, with a photo and a signature, written down now.
async fn record(port: &Port, who: &str, serial: u32, kind: FieldOrderKind, order: &str) -> RecordInField {
    RecordInField {
        id: id(serial),
        user: port.ctx(who).principal.id,
        order_kind: kind,
        order: order.into(),
        container: None,
        checks: vec![
            Checked { code: "seal".into(), ok: true },
            Checked { code: "goods".into(), ok: true },
            Checked { code: "quarantine".into(), ok: true },
        ],
        note: "as declared".into(),
        photos: vec![picture(port, who, "door").await],
        signature: Some(picture(port, who, "signature").await),
        result: None,
        recorded_at: port.now(),
        sent_at: port.now(),
    }
}

fn pass(officers: &[String]) -> Option<FieldResult> {
    Some(FieldResult::Inspection {
        outcome: Outcome::Pass,
        disposition: "18".into(),
        method: Method::Open,
        seal_new: Some("FIELD1".into()),
        officers: officers.to_vec(),
    })
}

/// A drawn inspection with an appointment: (declaration, inspection, boxes, officers).
async fn drawn(port: &Port, bill: &str) -> (String, String, Vec<String>, Vec<String>) {
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed(bill, 1).await;
    let declaration = port.declared(bill).await;
    let inspection = port.drawn(&declaration).await;
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot = slots.iter().find(|slot| slot.start > port.now()).expect("a slot is free").start;
    port.ok("broker-green", &AppointInspection { id: inspection.clone(), slot_start: slot }).await;
    let officers = port.state::<Inspection>(&inspection).await.draw.expect("officers").chosen;
    (declaration, inspection, boxes, officers)
}

async fn codes(port: &Port, id: &str) -> Vec<String> {
    port.state::<FieldRecord>(id).await.recorded.findings.into_iter().map(|finding| finding.code.into_owned()).collect()
}

fn undrawn(officers: &[String]) -> &'static str {
    OFFICERS[..3].iter().find(|officer| !officers.iter().any(|drawn| drawn == *officer)).expect("one of three")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_result_from_a_phone_is_confirmed_by_the_other_officer_and_comes_once() {
    let port = Port::open().await;
    let (declaration, inspection, boxes, officers) = drawn(&port, "B-FIELD").await;
    let (first, second) = (officers[0].as_str(), officers[1].as_str());

    // The orders of the day are those of the drawn officers.
    let today = |who: &'static str| {
        let ctx = port.ctx(who);
        let app = Arc::clone(&port.app);
        async move { app.field_orders(&ctx).await.map(|found| found.orders.len()) }
    };
    for officer in OFFICERS {
        let expected = usize::from(officers.iter().any(|drawn| drawn == officer));
        assert_eq!(today(officer).await.expect("allowed"), expected, "{officer}");
    }
    assert_eq!(code_of(&today("trader-gold").await.expect_err("no officer")), "forbidden");

    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    // Written down at the site without a line; it comes two hours later, and the phone is ten minutes ahead.
    let written = port.now().plus_minutes(20);
    let mut command = record(&port, first, 1, FieldOrderKind::Inspection, &inspection).await;
    command.result = pass(&officers);
    command.recorded_at = written.plus_minutes(10);
    port.pass_minutes(140);
    command.sent_at = port.now().plus_minutes(10);
    let before = port.size().await;
    port.ok(first, &command).await;
    let kept = port.state::<FieldRecord>(&id(1)).await;
    assert_eq!((kept.status(), kept.recorded.at), ("taken", written), "corrected by what the clock showed when it sent");
    assert_eq!(codes(&port, &id(1)).await, ["field-clock-skewed"]);
    assert_eq!(port.status::<Inspection>(&inspection).await, "recorded");
    let recorded = port.state::<Inspection>(&inspection).await;
    assert_eq!(recorded.recorded().expect("written down").by, first);

    // The answer was lost: the phone sends again, later, under its key and without.
    let after = port.size().await;
    assert!(after > before);
    port.pass_minutes(3);
    command.sent_at = port.now().plus_minutes(10);
    for key in ["same-key", "same-key"] {
        port.app.execute(&port.keyed(first, key), &command).await.expect("the same record");
    }
    port.ok(first, &command).await;
    assert_eq!(port.size().await, after, "nothing happened twice");
    assert_eq!(port.events::<FieldRecord>(&id(1)).await, ["field-record.recorded"]);

    // It is the result once the other officer has confirmed it.
    port.ok(second, &ConfirmResult { id: inspection.clone() }).await;
    assert_eq!(port.status::<Inspection>(&inspection).await, "passed");
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    // Pictures are for officers of the authority.
    let (kind, bytes) = port.app.field_picture(&port.ctx(second), &id(1), Some(1)).await.expect("a photo");
    assert!(kind == "image/png" && bytes.ends_with(b"door"));
    for stranger in ["trader-gold", "terminal-east", "customs-far", "maritime"] {
        assert_eq!(code_of(&port.app.field_picture(&port.ctx(stranger), &id(1), Some(1)).await.expect_err("private")), "not-found");
    }
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_too_late_or_from_the_wrong_hand_is_kept_with_its_reason() {
    let port = Port::open().await;
    let (declaration, inspection, boxes, officers) = drawn(&port, "B-LATE").await;
    let (first, second) = (officers[0].as_str(), officers[1].as_str());
    let kind = FieldOrderKind::Inspection;
    let written = |serial, who: &'static str| record(&port, who, serial, kind, &inspection);
    let (first, second): (&'static str, &'static str) =
        (OFFICERS.iter().find(|o| **o == first).expect("one"), OFFICERS.iter().find(|o| **o == second).expect("one"));

    // The box is not at the site, as far as the platform knows.
    let mut early = written(1, first).await;
    early.result = pass(&officers);
    port.ok(first, &early).await;
    assert_eq!(codes(&port, &id(1)).await, ["field-box-not-at-site"]);
    assert_eq!(port.status::<Inspection>(&inspection).await, "appointed", "nothing of it was taken");

    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    // Somebody who was not drawn.
    let stranger = undrawn(&officers);
    let mut foreign = written(2, stranger).await;
    foreign.result = pass(&officers);
    port.ok(stranger, &foreign).await;
    assert_eq!(codes(&port, &id(2)).await, ["field-officer-not-of-order"]);
    // Both drawn officers wrote a result down, each without a line.
    let (mut one, mut two) = (written(3, first).await, written(4, second).await);
    one.result = pass(&officers);
    two.result = pass(&officers);
    port.ok(first, &one).await;
    port.ok(second, &two).await;
    assert_eq!(codes(&port, &id(3)).await, [""; 0]);
    assert_eq!(codes(&port, &id(4)).await, ["field-result-exists"]);
    // What was told of the goods must be told whole, and agree with the result.
    let mut part = written(10, first).await;
    part.result = pass(&officers);
    part.checks[1].ok = false;
    part.checks.pop();
    port.ok(first, &part).await;
    assert_eq!(codes(&port, &id(10)).await, ["field-result-exists", "field-checks-missing", "field-checks-differ"]);
    port.ok(first, &SettleFieldRecord { id: id(10), note: "written down anew".into() }).await;
    // The order was cancelled meanwhile: photos of the site are kept, and not taken.
    port.ok("customs-port", &RejectDeclaration { id: declaration, reason: "declared anew".into() }).await;
    let evidence = written(5, second).await;
    port.ok(second, &evidence).await;
    assert_eq!(codes(&port, &id(5)).await, ["field-order-closed"]);
    // An order that another district's officer may not know of is as unknown as one that is not there.
    let far = record(&port, "customs-far", 6, kind, &inspection).await;
    port.ok("customs-far", &far).await;
    let nowhere = record(&port, "customs-far", 7, kind, "I9999-000000").await;
    port.ok("customs-far", &nowhere).await;
    for serial in [6, 7] {
        assert_eq!(codes(&port, &id(serial)).await, ["field-order-unknown"]);
    }

    // Each waits in the list of the authority until somebody says what became of it.
    let waiting = |who: &'static str| {
        let query = ListQuery { mine: true, open: Some(true), actions: vec!["review-field-record".into()], ..ListQuery::default() };
        let (app, ctx) = (Arc::clone(&port.app), port.ctx(who));
        async move { app.worklist(&ctx, &query).await.expect("list").items.len() }
    };
    assert_eq!((waiting("customs-port").await, waiting("customs-far").await), (4, 2));
    port.ok(second, &SettleFieldRecord { id: id(4), note: "agrees with the result that was taken".into() }).await;
    assert_eq!(port.no(second, &SettleFieldRecord { id: id(4), note: "again".into() }).await, "field-record-not-open");
    assert_eq!(port.no("customs-far", &SettleFieldRecord { id: id(5), note: "not ours".into() }).await, "not-found");
    assert_eq!(waiting("customs-port").await, 3);

    // What cannot be kept says so.
    let mut bad = evidence.clone();
    assert_eq!(port.no("trader-gold", &bad).await, "forbidden");
    assert_eq!(port.no(first, &bad).await, "field-record-user", "a phone that was handed on sends nothing in another's name");
    bad.note = "changed".into();
    assert_eq!(port.no(second, &bad).await, "field-record-exists");
    let key = app::Context { principal: app::Principal { system: true, ..port.ctx(first).principal }, ..port.ctx(first) };
    assert_eq!(code_of(&port.app.execute(&key, &one).await.expect_err("a system was not there")), "forbidden");
    bad.id = "short".into();
    assert_eq!(port.no(second, &bad).await, "field-record-id");
    bad.id = id(9);
    bad.photos = vec![picture(&port, "terminal-east", "of another").await];
    assert_eq!(port.no(second, &bad).await, "attachment-unknown");
    bad.photos = vec![port.ok(second, &KeepAttachment { media_type: "application/pdf".into(), bytes: b"%PDF-".to_vec() }).await];
    assert_eq!(port.no(second, &bad).await, "field-photo-kind");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_record_that_comes_many_times_at_once_is_kept_once() {
    let port = Arc::new(Port::open().await);
    let (_, inspection, boxes, officers) = drawn(&port, "B-RACE").await;
    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    let first: &'static str = OFFICERS.iter().find(|officer| **officer == officers[0]).expect("one");
    let mut command = record(&port, first, 1, FieldOrderKind::Inspection, &inspection).await;
    command.result = pass(&officers);
    let outcomes = at_once(&port, (0..8).map(|_| (first, command.clone())).collect()).await;
    assert!(outcomes.iter().all(|outcome| outcome.as_deref() == Ok(id(1).as_str())), "{outcomes:?}");
    assert_eq!(port.events::<FieldRecord>(&id(1)).await, ["field-record.recorded"]);
    assert_eq!(port.state::<FieldRecord>(&id(1)).await.status(), "taken");
    let written = port.events::<Inspection>(&inspection).await.into_iter().filter(|kind| kind == "inspection.recorded").count();
    assert_eq!(written, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_authority_writes_its_part_of_a_joint_order_from_the_site() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-PART", 1).await;
    let (_, order) = port.instructed("border", &boxes[0]).await;
    port.instructed("market", &boxes[0]).await;
    port.scheduled(&port.state::<JointOrder>(&order).await.lead, &order).await;
    for who in ["border", "market"] {
        if port.state::<JointOrder>(&order).await.lead != who {
            port.confirms(who, &order).await;
        }
    }
    port.set_time(port.site_slot());
    let orders = port.app.field_orders(&port.ctx("border")).await.expect("allowed").orders;
    assert!(matches!(orders.as_slice(), [FieldOrder::Joint(seen)] if seen.id == order));
    assert_eq!(port.app.field_orders(&port.ctx("maritime")).await.expect("allowed").orders.len(), 0);

    let mut part = record(&port, "border", 1, FieldOrderKind::JointOrder, &order).await;
    part.checks = vec![Checked { code: "persons".into(), ok: true }];
    part.result = Some(FieldResult::Part { officers: vec!["border.person".into()] });
    port.ok("border", &part).await;
    assert_eq!(codes(&port, &id(1)).await, ["field-box-not-at-site"]);
    port.presented(&order, &boxes[0]).await;
    // Taken up again on the phone: another record.
    port.ok("border", &RecordInField { id: id(2), ..part.clone() }).await;
    assert_eq!(codes(&port, &id(2)).await, [""; 0]);
    assert!(port.state::<JointOrder>(&order).await.participants["border"].part.as_ref().is_some_and(|part| part.clean));
    port.ok("border", &RecordInField { id: id(3), ..part.clone() }).await;
    assert_eq!(codes(&port, &id(3)).await, ["field-result-exists"]);
    // Items that differ from the own checklist are told in the words of the rule.
    let mut other = record(&port, "market", 4, FieldOrderKind::JointOrder, &order).await;
    other.result = Some(FieldResult::Part { officers: vec!["market.person".into()] });
    port.ok("market", &other).await;
    assert_eq!(codes(&port, &id(4)).await, ["field-result-refused"]);
    // Maritime takes no part: for it there is no such order.
    let unknown = record(&port, "maritime", 5, FieldOrderKind::JointOrder, &order).await;
    port.ok("maritime", &unknown).await;
    assert_eq!(codes(&port, &id(5)).await, ["field-order-unknown"]);
    assert_eq!(port.no("market", &SettleFieldRecord { id: id(1), note: "not ours".into() }).await, "not-found");
    assert_eq!(app::replay::check(port.store.as_ref(), PORT, &mut |_| {}).await.expect("store"), []);
}

/// Thousands of appointments ahead hide no box that stands at the site today, and are not even read.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn appointments_ahead_are_not_looked_through_for_the_orders_of_the_day() {
    let port = Port::open().await;
    port.graded(credit::Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-AT-SITE", 1).await;
    let declaration = port.declared("B-AT-SITE").await;
    let inspection = port.drawn(&declaration).await;
    // At the site without an appointment: without a due time, and so the last of its list.
    port.ok("terminal-east", &app::inspections::PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;
    let mut commit = store::Commit { port: crate::support::PORT.into(), ..store::Commit::default() };
    for serial in 0..2_500 {
        let object = ledger::ObjectRef::new("inspection", format!("I-AHEAD-{serial:05}"));
        let row = ledger::WorkRow {
            title: object.id.clone(),
            status: "appointed".into(),
            owner: None,
            action: Some("present-box".into()),
            authority: Some("3104".into()),
            parties: Vec::new(),
            keys: Vec::new(),
            opened_at: port.now(),
            due_at: Some(port.now().plus_days(2).plus_minutes(serial)),
            closed_at: None,
        };
        // No state of an inspection: whoever read one would fail.
        commit.objects.push(store::ObjectWrite { object: object.clone(), expected_version: 0, state: b"{}".to_vec() });
        commit.work.push(store::WorkWrite { object, row });
    }
    port.store.commit(commit).await.expect("rows");
    let officer = port.state::<inspection::Inspection>(&inspection).await.draw.expect("draw").chosen[0].clone();
    let found = port.app.field_orders(&port.ctx(&officer)).await.expect("allowed");
    assert_eq!((found.orders.len(), found.truncated), (1, false));
}
