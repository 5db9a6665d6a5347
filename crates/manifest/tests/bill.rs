//! A bill lands once per container, carries one open declaration, and its number is not reused within two years.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::Mass;
use ledger::{Aggregate, DomainEvent};
use manifest::{
    Amended, BILL_REUSE_DAYS, Bill, BillContent, Cancelled, Consignee, ContainerLanded, DeclarationEnd, DeclarationEnded, Declared,
    ManifestContainer, ManifestGoods, Manifested, OrderEnded, Ordered, Party, Tally, decide_amend, decide_cancel, decide_declaration_ended,
    decide_declare, decide_landed, decide_manifest_bill, decide_order_ended, decide_ordered,
};
use object::{Object, minute};
use proptest::prelude::*;

fn container(serial: u32) -> ManifestContainer {
    ManifestContainer {
        number: codes::ContainerNumber::synthetic(serial).to_string(),
        size_type: "22G1".into(),
        seals: vec!["S1".into()],
        gross_kg: Mass::from_kg(1_000).expect("mass"),
        packages: 10,
    }
}

fn content(boxes: u32) -> BillContent {
    BillContent {
        carrier: "Demo Line".into(),
        shipper: Party { name: "Shipper".into(), address: None },
        consignee: Consignee { uscc: Some("91330200TEAT000154".into()), name: "Trader Green".into(), org: Some("trader-green".into()) },
        notify: None,
        loading: "SGSIN".into(),
        discharge: "CNNGB".into(),
        delivery: None,
        onward: None,
        containers: (0..boxes).map(container).collect(),
        goods: vec![ManifestGoods {
            description: "Machine parts".into(),
            hs_code: Some("848790".into()),
            packages: 10 * boxes,
            package_kind: Some("22".into()),
            gross_kg: Mass::from_kg(1_000 * u64::from(boxes)).expect("mass"),
            un_no: None,
        }],
    }
}

fn manifested() -> Manifested {
    Manifested { call: "C2611-0001".into(), manifest: "M2611-000001".into(), agent: "agent-blue".into(), content: content(2) }
}

fn bill() -> Object<Bill> {
    let mut bill = Object::new();
    bill.take(decide_manifest_bill(None, manifested(), minute(0)), minute(0)).expect("manifested");
    bill
}

fn land(bill: &mut Object<Bill>, serial: u32, at: i64) -> Result<(), &'static str> {
    let tally = Tally { at: minute(at), damage: None, packages: Some(10) };
    let decided = decide_landed(bill.get(), ContainerLanded { container: container(serial).number, tally });
    bill.take(decided, minute(at))
}

fn declare(bill: &mut Object<Bill>, id: &str, at: i64) -> Result<(), &'static str> {
    let decided = decide_declare(bill.get(), Declared { declaration: id.into(), broker: "broker-red".into() });
    bill.take(decided, minute(at))
}

#[test]
fn a_bill_lands_box_by_box() {
    let mut bill = bill();
    assert_eq!(bill.get().status(), "manifested");
    land(&mut bill, 0, 10).expect("first");
    assert_eq!(bill.get().status(), "partly-landed");
    assert_eq!(land(&mut bill, 0, 11), Err("container-already-landed"));
    assert_eq!(land(&mut bill, 7, 11), Err("container-not-manifested"));
    land(&mut bill, 1, 12).expect("last");
    assert_eq!((bill.get().status(), bill.get().landed_at()), ("landed", Some(minute(12))));
    bill.check();
}

