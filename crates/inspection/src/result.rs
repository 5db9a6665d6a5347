//! The result, written down by one drawn officer and confirmed by another, and the replacement of an officer who cannot come.

use std::collections::BTreeSet;

use ledger::{Aggregate, Refusal};
use serde::{Deserialize, Serialize};

use crate::disposition;
use crate::inspection::{
    FINDINGS_LENGTH_MAX, Inspection, InspectionEvent, InspectionPhase, Method, OFFICERS_MIN, OfficerDraw, Outcome, Resulted, closed,
    to_confirm,
};
use crate::machine::{OpeningCause, not_while_images_decide};
use crate::sampling;

/// `inspection.recorded`; also the command: one of the drawn officers writes the result down (录入).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// The result, with the officers who were there.
    pub result: Resulted,
    /// Who wrote it down, user id.
    pub by: String,
}

/// `inspection.result-returned`; also the command: what was written down is not confirmed (退回).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultReturned {
    /// Why. Not named `reason`: it is for officers, and a timeline tells the reasons of events to everybody on the case.
    pub why: String,
    /// Who, user id.
    pub by: String,
}

/// `inspection.officer-replaced`; also the command: a drawn officer cannot come (请假、回避), another is drawn (补抽).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficerReplaced {
    /// Who cannot come, user id.
    pub officer: String,
    /// Why; see [`ResultReturned::why`].
    pub why: String,
    /// Who had the other drawn, user id.
    pub by: String,
    /// The draw: one officer, from the pool without those drawn before, those replaced before, and whoever ordered the replacement.
    pub draw: OfficerDraw,
}

const REPLACE: &str = "inspection.replace-officer";

/// Writes the result down.
///
/// # Errors
/// `inspection-officer-not-drawn` when whoever writes was not drawn; `inspection-officers-few` with fewer than [`OFFICERS_MIN`], somebody not
/// drawn, or without the one who writes; `inspection-box-not-at-site` when a box to be opened or scanned is missing; `inspection-disposition`
/// when the code is unknown or contradicts the result; `inspection-seal` when a box was opened and no new seal is named;
/// `inspection-report-length`; `inspection-sampling-open` and `inspection-sample-failed` for a pass; `inspection-machine-first` while images decide; `inspection-opening-ordered` when a suspect image is answered without opening; `inspection-result-recorded`; `inspection-already-resulted`; `inspection-closed` when cancelled.
pub fn decide_record(state: &Inspection, command: Recorded) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.record-result";
    match state.phase {
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. } => {}
        InspectionPhase::Recorded { .. } => return Err(to_confirm(state, ATTEMPT)),
        InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } => {
            return Err(Refusal::new(
                "inspection-already-resulted",
                ATTEMPT,
                state.status(),
                "查验结果已录入。",
                "The result is already recorded.",
            ));
        }
        InspectionPhase::Cancelled { .. } => return Err(closed(state, ATTEMPT)),
    }
    not_while_images_decide(state, ATTEMPT)?;
    of_the_drawn(state, ATTEMPT, &command.by)?;
    let drawn = state.officers();
    let present: BTreeSet<&str> = command.result.officers.iter().map(String::as_str).collect();
    let all_drawn = present.iter().all(|officer| drawn.contains(officer));
    if present.len() < OFFICERS_MIN || !all_drawn || !present.contains(command.by.as_str()) {
        return Err(Refusal::new(
            "inspection-officers-few",
            ATTEMPT,
            state.status(),
            "须有至少两名经随机抽取的查验人员在场，录入人须在其中。",
            "At least two officers, all of them drawn and the one who writes among them, must be present (Decree 138).",
        ));
    }
    complete(state, ATTEMPT, &command.result)?;
    if command.result.result == Outcome::Pass {
        sampling::may_pass(state, ATTEMPT)?;
    }
    Ok(vec![InspectionEvent::Recorded(command)])
}

/// Confirms what another officer wrote down: only now is it the result.
///
/// # Errors
/// `inspection-not-recorded` when nothing is written down; `inspection-officer-not-drawn`; `inspection-same-officer` when whoever wrote it
/// down, or somebody who was not there, would confirm it; `inspection-sample-failed` when a test has failed since; `inspection-closed`.
pub fn decide_confirm(state: &Inspection, by: &str) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.confirm-result";
    let recorded = written(state, ATTEMPT)?;
    of_the_drawn(state, ATTEMPT, by)?;
    if recorded.by == by || recorded.result.officers.iter().all(|present| present != by) {
        return Err(Refusal::new(
            "inspection-same-officer",
            ATTEMPT,
            state.status(),
            "须由在场的另一名查验人员复核，录入人不能自行复核。",
            "Another officer who was there must confirm it; nobody confirms what they wrote themselves.",
        ));
    }
    // A test may have failed since it was written down.
    if recorded.result.result == Outcome::Pass {
        sampling::may_pass(state, ATTEMPT)?;
    }
    Ok(vec![InspectionEvent::Resulted(recorded.result.clone())])
}

/// Takes what was written down up again: the other officer does not confirm it, or whoever wrote it takes it back.
///
/// # Errors
/// `inspection-not-recorded`; `inspection-officer-not-drawn`; `inspection-closed`.
pub fn decide_return_result(state: &Inspection, command: ResultReturned) -> Result<Vec<InspectionEvent>, Refusal> {
    const ATTEMPT: &str = "inspection.return-result";
    written(state, ATTEMPT)?;
    of_the_drawn(state, ATTEMPT, &command.by)?;
    Ok(vec![InspectionEvent::ResultReturned(command)])
}

