//! Payments (支付): ordered here, carried out by the bank in ISO 20022, settled by its statement. Money moves exactly once.

use async_trait::async_trait;
use clearance::{Failed, Ordered, Payment, PaymentPhase, PaymentPurpose, Settled};
use codes::{CurrencyCode, Money};
use ledger::{Aggregate, ObjectRef, Refusal};
use logistics::{ChargeState, DeliveryOrder, OrderPhase};
use serde::{Deserialize, Serialize};
use store::{Blob, OutboxQuery, OutboxRow};

use crate::exchange::{BankAnswer, BankReply, PaymentOrder};
use crate::inbox::sha256_hex;
use crate::rights::Resource;
use crate::{App, AppError, Context, Unit, UseCase};

/// Channel of the outbox that leads to the bank.
pub const BANK: &str = "bank";
/// Register of the payment last ordered for the charges of a delivery order, by order; `null` once nothing may be paid any more.
const UNDER_WAY: &str = "payment-under-way";
/// Register of the bank's messages, by payment.
const MESSAGES: &str = "payment-messages";
/// Seconds before an order that the bank did not answer is sent again, growing with each attempt.
const RETRY_SECONDS: [i64; 5] = [2, 10, 60, 300, 1_800];

/// A message exchanged with the bank about a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankMessage {
    /// `pain.001`, `pain.002`, `camt.054`.
    pub kind: String,
    /// Sent by us?
    pub sent: bool,
    /// When.
    pub at: ledger::Timestamp,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// What is to be paid.
pub(crate) struct Order<'a> {
    /// What for.
    pub purpose: PaymentPurpose,
    /// Who pays, organisation id.
    pub payer: &'a str,
    /// How much.
    pub amount: Money,
    /// To whom, name.
    pub creditor: &'a str,
    /// Remittance information.
    pub what: &'a str,
    /// Customs district of a duty.
    pub district: Option<String>,
}

/// Orders a payment: records it and puts the pain.001 into the outbox, in the same transaction.
pub(crate) async fn order(unit: &mut Unit<'_>, id: &str, order: Order<'_>) -> Result<(), AppError> {
    let Order { purpose, payer, amount, creditor, what, district } = order;
    let bank = unit.app.bank().name().to_owned();
    let debtor = unit.app.organisation(payer).await?.map_or_else(|| payer.to_owned(), |o| o.name.zh);
    let order = PaymentOrder {
        payment: id.to_owned(),
        amount_fen: amount.minor,
        debtor,
        creditor: creditor.to_owned(),
        purpose: what.to_owned(),
        at: unit.at(),
    };
    let bytes = unit.app.bank().write(&order);
    let command = Ordered { purpose, payer: payer.to_owned(), amount, bank: bank.clone(), end_to_end_id: id.to_owned(), district };
    let events = clearance::decide_order_payment(None, command)?;
    unit.record::<Payment>(id, events, unit.at()).await?;
    keep_message(unit, id, "pain.001", true, &bytes).await?;
    unit.send(OutboxRow {
        id: id.to_owned(),
        channel: BANK.into(),
        receiver: bank,
        kind: "pain.001".into(),
        object: Some(ObjectRef::new("payment", id.to_owned())),
        body: bytes,
        due_at: unit.at(),
    });
    Ok(())
}

async fn keep_message(unit: &mut Unit<'_>, payment: &str, kind: &str, sent: bool, bytes: &[u8]) -> Result<(), AppError> {
    let mut known: Vec<BankMessage> = match unit.record_body(MESSAGES, payment).await? {
        Some(body) => serde_json::from_slice(&body).map_err(|e| AppError::Internal(e.to_string()))?,
        None => Vec::new(),
    };
    let sha256 = sha256_hex(bytes);
    known.push(BankMessage { kind: kind.to_owned(), sent, at: unit.at(), sha256: sha256.clone() });
    unit.keep(Blob { sha256, media_type: "application/xml".into(), bytes: bytes.to_vec() });
    unit.write_record(MESSAGES, payment, None, &known)
}

/// Orders the payment of the charges of a delivery order.
#[derive(Clone, Debug, Serialize)]
pub struct PayOrderCharges {
    /// Delivery order id.
    pub id: String,
}

