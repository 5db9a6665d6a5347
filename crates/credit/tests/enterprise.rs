//! Every grade names the rule that gave it, and what held on a day can be read.

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use credit::{Enterprise, Grade, Graded, HISTORY_MAX, NAME_LENGTH_MAX, Registered, decide_grade, decide_register};
use ledger::{Aggregate, Timestamp};
use object::{Object, minute};
use proptest::prelude::*;

fn at(day: &str) -> Timestamp {
    format!("{day}T00:00:00+08:00").parse().expect("instant")
}

fn registered() -> Registered {
    Registered { uscc: "91330200TEAT000154".into(), name: "示例进口商".into(), organisation: Some("trader-green".into()) }
}

fn enterprise() -> Object<Enterprise> {
    let mut enterprise = Object::new();
    enterprise.take(decide_register(None, registered()), minute(0)).expect("registered");
    enterprise
}

fn graded(grade: Grade, rule: &str, since: &str) -> Graded {
    Graded { grade, rule_version: rule.into(), since: at(since), basis: "示例决定 1 号".into() }
}

fn grade(enterprise: &mut Object<Enterprise>, command: Graded) -> Result<(), &'static str> {
    let decided = decide_grade(enterprise.get(), command);
    enterprise.take(decided, minute(1))
}

#[test]
fn a_grade_is_read_with_the_version_of_that_day() {
    let mut enterprise = enterprise();
    assert_eq!(enterprise.get().status(), "ungraded");
    grade(&mut enterprise, graded(Grade::AdvancedCertified, "decree-251", "2022-05-01")).expect("graded");
    grade(&mut enterprise, graded(Grade::Certified, "decree-282", "2026-04-01")).expect("graded");
    let on = |day: &str| enterprise.get().grading_at(at(day)).map(|grading| (grading.grade, grading.rule_version.as_str()));
    assert_eq!(on("2022-04-30"), None);
    assert_eq!(on("2026-03-31"), Some((Grade::AdvancedCertified, "decree-251")));
    assert_eq!(on("2026-04-01"), Some((Grade::Certified, "decree-282")));
    assert_eq!(enterprise.get().status(), "certified");
    enterprise.check();
}

#[test]
fn only_a_grade_of_the_rule_in_force_is_taken() {
    let mut enterprise = enterprise();
    assert_eq!(grade(&mut enterprise, graded(Grade::Regular, "decree-170", "2026-05-01")), Err("grade-rule-unknown"));
    assert_eq!(grade(&mut enterprise, graded(Grade::Certified, "decree-251", "2023-05-01")), Err("grade-not-of-rule"));
    assert_eq!(grade(&mut enterprise, graded(Grade::Regular, "decree-251", "2026-04-01")), Err("grade-rule-not-in-force"));
    grade(&mut enterprise, graded(Grade::SeriouslyDishonest, "decree-282", "2026-05-01")).expect("graded");
    assert_eq!(grade(&mut enterprise, graded(Grade::Regular, "decree-282", "2026-04-30")), Err("grade-older"));
}

#[test]
fn an_enterprise_is_registered_once_under_a_right_code() {
    assert_eq!(decide_register(enterprise().state.as_ref(), registered()).map_err(|r| r.code), Err("enterprise-exists"));
    let register = |command| decide_register(None, command).map_err(|r| r.code);
    assert_eq!(register(Registered { uscc: "91330200TEAT000155".into(), ..registered() }), Err("enterprise-uscc"));
    assert_eq!(register(Registered { name: " ".into(), ..registered() }), Err("enterprise-name"));
    assert!(register(Registered { name: "企".repeat(NAME_LENGTH_MAX), ..registered() }).is_ok());
    assert_eq!(register(Registered { name: "企".repeat(NAME_LENGTH_MAX + 1), ..registered() }), Err("enterprise-name"));
}

#[test]
fn the_history_is_bounded() {
    let mut enterprise = enterprise();
    for _ in 0..=HISTORY_MAX {
        grade(&mut enterprise, graded(Grade::Regular, "decree-282", "2026-05-01")).expect("graded");
    }
    assert_eq!(enterprise.get().history.len(), HISTORY_MAX);
    enterprise.check();
}

proptest! {
    #[test]
    fn the_history_never_goes_back(commands in prop::collection::vec((0usize..5, any::<bool>(), 0i64..3_000), 0..30)) {
        let mut enterprise = enterprise();
        for (which, old, days) in commands {
            let rule = if old { "decree-251" } else { "decree-282" };
            let since = at("2020-01-01").plus_days(days);
            let _ = grade(&mut enterprise, Graded { grade: Grade::ALL[which], rule_version: rule.into(), since, basis: "b".into() });
        }
        prop_assert!(enterprise.get().history.is_sorted_by_key(|grading| grading.since));
        enterprise.check();
    }
}
