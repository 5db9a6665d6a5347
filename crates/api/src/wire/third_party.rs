//! Testing bodies whose reports are accepted (采信机构), and their reports (第三方检验报告).

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context, Role};
use inspection::{
    BodyDecided, BodyPhase, BodyStep, Conclusion, ReportAudited, TestingBody as BodyState, ThirdPartyPhase, ThirdPartyReport as ReportState,
};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inspection::Officer;
use super::sample::{Named, TestResult, conclusion_text};
use super::{Instant, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// What was decided about a body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BodyDecision {
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Officer,
    /// When.
    pub at: Instant,
}

/// A testing body (采信机构).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TestingBody {
    /// Id.
    pub id: String,
    /// Name.
    pub name: Text,
    /// Its number.
    pub number: String,
    /// HS prefixes.
    pub hs_prefixes: Vec<String>,
    /// Test items.
    pub items: Vec<Named>,
    /// First day.
    pub valid_from: String,
    /// Last day.
    pub valid_to: String,
    /// Its days are over.
    pub expired: bool,
    /// Where the decision to accept it is written.
    pub source: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Who entered it; for officers.
    pub entered_by: Option<Officer>,
    /// When it was entered.
    pub entered_at: Instant,
    /// Why it is suspended, withdrawn or was not confirmed; for officers.
    pub decision: Option<BodyDecision>,
    /// Steps that this user may take now: `confirm`, `refuse`, `suspend`, `resume`, `withdraw`.
    pub steps: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Enters a body.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct TestingBodyForm {
    /// Name.
    pub name: Text,
    /// Unified social credit code or number of accreditation.
    pub number: String,
    /// HS prefixes of 2 to 10 digits.
    pub hs_prefixes: Vec<String>,
    /// Codes of test items.
    pub items: Vec<String>,
    /// First day, YYYY-MM-DD.
    pub valid_from: String,
    /// Last day, YYYY-MM-DD.
    pub valid_to: String,
    /// Where the decision to accept it is written.
    pub source: String,
}

/// Decides about a body.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct BodyDecisionForm {
    /// `confirm`, `refuse`, `suspend`, `resume` or `withdraw`.
    #[schema(value_type = String)]
    pub step: BodyStep,
    /// Why; not needed to confirm.
    #[serde(default)]
    pub reason: String,
}

/// What a check afterwards found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReportAudit {
    /// It holds.
    pub confirmed: bool,
    /// What was found.
    pub note: String,
    /// Who.
    pub by: Officer,
}

/// A report of a third party (第三方检验报告).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ThirdPartyReport {
    /// Id.
    pub id: String,
    /// Testing body.
    pub body: String,
    /// Its name.
    pub body_name: Text,
    /// Number of the report.
    pub number: String,
    /// Inspection.
    pub inspection: String,
    /// Bill number.
    pub bill_no: String,
    /// Goods line.
    pub line: u32,
    /// Day of sampling.
    pub sampled_on: String,
    /// Day of the report.
    pub issued_on: String,
    /// Results.
    pub results: Vec<TestResult>,
    /// `pass`, `fail` or `inconclusive`.
    pub conclusion: String,
    /// In words.
    pub conclusion_text: Text,
    /// SHA-256 of the file.
    pub file: String,
    /// Who sent it in.
    pub sent_by: Org,
    /// When.
    pub sent_at: Instant,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Why it was not accepted.
    pub refused: Option<String>,
    /// How it was verified; for officers.
    pub verified: Option<String>,
    /// Who accepted or refused it; for officers.
    pub decided_by: Option<Officer>,
    /// When it was accepted or refused.
    pub decided_at: Option<Instant>,
    /// Day of the draw of checks afterwards; for officers.
    pub draw_day: Option<String>,
    /// A check afterwards was drawn; for officers.
    pub drawn: Option<bool>,
    /// What it found; for officers.
    pub audit: Option<ReportAudit>,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Sends a report in.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct ThirdPartyForm {
    /// Goods line.
    pub line: u32,
    /// Testing body.
    pub body: String,
    /// Number of the report.
    pub number: String,
    /// Bill that the report names.
    pub bill: String,
    /// Day of sampling, YYYY-MM-DD.
    pub sampled_on: String,
    /// Day of the report, YYYY-MM-DD.
    pub issued_on: String,
    /// One result for each test item.
    pub results: Vec<TestResult>,
    /// `pass`, `fail` or `inconclusive`.
    #[schema(value_type = String)]
    pub conclusion: Conclusion,
    /// SHA-256 of the uploaded PDF.
    pub file: String,
}

/// Accepts a report.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct AcceptanceForm {
    /// How its origin was verified.
    pub verified: String,
}

/// Looks at an accepted report again.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct AuditForm {
    /// It holds.
    pub confirmed: bool,
    /// What was found.
    pub note: String,
}

const STEPS: [(BodyStep, &str); 5] = [
    (BodyStep::Confirm, "confirm"),
    (BodyStep::Refuse, "refuse"),
    (BodyStep::Suspend, "suspend"),
    (BodyStep::Resume, "resume"),
    (BodyStep::Withdraw, "withdraw"),
];

