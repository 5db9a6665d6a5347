//! A ship call arrives once, departs after arrival, and never comes back from cancellation.

mod object;

use ledger::{Aggregate, DomainEvent};
use object::{Object, minute};
use port_call::{
    AnnounceCall, Cancelled, ChangeCall, ReportArrival, ReportDeparture, ShipCall, ShipCallEvent, decide_announce, decide_arrival,
    decide_cancel, decide_change, decide_departure,
};
use proptest::prelude::*;

fn announcement() -> AnnounceCall {
    AnnounceCall {
        ship_name: "Demo Star".into(),
        imo: "9074729".into(),
        voyage_in: "026E".into(),
        voyage_out: None,
        flag: Some("PA".into()),
        agent: "agent-blue".into(),
        terminal: "terminal-east".into(),
        berth: None,
        eta: minute(600),
    }
}

fn announced() -> Object<ShipCall> {
    let mut call = Object::new();
    call.take(decide_announce(None, announcement()), minute(0)).expect("announced");
    call
}

fn arrive(call: &mut Object<ShipCall>, at: i64) -> Result<(), &'static str> {
    let decided = decide_arrival(call.get(), &ReportArrival { at: minute(at), entry_declared_at: None });
    call.take(decided, minute(at))
}

#[test]
fn a_visit_from_announcement_to_departure() {
    let mut call = announced();
    let row = call.get().work_row("C2611-0001");
    assert_eq!(
        (row.status.as_str(), row.owner.as_deref(), row.action.as_deref()),
        ("announced", Some("agent-blue"), Some("report-arrival"))
    );
    assert_eq!(row.due_at, Some(minute(600)));

    // Earlier than announced is fine; without other word the conveyance declares entry on arrival.
    arrive(&mut call, 500).expect("arrives early");
    assert_eq!((call.get().ata(), call.get().entry_declared_at()), (Some(minute(500)), Some(minute(500))));

    let decided = decide_departure(call.get(), &ReportDeparture { at: minute(900) });
    call.take(decided, minute(900)).expect("departs");
    assert_eq!(call.get().status(), "departed");
    assert_eq!(call.get().work_row("C2611-0001").closed_at, Some(minute(900)));
    call.check();
}

#[test]
fn arriving_twice_is_refused_with_what_was_found() {
    let mut call = announced();
    arrive(&mut call, 10).expect("first");
    assert_eq!(arrive(&mut call, 20), Err("call-already-arrived"));
    let refusal = decide_arrival(call.get(), &ReportArrival { at: minute(20), entry_declared_at: None }).expect_err("refused");
    assert_eq!((refusal.found.as_str(), refusal.attempted), ("arrived", "ship-call.arrive"));
}

#[test]
fn the_order_of_things_is_kept() {
    let mut call = announced();
    assert_eq!(decide_departure(call.get(), &ReportDeparture { at: minute(1) }).map_err(|r| r.code), Err("call-not-arrived"));
    assert_eq!(decide_announce(call.state.as_ref(), announcement()).map_err(|r| r.code), Err("call-exists"));
    assert_eq!(decide_change(call.get(), ChangeCall::default()).map_err(|r| r.code), Err("call-nothing-changed"));
    arrive(&mut call, 10).expect("arrives");
    assert_eq!(decide_departure(call.get(), &ReportDeparture { at: minute(9) }).map_err(|r| r.code), Err("call-departure-before-arrival"));
    assert_eq!(decide_cancel(call.get(), Cancelled { reason: "no".into() }).map_err(|r| r.code), Err("call-already-arrived"));
    let moved = ChangeCall { terminal: Some("terminal-west".into()), ..ChangeCall::default() };
    assert_eq!(decide_change(call.get(), moved).map_err(|r| r.code), Err("call-already-arrived"));
    let berth = ChangeCall { berth: Some("5".into()), ..ChangeCall::default() };
    let decided = decide_change(call.get(), berth);
    call.take(decided, minute(11)).expect("a ship in port can shift");
    assert_eq!(call.get().berth.as_deref(), Some("5"));
}

#[test]
fn a_voyage_number_fits_its_field() {
    for (voyage, fits) in [("", false), ("1", true), (&"9".repeat(32), true), (&"9".repeat(33), false)] {
        let command = AnnounceCall { voyage_in: voyage.into(), ..announcement() };
        assert_eq!(decide_announce(None, command).is_ok(), fits, "{voyage}");
    }
}

#[test]
fn events_that_do_not_fit_are_not_applied() {
    let departed = ShipCallEvent::Departed(port_call::Departed { at: minute(1) });
    let error = ShipCall::apply(None, &departed, minute(1)).expect_err("nothing departs from nothing");
    assert_eq!(error.to_string(), "ship-call.departed cannot follow nothing");
    assert!(ShipCallEvent::parse("ship-call.sunk", &departed.payload()).is_err());
}

proptest! {
    #[test]
    fn no_order_of_commands_breaks_a_call(commands in prop::collection::vec((0u8..5, 0i64..2_000), 0..30)) {
        let mut call = announced();
        let mut arrivals = 0;
        for (command, at) in commands {
            let decided = match command {
                0 => decide_arrival(call.get(), &ReportArrival { at: minute(at), entry_declared_at: Some(minute(at)) }),
                1 => decide_departure(call.get(), &ReportDeparture { at: minute(at) }),
                2 => decide_cancel(call.get(), Cancelled { reason: "weather".into() }),
                3 => decide_change(call.get(), ChangeCall { eta: Some(minute(at)), ..ChangeCall::default() }),
                _ => decide_announce(call.state.as_ref(), announcement()),
            };
            arrivals += decided.iter().flatten().filter(|e| e.kind() == "ship-call.arrived").count();
            let _ = call.take(decided, minute(at));
            prop_assert!(arrivals <= 1);
            if let (Some(ata), Some(atd)) = (call.get().ata(), call.get().atd()) {
                prop_assert!(ata <= atd);
            }
        }
        call.check();
    }
}
