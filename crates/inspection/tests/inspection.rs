//! A result needs two officers who were drawn, and the box at the site; there is one result.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use inspection::{
    Appointed, BoxArrived, Cancelled, DISPOSITIONS, Excluded, FINDINGS_LENGTH_MAX, INSPECTION_CONTAINERS_MAX, Inspection, Method,
    OfficerDraw, Ordered, Outcome, Resulted, SLOT_HOURS_MAX, decide_appoint, decide_box_arrived, decide_cancel, decide_officers,
    decide_order, decide_result, eligible_officers,
};
use ledger::Aggregate;
use object::{Object, minute};
use proptest::prelude::*;

const BOX_A: &str = "ZZZU0000015-C1";
const BOX_B: &str = "ZZZU0000020-C1";

fn order() -> Ordered {
    Ordered {
        declaration: "D1".into(),
        entry_id: "310420261000000001".into(),
        bill: "DEMO001".into(),
        containers: vec![BOX_A.into(), BOX_B.into()],
        district: "3104".into(),
        site: "S1".into(),
        terminal: "terminal-east".into(),
        broker: "broker-red".into(),
        trader: Some("trader-green".into()),
        reasons: vec!["R1".into()],
    }
}

fn ordered() -> Object<Inspection> {
    let mut inspection = Object::new();
    inspection.take(decide_order(None, order()), minute(0)).expect("ordered");
    inspection
}

macro_rules! take {
    ($object:expr, $at:expr, $decide:path, $($argument:expr),+) => {{
        let decided = $decide($object.get(), $($argument),+);
        $object.take(decided, minute($at))
    }};
}

fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

fn draw(chosen: &[&str]) -> OfficerDraw {
    let excluded = vec![Excluded { officer: "o9".into(), reason: "inspected this trader yesterday".into() }];
    OfficerDraw {
        day: "2026-11-20".into(),
        commitment: "ab".into(),
        head_size: 3,
        head_root: "cd".into(),
        pool_version: "2026-11".into(),
        pool: eligible_officers(&names(&["o3", "o1", "o9", "o2", "o1"]), &excluded),
        chosen: names(chosen),
        excluded,
    }
}

fn appoint(start: i64, end: i64) -> Appointed {
    Appointed { slot_start: minute(start), slot_end: minute(end), site: "S2".into(), by: "broker-red".into() }
}

fn arrived(container: &str) -> BoxArrived {
    BoxArrived { container: container.into(), at: minute(5) }
}

fn result() -> Resulted {
    Resulted {
        result: Outcome::Pass,
        disposition: "18".into(),
        findings: "as declared".into(),
        method: Method::Open,
        seal_new: Some("S9".into()),
        officers: names(&["o1", "o2"]),
    }
}

/// Officers drawn, boxes at the site.
fn at_site() -> Object<Inspection> {
    let mut inspection = ordered();
    take!(inspection, 1, decide_officers, draw(&["o1", "o2", "o3"])).expect("drawn");
    take!(inspection, 5, decide_box_arrived, arrived(BOX_A)).expect("first box");
    take!(inspection, 6, decide_box_arrived, arrived(BOX_B)).expect("second box");
    inspection
}

fn stands(inspection: &Object<Inspection>) -> (String, Option<String>, Option<String>) {
    let row = inspection.get().work_row("I1");
    assert_eq!(row.authority.as_deref(), Some("3104"));
    (row.status, row.owner, row.action)
}

fn expect(status: &str, owner: Option<&str>, action: Option<&str>) -> (String, Option<String>, Option<String>) {
    (status.to_owned(), owner.map(str::to_owned), action.map(str::to_owned))
}

