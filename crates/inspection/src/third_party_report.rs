//! A report of a third-party testing body (第三方检验报告): sent in by the trader, verified and accepted in place of a sample, and now and then
//! looked at again.

use codes::{Finding, FindingCode, Text, finding_code};
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::image_task::SecondDraw;
use crate::sample::TestResult;
use crate::sample_decide::agrees;
use crate::sampling::Conclusion;
use crate::testing_body::{TestingBody, is_day};

/// Longest report number, characters.
pub const REPORT_NUMBER_MAX: usize = 64;
/// Longest account of how a report was verified, characters.
pub const VERIFIED_LENGTH_MAX: usize = 500;
/// Hours within which an officer should verify a report: an assumption of this platform, not a rule.
pub const VERIFY_HOURS: i64 = 8;

/// `third-party-report.submitted`; also the command (提交采信报告).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportSubmitted {
    /// Testing body, id.
    pub body: String,
    /// Number of the report.
    pub number: String,
    /// Inspection whose line it is to answer.
    pub inspection: String,
    /// Declaration of the inspection.
    pub declaration: String,
    /// Bill that the report names.
    pub bill: String,
    /// Goods line of the declaration, from 1.
    pub line: u32,
    /// Day of sampling, `YYYY-MM-DD`.
    pub sampled_on: String,
    /// Day of the report, `YYYY-MM-DD`.
    pub issued_on: String,
    /// Results.
    pub results: Vec<TestResult>,
    /// Conclusion.
    pub conclusion: Conclusion,
    /// SHA-256 of the file, hex.
    pub file: String,
    /// Customs district, 4 digits.
    pub district: String,
    /// Broker, organisation id.
    pub broker: String,
    /// Trader, organisation id.
    #[serde(default)]
    pub trader: Option<String>,
    /// Organisation that sent it in.
    pub by: String,
}

/// `third-party-report.accepted`; also the command (采信).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAccepted {
    /// How its origin was verified: signature, query of the body's site, telephone.
    pub verified: String,
    /// Officer, user id.
    pub by: String,
    /// The draw that says whether it is looked at again.
    pub draw: SecondDraw,
}

/// `third-party-report.refused`; also the command (不予采信).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRefused {
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub by: String,
}

/// `third-party-report.audited`; also the command (采信核查).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportAudited {
    /// It holds.
    pub confirmed: bool,
    /// What was found.
    pub note: String,
    /// Officer, user id.
    pub by: String,
}

ledger::domain_events! {
    /// What happens to a third-party report.
    pub enum ThirdPartyEvent for "third-party-report" {
        /// Sent in.
        Submitted(ReportSubmitted) = "third-party-report.submitted",
        /// Accepted.
        Accepted(ReportAccepted) = "third-party-report.accepted",
        /// Not accepted.
        Refused(ReportRefused) = "third-party-report.refused",
        /// Looked at again.
        Audited(ReportAudited) = "third-party-report.audited",
    }
}

/// How far a report has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum ThirdPartyPhase {
    /// To be verified (待核验).
    Submitted,
    /// Accepted; with a draw that selected it, it is looked at again (已采信).
    Accepted {
        /// Who, how, and the draw.
        accepted: Box<ReportAccepted>,
        /// When.
        at: Timestamp,
        /// What the check afterwards found.
        audit: Option<ReportAudited>,
    },
    /// Not accepted (不予采信).
    Refused {
        /// Why and who.
        refused: ReportRefused,
        /// When.
        at: Timestamp,
    },
}

/// A third-party report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThirdPartyReport {
    /// What was sent in.
    pub submitted: ReportSubmitted,
    /// When.
    pub at: Timestamp,
    /// How far it has come.
    pub phase: ThirdPartyPhase,
}

impl ThirdPartyReport {
    /// A check afterwards was drawn and is not done.
    pub fn audit_due(&self) -> bool {
        match &self.phase {
            ThirdPartyPhase::Accepted { accepted, audit, .. } => accepted.draw.selected && audit.is_none(),
            ThirdPartyPhase::Submitted | ThirdPartyPhase::Refused { .. } => false,
        }
    }
}

/// What is known beside a report.
#[derive(Clone, Copy, Debug)]
pub struct ReportFacts<'f> {
    /// The body, when it is registered.
    pub body: Option<&'f TestingBody>,
    /// Bill of the inspection.
    pub bill: &'f str,
    /// HS code of the line.
    pub hs_code: &'f str,
    /// Test items wanted of the line.
    pub items: &'f [String],
    /// Another line was answered by a report of this number before.
    pub number_used: bool,
    /// Its file was uploaded by whoever sends it in, and is a PDF.
    pub file_known: bool,
    /// Today, by the port's clock.
    pub today: &'f str,
    /// First day on which a sample may have been taken.
    pub oldest: &'f str,
}

