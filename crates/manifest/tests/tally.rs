//! The clock of a tally report runs from the discharge of its box; the first report stops it, a later one corrects (MFT-02).

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use ledger::Aggregate;
use manifest::{
    Counted, Listed, ReceiveTally, TalliedBox, TallyDifference, TallyDue, TallyReport, decide_tally_due, decide_tally_received,
    tally_differences,
};
use object::{Object, minute};

fn of() -> TalliedBox {
    TalliedBox {
        number: "ZZZU0000015".into(),
        call: "C2611-0001".into(),
        bill: Some("DEMO001".into()),
        terminal: "terminal-east".into(),
        parties: vec!["terminal-east".into(), "agent-blue".into()],
    }
}

fn due(at: i64) -> TallyDue {
    TallyDue { of: of(), discharged_at: minute(at), limit_minutes: 60 }
}

fn told(received: i64, packages: u32) -> ReceiveTally {
    ReceiveTally {
        of: of(),
        counted: Counted { at: minute(received), packages: Some(packages), seal: Some("s 1".into()), ..Counted::default() },
        received_at: minute(received),
        by: "terminal-east".into(),
        listed: Some(Listed { packages: 10, seals: vec!["S-1".into()] }),
    }
}

fn awaited() -> Object<TallyReport> {
    let mut report = Object::new();
    report.take(decide_tally_due(None, due(0)), minute(0)).expect("due");
    report
}

#[test]
fn a_box_ashore_waits_for_its_tally_and_the_terminal_owes_it() {
    let report = awaited();
    let row = report.get().work_row("ZZZU0000015-C2611-0001");
    assert_eq!(
        (report.get().status(), row.owner.as_deref(), row.action.as_deref()),
        ("awaited", Some("terminal-east"), Some("report-tally"))
    );
    assert_eq!((row.due_at, row.closed_at), (Some(minute(60)), None));
    assert!(row.keys.contains(&"TERMINAL:TERMINAL-EAST".to_owned()) && row.keys.contains(&"C2611-0001".to_owned()));
    assert_eq!(decide_tally_due(report.state.as_ref(), due(5)).expect_err("once").code, "tally-already-due");
    report.check();
}

#[test]
fn in_time_is_up_to_the_limit_and_late_is_one_past_it() {
    for (received, status) in [(0, "on-time"), (60, "on-time"), (61, "late")] {
        let mut report = awaited();
        report.take(decide_tally_received(report.state.as_ref(), told(received, 10)), minute(received)).expect("received");
        let row = report.get().work_row("id");
        assert_eq!((report.get().status(), row.closed_at, row.owner), (status, Some(minute(received)), None));
        report.check();
    }
}

#[test]
fn a_tally_ahead_of_the_discharge_is_on_time_once_the_box_is_ashore() {
    let mut report: Object<TallyReport> = Object::new();
    report.take(decide_tally_received(None, told(3, 10)), minute(3)).expect("ahead");
    assert_eq!((report.get().status(), report.get().was_on_time(), report.get().work_row("id").action), ("early", None, None));
    report.take(decide_tally_due(report.state.as_ref(), due(5)), minute(5)).expect("due");
    assert_eq!((report.get().status(), report.get().was_on_time()), ("on-time", Some(true)));
    report.check();
}

#[test]
fn a_correction_changes_what_was_counted_and_not_the_clock() {
    let mut report = awaited();
    report.take(decide_tally_received(report.state.as_ref(), told(30, 9)), minute(30)).expect("first");
    let wrong = TallyDifference { field: "packages".into(), manifested: "10".into(), tallied: "9".into() };
    assert_eq!(report.get().differences, [wrong]);
    assert!(report.get().work_row("id").keys.contains(&"TALLY:DIFFERS".to_owned()));
    assert_eq!(decide_tally_received(report.state.as_ref(), told(30, 9)).expect_err("the same").code, "tally-repeated");
    report.take(decide_tally_received(report.state.as_ref(), told(600, 10)), minute(600)).expect("corrected");
    let state = report.get();
    assert_eq!((state.status(), state.corrections, state.received_at, state.differences.len()), ("on-time", 1, Some(minute(30)), 0));
    report.check();
}

#[test]
fn what_was_not_counted_differs_in_nothing() {
    let listed = Listed { packages: 10, seals: vec!["S1".into(), "S2".into()] };
    let fields = |counted: Counted| tally_differences(&listed, &counted).into_iter().map(|d| d.field).collect::<Vec<_>>();
    assert_eq!(fields(Counted::default()), Vec::<String>::new());
    assert_eq!(fields(Counted { seal: Some("s2".into()), ..Counted::default() }), Vec::<String>::new(), "one of several seals");
    assert_eq!(fields(Counted { seal: Some("S3".into()), packages: Some(11), ..Counted::default() }), ["packages", "seal"]);
    let bare = Listed { packages: 10, seals: Vec::new() };
    assert_eq!(tally_differences(&bare, &Counted { seal: Some("S3".into()), ..Counted::default() }), []);
}
