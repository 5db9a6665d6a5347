//! Bank to customer credit notification (入账通知), camt.054.001.08.

use ledger::Timestamp;

use super::{Amount, read_amount};
use crate::xml::{self, Document, Fields, Unused, XmlFault};

/// Namespace of this version.
pub const CREDIT_NOTIFICATION_NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:camt.054.001.08";
const ROOT: &str = "BkToCstmrDbtCdtNtfctn";

/// Tells the creditor what was booked on its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditNotification {
    /// Message identification.
    pub message_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Remark of the group header, such as the label of a sandbox.
    pub remark: Option<String>,
    /// Account credited.
    pub account: String,
    /// The entries, all of them credits and booked.
    pub entries: Vec<CreditEntry>,
}

/// One credit booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditEntry {
    /// Amount credited.
    pub amount: Amount,
    /// When it was booked.
    pub booked_at: Timestamp,
    /// The bank's own reference.
    pub bank_reference: String,
    /// End-to-end identification of the transfer.
    pub end_to_end_id: String,
    /// Remittance text carried along.
    pub remittance: Option<String>,
}

impl CreditNotification {
    /// Writes the notification.
    pub fn write(&self) -> Vec<u8> {
        let mut doc = Document::new(CREDIT_NOTIFICATION_NAMESPACE);
        doc.element(ROOT, |doc| {
            doc.element("GrpHdr", |doc| {
                doc.short("MsgId", &self.message_id, 35);
                doc.leaf("CreDtTm", &self.created_at.to_string());
                if let Some(remark) = &self.remark {
                    doc.short("AddtlInf", remark, 500);
                }
            });
            doc.element("Ntfctn", |doc| {
                doc.short("Id", &self.message_id, 35);
                doc.leaf("CreDtTm", &self.created_at.to_string());
                doc.element("Acct", |doc| {
                    doc.element("Id", |doc| doc.element("Othr", |doc| doc.short("Id", &self.account, 34)));
                });
                for entry in &self.entries {
                    doc.element("Ntry", |doc| write_entry(doc, entry));
                }
            });
        });
        doc.finish()
    }

    /// Reads a notification with exactly one account; parts of the schema that are not needed are passed over. An entry that is a
    /// debit or not yet booked is a fault: nothing may be counted as paid because of it.
    ///
    /// # Errors
    /// [`XmlFault`] names the first element that is missing or not of its type.
    pub fn read(bytes: &[u8]) -> Result<Self, XmlFault> {
        let root = xml::parse(bytes, CREDIT_NOTIFICATION_NAMESPACE)?;
        let mut message = Fields::new(&root, Unused::Passed).named(ROOT)?;
        let mut header = message.required("GrpHdr")?;
        let message_id = header.required("MsgId")?.text(35)?;
        let created_at = header.required("CreDtTm")?.instant()?;
        let remark = header.optional("AddtlInf").map(|text| text.text(500)).transpose()?;
        let mut notification = message.required("Ntfctn")?;
        if message.optional("Ntfctn").is_some() {
            return Err(XmlFault::Unexpected { path: format!("{ROOT}/Ntfctn[2]") });
        }
        notification.required("Id")?.text(35)?;
        let account = notification.required_path(&["Acct", "Id", "Othr", "Id"])?.text(34)?;
        let entries = notification.repeated("Ntry").into_iter().map(read_entry).collect::<Result<_, _>>()?;
        Ok(Self { message_id, created_at, remark, account, entries })
    }
}

fn write_entry(doc: &mut Document, entry: &CreditEntry) {
    doc.amount("Amt", entry.amount.minor, &entry.amount.currency);
    doc.leaf("CdtDbtInd", "CRDT");
    doc.element("Sts", |doc| doc.leaf("Cd", "BOOK"));
    doc.element("BookgDt", |doc| doc.leaf("DtTm", &entry.booked_at.to_string()));
    doc.short("AcctSvcrRef", &entry.bank_reference, 35);
    // Payments, received credit transfer, domestic: the domain codes of the external code set.
    doc.element("BkTxCd", |doc| {
        doc.element("Domn", |doc| {
            doc.leaf("Cd", "PMNT");
            doc.element("Fmly", |doc| {
                doc.leaf("Cd", "RCDT");
                doc.leaf("SubFmlyCd", "DMCT");
            });
        });
    });
    doc.element("NtryDtls", |doc| {
        doc.element("TxDtls", |doc| {
            doc.element("Refs", |doc| doc.short("EndToEndId", &entry.end_to_end_id, 35));
            doc.amount("Amt", entry.amount.minor, &entry.amount.currency);
            doc.leaf("CdtDbtInd", "CRDT");
            if let Some(remittance) = &entry.remittance {
                doc.element("RmtInf", |doc| doc.short("Ustrd", remittance, 140));
            }
        });
    });
}

fn read_entry(mut field: Fields<'_>) -> Result<CreditEntry, XmlFault> {
    let amount = read_amount(&field.required("Amt")?)?;
    expect(&field.required("CdtDbtInd")?, "CRDT")?;
    expect(&field.required_path(&["Sts", "Cd"])?, "BOOK")?;
    let booked_at = field.required_path(&["BookgDt", "DtTm"])?.instant()?;
    let bank_reference = field.required("AcctSvcrRef")?.text(35)?;
    let mut details = field.required_path(&["NtryDtls", "TxDtls"])?;
    let end_to_end_id = details.required_path(&["Refs", "EndToEndId"])?.text(35)?;
    let remittance = match details.optional("RmtInf").and_then(|mut info| info.optional("Ustrd")) {
        Some(text) => Some(text.text(140)?),
        None => None,
    };
    Ok(CreditEntry { amount, booked_at, bank_reference, end_to_end_id, remittance })
}

fn expect(field: &Fields<'_>, code: &'static str) -> Result<(), XmlFault> {
    if field.text(4)? == code { Ok(()) } else { Err(field.fault(code)) }
}
