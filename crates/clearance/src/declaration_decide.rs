//! What may be done with a declaration, and why not.

use codes::{DeclarationNumber, has_errors};
use ledger::{Aggregate, Refusal, Timestamp};

use crate::declaration::{
    Accepted, Blocker, Case, Decided, Declaration, DeclarationEvent, DocumentsPassed, DocumentsRequested, DocumentsSupplied, Drafted,
    DrawOverridden, DutyCharged, DutySettled, Edited, Held, HoldLifted, InspectionCleared, InspectionFailed, InspectionOrdered, Landed,
    Rejected, Released, ReleasedBy, Track, Withdrawn,
};
use crate::{CheckFacts, DOCUMENTS_MAX, check};

type Events = Result<Vec<DeclarationEvent>, Refusal>;

/// What acceptance needs besides the draft.
#[derive(Clone, Debug)]
pub struct AcceptFacts<'a> {
    /// Declaration number to give (18 digits), made by the caller from a counter.
    pub entry_id: &'a str,
    /// What the check needs.
    pub check: &'a CheckFacts,
}

/// Begins a draft. Nothing is checked: drafts keep whatever was typed.
///
/// # Errors
/// `declaration-exists` when the id is taken.
pub fn decide_draft(state: Option<&Declaration>, command: Drafted) -> Events {
    match state {
        Some(declaration) => Err(Refusal::new(
            "declaration-exists",
            "declaration.draft",
            declaration.status(),
            "该报关单编号已存在。",
            "A declaration with this id exists already.",
        )),
        None => Ok(vec![command.into()]),
    }
}

/// Saves a draft again, or takes a rejected declaration back for correction. Saving the same content again changes nothing.
///
/// # Errors
/// `declaration-not-draft` once accepted, released or withdrawn (Customs Law, Art. 26: no change after acceptance).
pub fn decide_edit(state: &Declaration, command: Edited) -> Events {
    match state {
        Declaration::Draft { draft }
            if draft.form == command.form && command.trader.as_ref().is_none_or(|org| Some(org) == draft.parties.trader.as_ref()) =>
        {
            Ok(Vec::new())
        }
        Declaration::Draft { .. } | Declaration::Rejected { .. } => Ok(vec![command.into()]),
        Declaration::Accepted { .. } | Declaration::Released { .. } | Declaration::Withdrawn { .. } => {
            Err(not_draft(state, "declaration.edit"))
        }
    }
}

/// Accepts a draft: checks it in full and gives it its number.
///
/// # Errors
/// `declaration-has-findings` when the check found errors (ask [`check`] for them); `declaration-not-draft`; `declaration-number`
/// when the number is malformed.
pub fn decide_accept(state: &Declaration, facts: &AcceptFacts<'_>, at: Timestamp) -> Events {
    const ATTEMPT: &str = "declaration.submit";
    let draft = match state {
        Declaration::Draft { draft } => draft,
        Declaration::Accepted { .. } | Declaration::Released { .. } | Declaration::Rejected { .. } | Declaration::Withdrawn { .. } => {
            return Err(not_draft(state, ATTEMPT));
        }
    };
    let findings = check(&draft.form, facts.check, at);
    if has_errors(&findings) {
        let errors = findings.iter().filter(|finding| finding.is_error()).count();
        return Err(Refusal::new(
            "declaration-has-findings",
            ATTEMPT,
            state.status(),
            format!("有 {errors} 处错误需要更正。"),
            format!("{errors} faults have to be corrected."),
        ));
    }
    if facts.entry_id.parse::<DeclarationNumber>().is_err() {
        return Err(Refusal::new(
            "declaration-number",
            ATTEMPT,
            state.status(),
            "海关编号格式不符。",
            "The declaration number is malformed.",
        ));
    }
    let landed_at = facts.check.bill.as_ref().and_then(|bill| bill.landed_at);
    let accepted = Accepted {
        entry_id: facts.entry_id.to_owned(),
        advance: landed_at.is_none(),
        landed_at,
        bill: draft.form.bill_no.trim().to_owned(),
        agreement: facts.check.bill.as_ref().and_then(|bill| bill.agreement.clone()),
    };
    Ok(vec![accepted.into()])
}