#[test]
fn from_order_to_result() {
    let mut inspection = ordered();
    assert_eq!(stands(&inspection), expect("ordered", Some("broker-red"), Some("book-inspection")));
    take!(inspection, 1, decide_officers, draw(&["o1", "o2"])).expect("drawn");
    take!(inspection, 2, decide_appoint, appoint(10, 70), minute(2)).expect("appointed");
    assert_eq!((inspection.get().site.as_str(), inspection.get().work_row("I1").due_at), ("S2", Some(minute(10))));
    assert_eq!(stands(&inspection), expect("appointed", Some("terminal-east"), Some("present-box")));
    take!(inspection, 5, decide_box_arrived, arrived(BOX_A)).expect("first box");
    assert_eq!(stands(&inspection), expect("at-site", Some("terminal-east"), Some("present-box")));
    assert!(inspection.get().appointment().is_some(), "the appointment stands");
    take!(inspection, 6, decide_box_arrived, arrived(BOX_B)).expect("second box");
    assert_eq!(stands(&inspection), expect("at-site", None, Some("record-result")));
    take!(inspection, 9, decide_result, result()).expect("resulted");
    assert_eq!(stands(&inspection), expect("passed", None, None));
    assert_eq!(inspection.get().work_row("I1").closed_at, Some(minute(9)));
    inspection.check();
}

#[test]
fn a_result_needs_two_officers_who_were_drawn() {
    let mut inspection = at_site();
    for officers in [&["o1"] as &[&str], &["o1", "o1"], &["o1", "o9"], &[]] {
        assert_eq!(
            take!(inspection, 8, decide_result, Resulted { officers: names(officers), ..result() }),
            Err("inspection-officers-few"),
            "{officers:?}"
        );
    }
    take!(inspection, 8, decide_result, Resulted { officers: names(&["o3", "o1"]), ..result() }).expect("two of three");
    let undrawn = ordered();
    assert_eq!(decide_result(undrawn.get(), result()).map_err(|r| r.code), Err("inspection-officers-few"));
}

#[test]
fn a_box_to_open_or_scan_is_at_the_site_first() {
    let mut inspection = ordered();
    take!(inspection, 1, decide_officers, draw(&["o1", "o2"])).expect("drawn");
    take!(inspection, 5, decide_box_arrived, arrived(BOX_A)).expect("one of two");
    for method in [Method::Open, Method::Machine] {
        let refusal = decide_result(inspection.get(), Resulted { method, ..result() }).expect_err("refused");
        assert_eq!(refusal.code, "inspection-box-not-at-site");
        assert!(refusal.text.en.contains(BOX_B) && !refusal.text.en.contains(BOX_A));
    }
    take!(inspection, 6, decide_result, Resulted { method: Method::Documents, seal_new: None, ..result() }).expect("documents need no box");
    assert_eq!(take!(at_site(), 9, decide_result, Resulted { seal_new: None, ..result() }), Err("inspection-seal"));
    assert_eq!(take!(at_site(), 9, decide_result, Resulted { seal_new: None, method: Method::Machine, ..result() }), Ok(()));
}

#[test]
fn the_disposition_agrees_with_the_result() {
    for row in DISPOSITIONS {
        for outcome in [Outcome::Pass, Outcome::Fail] {
            let fits = row.passes == (outcome == Outcome::Pass);
            let decided = take!(at_site(), 9, decide_result, Resulted { result: outcome, disposition: row.code.into(), ..result() });
            assert_eq!(decided, if fits { Ok(()) } else { Err("inspection-disposition") }, "{}", row.code);
        }
    }
    assert_eq!(take!(at_site(), 9, decide_result, Resulted { disposition: "99".into(), ..result() }), Err("inspection-disposition"));
}

#[test]
fn there_is_one_result_and_nothing_after_it() {
    let mut inspection = at_site();
    take!(inspection, 9, decide_result, Resulted { result: Outcome::Fail, disposition: "32".into(), ..result() }).expect("failed");
    assert_eq!(inspection.get().status(), "failed");
    assert_eq!(take!(inspection, 10, decide_result, result()), Err("inspection-already-resulted"));
    assert_eq!(take!(inspection, 10, decide_box_arrived, arrived(BOX_A)), Err("inspection-closed"));
    assert_eq!(take!(inspection, 10, decide_cancel, Cancelled { reason: "x".into(), by: "o1".into() }), Err("inspection-closed"));
    inspection.check();
}

