//! The rule of the site is written by one officer and approved by another; who comes first, and who takes an inspection up (INS-10).

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use inspection::{
    Begun, BoxArrived, CLASSES_MAX, Classified, Inspection, JoinedOrder, OfficerDraw, Ordered, PREFIXES_MAX, PriorityClass, SiteRule,
    SiteRuleApproved, SiteRuleProposed, SiteRuleRefused, class_of, decide_approve_site_rule, decide_begin, decide_box_arrived,
    decide_classify, decide_join_order, decide_officers, decide_order, decide_propose_site_rule, decide_refuse_site_rule,
};
use ledger::{Aggregate, Bilingual};
use object::{Object, minute};

const BOX: &str = "ZZZU0000015-C1";

fn class(id: &str, prefixes: &[&str], grades: &[&str]) -> PriorityClass {
    PriorityClass {
        id: id.into(),
        name: Bilingual::new("等级", "class"),
        hs_prefixes: prefixes.iter().map(|one| (*one).to_owned()).collect(),
        grades: grades.iter().map(|one| (*one).to_owned()).collect(),
        on_arrival: true,
    }
}

fn proposed(classes: Vec<PriorityClass>, from: i64) -> SiteRuleProposed {
    SiteRuleProposed { district: "3104".into(), classes, valid_from: minute(from), note: "fresh first".into(), by: "o1".into() }
}

fn approved(number: u32, by: &str) -> SiteRuleApproved {
    SiteRuleApproved { number, by: by.into() }
}

#[test]
fn one_officer_writes_a_version_and_another_approves_it() {
    let mut rule = Object::<SiteRule>::new();
    rule.take(decide_propose_site_rule(None, proposed(vec![class("fresh", &["08"], &[])], 60)), minute(0)).expect("written");
    assert_eq!((rule.get().work_row("3104").action.as_deref(), rule.get().work_row("3104").closed_at), (Some("approve-site-rule"), None));
    let again = decide_propose_site_rule(rule.state.as_ref(), proposed(Vec::new(), 60));
    assert_eq!(rule.take(again, minute(1)), Err("site-rule-open"));
    let own = decide_approve_site_rule(rule.get(), approved(1, "o1"));
    assert_eq!(rule.take(own, minute(1)), Err("site-rule-own"));
    let other = decide_approve_site_rule(rule.get(), approved(2, "o2"));
    assert_eq!(rule.take(other, minute(1)), Err("site-rule-not-open"));
    let ok = decide_approve_site_rule(rule.get(), approved(1, "o2"));
    rule.take(ok, minute(10)).expect("approved");
    assert_eq!((rule.get().in_force(minute(59)).is_none(), rule.get().in_force(minute(60)).map(|v| v.number)), (true, Some(1)));

    // A version that should have begun before its approval begins with it; one that is given up never does.
    let second = decide_propose_site_rule(rule.state.as_ref(), proposed(Vec::new(), 5));
    rule.take(second, minute(70)).expect("written");
    let no_reason = decide_refuse_site_rule(rule.get(), SiteRuleRefused { number: 2, by: "o2".into(), why: " x ".into() });
    assert_eq!(rule.take(no_reason, minute(71)), Err("site-rule-note"));
    let refused = decide_refuse_site_rule(rule.get(), SiteRuleRefused { number: 2, by: "o1".into(), why: "a mistake".into() });
    rule.take(refused, minute(72)).expect("given up by its writer");
    let third = decide_propose_site_rule(rule.state.as_ref(), proposed(Vec::new(), 5));
    rule.take(third, minute(80)).expect("written");
    let ok = decide_approve_site_rule(rule.get(), approved(3, "o2"));
    rule.take(ok, minute(90)).expect("approved");
    assert_eq!(rule.get().in_force(minute(89)).map(|v| v.number), Some(1));
    assert_eq!(rule.get().in_force(minute(90)).map(|v| v.number), Some(3));
}

#[test]
fn a_class_that_means_nothing_is_refused() {
    let check = |classes: Vec<PriorityClass>, fits: bool| {
        let decided = decide_propose_site_rule(None, proposed(classes.clone(), 0));
        assert_eq!(decided.map_err(|refusal| refusal.code).err(), (!fits).then_some("site-rule-classes"), "{classes:?}");
    };
    check(vec![class("fresh", &["08", "0302110000"], &[])], true);
    check(vec![class("aeo", &[], &["advanced-certified"])], true);
    check(vec![class("none", &[], &[])], false);
    check(vec![class("Fresh", &["08"], &[])], false);
    check(vec![class("", &["08"], &[])], false);
    check(vec![class("short", &["0"], &[])], false);
    check(vec![class("long", &["03021100001"], &[])], false);
    check(vec![class("letters", &["0A"], &[])], false);
    check(vec![class("twice", &["08"], &[]), class("twice", &["07"], &[])], false);
    check(vec![PriorityClass { name: Bilingual::new("等级", " "), ..class("unnamed", &["08"], &[]) }], false);
    check((0..CLASSES_MAX).map(|n| class(&format!("c{n}"), &["08"], &[])).collect(), true);
    check((0..=CLASSES_MAX).map(|n| class(&format!("c{n}"), &["08"], &[])).collect(), false);
    check(vec![class("many", &vec!["08"; PREFIXES_MAX], &[])], true);
    check(vec![class("many", &vec!["08"; PREFIXES_MAX + 1], &[])], false);
}