/// Takes over the risk decision.
///
/// # Errors
/// `declaration-already-decided`; `declaration-not-accepted`.
pub fn decide_decision(state: &Declaration, command: Decided) -> Events {
    const ATTEMPT: &str = "declaration.decide";
    let case = accepted(state, ATTEMPT)?;
    if case.decision.is_some() {
        return Err(Refusal::new(
            "declaration-already-decided",
            ATTEMPT,
            state.status(),
            "已有布控答复。",
            "The risk decision is already given.",
        ));
    }
    Ok(vec![command.into()])
}

/// Learns that the goods are landed.
///
/// # Errors
/// `declaration-already-landed`; `declaration-not-accepted`.
pub fn decide_landed(state: &Declaration, command: Landed) -> Events {
    const ATTEMPT: &str = "declaration.land";
    if accepted(state, ATTEMPT)?.landed_at.is_some() {
        return Err(Refusal::new(
            "declaration-already-landed",
            ATTEMPT,
            state.status(),
            "货物已登记卸船。",
            "The goods are already landed.",
        ));
    }
    Ok(vec![command.into()])
}

/// Asks for documents.
///
/// # Errors
/// `declaration-documents-none` when no kind is named; `declaration-not-accepted`.
pub fn decide_documents_requested(state: &Declaration, command: DocumentsRequested) -> Events {
    const ATTEMPT: &str = "declaration.request-documents";
    accepted(state, ATTEMPT)?;
    if command.codes.is_empty() {
        return Err(Refusal::new(
            "declaration-documents-none",
            ATTEMPT,
            state.status(),
            "请选择需要的单据。",
            "Name the documents wanted.",
        ));
    }
    Ok(vec![command.into()])
}

/// Attaches documents to an accepted declaration.
///
/// # Errors
/// `declaration-documents-none`; `declaration-documents-limit` above [`DOCUMENTS_MAX`]; `declaration-not-accepted`.
pub fn decide_documents_supplied(state: &Declaration, command: DocumentsSupplied) -> Events {
    const ATTEMPT: &str = "declaration.supply-documents";
    let case = accepted(state, ATTEMPT)?;
    if command.documents.is_empty() {
        return Err(Refusal::new("declaration-documents-none", ATTEMPT, state.status(), "没有文件。", "There is no document."));
    }
    if case.form.documents.len() + command.documents.len() > DOCUMENTS_MAX {
        return Err(Refusal::new(
            "declaration-documents-limit",
            ATTEMPT,
            state.status(),
            format!("随附单据最多 {DOCUMENTS_MAX} 份。"),
            format!("At most {DOCUMENTS_MAX} documents can be attached."),
        ));
    }
    Ok(vec![command.into()])
}

/// Passes the documents.
///
/// # Errors
/// `declaration-documents-not-open` when none are to be checked; `declaration-documents-missing` while some are not attached;
/// `declaration-not-accepted`.
pub fn decide_documents_passed(state: &Declaration, command: DocumentsPassed) -> Events {
    const ATTEMPT: &str = "declaration.pass-documents";
    let case = accepted(state, ATTEMPT)?;
    if !case.documents.is_open() {
        return Err(Refusal::new(
            "declaration-documents-not-open",
            ATTEMPT,
            state.status(),
            "没有待审单据。",
            "No documents are to be checked.",
        ));
    }
    let missing = case.documents_missing().join(", ");
    if !missing.is_empty() {
        return Err(Refusal::new(
            "declaration-documents-missing",
            ATTEMPT,
            state.status(),
            format!("单据未齐：{missing}。"),
            format!("Documents are missing: {missing}."),
        ));
    }
    Ok(vec![command.into()])
}

