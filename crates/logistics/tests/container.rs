//! One box is in one place, and leaves only when released, ordered and not held.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::Mass;
use ledger::Aggregate;
use logistics::{
    Booked, BookingEnded, Container, ContainerAnnounced, DischargeTally, Discharged, GatedIn, GatedOut, Held, HoldLifted, Moved,
    MovedToInspection, OrderEnded, OrderIssued, Place, Released, Returned, container_id, container_number, decide_announce, decide_booked,
    decide_booking_ended, decide_discharge, decide_gated_in, decide_gated_out, decide_hold, decide_lift_hold, decide_move,
    decide_move_to_inspection, decide_order_ended, decide_order_issued, decide_release, decide_return,
};
use object::{Object, minute};
use proptest::prelude::*;

fn announcement() -> ContainerAnnounced {
    ContainerAnnounced {
        number: "ZZZU0000015".into(),
        size_type: "22G1".into(),
        call: "C2611-0001".into(),
        bill: Some("DEMO001".into()),
        terminal: "terminal-east".into(),
        seal: Some("S1".into()),
        gross_kg: Mass::from_kg(9_000).expect("mass"),
        parties: vec!["agent-blue".into(), "trader-green".into(), "terminal-east".into()],
    }
}

fn on_board() -> Object<Container> {
    let mut container = Object::new();
    container.take(decide_announce(None, announcement()), minute(0)).expect("announced");
    container
}

fn discharged() -> Discharged {
    Discharged {
        at: minute(10),
        position: "A1".into(),
        seal: None,
        tally: DischargeTally { damage: Some("dent".into()), ..DischargeTally::default() },
    }
}

fn out() -> GatedOut {
    GatedOut { gate_transaction: "X2".into(), plate: "浙B12345".into(), seal: None, eir: "E1".into() }
}

/// Applies commands one by one; each is decided on the state the one before left.
macro_rules! take {
    ($object:expr, $at:expr, $decide:path, $command:expr) => {{
        let decided = $decide($object.get(), $command);
        $object.take(decided, minute($at))
    }};
}

fn released() -> Released {
    Released { declaration: "D1".into(), broker: Some("broker-red".into()) }
}

fn ordered() -> OrderIssued {
    OrderIssued { delivery_order: "O1".into(), holder: "trader-green".into(), free_until: Some(minute(6_000)) }
}

fn booked() -> Booked {
    Booked { booking: "B1".into(), trucker: "truck-fast".into() }
}

fn gated_in() -> GatedIn {
    GatedIn { booking: "B1".into(), plate: "浙B12345".into() }
}

#[test]
fn a_box_from_ship_to_gate() {
    let mut container = on_board();
    assert_eq!(container.get().status(), "expected");
    take!(container, 10, decide_discharge, discharged()).expect("discharged");
    assert_eq!(
        (container.get().status(), container.get().damage.as_deref(), container.get().seal.as_deref()),
        ("in-yard", Some("dent"), Some("S1"))
    );
    take!(container, 20, decide_move, Moved { position: "B2".into() }).expect("moved");
    take!(container, 30, decide_move_to_inspection, MovedToInspection { site: "S1".into() }).expect("to inspection");
    assert_eq!(container.get().status(), "at-inspection");
    take!(container, 40, decide_return, Returned { position: "B3".into() }).expect("back");
    take!(container, 50, decide_release, released()).expect("released");
    assert_eq!(container.get().status(), "released");
    assert_eq!(container.get().work_row("id").action, None, "without delivery order nothing can be booked");
    take!(container, 60, decide_order_issued, ordered()).expect("ordered");
    let row = container.get().work_row("id");
    assert_eq!((row.owner.as_deref(), row.action.as_deref(), row.due_at), (Some("trader-green"), Some("book-pickup"), Some(minute(6_000))));
    take!(container, 70, decide_booked, booked()).expect("booked");
    assert_eq!(container.get().work_row("id").owner.as_deref(), Some("truck-fast"));
    take!(container, 80, decide_gated_in, gated_in()).expect("truck in");
    assert_eq!(container.get().status(), "on-truck");
    take!(container, 90, decide_gated_out, out()).expect("out");
    let row = container.get().work_row("id");
    assert_eq!((row.status.as_str(), row.closed_at, row.action), ("gone", Some(minute(90)), None));
    assert!(
        ["truck-fast", "broker-red", "trader-green", "agent-blue", "terminal-east"]
            .iter()
            .all(|org| row.parties.contains(&(*org).to_owned()))
    );
    assert_eq!(take!(container, 91, decide_release, released()), Err("container-gone"));
    assert_eq!(take!(container, 91, decide_discharge, discharged()), Err("container-gone"));
    container.check();
}

