//! A duty notice (税款缴款书): what is due on a declaration, and how it was settled.

use codes::Money;
use ledger::{Aggregate, DomainEvent, ObjectRef, Refusal, Related, ReplayError, Timestamp, WorkRow};
use serde::{Deserialize, Serialize};

use crate::DutyTotal;

/// Days within which duty is paid: 15 from the completed declaration (Tariff Law, Art. 43).
pub const DUTY_DAYS: i64 = 15;

/// How far a notice has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "kebab-case")]
pub enum NoticePhase {
    /// To be paid (待缴).
    Due {
        /// Why the last payment failed, if one did.
        last_failure: Option<String>,
    },
    /// A payment is under way (支付中).
    Paying {
        /// Payment id.
        payment: String,
        /// Since when.
        since: Timestamp,
    },
    /// Paid (已缴).
    Paid {
        /// Payment id.
        payment: String,
        /// Reference of the bank.
        bank_reference: String,
        /// When.
        at: Timestamp,
        /// Guarantee that had covered it until then.
        guarantee: Option<String>,
    },
    /// Covered by a guarantee (已担保); still to be paid later.
    Guaranteed {
        /// Guarantee id.
        guarantee: String,
        /// When.
        at: Timestamp,
        /// Payment under way.
        payment: Option<String>,
    },
    /// Waived (已免除).
    Waived {
        /// Why.
        reason: String,
        /// Officer, user id.
        officer: String,
        /// When.
        at: Timestamp,
    },
}

/// A duty notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyNotice {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number, 18 digits.
    pub entry_id: String,
    /// Customs district, 4 digits.
    pub district: String,
    /// Who owes it, organisation id.
    pub payer: String,
    /// Broker of the declaration, organisation id.
    pub broker: String,
    /// How it was computed.
    pub assessment: DutyTotal,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it is due.
    pub due_at: Timestamp,
    /// How far it has come.
    pub phase: NoticePhase,
}

impl DutyNotice {
    /// What is due.
    pub fn total(&self) -> Money {
        self.assessment.total
    }
}

/// `duty-notice.issued`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issued {
    /// Declaration id.
    pub declaration: String,
    /// Declaration number.
    pub entry_id: String,
    /// Customs district, 4 digits.
    pub district: String,
    /// Who owes it, organisation id.
    pub payer: String,
    /// Broker of the declaration, organisation id.
    pub broker: String,
    /// How it was computed.
    pub assessment: DutyTotal,
}

/// `duty-notice.payment-ordered`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOrdered {
    /// Payment id.
    pub payment: String,
    /// Bank or channel.
    pub bank: String,
}

/// `duty-notice.payment-failed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentFailed {
    /// Payment id.
    pub payment: String,
    /// Why.
    pub reason: String,
}

/// `duty-notice.paid`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// Payment id.
    pub payment: String,
    /// Reference of the bank.
    pub bank_reference: String,
    /// When.
    pub at: Timestamp,
    /// How much arrived.
    pub amount: Money,
}

/// `duty-notice.guaranteed`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guaranteed {
    /// Guarantee id.
    pub guarantee: String,
}

/// `duty-notice.waived`; also the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Why.
    pub reason: String,
    /// Officer, user id.
    pub officer: String,
}

ledger::domain_events! {
    /// What happens to a duty notice.
    pub enum DutyNoticeEvent for "duty-notice" {
        /// Issued.
        Issued(Issued) = "duty-notice.issued",
        /// A payment was ordered.
        PaymentOrdered(PaymentOrdered) = "duty-notice.payment-ordered",
        /// The payment failed.
        PaymentFailed(PaymentFailed) = "duty-notice.payment-failed",
        /// Paid.
        Paid(Paid) = "duty-notice.paid",
        /// Covered by a guarantee.
        Guaranteed(Guaranteed) = "duty-notice.guaranteed",
        /// Waived.
        Waived(Waived) = "duty-notice.waived",
    }
}

/// Issues a notice.
///
/// # Errors
/// `notice-exists`; `notice-nothing-due` when the total is not above zero: then no notice is issued at all.
pub fn decide_issue_notice(state: Option<&DutyNotice>, command: Issued) -> Result<Vec<DutyNoticeEvent>, Refusal> {
    const ATTEMPT: &str = "duty-notice.issue";
    if let Some(notice) = state {
        return Err(Refusal::new("notice-exists", ATTEMPT, notice.status(), "该税单编号已存在。", "A notice with this id exists already."));
    }
    if command.assessment.total.minor <= 0 {
        return Err(Refusal::new("notice-nothing-due", ATTEMPT, "nothing", "没有应缴税费。", "Nothing is due."));
    }
    Ok(vec![command.into()])
}