#[async_trait]
impl UseCase for PayOrderCharges {
    const NAME: &'static str = "delivery-order.pay";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        // Read before the order: whoever waives or cancels in between has changed it, and this is decided again.
        let (version, payment) = under_way(unit, &self.id).await?;
        let order_state = unit.authorised::<DeliveryOrder>(Self::NAME, &self.id).await?;
        match order_state.charge_state {
            ChargeState::Unpaid => {}
            ChargeState::NotCharged | ChargeState::Paid { .. } | ChargeState::Waived { .. } => {
                return Err(AppError::invalid("order-charges-settled", "/id", "费用已结清", "the charges are settled"));
            }
        }
        if order_state.phase != OrderPhase::Requested {
            return Err(AppError::Refused(Refusal::new(
                "order-not-requested",
                Self::NAME,
                order_state.status(),
                "提货单已签发或已取消，不能支付费用。",
                "The delivery order is issued or cancelled; its charges are not paid any more.",
            )));
        }
        // One payment under way per order: asking again is answered with it.
        if let Some(payment) = payment {
            return Ok(payment);
        }
        let payment = unit.app.next_id('P', unit.at()).await?;
        let creditor =
            unit.app.organisation(&order_state.carrier_agent).await?.map_or_else(|| order_state.carrier_agent.clone(), |o| o.name.zh);
        let what = format!("换单费 {} / delivery order {}", order_state.bill, self.id);
        let purpose = PaymentPurpose::DeliveryOrder(self.id.clone());
        let payer = unit.ctx.principal.organisation.clone();
        let command = Order { purpose, payer: &payer, amount: order_state.charges, creditor: &creditor, what: &what, district: None };
        order(unit, &payment, command).await?;
        unit.write_record(UNDER_WAY, &self.id, Some(version), &Some(&payment))?;
        Ok(payment)
    }
}

/// The payment of an order's charges that the bank has not answered, with the version of the register entry. Whoever pays, waives or cancels
/// writes that entry under its version, so that of two at once only one is carried out.
async fn under_way(unit: &mut Unit<'_>, order: &str) -> Result<(u64, Option<String>), AppError> {
    let (version, body) = unit.record_versioned(UNDER_WAY, order).await?;
    let known: Option<String> = match body {
        Some(body) => serde_json::from_slice(&body).map_err(|e| AppError::Internal(e.to_string()))?,
        None => None,
    };
    let Some(payment) = known else { return Ok((version, None)) };
    let open = unit.load::<Payment>(&payment).await?.is_some_and(|p| matches!(p.phase, PaymentPhase::Ordered | PaymentPhase::Sent { .. }));
    Ok((version, open.then_some(payment)))
}

/// Nothing is paid for an order any more: its charges are waived or it is cancelled.
///
/// # Errors
/// `order-payment-under-way` while the bank may still move money.
pub(crate) async fn close_charges(unit: &mut Unit<'_>, id: &str, order: &DeliveryOrder) -> Result<(), AppError> {
    match order.charge_state {
        ChargeState::Unpaid => {}
        ChargeState::NotCharged | ChargeState::Paid { .. } | ChargeState::Waived { .. } => return Ok(()),
    }
    let (version, payment) = under_way(unit, id).await?;
    if let Some(payment) = payment {
        return Err(AppError::Refused(Refusal::new(
            "order-payment-under-way",
            "delivery-order.close-charges",
            order.status(),
            format!("支付 {payment} 正在进行，请等待银行答复。"),
            format!("Payment {payment} is under way; wait for the bank's answer."),
        )));
    }
    unit.write_record(UNDER_WAY, id, Some(version), &None::<String>)
}

/// Records what the bank said about a payment.
#[derive(Clone, Debug, Serialize)]
struct RecordReply {
    payment: String,
    answer: BankAnswer,
    #[serde(skip)]
    messages: Vec<(String, Vec<u8>)>,
}

#[async_trait]
impl UseCase for RecordReply {
    const NAME: &'static str = "payment.record-reply";
    type Outcome = String;