/// An officer decides in place of the draw: has inspected what was not drawn, or spares what was (人工改变抽查结果). Both are counted in public.
///
/// # Errors
/// `draw-not-made` before the decision; `draw-override-same` when it is so already, or the inspection has come to its end;
/// `declaration-not-accepted`.
pub fn decide_draw_override(state: &Declaration, command: DrawOverridden) -> Events {
    const ATTEMPT: &str = "declaration.override-draw";
    let case = accepted(state, ATTEMPT)?;
    if case.decision.is_none() {
        let (zh, en) = ("尚未作出布控答复。", "The risk decision is not given yet.");
        return Err(Refusal::new("draw-not-made", ATTEMPT, state.status(), zh, en));
    }
    match (&case.inspection, command.inspect) {
        (Track::NotNeeded, true) | (Track::Open { .. }, false) => Ok(vec![command.into()]),
        (Track::Unknown | Track::NotNeeded | Track::Open { .. } | Track::Done { .. } | Track::Failed { .. }, _) => {
            let (zh, en) = if command.inspect {
                ("该票已须查验，或查验已结束。", "It is to be inspected already, or its inspection has ended.")
            } else {
                ("该票没有待实施的查验。", "No inspection of it is still to take place.")
            };
            Err(Refusal::new("draw-override-same", ATTEMPT, state.status(), zh, en))
        }
    }
}

/// Learns which inspection was ordered: after the decision, or again after one that failed.
///
/// # Errors
/// `declaration-inspection-not-due` when none is due; `declaration-not-accepted`.
pub fn decide_inspection_ordered(state: &Declaration, command: InspectionOrdered) -> Events {
    const ATTEMPT: &str = "declaration.order-inspection";
    match &accepted(state, ATTEMPT)?.inspection {
        Track::Open { reference: None, .. } | Track::Failed { .. } => Ok(vec![command.into()]),
        Track::Unknown | Track::NotNeeded | Track::Open { reference: Some(_), .. } | Track::Done { .. } => Err(Refusal::new(
            "declaration-inspection-not-due",
            ATTEMPT,
            state.status(),
            "此时不能下达查验指令。",
            "No inspection can be ordered now.",
        )),
    }
}

/// Learns that the inspection is passed.
///
/// # Errors
/// `declaration-inspection-differs` when this inspection is not the open one; `declaration-not-accepted`.
pub fn decide_inspection_cleared(state: &Declaration, command: InspectionCleared) -> Events {
    open_inspection(state, "declaration.clear-inspection", &command.inspection)?;
    Ok(vec![command.into()])
}

/// Learns that the inspection is not passed.
///
/// # Errors
/// As [`decide_inspection_cleared`].
pub fn decide_inspection_failed(state: &Declaration, command: InspectionFailed) -> Events {
    open_inspection(state, "declaration.fail-inspection", &command.inspection)?;
    Ok(vec![command.into()])
}

/// Learns what duty is due, or that none is.
///
/// # Errors
/// `declaration-duty-charged` the second time; `declaration-not-landed` before the goods are landed: the rate is that of the day on which
/// the conveyance declared entry (Tariff Law, Art. 20); `declaration-not-accepted`.
pub fn decide_duty_charged(state: &Declaration, command: DutyCharged) -> Events {
    const ATTEMPT: &str = "declaration.charge-duty";
    let case = accepted(state, ATTEMPT)?;
    if case.landed_at.is_none() {
        return Err(Refusal::new(
            "declaration-not-landed",
            ATTEMPT,
            state.status(),
            "货物尚未卸船，不能计征税费。",
            "The goods are not landed; duty cannot be assessed yet.",
        ));
    }
    match case.duty {
        Track::Unknown => Ok(vec![command.into()]),
        Track::NotNeeded | Track::Open { .. } | Track::Done { .. } | Track::Failed { .. } => {
            Err(Refusal::new("declaration-duty-charged", ATTEMPT, state.status(), "税费已核定。", "Duty is already assessed."))
        }
    }
}

