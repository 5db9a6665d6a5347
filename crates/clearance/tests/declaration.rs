//! A declaration is released only when landed, decided, and clear of documents, inspection, duty and holds.

mod form;
#[path = "../../port_call/tests/object/mod.rs"]
mod object;

use clearance::{
    AcceptFacts, Blocker, CheckFacts, Decided, Declaration, DocumentsPassed, DocumentsRequested, DocumentsSupplied, Drafted, DrawRecord,
    DutyCharged, DutySettled, Edited, FormDocument, GradeUsed, Held, HoldLifted, InspectionCleared, InspectionFailed, InspectionOrdered,
    Landed, Parties, Rejected, RiskDecision, SettledHow, TableRef, Withdrawn, decide_accept, decide_decision, decide_documents_passed,
    decide_documents_requested, decide_documents_supplied, decide_draft, decide_duty_charged, decide_duty_settled, decide_edit,
    decide_hold, decide_inspection_cleared, decide_inspection_failed, decide_inspection_ordered, decide_landed, decide_lift_hold,
    decide_officer_release, decide_progress, decide_reject, decide_withdraw,
};
use codes::Text;
use form::{facts, form};
use ledger::Aggregate;
use object::{Object, minute};
use proptest::prelude::*;

const ENTRY: &str = "310420261000000001";

fn drafted() -> Drafted {
    Drafted { parties: Parties { broker: "broker-red".into(), trader: Some("trader-green".into()) }, form: form() }
}

fn draft() -> Object<Declaration> {
    let mut declaration = Object::new();
    declaration.take(decide_draft(None, drafted()), minute(0)).expect("drafted");
    declaration
}

/// Before the goods are landed, or after.
fn check_facts(landed: bool) -> CheckFacts {
    let mut facts = facts();
    if !landed {
        let bill = facts.bill.as_mut().expect("bill");
        (bill.entry_declared_at, bill.landed_at) = (None, None);
    }
    facts
}

fn accepted(landed: bool) -> Object<Declaration> {
    let mut declaration = draft();
    let check = check_facts(landed);
    let decided = decide_accept(declaration.get(), &AcceptFacts { entry_id: ENTRY, check: &check }, minute(1));
    declaration.take(decided, minute(1)).expect("accepted");
    declaration
}

fn decision(documents: &[&str], inspect: bool) -> Decided {
    Decided {
        decision: RiskDecision {
            table: TableRef { id: "risk".into(), version: "1".into() },
            rows: vec!["R1".into()],
            rate_bp: 500,
            grade: GradeUsed { value: "regular".into(), rule_version: "decree-282".into() },
            draw: Some(DrawRecord {
                day: "2026-11-20".into(),
                commitment: "ab".into(),
                head_size: 7,
                head_root: "cd".into(),
                number: 42,
                selected: inspect,
                subject: None,
                part: None,
            }),
            documents: documents.iter().map(|code| (*code).to_owned()).collect(),
            inspect,
            reasons: vec![Text::new("随机", "random")],
            trader_note: Text::new("查验", "inspection"),
            fingerprint: "ef".into(),
            lines: Vec::new(),
        },
    }
}

macro_rules! take {
    ($object:expr, $at:expr, $decide:path, $command:expr) => {{
        let decided = $decide($object.get(), $command);
        $object.take(decided, minute($at))
    }};
}

/// What `app` does after each event: releases when nothing stands in the way.
fn progress(declaration: &mut Object<Declaration>, at: i64) {
    let events = decide_progress(declaration.get());
    declaration.take(Ok(events), minute(at)).expect("progress");
}

fn notice(id: &str) -> DutyCharged {
    DutyCharged { notice: Some(id.into()) }
}

fn settled(id: &str) -> DutySettled {
    DutySettled { notice: id.into(), how: SettledHow::Paid }
}

