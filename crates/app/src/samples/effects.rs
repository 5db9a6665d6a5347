//! What follows from samples and reports: the line is settled, the declaration is held or released, nothing hangs when an order ends.

use clearance::{Declaration, Track};
use inspection::{Conclusion, Evidence, Inspection, InspectionPhase, JointOrder, JointPhase, Outcome, Sample, SampleLost, SamplingSettled};

use ledger::{Aggregate as _, Refusal};

use crate::images::rows_of;
use crate::{AppError, Unit, reactions};

/// When a report is released, the line of its inspection is settled by it, unless it was waived meanwhile.
pub(crate) async fn a_released_report_settles_its_line(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let sample = unit.get::<Sample>(id).await?;
    let Some(report) = sample.reports.last() else { return Ok(()) };
    let inspection = sample.taken.inspection.clone();
    let state = unit.get::<Inspection>(&inspection).await?;
    let its = state.sampling_of(sample.taken.line).is_some_and(|one| one.sample.as_deref() == Some(id) && one.waived.is_none());
    if !its || matches!(state.phase, InspectionPhase::Cancelled { .. }) {
        return Ok(());
    }
    let settled = SamplingSettled {
        line: sample.taken.line,
        evidence: Evidence::Sample { id: id.to_owned() },
        conclusion: report.released.conclusion,
        disposition: report.released.disposition.clone(),
    };
    let events = inspection::decide_settle_sampling(&state, settled)?;
    unit.record::<Inspection>(&inspection, events, unit.at()).await
}

/// When a third party's report is accepted, it stands for the sample of its line.
pub(crate) async fn an_accepted_report_settles_its_line(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let report = unit.get::<inspection::ThirdPartyReport>(id).await?;
    let inspection = report.submitted.inspection.clone();
    let state = unit.get::<Inspection>(&inspection).await?;
    let settled = SamplingSettled {
        line: report.submitted.line,
        evidence: Evidence::ThirdParty { id: id.to_owned() },
        conclusion: Conclusion::Pass,
        disposition: None,
    };
    let events = inspection::decide_settle_sampling(&state, settled)?;
    unit.record::<Inspection>(&inspection, events, unit.at()).await
}

/// When a sample cannot be used before it told anything, another may be taken.
pub(crate) async fn an_unusable_sample_leaves_its_line_open(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let sample = unit.get::<Sample>(id).await?;
    // What the first test said stands, whatever became of the part kept for the retest.
    if !sample.reports.is_empty() {
        return Ok(());
    }
    let state = unit.get::<Inspection>(&sample.taken.inspection).await?;
    let events = inspection::decide_sample_lost(&state, SampleLost { line: sample.taken.line, sample: id.to_owned() });
    unit.record::<Inspection>(&sample.taken.inspection, events, unit.at()).await
}

/// When an inspection is cancelled, its samples need not be tested any more.
pub(crate) async fn a_cancelled_inspection_ends_its_samples(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let samples: Vec<String> = unit.get::<Inspection>(id).await?.sampling.into_iter().filter_map(|one| one.sample).collect();
    for sample in samples {
        let state = unit.get::<Sample>(&sample).await?;
        let events = inspection::decide_cancel_sample(&state, "inspection-cancelled");
        unit.record::<Sample>(&sample, events, unit.at()).await?;
    }
    Ok(())
}

/// When a test fails, the declaration is held until an officer decides: the goods are put right, sent back or tested again.
pub(crate) async fn a_failed_line_holds_its_declaration(unit: &mut Unit<'_>, id: &str, settled: &SamplingSettled) -> Result<(), AppError> {
    let inspection = unit.get::<Inspection>(id).await?;
    let declaration = unit.get::<Declaration>(&inspection.declaration).await?;
    let free = matches!(declaration, Declaration::Accepted { .. }) && declaration.case().is_some_and(|case| case.hold.is_none());
    if settled.conclusion != Conclusion::Fail || !free {
        return Ok(());
    }
    let code = settled.disposition.as_deref().unwrap_or(inspection::FAILED_DISPOSITION);
    let words = inspection::disposition(code).map_or((code, code), |row| (row.zh, row.en));
    let reason =
        format!("第 {line} 项商品取样检验不合格（{code} {}） sample of line {line} failed ({})", words.0, words.1, line = settled.line);
    let events = clearance::decide_hold(&declaration, clearance::Held { reason, officer: "platform".into() })?;
    unit.record::<Declaration>(&inspection.declaration, events, unit.at()).await
}

/// When the last line of an inspection that has passed is answered, its declaration learns that it has passed (一次放行): nobody need act again.
pub(crate) async fn an_answered_inspection_tells_its_declaration(unit: &mut Unit<'_>, id: &str) -> Result<(), AppError> {
    let state = unit.get::<Inspection>(id).await?;
    let InspectionPhase::Passed { result, .. } = &state.phase else { return Ok(()) };
    if !state.sampling_met() || !result_is_shared(unit, &state).await? {
        return Ok(());
    }
    let declaration = unit.get::<Declaration>(&state.declaration).await?;
    let waits = match declaration.case().map(|case| &case.inspection) {
        Some(Track::Open { reference: Some(reference), .. }) => reference == id,
        _ => false,
    };
    if waits { reactions::tell_declaration(unit, id, Outcome::Pass, &result.disposition).await } else { Ok(()) }
}

/// Refuses to release around sampling: every line of every inspection of the declaration that was not cancelled is answered.
///
/// # Errors
/// `inspection-sampling-open`.
pub(crate) async fn nothing_is_left_to_sample(unit: &mut Unit<'_>, attempted: &'static str, declaration: &str) -> Result<(), AppError> {
    let query = rows_of(unit.app, Inspection::KIND, vec![declaration.to_uppercase()], Vec::new(), None);
    for item in unit.app.store().work(&query).await?.items {
        let state = unit.get::<Inspection>(&item.object.id).await?;
        let its = state.declaration == declaration && !matches!(state.phase, InspectionPhase::Cancelled { .. });
        if its && !state.sampling_met() {
            return Err(AppError::Refused(Refusal::new(
                "inspection-sampling-open",
                attempted,
                state.status(),
                format!("查验 {} 的取样要求尚未满足。", item.object.id),
                format!("Something of inspection {} that was to be sampled is not answered.", item.object.id),
            )));
        }
    }
    Ok(())
}

/// In a joint order everybody waits for the shared result.
async fn result_is_shared(unit: &mut Unit<'_>, state: &Inspection) -> Result<bool, AppError> {
    let Some(order) = &state.joint else { return Ok(true) };
    Ok(match unit.get::<JointOrder>(order).await?.phase {
        JointPhase::Released { .. } | JointPhase::Cancelled { .. } => true,
        JointPhase::Closed { end, .. } => inspection::disposition(&end.disposition).is_some_and(|row| row.consequence.releases()),
        JointPhase::Proposed | JointPhase::Confirmed | JointPhase::UnderWay | JointPhase::FollowUp { .. } => false,
    })
}