/// Orders a payment. A notice under guarantee may be paid at any time.
///
/// # Errors
/// `notice-paying` while another payment is under way; `notice-settled` when paid or waived.
pub fn decide_order_notice_payment(state: &DutyNotice, command: PaymentOrdered) -> Result<Vec<DutyNoticeEvent>, Refusal> {
    const ATTEMPT: &str = "duty-notice.order-payment";
    match &state.phase {
        NoticePhase::Due { .. } | NoticePhase::Guaranteed { payment: None, .. } => Ok(vec![command.into()]),
        NoticePhase::Paying { payment, .. } | NoticePhase::Guaranteed { payment: Some(payment), .. } => Err(Refusal::new(
            "notice-paying",
            ATTEMPT,
            state.status(),
            format!("支付 {payment} 正在进行。"),
            format!("Payment {payment} is under way."),
        )),
        NoticePhase::Paid { .. } | NoticePhase::Waived { .. } => Err(settled(state, ATTEMPT)),
    }
}

/// Learns that the payment failed: the notice is due again.
///
/// # Errors
/// `notice-payment-differs` when this payment is not the one under way.
pub fn decide_notice_payment_failed(state: &DutyNotice, command: PaymentFailed) -> Result<Vec<DutyNoticeEvent>, Refusal> {
    under_way(state, "duty-notice.fail-payment", &command.payment)?;
    Ok(vec![command.into()])
}

/// Learns that it is paid.
///
/// # Errors
/// `notice-payment-differs`; `notice-amount-differs` when another amount arrived; `notice-settled`.
pub fn decide_notice_paid(state: &DutyNotice, command: Paid) -> Result<Vec<DutyNoticeEvent>, Refusal> {
    const ATTEMPT: &str = "duty-notice.pay";
    under_way(state, ATTEMPT, &command.payment)?;
    if command.amount != state.total() {
        return Err(Refusal::new(
            "notice-amount-differs",
            ATTEMPT,
            state.status(),
            format!("应缴 {}，到账 {}。", state.total(), command.amount),
            format!("{} is due, {} arrived.", state.total(), command.amount),
        ));
    }
    Ok(vec![command.into()])
}

/// Covers it by a guarantee, whose limit is occupied in the same transaction.
///
/// # Errors
/// `notice-paying` while a payment is under way; `notice-settled` when paid, guaranteed or waived.
pub fn decide_guarantee_notice(state: &DutyNotice, command: Guaranteed) -> Result<Vec<DutyNoticeEvent>, Refusal> {
    due(state, "duty-notice.guarantee")?;
    Ok(vec![command.into()])
}

/// Waives it.
///
/// # Errors
/// As [`decide_guarantee_notice`].
pub fn decide_waive_notice(state: &DutyNotice, command: Waived) -> Result<Vec<DutyNoticeEvent>, Refusal> {
    due(state, "duty-notice.waive")?;
    Ok(vec![command.into()])
}

fn due(state: &DutyNotice, attempted: &'static str) -> Result<(), Refusal> {
    match &state.phase {
        NoticePhase::Due { .. } => Ok(()),
        NoticePhase::Paying { payment, .. } => Err(Refusal::new(
            "notice-paying",
            attempted,
            state.status(),
            format!("支付 {payment} 正在进行。"),
            format!("Payment {payment} is under way."),
        )),
        NoticePhase::Paid { .. } | NoticePhase::Guaranteed { .. } | NoticePhase::Waived { .. } => Err(settled(state, attempted)),
    }
}

fn under_way(state: &DutyNotice, attempted: &'static str, wanted: &str) -> Result<(), Refusal> {
    let open = match &state.phase {
        NoticePhase::Paying { payment, .. } | NoticePhase::Guaranteed { payment: Some(payment), .. } => payment == wanted,
        NoticePhase::Due { .. } | NoticePhase::Guaranteed { payment: None, .. } => false,
        NoticePhase::Paid { .. } | NoticePhase::Waived { .. } => return Err(settled(state, attempted)),
    };
    if open {
        return Ok(());
    }
    Err(Refusal::new(
        "notice-payment-differs",
        attempted,
        state.status(),
        "该支付不是此税单正在进行的支付。",
        "This payment is not the one under way for the notice.",
    ))
}

fn settled(state: &DutyNotice, attempted: &'static str) -> Refusal {
    Refusal::new("notice-settled", attempted, state.status(), "该税单已结清。", "The notice is already settled.")
}

impl Aggregate for DutyNotice {
    const KIND: &'static str = "duty-notice";
    type Event = DutyNoticeEvent;

