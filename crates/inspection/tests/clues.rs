//! A clue accuses nobody: one officer checks it, another person closes it, and it names no other object (INS-20).

#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use std::collections::BTreeMap;

use inspection::{
    Authority, CLUE_ASSIGNMENTS_MAX, CLUE_DUE_DAYS_MAX, CLUE_READINGS_MAX, CLUE_SHARES_MAX, Clue, ClueAbout, ClueAssigned, ClueChecked,
    ClueClosed, ClueEvent, ClueFactsAttached, ClueFinding, CluePlace, CluePurpose, ClueRegistered, ClueRules, ClueScope, ClueSeverity,
    ClueShared, ClueSource, Conflict, decide_assign_clue, decide_attach_facts, decide_check_clue, decide_close_clue, decide_register_clue,
    decide_share_clue,
};
use ledger::{Aggregate, DomainEvent, Refusal};
use object::minute;

fn registered() -> ClueRegistered {
    ClueRegistered {
        authority: Authority::Customs,
        organisation: "customs-demo".into(),
        district: Some("3104".into()),
        by: "o0".into(),
        source: ClueSource::PublicReport,
        about: ClueAbout::Enterprise,
        fingerprint: "f".repeat(64),
        severity: ClueSeverity::High,
        place: CluePlace { county: Some("330212".into()), name: "示例县".into() },
        retention: "three-years".into(),
        seal: "s0".into(),
    }
}

fn assigned(officer: &str) -> ClueAssigned {
    ClueAssigned { officer: officer.into(), by: "o0".into(), due: minute(600) }
}

fn checked(by: &str, finding: ClueFinding) -> ClueChecked {
    ClueChecked { by: by.into(), finding, seal: "s1".into() }
}

fn closed(by: &str) -> ClueClosed {
    ClueClosed { by: by.into(), seal: "s2".into(), keep_until: minute(9_000) }
}

fn shared(with: &str, scope: ClueScope) -> ClueShared {
    ClueShared { with: with.into(), scope, by: "o0".into(), seal: "s3".into() }
}

fn facts() -> ClueFactsAttached {
    ClueFactsAttached {
        by: "o0".into(),
        purpose: CluePurpose::Assess,
        found: BTreeMap::from([("credit".into(), 1)]),
        withheld: Vec::new(),
        more: false,
        seal: "s4".into(),
    }
}

/// The clue after some events; each of them names no other object and is read back as it was written.
fn after(state: Option<Clue>, events: Vec<ClueEvent>) -> Clue {
    let folded = events.into_iter().fold(state, |state, event| {
        assert_eq!(ClueEvent::parse(event.kind(), &event.payload()).expect("reads back"), event);
        let next = Clue::apply(state, &event, minute(10)).expect("follows");
        assert_eq!(next.related(&event), []);
        let stored = serde_json::to_string(&next).expect("json");
        assert_eq!(serde_json::from_str::<Clue>(&stored).expect("reads back"), next);
        Some(next)
    });
    folded.expect("something happened")
}

fn new_clue() -> Clue {
    after(None, decide_register_clue(None, registered()).expect("registered"))
}

fn with_officer(officer: &str) -> Clue {
    let clue = new_clue();
    let events = decide_assign_clue(&clue, assigned(officer), Conflict::None, minute(10)).expect("assigned");
    after(Some(clue), events)
}

fn answered(finding: ClueFinding) -> Clue {
    let clue = with_officer("o1");
    let events = decide_check_clue(&clue, checked("o1", finding)).expect("answered");
    after(Some(clue), events)
}

fn code<T: std::fmt::Debug>(decided: Result<T, Refusal>) -> &'static str {
    decided.expect_err("refused").code
}

