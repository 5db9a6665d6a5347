//! The application's [`Bank`]: a sandbox that answers at once, and a real one behind an HTTP gateway. Both speak the same messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use app::exchange::{Bank, BankAnswer, BankFault, BankReply, PaymentOrder};
use ledger::Timestamp;

use crate::iso20022::{
    AccountHolder, Amount, CreditNotification, CreditTransfer, CustomerCreditTransfer, DOCUMENT_BYTES_MAX, PaymentInstruction,
    PaymentStatusReport, TransactionState, TransactionStatus,
};
use crate::sandbox_bank::{self, ACCOUNT_PREFIX, EMPTY_ACCOUNT_SUFFIX, fnv1a};

/// Longest wait for the bank's gateway, in seconds.
pub const GATEWAY_TIMEOUT_SECONDS: u64 = 20;
/// Most settled transfers that the sandbox keeps in mind. One that is forgotten is answered the same when it comes again.
pub const SANDBOX_MEMORY_MAX: usize = 100_000;

/// BIC of the sandbox: `ZZ` is no country, so no bank has it.
const SANDBOX_BIC: &str = "SNDBZZZZ";

/// A clock given by the assembly.
pub type BankClock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The sandbox counterpart (沙箱银行): no money moves, everything else is real.
pub struct SandboxBank {
    name: String,
    clock: BankClock,
    empty: Vec<String>,
    settled: Mutex<BTreeMap<String, String>>,
}

impl SandboxBank {
    /// A sandbox bank with the name that payers see.
    pub fn new(name: String, clock: BankClock) -> Self {
        Self { name, clock, empty: Vec::new(), settled: Mutex::new(BTreeMap::new()) }
    }

    /// Gives these payers an account without money, so that a failed payment can be tried.
    #[must_use]
    pub fn with_empty_accounts(mut self, payers: Vec<String>) -> Self {
        self.empty = payers;
        self
    }
}

#[async_trait::async_trait]
impl Bank for SandboxBank {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_sandbox(&self) -> bool {
        true
    }

    fn write(&self, order: &PaymentOrder) -> Vec<u8> {
        let account = |name: &str| format!("{ACCOUNT_PREFIX}{:012}1", fnv1a(name) % 1_000_000_000_000);
        let debtor = if self.empty.iter().any(|payer| payer == &order.debtor) {
            format!("{ACCOUNT_PREFIX}{:09}{EMPTY_ACCOUNT_SUFFIX}", fnv1a(&order.debtor) % 1_000_000_000)
        } else {
            account(&order.debtor)
        };
        initiation(order, "SANDBOX Fairway", debtor, account(&order.creditor), SANDBOX_BIC)
    }

    async fn send(&self, pain001: &[u8]) -> Result<BankReply, BankFault> {
        let mut settled = self.settled.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = sandbox_bank::answer(pain001, (self.clock)(), &settled);
        for (end_to_end_id, reference) in &answer.settled {
            if settled.len() >= SANDBOX_MEMORY_MAX {
                settled.pop_first();
            }
            settled.insert(end_to_end_id.clone(), reference.clone());
        }
        drop(settled);
        let documents = std::iter::once(answer.pain002).chain(answer.camt054).collect();
        conclude(pain001, documents)
    }
}

/// A real bank behind a gateway that takes pain.001 by HTTP POST and answers with pain.002 and, once credited, camt.054.
///
/// The body of the reply is one or more XML documents one after another, each beginning with `<?xml`. Nothing else is agreed:
/// authentication, signing and accounts are the gateway's business, which knows the payer by name.
pub struct HttpBank {
    url: String,
    name: String,
}

impl HttpBank {
    /// A bank at this address, with the name that payers see.
    pub fn new(url: String, name: String) -> Self {
        Self { url, name }
    }
}

#[async_trait::async_trait]
impl Bank for HttpBank {
    fn name(&self) -> &str {
        &self.name
    }

    fn is_sandbox(&self) -> bool {
        false
    }

    fn write(&self, order: &PaymentOrder) -> Vec<u8> {
        // The gateway fills in accounts and bank codes; the schema wants something in their place.
        initiation(order, "Fairway", "NOTPROVIDED".to_owned(), "NOTPROVIDED".to_owned(), SANDBOX_BIC)
    }

    async fn send(&self, pain001: &[u8]) -> Result<BankReply, BankFault> {
        let (url, body) = (self.url.clone(), pain001.to_vec());
        let exchanged = tokio::task::spawn_blocking(move || post(&url, &body)).await;
        let reply = exchanged.map_err(|fault| BankFault(fault.to_string()))??;
        conclude(pain001, split_documents(&reply))
    }
}

fn post(url: &str, body: &[u8]) -> Result<Vec<u8>, BankFault> {
    let agent = ureq::Agent::from(ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(GATEWAY_TIMEOUT_SECONDS))).build());
    let sent = agent.post(url).content_type("application/xml").send(body);
    let mut reply = sent.map_err(|fault| BankFault(fault.to_string()))?;
    let limit = u64::try_from(DOCUMENT_BYTES_MAX).unwrap_or(u64::MAX);
    reply.body_mut().with_config().limit(limit).read_to_vec().map_err(|fault| BankFault(fault.to_string()))
}

