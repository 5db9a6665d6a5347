//! The gate says every reason at once and opens only when there is none.

use codes::Mass;
use ledger::Timestamp;
use logistics::{
    BookingPhase, Customs, Direction, GATE_TOLERANCE_MINUTES, GateBooking, GateBox, GateFacts, GateOrder, GateReason, Hold, OrderPhase,
    Place, Release, decide_gate,
};
use proptest::prelude::*;

const BOX: &str = "ZZZU0000015-C2611-0001";

fn minute(n: i64) -> Timestamp {
    "2026-11-20T00:00:00Z".parse::<Timestamp>().expect("instant").plus_minutes(n)
}

fn released() -> Customs {
    Customs::Released { release: Release { declaration: "D1".into(), at: minute(0) } }
}

fn held() -> Customs {
    Customs::Held { hold: Hold { reason: "x-ray".into(), by: "3104".into(), at: minute(0) }, release: None }
}

/// Everything in order for driving in between minute 60 and 120.
fn ready_in() -> GateFacts {
    GateFacts {
        plate: "浙B12345".into(),
        container_seen: None,
        container: Some(GateBox {
            id: BOX.into(),
            place: Place::Yard { position: "A1".into() },
            customs: released(),
            barred: false,
            onward: false,
        }),
        booking: Some(GateBooking {
            id: "B1".into(),
            container: BOX.into(),
            plate: "浙B·12345".into(),
            start: minute(60),
            end: minute(120),
            trucker: "truck-fast".into(),
            principal: "trader-green".into(),
            phase: BookingPhase::Booked,
        }),
        order: Some(GateOrder {
            holder: "trader-green".into(),
            phase: OrderPhase::Issued { at: minute(0), code: "A".repeat(16) },
            containers: vec![BOX.into()],
            redeemed: vec![],
        }),
    }
}

/// Everything in order for driving out.
fn ready_out() -> GateFacts {
    let mut facts = ready_in();
    facts.container_seen = Some("ZZZU 000001-5".into());
    let container = facts.container.as_mut().expect("box");
    container.place = Place::OnTruck { plate: "浙B12345".into(), booking: "B1".into(), position: "A1".into() };
    facts.booking.as_mut().expect("booking").phase = BookingPhase::GatedIn { at: minute(70), gate_transaction: "X1".into() };
    facts
}

fn check(direction: Direction, at: i64, change: impl FnOnce(&mut GateFacts), expect: &[GateReason]) {
    let mut facts = match direction {
        Direction::In => ready_in(),
        Direction::Out => ready_out(),
    };
    change(&mut facts);
    assert_eq!(decide_gate(&facts, direction, minute(at)).reasons, expect);
}

#[test]
fn in_order_the_gate_opens() {
    check(Direction::In, 90, |_| {}, &[]);
    check(Direction::Out, 90, |_| {}, &[]);
}

#[test]
fn each_rule_has_its_reason() {
    use Direction::{In, Out};
    use GateReason as R;
    check(In, 90, |f| f.booking = None, &[R::NoBooking]);
    check(In, 90, |f| f.plate = "浙B99999".into(), &[R::PlateDiffers]);
    check(In, 90, |f| f.booking.as_mut().expect("b").phase = BookingPhase::Missed { at: minute(1) }, &[R::BookingState]);
    check(In, 90, |f| f.container.as_mut().expect("c").customs = Customs::NotReleased, &[R::NotReleased]);
    check(In, 90, |f| f.container.as_mut().expect("c").customs = held(), &[R::Held]);
    check(In, 90, |f| f.container.as_mut().expect("c").barred = true, &[R::Held]);
    check(Out, 90, |f| f.container.as_mut().expect("c").barred = true, &[R::Held]);
    check(In, 90, |f| f.container.as_mut().expect("c").place = Place::InspectionSite { site: "S1".into() }, &[R::ContainerNotInYard]);
    check(In, 90, |f| f.container.as_mut().expect("c").id = "ZZZU0000020-C2611-0001".into(), &[R::ContainerDiffers, R::NoDeliveryOrder]);
    check(In, 90, |f| f.order = None, &[R::NoDeliveryOrder]);
    check(In, 90, |f| f.order.as_mut().expect("o").phase = OrderPhase::Requested, &[R::NoDeliveryOrder]);
    check(In, 90, |f| f.order.as_mut().expect("o").holder = "trader-other".into(), &[R::OrderNotHolder]);
    check(In, 90, |f| f.order.as_mut().expect("o").holder = "truck-fast".into(), &[]);
    check(In, 90, |f| f.order.as_mut().expect("o").redeemed = vec![BOX.into()], &[R::OrderRedeemed]);
    check(Out, 90, |f| f.container_seen = Some("ZZZU0000020".into()), &[R::ContainerDiffers]);
    check(Out, 90, |f| f.container_seen = None, &[R::ContainerDiffers]);
    check(Out, 90, |f| f.booking.as_mut().expect("b").phase = BookingPhase::Booked, &[R::BookingState]);
    check(Out, 90, |f| f.container.as_mut().expect("c").customs = held(), &[R::Held]);
    check(Out, 90, |f| f.container.as_mut().expect("c").place = Place::Yard { position: "A1".into() }, &[R::ContainerNotInYard]);
}