#[test]
fn the_first_class_that_fits_counts() {
    let classes = [class("live", &["01"], &[]), class("fresh", &["03", "08"], &[]), class("aeo", &[], &["advanced-certified"])];
    let found = |goods: &[&str], grade: &str| {
        let goods: Vec<String> = goods.iter().map(|code| (*code).to_owned()).collect();
        class_of(&classes, &goods, grade).map(|(rank, class)| (rank, class.id.clone()))
    };
    assert_eq!(found(&["7204490090", "0803900000"], "regular"), Some((2, "fresh".into())));
    assert_eq!(found(&["0803900000", "0102299000"], "advanced-certified"), Some((1, "live".into())));
    assert_eq!(found(&["7204490090"], "advanced-certified"), Some((3, "aeo".into())));
    assert_eq!(found(&["7208030000"], "regular"), None);
}

fn ordered() -> Object<Inspection> {
    let order = Ordered {
        declaration: "D1".into(),
        entry_id: "310420261000000001".into(),
        bill: "DEMO001".into(),
        containers: vec![BOX.into()],
        district: "3104".into(),
        site: "S1".into(),
        terminal: "terminal-east".into(),
        broker: "broker-red".into(),
        trader: None,
        reasons: Vec::new(),
    };
    let mut inspection = Object::new();
    inspection.take(decide_order(None, order), minute(0)).expect("ordered");
    inspection
}

fn classified(rank: u32, on_arrival: bool) -> Classified {
    Classified { rule: 1, class: "fresh".into(), name: Bilingual::new("生鲜", "Fresh"), rank, on_arrival }
}

#[test]
fn what_needs_no_appointment_waits_for_the_terminal() {
    let mut inspection = ordered();
    assert_eq!(inspection.get().work_row("I1").action.as_deref(), Some("book-inspection"));
    let events = decide_classify(inspection.get(), classified(1, true));
    inspection.take(Ok(events), minute(0)).expect("classified");
    assert_eq!(decide_classify(inspection.get(), classified(2, false)), [], "its class stays");
    let row = inspection.get().work_row("I1");
    assert_eq!((row.owner.as_deref(), row.action.as_deref()), (Some("terminal-east"), Some("present-box")));
}

#[test]
fn a_drawn_officer_takes_it_up_once_when_a_box_is_there() {
    let mut inspection = ordered();
    let begun = |by: &str| Begun { by: by.into() };
    let early = decide_begin(inspection.get(), begun("o1"));
    assert_eq!(inspection.take(early, minute(1)), Err("inspection-not-at-site"));
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let draw = OfficerDraw {
        day: "2026-11-20".into(),
        commitment: "ab".into(),
        head_size: 3,
        head_root: "cd".into(),
        pool_version: "2026-11".into(),
        pool: names(&["o1", "o2", "o3"]),
        chosen: names(&["o1", "o2"]),
        excluded: Vec::new(),
        part: None,
        roster: None,
    };
    let drawn = decide_officers(inspection.get(), draw);
    inspection.take(drawn, minute(2)).expect("drawn");
    assert!(!inspection.get().waits_at_site());
    let came = decide_box_arrived(inspection.get(), BoxArrived { container: BOX.into(), at: minute(5) });
    inspection.take(came, minute(5)).expect("came");
    assert!(inspection.get().waits_at_site());
    let stranger = decide_begin(inspection.get(), begun("o3"));
    assert_eq!(inspection.take(stranger, minute(6)), Err("inspection-officer-not-drawn"));
    let mut joined = ordered();
    let came = decide_box_arrived(joined.get(), BoxArrived { container: BOX.into(), at: minute(5) });
    joined.take(came, minute(5)).expect("came");
    let into = decide_join_order(joined.get(), JoinedOrder { order: "J1".into() });
    joined.take(into, minute(5)).expect("joined");
    let apart = decide_begin(joined.get(), begun("o1"));
    assert_eq!(joined.take(apart, minute(6)), Err("inspection-joined"));

    let ok = decide_begin(inspection.get(), begun("o1"));
    inspection.take(ok, minute(7)).expect("begun");
    assert_eq!((inspection.get().waits_at_site(), inspection.get().begun.as_ref().map(|one| one.at)), (false, Some(minute(7))));
    let twice = decide_begin(inspection.get(), begun("o2"));
    assert_eq!(inspection.take(twice, minute(8)), Err("inspection-begun"));
}

#[test]
fn higher_classes_come_first_and_then_who_came_first() {
    let at = |rank: Option<u32>, arrived: i64| {
        let mut inspection = ordered();
        if let Some(rank) = rank {
            let events = decide_classify(inspection.get(), classified(rank, true));
            inspection.take(Ok(events), minute(0)).expect("classified");
        }
        let came = decide_box_arrived(inspection.get(), BoxArrived { container: BOX.into(), at: minute(arrived) });
        inspection.take(came, minute(arrived)).expect("came");
        inspection.get().clone()
    };
    let all = [("I1", at(None, 1)), ("I2", at(Some(2), 2)), ("I3", at(Some(1), 9)), ("I4", at(Some(2), 1)), ("I5", at(None, 1))];
    let mut order: Vec<&str> = all.iter().map(|(id, _)| *id).collect();
    order.sort_by_key(|id| all.iter().find(|(other, _)| other == id).map(|(id, state)| state.turn(id)));
    assert_eq!(order, ["I3", "I4", "I2", "I1", "I5"]);
}
