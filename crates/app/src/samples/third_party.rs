//! Reports of third parties (第三方检验结果采信): sent in by the trader, verified and accepted by an officer, now and then looked at again by another.

use async_trait::async_trait;
use codes::Finding;
use inspection::{
    Conclusion, Inspection, InspectionPhase, ReportAccepted, ReportAudited, ReportFacts, ReportRefused, ReportSubmitted, SecondDraw,
    TestResult, TestingBody, ThirdPartyPhase, ThirdPartyReport,
};
use ledger::{Aggregate as _, Refusal, Timestamp};
use serde::{Deserialize, Serialize};

use super::person;
use crate::orders::reason;
use crate::{AppError, Unit, UseCase, limits, risk};

/// Register of report numbers, by body: for which goods each was used.
const NUMBERS: &str = "third-party-number";
/// Register of lines: which report was sent in for each last.
const LINES: &str = "third-party-line";
/// The kind of file that a report is.
const PDF: &str = "application/pdf";

/// For which goods a report number was used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct NumberUsed {
    bill: String,
    line: u32,
}

/// Sends a report in, in place of a sample (提交采信报告).
#[derive(Clone, Debug, Serialize)]
pub struct SubmitReport {
    /// Inspection whose line it is to answer.
    pub inspection: String,
    /// Goods line.
    pub line: u32,
    /// Testing body, id.
    pub body: String,
    /// Number of the report.
    pub number: String,
    /// Bill that the report names.
    pub bill: String,
    /// Day of sampling, `YYYY-MM-DD`.
    pub sampled_on: String,
    /// Day of the report, `YYYY-MM-DD`.
    pub issued_on: String,
    /// Results.
    pub results: Vec<TestResult>,
    /// Conclusion.
    pub conclusion: Conclusion,
    /// SHA-256 of the PDF that was uploaded before, hex.
    pub file: String,
}

#[async_trait]
impl UseCase for SubmitReport {
    const NAME: &'static str = "third-party-report.submit";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<Inspection>(Self::NAME, &self.inspection).await?;
        limits::rows(self.results.len(), inspection::TEST_ITEMS_MAX, "/results")?;
        for (value, pointer) in [(&self.body, "/body"), (&self.number, "/number"), (&self.bill, "/bill"), (&self.file, "/file")] {
            limits::text(value, pointer, limits::SHORT_TEXT_MAX)?;
        }
        may_be_answered(&state, self.line)?;
        waits_alone(unit, &self.inspection, self.line).await?;
        let report = ReportSubmitted {
            body: self.body.trim().to_owned(),
            number: self.number.trim().to_uppercase(),
            inspection: self.inspection.clone(),
            declaration: state.declaration.clone(),
            bill: self.bill.trim().to_owned(),
            line: self.line,
            sampled_on: self.sampled_on.clone(),
            issued_on: self.issued_on.clone(),
            results: self.results.clone(),
            conclusion: self.conclusion,
            file: self.file.trim().to_lowercase(),
            district: state.district.clone(),
            broker: state.broker.clone(),
            trader: state.trader.clone(),
            by: unit.ctx.principal.organisation.clone(),
        };
        let found = check(unit, &report, &state, unit.at()).await?;
        if codes::has_errors(&found) {
            return Err(AppError::Findings(found));
        }
        let id = unit.app.next_id('R', unit.at()).await?;
        unit.write_record(LINES, &line_key(&self.inspection, self.line), None, &Some(id.clone()))?;
        let events = inspection::decide_submit_report(unit.load::<ThirdPartyReport>(&id).await?.as_ref(), report)?;
        unit.record::<ThirdPartyReport>(&id, events, unit.at()).await?;
        Ok(id)
    }
}

/// A line that waits for its sample may be answered by a report.
fn may_be_answered(state: &Inspection, line: u32) -> Result<(), AppError> {
    let refuse = |code, zh: &str, en: &str| {
        Err(AppError::Refused(Refusal::new(code, SubmitReport::NAME, state.status(), zh.to_owned(), en.to_owned())))
    };
    // A sample may have been lost after the result: a report may answer its line still.
    if matches!(state.phase, InspectionPhase::Failed { .. } | InspectionPhase::Cancelled { .. }) {
        return refuse("inspection-closed", "该查验已结束。", "The inspection has ended.");
    }
    match state.sampling_of(line).map(inspection::Sampling::standing) {
        Some(inspection::SamplingStanding::Wanted) => Ok(()),
        Some(_) => refuse("sampling-sample-taken", "该项商品已取样、已采信或已免除。", "The line has its sample or its answer already."),
        None => refuse("inspection-sampling-none", "该项商品没有取样要求。", "The line is not to be sampled."),
    }
}

/// One report of a line waits at a time. Two who send one in at once are decided one after the other.
async fn waits_alone(unit: &mut Unit<'_>, inspection: &str, line: u32) -> Result<(), AppError> {
    let last: Option<String> = unit.record_held(LINES, &line_key(inspection, line)).await?;
    let Some(last) = last else { return Ok(()) };
    let waiting = unit.get::<ThirdPartyReport>(&last).await?;
    if waiting.phase != ThirdPartyPhase::Submitted {
        return Ok(());
    }
    Err(AppError::Refused(Refusal::new(
        "third-party-waiting",
        SubmitReport::NAME,
        waiting.status(),
        format!("该项商品的报告 {last} 尚待核验。"),
        format!("Report {last} of this line waits to be verified."),
    )))
}

fn line_key(inspection: &str, line: u32) -> String {
    format!("{inspection}/{line}")
}

