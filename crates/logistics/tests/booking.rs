//! Slots, bookings, gate transactions and receipts.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use ledger::Aggregate;
use logistics::{
    Booking, BookingCancelled, BookingChanged, BookingCompleted, BookingGatedIn, BookingMade, DAMAGES_MAX, Damage, Direction, Driver, Eir,
    EirIssued, Freed, GATE_TOLERANCE_MINUTES, GateDecision, GateReason, GateRecord, GateTransaction, Opened, PHOTOS_MAX, Panel,
    PanelCondition, SLOT_CAPACITY_MAX, Slot, Taken, decide_book, decide_booking_cancel, decide_booking_change, decide_booking_complete,
    decide_booking_gated_in, decide_booking_missed, decide_free_slot, decide_issue_eir, decide_open_slot, decide_record_gate,
    decide_take_slot, slot_id,
};
use object::{Object, minute};
use proptest::prelude::*;

fn opening(capacity: u32) -> Opened {
    Opened { terminal: "terminal-east".into(), start: minute(60), end: minute(120), capacity }
}

fn slot(capacity: u32) -> Object<Slot> {
    let mut slot = Object::new();
    slot.take(decide_open_slot(None, opening(capacity)), minute(0)).expect("opened");
    slot
}

fn place(slot: &mut Object<Slot>, booking: &str, at: i64) -> Result<(), &'static str> {
    let decided = decide_take_slot(slot.get(), Taken { booking: booking.into() }, minute(at));
    slot.take(decided, minute(at))
}

#[test]
fn a_slot_is_named_after_its_hour_in_port_time() {
    assert_eq!(slot_id("terminal-east", minute(60), 480), "terminal-east-2026112009");
}

#[test]
fn a_slot_never_takes_more_than_it_holds() {
    let mut slot = slot(2);
    place(&mut slot, "B1", 1).expect("first");
    assert_eq!(place(&mut slot, "B1", 2), Err("slot-already-taken"));
    place(&mut slot, "B2", 3).expect("second");
    assert_eq!(place(&mut slot, "B3", 4), Err("slot-full"));
    assert_eq!(decide_free_slot(slot.get(), Freed { booking: "B9".into() }).map_err(|r| r.code), Err("slot-not-taken"));
    assert_eq!(decide_open_slot(slot.state.as_ref(), opening(1)).map_err(|r| r.code), Err("slot-capacity"));
    let decided = decide_free_slot(slot.get(), Freed { booking: "B1".into() });
    slot.take(decided, minute(5)).expect("freed");
    assert_eq!(place(&mut slot, "B3", 120), Err("slot-past"));
    place(&mut slot, "B3", 119).expect("room again");
    slot.check();
}

#[test]
fn a_slot_has_sensible_times_and_a_bounded_capacity() {
    let open = |opened| decide_open_slot(None, opened).map_err(|r| r.code);
    assert_eq!(open(Opened { end: minute(60), ..opening(1) }), Err("slot-times"));
    assert_eq!(open(opening(0)), Err("slot-capacity"));
    assert!(open(opening(SLOT_CAPACITY_MAX)).is_ok());
    assert_eq!(open(opening(SLOT_CAPACITY_MAX + 1)), Err("slot-capacity"));
    let other_hour = Opened { start: minute(0), ..opening(5) };
    assert_eq!(decide_open_slot(slot(1).state.as_ref(), other_hour).map_err(|r| r.code), Err("slot-times"));
}

fn driver() -> Driver {
    Driver { name: "示例司机".into(), phone: "000-0000-0001".into() }
}

fn making() -> BookingMade {
    BookingMade {
        container: "ZZZU0000015-C1".into(),
        delivery_order: "O1".into(),
        terminal: "terminal-east".into(),
        slot: "terminal-east-2026112009".into(),
        start: minute(60),
        end: minute(120),
        trucker: "truck-fast".into(),
        principal: "trader-green".into(),
        plate: "浙B12345".into(),
        driver: driver(),
    }
}

fn booking() -> Object<Booking> {
    let mut booking = Object::new();
    booking.take(decide_book(None, making(), minute(0)), minute(0)).expect("booked");
    booking
}

