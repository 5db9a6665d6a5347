//! Duty notices and guarantees.

use app::reading::Seen;
use app::rights::Resource;
use app::{AppError, Context};
use clearance::{Declaration, DutyNotice as NoticeState, DutyStep, Guarantee as GuaranteeState, GuaranteeKind, NoticePhase, Occupation};
use ledger::{Aggregate, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Instant, Money, Org, Text, allowed};
use crate::state::Api;
use crate::texts;

/// The assessment of one item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DutyLine {
    /// Item number.
    pub g_no: String,
    /// Name of the goods.
    pub name: String,
    /// Dutiable value (完税价格).
    pub base: Money,
    /// Rate of duty in basis points.
    pub duty_rate_bp: u32,
    /// Duty (关税).
    pub duty: Money,
    /// Rate of VAT in basis points.
    pub vat_rate_bp: u32,
    /// Import VAT (进口增值税).
    pub vat: Money,
    /// How each figure came about.
    pub steps: Vec<Text>,
}

/// A duty notice (税款缴款书).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DutyNotice {
    /// Id.
    pub id: String,
    /// Declaration.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: Option<String>,
    /// Who owes it.
    pub payer: Org,
    /// By item.
    pub lines: Vec<DutyLine>,
    /// Sum.
    pub total: Money,
    /// When it was issued.
    pub issued_at: Instant,
    /// When it is due.
    pub due_at: Instant,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// Payment, once ordered.
    pub payment: Option<String>,
    /// Guarantee, when one covers it.
    pub guarantee: Option<String>,
    /// Where the exchange rates come from.
    pub exchange_label: Text,
    /// Where the rates of duty come from.
    pub tariff_label: Text,
    /// What this user may do now.
    pub actions: Vec<String>,
    /// Version.
    pub version: u64,
}

/// Settles a notice by a guarantee.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct UseGuaranteeForm {
    /// Guarantee id.
    pub guarantee: String,
}

/// What a notice occupies of a guarantee.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct GuaranteeUse {
    /// Duty notice.
    pub notice: String,
    /// How much.
    pub amount: Money,
}

/// A guarantee (税款担保).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Guarantee {
    /// Id.
    pub id: String,
    /// Who owes the duty.
    pub principal: Org,
    /// Who guarantees.
    pub guarantor: String,
    /// `bank-letter`, `insurance` or `deposit`.
    pub kind: String,
    /// Limit.
    pub limit: Money,
    /// Occupied.
    pub occupied: Money,
    /// Left.
    pub available: Money,
    /// From when it holds.
    pub valid_from: String,
    /// Until when it holds.
    pub valid_to: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// What occupies it.
    pub uses: Vec<GuaranteeUse>,
}

/// Registers a guarantee.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(crate) struct GuaranteeForm {
    /// Who owes the duty, organisation id.
    pub principal: String,
    /// Who guarantees.
    pub guarantor: String,
    /// `bank-letter`, `insurance` or `deposit`.
    #[schema(value_type = String)]
    pub kind: GuaranteeKind,
    /// Limit.
    pub limit: Money,
    /// First day, YYYY-MM-DD.
    pub valid_from: String,
    /// Last day, YYYY-MM-DD.
    pub valid_to: String,
}

fn step(step: &DutyStep) -> Text {
    let (zh, en) = texts::duty_step(step.kind);
    Text::new(format!("{zh}：{} = {}", step.formula, step.amount), format!("{en}: {} = {}", step.formula, step.amount))
}

impl Api {
    pub async fn duty_notice(&self, ctx: &Context, seen: Seen<NoticeState>) -> Result<DutyNotice, AppError> {
        let state = seen.state;
        let declaration = self.app.peek::<Declaration>(&state.declaration).await?;
        let named = |g_no: &str| {
            let goods = declaration.iter().flat_map(|d| &d.form().goods).find(|g| g.g_no.trim() == g_no.trim());
            goods.map(|g| g.g_name.clone()).unwrap_or_default()
        };
        let row = state.work_row(&seen.id);
        let resource = Resource::of(NoticeState::KIND, &seen.id, &row, &ctx.principal, &self.app.port().customs_district);
        let fitting: &[&'static str] = match state.phase {
            NoticePhase::Due { .. } => &["duty-notice.pay", "duty-notice.guarantee"],
            NoticePhase::Guaranteed { payment: None, .. } => &["duty-notice.pay"],
            NoticePhase::Guaranteed { .. } | NoticePhase::Paying { .. } | NoticePhase::Paid { .. } | NoticePhase::Waived { .. } => &[],
        };
        let (payment, guarantee) = match &state.phase {
            NoticePhase::Due { .. } | NoticePhase::Waived { .. } => (None, None),
            NoticePhase::Paying { payment, .. } => (Some(payment.clone()), None),
            NoticePhase::Paid { payment, guarantee, .. } => (Some(payment.clone()), guarantee.clone()),
            NoticePhase::Guaranteed { guarantee, payment, .. } => (payment.clone(), Some(guarantee.clone())),
        };
        Ok(DutyNotice {
            entry_id: Some(state.entry_id.clone()).filter(|e| !e.is_empty()),
            payer: self.org(&state.payer).await?,
            lines: state
                .assessment
                .lines
                .iter()
                .map(|line| DutyLine {
                    name: named(&line.g_no),
                    g_no: line.g_no.clone(),
                    base: line.base.into(),
                    duty_rate_bp: line.duty_rate_bp,
                    duty: line.duty.into(),
                    vat_rate_bp: line.vat_rate_bp,
                    vat: line.vat.into(),
                    steps: line.steps.iter().map(step).collect(),
                })
                .collect(),
            total: state.total().into(),
            issued_at: state.issued_at.into(),
            due_at: state.due_at.into(),
            status: state.status().to_owned(),
            status_text: texts::status(NoticeState::KIND, state.status()),
            payment,
            guarantee,
            exchange_label: Text::from(&state.assessment.exchange_label),
            tariff_label: Text::from(&state.assessment.tariff_label),
            actions: allowed(self, &ctx.principal, &resource, fitting),
            declaration: state.declaration,
            id: seen.id,
            version: seen.version,
        })
    }

    pub async fn guarantee(&self, seen: Seen<GuaranteeState>, now: Timestamp) -> Result<Guarantee, AppError> {
        let state = seen.state;
        let offset = self.app.port().utc_offset_minutes;
        let status = state.status_at(now);
        Ok(Guarantee {
            principal: self.org(&state.principal).await?,
            kind: match state.kind {
                GuaranteeKind::BankLetter => "bank-letter",
                GuaranteeKind::Insurance => "insurance",
                GuaranteeKind::Deposit => "deposit",
            }
            .into(),
            limit: state.limit.into(),
            occupied: codes::Money::new(state.occupied_minor(), state.limit.currency).into(),
            available: state.left().into(),
            valid_from: state.valid_from.day(offset),
            valid_to: state.valid_to.day(offset),
            status: status.to_owned(),
            status_text: texts::status(GuaranteeState::KIND, status),
            uses: state
                .occupations
                .iter()
                .filter_map(|(notice, occupation)| match occupation {
                    Occupation::Occupied { amount, .. } => Some(GuaranteeUse { notice: notice.clone(), amount: (*amount).into() }),
                    Occupation::Restored { .. } => None,
                })
                .collect(),
            guarantor: state.guarantor,
            id: seen.id,
        })
    }
}