fn row(declaration: &Object<Declaration>) -> (String, Option<String>, Option<String>) {
    let row = declaration.get().work_row("D2611-000001");
    (row.status, row.owner, row.action)
}

fn stands(status: &str, owner: Option<&str>, action: Option<&str>) -> (String, Option<String>, Option<String>) {
    (status.to_owned(), owner.map(str::to_owned), action.map(str::to_owned))
}

#[test]
fn the_plain_way_to_release() {
    let mut declaration = draft();
    assert_eq!(row(&declaration), stands("draft", Some("broker-red"), Some("submit-declaration")));
    declaration = accepted(true);
    assert_eq!(row(&declaration), stands("awaiting-decision", None, None));
    take!(declaration, 2, decide_decision, decision(&[], false)).expect("decided");
    assert_eq!(row(&declaration), stands("awaiting-payment", None, None));
    take!(declaration, 3, decide_duty_charged, notice("T1")).expect("charged");
    assert_eq!(row(&declaration), stands("awaiting-payment", Some("trader-green"), Some("pay-duty")));
    progress(&mut declaration, 4);
    assert_eq!(declaration.get().status(), "awaiting-payment", "nothing is released before payment");
    take!(declaration, 5, decide_duty_settled, settled("T1")).expect("settled");
    progress(&mut declaration, 5);
    assert_eq!(row(&declaration), stands("released", None, None));
    let work = declaration.get().work_row("D2611-000001");
    assert_eq!((work.closed_at, work.authority.as_deref()), (Some(minute(5)), Some("3104")));
    assert!(work.keys.contains(&ENTRY.to_owned()) && work.keys.contains(&"DEMO001".to_owned()) && work.keys.contains(&form::box_number(1)));
    declaration.check();
}

#[test]
fn nothing_due_needs_no_payment() {
    let mut declaration = accepted(true);
    take!(declaration, 2, decide_decision, decision(&[], false)).expect("decided");
    take!(declaration, 3, decide_duty_charged, DutyCharged { notice: None }).expect("nothing due");
    progress(&mut declaration, 3);
    assert_eq!(declaration.get().status(), "released");
    declaration.check();
}

#[test]
fn an_advance_declaration_waits_for_landing_and_goes_on_by_itself() {
    let mut declaration = accepted(false);
    assert!(declaration.get().case().expect("case").advance);
    take!(declaration, 2, decide_decision, decision(&[], false)).expect("decided");
    assert_eq!(row(&declaration), stands("awaiting-arrival", None, None));
    assert_eq!(take!(declaration, 3, decide_duty_charged, notice("T1")), Err("declaration-not-landed"));
    take!(declaration, 4, decide_landed, Landed { at: minute(4) }).expect("landed");
    assert_eq!(take!(declaration, 4, decide_landed, Landed { at: minute(4) }), Err("declaration-already-landed"));
    take!(declaration, 4, decide_duty_charged, notice("T1")).expect("charged");
    take!(declaration, 5, decide_duty_settled, settled("T1")).expect("settled");
    progress(&mut declaration, 5);
    assert_eq!(declaration.get().status(), "released");
    declaration.check();
}

