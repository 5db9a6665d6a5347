//! What is refused, with which code, and that nothing changed by it.

use app::bookings::{CancelBooking, MissBooking, OpenSlot};
use app::calls::{AnnounceCall, ArriveCall, ChangeCall};
use app::declarations::{EditDeclaration, HoldDeclaration, LiftHold, SubmitDeclaration};
use app::directory::{Organisation, WriteOrganisation};
use app::discharge::{ReportStatus, StatusEvent};
use app::duty::PayDuty;
use app::gate::DecideGate;
use app::orders::{IssueOrder, RequestOrder, TransferOrder, WaiveCharges};
use app::payments::PayOrderCharges;
use clearance::{Declaration, DutyNotice, NoticePhase, Payment};
use logistics::{Booking, Container, DeliveryOrder, Direction, Slot};
use manifest::{Bill, ManifestForm, ManifestFunction};

use crate::support::steps::{IMO, VOYAGE};
use crate::support::{Mood, Port, papers};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bill_is_declared_once() {
    let port = Port::open().await;
    port.landed("B-TWICE", 1).await;
    let second = port.drafted("B-TWICE").await;
    let first = port.declared("B-TWICE").await;
    let before = port.size().await;
    assert_eq!(port.no("broker-green", &SubmitDeclaration { id: second.clone() }).await, "declaration-bill-declared");
    assert_eq!(port.size().await, before, "nothing was recorded");
    assert_eq!(port.status::<Declaration>(&second).await, "draft");
    // Submitting the accepted one again is answered with the same acceptance.
    let again = port.ok("broker-green", &SubmitDeclaration { id: first.clone() }).await;
    assert_eq!(Some(again.entry_id.as_str()), port.state::<Declaration>(&first).await.entry_id());
    assert_eq!(port.size().await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_a_declaration_comes_back_at_its_field() {
    let port = Port::open().await;
    port.landed("B-FAULTS", 1).await;
    let id = port
        .drafted_with("B-FAULTS", |form| {
            form.wrap_type = "zz".into();
            form.goods[0].code_ts = "999".into();
            form.traf_name = "OTHER SHIP".into();
        })
        .await;
    let error = port.run("broker-green", &SubmitDeclaration { id: id.clone() }).await.expect_err("faults");
    let app::AppError::Findings(findings) = error else { panic!("{error}") };
    let pointers: Vec<&str> = findings.iter().filter(|f| f.is_error()).map(|f| f.pointer.as_str()).collect();
    assert_eq!(pointers, ["/wrap_type", "/traf_name", "/goods/0/code_ts"]);
    assert_eq!(port.status::<Declaration>(&id).await, "draft", "the draft is kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_currency_without_a_rate_is_found_before_acceptance_not_at_landing() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-RATE", 1).await;
    let id = port.drafted_with("B-RATE", |form| form.goods[0].trade_curr = "SGD".into()).await;
    let error = port.run("broker-green", &SubmitDeclaration { id }).await.expect_err("no rate");
    let app::AppError::Findings(findings) = error else { panic!("{error}") };
    let found = findings.iter().find(|f| f.is_error()).expect("an error");
    assert_eq!((found.code.as_ref(), found.pointer.as_str()), ("declaration-duty-not-assessable", "/goods/0/trade_curr"));
    port.arrive(&call).await;
    assert_eq!(port.discharge(&boxes).await.accepted, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drafts_are_saved_under_the_version_that_was_read_and_within_bounds() {
    let port = Port::open().await;
    port.landed("B-EDIT", 1).await;
    let id = port.drafted("B-EDIT").await;
    let form = port.state::<Declaration>(&id).await.form().clone();
    let mut other = form.clone();
    other.note_s = "changed".into();
    let stale = EditDeclaration { id: id.clone(), form: other.clone(), expected_version: Some(1) };
    assert_eq!(port.no("broker-green", &stale).await, "stale");
    port.ok("broker-green", &EditDeclaration { expected_version: Some(2), ..stale.clone() }).await;
    let before = port.size().await;
    port.ok("broker-green", &EditDeclaration { expected_version: None, ..stale }).await;
    assert_eq!(port.size().await, before, "saving the same again records nothing");

    let mut long = other.clone();
    long.note_s = "x".repeat(300_000);
    assert_eq!(port.no("broker-green", &EditDeclaration { id: id.clone(), form: long, expected_version: None }).await, "form-too-large");
    let mut many = other;
    many.goods = vec![many.goods[0].clone(); 51];
    assert_eq!(port.no("broker-green", &EditDeclaration { id, form: many, expected_version: None }).await, "too-many-rows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_no_longer_the_consignee_neither_sees_the_declaration_nor_pays() {
    let port = Port::open().await;
    port.landed("B-OTHER", 1).await;
    let id = port.drafted("B-OTHER").await;
    assert_eq!(port.state::<Declaration>(&id).await.parties().trader.as_deref(), Some("trader-gold"));
    let form = port.state::<Declaration>(&id).await.form().clone();
    let with = |code: &str| {
        let mut form = form.clone();
        form.trade_co_scc = code.into();
        form.owner_code_scc = code.into();
        EditDeclaration { id: id.clone(), form, expected_version: None }
    };
    port.ok("broker-green", &with("")).await;
    assert_eq!(port.state::<Declaration>(&id).await.parties().trader, None);
    let seen = port.app.view::<Declaration>(&port.ctx("trader-gold"), "declaration.read", &id).await;
    assert!(matches!(seen, Err(app::AppError::NotFound { .. })));
    port.ok("broker-green", &with(crate::support::BROKER_USCC)).await;
    port.ok("broker-green", &SubmitDeclaration { id: id.clone() }).await;
    assert_eq!(port.state::<DutyNotice>(&port.notice_of(&id).await).await.payer, "broker-green");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discharge_needs_an_arrived_ship_a_manifest_and_happens_once() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-DIS", 2).await;
    let codes =
        |outcome: app::discharge::BatchOutcome| outcome.findings.into_iter().map(|f| (f.code.to_string(), f.pointer)).collect::<Vec<_>>();
    let early = port.discharge(&boxes).await;
    assert_eq!(early.accepted, 0);
    assert_eq!(
        codes(early),
        [("call-not-arrived".into(), "/reports/0/call".into()), ("call-not-arrived".into(), "/reports/1/call".into())]
    );
    port.arrive(&call).await;

    // Good rows are recorded, faulty ones come back at their place.
    let unlisted = format!("{}-{call}", port.fresh_box());
    let mut command = port.discharge_of(&[boxes[0].clone(), unlisted, boxes[0].clone(), boxes[1].clone()]);
    command.reports[3].container = "ZZZU0000011".into();
    let outcome = port.ok("terminal-east", &command).await;
    assert_eq!((outcome.accepted, outcome.containers.clone()), (1, vec![boxes[0].clone()]));
    assert_eq!(
        codes(outcome),
        [
            ("container-not-manifested".into(), "/reports/1/container".into()),
            ("container-already-discharged".into(), "/reports/2".into()),
            ("container-number".into(), "/reports/3/container".into()),
        ]
    );
    assert_eq!(port.status::<Bill>("B-DIS").await, "partly-landed");

    let mut future = port.discharge_of(&boxes[1..]);
    future.reports[0].at = port.now().plus_hours(1);
    assert_eq!(codes(port.ok("terminal-east", &future).await)[0].0, "time-in-future");
    let mut long = port.discharge_of(&boxes[1..]);
    long.reports[0].position = Some("P".repeat(65));
    assert_eq!(codes(port.ok("terminal-east", &long).await)[0].0, "field-length");
    let foreign = port.ok("terminal-west", &port.discharge_of(&boxes[1..])).await;
    assert_eq!(codes(foreign)[0].0, "terminal-differs");
    let many = app::discharge::ReportDischarge { reports: vec![port.discharge_of(&boxes[1..]).reports[0].clone(); 5_001] };
    assert_eq!(port.no("terminal-east", &many).await, "too-many-rows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_in_another_yard_is_as_unknown_as_one_that_does_not_exist() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-YARD", 1).await;
    let event = |container: &str| StatusEvent { container: container.into(), call: None, at: port.now(), position: "B02".into() };
    let command = |container: &str| ReportStatus { events: vec![event(container)] };
    assert_eq!(port.ok("terminal-east", &command(&boxes[0])).await.accepted, 1);
    let foreign = port.ok("terminal-west", &command(&boxes[0])).await.findings;
    let missing = port.ok("terminal-west", &command("ZZZU0000015-C2611-9999")).await.findings;
    assert_eq!((foreign[0].code.as_ref(), missing[0].code.as_ref()), ("container-unknown", "container-unknown"));
    let gate = DecideGate { ..port.gate_of(Direction::In, &boxes[0]) };
    let at_other_gate = port.ok("terminal-west", &gate).await;
    let state = port.state::<logistics::GateTransaction>(&at_other_gate.id).await;
    assert!(state.record.container.is_none(), "the refusal at another gate does not name the visit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_delivery_order_is_issued_when_paid_and_moves_with_its_holder() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-DO", 1).await;
    assert_eq!(port.no("trader-grey", &RequestOrder { bill: "B-DO".into() }).await, "not-found");
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-DO".into() }).await;
    assert_eq!(port.no("trader-gold", &RequestOrder { bill: "B-DO".into() }).await, "bill-already-ordered");
    assert_eq!(port.no("agent-blue", &IssueOrder { id: order.clone(), free_days: None }).await, "order-charges-unpaid");
    assert_eq!(port.no("agent-red", &IssueOrder { id: order.clone(), free_days: None }).await, "not-found");
    assert_eq!(port.no("trader-gold", &port.booking_of(&boxes[0])).await, "container-no-delivery-order");
    assert_eq!(port.no("trader-grey", &port.booking_of(&boxes[0])).await, "not-found", "a stranger does not learn that the box exists");

    port.ok("agent-blue", &WaiveCharges { id: order.clone(), reason: "long-standing customer".into() }).await;
    assert_eq!(port.no("trader-gold", &PayOrderCharges { id: order.clone() }).await, "order-charges-settled");
    port.ok("agent-blue", &IssueOrder { id: order.clone(), free_days: None }).await;
    assert_eq!(port.no("agent-blue", &IssueOrder { id: order.clone(), free_days: None }).await, "order-not-requested");

    let to = |to: &str| TransferOrder { id: order.clone(), to: to.into() };
    assert_eq!(port.no("trucker-fast", &to("trucker-fast")).await, "not-found");
    assert_eq!(port.no("trader-gold", &to("terminal-east")).await, "order-receiver");
    assert_eq!(port.no("trader-gold", &to("nobody")).await, "order-receiver");
    port.ok("trader-gold", &to("trucker-fast")).await;
    assert_eq!(port.no("trader-gold", &to("trucker-slow")).await, "order-not-holder");
    assert_eq!(port.no("trader-gold", &port.booking_of(&boxes[0])).await, "gate-order-not-holder");
    assert_eq!(port.no("trucker-slow", &port.booking_of(&boxes[0])).await, "not-found");
    port.ok("trucker-fast", &port.booking_of(&boxes[0])).await;
    assert_eq!(port.no("trucker-fast", &port.booking_of(&boxes[0])).await, "container-already-booked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gate_says_every_reason_and_lets_nothing_out_without_release_order_and_booking() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-GATE", 1).await;
    let id = boxes[0].clone();
    let enter = port.gate_of(Direction::In, &id);
    assert_eq!(port.gate_reasons(&enter).await, ["gate-no-booking", "gate-not-released", "gate-no-delivery-order"]);
    let declaration = port.declared("B-GATE").await;
    port.ordered("B-GATE").await;
    let booking = port.booking_of(&id);
    port.ok("trucker-fast", &booking).await;
    port.set_time(booking.slot_start);
    assert_eq!(port.gate_reasons(&enter).await, ["gate-not-released"]);
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");

    let other_plate = DecideGate { plate: "浙B99999".into(), ..enter.clone() };
    assert_eq!(port.gate_reasons(&other_plate).await, ["gate-plate-differs"]);
    port.set_time(booking.slot_start.plus_minutes(-31));
    assert_eq!(port.gate_reasons(&enter).await, ["gate-outside-window"]);
    port.set_time(booking.slot_start.plus_minutes(60 + 31));
    assert_eq!(port.gate_reasons(&enter).await, ["gate-outside-window"]);
    port.set_time(booking.slot_start.plus_minutes(-30));
    let leave = port.gate_of(Direction::Out, &id);
    assert!(port.gate_reasons(&leave).await.contains(&"gate-booking-state"), "its truck never came in");
    assert_eq!(port.gate_reasons(&enter).await, Vec::<&str>::new());
    assert_eq!(port.gate_reasons(&DecideGate { plate: "浙B99999".into(), ..leave.clone() }).await, ["gate-plate-differs"]);
    assert_eq!(port.gate_reasons(&leave).await, Vec::<&str>::new());
    // Nothing of it can be used again.
    let again = port.gate_reasons(&leave).await;
    assert!(again.contains(&"gate-order-redeemed") && again.contains(&"gate-container-not-in-yard"), "{again:?}");
    let entered = port.gate_reasons(&enter).await;
    assert!(entered.contains(&"gate-order-redeemed"), "{entered:?}");
    assert_eq!(port.status::<Container>(&id).await, "gone");
    let old = DecideGate { at: Some(port.now().plus_hours(-25)), ..enter.clone() };
    assert_eq!(port.no("terminal-east", &old).await, "gate-time-old");
    let long = DecideGate { lane: "L".repeat(33), ..enter };
    assert_eq!(port.no("terminal-east", &long).await, "gate-field");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_keeps_the_box_and_its_end_lets_it_go() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-HOLD", 1).await;
    let declaration = port.declared("B-HOLD").await;
    let hold = HoldDeclaration { id: declaration.clone(), reason: "to be clarified".into() };
    assert_eq!(port.no("customs-far", &hold).await, "not-found");
    port.ok("customs-port", &hold).await;
    assert_eq!(port.status::<Container>(&boxes[0]).await, "held");
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "held", "paid, but held");
    port.ordered("B-HOLD").await;
    let booking = port.booking_of(&boxes[0]);
    port.ok("trucker-fast", &booking).await;
    port.set_time(booking.slot_start);
    assert!(port.gate_reasons(&port.gate_of(Direction::In, &boxes[0])).await.contains(&"gate-held"));
    port.ok("customs-port", &LiftHold { id: declaration.clone(), note: String::new() }).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released", "a held declaration is released when the hold ends");
    assert_eq!(port.gate(Direction::In, &boxes[0]).await.reasons, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lifted_hold_frees_the_box_even_before_release() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-LIFT", 1).await;
    let declaration = port.declared("B-LIFT").await;
    port.ok("customs-port", &HoldDeclaration { id: declaration.clone(), reason: "to be clarified".into() }).await;
    port.ok("customs-port", &LiftHold { id: declaration.clone(), note: String::new() }).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-payment");
    assert_eq!(port.status::<Container>(&boxes[0]).await, "in-yard");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_that_the_bank_refuses_leaves_the_duty_due_and_can_be_made_again() {
    let port = Port::open().await;
    port.landed("B-POOR", 1).await;
    let declaration = port.declared("B-POOR").await;
    let notice = port.notice_of(&declaration).await;
    *port.bank.mood.lock() = Mood::Poor;
    let first = port.ok("trader-gold", &PayDuty { id: notice.clone() }).await;
    assert_eq!(port.ok("trader-gold", &PayDuty { id: notice.clone() }).await, first, "asking twice is answered with the payment under way");
    port.bank_answers().await;
    assert_eq!(port.status::<Payment>(&first).await, "failed");
    let NoticePhase::Due { last_failure: Some(reason) } = port.state::<DutyNotice>(&notice).await.phase else { panic!("due again") };
    assert!(reason.contains("insufficient"), "{reason}");
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-payment");
    *port.bank.mood.lock() = Mood::Rich;
    let second = port.ok("trader-gold", &PayDuty { id: notice.clone() }).await;
    assert_ne!(first, second);
    port.bank_answers().await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bank_that_is_away_is_asked_again_later_and_pays_once() {
    let port = Port::open().await;
    port.landed("B-AWAY", 1).await;
    let declaration = port.declared("B-AWAY").await;
    *port.bank.mood.lock() = Mood::Away;
    let payment = port.ok("trader-gold", &PayDuty { id: port.notice_of(&declaration).await }).await;
    assert_eq!(port.bank_answers().await, 0);
    assert_eq!(port.status::<Payment>(&payment).await, "ordered");
    *port.bank.mood.lock() = Mood::Rich;
    assert_eq!(port.bank_answers().await, 0, "not before its time");
    port.pass_minutes(1);
    assert_eq!(port.bank_answers().await, 1);
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    let before = port.size().await;
    port.pass_minutes(60);
    assert_eq!(port.bank_answers().await, 0, "what was answered is not sent again");
    assert_eq!((port.size().await, port.bank.sent.load(std::sync::atomic::Ordering::SeqCst)), (before, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn charges_are_not_waived_or_cancelled_while_the_bank_may_move_money() {
    let port = Port::open().await;
    port.landed("B-MOVE", 1).await;
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-MOVE".into() }).await;
    let payment = port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await;
    assert_eq!(port.ok("trader-gold", &PayOrderCharges { id: order.clone() }).await, payment, "one payment at a time");
    let waive = WaiveCharges { id: order.clone(), reason: "on the house".into() };
    let cancel = app::orders::CancelOrder { id: order.clone(), reason: "not needed".into() };
    assert_eq!(port.no("agent-blue", &waive).await, "order-payment-under-way");
    assert_eq!(port.no("trader-gold", &cancel).await, "order-payment-under-way");
    *port.bank.mood.lock() = Mood::Poor;
    // Written when the payer had money; the bank of the order decides, and it pays.
    assert_eq!(port.bank_answers().await, 1);
    assert_eq!(port.no("agent-blue", &waive).await, "order-charges-settled");
    assert_eq!(port.status::<DeliveryOrder>(&order).await, "requested");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bookings_are_cancelled_before_the_gate_or_missed_after_their_time() {
    let port = Port::open().await;
    let (_, boxes) = port.released("B-BOOK", 1).await;
    port.ordered("B-BOOK").await;
    let command = port.booking_of(&boxes[0]);
    let first = port.ok("trucker-fast", &command).await;
    let slot = port.state::<Booking>(&first).await.slot;
    assert_eq!(port.state::<Slot>(&slot).await.bookings.len(), 1);
    let cancel = CancelBooking { id: first.clone(), reason: "truck broke down".into() };
    assert_eq!(port.no("trucker-slow", &cancel).await, "not-found");
    port.ok("trucker-fast", &cancel).await;
    assert_eq!(port.no("trucker-fast", &cancel).await, "booking-not-open");
    assert_eq!(port.state::<Slot>(&slot).await.bookings.len(), 0, "its place is free again");
    assert_eq!(port.state::<Container>(&boxes[0]).await.booking, None);

    let second = port.ok("trucker-fast", &command).await;
    port.set_time(command.slot_start.plus_minutes(60 + 30));
    assert_eq!(port.app.sweep_missed_bookings(&port.ctx("platform")).await.expect("sweep"), 0, "the window is still open");
    assert_eq!(port.no("trucker-fast", &MissBooking { id: second.clone() }).await, "forbidden");
    port.pass_minutes(1);
    assert_eq!(port.app.sweep_missed_bookings(&port.ctx("platform")).await.expect("sweep"), 1);
    assert_eq!(port.status::<Booking>(&second).await, "missed");
    assert_eq!(port.state::<Slot>(&slot).await.bookings.len(), 0);
    let third = port.ok("trucker-fast", &port.booking_of(&boxes[0])).await;
    assert_eq!(port.state::<Container>(&boxes[0]).await.booking, Some(third));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_begin_on_the_hour_lie_ahead_and_not_too_far() {
    let port = Port::open().await;
    let start = port.next_slot();
    let open = |start, capacity| OpenSlot { start, capacity };
    port.ok("terminal-east", &open(start, 5)).await;
    assert_eq!(port.no("terminal-east", &open(start.plus_minutes(1), 5)).await, "slot-hour");
    assert_eq!(port.no("terminal-east", &open(start.plus_days(61), 5)).await, "slot-out-of-range");
    assert_eq!(port.no("terminal-east", &open(start.plus_hours(-3), 5)).await, "slot-out-of-range");
    assert_eq!(port.no("terminal-east", &open(start, 0)).await, "slot-capacity");
    let offers = port.app.slots(&port.ctx("trucker-fast"), "terminal-east", port.now().day_start(480)).await.expect("slots");
    assert_eq!((offers.len(), offers.iter().find(|o| o.start == start).expect("slot").capacity), (24, 5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_with_faults_is_refused_whole_and_numbers_are_not_reused() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-USED", 1).await;
    let before = port.size().await;
    let number = port.fresh_box();
    let mut bad = papers::bill("B-BAD", std::slice::from_ref(&number));
    bad.number = "N".repeat(33);
    let error = port.run("agent-blue", &port.manifest_of(&call, vec![papers::bill("B-GOOD", &[number]), bad])).await.expect_err("faults");
    let app::AppError::Findings(findings) = error else { panic!("{error}") };
    assert!(findings.iter().any(|f| f.is_error() && f.pointer == "/bills/1/number"), "{findings:#?}");
    assert_eq!(port.size().await, before);
    assert!(port.app.peek::<Bill>("B-GOOD").await.expect("store").is_none());
    assert_eq!(
        port.no("agent-blue", &port.manifest_of(&call, vec![papers::bill("B-USED", &[port.fresh_box()])])).await,
        "bill-number-reused"
    );

    // A box of another bill is told, since its landing counts for that bill alone.
    let taken = boxes[0].split('-').next().expect("number").to_owned();
    let outcome = port.ok("agent-blue", &port.manifest_of(&call, vec![papers::bill("B-SHARED", &[taken])])).await;
    assert_eq!(outcome.findings.iter().map(|f| f.code.as_ref()).collect::<Vec<_>>(), ["manifest-container-shared"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replaced_manifest_amends_what_is_neither_declared_nor_ordered() {
    let port = Port::open().await;
    let (call, boxes) = port.manifested("B-AMEND", 1).await;
    let added = port.fresh_box();
    let first = boxes[0].split('-').next().expect("number").to_owned();
    let replace = |numbers: &[String]| {
        let command = port.manifest_of(&call, vec![papers::bill("B-AMEND", numbers)]);
        app::manifests::SubmitManifest { form: ManifestForm { function: ManifestFunction::Replace, ..command.form }, ..command }
    };
    port.ok("agent-blue", &replace(&[first.clone(), added.clone()])).await;
    assert_eq!(port.status::<Container>(&logistics::container_id(&added, &call)).await, "expected");
    assert_eq!(port.no("agent-red", &replace(std::slice::from_ref(&first))).await, "bill-number-reused", "another agent's bill");
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-AMEND".into() }).await;
    assert_eq!(port.no("agent-blue", &replace(std::slice::from_ref(&first))).await, "bill-already-ordered");
    port.ok("trader-gold", &app::orders::CancelOrder { id: order, reason: "wrong bill".into() }).await;

    // Taken off its bill, the box may still be landed; the bill is landed without it.
    port.ok("agent-blue", &replace(std::slice::from_ref(&first))).await;
    port.arrive(&call).await;
    let landed = port.discharge(&[logistics::container_id(&added, &call), boxes[0].clone()]).await;
    assert_eq!((landed.accepted, landed.findings), (2, vec![]));
    assert_eq!(port.status::<Bill>("B-AMEND").await, "landed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_arrives_once_and_keeps_its_terminal_once_it_has_a_manifest() {
    let port = Port::open().await;
    let (call, _) = port.manifested("B-CALL", 1).await;
    let move_to = |terminal: &str| ChangeCall {
        id: call.clone(),
        change: port_call::ChangeCall { terminal: Some(terminal.into()), ..port_call::ChangeCall::default() },
        expected_version: None,
    };
    assert_eq!(port.no("agent-blue", &move_to("nobody")).await, "terminal-unknown");
    assert_eq!(port.no("agent-blue", &move_to("terminal-west")).await, "call-has-manifest");
    assert_eq!(port.no("agent-red", &move_to("terminal-west")).await, "not-found");
    port.arrive(&call).await;
    assert_eq!(port.no("agent-blue", &ArriveCall { id: call.clone(), at: port.now() }).await, "call-already-arrived");
    assert_eq!(port.no("agent-blue", &ArriveCall { id: call, at: port.now().plus_hours(1) }).await, "time-in-future");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voyage_of_a_ship_is_announced_once_while_it_is_open() {
    let port = Port::open().await;
    let first = port.announce().await;
    let again = |ship: &str, imo: &str, voyage: &str| AnnounceCall { call: port.call_of(ship, imo, voyage) };
    // Written otherwise, by another agent: it is the same ship on the same voyage.
    let same = again("EXAMPLE STAR II", IMO, " 026-e");
    for agent in ["agent-blue", "agent-red"] {
        let error = port.run(agent, &same).await.expect_err("announced before");
        assert_eq!(crate::support::code_of(&error), "call-already-announced");
        assert!(error.to_string().contains(&first), "the refusal names the call: {error}");
    }
    port.ok("agent-red", &again("EXAMPLE STAR", IMO, "027E")).await;
    port.ok("agent-red", &again("EXAMPLE MOON", "0000919", VOYAGE)).await;
    // Two at the same moment: one of them finds the other.
    let twice = again("EXAMPLE SUN", "0000921", "1");
    let (a, b) = tokio::join!(port.run("agent-blue", &twice), port.run("agent-red", &twice));
    let refused: Vec<String> = [a, b].iter().filter_map(|r| r.as_ref().err()).map(crate::support::code_of).collect();
    assert_eq!(refused, ["call-already-announced"]);
    // Once it has left, the ship may come again under the same voyage number.
    port.arrive(&first).await;
    assert_eq!(port.no("agent-blue", &same).await, "call-already-announced");
    port.ok("agent-blue", &app::calls::DepartCall { id: first, at: port.now() }).await;
    port.ok("agent-blue", &same).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_register_entry_that_must_be_new_is_refused_when_it_is_not() {
    let port = Port::open().await;
    let organisation = Organisation {
        id: "trucker-fast".into(),
        name: ledger::Bilingual::new("同名", "same"),
        role: app::Role::Trucker,
        uscc: None,
        district: None,
        edi_id: Some("FAST".into()),
    };
    let write = |expected_version| WriteOrganisation { organisation: organisation.clone(), expected_version };
    assert_eq!(port.no("admin-desk", &write(0)).await, "organisation-exists");
    assert!(port.app.organisation_by_edi_id("FAST").await.expect("store").is_none());
    port.ok("admin-desk", &write(1)).await;
    let found = port
        .app
        .organisation_by_edi_id("FAST")
        .await
        .expect("store")
        .expect("the change is seen at once, though the register is remembered");
    assert_eq!(found.name.en, "same");
    assert_eq!(port.app.organisation("trucker-fast").await.expect("store").expect("organisation").name.en, "same");
}
