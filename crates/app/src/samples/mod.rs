//! Samples (取样、送检、检验): taken at the site, handed over under seal, tested blind, reported by one and released by another; and reports of third
//! parties that are accepted in place of a sample (CLR-14, CLR-15).

mod bodies;
mod custody;
mod effects;
pub mod figures;
mod order;
mod reading;
mod testing;
mod third_party;

use inspection::Sample;

pub use bodies::{DecideBody, ProposeBody};
pub use custody::{DecideChain, HandOverSample};
pub(crate) use effects::{
    a_cancelled_inspection_ends_its_samples, a_failed_line_holds_its_declaration, a_released_report_settles_its_line,
    an_accepted_report_settles_its_line, an_answered_inspection_tells_its_declaration, an_unusable_sample_leaves_its_line_open,
    nothing_is_left_to_sample,
};
pub use order::{OrderSampling, TakeSample, WaiveSampling};
pub use reading::{Eyes, SampleQuery};
pub use testing::{BeginTest, ReleaseReport, ReportTest, RequestRetest, ReturnReport};
pub use third_party::{AcceptReport, AuditReport, RefuseReport, SubmitReport};

use crate::{AppError, Unit};

/// Who acts: a person. A key acts for an office, and nobody would answer for what was done.
fn person(unit: &Unit<'_>, action: &'static str) -> Result<String, AppError> {
    if unit.ctx.principal.system {
        return Err(AppError::Forbidden { action });
    }
    Ok(unit.ctx.principal.id.clone())
}

/// A person of the laboratory of a sample: of its organisation, with the competence for it.
async fn of_laboratory(unit: &Unit<'_>, action: &'static str, sample: &Sample) -> Result<String, AppError> {
    let by = person(unit, action)?;
    let own = unit.ctx.principal.organisation == sample.taken.laboratory_organisation;
    if own && unit.app.works_in_laboratory(&by).await? {
        return Ok(by);
    }
    Err(AppError::Forbidden { action })
}
