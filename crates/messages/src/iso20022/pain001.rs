//! Customer credit transfer initiation (客户贷记划款指令), pain.001.001.09.

use ledger::Timestamp;

use super::{AccountHolder, Amount, read_account, read_amount, read_bank, read_name};
use crate::xml::{self, Document, Fields, Unused, XmlFault};

/// Namespace of this version.
pub const INITIATION_NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";
const ROOT: &str = "CstmrCdtTrfInitn";

/// An order to a bank to pay: one message, one or more debtors, each with one or more transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerCreditTransfer {
    /// Message identification, at most 35 characters, never reused by the same sender.
    pub message_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who sends it, for people.
    pub initiating_party: String,
    /// The orders.
    pub payments: Vec<PaymentInstruction>,
}

/// Transfers from one account on one day (`PmtInf`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentInstruction {
    /// Payment information identification, at most 35 characters.
    pub id: String,
    /// Requested execution date `YYYY-MM-DD`.
    pub execution_date: String,
    /// Who pays.
    pub debtor: AccountHolder,
    /// The transfers.
    pub transfers: Vec<CreditTransfer>,
}

/// One transfer (`CdtTrfTxInf`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditTransfer {
    /// Instruction identification, at most 35 characters.
    pub instruction_id: String,
    /// End-to-end identification, at most 35 characters: comes back in every answer.
    pub end_to_end_id: String,
    /// How much.
    pub amount: Amount,
    /// To whom.
    pub creditor: AccountHolder,
    /// What for, at most 140 characters.
    pub remittance: Option<String>,
}

/// What the sender says the parts amount to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlTotals {
    /// Number of transfers.
    pub transactions: u64,
    /// Sum of all amounts in minor units, whatever the currency; optional in the schema.
    pub sum_minor: Option<i64>,
}

/// An initiation as read, with the totals the sender wrote, which the bank compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitiationRead {
    /// The order.
    pub initiation: CustomerCreditTransfer,
    /// Totals of the group header.
    pub totals: ControlTotals,
    /// Totals of each payment instruction, where written, in order.
    pub payment_totals: Vec<Option<ControlTotals>>,
}

impl ControlTotals {
    /// The totals that these transfers really have; `None` for the sum when it does not fit.
    pub fn of<'a>(transfers: impl Iterator<Item = &'a CreditTransfer>) -> Self {
        let (mut transactions, mut sum) = (0, Some(0i64));
        for transfer in transfers {
            transactions += 1;
            sum = sum.and_then(|s| s.checked_add(transfer.amount.minor));
        }
        Self { transactions, sum_minor: sum }
    }
}

impl CustomerCreditTransfer {
    /// All transfers of all payment instructions.
    pub fn transfers(&self) -> impl Iterator<Item = &CreditTransfer> {
        self.payments.iter().flat_map(|payment| &payment.transfers)
    }

    /// Writes the message with its control totals.
    pub fn write(&self) -> Vec<u8> {
        let mut doc = Document::new(INITIATION_NAMESPACE);
        doc.element(ROOT, |doc| {
            doc.element("GrpHdr", |doc| {
                doc.short("MsgId", &self.message_id, 35);
                doc.leaf("CreDtTm", &self.created_at.to_string());
                write_totals(doc, ControlTotals::of(self.transfers()));
                doc.element("InitgPty", |doc| doc.short("Nm", &self.initiating_party, 140));
            });
            for payment in &self.payments {
                doc.element("PmtInf", |doc| write_payment(doc, payment));
            }
        });
        doc.finish()
    }

    /// Reads the message strictly.
    ///
    /// # Errors
    /// [`XmlFault`] names the first element that is missing, unexpected or not of its type.
    pub fn read(bytes: &[u8]) -> Result<InitiationRead, XmlFault> {
        let root = xml::parse(bytes, INITIATION_NAMESPACE)?;
        let mut message = Fields::new(&root, Unused::Refused).named(ROOT)?;
        let mut header = message.required("GrpHdr")?;
        let message_id = header.required("MsgId")?.text(35)?;
        let created_at = header.required("CreDtTm")?.instant()?;
        let totals = ControlTotals { transactions: header.required("NbOfTxs")?.count()?, sum_minor: read_sum(&mut header)? };
        let initiating_party = read_name(header.required("InitgPty")?)?;
        header.end()?;
        let first = message.required("PmtInf")?;
        let mut payments = Vec::new();
        let mut payment_totals = Vec::new();
        for field in std::iter::once(first).chain(message.repeated("PmtInf")) {
            let (payment, totals) = read_payment(field)?;
            payments.push(payment);
            payment_totals.push(totals);
        }
        message.end()?;
        let initiation = Self { message_id, created_at, initiating_party, payments };
        Ok(InitiationRead { initiation, totals, payment_totals })
    }
}