/// Replaces an officer who cannot come by one who was drawn for it.
///
/// # Errors
/// `inspection-officer-not-drawn` when the one to be replaced is not among the officers; `inspection-own-replacement` when one of the officers
/// orders it; `inspection-officers` when the draw is not of exactly one officer of its pool who was never drawn for this order and did not
/// order the replacement; `inspection-result-recorded`; `inspection-closed`.
pub fn decide_replace_officer(state: &Inspection, command: OfficerReplaced) -> Result<Vec<InspectionEvent>, Refusal> {
    check_replacement(state, &command.officer, &command.by)?;
    let before = drawn_ever(state);
    let fits = match command.draw.chosen.as_slice() {
        [new] => {
            let left_out = command.draw.excluded.iter().any(|one| one.officer == *new);
            command.draw.pool.contains(new) && !left_out && !before.contains(new.as_str()) && *new != command.by
        }
        _ => false,
    };
    if !fits {
        return Err(Refusal::new(
            "inspection-officers",
            REPLACE,
            state.status(),
            "须从人员库补抽一名此前未被抽取、未回避的查验人员。",
            "One officer of the pool who was not drawn before and is not excluded must be drawn.",
        ));
    }
    Ok(vec![InspectionEvent::OfficerReplaced(command)])
}

/// May this officer be replaced at the order of that one? Asked before another is drawn.
///
/// # Errors
/// As [`decide_replace_officer`], but for the draw.
pub fn check_replacement(state: &Inspection, officer: &str, by: &str) -> Result<(), Refusal> {
    if !state.is_open() {
        return Err(closed(state, REPLACE));
    }
    if state.recorded().is_some() {
        return Err(to_confirm(state, REPLACE));
    }
    of_the_drawn(state, REPLACE, officer)?;
    if state.officers().contains(&by) {
        return Err(Refusal::new(
            "inspection-own-replacement",
            REPLACE,
            state.status(),
            "被抽取的查验人员不能自行决定更换，须由其他关员办理。",
            "An officer drawn for the inspection does not decide who is replaced; another officer does.",
        ));
    }
    Ok(())
}

/// Everybody who was ever drawn for an order.
pub fn drawn_ever(state: &Inspection) -> BTreeSet<&str> {
    let first = state.draw.iter().flat_map(|draw| &draw.chosen);
    first.chain(state.replaced.iter().flat_map(|replaced| &replaced.draw.chosen)).map(String::as_str).collect()
}

fn of_the_drawn(state: &Inspection, attempted: &'static str, officer: &str) -> Result<(), Refusal> {
    if state.officers().contains(&officer) {
        return Ok(());
    }
    Err(Refusal::new(
        "inspection-officer-not-drawn",
        attempted,
        state.status(),
        format!("{officer} 不是经随机抽取的查验人员。"),
        format!("{officer} is not one of the officers drawn for this inspection."),
    ))
}

fn written<'s>(state: &'s Inspection, attempted: &'static str) -> Result<&'s Recorded, Refusal> {
    match &state.phase {
        InspectionPhase::Recorded { recorded, .. } => Ok(recorded),
        InspectionPhase::Ordered | InspectionPhase::Appointed { .. } | InspectionPhase::AtSite { .. } => {
            Err(Refusal::new("inspection-not-recorded", attempted, state.status(), "尚未录入查验结果。", "No result is written down yet."))
        }
        InspectionPhase::Passed { .. } | InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. } => {
            Err(closed(state, attempted))
        }
    }
}

/// Is everything there that a result of this kind needs?
fn complete(state: &Inspection, attempted: &'static str, result: &Resulted) -> Result<(), Refusal> {
    let refuse = |code, zh: String, en: String| Err(Refusal::new(code, attempted, state.status(), zh, en));
    let missing: Vec<&str> =
        state.containers.iter().filter(|container| !state.arrived.contains_key(*container)).map(String::as_str).collect();
    let image = state.machine.as_ref().and_then(|machine| machine.opening) == Some(OpeningCause::Image);
    match result.method {
        Method::Machine | Method::Documents if image => {
            return refuse(
                "inspection-opening-ordered",
                "图像有嫌疑，须开箱查验。".into(),
                "An image is suspect: the boxes are opened.".into(),
            );
        }
        Method::Open | Method::Machine if !missing.is_empty() => {
            return refuse(
                "inspection-box-not-at-site",
                format!("集装箱未到查验场地：{}。", missing.join("、")),
                format!("Not at the site yet: {}.", missing.join(", ")),
            );
        }
        Method::Open if result.seal_new.as_ref().is_none_or(|seal| seal.trim().is_empty()) => {
            return refuse("inspection-seal", "开箱查验后须施加新封志。".into(), "A box that was opened needs a new seal.".into());
        }
        Method::Open | Method::Machine | Method::Documents => {}
    }
    let fits = disposition(&result.disposition).is_some_and(|row| row.passes == (result.result == Outcome::Pass));
    if !fits {
        return refuse(
            "inspection-disposition",
            format!("处置代码 {} 不存在或与结果矛盾。", result.disposition),
            format!("Disposition {} is unknown or contradicts the result.", result.disposition),
        );
    }
    if result.findings.chars().count() > FINDINGS_LENGTH_MAX {
        return refuse(
            "inspection-report-length",
            format!("查验记录最多 {FINDINGS_LENGTH_MAX} 个字符。"),
            format!("The report has at most {FINDINGS_LENGTH_MAX} characters."),
        );
    }
    Ok(())
}
