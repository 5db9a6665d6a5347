//! What an officer sees: what lies in the officer's own district, and nothing of others; drafts are seen by their maker alone.

use app::reading::ListQuery;
use app::{AppError, Happens};
use clearance::{Declaration, DutyNotice, Payment};
use credit::Grade;
use inspection::Inspection;
use ledger::ObjectRef;
use logistics::{Booking, Container, DeliveryOrder};
use manifest::Bill;

use crate::support::{PORT, Port};

async fn sees<A: Happens>(port: &Port, who: &str, action: &'static str, id: &str) -> bool {
    match port.app.view::<A>(&port.ctx(who), action, id).await {
        Ok(_) => true,
        Err(AppError::NotFound { .. }) => false,
        Err(other) => panic!("{who} {action} {id}: {other}"),
    }
}

/// Ids of the objects in somebody's list, by whatever question.
async fn listed(port: &Port, who: &str, query: &ListQuery) -> Vec<String> {
    port.app.worklist(&port.ctx(who), query).await.expect("list").items.into_iter().map(|item| item.object.id).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declaration_of_another_district_is_neither_listed_nor_read() {
    let port = Port::open().await;
    port.landed("B-FAR", 1).await;
    let far = port.drafted_with("B-FAR", |form| form.custom_master = "2301".into()).await;
    port.ok("broker-green", &app::declarations::SubmitDeclaration { id: far.clone() }).await;
    port.landed("B-NEAR", 1).await;
    let near = port.declared("B-NEAR").await;
    let entry = port.state::<Declaration>(&far).await.entry_id().expect("entry").to_owned();
    let notice = port.notice_of(&far).await;
    let payment = port.pay_duty(&far).await;

    let declarations = ListQuery { kinds: vec!["declaration".into()], ..ListQuery::default() };
    assert_eq!(listed(&port, "customs-port", &declarations).await, std::slice::from_ref(&near));
    assert_eq!(listed(&port, "customs-far", &declarations).await, std::slice::from_ref(&far));
    for (who, id, expected) in
        [("customs-port", &near, true), ("customs-port", &far, false), ("customs-far", &far, true), ("customs-far", &near, false)]
    {
        assert_eq!(sees::<Declaration>(&port, who, "declaration.read", id).await, expected, "{who} {id}");
    }
    for (who, expected) in [("customs-far", true), ("customs-port", false)] {
        assert_eq!(sees::<DutyNotice>(&port, who, "duty-notice.read", &notice).await, expected, "{who}");
        assert_eq!(sees::<Payment>(&port, who, "payment.read", &payment).await, expected, "{who}: what was paid to another district");
        let found = listed(&port, who, &ListQuery { key_prefix: Some(entry.clone()), ..ListQuery::default() }).await;
        assert_eq!(found.contains(&far), expected, "{who}: neither does a search tell it");
        let events = port.store.events_of(PORT, &ObjectRef::new("declaration", far.clone()), None, 50).await.expect("events");
        let event = events.iter().find(|s| s.event.kind == "declaration.accepted").expect("accepted").event.id.to_string();
        assert_eq!(port.app.event(&port.ctx(who), &event).await.is_ok(), expected, "{who}: nor the ledger");
        let change = ObjectRef::new("declaration", far.clone());
        assert_eq!(port.app.may_see(&port.ctx(who), "declaration.read", &change).await.expect("store"), expected, "{who}: nor the stream");
    }
    let tally = port.app.worklist_tally(&port.ctx("customs-port"), &declarations).await.expect("tally");
    assert_eq!(tally.iter().map(|row| row.count).sum::<u64>(), 1, "nor a count");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_at_the_port_lies_in_the_district_of_the_port_alone() {
    let port = Port::open().await;
    let container = port.ready("B-HERE").await;
    let state = port.state::<Container>(&container).await;
    let (order, booking) = (state.order.expect("order").id, state.booking.expect("booking"));
    for (who, expected) in [("customs-port", true), ("customs-far", false)] {
        assert_eq!(sees::<Bill>(&port, who, "bill.read", "B-HERE").await, expected, "{who}");
        assert_eq!(sees::<DeliveryOrder>(&port, who, "delivery-order.read", &order).await, expected, "{who}");
        assert_eq!(sees::<Booking>(&port, who, "booking.read", &booking).await, expected, "{who}");
        assert_eq!(port.app.case(&port.ctx(who), &container).await.is_ok(), expected, "{who}");
        let boxes = ListQuery { kinds: vec!["container".into()], ..ListQuery::default() };
        assert_eq!(listed(&port, who, &boxes).await.len(), usize::from(expected), "{who}: the list says the same as the object");
    }
    // What one firm pays another is no authority's business.
    let charges = ListQuery { kinds: vec!["payment".into()], ..ListQuery::default() };
    let payments = listed(&port, "trader-gold", &charges).await;
    assert_eq!(payments.len(), 2, "the duty and the carrier's charges");
    assert_eq!(listed(&port, "customs-port", &charges).await.len(), 1, "customs sees the duty alone");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_is_its_makers_alone() {
    let port = Port::open().await;
    port.landed("B-DRAFT", 1).await;
    let id = port.drafted("B-DRAFT").await;
    let drafts = ListQuery { kinds: vec!["declaration".into()], ..ListQuery::default() };
    let shown = |who: &'static str| {
        let (port, id, drafts) = (&port, id.clone(), drafts.clone());
        async move {
            let by_id = match port.app.view::<Declaration>(&port.ctx(who), "declaration.read", &id).await {
                Ok(_) => true,
                Err(AppError::NotFound { .. } | AppError::Forbidden { .. }) => false,
                Err(other) => panic!("{who}: {other}"),
            };
            (by_id, listed(port, who, &drafts).await.contains(&id))
        }
    };
    assert_eq!(shown("broker-green").await, (true, true));
    for who in ["customs-port", "customs-far", "trader-gold", "trader-grey", "agent-blue", "port-office", "admin-desk"] {
        assert_eq!(shown(who).await, (false, false), "{who}");
    }
    port.ok("broker-green", &app::declarations::SubmitDeclaration { id: id.clone() }).await;
    for who in ["broker-green", "trader-gold", "customs-port"] {
        assert_eq!(shown(who).await, (true, true), "{who} after it was declared");
    }
    // A draft thrown away was nobody else's, and stays so.
    port.manifested("B-THROWN", 1).await;
    let thrown = port.drafted("B-THROWN").await;
    port.ok("broker-green", &app::declarations::DiscardDeclaration { id: thrown.clone() }).await;
    for who in ["customs-port", "trader-gold"] {
        assert!(!sees::<Declaration>(&port, who, "declaration.read", &thrown).await, "{who}");
        assert!(!listed(&port, who, &drafts).await.contains(&thrown), "{who}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_district_keeps_no_register_of_this_port() {
    let port = Port::open().await;
    let enterprise = credit::Registered { uscc: crate::support::TRADER_USCC.into(), name: "示例".into(), organisation: None };
    assert_eq!(port.no("customs-far", &app::enterprises::RegisterEnterprise { enterprise }).await, "forbidden");
    port.graded(Grade::Regular).await;
    let grade = credit::Graded { grade: Grade::SeriouslyDishonest, rule_version: "x".into(), since: port.now(), basis: "x".into() };
    let grade = app::enterprises::GradeEnterprise { id: crate::support::TRADER_USCC.into(), grade };
    assert_eq!(port.no("customs-far", &grade).await, "forbidden");
    let guarantee = app::duty::RegisterGuarantee {
        principal: "trader-gold".into(),
        guarantor: "Bank".into(),
        kind: clearance::GuaranteeKind::BankLetter,
        limit: codes::Money::cny(1),
        valid_from: port.now(),
        valid_to: port.now().plus_days(1),
    };
    assert_eq!(port.no("customs-far", &guarantee).await, "forbidden");
    port.ok("customs-port", &guarantee).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_port_office_sees_no_list_of_what_it_may_not_read() {
    let port = Port::open().await;
    let container = port.ready("B-OFFICE").await;
    let items = port.app.worklist(&port.ctx("port-office"), &ListQuery { limit: 200, ..ListQuery::default() }).await.expect("list").items;
    assert!(items.iter().any(|item| item.object.id == container), "boxes are its business");
    for item in &items {
        let kind = item.object.kind.as_ref();
        assert!(
            [
                "tally-report",
                "outbound-bill",
                "transhipment",
                "rule-table",
                "ship-call",
                "manifest",
                "bill",
                "container",
                "inspection",
                "delivery-order",
                "gate-transaction",
                "slot",
                "message",
                "message-alarm"
            ]
            .contains(&kind),
            "{kind} {} shows {:?}",
            item.object.id,
            item.row.title
        );
    }
    let tally = port.app.worklist_tally(&port.ctx("port-office"), &ListQuery::default()).await.expect("tally");
    assert!(tally.iter().all(|row| !["declaration", "duty-notice", "payment", "booking"].contains(&row.kind.as_str())), "{tally:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_box_is_inspected_by_officers_of_the_port_wherever_it_was_declared() {
    let port = Port::open().await;
    let officer = app::directory::User {
        id: "officer-far".into(),
        name: ledger::Bilingual::new("远方查验员", "Officer far"),
        organisation: "customs-far".into(),
        password: None,
        disabled: false,
        officer: Some(app::directory::Officer { conflicts: Vec::new(), competences: Vec::new(), on_duty: true }),
    };
    port.ok("admin-desk", &app::directory::WriteUser { user: officer, expected_version: 0 }).await;
    port.graded(Grade::SeriouslyDishonest).await;
    port.landed("B-INS-FAR", 1).await;
    let id = port.drafted_with("B-INS-FAR", |form| form.custom_master = "2301".into()).await;
    port.ok("broker-green", &app::declarations::SubmitDeclaration { id: id.clone() }).await;
    let clearance::Track::Open { reference: Some(order), .. } =
        port.state::<Declaration>(&id).await.case().expect("case").inspection.clone()
    else {
        panic!("ordered")
    };
    let state = port.state::<Inspection>(&order).await;
    assert_eq!(state.district, "3104");
    assert!(!state.draw.expect("draw").pool.contains(&"officer-far".to_owned()));
    assert!(sees::<Inspection>(&port, "customs-port", "inspection.read", &order).await);
}