#[test]
fn one_officer_checks_it_and_another_person_closes_it() {
    let clue = new_clue();
    assert_eq!((clue.status(), clue.work_row("Q1").action.as_deref()), ("registered", Some("assign-clue")));
    assert_eq!(code(decide_register_clue(Some(&clue), registered())), "clue-exists");
    assert_eq!(code(decide_check_clue(&clue, checked("o1", ClueFinding::Confirmed))), "clue-not-assigned");
    assert_eq!(code(decide_close_clue(&clue, closed("o2"))), "clue-not-checked");

    let clue = with_officer("o1");
    let row = clue.work_row("Q1");
    assert_eq!((row.action.as_deref(), row.due_at, row.authority.as_deref()), (Some("check-clue"), Some(minute(600)), Some("3104")));
    assert_eq!(code(decide_check_clue(&clue, checked("o2", ClueFinding::Confirmed))), "clue-not-yours");
    assert_eq!(code(decide_close_clue(&clue, closed("o2"))), "clue-not-checked");

    for finding in ClueFinding::ALL {
        let clue = answered(*finding);
        assert_eq!(clue.status(), finding.code());
        let next = if *finding == ClueFinding::NeedsMore { "assign-clue" } else { "close-clue" };
        assert_eq!((clue.work_row("Q1").action.as_deref(), clue.work_row("Q1").due_at), (Some(next), None));
        assert_eq!(code(decide_check_clue(&clue, checked("o1", *finding))), "clue-not-assigned", "an answer is given once");
        assert_eq!(code(decide_close_clue(&clue, closed("o1"))), "clue-own-answer");
        let events = decide_close_clue(&clue, closed("o2")).expect("closed by somebody else");
        let clue = after(Some(clue), events);
        assert_eq!((clue.status(), clue.finding(), clue.keep_until()), ("closed", Some(*finding), Some(minute(9_000))));
        assert_eq!((clue.work_row("Q1").action, clue.work_row("Q1").closed_at), (None, Some(minute(10))));
        assert_eq!(code(decide_assign_clue(&clue, assigned("o3"), Conflict::None, minute(10))), "clue-closed");
        assert_eq!(code(decide_attach_facts(&clue, facts())), "clue-closed");
        assert_eq!(code(decide_close_clue(&clue, closed("o2"))), "clue-closed");
    }
}

#[test]
fn whoever_gave_the_answer_does_not_close_it() {
    let clue = answered(ClueFinding::NeedsMore);
    let again = decide_assign_clue(&clue, assigned("o2"), Conflict::None, minute(10)).expect("assigned again");
    let clue = after(Some(clue), again);
    let second = decide_check_clue(&clue, checked("o2", ClueFinding::NotConfirmed)).expect("answered");
    let clue = after(Some(clue), second);
    assert_eq!(code(decide_close_clue(&clue, closed("o2"))), "clue-own-answer");
    // In an authority of two, whoever was overtaken by the other's answer can end it.
    assert!(decide_close_clue(&clue, closed("o1")).is_ok() && decide_close_clue(&clue, closed("o3")).is_ok());
}

#[test]
fn an_officer_has_time_and_no_interest() {
    let clue = new_clue();
    let due = |minutes| ClueAssigned { due: minute(minutes), ..assigned("o1") };
    let last = 10 + CLUE_DUE_DAYS_MAX * 1_440;
    for (minutes, fits) in [(10, false), (11, true), (last, true), (last + 1, false)] {
        let decided = decide_assign_clue(&clue, due(minutes), Conflict::None, minute(10));
        assert_eq!(decided.map_err(|refusal| refusal.code).err(), (!fits).then_some("clue-due"), "{minutes}");
    }
    assert_eq!(code(decide_assign_clue(&clue, assigned("o1"), Conflict::WithSubject, minute(10))), "clue-conflict");
}

