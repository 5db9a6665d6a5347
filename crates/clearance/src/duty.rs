//! The assessment of duty and import VAT (税费计算), every step kept, so that a trader can recompute each figure.
//!
//! Dutiable value (完税价格) = value of the goods + freight and insurance to the port of entry as the terms of delivery ask for + other
//! charges, in renminbi at the rate of the day on which the conveyance declared entry (Tariff Law, Art. 20).
//! Duty = dutiable value × rate; VAT = (dutiable value + duty) × rate. Each figure is rounded half up to the fen.
//! Consumption tax, quotas and preference rates are not assessed here.

use std::collections::BTreeMap;

use codes::{CurrencyCode, ExchangeRate, HsCode, Mass, Money, MoneyError, Quantity, Rounding, Text, tariff};
use serde::{Deserialize, Serialize};

use crate::{Charge, DeclarationForm, GoodsItem};

/// How every figure of an assessment is rounded: half up to the fen (四舍五入至分).
pub const DUTY_ROUNDING: Rounding = Rounding::HalfUp;

/// The name of a rounding, as kept in events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoundingName {
    /// Half up to the fen.
    HalfUpToFen,
    /// A share that takes what rounding left over, so that the shares sum to the whole.
    RemainderOfShares,
    /// Nothing was rounded.
    Exact,
}

/// What a step computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Price of the goods in renminbi (货价).
    GoodsValue,
    /// Share of the freight (运费分摊).
    FreightShare,
    /// Share of the insurance (保费分摊).
    InsuranceShare,
    /// Share of other charges (杂费分摊).
    OtherShare,
    /// Dutiable value (完税价格).
    Base,
    /// Import duty (关税).
    Duty,
    /// Import VAT (进口环节增值税).
    Vat,
}

/// One step of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyStep {
    /// What it computes.
    pub kind: StepKind,
    /// The formula with its figures, such as `12000.00 USD × 7.1`.
    pub formula: String,
    /// Result.
    pub amount: Money,
    /// How it was rounded.
    pub rounding: RoundingName,
}

/// The assessment of one item of goods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyLine {
    /// Item number.
    pub g_no: String,
    /// Goods code.
    pub code_ts: String,
    /// Dutiable value.
    pub base: Money,
    /// Rate of duty in basis points, after the manner of levy.
    pub duty_rate_bp: u32,
    /// Duty.
    pub duty: Money,
    /// Rate of VAT in basis points.
    pub vat_rate_bp: u32,
    /// VAT.
    pub vat: Money,
    /// How each figure came about.
    pub steps: Vec<DutyStep>,
}

/// The assessment of a declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyTotal {
    /// By item.
    pub lines: Vec<DutyLine>,
    /// Sum of duty.
    pub duty: Money,
    /// Sum of VAT.
    pub vat: Money,
    /// Sum of both.
    pub total: Money,
    /// Day whose rates were used, `YYYY-MM-DD`.
    pub rate_day: String,
    /// Where the exchange rates come from.
    pub exchange_label: Text,
    /// Where the rates of duty come from.
    pub tariff_label: Text,
}

/// The rates of one goods code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TariffRate {
    /// Duty in basis points.
    pub duty_bp: u32,
    /// VAT in basis points.
    pub vat_bp: u32,
}

/// Exchange rates of a day: renminbi for one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeTable {
    /// Where they come from; shown wherever a figure of theirs is.
    pub label: Text,
    /// By currency letters. CNY needs no entry.
    pub cny_per_unit: BTreeMap<String, ExchangeRate>,
}

/// What an assessment needs from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DutyFacts {
    /// Exchange rates of the rate day.
    pub exchange: ExchangeTable,
    /// Rates by goods code as written in the form.
    pub tariff: BTreeMap<String, TariffRate>,
    /// Where the rates of duty come from.
    pub tariff_label: Text,
    /// Day on which the conveyance declared entry, `YYYY-MM-DD` (Tariff Law, Art. 20).
    pub rate_day: String,
}

impl DutyFacts {
    /// Facts for a form from the sample tariff of `codes`, whose rates are synthetic and labelled so.
    pub fn from_sample(form: &DeclarationForm, exchange: ExchangeTable, rate_day: impl Into<String>) -> Self {
        let rates = form.goods.iter().filter_map(|item| {
            let line = tariff::line(&item.code_ts.parse::<HsCode>().ok()?)?;
            Some((item.code_ts.clone(), TariffRate { duty_bp: line.duty_bp, vat_bp: line.vat_bp }))
        });
        Self { exchange, tariff: rates.collect(), tariff_label: Text::new(tariff::LABEL_ZH, tariff::LABEL_EN), rate_day: rate_day.into() }
    }
}

