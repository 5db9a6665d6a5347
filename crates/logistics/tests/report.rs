//! Reports of a box: recorded once, in any order, and alarming only where something must not have happened.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use codes::Mass;
use ledger::Aggregate;
use logistics::{
    ALARMS_OPEN_MAX, Alarm, AlarmsReviewed, Container, ContainerAnnounced, DangerousGoods, Discharged, Held, OrderIssued, Place,
    REPORTS_SEEN_MAX, Released, ReportFacts, Reported, Said, decide_announce, decide_discharge, decide_hold, decide_order_issued,
    decide_release, decide_report, decide_review_alarms,
};
use object::{Object, minute};
use proptest::prelude::*;

fn facts() -> ReportFacts {
    ReportFacts { manifested_un_numbers: Some(vec!["1263".into()]), departed: None, left_behind: false, authority: "3104".into() }
}

fn told(at: i64, said: Said) -> Reported {
    Reported {
        kind: "CODECO".into(),
        document: Some("D1".into()),
        message: Some("G1".into()),
        function: Some("9".into()),
        by: "terminal-east".into(),
        at: minute(at),
        place: None,
        said,
    }
}

fn aboard() -> Object<Container> {
    let mut container = Object::new();
    let announced = ContainerAnnounced {
        number: "ZZZU0000015".into(),
        size_type: "22G1".into(),
        call: "C2611-0001".into(),
        bill: Some("DEMO001".into()),
        terminal: "terminal-east".into(),
        seal: None,
        gross_kg: Mass::from_kg(9_000).expect("mass"),
        parties: vec!["agent-blue".into()],
    };
    container.take(decide_announce(None, announced), minute(0)).expect("announced");
    container
}

fn landed() -> Object<Container> {
    let mut container = aboard();
    let discharged = Discharged { at: minute(10), position: "A1".into(), seal: None, tally: Default::default() };
    let decided = decide_discharge(container.get(), discharged);
    container.take(decided, minute(10)).expect("landed");
    container
}

fn report(container: &mut Object<Container>, told: Reported) -> Result<(), &'static str> {
    let at = told.at;
    let decided = decide_report(container.get(), told, &facts());
    container.take(decided, at)
}

fn alarms(container: &Object<Container>) -> Vec<Alarm> {
    container.get().reports.alarms.iter().map(|open| open.alarm).collect()
}

fn out() -> Said {
    Said::GateOut { plate: Some("B1".into()), against: Vec::new() }
}

fn mass(kg: u64) -> Said {
    Said::VerifiedMass { kg: Mass::from_kg(kg).expect("mass"), method: None, party: None }
}

#[test]
fn a_box_that_leaves_is_alarming_unless_released_and_ordered() {
    let mut bare = landed();
    report(&mut bare, told(20, out())).expect("recorded");
    assert_eq!(alarms(&bare), [Alarm::LeftUnreleased, Alarm::LeftWithoutOrder]);
    assert_eq!(bare.get().place, Place::Yard { position: "A1".into() }, "what was told moves nothing");
    bare.check();

    let mut held = landed();
    let decided = decide_hold(held.get(), Held { reason: "布控".into(), by: "3104".into() });
    held.take(decided, minute(15)).expect("held");
    report(&mut held, told(20, out())).expect("recorded");
    assert_eq!(alarms(&held), [Alarm::LeftHeld, Alarm::LeftWithoutOrder]);

    let mut free = landed();
    let decided = decide_release(free.get(), Released { declaration: "D1".into(), broker: None });
    free.take(decided, minute(15)).expect("released");
    let order = OrderIssued { delivery_order: "O1".into(), holder: "trader-gold".into(), free_until: None };
    let decided = decide_order_issued(free.get(), order);
    free.take(decided, minute(16)).expect("ordered");
    report(&mut free, told(20, out())).expect("recorded");
    assert_eq!(alarms(&free), []);
}

#[test]
fn an_alarm_goes_before_everything_else_until_it_is_reviewed() {
    let mut container = landed();
    report(&mut container, told(20, out())).expect("recorded");
    let row = container.get().work_row("X");
    assert_eq!(
        (row.action.as_deref(), row.authority.as_deref(), row.owner, row.closed_at),
        (Some("review-alarm"), Some("3104"), None, None)
    );
    let review = || AlarmsReviewed { officer: "officer-an".into(), note: "checked".into() };
    let decided = decide_review_alarms(container.get(), review());
    container.take(decided, minute(30)).expect("reviewed");
    let row = container.get().work_row("X");
    assert_eq!((row.action, row.authority), (None, None));
    assert_eq!(decide_review_alarms(container.get(), review()).expect_err("none is open").code, "container-no-alarm");
    container.check();
}