#[test]
fn a_repeated_discharge_is_answered_and_changes_nothing() {
    let mut container = on_board();
    take!(container, 10, decide_discharge, discharged()).expect("first");
    let before = container.get().clone();
    assert_eq!(
        take!(container, 11, decide_discharge, Discharged { position: "Z9".into(), ..discharged() }),
        Err("container-already-discharged")
    );
    assert_eq!(container.get(), &before);
    assert_eq!(decide_announce(container.state.as_ref(), announcement()).map_err(|r| r.code), Err("container-exists"));
}

#[test]
fn nothing_leaves_without_release_order_and_truck() {
    let mut container = on_board();
    take!(container, 10, decide_discharge, discharged()).expect("discharged");
    assert_eq!(take!(container, 11, decide_gated_out, out()), Err("gate-not-released"));
    take!(container, 12, decide_release, released()).expect("released");
    assert_eq!(take!(container, 13, decide_gated_out, out()), Err("gate-no-delivery-order"));
    assert_eq!(take!(container, 13, decide_booked, booked()), Err("container-no-delivery-order"));
    take!(container, 14, decide_order_issued, ordered()).expect("ordered");
    assert_eq!(take!(container, 15, decide_gated_out, out()), Err("gate-no-booking"));
    assert_eq!(take!(container, 15, decide_gated_in, gated_in()), Err("container-not-booked"));
    take!(container, 16, decide_booked, booked()).expect("booked");
    assert_eq!(take!(container, 16, decide_booked, booked()), Err("container-already-booked"));
    take!(container, 17, decide_gated_in, gated_in()).expect("truck in");
    assert_eq!(take!(container, 18, decide_gated_out, GatedOut { plate: "浙B99999".into(), ..out() }), Err("gate-plate-differs"));
    take!(container, 19, decide_hold, Held { reason: "late find".into(), by: "3104".into() }).expect("held");
    assert_eq!(container.get().status(), "held");
    assert_eq!(take!(container, 20, decide_gated_out, out()), Err("gate-held"));
    take!(container, 21, decide_lift_hold, HoldLifted { by: "3104".into() }).expect("lifted");
    take!(container, 22, decide_gated_out, out()).expect("the release is in force again");
    container.check();
}

#[test]
fn a_truck_that_leaves_empty_leaves_the_box_where_it_stood() {
    let mut container = on_board();
    take!(container, 10, decide_discharge, discharged()).expect("discharged");
    take!(container, 11, decide_order_issued, ordered()).expect("ordered");
    take!(container, 12, decide_booked, booked()).expect("booked in advance of the release");
    take!(container, 13, decide_gated_in, gated_in()).expect("truck in");
    assert_eq!(take!(container, 14, decide_booking_ended, BookingEnded { booking: "B2".into() }), Err("container-not-booked"));
    take!(container, 14, decide_booking_ended, BookingEnded { booking: "B1".into() }).expect("ended");
    assert_eq!(container.get().place, Place::Yard { position: "A1".into() });
    assert_eq!(container.get().booking, None);
    container.check();
}

