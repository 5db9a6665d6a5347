//! What an ended declaration, inspection or order leaves behind: nothing that waits for ever.

use app::declarations::{
    DiscardDeclaration, EditDeclaration, HoldDeclaration, RejectDeclaration, ReleaseDeclaration, SubmitDeclaration, WithdrawDeclaration,
};
use app::duty::PayDuty;
use app::inspections::{AppointInspection, ConfirmResult, PresentBox, RecordResult};
use app::orders::{CancelOrder, IssueOrder, RequestOrder, TransferOrder, WaiveCharges};
use clearance::{Declaration, DutyNotice, RiskDecision, Track};
use credit::Grade;
use inspection::{Inspection, Method, Outcome, Resulted};
use logistics::{Container, DeliveryOrder, Place};
use manifest::Bill;

use crate::support::Port;

async fn inspection_of(port: &Port, declaration: &str) -> String {
    match &port.state::<Declaration>(declaration).await.case().expect("case").inspection {
        Track::Open { reference: Some(id), .. } => id.clone(),
        other => panic!("no inspection is open: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_withdrawn_declaration_waives_its_duty_and_frees_its_bill() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-WD", 1).await;
    let declaration = port.declared("B-WD").await;
    let notice = port.notice_of(&declaration).await;
    port.ok("customs-port", &HoldDeclaration { id: declaration.clone(), reason: "to be clarified".into() }).await;
    let withdraw = WithdrawDeclaration { id: declaration.clone(), reason: "wrong goods code".into() };
    assert_eq!(port.no("trader-grey", &withdraw).await, "not-found");
    port.ok("broker-green", &withdraw).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "withdrawn");
    assert_eq!(port.status::<DutyNotice>(&notice).await, "waived");
    assert_eq!(port.no("trader-gold", &PayDuty { id: notice }).await, "notice-settled");
    assert_eq!(port.state::<Bill>("B-WD").await.declaration, None);
    assert_eq!(port.status::<Container>(&boxes[0]).await, "in-yard", "the hold ended with the declaration");
    assert_eq!(port.no("broker-green", &withdraw).await, "declaration-closed");
    let next = port.declared("B-WD").await;
    port.pay_duty(&next).await;
    assert_eq!(port.status::<Declaration>(&next).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declaration_is_not_ended_while_money_moves_or_after_it_moved() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-PAID", 1).await;
    let declaration = port.declared("B-PAID").await;
    let notice = port.notice_of(&declaration).await;
    port.ok("trader-gold", &PayDuty { id: notice }).await;
    let reject = RejectDeclaration { id: declaration.clone(), reason: "papers contradict each other".into() };
    assert_eq!(port.no("customs-port", &reject).await, "notice-paying");
    port.bank_answers().await;
    assert_eq!(port.no("customs-port", &reject).await, "declaration-duty-settled");
    assert_eq!(port.status::<Declaration>(&declaration).await, "awaiting-inspection");
}

async fn decision_of(port: &Port, declaration: &str) -> RiskDecision {
    match port.state::<Declaration>(declaration).await {
        Declaration::Accepted { case } | Declaration::Rejected { case, .. } => case.decision.expect("a decision"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rejected_declaration_cancels_its_inspection_and_can_be_corrected_and_sent_again() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-RJ", 1).await;
    let declaration = port.declared("B-RJ").await;
    let inspection = inspection_of(&port, &declaration).await;
    let notice = port.notice_of(&declaration).await;
    assert_eq!(
        port.no("broker-green", &WithdrawDeclaration { id: declaration.clone(), reason: "never mind".into() }).await,
        "declaration-under-inspection"
    );
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    let slot = slots.iter().find(|slot| slot.start > port.now()).expect("slot").start;
    port.ok("broker-green", &AppointInspection { id: inspection.clone(), slot_start: slot }).await;
    port.ok("terminal-east", &PresentBox { id: inspection.clone(), container: boxes[0].clone(), at: port.now() }).await;

    port.ok("customs-port", &RejectDeclaration { id: declaration.clone(), reason: "papers contradict each other".into() }).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "rejected");
    assert_eq!(port.status::<Inspection>(&inspection).await, "cancelled");
    assert!(matches!(port.place(&boxes[0]).await, Place::Yard { .. }), "the box goes back to the yard");
    let slots = port.app.inspection_slots(&port.ctx("broker-green"), port.now().day_start(480)).await.expect("slots");
    assert_eq!(slots.iter().map(|s| s.taken).sum::<u32>(), 0, "the place at the site is free again");
    assert_eq!(port.status::<DutyNotice>(&notice).await, "waived");
    assert_eq!(port.state::<Bill>("B-RJ").await.declaration, None);

    // Corrected and sent again: a new number, a new decision, a new notice; nothing is due twice.
    assert_eq!(port.no("broker-green", &SubmitDeclaration { id: declaration.clone() }).await, "declaration-not-draft");
    let first_number = port.state::<Declaration>(&declaration).await.entry_id().expect("number").to_owned();
    let first = decision_of(&port, &declaration).await;
    let mut form = port.state::<Declaration>(&declaration).await.form().clone();
    form.note_s = "corrected".into();
    port.ok("broker-green", &EditDeclaration { id: declaration.clone(), form, expected_version: None }).await;
    // By now the rules would hardly ever inspect it: it was drawn, and a return is no way out.
    port.graded(Grade::AdvancedCertified).await;
    let again = port.ok("broker-green", &SubmitDeclaration { id: declaration.clone() }).await;
    assert_ne!(again.entry_id, first_number);
    let second = decision_of(&port, &declaration).await;
    let (was, is) = (first.draw.expect("draw"), second.draw.expect("draw"));
    assert_eq!((&is.head_root, is.number, &is.day), (&was.head_root, was.number, &was.day), "it is not drawn a second time");
    assert!(second.rate_bp < first.rate_bp, "{} {}", second.rate_bp, first.rate_bp);
    assert!(second.inspect, "once drawn, it stays drawn");
    assert_ne!(inspection_of(&port, &declaration).await, inspection);
    assert_ne!(port.notice_of(&declaration).await, notice);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_failed_inspection_an_officer_releases_once_everything_else_is_clear() {
    let port = Port::open().await;
    port.graded(Grade::SeriouslyDishonest).await;
    let (_, boxes) = port.landed("B-FAIL", 1).await;
    let declaration = port.declared("B-FAIL").await;
    let id = inspection_of(&port, &declaration).await;
    let officers = port.state::<Inspection>(&id).await.draw.expect("draw").chosen;
    let result = Resulted {
        result: Outcome::Fail,
        disposition: "32".into(),
        findings: "数量不符".into(),
        method: Method::Documents,
        seal_new: None,
        officers: officers.clone(),
    };
    port.ok(&officers[0], &RecordResult { id: id.clone(), result }).await;
    port.ok(&officers[1], &ConfirmResult { id }).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "held");
    let release = ReleaseDeclaration { id: declaration.clone(), note: "put right".into() };
    assert_eq!(port.no("customs-port", &release).await, "declaration-not-clear", "the duty is not settled");
    port.pay_duty(&declaration).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "held", "payment alone does not heal a failed inspection");
    port.ok("customs-port", &HoldDeclaration { id: declaration.clone(), reason: "waiting for the report".into() }).await;
    assert_eq!(port.status::<Container>(&boxes[0]).await, "held");
    assert_eq!(port.no("customs-far", &release).await, "not-found");
    port.ok("customs-port", &release).await;
    assert_eq!(port.status::<Declaration>(&declaration).await, "released");
    assert_eq!(port.status::<Container>(&boxes[0]).await, "released");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discarding_or_rejecting_papers_of_one_declaration_leaves_the_hold_of_another() {
    let port = Port::open().await;
    let (_, boxes) = port.landed("B-TWO", 1).await;
    let draft = port.drafted("B-TWO").await;
    let declaration = port.declared("B-TWO").await;
    port.ok("customs-port", &HoldDeclaration { id: declaration.clone(), reason: "to be clarified".into() }).await;
    assert_eq!(port.no("broker-green", &DiscardDeclaration { id: declaration.clone() }).await, "declaration-not-draft");
    port.ok("broker-green", &DiscardDeclaration { id: draft.clone() }).await;
    assert_eq!(port.status::<Declaration>(&draft).await, "withdrawn");
    assert_eq!(port.status::<Container>(&boxes[0]).await, "held");
    assert_eq!(port.state::<Bill>("B-TWO").await.declaration.as_deref(), Some(declaration.as_str()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_order_frees_bill_and_boxes_for_another() {
    let port = Port::open().await;
    let (_, boxes) = port.released("B-CAN", 2).await;
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-CAN".into() }).await;
    port.ok("agent-blue", &WaiveCharges { id: order.clone(), reason: "goodwill".into() }).await;
    port.ok("agent-blue", &IssueOrder { id: order.clone(), free_days: None }).await;
    let booking = port.ok("trader-gold", &port.booking_of(&boxes[0])).await;
    let cancel = CancelOrder { id: order.clone(), reason: "lost the original bill".into() };
    assert_eq!(port.no("trader-gold", &cancel).await, "order-booked");
    port.ok("trader-gold", &app::bookings::CancelBooking { id: booking, reason: "order is cancelled".into() }).await;
    port.ok("trader-gold", &TransferOrder { id: order.clone(), to: "trader-grey".into() }).await;
    assert_eq!(port.no("trader-gold", &cancel).await, "order-not-holder", "who passed it on cannot take it back");
    assert_eq!(port.no("trader-grey", &cancel).await, "order-not-holder");
    port.ok("agent-blue", &cancel).await;
    assert_eq!(port.status::<DeliveryOrder>(&order).await, "cancelled");
    for id in &boxes {
        assert_eq!(port.state::<Container>(id).await.order, None);
    }
    assert_eq!(port.no("trader-grey", &port.booking_of(&boxes[0])).await, "container-no-delivery-order");
    let next = port.ordered("B-CAN").await;
    assert_eq!(port.state::<Container>(&boxes[1]).await.order.expect("order").id, next);
}
