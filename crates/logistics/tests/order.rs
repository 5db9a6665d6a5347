//! A delivery order is issued only when its charges are settled, passed on only by its holder, and redeemed once per box.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::Money;
use ledger::Aggregate;
use logistics::{
    ChargesPaid, ChargesWaived, DeliveryOrder, DeliveryOrderIssued, FREE_DAYS_MAX, FreePeriodBegan, ORDER_CONTAINERS_MAX, OrderCancelled,
    Redeemed, Requested, Transferred, decide_cancel_order, decide_charges_paid, decide_charges_waived, decide_free_period,
    decide_issue_order, decide_redeem, decide_request_order, decide_transfer_order,
};
use object::{Object, minute};
use proptest::prelude::*;

const CODE: &str = "ABCDEFGH234567AB";

fn request(charges: i64) -> Requested {
    Requested {
        bill: "DEMO001".into(),
        containers: vec!["ZZZU0000015-C1".into(), "ZZZU0000020-C1".into()],
        applicant: "trader-green".into(),
        carrier_agent: "agent-blue".into(),
        charges: Money::cny(charges),
        free_until: Some(minute(5_000)),
    }
}

fn requested(charges: i64) -> Object<DeliveryOrder> {
    let mut order = Object::new();
    order.take(decide_request_order(None, request(charges)), minute(0)).expect("requested");
    order
}

fn issue(order: &mut Object<DeliveryOrder>) -> Result<(), &'static str> {
    let decided = decide_issue_order(order.get(), DeliveryOrderIssued { code: CODE.into(), free_days: None, free_until: None });
    order.take(decided, minute(2))
}

fn redeem(order: &mut Object<DeliveryOrder>, number: &str) -> Result<(), &'static str> {
    let decided = decide_redeem(order.get(), Redeemed { container: format!("{number}-C1"), gate_transaction: "X1".into() });
    order.take(decided, minute(9))
}

fn pass_on(order: &mut Object<DeliveryOrder>, from: &str, to: &str) -> Result<(), &'static str> {
    let decided = decide_transfer_order(order.get(), Transferred { from: from.into(), to: to.into() });
    order.take(decided, minute(3))
}

fn acts(order: &Object<DeliveryOrder>) -> (Option<String>, Option<String>) {
    let row = order.get().work_row("O1");
    (row.owner, row.action)
}

fn act(owner: &str, action: &str) -> (Option<String>, Option<String>) {
    (Some(owner.to_owned()), Some(action.to_owned()))
}

#[test]
fn free_storage_begins_once_with_the_landing() {
    let mut order = Object::new();
    order.take(decide_request_order(None, Requested { free_until: None, ..request(0) }), minute(0)).expect("requested");
    let begin = |until: i64| FreePeriodBegan { free_until: minute(until) };
    assert_eq!(decide_free_period(order.get(), begin(9)).map_err(|r| r.code), Err("order-not-issued"));
    let issued = |days: u32| DeliveryOrderIssued { code: CODE.into(), free_days: Some(days), free_until: None };
    assert_eq!(decide_issue_order(order.get(), issued(FREE_DAYS_MAX + 1)).map_err(|r| r.code), Err("order-free-days"));
    let decided = decide_issue_order(order.get(), issued(FREE_DAYS_MAX));
    order.take(decided, minute(2)).expect("issued at sea");
    assert_eq!((order.get().free_days, order.get().free_until), (Some(FREE_DAYS_MAX), None));
    assert_eq!(order.get().work_row("O1").due_at, None);
    let decided = decide_free_period(order.get(), begin(90));
    order.take(decided, minute(3)).expect("landed");
    assert_eq!((order.get().free_until, order.get().work_row("O1").due_at), (Some(minute(90)), Some(minute(90))));
    assert_eq!(decide_free_period(order.get(), begin(91)).map_err(|r| r.code), Err("order-free-period-known"));
    order.check();
    // Issued after the landing, the end is known at once.
    let mut landed = requested(0);
    let known = DeliveryOrderIssued { free_until: Some(minute(77)), ..issued(1) };
    let decided = decide_issue_order(landed.get(), known);
    landed.take(decided, minute(2)).expect("issued");
    assert_eq!(landed.get().free_until, Some(minute(77)), "the agent's days replace the usual ones");
}

#[test]
fn charges_come_first() {
    let mut order = requested(50_000);
    assert_eq!(acts(&order), act("trader-green", "pay-charges"));
    assert_eq!(issue(&mut order), Err("order-charges-unpaid"));
    let pay = |fen| ChargesPaid { payment: "P1".into(), amount: Money::cny(fen) };
    assert_eq!(decide_charges_paid(order.get(), pay(49_999)).map_err(|r| r.code), Err("order-amount-differs"));
    let decided = decide_charges_paid(order.get(), pay(50_000));
    order.take(decided, minute(1)).expect("paid");
    assert_eq!(decide_charges_waived(order.get(), ChargesWaived { reason: "x".into() }).map_err(|r| r.code), Err("order-charges-settled"));
    assert_eq!(acts(&order), act("agent-blue", "issue-delivery-order"));
    issue(&mut order).expect("issued");
    assert_eq!(order.get().code(), Some(CODE));
    order.check();
}