#[test]
fn one_order_covers_a_box_and_may_change_its_holder() {
    let mut container = on_board();
    take!(container, 1, decide_order_issued, ordered()).expect("ordered");
    assert_eq!(
        take!(container, 2, decide_order_issued, OrderIssued { delivery_order: "O2".into(), ..ordered() }),
        Err("container-other-order")
    );
    take!(container, 3, decide_order_issued, OrderIssued { holder: "trader-new".into(), free_until: None, ..ordered() })
        .expect("passed on");
    let order = container.get().order.as_ref().expect("order");
    assert_eq!((order.holder.as_str(), order.free_until), ("trader-new", Some(minute(6_000))));
    assert_eq!(container.get().milestones.order_issued_at, Some(minute(1)));
}

#[test]
fn a_cancelled_order_comes_off_the_box_unless_a_pickup_is_booked() {
    let mut container = on_board();
    take!(container, 10, decide_discharge, discharged()).expect("discharged");
    take!(container, 11, decide_order_issued, ordered()).expect("ordered");
    let ended = |id: &str| OrderEnded { delivery_order: id.into() };
    assert_eq!(take!(container, 12, decide_order_ended, ended("O2")), Err("container-other-order"));
    take!(container, 12, decide_booked, booked()).expect("booked");
    assert_eq!(take!(container, 13, decide_order_ended, ended("O1")), Err("container-already-booked"));
    take!(container, 14, decide_booking_ended, BookingEnded { booking: "B1".into() }).expect("unbooked");
    take!(container, 15, decide_order_ended, ended("O1")).expect("ended");
    assert_eq!((container.get().order.as_ref(), container.get().milestones.order_issued_at), (None, None));
    take!(container, 16, decide_order_issued, OrderIssued { delivery_order: "O2".into(), ..ordered() }).expect("another order");
    container.check();
}

#[test]
fn ids_name_the_box_and_the_call() {
    let id = container_id("ZZZU0000015", "C2611-0001");
    assert_eq!((id.as_str(), container_number(&id)), ("ZZZU0000015-C2611-0001", "ZZZU0000015"));
}

proptest! {
    #[test]
    fn no_order_of_commands_lets_a_box_slip(commands in prop::collection::vec((0u8..13, 0u8..2), 0..80)) {
        let mut container = on_board();
        let (mut released_ever, mut ordered_ever) = (false, false);
        for (at, (command, n)) in (1..).zip(commands) {
            let booking = format!("B{n}");
            let state = container.get();
            let was_held = state.hold().is_some();
            let decided = match command {
                0 => decide_discharge(state, discharged()),
                1 => decide_move(state, Moved { position: format!("P{at}") }),
                2 => decide_move_to_inspection(state, MovedToInspection { site: "S".into() }),
                3 => decide_return(state, Returned { position: "R".into() }),
                4 => decide_release(state, released()),
                5 => decide_hold(state, Held { reason: "r".into(), by: "3104".into() }),
                6 => decide_lift_hold(state, HoldLifted { by: "3104".into() }),
                7 => decide_order_issued(state, OrderIssued { delivery_order: format!("O{n}"), ..ordered() }),
                8 => decide_booked(state, Booked { booking, trucker: "truck-fast".into() }),
                9 => decide_booking_ended(state, BookingEnded { booking }),
                10 => decide_gated_in(state, GatedIn { booking, plate: "浙B12345".into() }),
                11 => decide_order_ended(state, OrderEnded { delivery_order: format!("O{n}") }),
                _ => decide_gated_out(state, out()),
            };
            let was_ordered = state.order.is_some();
            let was_gone = state.status() == "gone";
            let taken = container.take(decided, minute(at)).is_ok();
            prop_assert!(!(was_gone && taken), "a box that left changes no more");
            released_ever |= taken && command == 4;
            ordered_ever |= taken && command == 7;
            if container.get().status() == "gone" {
                prop_assert!(released_ever && ordered_ever, "gone only after release and order");
                prop_assert!(was_gone || (!was_held && was_ordered), "nothing leaves while held or without an order in force");
            }
        }
        container.check();
    }
}
