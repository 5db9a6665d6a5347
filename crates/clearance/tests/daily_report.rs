//! A day is closed once, with a reason for everything that is carried over.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use std::collections::BTreeMap;

use clearance::{
    CARRIED_GROUPS_MAX, CARRIED_NOTE_LENGTH_MAX, CARRY_REASONS, CLOSES_WITHIN_DAYS, CaseGroup, CloseDay, DailyReport, DayFacts, DayFigures,
    OpenCase, Why, carry_reason, decide_close_day, usual_reason,
};
use object::{Object, minute};

const DAY: i32 = 20_784;

fn group(kind: &str, status: &str, action: Option<&str>) -> CaseGroup {
    CaseGroup { kind: kind.into(), status: status.into(), action: action.map(str::to_owned) }
}

fn why(reason: &str, note: &str) -> Why {
    Why { reason: reason.into(), note: note.into() }
}

fn case(group: CaseGroup, id: &str) -> OpenCase {
    OpenCase { group, id: id.into(), title: format!("{id} DEMO001"), owner: Some("3104".into()), opened_at: minute(0), due_at: None }
}

/// Two inspections to be done and a declaration that waits for documents.
fn facts() -> DayFacts {
    let (inspection, declaration) =
        (group("inspection", "at-site", Some("record-result")), group("declaration", "awaiting-documents", None));
    DayFacts {
        minute: 18 * 60,
        close_from_minute: 16 * 60,
        today: DAY,
        figures: DayFigures { opened: 7, cleared: 5, open: 3 },
        open: BTreeMap::from([(inspection.clone(), 2), (declaration.clone(), 1)]),
        cases: vec![case(inspection.clone(), "I1"), case(inspection, "I2"), case(declaration, "D1")],
        listed: true,
    }
}

fn command() -> CloseDay {
    CloseDay {
        day: (DAY, "2026-11-27".into()),
        district: "3104".into(),
        groups: facts().open.into_keys().map(|group| (group, why("workload", ""))).collect(),
        cases: BTreeMap::new(),
        by: "o1".into(),
        organisation: "customs-demo".into(),
    }
}

fn code(command: CloseDay, facts: DayFacts) -> &'static str {
    decide_close_day(None, command, facts).expect_err("refused").code
}

#[test]
fn a_day_is_closed_once_with_a_reason_for_each_case() {
    let mut report: Object<DailyReport> = Object::new();
    let mut own = command();
    own.cases.insert(("inspection".into(), "I2".into()), why("other", "the scanner is being repaired"));
    report.take(decide_close_day(None, own.clone(), facts()), minute(900)).expect("closed");
    report.check();
    let closed = &report.get().closed;
    assert_eq!((closed.figures, closed.late, closed.listed), (facts().figures, false, true));
    let told: Vec<(&str, &str)> =
        closed.cases.iter().map(|case| (case.id.as_str(), report.get().why(case).expect("a reason").reason.as_str())).collect();
    assert_eq!(told, [("I1", "workload"), ("I2", "other"), ("D1", "workload")]);
    assert_eq!(decide_close_day(Some(report.get()), own, facts()).expect_err("once").code, "daily-report-exists");
}

