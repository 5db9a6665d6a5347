//! From manifest to gate, with the state of everything after every step.

use app::bookings::MakeBooking;
use app::declarations::{AttachDocuments, KeepAttachment, PassDocuments, SubmitDeclaration};
use app::duty::{GuaranteeDuty, PayDuty, RegisterGuarantee};
use app::inspections::{AppointInspection, ConfirmResult, PresentBox, RecordResult, ReplaceOfficer, ReturnResult};
use app::orders::{IssueOrder, RequestOrder, TransferOrder};
use app::payments::PayOrderCharges;
use clearance::{Declaration, DutyNotice, FormDocument, Guarantee, GuaranteeKind, Payment, Track};
use codes::Money;
use credit::Grade;
use inspection::{Inspection, Method, Outcome, Resulted};
use ledger::{Aggregate, ObjectRef};
use logistics::{Booking, Container, DeliveryOrder, Direction, Eir, GateTransaction, Place};
use manifest::{Bill, Manifest};
use store::{Milestone, OutboxQuery};

use crate::support::papers::DUE_FEN;
use crate::support::{OFFICERS, PORT, Port, papers};

/// Kinds of the messages in a partner's mailbox, oldest first.
async fn mailbox(port: &Port, partner: &str) -> Vec<String> {
    let query = OutboxQuery { channel: Some("partner".into()), receiver: Some(partner.into()), limit: 100, ..OutboxQuery::default() };
    let mut items = port.store.outbox(PORT, &query).await.expect("outbox").items;
    items.sort_by(|a, b| a.row.id.cmp(&b.row.id));
    items.into_iter().map(|item| item.row.kind).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_advance_declaration_goes_on_by_itself_and_both_boxes_leave() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-ADV-1", 2).await;
    let bill = port.state::<Bill>("B-ADV-1").await;
    assert_eq!((bill.status(), bill.content.consignee.org.as_deref()), ("manifested", Some("trader-gold")));
    assert_eq!(port.status::<Container>(&boxes[0]).await, "expected");
    assert_eq!(port.status::<Manifest>(&bill.manifest).await, "accepted");

    // Declared before the ship is there: accepted and decided at once, waiting for the goods.
    port.pass_minutes(60);
    let declaration = port.declared("B-ADV-1").await;
    let state = port.state::<Declaration>(&declaration).await;
    let case = state.case().expect("case");
    assert_eq!((state.status(), case.advance, case.duty.clone()), ("awaiting-arrival", true, Track::Unknown));
    let decision = case.decision.as_ref().expect("the decision is given with the acceptance (CLR-24)");
    assert_eq!((decision.rows.as_slice(), decision.inspect, decision.rate_bp), (&["nothing".to_owned()][..], false, 0));
    assert_eq!(decision.grade.value, "regular");
    let entry = state.entry_id().expect("number").to_owned();
    assert!(entry.starts_with("310420261") && entry.len() == 18, "{entry}");
    assert_eq!(port.state::<Bill>("B-ADV-1").await.declaration.as_deref(), Some(declaration.as_str()));

    port.pass_minutes(60);
    port.arrive(&call).await;
    assert_eq!(port.status::<Manifest>(&bill.manifest).await, "confirmed");

    port.pass_minutes(60);
    assert_eq!(port.discharge(&boxes[..1]).await.accepted, 1);
    assert_eq!(port.status::<Bill>("B-ADV-1").await, "partly-landed");
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-arrival");
    port.pass_minutes(30);
    assert_eq!(port.discharge(&boxes[1..]).await.accepted, 1);
    assert_eq!(port.status::<Bill>("B-ADV-1").await, "landed");
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-payment");

    let notice_id = port.notice_of(&declaration).await;
    let notice = port.state::<DutyNotice>(&notice_id).await;
    assert_eq!((notice.total(), notice.payer.as_str(), notice.status()), (Money::cny(DUE_FEN), "trader-gold", "due"));
    port.pass_minutes(60);
    let payment = port.ok("trader-gold", &PayDuty { id: notice_id.clone() }).await;
    assert_eq!(
        (port.status::<DutyNotice>(&notice_id).await.as_str(), port.status::<Payment>(&payment).await.as_str()),
        ("paying", "ordered")
    );
    port.pass_minutes(30);
    assert_eq!(port.bank_answers().await, 1);
    assert_eq!(
        (port.status::<DutyNotice>(&notice_id).await.as_str(), port.status::<Payment>(&payment).await.as_str()),
        ("paid", "settled")
    );
    let kinds: Vec<String> = port.app.payment_messages(&payment).await.expect("messages").into_iter().map(|(m, _)| m.kind).collect();
    assert_eq!(kinds, ["pain.001", "pain.002", "camt.054"]);

    // Nothing stands in the way any more: released, and the terminal is told.
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    for id in &boxes {
        assert_eq!(port.status::<Container>(id).await, "released");
    }
    assert_eq!(mailbox(&port, "terminal-east").await, ["CUSRES"]);

    port.pass_minutes(60);
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-ADV-1".into() }).await;
    assert_eq!(port.state::<DeliveryOrder>(&order).await.charges, Money::cny(2 * 20_000));
    port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
    assert_eq!(port.bank_answers().await, 1);
    port.pass_minutes(60);
    port.ok("agent-blue", &IssueOrder { id: order.clone(), free_days: None }).await;
    assert_eq!(mailbox(&port, "terminal-east").await, ["CUSRES", "COREOR"]);
    port.ok("trader-gold", &TransferOrder { id: order.clone(), to: "trucker-fast".into() }).await;
    let state = port.state::<DeliveryOrder>(&order).await;
    assert_eq!((state.status(), state.holder.as_str()), ("transferred", "trucker-fast"));
    assert_eq!(port.state::<Container>(&boxes[1]).await.order.expect("order").holder, "trucker-fast");

    for (index, id) in boxes.iter().enumerate() {
        let command = port.booking_of(id);
        port.set_time(command.slot_start.plus_minutes(-20));
        let booking = port.ok("trucker-fast", &command).await;
        port.pass_minutes(10);
        let passed = port.gate(Direction::In, id).await;
        assert_eq!((passed.reasons.as_slice(), passed.booking.as_deref()), (&[][..], Some(booking.as_str())));
        assert_eq!(port.status::<Booking>(&booking).await, "gated-in");
        assert!(matches!(port.place(id).await, Place::OnTruck { .. }));
        port.pass_minutes(25);
        let out = port.gate(Direction::Out, id).await;
        assert_eq!(out.reasons, []);
        let eir = out.eir.expect("a receipt is issued on exit");
        let receipt = port.state::<Eir>(&eir).await;
        assert_eq!((receipt.container.as_str(), receipt.seal.as_deref(), receipt.operation.as_str()), (id.as_str(), Some("SEAL1"), "提重"));
        assert_eq!(port.status::<GateTransaction>(&out.id).await, "passed");
        assert_eq!(port.status::<Container>(id).await, "gone");
        assert_eq!(port.status::<Booking>(&booking).await, "completed");
        let expected = if index == 0 { "transferred" } else { "redeemed" };
        assert_eq!(port.status::<DeliveryOrder>(&order).await, expected);
    }

    // Every milestone in its order, and no stage of negative length.
    let journey = port.store.journey(PORT, &boxes[1]).await.expect("store").expect("journey");
    let reached: Vec<Milestone> = Milestone::ALL.into_iter().filter(|m| journey.at[m.index()].is_some()).collect();
    let never = [Milestone::InspectionOrdered, Milestone::Inspected];
    assert_eq!(reached, Milestone::ALL.into_iter().filter(|m| !never.contains(m)).collect::<Vec<_>>());
    let plain = app::insights::plain(&journey);
    let stages = insight::stage_durations(&plain, port.now());
    let hours = |code: &str| stages.iter().find(|s| s.stage == code).and_then(|s| s.lasted_ms).map(|ms| ms / 60_000);
    assert_eq!(hours("discharge"), Some(90), "ship arrived to discharged");
    assert_eq!(hours("declare"), Some(0), "declared before the ship arrived");
    assert_eq!(hours("pay"), Some(90), "notice to settlement");
    assert_eq!(hours("release"), Some(0), "released with the last precondition");
    assert_eq!(hours("order"), Some(60), "asked for to issued");
    assert_eq!(insight::clearance_ms(&plain), Some(180 * 60_000), "ship arrival to release");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_case_tells_each_party_its_part_of_one_story() {
    let port = Port::open().await;
    let container = port.ready("B-CASE-1").await;
    port.gate(Direction::In, &container).await;
    port.gate(Direction::Out, &container).await;

    let subjects = |who: &'static str| {
        let (port, container) = (&port, &container);
        async move {
            let timeline = port.app.timeline(&port.ctx(who), container).await.expect("timeline");
            assert!(timeline.windows(2).all(|pair| pair[0].position < pair[1].position), "in the order of the ledger");
            let mut kinds: Vec<String> = timeline.iter().map(|s| s.event.subject().expect("subject").kind.to_string()).collect();
            kinds.sort();
            kinds.dedup();
            kinds
        }
    };
    let trader = subjects("trader-gold").await;
    for kind in ["bill", "container", "declaration", "delivery-order", "duty-notice", "payment", "ship-call"] {
        assert!(trader.iter().any(|k| k == kind), "{kind} is missing from {trader:?}");
    }
    let trucker = subjects("trucker-fast").await;
    assert!(trucker.iter().any(|k| k == "booking") && trucker.iter().any(|k| k == "eir"), "{trucker:?}");
    for kind in ["declaration", "duty-notice", "payment", "bill"] {
        assert!(trucker.iter().all(|k| k != kind), "a haulier has no business with a {kind}");
    }
    // Customs sees the papers and the gate; the port office sees that things happened, not what they say.
    assert!(subjects("customs-port").await.iter().any(|k| k == "declaration"));
    let office = port.app.timeline(&port.ctx("port-office"), &container).await.expect("timeline");
    let notice = office.iter().find(|s| s.event.kind == "duty-notice.issued").expect("it sees that duty was charged");
    assert_eq!(notice.event.payload.get(), "null");
    let landed = office.iter().find(|s| s.event.kind == "container.discharged").expect("discharge");
    assert!(landed.event.payload.get().contains("A01"));

    // A stranger learns nothing, not even that there is such a box; another terminal neither.
    for stranger in ["trader-grey", "terminal-west", "agent-red", "trucker-slow", "admin-desk", "public"] {
        let error = port.app.case(&port.ctx(stranger), &container).await.expect_err(stranger);
        assert_eq!(crate::support::code_of(&error), "not-found", "{stranger}");
    }
    let case = port.app.case(&port.ctx("trader-gold"), &container).await.expect("case");
    assert_eq!(case.container.state.status(), "gone");
    assert!(case.call.is_some() && case.bill.is_some() && case.declaration.is_some());
    assert!(case.next.is_empty(), "nobody must act any more: {:?}", case.next);
    let case = port.app.case(&port.ctx("trucker-fast"), &container).await.expect("case");
    assert!(case.declaration.is_none() && case.bill.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_must_act_next_is_told_without_what_it_is_about() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-NEXT-1", 1).await;
    port.declared("B-NEXT-1").await;
    let seen_by_trader = port.app.case(&port.ctx("trader-gold"), &boxes[0]).await.expect("case");
    let due = seen_by_trader.next.iter().find(|o| o.row.action.as_deref() == Some("pay-duty")).expect("duty is next");
    assert!(due.row.title.contains("15259.32"), "{}", due.row.title);
    let seen_by_terminal = port.app.case(&port.ctx("terminal-east"), &boxes[0]).await.expect("case");
    let due = seen_by_terminal.next.iter().find(|o| o.row.action.as_deref() == Some("pay-duty")).expect("duty is next");
    assert_eq!((due.row.title.as_str(), due.row.owner.as_deref()), ("", Some("trader-gold")));
    assert!(due.row.keys.is_empty() && due.row.parties.is_empty());
    assert!(seen_by_terminal.declaration.is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_drawn_box_is_inspected_by_two_drawn_officers_before_it_is_released() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-INS-1", 2).await;
    let declaration = port.declared("B-INS-1").await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-inspection");
    let Track::Open { reference: Some(id), .. } = port.state::<Declaration>(&declaration).await.case().expect("case").inspection.clone()
    else {
        panic!("an inspection is ordered");
    };
    let draw = port.state::<Inspection>(&id).await.draw.expect("officers are drawn with the order");
    assert_eq!(draw.chosen.len(), 2);
    assert!(!draw.chosen.contains(&"officer-di".to_owned()), "the officer with a conflict is left out");
    assert_eq!(
        draw.excluded.iter().map(|e| (e.officer.as_str(), e.reason.as_str())).collect::<Vec<_>>(),
        [("officer-di", "conflict:broker-green")]
    );

    // Paid meanwhile; the inspection alone stands in the way.
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-inspection");

    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot = slots.iter().find(|slot| slot.start > port.now()).expect("a slot is free");
    port.ok("broker-green", &AppointInspection { id: id.clone(), slot_start: slot.start }).await;
    let after = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    assert_eq!(after.iter().map(|s| s.taken).sum::<u32>(), 1);

    let pass = Resulted {
        result: Outcome::Pass,
        disposition: "18".into(),
        findings: "无异常".into(),
        method: Method::Open,
        seal_new: Some("C-1".into()),
        officers: draw.chosen.clone(),
    };
    let result = RecordResult { id: id.clone(), result: pass.clone() };
    let (first, second) = (draw.chosen[0].as_str(), draw.chosen[1].as_str());
    let undrawn = *OFFICERS[..3].iter().find(|officer| !draw.chosen.iter().any(|drawn| drawn == *officer)).expect("one of three");
    assert_eq!(port.no(first, &result).await, "inspection-box-not-at-site");
    for container in &boxes {
        port.ok("terminal-east", &PresentBox { id: id.clone(), container: container.clone(), at: port.now() }).await;
        assert!(matches!(port.place(container).await, Place::InspectionSite { .. }));
    }
    let alone = Resulted { officers: draw.chosen[..1].to_vec(), ..pass.clone() };
    assert_eq!(port.no(first, &RecordResult { id: id.clone(), result: alone }).await, "inspection-officers-few");
    assert_eq!(port.no("customs-far", &result).await, "not-found");
    // Whoever was not drawn writes nothing down, nor does a system of the same office.
    for other in [undrawn, "customs-port"] {
        assert_eq!(port.no(other, &result).await, "inspection-officer-not-drawn");
    }
    assert_eq!(port.no(second, &ConfirmResult { id: id.clone() }).await, "inspection-not-recorded");
    port.ok(first, &result).await;
    assert_eq!(port.status::<Inspection>(&id).await, "recorded");
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-inspection", "one officer alone decides nothing");
    assert_eq!(port.no(first, &ConfirmResult { id: id.clone() }).await, "inspection-same-officer");
    assert_eq!(port.no(undrawn, &ConfirmResult { id: id.clone() }).await, "inspection-officer-not-drawn");
    assert_eq!(port.no("trader-gold", &ConfirmResult { id: id.clone() }).await, "forbidden");
    // The other officer saw it differently; it is written down anew.
    port.ok(second, &ReturnResult { id: id.clone(), reason: "seal number misread".into() }).await;
    assert_eq!(port.status::<Inspection>(&id).await, "at-site");
    port.ok(second, &result).await;
    port.ok(first, &ConfirmResult { id: id.clone() }).await;
    assert_eq!(port.no(first, &result).await, "inspection-already-resulted");

    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    for container in &boxes {
        assert!(matches!(port.place(container).await, Place::Yard { .. }), "back in the yard");
    }
    let journey = port.store.journey(PORT, &boxes[0]).await.expect("store").expect("journey");
    assert!(journey.at[Milestone::InspectionOrdered.index()].is_some() && journey.at[Milestone::Inspected.index()].is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_who_cannot_come_is_replaced_by_lot_at_the_order_of_somebody_else() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-REPL", 1).await;
    let declaration = port.declared("B-REPL").await;
    let Track::Open { reference: Some(id), .. } = port.state::<Declaration>(&declaration).await.case().expect("case").inspection.clone()
    else {
        panic!("an inspection is ordered");
    };
    let drawn = port.state::<Inspection>(&id).await.draw.expect("draw").chosen;
    let replace = |officer: &str| ReplaceOfficer { id: id.clone(), officer: officer.into(), reason: "年休假 on leave".into() };
    assert_eq!(port.no(&drawn[1], &replace(&drawn[0])).await, "inspection-own-replacement", "the drawn do not choose whom they work with");
    assert_eq!(port.no("customs-port", &replace("officer-di")).await, "inspection-officer-not-drawn");
    assert_eq!(port.no("customs-far", &replace(&drawn[0])).await, "not-found");
    assert_eq!(port.no("trader-gold", &replace(&drawn[0])).await, "forbidden");
    let mut key = port.ctx("customs-port");
    key.principal.system = true;
    let by_key = port.app.execute(&key, &replace(&drawn[0])).await.expect_err("a key is nobody");
    assert_eq!(crate::support::code_of(&by_key), "forbidden");

    port.ok("customs-port", &replace(&drawn[0])).await;
    let state = port.state::<Inspection>(&id).await;
    let third = *OFFICERS[..3].iter().find(|officer| !drawn.iter().any(|one| one == *officer)).expect("one is left");
    assert_eq!(state.officers(), [third, drawn[1].as_str()], "the only one left of the pool");
    let kept = &state.replaced[0];
    assert_eq!((kept.officer.as_str(), kept.by.as_str(), kept.why.as_str()), (drawn[0].as_str(), "customs-port.person", "年休假 on leave"));
    assert!(kept.draw.excluded.iter().any(|e| e.officer == drawn[0] && e.reason == "absent:drawn-before"));
    assert_eq!(port.no("customs-port", &replace(third)).await, "inspection-pool-exhausted", "nobody is drawn twice for one order");

    // The one who was replaced is out; the new one counts.
    let result = |officers: [&str; 2]| RecordResult {
        id: id.clone(),
        result: Resulted {
            result: Outcome::Pass,
            disposition: "18".into(),
            findings: String::new(),
            method: Method::Documents,
            seal_new: None,
            officers: officers.map(str::to_owned).to_vec(),
        },
    };
    assert_eq!(port.no(&drawn[0], &result([&drawn[0], &drawn[1]])).await, "inspection-officer-not-drawn");
    port.ok(&drawn[1], &result([&drawn[1], third])).await;
    assert_eq!(port.no("customs-port", &replace(&drawn[1])).await, "inspection-result-recorded");
    port.ok(third, &ConfirmResult { id: id.clone() }).await;
    assert_eq!(port.status::<Inspection>(&id).await, "passed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_asked_for_are_attached_and_passed_by_an_officer() {
    let port = Port::open().await;
    port.graded(Grade::Dishonest).await;
    port.landed("B-DOC-1", 1).await;
    let declaration = port.declared("B-DOC-1").await;
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-documents");
    let pass = PassDocuments { id: declaration.clone(), note: String::new() };
    assert_eq!(port.no("customs-port", &pass).await, "declaration-documents-missing");

    let bytes = b"%PDF-1.4 synthetic invoice".to_vec();
    let sha256 = port.ok("broker-green", &KeepAttachment { media_type: "application/pdf".into(), bytes: bytes.clone() }).await;
    let document =
        FormDocument { edoc_code: "00000001".into(), name: "invoice.pdf".into(), sha256: sha256.clone(), size: bytes.len() as u64 };
    let attach = AttachDocuments { id: declaration.clone(), documents: vec![document] };
    port.ok("broker-green", &attach).await;
    // The officer and the parties read it through the declaration; nobody else does, by whatever way.
    for reader in ["customs-port", "trader-gold"] {
        let (media_type, read) = port.app.attachment(&port.ctx(reader), &sha256, Some(&declaration), None, None).await.expect(reader);
        assert_eq!((media_type.as_str(), read.as_slice()), ("application/pdf", bytes.as_slice()));
    }
    let error = port.app.attachment(&port.ctx("trader-grey"), &sha256, Some(&declaration), None, None).await.expect_err("a stranger");
    assert_eq!(crate::support::code_of(&error), "not-found");
    let own = port.ok("trader-grey", &app::declarations::DraftDeclaration::default()).await;
    let mut form = port.state::<Declaration>(&own).await.form().clone();
    form.documents.clone_from(&attach.documents);
    port.ok("trader-grey", &app::declarations::EditDeclaration { id: own.clone(), form, expected_version: None }).await;
    let error = port
        .app
        .attachment(&port.ctx("trader-grey"), &sha256, Some(&own), None, None)
        .await
        .expect_err("a hash that somebody typed opens nothing");
    assert_eq!(crate::support::code_of(&error), "not-found");

    port.ok("customs-port", &pass).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duty_under_guarantee_releases_at_once_and_payment_restores_the_guarantee() {
    let port = Port::open().await;
    let register = |limit| RegisterGuarantee {
        principal: "trader-gold".into(),
        guarantor: "Example Bank".into(),
        kind: GuaranteeKind::BankLetter,
        limit: Money::cny(limit),
        valid_from: port.now(),
        valid_to: port.now().plus_days(300),
    };
    let small = port.ok("customs-port", &register(DUE_FEN - 1)).await;
    let exact = port.ok("customs-port", &register(DUE_FEN)).await;
    port.landed("B-GUA-1", 1).await;
    let declaration = port.declared("B-GUA-1").await;
    let notice = port.notice_of(&declaration).await;
    let cover = |guarantee: &str| GuaranteeDuty { id: notice.clone(), guarantee: guarantee.into() };
    assert_eq!(port.no("trader-gold", &cover(&small)).await, "guarantee-limit");
    assert_eq!(port.no("trader-grey", &cover(&exact)).await, "not-found");
    port.ok("trader-gold", &cover(&exact)).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    assert_eq!(port.status::<DutyNotice>(&notice).await, "guaranteed");
    assert_eq!(port.state::<Guarantee>(&exact).await.left(), Money::cny(0));
    assert_eq!(port.no("trader-gold", &cover(&exact)).await, "guarantee-notice-known");

    // The limit is exhausted for the next one.
    port.landed("B-GUA-2", 1).await;
    let second = port.declared("B-GUA-2").await;
    let other = port.notice_of(&second).await;
    assert_eq!(port.no("trader-gold", &GuaranteeDuty { id: other.clone(), guarantee: exact.clone() }).await, "guarantee-limit");
    assert_eq!(port.status::<DutyNotice>(&other).await, "due");

    port.ok("trader-gold", &PayDuty { id: notice.clone() }).await;
    assert_eq!(port.bank_answers().await, 1);
    assert_eq!(port.status::<DutyNotice>(&notice).await, "paid");
    assert_eq!(port.state::<Guarantee>(&exact).await.left(), Money::cny(DUE_FEN));
    port.ok("trader-gold", &GuaranteeDuty { id: other, guarantee: exact }).await;
    assert_eq!(port.status::<Declaration>(&second).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_free_of_duty_need_no_notice() {
    let port = Port::open().await;
    port.landed("B-FREE-1", 1).await;
    let id = port.drafted_with("B-FREE-1", |form| form.goods[0].duty_mode = "3".into()).await;
    port.ok("broker-green", &SubmitDeclaration { id: id.clone() }).await;
    let state = port.state::<Declaration>(&id).await;
    assert_eq!((state.status(), state.case().expect("case").duty.clone()), ("released", Track::NotNeeded));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn free_storage_counts_from_the_landing_whenever_the_order_is_issued() {
    let port = Port::open().await;
    // Issued while the ship is still at sea: the days are known, their end is not.
    let (call, boxes) = port.manifested("B-DAYS-1", 2).await;
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-DAYS-1".into() }).await;
    port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
    port.bank_answers().await;
    let issue = |order: &str, days: u32| IssueOrder { id: order.into(), free_days: Some(days) };
    assert_eq!(port.no("agent-blue", &issue(&order, 91)).await, "order-free-days");
    port.ok("agent-blue", &issue(&order, 90)).await;
    let state = port.state::<DeliveryOrder>(&order).await;
    assert_eq!((state.free_days, state.free_until), (Some(90), None));
    port.arrive(&call).await;
    port.discharge(&boxes[..1]).await;
    assert_eq!(port.state::<DeliveryOrder>(&order).await.free_until, None, "a box is still on board");
    port.pass_minutes(45);
    port.discharge(&boxes[1..]).await;
    let landed = port.state::<Bill>("B-DAYS-1").await.landed_at().expect("landed");
    assert_eq!(port.state::<DeliveryOrder>(&order).await.free_until, Some(landed.plus_days(90)));
    for id in &boxes {
        assert_eq!(port.state::<Container>(id).await.order.expect("order").free_until, Some(landed.plus_days(90)), "{id}");
    }
    // Issued after the landing, with the days the agent grants, or the usual ones of the port.
    for (bill, granted, days) in [("B-DAYS-2", Some(0), 0), ("B-DAYS-3", None, i64::from(port.app.port().free_days))] {
        port.landed(bill, 1).await;
        let order = port.ok("trader-gold", &RequestOrder { bill: bill.into() }).await;
        port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
        port.bank_answers().await;
        port.ok("agent-blue", &IssueOrder { id: order.clone(), free_days: granted }).await;
        let landed = port.state::<Bill>(bill).await.landed_at().expect("landed");
        assert_eq!(port.state::<DeliveryOrder>(&order).await.free_until, Some(landed.plus_days(days)), "{bill}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_holder_may_name_a_haulier_that_exists() {
    let port = Port::open().await;
    let (_, boxes) = port.released("B-HAUL-1", 1).await;
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-HAUL-1".into() }).await;
    port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
    port.bank_answers().await;
    port.ok("agent-blue", &IssueOrder { id: order, free_days: None }).await;
    let named = |trucker: &str| MakeBooking { trucker: Some(trucker.into()), ..port.booking_of(&boxes[0]) };
    assert_eq!(port.no("trader-gold", &named("nobody")).await, "trucker-unknown");
    assert_eq!(port.no("trader-gold", &named("terminal-east")).await, "trucker-unknown");
    let booking = port.ok("trader-gold", &named("trucker-slow")).await;
    assert_eq!(port.state::<Booking>(&booking).await.trucker, "trucker-slow");
    // The haulier is a party from now on and finds the box on its list.
    assert!(port.app.case(&port.ctx("trucker-slow"), &boxes[0]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_that_comes_after_the_ship_is_confirmed_at_once() {
    let port = Port::open().await;
    let call = port.announce().await;
    port.arrive(&call).await;
    let number = port.fresh_box();
    let outcome = port.ok("agent-blue", &port.manifest_of(&call, vec![papers::bill("B-LATE-1", &[number])])).await;
    assert_eq!(port.status::<Manifest>(&outcome.id).await, "confirmed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_event_says_who_did_it_and_what_caused_it() {
    let port = Port::open().await;
    port.landed("B-CAUSE-1", 1).await;
    let declaration = port.declared("B-CAUSE-1").await;
    let object = ObjectRef::new(Declaration::KIND, declaration.clone());
    let stored = port.store.events_of(PORT, &object, None, 100).await.expect("events");
    let accepted = stored.iter().find(|s| s.event.kind == "declaration.accepted").expect("accepted");
    let charged = stored.iter().find(|s| s.event.kind == "declaration.duty-charged").expect("charged");
    assert!(matches!(&accepted.event.cause, ledger::Cause::Command { name, .. } if *name == "declaration.submit"));
    assert!(matches!(&charged.event.cause, ledger::Cause::Event { .. }), "a reaction names the event it answers");
    assert!(matches!(&accepted.event.actor, ledger::Actor::Person { organisation, .. } if organisation == "broker-green"));
    for stored in &stored {
        assert_eq!(stored.event.recorded_at, port.now());
        assert!(stored.event.occurred_at <= stored.event.recorded_at);
    }
}
