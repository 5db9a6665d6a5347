//! Duty (税费): notices, payment, guarantees.

use async_trait::async_trait;
use clearance::{
    AgencyAct, Declaration, DeclarationForm, DutyError, DutyFacts, DutyNotice, DutyTotal, ExchangeTable, Guarantee, GuaranteeKind,
    Guaranteed, Issued, NoticePhase, Occupied, PaymentOrdered, PaymentPurpose, Registered, assess,
};
use codes::{Finding, Money, Text};
use ledger::{Aggregate, Refusal, Timestamp};
use serde::Serialize;

use crate::{AppError, Role, Unit, UseCase, agency, limits, payments};

/// Register of exchange rates.
const EXCHANGE: &str = "exchange-table";
/// Rates shipped with the platform, in renminbi per unit. Synthetic.
const SHIPPED_RATES: [(&str, &str); 8] =
    [("CNY", "1"), ("USD", "7.1"), ("EUR", "7.7"), ("JPY", "0.048"), ("HKD", "0.91"), ("KRW", "0.0052"), ("GBP", "9.1"), ("AUD", "4.7")];

/// What is due by a form, at the rates of the day the conveyance declared entry.
async fn assessed(unit: &Unit<'_>, form: &DeclarationForm, entry_declared_at: Timestamp) -> Result<Result<DutyTotal, DutyError>, AppError> {
    let rate_day = entry_declared_at.day(unit.app.port().utc_offset_minutes);
    let exchange = match unit.record_body(EXCHANGE, "current").await? {
        Some(body) => serde_json::from_slice(&body).map_err(|e| AppError::Internal(format!("exchange table: {e}")))?,
        None => shipped_rates()?,
    };
    let facts = DutyFacts::from_sample(form, exchange, rate_day);
    Ok(assess(form, &facts))
}

/// Why the duty of a form could not be assessed, at its field: found before acceptance, not weeks later when the goods land.
pub(crate) async fn not_assessable(unit: &Unit<'_>, form: &DeclarationForm) -> Result<Option<Finding>, AppError> {
    let Err(error) = assessed(unit, form, unit.at()).await? else { return Ok(None) };
    let pointer = match &error {
        DutyError::NotAFigure { pointer } | DutyError::NoRate { pointer, .. } | DutyError::NoExchangeRate { pointer, .. } => {
            pointer.clone()
        }
        DutyError::Amount(_) => "/goods".to_owned(),
    };
    Ok(Some(Finding::error(
        "declaration-duty-not-assessable",
        pointer,
        Text::new(format!("不能核定税费：{error}。"), format!("Duty cannot be assessed: {error}.")),
        Text::new("更正该项；如币制没有汇率，请联系海关。", "Correct it; ask customs when a currency has no rate."),
    )))
}

/// What came of assessing a landed declaration.
pub(crate) enum Charged {
    /// A notice was issued.
    Notice(String),
    /// Nothing is due.
    Nothing,
    /// It cannot be assessed now: an officer must act.
    NotAssessable(DutyError),
}

/// Assesses an accepted, landed declaration and issues the notice.
pub(crate) async fn charge(unit: &mut Unit<'_>, declaration_id: &str, entry_declared_at: Timestamp) -> Result<Charged, AppError> {
    let declaration = unit.get::<Declaration>(declaration_id).await?;
    let form = declaration.form();
    let assessment = match assessed(unit, form, entry_declared_at).await? {
        Ok(assessment) if assessment.total.minor <= 0 => return Ok(Charged::Nothing),
        Ok(assessment) => assessment,
        Err(error) => return Ok(Charged::NotAssessable(error)),
    };
    let id = unit.app.next_id('T', unit.at()).await?;
    let parties = declaration.parties().clone();
    let issued = Issued {
        declaration: declaration_id.to_owned(),
        entry_id: declaration.entry_id().unwrap_or_default().to_owned(),
        district: form.custom_master.trim().to_owned(),
        payer: parties.trader.unwrap_or_else(|| parties.broker.clone()),
        broker: parties.broker,
        assessment,
    };
    let events = clearance::decide_issue_notice(None, issued)?;
    unit.record::<DutyNotice>(&id, events, unit.at()).await?;
    Ok(Charged::Notice(id))
}

fn shipped_rates() -> Result<ExchangeTable, AppError> {
    let mut cny_per_unit = std::collections::BTreeMap::new();
    for (currency, rate) in SHIPPED_RATES {
        let rate = rate.parse().map_err(|_| AppError::Internal(format!("shipped rate of {currency}")))?;
        cny_per_unit.insert(currency.to_owned(), rate);
    }
    let label = codes::Text::new("示例汇率，仅供演示", "Synthetic exchange rates, for demonstration");
    Ok(ExchangeTable { label, cny_per_unit })
}

