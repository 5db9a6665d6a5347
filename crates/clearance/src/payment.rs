//! A payment (支付): ordered here, carried out by a bank, settled by its statement (ISO 20022 pain.001 → pain.002 → camt.054).

use codes::Money;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

/// Longest end-to-end id: ISO 20022 `Max35Text`.
const END_TO_END_ID_LENGTH_MAX: usize = 35;

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "kebab-case")]
pub enum PaymentPurpose {
    /// A duty notice (税单).
    DutyNotice(String),
    /// Charges of a delivery order (换单费用).
    DeliveryOrder(String),
}

impl PaymentPurpose {
    /// The object paid for.
    pub fn object(&self) -> ObjectRef {
        match self {
            Self::DutyNotice(id) => ObjectRef::new("duty-notice", id.clone()),
            Self::DeliveryOrder(id) => ObjectRef::new("delivery-order", id.clone()),
        }
    }
}

/// How far a payment has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum PaymentPhase {
    /// Ordered (已下达).
    Ordered,
    /// With the bank (已发送).
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Settled (已到账).
    Settled {
        /// Reference of the bank.
        bank_reference: String,
        /// When.
        at: Timestamp,
    },
    /// Refused by the bank (失败).
    Failed {
        /// ISO 20022 reason code.
        code: String,
        /// Why.
        reason: String,
        /// When.
        at: Timestamp,
    },
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// What is paid for.
    pub purpose: PaymentPurpose,
    /// Who pays, organisation id.
    pub payer: String,
    /// How much.
    pub amount: Money,
    /// Bank or channel, as configured.
    pub bank: String,
    /// End-to-end id of ISO 20022, by which the statement finds it.
    pub end_to_end_id: String,
    /// Customs district of the duty paid, 4 digits; none for what firms pay each other.
    #[serde(default)]
    pub district: Option<String>,
    /// How far it has come.
    pub phase: PaymentPhase,
    /// When it was ordered.
    pub ordered_at: Timestamp,
}

/// `payment.ordered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ordered {
    /// What is paid for.
    pub purpose: PaymentPurpose,
    /// Who pays, organisation id.
    pub payer: String,
    /// How much.
    pub amount: Money,
    /// Bank or channel.
    pub bank: String,
    /// End-to-end id.
    pub end_to_end_id: String,
    /// Customs district of the duty paid.
    #[serde(default)]
    pub district: Option<String>,
}

/// `payment.sent`; also the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {}

/// `payment.settled`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Reference of the bank.
    pub bank_reference: String,
    /// When.
    pub at: Timestamp,
    /// How much arrived.
    pub amount: Money,
}

/// `payment.failed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// ISO 20022 reason code, such as `AM04`.
    pub code: String,
    /// Why.
    pub reason: String,
}

ledger::domain_events! {
    /// What happens to a payment.
    pub enum PaymentEvent for "payment" {
        /// Ordered.
        Ordered(Ordered) = "payment.ordered",
        /// Handed to the bank.
        Sent(Sent) = "payment.sent",
        /// Settled.
        Settled(Settled) = "payment.settled",
        /// Refused by the bank.
        Failed(Failed) = "payment.failed",
    }
}

/// Orders a payment.
///
/// # Errors
/// `payment-exists`; `payment-amount` when it is not above zero; `payment-reference` when the end-to-end id does not fit.
pub fn decide_order_payment(state: Option<&Payment>, command: Ordered) -> Result<Vec<PaymentEvent>, Refusal> {
    const ATTEMPT: &str = "payment.order";
    if let Some(payment) = state {
        return Err(Refusal::new(
            "payment-exists",
            ATTEMPT,
            payment.status(),
            "该支付编号已存在。",
            "A payment with this id exists already.",
        ));
    }
    if command.amount.minor <= 0 {
        return Err(Refusal::new("payment-amount", ATTEMPT, "nothing", "支付金额须大于零。", "The amount must be above zero."));
    }
    if command.end_to_end_id.is_empty() || command.end_to_end_id.len() > END_TO_END_ID_LENGTH_MAX {
        return Err(Refusal::new(
            "payment-reference",
            ATTEMPT,
            "nothing",
            "端到端标识须为 1 至 35 个字符。",
            "The end-to-end id has 1 to 35 characters.",
        ));
    }
    Ok(vec![command.into()])
}

/// Records that the order went to the bank.
///
/// # Errors
/// `payment-not-ordered` in any other state.
pub fn decide_payment_sent(state: &Payment) -> Result<Vec<PaymentEvent>, Refusal> {
    match state.phase {
        PaymentPhase::Ordered => Ok(vec![Sent {}.into()]),
        PaymentPhase::Sent { .. } | PaymentPhase::Settled { .. } | PaymentPhase::Failed { .. } => Err(Refusal::new(
            "payment-not-ordered",
            "payment.send",
            state.status(),
            "该支付已发送或已结束。",
            "The payment was already sent or has ended.",
        )),
    }
}