#[test]
fn a_booking_from_making_to_completion() {
    let mut booking = booking();
    let row = booking.get().work_row("B1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref(), row.due_at), (Some("truck-fast"), Some("collect"), Some(minute(120))));
    let decided = decide_booking_change(
        booking.get(),
        BookingChanged { slot: "s".into(), start: minute(120), end: minute(180), plate: "浙B54321".into(), driver: driver() },
        minute(1),
    );
    booking.take(decided, minute(1)).expect("changed");
    assert_eq!(
        decide_booking_complete(booking.get(), BookingCompleted { gate_transaction: "X".into() }).map_err(|r| r.code),
        Err("booking-not-in")
    );
    let decided = decide_booking_gated_in(booking.get(), BookingGatedIn { gate_transaction: "X1".into() });
    booking.take(decided, minute(121)).expect("in");
    // Cancelling is possible before the gate only.
    assert_eq!(decide_booking_cancel(booking.get(), BookingCancelled { reason: "x".into() }).map_err(|r| r.code), Err("booking-not-open"));
    let decided = decide_booking_complete(booking.get(), BookingCompleted { gate_transaction: "X2".into() });
    booking.take(decided, minute(130)).expect("out");
    assert_eq!((booking.get().is_open(), booking.get().work_row("B1").closed_at), (false, Some(minute(130))));
    booking.check();
}

#[test]
fn a_booking_is_missed_after_its_window_only() {
    let mut booking = booking();
    let over = 120 + GATE_TOLERANCE_MINUTES;
    assert_eq!(decide_booking_missed(booking.get(), minute(over)).map_err(|r| r.code), Err("booking-not-over"));
    let decided = decide_booking_missed(booking.get(), minute(over + 1));
    booking.take(decided, minute(over + 1)).expect("missed");
    assert_eq!(booking.get().status(), "missed");
    booking.check();
}

#[test]
fn a_booking_needs_a_plate_a_driver_and_a_slot_that_is_not_over() {
    let book = |command, at| decide_book(None, command, minute(at)).map_err(|r| r.code);
    assert_eq!(book(BookingMade { plate: "??".into(), ..making() }, 0), Err("booking-plate"));
    assert_eq!(book(BookingMade { driver: Driver { name: " ".into(), ..driver() }, ..making() }, 0), Err("booking-driver"));
    assert_eq!(book(BookingMade { driver: Driver { phone: "call me".into(), ..driver() }, ..making() }, 0), Err("booking-driver"));
    assert_eq!(book(making(), 120), Err("slot-past"));
    assert!(book(making(), 119).is_ok());
    assert_eq!(decide_book(booking().state.as_ref(), making(), minute(0)).map_err(|r| r.code), Err("booking-exists"));
}

fn record() -> GateRecord {
    GateRecord {
        direction: Direction::In,
        terminal: "terminal-east".into(),
        lane: "L1".into(),
        plate: "浙B12345".into(),
        container: Some("ZZZU0000015-C1".into()),
        booking: Some("B1".into()),
        trucker: Some("truck-fast".into()),
        at: minute(70),
    }
}

#[test]
fn a_gate_transaction_keeps_every_reason_and_never_changes() {
    let mut passed: Object<GateTransaction> = Object::new();
    passed.take(decide_record_gate(None, record(), &GateDecision::default(), Some("E1".into())), minute(70)).expect("recorded");
    assert_eq!(passed.get().status(), "passed");
    let again = decide_record_gate(passed.state.as_ref(), record(), &GateDecision::default(), None);
    assert_eq!(again.map_err(|r| r.code), Err("gate-transaction-exists"));
    passed.check();

    let refusal = GateDecision { reasons: vec![GateReason::NotReleased, GateReason::NoDeliveryOrder] };
    let mut refused: Object<GateTransaction> = Object::new();
    refused.take(decide_record_gate(None, record(), &refusal, None), minute(70)).expect("recorded");
    assert_eq!(refused.get().status(), "refused");
    refused.check();
}

fn receipt() -> EirIssued {
    EirIssued {
        container: "ZZZU0000015-C1".into(),
        size_type: "22G1".into(),
        direction: Direction::Out,
        operation: "提重".into(),
        plate: "浙B12345".into(),
        driver: "示例司机".into(),
        trucker: "truck-fast".into(),
        terminal: "terminal-east".into(),
        bill: Some("DEMO001".into()),
        call: "C1".into(),
        gate_transaction: "X2".into(),
        seal: Some("S1".into()),
        condition: Panel::ALL.iter().map(|panel| PanelCondition { panel: *panel, sound: *panel != Panel::Door }).collect(),
        damages: vec![damage(Panel::Door, "DT")],
        at: minute(90),
        photos: Vec::new(),
        code: "A".repeat(16),
    }
}

fn damage(location: Panel, cedex: &str) -> Damage {
    Damage { location, component: "panel".into(), cedex: cedex.into(), responsible: None }
}

#[test]
fn a_receipt_is_issued_once_and_does_not_contradict_itself() {
    let mut eir: Object<Eir> = Object::new();
    eir.take(decide_issue_eir(None, receipt()), minute(90)).expect("issued");
    assert_eq!(decide_issue_eir(eir.state.as_ref(), receipt()).map_err(|r| r.code), Err("eir-exists"));
    eir.check();
    let issue = |damages| decide_issue_eir(None, EirIssued { damages, ..receipt() }).map_err(|r| r.code);
    assert_eq!(issue(vec![damage(Panel::Door, "??")]), Err("eir-damage"));
    assert_eq!(issue(vec![damage(Panel::Top, "DT")]), Err("eir-damage"), "a side called sound has no damage");
    assert!(issue(vec![damage(Panel::Door, "DT"); DAMAGES_MAX]).is_ok());
    assert_eq!(issue(vec![damage(Panel::Door, "DT"); DAMAGES_MAX + 1]), Err("eir-damage"));
}

#[test]
fn photos_are_few_distinct_and_named_by_their_hash() {
    let photos = |count: usize| (0..count).map(|n| format!("{n:064x}")).collect::<Vec<_>>();
    let issue = |photos| decide_issue_eir(None, EirIssued { photos, ..receipt() }).map_err(|r| r.code);
    assert!(issue(photos(PHOTOS_MAX)).is_ok());
    assert_eq!(issue(photos(PHOTOS_MAX + 1)), Err("eir-photos"));
    assert_eq!(issue(vec![photos(1)[0].clone(); 2]), Err("eir-photos"), "one twice");
    for bad in ["", "abc", &"G".repeat(64), &"A".repeat(64)] {
        assert_eq!(issue(vec![bad.to_owned()]), Err("eir-photos"), "{bad}");
    }
    // Receipts issued before there were photos read as they are, and are written as they were.
    let before = serde_json::to_value(receipt()).expect("JSON");
    assert_eq!(before.get("photos"), None);
    assert_eq!(serde_json::from_value::<EirIssued>(before).expect("reads"), receipt());
}

proptest! {
    #[test]
    fn no_order_of_commands_overfills_a_slot(capacity in 1u32..4, commands in prop::collection::vec((0u8..3, 0u8..5), 0..40)) {
        let mut slot = slot(capacity);
        for (command, n) in commands {
            let booking = format!("B{n}");
            let decided = match command {
                0 => decide_take_slot(slot.get(), Taken { booking }, minute(1)),
                1 => decide_free_slot(slot.get(), Freed { booking }),
                _ => decide_open_slot(slot.state.as_ref(), opening(u32::from(n))),
            };
            let _ = slot.take(decided, minute(1));
            prop_assert!(slot.get().bookings.len() <= slot.get().capacity as usize);
        }
        slot.check();
    }

    #[test]
    fn no_order_of_commands_breaks_a_booking(commands in prop::collection::vec((0u8..5, 0i64..300), 0..20)) {
        let mut booking = booking();
        for (command, at) in commands {
            let state = booking.get();
            let decided = match command {
                0 => decide_booking_gated_in(state, BookingGatedIn { gate_transaction: "X1".into() }),
                1 => decide_booking_complete(state, BookingCompleted { gate_transaction: "X2".into() }),
                2 => decide_booking_cancel(state, BookingCancelled { reason: "x".into() }),
                3 => decide_booking_missed(state, minute(at)),
                _ => decide_booking_change(state, BookingChanged { slot: "s".into(), start: minute(at), end: minute(at + 60), plate: "浙B12346".into(), driver: driver() }, minute(at)),
            };
            let ended = !state.is_open();
            prop_assert!(!(booking.take(decided, minute(at)).is_ok() && ended), "an ended booking changes no more");
        }
        booking.check();
    }
}