#[test]
fn officers_are_drawn_once_from_the_pool_without_the_excluded() {
    assert_eq!(
        eligible_officers(&names(&["b", "a", "c", "a"]), &[Excluded { officer: "c".into(), reason: "x".into() }]),
        names(&["a", "b"])
    );
    let inspection = ordered();
    for chosen in [&["o1"] as &[&str], &["o1", "o1"], &["o1", "o9"], &["o1", "o7"]] {
        assert_eq!(decide_officers(inspection.get(), draw(chosen)).map_err(|r| r.code), Err("inspection-officers"), "{chosen:?}");
    }
    assert_eq!(decide_officers(at_site().get(), draw(&["o1", "o2"])).map_err(|r| r.code), Err("inspection-officers-drawn"));
}

#[test]
fn an_appointment_lies_ahead_and_is_bounded() {
    let inspection = ordered();
    let hours = SLOT_HOURS_MAX * 60;
    for (start, end, fits) in [(10, 70, true), (70, 10, false), (-20, 0, false), (10, 10 + hours, true), (10, 11 + hours, false)] {
        assert_eq!(decide_appoint(inspection.get(), appoint(start, end), minute(0)).is_ok(), fits, "{start}–{end}");
    }
    assert_eq!(decide_appoint(at_site().get(), appoint(10, 70), minute(6)).map_err(|r| r.code), Err("inspection-box-at-site"));
}

#[test]
fn orders_and_reports_are_bounded() {
    let with = |containers: Vec<String>| decide_order(None, Ordered { containers, ..order() }).map_err(|r| r.code);
    let many = |n: usize| (0..n).map(|i| format!("B{i}-C1")).collect::<Vec<_>>();
    assert_eq!(with(vec![]), Err("inspection-containers"));
    assert_eq!(with(names(&["A", "A"])), Err("inspection-containers"));
    assert!(with(many(INSPECTION_CONTAINERS_MAX)).is_ok());
    assert_eq!(with(many(INSPECTION_CONTAINERS_MAX + 1)), Err("inspection-containers"));
    assert_eq!(take!(at_site(), 9, decide_result, Resulted { findings: "查".repeat(FINDINGS_LENGTH_MAX), ..result() }), Ok(()));
    let long = Resulted { findings: "查".repeat(FINDINGS_LENGTH_MAX + 1), ..result() };
    assert_eq!(take!(at_site(), 9, decide_result, long), Err("inspection-report-length"));
    assert_eq!(decide_order(ordered().state.as_ref(), order()).map_err(|r| r.code), Err("inspection-exists"));
    assert_eq!(decide_box_arrived(ordered().get(), arrived("other")).map_err(|r| r.code), Err("inspection-container-differs"));
    assert_eq!(decide_box_arrived(at_site().get(), arrived(BOX_A)).map_err(|r| r.code), Err("inspection-box-arrived"));
}

proptest! {
    #[test]
    fn no_order_of_commands_breaks_an_inspection(commands in prop::collection::vec((0u8..6, 0u8..2), 0..30)) {
        let mut inspection = ordered();
        let mut results = 0;
        for (at, (command, n)) in (1..).zip(commands) {
            let state = inspection.get();
            let decided = match command {
                0 => decide_appoint(state, appoint(at + 1, at + 60), minute(at)),
                1 => decide_officers(state, draw(if n == 0 { &["o1", "o2"] } else { &["o2", "o3"] })),
                2 => decide_box_arrived(state, arrived(if n == 0 { BOX_A } else { BOX_B })),
                3 => decide_result(state, result()),
                4 => decide_result(state, Resulted { method: Method::Documents, result: Outcome::Fail, disposition: "32".into(), ..result() }),
                _ if n == 0 => decide_cancel(state, Cancelled { reason: "x".into(), by: "o1".into() }),
                _ => decide_order(inspection.state.as_ref(), order()),
            };
            if inspection.take(decided, minute(at)).is_ok() && matches!(command, 3 | 4) {
                results += 1;
                let drawn = &inspection.get().draw.as_ref().expect("officers were drawn").chosen;
                prop_assert!(inspection.get().result().expect("result").officers.iter().all(|officer| drawn.contains(officer)));
                prop_assert!(command == 4 || inspection.get().arrived.len() == 2);
            }
            prop_assert!(results <= 1);
        }
        inspection.check();
    }
}
