//! Payment status report (支付状态报告), pain.002.001.10.

use ledger::Timestamp;

use crate::xml::{self, Document, Fields, Unused, XmlFault};

/// Namespace of this version.
pub const STATUS_REPORT_NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.10";
const ROOT: &str = "CstmrPmtStsRpt";

/// What the bank did with an initiation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentStatusReport {
    /// Message identification of the report.
    pub message_id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who reports, for people.
    pub initiating_party: String,
    /// Message identification of the initiation; `NOTPROVIDED` when it could not be read.
    pub original_message_id: String,
    /// Status of the whole.
    pub group: GroupStatus,
    /// Why, for the whole.
    pub group_reason: Option<StatusReason>,
    /// Payment information identification and status of each transfer.
    pub transactions: Vec<TransactionStatus>,
}

/// Status of an initiation as a whole (`GrpSts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupStatus {
    /// `ACSC`: every transfer is settled.
    Settled,
    /// `PART`: some are, some are not.
    Partly,
    /// `RJCT`: none is.
    Rejected,
    /// `PDNG` or another status on the way.
    Pending,
}

/// Status of one transfer (`TxSts`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionState {
    /// `ACSC`: settled on the debtor's account.
    Settled,
    /// `RJCT`: refused.
    Rejected,
    /// `PDNG` or another status on the way.
    Pending,
}

/// A reason code of the external code set, with words (`StsRsnInf`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusReason {
    /// Code of four characters, such as `AM04`.
    pub code: String,
    /// In words, at most 105 characters.
    pub text: Option<String>,
}

/// What became of one transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionStatus {
    /// Payment information identification of the original.
    pub payment_information_id: String,
    /// End-to-end identification of the original.
    pub end_to_end_id: String,
    /// Its state.
    pub state: TransactionState,
    /// Why, when refused.
    pub reason: Option<StatusReason>,
    /// The bank's own reference, when settled.
    pub bank_reference: Option<String>,
}

impl GroupStatus {
    const fn code(self) -> &'static str {
        match self {
            Self::Settled => "ACSC",
            Self::Partly => "PART",
            Self::Rejected => "RJCT",
            Self::Pending => "PDNG",
        }
    }
}

impl TransactionState {
    const fn code(self) -> &'static str {
        match self {
            Self::Settled => "ACSC",
            Self::Rejected => "RJCT",
            Self::Pending => "PDNG",
        }
    }
}

impl PaymentStatusReport {
    /// Writes the report. Consecutive transfers of one payment information stand in one `OrgnlPmtInfAndSts`.
    pub fn write(&self) -> Vec<u8> {
        let mut doc = Document::new(STATUS_REPORT_NAMESPACE);
        doc.element(ROOT, |doc| {
            doc.element("GrpHdr", |doc| {
                doc.short("MsgId", &self.message_id, 35);
                doc.leaf("CreDtTm", &self.created_at.to_string());
                doc.element("InitgPty", |doc| doc.short("Nm", &self.initiating_party, 140));
            });
            doc.element("OrgnlGrpInfAndSts", |doc| {
                doc.short("OrgnlMsgId", &self.original_message_id, 35);
                doc.leaf("OrgnlMsgNmId", "pain.001.001.09");
                doc.leaf("GrpSts", self.group.code());
                write_reason(doc, self.group_reason.as_ref());
            });
            for block in self.transactions.chunk_by(|a, b| a.payment_information_id == b.payment_information_id) {
                doc.element("OrgnlPmtInfAndSts", |doc| {
                    if let Some(first) = block.first() {
                        doc.short("OrgnlPmtInfId", &first.payment_information_id, 35);
                    }
                    for status in block {
                        doc.element("TxInfAndSts", |doc| write_transaction(doc, status));
                    }
                });
            }
        });
        doc.finish()
    }

