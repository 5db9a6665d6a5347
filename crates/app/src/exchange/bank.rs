//! The bank: orders to it, and what it answers.

use ledger::Timestamp;
use serde::{Deserialize, Serialize};

/// An order to the bank (付款指令).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentOrder {
    /// Payment id; also the end-to-end id that the bank returns.
    pub payment: String,
    /// Amount in fen.
    pub amount_fen: i64,
    /// Payer's name.
    pub debtor: String,
    /// Receiver's name.
    pub creditor: String,
    /// What it is for.
    pub purpose: String,
    /// When it was ordered.
    pub at: Timestamp,
}

/// What the bank said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum BankAnswer {
    /// Paid.
    Settled {
        /// The bank's reference.
        reference: String,
        /// Amount credited, fen.
        amount_fen: i64,
        /// When.
        at: Timestamp,
    },
    /// Not paid.
    Rejected {
        /// ISO 20022 reason code.
        code: String,
        /// In words.
        reason: String,
    },
    /// Not decided yet; ask again.
    Pending,
}

/// A reply of the bank with the messages that carried it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankReply {
    /// Messages received: (kind such as `pain.002`, bytes).
    pub messages: Vec<(String, Vec<u8>)>,
    /// What they say.
    pub answer: BankAnswer,
}

/// The bank could not be reached or understood; the order is sent again later.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the bank did not answer: {0}")]
pub struct BankFault(pub String);

/// A bank that speaks ISO 20022.
#[async_trait::async_trait]
pub trait Bank: Send + Sync {
    /// Name shown to payers; says so when it is a sandbox.
    fn name(&self) -> &str;
    /// Is it a sandbox counterpart?
    fn is_sandbox(&self) -> bool;
    /// Writes the order as pain.001.
    fn write(&self, order: &PaymentOrder) -> Vec<u8>;
    /// Sends it and reads the reply. Sending the same order twice must not pay twice: the end-to-end id is the same.
    async fn send(&self, pain001: &[u8]) -> Result<BankReply, BankFault>;
}
