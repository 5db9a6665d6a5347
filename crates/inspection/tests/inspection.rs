//! A result needs two officers who were drawn, and the box at the site; there is one result.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use inspection::{
    Appointed, BoxArrived, Cancelled, DISPOSITIONS, Excluded, FINDINGS_LENGTH_MAX, INSPECTION_CONTAINERS_MAX, Inspection, InspectionEvent,
    Method, OfficerDraw, OfficerReplaced, Ordered, Outcome, Recorded, ResultReturned, Resulted, SLOT_HOURS_MAX, decide_appoint,
    decide_box_arrived, decide_cancel, decide_confirm, decide_officers, decide_order, decide_record, decide_replace_officer,
    decide_return_result, eligible_officers,
};
use ledger::{Aggregate, Refusal};
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
        part: None,
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

/// The first of the officers named writes it down.
fn decide_result(state: &Inspection, result: Resulted) -> Result<Vec<InspectionEvent>, Refusal> {
    let by = result.officers.first().cloned().unwrap_or_default();
    decide_record(state, Recorded { result, by })
}

/// `out` cannot come; the draw gives these.
fn replacement(out: &str, by: &str, chosen: &[&str]) -> OfficerReplaced {
    let pool = names(&["o3", "o4", "o5"]);
    let draw = OfficerDraw { pool, chosen: names(chosen), excluded: Vec::new(), ..draw(&[]) };
    OfficerReplaced { officer: out.into(), why: "on leave".into(), by: by.into(), draw }
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
    take!(inspection, 9, decide_result, result()).expect("written down");
    assert_eq!(stands(&inspection), expect("recorded", None, Some("confirm-result")));
    assert_eq!(inspection.get().result(), None, "one officer's word is no result");
    take!(inspection, 11, decide_confirm, "o2").expect("confirmed");
    assert_eq!(stands(&inspection), expect("passed", None, None));
    assert_eq!(inspection.get().work_row("I1").closed_at, Some(minute(11)));
    inspection.check();
}

#[test]
fn a_result_needs_two_officers_who_were_drawn() {
    let mut inspection = at_site();
    for officers in [&["o1"] as &[&str], &["o1", "o1"], &["o1", "o9"]] {
        assert_eq!(
            take!(inspection, 8, decide_result, Resulted { officers: names(officers), ..result() }),
            Err("inspection-officers-few"),
            "{officers:?}"
        );
    }
    for (by, code) in [("o9", "inspection-officer-not-drawn"), ("", "inspection-officer-not-drawn"), ("o3", "inspection-officers-few")] {
        let decided = decide_record(inspection.get(), Recorded { result: result(), by: by.into() });
        assert_eq!(decided.map_err(|r| r.code), Err(code), "{by:?} writes down what o1 and o2 did");
    }
    take!(inspection, 8, decide_result, Resulted { officers: names(&["o3", "o1"]), ..result() }).expect("two of three");
    let undrawn = ordered();
    assert_eq!(decide_result(undrawn.get(), result()).map_err(|r| r.code), Err("inspection-officer-not-drawn"));
}

#[test]
fn what_one_writes_down_another_who_was_there_confirms() {
    let mut inspection = at_site();
    assert_eq!(decide_confirm(inspection.get(), "o2").map_err(|r| r.code), Err("inspection-not-recorded"));
    take!(inspection, 9, decide_result, result()).expect("written down");
    for (by, code) in [("o1", "inspection-same-officer"), ("o3", "inspection-same-officer"), ("o9", "inspection-officer-not-drawn")] {
        assert_eq!(decide_confirm(inspection.get(), by).map_err(|r| r.code), Err(code), "{by}");
    }
    // While it waits, nothing else happens to the order.
    assert_eq!(take!(inspection, 9, decide_result, result()), Err("inspection-result-recorded"));
    assert_eq!(take!(inspection, 9, decide_box_arrived, arrived(BOX_A)), Err("inspection-result-recorded"));
    assert_eq!(decide_appoint(inspection.get(), appoint(10, 70), minute(9)).map_err(|r| r.code), Err("inspection-result-recorded"));
    let back = |by: &str| ResultReturned { why: "seal misread".into(), by: by.into() };
    assert_eq!(decide_return_result(inspection.get(), back("o9")).map_err(|r| r.code), Err("inspection-officer-not-drawn"));
    take!(inspection, 10, decide_return_result, back("o2")).expect("not confirmed");
    assert_eq!(inspection.get().status(), "at-site");
    take!(inspection, 11, decide_result, Resulted { seal_new: Some("S8".into()), ..result() }).expect("written down anew");
    take!(inspection, 12, decide_confirm, "o2").expect("confirmed");
    assert_eq!(inspection.get().result().and_then(|r| r.seal_new.as_deref()), Some("S8"));
    assert_eq!(decide_return_result(inspection.get(), back("o2")).map_err(|r| r.code), Err("inspection-closed"));
    inspection.check();
}