/// Why duty could not be assessed. The check of the form finds most of these first.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DutyError {
    /// A value is not a figure.
    #[error("{pointer} is not a figure")]
    NotAFigure {
        /// Field.
        pointer: String,
    },
    /// The tariff has no line for the code.
    #[error("the tariff has no rate for {code} ({pointer})")]
    NoRate {
        /// Field.
        pointer: String,
        /// Code.
        code: String,
    },
    /// No exchange rate.
    #[error("there is no exchange rate for {currency} ({pointer})")]
    NoExchangeRate {
        /// Field.
        pointer: String,
        /// Currency.
        currency: String,
    },
    /// An amount passed the limits.
    #[error("an amount cannot be computed")]
    Amount(#[from] MoneyError),
}

/// Computes the duty of a declaration.
///
/// # Errors
/// The first [`DutyError`].
pub fn assess(form: &DeclarationForm, facts: &DutyFacts) -> Result<DutyTotal, DutyError> {
    let values = form.goods.iter().enumerate().map(|(index, item)| goods_value(index, item, facts)).collect::<Result<Vec<_>, _>>()?;
    let whole = Money::sum(CurrencyCode::CNY, values.iter().map(|value| value.amount))?;
    let mut shares: Vec<Vec<DutyStep>> = values.into_iter().map(|value| vec![value]).collect();
    for (kind, field, charge) in charges(form) {
        let amount = charge_amount(form, field, charge, whole, facts)?;
        if !amount.is_zero() {
            share_out(kind, amount, whole, &mut shares)?;
        }
    }
    let lines = form
        .goods
        .iter()
        .enumerate()
        .zip(shares)
        .map(|((index, item), steps)| line(index, item, steps, facts))
        .collect::<Result<Vec<_>, _>>()?;
    let duty = Money::sum(CurrencyCode::CNY, lines.iter().map(|line| line.duty))?;
    let vat = Money::sum(CurrencyCode::CNY, lines.iter().map(|line| line.vat))?;
    Ok(DutyTotal {
        duty,
        vat,
        total: duty.checked_add(vat)?,
        lines,
        rate_day: facts.rate_day.clone(),
        exchange_label: facts.exchange.label.clone(),
        tariff_label: facts.tariff_label.clone(),
    })
}

/// The charges that the terms of delivery add to the price: 1 CIF none, 2 C&F insurance, 3 FOB and 7 EXW both, 4 C&I freight. Other charges
/// are always added when declared.
fn charges(form: &DeclarationForm) -> Vec<(StepKind, &'static str, &Charge)> {
    let (freight, insurance) = match form.trans_mode.trim() {
        "2" => (false, true),
        "3" | "7" => (true, true),
        "4" => (true, false),
        // CIF, market price and dunnage name a price that holds at the port of entry.
        _ => (false, false),
    };
    [
        (freight, StepKind::FreightShare, "fee", &form.fee),
        (insurance, StepKind::InsuranceShare, "insur", &form.insur),
        (true, StepKind::OtherShare, "other", &form.other),
    ]
    .into_iter()
    .filter(|(counts, _, _, charge)| *counts && !charge.is_empty())
    .map(|(_, kind, field, charge)| (kind, field, charge))
    .collect()
}

fn goods_value(index: usize, item: &GoodsItem, facts: &DutyFacts) -> Result<DutyStep, DutyError> {
    let currency = currency(&item.trade_curr, &format!("/goods/{index}/trade_curr"))?;
    let price = money(&item.decl_total, currency, &format!("/goods/{index}/decl_total"))?;
    let (amount, rate) = in_cny(price, &format!("/goods/{index}/trade_curr"), facts)?;
    Ok(DutyStep { kind: StepKind::GoodsValue, formula: format!("{price} × {rate}"), amount, rounding: RoundingName::HalfUpToFen })
}

fn charge_amount(form: &DeclarationForm, field: &str, charge: &Charge, whole: Money, facts: &DutyFacts) -> Result<Money, DutyError> {
    let at = |part: &str| format!("/{field}/{part}");
    let figure = || charge.rate.trim().parse::<Quantity>().map_err(|_| DutyError::NotAFigure { pointer: at("rate") });
    match charge.mark.trim() {
        // A rate in percent of the value of the goods.
        "1" => Ok(Money { minor: scaled(whole.minor, figure()?.units(), 100 * 100_000)?, ..whole }),
        // A price per tonne of gross weight.
        "2" => {
            let currency = currency(&charge.curr, &at("curr"))?;
            let gross: Mass = form.gross_wt.trim().parse().map_err(|_| DutyError::NotAFigure { pointer: "/gross_wt".to_owned() })?;
            let per_tonne = money(&charge.rate, currency, &at("rate"))?;
            let total = Money { minor: scaled(per_tonne.minor, gross.units(), 1_000 * 100_000)?, ..per_tonne };
            Ok(in_cny(total, &at("curr"), facts)?.0)
        }
        "3" => {
            let total = money(&charge.rate, currency(&charge.curr, &at("curr"))?, &at("rate"))?;
            Ok(in_cny(total, &at("curr"), facts)?.0)
        }
        _ => Err(DutyError::NotAFigure { pointer: at("mark") }),
    }
}

