//! A bank of the sandbox (沙箱银行): the counterpart that answers payment orders where no real bank is connected.
//!
//! It reads the same bytes a bank would, checks them as a bank would, and answers with a status report and, when money
//! moved, a credit notification. Every answer is labelled `SANDBOX`. No money exists, no account is kept: what it must
//! remember, which transfer settled under an end-to-end identification, is given to it and comes back as news.
//! An order sent again is answered as before, with the same reference; another transfer under the same identification is refused.
//!
//! | Rule | Reason code |
//! |---|---|
//! | not a readable pain.001.001.09 | `FF01`, whole group |
//! | number of transfers differs from the header or payment | `AM18`, whole group |
//! | control sum differs | `AM10`, whole group |
//! | end-to-end identification settled for another transfer | `AM05` |
//! | currency is not CNY | `AM03` |
//! | amount is zero | `AM09` |
//! | debtor's account is not a sandbox account ([`ACCOUNT_PREFIX`]) | `AC01` |
//! | creditor's account is not a sandbox account | `AC03` |
//! | debtor's account ends in [`EMPTY_ACCOUNT_SUFFIX`] | `AM04`, insufficient funds |
//!
//! Reason codes: ISO 20022 external status reason code set, from general knowledge, 2026-11-22.

use std::collections::BTreeMap;

use ledger::Timestamp;

use crate::iso20022::{
    AccountHolder, Amount, ControlTotals, CreditEntry, CreditNotification, CreditTransfer, CustomerCreditTransfer, GroupStatus,
    InitiationRead, PaymentInstruction, PaymentStatusReport, StatusReason, TransactionState, TransactionStatus,
};

/// What accounts of the sandbox begin with.
pub const ACCOUNT_PREFIX: &str = "TEST";
/// Debtor accounts that end so have no money: the way to try a failed payment.
pub const EMPTY_ACCOUNT_SUFFIX: &str = "0000";
/// How the bank names itself in every answer.
pub const NAME: &str = "SANDBOX bank (no real money) 沙箱银行";

/// What the sandbox bank answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SandboxAnswer {
    /// Status report, pain.002.001.10; always given.
    pub pain002: Vec<u8>,
    /// Credit notifications, camt.054.001.08: one for each creditor's account that was credited, in order of the account.
    pub camt054: Vec<Vec<u8>>,
    /// Settled now: end-to-end identification and the bank's reference, to be remembered and given as `seen` next time.
    pub settled: Vec<(String, String)>,
}

/// Answers a payment order. `at` is the bank's clock; `seen` the references of what settled before, by end-to-end identification.
pub fn answer(pain001: &[u8], at: Timestamp, seen: &BTreeMap<String, String>) -> SandboxAnswer {
    let read = match CustomerCreditTransfer::read(pain001) {
        Ok(read) => read,
        Err(fault) => return refuse_group("NOTPROVIDED", reason("FF01", fault.to_string()), at),
    };
    if let Some(fault) = totals_fault(&read) {
        return refuse_group(&read.initiation.message_id, fault, at);
    }
    let order = &read.initiation;
    let mut taken = seen.clone();
    let mut transactions = Vec::new();
    let mut credits: BTreeMap<&str, Vec<CreditEntry>> = BTreeMap::new();
    let mut settled = Vec::new();
    for (payment, transfer) in order.payments.iter().flat_map(|payment| payment.transfers.iter().map(move |transfer| (payment, transfer))) {
        let reference = bank_reference(&payment.debtor, transfer);
        let refusal = refusal(&payment.debtor, transfer, &reference, &taken);
        let bank_reference = refusal.is_none().then_some(reference);
        if let Some(reference) = &bank_reference {
            taken.insert(transfer.end_to_end_id.clone(), reference.clone());
            settled.push((transfer.end_to_end_id.clone(), reference.clone()));
            credits.entry(&transfer.creditor.account).or_default().push(CreditEntry {
                amount: transfer.amount.clone(),
                booked_at: at,
                bank_reference: reference.clone(),
                end_to_end_id: transfer.end_to_end_id.clone(),
                remittance: transfer.remittance.clone(),
            });
        }
        transactions.push(status(payment, transfer, refusal, bank_reference));
    }
    let group = match (settled.len(), transactions.len()) {
        (0, _) => GroupStatus::Rejected,
        (some, all) if some == all => GroupStatus::Settled,
        _ => GroupStatus::Partly,
    };
    let camt054 = credits.into_iter().map(|(account, entries)| notification(&order.message_id, account, entries, at)).collect();
    let report = PaymentStatusReport {
        message_id: message_id("ST", &order.message_id),
        created_at: at,
        initiating_party: NAME.to_owned(),
        original_message_id: order.message_id.clone(),
        group,
        group_reason: None,
        transactions,
    };
    SandboxAnswer { pain002: report.write(), camt054, settled }
}

