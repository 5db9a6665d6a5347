//! An inspected box is held to the ship that was planned for it.

use inspection::{
    InspectedSailing, SailingEvent, SailingLoaded, SailingPhase, SailingPlanned, SailingResult, SailingShipLeft, decide_sailing_loaded,
    decide_sailing_planned, decide_sailing_ship_cancelled, decide_sailing_ship_left,
};
use ledger::{Aggregate, Timestamp};

fn at(hours: i64) -> Timestamp {
    Timestamp::from_millis(1_800_000_000_000).plus_hours(hours)
}

fn planned(call: &str) -> SailingPlanned {
    SailingPlanned {
        container: "CSQU3054383-C1".into(),
        number: "CSQU3054383".into(),
        call: call.into(),
        ship: "DEMO STAR 2E".into(),
        terminal: "terminal-east".into(),
        district: "3104".into(),
        site: "H1".into(),
        at_site_at: at(0),
        parties: vec!["agent-blue".into()],
    }
}

fn apply(state: Option<InspectedSailing>, events: Vec<SailingEvent>, when: Timestamp) -> InspectedSailing {
    events.iter().fold(state, |state, event| Some(InspectedSailing::apply(state, event, when).expect("follows"))).expect("a state")
}

fn begun() -> InspectedSailing {
    apply(None, decide_sailing_planned(None, planned("C2")), at(0))
}

fn loaded(state: InspectedSailing, call: &str, hours: i64) -> InspectedSailing {
    let events = decide_sailing_loaded(&state, SailingLoaded { call: call.into(), at: at(hours) });
    apply(Some(state), events, at(hours))
}

fn left(state: InspectedSailing, onward: bool) -> InspectedSailing {
    let events = decide_sailing_ship_left(&state, SailingShipLeft { at: at(10), onward });
    apply(Some(state), events, at(10))
}

#[test]
fn on_board_when_the_planned_ship_leaves_or_not() {
    let good = left(loaded(begun(), "C2", 9), false);
    assert_eq!(good.result(), Some((SailingResult::OnSchedule, at(10))));
    let missed = left(begun(), true);
    assert_eq!(missed.result(), Some((SailingResult::Missed, at(10))));
    assert_eq!(missed.work_row("x").opened_at, at(10), "of the period in which its ship left");
    // It goes on by the next ship: that does not make it on time.
    let later = loaded(missed.clone(), "C3", 30);
    assert_eq!((later.result(), later.was), (Some((SailingResult::Missed, at(10))), Some(SailingResult::Missed)));
    // What was loaded and told only after the departure was on board.
    let told_late = loaded(missed, "C2", 11);
    assert_eq!((told_late.result(), told_late.was), (Some((SailingResult::OnSchedule, at(10))), Some(SailingResult::Missed)));
}

#[test]
fn another_plan_does_not_make_another_ship_the_planned_one() {
    let state = begun();
    assert!(decide_sailing_planned(Some(&state), planned("C3")).is_empty());
    let moved = left(loaded(state, "C3", 8), false);
    assert_eq!(moved.result(), Some((SailingResult::Missed, at(10))), "it left by another ship, before the planned one");
}

#[test]
fn what_does_not_go_on_or_has_no_ship_counts_neither_way_and_may_be_planned_anew() {
    let not_onward = left(begun(), false);
    assert_eq!((not_onward.status(), not_onward.result()), ("dropped", None));
    let state = begun();
    let cancelled = apply(Some(state.clone()), decide_sailing_ship_cancelled(&state), at(5));
    assert_eq!(cancelled.phase, SailingPhase::Dropped { at: at(5) });
    assert!(decide_sailing_loaded(&cancelled, SailingLoaded { call: "C2".into(), at: at(6) }).is_empty());
    let again = apply(Some(cancelled.clone()), decide_sailing_planned(Some(&cancelled), planned("C4")), at(6));
    assert_eq!((again.planned.call.as_str(), again.status()), ("C4", "planned"));
}
