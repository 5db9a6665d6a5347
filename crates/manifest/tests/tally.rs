//! The clock of a tally report runs from the discharge of its box; the first report stops it, a later one corrects (MFT-02).

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use ledger::Aggregate;
use manifest::{
    Counted, Listed, ReceiveTally, Recognised, ReviewReason, TalliedBox, TallyDifference, TallyDue, TallyReport, TallyReviewed,
    TallySender, decide_tally_due, decide_tally_received, decide_tally_reviewed, tally_differences,
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
        sender: TallySender::Person,
        listed: Some(Listed { packages: 10, seals: vec!["S-1".into()] }),
        confidence_min_per_mille: 950,
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

/// What a device said of a box of which the manifest says ten packages.
fn recognised(received: i64, packages: u32, number: &str, confidence_per_mille: u16) -> ReceiveTally {
    let mut told = ReceiveTally { sender: TallySender::System, ..told(received, packages) };
    told.counted.recognised =
        Some(Recognised { device: "QC01".into(), number: number.into(), confidence_per_mille, pictures: vec!["ab".repeat(32)] });
    told
}

#[test]
fn a_device_that_is_unsure_or_differs_is_looked_at_by_a_person() {
    use ReviewReason::{LowConfidence, ManifestDiffers, NumberDiffers};
    let reasons = |command: ReceiveTally| {
        let mut report = awaited();
        report.take(decide_tally_received(report.state.as_ref(), command), minute(5)).expect("received");
        report.get().review.clone()
    };
    assert_eq!(reasons(recognised(5, 10, "ZZZU 000001-5", 950)), []);
    assert_eq!(reasons(recognised(5, 10, "ZZZU0000015", 949)), [LowConfidence]);
    assert_eq!(reasons(recognised(5, 10, "ZZZU0000016", 999)), [NumberDiffers]);
    assert_eq!(reasons(recognised(5, 11, "ZZZU0000016", 0)), [LowConfidence, NumberDiffers, ManifestDiffers]);
    assert_eq!(reasons(told(5, 11)), [], "a clerk has looked already");
}

#[test]
fn a_person_stands_for_the_device_or_reports_in_its_place() {
    let row = |report: &Object<TallyReport>| report.get().work_row("X");
    let review = || TallyReviewed { by: "xu".into(), note: "picture 2 is clear".into(), corrections: Some(0) };
    let mut report = awaited();
    assert_eq!(decide_tally_reviewed(report.get(), review()).expect_err("nothing waits").code, "tally-no-review");
    report.take(decide_tally_received(report.state.as_ref(), recognised(5, 10, "ZZZU0000016", 999)), minute(5)).expect("received");
    assert_eq!(report.get().status(), "on-time", "the clock does not wait for the person");
    assert_eq!(
        (row(&report).action.as_deref(), row(&report).owner.as_deref(), row(&report).closed_at),
        (Some("review-tally"), Some("terminal-east"), None)
    );
    assert!(row(&report).keys.contains(&"TALLY:REVIEW".to_owned()));
    let mut seen = awaited();
    seen.take(decide_tally_received(seen.state.as_ref(), recognised(5, 10, "ZZZU0000016", 999)), minute(5)).expect("received");
    seen.take(decide_tally_reviewed(seen.get(), review()), minute(9)).expect("reviewed");
    assert_eq!((row(&seen).action, row(&seen).closed_at), (None, Some(minute(5))));
    assert_eq!(decide_tally_reviewed(seen.get(), review()).expect_err("once").code, "tally-no-review");
    seen.check();
    // A clerk's report takes the place of the device's.
    report.take(decide_tally_received(report.state.as_ref(), told(10, 10)), minute(10)).expect("received");
    assert_eq!((row(&report).action, report.get().corrections), (None, 1));
    report.check();
}

#[test]
fn while_a_device_waits_for_a_person_no_system_clears_it() {
    use ReviewReason::{DischargeDiffers, LowConfidence, ManifestDiffers, NumberDiffers};
    let from = |sender, command: ReceiveTally| ReceiveTally { sender, ..command };
    let mut report = awaited();
    let mut take = |command: ReceiveTally, at: i64| {
        report.take(decide_tally_received(report.state.as_ref(), command), minute(at)).expect("received");
        let state = report.get().clone();
        (state.review.clone(), state.waits_for_review(), state.counted.expect("counted"))
    };
    take(recognised(5, 10, "ZZZU0000016", 600), 5);
    // The same key says it again without the device, or surer.
    let (reasons, waits, counted) = take(from(TallySender::System, told(6, 10)), 6);
    assert_eq!((reasons, waits), (vec![LowConfidence, NumberDiffers], true));
    assert_eq!(counted.recognised.expect("what the device read stays").number, "ZZZU0000016");
    let (reasons, waits, _) = take(recognised(7, 11, "ZZZU0000015", 999), 7);
    assert_eq!((reasons, waits), (vec![LowConfidence, NumberDiffers, ManifestDiffers], true));
    // A discharge report does not take the device's place; what it says otherwise is a reason more.
    let (reasons, waits, counted) = take(from(TallySender::Discharge, told(8, 10)), 8);
    assert_eq!((reasons, waits), (vec![LowConfidence, NumberDiffers, ManifestDiffers, DischargeDiffers], true));
    assert_eq!((counted.packages, counted.recognised.is_some()), (Some(11), true));
    // A person who passes on what a device said has not looked either; a person's own count settles it.
    let (_, waits, _) = take(from(TallySender::Person, recognised(9, 10, "ZZZU0000015", 999)), 9);
    assert!(waits);
    let (reasons, waits, _) = take(from(TallySender::Person, told(10, 10)), 10);
    assert_eq!((reasons, waits), (vec![], false));
    report.check();
}

#[test]
fn a_discharge_that_says_the_same_leaves_a_sure_device_alone() {
    let mut report = awaited();
    report.take(decide_tally_received(None, recognised(5, 10, "ZZZU0000015", 999)), minute(5)).expect("received");
    let discharge = |packages| ReceiveTally { sender: TallySender::Discharge, ..told(6, packages) };
    assert_eq!(decide_tally_received(report.state.as_ref(), discharge(10)).expect_err("nothing new").code, "tally-repeated");
    report.take(decide_tally_received(report.state.as_ref(), discharge(9)), minute(6)).expect("something else");
    assert_eq!((report.get().review.as_slice(), report.get().waits_for_review()), ([ReviewReason::DischargeDiffers].as_slice(), true));
    report.check();
}

#[test]
fn a_review_stands_for_the_report_that_was_looked_at_and_for_no_other() {
    let mut report = awaited();
    report.take(decide_tally_received(None, recognised(5, 10, "ZZZU0000015", 600)), minute(5)).expect("received");
    let review = |corrections| TallyReviewed { by: "xu".into(), note: "clear".into(), corrections };
    report.take(decide_tally_received(report.state.as_ref(), recognised(6, 12, "ZZZU0000015", 700)), minute(6)).expect("corrected");
    for other in [None, Some(0), Some(2)] {
        assert_eq!(decide_tally_reviewed(report.get(), review(other)).expect_err("another report").code, "tally-report-changed");
    }
    report.take(decide_tally_reviewed(report.get(), review(Some(1))), minute(7)).expect("reviewed");
    assert!(!report.get().waits_for_review());
    report.check();
}