fn totals_fault(read: &InitiationRead) -> Option<StatusReason> {
    let compare = |told: ControlTotals, real: ControlTotals, place: &str| {
        if told.transactions != real.transactions {
            let text = format!("{place}: NbOfTxs {} but {} transfers", told.transactions, real.transactions);
            return Some(reason("AM18", text));
        }
        let differs = told.sum_minor.is_some_and(|sum| Some(sum) != real.sum_minor);
        differs.then(|| reason("AM10", format!("{place}: CtrlSum differs from the sum of the amounts")))
    };
    let group = compare(read.totals, ControlTotals::of(read.initiation.transfers()), "GrpHdr");
    group.or_else(|| {
        let pairs = read.initiation.payments.iter().zip(&read.payment_totals);
        pairs
            .filter_map(|(payment, told)| told.map(|told| (payment, told)))
            .find_map(|(payment, told)| compare(told, ControlTotals::of(payment.transfers.iter()), &payment.id))
    })
}

fn refusal(debtor: &AccountHolder, transfer: &CreditTransfer, reference: &str, taken: &BTreeMap<String, String>) -> Option<StatusReason> {
    if taken.get(&transfer.end_to_end_id).is_some_and(|before| before != reference) {
        return Some(reason("AM05", "another transfer was settled under this end-to-end identification 重复支付".to_owned()));
    }
    if transfer.amount.currency != "CNY" {
        return Some(reason("AM03", format!("currency {} is not accepted, only CNY", transfer.amount.currency)));
    }
    if transfer.amount.minor <= 0 {
        return Some(reason("AM09", "the amount must be above zero 金额须大于零".to_owned()));
    }
    if !debtor.account.starts_with(ACCOUNT_PREFIX) {
        return Some(reason("AC01", format!("debtor account is no sandbox account ({ACCOUNT_PREFIX}…)")));
    }
    if !transfer.creditor.account.starts_with(ACCOUNT_PREFIX) {
        return Some(reason("AC03", format!("creditor account is no sandbox account ({ACCOUNT_PREFIX}…)")));
    }
    debtor.account.ends_with(EMPTY_ACCOUNT_SUFFIX).then(|| reason("AM04", "insufficient funds 余额不足".to_owned()))
}

fn status(
    payment: &PaymentInstruction,
    transfer: &CreditTransfer,
    reason: Option<StatusReason>,
    bank_reference: Option<String>,
) -> TransactionStatus {
    TransactionStatus {
        payment_information_id: payment.id.clone(),
        end_to_end_id: transfer.end_to_end_id.clone(),
        state: if reason.is_none() { TransactionState::Settled } else { TransactionState::Rejected },
        reason,
        bank_reference,
    }
}

fn notification(original: &str, account: &str, entries: Vec<CreditEntry>, at: Timestamp) -> Vec<u8> {
    let message = CreditNotification {
        message_id: message_id("CR", &format!("{original}/{account}")),
        created_at: at,
        remark: Some(NAME.to_owned()),
        account: account.to_owned(),
        entries,
    };
    message.write()
}

fn refuse_group(original: &str, group_reason: StatusReason, at: Timestamp) -> SandboxAnswer {
    let report = PaymentStatusReport {
        message_id: message_id("ST", &format!("{original}/{}/{}", group_reason.code, at.millis())),
        created_at: at,
        initiating_party: NAME.to_owned(),
        original_message_id: original.to_owned(),
        group: GroupStatus::Rejected,
        group_reason: Some(group_reason),
        transactions: Vec::new(),
    };
    SandboxAnswer { pain002: report.write(), camt054: Vec::new(), settled: Vec::new() }
}

fn reason(code: &str, text: String) -> StatusReason {
    StatusReason { code: code.to_owned(), text: Some(text.chars().take(105).collect()) }
}

/// The same for the same transfer whenever it comes: no counter is kept here, and a bank that was restarted still knows it.
fn bank_reference(debtor: &AccountHolder, transfer: &CreditTransfer) -> String {
    let AccountHolder { account, .. } = debtor;
    let Amount { minor, currency } = &transfer.amount;
    format!("SANDBOX{:016X}", fnv1a(&format!("{account}/{}/{minor}{currency}/{}", transfer.creditor.account, transfer.end_to_end_id)))
}

fn message_id(kind: &str, original: &str) -> String {
    format!("SANDBOX-{kind}-{:016X}", fnv1a(original))
}

/// FNV-1a, 64 bit: spreads identifiers; nothing depends on it being hard to invert.
pub(crate) fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