#[test]
fn masses_goods_and_stock_are_held_against_what_is_known() {
    let check = |said: Said, expect: &[Alarm]| {
        let mut container = landed();
        report(&mut container, told(20, said.clone())).expect("recorded");
        assert_eq!(alarms(&container), expect, "{said:?}");
        container.check();
    };
    check(mass(9_000), &[]);
    check(mass(8_999), &[Alarm::MassBelowGoods]);
    let goods = |un_no: &str| Said::Dangerous { goods: vec![DangerousGoods { un_no: un_no.into(), ..DangerousGoods::default() }] };
    check(goods("1263"), &[]);
    check(goods("3480"), &[Alarm::DangerousNotManifested]);
    check(Said::InStock { position: Some("B7".into()) }, &[]);
    let mut container = landed();
    report(&mut container, told(20, Said::InStock { position: Some("B7".into()) })).expect("recorded");
    assert_eq!(container.get().place, Place::Yard { position: "B7".into() });
    // A stock list that was made before the box was landed says nothing about where it stands now.
    report(&mut container, told(5, Said::InStock { position: Some("C1".into()) })).expect("recorded");
    assert_eq!(container.get().place, Place::Yard { position: "B7".into() });
}

#[test]
fn what_was_told_before_is_recorded_once_whatever_document_carries_it() {
    let mut container = landed();
    report(&mut container, told(20, mass(12_000))).expect("recorded");
    let again = Reported { document: Some("D2".into()), message: Some("G2".into()), ..told(20, mass(12_000)) };
    assert_eq!(report(&mut container, again), Err("container-report-repeated"));
    report(&mut container, told(21, mass(12_000))).expect("another time is another fact");
    // Whatever we found against it the first time, a gate-out told again is the same fact.
    report(&mut container, told(22, Said::GateOut { plate: None, against: vec!["gate-no-booking".into()] })).expect("recorded");
    assert_eq!(report(&mut container, told(22, Said::GateOut { plate: None, against: Vec::new() })), Err("container-report-repeated"));
}

#[test]
fn a_report_taken_back_alarms_nobody_and_may_be_told_again() {
    let mut container = landed();
    let cancelled = || Reported { function: Some("1".into()), ..told(20, out()) };
    report(&mut container, cancelled()).expect("recorded");
    assert_eq!((alarms(&container), container.get().reports.latest.len()), (vec![], 0), "nothing has left");
    report(&mut container, told(20, out())).expect("recorded");
    assert_eq!(alarms(&container), [Alarm::LeftUnreleased, Alarm::LeftWithoutOrder]);
    report(&mut container, cancelled()).expect("a cancellation is no repetition");
    assert!(container.get().reports.latest.is_empty(), "it is not what was told last any more");
    assert_eq!(report(&mut container, cancelled()), Err("container-report-repeated"));
    report(&mut container, told(20, out())).expect("told again after it was taken back");
    let replaced = Reported { function: Some("5".into()), ..told(20, out()) };
    assert_eq!(report(&mut container, replaced), Err("container-report-repeated"), "a replacement that replaces nothing");
}

#[test]
fn a_discharge_that_is_reported_late_ends_the_alarm_of_the_stock_list() {
    let mut container = aboard();
    report(&mut container, told(20, Said::InStock { position: None })).expect("recorded");
    assert_eq!(alarms(&container), [Alarm::StockNotDischarged]);
    let discharged = Discharged { at: minute(10), position: "A1".into(), seal: None, tally: Default::default() };
    let decided = decide_discharge(container.get(), discharged);
    container.take(decided, minute(25)).expect("landed");
    assert_eq!(alarms(&container), []);
}

#[test]
fn what_is_remembered_and_open_is_bounded() {
    let mut container = landed();
    let count = i64::try_from(REPORTS_SEEN_MAX).expect("few") + 1;
    for minute in 0..count {
        report(&mut container, told(20 + minute, Said::Status { code: "1".into() })).expect("recorded");
    }
    assert_eq!(report(&mut container, told(20 + count - 1, Said::Status { code: "1".into() })), Err("container-report-repeated"));
    report(&mut container, told(20, Said::Status { code: "1".into() })).expect("the oldest is forgotten; the ledger has it");
    assert!(Alarm::ALL.len() <= ALARMS_OPEN_MAX, "every alarm may be open at once");
    container.check();
}

proptest! {
    /// Late, early and repeated: the newest report of each kind stands in the state, whatever the order in which they come.
    #[test]
    fn the_order_of_reports_does_not_matter(minutes in proptest::sample::subsequence((20..40i64).collect::<Vec<_>>(), 1..12), shuffle in any::<u64>()) {
        let reports: Vec<Reported> = minutes
            .iter()
            .map(|minute| told(*minute, if minute % 2 == 0 { mass(10_000 + minute.unsigned_abs()) } else { Said::Status { code: minute.to_string() } }))
            .collect();
        let mut in_order = landed();
        for one in &reports {
            prop_assert!(report(&mut in_order, one.clone()).is_ok());
        }
        let mut shuffled: Vec<&Reported> = reports.iter().chain(&reports).collect();
        let mut seed = shuffle;
        for place in (1..shuffled.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(place, usize::try_from(seed >> 33).unwrap_or(0) % (place + 1));
        }
        let mut any_order = landed();
        for one in shuffled {
            let taken = report(&mut any_order, one.clone());
            prop_assert!(matches!(taken, Ok(()) | Err("container-report-repeated")));
        }
        prop_assert_eq!(&in_order.get().reports.latest, &any_order.get().reports.latest);
        in_order.check();
        any_order.check();
    }
}