#[test]
fn documents_are_supplied_then_checked() {
    let mut declaration = accepted(true);
    take!(declaration, 2, decide_decision, decision(&["00000001", "00000002"], false)).expect("decided");
    // The invoice is attached already; the packing list is missing.
    assert_eq!(row(&declaration), stands("awaiting-documents", Some("broker-red"), Some("upload-documents")));
    assert_eq!(
        take!(declaration, 3, decide_documents_passed, DocumentsPassed { officer: "o1".into() }),
        Err("declaration-documents-missing")
    );
    let document = FormDocument { edoc_code: "00000002".into(), name: "packing.pdf".into(), sha256: "cd".repeat(32), size: 9 };
    take!(declaration, 4, decide_documents_supplied, DocumentsSupplied { documents: vec![document] }).expect("supplied");
    assert_eq!(row(&declaration), stands("awaiting-documents", None, Some("check-documents")));
    let ask = DocumentsRequested { codes: vec!["00000004".into()], note: "contract".into(), officer: "o1".into() };
    take!(declaration, 5, decide_documents_requested, ask).expect("asked for more");
    assert_eq!(row(&declaration).2.as_deref(), Some("upload-documents"));
    let contract = FormDocument { edoc_code: "00000004".into(), name: "contract.pdf".into(), sha256: "ef".repeat(32), size: 9 };
    take!(declaration, 6, decide_documents_supplied, DocumentsSupplied { documents: vec![contract] }).expect("supplied");
    take!(declaration, 7, decide_documents_passed, DocumentsPassed { officer: "o1".into() }).expect("passed");
    assert_eq!(declaration.get().status(), "awaiting-payment");
    assert_eq!(
        take!(declaration, 8, decide_documents_passed, DocumentsPassed { officer: "o1".into() }),
        Err("declaration-documents-not-open")
    );
    declaration.check();
}

#[test]
fn an_inspection_holds_the_release_until_it_is_cleared() {
    let mut declaration = accepted(true);
    take!(declaration, 2, decide_decision, decision(&[], true)).expect("decided");
    take!(declaration, 2, decide_inspection_ordered, InspectionOrdered { inspection: "I1".into() }).expect("ordered");
    take!(declaration, 2, decide_duty_charged, DutyCharged { notice: None }).expect("nothing due");
    progress(&mut declaration, 2);
    assert_eq!(row(&declaration), stands("awaiting-inspection", None, None));
    assert_eq!(
        take!(declaration, 3, decide_inspection_cleared, InspectionCleared { inspection: "I9".into() }),
        Err("declaration-inspection-differs")
    );
    assert_eq!(take!(declaration, 3, decide_withdraw, Withdrawn { reason: "x".into() }), Err("declaration-under-inspection"));
    take!(declaration, 3, decide_inspection_cleared, InspectionCleared { inspection: "I1".into() }).expect("cleared");
    progress(&mut declaration, 3);
    assert_eq!(declaration.get().status(), "released");
    declaration.check();
}

#[test]
fn an_inspection_not_passed_waits_for_an_officer() {
    let mut declaration = accepted(true);
    take!(declaration, 2, decide_decision, decision(&[], true)).expect("decided");
    take!(declaration, 2, decide_inspection_ordered, InspectionOrdered { inspection: "I1".into() }).expect("ordered");
    take!(declaration, 2, decide_duty_charged, DutyCharged { notice: None }).expect("nothing due");
    take!(declaration, 3, decide_inspection_failed, InspectionFailed { inspection: "I1".into(), disposition: "40".into() })
        .expect("failed");
    progress(&mut declaration, 3);
    assert_eq!(row(&declaration), stands("held", None, Some("release-manually")));
    // A second inspection may be ordered, or the officer releases with a note.
    assert!(decide_inspection_ordered(declaration.get(), InspectionOrdered { inspection: "I2".into() }).is_ok());
    let decided = decide_officer_release(declaration.get(), "o1", "rectified on site");
    declaration.take(decided, minute(4)).expect("released");
    assert_eq!(declaration.get().status(), "released");
    declaration.check();
}

#[test]
fn an_officer_does_not_release_around_the_law() {
    let mut declaration = accepted(false);
    take!(declaration, 2, decide_decision, decision(&[], false)).expect("decided");
    let refusal = decide_officer_release(declaration.get(), "o1", "please").expect_err("refused");
    assert_eq!(refusal.code, "declaration-not-clear");
    assert!(refusal.text.en.contains("goods not landed") && refusal.text.en.contains("duty not settled"), "{}", refusal.text.en);
}