#[test]
fn one_declaration_at_a_time_and_who_must_act() {
    let mut bill = bill();
    let row = bill.get().work_row("B1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("trader-green"), Some("submit-declaration")));
    declare(&mut bill, "D1", 5).expect("declared");
    assert_eq!(declare(&mut bill, "D2", 6), Err("bill-already-declared"));
    assert_eq!(declare(&mut bill, "D1", 6), Err("bill-already-declared"));
    assert_eq!(bill.get().work_row("B1").action.as_deref(), Some("request-delivery-order"));
    assert!(bill.get().work_row("B1").parties.contains(&"broker-red".to_owned()));
    let end = |id: &str| DeclarationEnded { declaration: id.into(), end: DeclarationEnd::Withdrawn };
    assert_eq!(decide_declaration_ended(bill.get(), end("D2")).map_err(|r| r.code), Err("bill-not-declared"));
    let decided = decide_declaration_ended(bill.get(), end("D1"));
    bill.take(decided, minute(7)).expect("ended");
    declare(&mut bill, "D2", 8).expect("free again");
    bill.check();
}

#[test]
fn a_bill_leaves_the_worklist_when_landed_declared_and_ordered() {
    let mut bill = bill();
    declare(&mut bill, "D1", 5).expect("declared");
    let decided = decide_ordered(bill.get(), Ordered { delivery_order: "O1".into(), applicant: "trader-green".into() });
    bill.take(decided, minute(6)).expect("ordered");
    assert_eq!(
        decide_ordered(bill.get(), Ordered { delivery_order: "O2".into(), applicant: "x".into() }).map_err(|r| r.code),
        Err("bill-already-ordered")
    );
    land(&mut bill, 0, 7).expect("first");
    assert_eq!(bill.get().work_row("B1").closed_at, None);
    land(&mut bill, 1, 8).expect("last");
    assert_eq!(bill.get().work_row("B1").closed_at, Some(minute(8)));
    bill.check();
}

#[test]
fn a_cancelled_order_frees_the_bill_for_another() {
    let mut bill = bill();
    let ordered = |id: &str| Ordered { delivery_order: id.into(), applicant: "trader-green".into() };
    let ended = |id: &str| OrderEnded { delivery_order: id.into() };
    let decided = decide_ordered(bill.get(), ordered("O1"));
    bill.take(decided, minute(1)).expect("ordered");
    assert_eq!(decide_order_ended(bill.get(), ended("O2")).map_err(|r| r.code), Err("bill-not-ordered"));
    let decided = decide_order_ended(bill.get(), ended("O1"));
    bill.take(decided, minute(2)).expect("ended");
    let decided = decide_ordered(bill.get(), ordered("O2"));
    bill.take(decided, minute(3)).expect("another");
    bill.check();
}

#[test]
fn a_number_is_reused_only_after_two_years_or_cancellation() {
    let mut bill = bill();
    let later = |days: i64| minute(0).plus_days(days);
    let again = |bill: &Object<Bill>, days| decide_manifest_bill(bill.state.as_ref(), manifested(), later(days)).map_err(|r| r.code);
    assert_eq!(again(&bill, BILL_REUSE_DAYS - 1), Err("bill-number-reused"));
    assert!(again(&bill, BILL_REUSE_DAYS).is_ok());
    let decided = decide_cancel(bill.get(), Cancelled { reason: "shut out".into() });
    bill.take(decided, minute(1)).expect("cancelled");
    assert!(again(&bill, 1).is_ok());
    assert_eq!(declare(&mut bill, "D1", 2), Err("bill-cancelled"));
}

#[test]
fn an_amendment_keeps_what_is_landed_and_waits_for_the_declaration() {
    let mut bill = bill();
    land(&mut bill, 1, 3).expect("landed");
    let amend = |boxes| Amended { content: content(boxes), reason: "001".into() };
    assert_eq!(decide_amend(bill.get(), amend(1)).map_err(|r| r.code), Err("bill-container-landed"));
    let decided = decide_amend(bill.get(), amend(3));
    bill.take(decided, minute(4)).expect("amended");
    assert_eq!(bill.get().missing_containers().count(), 2);
    declare(&mut bill, "D1", 5).expect("declared");
    assert_eq!(decide_amend(bill.get(), amend(2)).map_err(|r| r.code), Err("bill-already-declared"));
    bill.check();
}

proptest! {
    #[test]
    fn no_order_of_commands_breaks_a_bill(commands in prop::collection::vec((0u8..8, 0u32..4), 0..50)) {
        let mut bill = bill();
        let (mut open, mut at) = (None, 0);
        for (command, n) in commands {
            at += 1;
            let id = format!("D{n}");
            let decided = match command {
                0 => decide_landed(bill.get(), ContainerLanded { container: container(n).number, tally: Tally { at: minute(at), damage: None, packages: None } }),
                1 => decide_declare(bill.get(), Declared { declaration: id.clone(), broker: "broker-red".into() }),
                2 => decide_declaration_ended(bill.get(), DeclarationEnded { declaration: id.clone(), end: DeclarationEnd::Rejected }),
                3 => decide_ordered(bill.get(), Ordered { delivery_order: format!("O{n}"), applicant: "trader-green".into() }),
                4 => decide_amend(bill.get(), Amended { content: content(n + 1), reason: "999".into() }),
                7 => decide_order_ended(bill.get(), OrderEnded { delivery_order: format!("O{n}") }),
                5 => decide_cancel(bill.get(), Cancelled { reason: "x".into() }),
                _ => decide_manifest_bill(bill.state.as_ref(), manifested(), minute(at)),
            };
            for event in decided.iter().flatten() {
                match event.kind() {
                    "bill.declared" => {
                        prop_assert_eq!(&open, &None, "one declaration at a time");
                        open = Some(id.clone());
                    }
                    "bill.declaration-ended" | "bill.manifested" => open = None,
                    _ => {}
                }
            }
            let before = bill.get().tally.len();
            let _ = bill.take(decided, minute(at));
            prop_assert_eq!(&bill.get().declaration, &open);
            prop_assert!(command == 6 || bill.get().tally.len() >= before, "nothing landed is forgotten");
            let missing = bill.get().missing_containers().count();
            prop_assert_eq!(bill.get().landed_at().is_some(), missing == 0 && bill.get().status() != "cancelled");
        }
        bill.check();
    }
}
