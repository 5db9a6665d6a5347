//! The test (检验): begun, reported by one person of the laboratory, released by another, and once done again on request.

use async_trait::async_trait;
use inspection::{Conclusion, Reported, RetestRequested, Sample, SampleReportReturned, TestResult, TestingBegan};
use serde::Serialize;

use super::of_laboratory;
use crate::orders::reason;
use crate::{AppError, Unit, UseCase, limits};

/// Begins the test of a sample.
#[derive(Clone, Debug, Serialize)]
pub struct BeginTest {
    /// Sample id.
    pub id: String,
}

#[async_trait]
impl UseCase for BeginTest {
    const NAME: &'static str = "sample.test";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        let by = of_laboratory(unit, Self::NAME, &state).await?;
        let events = inspection::decide_begin_test(&state, TestingBegan { by })?;
        unit.record::<Sample>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Writes the report of a test (录入检验报告).
#[derive(Clone, Debug, Serialize)]
pub struct ReportTest {
    /// Sample id.
    pub id: String,
    /// Results.
    pub results: Vec<TestResult>,
    /// Conclusion.
    pub conclusion: Conclusion,
    /// Remark.
    pub note: String,
}

#[async_trait]
impl UseCase for ReportTest {
    const NAME: &'static str = "sample.report";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        let by = of_laboratory(unit, Self::NAME, &state).await?;
        limits::rows(self.results.len(), inspection::TEST_ITEMS_MAX, "/results")?;
        let report = Reported { results: self.results.clone(), conclusion: self.conclusion, note: self.note.trim().to_owned(), by };
        let events = inspection::decide_report(&state, report)?;
        unit.record::<Sample>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Another person of the laboratory does not release a report (退回报告).
#[derive(Clone, Debug, Serialize)]
pub struct ReturnReport {
    /// Sample id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for ReturnReport {
    const NAME: &'static str = "sample.return-report";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        let returned = SampleReportReturned { why: reason(&self.reason)?, by: of_laboratory(unit, Self::NAME, &state).await? };
        let events = inspection::decide_return_report(&state, returned)?;
        unit.record::<Sample>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Another person of the laboratory releases a report (签发报告); what follows for the inspection follows at once.
#[derive(Clone, Debug, Serialize)]
pub struct ReleaseReport {
    /// Sample id.
    pub id: String,
    /// Disposition code of a failed test; [`inspection::FAILED_DISPOSITION`] when left out.
    pub disposition: Option<String>,
}

#[async_trait]
impl UseCase for ReleaseReport {
    const NAME: &'static str = "sample.release";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        let by = of_laboratory(unit, Self::NAME, &state).await?;
        let month: String = unit.at().day(unit.app.port().utc_offset_minutes).chars().take(7).collect();
        let named = self.disposition.as_deref().filter(|code| !code.is_empty());
        let events = inspection::decide_release(&state, &by, named, month)?;
        unit.record::<Sample>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// The trader, or customs, asks for a retest (申请复检), once.
#[derive(Clone, Debug, Serialize)]
pub struct RequestRetest {
    /// Sample id.
    pub id: String,
    /// Why.
    pub reason: String,
}

#[async_trait]
impl UseCase for RequestRetest {
    const NAME: &'static str = "sample.retest";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Sample>(Self::NAME, &self.id).await?;
        let requested = RetestRequested { why: reason(&self.reason)?, by: unit.ctx.principal.id.clone() };
        let events = inspection::decide_retest(&state, requested)?;
        unit.record::<Sample>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}
