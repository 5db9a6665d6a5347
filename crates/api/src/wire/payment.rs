//! Payments.

use app::AppError;
use app::reading::Seen;
use clearance::{Payment as State, PaymentPhase, PaymentPurpose};
use ledger::Aggregate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Instant, Money, Org, Text};
use crate::state::Api;
use crate::texts;

/// A message exchanged with the bank.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BankMessage {
    /// `pain.001`, `pain.002` or `camt.054` (ISO 20022).
    pub kind: String,
    /// When.
    pub at: Instant,
    /// `in` or `out`.
    pub direction: String,
    /// XML.
    pub body: String,
}

/// A payment (支付).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Payment {
    /// Id; also the end-to-end id at the bank.
    pub id: String,
    /// `duty-notice` or `delivery-order`.
    pub purpose: String,
    /// What is paid for.
    pub object: String,
    /// Who pays.
    pub payer: Org,
    /// How much.
    pub amount: Money,
    /// Bank; says so when it is a sandbox.
    pub bank: String,
    /// State.
    pub status: String,
    /// State in words.
    pub status_text: Text,
    /// When it was ordered.
    pub ordered_at: Instant,
    /// When it was settled.
    pub settled_at: Option<Instant>,
    /// The bank's reference.
    pub bank_reference: Option<String>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Messages exchanged; empty in lists.
    pub messages: Vec<BankMessage>,
    /// Version.
    pub version: u64,
}

impl Api {
    /// A payment; with its messages when one asks for it alone.
    pub async fn payment(&self, seen: Seen<State>, with_messages: bool) -> Result<Payment, AppError> {
        let state = seen.state;
        let messages = if with_messages { self.app.payment_messages(&seen.id).await? } else { Vec::new() };
        let (purpose, object) = match &state.purpose {
            PaymentPurpose::DutyNotice(id) => ("duty-notice", id.clone()),
            PaymentPurpose::DeliveryOrder(id) => ("delivery-order", id.clone()),
        };
        let (settled_at, bank_reference, failure) = match &state.phase {
            PaymentPhase::Ordered | PaymentPhase::Sent { .. } => (None, None, None),
            PaymentPhase::Settled { bank_reference, at } => (Some((*at).into()), Some(bank_reference.clone()), None),
            PaymentPhase::Failed { code, reason, .. } => (None, None, Some(format!("{code} {reason}"))),
        };
        Ok(Payment {
            purpose: purpose.to_owned(),
            object,
            payer: self.org(&state.payer).await?,
            amount: state.amount.into(),
            status: state.status().to_owned(),
            status_text: texts::status(State::KIND, state.status()),
            ordered_at: state.ordered_at.into(),
            settled_at,
            bank_reference,
            failure,
            messages: messages
                .into_iter()
                .map(|(message, body)| BankMessage {
                    kind: message.kind,
                    at: message.at.into(),
                    direction: if message.sent { "out".into() } else { "in".into() },
                    body,
                })
                .collect(),
            bank: state.bank,
            id: seen.id,
            version: seen.version,
        })
    }
}