/// Learns that the duty is settled.
///
/// # Errors
/// `declaration-duty-differs` when this notice is not the open one; `declaration-not-accepted`.
pub fn decide_duty_settled(state: &Declaration, command: DutySettled) -> Events {
    const ATTEMPT: &str = "declaration.settle-duty";
    match &accepted(state, ATTEMPT)?.duty {
        Track::Open { reference: Some(notice), .. } if *notice == command.notice => Ok(vec![command.into()]),
        Track::Unknown | Track::NotNeeded | Track::Open { .. } | Track::Done { .. } | Track::Failed { .. } => Err(Refusal::new(
            "declaration-duty-differs",
            ATTEMPT,
            state.status(),
            "该税单不是此报关单的待缴税单。",
            "This is not the open duty notice of the declaration.",
        )),
    }
}

/// Holds the declaration.
///
/// # Errors
/// `declaration-already-held`; `declaration-not-accepted`.
pub fn decide_hold(state: &Declaration, command: Held) -> Events {
    const ATTEMPT: &str = "declaration.hold";
    if let Some(hold) = &accepted(state, ATTEMPT)?.hold {
        return Err(Refusal::new(
            "declaration-already-held",
            ATTEMPT,
            state.status(),
            format!("已挂起：{}", hold.reason),
            format!("Already held: {}", hold.reason),
        ));
    }
    Ok(vec![command.into()])
}

/// Lifts the hold.
///
/// # Errors
/// `declaration-not-held`; `declaration-not-accepted`.
pub fn decide_lift_hold(state: &Declaration, command: HoldLifted) -> Events {
    const ATTEMPT: &str = "declaration.lift-hold";
    if accepted(state, ATTEMPT)?.hold.is_none() {
        return Err(Refusal::new("declaration-not-held", ATTEMPT, state.status(), "未挂起。", "The declaration is not held."));
    }
    Ok(vec![command.into()])
}

/// Releases by rule as soon as nothing stands in the way; otherwise does nothing. Called after every event of the declaration.
pub fn decide_progress(state: &Declaration) -> Vec<DeclarationEvent> {
    match state {
        Declaration::Accepted { case } if case.blockers().is_empty() => vec![Released { how: ReleasedBy::Automatic }.into()],
        Declaration::Accepted { .. }
        | Declaration::Draft { .. }
        | Declaration::Released { .. }
        | Declaration::Rejected { .. }
        | Declaration::Withdrawn { .. } => Vec::new(),
    }
}

/// Releases by an officer: lifts a hold and accepts an inspection that did not pass but was put right. The goods must be landed, the
/// decision given, the documents checked and the duty settled all the same: no officer releases around the law.
///
/// # Errors
/// `declaration-not-clear` naming what stands in the way; `declaration-not-accepted`.
pub fn decide_officer_release(state: &Declaration, officer: &str, note: &str) -> Events {
    const ATTEMPT: &str = "declaration.release";
    let case = accepted(state, ATTEMPT)?;
    let standing: Vec<Blocker> = case.blockers().into_iter().filter(|blocker| *blocker != Blocker::Hold).collect();
    if !standing.is_empty() || case.documents.is_failed() || case.duty.is_failed() {
        let zh: Vec<&str> = standing.iter().map(|blocker| blocker_text(*blocker).0).collect();
        let en: Vec<&str> = standing.iter().map(|blocker| blocker_text(*blocker).1).collect();
        return Err(Refusal::new(
            "declaration-not-clear",
            ATTEMPT,
            state.status(),
            format!("尚不能放行：{}。", zh.join("、")),
            format!("Cannot be released yet: {}.", en.join(", ")),
        ));
    }
    let mut events = Vec::new();
    if case.hold.is_some() {
        events.push(HoldLifted { officer: officer.to_owned() }.into());
    }
    events.push(Released { how: ReleasedBy::Officer { officer: officer.to_owned(), note: note.to_owned() } }.into());
    Ok(events)
}

/// Rejects an accepted declaration.
///
/// # Errors
/// `declaration-not-accepted`; `declaration-reason-missing`.
pub fn decide_reject(state: &Declaration, command: Rejected) -> Events {
    const ATTEMPT: &str = "declaration.reject";
    accepted(state, ATTEMPT)?;
    if command.reason.trim().is_empty() {
        return Err(reason_missing(state, ATTEMPT));
    }
    Ok(vec![command.into()])
}