#[test]
fn nothing_is_carried_over_without_a_reason_that_says_something() {
    let mut none = command();
    none.groups.clear();
    assert_eq!(code(none.clone(), facts()), "daily-reason-missing");
    let refusal = decide_close_day(None, none.clone(), facts()).expect_err("refused");
    assert!(refusal.text.en.contains("inspection at-site") && refusal.text.en.contains("declaration awaiting-documents"));
    // Each case by itself will do.
    for (kind, id) in [("inspection", "I1"), ("inspection", "I2"), ("declaration", "D1")] {
        assert_eq!(code(none.clone(), facts()), "daily-reason-missing");
        none.cases.insert((kind.into(), id.into()), why("came-late", ""));
    }
    decide_close_day(None, none.clone(), facts()).expect("each has its reason");
    // When there are too many to list, the groups must have theirs.
    assert_eq!(code(none, DayFacts { cases: Vec::new(), listed: false, ..facts() }), "daily-reason-missing");

    let with = |why: Why| CloseDay { groups: facts().open.into_keys().map(|group| (group, why.clone())).collect(), ..command() };
    assert_eq!(code(with(why("because", "")), facts()), "daily-reason-unknown");
    assert_eq!(code(with(why("other", " x ")), facts()), "daily-reason-note");
    decide_close_day(None, with(why("other", &"长".repeat(CARRIED_NOTE_LENGTH_MAX))), facts()).expect("at the limit");
    assert_eq!(code(with(why("workload", &"长".repeat(CARRIED_NOTE_LENGTH_MAX + 1))), facts()), "daily-note-length");
    // What was finished meanwhile needs none: its reason is not written down.
    let mut gone = command();
    gone.cases.insert(("inspection".into(), "I9".into()), why("workload", ""));
    let events = decide_close_day(None, gone, facts()).expect("closed");
    let [clearance::DailyReportEvent::Closed(closed)] = events.as_slice() else { panic!("one event") };
    assert!(closed.cases.iter().all(|case| case.id != "I9"));
}

#[test]
fn a_day_is_closed_while_it_lasts_and_shortly_after() {
    let on = |today: i32| DayFacts { today, minute: 0, close_from_minute: 0, ..facts() };
    for today in [DAY, DAY + CLOSES_WITHIN_DAYS] {
        let events = decide_close_day(None, command(), on(today)).expect("closed");
        let [clearance::DailyReportEvent::Closed(closed)] = events.as_slice() else { panic!("one event") };
        assert_eq!(closed.late, today > DAY);
    }
    for today in [DAY - 1, DAY + CLOSES_WITHIN_DAYS + 1] {
        assert_eq!(code(command(), on(today)), "daily-day");
    }
    // Today only from the port's hour on; a day that is over at any time.
    let at = |today, minute| DayFacts { today, minute, close_from_minute: 960, ..facts() };
    assert_eq!(code(command(), at(DAY, 959)), "daily-too-early");
    decide_close_day(None, command(), at(DAY, 960)).expect("from the minute on");
    decide_close_day(None, command(), at(DAY + 1, 0)).expect("yesterday");
    let many = |n: usize| {
        let groups: Vec<CaseGroup> = (0..n).map(|i| group("inspection", &format!("s{i}"), None)).collect();
        let facts = DayFacts { open: groups.iter().map(|group| (group.clone(), 1)).collect(), cases: Vec::new(), listed: false, ..facts() };
        (CloseDay { groups: groups.into_iter().map(|group| (group, why("workload", ""))).collect(), ..command() }, facts)
    };
    let (command, facts) = many(CARRIED_GROUPS_MAX);
    decide_close_day(None, command, facts).expect("at the limit");
    let (command, facts) = many(CARRIED_GROUPS_MAX + 1);
    assert_eq!(code(command, facts), "daily-groups");
}

#[test]
fn what_is_proposed_is_a_reason() {
    for (kind, status, action) in [
        ("declaration", "awaiting-arrival", None),
        ("declaration", "held", Some("release-manually")),
        ("declaration", "awaiting-documents", Some("upload-documents")),
        ("declaration", "awaiting-documents", Some("check-documents")),
        ("declaration", "awaiting-payment", None),
        ("inspection", "ordered", Some("book-inspection")),
        ("inspection", "appointed", Some("present-box")),
        ("inspection", "at-site", Some("present-box")),
        ("joint-order", "proposed", None),
        ("joint-order", "under-way", None),
        ("duty-notice", "due", Some("pay-duty")),
        ("duty-notice", "paying", None),
        ("field-record", "not-taken", Some("review-field-record")),
    ] {
        let reason = carry_reason(usual_reason(kind, status, action)).expect("a known reason");
        assert_ne!(reason.code, "other", "a proposal says something");
    }
    let mut codes: Vec<&str> = CARRY_REASONS.iter().map(|reason| reason.code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), CARRY_REASONS.len());
}