#[test]
fn a_hold_comes_first_and_the_officer_lifts_it_with_the_release() {
    let mut declaration = accepted(true);
    take!(declaration, 2, decide_decision, decision(&[], false)).expect("decided");
    let hold = Held { reason: "tip".into(), officer: "o1".into() };
    take!(declaration, 2, decide_hold, hold.clone()).expect("held");
    assert_eq!(take!(declaration, 2, decide_hold, hold), Err("declaration-already-held"));
    take!(declaration, 3, decide_duty_charged, DutyCharged { notice: None }).expect("nothing due");
    progress(&mut declaration, 3);
    assert_eq!(row(&declaration), stands("held", None, Some("release-manually")));
    let decided = decide_officer_release(declaration.get(), "o1", "checked");
    declaration.take(decided, minute(4)).expect("released");
    assert_eq!(declaration.get().case().expect("case").hold, None);
    assert_eq!(take!(declaration, 5, decide_lift_hold, HoldLifted { officer: "o1".into() }), Err("declaration-not-accepted"));
    declaration.check();
}

#[test]
fn acceptance_needs_a_form_without_errors_and_a_number() {
    let mut declaration = draft();
    let check = check_facts(true);
    let accept = |declaration: &Object<Declaration>, entry_id: &str, check: &CheckFacts| {
        decide_accept(declaration.get(), &AcceptFacts { entry_id, check }, minute(1)).map_err(|r| r.code)
    };
    assert_eq!(accept(&declaration, "123", &check), Err("declaration-number"));
    assert_eq!(accept(&declaration, ENTRY, &CheckFacts { bill: None, ..check.clone() }), Err("declaration-has-findings"));
    let saved = Edited { form: form(), trader: None };
    assert_eq!(decide_edit(declaration.get(), saved.clone()), Ok(vec![]), "saving the same again changes nothing");
    let mut changed = form();
    changed.goods.clear();
    take!(declaration, 1, decide_edit, Edited { form: changed, trader: Some("trader-new".into()) }).expect("drafts keep anything");
    assert_eq!(declaration.get().parties().trader.as_deref(), Some("trader-new"));
    assert_eq!(accept(&declaration, ENTRY, &check), Err("declaration-has-findings"));
    declaration = accepted(true);
    assert_eq!(accept(&declaration, ENTRY, &check), Err("declaration-not-draft"));
    assert_eq!(decide_edit(declaration.get(), saved).map_err(|r| r.code), Err("declaration-not-draft"));
    assert_eq!(decide_draft(declaration.state.as_ref(), drafted()).map_err(|r| r.code), Err("declaration-exists"));
}

#[test]
fn a_rejected_declaration_is_corrected_and_sent_again() {
    let mut declaration = accepted(true);
    assert_eq!(
        take!(declaration, 2, decide_reject, Rejected { reason: " ".into(), officer: "o1".into() }),
        Err("declaration-reason-missing")
    );
    take!(declaration, 2, decide_reject, Rejected { reason: "wrong code".into(), officer: "o1".into() }).expect("rejected");
    assert_eq!(row(&declaration), stands("rejected", Some("broker-red"), Some("submit-declaration")));
    let mut corrected = form();
    corrected.note_s = "corrected".into();
    take!(declaration, 3, decide_edit, Edited { form: corrected, trader: None }).expect("taken back");
    match declaration.get() {
        Declaration::Draft { draft } => assert_eq!(draft.returned.as_ref().map(|r| r.reason.as_str()), Some("wrong code")),
        other => panic!("{}", other.status()),
    }
    let check = check_facts(true);
    let decided = decide_accept(declaration.get(), &AcceptFacts { entry_id: "310420261000000002", check: &check }, minute(4));
    declaration.take(decided, minute(4)).expect("accepted again");
    assert_eq!(declaration.get().entry_id(), Some("310420261000000002"));
    declaration.check();
}