/// Shares an amount over the lines by value; the last line takes what rounding left over.
fn share_out(kind: StepKind, amount: Money, whole: Money, shares: &mut [Vec<DutyStep>]) -> Result<(), DutyError> {
    let last = shares.len().saturating_sub(1);
    let mut left = amount;
    for (index, steps) in shares.iter_mut().enumerate() {
        let value = steps.first().map_or(Money::cny(0), |step| step.amount);
        let (share, rounding) = if index == last {
            (left, RoundingName::RemainderOfShares)
        } else if whole.is_zero() {
            (Money::cny(0), RoundingName::Exact)
        } else {
            (amount.ratio(value.minor, whole.minor, DUTY_ROUNDING)?, RoundingName::HalfUpToFen)
        };
        left = left.checked_sub(share)?;
        steps.push(DutyStep { kind, formula: format!("{amount} × {} ÷ {}", value.decimal(), whole.decimal()), amount: share, rounding });
    }
    Ok(())
}

fn line(index: usize, item: &GoodsItem, mut steps: Vec<DutyStep>, facts: &DutyFacts) -> Result<DutyLine, DutyError> {
    let rate = facts
        .tariff
        .get(&item.code_ts)
        .ok_or_else(|| DutyError::NoRate { pointer: format!("/goods/{index}/code_ts"), code: item.code_ts.clone() })?;
    let (duty_bp, vat_bp) = after_manner(&item.duty_mode, rate);
    let base = Money::sum(CurrencyCode::CNY, steps.iter().map(|step| step.amount))?;
    let sum: Vec<String> = steps.iter().map(|step| step.amount.decimal()).collect();
    steps.push(DutyStep { kind: StepKind::Base, formula: sum.join(" + "), amount: base, rounding: RoundingName::Exact });
    let duty = base.basis_points(duty_bp, DUTY_ROUNDING)?;
    steps.push(DutyStep {
        kind: StepKind::Duty,
        formula: format!("{} × {}", base.decimal(), percent(duty_bp)),
        amount: duty,
        rounding: RoundingName::HalfUpToFen,
    });
    let vat = base.checked_add(duty)?.basis_points(vat_bp, DUTY_ROUNDING)?;
    steps.push(DutyStep {
        kind: StepKind::Vat,
        formula: format!("({} + {}) × {}", base.decimal(), duty.decimal(), percent(vat_bp)),
        amount: vat,
        rounding: RoundingName::HalfUpToFen,
    });
    Ok(DutyLine {
        g_no: item.g_no.clone(),
        code_ts: item.code_ts.clone(),
        base,
        duty_rate_bp: duty_bp,
        duty,
        vat_rate_bp: vat_bp,
        vat,
        steps,
    })
}

/// Rates after the manner of levy (征免方式): 2 half the duty, 3 free of both. The others are taxed in full here, whatever is secured or refunded.
fn after_manner(duty_mode: &str, rate: &TariffRate) -> (u32, u32) {
    match duty_mode.trim() {
        "2" => (rate.duty_bp / 2, rate.vat_bp),
        "3" => (0, 0),
        _ => (rate.duty_bp, rate.vat_bp),
    }
}

fn currency(text: &str, pointer: &str) -> Result<CurrencyCode, DutyError> {
    text.trim().parse().map_err(|_| DutyError::NoExchangeRate { pointer: pointer.to_owned(), currency: text.trim().to_owned() })
}

fn money(text: &str, currency: CurrencyCode, pointer: &str) -> Result<Money, DutyError> {
    Money::parse(text, currency)
        .ok()
        .filter(|amount| amount.minor >= 0)
        .ok_or_else(|| DutyError::NotAFigure { pointer: pointer.to_owned() })
}

fn in_cny(amount: Money, pointer: &str, facts: &DutyFacts) -> Result<(Money, ExchangeRate), DutyError> {
    if amount.currency == CurrencyCode::CNY {
        return Ok((amount, ExchangeRate::ONE));
    }
    let letters = amount.currency.as_str();
    let rate = facts
        .exchange
        .cny_per_unit
        .get(letters)
        .ok_or_else(|| DutyError::NoExchangeRate { pointer: pointer.to_owned(), currency: letters.to_owned() })?;
    Ok((amount.converted(*rate, CurrencyCode::CNY, DUTY_ROUNDING)?, *rate))
}

fn scaled(minor: i64, units: u64, denominator: i128) -> Result<i64, DutyError> {
    let product = i128::from(minor).checked_mul(i128::from(units)).ok_or(MoneyError::Overflow)?;
    Ok(DUTY_ROUNDING.divide(product, denominator).ok_or(MoneyError::Overflow)?)
}

fn percent(basis_points: u32) -> String {
    let (whole, rest) = (basis_points / 100, basis_points % 100);
    if rest == 0 { format!("{whole}%") } else { format!("{whole}.{rest:02}%") }
}