impl Api {
    pub async fn testing_body(&self, ctx: &Context, seen: Seen<BodyState>) -> Result<TestingBody, AppError> {
        let Seen { id, state, version } = seen;
        let row = state.work_row(&id);
        let resource = Resource::of(BodyState::KIND, &id, &row, &ctx.principal, &self.app.port().customs_district);
        let officer = ctx.principal.role == Role::Customs;
        let may = self.app.rights().require(&ctx.principal, "testing-body.decide", &resource).is_ok();
        let decided = || BodyDecided { why: String::new(), by: ctx.principal.id.clone() };
        let fits = |step: BodyStep| may && inspection::decide_body(&state, step, decided()).is_ok();
        let steps = STEPS.iter().filter(|(step, _)| fits(*step)).map(|(_, code)| (*code).to_owned()).collect();
        let decision = match &state.phase {
            BodyPhase::Suspended { decided, at } | BodyPhase::Withdrawn { decided, at } | BodyPhase::Refused { decided, at } if officer => {
                Some(BodyDecision { reason: decided.why.clone(), by: self.officer(&decided.by).await?, at: (*at).into() })
            }
            BodyPhase::Proposed
            | BodyPhase::InForce { .. }
            | BodyPhase::Suspended { .. }
            | BodyPhase::Withdrawn { .. }
            | BodyPhase::Refused { .. } => None,
        };
        let proposed = &state.proposed;
        let today = ctx.at.day(self.app.port().utc_offset_minutes);
        Ok(TestingBody {
            name: proposed.name.clone().into(),
            number: proposed.number.clone(),
            hs_prefixes: proposed.hs_prefixes.clone(),
            items: self.named_items(&proposed.items),
            valid_from: proposed.valid_from.clone(),
            valid_to: proposed.valid_to.clone(),
            expired: proposed.valid_to < today,
            source: proposed.source.clone(),
            status: state.status().to_owned(),
            status_text: texts::status(BodyState::KIND, state.status()),
            entered_by: if officer { Some(self.officer(&proposed.by).await?) } else { None },
            entered_at: state.at.into(),
            decision,
            steps,
            id,
            version,
        })
    }

    pub async fn third_party_report(&self, ctx: &Context, seen: Seen<ReportState>) -> Result<ThirdPartyReport, AppError> {
        let Seen { id, state, version } = seen;
        let row = state.work_row(&id);
        let resource = Resource::of(ReportState::KIND, &id, &row, &ctx.principal, &self.app.port().customs_district);
        let officer = ctx.principal.role == Role::Customs;
        let person = ctx.principal.id.as_str();
        let audit = ReportAudited { confirmed: true, note: String::new(), by: person.to_owned() };
        let fitting: &[&'static str] = match &state.phase {
            ThirdPartyPhase::Submitted => &["third-party-report.accept", "third-party-report.refuse"],
            ThirdPartyPhase::Accepted { .. } if inspection::decide_audit_report(&state, audit).is_ok() => &["third-party-report.audit"],
            ThirdPartyPhase::Accepted { .. } | ThirdPartyPhase::Refused { .. } => &[],
        };
        let submitted = &state.submitted;
        let body = self.app.peek::<BodyState>(&submitted.body).await?;
        let decided: Option<(&str, Timestamp)> = match &state.phase {
            ThirdPartyPhase::Submitted => None,
            ThirdPartyPhase::Accepted { accepted, at, .. } => Some((&accepted.by, *at)),
            ThirdPartyPhase::Refused { refused, at } => Some((&refused.by, *at)),
        };
        let mut view = ThirdPartyReport {
            body: submitted.body.clone(),
            body_name: body.map_or_else(|| Text::new(&submitted.body, &submitted.body), |body| body.proposed.name.into()),
            number: submitted.number.clone(),
            inspection: submitted.inspection.clone(),
            bill_no: submitted.bill.clone(),
            line: submitted.line,
            sampled_on: submitted.sampled_on.clone(),
            issued_on: submitted.issued_on.clone(),
            results: submitted.results.iter().map(TestResult::from).collect(),
            conclusion: submitted.conclusion.code().to_owned(),
            conclusion_text: conclusion_text(submitted.conclusion),
            file: submitted.file.clone(),
            sent_by: self.org(&submitted.by).await?,
            sent_at: state.at.into(),
            status: state.status().to_owned(),
            status_text: texts::status(ReportState::KIND, state.status()),
            refused: None,
            verified: None,
            decided_by: match decided {
                Some((by, _)) if officer => Some(self.officer(by).await?),
                Some(_) | None => None,
            },
            decided_at: decided.map(|(_, at)| at.into()),
            draw_day: None,
            drawn: None,
            audit: None,
            actions: allowed(self, &ctx.principal, &resource, fitting),
            id,
            version,
        };
        match &state.phase {
            ThirdPartyPhase::Submitted => {}
            ThirdPartyPhase::Refused { refused, .. } => view.refused = Some(refused.reason.clone()),
            ThirdPartyPhase::Accepted { accepted, audit, .. } if officer => {
                view.verified = Some(accepted.verified.clone());
                view.draw_day = Some(accepted.draw.day.clone());
                view.drawn = Some(accepted.draw.selected);
                if let Some(done) = audit {
                    view.audit =
                        Some(ReportAudit { confirmed: done.confirmed, note: done.note.clone(), by: self.officer(&done.by).await? });
                }
            }
            ThirdPartyPhase::Accepted { .. } => {}
        }
        Ok(view)
    }
}