/// By the body's own number: one that is entered twice is one.
fn number_key(body: Option<&TestingBody>, report: &ReportSubmitted) -> String {
    let issuer = body.map_or(report.body.as_str(), |body| body.proposed.number.as_str());
    crate::inbox::sha256_hex(format!("{issuer}/{}", report.number).as_bytes())
}

/// Everything that is wrong with a report, as things stand now. What it rests on is held until the commit.
async fn check(unit: &mut Unit<'_>, report: &ReportSubmitted, state: &Inspection, sent_at: Timestamp) -> Result<Vec<Finding>, AppError> {
    let body = unit.load::<TestingBody>(&report.body).await?;
    let used: Option<NumberUsed> = unit.record_held(NUMBERS, &number_key(body.as_ref(), report)).await?;
    let sampling = state.sampling_of(report.line);
    let (offset, days) = (unit.app.port().utc_offset_minutes, i64::from(unit.app.port().sampling.third_party_days));
    let sender = &report.by;
    let uploaded = unit.app.uploaded(&report.file, sender).await?;
    let is_pdf = uploaded && unit.app.store().blob(&unit.app.port().code, &report.file).await?.is_some_and(|(kind, _)| kind == PDF);
    let facts = ReportFacts {
        body: body.as_ref(),
        bill: &state.bill,
        hs_code: sampling.map_or("", |one| one.ordered.hs_code.as_str()),
        items: sampling.map_or(&[], |one| one.ordered.items.as_slice()),
        number_used: used.is_some_and(|used| used != NumberUsed { bill: state.bill.clone(), line: report.line }),
        file_known: is_pdf,
        today: &unit.at().day(offset),
        oldest: &sent_at.plus_days(-days).day(offset),
    };
    Ok(inspection::check_report(report, &facts))
}

/// Accepts a report in place of a sample, saying how its origin was verified (采信).
#[derive(Clone, Debug, Serialize)]
pub struct AcceptReport {
    /// Report id.
    pub id: String,
    /// How it was verified.
    pub verified: String,
}

#[async_trait]
impl UseCase for AcceptReport {
    const NAME: &'static str = "third-party-report.accept";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ThirdPartyReport>(Self::NAME, &self.id).await?;
        let by = person(unit, Self::NAME)?;
        let inspection = unit.get::<Inspection>(&state.submitted.inspection).await?;
        // The body may have been suspended since the report was sent in.
        let found = check(unit, &state.submitted, &inspection, state.at).await?;
        if codes::has_errors(&found) {
            return Err(AppError::Findings(found));
        }
        // Only what is accepted spends its number.
        let body = unit.load::<TestingBody>(&state.submitted.body).await?;
        let used = NumberUsed { bill: inspection.bill.clone(), line: state.submitted.line };
        unit.write_record(NUMBERS, &number_key(body.as_ref(), &state.submitted), None, &used)?;
        let rate_bp = unit.app.port().sampling.audit_bp.min(10_000);
        let drawn = risk::drawn(unit, &self.id, None, rate_bp).await?;
        let draw = SecondDraw {
            day: drawn.day,
            commitment: drawn.commitment,
            head_size: drawn.head_size,
            head_root: drawn.head_root,
            rate_bp,
            number: drawn.number,
            selected: drawn.selected,
            part: drawn.part,
        };
        let accepted = ReportAccepted { verified: self.verified.trim().to_owned(), by, draw };
        let events = inspection::decide_accept_report(&state, accepted)?;
        unit.record::<ThirdPartyReport>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Does not accept a report (不予采信): the line is sampled, or another report is sent in.
#[derive(Clone, Debug, Serialize)]
pub struct RefuseReport {
    /// Report id.
    pub id: String,
    /// Why; the trader reads it.
    pub reason: String,
}

#[async_trait]
impl UseCase for RefuseReport {
    const NAME: &'static str = "third-party-report.refuse";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ThirdPartyReport>(Self::NAME, &self.id).await?;
        let refused = ReportRefused { reason: reason(&self.reason)?, by: person(unit, Self::NAME)? };
        let events = inspection::decide_refuse_report(&state, refused)?;
        unit.record::<ThirdPartyReport>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Another officer looks at an accepted report again that was drawn for it (采信核查).
#[derive(Clone, Debug, Serialize)]
pub struct AuditReport {
    /// Report id.
    pub id: String,
    /// It holds.
    pub confirmed: bool,
    /// What was found.
    pub note: String,
}

#[async_trait]
impl UseCase for AuditReport {
    const NAME: &'static str = "third-party-report.audit";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let state = unit.authorised::<ThirdPartyReport>(Self::NAME, &self.id).await?;
        let audited = ReportAudited { confirmed: self.confirmed, note: reason(&self.note)?, by: person(unit, Self::NAME)? };
        let events = inspection::decide_audit_report(&state, audited)?;
        unit.record::<ThirdPartyReport>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

impl crate::App {
    /// The file of a report, for whoever may read the report: media type and bytes. The access is recorded.
    ///
    /// # Errors
    /// [`AppError::NotFound`] when there is none, or it may not be read.
    pub async fn third_party_file(&self, ctx: &crate::Context, id: &str) -> Result<(String, Vec<u8>), AppError> {
        let seen = self.view::<ThirdPartyReport>(ctx, "third-party-report.read", id).await?;
        let not_found = || AppError::NotFound { kind: ThirdPartyReport::KIND, id: id.to_owned() };
        self.store().blob(&self.port().code, &seen.state.submitted.file).await?.ok_or_else(not_found)
    }
}