#[test]
fn without_charges_it_is_issued_at_once_and_waived_charges_count_as_settled() {
    assert_eq!(issue(&mut requested(0)), Ok(()));
    let mut order = requested(1);
    let decided = decide_charges_waived(order.get(), ChargesWaived { reason: "good customer".into() });
    order.take(decided, minute(1)).expect("waived");
    assert_eq!(issue(&mut order), Ok(()));
    order.check();
}

#[test]
fn only_the_holder_passes_it_on_and_not_after_a_box_left() {
    let mut order = requested(0);
    assert_eq!(pass_on(&mut order, "trader-green", "truck-fast"), Err("order-not-issued"));
    issue(&mut order).expect("issued");
    assert_eq!(pass_on(&mut order, "truck-fast", "truck-fast"), Err("order-not-holder"));
    assert_eq!(pass_on(&mut order, "trader-green", "trader-green"), Err("order-same-holder"));
    pass_on(&mut order, "trader-green", "truck-fast").expect("passed on");
    assert_eq!((order.get().status(), order.get().holder.as_str()), ("transferred", "truck-fast"));
    redeem(&mut order, "ZZZU0000015").expect("first box");
    assert_eq!(pass_on(&mut order, "truck-fast", "trader-green"), Err("order-already-redeemed"));
    order.check();
}

#[test]
fn each_box_is_redeemed_once_and_the_last_one_closes_it() {
    let mut order = requested(0);
    assert_eq!(redeem(&mut order, "ZZZU0000015"), Err("order-not-issued"));
    issue(&mut order).expect("issued");
    assert_eq!(redeem(&mut order, "ZZZU9999999"), Err("order-container-differs"));
    redeem(&mut order, "ZZZU0000015").expect("first");
    assert_eq!(redeem(&mut order, "ZZZU0000015"), Err("order-already-redeemed"));
    assert_eq!(decide_cancel_order(order.get(), OrderCancelled { reason: "x".into() }).map_err(|r| r.code), Err("order-already-redeemed"));
    redeem(&mut order, "ZZZU0000020").expect("last");
    assert_eq!((order.get().status(), order.get().work_row("O1").closed_at), ("redeemed", Some(minute(9))));
    assert_eq!(redeem(&mut order, "ZZZU0000020"), Err("order-already-redeemed"));
    order.check();
}

#[test]
fn what_it_lists_is_bounded_and_its_code_is_base_32() {
    let with = |containers: Vec<String>| decide_request_order(None, Requested { containers, ..request(0) }).map_err(|r| r.code);
    let many = |n: usize| (0..n).map(|i| format!("B{i}-C1")).collect::<Vec<_>>();
    assert_eq!(with(vec![]), Err("order-containers"));
    assert_eq!(with(vec!["A".into(), "A".into()]), Err("order-containers"));
    assert!(with(many(ORDER_CONTAINERS_MAX)).is_ok());
    assert_eq!(with(many(ORDER_CONTAINERS_MAX + 1)), Err("order-containers"));
    assert_eq!(decide_request_order(None, request(-1)).map_err(|r| r.code), Err("order-charges-negative"));
    let order = requested(0);
    for code in ["", "ABCDEFGH234567A", "ABCDEFGH234567A1", "abcdefgh234567ab"] {
        assert_eq!(
            decide_issue_order(order.get(), DeliveryOrderIssued { code: code.into(), free_days: None, free_until: None })
                .map_err(|r| r.code),
            Err("order-code-malformed"),
            "{code}"
        );
    }
}

proptest! {
    #[test]
    fn no_order_of_commands_breaks_it(charges in 0i64..2, commands in prop::collection::vec((0u8..7, 0u8..3), 0..40)) {
        let mut order = requested(charges);
        let mut collected: Vec<String> = Vec::new();
        for (at, (command, n)) in (1..).zip(commands) {
            let number = ["ZZZU0000015", "ZZZU0000020", "ZZZU7777777"][usize::from(n)];
            let org = ["trader-green", "truck-fast", "trader-other"][usize::from(n)];
            let held = order.get().holder.clone();
            let decided = match command {
                0 => decide_charges_paid(order.get(), ChargesPaid { payment: "P".into(), amount: Money::cny(1) }),
                1 => decide_charges_waived(order.get(), ChargesWaived { reason: "x".into() }),
                2 => decide_issue_order(order.get(), DeliveryOrderIssued { code: CODE.into(), free_days: None, free_until: None }),
                3 => decide_transfer_order(order.get(), Transferred { from: held, to: org.into() }),
                4 | 5 => decide_redeem(order.get(), Redeemed { container: format!("{number}-C1"), gate_transaction: format!("X{at}") }),
                _ => decide_cancel_order(order.get(), OrderCancelled { reason: "x".into() }),
            };
            let live = order.get().is_live();
            let redeems = matches!(command, 4 | 5);
            if order.take(decided, minute(at)).is_ok() && redeems {
                prop_assert!(live, "only a live order is redeemed");
                prop_assert!(!collected.contains(&number.to_owned()), "once per box");
                collected.push(number.to_owned());
            }
            prop_assert_eq!(order.get().redeemed.len(), collected.len());
            prop_assert_eq!(order.get().status() == "redeemed", collected.len() == 2);
        }
        order.check();
    }
}
