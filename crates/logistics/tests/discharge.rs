//! The discharge order by itself: its bounds, and what may follow what.

use codes::Mass;
use ledger::{Aggregate, Timestamp};
use logistics::{
    DischargeOrder, DischargeOrderEvent, ListedBox, ORDER_BOXES_MAX, OrderBoxes, TARE_KG_MAX, UNLISTED_MAX, Unlisted, WorkClosed,
    decide_close_work, decide_order_work, decide_worked, discharge_differences,
};

fn at() -> Timestamp {
    "2026-11-24T02:00:00Z".parse().expect("instant")
}

fn listed(n: usize) -> ListedBox {
    ListedBox { number: format!("ZZZU{n:07}"), size_type: "22G1".into(), gross_kg: Mass::from_kg(10_000), bill: None, cell: None }
}

fn command(boxes: Vec<ListedBox>) -> OrderBoxes {
    OrderBoxes { call: "C2611-0001".into(), agent: "agent".into(), terminal: "terminal".into(), boxes, message: None }
}

fn after(state: Option<DischargeOrder>, events: Vec<DischargeOrderEvent>) -> Option<DischargeOrder> {
    events.iter().fold(state, |state, event| Some(DischargeOrder::apply(state, event, at()).expect("it follows")))
}

fn refused(state: Option<&DischargeOrder>, boxes: Vec<ListedBox>) -> &'static str {
    decide_order_work(state, command(boxes)).expect_err("refused").code
}

fn landed(numbers: impl Iterator<Item = usize>) -> Vec<Unlisted> {
    numbers.map(|n| Unlisted { number: format!("ZZZU{n:07}"), at: at(), manifested: true }).collect()
}

#[test]
fn an_order_lists_from_one_to_five_thousand_boxes_each_once() {
    let many = |count: usize| (0..count).map(listed).collect::<Vec<_>>();
    let order = after(None, decide_order_work::<logistics::Discharge>(None, command(many(ORDER_BOXES_MAX))).expect("at the limit"))
        .expect("an order");
    let event = serde_json::to_vec(&order).expect("JSON").len();
    assert!(event < 1 << 20, "{event} bytes fit into an event of the ledger");
    assert_eq!(refused(None, many(ORDER_BOXES_MAX + 1)), "discharge-order-too-many");
    assert_eq!(refused(None, Vec::new()), "discharge-order-empty");
    assert_eq!(refused(None, vec![listed(1), listed(2), listed(1)]), "discharge-order-box-twice");
    assert_eq!(refused(Some(&order), many(ORDER_BOXES_MAX).into_iter().rev().collect()), "discharge-order-unchanged");
}

#[test]
fn what_is_not_listed_is_kept_once_and_within_a_bound() {
    let order = after(None, decide_order_work::<logistics::Discharge>(None, command(vec![listed(0)])).expect("ordered")).expect("an order");
    assert!(decide_worked(&order, &landed(0..1)).is_empty());
    let order = after(Some(order.clone()), decide_worked(&order, &landed(0..UNLISTED_MAX + 5))).expect("an order");
    assert_eq!(order.unlisted.len(), UNLISTED_MAX);
    assert!(decide_worked(&order, &landed(1..UNLISTED_MAX + 5)).is_empty());
    // A later order that lists them takes them off.
    let more = (0..10).map(listed).collect();
    let order = after(Some(order.clone()), decide_order_work(Some(&order), command(more)).expect("replaced")).expect("an order");
    assert_eq!((order.number, order.unlisted.len()), (2, UNLISTED_MAX - 9));
    let events = decide_close_work(&order, |number| number != "ZZZU0000003");
    assert_eq!(events, [WorkClosed { missing: vec!["ZZZU0000003".into()] }.into()]);
    let order = after(Some(order), events).expect("an order");
    assert_eq!(refused(Some(&order), vec![listed(1)]), "discharge-order-closed");
    assert!(decide_close_work(&order, |_| true).is_empty());
}

#[test]
fn a_mass_is_compared_with_what_goods_and_an_empty_box_may_weigh() {
    let with = |kg: u64| vec![ListedBox { gross_kg: Mass::from_kg(kg), ..listed(1) }];
    let codes = |kg: u64| discharge_differences("CNNGB", &with(kg), &with(10_000), None).len();
    assert_eq!([10_000, 9_999, 10_000 + TARE_KG_MAX, 10_001 + TARE_KG_MAX].map(codes), [0, 1, 0, 1]);
}