#[test]
fn withdrawal_ends_a_draft_or_an_accepted_declaration() {
    let withdraw = || Withdrawn { reason: "wrong bill".into() };
    let mut of_draft = draft();
    take!(of_draft, 1, decide_withdraw, withdraw()).expect("withdrawn");
    of_draft.check();
    let mut of_case = accepted(true);
    take!(of_case, 2, decide_withdraw, withdraw()).expect("withdrawn");
    assert_eq!((of_case.get().status(), of_case.get().entry_id()), ("withdrawn", Some(ENTRY)));
    assert_eq!(take!(of_case, 3, decide_withdraw, withdraw()), Err("declaration-closed"));
    of_case.check();
    let mut paid = accepted(true);
    take!(paid, 2, decide_decision, decision(&["00000002"], false)).expect("decided");
    take!(paid, 2, decide_duty_charged, notice("T1")).expect("charged");
    take!(paid, 3, decide_duty_settled, settled("T1")).expect("settled");
    assert_eq!(take!(paid, 4, decide_withdraw, withdraw()), Err("declaration-duty-settled"));
}

proptest! {
    #[test]
    fn no_order_of_commands_releases_too_early(landed in any::<bool>(), commands in prop::collection::vec((0u8..18, 0u8..2), 0..60)) {
        let mut declaration = accepted(landed);
        for (at, (command, n)) in (2..).zip(commands) {
            let id = format!("X{n}");
            let state = declaration.get();
            let decided = match command {
                0 => decide_decision(state, decision(if n == 0 { &[] } else { &["00000002"] }, n == 1)),
                1 => decide_landed(state, Landed { at: minute(at) }),
                2 => decide_documents_requested(state, DocumentsRequested { codes: vec!["00000003".into()], note: "n".into(), officer: "o".into() }),
                3 => decide_documents_supplied(state, DocumentsSupplied { documents: vec![FormDocument { edoc_code: format!("0000000{}", n + 2), name: "f".into(), sha256: "ab".repeat(32), size: 1 }] }),
                4 => decide_documents_passed(state, DocumentsPassed { officer: "o".into() }),
                5 => decide_inspection_ordered(state, InspectionOrdered { inspection: id }),
                6 => decide_inspection_cleared(state, InspectionCleared { inspection: id }),
                7 => decide_inspection_failed(state, InspectionFailed { inspection: id, disposition: "40".into() }),
                8 => decide_duty_charged(state, DutyCharged { notice: (n == 0).then_some(id) }),
                9 => decide_duty_settled(state, settled(&id)),
                10 => decide_hold(state, Held { reason: "r".into(), officer: "o".into() }),
                11 => decide_lift_hold(state, HoldLifted { officer: "o".into() }),
                12 => decide_officer_release(state, "o", "n"),
                13 => decide_reject(state, Rejected { reason: "r".into(), officer: "o".into() }),
                14 => decide_withdraw(state, Withdrawn { reason: "r".into() }),
                15 => decide_edit(state, Edited { form: form(), trader: None }),
                16 => decide_accept(state, &AcceptFacts { entry_id: ENTRY, check: &check_facts(n == 0) }, minute(at)),
                _ => Ok(decide_progress(state)),
            };
            let before = declaration.get().clone();
            let _ = declaration.take(decided, minute(at));
            let released = matches!(declaration.get(), Declaration::Released { .. });
            if released && !matches!(before, Declaration::Released { .. }) {
                let case = declaration.get().case().expect("case");
                prop_assert!(case.landed_at.is_some() && case.decision.is_some() && case.hold.is_none());
                prop_assert!(case.documents.is_clear() && case.duty.is_clear());
                prop_assert!(case.inspection.is_clear() || command == 12, "only an officer releases after a failed inspection");
                prop_assert!(case.blockers().iter().all(|blocker| *blocker == Blocker::Hold));
            }
            if matches!(before, Declaration::Released { .. } | Declaration::Withdrawn { .. }) {
                prop_assert_eq!(&before, declaration.get(), "what ended changes no more");
            }
        }
        declaration.check();
    }
}
