//! The same request twice, and many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::declarations::{DraftDeclaration, SubmitDeclaration};
use app::duty::PayDuty;
use app::orders::{IssueOrder, RequestOrder, WaiveCharges};
use app::payments::PayOrderCharges;
use app::settings::PortSettings;
use app::{AppError, UseCase};
use clearance::{Declaration, DutyNotice, Payment};
use logistics::{DeliveryOrder, Slot};
use manifest::Bill;
use store::OutboxQuery;

use crate::support::{PORT, Port, code_of};

/// Carries out all commands of one organisation at once and gives their outcomes or codes, in order.
async fn at_once<U>(port: &Arc<Port>, who: &'static str, commands: Vec<U>) -> Vec<Result<U::Outcome, String>>
where
    U: UseCase + 'static,
    U::Outcome: 'static,
{
    crate::support::at_once(port, commands.into_iter().map(|command| (who, command)).collect()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_request_is_answered_with_the_first_outcome() {
    let port = Port::open().await;
    port.landed("B-IDEM", 1).await;
    let draft = DraftDeclaration { bill: Some("B-IDEM".into()), copy_of: None };
    let first = port.app.execute(&port.keyed("broker-green", "key-1"), &draft).await.expect("first");
    let size = port.size().await;
    let second = port.app.execute(&port.keyed("broker-green", "key-1"), &draft).await.expect("second");
    assert_eq!(
        (first.outcome.clone(), first.replayed, second.outcome, second.replayed),
        (first.outcome.clone(), false, first.outcome, true)
    );
    assert_eq!(port.size().await, size, "no second event");

    let other = DraftDeclaration { bill: None, copy_of: None };
    let error = port.app.execute(&port.keyed("broker-green", "key-1"), &other).await.expect_err("another body");
    assert!(matches!(error, AppError::KeyReused));
    let error =
        port.app.execute(&port.keyed("broker-green", "key-1"), &RequestOrder { bill: "B-IDEM".into() }).await.expect_err("another command");
    assert!(matches!(error, AppError::KeyReused));
    // Another person's key of the same name is another key.
    let other_person = port.app.execute(&port.keyed("trader-gold", "key-1"), &draft).await.expect("own key");
    assert!(!other_person.replayed);
    let error = port.app.execute(&port.keyed("trader-gold", &"k".repeat(129)), &draft).await.expect_err("too long");
    assert_eq!(code_of(&error), "idempotency-key");

    // A refusal is not remembered: the same request may succeed later.
    let submit = SubmitDeclaration { id: port.drafted_with("B-IDEM", |form| form.net_wt.clear()).await };
    assert!(port.app.execute(&port.keyed("broker-green", "key-2"), &submit).await.is_err());
    let mut form = port.state::<Declaration>(&submit.id).await.form().clone();
    form.net_wt = "9500".into();
    port.ok("broker-green", &app::declarations::EditDeclaration { id: submit.id.clone(), form, expected_version: None }).await;
    assert!(!port.app.execute(&port.keyed("broker-green", "key-2"), &submit).await.expect("now").replayed);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sent_by_many_at_once_has_one_effect() {
    let port = Arc::new(Port::open().await);
    port.landed("B-KEY", 1).await;
    let tasks: Vec<_> = (0..32)
        .map(|_| {
            let port = Arc::clone(&port);
            tokio::spawn(async move {
                let draft = DraftDeclaration { bill: Some("B-KEY".into()), copy_of: None };
                port.app.execute(&port.keyed("broker-green", "once"), &draft).await.expect("answered").outcome
            })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for task in tasks {
        ids.insert(task.await.expect("task"));
    }
    assert_eq!(ids.len(), 1, "{ids:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_declaration_submitted_by_many_at_once_is_accepted_once() {
    let port = Arc::new(Port::open().await);
    port.landed("B-MANY", 1).await;
    let id = port.drafted("B-MANY").await;
    let outcomes = at_once(&port, "broker-green", vec![SubmitDeclaration { id: id.clone() }; 32]).await;
    let numbers: BTreeSet<String> = outcomes.into_iter().map(|o| o.expect("the same acceptance").entry_id).collect();
    assert_eq!(numbers.len(), 1);
    let events = port.events::<Declaration>(&id).await;
    for kind in ["declaration.accepted", "declaration.decided", "declaration.duty-charged"] {
        assert_eq!(events.iter().filter(|k| *k == kind).count(), 1, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_declarations_on_one_bill_one_is_accepted() {
    let port = Arc::new(Port::open().await);
    port.landed("B-RACE", 1).await;
    let mut commands = Vec::new();
    for _ in 0..16 {
        commands.push(SubmitDeclaration { id: port.drafted("B-RACE").await });
    }
    let outcomes = at_once(&port, "broker-green", commands).await;
    let accepted: Vec<_> = outcomes.iter().filter_map(|o| o.as_ref().ok()).collect();
    assert_eq!(accepted.len(), 1);
    assert!(outcomes.iter().filter_map(|o| o.as_ref().err()).all(|code| code == "declaration-bill-declared"), "{outcomes:?}");
    assert_eq!(port.state::<Bill>("B-RACE").await.declaration.as_deref(), Some(accepted[0].id.as_str()));
}

async fn collectable(port: &Port, bill: &str, boxes: usize) -> Vec<String> {
    let (_, ids) = port.landed(bill, boxes).await;
    port.ordered(bill).await;
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_places_of_a_slot_are_given_once_each() {
    let port = Arc::new(Port::open().await);
    let ids = collectable(&port, "B-SLOT", 32).await;
    let commands: Vec<_> = ids.iter().map(|id| port.booking_of(id)).collect();
    let outcomes = at_once(&port, "trucker-fast", commands).await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 3, "the capacity");
    assert!(outcomes.iter().filter_map(|o| o.as_ref().err()).all(|code| code == "slot-full"), "{outcomes:?}");
    let slot = logistics::slot_id("terminal-east", port.next_slot(), 480);
    assert_eq!(port.state::<Slot>(&slot).await.bookings.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_on_one_slot_is_served_not_sent_away() {
    let settings = PortSettings { code: PORT.into(), slot_capacity: 40, ..PortSettings::default() };
    let port = Arc::new(Port::open_with(settings).await);
    let ids = collectable(&port, "B-CROWD", 32).await;
    let commands: Vec<_> = ids.iter().map(|id| port.booking_of(id)).collect();
    let outcomes = at_once(&port, "trucker-fast", commands).await;
    assert!(outcomes.iter().all(Result::is_ok), "conflicts are decided again until they are not: {outcomes:?}");
    let slot = logistics::slot_id("terminal-east", port.next_slot(), 480);
    assert_eq!(port.state::<Slot>(&slot).await.bookings.len(), 32);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_order_is_issued_and_paid_once_however_many_ask() {
    let port = Arc::new(Port::open().await);
    port.landed("B-ISSUE", 1).await;
    let order = port.ok("trader-gold", &RequestOrder { bill: "B-ISSUE".into() }).await;
    let payments = at_once(&port, "trader-gold", vec![PayOrderCharges { id: order.clone() }; 32]).await;
    let distinct: BTreeSet<String> = payments.into_iter().map(|p| p.expect("the payment under way")).collect();
    assert_eq!(distinct.len(), 1, "charges are paid once: {distinct:?}");
    assert_eq!(port.bank_answers().await, 1);
    let outcomes = at_once(&port, "agent-blue", vec![IssueOrder { id: order.clone(), free_days: None }; 32]).await;
    assert_eq!(outcomes.iter().filter(|o| o.is_ok()).count(), 1);
    assert!(outcomes.iter().filter_map(|o| o.as_ref().err()).all(|code| code == "order-not-requested"));
    let query =
        OutboxQuery { channel: Some("partner".into()), receiver: Some("terminal-east".into()), limit: 100, ..OutboxQuery::default() };
    let told = port.store.outbox(PORT, &query).await.expect("outbox").items;
    assert_eq!(told.iter().filter(|item| item.row.kind == "COREOR").count(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn paying_and_waiving_at_once_does_one_of_the_two() {
    let port = Arc::new(Port::open().await);
    for round in 0..8 {
        let bill = format!("B-PW-{round}");
        port.manifested(&bill, 1).await;
        let order = port.ok("trader-gold", &RequestOrder { bill }).await;
        let pay = {
            let (port, order) = (Arc::clone(&port), order.clone());
            tokio::spawn(async move { port.run("trader-gold", &PayOrderCharges { id: order }).await.map_err(|e| code_of(&e)) })
        };
        let waive = {
            let (port, order) = (Arc::clone(&port), order.clone());
            tokio::spawn(async move {
                port.run("agent-blue", &WaiveCharges { id: order, reason: "goodwill".into() }).await.map_err(|e| code_of(&e))
            })
        };
        let (paid, waived) = (pay.await.expect("task"), waive.await.expect("task"));
        match (&paid, &waived) {
            (Ok(payment), Err(code)) => {
                assert_eq!((code.as_str(), port.status::<Payment>(payment).await.as_str()), ("order-payment-under-way", "ordered"));
            }
            (Err(code), Ok(_)) => assert_eq!(code, "order-charges-settled"),
            (Ok(_), Ok(_)) | (Err(_), Err(_)) => panic!("both or neither: {paid:?} {waived:?}"),
        }
        assert_eq!(port.status::<DeliveryOrder>(&order).await, "requested");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duty_is_paid_once_however_many_ask_and_however_often_the_bank_is_asked() {
    let port = Arc::new(Port::open().await);
    port.landed("B-PAY", 1).await;
    let declaration = port.declared("B-PAY").await;
    let notice = port.notice_of(&declaration).await;
    let outcomes = at_once(&port, "trader-gold", vec![PayDuty { id: notice.clone() }; 16]).await;
    let distinct: BTreeSet<String> = outcomes.into_iter().map(|o| o.expect("payment")).collect();
    assert_eq!(distinct.len(), 1);
    let deliveries: Vec<_> = (0..4)
        .map(|_| {
            let port = Arc::clone(&port);
            tokio::spawn(async move { port.app.deliver_payments(&port.ctx("platform")).await })
        })
        .collect();
    for delivery in deliveries {
        // A delivery that comes second finds the answer recorded.
        let _ = delivery.await.expect("task");
    }
    assert_eq!(port.status::<DutyNotice>(&notice).await, "paid");
    let payment = distinct.into_iter().next().expect("payment");
    let events = port.events::<Payment>(&payment).await;
    assert_eq!(events, ["payment.ordered", "payment.sent", "payment.settled"], "money moves once");
}