/// Cuts a body into its XML documents.
fn split_documents(body: &[u8]) -> Vec<Vec<u8>> {
    const HEAD: &[u8] = b"<?xml";
    let starts: Vec<usize> = body.windows(HEAD.len()).enumerate().filter(|(_, window)| *window == HEAD).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([body.len()]);
    let documents: Vec<_> = starts.iter().zip(ends).filter_map(|(&start, end)| body.get(start..end)).map(<[u8]>::to_vec).collect();
    if documents.is_empty() { vec![body.to_vec()] } else { documents }
}

fn initiation(order: &PaymentOrder, sender: &str, debtor_account: String, creditor_account: String, bank: &str) -> Vec<u8> {
    let holder = |name: &str, account: String| AccountHolder { name: name.to_owned(), account, bank: bank.to_owned() };
    let transfer = CreditTransfer {
        instruction_id: order.payment.clone(),
        end_to_end_id: order.payment.clone(),
        amount: Amount { minor: order.amount_fen, currency: "CNY".to_owned() },
        creditor: holder(&order.creditor, creditor_account),
        remittance: Some(order.purpose.clone()).filter(|purpose| !purpose.trim().is_empty()),
    };
    let payment = PaymentInstruction {
        id: order.payment.clone(),
        execution_date: order.at.day(0),
        debtor: holder(&order.debtor, debtor_account),
        transfers: vec![transfer],
    };
    let message = CustomerCreditTransfer {
        message_id: format!("FW-{}", order.payment),
        created_at: order.at,
        initiating_party: sender.to_owned(),
        payments: vec![payment],
    };
    message.write()
}

/// Reads the bank's documents and says what became of the one transfer of an order.
///
/// Settled needs two statements: the status report says so, and a credit notification credits the creditor with the same amount under the same
/// end-to-end identification. A settled status without its credit is still pending.
fn conclude(pain001: &[u8], documents: Vec<Vec<u8>>) -> Result<BankReply, BankFault> {
    let unreadable = |what: &str, fault: &dyn std::fmt::Display| BankFault(format!("{what}: {fault}"));
    let order = CustomerCreditTransfer::read(pain001).map_err(|fault| unreadable("pain.001", &fault))?.initiation;
    let transfer = order.transfers().next().ok_or_else(|| BankFault("the order has no transfer".to_owned()))?;
    let (mut reports, mut notifications, mut messages) = (Vec::new(), Vec::new(), Vec::new());
    for document in documents {
        let kind = match PaymentStatusReport::read(&document) {
            Ok(report) => {
                reports.push(report);
                "pain.002"
            }
            Err(fault) => {
                notifications.push(CreditNotification::read(&document).map_err(|other| {
                    let text = format!("neither pain.002 ({fault}) nor camt.054 ({other})");
                    BankFault(text)
                })?);
                "camt.054"
            }
        };
        messages.push((kind.to_owned(), document));
    }
    let report =
        reports.iter().find(|report| report.original_message_id == order.message_id || report.original_message_id == "NOTPROVIDED");
    let report = report.ok_or_else(|| BankFault("no status report answers this order".to_owned()))?;
    let status = report.transactions.iter().find(|status| status.end_to_end_id == transfer.end_to_end_id);
    let answer = match (status, &report.group_reason) {
        (Some(status), _) => match status.state {
            TransactionState::Settled => settled(status, transfer, &notifications),
            TransactionState::Pending => BankAnswer::Pending,
            TransactionState::Rejected => rejected(status.reason.as_ref()),
        },
        (None, reason) => match report.group {
            crate::iso20022::GroupStatus::Rejected => rejected(reason.as_ref()),
            crate::iso20022::GroupStatus::Settled | crate::iso20022::GroupStatus::Partly | crate::iso20022::GroupStatus::Pending => {
                BankAnswer::Pending
            }
        },
    };
    Ok(BankReply { messages, answer })
}

fn settled(status: &TransactionStatus, transfer: &CreditTransfer, notifications: &[CreditNotification]) -> BankAnswer {
    let entries = notifications
        .iter()
        .filter(|notification| notification.account == transfer.creditor.account || transfer.creditor.account == "NOTPROVIDED");
    let credit = entries
        .flat_map(|notification| &notification.entries)
        .find(|entry| entry.end_to_end_id == status.end_to_end_id && entry.amount == transfer.amount);
    match credit {
        Some(entry) => BankAnswer::Settled { reference: entry.bank_reference.clone(), amount_fen: entry.amount.minor, at: entry.booked_at },
        None => BankAnswer::Pending,
    }
}

fn rejected(reason: Option<&crate::iso20022::StatusReason>) -> BankAnswer {
    let code = reason.map_or_else(|| "NARR".to_owned(), |reason| reason.code.clone());
    let text = reason.and_then(|reason| reason.text.clone()).unwrap_or_else(|| "the bank gave no reason".to_owned());
    BankAnswer::Rejected { code, reason: text }
}
