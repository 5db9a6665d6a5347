//! A box that goes on by another ship is loaded only when that is released, and does not leave by the gate (MFT-04).

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::Mass;
use ledger::Aggregate;
use logistics::{
    Booked, Container, ContainerAnnounced, DischargeTally, Discharged, GatedOut, Held, HoldLifted, MovedToInspection, Onward, OnwardEnded,
    OnwardPlanned, OnwardReleased, OnwardRevoked, OrderIssued, Place, Released, Shipped, decide_announce, decide_booked, decide_discharge,
    decide_gated_out, decide_hold, decide_lift_hold, decide_move_to_inspection, decide_onward_ended, decide_onward_planned,
    decide_onward_released, decide_onward_revoked, decide_order_issued, decide_release, decide_shipped,
};
use object::{Object, minute};

fn in_yard() -> Object<Container> {
    let mut container = Object::new();
    let announced = ContainerAnnounced {
        number: "ZZZU0000015".into(),
        size_type: "22G1".into(),
        call: "C2611-0001".into(),
        bill: Some("DEMO001".into()),
        terminal: "terminal-east".into(),
        seal: Some("S1".into()),
        gross_kg: Mass::from_kg(9_000).expect("mass"),
        parties: vec!["agent-blue".into()],
    };
    container.take(decide_announce(None, announced), minute(0)).expect("announced");
    let ashore = Discharged { at: minute(10), position: "A1".into(), seal: None, tally: DischargeTally::default() };
    take(&mut container, 10, |c| decide_discharge(c, ashore)).expect("discharged");
    container
}

fn take(
    container: &mut Object<Container>,
    at: i64,
    decide: impl FnOnce(&Container) -> Result<Vec<logistics::ContainerEvent>, ledger::Refusal>,
) -> Result<(), &'static str> {
    let decided = decide(container.get());
    container.take(decided, minute(at))
}

fn plan(id: &str) -> OnwardPlanned {
    OnwardPlanned { transhipment: id.into(), call: "C2611-0002".into(), agent: "agent-out".into() }
}

fn ship(id: &str) -> Shipped {
    Shipped { transhipment: id.into(), call: "C2611-0002".into(), at: minute(90) }
}

#[test]
fn a_box_is_loaded_only_when_released_for_it_and_is_then_away() {
    let mut container = in_yard();
    assert_eq!(take(&mut container, 20, |c| decide_shipped(c, ship("Z1"))), Err("container-other-transhipment"));
    take(&mut container, 20, |c| decide_onward_planned(c, plan("Z1"))).expect("planned");
    assert!(container.get().parties.contains(&"agent-out".to_owned()));
    assert_eq!(take(&mut container, 21, |c| decide_onward_planned(c, plan("Z2"))), Err("container-onward-planned"));
    assert_eq!(take(&mut container, 22, |c| decide_shipped(c, ship("Z1"))), Err("container-onward-not-released"));
    let released = || OnwardReleased { transhipment: "Z1".into() };
    take(&mut container, 23, |c| decide_onward_released(c, released())).expect("released");
    take(&mut container, 24, |c| decide_onward_revoked(c, OnwardRevoked { transhipment: "Z1".into() })).expect("revoked");
    assert_eq!(take(&mut container, 25, |c| decide_shipped(c, ship("Z1"))), Err("container-onward-not-released"));
    take(&mut container, 26, |c| decide_onward_released(c, released())).expect("released again");
    take(&mut container, 27, |c| decide_hold(c, Held { reason: "x".into(), by: "3104".into() })).expect("held");
    assert_eq!(take(&mut container, 28, |c| decide_shipped(c, ship("Z1"))), Err("container-held"));
    take(&mut container, 29, |c| decide_lift_hold(c, HoldLifted { by: "3104".into() })).expect("lifted");
    take(&mut container, 90, |c| decide_shipped(c, ship("Z1"))).expect("shipped");
    let state = container.get();
    assert_eq!((state.status(), state.work_row("id").closed_at), ("shipped", Some(minute(90))));
    assert_eq!(state.place, Place::Shipped { call: "C2611-0002".into(), at: minute(90) });
    assert_eq!(take(&mut container, 91, |c| decide_onward_ended(c, OnwardEnded { transhipment: "Z1".into() })), Err("container-gone"));
    container.check();
}

#[test]
fn a_box_at_an_inspection_site_is_not_loaded() {
    let mut container = in_yard();
    take(&mut container, 20, |c| decide_onward_planned(c, plan("Z1"))).expect("planned");
    take(&mut container, 21, |c| decide_onward_released(c, OnwardReleased { transhipment: "Z1".into() })).expect("released");
    take(&mut container, 22, |c| decide_move_to_inspection(c, MovedToInspection { site: "H1".into() })).expect("moved");
    assert_eq!(take(&mut container, 23, |c| decide_shipped(c, ship("Z1"))), Err("container-not-in-yard"));
    container.check();
}

#[test]
fn a_planned_box_does_not_leave_by_the_gate_and_a_released_one_is_not_planned() {
    let mut container = in_yard();
    take(&mut container, 20, |c| decide_onward_planned(c, plan("Z1"))).expect("planned");
    let out = || GatedOut { gate_transaction: "X".into(), plate: "P".into(), seal: None, eir: "E".into() };
    assert_eq!(take(&mut container, 21, |c| decide_gated_out(c, out())), Err("gate-onward"));
    take(&mut container, 22, |c| decide_onward_ended(c, OnwardEnded { transhipment: "Z1".into() })).expect("ended");
    take(&mut container, 23, |c| decide_release(c, Released { declaration: "D1".into(), broker: None })).expect("released for import");
    assert_eq!(take(&mut container, 24, |c| decide_onward_planned(c, plan("Z2"))), Err("container-already-released"));
    container.check();
}

#[test]
fn a_box_is_taken_by_an_order_or_goes_on_and_never_both() {
    let mut container = in_yard();
    let order = || OrderIssued { delivery_order: "O1".into(), holder: "trader-gold".into(), free_until: None };
    let book = || Booked { booking: "K1".into(), trucker: "trucker-fast".into() };
    take(&mut container, 20, |c| decide_onward_planned(c, plan("Z1"))).expect("planned");
    assert_eq!(take(&mut container, 21, |c| decide_order_issued(c, order())), Err("container-onward-planned"));
    assert_eq!(take(&mut container, 22, |c| decide_booked(c, book())), Err("container-onward-planned"));
    take(&mut container, 23, |c| decide_onward_ended(c, OnwardEnded { transhipment: "Z1".into() })).expect("ended");
    take(&mut container, 24, |c| decide_order_issued(c, order())).expect("ordered");
    take(&mut container, 25, |c| decide_booked(c, book())).expect("booked");
    assert_eq!(take(&mut container, 26, |c| decide_onward_planned(c, plan("Z2"))), Err("container-other-order"));
    container.check();
    // What an older ledger holds of both is not loaded before the order and the booking are ended.
    let mut both = container.get().clone();
    both.onward = Some(Onward { transhipment: "Z3".into(), call: "C2611-0002".into(), released_at: Some(minute(27)) });
    let refused = |state: &Container| decide_shipped(state, ship("Z3")).map_err(|refusal| refusal.code).err();
    assert_eq!(refused(&both), Some("container-other-order"));
    both.order = None;
    assert_eq!(refused(&both), Some("container-already-booked"));
    both.booking = None;
    assert_eq!(refused(&both), None);
}