/// Orders the payment of a duty notice.
#[derive(Clone, Debug, Serialize)]
pub struct PayDuty {
    /// Notice id.
    pub id: String,
}

#[async_trait]
impl UseCase for PayDuty {
    const NAME: &'static str = "duty-notice.pay";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let notice = unit.authorised::<DutyNotice>(Self::NAME, &self.id).await?;
        // Asking twice for the same payment is answered with the payment under way.
        if let NoticePhase::Paying { payment, .. } = &notice.phase {
            return Ok(payment.clone());
        }
        refuse_other_account(unit, &notice).await?;
        let payment = unit.app.next_id('P', unit.at()).await?;
        let bank = unit.app.bank().name().to_owned();
        let events = clearance::decide_order_notice_payment(&notice, PaymentOrdered { payment: payment.clone(), bank })?;
        let what = format!("进口税费 {} / duty notice {}", notice.entry_id, self.id);
        let order = payments::Order {
            purpose: PaymentPurpose::DutyNotice(self.id.clone()),
            payer: &notice.payer,
            amount: notice.total(),
            creditor: "国库 Treasury",
            what: &what,
            district: Some(notice.district.clone()),
        };
        payments::order(unit, &payment, order).await?;
        unit.record::<DutyNotice>(&self.id, events, unit.at()).await?;
        Ok(payment)
    }
}

/// The money leaves the payer's account: whoever declared for the payer may see what is due, and pays it only when the payer agreed to that.
async fn refuse_other_account(unit: &mut Unit<'_>, notice: &DutyNotice) -> Result<(), AppError> {
    let own = &unit.ctx.principal.organisation;
    if notice.payer == *own || unit.ctx.principal.role == Role::Platform {
        return Ok(());
    }
    let bill = unit.get::<Declaration>(&notice.declaration).await?.form().bill_no.trim().to_owned();
    if agency::agreement(unit, AgencyAct::Duty, &notice.payer, &bill).await?.is_some() {
        return Ok(());
    }
    Err(AppError::Refused(Refusal::new(
        "notice-not-payer",
        PayDuty::NAME,
        notice.status(),
        "税费由缴款单位支付；代缴须有缴款单位接受的代理委托。",
        "The payer pays; whoever pays from its account needs an agency agreement for that.",
    )))
}

/// Settles a duty notice by a guarantee (担保).
#[derive(Clone, Debug, Serialize)]
pub struct GuaranteeDuty {
    /// Notice id.
    pub id: String,
    /// Guarantee id.
    pub guarantee: String,
}

#[async_trait]
impl UseCase for GuaranteeDuty {
    const NAME: &'static str = "duty-notice.guarantee";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        let notice = unit.authorised::<DutyNotice>(Self::NAME, &self.id).await?;
        let guarantee = unit.authorised::<Guarantee>("guarantee.read", &self.guarantee).await?;
        let occupied = Occupied { notice: self.id.clone(), payer: notice.payer.clone(), amount: notice.total() };
        let occupy = clearance::decide_occupy(&guarantee, occupied, unit.at())?;
        let events = clearance::decide_guarantee_notice(&notice, Guaranteed { guarantee: self.guarantee.clone() })?;
        unit.record::<Guarantee>(&self.guarantee, occupy, unit.at()).await?;
        unit.record::<DutyNotice>(&self.id, events, unit.at()).await?;
        Ok(self.id.clone())
    }
}

/// Customs registers a guarantee.
#[derive(Clone, Debug, Serialize)]
pub struct RegisterGuarantee {
    /// Organisation that uses it.
    pub principal: String,
    /// Guarantor (bank, insurer).
    pub guarantor: String,
    /// Kind.
    pub kind: GuaranteeKind,
    /// Limit.
    pub limit: Money,
    /// From.
    pub valid_from: Timestamp,
    /// To.
    pub valid_to: Timestamp,
}

#[async_trait]
impl UseCase for RegisterGuarantee {
    const NAME: &'static str = "guarantee.register";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &unit.app.at_the_port("guarantee", &unit.ctx.principal))?;
        limits::text(&self.guarantor, "/guarantor", limits::SHORT_TEXT_MAX)?;
        if unit.app.organisation(&self.principal).await?.is_none() {
            return Err(AppError::invalid("organisation-unknown", "/principal", "没有这个单位", "no such organisation"));
        }
        let id = unit.app.next_id('N', unit.at()).await?;
        let command = Registered {
            principal: self.principal.clone(),
            guarantor: self.guarantor.clone(),
            kind: self.kind,
            limit: self.limit,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        };
        let events = clearance::decide_register_guarantee(None, command)?;
        unit.record::<Guarantee>(&id, events, unit.at()).await?;
        Ok(id)
    }
}