    async fn run(&self, unit: &mut Unit<'_>) -> Result<String, AppError> {
        unit.authorise(Self::NAME, &Resource::own("payment"))?;
        let mut state = unit.get::<Payment>(&self.payment).await?;
        if let PaymentPhase::Settled { .. } | PaymentPhase::Failed { .. } = state.phase {
            return Ok(self.payment.clone());
        }
        for (kind, bytes) in &self.messages {
            keep_message(unit, &self.payment, kind, false, bytes).await?;
        }
        if state.phase == PaymentPhase::Ordered {
            let sent = clearance::decide_payment_sent(&state)?;
            unit.record::<Payment>(&self.payment, sent, unit.at()).await?;
            state = unit.get::<Payment>(&self.payment).await?;
        }
        let events = match &self.answer {
            BankAnswer::Settled { reference, amount_fen, at } => {
                let amount = Money::new(*amount_fen, CurrencyCode::CNY);
                clearance::decide_payment_settled(&state, Settled { bank_reference: reference.clone(), at: *at, amount })?
            }
            BankAnswer::Rejected { code, reason } => {
                clearance::decide_payment_failed(&state, Failed { code: code.clone(), reason: reason.clone() })?
            }
            BankAnswer::Pending => Vec::new(),
        };
        unit.record::<Payment>(&self.payment, events, unit.at()).await?;
        Ok(self.payment.clone())
    }
}

impl App {
    /// Sends waiting payment orders to the bank and records its answers. Safe to repeat: the bank knows an order by its end-to-end id, and a
    /// settled payment is not settled again. Returns how many were answered.
    ///
    /// # Errors
    /// The store's fault; what was not recorded is sent again.
    pub async fn deliver_payments(&self, ctx: &Context) -> Result<usize, AppError> {
        let port = self.port().code.clone();
        let query = OutboxQuery {
            channel: Some(BANK.into()),
            state: Some("pending".into()),
            due_by: Some(ctx.at),
            limit: 100,
            ..OutboxQuery::default()
        };
        let page = self.store().outbox(&port, &query).await?;
        let mut answered = 0;
        for item in page.items {
            let retry = usize::try_from(item.attempts).unwrap_or(usize::MAX).min(RETRY_SECONDS.len() - 1);
            let again = Some(ctx.at.plus_millis(RETRY_SECONDS[retry] * 1_000));
            let result = match self.bank().send(&item.row.body).await {
                Err(fault) => Err((fault.to_string(), again)),
                Ok(BankReply { answer: BankAnswer::Pending, .. }) => Err(("pending at the bank".to_owned(), again)),
                Ok(reply) => {
                    let command = RecordReply { payment: item.row.id.clone(), answer: reply.answer, messages: reply.messages };
                    match self.execute(ctx, &command).await {
                        Ok(_) => {
                            answered += 1;
                            Ok(ctx.at)
                        }
                        // An answer that contradicts the order is kept for a person to look at, not retried for ever.
                        Err(AppError::Refused(refusal)) => Err((refusal.to_string(), None)),
                        // One order that cannot be recorded must not keep the others from the bank; it is asked about again.
                        Err(other) => {
                            tracing::error!(payment = %item.row.id, error = %other, "the bank's answer was not recorded");
                            Err((other.to_string(), again))
                        }
                    }
                }
            };
            self.store().outbox_result(&port, &item.row.id, result).await?;
        }
        Ok(answered)
    }

    /// The messages exchanged about a payment, with their text.
    ///
    /// # Errors
    /// The store's fault.
    pub async fn payment_messages(&self, payment: &str) -> Result<Vec<(BankMessage, String)>, AppError> {
        let port = &self.port().code;
        let Some(record) = self.store().record(port, MESSAGES, payment).await? else { return Ok(Vec::new()) };
        let known: Vec<BankMessage> = serde_json::from_slice(&record.body).map_err(|e| AppError::Internal(e.to_string()))?;
        let mut found = Vec::new();
        for message in known {
            let text = self.store().blob(port, &message.sha256).await?.map(|(_, bytes)| String::from_utf8_lossy(&bytes).into_owned());
            found.push((message, text.unwrap_or_default()));
        }
        Ok(found)
    }
}