/// Settles the payment from the bank's statement. Settled before it was marked as sent is fine: the bank knows better.
///
/// # Errors
/// `payment-already-settled`; `payment-failed`; `payment-amount-differs` when another amount arrived.
pub fn decide_payment_settled(state: &Payment, command: Settled) -> Result<Vec<PaymentEvent>, Refusal> {
    const ATTEMPT: &str = "payment.settle";
    open(state, ATTEMPT)?;
    if command.amount != state.amount {
        return Err(Refusal::new(
            "payment-amount-differs",
            ATTEMPT,
            state.status(),
            format!("应付 {}，到账 {}。", state.amount, command.amount),
            format!("{} was ordered, {} arrived.", state.amount, command.amount),
        ));
    }
    Ok(vec![command.into()])
}

/// Records the bank's refusal.
///
/// # Errors
/// `payment-already-settled`; `payment-failed`.
pub fn decide_payment_failed(state: &Payment, command: Failed) -> Result<Vec<PaymentEvent>, Refusal> {
    open(state, "payment.fail")?;
    Ok(vec![command.into()])
}

fn open(state: &Payment, attempted: &'static str) -> Result<(), Refusal> {
    match state.phase {
        PaymentPhase::Ordered | PaymentPhase::Sent { .. } => Ok(()),
        PaymentPhase::Settled { .. } => {
            Err(Refusal::new("payment-already-settled", attempted, state.status(), "该支付已到账。", "The payment is already settled."))
        }
        PaymentPhase::Failed { .. } => {
            Err(Refusal::new("payment-failed", attempted, state.status(), "该支付已失败。", "The payment has failed."))
        }
    }
}

impl Aggregate for Payment {
    const KIND: &'static str = "payment";
    type Event = PaymentEvent;

    fn apply(state: Option<Self>, event: &PaymentEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use PaymentEvent as E;
        use PaymentPhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(payment) = state else {
            return match event {
                E::Ordered(data) => Ok(Self {
                    purpose: data.purpose.clone(),
                    payer: data.payer.clone(),
                    amount: data.amount,
                    bank: data.bank.clone(),
                    end_to_end_id: data.end_to_end_id.clone(),
                    district: data.district.clone(),
                    phase: P::Ordered,
                    ordered_at: at,
                }),
                E::Sent(_) | E::Settled(_) | E::Failed(_) => Err(misplaced("nothing")),
            };
        };
        let phase = match (&payment.phase, event) {
            (P::Ordered, E::Sent(_)) => P::Sent { at },
            (P::Ordered | P::Sent { .. }, E::Settled(data)) => P::Settled { bank_reference: data.bank_reference.clone(), at: data.at },
            (P::Ordered | P::Sent { .. }, E::Failed(data)) => P::Failed { code: data.code.clone(), reason: data.reason.clone(), at },
            (P::Ordered, E::Ordered(_))
            | (P::Sent { .. }, E::Ordered(_) | E::Sent(_))
            | (P::Settled { .. } | P::Failed { .. }, E::Ordered(_) | E::Sent(_) | E::Settled(_) | E::Failed(_)) => {
                return Err(misplaced(payment.status()));
            }
        };
        Ok(Self { phase, ..payment })
    }

    fn related(&self, event: &PaymentEvent) -> Vec<Related> {
        match event {
            PaymentEvent::Ordered(_) | PaymentEvent::Settled(_) | PaymentEvent::Failed(_) => vec![(self.purpose.object(), "purpose")],
            PaymentEvent::Sent(_) => Vec::new(),
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            PaymentPhase::Ordered => "ordered",
            PaymentPhase::Sent { .. } => "sent",
            PaymentPhase::Settled { .. } => "settled",
            PaymentPhase::Failed { .. } => "failed",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let closed_at = match self.phase {
            PaymentPhase::Ordered | PaymentPhase::Sent { .. } => None,
            PaymentPhase::Settled { at, .. } | PaymentPhase::Failed { at, .. } => Some(at),
        };
        WorkRow {
            title: format!("{id} {}", self.amount),
            status: self.status().to_owned(),
            parties: vec![self.payer.clone()],
            // Duty is the business of the customs that charged it; what two firms pay each other is not.
            authority: self.district.clone(),
            keys: vec![id.to_uppercase(), self.purpose.object().id.to_uppercase(), self.end_to_end_id.to_uppercase()],
            opened_at: self.ordered_at,
            closed_at,
            ..WorkRow::default()
        }
    }
}