/// Codes of what may be wrong with a report.
pub const REPORT_CODES: &[FindingCode] = &[
    finding_code("third-party-body-unknown", "没有登记该机构。", "No such body is registered."),
    finding_code(
        "third-party-body-not-valid",
        "报告日期当日，该机构不在采信有效期内，或已暂停、取消。",
        "The body's acceptance does not hold on the day of the report.",
    ),
    finding_code("third-party-goods-outside", "商品编号不在该机构采信范围内。", "The goods are outside of the body's scope."),
    finding_code("third-party-item-outside", "检测项目不在该机构采信范围内。", "A test item is outside of the body's scope."),
    finding_code("third-party-item-missing", "缺少要求的检测项目。", "A test item that is wanted is missing."),
    finding_code(
        "third-party-bill-differs",
        "报告载明的提单不是该查验的提单。",
        "The report names another bill than that of the inspection.",
    ),
    finding_code("third-party-number-used", "该报告编号已用于其他货物。", "A report of this number was used for other goods."),
    finding_code("third-party-number", "报告编号须为 1 至 64 个字符。", "The number of a report has 1 to 64 characters."),
    finding_code(
        "third-party-day",
        "日期须为 YYYY-MM-DD，取样不晚于报告，报告不晚于今天。",
        "Days are written YYYY-MM-DD; sampling is not after the report, the report not after today.",
    ),
    finding_code("third-party-too-old", "取样日期过早。", "The sample was taken too long ago."),
    finding_code(
        "third-party-results",
        "各项须写明方法、限量和结果，结论须与之一致。",
        "Every item has method, limit and result, and the conclusion agrees.",
    ),
    finding_code("third-party-conclusion", "只有合格的报告可以采信。", "Only a report that passes is accepted in place of a sample."),
    finding_code("third-party-file", "请先上传 PDF 报告文件。", "The PDF of the report is uploaded first."),
];

/// Checks a report, and finds every fault at once.
pub fn check_report(report: &ReportSubmitted, facts: &ReportFacts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut fault = |code: &'static str, pointer: &str| {
        let row = REPORT_CODES.iter().find(|row| row.code == code);
        let message = row.map_or_else(|| Text::new(code, code), |row| Text::new(row.zh, row.en));
        let hint = Text::new("更正后再提交，或由海关取样。", "Correct it, or have customs take a sample.");
        found.push(Finding::error(code, pointer, message, hint));
    };
    let items: Vec<String> = report.results.iter().map(|one| one.item.clone()).collect();
    match facts.body {
        None => fault("third-party-body-unknown", "/body"),
        Some(body) => {
            if !body.is_valid_on(&report.issued_on) {
                fault("third-party-body-not-valid", "/body");
            }
            if !body.covers_goods(facts.hs_code) {
                fault("third-party-goods-outside", "/line");
            }
            if !body.items_outside(&items).is_empty() {
                fault("third-party-item-outside", "/results");
            }
        }
    }
    if facts.items.iter().any(|item| !items.contains(item)) {
        fault("third-party-item-missing", "/results");
    }
    if report.bill != facts.bill {
        fault("third-party-bill-differs", "/bill");
    }
    if facts.number_used {
        fault("third-party-number-used", "/number");
    }
    if !(1..=REPORT_NUMBER_MAX).contains(&report.number.chars().count()) {
        fault("third-party-number", "/number");
    }
    let days = is_day(&report.sampled_on) && is_day(&report.issued_on);
    if !days || report.sampled_on > report.issued_on || *report.issued_on > *facts.today {
        fault("third-party-day", "/issued_on");
    } else if *report.sampled_on < *facts.oldest {
        fault("third-party-too-old", "/sampled_on");
    }
    if !agrees(&report.results, report.conclusion) {
        fault("third-party-results", "/results");
    }
    if report.conclusion != Conclusion::Pass {
        fault("third-party-conclusion", "/conclusion");
    }
    if !facts.file_known {
        fault("third-party-file", "/file");
    }
    found
}

/// Sends a report in. What is wrong with it is asked before ([`check_report`]).
///
/// # Errors
/// `third-party-exists`.
pub fn decide_submit_report(state: Option<&ThirdPartyReport>, command: ReportSubmitted) -> Result<Vec<ThirdPartyEvent>, Refusal> {
    match state {
        None => Ok(vec![command.into()]),
        Some(report) => Err(Refusal::new(
            "third-party-exists",
            "third-party-report.submit",
            report.status(),
            "该报告已存在。",
            "A report with this id exists already.",
        )),
    }
}

fn waiting(state: &ThirdPartyReport, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        ThirdPartyPhase::Submitted => Ok(()),
        ThirdPartyPhase::Accepted { .. } | ThirdPartyPhase::Refused { .. } => {
            Err(Refusal::new("third-party-decided", attempted, state.status(), "该报告已有决定。", "The report is decided already."))
        }
    }
}

/// Accepts a report.
///
/// # Errors
/// `third-party-decided`; `third-party-verified` without an account of how it was verified.
pub fn decide_accept_report(state: &ThirdPartyReport, command: ReportAccepted) -> Result<Vec<ThirdPartyEvent>, Refusal> {
    const ATTEMPT: &str = "third-party-report.accept";
    waiting(state, ATTEMPT)?;
    if !(2..=VERIFIED_LENGTH_MAX).contains(&command.verified.chars().count()) {
        return Err(Refusal::new(
            "third-party-verified",
            ATTEMPT,
            state.status(),
            "须写明如何核验报告真实性（2 至 500 字）。",
            "It is said how the report was verified, in 2 to 500 characters.",
        ));
    }
    Ok(vec![command.into()])
}