    /// Reads a report; parts of the schema that are not needed are passed over.
    ///
    /// # Errors
    /// [`XmlFault`] names the first element that is missing or not of its type.
    pub fn read(bytes: &[u8]) -> Result<Self, XmlFault> {
        let root = xml::parse(bytes, STATUS_REPORT_NAMESPACE)?;
        let mut message = Fields::new(&root, Unused::Passed).named(ROOT)?;
        let mut header = message.required("GrpHdr")?;
        let message_id = header.required("MsgId")?.text(35)?;
        let created_at = header.required("CreDtTm")?.instant()?;
        let initiating_party = match header.optional("InitgPty").and_then(|mut party| party.optional("Nm")) {
            Some(name) => name.text(140)?,
            None => String::new(),
        };
        let mut original = message.required("OrgnlGrpInfAndSts")?;
        let original_message_id = original.required("OrgnlMsgId")?.text(35)?;
        original.required("OrgnlMsgNmId")?.text(35)?;
        let group = match original.optional("GrpSts") {
            Some(status) => read_group(&status)?,
            None => GroupStatus::Pending,
        };
        let group_reason = read_reason(&mut original)?;
        let mut transactions = Vec::new();
        for mut block in message.repeated("OrgnlPmtInfAndSts") {
            let id = block.required("OrgnlPmtInfId")?.text(35)?;
            for status in block.repeated("TxInfAndSts") {
                transactions.push(read_transaction(status, &id)?);
            }
        }
        Ok(Self { message_id, created_at, initiating_party, original_message_id, group, group_reason, transactions })
    }
}

fn write_reason(doc: &mut Document, reason: Option<&StatusReason>) {
    if let Some(reason) = reason {
        doc.element("StsRsnInf", |doc| {
            doc.element("Rsn", |doc| doc.short("Cd", &reason.code, 4));
            if let Some(text) = &reason.text {
                doc.short("AddtlInf", text, 105);
            }
        });
    }
}

fn write_transaction(doc: &mut Document, status: &TransactionStatus) {
    doc.short("OrgnlEndToEndId", &status.end_to_end_id, 35);
    doc.leaf("TxSts", status.state.code());
    write_reason(doc, status.reason.as_ref());
    if let Some(reference) = &status.bank_reference {
        doc.short("AcctSvcrRef", reference, 35);
    }
}

fn read_group(status: &Fields<'_>) -> Result<GroupStatus, XmlFault> {
    Ok(match status.text(4)?.as_str() {
        "ACSC" | "ACCC" => GroupStatus::Settled,
        "PART" => GroupStatus::Partly,
        "RJCT" => GroupStatus::Rejected,
        "PDNG" | "RCVD" | "ACTC" | "ACCP" | "ACSP" | "ACWC" => GroupStatus::Pending,
        _ => return Err(status.fault("a payment status code")),
    })
}

fn read_transaction(mut field: Fields<'_>, payment: &str) -> Result<TransactionStatus, XmlFault> {
    let end_to_end_id = field.required("OrgnlEndToEndId")?.text(35)?;
    let status = field.required("TxSts")?;
    let state = match status.text(4)?.as_str() {
        "ACSC" | "ACCC" => TransactionState::Settled,
        "RJCT" | "CANC" => TransactionState::Rejected,
        "PDNG" | "RCVD" | "ACTC" | "ACCP" | "ACSP" | "ACWC" | "ACWP" => TransactionState::Pending,
        _ => return Err(status.fault("a payment status code")),
    };
    let reason = read_reason(&mut field)?;
    let bank_reference = field.optional("AcctSvcrRef").map(|reference| reference.text(35)).transpose()?;
    Ok(TransactionStatus { payment_information_id: payment.to_owned(), end_to_end_id, state, reason, bank_reference })
}

fn read_reason(field: &mut Fields<'_>) -> Result<Option<StatusReason>, XmlFault> {
    let Some(mut info) = field.optional("StsRsnInf") else { return Ok(None) };
    let mut reason = info.required("Rsn")?;
    let code = match reason.optional("Cd") {
        Some(code) => code.text(4)?,
        None => reason.required("Prtry")?.text(35)?,
    };
    let text = info.optional("AddtlInf").map(|text| text.text(105)).transpose()?;
    Ok(Some(StatusReason { code, text }))
}