#[test]
fn an_order_taken_back_stands_where_it_stood() {
    let mut inspection = ordered();
    take!(inspection, 1, decide_officers, draw(&["o1", "o2"])).expect("drawn");
    let papers = || Resulted { method: Method::Documents, seal_new: None, ..result() };
    let back = || ResultReturned { why: "too early".into(), by: "o1".into() };
    take!(inspection, 2, decide_result, papers()).expect("written down");
    take!(inspection, 3, decide_return_result, back()).expect("taken back");
    assert_eq!(inspection.get().status(), "ordered");
    take!(inspection, 4, decide_appoint, appoint(10, 70), minute(4)).expect("appointed");
    take!(inspection, 5, decide_result, papers()).expect("written down");
    take!(inspection, 6, decide_return_result, back()).expect("taken back");
    assert_eq!((inspection.get().status(), inspection.get().appointment().is_some()), ("appointed", true));
    inspection.check();
}

#[test]
fn who_cannot_come_is_replaced_by_lot_and_not_by_choice() {
    let mut inspection = ordered();
    take!(inspection, 1, decide_officers, draw(&["o1", "o2"])).expect("drawn");
    for (command, code) in [
        (replacement("o9", "o8", &["o4"]), "inspection-officer-not-drawn"),
        (replacement("o1", "o2", &["o4"]), "inspection-own-replacement"),
        (replacement("o1", "o4", &["o4"]), "inspection-officers"),
        (replacement("o1", "o8", &["o2"]), "inspection-officers"),
        (replacement("o1", "o8", &["o7"]), "inspection-officers"),
        (replacement("o1", "o8", &["o4", "o5"]), "inspection-officers"),
        (replacement("o1", "o8", &[]), "inspection-officers"),
    ] {
        assert_eq!(decide_replace_officer(inspection.get(), command.clone()).map_err(|r| r.code), Err(code), "{command:?}");
    }
    take!(inspection, 2, decide_replace_officer, replacement("o1", "o8", &["o4"])).expect("replaced");
    assert_eq!(inspection.get().officers(), ["o4", "o2"]);
    take!(inspection, 3, decide_replace_officer, replacement("o4", "o8", &["o5"])).expect("replaced again");
    assert_eq!(inspection.get().officers(), ["o5", "o2"]);
    assert_eq!(
        decide_replace_officer(inspection.get(), replacement("o2", "o8", &["o4"])).map_err(|r| r.code),
        Err("inspection-officers"),
        "nobody is drawn twice for one order"
    );
    let by_papers = |officers: &[&str]| Resulted { method: Method::Documents, officers: names(officers), ..result() };
    assert_eq!(take!(inspection, 4, decide_result, by_papers(&["o1", "o2"])), Err("inspection-officer-not-drawn"));
    take!(inspection, 4, decide_result, by_papers(&["o2", "o5"])).expect("written down");
    assert_eq!(take!(inspection, 5, decide_replace_officer, replacement("o5", "o8", &["o3"])), Err("inspection-result-recorded"));
    take!(inspection, 5, decide_confirm, "o5").expect("confirmed");
    assert_eq!(take!(inspection, 6, decide_replace_officer, replacement("o5", "o8", &["o3"])), Err("inspection-closed"));
    inspection.check();
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
    take!(inspection, 9, decide_result, Resulted { result: Outcome::Fail, disposition: "32".into(), ..result() }).expect("written down");
    take!(inspection, 9, decide_confirm, "o2").expect("failed");
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
    fn no_order_of_commands_breaks_an_inspection(commands in prop::collection::vec((0u8..9, 0u8..2), 0..40)) {
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
                6 => decide_confirm(state, if n == 0 { "o1" } else { "o2" }),
                7 => decide_return_result(state, ResultReturned { why: "x".into(), by: "o2".into() }),
                8 => decide_replace_officer(state, replacement(if n == 0 { "o1" } else { "o4" }, "o8", if n == 0 { &["o4"] } else { &["o5"] })),
                _ if n == 0 => decide_cancel(state, Cancelled { reason: "x".into(), by: "o1".into() }),
                _ => decide_order(inspection.state.as_ref(), order()),
            };
            if inspection.take(decided, minute(at)).is_ok() && command == 6 {
                results += 1;
                let drawn = inspection.get().officers();
                let result = inspection.get().result().expect("result");
                prop_assert!(result.officers.iter().all(|officer| drawn.contains(&officer.as_str())));
                prop_assert!(result.method == Method::Documents || inspection.get().arrived.len() == 2);
            }
            prop_assert!(results <= 1);
        }
        inspection.check();
    }
}