fn write_totals(doc: &mut Document, totals: ControlTotals) {
    doc.leaf("NbOfTxs", &totals.transactions.to_string());
    if let Some(sum) = totals.sum_minor {
        doc.leaf("CtrlSum", &xml::format_minor(sum));
    }
}

fn write_payment(doc: &mut Document, payment: &PaymentInstruction) {
    doc.short("PmtInfId", &payment.id, 35);
    doc.leaf("PmtMtd", "TRF");
    write_totals(doc, ControlTotals::of(payment.transfers.iter()));
    doc.element("ReqdExctnDt", |doc| doc.leaf("Dt", &payment.execution_date));
    doc.element("Dbtr", |doc| doc.short("Nm", &payment.debtor.name, 140));
    write_account(doc, "DbtrAcct", &payment.debtor.account);
    write_bank(doc, "DbtrAgt", &payment.debtor.bank);
    for transfer in &payment.transfers {
        doc.element("CdtTrfTxInf", |doc| {
            doc.element("PmtId", |doc| {
                doc.short("InstrId", &transfer.instruction_id, 35);
                doc.short("EndToEndId", &transfer.end_to_end_id, 35);
            });
            doc.element("Amt", |doc| doc.amount("InstdAmt", transfer.amount.minor, &transfer.amount.currency));
            write_bank(doc, "CdtrAgt", &transfer.creditor.bank);
            doc.element("Cdtr", |doc| doc.short("Nm", &transfer.creditor.name, 140));
            write_account(doc, "CdtrAcct", &transfer.creditor.account);
            if let Some(remittance) = &transfer.remittance {
                doc.element("RmtInf", |doc| doc.short("Ustrd", remittance, 140));
            }
        });
    }
}

fn write_account(doc: &mut Document, name: &'static str, account: &str) {
    doc.element(name, |doc| doc.element("Id", |doc| doc.element("Othr", |doc| doc.short("Id", account, 34))));
}

fn write_bank(doc: &mut Document, name: &'static str, bank: &str) {
    doc.element(name, |doc| doc.element("FinInstnId", |doc| doc.leaf("BICFI", bank)));
}

fn read_sum(field: &mut Fields<'_>) -> Result<Option<i64>, XmlFault> {
    field.optional("CtrlSum").map(|sum| sum.minor_units()).transpose()
}

fn read_payment(mut field: Fields<'_>) -> Result<(PaymentInstruction, Option<ControlTotals>), XmlFault> {
    let id = field.required("PmtInfId")?.text(35)?;
    let method = field.required("PmtMtd")?;
    if method.text(3)? != "TRF" {
        return Err(method.fault("TRF"));
    }
    let transactions = field.optional("NbOfTxs").map(|count| count.count()).transpose()?;
    let sum_minor = read_sum(&mut field)?;
    let date = field.required_path(&["ReqdExctnDt", "Dt"])?;
    let execution_date = date.text(10)?;
    if format!("{execution_date}T00:00:00Z").parse::<Timestamp>().is_err() {
        return Err(date.fault("a date"));
    }
    let name = read_name(field.required("Dbtr")?)?;
    let account = read_account(field.required("DbtrAcct")?)?;
    let bank = read_bank(field.required("DbtrAgt")?)?;
    let first = field.required("CdtTrfTxInf")?;
    let transfers = std::iter::once(first).chain(field.repeated("CdtTrfTxInf")).map(read_transfer).collect::<Result<_, _>>()?;
    field.end()?;
    let totals = transactions.map(|transactions| ControlTotals { transactions, sum_minor });
    Ok((PaymentInstruction { id, execution_date, debtor: AccountHolder { name, account, bank }, transfers }, totals))
}

fn read_transfer(mut field: Fields<'_>) -> Result<CreditTransfer, XmlFault> {
    let mut ids = field.required("PmtId")?;
    let instruction_id = ids.required("InstrId")?.text(35)?;
    let end_to_end_id = ids.required("EndToEndId")?.text(35)?;
    ids.end()?;
    let amount = read_amount(&field.required_path(&["Amt", "InstdAmt"])?)?;
    let bank = read_bank(field.required("CdtrAgt")?)?;
    let name = read_name(field.required("Cdtr")?)?;
    let account = read_account(field.required("CdtrAcct")?)?;
    let remittance = match field.optional("RmtInf") {
        None => None,
        Some(mut info) => {
            let text = info.required("Ustrd")?.text(140)?;
            info.end()?;
            Some(text)
        }
    };
    field.end()?;
    Ok(CreditTransfer { instruction_id, end_to_end_id, amount, creditor: AccountHolder { name, account, bank }, remittance })
}