    fn apply(state: Option<Self>, event: &DutyNoticeEvent, at: Timestamp) -> Result<Self, ReplayError> {
        use DutyNoticeEvent as E;
        use NoticePhase as P;
        let misplaced = |found: &str| ReplayError::OutOfOrder { kind: event.kind(), state: found.to_owned() };
        let Some(notice) = state else {
            return match event {
                E::Issued(data) => Ok(issued(data, at)),
                E::PaymentOrdered(_) | E::PaymentFailed(_) | E::Paid(_) | E::Guaranteed(_) | E::Waived(_) => Err(misplaced("nothing")),
            };
        };
        let phase = match (&notice.phase, event) {
            (P::Due { .. }, E::PaymentOrdered(data)) => P::Paying { payment: data.payment.clone(), since: at },
            (P::Due { .. }, E::Guaranteed(data)) => P::Guaranteed { guarantee: data.guarantee.clone(), at, payment: None },
            (P::Due { .. }, E::Waived(data)) => P::Waived { reason: data.reason.clone(), officer: data.officer.clone(), at },
            (P::Paying { .. }, E::PaymentFailed(data)) => P::Due { last_failure: Some(data.reason.clone()) },
            (P::Paying { .. }, E::Paid(data)) => paid(data, None),
            (P::Guaranteed { guarantee, at, payment: None }, E::PaymentOrdered(data)) => {
                P::Guaranteed { guarantee: guarantee.clone(), at: *at, payment: Some(data.payment.clone()) }
            }
            (P::Guaranteed { guarantee, at, payment: Some(_) }, E::PaymentFailed(_)) => {
                P::Guaranteed { guarantee: guarantee.clone(), at: *at, payment: None }
            }
            (P::Guaranteed { guarantee, payment: Some(_), .. }, E::Paid(data)) => paid(data, Some(guarantee.clone())),
            (P::Due { .. }, E::Issued(_) | E::PaymentFailed(_) | E::Paid(_))
            | (P::Paying { .. }, E::Issued(_) | E::PaymentOrdered(_) | E::Guaranteed(_) | E::Waived(_))
            | (P::Guaranteed { payment: None, .. }, E::PaymentFailed(_) | E::Paid(_))
            | (P::Guaranteed { payment: Some(_), .. }, E::PaymentOrdered(_))
            | (P::Guaranteed { .. }, E::Issued(_) | E::Guaranteed(_) | E::Waived(_))
            | (
                P::Paid { .. } | P::Waived { .. },
                E::Issued(_) | E::PaymentOrdered(_) | E::PaymentFailed(_) | E::Paid(_) | E::Guaranteed(_) | E::Waived(_),
            ) => return Err(misplaced(notice.status())),
        };
        Ok(Self { phase, ..notice })
    }

    fn related(&self, event: &DutyNoticeEvent) -> Vec<Related> {
        use DutyNoticeEvent as E;
        let declaration = (ObjectRef::new("declaration", self.declaration.clone()), "declaration");
        let payment = |id: &str| vec![(ObjectRef::new("payment", id), "payment")];
        match event {
            E::Issued(_) | E::Waived(_) => vec![declaration],
            E::PaymentOrdered(data) => payment(&data.payment),
            E::PaymentFailed(data) => payment(&data.payment),
            E::Paid(data) => std::iter::once(declaration).chain(payment(&data.payment)).collect(),
            E::Guaranteed(data) => vec![declaration, (ObjectRef::new("guarantee", data.guarantee.clone()), "guarantee")],
        }
    }

    fn status(&self) -> &'static str {
        match self.phase {
            NoticePhase::Due { .. } => "due",
            NoticePhase::Paying { .. } => "paying",
            NoticePhase::Paid { .. } => "paid",
            NoticePhase::Guaranteed { .. } => "guaranteed",
            NoticePhase::Waived { .. } => "waived",
        }
    }

    fn work_row(&self, id: &str) -> WorkRow {
        let (act, closed_at) = match &self.phase {
            NoticePhase::Due { .. } | NoticePhase::Guaranteed { payment: None, .. } => (true, None),
            NoticePhase::Paying { .. } | NoticePhase::Guaranteed { payment: Some(_), .. } => (false, None),
            NoticePhase::Paid { at, .. } | NoticePhase::Waived { at, .. } => (false, Some(*at)),
        };
        let mut parties = vec![self.payer.clone()];
        if self.broker != self.payer {
            parties.push(self.broker.clone());
        }
        WorkRow {
            title: format!("{id} {}", self.total()),
            status: self.status().to_owned(),
            owner: act.then(|| self.payer.clone()),
            action: act.then(|| "pay-duty".to_owned()),
            authority: Some(self.district.clone()),
            parties,
            keys: [id, &self.declaration, &self.entry_id].map(str::to_uppercase).to_vec(),
            opened_at: self.issued_at,
            due_at: closed_at.is_none().then_some(self.due_at),
            closed_at,
        }
    }
}

fn paid(data: &Paid, guarantee: Option<String>) -> NoticePhase {
    NoticePhase::Paid { payment: data.payment.clone(), bank_reference: data.bank_reference.clone(), at: data.at, guarantee }
}

fn issued(data: &Issued, at: Timestamp) -> DutyNotice {
    DutyNotice {
        declaration: data.declaration.clone(),
        entry_id: data.entry_id.clone(),
        district: data.district.clone(),
        payer: data.payer.clone(),
        broker: data.broker.clone(),
        assessment: data.assessment.clone(),
        issued_at: at,
        due_at: at.plus_days(DUTY_DAYS),
        phase: NoticePhase::Due { last_failure: None },
    }
}