/// Withdraws a draft, or an accepted declaration whose goods are not being inspected (撤单; Customs Law, Art. 26).
///
/// # Errors
/// `declaration-under-inspection`; `declaration-duty-settled` once duty is paid or guaranteed; `declaration-closed`;
/// `declaration-reason-missing`.
pub fn decide_withdraw(state: &Declaration, command: Withdrawn) -> Events {
    const ATTEMPT: &str = "declaration.withdraw";
    if command.reason.trim().is_empty() {
        return Err(reason_missing(state, ATTEMPT));
    }
    match state {
        Declaration::Draft { .. } | Declaration::Rejected { .. } => Ok(vec![command.into()]),
        Declaration::Accepted { case } => match (&case.inspection, &case.duty) {
            (Track::Open { .. } | Track::Failed { .. }, _) => Err(Refusal::new(
                "declaration-under-inspection",
                ATTEMPT,
                state.status(),
                "已布控查验或查验异常，不能撤单。",
                "An inspection is ordered or was not passed; the declaration cannot be withdrawn.",
            )),
            (Track::Unknown | Track::NotNeeded | Track::Done { .. }, Track::Done { .. }) => Err(Refusal::new(
                "declaration-duty-settled",
                ATTEMPT,
                state.status(),
                "税费已缴纳或担保，不能撤单。",
                "Duty is paid or guaranteed; the declaration cannot be withdrawn.",
            )),
            (
                Track::Unknown | Track::NotNeeded | Track::Done { .. },
                Track::Unknown | Track::NotNeeded | Track::Open { .. } | Track::Failed { .. },
            ) => Ok(vec![command.into()]),
        },
        Declaration::Released { .. } | Declaration::Withdrawn { .. } => Err(Refusal::new(
            "declaration-closed",
            ATTEMPT,
            state.status(),
            "报关单已放行或已撤销。",
            "The declaration is released or withdrawn.",
        )),
    }
}

fn blocker_text(blocker: Blocker) -> (&'static str, &'static str) {
    match blocker {
        Blocker::Decision => ("未作出布控答复", "no risk decision"),
        Blocker::Hold => ("挂起", "held"),
        Blocker::Arrival => ("货物未到港卸船", "goods not landed"),
        Blocker::Documents => ("单证未审结", "documents not checked"),
        Blocker::Inspection => ("查验未完毕", "inspection not done"),
        Blocker::Duty => ("税费未缴纳或担保", "duty not settled"),
    }
}

fn accepted<'a>(state: &'a Declaration, attempted: &'static str) -> Result<&'a Case, Refusal> {
    match state {
        Declaration::Accepted { case } => Ok(case),
        Declaration::Draft { .. } | Declaration::Released { .. } | Declaration::Rejected { .. } | Declaration::Withdrawn { .. } => {
            Err(Refusal::new(
                "declaration-not-accepted",
                attempted,
                state.status(),
                "报关单不在通关中。",
                "The declaration is not in clearance.",
            ))
        }
    }
}

fn open_inspection(state: &Declaration, attempted: &'static str, inspection: &str) -> Result<(), Refusal> {
    match &accepted(state, attempted)?.inspection {
        Track::Open { reference: Some(open), .. } if open == inspection => Ok(()),
        Track::Unknown | Track::NotNeeded | Track::Open { .. } | Track::Done { .. } | Track::Failed { .. } => Err(Refusal::new(
            "declaration-inspection-differs",
            attempted,
            state.status(),
            "该查验不是此报关单的待结查验。",
            "This is not the open inspection of the declaration.",
        )),
    }
}

fn not_draft(state: &Declaration, attempted: &'static str) -> Refusal {
    Refusal::new(
        "declaration-not-draft",
        attempted,
        state.status(),
        "报关单已受理，不能再修改（海关法第二十六条）。",
        "The declaration is accepted and can no longer change (Customs Law, Art. 26).",
    )
}

fn reason_missing(state: &Declaration, attempted: &'static str) -> Refusal {
    Refusal::new("declaration-reason-missing", attempted, state.status(), "请填写原因。", "Give the reason.")
}
