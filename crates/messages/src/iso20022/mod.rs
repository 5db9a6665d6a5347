//! Payment messages (支付报文) of ISO 20022, as far as paying duty and charges needs them.
//!
//! | Message | What | Direction |
//! |---|---|---|
//! | [`pain.001.001.09`](CustomerCreditTransfer) | customer credit transfer initiation (客户贷记划款指令) | platform → bank |
//! | [`pain.002.001.10`](PaymentStatusReport) | payment status report (支付状态报告) | bank → platform |
//! | [`camt.054.001.08`](CreditNotification) | bank to customer credit notification (入账通知) | bank → platform |
//!
//! The instruction is read strictly: every element in schema order, nothing that is not understood, since the bank
//! must do all of it or none. The bank's answers may use more of the schema than is needed; what is needed is checked
//! as strictly, the rest is passed over. Source of element names, order and lengths: ISO 20022 message definition
//! reports pain.001.001.09, pain.002.001.10 (2019) and camt.054.001.08 (2019), from general knowledge, 2026-11-22;
//! validate against the official schemas before connecting a bank.
//!
//! Accounts are `Othr/Id` (China has no IBAN) and synthetic here. Amounts are minor units of a currency with two decimals.

mod camt054;
mod pain001;
mod pain002;

pub use crate::xml::{DEPTH_MAX, DOCUMENT_BYTES_MAX, ELEMENTS_MAX, XmlFault};
pub use camt054::{CREDIT_NOTIFICATION_NAMESPACE, CreditEntry, CreditNotification};
pub use pain001::{ControlTotals, CreditTransfer, CustomerCreditTransfer, INITIATION_NAMESPACE, InitiationRead, PaymentInstruction};
pub use pain002::{GroupStatus, PaymentStatusReport, STATUS_REPORT_NAMESPACE, StatusReason, TransactionState, TransactionStatus};

use crate::xml::Fields;
use serde::{Deserialize, Serialize};

/// An amount in minor units (分) with its ISO 4217 currency, as it stands in a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    /// Minor units, two decimals.
    pub minor: i64,
    /// Currency code of three capitals.
    pub currency: String,
}

/// A party with its account and the bank that keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountHolder {
    /// Name, at most 140 characters.
    pub name: String,
    /// Account number (账号), at most 34 characters.
    pub account: String,
    /// Business identifier code of the bank (BIC, 银行识别代码), 8 or 11 characters.
    pub bank: String,
}

fn read_amount(field: &Fields<'_>) -> Result<Amount, XmlFault> {
    let currency = field.attribute("Ccy")?;
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(XmlFault::Value { path: "@Ccy".to_owned(), found: currency.chars().take(20).collect(), expected: "three capitals" });
    }
    Ok(Amount { minor: field.minor_units()?, currency: currency.to_owned() })
}

fn read_account(mut field: Fields<'_>) -> Result<String, XmlFault> {
    let account = field.required_path(&["Id", "Othr", "Id"])?.text(34)?;
    field.optional("Ccy").map(|currency| currency.text(3)).transpose()?;
    field.end()?;
    Ok(account)
}

fn read_bank(mut field: Fields<'_>) -> Result<String, XmlFault> {
    let code = field.required_path(&["FinInstnId", "BICFI"])?;
    let bank = code.text(11)?;
    let (head, tail) = bank.split_at_checked(6).unwrap_or(("", ""));
    let shape = matches!(bank.len(), 8 | 11)
        && head.bytes().all(|b| b.is_ascii_uppercase())
        && tail.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if !shape {
        return Err(code.fault("a BIC of 8 or 11 characters"));
    }
    field.end()?;
    Ok(bank)
}

fn read_name(mut field: Fields<'_>) -> Result<String, XmlFault> {
    let name = field.required("Nm")?.text(140)?;
    field.end()?;
    Ok(name)
}