#[test]
fn the_window_is_thirty_minutes_wider_than_the_slot_and_binds_the_way_in_only() {
    let (opens, closes) = (60 - GATE_TOLERANCE_MINUTES, 120 + GATE_TOLERANCE_MINUTES);
    for (at, late) in [(opens - 1, true), (opens, false), (closes, false), (closes + 1, true)] {
        let expect: &[GateReason] = if late { &[GateReason::OutsideWindow] } else { &[] };
        check(Direction::In, at, |_| {}, expect);
        check(Direction::Out, at, |_| {}, &[]);
    }
}

#[test]
fn a_driver_hears_every_reason_at_once() {
    let nothing = GateFacts { plate: "浙B1".into(), container_seen: None, container: None, booking: None, order: None };
    assert_eq!(
        decide_gate(&nothing, Direction::In, minute(0)).reasons,
        [GateReason::NoBooking, GateReason::ContainerNotInYard, GateReason::NotReleased, GateReason::NoDeliveryOrder]
    );
    check(
        Direction::In,
        0,
        |f| {
            f.plate = "x".into();
            f.container.as_mut().expect("c").customs = held();
            f.order.as_mut().expect("o").holder = "y".into();
        },
        &[GateReason::PlateDiffers, GateReason::OutsideWindow, GateReason::Held, GateReason::OrderNotHolder],
    );
}

#[test]
fn reasons_travel_under_their_codes_with_words_for_the_driver() {
    for reason in GateReason::ALL {
        assert_eq!(serde_json::to_string(&reason).expect("json"), format!("\"{}\"", reason.code()));
        assert!(!reason.text().zh.is_empty() && !reason.text().en.is_empty());
    }
    assert!(GateReason::ALL.is_sorted());
    assert_eq!(Mass::from_kg(1).map(Mass::grams), Some(1_000));
}

proptest! {
    /// Whatever else is true, a box without release, with a hold, or without a live order for it never passes, in or out.
    #[test]
    fn never_without_release_and_order(
        out in any::<bool>(), customs in 0u8..3, order in 0u8..5, place in 0u8..4, booking in 0u8..5, at in 0i64..200,
    ) {
        let direction = if out { Direction::Out } else { Direction::In };
        let mut facts = if out { ready_out() } else { ready_in() };
        let container = facts.container.as_mut().expect("box");
        container.customs = match customs { 0 => released(), 1 => held(), _ => Customs::NotReleased };
        match place {
            0 => {}
            1 => container.place = Place::OnBoard,
            2 => container.place = Place::Yard { position: "B2".into() },
            _ => container.place = Place::Gone { gate_transaction: "X".into(), eir: "E".into(), plate: "p".into(), at: minute(0) },
        }
        match order {
            0 => {}
            1 => facts.order = None,
            2 => facts.order.as_mut().expect("o").phase = OrderPhase::Cancelled { at: minute(0), reason: "x".into() },
            3 => facts.order.as_mut().expect("o").redeemed = vec![BOX.into()],
            _ => facts.order.as_mut().expect("o").containers.clear(),
        }
        match booking {
            0 => {}
            1 => facts.booking = None,
            2 => facts.booking.as_mut().expect("b").phase = BookingPhase::Completed { at: minute(0), gate_transaction: "X".into() },
            3 => facts.booking.as_mut().expect("b").plate = "other".into(),
            _ => facts.booking.as_mut().expect("b").container = "other".into(),
        }
        let passes = decide_gate(&facts, direction, minute(at)).passes();
        if customs != 0 || order != 0 || booking != 0 || matches!(place, 1 | 3) {
            prop_assert!(!passes);
        }
    }
}