#[test]
fn everything_about_a_clue_has_a_limit() {
    let mut clue = new_clue();
    for number in 0..CLUE_ASSIGNMENTS_MAX {
        let events = decide_assign_clue(&clue, assigned(&format!("o{number}")), Conflict::None, minute(10)).expect("within the limit");
        clue = after(Some(clue), events);
    }
    assert_eq!(code(decide_assign_clue(&clue, assigned("last"), Conflict::None, minute(10))), "clue-assignments");
    for _ in 0..CLUE_READINGS_MAX {
        let events = decide_attach_facts(&clue, facts()).expect("within the limit");
        clue = after(Some(clue), events);
    }
    assert_eq!(code(decide_attach_facts(&clue, facts())), "clue-readings");
    for number in 0..CLUE_SHARES_MAX {
        let events = decide_share_clue(&clue, shared(&format!("a{number}"), ClueScope::Clue), minute(10)).expect("within the limit");
        clue = after(Some(clue), events);
    }
    assert_eq!(code(decide_share_clue(&clue, shared("last", ClueScope::Clue), minute(10))), "clue-shares");
    let row = clue.work_row("Q2611-000001");
    assert!(row.keys.len() <= 32 && row.parties.len() <= 64, "{row:?}");
}

#[test]
fn it_is_seen_by_its_own_authority_and_by_whom_it_is_shared_with() {
    let clue = new_clue();
    assert!(clue.belongs_to("customs-demo", None) && clue.belongs_to("customs-branch", Some("3104")));
    assert!(!clue.belongs_to("customs-far", Some("2301")) && !clue.belongs_to("market", None));
    assert_eq!(clue.work_row("Q1").parties, ["customs-demo"]);
    assert_eq!(code(decide_share_clue(&clue, shared("customs-demo", ClueScope::Clue), minute(10))), "clue-shared-own");
    let events = decide_share_clue(&clue, shared("market", ClueScope::Clue), minute(10)).expect("shared");
    let clue = after(Some(clue), events);
    assert_eq!((clue.shared_with("market"), clue.shared_with("border")), (Some(ClueScope::Clue), None));
    assert_eq!(code(decide_share_clue(&clue, shared("market", ClueScope::Clue), minute(10))), "clue-shared-already");
    let events = decide_share_clue(&clue, shared("market", ClueScope::All), minute(10)).expect("more of it");
    let clue = after(Some(clue), events);
    assert_eq!(clue.shared_with("market"), Some(ClueScope::All));
    assert_eq!(clue.work_row("Q1").parties, ["customs-demo"], "the row tells what was found: it is not shared");
    for scope in [ClueScope::Clue, ClueScope::All] {
        assert_eq!(code(decide_share_clue(&clue, shared("market", scope), minute(10))), "clue-shared-already");
    }
}

#[test]
fn a_file_that_is_not_kept_any_more_is_not_shared() {
    let clue = answered(ClueFinding::Confirmed);
    let events = decide_close_clue(&clue, closed("o2")).expect("closed");
    let clue = after(Some(clue), events);
    assert!(decide_share_clue(&clue, shared("market", ClueScope::Clue), minute(8_999)).is_ok());
    assert_eq!(code(decide_share_clue(&clue, shared("market", ClueScope::Clue), minute(9_000))), "clue-expired");
}

#[test]
fn no_event_follows_where_it_cannot() {
    let (new, closed_one) = (new_clue(), {
        let clue = answered(ClueFinding::Confirmed);
        let events = decide_close_clue(&clue, closed("o2")).expect("closed");
        after(Some(clue), events)
    });
    let misplaced: [(&Clue, ClueEvent); 6] = [
        (&new, registered().into()),
        (&new, checked("o1", ClueFinding::Confirmed).into()),
        (&new, closed("o2").into()),
        (&closed_one, facts().into()),
        (&closed_one, assigned("o1").into()),
        (&closed_one, checked("o1", ClueFinding::Confirmed).into()),
    ];
    for (state, event) in misplaced {
        assert!(Clue::apply(Some(state.clone()), &event, minute(20)).is_err(), "{} after {}", event.kind(), state.status());
    }
    assert!(Clue::apply(None, &facts().into(), minute(20)).is_err());
}

#[test]
fn the_usual_retention_is_the_first() {
    let rules = ClueRules::default();
    assert_eq!(rules.retention.first().map(|one| one.label.as_str()), Some("three-years"));
    assert_eq!(rules.period("one-year").map(|one| one.days), Some(365));
    assert!(rules.period("for-ever").is_none());
}