/// Does not accept a report.
///
/// # Errors
/// `third-party-decided`.
pub fn decide_refuse_report(state: &ThirdPartyReport, command: ReportRefused) -> Result<Vec<ThirdPartyEvent>, Refusal> {
    waiting(state, "third-party-report.refuse")?;
    Ok(vec![command.into()])
}

/// Looks at an accepted report again.
///
/// # Errors
/// `third-party-no-audit` unless one was drawn and is not done; `third-party-same-officer` for whoever accepted it.
pub fn decide_audit_report(state: &ThirdPartyReport, command: ReportAudited) -> Result<Vec<ThirdPartyEvent>, Refusal> {
    const ATTEMPT: &str = "third-party-report.audit";
    let ThirdPartyPhase::Accepted { accepted, .. } = &state.phase else { return Err(no_audit(state, ATTEMPT)) };
    if !state.audit_due() {
        return Err(no_audit(state, ATTEMPT));
    }
    if accepted.by == command.by {
        return Err(Refusal::new(
            "third-party-same-officer",
            ATTEMPT,
            state.status(),
            "核查须由采信决定人以外的关员进行。",
            "Another officer than who accepted it looks at it again.",
        ));
    }
    Ok(vec![command.into()])
}

fn no_audit(state: &ThirdPartyReport, attempted: &'static str) -> Refusal {
    Refusal::new("third-party-no-audit", attempted, state.status(), "该报告没有待办的核查。", "No check of this report is to be done.")
}

impl Aggregate for ThirdPartyReport {
    const KIND: &'static str = "third-party-report";
    type Event = ThirdPartyEvent;

    fn apply(state: Option<Self>, event: &ThirdPartyEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use ThirdPartyEvent as E;
        use ThirdPartyPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(mut report) = state else {
            return match event {
                E::Submitted(data) => Ok(Self { submitted: data.clone(), at, phase: P::Submitted }),
                E::Accepted(_) | E::Refused(_) | E::Audited(_) => Err(misplaced("nothing")),
            };
        };
        report.phase = match (&report.phase, event) {
            (P::Submitted, E::Accepted(data)) => P::Accepted { accepted: Box::new(data.clone()), at, audit: None },
            (P::Submitted, E::Refused(data)) => P::Refused { refused: data.clone(), at },
            (P::Accepted { accepted, at, audit: None }, E::Audited(data)) => {
                P::Accepted { accepted: accepted.clone(), at: *at, audit: Some(data.clone()) }
            }
            (P::Submitted, E::Submitted(_) | E::Audited(_))
            | (P::Accepted { .. } | P::Refused { .. }, E::Submitted(_) | E::Accepted(_) | E::Refused(_) | E::Audited(_)) => {
                return Err(misplaced(report.status()));
            }
        };
        Ok(report)
    }

    fn related(&self, event: &ThirdPartyEvent) -> Vec<Related> {
        let inspection = (ObjectRef::new("inspection", self.submitted.inspection.clone()), "inspection");
        let body = (ObjectRef::new("testing-body", self.submitted.body.clone()), "testing-body");
        match event {
            ThirdPartyEvent::Accepted(data) => vec![inspection, body, (ObjectRef::new("draw-day", data.draw.day.clone()), "draw-day")],
            ThirdPartyEvent::Submitted(_) | ThirdPartyEvent::Refused(_) | ThirdPartyEvent::Audited(_) => vec![inspection, body],
        }
    }

    fn status(&self) -> &'static str {
        match &self.phase {
            ThirdPartyPhase::Submitted => "submitted",
            ThirdPartyPhase::Accepted { .. } => "accepted",
            ThirdPartyPhase::Refused { .. } => "refused",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (action, due_at, closed_at) = match &self.phase {
            ThirdPartyPhase::Submitted => (Some("verify-third-party-report"), Some(self.at.plus_hours(VERIFY_HOURS)), None),
            ThirdPartyPhase::Accepted { .. } if self.audit_due() => (Some("audit-third-party-report"), None, None),
            ThirdPartyPhase::Accepted { at, .. } | ThirdPartyPhase::Refused { at, .. } => (None, None, Some(*at)),
        };
        let submitted = &self.submitted;
        let mut parties = vec![submitted.broker.clone()];
        parties.extend(submitted.trader.clone().filter(|trader| *trader != submitted.broker));
        let mut keys = [id, &submitted.number, &submitted.inspection, &submitted.declaration, &submitted.bill, &submitted.body]
            .map(str::to_uppercase)
            .to_vec();
        keys.sort();
        keys.dedup();
        WorkRow {
            title: format!("{id} {}", submitted.number),
            status: self.status().to_owned(),
            owner: None,
            action: action.map(str::to_owned),
            authority: Some(submitted.district.clone()),
            parties,
            keys,
            opened_at: self.at,
            due_at,
            closed_at,
        }
    }
}
